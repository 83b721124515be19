"""The table of activations: one row each, and nowhere else. Losses are in `losses`.

An activation is defined twice, in the kernel by its primitives and in SymPy by
SymPy's own functions; a test holds both definitions together at points.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar

from symgrad.calculus.expression import (
    ARGUMENT,
    ERF,
    EXP,
    LOG,
    ONE,
    PI,
    RELU,
    ZERO,
    Apply,
    Entry,
    Expression,
    Function,
    add,
    mul,
    negate,
    number,
    power,
)
from symgrad.network.values import EVERY, PROBABILITIES, Values
from symgrad.records import dataclass

Symbolic = Any
"""A SymPy expression; SymPy has no types."""

Row = TypeVar("Row")


@dataclass(frozen=True)
class Activation:
    """A function of one variable that a layer applies to each entry.

    Attributes:
        name: by which users ask for it.
        function: what the kernel knows of it, with its LaTeX; its derivative follows.
        symbolic: the same function of a SymPy expression (imports SymPy when called).
        kinks: arguments at which it has no derivative (or jumps).
        words: by which formulas call it; none where authors mean different functions by one.
        derivative: at `ARGUMENT`, as the field writes it; the kernel proves it (a test).
        facts: other expressions in `ARGUMENT` that are equal; the kernel proves them too.
        values: bounds of its values.
    """

    name: str
    function: Function
    symbolic: Callable[[Symbolic], Symbolic]
    kinks: tuple[Fraction, ...] = ()
    words: tuple[str, ...] = ()
    derivative: Expression | None = None
    facts: tuple[tuple[Expression, Expression], ...] = ()
    values: Values = EVERY

    def __post_init__(self) -> None:
        register(ACTIVATIONS, self.name, self)


ACTIVATIONS: dict[str, Activation] = {}


def register(table: dict[str, Row], name: str, row: Row) -> None:
    """Enter a row in a table; `ValueError` where the table has the name."""
    if name in table:
        raise ValueError(f"two rows are called {name!r}")
    table[name] = row


def lazy_sympy() -> Any:  # noqa: ANN401 - SymPy has no types
    """SymPy, imported where it is first needed (0.2 s)."""
    import sympy

    return sympy


def sympy_relu(x: Symbolic) -> Symbolic:
    """ReLU of a SymPy expression."""
    from symgrad.network.sympy_functions import relu

    return relu(x)


def _sympy_step(x: Symbolic) -> Symbolic:
    from symgrad.network.sympy_functions import step

    return step(x)


_X = Entry(ARGUMENT, ())
_MINUS_X = negate(_X)
_HALF = Fraction(1, 2)
_ZERO = (Fraction(0),)


def _relu(x: Expression) -> Expression:
    return Apply(RELU, 0, x)


def _step(x: Expression) -> Expression:
    return Apply(RELU, 1, x)


def _exp(x: Expression) -> Expression:
    return Apply(EXP, 0, x)


def _log(x: Expression) -> Expression:
    return Apply(LOG, 0, x)


def _erf(x: Expression) -> Expression:
    return Apply(ERF, 0, x)


def _less(x: Expression, y: Expression) -> Expression:
    return add(x, negate(y))


def maximum(x: Expression, y: Expression) -> Expression:
    """The larger of two numbers: max(x, y) = y + relu(x - y)."""
    return add(y, _relu(_less(x, y)))


def minimum(x: Expression, y: Expression) -> Expression:
    """The smaller of two numbers: min(x, y) = -max(-x, -y)."""
    return negate(maximum(negate(x), negate(y)))


_SIGMOID = Function(r"\operatorname{sigmoid}", power(add(ONE, _exp(_MINUS_X)), -1))
_E2X = _exp(mul(number(2), _X))
_TANH = Function(r"\tanh", mul(_less(_E2X, ONE), power(add(_E2X, ONE), -1)))
_SOFTPLUS = Function(r"\operatorname{softplus}", _log(add(ONE, _exp(_X))))
_S, _S_MINUS = Apply(_SIGMOID, 0, _X), Apply(_SIGMOID, 0, _MINUS_X)
_T = Apply(_TANH, 0, _X)
_SLOPE = number(Fraction(1, 100))
_ABS = Function(r"\operatorname{abs}", add(_relu(_X), _relu(_MINUS_X)))
_SIGN = Function(r"\operatorname{sign}", _less(_step(_X), _step(_MINUS_X)))

Activation(
    "relu",
    RELU,
    sympy_relu,
    kinks=_ZERO,
    words=("relu", "ReLU"),
    derivative=_step(_X),
    facts=((_relu(_X), mul(_X, _step(_X))), (power(_step(_X), 2), _step(_X))),
    values=Values(0, None, ends=True),
)
Activation(
    "leaky-relu",  # relu(x) - relu(-x) / 100
    Function(r"\operatorname{lrelu}", _less(_relu(_X), mul(_SLOPE, _relu(_MINUS_X)))),
    lambda x: sympy_relu(x) - sympy_relu(-x) / 100,
    kinks=_ZERO,
    derivative=add(_step(_X), mul(_SLOPE, _less(ONE, _step(_X)))),
)
Activation("identity", Function(r"\operatorname{id}", _X), lambda x: x, derivative=ONE)
Activation(
    "sigmoid",  # 1 / (1 + e^-x)
    _SIGMOID,
    lambda x: 1 / (1 + lazy_sympy().exp(-x)),
    words=("sigmoid", "Sigmoid"),
    derivative=mul(_S, _less(ONE, _S)),
    facts=(
        (_S, mul(_exp(_X), power(add(ONE, _exp(_X)), -1))),
        (_S_MINUS, _less(ONE, _S)),
    ),
    values=PROBABILITIES,
)
Activation(
    "tanh",  # (e^2x - 1) / (e^2x + 1)
    _TANH,
    lambda x: lazy_sympy().tanh(x),
    words=("tanh",),
    derivative=_less(ONE, power(_T, 2)),
    facts=(
        (_T, _less(mul(number(2), Apply(_SIGMOID, 0, mul(number(2), _X))), ONE)),
        (Apply(_TANH, 0, _MINUS_X), negate(_T)),
    ),
    values=Values(-1, 1),
)
Activation(
    "softplus",  # log(1 + e^x)
    _SOFTPLUS,
    lambda x: lazy_sympy().log(1 + lazy_sympy().exp(x)),
    words=("softplus",),
    derivative=_S,
    facts=((_less(Apply(_SOFTPLUS, 0, _X), Apply(_SOFTPLUS, 0, _MINUS_X)), _X),),
    values=Values(0, None),
)
Activation(
    "silu",  # x sigmoid(x)
    Function(r"\operatorname{silu}", mul(_X, _S)),
    lambda x: x / (1 + lazy_sympy().exp(-x)),
    words=("silu", "SiLU", "swish"),
    derivative=mul(_S, add(ONE, mul(_X, _less(ONE, _S)))),
)
Activation(
    "elu",  # x for x > 0, e^x - 1 for x < 0; 1 - e^x is positive just where x is negative
    Function(r"\operatorname{elu}", _less(_relu(_X), _relu(_less(ONE, _exp(_X))))),
    lambda x: sympy_relu(x) - sympy_relu(1 - lazy_sympy().exp(x)),
    kinks=_ZERO,
    derivative=add(_step(_X), mul(_less(ONE, _step(_X)), _exp(_X))),
    values=Values(-1, None),
)
Activation(
    "abs",  # relu(x) + relu(-x)
    _ABS,
    lambda x: lazy_sympy().Abs(x),
    kinks=_ZERO,
    words=("abs",),
    derivative=Apply(_SIGN, 0, _X),
    facts=((power(Apply(_ABS, 0, _X), 2), power(_X, 2)),),
    values=Values(0, None, ends=True),
)
Activation(
    "sign",  # relu'(x) - relu'(-x)
    _SIGN,
    lambda x: lazy_sympy().sign(x),
    kinks=_ZERO,
    words=("sign", "sgn"),
    derivative=ZERO,
    facts=((mul(_X, Apply(_SIGN, 0, _X)), Apply(_ABS, 0, _X)),),
    values=Values(-1, 1, ends=True),
)
Activation(
    "step",  # relu'(x)
    Function(r"\operatorname{step}", _step(_X)),
    _sympy_step,
    kinks=_ZERO,
    derivative=ZERO,
    values=Values(0, 1, ends=True),
)
_PHI = mul(number(_HALF), add(ONE, _erf(mul(_X, power(number(2), -_HALF)))))
_BELL = mul(power(mul(number(2), PI), -_HALF), _exp(mul(number(-_HALF), power(_X, 2))))

Activation(
    "gelu",  # x Phi(x), Phi the distribution function of the normal distribution
    Function(r"\operatorname{gelu}", mul(_X, _PHI)),
    lambda x: x * (1 + lazy_sympy().erf(x / lazy_sympy().sqrt(2))) / 2,
    words=("gelu", "GELU"),
    derivative=add(_PHI, mul(_X, _BELL)),
)
Activation(
    "erf",
    ERF,
    lambda x: lazy_sympy().erf(x),
    words=("erf",),
    derivative=mul(number(2), power(PI, -_HALF), _exp(negate(power(_X, 2)))),
    facts=((_erf(_MINUS_X), negate(_erf(_X))),),
    values=Values(-1, 1),
)
Activation(
    "exp",
    EXP,
    lambda x: lazy_sympy().exp(x),
    words=("exp",),
    derivative=_exp(_X),
    values=Values(0, None),
)
Activation("log", LOG, lambda x: lazy_sympy().log(x), words=("log", "ln"), derivative=power(_X, -1))
Activation(
    "sqrt",
    Function(r"\operatorname{sqrt}", power(_X, _HALF)),
    lambda x: lazy_sympy().sqrt(x),
    derivative=mul(number(_HALF), power(_X, -_HALF)),
    values=Values(0, None, ends=True),
)
