r"""The reading of a note as text: what every name stands for, and every claim as it was taken.

What is proved is what was read, so claims are written back from the index form that
is judged: sums written out, names kept, derivatives not worked out. What has no
meaning as it stands is quoted, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import click

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, Position, Size, Tensor, fresh
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.substitution import free_indices
from symgrad.diagnostics import Source, Span
from symgrad.reading import meaning, syntax, values
from symgrad.reading.context import Context, Session
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError
from symgrad.reading.scope import (
    Binding,
    DefinitionBinding,
    MapBinding,
    Meaning,
    OpaqueFunctionBinding,
    SpaceBinding,
    TensorBinding,
)
from symgrad.reading.statements import Claim
from symgrad.reading.values import Frame, Value
from symgrad.writing.latex import Letters, Style, _Writer, expanded
from symgrad.writing.text import WIDTH, excerpt, one_line, plural, printable

if TYPE_CHECKING:
    from symgrad.verify import NoteReport

Row = tuple[str, str, Span]
"""A name, what it stands for, and where that is said."""

B = TypeVar("B", bound=Binding)

_LETTERS = "ijklpqrs"
_NAME_COLUMNS = 16


def reading_to_text(
    report: NoteReport,
    session: Session,
    claims: Iterable[Claim],
    *,
    style: Style | None = None,
    width: int = WIDTH,
) -> str:
    """How a note was read, with colours.

    Args:
        report: the note judged; it knows the assumptions and what was not read.
        session: the note understood.
        claims: its claims in order, each judged in the session when the next one is asked
            for: sizes are found and wrong definitions mended on the way.
        style: how the note writes entries and products.
        width: columns that quoted lines may take.
    """
    names = session.scope.names
    as_written = frozenset(b for known in names.bindings.values() for b in known)
    reading = _Reading(session, style or Style(), as_written)
    source = report.source
    # The claims come first, because the names are settled when all of them are judged.
    open_indices: list[Row] = []
    claim_lines = [line for claim in claims for line in reading.claim(claim, open_indices)]
    sections: list[tuple[str, Iterable[str]]] = [
        ("sizes", _table(reading.sizes(), source)),
        ("indices", _table([*reading.indices(), *open_indices], source)),
        ("spaces", _table(reading.names(SpaceBinding), source)),
        ("arrays", _table(reading.names(TensorBinding), source)),
        ("functions", _table(reading.names(MapBinding, OpaqueFunctionBinding), source)),
        ("definitions", _table(reading.names(DefinitionBinding), source)),
        ("claims", claim_lines),
        ("assumptions", [f"  {one_line(sentence)}" for sentence in report.assumptions]),
        ("not read", _unread(report, width)),
    ]
    counts = f"{report.read} of {plural(report.formulas, 'formula')} read"
    text = f"{printable(source.path)}: {counts}\n"
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


def _unread(report: NoteReport, width: int) -> Iterator[str]:
    for result in report.results:
        if result.verdict == "unread":
            line, column = report.source.position(result.caret.start)
            text, carets = excerpt(report.source, result.caret, width - 4)
            yield f"  {line}:{column}  {one_line(result.message)}"
            yield f"    {text}"
            yield f"    {click.style(carets, fg='yellow', bold=True)}"


def _ranges(indices: Iterable[Index]) -> str:
    """`for i from 1 to n, j from 1 to m`."""
    named = sorted({index.name: index.size.name for index in indices}.items())
    return "for " + ", ".join(f"{name} from 1 to {size}" for name, size in named) if named else ""


# -- names and claims ---------------------------------------------------------


@dataclass(frozen=True)
class _Reading:
    """A note understood, and how it writes.

    Attributes:
        session: its names.
        style: its notation.
        as_written: its names before any was mended.
    """

    session: Session
    style: Style
    as_written: frozenset[Binding]

    def size(self, size: Size) -> str:
        """A size as it was found."""
        return values.shown(self.session.sizes.resolve(size))

    def sizes(self) -> Iterator[Row]:
        """Declared sizes, then those that the note uses without declaring them."""
        for binding in _in_order(self.session.scope.sizes.bindings):
            yield binding.name, "", binding.span
        for size, span in self.session.open_sizes.items():
            found = self.session.sizes.resolve(size)
            what = "not declared" if found == size else f"not declared; read as {found.name}"
            yield size.name, what, span

    def indices(self) -> Iterator[Row]:
        """Declared indices."""
        for binding in _in_order(self.session.scope.indices.bindings):
            yield binding.name, f"from 1 to {self.size(binding.size)}", binding.span

    def names(self, *kinds: type[Meaning]) -> Iterator[Row]:
        """The names of some kinds."""
        for binding in _in_order(self.session.scope.names.bindings):
            if isinstance(binding, kinds):
                yield self.row(binding)

    def row(self, binding: Meaning) -> Row:
        """A name and its meaning."""
        match binding:
            case TensorBinding(axes=axes):
                shape = values.describe(self.session.sizes, Value(axes, _no_entry))
                return binding.name, shape, binding.span
            case SpaceBinding(parameters=parameters, space=space):
                given = f"_{{{','.join(parameters)}}}" if parameters else ""
                text = self.session.source.slice(space.span)
                return binding.name + given, f"= {text}", binding.span
            case OpaqueFunctionBinding():
                return binding.name, "any differentiable function", binding.span
            case MapBinding() | DefinitionBinding():
                return *self.definition(binding), binding.span
        raise TypeError(f"no reading for {type(binding).__name__}")

    def definition(self, binding: DefinitionBinding | MapBinding) -> tuple[str, str]:
        """Both sides of a definition in index form; as it is written where it has none."""
        head = binding.latex
        if isinstance(binding, MapBinding):
            family = f"^{{({','.join(binding.family)})}}" if binding.family else ""
            head += f"{family}({', '.join(binding.parameters)})"
        mended = "" if binding in self.as_written else ", with the mistake in it mended"
        try:
            if isinstance(binding, MapBinding) and binding.is_scalar_function:
                return head, f"= {self.function_of_a_number(binding)}{mended}"
            found = self.meaning(binding)
            positions = self.positions(found, set())
            entry = found.entry(Frame(self.session.sizes), positions)
            left = self.latex(entry) if isinstance(entry, ex.Named) else head
            ranges = _ranges(p for p in positions if isinstance(p, Index))
            text = f"= {self.latex(expanded(entry))}"
            return left, f"{text}, {ranges}{mended}" if ranges else text + mended
        except (ReadingError, LimitReached) as error:
            text = self.session.source.slice(binding.body.span).strip()
            return head, f"= {text}  [{error}]"

    def meaning(self, binding: DefinitionBinding | MapBinding) -> Value:
        """What a name stands for; a function, at the arguments it is declared with."""
        context = Context(self.session, binding.section)
        if isinstance(binding, DefinitionBinding):
            return meaning.defined(binding, context)
        nowhere = syntax.Blank(Span(binding.order, binding.order))
        return meaning.call(binding, None, None, nowhere, context)

    def function_of_a_number(self, binding: MapBinding) -> str:
        """The value of such a function, in its own letter."""
        numbers = {binding.parameters[0]: _number(binding.parameters[0])}
        context = Context(self.session, binding.section, values=numbers)
        return self.latex(value(binding.body, context).entry(Frame(self.session.sizes), ()))

    # -- claims ---------------------------------------------------------------

    def claim(self, claim: Claim, open_indices: list[Row]) -> Iterator[str]:
        """The place, one line a member, and the indices that the claim speaks of.

        Indices that nothing declares are entered in `open_indices`.
        """
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
        free = [*frame.indices.values(), *(p for p in positions if isinstance(p, Index))]
        if free:
            yield f"{indent}{click.style(_ranges(free), dim=True)}"
        for name, index in context.free.items():
            span = claim.left.span
            if self.session.scope.index(name, span.start, claim.formula.section) is None:
                what = f"not declared; read as from 1 to {self.size(index.size)}"
                open_indices.append((name, what, span))

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
            self.session.restore(before)
            return error

    def positions(self, found: Value, taken: set[str]) -> tuple[Position, ...]:
        """An index for every axis, with letters that nothing else has."""
        letters = [c for c in _LETTERS if c not in taken]
        letters += [f"i_{number}" for number, _ in enumerate(found.axes)]
        sizes = [self.session.sizes.resolve(axis) for axis in found.axes]
        return tuple(fresh(letter, size) for letter, size in zip(letters, sizes, strict=False))

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
        if isinstance(found, Value) and len(found.axes) in (0, len(positions)):
            try:
                return self.latex(found.entry(frame, positions if found.axes else ()))
            except (LimitReached, ValueError) as error:
                reason = str(error)
        elif isinstance(found, Value):
            reason = f"it is {values.describe(self.session.sizes, found)}"
        else:
            reason = found.message
        return f"{self.session.source.slice(node.span).strip()}  [{reason}]"

    def latex(self, expression: ex.Expression) -> str:
        """LaTeX of an expression, its derivatives not worked out."""
        free = sorted(free_indices(expression), key=lambda index: index.uid)
        return _Faithful(self.style).write(expression, {index: index.name for index in free})


class _Faithful(_Writer):
    """Writes derivatives as derivatives."""

    def sized(self, node: ex.Expression, letters: Letters) -> tuple[str, int]:
        if not isinstance(node, ex.Derivative):
            return super().sized(node, letters)
        by = self.named(node.variable.name, node.positions, letters)
        body = self.write(node.body, letters)
        if isinstance(node.body, ex.Named | ex.Entry):
            return f"\\frac{{\\partial {body}}}{{\\partial {by}}}", 3
        return f"\\frac{{\\partial}}{{\\partial {by}}} \\left({body}\\right)", 2


def _number(name: str) -> Value:
    """The number that a function takes, under its own name."""
    entry = ex.Entry(Tensor(name, ()), ())
    return Value((), lambda frame, positions: entry)


def _no_entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
    raise NotImplementedError


def _in_order(bindings: Mapping[str, Sequence[B]]) -> list[B]:
    return sorted((b for known in bindings.values() for b in known), key=lambda b: b.span.start)
