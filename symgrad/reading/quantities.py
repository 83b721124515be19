r"""Values of functions to differentiate by: `\frac{\partial L}{\partial f(x_i)}`.

A function that a note differentiates by, and always calls in one way, is a quantity there:
`f(x_i)` for each i, or `f(x)`. The formula that defines it may name its argument otherwise:
`f(x) = w x + b` says what `f(x_i)` is. `marked` gives the call one name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.left_out import with_calls
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.reading.usage import INDEX_LETTERS
from symgrad.records import dataclass, field

Way = tuple[str, bool]
"""How a function is called: the name of its argument, and whether that has an index."""


@dataclass(frozen=True)
class Quantities:
    """The functions of a note that stand for their values.

    Attributes:
        ways: how each is called, by the name of the function.
    """

    ways: dict[str, Way] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Quantities:
        """What the formulas of a note show."""
        variables = {name for node in nodes for name in _variables(node)}
        if not variables:
            return cls()
        found: dict[str, set[Way | None]] = {name: set() for name in variables}
        for node in nodes:
            head = defined_call(node)
            for name, item in _calls(node):
                if name in variables and not (head is not None and item is head[1]):
                    found[name].add(_way(item))
        named: dict[str, set[Way | None]] = {
            call[0]: {_way(call[1])} for node in nodes if (call := defined_call(node)) is not None
        }
        primed = {name for node in nodes for name in _primed(node)}
        ways: dict[str, Way] = {}
        for name, seen in found.items():
            way = next(iter(seen or named.get(name, set())), None)
            general = {w for w in named.get(name, ()) if w is not None and not w[1]}
            one = way is not None and len(seen) < 2 and name not in primed
            if one and way is not None and (general or named.get(name) == {way}):
                ways[name] = way
        return cls(ways)

    def marked(self, node: Node) -> Node:
        """The formula with one name for each such call."""
        call = defined_call(node)
        if call is not None and call[0] in self.ways and isinstance(node, syntax.Chain):
            node = self._at_the_argument(node, call[0], call[1])
        return with_calls(node, self._named)

    def _named(self, head: Node, group: syntax.Group) -> Node | None:
        name = key_or_none(head)
        way = self.ways.get(name or "")
        if name is None or way is None or len(group.items) != 1:
            return None
        span = head.span.to(group.span)
        symbol = syntax.Symbol(span, f"{name}({way[0]})")
        if not way[1]:
            return symbol
        return syntax.Scripted(span, symbol, parts(group.items[0])[1], None, 0)

    def _at_the_argument(self, node: syntax.Chain, name: str, item: Node) -> Node:
        """`f(x) = w x + b` as `f(x_i) = w x_i + b`, where f is called with `x_i` elsewhere."""
        stem, indexed = self.ways[name]
        if _way(item) == self.ways[name]:
            return node
        old = key_or_none(item)

        def changed(part: Node) -> Node:
            if isinstance(part, syntax.Symbol) and part.name == old:
                base = syntax.Symbol(part.span, stem)
                letter = syntax.Symbol(part.span, _LETTER)
                return syntax.Scripted(part.span, base, letter, None, 0) if indexed else base
            return syntax.rebuilt(part, changed)

        return syntax.rebuilt(node, changed)


_LETTER = "i"


def defined_call(node: Node) -> tuple[str, Node] | None:
    """Function and argument, where a formula defines `f(x) = ...`."""
    if isinstance(node, syntax.Chain) and node.relations[0].sign in ("=", ":="):
        match node.members[0]:
            case syntax.Product(
                factors=(head, syntax.Group(bracket="(", items=(item,))), operators=("",)
            ):
                name = key_or_none(head)
                return None if name is None else (name, item)
    return None


def _variables(node: Node) -> Iterator[str]:
    r"""Functions below a node with `\partial f(x)` in a denominator."""
    if isinstance(node, syntax.Fraction):
        match node.denominator:
            case syntax.Product(
                factors=(
                    syntax.Symbol(name=r"\partial" | "d"),
                    head,
                    syntax.Group(bracket="(", items=(item,)),
                )
            ) if not isinstance(item, syntax.Terms | syntax.Product):
                yield key_or_none(head) or ""
    for child in syntax.children(node):
        yield from _variables(child)


def _calls(node: Node) -> Iterator[tuple[str, Node]]:
    """Functions with their one argument."""
    if isinstance(node, syntax.Product):
        for place, sign in enumerate(node.operators):
            name, group = key_or_none(node.factors[place]), parts(node.factors[place + 1])[0]
            if name is not None and not sign and isinstance(group, syntax.Group):
                for item in group.items:
                    yield name, item if len(group.items) == 1 else group
    for child in syntax.children(node):
        yield from _calls(child)


def _way(item: Node) -> Way | None:
    """The way of a call; None where the argument is no name."""
    base, sub, sup, primes = parts(item)
    name = key_or_none(base)
    if name is None or isinstance(base, syntax.Group) or primes:
        return None
    if sub is not None and sup is None and key_or_none(sub) in INDEX_LETTERS:
        return name, True
    whole = key_or_none(item)
    return None if whole is None else (whole, False)


def _primed(node: Node) -> Iterator[str]:
    if isinstance(node, syntax.Scripted) and node.primes:
        yield key_or_none(node.base) or ""
    for child in syntax.children(node):
        yield from _primed(child)
