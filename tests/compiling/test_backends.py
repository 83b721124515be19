"""Programs for every library against the one for NumPy; what is not installed is left out."""

import re
from importlib.util import find_spec

import numpy as np
import pytest
from click.testing import CliRunner
from networks import SIZES, arrays_for, grid, makes_sense

import symgrad
from symgrad.cli import main
from symgrad.compiling.errors import CannotCompile
from symgrad.programs.backends import BACKENDS, Backend
from symgrad.programs.program import ArgumentError

OTHERS = [name for name in BACKENDS if name != "numpy"]
SOME = [
    ("relu", "squared-error"),
    ("gelu", "cross-entropy"),
    ("elu", "huber"),
    ("sigmoid", "binary-cross-entropy"),
    ("softplus", "binary-cross-entropy-with-logits"),
    ("leaky-relu", "hinge"),
    ("abs", "absolute-error"),
]


def installed(name):
    library = BACKENDS[name].library
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed; it is no dependency")


def agrees(name, activation, loss, depth, batch, dtype="float64"):
    network = symgrad.Network(SIZES[: depth + 1], activation, loss)
    options = {"batch": batch is not None, "dtype": dtype, "input_gradient": True}
    reference = symgrad.compile(network, **options)
    program = symgrad.compile(network, backend=name, **options)
    arrays = arrays_for(reference, batch, activation=activation)
    tolerance = 1e-10 if dtype == "float64" else 2e-4
    expected, theirs = reference.value_and_grad(**arrays)
    value, gradients = program.value_and_grad(**arrays)
    assert float(value) == pytest.approx(float(expected), rel=tolerance)
    assert float(program.value(**arrays)) == pytest.approx(float(expected), rel=tolerance)
    assert list(gradients) == list(theirs)
    for key, gradient in gradients.items():
        array = np.asarray(gradient)
        assert array.dtype == dtype
        np.testing.assert_allclose(array, theirs[key], rtol=tolerance, atol=tolerance)
    return program, arrays


@pytest.mark.parametrize(("activation", "loss"), SOME)
@pytest.mark.parametrize("name", OTHERS)
def test_agrees_with_numpy(name, activation, loss):
    installed(name)
    # SymPy takes seconds for what the others do in milliseconds: one layer will do.
    depth, batch = (1, None) if name == "lambdify" else (2, 7)
    program, arrays = agrees(name, activation, loss, depth, batch)
    assert max(program.check(**arrays).values()) < 3e-8


@pytest.mark.parametrize("name", [name for name in OTHERS if name != "numba"])
def test_half_the_precision_of_one_example(name):
    installed(name)
    agrees(name, "gelu", "cross-entropy", 1, None, "float32")


@pytest.mark.slow
@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", OTHERS)
def test_the_grid(name, dtype, depth):
    installed(name)
    if (name, dtype) == ("numba", "float32"):
        pytest.skip("Numba is refused float32")
    if (name, depth) == ("lambdify", 3):
        pytest.skip("SymPy takes seconds for every deep network")
    for activation, loss, _ in grid([depth]):
        assert makes_sense(activation, loss, depth)
        agrees(name, activation, loss, depth, None, dtype)
        if name != "lambdify":
            agrees(name, activation, loss, depth, 7, dtype)


@pytest.mark.parametrize("name", OTHERS)
def test_a_note_for_every_library(name):
    installed(name)
    note = "derivations/three-layers.md"
    reference = symgrad.compile(note)
    shapes = {"m": 4, "n": 3, "p": 5, "q": 2}
    drawn = np.random.default_rng(0)
    arrays = {
        key: drawn.normal(size=[shapes[size] for size in sizes])
        for key, sizes in reference.inputs.items()
    }
    if name == "lambdify":
        with pytest.raises(CannotCompile, match="give all sizes as numbers"):
            symgrad.compile(note, backend=name)
        return
    expected, theirs = reference.value_and_grad(**arrays)
    value, gradients = symgrad.compile(note, backend=name).value_and_grad(**arrays)
    assert float(value) == pytest.approx(expected)
    for key, gradient in gradients.items():
        np.testing.assert_allclose(np.asarray(gradient), theirs[key], rtol=1e-10, atol=1e-12)


def test_numba_is_refused_half_the_precision():
    with pytest.raises(CannotCompile, match="choose float64"):
        symgrad.compile(symgrad.Network((2, 3)), backend="numba", dtype="float32")


def test_lambdify_is_for_a_few_units():
    with pytest.raises(CannotCompile, match="200 are the most"):
        symgrad.compile(symgrad.Network((20, 20, 3)), backend="lambdify")


def test_lambdify_refuses_arrays_of_other_shapes():
    program = symgrad.compile(symgrad.Network((2, 3, 2)), backend="lambdify")
    arrays = arrays_for(program)
    turned = {**arrays, "W1": arrays["W1"].T}
    message = "W1 has the shape (2, 3); it should be (3, 2)"
    for call in (program.value, program.value_and_grad):
        with pytest.raises(ArgumentError) as error:
            call(**turned)
        assert str(error.value) == message
    for work in (program.module.value, program.module.value_and_grad):
        with pytest.raises(ValueError, match=re.escape(message)):
            work(**turned)
        assert work(**{**arrays, "W1": np.asfortranarray(arrays["W1"])}) is not None


def test_a_network_that_lambdify_cannot_write_is_a_matter_of_usage():
    arguments = ["compile", "--layers", "20,20,3", "--backend", "lambdify"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "200 are the most" in result.stderr


def test_there_is_no_such_back_end():
    with pytest.raises(ValueError, match="backend is one of numpy, lambdify"):
        symgrad.compile(symgrad.Network((2, 3)), backend="fortran")


def test_only_numpy_has_a_workspace():
    program = symgrad.compile(symgrad.Network((2, 3)), backend="lambdify")
    with pytest.raises(ValueError, match="no workspace"):
        program.workspace(**arrays_for(program))


def test_a_back_end_has_one_row():
    with pytest.raises(ValueError, match="two back ends are called 'numpy'"):
        Backend("numpy", ("symgrad.writing.to_numpy", "to_numpy"))
