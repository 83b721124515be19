"""Claims to verdicts, in the order of the note.

A wrong declaration is reported once, at its place, and the claims that use it are
judged under its repair. A refuted step is searched for its mistake.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus.derivative import resolve_derivatives
from symgrad.diagnostics import Code, Diagnostic, Fix, Span
from symgrad.judging.asides import annotation, bare_expression
from symgrad.judging.assumed import Assumptions
from symgrad.judging.chain import Chain
from symgrad.judging.contradiction import Rival, rival
from symgrad.judging.decide import Decider
from symgrad.judging.diagnosed import Writer, diagnosed
from symgrad.judging.doubted import (
    FALSE,
    doubted,
    with_convention,
    with_custom,
    with_other_layout,
)
from symgrad.judging.guessing import by_custom
from symgrad.judging.open_sizes import Found, declared_sizes
from symgrad.judging.result import Result
from symgrad.judging.verdicts import Verdicts
from symgrad.judging.withheld import Untaken
from symgrad.reading import errors, syntax, values
from symgrad.reading.adjoints import delta_of_a_layer
from symgrad.reading.capitals import SMALL_LETTERS, has_small_letters
from symgrad.reading.context import Context, Session
from symgrad.reading.einstein import UNWRITTEN, leaves_sums_out, repeats_an_index, repeats_apart
from symgrad.reading.functionals import is_from_above
from symgrad.reading.implicit import conventions, guessed_names, speaks_of_others
from symgrad.reading.remarks import case_of
from symgrad.reading.same_functions import SIGMOID
from symgrad.reading.scope import TensorBinding
from symgrad.reading.statements import Claim
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, field, replace


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
        rivals: what false equalities say of names that are defined elsewhere.
    """

    session: Session
    decider: Decider
    write: Writer = field(default=lambda expression, place, text: "")
    diagnostics: list[Diagnostic] = field(default_factory=list)
    found_sizes: list[Found] = field(default_factory=list)
    rivals: list[Rival] = field(default_factory=list)
    assumptions: Assumptions = field(init=False)
    _untaken: Untaken = field(init=False)
    _reported: set[tuple[Span, str]] = field(default_factory=set)
    _with_jacobians: list[Claim] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.assumptions = Assumptions(self.session)
        self._untaken = Untaken(self.session)

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
        """All results of one claim: its steps, then its annotations.

        What only says what inputs are has none: it holds for the claims after it.
        """
        self.decider.given = {}
        stated = self._stated(claim)
        if stated is not None:
            return stated
        beside = [self.assumptions.read(self._aside(other)) for other in claim.beside]
        if beside or self.assumptions.stated:
            # What a claim uses may settle the sizes of the arrays that are spoken of.
            self._aside(claim).read_all([claim.left, *_members(claim)])
        given = self.assumptions.for_claim(claim, [a for a in beside if a is not None])
        self.decider.given = {a.hypothesis: str(a) for a in given}
        results = self._results(claim)
        needed = {stated for result in results for stated in result.assuming}
        self.assumptions.needed.update(a.line for a in given if str(a) in needed)
        return results

    def unneeded(self, claims: Sequence[Claim]) -> list[Claim]:
        """Displays without words that nothing needed as an assumption: they are claims."""
        needed = self.assumptions.needed
        lines = [self.session.source.position(claim.start)[0] for claim in claims]
        return [
            replace(claim, assumed="")
            for claim, line in zip(claims, lines, strict=True)
            if claim.assumed == "alone" and claim.sign == "=" and line not in needed
        ]

    def _results(self, claim: Claim) -> list[Result]:
        """What is said of a claim under what is given."""
        if claim.by_custom:
            return self._held_against_custom(claim)
        verdicts, results = self._judged(claim)
        if any(map(_says_nothing, results)) and self.session.look_higher():
            verdicts, results = self._judged(claim)
        self._report_sizes(claim.start)
        case = case_of(claim.formula.span, self.session.remarks, self.session.source.text)
        if case is not None and not _all_proved(results):
            claim = replace(claim, conditions=(*claim.conditions, case.node))
            verdicts, results = self._judged(claim)
        results = self._under_other_conventions(claim, results, verdicts.chain.context)
        results = self._with_the_sigmoid(claim, results, verdicts.chain.context)
        results = self._with_dots_by_entries(claim, results)
        results = self._in_either_layout(claim, results)
        results = [self._with_hypotheses(result, claim) for result in results]
        return [self._diagnosed(result, verdicts) for result in results]

    def _held_against_custom(self, claim: Claim) -> list[Result]:
        r"""`\delta^L = ...`, a definition: proved where it is the gradient that custom calls so.

        It is false where it goes from layer to layer otherwise than that gradient does, or has
        a mistake without which it would be that gradient.
        """
        context = Context(self.session, claim.formula.section)
        gradient = delta_of_a_layer(claim.left, context)
        results: list[Result] = []
        if gradient is not None:
            claim = replace(claim, left=replace(gradient, span=claim.left.span))
            verdicts, results = self._judged(claim)
            results = [self._diagnosed(result, verdicts) for result in results]
            if not by_custom([step for _, step in claim.steps], context):
                results = [r if r.mistake else with_custom(r) for r in results]
        if not results or any(result.verdict != "proved" for result in results):
            # It may be the gradient with a minus; then so are those that are not defined.
            self.session.has_other_deltas = True
        return results

    def _stated(self, claim: Claim) -> list[Result] | None:
        """The results of what is no claim; None for a claim."""
        if claim.is_beside and self.assumptions.read(self._aside(claim)) is not None:
            return []
        refused = self.assumptions.state(self._aside(claim)) if claim.assumed else None
        if claim.assumed == "said":
            return []
        if refused is None and claim.sign == "=":
            return None
        if refused == "" or (refused is None and not claim.formula.display):
            return []
        span = Span(claim.start, max(claim.left.span.end, claim.steps[-1][1].span.end))
        text = self.session.source.slice(span).strip()
        if refused is None:
            message = f"claims with {claim.sign} are not judged"
            codes = (errors.UNEXPECTED_SYNTAX.slug,)
            return [Result(span, span, 1, "equality", "unread", message, text, codes=codes)]
        return [Result(span, span, 1, "equality", "undecided", refused, text)]

    def _aside(self, claim: Claim) -> Chain:
        """A claim read without reporting what is found on the way."""
        return Chain(self.session, claim, self.decider, lambda *_: None)

    def _judged(self, claim: Claim) -> tuple[Verdicts, list[Result]]:
        """The results as the note is read now; none is false only by names that are guessed."""
        chain = Chain(self.session, claim, self.decider, self.report)
        verdicts = Verdicts(chain, self.diagnostics)
        results = bare_expression(verdicts) if claim.kind == "expression" else verdicts.steps()
        results.extend(annotation(verdicts, found) for found in claim.annotations)
        guessed = sorted(guessed_names(_nodes(claim), chain.context))
        guessed += [f"{name} as any size" for name in dict.fromkeys(self.session.equated_sizes)]
        results = [self._as_definition(result) for result in results]
        return verdicts, [
            self._as_far_as_is_used(
                doubted(
                    result,
                    verdicts.refuted.get(result.caret),
                    chain,
                    [*guessed, *_unwritten(result, chain)],
                ),
                verdicts,
            )
            for result in results
        ]

    def _as_far_as_is_used(self, result: Result, verdicts: Verdicts) -> Result:
        """A verdict, withheld where the note says more of a name than was used for it."""
        refuted = verdicts.refuted.get(result.caret)
        if result.verdict == "refuted" and refuted is not None:
            sides = verdicts.chain.built(
                verdicts.chain.settled_frame(), refuted.left, refuted.member, refuted.guards
            )
            claim = verdicts.chain.claim.formula.span
            return self._untaken.not_refuted(result, sides[:2], claim)
        return self._untaken.withheld(result, verdicts.proved.get(result.caret, ()))

    def _as_definition(self, result: Result) -> Result:
        """A step that was taken for a definition proves nothing of itself."""
        reason = self.session.second_bodies.get(result.caret)
        if reason is None:
            return result
        return replace(result, verdict="undecided", message=reason)

    def _with_the_sigmoid(
        self, claim: Claim, results: list[Result], context: Context
    ) -> list[Result]:
        r"""Steps that hold for the sigmoid, which a `\sigma` without declaration is by custom."""
        undecided = [r for r in results if r.verdict == "undecided" and r.counterexample]
        if not undecided or SIGMOID not in guessed_names(_nodes(claim), context):
            return results
        if speaks_of_others(self.session.source.text):
            return results
        with self.session.read_with_the_sigmoid():
            again = {r.caret: r for r in self._judged(claim)[1] if r.verdict == "proved"}
        if any(r.caret in again for r in undecided):
            self.session.assume(rf"{SIGMOID} is not declared: read as the sigmoid 1/(1 + e^{{-x}})")
        return [again.get(r.caret, r) if r in undecided else r for r in results]

    def _with_dots_by_entries(self, claim: Claim, results: list[Result]) -> list[Result]:
        r"""Steps whose two sides only fit where `a \cdot b` is a vector, as some write it."""
        misfits = [r for r in results if errors.RANK_MISMATCH.slug in r.codes]
        if not misfits or not any(map(has_dots, _nodes(claim))):
            return results
        found = len(self.diagnostics)
        with self.session.read_with_dots_by_entries():
            again = {r.caret: r for r in self._judged(claim)[1] if r.verdict == "proved"}
        del self.diagnostics[found:]
        if any(r.caret in again for r in misfits):
            self.session.assume(r"a \cdot b of vectors that gives a vector: entry by entry")
        return [again.get(r.caret, r) if r in misfits else r for r in results]

    def _under_other_conventions(
        self, claim: Claim, results: list[Result], context: Context
    ) -> list[Result]:
        """What is false only by the meaning that a function was taken to have, undecided."""
        followed = conventions(_nodes(claim), context)
        if not followed or not any(r.verdict in FALSE for r in results):
            return results
        taken = [self.session.conventions[name] for name in sorted(followed)]
        reason = "; ".join(dict.fromkeys(c.sentence for c in taken))
        again: Sequence[Result] = ()
        if all(c.by_rows for c in taken):
            before = list(self.diagnostics), set(self._reported)
            with self.session.read_by_columns():
                _, again = self._judged(claim)
            self.diagnostics[:], self._reported = before
        kept = {r.caret for r in again if r.verdict in FALSE}
        return [r if r.caret in kept else with_convention(r, reason) for r in results]

    def _in_either_layout(self, claim: Claim, results: list[Result]) -> list[Result]:
        """What is false only in the numerator layout of Jacobians, undecided.

        Where another claim of the note holds in this layout alone, it is the layout of the note.
        """
        session = self.session
        if not session.has_jacobians:
            return results
        session.has_jacobians = False
        if not any(result.verdict in FALSE for result in results):
            self._with_jacobians.append(claim)
            return results
        again = {r.caret for r in self._turned(claim) if r.verdict in FALSE}
        if all(r.caret in again for r in results if r.verdict in FALSE):
            return results
        if any(r.verdict in FALSE for other in self._with_jacobians for r in self._turned(other)):
            return results
        return [r if r.caret in again else with_other_layout(r) for r in results]

    def _turned(self, claim: Claim) -> list[Result]:
        """What would be said of a claim in the denominator layout."""
        before = list(self.diagnostics), set(self._reported)
        with self.session.read_in_layout(True, vectors=True):
            results = self._judged(claim)[1]
        self.diagnostics[:], self._reported = before
        self.session.has_jacobians = False
        return results

    def _diagnosed(self, result: Result, verdicts: Verdicts) -> Result:
        """A refuted step with its mistake; what it says of a name is kept for later claims."""
        refuted = verdicts.refuted.get(result.caret)
        if result.verdict != "refuted" or refuted is None or result.kind == "annotation":
            return result
        result = diagnosed(result, refuted, self.rivals, self.write)
        said = rival(self.session, refuted.left.node, refuted.member.node)
        if said is not None:
            self.rivals.append(said)
        return result

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


def _unwritten(result: Result, chain: Chain) -> tuple[str, ...]:
    """What is read into the step of a result, or into the left-hand side, beyond what it says."""
    nodes = [chain.claim.left]
    nodes += [node for _, node in chain.claim.steps if node.span == result.caret]
    taken = result.caret in chain.took_entries or leaves_sums_out(nodes)
    taken = taken or any(repeats_apart(chain.claim.left, node) for node in nodes[1:])
    taken = taken or (chain.session.leaves_sums_out and repeats_an_index(nodes))
    small = has_small_letters(nodes, chain.session.source)
    return (*((UNWRITTEN,) if taken else ()), *((SMALL_LETTERS,) if small else ()))


def _all_proved(results: Sequence[Result]) -> bool:
    return all(result.verdict == "proved" for result in results)


def _says_nothing(result: Result) -> bool:
    """Whether a blank is a gradient of which the note says no more than its name."""
    if result.verdict != "filled" or result.truth is None:
        return False
    return is_from_above(resolve_derivatives(result.truth))


def has_dots(node: Node) -> bool:
    r"""Whether a `\cdot` stands below a node."""
    own = isinstance(node, syntax.Product) and r"\cdot" in node.operators
    return own or any(map(has_dots, syntax.children(node)))


def _nodes(claim: Claim) -> list[Node]:
    return [claim.left, *(node for _, node in claim.steps)]


def _members(claim: Claim) -> list[Node]:
    return [node for _, node in claim.steps if not isinstance(node, syntax.Blank)]
