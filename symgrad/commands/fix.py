"""`symgrad fix`: write a note right and complete."""

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
    refuse_empty,
    refuse_to_overwrite,
    show,
    traceback_option,
)

if TYPE_CHECKING:
    from symgrad.mending.files import File
    from symgrad.mending.mend import Mended


@click.command("fix", cls=Command)
@click.argument("path", metavar="NOTE")
@click.option("--diff", "as_diff", is_flag=True, help="Show what would change (the default).")
@click.option("--write", "in_place", is_flag=True, help="Change the file itself.")
@click.option("-o", "--output", metavar="FILE", help="Write the mended note to a file, or to -.")
@click.option(
    "--steps", "with_steps", is_flag=True, help="Fill blanks with the steps that lead there, too."
)
@click.option("--no-second-opinion", is_flag=True, help="Do not ask SymPy too (faster).")
@color_option
@traceback_option
def fix_command(
    path: str,
    as_diff: bool,
    in_place: bool,
    output: str | None,
    with_steps: bool,
    no_second_opinion: bool,
    color: str,
    traceback: bool,
) -> None:
    """Write the wrong formulas of a note right, and fill its blanks; - is standard input.

    Only wrong terms, ranges and declarations, blanks and bare expressions are touched, and
    every change is proved before it is kept. What cannot be mended stays as it is, and is
    said on standard error.

    Exit code 0: nothing is left to mend; 1: something is; 2: the note cannot be read or written.
    """
    from symgrad.mending.files import diff, open_file, write
    from symgrad.mending.mend import mend

    if as_diff + in_place + (output is not None) > 1:
        raise click.UsageError("--diff, --write and -o exclude each other")
    if in_place and path == "-":
        raise click.UsageError("standard input cannot be written to; use -o FILE")
    refuse_empty("output")
    refuse_to_overwrite(path, output, ", or use --write")

    def work(path: str) -> tuple[File, Mended]:
        file = open_file(path)
        opinion = not no_second_opinion
        mended = mend(file.source, file.places, second_opinion=opinion, with_steps=with_steps)
        text = file.rebuilt(mended.after.source.text, mended.after.places)
        if output is None and not in_place:
            show(diff(path, file.raw, text), color)
        elif output is not None or text != file.raw:
            write(path if output is None else output, file.mark + text.encode())
        return file, mended

    faults = Faults(traceback)
    done = faults.attempt(work, path)
    if done is None:
        sys.exit(UNUSABLE)
    faults.trace(done[1].after.report.results)
    sys.exit(_tell(path, done[1]))


def _tell(path: str, mended: Mended) -> int:
    """Say on standard error what is left; the exit code."""
    from symgrad.writing.excerpt import one_line

    source = mended.after.source
    for fault in mended.left:
        line, column = source.position(fault.span.start)
        click.echo(one_line(f"{path}:{line}:{column}: left: {fault.message}"), err=True)
    if mended.after is mended.before or source == mended.before.source:
        said = _unchanged(mended)
        if said:
            click.echo(one_line(f"{path}: {said}"), err=True)
    return NOT_PROVED if mended.left else 0


def _unchanged(mended: Mended) -> str:
    """What to say of a note in which nothing was changed."""
    report = mended.before.report
    if not report.formulas:
        return "there is no formula in it, so there is nothing to mend"
    if not report.results and not mended.left:
        return "there is no claim in it, so there is nothing to mend"
    if not mended.left:
        return f"nothing to mend: {len(report.results)} claims, all proved"
    return ""
