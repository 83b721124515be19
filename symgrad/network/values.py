"""Between which bounds the values of a function lie, and those that another one takes."""

from __future__ import annotations

from symgrad.records import dataclass


@dataclass(frozen=True)
class Values:
    """The numbers between two bounds.

    Attributes:
        low: the lower bound; None where there is none, or it is no integer.
        high: the upper bound, likewise.
        ends: whether the bounds themselves are among them.
    """

    low: int | None = None
    high: int | None = None
    ends: bool = False

    def within(self, others: Values) -> bool:
        """Whether all of them are among others."""
        open_end = self.ends and not others.ends

        def inside(bound: int | None, limit: int | None, sign: int) -> bool:
            if limit is None or bound is None:
                return limit is None
            return sign * bound > sign * limit or (bound == limit and not open_end)

        return inside(self.low, others.low, 1) and inside(self.high, others.high, -1)


EVERY = Values()
"""All numbers, or bounds that are not known."""

PROBABILITIES = Values(0, 1)
"""What has a logarithm, and so has what it lacks to 1."""
