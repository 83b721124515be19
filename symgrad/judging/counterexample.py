"""Counterexamples: a point, as small as can be, at which two sides differ.

The search proves nothing when it finds nothing. What it finds is certain: both
sides are exact rationals, or enclosures that do not meet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from symgrad.calculus.evaluation import equal
from symgrad.calculus.expression import Expression, Function
from symgrad.calculus.hypotheses import Hypothesis, known_of
from symgrad.calculus.index import Index, Size, Tensor
from symgrad.calculus.interval import NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Work
from symgrad.judging.points import Condition, extent
from symgrad.judging.trial import SEARCH_WORK, Candidate, Trial
from symgrad.judging.worked import worked_out
from symgrad.reading.sizes import is_unknown
from symgrad.records import dataclass, field, replace

SHRINK_STEPS = 30
"""Points that are tried to make a counterexample simpler."""

_Thing = TypeVar("_Thing", Index, Tensor, Function)
_Content = TypeVar("_Content")


@dataclass(frozen=True)
class Counterexample:
    """A point at which a claim fails, in words that can be checked by hand.

    Attributes:
        sizes: value of every named size, by its LaTeX.
        indices: value of every free index.
        values: entries of every tensor that occurs, as nested lists of rationals.
        functions: a polynomial for every function of which nothing is known.
        left: exact value of the left side, or an interval that contains it.
        right: the same of the right side.
        left_worked: the left side with the numbers put in, `2 * 3 * 1`; "" where that is no
            more than its value.
        right_worked: the same of the right side.
    """

    sizes: dict[str, int]
    indices: dict[str, int]
    values: dict[str, object]
    functions: dict[str, str] = field(default_factory=dict)
    left: str = ""
    right: str = ""
    left_worked: str = field(default="", compare=False)
    right_worked: str = field(default="", compare=False)

    def to_json(self) -> dict[str, object]:
        """The fields by name; `functions` and what is worked out only where there are any."""
        fields: dict[str, object] = {
            "sizes": self.sizes,
            "indices": self.indices,
            "values": self.values,
        }
        if self.functions:
            fields["functions"] = self.functions
        fields |= {"left": self.left, "right": self.right}
        for name in ("left_worked", "right_worked"):
            if getattr(self, name):
                fields[name] = getattr(self, name)
        return fields


def find(
    left: Expression,
    right: Expression,
    free: Sequence[Index],
    *,
    conditions: Sequence[Condition] = (),
    hypotheses: Sequence[Hypothesis] = (),
    work: int = SEARCH_WORK,
) -> Counterexample | None:
    """A point at which left and right differ, small sizes first; None where none was found.

    Args:
        left: one side.
        right: the other.
        free: the indices that the claim speaks of.
        conditions: what their values must meet.
        hypotheses: what the entries of tensors must meet.
        work: node visits allowed for the whole trial.
    """
    trial = Trial(left, right, free, conditions, hypotheses, Work(work))
    try:
        for candidate in trial.candidates():
            same, candidate = trial.same(candidate)
            if same is not False:
                continue
            for failing in (_shrunk(trial, candidate), candidate):
                try:
                    return _described(trial, failing)
                except NoValue:
                    pass  # what is differentiated has no value there, though its slope has
    except LimitReached:
        pass
    return None


def _shrunk(trial: Trial, candidate: Candidate) -> Candidate:
    """The same failure with entries 0 or 1 wherever that is enough, one at a time."""
    known = {tensor: known_of(tensor, trial.hypotheses) for tensor in trial.found.tensors}
    simpler = [
        (tensor, at, simple)
        for tensor, entries in candidate.point.values.items()
        if not known[tensor].constrained
        for at, value in entries.items()
        for simple in ((1,) if known[tensor].positive else (0, 1))
        if value not in (0, simple)
    ]
    try:
        for tensor, at, simple in simpler[:SHRINK_STEPS]:
            values = {t: dict(entries) for t, entries in candidate.point.values.items()}
            if values[tensor][at] == 0:
                continue
            values[tensor][at] = Fraction(simple)
            if known[tensor].symmetric:
                values[tensor][at[::-1]] = Fraction(simple)
            same, smaller = trial.same(trial.again(candidate, values))
            if same is False:
                candidate = smaller
    except LimitReached:
        pass
    return candidate


def _described(trial: Trial, candidate: Candidate) -> Counterexample:
    """The failure in names and rationals, evaluated once more: forwards, from nothing.

    Raises:
        NoValue: something that the slopes need not look at has no value there.
    """
    candidate = trial.again(candidate)
    candidate = replace(candidate, point=replace(candidate.point, sweeps=None))
    trial.work = Work()  # what was found is not lost because the search was long
    left, right = trial.values(candidate)
    assert equal(left, right) is False, "a counterexample must stay one"
    point = candidate.point
    entries = {t: _nested(t, point.sizes, point.values[t]) for t in trial.found.tensors}
    return Counterexample(
        sizes={s.name: value for s, value in point.sizes.items() if not is_unknown(s)},
        indices=_by_name(candidate.indices),
        values=_by_name(entries),
        functions=_by_name({f: str(point.functions[f]) for f in trial.found.functions}),
        left=str(left),
        right=str(right),
        left_worked=worked_out(trial.sides[0], point, candidate.indices, left),
        right_worked=worked_out(trial.sides[1], point, candidate.indices, right),
    )


def _nested(
    tensor: Tensor, sizes: Mapping[Size, int], entries: Mapping[tuple[int, ...], Fraction]
) -> object:
    """The entries as nested lists, one level an axis; a string where there is no axis."""

    def below(at: tuple[int, ...]) -> object:
        if len(at) == len(tensor.axes):
            return str(entries[at])
        return [below((*at, k)) for k in range(1, extent(tensor.axes[len(at)], sizes) + 1)]

    return below(())


def _by_name(table: Mapping[_Thing, _Content]) -> dict[str, _Content]:
    """The table keyed by names; different things of one name are told apart by primes."""
    result: dict[str, _Content] = {}
    for thing, content in table.items():
        name = thing.name
        while name in result:
            name += "'"
        result[name] = content
    return result
