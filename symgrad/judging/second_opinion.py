"""SymPy as a second opinion on every derivative.

The network is written out at small unequal sizes, entry by entry; SymPy gets it
as a function of the entry that the derivative is by, differentiates it, and the
value at a point must be that of the formula, written out in numbers beside it.
No code of the prover or of its evaluator is used. (`symgrad.Network` gives SymPy
all entries as symbols.)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from symgrad.calculus.expression import Expression
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Index
from symgrad.calculus.limits import LimitReached
from symgrad.judging.points import Condition, Occurrences, indices_to_try, occurrences
from symgrad.reading.sizes import is_unknown
from symgrad.records import dataclass

if TYPE_CHECKING:
    from symgrad.judging.sympy_numbers import Real
    from symgrad.judging.sympy_polynomials import Numbers

LEVELS: tuple[tuple[tuple[int, ...], int], ...] = (
    ((2, 3), 3),
    ((2, 3), 2),
    ((2, 3), 1),
    ((1, 2), 1),
    ((1,), 1),
)
"""Sizes, and degrees of the polynomials that stand for opaque functions.

The next level is taken where SymPy's expressions grow too large: it writes out
what is shared, and degrees multiply with the depth.
"""

TURNS = 5
"""Points that are tried, because of kinks and domains."""

EQUAL, DIFFERENT = 1e-80, 1e-20
"""Relative differences below which and above which irrational values are told apart."""

FAILURES = 3
"""Claims that are too large for SymPy, after which only the smallest sizes are tried."""

DIGITS = 120
"""Decimal digits of irrational values."""


@dataclass(frozen=True)
class SecondOpinion:
    """What another program says of a claim.

    Attributes:
        by: the program.
        sizes: at which it was asked.
        agrees: whether both sides of the claim have the same value there.
    """

    sizes: dict[str, int]
    agrees: bool
    by: str = "sympy"

    def to_json(self) -> dict[str, object]:
        """The fields by name."""
        return {"by": self.by, "sizes": self.sizes, "agrees": self.agrees}


class SympyRoute:
    """SymPy's side of a whole note: what is built and differentiated once is kept."""

    def __init__(self) -> None:
        self._level = 0
        self._failures = 0
        self._numbers: dict[tuple[int, int, tuple[Hypothesis, ...]], Numbers] = {}

    def opinion(
        self,
        left: Expression,
        right: Expression,
        free: Sequence[Index],
        *,
        conditions: Sequence[Condition] = (),
        hypotheses: Sequence[Hypothesis] = (),
    ) -> SecondOpinion | None:
        """Whether SymPy's derivative is what the claim says.

        None where the claim has no derivative in it, or SymPy cannot tell: too
        large for it, or no point with values was found.
        """
        found = occurrences((left, right), free)
        if not found.derivatives:
            return None
        # What is too large for one claim is too large for its neighbours: do not start anew.
        start = self._level if self._failures < FAILURES else len(LEVELS) - 1
        for level in range(start, len(LEVELS)):
            try:
                opinion = self._at_level(
                    level, left, right, free, conditions, tuple(hypotheses), found
                )
            except LimitReached:
                continue
            except RecursionError:
                break
            self._level = level
            return opinion
        self._failures += 1
        return None

    def _at_level(
        self,
        level: int,
        left: Expression,
        right: Expression,
        free: Sequence[Index],
        conditions: Sequence[Condition],
        hypotheses: tuple[Hypothesis, ...],
        found: Occurrences,
    ) -> SecondOpinion | None:
        """The opinion at the sizes of one level."""
        import mpmath  # type: ignore[import-untyped]  # late, as SymPy is: --help needs neither

        opinion = None
        for turn in range(TURNS):
            translation = self._at_turn(level, turn, hypotheses)
            sizes = {size: translation.setting.size(size) for size in found.sizes}
            if any(sizes[size] < least for size, least in found.sizes.items()):
                return None
            for indices in indices_to_try(free, sizes, conditions, Random(turn), most=2):
                with mpmath.workdps(DIGITS):
                    pair = _pair(left, right, translation, indices)
                    agrees = None if pair is None else _same(*pair)
                if agrees is None:
                    continue
                named = {size.name: k for size, k in sizes.items() if not is_unknown(size)}
                opinion = SecondOpinion(named, agrees)
                if pair != (0, 0):
                    return opinion
                # Two zeros say little (a ReLU that lets nothing through): look further.
        return opinion

    def _at_turn(self, level: int, turn: int, hypotheses: tuple[Hypothesis, ...]) -> Numbers:
        # Only where an opinion is asked for: importing SymPy takes 0.2 s.
        from symgrad.judging import sympy_polynomials, sympy_setting

        key = level, turn, hypotheses
        if key not in self._numbers:
            setting = sympy_setting.Setting(*LEVELS[level], turn, hypotheses)
            self._numbers[key] = sympy_polynomials.Numbers(setting)
        self._numbers[key].setting.left = sympy_setting.MOST_NODES
        return self._numbers[key]


def second_opinion(
    left: Expression,
    right: Expression,
    free: Sequence[Index],
    *,
    conditions: Sequence[Condition] = (),
    hypotheses: Sequence[Hypothesis] = (),
) -> SecondOpinion | None:
    """The opinion on one claim; a `SympyRoute` is faster for several."""
    return SympyRoute().opinion(left, right, free, conditions=conditions, hypotheses=hypotheses)


def _same(left: Real, right: Real) -> bool | None:
    """Whether two numbers are equal; None where 120 digits do not settle it."""
    # A Fraction less a number of mpmath's is not defined; their sum is.
    difference = abs(left + -right)
    if difference == 0:
        return True
    if isinstance(difference, int | Fraction):
        return False
    relative = float(difference / (1 + abs(left) + abs(right)))
    if relative < EQUAL:
        return True
    return False if relative > DIFFERENT else None


def _pair(
    left: Expression, right: Expression, translation: Numbers, indices: dict[Index, int]
) -> tuple[Real, Real] | None:
    """Both sides, where they have values."""
    from symgrad.judging.sympy_setting import NoValue

    try:
        return translation.run(left, indices), translation.run(right, indices)
    except NoValue:
        return None
