"""The verdicts on the steps of one chain.

A step is judged against the left-hand side of its chain, which counts by its
definition, and compared with the step before it. What has no meaning as it
stands is repaired where a small edit gives it one that is right, and judged again.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.index import fresh
from symgrad.diagnostics import Code, Diagnostic, Span
from symgrad.judging.chain import Chain, Member
from symgrad.judging.decide import Decision
from symgrad.judging.diagnosed import Refuted
from symgrad.judging.diagnosis.ranges import escaped, indexed, reindexed, shadowed, whole_axis
from symgrad.judging.diagnosis.shapes import Fitted, fitted
from symgrad.judging.edits import edited_text, renaming, with_braces
from symgrad.judging.kinks import kinks_of
from symgrad.judging.result import Kind, Result, Verdict
from symgrad.reading import errors, syntax
from symgrad.reading.errors import ReadingError
from symgrad.reading.recovery import UNBALANCED
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, Value
from symgrad.records import replace

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


class Verdicts:
    """The verdicts on the members of one chain.

    Attributes:
        chain: the members.
        diagnostics: of the note; what is found on the way is entered.
        refuted: the steps that do not hold, by their place.
        proved: both sides of the steps that hold, by their place.
    """

    def __init__(self, chain: Chain, diagnostics: list[Diagnostic]) -> None:
        self.chain = chain
        self.decider = chain.decider
        self.session = chain.session
        self.source = chain.session.source
        self.diagnostics = diagnostics
        self.refuted: dict[Span, Refuted] = {}
        self.proved: dict[Span, tuple[ex.Expression, ex.Expression]] = {}

    def steps(self) -> list[Result]:
        """Results of all steps."""
        nodes = [n for _, n in self.chain.claim.steps]
        blank = [isinstance(n, syntax.Blank) for n in nodes]
        read = [n for n, empty in zip(nodes, blank, strict=True) if not empty]
        left, *rest = self.chain.read_all([self.chain.claim.left, *read])
        left = self.chain.mended_left(left, all(blank))
        self.enter_found()
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

    def enter_found(self) -> None:
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
            self.diagnostics.append(item)

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
            return replace(result, follows=self.decider.is_proved(left, right))
        return replace(result, follows=verdicts == {"proved"})

    def decided(self, base: Result, left: Member, right: Member, guards: Sequence[Value]) -> Result:
        """The verdict on two members that have a meaning."""
        misfit = self.chain.misfit(left, right)
        if misfit is not None:
            return self.ill_typed(base, misfit)
        a, b, free = self.chain.built(self.chain.settled_frame(), left, right, guards)
        decision = self.decider.decide(a, b, free)
        if decision.equal is False:
            self.refuted[right.node.span] = Refuted(self.chain, left, right, guards)
        if decision.equal is True:
            self.proved[right.node.span] = (a, b)
        result = self._with_decision(base, decision, a, b)
        if result.derived is not None and result.entry:
            result = replace(result, derived=base.truth)  # with the indices of that entry
        return result

    def _with_decision(
        self, base: Result, decision: Decision, left: ex.Expression, right: ex.Expression
    ) -> Result:
        if decision.equal is True:
            return replace(
                base,
                verdict="proved",
                message="holds for all sizes",
                facts=decision.facts,
                assuming=tuple([self.decider.given.get(h, str(h)) for h in decision.hypotheses]),
                second_opinion=decision.second_opinion,
                kinks=kinks_of([left, right], self.decider),
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
        if left.value is None:
            return result
        if member.error.code is errors.UNEXPECTED_SYNTAX:
            return self._with_whole_sums(base, result, left, member)
        result = replace(result, derived=result.truth)
        if member.value is None or not member.edits:
            return self._with_shapes(result, left, member)
        after = self.decided(base, left, member, self.chain.guards())
        text = edited_text(self.source, with_braces(self.source, member.node.span), member.edits)
        if after.verdict != "proved":
            fitting = self._with_shapes(result, left, member)
            if fitting.correction is not None or result.derived is not None:
                return fitting
        mistake = result.mistake
        edit = member.edits[0]
        other = not self.source.slice(edit.span).startswith(edit.text)
        if member.error.code is errors.RANK_MISMATCH and after.verdict == "proved" and other:
            mistake = "wrong-variable"  # another array of the note makes it right
        if member.error.code is errors.UNDECLARED_INDEX and after.verdict == "proved":
            mistake = "missing-sum"
            codes = (*result.codes, mistake)
            result = replace(result, codes=codes, message=f"{result.message}: a sum is missing")
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

    def _with_whole_sums(
        self, base: Result, result: Result, left: Member, member: Member
    ) -> Result:
        """A step that is not read because of a sum that runs too far or not far enough."""
        found = whole_axis(self.chain, left, member.node)
        if found is None:
            return replace(result, derived=result.truth)
        error = ReadingError(result.caret, errors.SUM_RANGE, found.says)
        return self._mended_as(self.ill_typed(base, error), found)

    def _with_shapes(self, result: Result, left: Member, member: Member) -> Result:
        """An ill-typed step of arrays with the product that would be right."""
        if result.verdict != "ill-typed":
            return result
        node = self._as_written(member)
        found = fitted(self.chain, left, node)
        if found is None and member.error is not None:
            found = reindexed(self.chain, left, node, member.error)
        found = found or escaped(self.chain, left, node)
        found = found or indexed(self.chain, left, node)
        found = found or shadowed(self.chain, left, node)
        if found is None:
            return result
        message = f"{result.message}: {found.says}"
        return self._mended_as(replace(result, message=message), found)

    def _as_written(self, member: Member) -> Node:
        """A step as it stands in the note, whatever was done to it."""
        written = [node for _, node in self.chain.claim.steps if node.span == member.node.span]
        return written[0] if written else member.node

    def _mended_as(self, result: Result, found: Fitted) -> Result:
        """An ill-typed step with what makes it right."""
        return replace(
            result,
            mistake=found.mistake,
            codes=tuple(dict.fromkeys((*result.codes, found.mistake))),
            correction=found.correction,
            after_correction="proved",
            derived=None,
        )

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
            kinks=kinks_of([derived], self.decider),
        )


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
