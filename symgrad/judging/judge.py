"""Claims to verdicts, in the order of the note.

A step is judged against the left-hand side of its chain, which counts by its
definition, and compared with the step before it. What has no meaning as it
stands is repaired where a small edit gives it one that is right, and judged
again; a wrong declaration is reported once, at its place, and the claims that
use it are judged under its repair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, Size, Tensor, fresh
from symgrad.diagnostics import Code, Diagnostic, Span
from symgrad.judging.decide import Decision, decide, is_proved
from symgrad.judging.edits import edited, edited_text
from symgrad.judging.identify import identify
from symgrad.judging.kinks import kinks_of
from symgrad.judging.result import Kind, Result, Verdict
from symgrad.judging.second_opinion import SympyRoute
from symgrad.reading import errors, syntax, values
from symgrad.reading.context import Context, Session
from symgrad.reading.elaborate import value
from symgrad.reading.errors import Edit, ReadingError
from symgrad.reading.partial import derivative_parts
from symgrad.reading.patterns import Annotation
from symgrad.reading.recovery import UNBALANCED
from symgrad.reading.scope import DefinitionBinding, MapBinding
from symgrad.reading.statements import Claim
from symgrad.reading.sums import condition_value, sum_indices
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, ShapeError, Value

MAXIMAL_EDITS = 2
MAXIMAL_ATTEMPTS = 24

_MISTAKES = {
    errors.SUM_RANGE: "sum-range",
    errors.INDEX_RANGE: "index-range",
    errors.SWAPPED_INDEX: "swapped-index",
    errors.MISSING_TRANSPOSE: "missing-transpose",
    errors.RANK_MISMATCH: "rank-mismatch",
    errors.UNDECLARED_SYMBOL: "wrong-variable",
}


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


@dataclass
class Judge:
    """Judges the claims of one note, one after the other.

    Attributes:
        session: the note as read.
        route: SymPy, or None without a second opinion.
        diagnostics: wrong declarations, each once.
    """

    session: Session
    route: SympyRoute | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _reported: set[tuple[Span, str]] = field(default_factory=set)

    # -- diagnostics ----------------------------------------------------------

    def report(self, span: Span, code: Code, message: str, hint: str = "") -> None:
        """Enter a finding about a declaration, once."""
        if (span, code.slug) not in self._reported:
            self._reported.add((span, code.slug))
            self.diagnostics.append(Diagnostic(span, code, message, hint))

    def _report_sizes(self) -> None:
        """Undeclared sizes that were just found to be declared ones."""
        for size, found in self.session.sizes.renamed().items():
            span = self.session.open_sizes.get(size)
            if span is not None:
                self.report(
                    span,
                    errors.UNDECLARED_SIZE,
                    f"{size.name} is not declared; it is used as {values.shown(found)}",
                    f"write {values.shown(found)}",
                )

    # -- claims ---------------------------------------------------------------

    def claim(self, claim: Claim) -> list[Result]:
        """All results of one claim: its steps, then its annotations."""
        chain = _Chain(self, claim)
        results = chain.expression() if claim.kind == "expression" else chain.steps()
        for annotation in claim.annotations:
            results.append(self._annotation(chain, annotation))
        self._report_sizes()
        return results

    def _annotation(self, chain: _Chain, annotation: Annotation) -> Result:
        """A claim under a brace; the indices of the sums around it are free in it."""
        context = chain.context
        for operator in annotation.sums:
            try:
                for name in sum_indices(operator, context)[0]:
                    context = context.bind_index(name.name, name)
            except ReadingError:
                continue
        known = set(context.free) | set(context.indices)
        span = annotation.span
        shown = self.session.source.slice(span)
        base = Result(span, span, 1, "annotation", "undecided", "", shown)
        try:
            body, label = value(annotation.body, context), value(annotation.label, context)
            guards = [condition_value(c, context) for c in annotation.conditions]
            unknown = sorted(set(context.free) - known)
            if unknown:
                letter = unknown[0]
                del context.free[letter]
                raise ReadingError(
                    span, errors.UNDECLARED_INDEX, f"{letter} is not in the formula above the brace"
                )
        except ReadingError as error:
            return chain.ill_typed(base, error)
        return chain.decided(
            base, Member(annotation.body, body), Member(annotation.label, label), guards
        )


class _Chain:
    """One claim under judgement: its context, its members, the frame they are built in."""

    def __init__(self, judge: Judge, claim: Claim) -> None:
        self.judge = judge
        self.session = judge.session
        self.claim = claim
        self.source = judge.session.source
        self.members: list[Member] = []
        self.context = self._new_context({})
        self.frame: Frame | None = None

    def _new_context(self, ranges: dict[str, Size]) -> Context:
        parameters = {name: _number(name) for name in self.claim.parameters}
        return Context(self.session, self.claim.formula.section, values=parameters, ranges=ranges)

    # -- reading the members --------------------------------------------------

    def _read_all(self, nodes: Sequence[Node]) -> list[Member]:
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
        return [self._read(node, is_step=k > 0) for k, node in enumerate(nodes)]

    def _report_range(self, name: str, size: Size) -> None:
        binding = self.session.scope.index(
            name, self.claim.left.span.start, self.claim.formula.section
        )
        if binding is not None:
            have, need = values.shown(binding.size), values.shown(size)
            self.judge.report(
                binding.span.to(binding.range_span),
                errors.INDEX_RANGE,
                f"{name} is declared to run to {have}, but the formulas need {need}",
                f"declare {name} from 1 to {need}",
            )

    def _read(self, node: Node, is_step: bool = True) -> Member:
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
        for name in set(self.context.free) - free if is_step else ():
            if self.session.scope.index(name, node.span.start, section) is None:
                del self.context.free[name]
                del self.context.found[found:]
                raise ReadingError(
                    node.span,
                    errors.UNDECLARED_INDEX,
                    f"the index {name} is neither on the left-hand side, nor summed over, "
                    "nor declared here",
                )
        return result

    def _mend_definition(self, error: ReadingError) -> bool:
        """Repair a definition, or forget one that only a brace gave; say whether it helped."""
        binding = error.binding
        names = self.session.scope.names
        if isinstance(binding, MapBinding | DefinitionBinding) and error.edits:
            edit = error.edits[0]
            new = replace(binding, body=edited(binding.body, edit))
            if new.body is not binding.body:
                names.replace(binding, new)
                self.session.memo.clear()
                self.judge.report(error.span, error.code, error.message, _hint(error))
                return True
        if isinstance(binding, DefinitionBinding) and binding.by_brace:
            names.bindings[binding.name].remove(binding)
            self.session.memo.clear()
            return True
        return False

    # -- steps ----------------------------------------------------------------

    def steps(self) -> list[Result]:
        """Results of all steps."""
        nodes = [n for _, n in self.claim.steps]
        blank = [isinstance(n, syntax.Blank) for n in nodes]
        read = [n for n, empty in zip(nodes, blank, strict=True) if not empty]
        left, *rest = self._read_all([self.claim.left, *read])
        left = self._mended_left(left, all(blank))
        self.judge.diagnostics.extend(self.context.found)
        members: list[Member] = []
        queue = iter(rest)
        for node, empty in zip(nodes, blank, strict=True):
            members.append(Member(node, None) if empty else self._mended(next(queue), left))
        self.frame = Frame(self.session.sizes)
        results: list[Result] = []
        for number, member in enumerate(members):
            result = self._step(number, left, member)
            if number > 0 and member.error is None and members[number - 1].value is not None:
                result = self._with_follows(result, results[-1], members[number - 1], member)
            results.append(result)
        return results

    def _mended_left(self, left: Member, only_blanks: bool) -> Member:
        """The left-hand side, repaired if need be; over a blank this is a wrong declaration."""
        if left.error is None:
            return left
        mended = self._search(left, None)
        if mended is None:
            return left
        if only_blanks:
            error = left.error
            self.judge.report(self.claim.formula.span, error.code, error.message, _hint(error))
            return replace(mended, error=None)
        return mended

    def _mended(self, member: Member, left: Member) -> Member:
        """A step with its smallest repair: the first that is right, else the first that fits."""
        error = member.error or self._misfit(left, member)
        if error is None:
            return member
        faulty = replace(member, error=error)
        mended = self._search(faulty, left)
        if mended is None:
            return faulty
        self._carry_into_definitions(mended.edits)
        return mended

    def _misfit(self, left: Member, member: Member) -> ReadingError | None:
        """Why a step cannot equal the left-hand side: its shape, or an index from nowhere."""
        if left.value is None or member.value is None:
            return None
        a, b = left.value, member.value
        if _is_zero(member.node) or (
            self._is_derivative() and len(a.axes) == len(b.axes) == 1 and a.row != b.row
        ):
            b = replace(b, row=a.row, axes=a.axes if _is_zero(member.node) else b.axes)
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
            changed = edited(node, edits[-1])
            try:
                found = self._value(changed, is_step=left is not None)
            except ReadingError as error:
                self.session.restore(snapshot)
                if len(edits) < MAXIMAL_EDITS:
                    queue.extend((changed, (*edits, edit)) for edit in error.edits)
                continue
            candidate = Member(changed, found, member.error, edits)
            if left is None or left.value is None:
                return candidate
            if self._misfit(left, candidate) is None and self._proves(left, candidate):
                return candidate
            self.session.restore(snapshot)
            fallback = fallback or candidate
        if fallback is not None and left is not None and self._misfit(left, fallback) is None:
            return fallback
        return None

    def _proves(self, left: Member, member: Member) -> bool:
        frame = Frame(self.session.sizes)
        a, b, _ = self._built(frame, left, member, ())
        return is_proved(a, b)

    def _carry_into_definitions(self, edits: Sequence[Edit]) -> None:
        """A brace inside the repaired step has given a name to the unrepaired text."""
        for known in self.session.scope.names.bindings.values():
            for place, binding in enumerate(known):
                if not isinstance(binding, DefinitionBinding | MapBinding):
                    continue
                body = binding.body
                for edit in edits:
                    if body.span.start <= edit.span.start and edit.span.end <= body.span.end:
                        body = edited(body, edit)
                if body is not binding.body:
                    known[place] = replace(binding, body=body)
                    self.session.memo.clear()

    # -- verdicts -------------------------------------------------------------

    def _is_derivative(self) -> bool:
        node = self.claim.left
        return derivative_parts(node) is not None or bool(self.claim.parameters)

    def _step(self, number: int, left: Member, member: Member) -> Result:
        relation, node = self.claim.steps[number]
        begin = self.claim.start
        span = Span(begin if number == 0 else relation.start, max(node.span.end, relation.end))
        kind: Kind = "derivative" if self._is_derivative() else "equality"
        base = Result(
            span,
            node.span,
            self.claim.first_step + number,
            kind,
            "undecided",
            "",
            self.source.slice(Span(begin, span.end)).strip(),
        )
        if isinstance(node, syntax.Blank):
            return self._filled(replace(base, kind="blank", caret=relation), left)
        if left.error is not None and (number == 0 or member.error is None):
            return self.ill_typed(base, left.error)
        guards = self._guards()
        result = self._judged(base, left, member, guards)
        rivals = self.claim.rivals.get(node.span, ())
        if rivals:
            others = [self._judged(base, left, self._read(n), guards) for n in rivals]
            result = _common(base, [result, *others])
        return result

    def _judged(
        self, base: Result, left: Member, member: Member, guards: Sequence[Value]
    ) -> Result:
        if member.error is not None:
            return self._mended_result(base, left, member)
        return self.decided(base, left, member, guards)

    def _guards(self) -> list[Value]:
        try:
            return [condition_value(c, self.context) for c in self.claim.conditions]
        except ReadingError:
            return []

    def _with_follows(
        self, result: Result, before: Result, previous: Member, member: Member
    ) -> Result:
        """Whether a step equals the step before: both are right, one is, or it takes a proof."""
        verdicts = {result.verdict, before.verdict}
        if "undecided" in verdicts or "unread" in verdicts or previous.error is not None:
            return result
        if verdicts == {"refuted"}:
            if self._misfit(previous, member) is not None:
                return replace(result, follows=False)
            left, right, _ = self._built(self._frame(), previous, member, self._guards())
            return replace(result, follows=is_proved(left, right))
        return replace(result, follows=verdicts == {"proved"})

    def _frame(self) -> Frame:
        if self.frame is None:
            self.frame = Frame(self.session.sizes)
        return self.frame

    def _built(
        self, frame: Frame, left: Member, right: Member, guards: Sequence[Value]
    ) -> tuple[ex.Expression, ex.Expression, list[Index]]:
        """Both sides at the same free positions, times the conditions."""
        assert left.value is not None
        assert right.value is not None
        letters = "ijklpqrs"
        positions = tuple(
            fresh(letters[k % len(letters)], frame.size(axis))
            for k, axis in enumerate(left.value.axes)
        )
        right_positions = positions if right.value.axes else ()
        a, b = left.value.entry(frame, positions), right.value.entry(frame, right_positions)
        for guard in guards:
            weight = guard.entry(frame, ())
            a, b = ex.mul(weight, a), ex.mul(weight, b)
        return a, b, [*frame.root.indices.values(), *positions]

    def decided(self, base: Result, left: Member, right: Member, guards: Sequence[Value]) -> Result:
        """The verdict on two members that have a meaning."""
        misfit = self._misfit(left, right)
        if misfit is not None:
            return self.ill_typed(base, misfit)
        a, b, free = self._built(self._frame(), left, right, guards)
        decision = decide(a, b, free, self.judge.route)
        return _with_decision(base, decision, a, b)

    def ill_typed(self, base: Result, error: ReadingError) -> Result:
        """The verdict on a member without a meaning."""
        verdict: Verdict = "ill-typed"
        if error.code is errors.UNEXPECTED_SYNTAX:
            verdict = "unread"
        elif error.code is errors.UNDECLARED_SYMBOL and not error.edits:
            verdict = "undecided"
        inside = base.span.start <= error.span.start and error.span.end <= base.span.end
        return replace(
            base,
            verdict=verdict,
            caret=error.span if inside else base.caret,
            message=error.message,
            hint=_hint(error),
            codes=(error.code.slug,),
            mistake=_MISTAKES.get(error.code) if verdict == "ill-typed" else None,
        )

    def _mended_result(self, base: Result, left: Member, member: Member) -> Result:
        assert member.error is not None
        result = self.ill_typed(base, member.error)
        if member.value is None or not member.edits or left.value is None:
            return result
        after = self.decided(base, left, member, self._guards())
        text = edited_text(self.source, self.claim_member_span(base, member), member.edits)
        return replace(
            result, correction=text.strip(), after_correction=after.verdict, derived=None
        )

    def claim_member_span(self, base: Result, member: Member) -> Span:
        """The span of the right-hand side in the note."""
        return member.node.span

    def _filled(self, base: Result, left: Member) -> Result:
        """A blank: what the left-hand side is."""
        if left.value is None:
            error = left.error or errors.unread(base.span, "the left-hand side is not understood")
            return self.ill_typed(base, error)
        frame = self._frame()
        positions = tuple(
            fresh("ijklpqrs"[k % 8], frame.size(axis)) for k, axis in enumerate(left.value.axes)
        )
        derived = left.value.entry(frame, positions)
        return replace(
            base,
            verdict="filled",
            message="was left blank",
            derived=derived,
            kinks=kinks_of(derived),
        )

    # -- bare expressions -----------------------------------------------------

    def expression(self) -> list[Result]:
        """The result for an expression that claims nothing by itself."""
        member = self._read_all([self.claim.left])[0]
        self.judge.diagnostics.extend(self.context.found)
        span = self.claim.left.span
        base = Result(span, span, 1, "expression", "undecided", "", self.source.slice(span))
        if member.error is not None:
            return [self.ill_typed(base, member.error)]
        assert member.value is not None
        if member.value.axes:
            return [replace(base, message="a bare expression that is not a number is not judged")]
        frame = self._frame()
        found = identify(member.value.entry(frame, ()), frame, self.context, span.start)
        if found is None:
            return [replace(base, message="it is not known what this expression is meant to be")]
        return [replace(base, verdict="identified", message=found)]


def _common(base: Result, results: Sequence[Result]) -> Result:
    """The verdict on a step with a bracket too many: false only if every reading of it is."""
    if all(r.verdict in ("refuted", "ill-typed") for r in results):
        refuted = [r for r in results if r.verdict == "refuted"]
        message = "does not hold, whichever closing bracket is removed"
        return replace((refuted or list(results))[0], message=message)
    return replace(
        base,
        verdict="unread",
        message="a closing bracket is too many, and the readings without it differ",
        codes=(UNBALANCED.slug,),
    )


def _hint(error: ReadingError) -> str:
    return error.hint


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


def _with_decision(
    base: Result, decision: Decision, left: ex.Expression, right: ex.Expression
) -> Result:
    if decision.equal is True:
        return replace(
            base,
            verdict="proved",
            message="holds for all sizes",
            facts=decision.facts,
            second_opinion=decision.second_opinion,
            kinks=kinks_of(left, right),
        )
    if decision.equal is False:
        return replace(
            base,
            verdict="refuted",
            message="does not hold",
            codes=("wrong-formula",),
            counterexample=decision.counterexample,
            second_opinion=decision.second_opinion,
            derived=left,
        )
    return replace(base, message=decision.reason)
