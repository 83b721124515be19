"""Vectors and matrices written out cell by cell, with dots or in full."""

import pytest

from symgrad import verify

LAYER = (
    r"Let $A \in \mathbb R^{p \times q}$, $u \in \mathbb R^q$, $v = A u$, "
    r"$e_i = \frac{\partial C}{\partial v_i}$. "
)
SOFTMAX = r"Let $u \in \mathbb R^k$, $s_i = \frac{e^{u_i}}{\sum_{j=1}^k e^{u_j}}$. "
SQUARE = r"Let $u \in \mathbb R^q$ and $h = u^T u$. "
THREE = r"$u = \begin{bmatrix} u_1 \\ u_2 \\ u_3 \end{bmatrix}$, $h = u_1^2 + u_2^2 + u_3^2$. "
PLANE = r"Let $a, b \in \mathbb R$ and $h(a, b) = a b^2$. "


def verdicts(text):
    return [result.verdict for result in verify(text, second_opinion=False).results]


@pytest.mark.parametrize(
    "claim",
    [
        r"$$\nabla_u h = \begin{bmatrix} 2 u_1 \\ 2 u_2 \\ \vdots \\ 2 u_q \end{bmatrix}$$",
        r"$$\frac{\partial h}{\partial u} = \begin{pmatrix} \frac{\partial h}{\partial u_1} & "
        r"\dots & \frac{\partial h}{\partial u_q} \end{pmatrix}$$",
        r"$$\nabla_u h = \left[ 2 u_1, \dots, 2 u_q \right]^\top$$",
        r"$$\nabla_u h = (2 u_1, \dots, 2 u_q)$$",
    ],
)
def test_gradients_by_their_entries(claim):
    assert verdicts(SQUARE + claim) == ["proved"]


@pytest.mark.parametrize(
    "claim",
    [
        r"$$\nabla_u h = \begin{bmatrix} u_1 \\ u_2 \\ \vdots \\ u_q \end{bmatrix}$$",
        r"$$\nabla_u h = \left[ 2 u_1^2, \dots, 2 u_q^2 \right]^\top$$",
    ],
)
def test_wrong_entries_are_refuted(claim):
    assert verdicts(SQUARE + claim) == ["refuted"]


def test_a_gradient_of_which_only_the_entries_are_said():
    right = r"\begin{bmatrix} \frac{\partial C}{\partial u_1} \\ \vdots \\ "
    right += r"\frac{\partial C}{\partial u_n} \end{bmatrix}"
    assert verdicts(rf"$$\frac{{\partial C}}{{\partial u}} = {right}$$") == ["proved"]
    assert verdicts(rf"$$\frac{{\partial C}}{{\partial u}} = 2 {right}$$") == ["undecided"]


def test_an_outer_product():
    claim = (
        r"$$\frac{\partial C}{\partial A} = \begin{bmatrix} e_1 u_1 & e_1 u_2 & \cdots & e_1 u_q \\"
        r"e_2 u_1 & e_2 u_2 & \cdots & e_2 u_q \\ \vdots & \vdots & \ddots & \vdots \\"
        r"e_p u_1 & e_p u_2 & \cdots & e_p u_q \end{bmatrix} = e u^T$$"
    )
    assert verdicts(LAYER + claim) == ["proved", "proved"]


def test_its_transpose_is_not_proved():
    claim = (
        r"$$\frac{\partial C}{\partial A} = \begin{bmatrix} u_1 e_1 & \cdots & u_1 e_p \\"
        r"\vdots & \ddots & \vdots \\ u_q e_1 & \cdots & u_q e_p \end{bmatrix}$$"
    )
    assert verdicts(LAYER + claim)[0] in ("undecided", "ill-typed")


def test_another_diagonal():
    right = r"$$\frac{\partial s}{\partial u} = \begin{bmatrix} s_1 (1 - s_1) & - s_1 s_2 & \cdots"
    right += r"& - s_1 s_k \\ - s_2 s_1 & s_2 (1 - s_2) & \cdots & - s_2 s_k \\ \vdots & \vdots &"
    right += r"\ddots & \vdots \\ - s_k s_1 & - s_k s_2 & \cdots & s_k (1 - s_k) \end{bmatrix}$$"
    assert verdicts(SOFTMAX + right) == ["proved"]
    assert verdicts(SOFTMAX + right.replace("- s", "s")) == ["refuted"]
    for number in "12k":
        right = right.replace(rf"s_{number} (1 - s_{number})", f"s_{number}")
    assert verdicts(SOFTMAX + right) == ["refuted"]


@pytest.mark.parametrize(
    "cells",
    [
        r"a_1 & 0 & \cdots & 0 \\ 0 & a_2 & \cdots & 0 \\ \vdots & \vdots & \ddots & \vdots \\"
        r"0 & 0 & \cdots & a_n",
        r"a_1 & & \\ & \ddots & \\ & & a_n",
    ],
)
def test_a_diagonal_matrix(cells):
    note = r"Let $a, u \in \mathbb R^n$. $$\begin{bmatrix}" + cells + r"\end{bmatrix} u = "
    assert verdicts(note + r"a \odot u$$") == ["proved"]
    assert verdicts(note + r"a^T u$$") != ["proved"]


def test_vectors_of_three_are_declared_by_their_entries():
    claim = r"$$\frac{\partial h}{\partial u} = \begin{bmatrix} 2 u_1 \\ 2 u_2 \\ 2 u_3"
    assert verdicts(THREE + claim + r"\end{bmatrix} = 2 u$$") == ["proved", "proved"]
    wrong = claim.replace("2 u_3", "u_3")
    assert verdicts(THREE + wrong + r"\end{bmatrix}$$") == ["refuted"]


def test_a_row_is_declared_as_one():
    note = r"$u = \begin{bmatrix} u_1, u_2 \end{bmatrix}$, "
    note += r"$w = \begin{bmatrix} w_1 \\ w_2 \end{bmatrix}$. $$y = u w$$"
    assert verdicts(note + r"$$\frac{\partial y}{\partial w} = u^T$$") == ["proved"]
    assert verdicts(note + r"$$y = u_1 w_1 + u_2 w_2$$") == ["proved"]
    assert verdicts(note + r"$$y = u_1 w_2 + u_2 w_1$$") == ["refuted"]


def test_numbered_names_with_a_meaning_of_their_own_are_no_entries():
    # h does not depend on a vector u of which u_1 and u_2 are no entries.
    for given in (r"Let $u_1, u_2 \in \mathbb R$. ", r"$$u_1 = 3 t$$ $$u_2 = t$$ "):
        note = given + r"$h = u_1^2 + u_2^2$, $u = \begin{bmatrix} u_1 \\ u_2 \end{bmatrix}$. "
        claim = r"$$\frac{\partial h}{\partial u} = \begin{bmatrix} 2 u_1 \\ 2 u_2 \end{bmatrix}$$"
        assert not {"refuted", "ill-typed"} & set(verdicts(note + claim))
        zero = r"$$\frac{\partial h}{\partial u} = 0$$"
        assert "proved" not in verdicts(note + zero)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\nabla h = (b^2, 2 a b)", "proved"),
        (r"\nabla h(a, b) = \begin{bmatrix} b^2 \\ 2 a b \end{bmatrix}", "proved"),
        (r"\nabla h = \begin{bmatrix} 2 a b \\ b^2 \end{bmatrix}", "refuted"),
    ],
)
def test_gradients_by_all_arguments(claim, verdict):
    assert verdicts(rf"{PLANE}$${claim}$$") == [verdict]


def test_small_matrices_cell_by_cell():
    note = r"Let $a, b \in \mathbb R$. $$R = \begin{pmatrix} a & -b \\ b & a \end{pmatrix}$$"
    right = r"$$R R = \begin{pmatrix} a^2 - b^2 & -2 a b \\ 2 a b & a^2 - b^2 \end{pmatrix}$$"
    assert verdicts(note + right) == ["proved"]
    assert verdicts(note + right.replace("-2 a", "2 a")) == ["refuted"]


@pytest.mark.parametrize(
    "claim",
    [
        r"2 u = \begin{bmatrix} 1 \\ 2 \\ \vdots \\ q \end{bmatrix}",
        r"2 u = \begin{bmatrix} u_1 \\ u_3 \\ \vdots \\ u_q \end{bmatrix}",
        r"2 u = \begin{bmatrix} u_1 \\ \\ u_q \end{bmatrix} + \begin{bmatrix} u \\ u \end{bmatrix}",
        r"2 h = \begin{vmatrix} u_1 & u_2 \\ u_2 & u_1 \end{vmatrix}",
        r"2 u = \begin{bmatrix} u_1 & & \\ & \vdots & u_q \end{bmatrix}",
    ],
)
def test_cells_without_a_pattern_give_no_verdict(claim):
    assert verdicts(SQUARE + f"$${claim}$$")[0] in ("unread", "undecided", "ill-typed")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial C}{\partial a_{ij}} = \frac{\partial C}{\partial v_i} u_j", "proved"),
        (r"\frac{\partial C}{\partial a_{ij}} = \frac{\partial C}{\partial v_i} u_i", "undecided"),
    ],
)
def test_entries_have_the_small_letter_of_their_matrix(claim, verdict):
    note = (
        r"$$A = \begin{bmatrix} a_{11} & \cdots & a_{1q} \\ \vdots & \ddots & \vdots \\"
        r"a_{p1} & \cdots & a_{pq} \end{bmatrix}$$ $$v = A u$$ "
    )
    assert verdicts(f"{note}$${claim}$$") == [verdict]


def test_a_list_of_names_is_no_variable():
    note = r"$$\theta = (a, b)$$ $$h = (a u + b)^2$$ "
    for right in (
        "0",
        r"\left(\frac{\partial h}{\partial a}, \frac{\partial h}{\partial b}\right)",
    ):
        assert verdicts(rf"{note}$$\frac{{\partial h}}{{\partial \theta}} = {right}$$") == [
            "unread"
        ]


def test_a_name_that_is_spelled_and_defined_depends_on_what_defines_it():
    note = (
        r"Let $A \in \mathbb R^{n \times m}$, $y \in \mathbb R^m$. "
        r"$$u = \begin{bmatrix} u_1 \\ \vdots \\ u_n \end{bmatrix} = A y$$ $$h = u^T u$$ "
    )
    found = verdicts(
        note + r"$$\frac{\partial h}{\partial y} = 2 A^T u$$ $$\frac{\partial h}{\partial y} = 0$$"
    )
    assert found == ["proved", "proved", "proved", "refuted"]
