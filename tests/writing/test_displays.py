"""Long formulas of a note: where they are broken, and that they say the same afterwards."""

from __future__ import annotations

import re

import pytest

from symgrad.verify import verify
from symgrad.writing.displays import WIDEST_ROW, fitted
from symgrad.writing.lines import broken, pieces
from symgrad.writing.widths import width

NESTED = (
    r"\dfrac{1}{2} \sum\limits_{i=1}^q \left(a\left(\sum\limits_{j=1}^p V_{i,j} \, a\left("
    r"\sum\limits_{k=1}^n W_{j,k} \, x_k + b_j\right) + c_i\right) - y_i\right)^2"
)


def bare(lines):
    """The lines without what breaking may have put in."""
    text = "".join(lines).replace(r"\times", "").replace(r"\,", "").replace(" ", "")
    return text.replace(r"\left", "").replace(r"\right", "").replace(r"\Bigg", "")


@pytest.mark.parametrize("most", [20, 30, 45, 60])
@pytest.mark.parametrize(
    "text",
    [
        NESTED,
        r"A_{i,j} \, B_j \, C - \log \sum_k e^{x_k} + (D + E \sum_k x_k) F - \|x - y + z\|^2",
        r"-\operatorname{f}\Big(\sum_{k \in \{1,\dots,n\}} W_k \times x_k - b\Big) \times (c - d)",
    ],
)
def test_nothing_is_lost_where_a_formula_is_broken(text, most):
    lines = broken(text, 0, most)
    assert (len(lines) > 1) is (width(text) > most)
    assert bare(lines) == bare([text])
    assert all(line[0] in "+-" or line.startswith(r"\times") for line in lines[1:])


def test_stretched_brackets_that_are_broken_have_a_fixed_size():
    first, *more = broken(NESTED, 0, 30)
    assert first.count(r"\left(") == first.count(r"\right)")
    assert first.count(r"\Bigg(") > first.count(r"\Bigg)")
    for line in more:
        assert line.count(r"\left(") == line.count(r"\right)")


@pytest.mark.parametrize(
    "text",
    [
        r"\log \sum_{k=1}^n e^{x_k}",
        r"\operatorname{softplus} \sum_{k=1}^n x_k",
        r"\sum_{i=1}^n \sum_{k=1}^n x_{ik}",
        r"\left|x_1 + x_2 + x_3\right|",
        r"\|x_1 + x_2 + x_3\|",
        r"{a + b + c + d}",
        r"\underbrace{a + b + c + d + e}_{z}",
        r"f \, (x_1, x_2)",
        r"\begin{cases} a + b & \text{if } c \\ d + e & \text{otherwise} \end{cases}",
    ],
)
def test_what_belongs_together_is_not_broken(text):
    assert broken(text, 0, 4) == [text]


def test_brackets_are_broken_last():
    assert broken("a (b + c) + d (e + f + g)", 0, 20) == ["a (b + c)", "+ d (e + f + g)"]


def test_a_chain_has_members_and_a_display_statements():
    assert pieces(r"f(a = b) = \frac{c = d}{e} = g", "relation") == [
        "f(a = b)",
        r"= \frac{c = d}{e}",
        "= g",
    ]
    assert pieces(r"a = b, \qquad c = d", "gap") == [r"a = b, \qquad", "c = d"]


SHORT = r"\begin{align*} a & = b \\ & = c \end{align*}"


@pytest.mark.parametrize("latex", [SHORT, r"\begin{gather*} a + b \\ c \end{gather*}"])
def test_what_fits_stays(latex):
    assert fitted(latex) == latex


def rows_of(latex):
    inside = re.sub(r"\\(?:begin|end)\{[a-z*]+\}", "", latex)
    return [row for row in inside.split("\\\\") if row.strip()]


LONG_SUM = " + ".join(rf"x_{k}^2" for k in "abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    "latex",
    [
        f"L = {NESTED} + {NESTED}",
        f"L = {LONG_SUM} = {LONG_SUM}",
        rf"\begin{{align*}} L & = {LONG_SUM} = y \\ & = z \end{{align*}}",
        rf"\begin{{equation}} L = {LONG_SUM} \end{{equation}}",
        ", \\qquad ".join(rf"\frac{{\partial L}}{{\partial x_{k}}} = 2 x_{k}" for k in "abcdefgh"),
        f"f({', '.join('abcdefghijklmnopqrstuvwxyz')}) = {LONG_SUM}",
    ],
)
def test_what_is_too_wide_is_broken(latex):
    made = fitted(latex)
    assert max(map(width, rows_of(made))) <= WIDEST_ROW + 4
    assert bare([made.replace("\n", "")]).count("x_a") == latex.count("x_a")


def test_a_numbered_equation_keeps_its_number():
    made = fitted(rf"\begin{{equation}} L = {LONG_SUM} \end{{equation}}")
    assert made.startswith("\\begin{equation}\n\\begin{split}\n")
    assert made.endswith("\\end{split}\n\\end{equation}")


def test_what_stands_in_braces_is_set_smaller():
    made = fitted(rf"L = \underbrace{{{LONG_SUM}}}_{{y}}")
    assert re.match(r"\{\\(small|footnotesize|scriptsize)\n\\begin\{align\*\}", made)


def test_broken_displays_are_read_as_they_were_meant():
    note = rf"""Let $(n, p, q) \in \mathbb N^3$, $a: \mathbb R \to \mathbb R$, $x \in \mathbb R^n$,
$W \in \mathbb R^{{p \times n}}$, $b \in \mathbb R^p$, $V \in \mathbb R^{{q \times p}}$,
$c, y \in \mathbb R^q$, $h_j = a\left(\sum_{{k=1}}^n W_{{j,k}} x_k + b_j\right)$,
$u_i = a\left(\sum_{{j=1}}^p V_{{i,j}} h_j + c_i\right)$ and $L = \frac12 \|u - y\|^2$.

{fitted(f"L = {NESTED} = {NESTED} + 0 - {NESTED} + {NESTED}")}
"""
    report = verify(note.replace("{\\begin", "\\begin"), second_opinion=False)
    assert report.passed()
    assert len(report.results) == 2
