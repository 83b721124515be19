"""Cases in words before a display: "Case 1, $i = j$:", "When $i \\neq j$, we have"."""

import pytest

from symgrad import verify

SOFTMAX = r"""Let $u \in \mathbb R^n$, $i, j \in \{1, \dots, n\}$.
$$r_i = \frac{e^{u_i}}{\sum_{k=1}^n e^{u_k}}$$
"""
EQUAL = r"$$\frac{\partial r_i}{\partial u_j} = r_i (1 - r_i)$$"
DIFFERENT = r"$$\frac{\partial r_i}{\partial u_j} = -r_i r_j$$"


def last(text):
    return verify(SOFTMAX + text, second_opinion=False).results[-1]


@pytest.mark.parametrize(
    ("words", "display"),
    [
        ("Case 1: $i = j$.\n", EQUAL),
        ("**Case $i = j$:**\n\n", EQUAL),
        ("1. $i = j$:\n", EQUAL),
        ("When $i = j$, we have", EQUAL),
        ("For $j = i$ the derivative is", EQUAL),
        (r"If $i \neq j$ then", DIFFERENT),
        (r"Pour $i \ne j$, on a", DIFFERENT),
        (r"Für $i \neq j$ gilt", DIFFERENT),
        (f"If $i = j$, {EQUAL} and if $i \\neq j$, ", DIFFERENT),
    ],
)
def test_a_claim_is_judged_in_its_case(words, display):
    result = last(words + display)
    assert result.verdict == "proved"
    assert result.conditions


@pytest.mark.parametrize(
    ("words", "display"),
    [
        ("Case 1: $i = j$.\n", DIFFERENT),
        (r"If $i \neq j$ then", EQUAL),
        ("When $i = j$, we have", EQUAL.replace("1 -", "1 +")),
    ],
)
def test_what_fails_in_its_case_is_refuted(words, display):
    assert last(words + display).verdict == "refuted"


@pytest.mark.parametrize(
    ("words", "display"),
    [
        ("Unless $i = j$,", EQUAL),
        ("This is not about $i = j$:", EQUAL),
        (f"If $i = j$, {EQUAL} More generally:", EQUAL),
        ("If $i = j$, something else is done. Now", EQUAL),
    ],
)
def test_what_words_take_back_is_no_case(words, display):
    assert last(words + display).verdict == "undecided"
