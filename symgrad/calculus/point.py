"""What an expression is evaluated at: a value for everything that it leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symgrad.calculus.dual import Value
from symgrad.calculus.expression import Definition, Function
from symgrad.calculus.index import Size, Tensor
from symgrad.calculus.interpretation import Interpretation
from symgrad.calculus.interval import Scalar
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.tape import Leaf, Sweep, Tape
from symgrad.records import dataclass, field

WORK = 200_000
"""Node visits that one evaluation may take."""


@dataclass(slots=True)
class Work:
    """The node visits that are left; shared by evaluations that have one budget."""

    left: int = WORK

    def spend(self, visits: int) -> None:
        """Take visits from the budget; `LimitReached` when it is used up."""
        self.left -= visits
        if self.left < 0:
            raise LimitReached("evaluation")


Seed = tuple[Tensor | Definition, tuple[int, ...], int]
"""Independent variable, positions of its entry, tag."""


class Context:
    """The derivatives under way, and what named quantities are worth under them.

    Attributes:
        seeds: independent variable, positions of the entry, tag.
        bit: number of the first tag that is free.
        values: of the named quantities, with their tangents.
        children: contexts with one more derivative, so that its values are kept too.
        leaves: whether every name and entry is a variable of its own (see `tape`).
    """

    __slots__ = ("bit", "children", "leaves", "seeds", "values")

    def __init__(self, seeds: tuple[Seed, ...], bit: int, leaves: bool = False) -> None:
        self.leaves = leaves
        self.seeds = seeds
        self.bit = bit
        self.values: dict[tuple[Definition, tuple[int, ...]], Value] = {}
        self.children: dict[tuple[Tensor | Definition, tuple[int, ...], int], Context] = {}

    def child(self, variable: Tensor | Definition, at: tuple[int, ...], bit: int) -> Context:
        """This context with the entry of the variable seeded by the tag of this number."""
        key = variable, at, bit
        if key not in self.children:
            self.children[key] = Context((*self.seeds, (variable, at, 1 << bit)), bit + 1)
        return self.children[key]


@dataclass(frozen=True, eq=False)
class Point:
    """A value for everything that an expression leaves open; not to be changed.

    Attributes:
        sizes: value of each named size.
        values: entries of each tensor, positions counted from 1.
        functions: a concrete function for each opaque one.
        bits: precision of enclosures, in binary digits after the point.
        sweeps: derivatives found in reverse, by what they are of; where it is None, all
            derivatives are worked out forwards.
    """

    sizes: Mapping[Size, int]
    values: Mapping[Tensor, Mapping[tuple[int, ...], Fraction]]
    functions: Mapping[Function, Interpretation] = field(default_factory=dict)
    bits: int = 96
    # Values of named quantities are kept: several claims may be tested at one point.
    context: Context = field(default_factory=lambda: Context((), 0), repr=False)
    leaves: Context = field(default_factory=lambda: Context((), 0, leaves=True), repr=False)
    tapes: dict[Leaf, Tape] = field(default_factory=dict, repr=False)
    sweeps: dict[Leaf, Sweep | None] | None = field(default_factory=dict, repr=False)
    entries: dict[int, tuple[Tensor, dict[tuple[int, ...], Scalar]]] = field(
        default_factory=dict, repr=False
    )

    def size(self, size: Size) -> int:
        """The integer that a size stands for; a literal stands for itself."""
        literal = size.value
        return self.sizes[size] if literal is None else literal

    def entries_of(self, tensor: Tensor) -> dict[tuple[int, ...], Scalar]:
        """The entries of a tensor, integers as such (hashing a `Tensor` is slow: once only)."""
        known = self.entries.get(id(tensor))
        if known is None:
            given = self.values[tensor]
            table: dict[tuple[int, ...], Scalar] = {
                k: v.numerator if v.denominator == 1 else v for k, v in given.items()
            }
            # The tensor is kept with its entries, so that its id is not given away.
            known = self.entries[id(tensor)] = tensor, table
        return known[1]
