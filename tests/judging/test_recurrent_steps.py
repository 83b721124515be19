"""A recursion over time, of any length: the gradient of a step from that of the next state."""

import pytest

from symgrad.verify import verify

CELL = r"""Let $W \in \mathbb R^{n \times n}$, $U \in \mathbb R^{n \times m}$, $b \in \mathbb R^n$,
$x_t \in \mathbb R^m$, $s_t \in \mathbb R^n$ and $f: \mathbb R \to \mathbb R$.

$$a_t = W s_{t-1} + U x_t + b$$

$$s_t = f(a_t)$$

"""
GATED = r"""Let $x_t, s_t, v, w \in \mathbb R$ and $f: \mathbb R \to \mathbb R$.

$$g_t = f(v s_{t-1} + w x_t)$$

$$s_t = g_t s_{t-1} + (1 - g_t) x_t$$

"""
ABOVE = r"\frac{\partial L}{\partial s_t}"


def verdict(note, claim):
    return verify(f"{note}$${claim}$$\n", second_opinion=False).results[-1].verdict


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("s_{t-1}", rf"W^\top ({ABOVE} \odot f'(a_t))"),
        ("a_t", rf"{ABOVE} \odot f'(a_t)"),
    ],
)
def test_a_step_of_a_recurrent_layer(left, right):
    assert verdict(CELL, rf"\frac{{\partial L}}{{\partial {left}}} = {right}") == "proved"


@pytest.mark.parametrize(
    "right",
    [
        rf"W ({ABOVE} \odot f'(a_t))",
        rf"W^\top {ABOVE}",
        rf"W^\top ({ABOVE} \odot f'(a_{{t-1}}))",
        rf"W^\top ({ABOVE} \odot f(a_t))",
        rf"2 W^\top ({ABOVE} \odot f'(a_t))",
    ],
)
def test_a_wrong_step_of_a_recurrent_layer(right):
    claim = rf"\frac{{\partial L}}{{\partial s_{{t-1}}}} = {right}"
    assert verdict(CELL, claim) in ("refuted", "undecided", "ill-typed")


STEP = r"g_t + (s_{t-1} - x_t) v f'(v s_{t-1} + w x_t)"


def test_a_step_of_a_gated_state():
    slope = r"\frac{\partial s_t}{\partial s_{t-1}}"
    assert verdict(GATED, f"{slope} = {STEP}") == "proved"
    assert verdict(GATED, f"{slope} = {STEP.replace('v f', 'w f')}") == "refuted"
    assert verdict(GATED, f"{slope} = g_t") != "proved"
