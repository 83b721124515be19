"""What is said of a note, as data."""

from __future__ import annotations

from symgrad.diagnostics import Diagnostic, Source
from symgrad.judging.result import Result
from symgrad.records import dataclass


@dataclass(frozen=True)
class NoteReport:
    """What is said of one note.

    Attributes:
        source: its text and path.
        formulas: how many formulas it has.
        read: how many of them were understood.
        results: verdicts in the order of the note.
        diagnostics: findings about declarations and the file.
        assumptions: readings that the note leaves open.
    """

    source: Source
    formulas: int
    read: int
    results: tuple[Result, ...]
    diagnostics: tuple[Diagnostic, ...]
    assumptions: tuple[str, ...] = ()
