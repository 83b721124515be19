"""What a word is taken to mean that authors use in different ways."""

from __future__ import annotations

from symgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Convention:
    """What a function is taken to mean of which authors mean different things.

    Attributes:
        sentence: says it, as an assumption.
        by_rows: whether the one other meaning is the same of each column.
    """

    sentence: str
    by_rows: bool = False
