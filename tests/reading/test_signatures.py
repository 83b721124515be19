"""What `f: A \\to B` says of a function, and what a sentence says of a number."""

import pytest
from click.testing import CliRunner

from symgrad.cli import main
from symgrad.verify import verify

DECLARED = r"Let $A \in \mathbb R^{m \times n}$, $x \in \mathbb R^n$. $$y = Ax$$" + "\n\n"


def verdicts(text):
    return [result.verdict for result in verify(DECLARED + text).results]


@pytest.mark.parametrize(
    ("signature", "claim", "verdict"),
    [
        (
            r"J: \mathbb R^m \to \mathbb R",
            r"\partial J/\partial x = \partial y/\partial x \partial J/\partial y",
            "proved",
        ),
        (
            r"f: \mathbb R^m \to \mathbb R",
            r"\frac{\partial f(y)}{\partial x} = A^T \frac{\partial f(y)}{\partial y}",
            "proved",
        ),
        (
            r"f: \mathbb R^m \to \mathbb R",
            r"\frac{\partial f(y)}{\partial x_j} = A_{ij} \frac{\partial f(y)}{\partial y_i}",
            "proved",
        ),
        (
            r"f: \mathbb R \to \mathbb R",
            r"\frac{\partial f(y_i)}{\partial x_j} = A_{ij} f'(y_i)",
            "proved",
        ),
        (
            r"f: \mathbb R^m \to \mathbb R^m",
            r"\frac{\partial f(y)_i}{\partial x_j} = A_{ij} f'(y_i)",
            "undecided",
        ),
    ],
)
def test_a_function_of_arrays_is_no_function_of_each_entry(signature, claim, verdict):
    assert verdicts(f"Let ${signature}$. $${claim}$$") == [verdict]


def test_members_of_other_sizes_are_shown_as_they_are_written(tmp_path):
    note = tmp_path / "note.md"
    claim = r"\partial f/\partial x = \partial y/\partial x \partial f/\partial y"
    note.write_text(DECLARED + rf"Let $f: \mathbb R \to \mathbb R$. $${claim}$$" + "\n")
    shown = CliRunner().invoke(main, ["read", str(note)])
    assert shown.exit_code == 0
    assert "it is a matrix m x n" in shown.output


def test_a_comparison_introduces_a_number():
    text = r"Let $\epsilon > 0$. $$\frac{\partial}{\partial x_i} \sqrt{x_i^2 + \epsilon}"
    report = verify(DECLARED + text + r" = \frac{x_i}{\sqrt{x_i^2 + \epsilon}}$$")
    assert report.passed()


def test_a_function_of_a_matrix_that_is_not_square_is_taken_of_each_entry():
    assert verdicts(r"$$\exp(A)_{ij} = e^{A_{ij}}$$") == ["proved"]
    square = r"Let $B \in \mathbb R^{n \times n}$. $$\exp(B)_{ij} = e^{B_{ij}}$$"
    assert verdicts(square) == ["unread"]
    assert verdicts("Functions act elementwise. " + square) == ["proved"]
