"""Emitted modules refuse arrays that do not fit by themselves, without `Program`'s checks."""

import re
from importlib.util import find_spec

import numpy as np
import pytest
from networks import arrays_for

import symgrad
from symgrad.programs.backends import BACKENDS

ONE_UNIT = symgrad.Network((2, 3, 1), "tanh", "squared-error")
NOTE = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $y \in \mathbb R^n$,
$c \in \mathbb R$.

$$L = \frac12 \sum_{i=1}^n ([Wx]_i - y_i)^2 + c^2$$

$$\frac{\partial L}{\partial W_{ij}} = ([Wx]_i - y_i) x_j$$
"""

STRETCHED = [
    ("target", np.ravel, "target has the shape (5,); it should be (5, 1)"),
    ("target", lambda t: t[:1], "target has the shape (1, 1); it should be (5, 1)"),
    ("target", lambda t: np.zeros((5, 5)), "target has the shape (5, 5); it should be (5, 1)"),
    ("B1", lambda b: b[:1], "B1 has the shape (1,); it should be (3,)"),
    ("W2", np.transpose, "W2 has the shape (3, 1); it should be (1, 3)"),
]
"""Arrays that operations on entries would stretch, and others."""


@pytest.fixture(scope="module")
def many():
    program = symgrad.compile(ONE_UNIT, batch=True)
    return program, arrays_for(program, 5)


@pytest.mark.parametrize(("name", "change", "message"), STRETCHED)
def test_arrays_that_do_not_fit(many, name, change, message):
    program, arrays = many
    module, work = program.module, program.workspace(**arrays)
    changed = {**arrays, name: change(arrays[name])}
    for call in (module.value, module.value_and_grad, work.value_and_grad):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            call(**changed)
        call(**arrays)


def test_an_array_of_another_rank_has_no_size(many):
    program, arrays = many
    for x in (arrays["X"][0], np.array(1.0)):
        message = f"X has the shape {x.shape}; it should be (N, 2)"
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            program.module.value(**{**arrays, "X": x})


def test_a_workspace_is_for_arrays_of_one_size_and_dtype(many):
    program, arrays = many
    work = program.module.Workspace(7)
    with pytest.raises(ValueError, match=r"^X has the shape \(5, 2\); it should be \(7, 2\)$"):
        work.value_and_grad(**arrays)
    work = program.module.Workspace(5)
    single = {name: array.astype(np.float32) for name, array in arrays.items()}
    for changed in (single, {**arrays, "X": single["X"]}):
        with pytest.raises(TypeError, match=r"^X is of dtype float32; it should be float64$"):
            work.value_and_grad(**changed)
    with pytest.raises(TypeError, match=r"^B1 is of dtype int64; it should be float64$"):
        work.value_and_grad(**{**arrays, "B1": np.arange(3)})


def test_what_no_buffer_stretches_in_single_precision():
    program = symgrad.compile(ONE_UNIT, dtype="float32")
    arrays = arrays_for(program)
    double = {name: array.astype(float) for name, array in arrays.items()}
    with pytest.raises(TypeError, match=r"^X is of dtype float64; it should be float32$"):
        program.module.Workspace().value_and_grad(**double)
    with pytest.raises(ValueError, match=r"^target has the shape \(1, 1\); it should be \(1,\)$"):
        program.module.value_and_grad(**{**arrays, "target": arrays["target"][None]})


@pytest.fixture(scope="module")
def of_note():
    arrays = {"W": np.ones((3, 4)), "x": np.ones(4), "y": np.ones(3), "c": np.array(2.0)}
    return symgrad.compile(NOTE), arrays


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("y", np.ones(1), "y has the shape (1,); it should be (3,)"),
        ("y", np.ones((3, 1)), "y has the shape (3, 1); it should be (3,)"),
        ("x", np.ones(5), "x has the shape (5,); it should be (4,)"),
        ("W", np.ones(3), "W has the shape (3,); it should be (n, m)"),
        ("c", np.ones(3), "c has the shape (3,); it should be ()"),
    ],
)
def test_sizes_of_a_note(of_note, name, array, message):
    program, arrays = of_note
    for call in (program.module.value, program.module.value_and_grad):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            call(**{**arrays, name: array})


def test_a_number_may_be_one_of_python(of_note):
    program, arrays = of_note
    expected, _ = program.module.value_and_grad(**arrays)
    plain = {**arrays, "c": 2.0}
    assert program.module.value(**plain) == pytest.approx(expected)
    work = program.module.Workspace(n=3, m=4)
    assert work.value_and_grad(**plain)[0] == pytest.approx(expected)
    with pytest.raises(ValueError, match=r"^c has the shape \(2,\); it should be \(\)$"):
        work.value_and_grad(**{**arrays, "c": np.ones(2)})


@pytest.mark.parametrize(
    "backend", [name for name in BACKENDS if name not in ("numpy", "lambdify")]
)
def test_other_libraries_refuse_them_too(many, backend):
    if find_spec(BACKENDS[backend].library) is None:
        pytest.skip(f"{backend} is not installed; it is no dependency")
    program = symgrad.compile(ONE_UNIT, batch=True, backend=backend)
    own = BACKENDS[backend].own
    for name, change, message in STRETCHED:
        changed = {n: own(change(a) if n == name else a) for n, a in many[1].items()}
        for call in (program.module.value, program.module.value_and_grad):
            with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
                call(**changed)
