r"""Functions that a note says are others: `A^{[2]} = g^{[2]}(Z^{[2]}) = \sigma(Z^{[2]})`.

Two calls of one argument side by side say that the function of which nothing else is known is
the one that is known. A name that is given two of them is given none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symgrad.reading import syntax
from symgrad.reading.functions import KNOWN_FUNCTIONS
from symgrad.reading.names import key_or_none
from symgrad.reading.syntax import Node, outline

SIGMOID = r"\sigma"
"""The letter of a function that is the sigmoid by custom."""


def same_functions(nodes: Sequence[Node]) -> dict[str, str]:
    """The known function that each such name stands for."""
    found: dict[str, str] = {}
    refused: set[str] = set()
    for node in nodes:
        for name, known in _said(node):
            if found.setdefault(name, known) != known:
                refused.add(name)
    return {name: known for name, known in found.items() if name not in refused}


def _said(node: Node) -> Iterator[tuple[str, str]]:
    if not isinstance(node, syntax.Chain):
        return
    for first, second in pairwise(node.members):
        calls = _call(first), _call(second)
        if calls[0] is None or calls[1] is None or calls[0][1] != calls[1][1]:
            continue
        names = calls[0][0], calls[1][0]
        if _is_known(names[1]) and not _is_known(names[0]):
            yield names[0], names[1]


def _call(node: Node) -> tuple[str, object] | None:
    """Name and argument of a call of one argument."""
    match node:
        case syntax.Product(
            factors=(head, syntax.Group(bracket="(", items=(argument,))), operators=("",)
        ):
            name = key_or_none(head)
            return None if name is None or "'" in name else (name, outline(argument))
    return None


def _is_known(name: str) -> bool:
    known = KNOWN_FUNCTIONS.get(name)
    return name == SIGMOID or (known is not None and known.function is not None)
