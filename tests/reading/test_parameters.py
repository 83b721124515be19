"""Losses that are written with their parameters: J(w) is J."""

import pytest

from symgrad.verify import verify


def verdicts(*displays):
    note = "\n\n".join(f"$${display}$$" for display in displays)
    return [result.verdict for result in verify(note + "\n", second_opinion=False).results]


SQUARES = r"J(w) = \frac{1}{2N} \|Aw - t\|^2"
BOLD = r"E(\mathbf{w}) = \frac{1}{2} (A\mathbf{w} - \mathbf{t})^T (A\mathbf{w} - \mathbf{t})"
LINE = r"J(c) = \frac{1}{2N} \sum_{i=1}^N (c_0 + c_1 u_i - t_i)^2"
PAIR = r"J(a, b) = \frac{1}{N} \sum_{i=1}^N (a u_i + b - t_i)^2"
FORM = r"f(v) = \frac12 \|Bv - d\|^2"


@pytest.mark.parametrize(
    ("definition", "right", "wrong"),
    [
        (SQUARES, r"\nabla_w J(w) = \frac1N A^T (Aw - t)", r"\nabla_w J(w) = \frac2N A^T (Aw - t)"),
        (SQUARES, r"\nabla J = \frac1N A^T (Aw - t)", r"\nabla J = \frac1N A (Aw - t)"),
        (
            BOLD,
            r"\frac{\partial E}{\partial \mathbf{w}} = A^T (A\mathbf{w} - \mathbf{t})",
            r"\frac{\partial E}{\partial \mathbf{w}} = A^T (A\mathbf{w} + \mathbf{t})",
        ),
        (
            LINE,
            r"\frac{\partial J(c)}{\partial c_1} = \frac1N \sum_{i=1}^N (c_0 + c_1 u_i - t_i) u_i",
            r"\frac{\partial J(c)}{\partial c_1} = \frac1N \sum_{i=1}^N (c_0 + c_1 u_i - t_i)",
        ),
        (
            PAIR,
            r"\frac{\partial}{\partial b} J(a, b) = \frac2N \sum_{i=1}^N (a u_i + b - t_i)",
            r"\frac{\partial}{\partial b} J(a, b) = \frac1N \sum_{i=1}^N (a u_i + b - t_i)",
        ),
        (FORM, r"\nabla f(v) = B^T (Bv - d)", r"\nabla f(v) = 2 B^T (Bv - d)"),
    ],
)
def test_a_loss_with_its_parameters_is_the_loss(definition, right, wrong):
    assert verdicts(definition, right) == ["proved"]
    assert verdicts(definition, wrong)[0] in ("refuted", "ill-typed", "undecided")


def test_the_parameters_of_a_loss_are_independent_of_its_other_names():
    wrong = r"\frac{\partial J}{\partial b} = \frac1N \sum_{i=1}^N (a u_i + b - t_i)"
    assert verdicts(PAIR, wrong) == ["refuted"]


@pytest.mark.parametrize(
    "claim",
    [r"J(2 w) = 4 w^2", r"J'(w) = 2 w", r"J(3) = 9", r"J(u) = u^2"],
)
def test_a_loss_of_something_else_stays_a_function(claim):
    assert verdicts(r"J(w) = w^2", claim) == ["proved"]


NORMAL = r"-\log s - \frac{(u - m)^2}{2 s^2}"


@pytest.mark.parametrize(
    "call", [r"\log q(u \mid m, s)", r"\log{q(u \mid m, s)}", r"\ln q(u; m, s)"]
)
def test_the_logarithm_of_a_density_is_what_the_note_says(call):
    definition = f"{call} = {NORMAL}"
    slope = rf"\frac{{\partial {call}}}{{\partial m}}"
    assert verdicts(definition, rf"{slope} = \frac{{u - m}}{{s^2}}") == ["proved"]
    assert "proved" not in verdicts(definition, rf"{slope} = \frac{{m - u}}{{s^2}}")
