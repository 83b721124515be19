r"""A note with a sign in the place of each formula, so that its words can be read as a text.

What is done to the words can then not touch the formulas: no `_` of a formula is emphasis, no
`|` ends a cell, and a display is one sign that stands in a paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from symgrad.diagnostics import Span
from symgrad.reading.note import Formula, Note
from symgrad.records import dataclass

_OPEN, _CLOSE, _CLOSE_DISPLAY = "\ue000", "\ue001", "\ue002"
HELD = re.compile(rf"{_OPEN}(\d+)[{_CLOSE}{_CLOSE_DISPLAY}]")
_HELD_DISPLAY = re.compile(rf"(?:[ \t]*\n)*[ \t]*{_OPEN}(\d+){_CLOSE_DISPLAY}[ \t]*\n?")
_RESERVED = re.compile(f"[{_OPEN}-{_CLOSE_DISPLAY}]")


@dataclass(frozen=True)
class Held:
    """The text of a note without its formulas and macros.

    Attributes:
        note: the note.
        text: with signs for the formulas.
        cuts: where the text differs from the note: offset in the text, offset in the note.
    """

    note: Note
    text: str
    cuts: tuple[tuple[int, int], ...]

    def line(self, number: int) -> int:
        """The line of the note, from 1, for a line of the text, from 0."""
        start = 0
        for _ in range(number):
            start = self.text.find("\n", start) + 1
        here, there = self.cuts[bisect_right(self.cuts, (start, len(self.note.text) + 1)) - 1]
        return self.note.source.position(there + start - here)[0]

    def formula(self, number: int) -> tuple[Formula, str]:
        """A formula and its LaTeX, without the macros that are defined in it."""
        formula = self.note.formulas[number]
        span = formula.outer if formula.environment else formula.span
        # Not `source.text`: signs of quotations and comments are blanked here.
        latex, at = "", span.start
        for macro in self.note.definitions:
            if span.start <= macro.span.start and macro.span.end <= span.end:
                latex += self.note.text[at : macro.span.start]
                at = macro.span.end
        latex += self.note.text[at : span.end]
        return formula, re.sub(r"\n\s*\n", "\n", latex.strip())

    def put_back(
        self, text: str, display: Callable[[str], str], inline: Callable[[str], str]
    ) -> str:
        """A text with its formulas; a display stands on lines of its own.

        Args:
            text: with the signs.
            display: writes the LaTeX of a display.
            inline: writes the LaTeX of a formula in a line.
        """

        def on_lines(match: re.Match[str]) -> str:
            return f"\n{display(self.formula(int(match[1]))[1])}\n"

        text = _HELD_DISPLAY.sub(on_lines, text)
        return HELD.sub(lambda match: inline(self.formula(int(match[1]))[1]), text)


def hold(note: Note, start: int = 0, end: int | None = None) -> Held:
    """A note, or what stands between two offsets of it, with signs for its formulas."""
    end = len(note.source.text) if end is None else end
    text, at = "", start
    cuts = [(0, start)]
    for span, sign in sorted(_signs(note), key=lambda cut: cut[0].start):
        if at <= span.start and span.end <= end:
            text += _RESERVED.sub("", note.source.text[at : span.start]) + sign
            at = span.end
            cuts.append((len(text), at))
    return Held(note, text + _RESERVED.sub("", note.source.text[at:end]), tuple(cuts))


def _signs(note: Note) -> list[tuple[Span, str]]:
    signs: list[tuple[Span, str]] = []
    for number, formula in enumerate(note.formulas):
        is_empty = not Held(note, "", ()).formula(number)[1]
        close = _CLOSE_DISPLAY if formula.display else _CLOSE
        signs.append((formula.outer, "" if is_empty else f"{_OPEN}{number}{close}"))
    for macro in note.definitions:
        inside = (f.outer.start <= macro.span.start < f.outer.end for f in note.formulas)
        if not any(inside):
            signs.append((macro.span, ""))
    return signs
