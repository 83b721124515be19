"""SymPy's derivatives of a network against the formulas that people write by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import Derivative, Named
from symgrad.calculus.index import Fixed, Size
from symgrad.calculus.point import Point
from symgrad.network.functions import ACTIVATIONS
from symgrad.network.network import Network
from symgrad.network.sympy_functions import opaque, relu, step

SIZES = (2, 3, 2, 2)
SHAPES = {
    "X": (2, 1),
    "W1": (3, 2),
    "B1": (3, 1),
    "W2": (2, 3),
    "B2": (2, 1),
    "W3": (2, 2),
    "B3": (2, 1),
}


def by_hand(network, a, slope):
    """The delta recursion, in SymPy matrices made here from the symbols alone."""
    x, target = network.entries("X"), network.entries("target")
    outputs, sums = [x], []
    for layer in (1, 2, 3):
        sums.append(network.entries(f"W{layer}") * outputs[-1] + network.entries(f"B{layer}"))
        outputs.append(sums[-1].applyfunc(a))
    delta = (outputs[3] - target).multiply_elementwise(sums[2].applyfunc(slope))
    gradients = {}
    for layer in (3, 2, 1):
        gradients[f"W{layer}"] = delta * outputs[layer - 1].T
        gradients[f"B{layer}"] = delta
        back = network.entries(f"W{layer}").T * delta
        if layer > 1:
            delta = back.multiply_elementwise(sums[layer - 2].applyfunc(slope))
    gradients["X"] = back
    return gradients


@pytest.fixture(scope="module", params=["relu", "a"])
def network_and_hand(request):
    network = Network(SIZES, request.param)
    a, slope = (relu, step) if request.param == "relu" else (opaque("a"), opaque("a", 1))
    return network, by_hand(network, a, slope)


COEFFICIENTS = [
    (name, r, c)
    for name, (rows, columns) in SHAPES.items()
    for r in range(rows)
    for c in range(columns)
]


def test_there_are_25_coefficients():
    assert len(COEFFICIENTS) == 25


@pytest.mark.parametrize(("name", "r", "c"), COEFFICIENTS)
def test_sympy_differentiates_to_the_hand_formula(network_and_hand, name, r, c):
    network, hand = network_and_hand
    symbol = network.entries(name)[r, c]
    derivative = network.expression.diff(symbol)
    assert derivative != 0
    assert sympy.expand(derivative - hand[name][r, c]) == 0
    assert network.derivative(name)[r, c] == derivative


def test_the_comparison_sees_a_wrong_formula(network_and_hand):
    network, hand = network_and_hand
    derivative = network.derivative("W2")
    assert sympy.expand(derivative[0, 1] - hand["W2"][0, 2]) != 0
    assert sympy.expand(derivative[0, 1] - 2 * hand["W2"][0, 1]) != 0


def test_gradients_have_the_shapes_of_their_parameters():
    gradients = Network(SIZES, "a").gradients()
    assert {name: matrix.shape for name, matrix in gradients.items()} == SHAPES


def test_entries_are_one_symbol_each():
    network = Network(SIZES)
    matrices = [network.entries(name) for name in network.parameters]
    symbols = [symbol for matrix in matrices for symbol in matrix]
    assert len(symbols) == len(set(symbols)) == 25 + 2
    assert network.expression.free_symbols == set(symbols)
    assert str(network.entries("W1")[2, 1]) == "W1_3_2"
    assert str(network.entries("target")[1]) == "T_2"
    assert network.value("Z1").shape == (3, 1)


VALUES = (Fraction(1, 2), Fraction(-1), Fraction(2), Fraction(3, 2), Fraction(1), Fraction(3))


def numbers(network):
    """Different numbers for the entries, for the kernel and for SymPy."""
    count = 0
    kernel, symbols = {}, {}
    for name, tensor in network.parameters.items():
        matrix = network.entries(name)
        kernel[tensor] = {}
        for r in range(matrix.rows):
            for c in range(matrix.cols):
                value = VALUES[(count * count + count // 3) % len(VALUES)] / 2
                count += 1
                at = (r + 1, c + 1) if len(tensor.axes) == 2 else (r + 1,)
                kernel[tensor][at] = value
                symbols[matrix[r, c]] = sympy.Rational(value)
    return kernel, symbols


@pytest.mark.parametrize("activation", ["relu", "leaky-relu", "identity", "abs"])
def test_equations_and_sympy_are_one_network(activation):
    network = Network((2, 3, 2), activation)
    kernel, symbols = numbers(network)
    loss = network.equations()[-1]
    value = evaluate(Named(loss, ()), Point({}, kernel), {})
    assert sympy.Rational(value) == network.expression.xreplace(symbols)
    # The derivative by W1, entry by entry, where neither is at a kink.
    tensor = network.parameters["W1"]
    row, column = tensor.axes
    for r, c in kernel[tensor]:
        node = Derivative(Named(loss, ()), tensor, (Fixed(r, row), Fixed(c, column)))
        exact = evaluate(node, Point({}, kernel), {})
        assert sympy.Rational(exact) == network.derivative("W1")[r - 1, c - 1].xreplace(symbols)


@pytest.mark.parametrize("loss", ["mean-squared-error", "cross-entropy"])
def test_other_losses_are_the_same_in_both_forms(loss):
    network = Network((2, 3, 2), "identity", loss)
    kernel, symbols = numbers(network)
    exact = evaluate(Named(network.equations()[-1], ()), Point({}, kernel), {})
    wanted = sympy.N(network.loss().xreplace(symbols), 30)
    low, high = exact.bounds() if hasattr(exact, "bounds") else (exact, exact)
    assert abs(sympy.Rational(low) - wanted) < sympy.Float("1e-15")
    assert abs(sympy.Rational(high) - wanted) < sympy.Float("1e-15")
    assert wanted != 0


def test_equations_come_in_order_and_with_names():
    network = Network(("m", "n", r"\ell_2"), r"\sigma")
    names = [definition.name for definition in network.equations()]
    assert names == ["Z^{(1)}", "X^{(1)}", "Z^{(2)}", "X^{(2)}", "L"]
    assert network.parameters["W2"].axes == (Size(r"\ell_2"), Size("n"))
    assert list(network.parameters) == ["X", "W1", "B1", "W2", "B2", "target"]
    assert network.definitions["Z2"].parameters[0].size == Size(r"\ell_2")
    assert repr(network) == r"Network((m, n, \ell_2), '\\sigma', 'squared-error')"


def test_sympy_needs_integers():
    network = Network(("m", 3))
    assert len(network.equations()) == 3
    with pytest.raises(ValueError, match="SymPy needs sizes that are integers"):
        network.entries("X")
    with pytest.raises(ValueError, match="SymPy needs sizes that are integers"):
        network.gradients()


BAD_SIZES = [(), (3,), (0, 2), (2, -1), (2, True), (2, ""), (2, "0"), (2.0, 3)]


@pytest.mark.parametrize("sizes", BAD_SIZES)
def test_bad_sizes(sizes):
    with pytest.raises(ValueError, match="size"):
        Network(sizes)


def test_unknown_names():
    with pytest.raises(ValueError, match="did you mean 'relu'"):
        Network(SIZES, "rellu")
    with pytest.raises(ValueError, match="no loss is called 'x'"):
        Network(SIZES, loss="x")
    with pytest.raises(ValueError, match=r"nothing is called 'W4'; there are X, W1"):
        Network(SIZES).entries("W4")
    with pytest.raises(ValueError, match="no layer is called 'Z9'"):
        Network(SIZES).value("Z9")


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_every_activation_makes_a_network(name):
    network = Network((1, 2), name)
    assert network.derivative("B1").shape == (2, 1)
    weighted, output, _ = network.equations()
    if name == "identity":
        assert output.body.definition is weighted
    else:
        assert output.body.function is ACTIVATIONS[name].function


def test_the_last_layer_may_have_another_activation():
    network = Network((2, 3, 2), "tanh", output_activation="softmax")
    assert [function.name for function in network.functions] == ["tanh", "softmax"]
    assert sympy.simplify(sum(network.value("X2"))) == 1
    assert network.value("X1")[0].func is sympy.tanh
    assert repr(network) == "Network((2, 3, 2), 'tanh', 'squared-error', 'softmax')"


def test_the_identity_leaves_what_enters_it():
    network = Network((2, 3, 2), "relu", output_activation="identity")
    assert network.value("X2") == network.value("Z2")


def test_the_softmax_of_one_unit_is_1_where_a_loss_has_no_value():
    message = "binary-cross-entropy has no value at any output of softmax of one unit"
    with pytest.raises(ValueError, match=message):
        Network((2, 1), "softmax", "binary-cross-entropy")
    Network((2, 3), "softmax", "binary-cross-entropy")
    Network((2, 1), "softmax", "cross-entropy")


@pytest.mark.parametrize("name", ["sign", "step"])
def test_a_loss_that_has_no_value(name):
    message = f"binary-cross-entropy has no value at any output of {name}"
    with pytest.raises(ValueError, match=message):
        Network(SIZES, "relu", "binary-cross-entropy", output_activation=name)
    Network(SIZES, name, "binary-cross-entropy", output_activation="sigmoid")
