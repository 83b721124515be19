"""`symgrad compile`: write the NumPy program of a note or a network."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

import click

from symgrad.commands.shared import (
    NOT_PROVED,
    UNUSABLE,
    Command,
    first_given,
    refuse_empty,
    refuse_to_overwrite,
    traceback_option,
)

if TYPE_CHECKING:
    from symgrad.programs.program import Program


@click.command("compile", cls=Command)
@click.argument("note", required=False, metavar="[NOTE]")
@click.option("--layers", metavar="SIZES", help="Sizes of a network, such as 784,256,128,10.")
@click.option(
    "--activation",
    help="Of every layer (relu, unless it is given); in a note, of a function without a formula.",
)
@click.option(
    "--output-activation",
    metavar="NAME",
    help="Of the last layer, where it has another one, such as softmax.",
)
@click.option("--loss", default="squared-error", show_default=True, help="Of the output.")
@click.option("--batch", is_flag=True, help="Take many examples at once; the loss is their mean.")
@click.option(
    "--examples",
    metavar="NAMES",
    help="The same for a note: the arrays of which each example has its own, such as X,Y_tilde.",
)
@click.option(
    "--dtype",
    type=click.Choice(["float32", "float64"]),
    default="float64",
    show_default=True,
    help="Of all arrays.",
)
@click.option("--line", type=int, help="Of a gradient, where a note has several numbers.")
@click.option("--input-gradient", is_flag=True, help="Give the gradient by the input too.")
@click.option(
    "--backend",
    type=click.Choice(["numpy", "lambdify", "numba", "jax", "torch"]),
    default="numpy",
    show_default=True,
    help="The library that the program is written for.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to a file, not to the terminal.")
@traceback_option
def compile_command(
    note: str | None,
    layers: str | None,
    activation: str | None,
    output_activation: str | None,
    loss: str,
    batch: bool,
    examples: str | None,
    dtype: str,
    line: int | None,
    input_gradient: bool,
    backend: str,
    output: str | None,
    traceback: bool,
) -> None:
    """Write a NumPy program that works out a loss and its gradients.

    From a NOTE, the program is made of the note's own formulas; where one is not proved, it
    is named, nothing is written, and the exit code is 1. Of a network, given by --layers,
    the gradients are derived and proved. The program needs nothing but NumPy, or the
    library that --backend names.
    """
    if (note is None) == (layers is None):
        raise click.UsageError("give a NOTE, or --layers such as --layers 784,256,128,10")
    refuse_empty("activation", "output_activation", "examples", "output")
    if note is not None:
        _refuse_for_a_note()
        refuse_to_overwrite(note, output)
        names = [name.strip() for name in (examples or "").split(",") if name.strip()]
        program = _of_note(
            note, line=line, activation=activation, batch=names, dtype=dtype, backend=backend
        )
    else:
        assert layers is not None
        _refuse_for_a_network()
        program = _of_network(
            (layers, activation or "relu", loss, output_activation),
            batch=batch,
            dtype=dtype,
            input_gradient=input_gradient,
            backend=backend,
        )
    deliver(program, output)


def _refuse_for_a_network() -> None:
    """Options that choose among what a note says."""
    if first_given("examples"):
        raise click.UsageError("--examples is for a NOTE; --layers goes with --batch")
    if first_given("line"):
        raise click.UsageError("--line is for a NOTE; it chooses one of its gradients")


def _refuse_for_a_note() -> None:
    """Options that say what a note says itself."""
    if first_given("batch"):
        raise click.UsageError(
            "a note does not say which of its arrays are data; instead of --batch, name those "
            "of which each example has its own, such as --examples X,Y_tilde"
        )
    networks = first_given("output_activation", "loss", "input_gradient")
    if networks is not None:
        raise click.UsageError(f"{networks} goes with --layers; a NOTE has its own formula")


def _of_note(note: str, **options: Any) -> Program:  # noqa: ANN401 - those of `compile`
    """The program of a note; leaves with the reasons where there is none."""
    from symgrad.compiling.errors import CannotCompile, WrongOption
    from symgrad.programs.formulas import Refused
    from symgrad.programs.program import compile as compile_program
    from symgrad.reading.note import UnreadableNote

    try:
        program = compile_program(note, **options)
    except Refused as refused:
        _leave(refused.lines(), NOT_PROVED)
    except (WrongOption, ValueError) as error:
        raise click.UsageError(str(error)) from None
    except CannotCompile as error:
        _leave([f"{note}: {error}"], NOT_PROVED)
    except UnreadableNote as error:
        _leave([str(error)], UNUSABLE)
    _say(f"{note}: {remark}" for remark in program.plan.remarks)
    return program


def _of_network(network: tuple[str, str, str, str | None], **options: Any) -> Program:  # noqa: ANN401
    """The program of a network, given by layers, activation, loss and output activation."""
    from symgrad.compiling.errors import CannotCompile
    from symgrad.network.network import Network
    from symgrad.programs.program import compile as compile_program

    layers, activation, loss, last = network
    sizes = [int(part) if part.strip().isdigit() else part for part in layers.split(",")]
    try:
        program = compile_program(Network(sizes, activation, loss, last), **options)
    except (CannotCompile, ValueError) as error:
        raise click.UsageError(str(error)) from None
    _say(program.plan.remarks)
    return program


def _say(lines: Iterable[str]) -> None:
    from symgrad.writing.excerpt import printable

    for line in lines:
        click.echo(printable(line), err=True)


def _leave(lines: Iterable[str], code: int) -> NoReturn:
    _say(lines)
    sys.exit(code)


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
