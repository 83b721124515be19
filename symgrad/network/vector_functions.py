"""The table of functions of whole arrays: one row each, and nowhere else.

    softmax(x)_i = e^x_i / sum_k e^x_k,    layer-norm(x)_i = (x_i - mean) / sqrt(variance + eps)

Each is defined twice, in the kernel and by SymPy's own functions; a test holds both
definitions together at points. Of a matrix, softmax and layer norm take each row by
itself (the last axis); batch norm takes each column (the first axis: the examples).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod

from symgrad.calculus.expression import (
    EXP,
    LOG,
    ZERO,
    Apply,
    Delta,
    Expression,
    SizeValue,
    Sum,
    add,
    mul,
    negate,
    power,
)
from symgrad.calculus.index import Position, Size, fresh
from symgrad.network.functions import ACTIVATIONS, Symbolic, lazy_sympy, register
from symgrad.network.values import EVERY, PROBABILITIES, Values
from symgrad.records import dataclass

Positions = tuple[Position, ...]
Entries = Callable[[Positions], Expression]
"""The entry of an array at positions, one an axis."""

Shape = tuple[Size, ...]


@dataclass(frozen=True)
class VectorFunction:
    r"""A function of an array, with its values in arrays of the same axes or in the numbers.

    Attributes:
        name: by which users ask for it.
        latex: its definition, of an array x.
        build: the kernel expression: of the entries, the axes, the positions of the result
            (none where it is a number), and the parameters.
        symbolic: of a SymPy array and the parameters, the same array or number in SymPy.
        ranks: numbers of axes that its argument may have.
        is_number: whether its value is a number.
        parameters: names of further numbers, which are 0 where they are left out.
        words: by which formulas call it; none where authors mean different functions by one.
        backward: sum_k u_k dy_k/dx_i as the field writes it, from the entries of the value y
            and of u, the axes and the positions of x_i; the kernel proves it (a test).
        jacobian: dy_k/dx_i of a vector, from the entries of y, k and i; proved as well.
        values: bounds of its values, for two entries and more.
    """

    name: str
    latex: str
    build: Callable[[Entries, Shape, Positions, tuple[Expression, ...]], Expression]
    symbolic: Callable[[Symbolic, tuple[Symbolic, ...]], Symbolic]
    ranks: tuple[int, ...] = (1,)
    is_number: bool = False
    parameters: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    backward: Callable[[Entries, Entries, Shape, Positions], Expression] | None = None
    jacobian: Callable[[Entries, Position, Position], Expression] | None = None
    values: Values = EVERY

    def __post_init__(self) -> None:
        register(VECTOR_FUNCTIONS, self.name, self)

    def of(self, name: str) -> str:
        """LaTeX of the function of an array, by the word for it that formulas have."""
        return rf"\operatorname{{{self.words[0]}}}({name})"

    def entry(
        self, x: Entries, axes: Shape, at: Positions = (), *parameters: Expression
    ) -> Expression:
        """The entry of the value at positions; parameters that are left out are 0.

        Raises:
            ValueError: an argument of a rank that the function does not take.
        """
        if len(axes) not in self.ranks or len(at) != (0 if self.is_number else len(axes)):
            raise ValueError(f"{self.name} does not take {len(axes)} axes and {len(at)} positions")
        missing = len(self.parameters) - len(parameters)
        return self.build(x, axes, at, (*parameters, *[ZERO] * missing))


VECTOR_FUNCTIONS: dict[str, VectorFunction] = {}

_ANY = (1, 2, 3, 4)
_HALF = Fraction(1, 2)


def _exp(x: Expression) -> Expression:
    return Apply(EXP, 0, x)


def _less(x: Expression, y: Expression) -> Expression:
    return add(x, negate(y))


def _total(axes: Shape, body: Entries) -> Expression:
    """Sum over all positions."""
    indices = tuple(fresh("k", size) for size in axes)
    result = body(indices)
    for index in reversed(indices):
        result = Sum(index, result)
    return result


def _length(axes: Shape) -> Expression:
    return mul(*[SizeValue(size) for size in axes])


def _last(x: Entries, at: Positions) -> Entries:
    """The row in which positions stand, as a vector."""
    return lambda p: x((*at[:-1], *p))


def _first(x: Entries, at: Positions) -> Entries:
    """The column in which positions stand, as a vector."""
    return lambda p: x((*p, *at[1:]))


def _mean(x: Entries, axes: Shape) -> Expression:
    return mul(power(_length(axes), -1), _total(axes, x))


def _log_total_exp(x: Entries, axes: Shape) -> Expression:
    return Apply(LOG, 0, _total(axes, lambda p: _exp(x(p))))


def _normed(x: Entries, axes: Shape, at: Expression, epsilon: Expression) -> Expression:
    """(x_i - m) / sqrt(v + epsilon), m the mean and v the mean of the squares (x_k - m)^2."""
    mean = _mean(x, axes)
    variance = _mean(lambda p: power(_less(x(p), mean), 2), axes)
    return mul(_less(at, mean), power(add(variance, epsilon), -_HALF))


def _absolute(x: Expression) -> Expression:
    return Apply(ACTIVATIONS["abs"].function, 0, x)


def _squares(x: Entries, axes: Shape) -> Expression:
    return _total(axes, lambda p: power(x(p), 2))


def _softmax_backward(y: Entries, u: Entries, axes: Shape, at: Positions) -> Expression:
    """y_i (u_i - sum_k y_k u_k)."""
    total = _total(axes[-1:], lambda p: mul(_last(y, at)(p), _last(u, at)(p)))
    return mul(y(at), _less(u(at), total))


# The same for SymPy


def _along_last(row: Callable[[list[Symbolic]], list[Symbolic]]) -> Callable[..., Symbolic]:
    """What is done to a vector, done to each row of an array."""

    def whole(x: Symbolic, *_: object) -> Symbolic:
        flat = list(lazy_sympy().flatten(x.tolist()))
        length = x.shape[-1]
        rows = (row(flat[k : k + length]) for k in range(0, len(flat), length))
        return lazy_sympy().Array([entry for one in rows for entry in one], x.shape)

    return whole


def _all(x: Symbolic) -> list[Symbolic]:
    return list(lazy_sympy().flatten(x.tolist()))


def _sympy_softmax(row: list[Symbolic]) -> list[Symbolic]:
    exp = lazy_sympy().exp
    return [exp(entry) / sum(exp(other) for other in row) for entry in row]


def _sympy_normed(row: list[Symbolic], epsilon: Symbolic) -> list[Symbolic]:
    mean = sum(row) / lazy_sympy().Integer(len(row))
    variance = sum((entry - mean) ** 2 for entry in row) / len(row)
    return [(entry - mean) / lazy_sympy().sqrt(variance + epsilon) for entry in row]


def _sympy_layer_norm(x: Symbolic, parameters: tuple[Symbolic, ...]) -> Symbolic:
    return _along_last(lambda row: _sympy_normed(row, parameters[0]))(x)


def _sympy_batch_norm(x: Symbolic, parameters: tuple[Symbolic, ...]) -> Symbolic:
    turned = lazy_sympy().transpose(x) if len(x.shape) == 2 else x
    normed = _sympy_layer_norm(turned, parameters)
    return lazy_sympy().transpose(normed) if len(x.shape) == 2 else normed


VectorFunction(
    "softmax",
    r"\frac{e^{x_i}}{\sum_k e^{x_k}}",
    lambda x, axes, at, _: mul(
        _exp(x(at)), power(_total(axes[-1:], lambda p: _exp(_last(x, at)(p))), -1)
    ),
    _along_last(_sympy_softmax),
    ranks=_ANY,
    words=("softmax", "Softmax"),
    backward=_softmax_backward,
    jacobian=lambda y, k, i: mul(y((k,)), _less(Delta(k, i), y((i,)))),
    values=PROBABILITIES,
)
VectorFunction(
    "log-softmax",
    r"x_i - \log \sum_k e^{x_k}",
    lambda x, axes, at, _: _less(x(at), _log_total_exp(_last(x, at), axes[-1:])),
    _along_last(lambda row: [lazy_sympy().log(p) for p in _sympy_softmax(row)]),
    ranks=_ANY,
    words=("logsoftmax", "LogSoftmax"),
)
VectorFunction(
    "logsumexp",
    r"\log \sum_k e^{x_k}",
    lambda x, axes, at, _: _log_total_exp(x, axes),
    lambda x, _: lazy_sympy().log(sum(lazy_sympy().exp(entry) for entry in _all(x))),
    is_number=True,
    words=("logsumexp", "LogSumExp", "LSE"),
)
VectorFunction(
    "layer-norm",
    r"\frac{x_i - \mu}{\sqrt{\frac{1}{n} \sum_k (x_k - \mu)^2 + \epsilon}},"
    r" \mu = \frac{1}{n} \sum_k x_k",
    lambda x, axes, at, more: _normed(_last(x, at), axes[-1:], x(at), more[0]),
    _sympy_layer_norm,
    ranks=_ANY,
    parameters=(r"\epsilon",),
    words=("LayerNorm", "LN"),
)
VectorFunction(
    "batch-norm",
    r"\frac{x_{bi} - \mu_i}{\sqrt{\frac{1}{N} \sum_c (x_{ci} - \mu_i)^2 + \epsilon}},"
    r" \mu_i = \frac{1}{N} \sum_c x_{ci}",
    lambda x, axes, at, more: _normed(_first(x, at), axes[:1], x(at), more[0]),
    _sympy_batch_norm,
    ranks=(1, 2),
    parameters=(r"\epsilon",),
    words=("BatchNorm", "BN"),
)
VectorFunction(
    "1-norm",
    r"\sum_k |x_k|",
    lambda x, axes, at, _: _total(axes, lambda p: _absolute(x(p))),
    lambda x, _: sum(lazy_sympy().Abs(entry) for entry in _all(x)),
    is_number=True,
)
VectorFunction(
    "2-norm",
    r"\sqrt{\sum_k x_k^2}",
    lambda x, axes, at, _: power(_squares(x, axes), _HALF),
    lambda x, _: lazy_sympy().sqrt(sum(entry**2 for entry in _all(x))),
    is_number=True,
)
VectorFunction(
    "squared-norm",
    r"\sum_k x_k^2",
    lambda x, axes, at, _: _squares(x, axes),
    lambda x, _: sum(entry**2 for entry in _all(x)),
    ranks=_ANY,
    is_number=True,
)
VectorFunction(
    "frobenius-norm",
    r"\sqrt{\sum_{k,l} x_{kl}^2}",
    lambda x, axes, at, _: power(_squares(x, axes), _HALF),
    lambda x, _: lazy_sympy().sqrt(sum(entry**2 for entry in _all(x))),
    ranks=(2,),
    is_number=True,
)
VectorFunction(
    "sum",
    r"\sum_k x_k",
    lambda x, axes, at, _: _total(axes, x),
    lambda x, _: sum(_all(x)),
    ranks=_ANY,
    is_number=True,
    words=("sum",),
)
VectorFunction(
    "mean",
    r"\frac{1}{n} \sum_k x_k",
    lambda x, axes, at, _: _mean(x, axes),
    lambda x, _: sum(_all(x)) / lazy_sympy().Integer(prod(x.shape)),
    ranks=_ANY,
    is_number=True,
    words=("mean",),
)
