"""`symgrad explain`: what a code means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symgrad.commands.shared import Command, color_option, show

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command("explain", cls=Command)
@click.argument("code", required=False, metavar="[CODE]")
@color_option
def explain_command(code: str | None, color: str) -> None:
    """Explain a code such as sum-range; without one, list all codes."""
    import symgrad.verify  # noqa: F401 - all codes are registered where they are defined
    from symgrad.diagnostics import CODES
    from symgrad.writing.text import codes_to_text, explanation

    if code is None:
        show(codes_to_text(CODES), color)
    elif code in CODES:
        show(explanation(CODES[code]), color)
    else:
        raise click.BadParameter(_unknown(code, CODES), param_hint="CODE")


def _unknown(code: str, known: Iterable[str]) -> str:
    """What to say of a code that does not exist."""
    from difflib import get_close_matches

    close = get_close_matches(code, list(known), cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "`symgrad explain` lists all"
    return f"there is no code {code!r}; {hint}"
