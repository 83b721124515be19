"""Syntax to values: the rules for arithmetic, sums, cases and scripts.

`value(node, context)` is the one entry. Each kind of node has one rule; the
rules for names and calls (`symgrad.reading.meaning`), for derivatives
(`symgrad.reading.partial`) and for products (`symgrad.reading.products`)
register themselves here. Anything without a rule is unread.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position, Size
from symgrad.diagnostics import Span
from symgrad.reading import errors, syntax, values
from symgrad.reading.context import Context
from symgrad.reading.errors import Edit, ReadingError, unread
from symgrad.reading.names import TRANSPOSES, key_or_none
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, IndexName, Place, ShapeError, Value

Rule = Callable[..., Value]
N = TypeVar("N", bound=Node)

_RULES: dict[type[Node], Rule] = {}

MAXIMAL_DEPTH = 200


def rule(kind: type[N]) -> Callable[[Callable[[N, Context], Value]], Callable[[N, Context], Value]]:
    """Register the rule of a kind of node; two rules for one kind are refused."""

    def register(function: Callable[[N, Context], Value]) -> Callable[[N, Context], Value]:
        if kind in _RULES:
            raise ValueError(f"two rules for {kind.__name__}")
        _RULES[kind] = function
        return function

    return register


def value(node: Node, context: Context) -> Value:
    """What a node stands for.

    Raises:
        ReadingError: where it does not fit its surroundings or is not understood.
    """
    found = _RULES.get(type(node))
    if found is None:
        raise unread(node.span, "an expression is expected here")
    try:
        return found(node, context)
    except ShapeError as error:
        raise _placed(error, node) from None


_SHAPE_CODES = {
    "rank-mismatch": errors.RANK_MISMATCH,
    "size-mismatch": errors.SIZE_MISMATCH,
    "missing-transpose": errors.MISSING_TRANSPOSE,
}


def _placed(error: ShapeError, node: Node) -> ReadingError:
    return ReadingError(node.span, _SHAPE_CODES[error.kind], error.message + " does not fit")


def number(node: Node, context: Context, what: str) -> Value:
    """The value of a node that must be a number."""
    found = value(node, context)
    if found.axes:
        shape = values.describe(context.sizes, found)
        raise ReadingError(node.span, errors.RANK_MISMATCH, f"{what} is {shape}, not a number")
    return found


# -- arithmetic ---------------------------------------------------------------


@rule(syntax.Numeral)
def _numeral(node: syntax.Numeral, context: Context) -> Value:
    return values.constant(Fraction(node.text))


@rule(syntax.Terms)
def _terms(node: syntax.Terms, context: Context) -> Value:
    parts = [value(term, context) for term in node.terms]
    for term, part in zip(node.terms[1:], parts[1:], strict=True):
        try:
            values.same_axes(context.sizes, parts[0], part, "a sum of")
        except ShapeError as error:
            raise _placed(error, term) from None
    return values.total(context.sizes, node.signs, parts)


@rule(syntax.Group)
def _group(node: syntax.Group, context: Context) -> Value:
    if len(node.items) != 1:
        raise unread(node.span, "a list stands where one expression is due")
    inner = value(node.items[0], context)
    if node.bracket in ("(", "[", "", "{"):
        return inner
    if node.bracket == "||" or inner.axes:
        return _power(values.squared_norm(inner), Fraction(1, 2))
    return values.mapped(inner, lambda frame, x: _absolute(x))


def _absolute(argument: ex.Expression) -> ex.Expression:
    """|x| = 2 relu(x) - x."""
    return ex.add(ex.mul(ex.number(2), ex.Apply(ex.RELU, 0, argument)), ex.negate(argument))


def _power(base: Value, exponent: Fraction) -> Value:
    return values.scalar(lambda frame: _raised(base.entry(frame, ()), exponent))


def _raised(base: ex.Expression, exponent: Fraction) -> ex.Expression:
    """(x^a)^b = x^(ab) where a is a fraction.

    A `Power` with a fractional exponent has a base that is not negative.
    """
    if isinstance(base, ex.Power) and base.exponent.denominator != 1:
        return ex.power(base.base, base.exponent * exponent)
    return ex.power(base, exponent)


@rule(syntax.Root)
def _root(node: syntax.Root, context: Context) -> Value:
    radicand = number(node.radicand, context, "what stands under a root")
    degree = 2
    if node.degree is not None:
        if not (isinstance(node.degree, syntax.Numeral) and node.degree.text.isdigit()):
            raise unread(node.degree.span, "the degree of a root is a whole number")
        degree = int(node.degree.text)
    return _power(radicand, Fraction(1, degree))


def quotient(top: Value, bottom: Value) -> Value:
    """A value divided by a number."""
    inverse = values.scalar(lambda frame: _raised(bottom.entry(frame, ()), Fraction(-1)))
    return values.scaled(inverse, top)


@rule(syntax.Brace)
def _brace(node: syntax.Brace, context: Context) -> Value:
    return value(node.body, context)


# -- sums ---------------------------------------------------------------------


@rule(syntax.BigOperator)
def _big_operator(node: syntax.BigOperator, context: Context) -> Value:
    if node.operator != "sum":
        raise unread(node.span, "products over an index are not read")
    names, condition = sum_indices(node, context)
    inner = context
    for name in names:
        inner = inner.bind_index(name.name, name)
    body = value(node.body, inner)
    guard = None if condition is None else condition_value(condition, inner)

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        bound = []
        for name in names:
            index, frame = frame.bind(name)
            bound.append(index)
        result = body.entry(frame, positions)
        if guard is not None:
            result = ex.mul(guard.entry(frame, ()), result)
        for index in reversed(bound):
            result = ex.Sum(index, result)
        return result

    return Value(body.axes, entry, body.row)


def sum_indices(node: syntax.BigOperator, context: Context) -> tuple[list[IndexName], Node | None]:
    """The bound indices of a sum and the condition on them, from what stands below it."""
    lower, upper = node.lower, node.upper
    if lower is None:
        raise unread(node.span, "this sum does not say over which index it runs")
    if isinstance(lower, syntax.Chain) and len(lower.relations) == 1:
        left, right = lower.members
        sign = lower.relations[0].sign
        if sign == "=":
            if not (isinstance(right, syntax.Numeral) and right.text == "1"):
                raise unread(right.span, "sums are read from 1")
            return [_bound(left, upper, context)], None
        if sign == r"\neq":
            return [_bound(left, upper, context)], lower
        raise unread(lower.span, "this range of a sum is not understood")
    if isinstance(lower, syntax.Listing):
        return [_bound(item, upper, context) for item in lower.items], None
    if isinstance(lower, syntax.Product) and not any(lower.operators):
        return [_bound(item, upper, context) for item in lower.factors], None
    return [_bound(lower, upper, context)], None


def _bound(node: Node, upper: Node | None, context: Context) -> IndexName:
    name = key_or_none(node)
    if name is None or name.isdigit():
        raise unread(node.span, "an index is expected below the sum")
    if upper is None:
        return IndexName(name, context.sizes.unknown(), None, bound=True)
    return IndexName(name, size_of(upper, context), upper.span, bound=True)


def size_of(node: Node, context: Context) -> Size:
    """The size a node names."""
    name = key_or_none(node)
    if name is None or isinstance(node, syntax.Terms):
        raise unread(node.span, "a size is a name or a number here")
    return context.size(name, node.span)


# -- conditions and cases -----------------------------------------------------


def condition_value(node: Node, context: Context) -> Value:
    """1 where a condition holds and 0 elsewhere (off the points where a side is 0).

    Conditions compare two indices, or an expression with another.
    """
    if not isinstance(node, syntax.Chain) or len(node.relations) != 1:
        raise unread(node.span, "a condition compares two sides")
    left, right = node.members
    sign = node.relations[0].sign
    if sign in ("=", r"\neq", ":="):
        same = _same_index(left, right, context)
        return same if sign != r"\neq" else _complement(same)
    if sign not in ("<", ">", r"\leq", r"\geq"):
        raise unread(node.span, "this condition is not understood")
    first = number(left, context, "a side of the condition")
    second = number(right, context, "a side of the condition")
    if sign in ("<", r"\leq"):
        first, second = second, first
    difference = values.total(context.sizes, ("+", "-"), [first, second])
    return values.mapped(difference, lambda frame, x: ex.Apply(ex.RELU, 1, x))


def _complement(condition: Value) -> Value:
    return values.mapped(condition, lambda frame, x: ex.add(ex.ONE, ex.negate(x)))


def _same_index(left: Node, right: Node, context: Context) -> Value:
    """Kronecker delta of two subscripts."""
    first, second = place(left, context), place(right, context)
    sizes = [p.size for p in (first, second) if isinstance(p, IndexName)]
    if not sizes:
        raise unread(left.span, "one side of the condition must be an index")
    if len(sizes) == 2 and not context.sizes.unify(*sizes):
        names = " and ".join(values.shown(context.sizes.resolve(s)) for s in sizes)
        raise ReadingError(
            left.span.to(right.span),
            errors.SWAPPED_INDEX,
            f"indices of different ranges ({names}) are compared",
        )

    def build(frame: Frame) -> ex.Expression:
        return ex.Delta(frame.position(first, sizes[0]), frame.position(second, sizes[0]))

    return values.scalar(build)


@rule(syntax.Cases)
def _cases(node: syntax.Cases, context: Context) -> Value:
    """Rows in order: each holds where its condition does and none before did."""
    rows = [row for row in node.rows if row[1] is not None]
    last = [row for row in node.rows if row[1] is None]
    if len(last) > 1 or (last and node.rows[-1][1] is not None):
        raise unread(node.span, "only the last case may be without a condition")
    parts = [(number(v, context, "a case"), condition_value(c, context)) for v, c in rows if c]
    otherwise = number(last[0][0], context, "a case") if last else None
    if otherwise is None and not _complementary([c for _, c in rows if c is not None]):
        raise unread(node.span, "the cases do not say what holds otherwise")

    def build(frame: Frame) -> ex.Expression:
        rest: ex.Expression = ex.ONE
        terms: list[ex.Expression] = []
        for place_, (part, condition) in enumerate(parts):
            covers_rest = otherwise is None and place_ == len(parts) - 1
            weight = ex.ONE if covers_rest else condition.entry(frame, ())
            terms.append(ex.mul(rest, weight, part.entry(frame, ())))
            rest = ex.mul(rest, ex.add(ex.ONE, ex.negate(weight)))
        if otherwise is not None:
            terms.append(ex.mul(rest, otherwise.entry(frame, ())))
        return ex.add(*terms)

    return values.scalar(build)


_OPPOSITE = {"=": {r"\neq"}, r"\neq": {"="}, "<": {r"\geq", ">"}, ">": {r"\leq", "<"}} | {
    r"\leq": {">"},
    r"\geq": {"<"},
}


def _complementary(conditions: list[Node]) -> bool:
    """Whether two conditions are a relation and its opposite between the same sides."""
    if len(conditions) != 2:
        return False
    first, second = conditions
    if not (isinstance(first, syntax.Chain) and isinstance(second, syntax.Chain)):
        return False
    sides = [[key_or_none(m) for m in c.members] for c in (first, second)]
    opposite = second.relations[0].sign in _OPPOSITE.get(first.relations[0].sign, set())
    return opposite and sides[0] == sides[1] and None not in sides[0]


# -- scripts ------------------------------------------------------------------


def place(node: Node, context: Context) -> Place:
    """What a subscript names: an index or a constant."""
    if isinstance(node, syntax.Numeral) and node.text.isdigit():
        return int(node.text)
    name = key_or_none(node)
    if name is None or isinstance(node, syntax.Terms | syntax.Group):
        raise unread(node.span, "an index is expected here")
    return context.index(name, node.span)


def subscripts(node: Node, rank: int) -> tuple[Node, ...]:
    """The single subscripts of `_{i,j}` or `_{ij}`."""
    if isinstance(node, syntax.Listing):
        return node.items
    if isinstance(node, syntax.Product) and not any(node.operators):
        return node.factors
    if rank == 2 and isinstance(node, syntax.Numeral) and len(node.text) == 2:
        middle = node.span.start + 1
        return (
            syntax.Numeral(Span(node.span.start, middle), node.text[0]),
            syntax.Numeral(Span(middle, node.span.end), node.text[1]),
        )
    return (node,)


def entry_of(base: Value, node: Node, subscript: Node, context: Context) -> Value:
    """The entry of an array at subscripts, with ranks and ranges checked."""
    return values.selected(base, checked_places(base, node, subscript, context))


def checked_places(base: Value, node: Node, subscript: Node, context: Context) -> tuple[Place, ...]:
    """The places that subscripts name, once their number and ranges fit the axes."""
    items = subscripts(subscript, len(base.axes))
    if len(items) != len(base.axes):
        shape = values.describe(context.sizes, base)
        count = "one subscript" if len(items) == 1 else f"{len(items)} subscripts"
        raise ReadingError(
            node.span,
            errors.RANK_MISMATCH,
            f"{context.session.source.slice(node.span)} has {count}, "
            f"but {context.session.source.slice(_array(node).span)} is {shape}",
            edits=_other_arrays(_array(node), len(items), context),
        )
    places = tuple(place(item, context) for item in items)
    for item, at, axis in zip(items, places, base.axes, strict=True):
        check_range(item, at, axis, context)
    return places


def _array(node: Node) -> Node:
    """What the subscripts of an entry stand on."""
    base = node.base if isinstance(node, syntax.Scripted) else node
    if isinstance(base, syntax.Group) and len(base.items) == 1:
        return base.items[0]
    return base


def _other_arrays(node: Node, rank: int, context: Context) -> tuple[Edit, ...]:
    """Edits that put another array of the note here, one with this number of axes."""
    return tuple(Edit(node.span, name) for name in context.scope.arrays(rank, node.span.start)[:8])


def check_range(node: Node, at: Place, axis: Size, context: Context) -> None:
    """Require an index to run over an axis."""
    sizes = context.sizes
    if isinstance(at, int):
        literal = sizes.resolve(axis).value
        if at < 1 or (literal is not None and at > literal):
            raise ReadingError(
                node.span, errors.SWAPPED_INDEX, f"there is no entry {at} on this axis"
            )
        return
    if sizes.unify(at.size, axis):
        return
    have, need = (values.shown(sizes.resolve(s)) for s in (at.size, axis))
    message = f"{at.name} runs to {have}, but this axis has {need} entries"
    if at.bound and at.range_span is not None:
        edit = Edit(at.range_span, need)
        hint = f"let the sum run to {need}"
        raise ReadingError(node.span, errors.SUM_RANGE, message, hint, (edit,))
    wanted = (at.name, sizes.resolve(axis)) if not at.bound else None
    raise ReadingError(node.span, errors.SWAPPED_INDEX, message, redeclare=wanted)


def with_superscript(base: Value, superscript: Node, context: Context) -> Value:
    """A power or a transpose."""
    name = key_or_none(superscript)
    if name in TRANSPOSES:
        return values.transposed(base)
    exponent = rational(superscript)
    if exponent is None:
        raise unread(superscript.span, "this superscript is neither a power nor a transpose")
    if not base.axes:
        return _power(base, exponent)
    if exponent.denominator == 1 and exponent > 0 and len(base.axes) == 2:
        result = base
        for _ in range(int(exponent) - 1):
            result = values.product(context.sizes, result, base)
        return result
    if len(base.axes) == 1:
        context.session.assume("a power of a vector: of each entry")
        return values.mapped(base, lambda frame, x: _raised(x, exponent))
    raise unread(superscript.span, "this power of an array is not read")


def rational(node: Node) -> Fraction | None:
    """The rational number a node writes out, or None."""
    match node:
        case syntax.Numeral(text=text):
            return Fraction(text)
        case syntax.Terms(signs=(sign,), terms=(term,)):
            inner = rational(term)
            return None if inner is None else (inner if sign == "+" else -inner)
        case (
            syntax.Fraction(numerator=top, denominator=bottom)
            | syntax.Product(factors=(top, bottom), operators=("/",))
        ):
            parts = rational(top), rational(bottom)
            return None if None in parts or parts[1] == 0 else parts[0] / parts[1]  # type: ignore[operator]
        case syntax.Group(items=(item,)):
            return rational(item)
        case _:
            return None
