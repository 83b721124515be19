"""Networks with arrays to run them on."""

from dataclasses import replace

import numpy as np

from symgrad.network.functions import ACTIVATIONS
from symgrad.network.losses import LOSSES
from symgrad.network.network import Network
from symgrad.programs.backends import BACKENDS
from symgrad.programs.program import Program
from symgrad.programs.program import compile as compile_network

SIZES = (4, 3, 5, 2, 6, 3)
POSITIVE = ("log", "sqrt")
"""Activations of positive numbers; their values need not be positive, so they make one layer."""
PROBABILITIES = ("binary-cross-entropy", "cross-entropy-of-probabilities")
"""Losses of numbers between 0 and 1."""


def makes_sense(activation, loss, depth):
    if activation in POSITIVE and depth > 1:
        return False
    return loss not in PROBABILITIES or activation == "sigmoid"


def grid(depths):
    return [
        (activation, loss, depth)
        for activation in ACTIVATIONS
        for loss in LOSSES
        for depth in depths
        if makes_sense(activation, loss, depth)
    ]


def program_of(activation, loss, depth, batch=None, dtype="float64"):
    network = Network(SIZES[: depth + 1], activation, loss)
    return compile_network(network, batch=batch is not None, dtype=dtype, input_gradient=True)


def in_both_precisions(program):
    """The program for double and for single precision; what is worked out is the same."""
    for dtype in ("float64", "float32"):
        plan = replace(program.plan, dtype=dtype)
        yield Program(plan, BACKENDS[program.backend].write(plan), program.backend)


def arrays_for(program, batch=None, seed=0, activation=""):
    rng = np.random.default_rng(seed)
    arrays = {}
    for given in program.plan.inputs:
        shape = tuple(size.value or batch for size in given.axes)
        # Layers of exponentials grow beyond what differences can measure.
        array = rng.normal(size=shape) * (0.2 if activation == "exp" else 0.7)
        if given.name == "target":
            array = rng.random(shape)
        elif activation in POSITIVE:
            array = np.abs(array) + 0.1
        arrays[given.name] = array.astype(program.plan.dtype)
    return arrays
