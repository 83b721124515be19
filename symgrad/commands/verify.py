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
from symgrad.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symgrad.commands.cache import Outcome
    from symgrad.judging.report import NoteReport


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
@click.option("--no-cache", is_flag=True, help="Judge again what was judged before.")
@color_option
@click.option("-q", "--quiet", is_flag=True, help="List the findings without a summary.")
@click.option("-v", "--verbose", is_flag=True, help="List what is proved, too.")
@traceback_option
def verify_command(
    paths: tuple[str, ...],
    form: str,
    no_second_opinion: bool,
    allow_blank: bool,
    no_cache: bool,
    color: str,
    quiet: bool,
    verbose: bool,
    traceback: bool,
) -> None:
    """Judge every formula of notes; directories are searched, - is standard input.

    Exit code 0: every claim is proved; 1: something is not; 2: a file cannot be read.
    """
    from symgrad.commands.cache import cache, key_of

    faults = Faults(traceback)
    wanted = _Wanted(form, not no_second_opinion, allow_blank, quiet, verbose, width())
    known = cache(not no_cache)
    key = key_of(paths, wanted) if known else None
    # What was kept does not show where symgrad failed.
    outcome = known.find(key) if known and key and not traceback else None
    if outcome is None:
        outcome = _judged(paths, wanted, faults)
        # Not where a note was changed meanwhile.
        if known and key and not faults.found and key == key_of(paths, wanted):
            known.keep(key, outcome)
    show(outcome.output, color)
    sys.exit(UNUSABLE if faults.found else outcome.exit_code)


@dataclass(frozen=True)
class _Wanted:
    """The options on which the output depends."""

    form: str
    second_opinion: bool
    allow_blank: bool
    quiet: bool
    verbose: bool
    columns: int


def _judged(paths: Iterable[str], wanted: _Wanted, faults: Faults) -> Outcome:
    """What is said of the notes; those that cannot be read are entered in the faults."""
    import time

    from symgrad.commands.cache import Outcome
    from symgrad.reading.note import read_note
    from symgrad.verify import Report, verify_note

    def judge(path: str) -> NoteReport:
        return verify_note(read_note(path), wanted.second_opinion)

    start = time.perf_counter()
    attempts = [faults.attempt(judge, path) for path in notes_of(paths, faults)]
    notes = tuple(report for report in attempts if report is not None)
    report = Report(notes, time.perf_counter() - start)
    faults.trace(report.results)
    text = ""
    if wanted.form == "json":
        import json

        text = json.dumps({**report.to_json(), "errors": faults.found}, indent=2) + "\n"
    elif notes:
        from symgrad.writing.text import report_to_text

        text = report_to_text(
            notes, width=wanted.columns, verbose=wanted.verbose, summary=not wanted.quiet
        )
    return Outcome(text, 0 if report.passed(wanted.allow_blank) else NOT_PROVED)
