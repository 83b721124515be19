"""Rows of a display: which of them go on with the row before.

`align` and its relatives break one chain over several rows as well as they
list several chains. A row that begins with a relation or an operator, or that
follows one that ends with such a sign or with an open bracket, continues;
any other row starts a statement of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.reading import constructs as words
from symgrad.reading.tokens import Token

ALIGNMENTS = frozenset(
    [
        "align",
        "aligned",
        "alignat",
        "alignedat",
        "split",
        "gather",
        "gathered",
        "equation",
        "eqnarray",
        "multline",
        "flalign",
        "displaymath",
        "math",
        "array",
    ]
)
"""Environments that only lay rows out, where they hold the whole formula."""

_WITH_COLUMNS = frozenset({"array", "alignat", "alignedat"})
_OPENING = frozenset({"(", "[", r"\{"})
_CLOSING = frozenset({")", "]", r"\}"})


def join_rows(tokens: Sequence[Token]) -> list[Token]:
    """Remove layout: outermost alignments go, row ends become `row` separators or vanish."""
    tokens = _without_columns(tokens)
    joined: list[Token] = []
    depth = brackets = 0
    for place, token in enumerate(tokens):
        if token.kind == "begin":
            if depth == 0 and _lays_out(tokens, place):
                continue
            depth += 1
        elif token.kind == "end":
            if depth == 0:
                continue
            depth -= 1
        elif depth == 0:
            brackets += (token.text in _OPENING) - (token.text in _CLOSING)
        if token.kind == "newrow" and depth == 0:
            if brackets <= 0 and not _continues(joined, tokens[place + 1 :]):
                joined.append(Token("row", r"\\", token.span))
            continue
        # Inside cases and matrices the mark parts two cells; elsewhere it only aligns.
        joined.append(token._replace(kind="cell") if depth and token.kind == "ampersand" else token)
    return joined


def _without_columns(tokens: Sequence[Token]) -> list[Token]:
    r"""Drop the column specification after `\begin{array}` and its like."""
    kept: list[Token] = []
    open_braces = 0
    for token in tokens:
        starts = token.kind == "open" and kept and kept[-1].kind == "begin"
        if open_braces or (starts and kept[-1].text.rstrip("*") in _WITH_COLUMNS):
            open_braces += (token.kind == "open") - (token.kind == "close")
            continue
        kept.append(token)
    return kept


def _lays_out(tokens: Sequence[Token], place: int) -> bool:
    """Whether the environment that begins here holds whole rows of the formula."""
    if tokens[place].text.rstrip("*") not in ALIGNMENTS:
        return False
    before = tokens[place - 1].text if place else ""
    return before not in (r"\{", r"\lbrace", "(", "[")


def _continues(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether the row after goes on with the row before."""
    previous = next((t for t in reversed(before) if t.kind not in ("ampersand", "gap")), None)
    place = next(
        (k for k, t in enumerate(after) if t.kind not in ("ampersand", "gap", "newrow")), None
    )
    if place is None or previous is None or after[place].kind == "end":
        return True
    if _joins(after[place]):
        return True
    if previous.text == "=" and previous.kind == "symbol":
        return not _has_relation(after[place:])
    return _joins(previous)


def _has_relation(tokens: Sequence[Token]) -> bool:
    """Whether the first row of these tokens has an equality: the one before ends blank."""
    for token in tokens:
        if token.kind == "newrow":
            return False
        if token.kind == "symbol" and token.text == "=":
            return True
    return False


def _joins(token: Token) -> bool:
    if token.kind == "command" and token.text in (r"\underset", r"\overset", r"\xrightarrow"):
        return True
    if token.kind not in ("command", "symbol"):
        return False
    return (
        token.text in words.RELATIONS
        or token.text in words.PRODUCT_OPERATORS
        or token.text in ("+", "-")
    )
