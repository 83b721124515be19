r"""Standard functions that need no declaration: `\max`, `\exp`, `\log`, trace, diag, ..."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position
from symgrad.reading import values
from symgrad.reading.chain_rule import chain_product
from symgrad.reading.sizes import Sizes
from symgrad.reading.values import ShapeError, Value


@dataclass(frozen=True, slots=True)
class Known:
    """A function of numbers (`function`), or a rule for arrays with its numbers of arguments."""

    function: ex.Function | None = None
    rule: Callable[[Sizes, list[Value]], Value] = lambda sizes, arguments: arguments[0]
    arity: tuple[int, int] = (1, 1)


def _maximum(sizes: Sizes, arguments: list[Value]) -> Value:
    """max(x, y) = y + relu(x - y), on each entry where one is a number."""
    first, second = arguments
    if not first.axes and second.axes:
        first, second = second, first

    def entry(frame: values.Frame, p: tuple[Position, ...]) -> ex.Expression:
        x = first.entry(frame, p)
        y = second.entry(frame, p if second.axes else ())
        if isinstance(x, ex.Number) and x.value == 0:
            x, y = y, x
        difference = ex.add(x, ex.negate(y))
        return ex.add(y, ex.Apply(ex.RELU, 0, difference))

    if second.axes:
        values.same_axes(sizes, first, second, "the maximum of")
    return Value(first.axes, entry, first.row)


def _minimum(sizes: Sizes, arguments: list[Value]) -> Value:
    """min(x, y) = -max(-x, -y)."""
    minus = values.constant(-1)
    return values.scaled(minus, _maximum(sizes, [values.scaled(minus, a) for a in arguments]))


def _summed(sizes: Sizes, arguments: list[Value]) -> Value:
    """Sum of all entries of an array."""
    array = arguments[0]
    if not array.axes:
        raise ShapeError("rank-mismatch", "the sum of the entries of a number")

    def build(frame: values.Frame) -> ex.Expression:
        indices = [frame.fresh(axis) for axis in array.axes]
        body = array.entry(frame, tuple(indices))
        for index in reversed(indices):
            body = ex.Sum(index, body)
        return body

    return values.scalar(build)


def _softmax(sizes: Sizes, arguments: list[Value]) -> Value:
    """softmax(z)_i = exp(z_i) / sum_j exp(z_j) of a vector."""
    array = arguments[0]
    if len(array.axes) != 1:
        raise ShapeError("rank-mismatch", f"softmax of {values.describe(sizes, array)}")

    def entry(frame: values.Frame, p: tuple[Position, ...]) -> ex.Expression:
        index = frame.fresh(array.axes[0])
        total = ex.Sum(index, ex.Apply(ex.EXP, 0, array.entry(frame, (index,))))
        top = ex.Apply(ex.EXP, 0, array.entry(frame, p))
        return ex.mul(top, ex.power(total, -1))

    return Value(array.axes, entry, array.row)


_X = ex.Entry(ex.ARGUMENT, ())
_EXP_MINUS = ex.Apply(ex.EXP, 0, ex.negate(_X))
_EXP_TWICE = ex.Apply(ex.EXP, 0, ex.mul(ex.number(2), _X))

SIGMOID = ex.Function(r"\operatorname{sigmoid}", ex.power(ex.add(ex.ONE, _EXP_MINUS), -1))
TANH = ex.Function(
    r"\tanh",
    ex.mul(ex.add(_EXP_TWICE, ex.number(-1)), ex.power(ex.add(_EXP_TWICE, ex.ONE), -1)),
)

KNOWN_FUNCTIONS: dict[str, Known] = {
    r"\exp": Known(ex.EXP),
    r"\log": Known(ex.LOG),
    r"\ln": Known(ex.LOG),
    r"\relu": Known(ex.RELU),
    r"\ReLU": Known(ex.RELU),
    r"\tanh": Known(TANH),
    r"\sigmoid": Known(SIGMOID),
    r"\max": Known(rule=_maximum, arity=(2, 2)),
    r"\min": Known(rule=_minimum, arity=(2, 2)),
    r"\operatorname{sum}": Known(rule=_summed),
    r"\operatorname{prod}": Known(rule=chain_product, arity=(2, 2)),
    r"\softmax": Known(rule=_softmax),
    r"\tr": Known(rule=lambda sizes, a: values.trace(sizes, a[0])),
    r"\Tr": Known(rule=lambda sizes, a: values.trace(sizes, a[0])),
    r"\trace": Known(rule=lambda sizes, a: values.trace(sizes, a[0])),
    r"\diag": Known(rule=lambda sizes, a: values.diagonal(sizes, a[0])),
}
"""By key; `max(0, x)` without its backslash has the same key."""
