"""The table of losses: one row each, and nowhere else.

A loss is defined twice, in the kernel and by SymPy's own functions; a test holds
both definitions together at points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from symgrad.calculus.expression import (
    EXP,
    LOG,
    ONE,
    RELU,
    Apply,
    Expression,
    SizeValue,
    Sum,
    add,
    mul,
    negate,
    number,
    power,
)
from symgrad.calculus.index import Position, Size, fresh
from symgrad.network.functions import (
    ACTIVATIONS,
    Symbolic,
    lazy_sympy,
    maximum,
    register,
    sympy_relu,
)
from symgrad.network.values import EVERY, PROBABILITIES, Values
from symgrad.network.vector_functions import VECTOR_FUNCTIONS
from symgrad.records import dataclass

ArrayEntry = Callable[[Position], Expression]
"""The entry of a vector at a position."""


@dataclass(frozen=True)
class Loss:
    """A number that compares an output with its target, both vectors of one size.

    Attributes:
        name: by which users ask for it.
        latex: its definition, of the output X and the target T, q entries each.
        build: the kernel expression from both entries and their size.
        symbolic: the SymPy expression from lists of both entries.
        gradient: its derivative by one entry of X, as the field writes it; the kernel
            proves it (a test).
        of_distribution: whether its target is a distribution: entries with the sum 1.
        outputs: at which outputs it has a value.
        of_numbers: the loss of any numbers that this is of probabilities.
    """

    name: str
    latex: str
    build: Callable[[ArrayEntry, ArrayEntry, Size], Expression]
    symbolic: Callable[[Sequence[Symbolic], Sequence[Symbolic]], Symbolic]
    gradient: Callable[[ArrayEntry, ArrayEntry, Size, Position], Expression]
    of_distribution: bool = False
    outputs: Values = EVERY
    of_numbers: str | None = None

    def __post_init__(self) -> None:
        register(LOSSES, self.name, self)


LOSSES: dict[str, Loss] = {}

_HALF = Fraction(1, 2)


def _summed(
    build: Callable[[Expression, Expression], Expression],
) -> Callable[[ArrayEntry, ArrayEntry, Size], Expression]:
    """The sum over the entries of what one output and its target give."""

    def whole(x: ArrayEntry, t: ArrayEntry, size: Size) -> Expression:
        k = fresh("k", size)
        return Sum(k, build(x(k), t(k)))

    return whole


def _sympy_summed(
    build: Callable[[Symbolic, Symbolic], Symbolic],
) -> Callable[[Sequence[Symbolic], Sequence[Symbolic]], Symbolic]:
    return lambda x, t: sum(build(a, b) for a, b in zip(x, t, strict=True))


def _less(x: Expression, y: Expression) -> Expression:
    return add(x, negate(y))


def _log(x: Expression) -> Expression:
    return Apply(LOG, 0, x)


def _square(x: Expression, t: Expression) -> Expression:
    return power(_less(x, t), 2)


def _absolute(x: Expression) -> Expression:
    return Apply(ACTIVATIONS["abs"].function, 0, x)


def _mean_squared_error(x: ArrayEntry, t: ArrayEntry, size: Size) -> Expression:
    return mul(power(SizeValue(size), -1), _summed(_square)(x, t, size))


def _cross_entropy(x: ArrayEntry, t: ArrayEntry, size: Size) -> Expression:
    """With softmax: log(e^X_k / sum_j e^X_j) = X_k - log sum_j e^X_j."""
    j = fresh("j", size)
    total = _log(Sum(j, Apply(EXP, 0, x(j))))
    return negate(_summed(lambda a, b: mul(b, _less(a, total)))(x, t, size))


def _sympy_cross_entropy(x: Sequence[Symbolic], t: Sequence[Symbolic]) -> Symbolic:
    exponentials = [lazy_sympy().exp(one) for one in x]
    total = sum(exponentials)
    return -sum(
        target * lazy_sympy().log(e / total) for e, target in zip(exponentials, t, strict=True)
    )


def _bernoulli(x: Expression, t: Expression) -> Expression:
    return negate(add(mul(t, _log(x)), mul(_less(ONE, t), _log(_less(ONE, x)))))


def _sympy_bernoulli(x: Symbolic, t: Symbolic) -> Symbolic:
    return -t * lazy_sympy().log(x) - (1 - t) * lazy_sympy().log(1 - x)


def _sympy_bernoulli_of_logit(x: Symbolic, t: Symbolic) -> Symbolic:
    return _sympy_bernoulli(1 / (1 + lazy_sympy().exp(-x)), t)


def _sigmoid(x: Expression) -> Expression:
    return Apply(ACTIVATIONS["sigmoid"].function, 0, x)


def _softplus(x: Expression) -> Expression:
    return Apply(ACTIVATIONS["softplus"].function, 0, x)


def _of_one(
    build: Callable[[Expression, Expression], Expression],
) -> Callable[[ArrayEntry, ArrayEntry, Size, Position], Expression]:
    """A gradient of which each entry depends on one output and its target only."""
    return lambda x, t, size, i: build(x(i), t(i))


def _sign(x: Expression) -> Expression:
    return Apply(ACTIVATIONS["sign"].function, 0, x)


def _cross_entropy_gradient(x: ArrayEntry, t: ArrayEntry, size: Size, i: Position) -> Expression:
    """softmax(X)_i sum_k T_k - T_i; the sum is 1 where T is one-hot or a distribution."""
    k = fresh("k", size)
    softmax = VECTOR_FUNCTIONS["softmax"].entry(lambda p: x(*p), (size,), (i,))
    return _less(mul(softmax, Sum(k, t(k))), t(i))


def _bernoulli_gradient(x: Expression, t: Expression) -> Expression:
    return mul(_less(x, t), power(x, -1), power(_less(ONE, x), -1))


def _hinge_gradient(x: Expression, t: Expression) -> Expression:
    return negate(mul(t, Apply(RELU, 1, _less(ONE, mul(t, x)))))


def _huber_gradient(x: Expression, t: Expression) -> Expression:
    r = _less(x, t)
    return _less(r, mul(maximum(_less(_absolute(r), ONE), number(0)), _sign(r)))


def _huber(x: Expression, t: Expression) -> Expression:
    """r^2 / 2 for |r| < 1, |r| - 1/2 beyond: r^2 / 2 - relu(|r| - 1)^2 / 2 for r = x - t."""
    beyond = maximum(_less(_absolute(_less(x, t)), ONE), number(0))
    return mul(number(_HALF), _less(_square(x, t), power(beyond, 2)))


def _sympy_huber(x: Symbolic, t: Symbolic) -> Symbolic:
    beyond = sympy_relu(lazy_sympy().Abs(x - t) - 1)
    return ((x - t) ** 2 - beyond**2) / 2


Loss(
    "squared-error",
    r"\frac{1}{2} \sum_k (X_k - T_k)^2",
    lambda x, t, size: mul(number(_HALF), _summed(_square)(x, t, size)),
    lambda x, t: _sympy_summed(lambda a, b: (a - b) ** 2)(x, t) / 2,
    _of_one(_less),
)
Loss(
    "mean-squared-error",
    r"\frac{1}{q} \sum_k (X_k - T_k)^2",
    _mean_squared_error,
    lambda x, t: _sympy_summed(lambda a, b: (a - b) ** 2)(x, t) / len(x),
    lambda x, t, size, i: mul(number(2), power(SizeValue(size), -1), _less(x(i), t(i))),
)
Loss(
    "absolute-error",
    r"\sum_k |X_k - T_k|",
    _summed(lambda x, t: _absolute(_less(x, t))),
    _sympy_summed(lambda x, t: lazy_sympy().Abs(x - t)),
    _of_one(lambda x, t: _sign(_less(x, t))),
)
Loss(
    "cross-entropy",
    r"-\sum_k T_k \log \frac{e^{X_k}}{\sum_j e^{X_j}}",
    _cross_entropy,
    _sympy_cross_entropy,
    _cross_entropy_gradient,
    of_distribution=True,
)
Loss(
    "cross-entropy-of-probabilities",
    r"-\sum_k T_k \log X_k",
    _summed(lambda x, t: negate(mul(t, _log(x)))),
    _sympy_summed(lambda x, t: -t * lazy_sympy().log(x)),
    _of_one(lambda x, t: negate(mul(t, power(x, -1)))),
    of_distribution=True,
    outputs=PROBABILITIES,
    of_numbers="cross-entropy",
)
Loss(
    "binary-cross-entropy",
    r"-\sum_k \left(T_k \log X_k + (1 - T_k) \log(1 - X_k)\right)",
    _summed(_bernoulli),
    _sympy_summed(_sympy_bernoulli),
    _of_one(_bernoulli_gradient),
    outputs=PROBABILITIES,
    of_numbers="binary-cross-entropy-with-logits",
)
Loss(
    "binary-cross-entropy-with-logits",  # the above of sigmoid(X), without a quotient
    r"\sum_k \left(\log(1 + e^{X_k}) - T_k X_k\right)",
    _summed(lambda x, t: _less(_softplus(x), mul(t, x))),
    _sympy_summed(_sympy_bernoulli_of_logit),
    _of_one(lambda x, t: _less(_sigmoid(x), t)),
)
Loss(
    "hinge",
    r"\sum_k \max(0, 1 - T_k X_k)",
    _summed(lambda x, t: maximum(_less(ONE, mul(t, x)), number(0))),
    _sympy_summed(lambda x, t: sympy_relu(1 - t * x)),
    _of_one(_hinge_gradient),
)
Loss(
    "huber",
    r"\frac{1}{2} \sum_k \left((X_k - T_k)^2 - \max(0, |X_k - T_k| - 1)^2\right)",
    _summed(_huber),
    _sympy_summed(_sympy_huber),
    _of_one(_huber_gradient),
)
