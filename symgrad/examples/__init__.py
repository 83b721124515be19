"""What a reader can run: `python -m symgrad.examples.digits`."""
