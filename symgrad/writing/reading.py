r"""The reading of a note as text: what every name stands for, and every claim as it was taken.

What is proved is what was read, so claims are written back from the index form that
is judged: sums written out, names kept, derivatives not worked out. What has no
meaning as it stands is quoted, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, Position, Size, Tensor, fresh
from symgrad.calculus.limits import LimitReached
from symgrad.diagnostics import Source, Span
from symgrad.reading import syntax, values
from symgrad.reading.calls import call
from symgrad.reading.context import Context, Session
from symgrad.reading.definitions import defined
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.note import Note
from symgrad.reading.patterns import Annotation
from symgrad.reading.ranges import sum_indices
from symgrad.reading.scope import (
    Binding,
    DefinitionBinding,
    MapBinding,
    Meaning,
    OpaqueFunctionBinding,
    SpaceBinding,
    TensorBinding,
)
from symgrad.reading.sizes import Sizes
from symgrad.reading.statements import Claim
from symgrad.reading.values import Frame, Value
from symgrad.records import dataclass, field, replace
from symgrad.writing.excerpt import WIDTH, excerpt, one_line, plural, printable
from symgrad.writing.latex import Style, as_written, expanded

if TYPE_CHECKING:
    from symgrad.judging.report import NoteReport

Row = tuple[str, str, Span]
"""A name, what it stands for, and where that is said."""

B = TypeVar("B", bound=Binding)

_LETTERS = "ijklpqrs"
_NAME_COLUMNS = 16


def reading_to_text(
    note: Note,
    report: NoteReport,
    session: Session,
    claims: Iterable[Claim],
    *,
    style_at: Callable[[Span], Style] = lambda span: Style(),
    width: int = WIDTH,
) -> str:
    """How a note was read, with colours.

    Args:
        note: what could not be read as mathematics is in its diagnostics.
        report: the note judged; it knows the assumptions and what was not understood.
        session: the note understood.
        claims: its claims in order, each judged in the session before it is given, because
            sizes are found and wrong definitions mended on the way.
        style_at: the notation at a place of the note.
        width: columns that quoted lines may take.
    """
    reading = _Reading(session, style_at)
    source = note.source
    # First of all, because the names are settled when all claims are judged.
    claim_lines = list(reading.claims(c for c in claims if c.assumed != "said"))
    sections: list[tuple[str, Iterable[str]]] = [
        ("sizes", _table(reading.sizes(), source)),
        ("indices", _table(reading.indices(), source)),
        ("spaces", _table(reading.names(SpaceBinding), source)),
        ("arrays", _table(reading.names(TensorBinding), source)),
        ("functions", _table(reading.names(MapBinding, OpaqueFunctionBinding), source)),
        ("definitions", _table(reading.names(DefinitionBinding), source)),
        ("claims", claim_lines),
        ("assumptions", [f"  {one_line(sentence)}" for sentence in report.assumptions]),
        ("not read", _unread(note, report, width)),
    ]
    read = f"{report.read} of {plural(report.formulas, 'formula')} read"
    text = f"{printable(source.path)}: {read}\n"
    for title, lines in sections:
        body = "".join(f"{line}\n" for line in lines)
        text += f"\n{click.style(title, bold=True)}\n{body}" if body else ""
    return text


# -- layout -------------------------------------------------------------------


def _table(rows: Iterable[Row], source: Source) -> Iterator[str]:
    """One line a name and meaning, with all the lines of the note that say so."""
    places: dict[tuple[str, str], list[int]] = {}
    for name, what, span in rows:
        lines = places.setdefault((one_line(name), one_line(what)), [])
        line = source.position(span.start)[0]
        if line not in lines:
            lines.append(line)
    width = min(max((len(name) for name, what in places if what), default=0), _NAME_COLUMNS)
    for (name, what), lines in places.items():
        noun = "line" if len(lines) == 1 else "lines"
        numbers = click.style(f"({noun} {', '.join(map(str, lines))})", dim=True)
        shown = f"{name.ljust(width)}  {what}" if what else name
        yield f"  {shown}  {numbers}"


def _unread(note: Note, report: NoteReport, width: int) -> Iterator[str]:
    found = [(d.span, d.message) for d in note.diagnostics]
    found += [(r.caret, r.message) for r in report.results if r.verdict == "unread"]
    for span, message in sorted(found, key=lambda item: item[0].start):
        line, column = note.source.position(span.start)
        text, carets = excerpt(note.source, span, width - 4)
        yield f"  {line}:{column}  {one_line(message)}"
        if text.strip():
            yield f"    {text}"
            yield f"    {click.style(carets, fg='yellow', bold=True)}"


def _ranges(indices: Iterable[Index]) -> str:
    """`for i from 1 to n, j from 1 to m`."""
    named = sorted({index.name: index.size.name for index in indices}.items())
    return "for " + ", ".join(f"{name} from 1 to {size}" for name, size in named) if named else ""


# -- names and claims ---------------------------------------------------------


@dataclass
class _Reading:
    """A note understood, and how it writes.

    Attributes:
        session: its names.
        style_at: its notation at a place.
        as_written: its definitions before any was mended, in the order of the note.
        rows: these definitions, as they were read when their place was reached.
        open_indices: indices that nothing declares, as they were read.
        open_sizes: the same for sizes; one that is introduced again may be read anew.
    """

    session: Session
    style_at: Callable[[Span], Style]
    rows: dict[Binding, Row] = field(default_factory=dict)
    open_indices: list[Row] = field(default_factory=list)
    open_sizes: dict[Size, dict[str, None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = _in_order(self.session.scope.names.bindings)
        self.as_written = [b for b in known if isinstance(b, DefinitionBinding | MapBinding)]

    def sizes(self) -> Iterator[Row]:
        """Declared sizes, then those that the note uses without declaring them."""
        for binding in _in_order(self.session.scope.sizes.bindings):
            yield binding.name, "", binding.span
        for size, span in self.session.open_sizes.items():
            found = ", then as ".join(self.open_sizes.get(size, ()))
            yield size.name, "not declared" + (f"; read as {found}" if found else ""), span

    def indices(self) -> Iterator[Row]:
        """Declared indices, then the others."""
        for binding in _in_order(self.session.scope.indices.bindings):
            yield binding.name, f"from 1 to {values.shown(binding.size)}", binding.span
        yield from self.open_indices

    def names(self, *kinds: type[Meaning]) -> Iterator[Row]:
        """The names of some kinds."""
        for binding in _in_order(self.session.scope.names.bindings):
            if isinstance(binding, kinds):
                yield self.row(binding)

    def row(self, binding: Meaning) -> Row:
        """A name and its meaning."""
        match binding:
            case TensorBinding(axes=axes):
                shape = values.describe(Sizes(), Value(axes, lambda frame, positions: ex.ZERO))
                return binding.name, shape, binding.span
            case SpaceBinding(parameters=parameters, space=space):
                given = f"_{{{','.join(parameters)}}}" if parameters else ""
                return binding.name + given, f"= {self.quoted(space)}", binding.span
            case OpaqueFunctionBinding():
                return binding.name, "any differentiable function", binding.span
            case MapBinding() | DefinitionBinding():
                found = self.definition(binding)
                if isinstance(found, tuple):
                    return found
                text = f"= {self.quoted(binding.body)}  [{found}]"
                return self.rows.get(binding) or (_head(binding), text, binding.span)
        raise TypeError(f"no reading for {type(binding).__name__}")

    def definition(self, binding: DefinitionBinding | MapBinding) -> Row | str:
        """Both sides of a definition in index form, or why it has none."""
        span = binding.span.to(binding.body.span)
        mended = "" if binding in self.as_written else ", with the mistake in it mended"
        try:
            if isinstance(binding, MapBinding) and binding.is_scalar_function:
                text = f"= {self.function_of_a_number(binding)}{mended}"
                return _head(binding), text, binding.span
            found = self.value_of(binding)
            positions = self.positions(found, set())
            entry = found.entry(Frame(self.session.sizes), positions)
            left = self.latex(entry, span) if isinstance(entry, ex.Named) else _head(binding)
            text = f"= {self.latex(expanded(entry), span)}"
        except (ReadingError, LimitReached, RecursionError) as error:
            return str(error) or "nested too deeply"
        ranges = _ranges(p for p in positions if isinstance(p, Index))
        return left, text + (f", {ranges}" if ranges else "") + mended, binding.span

    def value_of(self, binding: DefinitionBinding | MapBinding) -> Value:
        """What a name stands for; a function, at the arguments it is declared with."""
        context = Context(self.session, binding.section)
        if isinstance(binding, DefinitionBinding):
            return defined(binding, context)
        nowhere = syntax.Blank(Span(binding.order, binding.order))
        return call(binding, None, None, nowhere, context)

    def function_of_a_number(self, binding: MapBinding) -> str:
        """The value of such a function, in its own letter."""
        numbers = {binding.parameters[0]: _number(binding.parameters[0])}
        context = Context(self.session, binding.section, values=numbers)
        entry = value(binding.body, context).entry(Frame(self.session.sizes), ())
        return self.latex(entry, binding.body.span)

    # -- claims ---------------------------------------------------------------

    def claims(self, claims: Iterable[Claim]) -> Iterator[str]:
        """The lines of all claims; what was found on the way is kept."""
        waiting = list(self.as_written)
        for claim in claims:
            yield from self.claim(claim)
            while waiting and waiting[0].span.start <= claim.start:
                binding = waiting.pop(0)
                row = self.definition(binding)
                if isinstance(row, tuple):
                    self.rows[binding] = row
            for size in self.session.open_sizes:
                found = self.session.sizes.resolve(size)
                if found != size:
                    self.open_sizes.setdefault(size, {})[values.shown(found)] = None

    def claim(self, claim: Claim) -> Iterator[str]:
        """The place, one line a member, and the indices that the claim speaks of."""
        nodes = [claim.left, *(node for _, node in claim.steps)]
        context, members = self.members(claim, nodes)
        left, frame = members[0], Frame(self.session.sizes)
        positions = self.positions(left, set(context.free)) if isinstance(left, Value) else ()
        pairs = zip(nodes, members, strict=True)
        first, *rest = [self.written(node, found, frame, positions) for node, found in pairs]
        line, column = self.session.source.position(claim.start)
        indent = " " * (len(f"{line}:{column}") + 6)
        yield f"  {line}:{column}  {one_line(first)}"
        yield from (f"{indent}= {one_line(text)}" for text in rest)
        spoken_of = [*frame.indices.values(), *(p for p in positions if isinstance(p, Index))]
        notes = [_ranges(spoken_of)] if spoken_of else []
        notes += [f"where {self.quoted(condition)}" for condition in claim.conditions]
        if notes:
            yield f"{indent}{click.style(', '.join(notes), dim=True)}"
        for annotation in claim.annotations:
            yield f"{indent}brace: {one_line(self.annotation(annotation, context, frame))}"
        for name, index in context.free.items():
            span = claim.left.span
            if self.session.scope.index(name, span.start, claim.formula.section) is None:
                size = values.shown(self.session.sizes.resolve(index.size))
                self.open_indices.append((name, f"not declared; read as from 1 to {size}", span))

    def annotation(self, annotation: Annotation, context: Context, frame: Frame) -> str:
        """A claim under a brace; the indices of the sums around it are free in it."""
        try:
            for operator in annotation.sums:
                for name in sum_indices(operator, context)[0]:
                    context = context.bind_index(name.name, name)
        except ReadingError:
            pass  # the claim itself shows what is wrong with this sum
        body, label = (
            self.written(node, self.attempt(node, context), frame, ())
            for node in (annotation.body, annotation.label)
        )
        conditions = ", ".join(map(self.quoted, annotation.conditions))
        return f"{body} = {label}" + (f" if {conditions}" if conditions else "")

    def members(
        self, claim: Claim, nodes: Sequence[syntax.Node]
    ) -> tuple[Context, list[Value | ReadingError]]:
        """The members of a claim, read; under another range where the declared one is wrong."""
        numbers = {name: _number(name) for name in claim.parameters}
        context = Context(self.session, claim.formula.section, values=numbers)
        found = [self.attempt(node, context) for node in nodes]
        wanted = [m.redeclare for m in found if isinstance(m, ReadingError) and m.redeclare]
        if wanted:
            other = replace(context, ranges=dict(wanted[:1]), free={})
            again = [self.attempt(node, other) for node in nodes]
            if not any(isinstance(m, ReadingError) and m.redeclare for m in again):
                return other, again
        return context, found

    def attempt(self, node: syntax.Node, context: Context) -> Value | ReadingError:
        """The value of a node, or why it has none."""
        before = self.session.snapshot()
        try:
            return value(node, context)
        except ReadingError as error:
            fault = error
        except (LimitReached, RecursionError) as error:
            fault = unread(node.span, str(error) or "nested too deeply")
        self.session.restore(before)
        return fault

    def positions(self, found: Value, taken: set[str]) -> tuple[Position, ...]:
        """An index for every axis, with letters that nothing else has."""
        letters = [c for c in _LETTERS if c not in taken]
        letters += [f"i_{number}" for number, _ in enumerate(found.axes)]
        sizes = self._sizes(found)
        return tuple(fresh(letter, size) for letter, size in zip(letters, sizes, strict=False))

    def _sizes(self, found: Value) -> list[Size]:
        return [self.session.sizes.resolve(axis) for axis in found.axes]

    def written(
        self,
        node: syntax.Node,
        found: Value | ReadingError,
        frame: Frame,
        positions: tuple[Position, ...],
    ) -> str:
        """A member of a claim in index form; as it is written where it has none."""
        if isinstance(node, syntax.Blank):
            return "(blank)"
        sizes = [p.size for p in positions]
        if isinstance(found, Value) and self._sizes(found) in ([], sizes):
            try:
                entry = found.entry(frame, positions if found.axes else ())
                return self.latex(entry, node.span)
            except (LimitReached, RecursionError) as error:
                reason = str(error) or "nested too deeply"
        elif isinstance(found, Value):
            reason = f"it is {values.describe(self.session.sizes, found)}"
        else:
            reason = found.message
        return f"{self.quoted(node)}  [{reason}]"

    def quoted(self, node: syntax.Node) -> str:
        """What the note has at a node."""
        return one_line(self.session.source.slice(node.span))

    def latex(self, expression: ex.Expression, span: Span) -> str:
        """LaTeX of an expression, its derivatives not worked out, as is usual at a place."""
        return as_written(expression, self.style_at(span))


def _head(binding: DefinitionBinding | MapBinding) -> str:
    """The name that is defined, with its arguments."""
    if isinstance(binding, DefinitionBinding):
        return binding.latex
    family = f"^{{({','.join(binding.family)})}}" if binding.family else ""
    return f"{binding.latex}{family}({', '.join(binding.parameters)})"


def _number(name: str) -> Value:
    """The number that a function takes, under its own name."""
    entry = ex.Entry(Tensor(name, ()), ())
    return Value((), lambda frame, positions: entry)


def _in_order(bindings: Mapping[str, Sequence[B]]) -> list[B]:
    return sorted((b for known in bindings.values() for b in known), key=lambda b: b.span.start)
