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


def agrees(name, activation, loss, depth, batches, dtype="float64", value_too=True):
    """With NumPy, for batches of these sizes; None is one example without a batch."""
    network = symgrad.Network(SIZES[: depth + 1], activation, loss)
    options = {"batch": batches != (None,), "dtype": dtype, "input_gradient": True}
    reference = symgrad.compile(network, **options)
    program = symgrad.compile(network, backend=name, **options)
    tolerance = 1e-10 if dtype == "float64" else 2e-4
    for batch in batches:
        label = (name, activation, loss, depth, batch, dtype)
        arrays = arrays_for(reference, batch, activation=activation)
        expected, theirs = reference.value_and_grad(**arrays)
        value, gradients = program.value_and_grad(**arrays)
        assert float(value) == pytest.approx(float(expected), rel=tolerance), label
        assert list(gradients) == list(theirs)
        for key, gradient in gradients.items():
            array = np.asarray(gradient)
            assert array.dtype == dtype, label
            np.testing.assert_allclose(
                array, theirs[key], rtol=tolerance, atol=tolerance, err_msg=str(label)
            )
    if value_too:
        value = program.value(**arrays)
        assert float(value) == pytest.approx(float(expected), rel=tolerance), label
    return program, arrays


@pytest.mark.parametrize(("activation", "loss"), SOME)
@pytest.mark.parametrize("name", OTHERS)
def test_agrees_with_numpy(name, activation, loss):
    installed(name)
    # SymPy takes seconds for what the others do in milliseconds: one layer will do.
    depth, batch = (1, None) if name == "lambdify" else (2, 7)
    program, arrays = agrees(name, activation, loss, depth, (batch,))
    assert max(program.check(**arrays).values()) < 3e-8


@pytest.mark.parametrize("name", [name for name in OTHERS if name != "numba"])
def test_half_the_precision_of_one_example(name):
    installed(name)
    agrees(name, "gelu", "cross-entropy", 1, (None,), "float32")


BATCHES = (1, 7, 64)


@pytest.fixture
def quickly_compiled(monkeypatch):
    """Numba without LLVM's optimisation: what is compiled is the same, in a third of the time.

    The tests above are compiled as users have it.
    """
    if find_spec("numba") is not None:
        from numba.core import config

        monkeypatch.setattr(config, "OPT", config._OptLevel(0))


def some_batches(name, turn):
    """JAX compiles for every size of the batch anew: one size a program, in turn."""
    return (BATCHES[turn % 3],) if name == "jax" else BATCHES


@pytest.mark.slow
@pytest.mark.usefixtures("quickly_compiled")
@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("name", OTHERS)
def test_every_activation_with_every_loss(name, depth):
    """One example in one layer; batches in two."""
    installed(name)
    if (name, depth) == ("lambdify", 2):
        pytest.skip("SymPy takes seconds for every deep network")
    for turn, (activation, loss, _) in enumerate(grid([depth])):
        batches = (None,) if depth == 1 else some_batches(name, turn)
        # `value` has nothing that the other has not, and is compiled by itself.
        agrees(name, activation, loss, depth, batches, value_too=depth == 1)


@pytest.mark.slow
@pytest.mark.usefixtures("quickly_compiled")
@pytest.mark.parametrize("name", [name for name in OTHERS if name != "lambdify"])
def test_every_depth(name):
    """Each activation with each loss at one depth of 1, 3, 4 and 5, in turn; one layer of batches.

    In single precision too, where the library has it.
    """
    installed(name)
    depths = (1, 3, 4, 5)
    for turn, (activation, loss, _) in enumerate(grid([1])):
        depth = depths[turn % 4] if makes_sense(activation, loss, 2) else 1
        is_of_batches = depth == 1 or turn // 4 % 2 == 0
        batches = some_batches(name, turn) if is_of_batches else (None,)
        agrees(name, activation, loss, depth, batches)
        if name != "numba":
            agrees(name, activation, loss, depth, batches, "float32")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in OTHERS if name != "numba"])
def test_every_activation_and_loss_in_half_the_precision(name):
    installed(name)
    for activation, loss, _ in grid([1]):
        agrees(name, activation, loss, 1, (None,), "float32")


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
