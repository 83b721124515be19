"""Prose or mathematics: what tells them apart where delimiters alone do not.

A dollar may be money, and a display that is never closed swallows the text
after it. These rules look at the words between two delimiters; when in doubt
a formula stays a formula.
"""

from __future__ import annotations

import re

from symgrad.patterns import pattern

BLANK_LINE = pattern(r"\n[ \t>]*\r?(?=\n|\Z)")
"""The end of a line that a blank one follows; the marks of quotations are blank."""

COMMAND = pattern(r"\\[A-Za-z]{2,}|[\^_]\{")
"""What no prose has."""

MATH_SIGN = pattern(r"[\\^_=<>+*/|(\[]")
"""What prose seldom has."""

WORD = pattern(r"(?<![\\\w])[^\W\d_]{3,}(?![\w({_^])")
"""A word that is neither a command nor a function."""

_PROSE_LINE = pattern(
    r"^[ \t>]*(?:\#{1,6}[ \t]|[^\W\d_]{2,}(?:[ ,'’-]+[^\W\d_]+){2,}[ \t.,:;]*\r?$)", re.M
)
_PROSE = pattern(r"(?<![\\\w{])[^\W\d_]{2,}(?:[ ,;:'’-]+[^\W\d_]+){2,}|[぀-鿿]{4}")
_PARAGRAPHS = pattern(r"\n[ \t>]*\r?\n")
_SINGLE_DOLLAR = pattern(r"(?<![\\$])\$(?!\$)")
_BRACE = pattern(r"\\.|([{}])", re.S)


def may_be_mathematics(body: str) -> bool:
    """Whether something stands here, and not only words."""
    return bool(body.strip() and (MATH_SIGN.search(body) or not WORD.search(body)))


def has_prose(latex: str) -> bool:
    """Whether a display has prose outside its braces: a line, or a paragraph after its first."""
    if _SINGLE_DOLLAR.search(latex) or _PROSE_LINE.search(latex):
        return True
    blank = BLANK_LINE.search(latex)
    if blank is None:
        return False
    parts = _PARAGRAPHS.split(latex[blank.start() :])
    if any(WORD.search(part) and not MATH_SIGN.search(part) for part in parts):
        return True
    return _PROSE.search(latex, blank.start()) is not None


def outside_braces(latex: str) -> str:
    """What stands outside braces, where no words of a formula do; all, if they do not match."""
    parts, at, depth = [], 0, 0
    for match in _BRACE.finditer(latex):
        if match[1] == "{":
            if depth == 0:
                parts.append(latex[at : match.start()])
            depth += 1
        elif match[1] == "}":
            depth, at = depth - 1, match.end()
        if depth < 0:
            return latex
    return "".join([*parts, latex[at:]]) if depth == 0 else latex
