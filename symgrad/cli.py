"""The command line: arguments and exit codes, nothing else.

Exit codes: 0, every claim is proved; 1, something is not; 2, wrong usage, an
unreadable file, or a fault of symgrad itself.

Only click is imported here: `--help` and `--version` must answer at once.
"""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import click

from symgrad.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from symgrad.verify import NoteReport

NOT_PROVED, UNUSABLE = 1, 2
"""Exit codes."""

WIDTH = 100
"""Columns of a report that goes to no terminal."""

T = TypeVar("T")

_color = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the output; auto: on a terminal, unless NO_COLOR is set.",
)
_traceback = click.option(
    "--traceback", is_flag=True, help="Show where symgrad itself failed, for a bug report."
)


class _Command(click.Command):
    """A command whose faults never show as a traceback, unless that is asked for."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - the last line of defence: ours to report
            _confess(error, "", bool(ctx.params.get("traceback")))
            ctx.exit(UNUSABLE)


def _confess(error: Exception, place: str, traceback: bool) -> str:
    """Say on standard error that symgrad failed, and return what it said."""
    from symgrad.writing.excerpt import one_line

    if traceback:
        from traceback import print_exc

        print_exc()
    reason = f"internal error{place}: {type(error).__name__}: {error}"
    hint = "" if traceback else " (--traceback shows where)"
    click.echo(one_line(f"symgrad: {reason}; please report it{hint}"), err=True)
    return reason


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="symgrad", message="%(prog)s %(version)s")
def main() -> None:
    """Check the gradients in a note of yours: proved, or refuted by a counterexample.

    A note is Markdown, LaTeX or a notebook, in any language: only its formulas are read.
    """
    # A run makes few cycles; looking for them after every 700 objects costs a tenth of it.
    gc.set_threshold(200_000)
    for stream in (sys.stdout, sys.stderr):
        # What a terminal cannot show becomes an escape; it must not become a traceback.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


@main.command("verify", cls=_Command)
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
@_color
@click.option("-q", "--quiet", is_flag=True, help="List the findings without a summary.")
@click.option("-v", "--verbose", is_flag=True, help="List what is proved, too.")
@_traceback
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
    faults = _Faults(traceback)
    attempts = [faults.attempt(judge, path) for path in _notes(paths, faults)]
    notes = tuple(report for report in attempts if report is not None)
    report = Report(notes, time.perf_counter() - start)
    if form == "json":
        import json

        click.echo(json.dumps({**report.to_json(), "errors": faults.found}, indent=2))
    elif notes:
        from symgrad.writing.text import report_to_text

        text = report_to_text(report, width=_width(), verbose=verbose, summary=not quiet)
        _show(text, color)
    if faults.found:
        sys.exit(UNUSABLE)
    sys.exit(0 if report.passed(allow_blank) else NOT_PROVED)


@main.command("read", cls=_Command)
@click.argument("path", metavar="NOTE")
@_color
@_traceback
def read_command(path: str, color: str, traceback: bool) -> None:
    """Show how a note was read: its names, claims and assumptions.

    What is proved is what was read: look here when a verdict surprises you.
    """
    from functools import partial

    from symgrad.judging.decide import Decider
    from symgrad.judging.judge import Judge
    from symgrad.reading.note import read_note
    from symgrad.verify import judged_in_order, style_of, understand, verify_note
    from symgrad.writing.reading import reading_to_text

    def reading(path: str) -> str:
        note = read_note(path)
        report = verify_note(note, second_opinion=False)
        session, statements, _ = understand(note)
        style_at = partial(style_of, note.source)
        judge = Judge(session, Decider())
        claims = (claim for claim, _ in judged_in_order(judge, statements))
        return reading_to_text(note, report, session, claims, style_at=style_at, width=_width())

    faults = _Faults(traceback)
    text = faults.attempt(reading, path)
    if text is None:
        sys.exit(UNUSABLE)
    _show(text, color)


@main.command("explain", cls=_Command)
@click.argument("code", required=False, metavar="[CODE]")
@_color
def explain_command(code: str | None, color: str) -> None:
    """Explain a code such as sum-range; without one, list all codes."""
    import symgrad.verify  # noqa: F401 - all codes are registered where they are defined
    from symgrad.diagnostics import CODES
    from symgrad.writing.text import codes_to_text, explanation

    if code is None:
        _show(codes_to_text(CODES), color)
    elif code in CODES:
        _show(explanation(CODES[code]), color)
    else:
        raise click.BadParameter(_unknown(code, CODES), param_hint="CODE")


def _unknown(code: str, known: Iterable[str]) -> str:
    """What to say of a code that does not exist."""
    from difflib import get_close_matches

    close = get_close_matches(code, list(known), cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "`symgrad explain` lists all"
    return f"there is no code {code!r}; {hint}"


@dataclass
class _Faults:
    """What went wrong with files; each fault is told on standard error at once.

    Attributes:
        traceback: whether to show where symgrad itself failed.
        found: the faults, as JSON shows them.
    """

    traceback: bool
    found: list[dict[str, str]] = field(default_factory=list)

    def add(self, path: str, reason: str) -> None:
        """Enter a file that cannot be read."""
        from symgrad.writing.excerpt import printable

        click.echo(printable(f"{path}: {reason}"), err=True)
        self.found.append({"path": path, "reason": reason})

    def attempt(self, work: Callable[[str], T], path: str) -> T | None:
        """The outcome for one note; None, and a fault entered, where there is none."""
        from symgrad.reading.note import UnreadableNote

        try:
            return work(path)
        except UnreadableNote as error:
            self.add(error.path, error.reason)
        except Exception as error:  # noqa: BLE001 - the other notes are judged all the same
            reason = _confess(error, f" in {path}", self.traceback)
            self.found.append({"path": path, "reason": reason})
        return None


def _notes(paths: Iterable[str], faults: _Faults) -> Iterator[str]:
    """The notes of all paths, each once."""
    from symgrad.reading.note import UnreadableNote, find_notes

    seen: set[str] = set()
    for given in paths:
        try:
            found = find_notes([given])
        except UnreadableNote as error:
            faults.add(error.path, error.reason)
            continue
        yield from (path for path in found if path not in seen)
        seen.update(found)


def _show(text: str, color: str) -> None:
    """Print a text; its colours are taken out again where they are not wanted."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    wanted = color == "always" or (color == "auto" and sys.stdout.isatty() and not is_plain)
    click.echo(text, nl=False, color=wanted)


def _width() -> int:
    """Columns of the terminal."""
    if not sys.stdout.isatty():
        return WIDTH
    from shutil import get_terminal_size

    return max(get_terminal_size().columns, 40)
