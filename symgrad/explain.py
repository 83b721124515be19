"""What stands on a line of a note, derived step by step."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.diagnostics import Source
from symgrad.judging.decide import Decider
from symgrad.judging.judge import Judge
from symgrad.judging.result import Line, Result
from symgrad.reading.note import Note
from symgrad.reading.statements import Claim
from symgrad.verify import judged_in_order, understand
from symgrad.writing.corrected import style_of, unmistakable
from symgrad.writing.derivation import Shown
from symgrad.writing.steps import steps_of


def derivations_at(note: Note, line: int) -> list[Shown]:
    """The derivations of the formulas on a line; empty where none of them can be derived."""
    session, statements, _ = understand(note)
    judge = Judge(session, Decider())
    found: list[Shown] = []
    for claim, results in judged_in_order(judge, statements):
        here = [result for result in results if _is_on(note.source, result, line)]
        if here and here[0].truth is not None:
            found.append(_shown(judge, claim, here, here[0].truth))
    return found


def _is_on(source: Source, result: Result, line: int) -> bool:
    """Whether a step stands on a line."""
    first, last = source.position(result.span.start)[0], source.position(result.span.end)[0]
    return first <= line <= last and result.kind not in ("annotation", "expression")


def _shown(judge: Judge, claim: Claim, steps: list[Result], truth: ex.Expression) -> Shown:
    session, source = judge.session, judge.session.source
    style = unmistakable(style_of(source, claim.formula.span), session)
    start, *lines = steps_of(session, claim, steps, truth, style, judge.decider)
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
    return Shown(f"{source.path}:{line}:{column}", start.latex, tuple(lines))
