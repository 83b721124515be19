"""Numbers added to arrays: on each entry, where they can mean nothing else."""

import pytest

from symgrad.verify import verify


def results(*displays):
    note = "\n\n".join(f"$${display}$$" for display in displays)
    return verify(note + "\n", second_opinion=False)


def last(note, claim):
    return results(*note, claim).results[-1].verdict


CELL = (
    r"W \in \mathbb{R}^{n\times m},\ x \in \mathbb{R}^m,\ b \in \mathbb{R}^n",
    r"q = \tanh(W x + b)",
)
CENTRED = (
    r"u \in \mathbb{R}^n",
    r"\nu = \frac{1}{n} \sum_{k=1}^n u_k",
    r"c = u - \nu",
    r"E = \frac{1}{2} \|c\|^2",
)


@pytest.mark.parametrize(
    ("note", "right", "wrong"),
    [
        (
            CELL,
            r"\frac{\partial q}{\partial x} = \operatorname{diag}(1 - q^2) W",
            r"\frac{\partial q}{\partial x} = \operatorname{diag}(1 - q) W",
        ),
        (
            CELL,
            r"\frac{\partial q}{\partial b} = \operatorname{diag}(1 - q \odot q)",
            r"\frac{\partial q}{\partial b} = \operatorname{diag}(1 + q \odot q)",
        ),
        (CENTRED, r"\nabla_u E = u - \nu", r"\nabla_u E = u + \nu"),
    ],
)
def test_a_number_is_added_to_each_entry_of_a_vector(note, right, wrong):
    assert last(note, right) == "proved"
    assert last(note, wrong) == "refuted"


def test_it_is_said():
    said = results(*CELL, r"\frac{\partial q}{\partial b} = \operatorname{diag}(1 - q^2)")
    assert any("1 is added to each entry" in s for s in said.notes[0].assumptions)


def test_one_may_be_the_identity_in_a_sum_with_a_square_matrix():
    note = (r"A \in \mathbb{R}^{n\times n},\ x \in \mathbb{R}^n", r"y = x - A x")
    assert last(note, r"\frac{\partial y}{\partial x} = 1 - A") == "ill-typed"
