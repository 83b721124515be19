"""Equations that say what a variable is at one point: they define nothing."""

import pytest

from symgrad.verify import verify

SQUARE = r"$$f = u^2 v$$" + "\n\n"
LOSS = r"$$E = -t \log q - (1-t) \log(1-q)$$" + "\n\n"
FORM = r"Let $x, y \in \mathbb R^n$, $f = x^T y$." + "\n\n"
RECTIFIED = r"Let $z \in \mathbb R^n$." + "\n\n" + r"$$r_i = \max(z_i, 0)$$" + "\n\n"
QUADRATIC = r"Let $A, S \in \mathbb R^{n \times n}$, $x \in \mathbb R^n$, $f = x^T A x$." + "\n\n"


def last(text, claim):
    results = verify(f"{text}\n\n$${claim}$$\n", second_opinion=False).results
    return results[-1].verdict


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (SQUARE + "At $u = 0$ the slope is zero.", r"\frac{\partial f}{\partial u} = 7u"),
        (SQUARE + "When $v = 1$, it is easy.", r"\frac{\partial f}{\partial u} = 2u"),
        (SQUARE + "We start from $u = 0$.", r"\frac{\partial f}{\partial u} = 0"),
        (SQUARE + "Solving gives\n\n$$u = 0$$", r"\frac{\partial f}{\partial u} = 3uv"),
        (SQUARE + "Solving gives\n\n$$u = -v$$", r"\frac{\partial f}{\partial u} = -2v^2"),
        (SQUARE + "On the line $u = v$ it is a cube.", r"\frac{\partial f}{\partial u} = 2v^2"),
        (SQUARE + "If $v = 1/u$ it is linear.", r"\frac{\partial f}{\partial u} = 2"),
        (LOSS + r"If $t = 1$, then $E = -\log q$.", r"\frac{\partial E}{\partial q} = -\frac1q"),
        (LOSS + "It is $t=1$ for cats, $t=0$ else.", r"\frac{\partial E}{\partial q} = -\frac1q"),
        (FORM + "Note $y = x$ gives a square.", r"\frac{\partial f}{\partial x} = 2x"),
        (FORM + "It is smooth at $x = 0$.", r"\frac{\partial f}{\partial x} = 7y"),
        (RECTIFIED + "Here $r_i = 0$ for $z_i < 0$.", r"\frac{\partial r_i}{\partial z_i} = 0"),
        ("$$g(s) = s^3$$\n\nSince $s = 0$ gives 0,", "g'(s) = 5s"),
    ],
)  # fmt: skip
def test_a_value_at_a_point_proves_nothing(text, claim):
    assert last(text, claim) != "proved"


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (SQUARE + "At $u = 0$ the slope is zero.", r"\frac{\partial f}{\partial u} = 2uv"),
        (LOSS + r"If $t = 1$, then $E = -\log q$.",
         r"\frac{\partial E}{\partial q} = -\frac{t}{q} + \frac{1-t}{1-q}"),
        ("The rate is $\\eta = 0.1$. $$g = \\eta w^2$$", r"\frac{\partial g}{\partial w} = 0.2 w"),
        ("$$g = \\kappa w^2$$\n\nwhere $\\kappa = 2$.", r"\frac{\partial g}{\partial w} = 4 w"),
        ("$$g = (w - y)^2$$\n\nwhere $w = 3s$.", r"\frac{\partial g}{\partial s} = 6 (w - y)"),
    ],
)  # fmt: skip
def test_what_is_true_beside_one_is_proved(text, claim):
    assert last(text, claim) == "proved"


def test_an_input_that_equals_another_at_a_point():
    claim = r"\frac{\partial f}{\partial x} = y"
    assert last(FORM + "For $y = x$ we get a square.", claim) not in ("refuted", "ill-typed")


def test_a_name_that_is_an_input_in_one_formula_and_defined_in_another():
    claim = r"\frac{\partial f}{\partial x} = (A + A^T) x"
    assert last(QUADRATIC + "Often $A = S^T S$.", claim) == "undecided"


def test_a_letter_with_a_mark_is_no_use_of_the_letter():
    text = r"Let $x, \tilde y \in \mathbb R^n$, $z_i = \exp(x_i)$, $y_i = z_i$."
    text += r" $$L = \frac12 \sum_{k=1}^n (y_k - \tilde y_k)^2$$"
    chain = r"\frac{\partial L}{\partial y_i} \frac{\partial y_i}{\partial z_i} = y_i - \tilde y_i"
    assert last(text, rf"\frac{{\partial L}}{{\partial z_i}} = {chain}") == "proved"


def test_a_letter_with_a_label_is_another_name():
    text = r"Let $x, t \in \mathbb R^n$, $z_i = \exp(x_i)$, $x^{(1)}_i = z_i$."
    text += r" $$L = \frac12 \sum_{k=1}^n (x^{(1)}_k - t_k)^2$$"
    chain = r"\frac{\partial L}{\partial x^{(1)}_i} \frac{\partial x^{(1)}_i}{\partial z_i}"
    claim = rf"\frac{{\partial L}}{{\partial z_i}} = {chain} = x^{{(1)}}_i - t_i"
    assert last(text, claim) == "proved"
