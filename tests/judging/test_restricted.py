"""Claims that may be meant for less than all: not called false, where the note says for what."""

import pytest

from symgrad.verify import verify

SOFTMAX = r"Let $z \in \mathbb R^n$ and $p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$."
FORM = r"$x \in \mathbb R^n$, $A \in \mathbb R^{n \times n}$"
HINGE = r"Let $a, p \in \mathbb R^n$ and $L = \max(\|a - p\|^2 - 1, 0)$."
SQUARES = r"Let $X \in \mathbb R^{n \times m}$, $w \in \mathbb R^m$, $y \in \mathbb R^n$."


def last(words, claim):
    return verify(f"{words}\n\n$${claim}$$\n", second_opinion=False).results[-1].verdict


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        (r"Let $x \in \mathbb R$, $x \ge 0$.", "|x| = x"),
        (r"Let $x \in \mathbb R^n$, $x_k \ge 0$ for all $k$.", r"\sum_k |x_k| = \sum_k x_k"),
        (r"Let $x \in \mathbb R$ with $x > 1$.", r"\max(0, x - 1) = x - 1"),
        (r"Let $x \in \mathbb R^n$ with $0 < x_i < 1$.", "|x_i| = x_i"),
        (r"Let $x \in \mathbb R^n$, $x_i \in [0, 1]$.", "|x_i| = x_i"),
        (r"Let $y \in \{0,1\}^n$.", r"\sum_k y_k = 1"),
        (
            r"Let $z \in \mathbb R$, $a = \max(0, z)$. If $z > 0$ then",
            r"\frac{\partial a}{\partial z} = 1",
        ),
        (f"Let {FORM}. The matrix is symmetric.", r"\nabla_x x^T A x = 2 A x"),
        (f"Soient {FORM}. Par symétrie,", r"\nabla_x x^T A x = 2 A x"),
        (SQUARES + r" Let $J = \|Xw - y\|^2$.", r"\nabla_w J = 2 X^T (Xw - y) = 0"),
        (SQUARES + " At the minimum", r"2 X^T (Xw - y) = 0"),
        (HINGE + " When the loss is positive,", r"\frac{\partial L}{\partial a} = 2 (a - p)"),
        (HINGE + " Otherwise", r"\frac{\partial L}{\partial a} = 0"),
        (HINGE + " Quand le terme est actif,", r"\frac{\partial L}{\partial p} = 2 (p - a)"),
    ],
)
def test_what_may_be_meant_for_less_is_not_called_false(words, claim):
    assert last(words, claim) == "undecided"


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        (SOFTMAX + r" Case 2: $i \neq j$.", r"\frac{\partial p_i}{\partial z_j} = -p_i p_j"),
        (SOFTMAX + " When $i = j$:", r"\frac{\partial p_i}{\partial z_j} = p_i (1 - p_i)"),
        (r"Let $x \in \mathbb R^n$. Si $i = j$,", r"\frac{\partial x_i}{\partial x_j} = 1"),
    ],
)
def test_what_is_meant_for_a_case_is_proved_there(words, claim):
    assert last(words, claim) == "proved"


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        (SOFTMAX + r" Case 2: $i \neq j$.", r"\frac{\partial p_i}{\partial z_j} = p_i p_j"),
        (SOFTMAX + " When $i = j$:", r"\frac{\partial p_i}{\partial z_j} = p_i (1 + p_i)"),
        (SOFTMAX, r"\frac{\partial p_i}{\partial z_j} = -p_i p_j"),
        (r"Let $n \ge 2$, $x \in \mathbb R^n$.", r"\frac{\partial \|x\|^2}{\partial x_i} = 3 x_i"),
        (f"Let {FORM} be a matrix.", r"\nabla_x x^T A x = 2 A x"),
        (f"Let {FORM} be a symmetric matrix.", r"\nabla_x x^T A x = 3 A x"),
        (r"Let $x \in \mathbb R^n$.", r"\frac{\partial \|x\|^2}{\partial x_i} = 0"),
        (HINGE + " When the loss is positive,", r"\frac{\partial L}{\partial a} = 2 (p - a)"),
        (HINGE + " Then", r"\frac{\partial L}{\partial a} = 2 (a - p)"),
    ],
)
def test_what_is_false_all_the_same_is_called_so(words, claim):
    assert last(words, claim) == "refuted"


@pytest.mark.parametrize(
    ("words", "claim", "expected"),
    [
        (r"For $i \neq j$: ", r"\frac{\partial p_i}{\partial z_j} = -p_i p_j", "proved"),
        (r"When $i \neq j$ we have ", r"\frac{\partial p_i}{\partial z_j} = -p_i p_j", "proved"),
        (r"For $i \neq j$, ", r"\frac{\partial p_i}{\partial z_j} = p_i p_j", "refuted"),
    ],
)
def test_a_case_inside_a_sentence(words, claim, expected):
    found = verify(f"{SOFTMAX}\n\n{words}${claim}$.", second_opinion=False).results[-1]
    assert found.verdict == expected


SQUARE = r"\in \mathbb R^{n \times n}"
ORTHOGONAL = r"Q^T Q x = x"
VECTOR = r"$x \in \mathbb R^n$"


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        (f"Let $D {SQUARE}$ be a diagonal matrix, {VECTOR}.", r"D^T x = D x"),
        (f"Soit $D {SQUARE}$ une matrice diagonale et {VECTOR}.", r"D^T x = D x"),
        (f"Let {VECTOR} and $Q {SQUARE}$ be an orthogonal matrix.", ORTHOGONAL),
        (f"Let {VECTOR}, $Q {SQUARE}$. Suppose $Q$ is orthogonal.", ORTHOGONAL),
        (f"Sei {VECTOR}, $Q {SQUARE}$ orthogonal.", ORTHOGONAL),
        (f"Sea {VECTOR}, $Q {SQUARE}$ una matriz ortogonal.", ORTHOGONAL),
        (f"Let {VECTOR} and $Q {SQUARE}$ be a rotation matrix.", ORTHOGONAL),
        (f"Let {VECTOR} and $P {SQUARE}$ be idempotent.", r"P P x = P x"),
        (f"Let {VECTOR} and $S {SQUARE}$ be skew-symmetric.", r"x^T S x = 0"),
        (
            f"Let {VECTOR} and $L {SQUARE}$ be lower triangular.",
            r"\operatorname{tr}(L L) = \sum_i L_{ii}^2",
        ),
        (f"Seien {VECTOR} und $S {SQUARE}$ schiefsymmetrisch.", r"x^T S x = 0"),
        (f"Sia {VECTOR}, $Q {SQUARE}$ una matrice ortogonale.", ORTHOGONAL),
        (f"Let {VECTOR} and $U {SQUARE}$ have orthonormal columns.", r"U^T U x = x"),
        (f"Let {VECTOR} be normalised so that its entries sum to one.", r"\sum_i x_i = 1"),
        (f"Let {VECTOR} have zero mean.", r"\sum_i x_i = 0"),
        (r"Let $Y \in \mathbb R^{n \times m}$ have one-hot columns.", r"\sum_i Y_{ij} = 1"),
        (f"Let $A {SQUARE}$ be doubly stochastic.", r"\sum_j A_{ij} = 1"),
        (r"Let $D \in \mathbb R^{3 \times 3}$ be diagonal.", r"D^T = D"),
        (f"Let {VECTOR} be binary.", r"x_i^2 = x_i"),
        (f"Let {VECTOR} be a unit vector.", r"x^T x = 1"),
        (f"Let {VECTOR} have non-negative entries.", r"|x_i| = x_i"),
    ],
)
def test_what_words_say_of_a_name_keeps_a_claim_from_being_called_false(words, claim):
    assert last(words, claim) == "undecided"


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        (f"Let $D {SQUARE}$ be diagonal, $Q {SQUARE}$, {VECTOR}.", ORTHOGONAL),
        (f"Let $Q {SQUARE}$ be a matrix, {VECTOR}.", ORTHOGONAL),
        (f"Let $D {SQUARE}$ be an orthogonal matrix and {VECTOR}.", r"x^T x = 1"),
        (f"Let $D {SQUARE}$ be diagonal, {VECTOR}.", r"\nabla_x x^T D x = 3 D x"),
        (f"Let {VECTOR} be a one-hot encoding of what is seen.", r"\sum_k x_k = 2"),
        (f"Let {VECTOR} have positive entries.", r"\nabla_x x^T x = 3 x"),
        (f"Let $n$ be a positive integer and {VECTOR}.", r"|x_i| = x_i"),
    ],
)
def test_what_words_say_of_another_name_saves_nothing(words, claim):
    assert last(words, claim) == "refuted"
