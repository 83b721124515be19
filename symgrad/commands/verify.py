"""`symgrad verify`: judge every formula of notes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from symgrad.commands.shared import (
    NOT_PROVED,
    UNUSABLE,
    Command,
    Faults,
    color_option,
    notes_of,
    show,
    traceback_option,
    width,
)

if TYPE_CHECKING:
    from symgrad.verify import NoteReport


@click.command("verify", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write the report.",
)
@click.option("--no-second-opinion", is_flag=True, help="Do not ask SymPy too (faster).")
@click.option(
    "--allow-blank", is_flag=True, help="Blanks and bare expressions do not count as failures."
)
@color_option
@click.option("-q", "--quiet", is_flag=True, help="List the findings without a summary.")
@click.option("-v", "--verbose", is_flag=True, help="List what is proved, too.")
@traceback_option
def verify_command(
    paths: tuple[str, ...],
    form: str,
    no_second_opinion: bool,
    allow_blank: bool,
    color: str,
    quiet: bool,
    verbose: bool,
    traceback: bool,
) -> None:
    """Judge every formula of notes; directories are searched, - is standard input.

    Exit code 0: every claim is proved; 1: something is not; 2: a file cannot be read.
    """
    import time

    from symgrad.reading.note import read_note
    from symgrad.verify import Report, verify_note

    def judge(path: str) -> NoteReport:
        return verify_note(read_note(path), not no_second_opinion)

    start = time.perf_counter()
    faults = Faults(traceback)
    attempts = [faults.attempt(judge, path) for path in notes_of(paths, faults)]
    notes = tuple(report for report in attempts if report is not None)
    report = Report(notes, time.perf_counter() - start)
    if form == "json":
        import json

        click.echo(json.dumps({**report.to_json(), "errors": faults.found}, indent=2))
    elif notes:
        from symgrad.writing.text import report_to_text

        text = report_to_text(report, width=width(), verbose=verbose, summary=not quiet)
        show(text, color)
    if faults.found:
        sys.exit(UNUSABLE)
    sys.exit(0 if report.passed(allow_blank) else NOT_PROVED)
