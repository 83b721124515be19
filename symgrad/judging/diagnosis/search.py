"""Which mistake a refuted step has: changes of it are tried at points, and proved.

A change that gives the right value at two points is read back as text and must be
proved equal to the left-hand side; then the mistake is what the change undoes, and
the changed text is the correction, in the author's own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property

from symgrad.calculus.dependencies import free_indices
from symgrad.calculus.expression import Expression
from symgrad.calculus.interval import NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Work
from symgrad.diagnostics import Span
from symgrad.judging.diagnosis import (
    arrays,
    brackets,
    factors,
    functions,
    names,
    signs,
    slopes,
    sums,
    terms,
)
from symgrad.judging.diagnosis.holes import Hole, Unreached
from symgrad.judging.diagnosis.layers import layers
from symgrad.judging.diagnosis.marks import marked
from symgrad.judging.diagnosis.pool import Pool
from symgrad.judging.diagnosis.probe import Number, Probe, probes, same
from symgrad.judging.diagnosis.sites import Move, Moves, Site
from symgrad.judging.diagnosis.step import Step
from symgrad.reading import syntax
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError
from symgrad.records import dataclass, field, replace

MOST_WORK = 100_000
"""Node visits that the search for one mistake may take."""

READING = 400
"""What reading a changed step counts as."""

SECOND = 4
"""Part of the work that is given to each search for a second mistake."""

MOST_PROOFS = 40
"""Proofs that one search may ask for."""

GENERATORS: tuple[Moves, ...] = (
    layers,
    signs.signs,
    factors.constants,
    functions.derivatives_of_functions,
    sums.outside_of_sums,
    sums.missing_sums,
    sums.stray_sums,
    factors.stray_factors,
    terms.stray_terms,
    arrays.exponents,
    arrays.transposes,
    arrays.turned_pairs,
    arrays.orders,
    brackets.brackets,
    factors.missing_factors,
    factors.diagonals,
    slopes.complements,
    slopes.one_minus,
    slopes.other_slopes,
    names.everywhere,
    names.other_names,
    functions.activations,
    terms.factors_of_the_truth,
    terms.terms_of_the_truth,
    terms.terms_to_add,
)
"""In the order in which mistakes are looked for: those with few places first."""


STRUCTURAL = (layers, sums.stray_sums, sums.missing_sums, sums.outside_of_sums)
"""What is changed first where two mistakes are looked for."""

FEW = (terms.stray_terms, factors.stray_factors, signs.signs)
"""What needs few tries."""

SCALINGS = (signs.signs, factors.constants)
"""What is changed where one change leaves the whole wrong by a number."""

SCALES = frozenset(Fraction(n, d) for n in (-4, -2, -1, 2, 4) for d in (1, 2, 4)) | {Fraction(1, 2)}

MOST_SCALED = 8
"""Steps with one change that are tried with another number."""

MOST_STRUCTURAL = 6
"""Steps with one change that are searched for a second mistake."""


@dataclass(frozen=True)
class Finding:
    """The mistake of a step.

    Attributes:
        mistakes: slugs, the first the worst.
        says: sentences about them.
        correction: the step without them; "" where only the mistake is known.
        place: the text at fault, where it is one.
        general: the correction is right whatever the functions in it are.
    """

    mistakes: tuple[str, ...]
    says: tuple[str, ...]
    correction: str = ""
    place: Span | None = None
    general: bool = True


class _Exhausted(Exception):  # noqa: N818 - a state, not a fault
    """The limit of the search is reached."""


@dataclass
class Search:
    """The search for the mistake of one step."""

    step: Step
    points: list[Probe]
    work: Work
    pool: Pool
    proofs: int = MOST_PROOFS
    seen: list[tuple[Move, Number]] = field(default_factory=list)

    @classmethod
    def of(cls, step: Step, work: Work) -> Search | None:
        """The search with its points; None where no point tells the two sides apart."""
        given = tuple(step.chain.decider.given)
        points = probes(step.truth, step.claimed, step.free, work, given)
        return cls(step, points, work, Pool(step, points)) if points else None

    def after(self, text: str, work: Work) -> Search | None:
        """The search for a mistake in the step with another text, at the same points."""
        step = self.step.changed(text)
        if step is None:
            return None
        points = [replace(probe, work=work) for probe in self.points]
        return Search(step, points, work, self.pool)

    def single(self) -> Finding | None:
        """The first single change that is proved."""
        return self.among(GENERATORS)

    def among(self, generators: Sequence[Moves]) -> Finding | None:
        """The first change by some generators that is proved.

        One that is right for every activation comes before one that is right for this one:
        where a is ReLU, a' times a is a, but who writes a' has forgotten a factor.
        """
        special: Finding | None = None
        try:
            for move in self.moves(generators):
                found = self.tried([move])
                if found is not None and found.general:
                    return found
                special = special or found
        except _Exhausted:
            pass
        return special

    def scaled(self) -> Finding | None:
        """One change, and a number or a sign by which the whole is wrong besides."""
        probe = self.points[0]
        claimed = probe.value(self.step.claimed)
        tried = 0
        for move, found in self.seen:
            if tried >= MOST_SCALED:
                return None
            if same(found, claimed) or not any(same(found * c, probe.right) for c in SCALES):
                continue
            tried += 1
            search = self.after(self.step.text(move.edits), Work(MOST_WORK // SECOND))
            after = search.among(SCALINGS) if search is not None else None
            if after is not None:
                return _joined(move, after)
        return None

    def nested(
        self,
        first: Sequence[Moves] = STRUCTURAL,
        second: Sequence[Moves] = GENERATORS,
    ) -> Finding | None:
        """A change of sums or layers, and one more after it."""
        changed = 0
        for generator in first:
            for site in self.sites:
                for move in generator(site):
                    changed += 1
                    if changed > MOST_STRUCTURAL:
                        return None
                    search = self.after(self.step.text(move.edits), Work(MOST_WORK // SECOND))
                    found = search.among(second) if search is not None else None
                    if found is not None:
                        return _joined(move, found)
        return None

    @cached_property
    def sites(self) -> list[Site]:
        """Every place of the step."""
        step, context = self.step, self.step.chain.context
        snapshot = context.session.snapshot()
        form = marked(step.node, context, step.source)
        try:
            formula = value(form.node, context)
        except ReadingError:
            context.session.undo(snapshot)
            return []
        holes: dict[syntax.Node, Hole] = {}
        sites = []
        for place in form.places:
            if place.value is not None:
                holes[place.node] = Hole(step, formula, place)
                sites.append(Site(step, self.pool, holes[place.node], holes))
        return sites

    def moves(self, generators: Sequence[Moves]) -> Iterator[Move]:
        """The changes that are right at the points, or must be read to know."""
        for generator in generators:
            for site in self.sites:
                for move in generator(site):
                    if self.may_be_right(move):
                        yield move

    def may_be_right(self, move: Move) -> bool:
        """Whether a change gives the right value at every point."""
        if move.table is None:
            return True
        for number, probe in enumerate(self.points):
            try:
                found = move.hole.value(probe, move.table(probe))
            except (NoValue, KeyError, Unreached):
                return False
            except LimitReached:
                if self.work.left < 0:
                    raise _Exhausted from None
                return False
            if not number:
                self.seen.append((move, found))
            if not probe.agrees(found):
                return False
        return True

    def _has_other_indices(self, expression: Expression) -> bool:
        """Whether a change made an index of another range free, so that it has no value."""
        return any(not free_indices(expression) <= p.indices.keys() for p in self.points[:1])

    def tried(self, changes: Sequence[Move]) -> Finding | None:
        """The finding, if the step is right after these changes."""
        self.work.left -= READING
        if self.work.left < 0:
            raise _Exhausted
        edits = [edit for move in changes for edit in move.edits]
        text = self.step.text(edits)
        expression = self.step.read(text)
        if expression is None or self._has_other_indices(expression):
            return None
        try:
            if not all(p.agrees(p.value(expression)) for p in self.points):
                return None
        except (NoValue, LimitReached):
            return None
        self.proofs -= 1
        if self.proofs < 0:
            raise _Exhausted
        proof = self.step.proof(expression)
        if proof is None:
            return None
        named = [slug for move in changes for slug in (move.mistake, *move.others)]
        slugs = tuple(dict.fromkeys(named))
        place = edits[0].span if len(edits) == 1 else None
        says = tuple(move.says for move in changes)
        return Finding(slugs, says, text, place, general=not proof.facts)

    def pair(self) -> Finding | None:
        """Two changes, in factors or in terms that have nothing to do with each other."""
        probe = self.points[0]
        claimed, right = probe.value(self.step.claimed), probe.right
        if not isinstance(claimed, Fraction) or not isinstance(right, Fraction):
            return None
        by_value: dict[Fraction, list[Move]] = {}
        for move, found in self.seen:
            if isinstance(found, int | Fraction) and found != claimed:
                by_value.setdefault(Fraction(found), []).append(move)
        try:
            return self._partners(claimed, right, by_value)
        except _Exhausted:
            return None

    def _partners(
        self, claimed: Fraction, right: Fraction, by_value: dict[Fraction, list[Move]]
    ) -> Finding | None:
        for move, found in self.seen:
            if not isinstance(found, int | Fraction) or found == claimed:
                continue
            partners = [right - found + claimed]
            if found:
                partners.append(right * claimed / found)
            for partner in partners:
                for other in by_value.get(partner, ()):
                    if not _apart(move, other):
                        continue
                    pair = self.tried([move, other])
                    if pair is not None:
                        return pair
        return None


def _joined(first: Move, second: Finding) -> Finding:
    """Two mistakes, the second found where the first is mended."""
    slugs = (first.mistake, *first.others, *second.mistakes)
    return Finding(tuple(dict.fromkeys(slugs)), (first.says, *second.says), second.correction)


def _apart(first: Move, second: Move) -> bool:
    """Whether two changes touch different parts of the text, the first one earlier."""
    return max(e.span.end for e in first.edits) <= min(e.span.start for e in second.edits)
