"""Sums over an index, conditions, and cases."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position
from symgrad.reading import errors, syntax, values
from symgrad.reading.context import Context
from symgrad.reading.einstein import CONTRACTION
from symgrad.reading.elaborate import number, rule, shaped, value
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.names import key_or_none
from symgrad.reading.ranges import sum_indices
from symgrad.reading.subscripts import place
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, IndexName, Value


@rule(syntax.BigOperator)
def _big_operator(node: syntax.BigOperator, context: Context) -> Value:
    if node.operator == CONTRACTION:
        context.session.assume("an index that stands twice in a term is summed over")
    elif node.operator != "sum":
        raise unread(node.span, "products over an index are not read")
    names, conditions = sum_indices(node, context)
    inner = context
    for name in names:
        inner = inner.bind_index(name.name, name)
    body = value(node.body, inner)
    guards = [condition_value(condition, inner) for condition in conditions]

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        bound = []
        for name in names:
            index, frame = frame.bind(name)
            bound.append(index)
        result = body.entry(frame, positions)
        for guard in guards:
            result = ex.mul(guard.entry(frame, ()), result)
        for index in reversed(bound):
            result = ex.Sum(index, result)
        return result

    return Value(body.axes, entry, body.row)


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
    if sign not in _ORDERS:
        raise unread(node.span, "this condition is not understood")
    first = number(left, context, "a side of the condition")
    second = number(right, context, "a side of the condition")
    return _compared(first, sign, second, context)


_ORDERS = frozenset({"<", ">", r"\leq", r"\geq"})


def indicator_value(node: syntax.Chain, context: Context) -> Value:
    r"""The indicator of a condition; of an array, `\mathbb 1_{z > 0}`, that of each entry."""
    left, sign, right = node.members[0], node.relations[0].sign, node.members[-1]
    if len(node.relations) != 1 or sign not in _ORDERS:
        return condition_value(node, context)
    first, second = value(left, context), value(right, context)
    if first.axes or second.axes:
        context.session.assume("the indicator of a condition on an array: of each entry")
    return shaped(node.span, lambda: _compared(first, sign, second, context))


def _compared(first: Value, sign: str, second: Value, context: Context) -> Value:
    """1 where an order holds, entry by entry."""
    if sign in ("<", r"\geq"):
        first, second = second, first
    whole = first if first.axes else second
    first, second = (_stretched(side, whole) for side in (first, second))
    difference = values.total(context.sizes, ("+", "-"), [first, second])
    strict = values.mapped(difference, lambda frame, x: ex.Apply(ex.RELU, 1, x))
    # x >= y is what x < y is not: the two differ from x > y where x = y.
    return strict if sign in ("<", ">") else _complement(strict)


def _stretched(side: Value, whole: Value) -> Value:
    """A number beside an array, as an array of it."""
    if side.axes or not whole.axes:
        return side
    return Value(whole.axes, lambda frame, positions: side.entry(frame, ()), whole.row)


def _complement(condition: Value) -> Value:
    return values.mapped(condition, lambda frame, x: ex.add(ex.ONE, ex.negate(x)))


def _same_index(left: Node, right: Node, context: Context) -> Value:
    """Kronecker delta of two subscripts."""
    for side in (left, right):
        name = key_or_none(side)
        known = name in context.indices or name in context.free
        if name and not known and context.scope.names.before(name, side.span.start) is not None:
            raise unread(side.span, "equalities between numbers are not read as conditions")
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
