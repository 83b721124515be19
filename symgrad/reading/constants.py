r"""The number \pi: what `2\pi` shows, in a note where nothing else is called so.

A `\pi` with a script, before a bracket, on the left of an equality, or by which something is
differentiated is a name like others: a policy, a weight of a mixture.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node

CIRCLE = r"\pi"


def has_the_circle_constant(nodes: Iterable[Node]) -> bool:
    r"""Whether `\pi` is the number in all formulas of a note."""
    used = [kind for node in nodes for kind in _uses(node)]
    return "number" in used and "name" not in used


def _uses(node: Node) -> list[str]:
    r"""How `\pi` stands in a formula: as a number after another one, as a name, or either."""
    found: list[str] = []
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), subscript=syntax.Node()):
            found += ["name"] * (name == CIRCLE)
        case syntax.Product(factors=factors):
            for first, second in pairwise(factors):
                if _is_pi(second) and isinstance(first, syntax.Numeral):
                    found.append("number")
                called = isinstance(parts(second)[0], syntax.Group)
                differentiated = key_or_none(first) in (r"\partial", "d")
                if (_is_pi(first) and called) or (_is_pi(second) and differentiated):
                    found.append("name")
        case syntax.Chain(members=(left, *_)):
            found += ["name"] * _is_pi(left)
    for child in syntax.children(node):
        found += _uses(child)
    return found


def _is_pi(node: Node) -> bool:
    base, sub, _, _ = parts(node)
    return sub is None and key_or_none(base) == CIRCLE
