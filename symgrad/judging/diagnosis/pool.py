"""What could have stood in a formula instead: the names of the note, in its notation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import islice, product

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, Size, Tensor, fresh
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.substitution import definitions_of
from symgrad.judging.diagnosis.notation import Notation
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.step import Step
from symgrad.judging.diagnosis.undeclared import key_of, undeclared, value_of
from symgrad.judging.forms import forms
from symgrad.judging.points import occurrences
from symgrad.judging.tree import below
from symgrad.reading import syntax
from symgrad.reading.definitions import apply_entrywise, defined, scalar_function, tensor
from symgrad.reading.errors import ReadingError
from symgrad.reading.functionals import MARK
from symgrad.reading.names import key_or_none, names_in
from symgrad.reading.scope import (
    DefinitionBinding,
    MapBinding,
    OpaqueFunctionBinding,
    TensorBinding,
)
from symgrad.reading.sizes import is_unknown
from symgrad.reading.values import IndexName, Value
from symgrad.records import dataclass, field

MOST_NAMES = 16
"""Arrays that are tried at every place, those of the formula itself first."""

MOST_FUNCTIONS = 3


@dataclass(eq=False)
class Array:
    """An array of the note, or a function of one.

    Attributes:
        name: of the array.
        text: how the note writes it.
        value: what it is.
        axes: its sizes.
        function: what is applied to its entries, such as `a'`.
        order: of the derivative of the function.
    """

    name: str
    text: str
    value: Value
    axes: tuple[Size, ...]
    function: str = ""
    order: int = 0
    tables: dict[int, Mapping[At, Number]] = field(default_factory=dict)

    @property
    def is_named(self) -> bool:
        """Whether the note defines it."""
        key = self.value.key
        return isinstance(key, tuple) and key[0] == "definition"

    def table(self, probe: Probe, step: Step) -> Mapping[At, Number]:
        """All entries at a point."""
        known = self.tables.get(id(probe))
        if known is None:
            indices = tuple(fresh("i", size) for size in self.axes)
            entry = self.value.entry(step.chain.settled_frame(), indices)
            known = self.tables[id(probe)] = {
                at: probe.value(entry, dict(zip(indices, at, strict=True)))
                for at in probe.ranges(self.axes)
            }
        return known


@dataclass(frozen=True)
class Atom:
    """An entry of an array at indices in sight."""

    array: Array
    at: tuple[IndexName, ...]
    text: str


class Pool:
    """The names of a note, as what a refuted step could have meant."""

    def __init__(self, step: Step, probes: list[Probe]) -> None:
        self.step = step
        self.probes = probes
        self.session = step.chain.session
        formula = self.session.source.slice(step.chain.claim.formula.span)
        self.notation = Notation(formula, self.session.source.text)
        self.left = self.session.source.slice(step.chain.claim.left.span)
        self.order = step.chain.claim.formula.span.end
        self.spellings = _spellings(step)

    @cached_property
    def arrays(self) -> list[Array]:
        """The arrays of the note, those of the step first."""
        return list(self._arrays())

    @cached_property
    def functions(self) -> list[tuple[str, ex.Function]]:
        """The functions of numbers, with the names they have."""
        return self._functions()

    @cached_property
    def applied(self) -> list[Array]:
        """The functions, and their derivatives, of the named quantities."""
        return [a for f in self.functions for a in self._applied(f)]

    @cached_property
    def sizes(self) -> list[Size]:
        """The sizes that occur in the step or its truth."""
        found = occurrences((self.step.truth, self.step.claimed), self.step.free)
        return [size for size in found.sizes if not is_unknown(size)]

    def right_terms(self) -> tuple[ex.Expression, ...]:
        """The terms of what the left-hand side is, its derivatives worked out."""
        try:
            whole = forms(self.step.truth)[0]
        except (LimitReached, ValueError):
            return ()
        return whole.terms if isinstance(whole, ex.Add) else (whole,)

    def write(self, expression: ex.Expression) -> str:
        """The LaTeX of an expression in the notation of the note."""
        return self.step.write(expression)

    def quotient(self) -> tuple[Fraction, ...]:
        """What the step would have to be multiplied by, where that is a plain number."""
        for probe in self.probes[:1]:
            claimed = probe.value(self.step.claimed)
            if isinstance(claimed, Fraction) and isinstance(probe.right, Fraction) and claimed:
                found = probe.right / claimed
                if found and abs(found.numerator) <= 64 and found.denominator <= 64:
                    return (found,)
        return ()

    def _upstream(self, tensors: Iterable[Tensor]) -> Iterator[Array]:
        """The gradients of a loss that nothing defines, which come from above."""
        for found in tensors:
            if found.name.startswith(MARK):
                text = self.write(ex.Entry(Tensor(found.name, ()), ()))
                yield Array(found.name, text, value_of(found), found.axes)

    def _arrays(self) -> Iterator[Array]:
        names = self.session.scope.names
        nodes = [self.step.chain.claim.left, *(n for _, n in self.step.chain.claim.steps)]
        mentioned = set().union(*(names_in(node) for node in nodes))
        found = occurrences((self.step.truth, self.step.claimed), self.step.free)
        mentioned |= {tensor.name for tensor in found.tensors}
        yield from self._upstream(found.tensors)
        known = [names.find(name, self.order) for name in names.bindings]
        usable = [
            b
            for b in known
            if isinstance(b, TensorBinding | DefinitionBinding)
            and (b.order <= self.order or b.name in mentioned)
        ]
        usable.sort(key=lambda b: (b.name not in mentioned, -b.order))
        declared = usable[:MOST_NAMES]
        for binding in declared:
            made = self._value(binding)
            if made is not None:
                axes = tuple(self.session.sizes.resolve(axis) for axis in made.axes)
                yield Array(binding.name, self.spelled(binding.name), made, axes)
        others = undeclared(self.step, {key_of(b.name) for b in declared})
        for name, found_value in islice(others, MOST_NAMES):
            axes = tuple(self.session.sizes.resolve(axis) for axis in found_value.axes)
            yield Array(name, self.spelled(name), found_value, axes)

    def _value(self, binding: TensorBinding | DefinitionBinding) -> Value | None:
        snapshot, context = self.session.snapshot(), self.step.chain.context
        try:
            if isinstance(binding, TensorBinding):
                return tensor(binding, context)
            return defined(binding, context)
        except ReadingError:
            self.session.undo(snapshot)
            return None

    def spelled(self, name: str) -> str:
        """A name as the formula writes it."""
        return self.spellings.get(key_of(name)) or self.write(ex.Entry(Tensor(name, ()), ()))

    def _functions(self) -> list[tuple[str, ex.Function]]:
        """The functions of numbers that have a name in the note."""
        found = []
        names = self.session.scope.names
        for name in names.bindings:
            binding = names.before(name, self.order)
            scalar = isinstance(binding, MapBinding) and binding.is_scalar_function
            if scalar or isinstance(binding, OpaqueFunctionBinding):
                assert isinstance(binding, MapBinding | OpaqueFunctionBinding)
                try:
                    function = scalar_function(binding, self.step.chain.context)
                except ReadingError:
                    continue
                found.append((self.spelled(name), function))
        known = {function for _, function in found}
        sides = (self.step.claimed, self.step.truth)
        bodies = [d.body for side in sides for d in definitions_of(side)]
        applied = [
            n.function for e in (*sides, *bodies) for n in below(e) if isinstance(n, ex.Apply)
        ]
        others = [f for f in dict.fromkeys(applied) if f not in known and f not in ex.PRIMITIVES]
        return [*found, *((f.name, f) for f in others)][:MOST_FUNCTIONS]

    def _applied(self, named: tuple[str, ex.Function]) -> Iterator[Array]:
        """The derivative of a function, and the function, of every named quantity."""
        text, function = named
        for order in (1, 0):
            for array in self.arrays:
                if array.is_named:
                    made = apply_entrywise(function, order, array.value)
                    head = text + "'" * order
                    yield Array(array.name, array.text, made, array.axes, head, order)

    def atoms(self, names: tuple[IndexName, ...], arrays: list[Array]) -> Iterator[Atom]:
        """The entries of arrays at index names in sight, each name at most once in an entry."""
        sizes = self.session.sizes
        for array in arrays:
            fitting = [[n for n in names if sizes.resolve(n.size) == axis] for axis in array.axes]
            for at in product(*fitting):
                if len(set(at)) == len(at):
                    yield Atom(array, at, self.written(array, [n.name for n in at]))

    def written(self, array: Array, letters: list[str]) -> str:
        """An entry of an array, or the whole of it, in the notation of the note."""
        entry = self.notation.entry(array.text, letters)
        if array.name.startswith(MARK) and letters:
            # \frac{\partial L}{\partial y_i}: the subscript stands below.
            top, below = array.text[:-1].rsplit(r"{\partial ", 1)
            entry = f"{top}{{\\partial {self.notation.entry(below, letters)}}}"
        return f"{array.function}({entry})" if array.function else entry

    def sight(self, names: tuple[IndexName, ...]) -> tuple[IndexName, ...]:
        """The index names that can be used at a place: those bound there, and the free ones."""
        frame = self.step.chain.settled_frame()
        free = [n for n in self.step.chain.context.free.values() if n in frame.root.indices]
        hidden = {n.name for n in names}
        return (*names, *(n for n in free if n.name not in hidden))

    def index_of(self, name: IndexName) -> Index:
        """The free index of a name."""
        return self.step.chain.settled_frame().root.indices[name]


def _spellings(step: Step) -> dict[str, str]:
    """How the members of a chain write each name."""
    source = step.chain.session.source
    found: dict[str, str] = {}
    waiting = [step.chain.claim.left, *(n for _, n in step.chain.claim.steps)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, syntax.Symbol | syntax.Accent | syntax.Scripted):
            name = key_or_none(node)
            if name is not None:
                found.setdefault(key_of(name), source.slice(node.span))
        waiting.extend(syntax.children(node))
    return found
