r"""Functions of an index: `\pi(a) = \frac{e^{h_a}}{\sum_b e^{h_b}}` gives the entries `\pi_a`.

So it is where the argument of a definition stands on its right-hand side as a subscript, and
nowhere else, and where all calls in the note are of a letter or a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, replace


@dataclass(frozen=True)
class Counting:
    """The functions of a note whose argument is an index.

    Attributes:
        functions: their names.
    """

    functions: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Counting:
        """What the formulas of a note show."""
        defined = {name for node in nodes if (name := _defined(node)) is not None}
        if not defined:
            return cls()
        refused = {name for node in nodes for name in _called_otherwise(node, defined)}
        return cls(frozenset(defined - refused))

    def marked(self, node: Node) -> Node:
        """The node with the entry for each call of such a function."""
        new = syntax.rebuilt(node, self.marked)
        if not isinstance(new, syntax.Product):
            return new
        factors, operators = list(new.factors), list(new.operators)
        for place in reversed(range(len(operators))):
            entry = None if operators[place] else self._entry(*factors[place : place + 2])
            if entry is not None:
                factors[place : place + 2] = [entry]
                del operators[place]
        if len(factors) == 1:
            return factors[0]
        return replace(new, factors=tuple(factors), operators=tuple(operators))

    def _entry(self, head: Node, after: Node) -> Node | None:
        index = _argument(after)
        if index is None or key_or_none(head) not in self.functions:
            return None
        power = parts(after)[2]
        return syntax.Scripted(head.span.to(after.span), head, index, power, 0)


def _argument(node: Node) -> Node | None:
    """The letter or number in brackets; None for anything else."""
    group, sub, _, primes = parts(node)
    if not isinstance(group, syntax.Group) or group.bracket != "(" or len(group.items) != 1:
        return None
    item = group.items[0]
    plain = isinstance(item, syntax.Symbol | syntax.Numeral) and sub is None and not primes
    return item if plain else None


def _defined(node: Node) -> str | None:
    """The function that a formula defines by what is counted with its argument."""
    if not isinstance(node, syntax.Chain) or node.relations[0].sign not in ("=", ":="):
        return None
    left = node.members[0]
    if not isinstance(left, syntax.Product) or len(left.factors) != 2 or left.operators[0]:
        return None
    head, after = left.factors
    argument = _argument(after)
    if not isinstance(head, syntax.Symbol) or not isinstance(argument, syntax.Symbol):
        return None
    if not (argument.name.isascii() and argument.name.islower() and len(argument.name) == 1):
        return None
    uses = set(_uses(node.members[1], argument.name))
    return head.name if uses == {"subscript"} else None


def _uses(node: Node, letter: str) -> Iterator[str]:
    """How a letter stands in an expression: as a subscript, or otherwise."""
    if key_or_none(node) == letter:
        yield "otherwise"
        return
    if isinstance(node, syntax.Product):
        for head, after in zip(node.factors, node.factors[1:], strict=False):
            script = parts(head)[1]
            if script is None or not isinstance(parts(after)[0], syntax.Group):
                continue
            if key_or_none(script) == letter:
                yield "otherwise"  # a function with parameters: `h_w(x)`
    _, sub, _, _ = parts(node)
    for child in syntax.children(node):
        if child is sub and letter in map(key_or_none, _subscripts(child)):
            yield "subscript"
        else:
            yield from _uses(child, letter)


def _subscripts(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, syntax.Listing | syntax.Product):
        yield from syntax.children(node)


def _called_otherwise(node: Node, names: set[str]) -> Iterator[str]:
    """Functions that a formula calls with something else, or differentiates by a prime."""
    base, _, _, primes = parts(node)
    if primes and key_or_none(base) in names:
        yield key_or_none(base) or ""
    if isinstance(node, syntax.Product):
        for head, after, sign in zip(node.factors, node.factors[1:], node.operators, strict=False):
            is_call = not sign and isinstance(parts(after)[0], syntax.Group)
            if is_call and key_or_none(head) in names and _argument(after) is None:
                yield key_or_none(head) or ""
    for child in syntax.children(node):
        yield from _called_otherwise(child, names)
