"""A derivative is not called proved where an equation that was not taken may say more."""

import pytest

from symgrad.verify import verify

ARRAYS = r"Let $W \in \mathbb R^{m \times n}$, $x \in \mathbb R^n$, $t \in \mathbb R^m$. "


def verdict(note, claim):
    return verify(f"{note}\n\n$${claim}$$\n", second_opinion=False).results[-1].verdict


@pytest.mark.parametrize(
    ("note", "claim"),
    [
        (r"$$\ln p_k = x_k - \ln \sum_j e^{x_j}$$", r"\frac{\partial p_k}{\partial x_k} = 0"),
        (r"$$s = \int_0^1 \sum_i x_i^2 t\,dt$$", r"\frac{\partial s}{\partial x_i} = 0"),
        (
            r"$y = \begin{cases} x^2 & x > 0 \\ 0 & \text{else, whatever}\end{cases}$",
            r"\frac{\partial y}{\partial x} = 0",
        ),
        (r"$g_i^2 = x_i^4$", r"\frac{\partial}{\partial x_i}\sum_k g_k = 0"),
        (r"$d_i^2 = x_i^4$", r"\frac{\partial}{\partial x_i}\sum_k d_k = 0"),
        (
            ARRAYS + r"$y=Wx$, $u_i = \text{softmax}(y)$. $L = -\sum_j t_j \log u_j$.",
            r"\frac{\partial L}{\partial y_i} = 0",
        ),
        (
            r"$h_t = \sigma(w h_{t-1} + x_t)$, $L = \sum_{t=1}^T (h_t - y_t)^2$",
            r"\frac{\partial L}{\partial h_t} = 2(h_t - y_t)",
        ),
        (
            "$$x_{k+1} = x_k + f_k(x_k)$$\n\n" + r"$$L = \frac12\sum_k x_k^2$$",
            r"\frac{\partial L}{\partial x_k} = x_k",
        ),
        ("$$h_t = f(h_{t-1})$$", r"\frac{\partial h_t}{\partial h_1} = 0"),
        (r"$\ln(p_k) = x_k - c$", r"\frac{\partial p_k}{\partial x_k} = 0"),
        ("$$p^2 + x^2 = 1$$", r"\frac{\partial p}{\partial x} = 0"),
        (r"$$0 = x - \ln p$$", r"\frac{\partial p}{\partial x} = 0"),
        ("$h_t = w h_{t-1}$", r"\frac{\partial h_3}{\partial h_1} = 0"),
        ("$h_t = w h_{t-1}$", r"\frac{\partial h_t}{\partial w} = h_{t-1}"),
    ],
)
def test_a_name_that_may_depend_on_the_variable(note, claim):
    assert verdict(note, claim) != "proved"


@pytest.mark.parametrize(
    ("note", "claim"),
    [
        (r"$$s = \sum_i x_i^2$$", r"\frac{\partial s}{\partial x_i} = 2 x_i"),
        (r"$$\ln q_k = w_k$$", r"\frac{\partial}{\partial x_k} \sum_j q_j x_j = q_k"),
        (ARRAYS + r"$y = Wx$, $L = t^\top y$.", r"\frac{\partial L}{\partial y} = t"),
        ("$h_t = w h_{t-1}$", r"\frac{\partial h_t}{\partial h_{t-1}} = w"),
        ("$h_t = h_{t-1} + v x_t$", r"\frac{\partial h_t}{\partial x_t} = v"),
        (
            r"Let $t \in \mathbb R^m$ with $\sum\limits_{k=1}^{m} t_k = 1$, $x \in \mathbb R^m$."
            r" $$y_i = e^{x_i} \sum\limits_{k=1}^{m} x_k$$ $$L = \sum_{k=1}^m t_k y_k^2$$",
            r"\frac{\partial L}{\partial y_i} = 2 t_i y_i",
        ),
    ],
)
def test_what_no_equation_puts_in_doubt_stays_proved(note, claim):
    assert verdict(note, claim) == "proved"


def test_the_message_names_the_equation():
    note = (
        "$$\\ln p_k = x_k - \\ln \\sum_j e^{x_j}$$\n\n$$\\frac{\\partial p_k}{\\partial x_k} = 0$$"
    )
    found = verify(note, second_opinion=False).results[-1]
    assert found.message == (
        "proved only if p does not depend on x, and the equation on line 1 may say otherwise"
    )
