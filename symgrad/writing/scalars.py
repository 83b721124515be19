"""A plan of a few fixed sizes as arithmetic of plain numbers, one line an entry.

For networks of some units the calls of an array library take longer than the work. Every
entry of every node is a number of its own here; what is shared in the graph is shared here.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import prod

from symgrad.calculus.index import Size
from symgrad.compiling.graph import LEAVES, VIEWS, Node, needed
from symgrad.compiling.identifiers import Names
from symgrad.compiling.plan import Plan
from symgrad.records import dataclass, field
from symgrad.writing.array_text import COMPARE, PLUS, SIGN, TIMES, Text, constant

LARGEST_UNROLLED = 64
"""Entries of the largest array that is still unrolled."""

Place = tuple[int, ...]


def can_be_unrolled(plan: Plan) -> bool:
    """Whether all sizes are fixed and small, and all operations have a form for numbers."""
    return all(
        all(size.value for size in node.shape)
        and prod(size.value or 0 for size in node.shape) <= LARGEST_UNROLLED
        and (node.op in LEAVES | VIEWS | _ARRAYS.keys() | _ENTRIES.keys())
        for node in needed(plan.outputs)
    )


Entry = Callable[[list[Text]], Text]


def _infix(sign: str, binds: int) -> Entry:
    def write(args: list[Text]) -> Text:
        closer = binds if sign in ("+", "*") else binds + 1
        return Text(f"{args[0].within(binds)} {sign} {args[1].within(closer)}", binds)

    return write


def _call(name: str) -> Entry:
    return lambda args: Text(f"{name}({', '.join(arg.text for arg in args)})")


def _relu(args: list[Text]) -> Text:
    (x,) = args
    if x.text.isidentifier():  # quicker than a call
        return Text(f"{x.text} if {x.text} > 0 else 0.0", 0)
    return Text(f"max({x.text}, 0.0)")


_ENTRIES: dict[str, Entry] = {
    "add": _infix("+", PLUS),
    "sub": _infix("-", PLUS),
    "mul": _infix("*", TIMES),
    "div": _infix("/", TIMES),
    "neg": lambda args: Text(f"-{args[0].within(SIGN)}", SIGN),
    "negative": lambda args: Text(f"-{args[0].within(SIGN)}", SIGN),
    "reciprocal": lambda args: Text(f"1 / {args[0].within(TIMES + 1)}", TIMES),
    "square": lambda args: Text(f"{args[0].within(TIMES)} * {args[0].within(TIMES + 1)}", TIMES),
    "relu": _relu,
    "positive": lambda args: Text(f"{args[0].within(COMPARE + 1)} > 0", COMPARE),
    "real": lambda args: args[0],
    "abs": _call("abs"),
    "maximum": _call("max"),
    "minimum": _call("min"),
    **{
        name: _call(f"math.{name}")
        for name in ("exp", "expm1", "log", "log1p", "tanh", "sqrt", "erf")
    },
}
"""Operations on entries, of numbers."""


@dataclass
class Scalars:
    """Writes the entries of all nodes as numbers.

    Attributes:
        plan: the program.
        lines: written so far.
    """

    plan: Plan
    lines: list[str] = field(default_factory=list)
    _entries: dict[Node, dict[Place, Text]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = Names()
        self._called: dict[tuple[str, Place], str] = {}
        order = needed(self.plan.outputs)
        self._uses = dict.fromkeys(order, 0)
        for node in order:
            for arg in node.args:
                self._uses[arg] += 1
        for node in order:
            self._entries[node] = self._node(node)

    def entry(self, node: Node, place: Place) -> str:
        """The number that an entry is."""
        return self._entries[node][place].text

    def _node(self, node: Node) -> dict[Place, Text]:
        places = list(product(*(range(_length(size)) for size in node.shape)))
        if node.op == "input":
            return {at: Text(self.name(node.data[0], at)) for at in places}
        if node.op == "number":
            return {(): constant(node.data[0])}
        texts = {at: self._entry(node, at) for at in places}
        if node.op in VIEWS or node.op in ("eye", "repeat", "real"):
            return texts
        if node.op == "positive" or (not self._is_named(node) and self._is_short(node, texts)):
            return texts
        prefix = self.plan.names.get(node) or f"t{node.number}"
        for at, text in texts.items():
            self.lines.append(f"{self.name(prefix, at)} = {text.text}")
        return {at: Text(self.name(prefix, at)) for at in places}

    def name(self, prefix: str, at: Place) -> str:
        """What the number at a place of an array is called."""
        if (prefix, at) not in self._called:
            self._called[prefix, at] = self._names.unused("_".join([prefix, *map(str, at)]))
        return self._called[prefix, at]

    def _is_named(self, node: Node) -> bool:
        # A gradient is used once, where it is given back: it needs no name.
        return node in self.plan.names and self._uses[node] > 0

    def _is_short(self, node: Node, texts: dict[Place, Text]) -> bool:
        return self._uses[node] <= 1 and (
            node.op == "neg" or node in self.plan.gradients.values() or len(texts) == 0
        )

    def _entry(self, node: Node, at: Place) -> Text:
        if node.op in _ARRAYS:
            return _ARRAYS[node.op](self, node, at)
        if node.op in _ENTRIES:
            return _ENTRIES[node.op]([self.broadcast(arg, at) for arg in node.args])
        return _VIEWS[node.op](self, node, at)

    def at(self, node: Node, place: Place) -> Text:
        """The text of an entry."""
        return self._entries[node][place]

    def broadcast(self, node: Node, at: Place) -> Text:
        """The entry of an argument for an entry of the result, as NumPy broadcasts."""
        own = at[len(at) - len(node.shape) :] if node.shape else ()
        if node.op == "expand":
            inner = [k for n, k in enumerate(own) if n not in node.data[0]]
            return self.at(node.args[0], tuple(inner))
        return self.at(node, own)

    def total(self, terms: list[tuple[Text, ...]]) -> Text:
        """A sum of products."""
        if not terms:
            return constant(Fraction(0))
        texts = [" * ".join(factor.within(TIMES) for factor in term) for term in terms]
        return Text(" + ".join(texts), PLUS if len(texts) > 1 else TIMES)


def _length(size: Size) -> int:
    assert size.value is not None
    return size.value


def _dot(by: Scalars, node: Node, at: Place) -> Text:
    left, right = node.args
    rank = len(left.shape) - 1
    return by.total(
        [
            (by.at(left, (*at[:rank], k)), by.at(right, (k, *at[rank:])))
            for k in range(_length(left.shape[-1]))
        ]
    )


def _all(node: Node) -> list[Place]:
    return list(product(*(range(_length(size)) for size in node.shape)))


def _vdot(by: Scalars, node: Node, at: Place) -> Text:
    left, right = node.args
    return by.total([(by.at(left, k), by.at(right, k)) for k in _all(left)])


def _outer(by: Scalars, node: Node, at: Place) -> Text:
    left, right = node.args
    return by.total([(by.at(left, at[:1]), by.at(right, at[1:]))])


def _sum(by: Scalars, node: Node, at: Place) -> Text:
    (arg,) = node.args
    kept = [n for n in range(len(arg.shape)) if n not in node.data]
    places = [k for k in _all(arg) if tuple(k[n] for n in kept) == at]
    return Text(" + ".join(by.at(arg, k).within(PLUS) for k in places), PLUS)


def _max(by: Scalars, node: Node, at: Place) -> Text:
    (arg,), (axis,) = node.args, node.data
    places = [(*at[:axis], k, *at[axis:]) for k in range(_length(arg.shape[axis]))]
    if len(places) == 1:
        return by.at(arg, places[0])
    return Text(f"max({', '.join(by.at(arg, k).text for k in places)})")


def _eye(by: Scalars, node: Node, at: Place) -> Text:
    return constant(Fraction(int(at[0] == at[1])))


def _repeat(by: Scalars, node: Node, at: Place) -> Text:
    missing, _ = node.data
    return by.at(node.args[0], tuple(k for n, k in enumerate(at) if n not in missing))


Array = Callable[[Scalars, Node, Place], Text]

_ARRAYS: dict[str, Array] = {
    "dot": _dot,
    "vdot": _vdot,
    "outer": _outer,
    "sum": _sum,
    "max": _max,
    "eye": _eye,
    "repeat": _repeat,
}
"""Operations whose entries depend on several entries."""


def _transpose(by: Scalars, node: Node, at: Place) -> Text:
    inner = [0] * len(at)
    for n, axis in enumerate(node.data):
        inner[axis] = at[n]
    return by.at(node.args[0], tuple(inner))


def _expand(by: Scalars, node: Node, at: Place) -> Text:
    return by.broadcast(node, at)


def _take(by: Scalars, node: Node, at: Place) -> Text:
    axis, place = node.data
    return by.at(node.args[0], (*at[:axis], place, *at[axis:]))


def _diagonal(by: Scalars, node: Node, at: Place) -> Text:
    first, second = node.data
    inner = list(at[:-1])
    inner.insert(first, at[-1])
    inner.insert(second, at[-1])
    return by.at(node.args[0], tuple(inner))


_VIEWS: dict[str, Array] = {
    "transpose": _transpose,
    "expand": _expand,
    "take": _take,
    "diagonal": _diagonal,
}
