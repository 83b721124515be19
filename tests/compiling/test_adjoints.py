"""Which formula of a note is taken, what it assumes, and what stands beside it."""

from pathlib import Path

import numpy as np
import pytest

import symgrad
from symgrad.compiling.errors import WrongOption
from symgrad.programs import adjoints

SOFTMAX = Path("derivations/softmax-cross-entropy.md")
THREE = Path("derivations/three-layers.md")


def lines_of(program):
    source = program.source
    body = source[source.index("def value_and_grad") : source.index("def buffer")]
    return [line.strip() for line in body.splitlines()]


@pytest.mark.parametrize(
    ("line", "comment", "formula", "assumes"),
    [
        (None, r"# line 37: \sum\limits_{i=1}^q \dfrac", "dz = p * t.sum() - t", False),
        (39, r"# line 39: p_j \sum\limits_{i=1}^q t_i - t_j", "dz = p * t.sum() - t", False),
        (47, "# line 47: p_j - t_j", "dz = p - t", True),
        (51, "# line 51: p - t", "dz = p - t", True),
    ],
)
def test_a_line_chooses_a_formula(line, comment, formula, assumes):
    program = symgrad.compile(SOFTMAX, line=line)
    lines = lines_of(program)
    assert lines[lines.index(formula) - 1].startswith(comment)
    said = (r"proved only where \sum\limits_{i=1}^q t_i = 1 (line 45)",)
    assert program.plan.remarks == (said if assumes else ())
    assert ("assuming" in program.source) == assumes
    target = np.array([0.25, 0.5, 0.25])
    assert max(program.check(np.array([0.5, -1.0, 2.0]), target).values()) < 1e-8


def test_the_lines_to_choose_from_are_those_of_all_formulas():
    with pytest.raises(WrongOption, match=r"these lines have: 37, 38, 39, 47, 51$"):
        symgrad.compile(SOFTMAX, line=12)


def test_what_is_assumed_of_a_formula_is_said_where_it_is_used_only():
    note = r"""Let $t, u \in \mathbb R^n$ with $\sum_k t_k = 1$.

$$L = \frac12 \sum_{k=1}^n u_k^2 + \sum_{k=1}^n t_k u_k$$

$$\frac{\partial L}{\partial u_i} = u_i + t_i$$

$$\sum_{k=1}^n 3 t_k = 3$$
"""
    program = symgrad.compile(note)
    assert program.plan.remarks == ()
    assert "assuming" not in program.source


def test_derivatives_on_the_way_are_called_so_beside_their_formula():
    lines = lines_of(symgrad.compile(THREE))
    for formula, line in (
        ("dY = Y - Y_tilde", 40),
        ("delta3 = dY * (Y > 0)", 46),
        ("dX2 = W3.T @ delta3", 62),
    ):
        assert lines[lines.index(formula) - 1].startswith(f"# line {line}: ")


@pytest.mark.parametrize("note", [THREE, SOFTMAX, Path("derivations/two-layers.md")])
def test_long_chains_are_cut_without_a_change_of_value(note, monkeypatch):
    whole = symgrad.compile(note)
    monkeypatch.setattr(adjoints, "LONGEST_CHAIN", 2)
    parts = symgrad.compile(note)
    rng = np.random.default_rng(0)
    lengths = {}
    arrays = {
        name: rng.normal(size=[lengths.setdefault(s, 2 + len(lengths)) for s in sizes])
        for name, sizes in whole.inputs.items()
    }
    value, gradients = whole.value_and_grad(**arrays)
    again, others = parts.value_and_grad(**arrays)
    assert again == pytest.approx(value)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(others[name], gradient)
