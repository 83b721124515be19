"""`symgrad compile`: write the NumPy program of a network."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from symgrad.commands.shared import UNUSABLE, Command, traceback_option

if TYPE_CHECKING:
    from symgrad.programs import Program


@click.command("compile", cls=Command)
@click.option("--layers", metavar="SIZES", help="Sizes of a network, such as 784,256,128,10.")
@click.option("--activation", default="relu", show_default=True, help="Of every layer.")
@click.option("--loss", default="squared-error", show_default=True, help="Of the output.")
@click.option("--batch", is_flag=True, help="Take many examples at once; the loss is their mean.")
@click.option(
    "--dtype",
    type=click.Choice(["float32", "float64"]),
    default="float64",
    show_default=True,
    help="Of all arrays.",
)
@click.option("--input-gradient", is_flag=True, help="Give the gradient by the input too.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file, not to the terminal.")
@traceback_option
def compile_command(
    layers: str | None,
    activation: str,
    loss: str,
    batch: bool,
    dtype: str,
    input_gradient: bool,
    output: str | None,
    traceback: bool,
) -> None:
    """Write a NumPy program that works out a loss and its gradients.

    The gradients are proved before they are written. The program needs NumPy and nothing
    else.
    """
    from symgrad.compiling.lowering import CannotCompile
    from symgrad.network.network import Network
    from symgrad.programs import compile as compile_network

    if layers is None:
        raise click.UsageError("give --layers, such as --layers 784,256,128,10")
    try:
        sizes = [int(part) if part.strip().isdigit() else part for part in layers.split(",")]
        network = Network(sizes, activation, loss)
        program = compile_network(network, batch=batch, dtype=dtype, input_gradient=input_gradient)
    except (ValueError, CannotCompile) as error:
        raise click.UsageError(str(error)) from None
    deliver(program, output)


def deliver(program: Program, output: str | None) -> None:
    """Print a program, or write it to a file."""
    if output is None or output == "-":
        click.echo(program.source, nl=False)
        return
    try:
        program.save(output)
    except OSError as error:
        click.echo(f"{output}: {error.strerror or error}", err=True)
        sys.exit(UNUSABLE)
