"""The command line: the commands of `symgrad.commands`, put together.

Exit codes: 0, every claim is proved; 1, something is not; 2, wrong usage, an
unreadable file, or a fault of symgrad itself.

Only click is imported here: `--help` and `--version` must answer at once.
"""

from __future__ import annotations

import atexit
import gc
import sys

import click

from symgrad.commands.compile import compile_command
from symgrad.commands.explain import explain_command
from symgrad.commands.fix import fix_command
from symgrad.commands.latex import latex_command
from symgrad.commands.read import read_command
from symgrad.commands.verify import verify_command
from symgrad.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="symgrad", message="%(prog)s %(version)s")
def main() -> None:
    """Check the gradients in a note of yours: proved, or refuted by a counterexample.

    A note is Markdown, LaTeX or a notebook, in any language: only its formulas are read.
    """
    # A run makes few cycles; looking for them after every 700 objects costs a tenth of it.
    # A last look at exit, when all memory goes back at once, costs a sixth.
    gc.set_threshold(200_000)
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        # What a terminal cannot show becomes an escape; it must not become a traceback.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


_COMMANDS = (
    verify_command,
    read_command,
    fix_command,
    latex_command,
    compile_command,
    explain_command,
)
for _command in _COMMANDS:
    main.add_command(_command)
