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
