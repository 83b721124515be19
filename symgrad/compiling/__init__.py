"""From expressions in index form to programs of array operations.

`lowering` turns expressions into a `graph` whose equal parts are one part; sums of
products are ordered by cost in `contraction`; `program` says what a program takes and
gives. Text in a programming language is written in `symgrad.writing`.
"""
