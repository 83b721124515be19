"""Programs from notes and networks.

`formulas` collects what a note proves, `from_note` makes a plan of it, `program` runs the
text that is written from a plan.
"""
