r"""A formula cut into raw tokens: characters, commands, braces, in the order of the text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from symgrad.diagnostics import Span
from symgrad.patterns import pattern
from symgrad.reading.unicode import COMBINING, LOWERED, RAISED


class Raw(NamedTuple):
    """A piece of input.

    Attributes:
        kind: space, newrow, command, parameter (of a macro body), point (that
            begins a number), digit, raised, lowered, accented, entity, open,
            close or char.
        text: as written.
        span: offsets in the note; of the call, where a macro produced it.
        depth: how deep in macros it was born.
    """

    kind: str
    text: str
    span: Span
    depth: int


_LEX = pattern(
    # What most characters are comes first: a char that no accent can follow.
    r"[A-Za-z](?=[ -~])|[-=+*/()\[\]|,;:!<>'\"_^]"
    r"|(?P<space>(?:\s|%[^\n]*\n?|[\u200b\u2060-\u2064\ufeff])+)"
    # A bracket after \\ is a length only where it holds one: `\\ [X]_i` starts a row.
    r"|(?P<newrow>\\\\\*?(?:\[\s*-?[\d.]+\s*(?:pt|em|ex|cm|mm|in|mu|px|bp|sp|pc)\s*\])?)"
    r"|(?P<command>\\(?:[A-Za-z]+|.|\Z))"
    r"|(?P<parameter>\#[1-9])"
    r"|(?P<point>(?<![\w.)\]}])\.(?=[0-9]))"
    r"|(?P<digit>[0-9])"
    rf"|(?P<raised>[{''.join(RAISED)}]+)|(?P<lowered>[{''.join(LOWERED)}]+)"
    rf"|(?P<accented>[^\W\d_][{''.join(COMBINING)}])"
    r"|(?P<entity>&(?:lt|gt|amp|nbsp);)"
    r"|(?P<open>\{)|(?P<close>\})"
    r"|(?P<char>.)",
    re.DOTALL,
)


def cut(text: str, span: Span) -> list[Raw]:
    """The raw tokens at a span of a note."""
    return [
        Raw(match.lastgroup or "char", match[0], Span(*match.span()), 0)
        for match in _LEX.finditer(text, span.start, span.end)
    ]


def stand_in(latex: str, raw: Raw) -> list[Raw]:
    """The raw tokens of LaTeX that is read for another raw token, all at its place."""
    return [Raw(kind, text, raw.span, raw.depth + 1) for kind, text in _pieces(latex)]


@lru_cache(maxsize=512)
def _pieces(latex: str) -> tuple[tuple[str, str], ...]:
    """Kinds and texts of the raw tokens of a macro body."""
    return tuple((match.lastgroup or "char", match.group()) for match in _LEX.finditer(latex))
