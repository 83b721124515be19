r"""How wide a formula is, and where a long one is broken.

The measure is the width of a letter; what is above one another counts once. It errs on the
side of too wide.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_NOTHING = {"\\limits", "\\left", "\\right", "\\displaystyle", "\\,", "\\;", "\\!", "&", " "}
_WIDE = {"\\quad": 2.0, "\\qquad": 4.0, "\\sum": 2.6, "=": 2.8, "+": 2.6, "-": 2.6, "\\mapsto": 3.0}
_WIDE |= {"\\longmapsto": 4.5, "\\odot": 2.6, "\\times": 2.6, "\\in": 2.6, "\\log": 3.0}
_WIDE |= {"\\max": 4.0, "\\dots": 2.5, "\\operatorname": 0.0, "\\text": 0.0, "\\mathbb": 0.0}
_WIDE |= {"\\mathbf": 0.0, "\\tilde": 0.0, "\\begin": 0.0, "\\end": 0.0, "'": 0.5}
_FRACTIONS = {"\\frac", "\\dfrac"}
_SCRIPT = 0.75


def width(latex: str) -> float:
    """About how wide a formula is, in letters."""
    return _Measure(latex).row()


def broken(latex: str, first: float, most: float) -> list[str]:
    r"""A formula in lines that are not wider than a page.

    Lines after the first begin with a sign: the one at which it was broken, or `\times`.

    Args:
        latex: sums and products.
        first: what stands before it on the first line.
        most: of a line.
    """
    room = most - first - 4
    pieces = [
        part
        for piece in _pieces(latex)
        for part in ([piece] if width(piece) <= room else _factors(piece))
    ]
    lines = [pieces[0]]
    used = first + width(pieces[0])
    for piece in pieces[1:]:
        more = width(piece)
        if used + more <= most:
            lines[-1] += piece
            used += more
        else:
            text = piece.strip()
            lines[-1] = lines[-1].rstrip().removesuffix(r"\,").rstrip()
            lines.append(text if text[0] in "+-" else f"\\times {text}")
            used = first + 4 + more
    return lines


def _pieces(latex: str) -> list[str]:
    """A formula cut before each sum and each sign that stands in no bracket."""
    cuts, depth = [0], 0
    for match in _TOKEN.finditer(latex):
        token = match.group()
        if token in ("{", "(", "["):
            depth += 1
        elif token in ("}", ")", "]"):
            depth -= 1
        elif depth == 0 and match.start() > 0:
            spaced = latex[match.start() - 1] == " "
            if spaced and (token in ("+", "-") or token == "\\sum"):
                cuts.append(match.start())
    # A sign stays with the sum behind it.
    kept = [c for k, c in enumerate(cuts) if not k or latex[cuts[k - 1] : c].strip() not in "+-"]
    return [latex[a:b] for a, b in zip(kept, [*kept[1:], len(latex)], strict=True)]


def _factors(latex: str) -> list[str]:
    """A product cut behind the thin spaces between its factors."""
    parts, depth = [""], 0
    for token in _TOKEN.findall(latex):
        depth += (token in "{([") - (token in "})]")
        parts[-1] += token
        if token == "\\," and depth == 0:
            parts.append("")
    return [part for part in parts if part.strip()]


class _Measure:
    """Reads a formula from left to right."""

    def __init__(self, latex: str) -> None:
        self.tokens = _TOKEN.findall(latex)
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
        if token == "{":
            return self.row()
        if token in _NOTHING:
            return 0.0
        return _WIDE.get(token, 1.0)

    def argument(self) -> float:
        """Width of what is in braces, or of one token."""
        while self.place < len(self.tokens) and self.tokens[self.place] == " ":
            self.place += 1
        if self.place >= len(self.tokens):
            return 0.0
        token = self.tokens[self.place]
        self.place += 1
        return self.of(token)
