r"""Derivatives by a quantity in which nothing is written: the s of $s_j = \log \sigma_j^2$."""

import pytest

from symgrad.verify import verify

NOTE = r"""Let $\mu, \sigma \in \mathbb R^J$,
$K = \frac12 \sum_{{j=1}}^J (\mu_j^2 + \sigma_j^2 - \log \sigma_j^2)$.
With {meaning},
$${claim}$$
"""
LOGARITHM = r"$s_j = \log \sigma_j^2$"
SQUARE = r"$v = \sigma \odot \sigma$"


def result(meaning, claim):
    return verify(NOTE.format(meaning=meaning, claim=claim)).results[-1]


@pytest.mark.parametrize(
    ("meaning", "claim", "expected"),
    [
        (LOGARITHM, r"\frac{\partial K}{\partial s_j} = \frac12 (e^{s_j} - 1)", "proved"),
        (LOGARITHM, r"\frac{\partial K}{\partial s_j} = e^{s_j} - 1", "refuted"),
        (SQUARE, r"\frac{\partial K}{\partial v_j} = \frac12 (1 - \frac{1}{v_j})", "proved"),
        (SQUARE, r"\frac{\partial K}{\partial v_j} = \frac12 (1 + \frac{1}{v_j})", "refuted"),
    ],
)
def test_what_stands_for_the_variable(meaning, claim, expected):
    found = result(meaning, claim)
    assert found.verdict == expected
    assert found.second_opinion is not None
    assert found.second_opinion.agrees


@pytest.mark.parametrize(
    "meaning",
    [
        r"$u = \mu + \sigma$",
        r"$u_j = \sigma_j + \sigma_1$",
        r"$u_j = \sum_{k=1}^J \sigma_k$",
        r"$u_j = \sigma_j \mu_1$",
    ],
)
@pytest.mark.parametrize("claim", ["0", r"\sigma_j", r"\sigma_j - \frac{1}{\sigma_j}"])
def test_what_is_made_of_more_decides_nothing(meaning, claim):
    assert result(meaning, rf"\frac{{\partial K}}{{\partial u_j}} = {claim}").verdict == "undecided"


def test_what_has_nothing_in_common_is_independent():
    text = r"""Let $x, y \in \mathbb R^n$, $f = \|x\|^2$, $g_j = y_j^2$.
    $$\frac{\partial f}{\partial g_j} = 0$$"""
    assert verify(text).results[-1].verdict == "proved"


SECOND = r"""Let $x \in \mathbb R^n$, $v_j = x_j^2$, $L = \sum_{j=1}^n x_j$.
$$%s$$"""


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial^2 L}{\partial v_j^2} = 0",
        r"\frac{\partial^2 L}{\partial v_j^2} = -\frac{1}{4 x_j^3}",
        r"\frac{\partial}{\partial v_j} \frac{\partial L}{\partial v_j} = -\frac{1}{4 x_j^3}",
        r"\frac{\partial^2 L}{\partial v_j \partial v_k} = -\frac{1}{4 x_j^3} \delta_{jk}",
    ],
)
def test_a_second_derivative_by_what_stands_for_the_variable_decides_nothing(claim):
    assert verify(SECOND % claim, second_opinion=False).results[-1].verdict == "undecided"


def test_second_derivatives_by_what_a_loss_is_written_by_are_proved():
    text = r"""Let $x \in \mathbb R^n$, $v_j = x_j^2$, $L = \sum_{j=1}^n v_j^3$.
$$\frac{\partial^2 L}{\partial v_j^2} = 6 v_j$$
$$\frac{\partial^2 L}{\partial x_j^2} = 30 x_j^4$$"""
    assert [r.verdict for r in verify(text, second_opinion=False).results] == ["proved"] * 2


@pytest.mark.parametrize("meaning", [r"A^{-1}", r"A^{-\top}", r"3 A^{-1}"])
@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial f}{\partial B_{ij}} = -\frac{C_{ji}}{B_{ii} B_{jj}}",
        r"\frac{\partial f}{\partial B} = -A^\top C^\top A^\top",
        r"\frac{\partial f}{\partial B} = -\frac13 A^\top C^\top A^\top",
    ],
)
def test_an_inverse_stands_for_no_entry(meaning, claim):
    text = rf"""Let $A, C \in \mathbb R^{{n \times n}}$ be invertible, $B = {meaning}$,
$f = \operatorname{{tr}}(C A)$. $${claim}$$"""
    assert verify(text, second_opinion=False).results[-1].verdict == "undecided"
