"""What words say of arrays: one-hot, symmetric; where they take it back, nothing is assumed."""

import pytest

from symgrad import verify

SOFTMAX = r"""Let $z, t \in \mathbb R^n$, $q_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$.
WORDS
$$H = -\sum_{k=1}^n t_k \log q_k$$
$$\frac{\partial H}{\partial z_i} = q_i - t_i$$"""
FORM = r"""Let $A \in \mathbb R^{n \times n}$ and $x \in \mathbb R^n$. WORDS
$$\nabla_x (x^\top A x) = 2 A x$$"""

INSIDE = r"""Let $z, t \in \mathbb R^n$, $q_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$.
$$H = -\sum_{k=1}^n t_k \log q_k WORDS$$
$$\frac{\partial H}{\partial z_i} = q_i - t_i$$"""
ONE_HOT = [
    "Here $t$ is one-hot.",
    "Here $t$ is the one-hot encoded target vector.",
    "where $t$ is the true label (one-hot).",
    "Consider a one-hot target vector $t$.",
    "where $t$ denotes the target; $t$ is a one-hot vector.",
    "où $t$ est un vecteur one-hot.",
    "wobei $t$ ein One-Hot-Vektor ist.",
]
NOT_ONE_HOT = [
    "Here $t$ is not one-hot.",
    "If $t$ is one-hot, more can be said.",
    "Sometimes $t$ is one-hot.",
    "Here $t$ is never a one-hot vector.",
    "Is $t$ one-hot?",
    "Here $q$ is one-hot.",
    "Here $z$ is one-hot.",
    "Here $t$ is given. One-hot vectors are rare.",
    "Here $t$ is compared to one-hot vectors.",
]
SYMMETRIC = [
    "Here $A$ is symmetric.",
    "Consider the symmetric matrix $A$.",
    "Here $A$ is a real symmetric matrix.",
    "Let $A$ be symmetric.",
    "où $A$ est symétrique.",
]
NOT_SYMMETRIC = [
    "Here $A$ is not symmetric.",
    "Here $A$ is a skew-symmetric matrix.",
    "Here $A$ is skew symmetric.",
    "Here $A$ is antisymmetric.",
    "If $A$ is symmetric, this is simpler.",
    "Here $A$ has a symmetric part.",
]


def last(text):
    return verify(text, second_opinion=False).results[-1]


@pytest.mark.parametrize("words", ONE_HOT)
def test_one_hot_is_assumed(words):
    result = last(SOFTMAX.replace("WORDS", words))
    assert result.verdict == "proved"
    assert "one-hot" in result.assuming[0].lower()


@pytest.mark.parametrize("words", NOT_ONE_HOT)
def test_one_hot_is_not_assumed(words):
    result = last(SOFTMAX.replace("WORDS", words))
    assert result.verdict in ("undecided", "refuted")


@pytest.mark.parametrize("words", SYMMETRIC)
def test_symmetry_is_assumed(words):
    assert last(FORM.replace("WORDS", words)).verdict == "proved"


@pytest.mark.parametrize("words", NOT_SYMMETRIC)
def test_symmetry_is_not_assumed(words):
    assert last(FORM.replace("WORDS", words)).verdict in ("undecided", "refuted")


def test_what_fails_under_it_is_refuted():
    text = SOFTMAX.replace("WORDS", "Here $t$ is one-hot.").replace("q_i - t_i", "t_i - q_i")
    assert last(text).verdict == "refuted"


def test_each_label_of_a_set_is_one_hot():
    text = r"""Let $z_i \in \mathbb R^n$, $t_i \in \mathbb R^n$ for $i = 1, \dots, N$.
Here $t_i$ is one-hot.
$q_{ij} = \frac{e^{z_{ij}}}{\sum_{k=1}^n e^{z_{ik}}}$.
$$H = -\sum_{i=1}^N \sum_{k=1}^n t_{ik} \log q_{ik}$$
$$\frac{\partial H}{\partial z_{ij}} = q_{ij} - t_{ij}$$"""
    assert last(text).verdict == "proved"


def test_the_argument_of_a_function_is_a_number():
    text = (
        r"""Let $x \in \mathbb R^n$. $g(z) = \frac{1}{1 + e^{-z}}$, so $g'(z) = g(z)(1 - g(z))$."""
    )
    report = verify(text, second_opinion=False)
    assert [result.verdict for result in report.results] == ["proved"]
    assert not report.notes[0].diagnostics


def test_what_is_said_of_a_name_that_nothing_declares():
    note = INSIDE.split("\n", 1)[1].replace("WORDS", r"\quad (t \text{ one-hot})")
    note = r"$$q_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$" + "\n" + note
    assert [result.verdict for result in verify(note).results] == ["proved"]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (r"\quad (t \text{ one-hot})", "proved"),
        (r", \quad t \text{ is a one-hot vector}", "proved"),
        (r"\quad \text{where } t \text{ is one-hot}", "proved"),
        (r"\quad (t \text{ not one-hot})", "undecided"),
        (r"\quad (z \text{ one-hot})", "undecided"),
        (r", \quad t \text{ is one-hot or zero}", "undecided"),
    ],
)
def test_words_inside_a_formula(words, verdict):
    results = verify(INSIDE.replace("WORDS", words)).results
    assert [result.verdict for result in results] == [verdict]
