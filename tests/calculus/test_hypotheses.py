"""What may be assumed of tensors: used where it is needed, named, and never more than said."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothetical_identities import FAIL, HOLD
from kernel_builders import ONE, A, T, at, u, v, x

from symgrad.calculus.expression import number
from symgrad.calculus.hypotheses import OneHot, Positive, SumsToOne, Symmetric
from symgrad.calculus.index import Fixed, Size, Tensor, fresh
from symgrad.calculus.normal_form import prove_equal


@pytest.mark.parametrize("name", HOLD)
def test_what_holds_under_hypotheses_is_proved_and_only_then(name):
    left, right, hypotheses = HOLD[name]
    found = prove_equal(left, right, hypotheses)
    assert found is not None
    assert found.hypotheses == hypotheses
    assert prove_equal(right, left, hypotheses) == found
    assert prove_equal(left, right) is None
    for one in hypotheses:
        fewer = tuple(other for other in hypotheses if other is not one)
        assert prove_equal(left, right, fewer) is None


@pytest.mark.parametrize("name", FAIL)
def test_what_does_not_follow_is_not_proved(name):
    left, right, hypotheses = FAIL[name]
    assert prove_equal(left, right, hypotheses) is None
    assert prove_equal(right, left, hypotheses) is None


def test_only_the_hypotheses_that_are_needed_are_named():
    left, right, needed = HOLD["softmax with cross-entropy, a distribution"]
    given = (Positive(v), Symmetric(T), *needed, SumsToOne(u), Positive(x.tensor))
    assert prove_equal(left, right, given).hypotheses == needed
    assert prove_equal(x, x, given).hypotheses == ()
    shown = [str(h) for h in (*given, OneHot(A, 0))]
    assert shown == [
        *("v is positive", "T is symmetric", "v sums to 1", "u sums to 1", "x is positive"),
        "each column of A is one-hot",
    ]


def test_hypotheses_must_fit_their_tensor():
    with pytest.raises(ValueError, match="A is no square matrix"):
        Symmetric(A)
    with pytest.raises(ValueError, match="x has no axis -1"):
        SumsToOne(x.tensor)
    with pytest.raises(ValueError, match="v has no axis 1"):
        OneHot(v, 1)


def test_a_vector_of_one_entry():
    one = Tensor("o", (Size("1"),))
    index = fresh("i", Size("1"))
    assert prove_equal(at(one, index), ONE, (OneHot(one),))
    assert prove_equal(at(one, Fixed(1, Size("1"))), ONE, (OneHot(one),))
    assert prove_equal(at(one, index), number(Fraction(1, 2)), (OneHot(one),)) is None
