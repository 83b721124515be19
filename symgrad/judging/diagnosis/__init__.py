"""Refuted steps: which mistake was made, and the author's formula without it."""
