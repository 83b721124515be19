"""The steps that lead from a left-hand side to what it is, in the notation of a note."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.judging.decide import Decider
from symgrad.judging.derivation import Rewriting, derivation, has_derivatives
from symgrad.judging.folding import arguments_named, definitions_before
from symgrad.judging.forms import nearest, unfoldings
from symgrad.judging.result import Line, Result
from symgrad.reading.context import Session
from symgrad.reading.statements import Claim
from symgrad.writing.gradient_names import GradientNames
from symgrad.writing.latex import SLOT, Style, as_written
from symgrad.writing.spelling import respelled


def steps_of(
    session: Session,
    claim: Claim,
    results: list[Result],
    truth: ex.Expression,
    style: Style,
    decider: Decider,
) -> tuple[Line, ...]:
    """What is derived, and the expressions after it, each with its rule.

    Args:
        session: the note.
        claim: the chain.
        results: what is said of its steps; the last one is what the derivation is heading for.
        truth: the left-hand side; of an array, its entry.
        style: of the formula.
        decider: proves every step, without what is given for a claim.
    """
    text = session.source.text

    names = definitions_before(session, claim.formula.section, claim.formula.span)
    gradients = GradientNames.of(claim.left, names)

    def line(expression: ex.Expression, rule: str = "", of: str = "") -> Line:
        latex = respelled(as_written(gradients.spelled(expression), style), text)
        return Line(latex, rule, respelled(of.split(SLOT)[0], text))

    found = _rewritings(session, names, results[-1], truth, decider.with_nothing_given())
    return (line(truth), *(line(step.result, step.rule, step.of) for step in found))


def _rewritings(
    session: Session,
    names: list[ex.Definition],
    last: Result,
    truth: ex.Expression,
    decider: Decider,
) -> list[Rewriting]:
    """Derivatives are worked out; names are written out as far as the author does."""
    if has_derivatives(truth):
        return derivation(truth, decider, lambda form: arguments_named(form, names, decider), names)
    goal = last.correction or (session.source.slice(last.place) if last.place is not None else "")
    longer = unfoldings(truth)
    texts = [as_written(form) for form in (truth, *(form for _, form in longer))]
    best = nearest(texts, goal)[0]
    return [Rewriting("definition", name, form) for name, form in longer[:best]]
