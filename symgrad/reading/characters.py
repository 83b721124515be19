r"""Characters to tokens: letters, numbers, and what Unicode and HTML write for LaTeX."""

from __future__ import annotations

from symgrad.reading.raw import Raw
from symgrad.reading.reader import LatexError, Reader, command_rule, kind_rule
from symgrad.reading.unicode import COMBINING, ENTITIES, LOWERED, RAISED, UNICODE, styled_letter

_SIGNS = {"^": "superscript", "_": "subscript", "&": "ampersand"}
"""Characters with a kind of token of their own."""


@kind_rule("char")
def _char(reader: Reader, raw: Raw) -> None:
    char = raw.text
    if char == "~":
        return
    if char.isascii():
        kind = "letter" if char.isalpha() else _SIGNS.get(char, "symbol")
        reader.emit(kind, char, raw.span)
        return
    latex = UNICODE.get(char) or styled_letter(char)
    if latex is None:
        reader.emit("letter" if char.isalpha() else "symbol", char, raw.span)
    else:
        reader.push(latex, raw)


@kind_rule("raised", "lowered")
def _script(reader: Reader, raw: Raw) -> None:
    """A run of raised or lowered characters, such as ⁻¹."""
    sign, table = ("^", RAISED) if raw.kind == "raised" else ("_", LOWERED)
    content = "".join(table[char] for char in raw.text)
    reader.push(sign + (content if len(content) == 1 else f"{{{content}}}"), raw)


@kind_rule("entity")
def _entity(reader: Reader, raw: Raw) -> None:
    reader.push(ENTITIES[raw.text], raw)


@kind_rule("accented")
def _accented(reader: Reader, raw: Raw) -> None:
    letter = UNICODE.get(raw.text[0], raw.text[0])
    reader.push(f"{COMBINING[raw.text[1]]}{{{letter}}}", raw)


@kind_rule("digit")
def _digit(reader: Reader, raw: Raw) -> None:
    r"""A number; where TeX takes one token, as in `\frac12`, a single digit."""
    text, span, pending = raw.text, raw.span, reader.pending
    if reader.tokens and reader.tokens[-1].kind in ("superscript", "subscript"):
        if pending and (pending[-1].kind == "digit" or _at_decimals(reader)):
            message = "without braces TeX raises or lowers the first digit only"
            raise LatexError(span.to(pending[-1].span), message, "{")
    elif not reader.takes_one_token():
        while pending and pending[-1].kind == "digit":
            text += pending[-1].text
            span = span.to(pending.pop().span)
        if "." not in text and _at_decimals(reader):
            pending.pop()
            following = pending.pop()
            span = span.to(following.span)
            _digit(reader, Raw("digit", f"{text}.{following.text}", span, raw.depth))
            return
    reader.emit("number", text, span)


def _at_decimals(reader: Reader) -> bool:
    """Whether a point with a digit after it stands next."""
    last = reader.pending[:-3:-1]
    return len(last) == 2 and last[0].text == "." and last[1].kind == "digit"


@kind_rule("point")
def _point(reader: Reader, raw: Raw) -> None:
    """A decimal point with no digit before it."""
    following = reader.pending.pop()
    span = raw.span.to(following.span)
    _digit(reader, Raw("digit", f"0.{following.text}", span, raw.depth))


@kind_rule("parameter")
def _parameter(reader: Reader, raw: Raw) -> None:
    raise LatexError(raw.span, f"{raw.text} stands outside a macro definition")


@kind_rule("newrow")
@command_rule(r"\cr", r"\newline")
def _newrow(reader: Reader, raw: Raw) -> None:
    reader.emit("newrow", r"\\", raw.span)
