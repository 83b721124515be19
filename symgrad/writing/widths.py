"""How wide a formula is, in letters; what is above one another counts once.

The measure errs on the side of too wide.
"""

from __future__ import annotations

import re

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
"""A command, or one character."""

_NOTHING = {"\\limits", "\\left", "\\right", "\\displaystyle", "\\,", "\\;", "\\!", "&", " "}
_WIDE = {"\\quad": 2.0, "\\qquad": 4.0, "\\sum": 2.6, "=": 2.8, "+": 2.6, "-": 2.6, "\\mapsto": 3.0}
_WIDE |= {"\\longmapsto": 4.5, "\\odot": 2.6, "\\times": 2.6, "\\in": 2.6, "\\log": 3.0}
_WIDE |= {"\\max": 4.0, "\\dots": 2.5, "\\operatorname": 0.0, "\\text": 0.0, "\\mathbb": 0.0}
_WIDE |= {"\\mathbf": 0.0, "\\tilde": 0.0, "\\begin": 0.0, "\\end": 0.0, "'": 0.5}
_WORDS = ("exp", "ln", "min", "sin", "cos", "tanh", "tr")
_SIZES = ("big", "Big", "bigg", "Bigg")
_WIDE |= {f"\\{word}": 0.9 * len(word) for word in _WORDS}
_NOTHING |= {f"\\{size}{side}" for size in _SIZES for side in ("", "l", "r")}
_FRACTIONS = {"\\frac", "\\dfrac"}
_BRACES = {"\\underbrace", "\\overbrace"}
_STACKED = {"\\underset", "\\overset", "\\stackrel"}
_SCRIPT = 0.75


def width(latex: str) -> float:
    """About how wide a formula is, in letters."""
    return _Measure(latex).row()


class _Measure:
    """Reads a formula from left to right."""

    def __init__(self, latex: str) -> None:
        self.tokens = TOKEN.findall(latex)
        self.place = 0

    def row(self) -> float:
        """Width up to the closing brace."""
        total, above, below = 0.0, 0.0, 0.0
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            self.place += 1
            if token == "}":
                break
            if token == "^":
                above = _SCRIPT * self.argument()
            elif token == "_":
                below = _SCRIPT * self.argument()
            else:
                total += max(above, below) + self.of(token)
                above = below = 0.0
        return total + max(above, below)

    def of(self, token: str) -> float:
        if token in _FRACTIONS:
            return max(self.argument(), self.argument()) + 0.5
        if token in _STACKED:
            return max(_SCRIPT * self.argument(), self.argument())
        if token in _BRACES:
            return max(self.argument(), self.label())
        if token == "{":
            return self.row()
        if token in _NOTHING:
            return 0.0
        return _WIDE.get(token, 1.0)

    def label(self) -> float:
        """Width of what stands at a brace."""
        if self.place < len(self.tokens) and self.tokens[self.place] in ("_", "^"):
            self.place += 1
            return _SCRIPT * self.argument()
        return 0.0

    def argument(self) -> float:
        """Width of what is in braces, or of one token."""
        while self.place < len(self.tokens) and self.tokens[self.place] == " ":
            self.place += 1
        if self.place >= len(self.tokens):
            return 0.0
        token = self.tokens[self.place]
        self.place += 1
        return self.of(token)
