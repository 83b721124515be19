"""Short notes as they are written everywhere, with few declarations or none."""

import pytest

from symgrad import verify

BATCH_NORM = r"""
$$\mu_S = \frac1N \sum_{k=1}^N u_k, \quad \sigma_S^2 = \frac1N \sum_{k=1}^N (u_k - \mu_S)^2$$
$$\hat u_k = \frac{u_k - \mu_S}{\sqrt{\sigma_S^2 + \epsilon}}, \quad v_k = \gamma \hat u_k + \beta$$
"""
ATTENTION = r"""$Q = XW_Q$, $K = XW_K$, $V = XW_V$, $A = \frac{QK^T}{\sqrt{d}}$,
$B = \text{softmax}(A)$, $Y = BV$, $dY = \frac{\partial L}{\partial Y}$.
"""


def verdict(text):
    return verify(text, second_opinion=False).results[-1].verdict


@pytest.mark.parametrize(
    ("by", "derivative", "expected"),
    [
        (r"\gamma", r"\sum_{k=1}^N \frac{\partial L}{\partial v_k} \hat u_k", True),
        (r"\gamma", r"\sum_{k=1}^N \frac{\partial L}{\partial v_k} u_k", False),
        (
            r"\sigma_S^2",
            r"\sum_{k=1}^N \frac{\partial L}{\partial \hat u_k} (u_k - \mu_S)"
            r" \cdot \frac{-1}{2} (\sigma_S^2 + \epsilon)^{-3/2}",
            True,
        ),
        (
            r"\sigma_S^2",
            r"\sum_{k=1}^N \frac{\partial L}{\partial \hat u_k} (u_k - \mu_S)"
            r" \cdot \frac{1}{2} (\sigma_S^2 + \epsilon)^{-3/2}",
            False,
        ),
        (
            "u_k",
            r"\frac{\partial L}{\partial \hat u_k} \frac{1}{\sqrt{\sigma_S^2 + \epsilon}}"
            r" + \frac{\partial L}{\partial \sigma_S^2} \frac{2(u_k - \mu_S)}{N}"
            r" + \frac{\partial L}{\partial \mu_S} \frac1N",
            True,
        ),
        (
            "u_k",
            r"\frac{\partial L}{\partial \hat u_k} \frac{1}{\sqrt{\sigma_S^2 + \epsilon}}"
            r" + \frac{\partial L}{\partial \sigma_S^2} \frac{2(u_k - \mu_S)}{N}",
            False,
        ),
    ],
)
def test_batch_norm_with_a_capital_for_the_batch(by, derivative, expected):
    claim = rf"\frac{{\partial L}}{{\partial {by}}} = {derivative}"
    assert (verdict(f"{BATCH_NORM}$${claim}$$") == "proved") == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("dV = B^T dY", True),
        ("dB = dY V^T", True),
        (r"dQ = \frac{1}{\sqrt d} dA K", True),
        (r"dK = \frac{1}{\sqrt d} dA Q", False),
        ("dW_Q = X^T dQ", True),
        ("dW_Q = dQ X^T", False),
        ("dX = dQ W_Q^T + dK W_K^T + dV W_V^T", True),
        ("dX = dQ W_Q^T + dK W_K^T", False),
    ],
)
def test_attention_whose_weights_are_named_by_what_they_make(claim, expected):
    assert (verdict(f"{ATTENTION}$${claim}$$") == "proved") == expected


def test_a_class_below_a_probability_is_no_label():
    note = r"""$$p_j = \frac{e^{z_j}}{\sum_k e^{z_k}}, \quad L = -\log p_C, \quad t_C = 1$$
$$\frac{\partial L}{\partial z_C} = p_C - 1$$"""
    assert verdict(note) != "refuted"


def test_a_function_may_be_taken_at_a_difference():
    note = r"Let $f(x) = x^3$. $\frac{d f}{d x}(a - b) = %s$"
    assert verdict(note % "3 (a - b)^2") == "unread"
    assert verdict(note % "3 x^2 (a - b)") == "unread"


VECTORS = r"""Let $y, p \in \mathbb R^n$, $L = -\sum_{i=1}^n y_i \log p_i + (1-y_i) \log(1-p_i)$.
"""


@pytest.mark.parametrize(
    ("derivative", "expected"),
    [
        (r"-\frac{y}{p} + \frac{1-y}{1-p}", "proved"),
        (r"\frac{p - y}{p \odot (1 - p)}", "proved"),
        (r"(p - y) / (p \odot (1 - p))", "proved"),
        (r"-\frac{y}{p} - \frac{1-y}{1-p}", "refuted"),
    ],
)
def test_a_quotient_of_vectors_is_one_of_each_entry(derivative, expected):
    assert verdict(rf"{VECTORS}$$\frac{{\partial L}}{{\partial p}} = {derivative}$$") == expected


def test_a_quotient_of_other_sizes_is_ill_typed():
    note = r"Let $a \in \mathbb R^n$, $c \in \mathbb R^m$. $$a = \frac{a}{c}$$"
    assert verdict(note) == "ill-typed"


@pytest.mark.parametrize("letter", ["M", "N", "K", "T", "A"])
@pytest.mark.parametrize("start", ["", r"Let $u \in \mathbb R^p$ and $c \in \mathbb R^n$. "])
def test_what_stands_between_a_row_and_a_vector_is_no_number(letter, start):
    by = rf"\frac{{\partial}}{{\partial u}} u^\top {letter} u = "
    assert verdict(rf"{start}$${by} ({letter} + {letter}^\top) u$$") == "proved"
    assert verdict(rf"{start}$${by} 2 {letter} u$$") == "undecided"
    assert verdict(rf"{start}$${by} {letter} u$$") != "proved"


def test_an_eigenvalue_between_a_row_and_a_vector_is_a_number():
    note = r"$$q = u^\top \lambda u$$ $$\nabla_u q = 2 \lambda u$$"
    assert verdict(note) == "proved"
