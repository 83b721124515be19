"""Each row of the table defines one function twice; both are held together at points."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
import sympy

from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import (
    ARGUMENT,
    ONE,
    RELU,
    Apply,
    Definition,
    Derivative,
    Entry,
    Function,
    Named,
    Sum,
    add,
    mul,
    number,
)
from symgrad.calculus.index import Size, Tensor, fresh
from symgrad.calculus.interval import Interval, NoValue
from symgrad.calculus.normal_form import prove_equal
from symgrad.calculus.point import Point
from symgrad.calculus.substitution import substitute
from symgrad.network.functions import ACTIVATIONS, Activation
from symgrad.network.losses import LOSSES, Loss
from symgrad.network.sympy_functions import opaque, relu, step
from symgrad.network.vector_functions import VECTOR_FUNCTIONS, VectorFunction

V = Tensor("v", ())
X = Entry(ARGUMENT, ())
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
        *("elu", "abs", "sign", "step", "exp", "log", "sqrt", "gelu", "erf"),
    }
    assert set(LOSSES) == {
        *("squared-error", "mean-squared-error", "absolute-error", "hinge", "huber"),
        *("cross-entropy", "cross-entropy-of-probabilities"),
        *("binary-cross-entropy", "binary-cross-entropy-with-logits"),
    }
    assert set(VECTOR_FUNCTIONS) == {
        *("softmax", "log-softmax", "logsumexp", "layer-norm", "batch-norm"),
        *("1-norm", "2-norm", "squared-norm", "frobenius-norm", "sum", "mean"),
    }


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_the_kernel_proves_what_the_row_says_of_its_function(name):
    row = ACTIVATIONS[name]
    z = Entry(Tensor("z", (Size("n"),)), (fresh("i", Size("n")),))
    assert row.derivative is not None
    for left, right in ((Apply(row.function, 1, X), row.derivative), *row.facts):
        left, right = (substitute(side, {}, {ARGUMENT: lambda _: z}) for side in (left, right))
        assert prove_equal(left, right), (left, right)
        assert prove_equal(left, add(right, ONE)) is None


N, M = Size("n"), Size("m")


@pytest.mark.parametrize(
    "name", [name for name, row in VECTOR_FUNCTIONS.items() if row.backward is not None]
)
def test_the_kernel_proves_the_derivatives_of_functions_of_vectors(name):
    row = VECTOR_FUNCTIONS[name]
    x, u = Tensor("x", (N,)), Tensor("u", (N,))
    i, k, p = fresh("i", N), fresh("k", N), fresh("p", N)
    y = Definition("y", (p,), row.entry(lambda at: Entry(x, at), (N,), (p,)))
    slope = Derivative(Named(y, (k,)), x, (i,))
    jacobian = row.jacobian(lambda at: Named(y, at), k, i)
    assert prove_equal(slope, jacobian)
    assert prove_equal(slope, row.jacobian(lambda at: Named(y, at), k, k)) is None
    through = Sum(k, mul(Entry(u, (k,)), slope))
    found = row.backward(lambda at: Named(y, at), lambda at: Entry(u, at), (N,), (i,))
    assert prove_equal(through, found)
    assert prove_equal(through, add(found, ONE)) is None


@pytest.mark.parametrize("name", list(VECTOR_FUNCTIONS))
def test_array_functions_are_one_in_the_kernel_and_in_sympy(name):
    row = VECTOR_FUNCTIONS[name]
    for rank in set(row.ranks) & {1, 2}:
        x = Tensor("x", (N, M)[:rank])
        places = list(product(*(range(1, length + 1) for length in (2, 3)[:rank])))
        values = {at: Fraction(3 * sum(at) + at[0] ** 2, 5) for at in places}
        point = Point({N: 2, M: 3}, {x: values})
        array = sympy.Array(
            [sympy.Rational(values[at].numerator, values[at].denominator) for at in places],
            (2, 3)[:rank],
        )
        parameters = [Fraction(1, 7) for _ in row.parameters]
        expected = row.symbolic(array, tuple(map(sympy.Rational, parameters)))
        for at in [()] if row.is_number else places:
            indices = tuple(fresh("i", size) for size in x.axes[: len(at)])
            built = row.entry(lambda p, x=x: Entry(x, p), x.axes, indices, *map(number, parameters))
            found = evaluate(built, point, dict(zip(indices, at, strict=True)))
            wanted = expected[tuple(k - 1 for k in at)] if at else expected
            assert close(found, wanted), (name, at)


def test_array_functions_refuse_ranks_they_do_not_take():
    with pytest.raises(ValueError, match="2-norm does not take 2 axes"):
        VECTOR_FUNCTIONS["2-norm"].entry(lambda p: ONE, (N, M))
    with pytest.raises(ValueError, match="softmax does not take 1 axes and 0 positions"):
        VECTOR_FUNCTIONS["softmax"].entry(lambda p: ONE, (N,))


@pytest.mark.parametrize("name", list(LOSSES))
def test_losses_are_one_number_in_the_kernel_and_in_sympy(name):
    row, q = LOSSES[name], Size("q")
    out, target = Tensor("X", (q,)), Tensor("T", (q,))
    values = {
        out: {(k,): Fraction(k * k, 10) for k in (1, 2, 3)},
        target: {(1,): Fraction(1, 2), (2,): Fraction(7, 4), (3,): Fraction(1, 6)},
    }
    expression = row.build(lambda p: Entry(out, (p,)), lambda p: Entry(target, (p,)), q)
    found = evaluate(expression, Point({q: 3}, values), {})
    symbolic = row.symbolic(
        [sympy.Rational(v) for v in values[out].values()],
        [sympy.Rational(v) for v in values[target].values()],
    )
    assert close(found, symbolic)
    assert symbolic != 0


@pytest.mark.parametrize("name", list(LOSSES))
def test_the_kernel_proves_the_gradient_of_the_row(name):
    row = LOSSES[name]
    i, out, target = fresh("i", N), Tensor("X", (N,)), Tensor("T", (N,))
    loss = row.build(lambda p: Entry(out, (p,)), lambda p: Entry(target, (p,)), N)
    slope = row.gradient(lambda p: Entry(out, (p,)), lambda p: Entry(target, (p,)), N, i)
    assert prove_equal(Derivative(loss, out, (i,)), slope)
    assert prove_equal(Derivative(loss, out, (i,)), mul(number(2), slope)) is None


def test_registries_refuse_duplicates():
    with pytest.raises(ValueError, match="two rows are called 'relu'"):
        Activation("relu", Function("r"), lambda x: x)
    with pytest.raises(ValueError, match="two rows are called 'softmax'"):
        VectorFunction("softmax", "", lambda x, axes, at, _: ONE, lambda x, _: x)
    with pytest.raises(ValueError, match="two rows are called 'squared-error'"):
        Loss("squared-error", "", LOSSES["squared-error"].build, lambda x, t: 0, lambda *_: ONE)
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
