"""The table of activations and losses: one row each, and nowhere else.

An activation is defined twice, in the kernel by its primitives and in SymPy by
SymPy's own functions; a test holds both definitions together at points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symgrad.calculus.expression import (
    ARGUMENT,
    EXP,
    LOG,
    ONE,
    RELU,
    Apply,
    Entry,
    Expression,
    Function,
    SizeValue,
    Sum,
    add,
    mul,
    negate,
    number,
    power,
)
from symgrad.calculus.index import Position, Size, fresh

Symbolic = Any
"""A SymPy expression; SymPy has no types."""

ArrayEntry = Callable[[Position], Expression]
"""The entry of a vector at a position."""


@dataclass(frozen=True)
class Activation:
    """A function of one variable that a layer applies to each entry.

    Attributes:
        name: by which users ask for it.
        function: what the kernel knows of it, with its LaTeX; its derivative follows.
        symbolic: the same function of a SymPy expression (imports SymPy when called).
        kinks: arguments at which it has no derivative (or jumps).
    """

    name: str
    function: Function
    symbolic: Callable[[Symbolic], Symbolic]
    kinks: tuple[Fraction, ...] = ()

    def __post_init__(self) -> None:
        _register(ACTIVATIONS, self.name, self)


@dataclass(frozen=True)
class Loss:
    """A number that compares an output with its target, both vectors of one size.

    Attributes:
        name: by which users ask for it.
        latex: its definition, of the output X and the target T.
        build: the kernel expression from both entries and their size.
        symbolic: the SymPy expression from lists of both entries.
    """

    name: str
    latex: str
    build: Callable[[ArrayEntry, ArrayEntry, Size], Expression]
    symbolic: Callable[[Sequence[Symbolic], Sequence[Symbolic]], Symbolic]

    def __post_init__(self) -> None:
        _register(LOSSES, self.name, self)


ACTIVATIONS: dict[str, Activation] = {}
LOSSES: dict[str, Loss] = {}


def _register(table: dict[str, Any], name: str, row: Activation | Loss) -> None:
    if name in table:
        raise ValueError(f"two rows are called {name!r}")
    table[name] = row


def _sympy() -> Any:  # noqa: ANN401 - SymPy has no types
    """SymPy, imported where it is first needed (0.2 s)."""
    import sympy

    return sympy


def _sympy_relu(x: Symbolic) -> Symbolic:
    from symgrad.network.sympy_functions import relu

    return relu(x)


_X = Entry(ARGUMENT, ())
_MINUS_X = negate(_X)
_HALF = Fraction(1, 2)
_ZERO = (Fraction(0),)


def _relu(x: Expression) -> Expression:
    return Apply(RELU, 0, x)


def _exp(x: Expression) -> Expression:
    return Apply(EXP, 0, x)


def _log(x: Expression) -> Expression:
    return Apply(LOG, 0, x)


_SIGMOID = power(add(ONE, _exp(_MINUS_X)), -1)
_E2X = _exp(mul(number(2), _X))

Activation("relu", RELU, _sympy_relu, kinks=_ZERO)
Activation(
    "leaky-relu",  # relu(x) - relu(-x) / 100
    Function(
        r"\operatorname{lrelu}",
        add(_relu(_X), mul(number(Fraction(-1, 100)), _relu(_MINUS_X))),
    ),
    lambda x: _sympy_relu(x) - _sympy_relu(-x) / 100,
    kinks=_ZERO,
)
Activation("identity", Function(r"\operatorname{id}", _X), lambda x: x)
Activation(
    "sigmoid",  # 1 / (1 + e^-x)
    Function(r"\operatorname{sigmoid}", _SIGMOID),
    lambda x: 1 / (1 + _sympy().exp(-x)),
)
Activation(
    "tanh",  # (e^2x - 1) / (e^2x + 1)
    Function(r"\tanh", mul(add(_E2X, number(-1)), power(add(_E2X, ONE), -1))),
    lambda x: _sympy().tanh(x),
)
Activation(
    "softplus",  # log(1 + e^x)
    Function(r"\operatorname{softplus}", _log(add(ONE, _exp(_X)))),
    lambda x: _sympy().log(1 + _sympy().exp(x)),
)
Activation(
    "silu",  # x sigmoid(x)
    Function(r"\operatorname{silu}", mul(_X, _SIGMOID)),
    lambda x: x / (1 + _sympy().exp(-x)),
)
Activation(
    "elu",  # x for x > 0, e^x - 1 for x < 0; 1 - e^x is positive just where x is negative
    Function(r"\operatorname{elu}", add(_relu(_X), negate(_relu(add(ONE, negate(_exp(_X))))))),
    lambda x: _sympy_relu(x) - _sympy_relu(1 - _sympy().exp(x)),
    kinks=_ZERO,
)
Activation(
    "abs",  # relu(x) + relu(-x)
    Function(r"\operatorname{abs}", add(_relu(_X), _relu(_MINUS_X))),
    lambda x: _sympy().Abs(x),
    kinks=_ZERO,
)
Activation(
    "sign",  # relu'(x) - relu'(-x)
    Function(r"\operatorname{sign}", add(Apply(RELU, 1, _X), negate(Apply(RELU, 1, _MINUS_X)))),
    lambda x: _sympy().sign(x),
    kinks=_ZERO,
)
Activation("exp", EXP, lambda x: _sympy().exp(x))
Activation("log", LOG, lambda x: _sympy().log(x))
Activation("sqrt", Function(r"\operatorname{sqrt}", power(_X, _HALF)), lambda x: _sympy().sqrt(x))


def _sum(size: Size, term: Callable[[Position], Expression]) -> Expression:
    k = fresh("k", size)
    return Sum(k, term(k))


def _squares(x: ArrayEntry, t: ArrayEntry, size: Size) -> Expression:
    return _sum(size, lambda k: power(add(x(k), negate(t(k))), 2))


def _cross_entropy(x: ArrayEntry, t: ArrayEntry, size: Size) -> Expression:
    """With softmax: log(e^X_k / sum_j e^X_j) = X_k - log sum_j e^X_j."""
    total = _log(_sum(size, lambda j: _exp(x(j))))
    return negate(_sum(size, lambda k: mul(t(k), add(x(k), negate(total)))))


def _binary_cross_entropy(x: ArrayEntry, t: ArrayEntry, size: Size) -> Expression:
    def term(k: Position) -> Expression:
        other = mul(add(ONE, negate(t(k))), _log(add(ONE, negate(x(k)))))
        return add(mul(t(k), _log(x(k))), other)

    return negate(_sum(size, term))


def _sympy_cross_entropy(x: Sequence[Symbolic], t: Sequence[Symbolic]) -> Symbolic:
    exponentials = [_sympy().exp(one) for one in x]
    total = sum(exponentials)
    return -sum(target * _sympy().log(e / total) for e, target in zip(exponentials, t, strict=True))


def _sympy_binary_cross_entropy(x: Sequence[Symbolic], t: Sequence[Symbolic]) -> Symbolic:
    log = _sympy().log
    return -sum(b * log(a) + (1 - b) * log(1 - a) for a, b in zip(x, t, strict=True))


Loss(
    "squared-error",
    r"\frac{1}{2} \sum_k (X_k - T_k)^2",
    lambda x, t, size: mul(number(_HALF), _squares(x, t, size)),
    lambda x, t: sum((a - b) ** 2 for a, b in zip(x, t, strict=True)) / 2,
)
Loss(
    "mean-squared-error",
    r"\frac{1}{q} \sum_k (X_k - T_k)^2",
    lambda x, t, size: mul(power(SizeValue(size), -1), _squares(x, t, size)),
    lambda x, t: sum((a - b) ** 2 for a, b in zip(x, t, strict=True)) / len(x),
)
Loss(
    "cross-entropy",
    r"-\sum_k T_k \log \frac{e^{X_k}}{\sum_j e^{X_j}}",
    _cross_entropy,
    _sympy_cross_entropy,
)
Loss(
    "binary-cross-entropy",
    r"-\sum_k \left(T_k \log X_k + (1 - T_k) \log(1 - X_k)\right)",
    _binary_cross_entropy,
    _sympy_binary_cross_entropy,
)
