"""Whether two sides agree at points: what is asked before a proof, and beside it."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus.dependencies import free_indices
from symgrad.calculus.expression import Expression
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Index
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Work
from symgrad.judging.points import Condition
from symgrad.judging.shared_points import SharedPoints
from symgrad.judging.trial import SEARCH_WORK, Trial

MUCH_WORK = 4_000
"""Node visits after which one point of agreement is enough (networks of 20 layers and more)."""


def agree(
    left: Expression,
    right: Expression,
    free: Sequence[Index],
    *,
    conditions: Sequence[Condition] = (),
    hypotheses: Sequence[Hypothesis] = (),
    points: int = 2,
    work: int = SEARCH_WORK,
    shared: SharedPoints | None = None,
) -> bool | None:
    """Whether both sides have the same value at random points of unequal small sizes.

    False is certain. True means exactly equal, or (where exp or log occur) equal
    to 12 digits at least, at one point or more. None: no point had a value.

    Args:
        left: one side.
        right: the other.
        free: the indices that the claim speaks of.
        conditions: what their values must meet.
        hypotheses: what the entries of tensors must meet.
        points: how many are tried.
        work: node visits allowed.
        shared: the points of the note, where there are other claims.
    """
    trial = Trial(left, right, free, conditions, hypotheses, Work(work), shared)
    same: bool | None = None
    try:
        for turn in range(points + 4):
            for candidate in trial.at(trial.sizes(turn), turn + 1, most=2):
                verdict, _ = trial.same(candidate)
                if verdict is False:
                    return False
                same = verdict or same
                if same and trial.work.left < work - MUCH_WORK:
                    return True
            if same and turn + 1 >= points:
                break
        if same is None:
            same = trial.tame()
    except LimitReached:
        pass
    return same


def differ(
    left: Expression,
    right: Expression,
    *,
    hypotheses: Sequence[Hypothesis] = (),
    shared: SharedPoints | None = None,
) -> bool:
    """Whether both sides are seen to differ at a first point: a cheap look before a proof.

    True is certain. False says nothing.

    Args:
        left: one side.
        right: the other.
        hypotheses: what the entries of tensors must meet.
        shared: the points of the note, where there are other claims.
    """
    try:
        free = sorted(free_indices(left) | free_indices(right), key=lambda index: index.uid)
        trial = Trial(left, right, free, (), hypotheses, Work(MUCH_WORK), shared)
        first = trial.at(trial.sizes(0), 1, most=2)
        return any(trial.same(candidate)[0] is False for candidate in first)
    except LimitReached:
        return False
