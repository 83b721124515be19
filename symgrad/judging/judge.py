"""Claims to verdicts, in the order of the note.

A step is judged against the left-hand side of its chain, which counts by its
definition, and compared with the step before it. What has no meaning as it
stands is repaired where a small edit gives it one that is right, and judged
again; a wrong declaration is reported once, at its place, and the claims that
use it are judged under its repair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from symgrad.calculus import expression as ex
from symgrad.calculus.index import fresh
from symgrad.diagnostics import Code, Diagnostic, Edit, Fix, Span
from symgrad.judging.chain import Chain, Member
from symgrad.judging.decide import Decider, Decision
from symgrad.judging.diagnosis import mistakes  # noqa: F401 - registers their codes
from symgrad.judging.diagnosis.search import finding, finding_among_readings
from symgrad.judging.diagnosis.step import Step
from symgrad.judging.doubts import doubt, hypothesis_in_doubt
from symgrad.judging.edits import edited_text, renaming, with_braces
from symgrad.judging.guessing import ambiguous, argument_in_doubt, equal_sizes, guesses_of
from symgrad.judging.identify import identify
from symgrad.judging.kinks import kinks_of
from symgrad.judging.open_sizes import Found, declared_sizes
from symgrad.judging.points import occurrences
from symgrad.judging.result import Kind, Result, Verdict
from symgrad.judging.rivals import Sides
from symgrad.reading import errors, syntax, values
from symgrad.reading.context import Context, Session
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError
from symgrad.reading.implicit import conventions, guessed_names
from symgrad.reading.patterns import Annotation
from symgrad.reading.ranges import sum_indices
from symgrad.reading.recovery import UNBALANCED
from symgrad.reading.scope import TensorBinding
from symgrad.reading.sizes import is_unknown
from symgrad.reading.statements import Claim
from symgrad.reading.subscripts import has_entries_in_brackets
from symgrad.reading.sums import condition_value
from symgrad.reading.values import Frame, Value

WRONG_FORMULA = Code(
    "wrong-formula",
    "an equality that does not hold",
    "There are sizes, indices and entries at which the two sides have different values; they "
    "are given, and can be checked by hand.",
    r"""Let $x \in \mathbb R^n$.
$$\frac{\partial}{\partial x_i} \sum_{k=1}^n x_k^2 = 7 + x_i^3 - \sum_{k=1}^n x_k^5$$""",
    r"""Let $x \in \mathbb R^n$.
$$\frac{\partial}{\partial x_i} \sum_{k=1}^n x_k^2 = 2 x_i$$""",
)

_MISTAKES = {
    errors.SUM_RANGE: "sum-range",
    errors.INDEX_RANGE: "index-range",
    errors.SWAPPED_INDEX: "swapped-index",
    errors.MISSING_TRANSPOSE: "missing-transpose",
    errors.RANK_MISMATCH: "rank-mismatch",
    errors.UNDECLARED_SYMBOL: "wrong-variable",
}


_FALSE = ("refuted", "ill-typed")

Writer = Callable[[ex.Expression, Span, str], str]
"""LaTeX of an expression, in the style of the formula at a span and the letters of a text."""


@dataclass
class Judge:
    """Judges the claims of one note, one after the other.

    Attributes:
        session: the note as read.
        decider: proves and refutes.
        diagnostics: wrong declarations, each once.
        write: LaTeX of an expression as the formula at a place would write it; without it,
            what would have to be written is not offered.
        found_sizes: what undeclared sizes were found to be.
    """

    session: Session
    decider: Decider
    write: Writer = field(default=lambda expression, place, text: "")
    diagnostics: list[Diagnostic] = field(default_factory=list)
    found_sizes: list[Found] = field(default_factory=list)
    _reported: set[tuple[Span, str]] = field(default_factory=set)

    # -- diagnostics ----------------------------------------------------------

    def report(self, span: Span, code: Code, message: str, hint: str = "", fix: Fix = ()) -> None:
        """Enter a finding about a declaration, once, with the edits that mend it."""
        if (span, code.slug) not in self._reported:
            self._reported.add((span, code.slug))
            fixes = (fix,) if fix else ()
            self.diagnostics.append(Diagnostic(span, code, message, hint, fixes=fixes))

    def _report_sizes(self, place: int) -> None:
        """Undeclared sizes that were just found to be declared ones."""
        for size, found in self.session.sizes.renamed().items():
            span = self.session.open_sizes.get(size)
            if span is not None:
                self.found_sizes.append((place, size, found))
                self.report(
                    span,
                    errors.UNDECLARED_SIZE,
                    f"{size.name} is not declared; it is used as {values.shown(found)}",
                    f"write {values.shown(found)}",
                )

    def finish(self) -> None:
        """What only the whole note tells about its sizes."""
        self._unknown_sizes()
        for place, found in enumerate(self.diagnostics):
            if found.code is errors.UNDECLARED_SIZE:
                fix = declared_sizes(self.session, found.span, self.found_sizes)
                self.diagnostics[place] = replace(found, fixes=(fix,) if fix else ())

    def _unknown_sizes(self) -> None:
        """Sizes that were never introduced, where one that was introduced is never used."""
        session = self.session
        spare = sorted(session.scope.sizes.bindings.keys() - session.used_sizes)
        for size, span in session.open_sizes.items():
            binding = session.scope.names.find(size.name, span.start)
            if spare or isinstance(binding, TensorBinding):
                other = f"; {spare[0]} is declared and never used" if spare else ""
                message = f"{size.name} is used as a size, but not declared as one{other}"
                self.report(span, errors.UNDECLARED_SIZE, message, f"declare {size.name}")

    # -- claims ---------------------------------------------------------------

    def claim(self, claim: Claim) -> list[Result]:
        """All results of one claim: its steps, then its annotations."""
        verdicts, results = self._judged(claim)
        self._report_sizes(claim.start)
        results = self._under_other_conventions(claim, results, verdicts.chain.context)
        results = [self._with_hypotheses(result, claim) for result in results]
        return [verdicts.diagnosed(result) for result in results]

    def _judged(self, claim: Claim) -> tuple[_Verdicts, list[Result]]:
        """The results as the note is read now; none is false only by names that are guessed."""
        verdicts = _Verdicts(self, Chain(self.session, claim, self.decider, self.report))
        results = verdicts.expression() if claim.kind == "expression" else verdicts.steps()
        results.extend(verdicts.annotation(annotation) for annotation in claim.annotations)
        guessed = sorted(guessed_names(_nodes(claim), verdicts.chain.context))
        guessed += [f"{name} as any size" for name in dict.fromkeys(self.session.equated_sizes)]
        return verdicts, [verdicts.doubted(result, guessed) for result in results]

    def _under_other_conventions(
        self, claim: Claim, results: list[Result], context: Context
    ) -> list[Result]:
        """What is false only by the meaning that a function was taken to have, undecided."""
        followed = conventions(_nodes(claim), context)
        if not followed or not any(r.verdict in _FALSE for r in results):
            return results
        taken = [self.session.conventions[name] for name in sorted(followed)]
        reason = "; ".join(dict.fromkeys(c.sentence for c in taken))
        again: Sequence[Result] = ()
        if all(c.by_rows for c in taken):
            before = list(self.diagnostics), set(self._reported)
            with self.session.read_by_columns():
                _, again = self._judged(claim)
            self.diagnostics, self._reported = before
        kept = {r.caret for r in again if r.verdict in _FALSE}
        return [r if r.caret in kept else _with_convention(r, reason) for r in results]

    def _with_hypotheses(self, result: Result, claim: Claim) -> Result:
        r"""What may be assumed, or may follow from what is assumed, is not called false.

        "Suppose that $\sum_k t_k = 1$": an equality inside a sentence that does not hold by
        itself can be an assumption; assumptions are not used yet.
        """
        if result.verdict != "refuted":
            return result
        known = self.session.hypotheses
        if not claim.formula.display and result.kind == "equality":
            known.append(str(self.session.source.position(result.span.start)[0]))
            message = "does not hold by itself; if it is assumed, that is not used"
        elif known:
            message = f"does not hold without what is assumed on line {', '.join(known)}"
        else:
            return result
        return replace(result, verdict="undecided", message=message, correction=None, derived=None)


class _Verdicts:
    """The verdicts on the members of one chain."""

    def __init__(self, judge: Judge, chain: Chain) -> None:
        self.judge = judge
        self.chain = chain
        self.session = judge.session
        self.source = judge.session.source
        self.refuted: dict[Span, tuple[Member, Member, Sequence[Value]]] = {}

    def steps(self) -> list[Result]:
        """Results of all steps."""
        nodes = [n for _, n in self.chain.claim.steps]
        blank = [isinstance(n, syntax.Blank) for n in nodes]
        read = [n for n, empty in zip(nodes, blank, strict=True) if not empty]
        left, *rest = self.chain.read_all([self.chain.claim.left, *read])
        left = self.chain.mended_left(left, all(blank))
        self._enter_found()
        members: list[Member] = []
        queue = iter(rest)
        for node, empty in zip(nodes, blank, strict=True):
            members.append(Member(node, None) if empty else self.chain.mended(next(queue), left))
        self.chain.frame = Frame(self.session.sizes)
        results: list[Result] = []
        for number, member in enumerate(members):
            result = self._step(number, left, member)
            if number > 0 and member.error is None and members[number - 1].value is not None:
                result = self._with_follows(result, results[-1], members[number - 1], member)
            results.append(result)
        return results

    def _enter_found(self) -> None:
        """Enter what was found on the way; an undeclared index may be a declared one."""
        claim = self.chain.claim
        section = claim.formula.section
        nodes = [claim.left, *(node for _, node in claim.steps), *claim.conditions]
        for item in self.chain.context.found:
            if item.code in (errors.UNDECLARED_INDEX, errors.INDEX_NOT_DECLARED_HERE):
                declared = self.session.scope.indices_of(section, item.span.start)
                old = self.source.slice(item.span)
                fixes = tuple(renaming(nodes, old, new) for new in declared)
                item = replace(item, fixes=tuple(fix for fix in fixes if fix))
            self.judge.diagnostics.append(item)

    def _step(self, number: int, left: Member, member: Member) -> Result:
        relation, node = self.chain.claim.steps[number]
        begin = self.chain.claim.start
        span = Span(begin if number == 0 else relation.start, max(node.span.end, relation.end))
        kind: Kind = "derivative" if self.chain.is_derivative() else "equality"
        base = Result(
            span,
            node.span,
            self.chain.claim.first_step + number,
            kind,
            "undecided",
            "",
            self.source.slice(Span(begin, span.end)).strip(),
            conditions=tuple(self.source.slice(c.span) for c in self.chain.claim.conditions),
            place=with_braces(self.source, node.span),
        )
        if left.value is not None:
            base = self._with_truth(base, left.value)
        if isinstance(node, syntax.Blank):
            return self._filled(replace(base, kind="blank", caret=relation), left)
        if left.error is not None and (number == 0 or member.error is None):
            return self.ill_typed(base, left.error)
        try:
            guards = self.chain.guards()
        except ReadingError as error:
            return self.ill_typed(base, error)
        result = self._judged(base, left, member, guards)
        rivals = self.chain.claim.rivals.get(node.span, ())
        if rivals:
            others = [self._judged(base, left, self.chain.read(n), guards) for n in rivals]
            result = _common(base, [result, *others])
        return result

    def _judged(
        self, base: Result, left: Member, member: Member, guards: Sequence[Value]
    ) -> Result:
        if member.error is not None:
            return self._mended_result(base, left, member)
        return self.decided(base, left, member, guards)

    def _with_follows(
        self, result: Result, before: Result, previous: Member, member: Member
    ) -> Result:
        """Whether a step equals the step before: both are right, one is, or it takes a proof."""
        verdicts = {result.verdict, before.verdict}
        if "undecided" in verdicts or "unread" in verdicts or previous.error is not None:
            return result
        if verdicts == {"refuted"}:
            if self.chain.misfit(previous, member) is not None:
                return replace(result, follows=False)
            left, right, _ = self.chain.built(
                self.chain.settled_frame(), previous, member, self.chain.guards()
            )
            return replace(result, follows=self.judge.decider.is_proved(left, right))
        return replace(result, follows=verdicts == {"proved"})

    def decided(self, base: Result, left: Member, right: Member, guards: Sequence[Value]) -> Result:
        """The verdict on two members that have a meaning."""
        misfit = self.chain.misfit(left, right)
        if misfit is not None:
            return self.ill_typed(base, misfit)
        a, b, free = self.chain.built(self.chain.settled_frame(), left, right, guards)
        decision = self.judge.decider.decide(a, b, free)
        if decision.equal is False:
            self.refuted[right.node.span] = left, right, guards
        result = self._with_decision(base, decision, a, b)
        # The entry of an array is no correction of the array.
        return replace(result, derived=None) if left.value and left.value.axes else result

    def doubted(self, result: Result, guessed: Sequence[str]) -> Result:
        """A claim that fails, undecided where another reading of the note may save it."""
        known = self.refuted.get(result.caret)
        if result.verdict != "refuted" or known is None:
            return _with_guesses(result, guessed)
        left, member, guards = known
        sides = Sides(*self.chain.built(self.chain.settled_frame(), left, member, guards))
        reason = argument_in_doubt(sides, self.session) or hypothesis_in_doubt(sides)
        if reason is not None:
            return _undecided(result, reason)
        if not guessed:
            return result
        of_array = left.value is not None and bool(left.value.axes)
        if result.kind != "derivative" or of_array or self.session.equated_sizes:
            # The layout of a derivative by an array that nothing declares is open too.
            return _with_guesses(result, guessed)
        if ambiguous(sides.left, self.session):
            return _with_guesses(result, guessed, "the note defines a name of it twice")
        guesses = guesses_of(guessed, self.chain.claim.left, self.chain.context)
        with equal_sizes(sides, self.session):
            same = Sides(*self.chain.built(Frame(self.session.sizes), left, member, guards))
        reason = doubt(sides, guesses, same)
        return result if reason is None else _with_guesses(result, guessed, reason)

    def diagnosed(self, result: Result) -> Result:
        """A refuted step with the name of its mistake, and without it."""
        known = self.refuted.get(result.caret)
        if result.verdict != "refuted" or known is None or result.kind == "annotation":
            return result
        left, member, guards = known
        assert member.value is not None
        author = self.source.slice(member.node.span)

        def write(expression: ex.Expression) -> str:
            return self.judge.write(expression, self.chain.claim.formula.span, author)

        step = Step(self.chain, left, member.node, member.value, guards, self.source, write)
        tensors = occurrences((step.truth, step.claimed)).tensors
        if any(is_unknown(size) for t in tensors if len(t.axes) > 1 for size in t.axes):
            return result  # a change of the formula may settle sizes that are open here
        stray = bool(self.chain.claim.rivals.get(member.node.span))
        found = finding_among_readings(step) if stray else finding(step)
        if found is None:
            return result
        return replace(
            result,
            mistake=found.mistakes[0],
            codes=found.mistakes,
            message="; ".join((f"{result.message}: {found.says[0]}", *found.says[1:])),
            caret=self._trimmed(found.place) if found.place else result.caret,
            correction=found.correction or None,
        )

    def _with_decision(
        self, base: Result, decision: Decision, left: ex.Expression, right: ex.Expression
    ) -> Result:
        if decision.equal is True:
            return replace(
                base,
                verdict="proved",
                message="holds for all sizes",
                facts=decision.facts,
                second_opinion=decision.second_opinion,
                kinks=kinks_of([left, right], self.judge.decider),
            )
        if decision.equal is False:
            return replace(
                base,
                verdict="refuted",
                message="does not hold",
                codes=(WRONG_FORMULA.slug,),
                counterexample=decision.counterexample,
                second_opinion=decision.second_opinion,
                derived=left,
            )
        return replace(base, message=decision.reason)

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
            hint=error.hint,
            codes=(error.code.slug,),
            mistake=_MISTAKES.get(error.code) if verdict == "ill-typed" else None,
            fixes=tuple((edit,) for edit in error.edits),
        )

    def _mended_result(self, base: Result, left: Member, member: Member) -> Result:
        assert member.error is not None
        result = self.ill_typed(base, member.error)
        if left.value is not None and not left.value.axes:
            result = replace(result, derived=result.truth)
        if member.value is None or not member.edits or left.value is None:
            return result
        after = self.decided(base, left, member, self.chain.guards())
        text = edited_text(self.source, with_braces(self.source, member.node.span), member.edits)
        if after.verdict != "proved" and result.derived is not None:
            return result
        mistake = result.mistake
        edit = member.edits[0]
        other = not self.source.slice(edit.span).startswith(edit.text)
        if member.error.code is errors.RANK_MISMATCH and after.verdict == "proved" and other:
            mistake = "wrong-variable"  # another array of the note makes it right
        if member.error.code is errors.UNDECLARED_INDEX and after.verdict == "proved":
            mistake = "missing-sum"
        return replace(
            result,
            correction=text.strip(),
            after_correction=after.verdict,
            mistake=mistake,
            derived=None,
        )

    def _with_truth(self, base: Result, left: Value) -> Result:
        """What the left-hand side is; of an array, an entry of it."""
        frame = self.chain.settled_frame()
        taken = {name.name for name in frame.root.indices}
        letters = [c for c in "ijklpqrs" if c not in taken]
        positions = tuple(
            fresh(letters[k % len(letters)], frame.size(axis)) for k, axis in enumerate(left.axes)
        )
        return replace(base, truth=left.entry(frame, positions), entry=positions)

    def _filled(self, base: Result, left: Member) -> Result:
        """A blank: what the left-hand side is."""
        if left.value is None:
            error = left.error or errors.unread(base.span, "the left-hand side is not understood")
            return self.ill_typed(base, error)
        derived = base.truth
        assert derived is not None
        return replace(
            base,
            verdict="filled",
            message="was left blank",
            derived=derived,
            kinks=kinks_of([derived], self.judge.decider),
        )

    def _trimmed(self, span: Span) -> Span:
        """The span without the spaces around its text."""
        text = self.source.slice(span)
        start = span.start + len(text) - len(text.lstrip())
        return Span(start, max(start, span.start + len(text.rstrip())))

    def annotation(self, annotation: Annotation) -> Result:
        """A claim under a brace; the indices of the sums around it are free in it."""
        context = self.chain.context
        fixes: tuple[Fix, ...] = ()
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
                nodes = (annotation.label, *annotation.conditions)
                fixes = tuple(renaming(nodes, letter, other) for other in sorted(known))
                message = f"{letter} is not in the formula above the brace"
                raise ReadingError(span, errors.UNDECLARED_INDEX, message)
        except ReadingError as error:
            result = self.ill_typed(base, error)
            return replace(result, fixes=(*result.fixes, *fixes))
        return self.decided(
            base, Member(annotation.body, body), Member(annotation.label, label), guards
        )

    def expression(self) -> list[Result]:
        """The result for an expression that claims nothing by itself."""
        member = self.chain.read_all([self.chain.claim.left])[0]
        self._enter_found()
        span = self.chain.claim.left.span
        base = Result(span, span, 1, "expression", "undecided", "", self.source.slice(span))
        if member.error is not None:
            return [self.ill_typed(base, member.error)]
        assert member.value is not None
        if member.value.axes:
            return [replace(base, message="a bare expression that is not a number is not judged")]
        frame = self.chain.settled_frame()
        expression = member.value.entry(frame, ())
        found = identify(expression, frame, self.chain.context, span.start, self.judge.decider)
        if found is None:
            return [replace(base, message="it is not known what this expression is meant to be")]
        front = Span(span.start, span.start)
        written = found.with_brackets + found.with_subscripts
        if not has_entries_in_brackets(self.source.text):
            written = found.with_subscripts + found.with_brackets
        fixes = tuple((Edit(front, f"{derivative} = "),) for derivative in written)
        return [replace(base, verdict="identified", message=found.sentence, fixes=fixes)]


def _undecided(result: Result, message: str, hint: str = "") -> Result:
    """The result without what belongs to a refutation but its counterexample."""
    return replace(
        result,
        verdict="undecided",
        mistake=None,
        correction=None,
        after_correction=None,
        derived=None,
        message=message,
        hint=hint,
    )


def _nodes(claim: Claim) -> list[syntax.Node]:
    return [claim.left, *(node for _, node in claim.steps)]


def _with_convention(result: Result, convention: str) -> Result:
    """What is false only by a convention of the reader is not called false."""
    if result.verdict not in _FALSE:
        return result
    hint = "write its definition into the note"
    return _undecided(result, f"{result.message}, as this is read ({convention})", hint)


def _with_guesses(result: Result, guessed: Sequence[str], reason: str = "") -> Result:
    """What is false only as undeclared names were read is not called false."""
    if not guessed or result.verdict not in _FALSE:
        return result
    names = ", ".join(guessed)
    message = f"{result.message}, as undeclared names are read ({names})"
    hint = "declare them, for instance with their spaces: $x \\in \\mathbb R^n$"
    return _undecided(result, f"{message}: {reason}" if reason else message, result.hint or hint)


def _common(base: Result, results: Sequence[Result]) -> Result:
    """The verdict on a step with a bracket too many: false only if every reading of it is."""
    if all(r.verdict in _FALSE for r in results):
        refuted = [r for r in results if r.verdict == "refuted"]
        message = "does not hold, whichever closing bracket is removed"
        return replace((refuted or list(results))[0], message=message)
    return replace(
        base,
        verdict="unread",
        message="a closing bracket is too many, and the readings without it differ",
        codes=(UNBALANCED.slug,),
    )
