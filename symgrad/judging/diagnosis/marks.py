"""A formula with marks: every part of it at which one thing could have been written differently.

A marked formula is read once. Then any one of its parts can be left open, a *hole*:
the formula is built with a free tensor there, whose entries are chosen afterwards.
So hundreds of changes of a formula are tried at a point without reading any.
"""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, Position, Tensor
from symgrad.diagnostics import Source, Span
from symgrad.reading import syntax
from symgrad.reading.applied import applicable, takes_bare_argument
from symgrad.reading.context import Context
from symgrad.reading.elaborate import rule, value
from symgrad.reading.lookup import lookup
from symgrad.reading.names import TRANSPOSES, key_or_none
from symgrad.reading.partial import derivative_parts
from symgrad.reading.products import argument_group
from symgrad.reading.scope import MapBinding
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, IndexName, Value
from symgrad.records import dataclass, field, replace

_NAME = syntax.Symbol | syntax.Accent | syntax.Scripted

HOLE = "the hole"
"""Name of the tensor that stands for an open part; no note can name one so."""


@dataclass(eq=False)
class Place:
    """A part of a formula, and where it stands.

    Attributes:
        node: the part; calls stand together with their arguments.
        parent: the place around it.
        linear: whether the formula is of first degree in it.
        sums: the letters bound around it, outermost first.
        argument: it is what a function is applied to, or inside of that.
        value: what it stands for; None until the formula was read.
        names: the bound indices in sight, when it was read.
        open: it is a hole now.
    """

    node: Node
    parent: Place | None
    linear: bool = True
    sums: tuple[str, ...] = ()
    argument: bool = False
    value: Value | None = None
    names: tuple[IndexName, ...] = ()
    open: bool = False
    frame: Frame | None = None
    bound: tuple[Index, ...] = ()
    hole: Tensor | None = None

    def entry(self, frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        """An entry of the part, or of the tensor that stands for it."""
        assert self.value is not None
        if not self.open:
            return self.value.entry(frame, positions)
        bound = tuple(frame.position(name, name.size) for name in self.names)
        at = (*bound, *positions)
        tensor = Tensor(HOLE, tuple(p.size for p in at))
        if self.hole != tensor:
            self.hole = tensor
        if self.frame is None:
            self.frame = frame
            self.bound = tuple(p for p in bound if isinstance(p, Index))
        return ex.Entry(self.hole, at)


@dataclass(frozen=True, slots=True, eq=False)
class Mark(Node):
    """A part of a formula as a place of its own."""

    node: Node
    place: Place


@rule(Mark)
def _mark(node: Mark, context: Context) -> Value:
    place = node.place
    place.value = value(node.node, context)
    place.names = tuple(name for name in context.indices.values() if name.bound)
    return replace(place.value, entry=place.entry, variable=None, key=None)


@dataclass
class Marked:
    """A formula with its places, the outer ones first."""

    node: Node
    places: list[Place] = field(default_factory=list)


def marked(node: Node, context: Context, source: Source) -> Marked:
    """The formula with a mark on every part that is a number or an array of its own."""
    result = Marked(node)
    result.node = _Marking(context, source, result.places).mark(node, _Around())
    return result


def grouped_calls(product: syntax.Product, context: Context, source: Source) -> Node:
    """The product with each call of a function as one factor."""
    return _Marking(context, source, []).grouped(product)


def _joined(span: Span, parts: tuple[Node, ...]) -> Node:
    """A call as one factor; `f(x)^2` as a power of it."""
    last = parts[-1]
    if len(parts) == 2 and isinstance(last, syntax.Scripted) and last.subscript is None:
        call = syntax.Product(parts[0].span.to(last.base.span), (parts[0], last.base), ("",))
        return replace(last, span=span, base=syntax.Group(call.span, "", (call,)))
    return syntax.Product(span, parts, ("",) * (len(parts) - 1))


def _is_transpose(superscript: Node) -> bool:
    return key_or_none(superscript) in TRANSPOSES


@dataclass(frozen=True)
class _Around:
    """What stands around a node."""

    place: Place | None = None
    linear: bool = True
    sums: tuple[str, ...] = ()
    argument: bool = False


class _Marking:
    def __init__(self, context: Context, source: Source, places: list[Place]) -> None:
        self.context = context
        self.source = source
        self.places = places

    def mark(self, node: Node, around: _Around) -> Node:
        """The node as a place, with the places inside of it."""
        if isinstance(node, syntax.Product):
            node = self.grouped(node)
        place = Place(node, around.place, around.linear, around.sums, around.argument)
        self.places.append(place)
        return Mark(node.span, self.inside(node, replace(around, place=place)), place)

    def grouped(self, node: syntax.Product) -> Node:
        """The product with each call as one factor."""
        factors: list[Node] = []
        operators: list[str] = []
        at = 0
        while at < len(node.factors):
            used = self._length_of_call(node, at)
            if at:
                operators.append(node.operators[at - 1])
            parts = node.factors[at : at + used]
            span = parts[0].span.to(parts[-1].span)
            factors.append(parts[0] if used == 1 else _joined(span, parts))
            at += used
        if len(factors) == 1:
            return factors[0]
        return syntax.Product(node.span, tuple(factors), tuple(operators))

    def _length_of_call(self, node: syntax.Product, at: int) -> int:
        head = node.factors[at]
        parts = derivative_parts(head)
        if parts is not None and parts[0] is None:
            return len(node.factors) - at  # an operator: what it acts on is not opened
        follows = at + 1 < len(node.factors) and node.operators[at] == ""
        if not follows or applicable(head, self.context) is None:
            return 1
        after = node.factors[at + 1]
        return 2 if argument_group(after)[0] is not None or takes_bare_argument(head) else 1

    def inside(self, node: Node, around: _Around) -> Node:
        """The node with its parts as places."""
        curved = replace(around, linear=False)
        match node:
            case syntax.Product(factors=(head, argument), operators=("",)) if self.is_call(node):
                return self.call(node, head, argument, curved)
            case syntax.Product():
                if any(self.is_operator(f) for f in node.factors):
                    return node
                factors = tuple(self.mark(f, around) for f in node.factors)
                return replace(node, factors=factors)
            case syntax.Terms():
                return replace(node, terms=tuple(self.mark(t, around) for t in node.terms))
            case syntax.Group(items=(item,)) if not isinstance(item, _NAME):
                inner = around if node.bracket in ("(", "[", "", "{") else curved
                return replace(node, items=(self.mark(item, inner),))
            case syntax.BigOperator():
                lower = self.source.slice(node.lower.span) if node.lower else ""
                inner = replace(around, sums=(*around.sums, lower.split("=")[0].strip()))
                return replace(node, body=self.mark(node.body, inner))
            case syntax.Brace():
                return replace(node, body=self.mark(node.body, around))
            case syntax.Cases(rows=rows):
                return replace(node, rows=tuple((self.mark(v, around), c) for v, c in rows))
            case syntax.Fraction() if derivative_parts(node) is None:
                top = self.mark(node.numerator, around)
                return replace(node, numerator=top, denominator=self.mark(node.denominator, curved))
            case syntax.Root():
                return replace(node, radicand=self.mark(node.radicand, curved))
            case syntax.Scripted(base=syntax.Group(items=(item,)) as base):
                if isinstance(item, _NAME) and node.subscript is not None:
                    return node  # an entry: [W]_{i,j}
                turned = node.superscript is not None and _is_transpose(node.superscript)
                inner = around if node.superscript is None or turned else curved
                if isinstance(item, _NAME):
                    return replace(node, base=replace(base, items=(self.mark(item, inner),)))
                return replace(node, base=self.inside(base, inner))
            case _:
                return node

    def is_operator(self, node: Node) -> bool:
        parts = derivative_parts(node)
        return parts is not None and parts[0] is None

    def is_call(self, node: syntax.Product) -> bool:
        return self._length_of_call(node, 0) == 2

    def call(
        self, node: syntax.Product, head: Node, argument: Node, around: _Around
    ) -> syntax.Product:
        """The argument of a function of numbers is a place; those of other functions are names."""
        found = lookup(head, self.context)
        meaning = found.meaning if found is not None else None
        if isinstance(meaning, MapBinding) and not meaning.is_scalar_function:
            return node
        if self.is_operator(head) or not isinstance(argument, syntax.Group):
            return node
        if len(argument.items) != 1:
            return node
        inner = replace(around, argument=True)
        group = replace(argument, items=(self.mark(argument.items[0], inner),))
        return replace(node, factors=(head, group))
