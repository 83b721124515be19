"""Skeletons: polynomials lambda-lifted over their free indices, interned.

The argument of a function, or the base of a power, is kept once for all
positions: f(X_i + Y_j) and f(X_k + Y_l) share the skeleton X_0 + Y_1. Its
parameters stand in canonical order, its symmetries are kept, so that
f(X_i + X_j) and f(X_j + X_i) are one factor.
"""

from __future__ import annotations

from typing import NamedTuple

from symgrad.calculus.canonical import Colours, Key, canonical_order, generated_group
from symgrad.calculus.entering import Entering
from symgrad.calculus.expression import RELU
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Size
from symgrad.calculus.rules import Undefined
from symgrad.calculus.table import (
    APPLICATION,
    DELTA,
    ENTRY,
    Codes,
    Coefficient,
    Monomial,
    Polynomial,
)

MOST_STEPS = 4
"""Steps in a skeleton whose cases are told apart."""

LARGEST_GROUP = 720
"""Symmetries of a skeleton that are kept; beyond, none is used."""


class Skeleton(NamedTuple):
    """A polynomial whose free indices are its parameters, with the codes 0, 2, 4, ...

    Attributes:
        polynomial: in terms of the parameters.
        axes: the size of each parameter.
        group: permutations of the parameters, besides identity, that do not change it.
        fixed: the fixed positions that occur in it, at any depth, with their sizes.
        heads: the heads that occur in it, at any depth: a set of numbers, one bit each.
    """

    polynomial: Polynomial
    axes: tuple[Size, ...]
    group: tuple[Codes, ...]
    fixed: frozenset[tuple[int, Size]]
    heads: int


Lifted = tuple[int, Codes]
"""A skeleton and the codes at which its parameters stand."""


class Skeletons(Entering):
    """Binding and entering, with interned skeletons."""

    def __init__(self, limit: int, hypotheses: tuple[Hypothesis, ...] = ()) -> None:
        super().__init__(limit, hypotheses)
        self.skeletons: list[Skeleton] = []
        self._skeletons: dict[frozenset[tuple[Monomial, Coefficient]], int] = {}
        self._lifted: dict[frozenset[tuple[Monomial, Coefficient]], Lifted] = {}
        self._vanishing: dict[int, bool] = {}

    def lift(self, polynomial: Polynomial) -> Lifted:
        """The skeleton of a polynomial, and where its parameters stand."""
        key = frozenset(polynomial.items())
        known = self._lifted.get(key)
        if known is None:
            known = self._lifted[key] = self._lift(polynomial)
        return known

    def lower(self, skeleton: int, codes: Codes) -> Polynomial:
        """The polynomial of a skeleton with its parameters at these codes."""
        return self.substitute(
            self.skeletons[skeleton].polynomial, {2 * p: code for p, code in enumerate(codes)}
        )

    def cases(self, polynomial: Polynomial) -> tuple[int, Polynomial, Polynomial] | None:
        """A delta that occurs in a polynomial, and the polynomial where it is 0 and 1.

        f(z) = f(z|0) + delta (f(z|1) - f(z|0)), so that no skeleton has a delta in it.
        """
        deltas = [k for m in polynomial for k, _ in m if self.kind[k] == DELTA]
        if not deltas:
            return None
        delta = min(deltas)
        zero: Polynomial = {m: c for m, c in polynomial.items() if (delta, 1) not in m}
        one = dict(zero)
        for monomial, coefficient in polynomial.items():
            if (delta, 1) in monomial:
                rest = tuple([pair for pair in monomial if pair[0] != delta])
                self.accumulate(one, {rest: coefficient})
        return delta, zero, one

    def combined(self, delta: int, zero: Polynomial, one: Polynomial) -> Polynomial:
        """The polynomial `zero` where a delta is 0 and `one` where it is 1, see `cases`."""
        difference = dict(one)
        self.accumulate(difference, zero, -1)
        result = self.times({((delta, 1),): 1}, difference)
        self.accumulate(result, zero)
        return result

    def _lift(self, polynomial: Polynomial) -> Lifted:
        codes = sorted({c for monomial in polynomial for k, _ in monomial for c in self.free[k]})
        generators: list[dict[int, int]] = []
        if len(codes) > 1:
            colours, generators = canonical_order(
                codes,
                lambda code, colours: self._seen(polynomial, code, colours),
                lambda colours: self._certificate(polynomial, colours),
                lambda amount: self.spend(amount * len(polynomial)),
            )
            codes.sort(key=colours.__getitem__)
        canonical = self.substitute(polynomial, {c: 2 * p for p, c in enumerate(codes)})
        components = [k for monomial in polynomial for k, _ in monomial]
        axes = tuple([self.size_at(code, components) for code in codes])
        group = generated_group(generators, codes, LARGEST_GROUP) if generators else ()
        return self._intern_skeleton(canonical, axes, group), tuple(codes)

    def _intern_skeleton(
        self, polynomial: Polynomial, axes: tuple[Size, ...], group: tuple[Codes, ...]
    ) -> int:
        key = frozenset(polynomial.items())
        number = self._skeletons.get(key)
        if number is None:
            fixed: set[tuple[int, Size]] = set()
            heads = 0
            for component in {k for monomial in polynomial for k, _ in monomial}:
                for head, _, codes in self.factors[component]:
                    record = self.heads[head]
                    heads |= 1 << head
                    fixed.update((c, s) for c, s in zip(codes, record.axes, strict=True) if c & 1)
                    if record.skeleton >= 0:
                        fixed |= self.skeletons[record.skeleton].fixed
                        heads |= self.skeletons[record.skeleton].heads
            number = self._skeletons[key] = len(self.skeletons)
            skeleton = Skeleton(polynomial, axes, group, frozenset(fixed), heads)
            self.skeletons.append(skeleton)
        return number

    def _seen(self, polynomial: Polynomial, code: int, colours: Colours) -> Key:
        """What a parameter sees of a polynomial; the same for every renaming of it."""
        rows = []
        for monomial, coefficient in polynomial.items():
            if any(code in self.free[component] for component, _ in monomial):
                parts = [(self._shape(component, code, colours), e) for component, e in monomial]
                parts.sort()
                rows.append((parts, coefficient))
        rows.sort()
        return rows

    def _shape(self, component: int, code: int, colours: Colours) -> Key:
        """A component with its parameters as colours; bound indices are not told apart."""
        # Fixed positions stay what they are: odd.
        seen = {parameter: 2 * colour for parameter, colour in colours.items()}
        seen[code] = -1
        rows = []
        for head, exponent, codes in self.factors[component]:
            moved = tuple([-2 if c < 0 else seen.get(c, c) for c in codes])
            rows.append((head, exponent, self.least(self.heads[head].group, moved)))
        rows.sort()
        return rows

    def _certificate(self, polynomial: Polynomial, colours: Colours) -> Key:
        renamed = self.substitute(polynomial, {c: 2 * colour for c, colour in colours.items()})
        return sorted(renamed.items())

    def may_vanish(self, skeleton: int) -> bool:
        """Whether some values of its indices make the skeleton zero for all values of tensors.

        So does X_i - X_j for i = j: its kink cannot be avoided there, and no fact that
        holds off the kink may be used. True also where that is not easily excluded.
        """
        known = self._vanishing.get(skeleton)
        if known is None:
            known = self._vanishing[skeleton] = self._may_vanish(self.skeletons[skeleton])
        return known

    def _may_vanish(self, skeleton: Skeleton) -> bool:
        if self._has_a_free_entry(skeleton.polynomial):
            return False
        if skeleton.heads & (self.folded | self.names):
            return True  # its definition may be anything, also 0
        if skeleton.heads & self.matrices:
            return True  # an inverse may have zeros wherever its matrix has them
        if not skeleton.polynomial or skeleton.heads & self.deltas:
            return True
        if any(size in skeleton.axes for _, size in skeleton.fixed):
            return True
        if skeleton.heads & self.summing_to_one:
            return True  # one-hot entries are zero somewhere, whatever the tensor is
        # Without deltas and fixed positions, what vanishes for some equal indices
        # vanishes where all indices of a size are equal.
        first = {size: 2 * skeleton.axes.index(size) for size in skeleton.axes}
        merged = {2 * p: first[size] for p, size in enumerate(skeleton.axes)}
        try:
            return not self.substitute(skeleton.polynomial, merged)
        except Undefined:
            return True

    def may_be_flat(self, skeleton: int) -> bool:
        """Whether the skeleton may be zero for all values of tensors in some region.

        So is z relu'(z) for z < 0. It is not where no step occurs, nor a function in whose
        definition one may be, or where it has a free entry, such as the bias of a layer.
        """
        record = self.skeletons[skeleton]
        return bool(
            record.heads & (self.steps | self.folded | self.matrices)
        ) and not self._has_a_free_entry(record.polynomial)

    def _has_a_free_entry(self, polynomial: Polynomial) -> bool:
        """Whether a term is an entry of a tensor that occurs nowhere else, times what is not 0.

        Then the polynomial is zero at single values of that entry only, whatever the sizes
        and indices are. Steps are 0 or 1: each case of those that stand in it must have one.
        """
        steps = sorted(
            {
                k
                for m in polynomial
                for k, _ in m
                if self.kind[k] == APPLICATION and self._is_step(k)
            }
        )
        if len(steps) > MOST_STEPS:
            return False
        self.spend(len(polynomial) << len(steps))
        for ones in range(1 << len(steps)):
            values = {step: ones >> place & 1 for place, step in enumerate(steps)}
            case: Polynomial = {}
            for monomial, coefficient in polynomial.items():
                if all(values.get(k, 1) for k, _ in monomial):
                    rest = tuple([pair for pair in monomial if pair[0] not in values])
                    self.accumulate(case, {rest: coefficient})
            if not self._is_free_in(case):
                return False
        return True

    def _is_step(self, component: int) -> bool:
        head = self.heads[self.factors[component][0][0]]
        is_application = self.kind[component] == APPLICATION
        return is_application and head.function is RELU and head.order == 1

    def _is_free_in(self, polynomial: Polynomial) -> bool:
        components = [k for monomial in polynomial for k, _ in monomial]
        uses = [head for k in components for head, _, _ in self.factors[k]]
        hidden = 0
        for head in set(uses):
            inner = self.heads[head].skeleton
            hidden |= self.skeletons[inner].heads if inner >= 0 else 0
        free = {head for head in uses if uses.count(head) == 1 and not hidden >> head & 1}
        return any(self._is_a_free_entry(monomial, free) for monomial in polynomial)

    def _is_a_free_entry(self, monomial: Monomial, free: set[int]) -> bool:
        """Whether a monomial is a free entry, perhaps times sizes and exponentials."""
        rest = [
            (k, e)
            for k, e in monomial
            if self.bound[k] or not self.heads[self.factors[k][0][0]].positive
        ]
        if len(rest) != 1 or rest[0][1] != 1 or self.kind[rest[0][0]] != ENTRY:
            return False
        head = self.factors[rest[0][0]][0][0]
        record = self.heads[head]
        restricted = record.sums_to_one is not None or record.idempotent or record.involutive
        return head in free and not restricted
