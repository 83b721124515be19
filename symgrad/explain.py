"""What stands on a line of a note, derived step by step."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.diagnostics import Source
from symgrad.judging.decide import Decider
from symgrad.judging.derivation import Rewriting, derivation, has_derivatives
from symgrad.judging.folding import arguments_named, definitions_before
from symgrad.judging.forms import nearest, unfoldings
from symgrad.judging.judge import Judge
from symgrad.judging.result import Result
from symgrad.reading.context import Session
from symgrad.reading.note import Note
from symgrad.reading.statements import Claim
from symgrad.verify import judged_in_order, style_of, understand
from symgrad.writing.derivation import Line, Shown
from symgrad.writing.latex import SLOT, as_written
from symgrad.writing.spelling import respelled


def derivations_at(note: Note, line: int) -> list[Shown]:
    """The derivations of the formulas on a line; empty where none of them can be derived."""
    session, statements, _ = understand(note)
    judge = Judge(session, Decider())
    found: list[Shown] = []
    for claim, results in judged_in_order(judge, statements):
        here = [result for result in results if _is_on(note.source, result, line)]
        if here and here[0].truth is not None:
            found.append(_shown(session, claim, here, here[0].truth))
    return found


def _is_on(source: Source, result: Result, line: int) -> bool:
    """Whether a step stands on a line."""
    first, last = source.position(result.span.start)[0], source.position(result.span.end)[0]
    return first <= line <= last and result.kind not in ("annotation", "expression")


def _shown(session: Session, claim: Claim, steps: list[Result], truth: ex.Expression) -> Shown:
    source = session.source
    style = style_of(source, claim.formula.span)

    def written(expression: ex.Expression) -> str:
        return respelled(as_written(expression, style), source.text)

    lines = []
    for step in _rewritings(session, claim, steps, truth):
        of = respelled(step.of.split(SLOT)[0], source.text)
        lines.append(Line(written(step.result), step.rule, of))
    for result in steps:
        right, what = result.correction, f"step {result.step} of the note"
        if result.verdict == "proved" and result.place is not None:
            right = source.slice(result.place).strip()
        elif result.verdict != "filled":
            what += ", corrected"
        if right is not None and result.entry:
            letters = ",".join(index.name for index in result.entry)
            right = rf"\left[{right}\right]_{{{letters}}}"
        if right is not None and (not lines or lines[-1].latex != right):
            lines.append(Line(right, what))
    line, column = source.position(steps[0].span.start)
    return Shown(f"{source.path}:{line}:{column}", written(truth), tuple(lines))


def _rewritings(
    session: Session, claim: Claim, steps: list[Result], truth: ex.Expression
) -> list[Rewriting]:
    """Derivatives are worked out; names are written out as far as the author does."""
    decider = Decider()
    if has_derivatives(truth):
        names = definitions_before(session, claim.formula.section, claim.formula.span)
        return derivation(truth, decider, lambda form: arguments_named(form, names, decider))
    last = steps[-1]
    goal = last.correction or (session.source.slice(last.place) if last.place is not None else "")
    longer = unfoldings(truth)
    texts = [as_written(form) for form in (truth, *(form for _, form in longer))]
    best = nearest(texts, goal)[0]
    return [Rewriting("definition", name, form) for name, form in longer[:best]]
