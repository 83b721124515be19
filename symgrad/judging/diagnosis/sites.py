"""What a change of a formula is, and one place at which it can be changed.

A generator makes the changes for one place of a refuted step. What it yields is only
tried: a mistake is named when the changed formula is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from symgrad.diagnostics import Edit, Span
from symgrad.judging.diagnosis.holes import Hole
from symgrad.judging.diagnosis.marks import Place
from symgrad.judging.diagnosis.pool import Array, Atom, Pool
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.step import Step
from symgrad.reading import syntax
from symgrad.reading.names import key_or_none
from symgrad.records import dataclass

Table = Callable[[Probe], Mapping[At, Number]]


@dataclass(frozen=True)
class Move:
    """A change that may make a step right.

    Attributes:
        mistake: what was done wrong, if it does.
        says: the sentence about it.
        edits: of the text of the note.
        hole: the place that changes.
        table: what stands there after the change; None: only reading the text tells.
        others: further mistakes that the same change undoes.
    """

    mistake: str
    says: str
    edits: tuple[Edit, ...]
    hole: Hole
    table: Table | None = None
    others: tuple[str, ...] = ()


class Site:
    """One place of a refuted step, with what a change of it needs.

    Attributes:
        step: the step.
        pool: names that can be put there.
        hole: the step, open at this place.
        child: the holes of the places inside, by node.
    """

    def __init__(
        self, step: Step, pool: Pool, hole: Hole, holes: Mapping[syntax.Node, Hole]
    ) -> None:
        self.step = step
        self.pool = pool
        self.hole = hole
        self.holes = holes
        self.place: Place = hole.place
        self.node = hole.place.node
        self.source = step.source
        self.text = self.source.slice(self.node.span)
        self.names = pool.sight(self.place.names)

    @property
    def is_number(self) -> bool:
        """Whether the part is a number, not an array."""
        assert self.place.value is not None
        return not self.place.value.axes

    @property
    def parent(self) -> syntax.Node | None:
        """The place around this one."""
        return self.place.parent.node if self.place.parent is not None else None

    @property
    def where(self) -> str:
        """The sum that it stands in, in words."""
        sums = [s for s in self.place.sums if s]
        return f" inside the sum over {sums[-1]}" if sums else ""

    def replaced(self, text: str) -> tuple[Edit, ...]:
        """The edit that puts a text in the place of this part."""
        return (Edit(self.node.span, text),)

    def atoms(self, arrays: list[Array]) -> Iterator[Atom]:
        """Numbers that can stand here, or arrays of the same axes."""
        if self.is_number:
            yield from self.pool.atoms(self.names, arrays)
            return
        assert self.place.value is not None
        sizes = self.step.chain.session.sizes
        axes = tuple(sizes.resolve(axis) for axis in self.place.value.axes)
        for array in arrays:
            if array.axes == axes and array.value.row == self.place.value.row:
                yield Atom(array, (), self.pool.written(array, []))

    def entries(self, atom: Atom, probe: Probe) -> Mapping[At, Number]:
        """The table of an atom at this place."""
        if self.is_number:
            return self.hole.atom(self.pool, atom, probe)
        table, ranges = atom.array.table(probe, self.step), self.hole.ranges(probe)
        bound = len(self.place.bound)
        return {at: table[at[bound:]] for at in ranges}

    def scaled(self, factor: Fraction | int) -> Table:
        """The part times a number."""
        return lambda probe: {at: v * factor for at, v in self.hole.table(probe).items()}


Moves = Callable[[Site], Iterator[Move]]


def number_of(node: syntax.Node) -> Fraction | None:
    """The number that a node writes out."""
    match node:
        case syntax.Numeral(text=text):
            return Fraction(text) if len(text) < 9 else None
        case syntax.Fraction(numerator=top, denominator=bottom):
            first, second = number_of(top), number_of(bottom)
            return first / second if first is not None and second else None
        case _:
            return None


def span_with_sign(product: syntax.Product, factor: syntax.Node) -> Span | None:
    """A factor together with the sign that joins it to its neighbour."""
    place = next((k for k, f in enumerate(product.factors) if f.span == factor.span), None)
    if place is None:
        return None
    if place:
        return Span(product.factors[place - 1].span.end, factor.span.end)
    return Span(factor.span.start, product.factors[1].span.start)


def short(text: str) -> str:
    """A part of a formula for a sentence."""
    return text if len(text) <= 60 else "this part"


def latex_of(value: Fraction) -> str:
    """A rational number in LaTeX."""
    if value.denominator == 1:
        return str(value)
    return rf"\dfrac{{{value.numerator}}}{{{value.denominator}}}"


def as_factor(site: Site) -> str:
    """The text of a part as it can stand in a product."""
    return rf"\left({site.text}\right)" if isinstance(site.node, syntax.Terms) else site.text


def constant_table(site: Site, value: int) -> Table:
    """A number for the part, whatever the indices are."""
    return lambda probe: dict.fromkeys(site.hole.ranges(probe), Fraction(value))


def is_call(site: Site) -> bool:
    """Whether the part is a function with one argument in brackets."""
    node = site.node
    if not isinstance(node, syntax.Product) or len(node.factors) != 2 or node.operators != ("",):
        return False
    group = node.factors[1]
    return isinstance(group, syntax.Group) and len(group.items) == 1


def call_of(node: syntax.Product) -> tuple[str, syntax.Node]:
    """The function of a call as it is written, and its argument."""
    head, group = node.factors
    assert isinstance(group, syntax.Group)
    return (key_or_none(head) or "").replace(" ", ""), group.items[0]


def uses_of(node: syntax.Node, letter: str) -> Iterator[syntax.Node]:
    """Where an index stands in subscripts."""
    if isinstance(node, syntax.Symbol | syntax.Scripted) and key_or_none(node) == letter:
        yield node
        return
    for child in syntax.children(node):
        yield from uses_of(child, letter)
