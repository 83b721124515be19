"""Kinds of arrays by rank, how they multiply, and what a name is by its look."""

from __future__ import annotations

import re

from symgrad.patterns import pattern
from symgrad.reading.usage import LOSS_NAMES

NUMBER, COLUMN, ROW, MATRIX = "number", "column", "row", "matrix"
AXES = {NUMBER: 0, COLUMN: 1, ROW: 1, MATRIX: 2}

TRANSPOSED = {NUMBER: NUMBER, COLUMN: ROW, ROW: COLUMN, MATRIX: MATRIX}
_PRODUCTS = {
    (MATRIX, MATRIX): MATRIX,
    (MATRIX, COLUMN): COLUMN,
    (ROW, MATRIX): ROW,
    (ROW, COLUMN): NUMBER,
    (COLUMN, ROW): MATRIX,
}
NUMBERS = frozenset(
    [
        *(r"\lambda", r"\eta", r"\alpha", r"\beta", r"\gamma", r"\epsilon", r"\varepsilon"),
        *(r"\tau", r"\mu", r"\sigma", r"\rho", r"\pi", r"\nu", r"\kappa", r"n", r"m", r"d"),
        *(r"k", r"i", r"j", r"t", r"r", r"s", r"p", r"N", r"M", r"K", r"D", r"T"),
    ]
)
"""Letters of numbers by custom."""


_FONT = pattern(r"^\\math(?:bf|cal|bb|frak|scr)\{")
"""Begins a name in a font."""


class Misfit(Exception):  # noqa: N818 - an answer, not an error
    """These ranks do not fit an equation."""


def multiplied(left: str | None, right: str | None, operator: str) -> str | None:
    """The kind of a product; None where one of its factors is not known.

    Raises:
        Misfit: where the two do not multiply.
    """
    if left == NUMBER or right == NUMBER:
        if operator == "/" and right not in (NUMBER, None):
            raise Misfit
        return right if left == NUMBER else left
    if left is None or right is None:
        return None
    if operator == r"\cdot" and left == right == COLUMN:
        return NUMBER
    if operator == "/" or (left, right) not in _PRODUCTS:
        raise Misfit
    return _PRODUCTS[left, right]


def by_custom(name: str, may_be_number: bool = True) -> list[tuple[str, float]]:
    """Kinds by the look of a name, each with how unlikely it is.

    Args:
        name: of which nothing is declared.
        may_be_number: whether letters of numbers by custom are likely to be numbers.
    """
    labelled = name[-1:] in "^_" or "{" in _FONT.sub("", name)
    stem = re.sub(r"[_^].*$", "", name).rstrip("'")
    stem = re.sub(r"\\(tilde|hat|bar|dot|underline|check)\{(.*)\}$", r"\2", stem)
    if stem in LOSS_NAMES and not labelled:
        return [(NUMBER, 0.0)]
    if stem.startswith(r"\mathbf{"):
        letter = stem[len(r"\mathbf{") :].rstrip("}").lstrip("\\")
        if letter[:1].isupper():
            return [(MATRIX, 0.0), (COLUMN, 1.0)]
        return [(COLUMN, 0.0), (MATRIX, 3.0)]
    if may_be_number and stem in NUMBERS and not labelled:
        return [(NUMBER, 0.0), (COLUMN, 3.0), (MATRIX, 4.0)]
    letter = stem.lstrip("\\")
    if letter[:1].isupper():
        return [(MATRIX, 0.0), (COLUMN, 1.0), (NUMBER, 2.0)]
    return [(COLUMN, 0.0), (MATRIX, 1.0), (NUMBER, 2.0)]
