"""Claims under hypotheses: proof, exact evaluation and SymPy are asked where they are met."""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from random import Random

import pytest
from hypothetical_identities import FAIL, HOLD
from kernel_builders import ONE, A, T, at, total, u, v, x

from symgrad.calculus.hypotheses import OneHot, Positive, SumsToOne, Symmetric
from symgrad.calculus.index import Size, Tensor
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.substitution import free_indices
from symgrad.judging.decide import Decider
from symgrad.judging.hypothetical import entries_under
from symgrad.judging.points import tame_values
from symgrad.judging.second_opinion import SympyRoute
from symgrad.judging.sympy_setting import Setting


def decided(left, right, hypotheses):
    free = sorted(free_indices(left) | free_indices(right), key=lambda index: index.uid)
    return Decider(SympyRoute()).decide(left, right, free, hypotheses)


@pytest.mark.parametrize("name", HOLD)
def test_what_needs_hypotheses_is_proved_with_them_and_refuted_without(name):
    left, right, hypotheses = HOLD[name]
    decision = decided(left, right, hypotheses)
    assert decision.equal is True, decision
    assert decision.hypotheses == hypotheses
    without = decided(left, right, ())
    # Where a logarithm has a value there is nothing to refute: its arguments are positive.
    assert without.equal is (None if name.startswith("log of a") else False)
    if decision.second_opinion is not None:
        assert decision.second_opinion.agrees
        assert without.second_opinion is not None


@pytest.mark.parametrize("name", FAIL)
def test_what_does_not_follow_is_refuted_where_the_hypotheses_are_met(name):
    left, right, hypotheses = FAIL[name]
    decision = decided(left, right, hypotheses)
    assert decision.equal is False
    for hypothesis in hypotheses:
        entries = decision.counterexample.values.get(hypothesis.tensor.name)
        if isinstance(hypothesis, SumsToOne) and hypothesis.tensor == v and entries:
            assert sum(map(Fraction, entries)) == 1
        if isinstance(hypothesis, OneHot) and hypothesis.tensor == v and entries:
            assert sorted(entries) == ["0"] * (len(entries) - 1) + ["1"]


def test_contradicting_hypotheses_decide_nothing():
    decision = decided(total(v.axes[0], lambda p: at(v, p)), ONE, (OneHot(v), Positive(v)))
    assert decision.equal is not False
    with pytest.raises(LimitReached, match="positive vector that is one-hot"):
        entries_under(v, (3,), (OneHot(v), Positive(v)), lambda: Fraction(2))
    with pytest.raises(LimitReached, match="symmetric matrix that sums to 1"):
        entries_under(T, (2, 2), (Symmetric(T), SumsToOne(T)), lambda: Fraction(2))


@pytest.mark.parametrize("axis", [0, 1])
def test_entries_meet_what_is_assumed_of_them(axis):
    numbers = count(-3)

    def draw():
        return Fraction(next(numbers), 2)

    def lines(entries):
        lengths = (2, 3)
        for k in range(1, lengths[1 - axis] + 1):
            yield [value for at_, value in entries.items() if at_[1 - axis] == k]

    for line in lines(entries_under(A, (2, 3), (SumsToOne(A, axis),), draw)):
        assert sum(line) == 1
    for line in lines(entries_under(A, (2, 3), (SumsToOne(A, axis), Positive(A)), draw)):
        assert sum(line) == 1
        assert min(line) > 0
    hot = entries_under(A, (2, 3), (OneHot(A, axis),), draw)
    for line in lines(hot):
        assert sorted(line) == [0] * (len(line) - 1) + [1]
    symmetric = entries_under(T, (3, 3), (Symmetric(T), Positive(T)), draw)
    assert all(symmetric[p, q] == symmetric[q, p] > 0 for p, q in symmetric)
    three = iter([Fraction(4), Fraction(-3), Fraction(0)])
    free = entries_under(u, (3,), (OneHot(v), Symmetric(T)), three.__next__)
    assert free == {(1,): 4, (2,): -3, (3,): 0}


def test_sympy_is_asked_where_the_hypotheses_are_met():
    for turn in range(4):
        setting = Setting((2, 3), 2, turn, (OneHot(v), Symmetric(T), Positive(x.tensor)))
        one = Tensor("o", (Size("n"),))
        assert sum(setting.entry(v, (k,)) for k in (1, 2)) == 1
        assert setting.entry(T, (1, 2)) == setting.entry(T, (2, 1))
        assert setting.entry(x.tensor, ()) > 0
        assert setting.entry(one, (1,)) == setting.entry(one, (1,))


def test_tame_values_meet_the_hypotheses():
    """Where exponentials grow too fast elsewhere: a claim is held against no other point."""
    rows, columns = Size("n"), Size("q")
    table = Tensor("T", (rows, columns))
    values = tame_values([table], {rows: 2, columns: 3}, Random(1), [SumsToOne(table)])[table]
    assert [sum(values[i, j] for j in (1, 2, 3)) for i in (1, 2)] == [1, 1]
