"""`symgrad latex`: write derivations."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from symgrad.commands.shared import (
    NOT_PROVED,
    UNUSABLE,
    Command,
    Faults,
    first_given,
    refuse_empty,
    refuse_to_overwrite,
    traceback_option,
)

FORMS = ("entries", "matrix", "batch", "expanded")
FORMATS = ("fragment", "markdown", "tex", "pdf")


@click.command("latex", cls=Command)
@click.argument("note", required=False, metavar="[NOTE]")
@click.option("--layers", metavar="SIZES", help="Sizes of a network, such as m,n,p,q or 4,3,2.")
@click.option("--activation", metavar="NAME", help="Of every layer; a letter: any function.")
@click.option(
    "--output-activation", metavar="NAME", help="Of the last layer, where it has another one."
)
@click.option("--loss", metavar="NAME", help="Of the output.")
@click.option("--wrt", metavar="NAMES", help="Only these gradients, such as W1,B1,X.")
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="entries",
    show_default=True,
    help="By entries, by whole arrays, with examples in rows, or without named errors.",
)
@click.option("--steps", is_flag=True, help="Show the chain rule, with a reason at each step.")
@click.option(
    "--to",
    "target",
    type=click.Choice(FORMATS),
    default="fragment",
    show_default=True,
    help="LaTeX for a document of yours, Markdown, LaTeX that compiles by itself, or its PDF.",
)
@click.option(
    "--notation",
    type=click.Choice(["brackets", "subscripts"]),
    default="brackets",
    show_default=True,
    help="Of an entry.",
)
@click.option(
    "--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the words."
)
@click.option("-o", "--output", metavar="FILE", help="Write to a file, not to the terminal.")
@traceback_option
def latex_command(
    note: str | None,
    layers: str | None,
    activation: str | None,
    output_activation: str | None,
    loss: str | None,
    wrt: str | None,
    form: str,
    steps: bool,
    target: str,
    notation: str,
    lang: str,
    output: str | None,
    traceback: bool,
) -> None:
    """Write the verified derivatives of a NOTE, or the derivation for a network.

    Of a note, what is wrong is corrected and what is blank is filled in, all in its own
    notation; what is neither proved nor mended is left out, and said on standard error.
    Of a network, given by --layers, all gradients are derived. What is written is proved
    when it is read: `symgrad latex --layers m,n,q --to markdown` makes a note for
    `symgrad verify`.

    Exit code 0: it is written; 1: something of the note was left out; 2: it cannot be written.
    """
    if (note is None) == (layers is None):
        raise click.UsageError("give a NOTE, or the sizes of a network: --layers m,n,p,q")
    refuse_empty("activation", "output_activation", "output")
    if note is not None:
        networks = first_given(
            *("activation", "output_activation", "loss", "wrt"),
            *("form", "steps", "notation", "lang"),
        )
        if networks is not None:
            raise click.UsageError(f"{networks} goes with --layers: a note says it itself")
        refuse_to_overwrite(note, output)
        sys.exit(_write_note(note, target, output, traceback))
    assert layers is not None
    from symgrad.compiling.logits import remarks_on
    from symgrad.network.network import Network
    from symgrad.writing.network_derivation import Options, network_document

    wanted = () if wrt is None else tuple(name.strip() for name in wrt.split(","))
    names = activation or "relu", loss or "squared-error", output_activation
    try:
        options = Options(form, steps, notation, lang, wanted)  # type: ignore[arg-type]
        network = Network(layers.split(","), *names)
        document = network_document(network, options)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if activation is not None and output_activation is not None and layers.count(",") == 1:
        click.echo("symgrad: the only layer has --output-activation, not --activation", err=True)
    for remark in remarks_on(network):
        click.echo(f"symgrad: {remark}", err=True)
    from symgrad.writing.document import WRITERS

    deliver(WRITERS["tex" if target == "pdf" else target](document), target, output)


def _write_note(path: str, target: str, output: str | None, traceback: bool) -> int:
    """Write what is verified of a note; the exit code."""
    from symgrad.mending.files import open_file
    from symgrad.mending.verified import Verified, line_before, verified
    from symgrad.writing.excerpt import one_line
    from symgrad.writing.note_document import note_document

    def work(path: str) -> Verified:
        return verified(open_file(path).source)

    found = Faults(traceback).attempt(work, path)
    if found is None:
        return UNUSABLE
    if not found.judged.report.results:
        click.echo(f"{path}: no claim in it is proved, or can be mended", err=True)
        return NOT_PROVED
    note, warnings = found.judged.note, list[tuple[int, str]]()
    folder = Path("." if path == "-" else path).parent

    def warn(line: int, message: str) -> None:
        warnings.append((line, message))

    deliver(
        note_document(note, "tex" if target == "pdf" else target, folder, warn),
        target,
        output,
        folder,
    )
    for fault in found.left_out:
        line, column = found.mended.position(fault.span.start)
        click.echo(one_line(f"{path}:{line}:{column}: left out: {fault.message}"), err=True)
    for line, message in sorted(dict.fromkeys(warnings)):
        line = line_before(line, found.original, note.source)
        click.echo(one_line(f"{path}:{line}: {message}"), err=True)
    return NOT_PROVED if found.left_out else 0


def deliver(text: str, target: str, output: str | None, folder: Path = Path()) -> None:
    """Write a document, or end with a message; a file is whole or not there.

    Args:
        text: of the document; for a PDF, LaTeX that compiles by itself.
        target: its format.
        output: the file; none for the terminal.
        folder: where a PDF finds its images.
    """
    from symgrad.mending.files import write
    from symgrad.reading.note import UnreadableNote
    from symgrad.writing.pdf import PdfError, to_pdf

    if target == "pdf" and output is None and sys.stdout.isatty():
        raise click.UsageError("a PDF is nothing for a terminal; use -o FILE")
    try:
        write(output or "-", to_pdf(text, folder) if target == "pdf" else text.encode())
    except PdfError as error:
        click.echo(f"symgrad: {error}", err=True)
        sys.exit(UNUSABLE)
    except UnreadableNote as error:
        click.echo(f"{error.path}: {error.reason}", err=True)
        sys.exit(UNUSABLE)
