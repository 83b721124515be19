"""What could have stood in a formula instead: the names of the note, in its notation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import product

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, Position, Size, Tensor, fresh
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.substitution import definitions_of
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.step import Step
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
from symgrad.reading.subscripts import has_entries_in_brackets, writes_subscripts_first
from symgrad.reading.values import Frame, IndexName, Value
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


class Notation:
    """How the author writes entries and products, as far as a formula shows it."""

    def __init__(self, formula: str, note: str) -> None:
        self.brackets = has_entries_in_brackets(formula) or (
            "_" not in formula and has_entries_in_brackets(note)
        )
        pair = re.search(r"_\{\s*[a-z]\s*(,?)\s*[a-z]\s*\}", formula + note)
        self.comma = pair.group(1) if pair else ","
        self.times = next((s for s in (r"\times", r"\cdot") if s in formula), "")
        found = re.search(r"\\sum\s*(\\limits)?", formula) or re.search(
            r"\\sum\s*(\\limits)?", note
        )
        self.sum = found.group(0).strip() if found else r"\sum"
        turned = re.search(r"\^\s*\{?\s*(\\top|\\intercal|T)\b", note)
        self.subscripts_first = writes_subscripts_first(note)
        self.transpose = f"^{turned.group(1)}" if turned else r"^\top"

    def entry(self, name: str, letters: list[str]) -> str:
        """An entry of an array."""
        if not letters:
            return name
        subscript = self.comma.join(letters)
        if len(subscript) > 1:
            subscript = f"{{{subscript}}}"
        if self.brackets:
            return f"[{name}]_{subscript}"
        if "^" in name and "_" not in name and self.subscripts_first:
            return name.replace("^", f"_{subscript}^", 1)
        return f"{{{name}}}_{subscript}" if "_" in name else f"{name}_{subscript}"

    def product(self, first: str, second: str) -> str:
        """Two factors with the author's sign between them."""
        return f"{first} {self.times} {second}" if self.times else f"{first} {second}"


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
        return [size for size in found.sizes if not size.flexible]

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
                yield Array(found.name, text, _value_of(found), found.axes)

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
        yield from self._undeclared({key_of(b.name) for b in declared})

    def _undeclared(self, known: set[str]) -> Iterator[Array]:
        """What the step and its truth are made of without a declaration: layers, guessed names."""
        both = (self.step.claimed, self.step.truth)
        things: list[Tensor | ex.Definition] = [
            *occurrences(both, self.step.free).tensors,
            *(d for side in both for d in definitions_of(side)),
        ]
        made: dict[str, Tensor | ex.Definition] = {}
        for thing in things:
            if key_of(thing.name) not in known and not thing.name.startswith(MARK):
                made.setdefault(thing.name, thing)
        for name, thing in list(made.items())[:MOST_NAMES]:
            found = _value_of(thing) if isinstance(thing, Tensor) else _value_named(thing)
            yield Array(name, self.spelled(name), found, found.axes)

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


def key_of(name: str) -> str:
    """A name whatever braces its scripts have: `z^l` and `z^{l}` are one."""
    return re.sub(r"\{(\w)\}", r"\1", name).replace(" ", "")


def _value_of(found: Tensor) -> Value:
    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        return ex.Entry(found, positions)

    return Value(found.axes, entry, variable=lambda frame: found)


def _value_named(found: ex.Definition) -> Value:
    axes = tuple(index.size for index in found.parameters)

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        return ex.Named(found, positions)

    return Value(axes, entry, variable=lambda frame: found, key=("definition", found))


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
