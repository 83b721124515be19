"""Two expressions: proved equal, refuted, or undecided. Typing and places are done before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from symgrad.calculus.expression import Definition, Expression
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Fixed, Index
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import Proof, Prover
from symgrad.calculus.rules import Undefined
from symgrad.calculus.substitution import free_indices, substitute
from symgrad.judging.agreement import agree, differ
from symgrad.judging.counterexample import Counterexample, find
from symgrad.judging.second_opinion import SecondOpinion, SympyRoute
from symgrad.judging.shared_points import SharedPoints
from symgrad.records import dataclass, field, replace

MOST_CASES = 16
"""Values of the indices of small arrays for which a proof is sought one by one."""


@dataclass(frozen=True)
class Decision:
    """The answer for one equality.

    Attributes:
        equal: True where proved, False where refuted, None where undecided.
        facts: facts about activations that the proof used.
        hypotheses: those that the proof needed.
        second_opinion: whether SymPy comes to the same answer at sizes of its own.
        reason: why it is undecided.
    """

    equal: bool | None
    facts: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    second_opinion: SecondOpinion | None = None
    reason: str = ""
    hypotheses: tuple[Hypothesis, ...] = ()


@dataclass
class Decider:
    """Decides the equalities of one note; what they share is worked out once.

    Attributes:
        route: SymPy, or None without a second opinion.
        given: what may be assumed for the claim under way, with the words for it.
    """

    route: SympyRoute | None = None
    given: Mapping[Hypothesis, str] = field(default_factory=dict)
    _prover: Prover = field(default_factory=Prover)
    _points: SharedPoints = field(default_factory=SharedPoints)

    def decide(
        self,
        left: Expression,
        right: Expression,
        free: Sequence[Index],
        hypotheses: Sequence[Hypothesis] = (),
    ) -> Decision:
        """Decide an equality between expressions with these free indices, under hypotheses.

        Exact evaluation at unequal sizes comes first: it is cheap, and it must agree with
        the proof. SymPy comes last. A disagreement between them is a fault of ours and
        never becomes a verdict. All are asked where the hypotheses are met.
        """
        hypotheses = (*self.given, *hypotheses)
        evaluated = agree(left, right, free, hypotheses=hypotheses, shared=self._points)
        if evaluated is False:
            return self._refuted(left, right, free, hypotheses)
        if evaluated is None:
            return Decision(None, reason="no point was found at which both sides have a value")
        proof, reason = self._proof(left, right, hypotheses)
        if proof is None:
            return self._refuted(left, right, free, hypotheses, reason)
        opinion = self._opinion(left, right, free, hypotheses)
        if opinion is not None and not opinion.agrees:
            reason = "internal error: the proof and SymPy disagree"
            return Decision(None, second_opinion=opinion, reason=reason)
        return Decision(True, proof.facts, second_opinion=opinion, hypotheses=proof.hypotheses)

    def proof(
        self, left: Expression, right: Expression, hypotheses: Sequence[Hypothesis] = ()
    ) -> Proof | None:
        """A proof of an equality within the limits; nothing is checked a second time."""
        return self._proof(left, right, hypotheses)[0]

    def is_proved(
        self, left: Expression, right: Expression, hypotheses: Sequence[Hypothesis] = ()
    ) -> bool:
        """Whether an equality is proved within the limits; nothing is checked a second time.

        Most candidates are wrong, and one point tells in a tenth of the time of a proof.
        """
        everything = (*self.given, *hypotheses)
        if differ(left, right, hypotheses=everything, shared=self._points):
            return False
        return self._proof(left, right, hypotheses)[0] is not None

    def with_nothing_given(self) -> Decider:
        """The same, with all that was worked out, but for no claim in particular."""
        return replace(self, given={})

    def composed(self, expression: Expression) -> Expression | None:
        """The expression with names for its derivatives; None where they go through no names."""
        return self._prover.composed(expression)

    def is_derivative(self, definition: Definition) -> bool:
        """Whether a name stands for a derivative in what was composed, not for itself."""
        return self._prover.is_derivative(definition)

    def form(self, expression: Expression) -> int | None:
        """A number that is the same for what is the same but for the letters of its indices."""
        return self._prover.form(expression)

    def _opinion(
        self,
        left: Expression,
        right: Expression,
        free: Sequence[Index],
        hypotheses: Sequence[Hypothesis],
    ) -> SecondOpinion | None:
        if self.route is None:
            return None
        return self.route.opinion(left, right, free, hypotheses=hypotheses)

    def _proof(
        self, left: Expression, right: Expression, hypotheses: Sequence[Hypothesis]
    ) -> tuple[Proof | None, str]:
        """A proof, or why there is none."""
        given = (*self.given, *hypotheses)
        try:
            proof = self._prover.prove_equal(left, right, given)
            proof = proof or self._proof_by_cases(left, right, given)
        except LimitReached as limit:
            return None, str(limit) or "the work limit was reached"
        except Undefined as fault:
            return None, str(fault) or "a side divides by zero"
        return proof, "neither a proof nor a counterexample was found within the limits"

    def _proof_by_cases(
        self, left: Expression, right: Expression, given: Sequence[Hypothesis]
    ) -> Proof | None:
        """A proof for every value of the free indices whose ranges are numbers.

        What holds at x_1, x_2 and x_3 holds at all entries of an x of three.
        """
        free = sorted(free_indices(left) | free_indices(right), key=lambda index: index.uid)
        few = [index for index in free if index.size.value is not None]
        cases = prod(index.size.value or 1 for index in few)
        if not few or cases > MOST_CASES:
            return None
        proofs: list[Proof] = []
        for values in product(*(range(1, (i.size.value or 1) + 1) for i in few)):
            at = {i: Fixed(v, i.size) for i, v in zip(few, values, strict=True)}
            sides = substitute(left, at), substitute(right, at)
            proof = self._prover.prove_equal(*sides, given)
            if proof is None:
                return None
            proofs.append(proof)
        facts = {fact for proof in proofs for fact in proof.facts}
        needed = dict.fromkeys(h for proof in proofs for h in proof.hypotheses)
        return Proof(tuple(sorted(facts)), tuple(needed))

    def _refuted(
        self,
        left: Expression,
        right: Expression,
        free: Sequence[Index],
        hypotheses: Sequence[Hypothesis],
        reason: str = "",
    ) -> Decision:
        """The smallest counterexample that is found; without one the claim is undecided."""
        counterexample = find(left, right, free, hypotheses=hypotheses)
        if counterexample is None:
            return Decision(None, reason=reason or "no small counterexample was found")
        opinion = self._opinion(left, right, free, hypotheses)
        differs = replace(opinion, agrees=True) if opinion and not opinion.agrees else None
        return Decision(False, counterexample=counterexample, second_opinion=differs)
