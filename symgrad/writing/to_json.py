"""Reports as JSON: one object, fields are added but never renamed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.diagnostics import Diagnostic, Source, Span
from symgrad.judging.contradiction import Contradiction
from symgrad.judging.diagnosis.difference import Difference
from symgrad.judging.report import NoteReport
from symgrad.judging.result import VERDICTS, Result
from symgrad.version import VERSION

SCHEMA = 1


def report_to_json(notes: Sequence[NoteReport], seconds: float) -> dict[str, Any]:
    """The object that `--format json` prints of notes that were judged in so many seconds."""
    counts = dict.fromkeys(VERDICTS, 0)
    for note in notes:
        for result in note.results:
            counts[result.verdict] += 1
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "notes": [_note(note) for note in notes],
        "summary": {**counts, "seconds": round(seconds, 3)},
    }


def _note(note: NoteReport) -> dict[str, Any]:
    return {
        "path": note.source.path,
        "formulas": note.formulas,
        "read": note.read,
        "results": [_result(result, note.source) for result in note.results],
        "diagnostics": [_diagnostic(item, note.source) for item in note.diagnostics],
        "assumptions": list(note.assumptions),
    }


def _place(span: Span, source: Source) -> dict[str, int]:
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}


def _result(result: Result, source: Source) -> dict[str, Any]:
    example, opinion = result.counterexample, result.second_opinion
    return {
        **_place(result.span, source),
        "step": result.step,
        "kind": result.kind,
        "verdict": result.verdict,
        "codes": list(result.codes),
        "mistake": result.mistake,
        "message": result.message,
        "hint": result.hint,
        "claim": result.claim,
        "conditions": list(result.conditions),
        "caret": _place(result.caret, source),
        "follows": result.follows,
        "correction": result.correction,
        "after_correction": result.after_correction,
        "steps": [{"latex": step.latex, "rule": step.reason()} for step in result.steps],
        "holds_where": result.holds_where,
        "facts": list(result.facts),
        "assuming": list(result.assuming),
        "counterexample": example.to_json() if example else None,
        "second_opinion": opinion.to_json() if opinion else None,
        "difference": _difference(result.difference),
        "contradiction": _contradiction(result.contradiction, source),
    }


def _difference(found: Difference | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "missing": list(found.missing),
        "too_much": list(found.stray),
        "entry": found.entry or None,
    }


def _contradiction(found: Contradiction | None, source: Source) -> dict[str, Any] | None:
    if found is None:
        return None
    lines = [source.position(span.start)[0] for span in (found.counts, found.other)]
    return {"name": found.name, "counts": lines[0], "other": lines[1]}


def _diagnostic(item: Diagnostic, source: Source) -> dict[str, Any]:
    return {
        **_place(item.span, source),
        "severity": item.severity,
        "code": item.code.slug,
        "message": item.message,
        "hint": item.hint,
    }
