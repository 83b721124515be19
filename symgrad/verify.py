"""verify(note) -> Report: the stages, in order. Read this first.

1. `read_note`: the file's formulas, each with its place.
2. `parse` and `marked`: tokens to syntax, before anything is known about names; what is seen
   in all formulas says how each is meant.
3. `Statements`: declarations and definitions enter the scope; claims come out.
   All of them before any is judged, because notes use names before they define them.
4. `Judge`: claim by claim in the order of the note, because a definition that was
   repaired counts as repaired from there on.
5. Corrections are written in the note's notation.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from symgrad.calculus.limits import LimitReached
from symgrad.diagnostics import Source, Span
from symgrad.judging.decide import Decider
from symgrad.judging.judge import Judge
from symgrad.judging.report import NoteReport
from symgrad.judging.result import Result
from symgrad.judging.second_opinion import SympyRoute
from symgrad.reading import gradients, products, symbols  # noqa: F401 - register their rules
from symgrad.reading.context import Session
from symgrad.reading.errors import UNEXPECTED_SYNTAX, ReadingError
from symgrad.reading.general_layers import enter_general_layers
from symgrad.reading.habits import ParsedFormulas, marked
from symgrad.reading.note import Formula, Note, read_note
from symgrad.reading.recovery import Parsed, parse_all_readings
from symgrad.reading.scope import TensorBinding
from symgrad.reading.statements import Claim, Statements
from symgrad.reading.tokens import LatexError, tokenize
from symgrad.records import dataclass
from symgrad.writing.corrected import writer, written

if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True)
class Report:
    """What is said of several notes, and how long it took."""

    notes: tuple[NoteReport, ...]
    seconds: float

    @property
    def results(self) -> tuple[Result, ...]:
        """All results, note after note."""
        return tuple(result for note in self.notes for result in note.results)

    def to_json(self) -> dict[str, Any]:
        """The report as the JSON object of `--format json`."""
        from symgrad.writing.to_json import report_to_json

        return report_to_json(self.notes, self.seconds)

    def _repr_html_(self) -> str:
        """The verdicts as a table, for notebooks."""
        from symgrad.writing.to_html import report_to_html

        return report_to_html(self.notes)

    def passed(self, allow_blank: bool = False) -> bool:
        """Whether every claim is proved and no declaration is wrong."""
        good = {"proved"} | ({"filled", "identified"} if allow_blank else set())
        return all(r.verdict in good for r in self.results) and not any(
            d.severity == "error" for note in self.notes for d in note.diagnostics
        )


def verify(
    note: str | os.PathLike[str] | Source,
    *,
    second_opinion: bool = True,
) -> Report:
    """Judge every formula of one note.

    Args:
        note: a path, or the text of a note (it has a line break or a dollar), or a source.
        second_opinion: whether SymPy is asked too.

    Raises:
        UnreadableNote: where the path is no readable note.
    """
    if isinstance(note, str) and ("\n" in note or "$" in note):
        note = Source("<text>", note)
    return verify_all([note], second_opinion=second_opinion)


def verify_all(
    notes: Iterable[str | os.PathLike[str] | Source], *, second_opinion: bool = True
) -> Report:
    """Judge several notes, each for itself.

    Raises:
        UnreadableNote: where one of the paths is no readable note.
    """
    start = time.perf_counter()
    reports = tuple(verify_note(read_note(note), second_opinion) for note in notes)
    return Report(reports, time.perf_counter() - start)


def verify_note(note: Note, second_opinion: bool = True) -> NoteReport:
    """Judge every formula of a note that was read."""
    session, statements, unread = understand(note)
    found = statements.diagnostics
    judge = Judge(session, Decider(SympyRoute() if second_opinion else None), writer(session))
    results = list(unread)
    for _, judged in judged_in_order(judge, statements):
        results.extend(judged)
    judge.finish()
    results.sort(key=lambda r: (r.span.start, r.step))
    unread_formulas = {
        f.span
        for f in note.formulas
        for r in results
        if r.verdict == "unread" and f.span.start <= r.span.start <= f.span.end
    }
    return NoteReport(
        note.source,
        len(note.formulas),
        len(note.formulas) - len(unread_formulas),
        tuple(results),
        tuple(
            sorted(
                (*note.diagnostics, *found, *session.diagnostics, *judge.diagnostics),
                key=lambda d: d.span.start,
            )
        ),
        (*session.assumptions, *judge.assumptions.sentences()),
    )


def understand(note: Note) -> tuple[Session, Statements, list[Result]]:
    """Read all formulas: the session with its scope, its claims, and what was not read."""
    session = Session(note.source, macros_at=note.macros_at)
    statements = Statements(session)
    unread: list[Result] = []
    parsed: ParsedFormulas = []
    for formula in note.formulas:
        try:
            parsed.append((formula, parsed_formula(note, formula, session)))
        except LatexError as error:
            unread.append(_unread(note.source, formula, error))
    parsed = marked(parsed, note.text, session)
    session.places = [formula.span for formula in note.formulas]
    enter_general_layers(session)
    for formula, form in parsed:
        try:
            statements.read(formula, form)
        except ReadingError as error:
            unread.append(_unread(note.source, formula, error))
    return session, statements, unread


def parsed_formula(note: Note, formula: Formula, session: Session) -> Parsed:
    """Syntax of one formula; its tokens are kept."""
    tokens = tokenize(note.text, formula.span, note.macros_at(formula.span.start))
    session.tokens[formula.span] = tokens
    return parse_all_readings(tokens)


def _unread(source: Source, formula: Formula, error: LatexError | ReadingError) -> Result:
    code = error.code if isinstance(error, ReadingError) else UNEXPECTED_SYNTAX
    expected = error.expected if isinstance(error, LatexError) else ""
    hint = error.hint if isinstance(error, ReadingError) else ""
    return Result(
        formula.span,
        error.span,
        1,
        "equality",
        "unread",
        f"{error}; expected {expected}" if expected else str(error),
        source.slice(formula.span).strip(),
        codes=(code.slug,),
        hint=hint,
    )


def judged_in_order(judge: Judge, statements: Statements) -> Iterator[tuple[Claim, list[Result]]]:
    """The claims of a note with their results, one by one: each settles what the next uses."""
    waiting = sorted(statements.mentions, key=lambda mention: -mention[0].start)
    stated: list[Claim] = []
    for claim in sorted(statements.claims, key=lambda c: c.left.span.start):
        while waiting and waiting[-1][0].start < claim.left.span.start:
            introduce_again(judge.session, *waiting.pop())
        results = judge_claim(judge, claim)
        stated += [] if results else [claim]
        yield claim, results
    # Whether a display without words was an assumption is known when all others are judged.
    for claim in judge.unneeded(stated):
        judge.assumptions.forget(claim)
        yield claim, judge_claim(judge, claim)


def introduce_again(session: Session, place: Span, name: str) -> None:
    """A name that stands alone in a sentence is fixed anew.

    Sizes in its declaration that were never introduced are found from the formulas that
    follow.
    """
    binding = session.scope.names.before(name, place.start)
    if isinstance(binding, TensorBinding):
        open_sizes = {axis for axis in binding.axes if axis in session.open_sizes}
        session.fixed_anew.append((place, frozenset(open_sizes)))
        if open_sizes & session.sizes.solution.keys():
            session.sizes.forget(open_sizes)
            session.read_anew()


def judge_claim(judge: Judge, claim: Claim) -> list[Result]:
    """Judge one claim; a fault of ours in it must not hide the others."""
    judge.session.look_at([claim.left, *(node for _, node in claim.steps)])
    fault, hint = None, ""
    try:
        return [
            written(result, claim, judge.session, judge.decider) for result in judge.claim(claim)
        ]
    except LimitReached as limit:
        message = str(limit) or "the work limit was reached"
    except RecursionError:
        message = "it is nested too deeply, or a name in it is defined by itself"
    except Exception as error:  # noqa: BLE001 - said in the report, never hidden
        fault, hint = error, "--traceback shows where symgrad failed"
        message = f"internal error, please report it: {type(error).__name__}: {error}"
    span, source = claim.formula.span, judge.session.source
    text = source.slice(span).strip()
    failed = Result(span, span, 1, "equality", "undecided", message, text, hint=hint, fault=fault)
    return [failed]
