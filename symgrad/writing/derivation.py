"""Derivations as text and as Markdown: every line an equality, with its rule."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.judging.result import Line
from symgrad.records import dataclass


@dataclass(frozen=True)
class Shown:
    """A derivation ready to be printed.

    Attributes:
        place: of the step in its note, such as `note.md:12:3`.
        start: LaTeX of what is derived.
        lines: the expressions after it.
    """

    place: str
    start: str
    lines: Sequence[Line]


def derivations_to_text(shown: Sequence[Shown]) -> str:
    """Derivations as lines of LaTeX, the rule after each."""
    blocks = []
    for item in shown:
        text = f"{item.place}:\n    {item.start}\n"
        for line in item.lines:
            text += f"  = {line.latex}\n        {line.reason()}\n"
        blocks.append(text)
    return "\n".join(blocks)


def derivations_to_markdown(shown: Sequence[Shown]) -> str:
    """Derivations as Markdown: one aligned display each, the rules in its last column."""
    blocks = []
    for item in shown:
        rows = [f"& {item.start}"]
        for line in item.lines:
            rows.append(rf"= \; & {line.latex} && \text{{{line.reason('$')}}}")
        body = " \\\\\n".join(rows)
        blocks.append(f"## {item.place}\n\n$$\n\\begin{{align*}}\n{body}\n\\end{{align*}}\n$$\n")
    return "\n".join(blocks)
