"""Claims to verdicts: decide, refute, repair, ask SymPy."""
