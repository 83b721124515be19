"""What stands on a line of a note, derived step by step."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.calculus import expression as ex
from symgrad.diagnostics import Source
from symgrad.judging.decide import Decider
from symgrad.judging.derivation import Rewriting, derivation, has_derivatives
from symgrad.judging.forms import nearest, unfoldings
from symgrad.judging.result import Result
from symgrad.reading.note import Note
from symgrad.verify import style_of, verify_note
from symgrad.writing.derivation import Shown, rule_in_words
from symgrad.writing.latex import SLOT, Style, as_written
from symgrad.writing.spelling import respelled


def derivations_at(note: Note, line: int) -> list[Shown]:
    """The derivations of the formulas on a line; empty where none of them can be derived."""
    report = verify_note(note, second_opinion=False)
    found: list[Shown] = []
    for chain in _chains(report.results):
        here = [result for result in chain if _covers(note.source, result, line)]
        if here and here[0].truth is not None:
            found.append(_shown(note.source, here, here[0].truth))
    return found


def _chains(results: tuple[Result, ...]) -> Iterator[list[Result]]:
    """The steps of each claim, in the order of the note."""
    chain: list[Result] = []
    for result in results:
        if result.kind in ("annotation", "expression"):
            continue
        if chain and result.step <= chain[-1].step:
            yield chain
            chain = []
        chain.append(result)
    if chain:
        yield chain


def _covers(source: Source, result: Result, line: int) -> bool:
    first, last = source.position(result.span.start)[0], source.position(result.span.end)[0]
    return first <= line <= last


def _shown(source: Source, steps: list[Result], truth: ex.Expression) -> Shown:
    style = style_of(source, steps[0].span)

    def written(expression: ex.Expression) -> str:
        return respelled(as_written(expression, style), source.text)

    decider = Decider()
    rewritings = _rewritings(source, steps, truth, decider)
    lines = [(written(step.result), _rule(step, style, source)) for step in rewritings]
    for result in steps:
        right = result.correction
        if result.verdict == "proved" and result.place is not None:
            right = source.slice(result.place).strip()
        if right is not None and (not lines or lines[-1][0] != right):
            corrected = "" if result.verdict == "proved" else ", corrected"
            filled = ", filled in" if result.verdict == "filled" else corrected
            lines.append((right, f"step {result.step} of the note{filled}"))
    line, column = source.position(steps[0].span.start)
    return Shown(f"{source.path}:{line}:{column}", written(truth), lines)


def _rewritings(
    source: Source, steps: list[Result], truth: ex.Expression, decider: Decider
) -> list[Rewriting]:
    """Derivatives are worked out; names are written out as far as the author does."""
    if has_derivatives(truth):
        return derivation(truth, decider)
    last = steps[-1]
    goal = last.correction or (source.slice(last.place) if last.place is not None else "")
    longer = unfoldings(truth)
    texts = [as_written(form) for _, form in longer]
    best = nearest(texts, goal)[0] if texts else -1
    return [Rewriting("definition", name, form) for name, form in longer[: best + 1]]


def _rule(step: Rewriting, style: Style, source: Source) -> str:
    """The rule in words, names as the note spells them."""
    return rule_in_words(step, respelled(step.of.split(SLOT)[0], source.text))
