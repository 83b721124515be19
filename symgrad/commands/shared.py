"""What the commands share: options, exit codes, faults, and how text is shown."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TypeVar

import click

from symgrad.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from symgrad.judging.result import Result

NOT_PROVED, UNUSABLE = 1, 2
"""Exit codes."""

WIDTH = 100
"""Columns of a report that goes to no terminal."""

T = TypeVar("T")

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the output; auto: on a terminal, unless NO_COLOR is set.",
)
traceback_option = click.option(
    "--traceback", is_flag=True, help="Show where symgrad itself failed, for a bug report."
)


class Command(click.Command):
    """A command whose faults never show as a traceback, unless that is asked for."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a fault is said on standard error and ends it with 2."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - the last line of defence: ours to report
            confess(error, "", bool(ctx.params.get("traceback")))
            ctx.exit(UNUSABLE)


def confess(error: Exception, place: str, traceback: bool) -> str:
    """Say on standard error that symgrad failed, and return what it said."""
    from symgrad.writing.excerpt import one_line

    if traceback:
        _show_traceback(error)
    reason = f"internal error{place}: {type(error).__name__}: {error}"
    hint = "" if traceback else " (--traceback shows where)"
    click.echo(one_line(f"symgrad: {reason}; please report it{hint}"), err=True)
    return reason


def _show_traceback(error: Exception) -> None:
    from traceback import format_exception

    click.echo("".join(format_exception(error)), nl=False, err=True)


@dataclass
class Faults:
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
            reason = confess(error, f" in {path}", self.traceback)
            self.found.append({"path": path, "reason": reason})
        return None

    def trace(self, results: Iterable[Result]) -> None:
        """Show where symgrad itself failed on single claims, if that was asked for."""
        for result in results if self.traceback else ():
            if result.fault is not None:
                _show_traceback(result.fault)


def first_given(*parameters: str) -> str | None:
    """The first of some parameters of this command that its caller gave, as an option."""
    context = click.get_current_context()
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if option.name in parameters and source is click.core.ParameterSource.COMMANDLINE:
            return option.opts[0]
    return None


def refuse_empty(*parameters: str) -> None:
    """End with a message where one of some options of this command is given without a value."""
    context = click.get_current_context()
    for option in context.command.params:
        given = context.params.get(option.name or "")
        if option.name in parameters and isinstance(given, str) and not given.strip(" ,"):
            needed = "the name of a file" if option.name == "output" else "a name"
            raise click.UsageError(f"{option.opts[0]} needs {needed}")


def refuse_to_overwrite(note: str, output: str | None, hint: str = "") -> None:
    """End with a message where the output would take the place of the note."""
    if output is None or "-" in (note, output):
        return
    if os.path.isfile(note) and os.path.exists(output) and os.path.samefile(note, output):
        raise click.UsageError(f"-o {output} is the NOTE itself; name another file{hint}")


def notes_of(paths: Iterable[str], faults: Faults) -> Iterator[str]:
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


def show(text: str, color: str) -> None:
    """Print a text; its colours are taken out again where they are not wanted."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    wanted = color == "always" or (color == "auto" and sys.stdout.isatty() and not is_plain)
    click.echo(text, nl=False, color=wanted)


def width() -> int:
    """Columns of the terminal."""
    if not sys.stdout.isatty():
        return WIDTH
    from shutil import get_terminal_size

    return max(get_terminal_size().columns, 40)
