"""Programs of plain numbers, for a few units, against those of arrays."""

import numpy as np
import pytest
from networks import arrays_for, makes_sense

import symgrad
from symgrad.network.functions import ACTIVATIONS
from symgrad.network.losses import LOSSES

CASES = [(a, loss) for a in ACTIVATIONS for loss in LOSSES if makes_sense(a, loss, 2)]


@pytest.mark.parametrize(("activation", "loss"), CASES)
def test_agrees_with_arrays(activation, loss):
    network = symgrad.Network((2, 3, 2), activation, loss)
    program = symgrad.compile(network, input_gradient=True)
    if not hasattr(program.module, "Unrolled"):
        pytest.skip("an operation has no form for plain numbers")
    arrays = arrays_for(program, activation=activation)
    value, gradients = program.value_and_grad(**arrays)
    unrolled = program.module.Unrolled()
    for _ in range(2):
        again, found = unrolled.value_and_grad(**arrays)
        assert again == pytest.approx(value)
        assert found.keys() == gradients.keys()
        for name, gradient in gradients.items():
            np.testing.assert_allclose(found[name], gradient)


def test_most_are_unrolled():
    for activation in ("relu", "sigmoid", "tanh", "softplus", "silu", "elu", "leaky-relu"):
        source = symgrad.compile(symgrad.Network((2, 3, 2), activation, "cross-entropy")).source
        assert "class Unrolled" in source
    assert "class Unrolled" not in symgrad.compile(symgrad.Network((20, 30, 2))).source
