"""Verdicts as data; how they look is decided in `symgrad.writing`."""

from __future__ import annotations

from typing import Literal

from symgrad.calculus.expression import Expression
from symgrad.calculus.index import Index
from symgrad.diagnostics import Fix, Span
from symgrad.judging.contradiction import Contradiction
from symgrad.judging.counterexample import Counterexample
from symgrad.judging.diagnosis.difference import Difference
from symgrad.judging.second_opinion import SecondOpinion
from symgrad.records import dataclass

Verdict = Literal["proved", "refuted", "ill-typed", "filled", "identified", "undecided", "unread"]
Kind = Literal["derivative", "equality", "annotation", "blank", "expression"]

VERDICTS: tuple[Verdict, ...] = (
    "proved",
    "refuted",
    "ill-typed",
    "filled",
    "identified",
    "undecided",
    "unread",
)


@dataclass(frozen=True)
class Line:
    """One expression of a derivation.

    Attributes:
        latex: the expression.
        rule: why it equals the one before; "" for what is derived.
        of: LaTeX of what the rule was applied to, where the rule alone does not tell.
    """

    latex: str
    rule: str
    of: str = ""

    @property
    def is_small(self) -> bool:
        """Whether a reader would not miss it in a short derivation."""
        return self.rule in _SMALL

    def reason(self, mark: str = "") -> str:
        """The rule in words, LaTeX in it between marks."""
        of = f"{mark}{self.of}{mark}" if self.of else ""
        return f"{self.rule}{_JOINED.get(self.rule, ' ')}{of}" if of else self.rule


_SMALL = ("sum rule", "constant factor", "1 for the same entry, 0 for another")
_JOINED = {"definition": " of ", "chain rule": ", outer function "}


@dataclass(frozen=True)
class Result:
    r"""What is said of one step, annotation, blank or bare expression.

    Attributes:
        span: from the relation (for step 1: from the left-hand side) to the end of the step.
        caret: the term at fault, or the step.
        step: number in the chain of equalities.
        conditions: LaTeX of what the claim is restricted to, such as `i \neq j`.
        codes: slugs of what is wrong.
        mistake: its name in the table of mistakes.
        message: one line.
        claim: the LaTeX as read.
        follows: whether the step equals the step before; None for the first.
        correction: a right-hand side that is right, in the author's notation.
        after_correction: the verdict of the corrected step.
        place: the member that a correction replaces; empty for a blank.
        fixes: what else may mend it, the likeliest first; each is tried, none is certain.
        truth: the left-hand side as read; of an array, its entry.
        entry: the fresh indices of that entry.
        derived: what the left-hand side was found to be, for writing a correction.
        kinks: expressions that must not be 0 for the claim to hold.
        facts: facts about activations that the proof used.
        assuming: what the note assumes that the proof needed.
        steps: of a blank, what is derived and the expressions that lead to the correction.
        difference: the terms that are missing or too much, where no mistake has a name.
        contradiction: two displays that disagree, with the second of which the step holds.
        fault: where symgrad itself failed on this claim; it has its traceback.
    """

    span: Span
    caret: Span
    step: int
    kind: Kind
    verdict: Verdict
    message: str
    claim: str
    conditions: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    mistake: str | None = None
    hint: str = ""
    follows: bool | None = None
    correction: str | None = None
    after_correction: Verdict | None = None
    place: Span | None = None
    fixes: tuple[Fix, ...] = ()
    truth: Expression | None = None
    entry: tuple[Index, ...] = ()
    derived: Expression | None = None
    kinks: tuple[Expression, ...] = ()
    holds_where: str | None = None
    facts: tuple[str, ...] = ()
    assuming: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    second_opinion: SecondOpinion | None = None
    steps: tuple[Line, ...] = ()
    difference: Difference | None = None
    contradiction: Contradiction | None = None
    fault: Exception | None = None
