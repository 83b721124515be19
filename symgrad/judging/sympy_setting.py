"""The point at which SymPy is asked: chosen while it is used, and the same in every run."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import sympy

from symgrad.calculus.expression import RELU, ZERO, Apply, Function
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Size, Tensor
from symgrad.judging.hypothetical import entries_under
from symgrad.judging.points import occurrences

Symbolic = Any
"""A SymPy expression; SymPy has no types."""

Real = Any
"""A number: int, Fraction, or mpmath's where exp, log or a root occur."""

At = tuple[int, ...]

MOST_NODES = 20_000
"""Nodes translated for one claim."""


# Few negative ones: a ReLU network must not let nothing through. Fractions for probabilities.
ENTRIES: tuple[tuple[Fraction | int, ...], ...] = (
    (1, 2, 3, 4, 5, 1, 2, 3, -1),
    (1, 2, 3, 4, 5, -2, -1),
    (Fraction(1, 2), Fraction(1, 3), Fraction(2, 3), Fraction(3, 4)),
)
"""What entries may be, another choice each turn."""


class NoValue(Exception):  # noqa: N818 - a state, not a fault
    """No value at this point, or none that is understood here."""


class Setting:
    """A point, chosen while it is used: sizes, entries and opaque functions.

    Attributes:
        pattern: values that the named sizes take in turn, in the order in which they are met.
        degree: of the polynomials that stand for opaque functions.
        turn: chooses the entries (small, mostly positive) and functions.
        hypotheses: what the entries meet.
        sizes: the value of each named size, by its name.
        known: values of the symbols that stand for irrational constants.
        left: nodes that may still be translated.
        nesting: named quantities that are under way inside each other.
    """

    def __init__(
        self,
        pattern: tuple[int, ...],
        degree: int,
        turn: int,
        hypotheses: tuple[Hypothesis, ...] = (),
    ) -> None:
        self.pattern = pattern
        self.degree = degree
        self.turn = turn
        self.hypotheses = hypotheses
        self.sizes: dict[str, int] = {}
        self.known: dict[Symbolic, Real] = {}
        self.left = MOST_NODES
        self.nesting = 0
        self._entries: dict[tuple[Tensor, At], Fraction | int] = {}
        self._polynomials: dict[Function, list[int]] = {}
        self._closed: dict[Function, bool] = {}
        self._heads: dict[tuple[Function, int], Symbolic] = {}

    def size(self, size: Size) -> int:
        """The integer that a size stands for."""
        if size.value is not None:
            return size.value
        return self.sizes.setdefault(size.name, self.pattern[len(self.sizes) % len(self.pattern)])

    def entry(self, tensor: Tensor, at: At) -> Fraction | int:
        """An entry of a free variable."""
        key = tensor, at
        if key not in self._entries:
            choices = ENTRIES[self.turn % len(ENTRIES)]
            if tensor.symmetric or any(h.tensor == tensor for h in self.hypotheses):
                # What one entry is depends on the others: all are chosen at once.
                choice = Random(f"{self.turn} {tensor.name}")
                lengths = [self.size(size) for size in tensor.axes]
                entries = entries_under(
                    tensor, lengths, self.hypotheses, lambda: Fraction(choice.choice(choices))
                )
                self._entries |= {(tensor, place): value for place, value in entries.items()}
            else:
                choice = Random(f"{self.turn} {tensor.name} {at}")
                self._entries[key] = choice.choice(choices)
        return self._entries[key]

    def polynomial(self, function: Function) -> list[int]:
        """Coefficients, that of the constant first, of what stands for an opaque function."""
        if function not in self._polynomials:
            # The number makes two functions differ that have one name.
            random = Random(f"{self.turn} {function.name} {len(self._polynomials)}")
            coefficients = [random.choice((1, 2, -1, 3)) for _ in range(self.degree + 1)]
            self._polynomials[function] = coefficients
        return self._polynomials[function]

    def closed(self, function: Function) -> bool:
        """Whether a function depends on its argument alone."""
        if function not in self._closed:
            found = occurrences([Apply(function, 0, ZERO)])
            self._closed[function] = not found.tensors
        return self._closed[function]

    def head(self, function: Function, order: int) -> Symbolic:
        """SymPy function for a derivative of ReLU or of an opaque function."""
        key = function, order
        if key not in self._heads:

            def fdiff(application: Symbolic, argindex: int = 1) -> Symbolic:
                if function is RELU and order:
                    return sympy.Integer(0)  # the step is constant off the kink
                return self.head(function, order + 1)(*application.args)

            row = {"nargs": 1, "fdiff": fdiff, "function": function, "order": order}
            row["is_real"] = True  # else SymPy asks itself at length what it may be
            self._heads[key] = type(f"f{len(self._heads)}", (sympy.Function,), row)
        return self._heads[key]

    def constant(self, number: Real) -> Symbolic:
        """A number for SymPy; an irrational one becomes a symbol, so that it stays exact there."""
        if isinstance(number, int | Fraction):
            return sympy.Rational(number.numerator, number.denominator)
        symbol = sympy.Dummy("c", real=True)
        self.known[symbol] = number
        return symbol
