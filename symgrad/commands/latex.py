"""`symgrad latex`: write derivations."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from symgrad.commands.shared import UNUSABLE, Command, traceback_option

if TYPE_CHECKING:
    from symgrad.writing.document import Document

FORMS = ("entries", "matrix", "batch", "expanded")
FORMATS = ("fragment", "markdown", "tex", "pdf")


@click.command("latex", cls=Command)
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
    """Write the derivation of the gradients of a network.

    What is written is proved when it is read: `symgrad latex --layers m,n,q --to markdown`
    makes a note for `symgrad verify`.

    Exit code 0: it is written; 2: it cannot be.
    """
    from symgrad.network.network import Network
    from symgrad.writing.network_derivation import Options, network_document

    if layers is None:
        raise click.UsageError("give the sizes of a network, such as --layers m,n,p,q")
    wanted = tuple(name.strip() for name in wrt.split(",")) if wrt else ()
    try:
        network = Network(
            layers.split(","),
            activation or "relu",
            loss or "squared-error",
            output_activation,
        )
        options = Options(form, steps, notation, lang, wanted)  # type: ignore[arg-type]
        document = network_document(network, options)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    deliver(document, target, output)


def deliver(document: Document, target: str, output: str | None) -> None:
    """Write a document, or end with a message; a file is whole or not there."""
    from symgrad.mending.files import write
    from symgrad.reading.note import UnreadableNote
    from symgrad.writing.document import WRITERS, to_tex
    from symgrad.writing.pdf import PdfError, to_pdf

    if target == "pdf" and output is None and sys.stdout.isatty():
        raise click.UsageError("a PDF is nothing for a terminal; use -o FILE")
    try:
        text = to_tex(document) if target == "pdf" else WRITERS[target](document)
        write(output or "-", to_pdf(text) if target == "pdf" else text.encode())
    except PdfError as error:
        click.echo(f"symgrad: {error}", err=True)
        sys.exit(UNUSABLE)
    except UnreadableNote as error:
        click.echo(f"{error.path}: {error.reason}", err=True)
        sys.exit(UNUSABLE)
