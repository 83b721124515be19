"""The plan of what a user gives to `compile`: a network, or a note by its path or text."""

from __future__ import annotations

import os
from collections.abc import Sequence

from symgrad.compiling.plan import Plan, plan_network
from symgrad.network.network import Network

DTYPES = ("float32", "float64")


def network_plan(
    network: Network, batch: bool | Sequence[str], dtype: str, input_gradient: bool
) -> Plan:
    """The plan of a network.

    Raises:
        ValueError: for a batch that is named, or a dtype that is none of `DTYPES`.
    """
    if not isinstance(batch, bool):
        raise ValueError("a network knows its data; batch is True or False")
    return plan_network(network, batch, _checked(dtype), input_gradient)


def note_plan(
    note: str | os.PathLike[str],
    batch: bool | Sequence[str],
    dtype: str,
    line: int | None,
    activation: str | None,
) -> Plan:
    """The plan of a note; a text has a line break or a dollar, a path has none.

    Raises:
        ValueError: for a batch that is not named, or a dtype that is none of `DTYPES`.
        Refused, CannotCompile, UnreadableNote: as for `compile`.
    """
    from symgrad.diagnostics import Source
    from symgrad.programs.from_note import plan_note
    from symgrad.reading.note import read_note

    if isinstance(batch, bool | str):
        if batch:
            raise ValueError(
                "a note does not say which of its arrays are data; name those of which "
                'each example has its own, such as batch=("X", "Y_tilde")'
            )
        batch = ()
    is_text = isinstance(note, str) and ("\n" in note or "$" in note)
    read = read_note(Source("<text>", str(note)) if is_text else note)
    return plan_note(read, _checked(dtype), line, activation, batch)


def _checked(dtype: str) -> str:
    if dtype not in DTYPES:
        raise ValueError(f"dtype is {' or '.join(DTYPES)}, not {dtype!r}")
    return dtype
