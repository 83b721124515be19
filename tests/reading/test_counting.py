r"""Functions of an index: `\pi(a)` for the entries of a vector."""

import pytest

from symgrad.verify import verify

POLICY = r"""Let $h \in \mathbb R^k$ and $\pi(a) = \frac{{e^{{h_a}}}}{{\sum_{{b=1}}^k e^{{h_b}}}}$.
$${left} = {right}$$
"""


def verdict(text):
    return verify(text, second_opinion=False).results[-1].verdict


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (r"\frac{\partial \log \pi(a)}{\partial h_b}", r"\mathbb 1_{a = b} - \pi(b)", "proved"),
        (r"\frac{\partial \pi(a)}{\partial h_b}", r"\pi(a) (\delta_{ab} - \pi(b))", "proved"),
        (r"\frac{\partial \pi(a)}{\partial h_b}", r"\pi(a) (\delta_{ab} - \pi(a))", "refuted"),
        (r"\frac{\partial \pi(1)}{\partial h_1}", r"\pi(1) - \pi(1)^2", "proved"),
    ],
)
def test_an_index_in_brackets(left, right, expected):
    assert verdict(POLICY.format(left=left, right=right)) == expected


def test_an_argument_that_is_a_number_is_none():
    text = r"Let $f(x) = x^2 c_x$. $$f(2) = 3$$"
    assert verdict(text) != "proved"
    text = r"Let $w \in \mathbb R^n$, $f(x) = w_1 x$. $$f'(x) = w_1$$"
    assert verdict(text) == "proved"


def test_functions_that_are_called_with_more_are_none():
    text = r"Let $h \in \mathbb R^n$, $g(i) = h_i^2$. $$g(h_1 + h_2) = h_1$$"
    assert verdict(text) not in ("proved", "refuted")


LOGISTIC = r"""
$$g_w(u) = \frac{1}{1 + e^{-w^T u}}$$
$$E(w) = \sum_{k=1}^q (g_w(u^{(k)}) - t^{(k)})^2$$
$$\frac{\partial E}{\partial w_j} =
  2 \sum_{k=1}^q (g_w(u^{(k)}) - t^{(k)}) g_w(u^{(k)}) (1 - g_w(u^{(k)})) u^{(k)}_j$$
"""


@pytest.mark.parametrize("letter", ["w", r"\beta"])
def test_parameters_of_functions_are_no_indices(letter):
    assert verdict(LOGISTIC.replace("w", letter)) == "proved"
