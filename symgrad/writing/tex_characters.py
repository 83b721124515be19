r"""Characters beyond ASCII in LaTeX, such that pdflatex sets them.

Signs and letters of mathematics become commands, by the table by which formulas are read; what
is left in words and in code is declared in the preamble.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from symgrad.patterns import pattern
from symgrad.reading.unicode import COMBINING, LOWERED, RAISED, UNICODE, styled_letter

_BEYOND = pattern(
    rf"(?P<raised>[{''.join(RAISED)}]+)|(?P<lowered>[{''.join(LOWERED)}]+)"
    rf"|(?P<accented>\w[{''.join(COMBINING)}])|(?P<other>[^\x00-\x7f])"
)
_WORDS = pattern(r"\\(?:text[a-z]*|mbox|intertext|shortintertext|tag\*?|label)\s*\{")
_BRACES = pattern(r"\\.|[{}]", re.S)

_ORDINARY = frozenset("·•×÷…’′″‴µ−±")
"""Of the table of mathematics, what stands in words as well, and is declared like a letter."""

_IN_WORDS = {
    "·": r"\textperiodcentered{}",
    "•": r"\textbullet{}",
    "…": r"\ldots{}",
    "‘": "`",
    "’": "'",
    "‚": ",",
    "“": "``",
    "”": "''",
    "„": ",,",
    "–": "--",
    "—": "---",
    "―": "---",
    "‐": "-",
    "‑": "-",
    "‒": "--",
    "\N{NO-BREAK SPACE}": "~",
    "\N{NARROW NO-BREAK SPACE}": r"\,",
    "\N{THIN SPACE}": r"\,",
    "\N{ZERO WIDTH SPACE}": "",
    "\N{BYTE ORDER MARK}": "",
    "\N{VARIATION SELECTOR-16}": "",
    "«": r"\ensuremath{\ll}",
    "»": r"\ensuremath{\gg}",
    "‹": r"\ensuremath{<}",
    "›": r"\ensuremath{>}",
    "°": r"\ensuremath{^\circ}",
    "§": r"\S{}",
    "¶": r"\P{}",
    "©": r"\copyright{}",
    "®": r"\textregistered{}",
    "™": r"\texttrademark{}",
    "†": r"\dag{}",
    "‡": r"\ddag{}",
    "€": r"\texteuro{}",
    "£": r"\pounds{}",
    "¿": r"?`",
    "¡": r"!`",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "đ": "d",
    "Đ": "D",
    "✓": r"\ensuremath{\checkmark}",
    "✔": r"\ensuremath{\checkmark}",
    "✗": r"\ensuremath{\times}",
    "✘": r"\ensuremath{\times}",
    "■": r"\ensuremath{\blacksquare}",
    "□": r"\ensuremath{\square}",
    "∎": r"\ensuremath{\blacksquare}",
    "↑": r"\ensuremath{\uparrow}",
    "↓": r"\ensuremath{\downarrow}",
    "↔": r"\ensuremath{\leftrightarrow}",
    "√": r"\ensuremath{\surd}",
    "ħ": r"\ensuremath{\hbar}",
    "\N{SOFT HYPHEN}": r"\-",
    # Not by apostrophes: in verbatim text these are active.
    "′": r"\ensuremath{^{\prime}}",
    "″": r"\ensuremath{^{\prime\prime}}",
    "‴": r"\ensuremath{^{\prime\prime\prime}}",
}
"""Characters of words with the commands that set them in every font of LaTeX."""

_ACCENTS = {
    "\u0300": r"\`",
    "\u0301": r"\'",
    "\u0302": r"\^",
    "\u0303": r"\~",
    "\u0304": r"\=",
    "\u0306": r"\u",
    "\u0307": r"\.",
    "\u0308": r"\"",
    "\u030a": r"\r",
    "\u030b": r"\H",
    "\u030c": r"\v",
    "\u0327": r"\c",
    "\u0323": r"\d",
    "\u0328": r"\c",
    "\u0331": r"\b",
}

_BOXES = "─━│┃┌┐└┘├┤┬┴┼═║"
_DRAWN = {box: "|" if box in "│┃║" else "-" if box in "─━═" else "+" for box in _BOXES}


def in_formula(latex: str) -> str:
    r"""A formula with commands for its characters: `\partial` for the sign, `x^{2}` for x²."""
    result, at = "", 0
    for opening in _WORDS.finditer(latex):
        if opening.start() < at:
            continue
        end = _group_end(latex, opening.end())
        result += _signs(latex[at : opening.start()]) + in_words(latex[opening.start() : end])
        at = end
    return result + _signs(latex[at:])


def in_words(text: str) -> str:
    """Words with commands for the signs of mathematics in them; letters stay as they are."""
    return "".join(_sign_in_words(char) for char in text) if not text.isascii() else text


def declarations(text: str) -> tuple[list[str], list[str]]:
    """Lines of a preamble that say what the characters of a text are, and those nobody knows."""
    lines, unknown = [], []
    for char in sorted({char for char in text if char > "\x7f"}):
        latex = _known(char)
        if latex is None:
            unknown.append(char)
            latex = rf"\fbox{{\tiny {ord(char):X}}}"
        lines.append(rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{{latex}}}")
    return lines, unknown


def is_known(char: str) -> bool:
    """Whether LaTeX sets a character, by itself or by what is declared."""
    return char <= "\x7f" or _known(char) is not None


def _signs(latex: str) -> str:
    if latex.isascii():
        return latex
    parts: list[str] = []
    at = 0
    for match in _BEYOND.finditer(latex):
        parts += [latex[at : match.start()], _sign(match)]
        at = match.end()
    return _joined([*parts, latex[at:]])


def _joined(parts: Iterable[str]) -> str:
    """The parts side by side; a letter after a command stands apart from it."""
    result = ""
    for part in parts:
        ends = re.search(r"\\[A-Za-z]+\Z", result)
        result += f" {part}" if ends and part[:1].isalpha() and part[0] < "\x7f" else part
    return result


def _sign(match: re.Match[str]) -> str:
    text = match.group()
    if match["raised"]:
        return f"^{{{''.join(RAISED[char] for char in text)}}}"
    if match["lowered"]:
        return f"_{{{''.join(LOWERED[char] for char in text)}}}"
    if match["accented"]:
        return f"{COMBINING[text[1]]}{{{UNICODE.get(text[0], text[0])}}}"
    return UNICODE.get(text) or styled_letter(text) or text


def _sign_in_words(char: str) -> str:
    if char in UNICODE and char not in _ORDINARY:
        return rf"\ensuremath{{{UNICODE[char]}}}"
    return char


def _known(char: str) -> str | None:
    """What sets a character in words, or nothing."""
    import unicodedata  # not free

    if char in _IN_WORDS:
        return _IN_WORDS[char]
    if char in _DRAWN:
        return _DRAWN[char]
    if char in UNICODE:
        return rf"\ensuremath{{{UNICODE[char]}}}"
    for table, sign in ((RAISED, "^"), (LOWERED, "_")):
        if char in table:
            return rf"\ensuremath{{{sign}{{{table[char]}}}}}"
    base, *marks = list(unicodedata.normalize("NFD", char))
    if base.isascii() and marks and all(mark in _ACCENTS for mark in marks):
        for mark in marks:
            letter = (
                {"i": r"\i", "j": r"\j"}.get(base, base)
                if mark not in "\u0327\u0323\u0328"
                else base
            )
            base = f"{_ACCENTS[mark]}{{{letter}}}"
        return base
    if base in UNICODE and marks == ["\u0301"]:
        return rf"\ensuremath{{\acute{{{UNICODE[base]}}}}}"
    styled = styled_letter(char)
    return None if styled is None else rf"\ensuremath{{{styled}}}"


def _group_end(text: str, start: int) -> int:
    """Offset behind the brace that closes the one before `start`, or the end."""
    depth = 1
    for match in _BRACES.finditer(text, start):
        depth += (match.group() == "{") - (match.group() == "}")
        if depth == 0:
            return match.end()
    return len(text)
