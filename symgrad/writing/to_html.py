"""A report as an HTML table, for notebooks; formulas are left to their MathJax.

Everything that comes from a note is escaped. A formula stands between dollars, as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from symgrad.judging.report import NoteReport
from symgrad.judging.result import VERDICTS, Result
from symgrad.writing.excerpt import one_line

_COLOURS = {
    "proved": "#1a7f37",
    "filled": "#0969da",
    "identified": "#0969da",
    "undecided": "#9a6700",
    "unread": "#9a6700",
    "ill-typed": "#cf222e",
    "refuted": "#cf222e",
    "error": "#cf222e",
    "warning": "#9a6700",
}
_CELL = "text-align: left; vertical-align: top"


def report_to_html(notes: Sequence[NoteReport]) -> str:
    """One table a note: place, verdict, what is said, and the correction."""
    return "\n".join(_note(note) for note in notes)


def _note(note: NoteReport) -> str:
    rows = sorted([*_results(note), *_diagnostics(note)], key=lambda row: row[0])
    head = "".join(f'<th style="{_CELL}">{name}</th>' for name in ("place", "verdict", ""))
    body = "".join(text for _, text in rows)
    caption = f"{escape(note.source.path)}: {_summary(note)}"
    return (
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _summary(note: NoteReport) -> str:
    counts = dict.fromkeys(VERDICTS, 0)
    for result in note.results:
        counts[result.verdict] += 1
    shown = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    return f"{note.read} of {note.formulas} formulas read; {shown or 'no claims'}"


def _results(note: NoteReport) -> Iterator[tuple[int, str]]:
    for result in note.results:
        yield result.span.start, _row(note, result.caret.start, result.verdict, _said(result))


def _diagnostics(note: NoteReport) -> Iterator[tuple[int, str]]:
    for item in note.diagnostics:
        said = escape(item.message) + (f"<br>{escape(item.hint)}" if item.hint else "")
        yield item.span.start, _row(note, item.span.start, item.severity, said)


def _said(result: Result) -> str:
    parts = [_formula(result.claim)]
    if result.verdict != "proved":
        parts.append(escape(one_line(result.message)))
    if result.correction is not None:
        parts.append(f"right: {_formula(result.correction)}")
    if result.holds_where is not None:
        parts.append(f"holds where {_formula(result.holds_where)}")
    return "<br>".join(parts)


def _formula(latex: str) -> str:
    """LaTeX between dollars where MathJax can set it in a line, else as it is written."""
    line = one_line(latex)
    is_a_part = any(sign in line for sign in ("&", r"\\", r"\begin", "$", r"\tag"))
    return f"<code>{escape(line)}</code>" if is_a_part else f"${escape(line)}$"


def _row(note: NoteReport, at: int, verdict: str, said: str) -> str:
    line, column = note.source.position(at)
    colour = _COLOURS[verdict]
    return (
        f'<tr><td style="{_CELL}">{line}:{column}</td>'
        f'<td style="{_CELL}; color: {colour}"><b>{verdict}</b></td>'
        f'<td style="{_CELL}">{said}</td></tr>'
    )
