"""`symgrad read`: show how a note was read."""

from __future__ import annotations

import sys

import click

from symgrad.commands.shared import (
    UNUSABLE,
    Command,
    Faults,
    color_option,
    show,
    traceback_option,
    width,
)


@click.command("read", cls=Command)
@click.argument("path", metavar="NOTE")
@color_option
@traceback_option
def read_command(path: str, color: str, traceback: bool) -> None:
    """Show how a note was read: its names, claims and assumptions.

    What is proved is what was read: look here when a verdict surprises you.
    """
    from functools import partial

    from symgrad.judging.decide import Decider
    from symgrad.judging.judge import Judge
    from symgrad.reading.note import read_note
    from symgrad.verify import judged_in_order, understand, verify_note
    from symgrad.writing.corrected import style_of, writer
    from symgrad.writing.reading import reading_to_text

    def reading(path: str) -> str:
        note = read_note(path)
        report = verify_note(note, second_opinion=False)
        faults.trace(report.results)
        session, statements, _ = understand(note)
        style_at = partial(style_of, note.source)
        judge = Judge(session, Decider(), writer(session))
        claims = (claim for claim, _ in judged_in_order(judge, statements))
        return reading_to_text(note, report, session, claims, style_at=style_at, width=width())

    faults = Faults(traceback)
    text = faults.attempt(reading, path)
    if text is None:
        sys.exit(UNUSABLE)
    show(text, color)
