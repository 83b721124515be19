"""Formulas that are right for another question: by another variable, or under a hypothesis."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from symgrad.calculus import expression as ex
from symgrad.calculus.hypotheses import Hypothesis, SumsToOne, Symmetric
from symgrad.calculus.index import Position, Size, Tensor
from symgrad.calculus.interval import NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.judging.diagnosis.pool import Pool
from symgrad.judging.diagnosis.probe import Probe
from symgrad.judging.diagnosis.step import Step
from symgrad.judging.points import occurrences


def other_variable(step: Step, pool: Pool, points: list[Probe]) -> str | None:
    """The sentence, if the step is the derivative by another variable of the note."""
    truth = step.truth
    if not isinstance(truth, ex.Derivative):
        return None
    own = truth.variable
    for array in pool.arrays:
        if array.value.variable is None:
            continue
        variable = array.value.variable(step.chain.settled_frame())
        if variable == own or variable.name == own.name:
            continue
        sizes = [p.size for p in variable.parameters] if isinstance(
            variable, ex.Definition
        ) else list(variable.axes)  # fmt: skip
        for at in _arrangements(truth.positions, sizes):
            candidate = ex.Derivative(truth.body, variable, at)
            if _is_claimed(step, candidate, points):
                name = pool.spelled(own.name)
                return f"this is the derivative by {array.text}, not by {name}"
    return None


def _arrangements(
    positions: tuple[Position, ...], sizes: list[Size]
) -> Iterator[tuple[Position, ...]]:
    if len(positions) != len(sizes) or len(positions) > 3:
        return
    for order in permutations(positions):
        if [p.size for p in order] == sizes:
            yield order


def _is_claimed(step: Step, candidate: ex.Expression, points: list[Probe]) -> bool:
    """Whether the step equals a candidate, and not only where both are zero."""
    try:
        for probe in points:
            if probe.value(candidate) != probe.value(step.claimed):
                return False
    except (NoValue, LimitReached):
        return False
    if step.chain.decider.is_proved(candidate, ex.ZERO):
        return False
    return step.chain.decider.is_proved(candidate, step.claimed)


def hypothesis(step: Step, pool: Pool) -> str | None:
    """The sentence, if the step is right under a hypothesis about one of its tensors."""
    for tensor in occurrences((step.truth, step.claimed), step.free).tensors:
        for words, assumed in _hypotheses(tensor):
            if step.chain.decider.is_proved(step.truth, step.claimed, (assumed,)):
                return f"it is right if {pool.spelled(tensor.name)} {words}"
    return None


def _hypotheses(tensor: Tensor) -> Iterator[tuple[str, Hypothesis]]:
    """What could be assumed of a tensor, with the words for it."""
    if len(tensor.axes) == 2 and tensor.axes[0] == tensor.axes[1]:
        yield "is symmetric", Symmetric(tensor)
    if len(tensor.axes) == 1:
        yield "sums to 1", SumsToOne(tensor)
