"""Derivations as text and as Markdown: every line an equality, with its rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symgrad.judging.derivation import Rewriting


@dataclass(frozen=True)
class Shown:
    """A derivation ready to be printed.

    Attributes:
        place: of the step in its note, such as `note.md:12`.
        start: LaTeX of what is derived.
        steps: LaTeX of each expression after it, with its rule.
    """

    place: str
    start: str
    steps: Sequence[tuple[str, str]]


def rule_in_words(step: Rewriting, spelled: str) -> str:
    """The rule of a step; `spelled` is what it was applied to, in the note's notation."""
    match step.rule:
        case "definition":
            return f"definition of {spelled}"
        case "chain rule":
            return f"chain rule, outer function {spelled}"
        case _:
            return step.rule


def derivations_to_text(shown: Sequence[Shown]) -> str:
    """Derivations as lines of LaTeX, the rule after each."""
    blocks = []
    for item in shown:
        lines = [f"{item.place}:", f"    {item.start}"]
        for latex, rule in item.steps:
            lines += [f"  = {latex}", f"        {rule}"]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def derivations_to_markdown(shown: Sequence[Shown]) -> str:
    """Derivations as Markdown: one aligned display each, the rules in its last column."""
    blocks = []
    for item in shown:
        lines = [f"## {item.place}", "", "$$", r"\begin{align*}", f"& {item.start} \\\\"]
        for number, (latex, rule) in enumerate(item.steps):
            end = "" if number == len(item.steps) - 1 else r" \\"
            lines.append(f"= \\; & {latex} && \\text{{{_words(rule)}}}{end}")
        blocks.append("\n".join([*lines, r"\end{align*}", "$$", ""]))
    return "\n".join(blocks)


def _words(rule: str) -> str:
    """A rule inside `\\text`: its formulas in dollars."""
    return " ".join(f"${word}$" if "\\" in word or "^" in word else word for word in rule.split())
