"""One claim being read: its members, their repairs, and the expressions they stand for.

What has no meaning as it stands is repaired where a small edit gives it one. A
wrong definition is mended for good, in the scope; a wrong index range holds for
the claim, and is reported at its declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, Size, Tensor, fresh
from symgrad.calculus.limits import LimitReached
from symgrad.diagnostics import Code, Edit, Fix, Span
from symgrad.judging.decide import Decider
from symgrad.judging.edits import edited
from symgrad.judging.entries import array_of, entry_of
from symgrad.reading import errors, syntax, values
from symgrad.reading.context import Context, Session
from symgrad.reading.einstein import letters_of
from symgrad.reading.elaborate import shaped, value
from symgrad.reading.errors import ReadingError
from symgrad.reading.partial import derivative_parts
from symgrad.reading.scope import DefinitionBinding, MapBinding
from symgrad.reading.statements import Claim
from symgrad.reading.sums import condition_value
from symgrad.reading.syntax import Node
from symgrad.reading.tokens import LatexError
from symgrad.reading.units import has_one_entry, like_the_left
from symgrad.reading.values import Frame, ShapeError, Value
from symgrad.reading.written_out import is_list
from symgrad.records import dataclass, replace

MAXIMAL_EDITS = 2
MAXIMAL_ATTEMPTS = 24

Report = Callable[[Span, Code, str, str, Fix], None]
"""Takes a finding about a declaration: its place, code, message, hint and what mends it."""


@dataclass(frozen=True)
class Member:
    """A member of a chain, read: its value, or why it has none and what mends it.

    Attributes:
        node: as it counts from here on; repaired where it had to be.
        value: None where it has no meaning even so.
        error: why it has none as it stands.
        edits: what was done to it.
    """

    node: Node
    value: Value | None
    error: ReadingError | None = None
    edits: tuple[Edit, ...] = ()


class Chain:
    """The members of one claim, read in one context and built in one frame.

    Attributes:
        session: the note.
        claim: what is being read.
        context: in which all members are read.
        strays: the index of a step that nothing introduces, by the place of the step.
        left: the value of the left-hand side.
        took_entries: the steps that were read as an entry of the left-hand side, or its array.
    """

    def __init__(self, session: Session, claim: Claim, decider: Decider, report: Report) -> None:
        self.session = session
        self.claim = claim
        self.decider = decider
        self.report = report
        self.context = self._new_context({})
        self.frame: Frame | None = None
        self.strays: dict[Span, str] = {}
        self.left: Value | None = None
        self.took_entries: set[Span] = set()

    def _new_context(self, ranges: dict[str, Size]) -> Context:
        parameters = {name: _number(name) for name in self.claim.parameters}
        return Context(self.session, self.claim.formula.section, values=parameters, ranges=ranges)

    def read_all(self, nodes: Sequence[Node]) -> list[Member]:
        """Read every member; if a declared range is at fault for all, read under its repair."""
        before = self.session.snapshot()
        members = self._read_each(nodes)
        wanted = [m.error.redeclare for m in members if m.error and m.error.redeclare]
        for name, size in dict.fromkeys(wanted):
            first = self.session.snapshot(), self.context
            self.session.restore(before)
            self.context = self._new_context({name: size})
            again = self._read_each(nodes)
            if not any(m.error and m.error.redeclare for m in again):
                self._report_range(name, size)
                return again
            self.session.restore(first[0])
            self.context = first[1]
            members = self._read_each(nodes)
        return members

    def _read_each(self, nodes: Sequence[Node]) -> list[Member]:
        return [self.read(node, is_step=k > 0) for k, node in enumerate(nodes)]

    def _report_range(self, name: str, size: Size) -> None:
        binding = self.session.scope.index(
            name, self.claim.left.span.start, self.claim.formula.section
        )
        if binding is not None:
            have, need = values.shown(binding.size), values.shown(size)
            self.report(
                binding.span.to(binding.range_span),
                errors.INDEX_RANGE,
                f"{name} is declared to run to {have}, but the formulas need {need}",
                f"declare {name} from 1 to {need}",
                (Edit(binding.range_span, need),),
            )

    def read(self, node: Node, is_step: bool = True) -> Member:
        """Read one member, mending wrong definitions that it meets on its way."""
        for _ in range(6):
            snapshot = self.session.snapshot()
            try:
                return Member(node, self._value(node, is_step))
            except ReadingError as error:
                self.session.restore(snapshot)
                if error.binding is None or not self._mend_definition(error):
                    return Member(node, None, error)
        return Member(node, None, errors.unread(node.span, "its definitions are wrong"))

    def _value(self, node: Node, is_step: bool) -> Value:
        """The value of a member; a step may use no index that nothing introduces."""
        free, found = set(self.context.free), len(self.context.found)
        result = value(node, self.context)
        section = self.claim.formula.section
        if not is_step:
            self.left = result
        elif self.left is not None:
            if self._has_both():
                result = self._like_the_left(result, self.left, free, node)
            result = like_the_left(self.session.sizes, result, self.left)
        for name in sorted(set(self.context.free) - free) if is_step else ():
            if self.session.scope.index(name, node.span.start, section) is None:
                size = self.session.sizes.resolve(self.context.free.pop(name).size)
                del self.context.found[found:]
                self.strays[node.span] = name
                raise ReadingError(
                    node.span,
                    errors.UNDECLARED_INDEX,
                    f"the index {name} is neither on the left-hand side, nor summed over, "
                    "nor declared here",
                    edits=self._with_sum(node, name, values.shown(size)),
                )
        return result

    def _has_both(self) -> bool:
        """Whether the steps go between an array and its entry."""
        if self.session.leaves_sums_out:
            return True
        steps = [n for _, n in self.claim.steps if not isinstance(n, syntax.Numeral | syntax.Blank)]
        return {any(True for _ in letters_of(node)) for node in steps} == {True, False}

    def _like_the_left(self, result: Value, left: Value, free: set[str], node: Node) -> Value:
        """An entry as its array, and an array as its entry, where the left-hand side is one."""
        names = {n: index for n, index in self.context.free.items() if n not in free}
        if left.axes and not result.axes and len(names) == len(left.axes):
            for name in names:
                del self.context.free[name]
            made = shaped(node.span, lambda: array_of(result, names, left, self.session.sizes))
        elif not left.axes and result.axes and len(result.axes) == len(free) and not names:
            names = {n: self.context.free[n] for n in free}
            made = shaped(node.span, lambda: entry_of(result, names, self.session.sizes))
        else:
            return result
        self.session.assume("an array beside a number with free indices: its entry at these")
        self.took_entries.add(node.span)
        return made

    def _with_sum(self, node: Node, name: str, size: str) -> tuple[Edit, ...]:
        """The edit that sums a step over an index, where its range is known."""
        if size == "?":
            return ()
        text = self.session.source.slice(node.span)
        if isinstance(node, syntax.Terms):
            text = rf"\left({text}\right)"
        return (Edit(node.span, rf"\sum_{{{name}=1}}^{{{size}}} {text}"),)

    def _mend_definition(self, error: ReadingError) -> bool:
        """Repair a definition, or forget one that only a brace gave; say whether it helped."""
        binding = error.binding
        names = self.session.scope.names
        if isinstance(binding, MapBinding | DefinitionBinding) and error.edits:
            edit = error.edits[0]
            new = replace(binding, body=edited(binding.body, edit, self.session))
            if new.body is not binding.body:
                names.replace(binding, new)
                self.session.read_anew()
                self.report(error.span, error.code, error.message, error.hint, (edit,))
                return True
        if isinstance(binding, DefinitionBinding) and binding.by_brace:
            names.bindings[binding.name].remove(binding)
            self.session.read_anew()
            return True
        return False

    def misfit(self, left: Member, member: Member) -> ReadingError | None:
        """Why a step cannot equal the left-hand side: its shape, or an index from nowhere."""
        if left.value is None or member.value is None:
            return None
        a, b = left.value, member.value
        if _is_zero(member.node):
            b = replace(b, row=a.row, axes=a.axes)
        elif _is_zero(left.node):
            a = replace(a, row=b.row, axes=b.axes)
        elif (
            self.is_derivative()
            and len(a.axes) == len(b.axes) == 1
            and not has_one_entry(self.session.sizes, a)
        ):
            # A gradient may be a row or a column, but the same all through a note.
            if self.session.gradient_is_row is None:
                self.session.gradient_is_row = b.row
            a = replace(a, row=self.session.gradient_is_row)
        if len(b.axes) == 1 and is_list(member.node):
            b = replace(b, row=a.row)
        try:
            values.same_axes(self.session.sizes, a, b, "an equality between")
        except ShapeError as error:
            code = {"size-mismatch": errors.SIZE_MISMATCH}.get(error.kind, errors.RANK_MISMATCH)
            return ReadingError(member.node.span, code, error.message)
        return None

    def _search(self, member: Member, left: Member | None) -> Member | None:
        """Try the edits that an error offers, a few deep, until the member is right."""
        assert member.error is not None
        queue: list[tuple[Node, tuple[Edit, ...]]] = [
            (member.node, (edit,)) for edit in member.error.edits
        ]
        fallback: Member | None = None
        for attempt, (node, edits) in enumerate(queue):
            if attempt >= MAXIMAL_ATTEMPTS:
                break
            snapshot = self.session.snapshot()
            try:
                changed = edited(node, edits[-1], self.session)
            except LatexError:
                continue  # the text has a bracket too many, whatever is put around it
            try:
                found = self._value(changed, is_step=left is not None)
            except ReadingError as error:
                self.session.undo(snapshot)
                if len(edits) < MAXIMAL_EDITS:
                    queue.extend((changed, (*edits, edit)) for edit in error.edits)
                continue
            candidate = Member(changed, found, member.error, edits)
            if left is None or left.value is None:
                return candidate
            if self.misfit(left, candidate) is None and self._proves(left, candidate):
                return candidate
            self.session.undo(snapshot)
            fallback = fallback or candidate
        if fallback is None or left is None:
            return None
        # It is read once more: what its sizes were found to be was taken back.
        fallback = replace(fallback, value=self._value(fallback.node, is_step=True))
        return fallback if self.misfit(left, fallback) is None else None

    def _proves(self, left: Member, member: Member) -> bool:
        frame = Frame(self.session.sizes)
        try:
            a, b, _ = self.built(frame, left, member, ())
        except LimitReached:
            return False
        return self.decider.is_proved(a, b)

    def would_prove(self, left: Member, node: Node) -> bool:
        """Whether a step would be right with another node; nothing of it is kept."""
        snapshot = self.session.snapshot()
        try:
            candidate = Member(node, self._value(node, is_step=True))
            return self.misfit(left, candidate) is None and self._proves(left, candidate)
        except ReadingError:
            return False
        finally:
            self.session.undo(snapshot)

    def _carry_into_definitions(self, edits: Sequence[Edit]) -> None:
        """A brace inside the repaired step has given a name to the unrepaired text."""
        for known in self.session.scope.names.bindings.values():
            for place, binding in enumerate(known):
                if not isinstance(binding, DefinitionBinding | MapBinding):
                    continue
                body = binding.body
                for edit in edits:
                    if body.span.start <= edit.span.start and edit.span.end <= body.span.end:
                        body = edited(body, edit, self.session)
                if body is not binding.body:
                    known[place] = replace(binding, body=body)
                    self.session.read_anew()

    def mended_left(self, left: Member, only_blanks: bool) -> Member:
        """The left-hand side, repaired if need be; over a blank this is a wrong declaration."""
        if left.error is None:
            return left
        mended = self._search(left, None)
        if mended is None:
            return left
        if only_blanks:
            error = left.error
            place = self.claim.formula.span
            self.report(place, error.code, error.message, error.hint, mended.edits)
            return replace(mended, error=None)
        return mended

    def mended(self, member: Member, left: Member) -> Member:
        """A step with its smallest repair: the first that is right, else the first that fits."""
        error = member.error or self.misfit(left, member)
        if error is None:
            return member
        faulty = replace(member, error=error)
        mended = self._search(faulty, left)
        if mended is None:
            return faulty
        self._carry_into_definitions(mended.edits)
        return mended

    def built(
        self, frame: Frame, left: Member, right: Member, guards: Sequence[Value]
    ) -> tuple[ex.Expression, ex.Expression, list[Index]]:
        """Both sides at the same free positions, times the conditions."""
        assert left.value is not None
        assert right.value is not None
        letters = "ijklpqrs"
        positions = tuple(
            fresh(letters[k % len(letters)], frame.size(axis))
            for k, axis in enumerate(left.value.axes or right.value.axes)
        )
        left_positions = positions if left.value.axes else ()
        right_positions = positions if right.value.axes else ()
        a, b = left.value.entry(frame, left_positions), right.value.entry(frame, right_positions)
        for guard in guards:
            weight = guard.entry(frame, ())
            a, b = ex.mul(weight, a), ex.mul(weight, b)
        return a, b, [*frame.root.indices.values(), *positions]

    def settled_frame(self) -> Frame:
        """The frame in which all members are built, once their sizes are known."""
        if self.frame is None:
            self.frame = Frame(self.session.sizes)
        return self.frame

    def guards(self) -> list[Value]:
        """The conditions of the claim, each 1 where it holds.

        Raises:
            ReadingError: where one is not understood.
        """
        return [condition_value(c, self.context) for c in self.claim.conditions]

    def is_derivative(self) -> bool:
        """Whether the left-hand side is a derivative."""
        try:
            derivative = derivative_parts(self.claim.left) is not None
        except ReadingError:
            return True  # of an order that is not read
        return derivative or bool(self.claim.parameters)


def _is_zero(node: Node) -> bool:
    return isinstance(node, syntax.Numeral) and float(node.text) == 0


def _number(name: str) -> Value:
    """The number that a function takes."""
    tensor = Tensor(name, ())
    return Value(
        (),
        lambda frame, positions: ex.Entry(tensor, ()),
        variable=lambda frame: tensor,
        key=("tensor", name, ()),
    )
