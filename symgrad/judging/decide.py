"""Two expressions: proved equal, refuted, or undecided. Typing and places are done before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symgrad.calculus.expression import Expression
from symgrad.calculus.index import Index
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import prove_equal
from symgrad.judging.counterexample import Counterexample, agree, find
from symgrad.judging.second_opinion import SecondOpinion, SympyRoute


@dataclass(frozen=True)
class Decision:
    """The answer for one equality.

    Attributes:
        equal: True where proved, False where refuted, None where undecided.
        facts: facts about activations that the proof used.
        second_opinion: whether SymPy comes to the same answer at sizes of its own.
        reason: why it is undecided.
    """

    equal: bool | None
    facts: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    second_opinion: SecondOpinion | None = None
    reason: str = ""


def decide(
    left: Expression, right: Expression, free: Sequence[Index], route: SympyRoute | None = None
) -> Decision:
    """Decide an equality between expressions with these free indices.

    A proof is checked by exact evaluation at unequal sizes, and by SymPy where a
    route is given; a disagreement is a fault of ours and never becomes a verdict.
    """
    reason = "no proof was found, and no counterexample either"
    try:
        proof = prove_equal(left, right)
    except LimitReached as limit:
        proof, reason = None, str(limit) or "the work limit was reached"
    if proof is None:
        counterexample = find(left, right, free)
        if counterexample is None:
            return Decision(None, reason=reason)
        opinion = route.opinion(left, right, free) if route else None
        differs = replace(opinion, agrees=True) if opinion and not opinion.agrees else None
        return Decision(False, counterexample=counterexample, second_opinion=differs)
    if agree(left, right, free) is False:
        return Decision(None, reason="internal error: the proof and the evaluation disagree")
    opinion = route.opinion(left, right, free) if route else None
    if opinion is not None and not opinion.agrees:
        return Decision(
            None,
            second_opinion=opinion,
            reason="internal error: the proof and SymPy disagree",
        )
    return Decision(True, proof.facts, second_opinion=opinion)


def is_proved(left: Expression, right: Expression) -> bool:
    """Whether an equality is proved within the limits; nothing is checked a second time."""
    try:
        return prove_equal(left, right) is not None
    except LimitReached:
        return False
