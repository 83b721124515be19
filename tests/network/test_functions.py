"""Each row of the table defines one function twice; both are held together at points."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import RELU, Apply, Entry, Function
from symgrad.calculus.index import Size, Tensor
from symgrad.calculus.interval import Interval, NoValue
from symgrad.calculus.point import Point
from symgrad.network.functions import ACTIVATIONS, LOSSES, Activation, Loss
from symgrad.network.sympy_functions import opaque, relu, step

V = Tensor("v", ())
POINTS = [Fraction(n, 4) for n in (-9, -3, -1, 1, 2, 3, 7)]
POSITIVE = {"log", "sqrt"}


def close(exact, expected):
    """Whether an exact value or enclosure is what SymPy evaluates to."""
    low, high = exact.bounds() if isinstance(exact, Interval) else (exact, exact)
    wanted = sympy.N(expected, 30)
    slack = sympy.Float("1e-25", 30)
    return sympy.Rational(low) - slack <= wanted <= sympy.Rational(high) + slack


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_kernel_and_sympy_define_one_function(name):
    row = ACTIVATIONS[name]
    x = sympy.Symbol("x", real=True)
    slope = sympy.diff(row.symbolic(x), x)
    for at in POINTS:
        if name in POSITIVE and at < 0:
            continue
        point = Point({}, {V: {(): at}})
        here = sympy.Rational(at)
        value = evaluate(Apply(row.function, 0, Entry(V, ())), point, {})
        assert close(value, row.symbolic(here)), at
        found = evaluate(Apply(row.function, 1, Entry(V, ())), point, {})
        assert close(found, slope.subs(x, here)), at


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_kinks_are_where_there_is_no_derivative(name):
    row = ACTIVATIONS[name]
    derivative = Apply(row.function, 1, Entry(V, ()))
    for kink in row.kinks:
        with pytest.raises(NoValue):
            evaluate(derivative, Point({}, {V: {(): kink}}), {})
    if not row.kinks and name not in POSITIVE:
        evaluate(derivative, Point({}, {V: {(): Fraction(0)}}), {})


def test_the_names_that_are_promised():
    assert set(ACTIVATIONS) == {
        *("relu", "leaky-relu", "identity", "sigmoid", "tanh", "softplus", "silu"),
        *("elu", "abs", "sign", "exp", "log", "sqrt"),
    }
    assert set(LOSSES) == {
        "squared-error",
        "mean-squared-error",
        "cross-entropy",
        "binary-cross-entropy",
    }


@pytest.mark.parametrize("name", list(LOSSES))
def test_losses_are_one_number_in_the_kernel_and_in_sympy(name):
    row, q = LOSSES[name], Size("q")
    out, target = Tensor("X", (q,)), Tensor("T", (q,))
    values = {
        out: {(k,): Fraction(k, 5) for k in (1, 2, 3)},
        target: {(k,): Fraction(1, 2 * k) for k in (1, 2, 3)},
    }
    expression = row.build(lambda p: Entry(out, (p,)), lambda p: Entry(target, (p,)), q)
    found = evaluate(expression, Point({q: 3}, values), {})
    symbolic = row.symbolic(
        [sympy.Rational(v) for v in values[out].values()],
        [sympy.Rational(v) for v in values[target].values()],
    )
    assert close(found, symbolic)
    assert symbolic != 0


def test_registries_refuse_duplicates():
    with pytest.raises(ValueError, match="two rows are called 'relu'"):
        Activation("relu", Function("r"), lambda x: x)
    with pytest.raises(ValueError, match="two rows are called 'squared-error'"):
        Loss("squared-error", "", LOSSES["squared-error"].build, lambda x, t: 0)
    assert ACTIVATIONS["relu"].function is RELU


def test_relu_and_step_in_sympy():
    x = sympy.Symbol("x", real=True)
    assert relu(x).diff(x) == step(x)
    assert relu(x).diff(x, 2) == 0
    assert relu(x**2 - 3).diff(x) == 2 * x * step(x**2 - 3)
    assert [relu(sympy.Rational(n, 2)) for n in (-1, 0, 1)] == [0, 0, sympy.Rational(1, 2)]
    assert [step(sympy.Integer(n)) for n in (-2, 2)] == [0, 1]
    # At the kink there is no derivative, and none is made up.
    assert isinstance(step(sympy.Integer(0)), step)


def test_opaque_functions_in_sympy():
    x = sympy.Symbol("x", real=True)
    a = opaque("a")
    assert a(x**2).diff(x) == 2 * x * opaque("a", 1)(x**2)
    assert str(a(x).diff(x, 2)) == "a''(x)"
    assert opaque("a") is a
    assert opaque("b")(x) != a(x)
