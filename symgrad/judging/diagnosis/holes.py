"""The value of a formula at a point with one of its parts exchanged."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from symgrad.calculus import expression as ex
from symgrad.calculus.index import fresh
from symgrad.judging.diagnosis.marks import Place
from symgrad.judging.diagnosis.pool import Atom, Pool
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.step import Step
from symgrad.reading.values import Value

MOST_COEFFICIENTS = 12
"""Entries of a hole up to which its coefficients are worked out."""


class Unreached(Exception):  # noqa: N818 - an answer, not a fault
    """The part has no place in the formula as it was built: it stands in what is kept by name."""


class Hole:
    """A formula that is open at one place, at the points of a search."""

    def __init__(self, step: Step, formula: Value, place: Place) -> None:
        self.step = step
        self.formula = formula
        self.place = place
        self._coefficients: dict[int, tuple[Number, dict[At, Number]]] = {}
        self._tables: dict[int, dict[At, Number]] = {}

    @cached_property
    def expression(self) -> ex.Expression:
        """The formula with the tensor of the hole in it; `Unreached` where it has none."""
        place = self.place
        place.open, place.frame, place.hole = True, None, None
        try:
            built = self.step.built(self.formula)
        finally:
            place.open = False
        if place.hole is None or place.frame is None:
            raise Unreached
        return built

    def ranges(self, probe: Probe) -> list[At]:
        """Values of the bound indices in sight and positions in the part."""
        assert self.expression is not None
        assert self.place.hole is not None
        return probe.ranges(self.place.hole.axes)

    def table(self, probe: Probe) -> Mapping[At, Number]:
        """The part itself, as the author wrote it."""
        known = self._tables.get(id(probe))
        if known is None:
            assert self.expression is not None
            place = self.place
            assert place.hole is not None
            assert place.frame is not None
            assert place.value is not None
            inner = tuple(fresh("i", size) for size in place.hole.axes[len(place.bound) :])
            entry = place.value.entry(place.frame, inner)
            names = (*place.bound, *inner)
            known = self._tables[id(probe)] = {
                at: probe.value(entry, dict(zip(names, at, strict=True)))
                for at in self.ranges(probe)
            }
        return known

    def atom(self, pool: Pool, atom: Atom, probe: Probe) -> dict[At, Number]:
        """An entry of an array for all values of the bound indices in sight."""
        entries = atom.array.table(probe, self.step)
        names = self.place.names
        found: dict[At, Number] = {}
        for at in self.ranges(probe):
            where = tuple(
                at[names.index(n)] if n in names else probe.indices[pool.index_of(n)]
                for n in atom.at
            )
            found[at] = entries[where]
        return found

    def value(self, probe: Probe, table: Mapping[At, Number]) -> Number:
        """The formula with a part that has these entries."""
        assert self.expression is not None
        assert self.place.hole is not None
        if not self.place.linear or len(self.ranges(probe)) > MOST_COEFFICIENTS:
            return probe.with_hole(self.expression, self.place.hole, table)
        constant, coefficients = self._linear(probe)
        total = constant
        for at, coefficient in coefficients.items():
            total = total + coefficient * table[at]
        return total

    def _linear(self, probe: Probe) -> tuple[Number, dict[At, Number]]:
        """f(h) = c + sum of c_t h_t, from its values at 0 and at the unit tables."""
        known = self._coefficients.get(id(probe))
        if known is None:
            assert self.place.hole is not None
            ranges = self.ranges(probe)
            zero: dict[At, Number] = dict.fromkeys(ranges, 0)
            constant = probe.with_hole(self.expression, self.place.hole, zero)
            found = {}
            for at in ranges:
                unit = {**zero, at: 1}
                value = probe.with_hole(self.expression, self.place.hole, unit)
                found[at] = value + constant * -1
            known = self._coefficients[id(probe)] = constant, found
        return known
