"""Scalar functions as programs work them out: without overflow, and sharing what they can.

A function is recognised by proof: that of a note is the sigmoid if its definition is
proved equal to the sigmoid's. A row gives the form of a function that is best in floating
point, and that of its derivative, in which the value of the function may be used again:
sigmoid' = s (1 - s). Functions without a row are worked out as they are defined.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import pi, sqrt

from symgrad.calculus.expression import ARGUMENT, ERF, EXP, LOG, RELU, Apply, Entry, Function
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import Prover
from symgrad.calculus.rules import Undefined
from symgrad.compiling.graph import Graph, Node
from symgrad.network.functions import ACTIVATIONS
from symgrad.records import dataclass

Form = Callable[[Graph, Node], Node]
"""Value from argument."""

Slope = Callable[[Graph, Node, Node], Node]
"""First derivative from argument and value."""


@dataclass(frozen=True)
class Row:
    """How one function is worked out.

    Attributes:
        name: its row in `network.functions`.
        form: its value.
        slope: its first derivative; None: from its definition.
    """

    name: str
    form: Form
    slope: Slope | None = None

    def __post_init__(self) -> None:
        if self.name in ROWS:
            raise ValueError(f"two rows are called {self.name!r}")
        ROWS[self.name] = self


ROWS: dict[str, Row] = {}


def _op(name: str) -> Form:
    return lambda graph, x: graph.unary(name, x)


def _step(graph: Graph, x: Node) -> Node:
    """1 for x > 0, else 0."""
    return graph.unary("positive", x, truth=True)


def _one_minus(graph: Graph, x: Node) -> Node:
    return graph.plus(graph.number(1), graph.unary("neg", x))


def _leaky(graph: Graph, x: Node) -> Node:
    """max(x, x / 100)."""
    return graph.binary("maximum", x, graph.times(graph.number(Fraction(1, 100)), x))


def _leaky_slope(graph: Graph, x: Node, y: Node) -> Node:
    """1 where x > 0, else 1/100: 0.99 step + 0.01."""
    step = graph.times(graph.number(Fraction(99, 100)), graph.real(_step(graph, x)))
    return graph.plus(step, graph.number(Fraction(1, 100)))


def _sigmoid(graph: Graph, x: Node) -> Node:
    """1 / (1 + e^-x) = (1 + tanh(x / 2)) / 2, which never overflows."""
    half = graph.number(Fraction(1, 2))
    tanh = graph.unary("tanh", graph.times(half, x))
    return graph.plus(graph.times(half, tanh), half)


def _elu(graph: Graph, x: Node) -> Node:
    """relu(x) + (e^min(x, 0) - 1)."""
    low = graph.binary("minimum", x, graph.number(0))
    return graph.plus(graph.unary("relu", x), graph.unary("expm1", low))


def _elu_slope(graph: Graph, x: Node, y: Node) -> Node:
    """e^min(x, 0), which is 1 for x > 0."""
    return graph.unary("exp", graph.binary("minimum", x, graph.number(0)))


def _silu_slope(graph: Graph, x: Node, y: Node) -> Node:
    """With s = sigmoid(x): s + y (1 - s)."""
    s = _sigmoid(graph, x)
    return graph.plus(s, graph.times(y, _one_minus(graph, s)))


def _erf_slope(graph: Graph, x: Node, y: Node) -> Node:
    """(2 / sqrt(pi)) e^(-x^2)."""
    bell = graph.unary("exp", graph.unary("neg", graph.unary("square", x)))
    return graph.times(graph.number(Fraction(2 / sqrt(pi))), bell)


def _normal(graph: Graph, x: Node) -> Node:
    """Phi(x) = (1 + erf(x / sqrt(2))) / 2, the distribution function of the normal one."""
    half = graph.number(Fraction(1, 2))
    erf = graph.unary("erf", graph.times(graph.number(Fraction(sqrt(0.5))), x))
    return graph.plus(graph.times(half, erf), half)


def _gelu_slope(graph: Graph, x: Node, y: Node) -> Node:
    """Phi(x) + x e^(-x^2 / 2) / sqrt(2 pi)."""
    scaled = graph.times(graph.number(Fraction(1 / sqrt(2 * pi))), x)
    bell = graph.unary("exp", graph.times(graph.number(Fraction(-1, 2)), graph.unary("square", x)))
    return graph.plus(_normal(graph, x), graph.times(scaled, bell))


def _softplus(graph: Graph, x: Node) -> Node:
    """log(1 + e^x) = relu(x) + log(1 + e^-|x|)."""
    small = graph.unary("exp", graph.unary("neg", graph.unary("abs", x)))
    return graph.plus(graph.unary("relu", x), graph.unary("log1p", small))


Row("relu", _op("relu"), lambda graph, x, y: _step(graph, y))
Row("leaky-relu", _leaky, _leaky_slope)
Row("identity", lambda graph, x: x, lambda graph, x, y: graph.number(1))
Row(
    "sigmoid",
    _sigmoid,
    lambda graph, x, y: graph.times(y, _one_minus(graph, y)),
)
Row("tanh", _op("tanh"), lambda graph, x, y: _one_minus(graph, graph.unary("square", y)))
Row("softplus", _softplus, lambda graph, x, y: _sigmoid(graph, x))
Row("silu", lambda graph, x: graph.times(x, _sigmoid(graph, x)), _silu_slope)
Row("gelu", lambda graph, x: graph.times(x, _normal(graph, x)), _gelu_slope)
Row("elu", _elu, _elu_slope)
Row("abs", _op("abs"), lambda graph, x, y: graph.unary("sign", x))
Row("sign", _op("sign"), lambda graph, x, y: graph.number(0))
Row("step", lambda graph, x: graph.real(_step(graph, x)), lambda graph, x, y: graph.number(0))
Row("exp", _op("exp"), lambda graph, x, y: y)
Row("log", _op("log"), lambda graph, x, y: graph.unary("reciprocal", x))
Row("sqrt", _op("sqrt"))
Row("erf", _op("erf"), _erf_slope)


class Recogniser:
    """Finds the row of a function; what was proved once is known."""

    def __init__(self) -> None:
        self._prover = Prover()
        self._found: dict[Function, Row | None] = {
            RELU: ROWS["relu"],
            EXP: ROWS["exp"],
            LOG: ROWS["log"],
            ERF: ROWS["erf"],
        }

    def row(self, function: Function) -> Row | None:
        """The row whose function is proved to be this one."""
        if function not in self._found:
            self._found[function] = self._search(function)
        return self._found[function]

    def _search(self, function: Function) -> Row | None:
        names = [n for n, known in ACTIVATIONS.items() if known.function is function]
        if not names and function.definition is not None:
            names = [n for n in ROWS if n in ACTIVATIONS and self._same(function, n)]
        return ROWS.get(names[0]) if names else None

    def _same(self, function: Function, name: str) -> bool:
        x = Entry(ARGUMENT, ())
        known = Apply(ACTIVATIONS[name].function, 0, x)
        assert function.definition is not None
        try:
            return self._prover.prove_equal(function.definition, known) is not None
        except (LimitReached, Undefined):
            return False
