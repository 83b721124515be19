"""True claims are never refuted; false ones are, with numbers that can be checked by hand."""

from __future__ import annotations

import json
import re
import time
from fractions import Fraction

import pytest
import sympy
from kernel_builders import at as e

import symgrad
from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import (
    EXP,
    LOG,
    ONE,
    RELU,
    ZERO,
    Apply,
    Definition,
    Delta,
    Derivative,
    Function,
    Named,
    Power,
    SizeValue,
    Sum,
    add,
    mul,
    negate,
    number,
    power,
)
from symgrad.calculus.index import Fixed, Size, Tensor, fresh
from symgrad.calculus.interpretation import Polynomial
from symgrad.calculus.point import Point
from symgrad.judging.agreement import agree
from symgrad.judging.counterexample import find
from symgrad.judging.points import occurrences
from symgrad.judging.worked import worked_out
from symgrad.network.functions import ACTIVATIONS
from symgrad.network.network import Network

N, M = Size("n"), Size("m")
i, j, k = fresh("i", N), fresh("j", N), fresh("k", M)
X, Y = Tensor("X", (N,)), Tensor("Y", (N,))
W = Tensor("W", (M, N))
x, y = Tensor("x", ()), Tensor("y", ())
f = Function("f")


def equal_to(left, right, free=()):
    """Neither refuted, nor unknown, nor refuted the other way round."""
    assert find(left, right, list(free)) is None
    assert find(right, left, list(free)) is None
    return agree(left, right, list(free))


NAMES = ["W1", "B1", "Z1", "W2", "B2", "Z2", "W3", "B3", "Z3", "X"]


@pytest.mark.parametrize("activation", ["relu", "a", "identity", "leaky-relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("name", NAMES)
def test_the_right_gradients_are_never_refuted(right_claims, activation, name):
    left, right, free = right_claims(Network(("m", "n", "p", "q"), activation))[name]
    assert find(left, right, free, work=60_000) is None
    assert agree(left, right, free) is True


@pytest.fixture
def wrong_claims(right_claims):
    """Mistakes that people make, in a network of two layers, by name."""
    network = Network(("m", "n", "q"), "a")
    names, tensors = network.definitions, network.parameters
    claims = right_claims(network)
    loss = Named(names["L"], ())
    left, right, (p, q) = claims["W1"]
    wrong = {}
    wrong["factor"] = left, mul(number(2), right), [p, q]
    wrong["sign"] = left, negate(right), [p, q]
    wrong["plus one"] = left, add(right, ONE), [p, q]
    left, right, free = claims["B1"]
    second, (outer,) = claims["B2"][1:]
    wrong["wrong layer"] = left, Sum(outer, second), free
    # The sum over the outputs is forgotten: one output, named by a fixed position.
    one = Fixed(1, network.sizes[2])
    weight = e(tensors["W2"], one, free[0])
    last = Named(second.definition, (one,))
    slope = Apply(network.functions[0].function, 1, Named(names["Z1"], (free[0],)))
    wrong["missing sum"] = left, mul(weight, last, slope), free
    no_slope = Sum(outer, mul(e(tensors["W2"], outer, free[0]), second))
    wrong["missing derivative of a"] = left, no_slope, free
    left, right, (p,) = claims["Z2"]
    by_x = Derivative(loss, names["X2"], (p,))
    wrong["activation not differentiated"] = left, by_x, [p]
    r, p1 = fresh("r", network.sizes[1]), fresh("p", network.sizes[1])
    left = Derivative(Named(names["Z1"], (r,)), tensors["W1"], (p1, q))
    wrong["missing delta"] = left, e(tensors["X"], q), [r, p1, q]
    return wrong


MISTAKES = [
    "factor",
    "sign",
    "plus one",
    "wrong layer",
    "missing sum",
    "missing derivative of a",
    "activation not differentiated",
    "missing delta",
]


def replayed(found, left, right, free):
    """Both sides at the point that is printed, read back from its JSON."""
    data = json.loads(json.dumps(found.to_json()))
    names = occurrences((left, right), free)

    def entries(nested, at=()):
        if isinstance(nested, str):
            return {at: Fraction(nested)}
        rows = [entries(row, (*at, r)) for r, row in enumerate(nested, 1)]
        return {place: value for row in rows for place, value in row.items()}

    functions = {}
    for function in names.functions:
        text = re.sub(r"(?<=\d) (?=x)", "*", data["functions"][function.name])
        polynomial = sympy.Poly(sympy.sympify(text), sympy.Symbol("x"))
        numbers = reversed(polynomial.all_coeffs())
        functions[function] = Polynomial(tuple(Fraction(int(c.p), int(c.q)) for c in numbers))
    point = Point(
        {size: data["sizes"][size.name] for size in names.sizes},
        {tensor: entries(data["values"][tensor.name]) for tensor in names.tensors},
        functions,
    )
    indices = {index: data["indices"][index.name] for index in free}
    return [evaluate(side, point, indices) for side in (left, right)]


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_refuted_by_numbers_that_can_be_read_back(wrong_claims, name):
    left, right, free = wrong_claims[name]
    found = find(left, right, free)
    assert found is not None
    assert found.left != found.right
    assert replayed(found, left, right, free) == [Fraction(found.left), Fraction(found.right)]
    assert agree(left, right, free) is False


def test_a_transposed_matrix_is_refuted():
    # d/dX_i of sum_k (W X)_k^2: W^T by the rows, not W by the columns; both ranges n.
    square = Tensor("V", (N, N))
    r = fresh("r", N)
    product = Definition("P", (r,), Sum(j, mul(e(square, r, j), e(X, j))))
    left = Derivative(Sum(r, power(Named(product, (r,)), 2)), X, (i,))
    right = mul(number(2), Sum(r, mul(e(square, r, i), Named(product, (r,)))))
    wrong = mul(number(2), Sum(r, mul(e(square, i, r), Named(product, (r,)))))
    assert equal_to(left, right, [i]) is True
    found = find(left, wrong, [i])
    assert found is not None
    assert found.sizes == {"n": 2}


# -- what a counterexample says


def test_a_counterexample_can_be_checked_by_hand():
    found = find(Derivative(Sum(j, power(e(X, j), 2)), X, (i,)), e(X, i), [i])
    assert found is not None
    assert found.to_json() == {
        "sizes": {"n": 1},
        "indices": {"i": 1},
        "values": {"X": ["1"]},
        "left": "2",
        "right": "1",
        "left_worked": "2 * 1",
    }


def value_of_text(text):
    """`2 * (0 - 1)^2`, read by SymPy, which knows nothing of expressions of ours."""
    assert re.fullmatch(r"[-+*/^() 0-9]+", text)
    return Fraction(str(sympy.Rational(sympy.sympify(text.replace("^", "**"), rational=True))))


@pytest.mark.parametrize("name", MISTAKES)
def test_what_is_worked_out_has_the_value_of_its_side(wrong_claims, name):
    found = find(*wrong_claims[name])
    assert found is not None
    assert found.left_worked or found.right_worked
    for text, value in ((found.left_worked, found.left), (found.right_worked, found.right)):
        assert not text or (text != value and value_of_text(text) == Fraction(value))


@pytest.mark.parametrize(
    ("side", "text"),
    [
        (mul(number(-2), e(x), add(e(y), number(-3))), "-2 * 1 * (1 - 3)"),
        (mul(number(-1), power(add(e(x), e(y)), 2)), "-(1 + 1)^2"),
        (add(e(x), negate(power(add(e(x), number(2)), -1))), "1 - (1/(1 + 2))"),
        (Sum(j, mul(Delta(i, j), e(X, j), number(5))), "5 * 1"),
        (mul(SizeValue(M), Sum(k, add(number(1), negate(number(4))))), "2 * (1 - 4 + 1 - 4)"),
        (add(e(x), Apply(EXP, 0, e(y))), ""),
        (e(x), ""),
    ],
)
def test_a_side_is_worked_out(side, text):
    ones = {X: {(1,): 1, (2,): 1, (3,): 1}, x: {(): 1}, y: {(): 1}}
    values = {tensor: {at: Fraction(v) for at, v in t.items()} for tensor, t in ones.items()}
    point = Point({N: 3, M: 2}, values)
    assert worked_out(side, point, {i: 2}, evaluate(side, point, {i: 2})) == text


def test_opaque_functions_are_printed_with_the_rest():
    found = find(Apply(f, 1, e(x)), Apply(f, 0, e(x)), [])
    assert found is not None
    assert found.functions == {"f": "x^2"}
    assert found.values == {"x": "1"}
    assert (found.left, found.right) == ("2", "1")
    assert found.to_json()["functions"] == {"f": "x^2"}


def test_shrinking_keeps_the_failure_and_what_it_needs():
    left, right = mul(e(x), e(y)), add(mul(e(x), e(y)), mul(e(x), power(e(y), 2)))
    found = find(left, right, [])
    assert found is not None
    assert found.values == {"x": "1", "y": "1"}
    assert (found.left, found.right) == ("1", "2")


def test_sizes_with_fixed_positions_are_large_enough():
    found = find(e(X, Fixed(3, N)), ZERO, [])
    assert found is not None
    assert found.sizes == {"n": 3}


def test_literal_sizes_keep_their_value():
    three = Size("3")
    r = fresh("r", three)
    vector = Tensor("v", (three,))
    found = find(Sum(r, e(vector, r)), mul(number(2), Sum(r, e(vector, r))), [])
    assert found is not None
    assert found.sizes == {}
    assert len(found.values["v"]) == 3
    assert find(Sum(r, ONE), number(3), []) is None
    assert find(Sum(r, ONE), SizeValue(three), []) is None


def test_symmetric_matrices_stay_symmetric():
    matrix = Tensor("S", (N, N), symmetric=True)
    assert equal_to(e(matrix, i, j), e(matrix, j, i), [i, j]) is True
    found = find(e(matrix, i, j), e(matrix, i, i), [i, j])
    assert found is not None
    rows = found.values["S"]
    assert rows[0][1] == rows[1][0]


def test_two_things_of_one_name_are_told_apart():
    number_x, vector_x = Tensor("x", ()), Tensor("x", (N,))
    found = find(e(number_x), e(vector_x, i), [i])
    assert found is not None
    assert set(found.values) == {"x", "x'"}


def test_conditions_on_indices_are_honoured():
    differ = [lambda at: at[i] != at[j]]
    assert find(Delta(i, j), ZERO, [i, j], conditions=differ) is None
    assert agree(Delta(i, j), ZERO, [i, j], conditions=differ) is True
    found = find(Delta(i, j), ONE, [i, j], conditions=differ)
    assert found is not None
    assert found.sizes == {"n": 2}
    assert found.indices["i"] != found.indices["j"]
    assert find(Delta(i, j), ZERO, [i, j]) is not None


def test_two_runs_find_the_same(right_claims):
    left, right, free = right_claims(Network(("m", "n", "q"), "a"))["W1"]
    wrong = mul(number(3), right)
    assert find(left, wrong, free) == find(left, wrong, free)


# -- points that decide nothing


def test_no_claim_is_refuted_at_a_kink():
    relu, step = Apply(RELU, 0, e(x)), Apply(RELU, 1, e(x))
    assert equal_to(Derivative(relu, x, ()), step) is True
    assert equal_to(mul(e(x), step), relu) is True
    assert equal_to(add(step, Apply(RELU, 1, negate(e(x)))), ONE) is True
    assert equal_to(mul(step, step), step) is True
    assert find(step, ONE, []) is not None


def test_no_claim_is_refuted_where_a_side_is_undefined():
    assert equal_to(mul(e(x), power(e(x), -1)), ONE) is True
    log = Apply(LOG, 0, e(x))
    assert equal_to(Apply(LOG, 0, power(e(x), 2)), mul(number(2), log)) is True
    root = Power(e(x), Fraction(1, 2))
    assert equal_to(mul(root, root), e(x)) is True
    assert agree(Power(ZERO, Fraction(-1)), ONE, []) is None


def test_irrational_values_are_told_apart_or_left_open():
    exp = Apply(EXP, 0, e(x))
    assert equal_to(mul(exp, Apply(EXP, 0, e(y))), Apply(EXP, 0, add(e(x), e(y)))) is True
    found = find(exp, add(ONE, e(x), mul(number(Fraction(1, 2)), power(e(x), 2))), [])
    assert found is not None
    assert found.left.startswith("[2.718281828459, ")
    assert found.right == "5/2"
    assert agree(exp, add(exp, number(Fraction(1, 1000))), []) is False


def test_deep_networks_do_not_blow_up():
    body = e(x)
    for layer in range(60):
        body = Named(Definition(f"X_{layer}", (), Apply(f, 0, add(body, body))), ())
    left = Derivative(body, x, ())
    found = find(left, mul(number(2), left), [])
    assert found is not None
    assert len(found.left) < 200
    assert found.functions["f"].startswith("any smooth function with f(")


def test_the_work_is_limited():
    sizes = [Size(f"s_{r}") for r in range(12)]
    body = ONE
    for size in sizes:
        body = Sum(fresh("i", size), body)
    product = mul(*map(SizeValue, sizes))
    start = time.process_time()
    assert find(body, product, []) is None
    assert time.process_time() - start < 3


def test_a_typical_false_claim_takes_milliseconds(right_claims):
    left, right, free = right_claims(Network(("m", "n", "p", "q")))["W1"]
    wrong = mul(number(2), right)
    times = []
    for _ in range(6):  # the best of them, in time of this process: the machine may be busy
        start = time.process_time()
        find(left, wrong, free)
        times.append(time.process_time() - start)
    assert min(times) < 0.02


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_derivatives_of_every_activation_agree_with_its_definition(name):
    function = ACTIVATIONS[name].function
    left = Derivative(Apply(function, 0, power(e(x), 2)), x, ())
    right = mul(number(2), e(x), Apply(function, 1, power(e(x), 2)))
    assert equal_to(left, right) is True
    assert find(left, Apply(function, 1, power(e(x), 2)), []) is not None or name in {
        "sign",
        "step",
    }


def test_an_evaluation_by_hand_of_a_printed_counterexample(right_claims):
    """L = ((w x + b)^2 - t)^2 / 2 with a(z) = z^2, at the numbers that are printed."""
    network = Network(("m", "n"), "a")
    left, right, free = right_claims(network)["W1"]
    found = find(left, mul(number(2), right), free)
    assert found is not None
    assert found.sizes == {"m": 1, "n": 1}
    w = Fraction(found.values["W^{(1)}"][0][0])
    b, t = Fraction(found.values["B^{(1)}"][0]), Fraction(found.values["T"][0])
    x0 = Fraction(found.values["X"][0])
    z = w * x0 + b
    assert found.functions == {"a": "x^2"}
    assert Fraction(found.left) == (z * z - t) * 2 * z * x0
    assert Fraction(found.right) == 2 * Fraction(found.left)


def test_a_point_where_what_is_differentiated_has_no_value_is_passed_over():
    note = r"""$Z^{[1]} = W^{[1]} X + b^{[1]}$, $A^{[1]} = \sigma(Z^{[1]})$.
$$J = -\frac{1}{n} \sum_{k=1}^n y^{(k)} \log a^{[1](k)}$$
$$dZ^{[1]} = A^{[1]} - Y$$"""
    (result,) = symgrad.verify(note, second_opinion=False).results
    assert result.verdict != "proved"
    assert "internal" not in result.message
