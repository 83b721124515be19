"""Derivations as text and as Markdown: every line an equality, with its rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One expression of a derivation.

    Attributes:
        latex: the expression.
        rule: why it equals the one before.
        of: LaTeX of what the rule was applied to, where the rule alone does not tell.
    """

    latex: str
    rule: str
    of: str = ""

    def reason(self, mark: str = "") -> str:
        """The rule in words, LaTeX in it between marks."""
        of = f"{mark}{self.of}{mark}" if self.of else ""
        return f"{self.rule}{_JOINED.get(self.rule, ' ')}{of}" if of else self.rule


_JOINED = {"definition": " of ", "chain rule": ", outer function "}


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
