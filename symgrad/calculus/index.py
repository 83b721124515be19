"""Sizes, indices and tensors: the typed names of the index calculus.

A size is the type of an index. Two indices can be compared, and an index can
stand at an axis, only where the sizes are the same size.
"""

from __future__ import annotations

from itertools import count

from symgrad.records import dataclass

_uids = count(1)


@dataclass(frozen=True, slots=True, eq=False)
class Size:
    r"""A positive integer: a name such as `n` or `\ell_2`, or a literal.

    Attributes:
        name: LaTeX of the name, or the digits of a literal.
        flexible: not declared; the reader may still find it equal to another size.
    """

    name: str
    flexible: bool = False

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not Size:
            return NotImplemented
        return self.name == other.name and self.flexible == other.flexible

    def __hash__(self) -> int:
        # Sizes are looked up more often than anything else; few differ in this alone.
        return hash(self.name)

    @property
    def value(self) -> int | None:
        """The integer, where the size is a literal."""
        return int(self.name) if self.name.isdigit() else None


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """A name that runs from 1 to a size. Equal only to itself: names may repeat.

    Attributes:
        name: LaTeX, for printing only.
        size: its range.
        uid: order of creation, the only order that indices have.
    """

    name: str
    size: Size
    uid: int


def fresh(name: str, size: Size) -> Index:
    """A new index, different from all others, of this name and range."""
    return Index(name, size, next(_uids))


@dataclass(frozen=True, slots=True)
class Fixed:
    """A constant position (counted from 1) on an axis: the 2 of `x_2`."""

    value: int
    size: Size


Position = Index | Fixed


@dataclass(frozen=True, slots=True)
class Tensor:
    """A real array that is a free variable.

    Attributes:
        name: LaTeX, such as `W^{(1)}`.
        axes: one size an axis; none for a number.
        symmetric: a matrix known to equal its transpose.
    """

    name: str
    axes: tuple[Size, ...]
    symmetric: bool = False
