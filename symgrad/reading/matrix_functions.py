r"""Functions that a square matrix has twice: `\exp(A)` is a power series, or of each entry."""

from __future__ import annotations

import re

from symgrad.patterns import pattern
from symgrad.reading.context import Context
from symgrad.reading.errors import unread
from symgrad.reading.syntax import Node
from symgrad.reading.values import Value

_ENTRYWISE = pattern(
    r"(?:element|entry|component|coordinate|term)s?[ -]?(?:-?wise|by[ -])|pointwise"
    r"|(?:each|every) (?:entry|element)|(?:komponenten|element|eintrags?)weise"
    r"|(?:coordonnée|terme|composante)s? (?:par|à) |逐元素|逐个元素",
    re.I,
)
_MATRIX_FUNCTIONS = frozenset({r"\exp", r"\log", r"\ln", r"\sin", r"\cos"})


def refuse_matrix_function(name: str, argument: Value, node: Node, context: Context) -> None:
    r"""Refuse `\exp(A)` of a square matrix: a power series to some, and of each entry to others.

    Raises:
        ReadingError: unless the note says that functions are taken entry by entry.
    """
    axes = [context.sizes.resolve(axis) for axis in argument.axes]
    if name not in _MATRIX_FUNCTIONS or len(axes) != 2 or axes[0] != axes[1]:
        return
    if _ENTRYWISE.search(context.session.source.text) is None:
        message = f"{name} of a square matrix has two meanings"
        raise unread(node.span, message, "write it with entries, or say that it is entrywise")
