"""Notes whose names and texts could be taken for parts of a program: it is right all the same."""

import ast
from importlib.util import find_spec

import numpy as np
import pytest

import symgrad
from symgrad.diagnostics import Source
from symgrad.programs.backends import BACKENDS
from symgrad.programs.from_note import plan_note
from symgrad.reading.note import read_note
from symgrad.writing.to_numpy import to_numpy

WORDS = (
    *("np", "loss", "gradients", "ones", "self", "out", "dtype", "buffer", "erf", "math", "value"),
    *("def", "lambda", "import", "None", "True", "class", "return", "mask", "flat", "found"),
    *("torch", "jax", "jnp", "numba", "dict", "zip", "max", "abs", "float"),
)
LETTERS = (
    r"X'",
    r"\hat{y}",
    r"\lambda",
    r"\Theta",
    "s",
    "t",
    "m",
    "l",
    "N",
    r"\beta",
    "x_0",
    "x_1",
)
NAMES = [*LETTERS, *(rf"\mathrm{{{word}}}" for word in WORDS)]
NOTE = r"""Let $NAME \in \mathbb R$ and $z, q \in \mathbb R^2$.

$$L = \log(e^{z_1} + e^{z_2}) NAME^2 + (z_1 q_1 + NAME)^2$$

$$\frac{\partial L}{\partial NAME} = 2 NAME \log(e^{z_1} + e^{z_2}) + 2 (z_1 q_1 + NAME)$$
"""


@pytest.mark.parametrize("backend", BACKENDS)
def test_any_name_will_do(backend):
    library = BACKENDS[backend].library
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed; it is no dependency")
    names = NAMES if backend == "numpy" else [name for name in NAMES if "{" in name or "_" in name]
    for name in names:
        program = symgrad.compile(NOTE.replace("NAME", name), backend=backend)
        z, q, own = np.array([0.5, -1]), np.array([2.0, 3]), np.array(0.25)
        argument = next(iter(program.plan.gradients))
        value, gradients = program.value_and_grad(**{argument: own, "z": z, "q": q})
        total = np.log(np.exp(z).sum())
        assert float(value) == pytest.approx(total / 16 + 1.25**2), name
        assert float(gradients[argument]) == pytest.approx(total / 2 + 2.5), name
        if backend == "numpy":
            work = program.workspace(**{argument: own, "z": z, "q": q})
            assert work.value_and_grad(**{argument: own, "z": z, "q": q})[0] == value, name


def test_names_that_come_to_the_same_are_told_apart():
    note = r"""Let $x, \mathbf x, \hat x, x' \in \mathbb R^n$.

$$L = \sum_{i=1}^n (x_i \mathbf x_i + 2 \hat x_i x'_i)$$

$$\frac{\partial L}{\partial x_i} = \mathbf x_i$$
"""
    program = symgrad.compile(note)
    assert len(program.inputs) == len(set(program.inputs)) == 4
    assert max(program.check(*np.random.default_rng(0).normal(size=(4, 3))).values()) < 1e-8


TEXTS = [
    r"'''",
    r'"""',
    r'" + __import__("os").system("echo") + "',
    "\\text{\x0cimport os}",
    "\\text{\u2028import os}",
    "\\text{\x85import os}",
    r"\\ \n \x41 \N{DIGIT ONE} \u0041",
    r"{value}{0}%s",
]


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_of_a_note_leaves_its_comment(text):
    note = rf"""Let $x \in \mathbb R^n$.

$$L = \sum_{{i=1}}^n x_i^2 % {text}
$$

$$\frac{{\partial L}}{{\partial x_i}} = 2 x_i$$
"""
    plain = symgrad.compile(note.replace(f"% {text}", "")).source
    path = f"notes/{text}.md"
    plan = plan_note(read_note(Source(path, note)))
    source = to_numpy(plan)
    assert code_of(source) == code_of(plain)


def code_of(source):
    """All that is no comment and no docstring."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
    return ast.dump(tree)
