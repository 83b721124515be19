"""`symgrad explain`: what a code means."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from symgrad.commands.shared import (
    UNUSABLE,
    Command,
    Faults,
    color_option,
    show,
    traceback_option,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command("explain", cls=Command)
@click.argument("code", required=False, metavar="[CODE | NOTE:LINE]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown"]),
    default="text",
    show_default=True,
    help="How to write a derivation.",
)
@color_option
@traceback_option
def explain_command(code: str | None, form: str, color: str, traceback: bool) -> None:
    """Explain a code such as sum-range, or derive what stands on a line of a note.

    Without an argument all codes are listed. A derivation goes rule by rule, each step
    proved equal to the one before it, and ends in what the note should say there.
    """
    path, colon, line = (code or "").rpartition(":")
    if colon and line.isdigit():
        _derive(path, int(line), form, color, Faults(traceback))
        return
    import symgrad.verify  # noqa: F401 - all codes are registered where they are defined
    from symgrad.diagnostics import CODES
    from symgrad.writing.text import codes_to_text, explanation

    if code is None:
        show(codes_to_text(CODES), color)
    elif code in CODES:
        show(explanation(CODES[code]), color)
    else:
        raise click.BadParameter(_unknown(code, CODES), param_hint="CODE")


def _derive(path: str, line: int, form: str, color: str, faults: Faults) -> None:
    """Print the derivations of what stands on a line."""
    from symgrad.explain import derivations_at
    from symgrad.reading.note import read_note
    from symgrad.writing.derivation import derivations_to_markdown, derivations_to_text

    found = faults.attempt(lambda path: derivations_at(read_note(path), line), path)
    if found is None:
        sys.exit(UNUSABLE)
    if not found:
        message = f"{path} has no equality on line {line} whose left-hand side is understood"
        raise click.BadParameter(message, param_hint="NOTE:LINE")
    write = derivations_to_text if form == "text" else derivations_to_markdown
    show(write(found), color)


def _unknown(code: str, known: Iterable[str]) -> str:
    """What to say of a code that does not exist."""
    from difflib import get_close_matches

    close = get_close_matches(code, list(known), cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "`symgrad explain` lists all"
    return f"there is no code {code!r}; {hint}"
