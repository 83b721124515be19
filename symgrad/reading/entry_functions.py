r"""Functions of a vector that a note gives by their entries.

`s(z)_i`, `s_i(z)` and `s(z_i)` stand for one thing where the note defines one of them by a
formula that has other entries of z, as softmax does. Where all calls are of this z, s is an
array of its own, and the call with an index is its entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.reading.usage import INDEX_LETTERS
from symgrad.records import dataclass, field, replace


@dataclass(frozen=True)
class Call:
    """A call with what it says besides.

    Attributes:
        name: of the function.
        head: its symbol.
        argument: the name of the vector.
        index: the subscript, wherever it stands.
        power: a superscript on the call.
        through: whether the index stands on the argument.
    """

    name: str
    head: syntax.Symbol
    argument: str
    index: Node | None
    power: Node | None
    through: bool


@dataclass
class EntryFunctions:
    """Such functions of a note.

    Attributes:
        arguments: the vector that each is a function of, by the name of the function.
    """

    arguments: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> EntryFunctions:
        """What the formulas of a note show."""
        defined: dict[str, str] = {}
        for node in nodes:
            call = _defined(node)
            if call is not None:
                defined.setdefault(call.name, call.argument)
        if not defined:
            return cls()
        refused = {name for node in nodes for name in _used_otherwise(node, defined)}
        return cls({name: of for name, of in defined.items() if name not in refused})

    def marked(self, node: Node) -> Node:
        """The node with the entry of an array for each such call."""
        new = syntax.rebuilt(node, self.marked)
        if not isinstance(new, syntax.Product):
            return new
        factors, operators = list(new.factors), list(new.operators)
        place = 0
        while place + 1 < len(factors):
            call = None if operators[place] else _call(factors[place], factors[place + 1])
            if call is not None and self.arguments.get(call.name) == call.argument:
                factors[place : place + 2] = [_entry(call, factors[place], factors[place + 1])]
                del operators[place]
            place += 1
        if len(factors) == 1:
            return factors[0]
        return replace(new, factors=tuple(factors), operators=tuple(operators))


def _entry(call: Call, head: Node, group: Node) -> Node:
    span = head.span.to(group.span)
    if call.index is None and call.power is None:
        return replace(call.head, span=span)
    return syntax.Scripted(span, call.head, call.index, call.power, 0)


def _call(head: Node, after: Node) -> Call | None:
    """Head and bracket as a call of one vector, or of an entry of it."""
    base, sub, sup, primes = parts(head)
    group, outer, power, more = parts(after)
    if not isinstance(base, syntax.Symbol) or sup is not None or primes or more:
        return None
    if (
        not isinstance(group, syntax.Group)
        or group.bracket not in ("(", "[")
        or len(group.items) != 1
    ):
        return None
    inner, entry, raised, dashes = parts(group.items[0])
    name = key_or_none(inner)
    if not isinstance(inner, syntax.Symbol | syntax.Accent) or raised is not None or dashes:
        return None
    indices = [index for index in (sub, outer, entry) if index is not None]
    if name is None or len(indices) > 1 or not all(map(_is_index, indices)):
        return None
    index = indices[0] if indices else None
    return Call(base.name, base, name, index, power, entry is not None)


def _is_index(node: Node) -> bool:
    return isinstance(node, syntax.Numeral) or key_or_none(node) in INDEX_LETTERS


def _defined(node: Node) -> Call | None:
    """The call that a formula defines by entries of its argument."""
    if not isinstance(node, syntax.Chain) or node.relations[0].sign not in ("=", ":="):
        return None
    left = node.members[0]
    if not isinstance(left, syntax.Product) or len(left.factors) != 2 or left.operators[0]:
        return None
    call = _call(*left.factors)
    if call is None or call.index is None or isinstance(call.index, syntax.Numeral):
        return None
    plain = call.argument.removeprefix(r"\mathbf{").removesuffix("}")
    entries = [
        key_or_none(part.subscript)
        for part in _below(node.members[1])
        if isinstance(part, syntax.Scripted)
        and part.subscript is not None
        and key_or_none(part.base) in (call.argument, plain)
    ]
    others = [entry for entry in entries if entry != key_or_none(call.index)]
    return call if (others if call.through else entries) else None


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in syntax.children(node):
        yield from _below(child)


def _used_otherwise(node: Node, defined: dict[str, str]) -> Iterator[str]:
    """Names that a formula uses as those of other functions."""
    for part in _below(node):
        base, _, _, primes = parts(part)
        if primes and key_or_none(base) in defined:
            yield key_or_none(base) or ""
        if not isinstance(part, syntax.Product):
            continue
        for place, head in enumerate(part.factors[:-1]):
            name, after = key_or_none(parts(head)[0]), part.factors[place + 1]
            is_group = isinstance(parts(after)[0], syntax.Group)
            if name not in defined or part.operators[place] or not is_group:
                continue
            if parts(head)[1] is not None and name in map(key_or_none, _below(after)):
                continue  # `s_i (1 - s_i)` is a product
            call = _call(head, after)
            if call is None or call.argument != defined[name]:
                yield name
