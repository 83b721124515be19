"""Commands with rules of their own: they print nothing, space, or wrap mathematics or words."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.diagnostics import Span
from symgrad.reading.constructs import (
    BIG_OPERATORS,
    DEFINITIONS,
    DELIMITED,
    DERIVATIVES,
    DIMENSIONS,
    DROPPED,
    DROPPED_WITH_ARGUMENT,
    GAPS,
    GAPS_WITH_ARGUMENT,
    KEEPS_LAST,
    LEFT_BARS,
    LETTERS_IN_WORDS,
    OVER_AND_UNDER,
    RIGHT_BARS,
    TEXTS,
    WORD_COMMANDS,
)
from symgrad.reading.raw import Raw, stand_in
from symgrad.reading.reader import LatexError, Reader, command_rule

MAXIMAL_NESTING = 10
"""Formulas inside words inside formulas."""

_DOLLARS = frozenset({"$", r"\(", r"\)"})


@command_rule(*DROPPED, *DROPPED_WITH_ARGUMENT)
def _drop(reader: Reader, raw: Raw) -> None:
    """Nothing is printed, by the command or by its arguments."""
    if raw.text in DROPPED_WITH_ARGUMENT:
        reader.skip_star()
        if raw.text == r"\color":
            reader.optional()
        reader.argument(raw)


@command_rule(*KEEPS_LAST)
def _keep_last(reader: Reader, raw: Raw) -> None:
    """The last argument; in its braces where they hold it together."""
    if raw.text == r"\textcolor":
        reader.optional()
    for _ in range(KEEPS_LAST[raw.text]):
        content, where = reader.argument(raw)
    following = reader.skip_spaces()
    scripted = following is not None and following.text in ("^", "_", "'")
    argument = reader.takes_one_token()
    # A frame round a part of a formula shows where a factor ends; round the whole it does not.
    framed = raw.text == r"\boxed" and bool(reader.tokens or following)
    if scripted or argument or framed:
        opening, closing = Span(where.start, where.start + 1), Span(where.end - 1, where.end)
        reader.pending.append(Raw("close", "}", closing, raw.depth))
        reader.push_all(content)
        reader.pending.append(Raw("open", "{", opening, raw.depth))
    else:
        reader.push_all(content)


@command_rule(*GAPS, *GAPS_WITH_ARGUMENT)
def _gap(reader: Reader, raw: Raw) -> None:
    """A space wide enough to part two statements."""
    span = raw.span
    if raw.text in GAPS_WITH_ARGUMENT:
        reader.skip_star()
        span = span.to(reader.argument(raw)[1])
    reader.emit("gap", raw.text, span)


@command_rule(*WORD_COMMANDS)
def _word(reader: Reader, raw: Raw) -> None:
    """A sign for words."""
    reader.emit("text", WORD_COMMANDS[raw.text], raw.span)


@command_rule(*DIMENSIONS)
def _dimension(reader: Reader, raw: Raw) -> None:
    r"""The length after `\kern` and its like: a number and a unit of two letters."""
    while (following := reader.skip_spaces()) and (
        following.kind in ("digit", "point") or following.text in ("+", "-", ".")
    ):
        reader.pending.pop()
    for _ in range(2):
        if reader.pending and reader.pending[-1].text.isalpha():
            reader.pending.pop()


@command_rule(*DELIMITED)
def _delimiter(reader: Reader, raw: Raw) -> None:
    r"""`\left` and its like: the delimiter stays, with their place, an invisible one does not."""
    following = reader.skip_spaces()
    if following is None or following.kind in ("open", "close", "newrow"):
        raise LatexError(raw.span, f"{raw.text} lacks its delimiter", "a bracket or a dot")
    if following.text in (".", "<", ">"):
        reader.pending.pop()
        if following.text != ".":
            name = r"\langle" if following.text == "<" else r"\rangle"
            reader.emit("command", name, following.span)
        return
    side = {r"\left": "l", r"\right": "r"}.get(raw.text, raw.text[-1])
    bars = {"l": LEFT_BARS, "r": RIGHT_BARS}.get(side, {})
    span = raw.span.to(following.span)
    if following.text in bars:
        reader.pending.pop()
        reader.emit("command", bars[following.text], span)
    else:
        reader.pending[-1] = following._replace(span=span)


@command_rule(*TEXTS)
def _text(reader: Reader, raw: Raw) -> None:
    r"""Words; formulas between dollars in them stay formulas."""
    content, where = reader.argument(raw)
    span = raw.span.to(where)
    words = _words(content)
    if raw.text == r"\textbf" and len(words) == 1 and words.isalpha():
        reader.emit("command", r"\mathbf", raw.span)
        reader.push_all(content)
        return
    if words in LETTERS_IN_WORDS:
        reader.push_all([piece for piece in content if piece.kind != "space"])
        return
    if not any(part.text in _DOLLARS for part in content):
        reader.emit("text", words, span)
    else:
        _mixed_text(reader, content, raw)
    if raw.text in (r"\intertext", r"\shortintertext"):
        reader.emit("newrow", r"\\", span)


def _mixed_text(reader: Reader, content: list[Raw], raw: Raw) -> None:
    """Words with formulas between dollars, as words and formulas in turn."""
    parts: list[list[Raw]] = [[]]
    depth = 0
    for piece in content:
        depth += (piece.kind == "open") - (piece.kind == "close")
        if piece.text in _DOLLARS and depth == 0:
            parts.append([])
        else:
            parts[-1].append(piece)
    if reader.takes_one_token():
        raise LatexError(raw.span, "words with formulas in them are not read as an argument")
    if len(parts) % 2 == 0:
        raise LatexError(raw.span, "a $ in these words has no partner", "$")
    if reader.nesting >= MAXIMAL_NESTING:
        raise LatexError(raw.span, "words in formulas in words, too deep to read")
    for place, part in enumerate(parts):
        if place % 2 == 1:
            inner = Reader(part, reader.macros, reader.nesting + 1)
            reader.tokens.extend(inner.run())
        elif words := _words(part):
            reader.emit("text", words, part[0].span.to(part[-1].span))


@command_rule(r"\mathop")
def _as_operator(reader: Reader, raw: Raw) -> None:
    """What is set as an operator is that operator: its scripts are its own."""
    reader.push_all(reader.argument(raw)[0])


@command_rule(*OVER_AND_UNDER)
def _over_or_under(reader: Reader, raw: Raw) -> None:
    r"""`\underset{i}{\sum}` is `\sum_i`; what stands over an equality sign says why it holds."""
    label, label_span = reader.argument(raw)
    base, base_span = reader.argument(raw)
    signs = [piece.text for piece in base if piece.kind != "space"]
    if signs == ["="] and raw.text != r"\underset":
        reader.push_all(base)
    elif signs and (signs[0] in BIG_OPERATORS or signs[0] in OVER_AND_UNDER):
        script = "_" if raw.text == r"\underset" else "^"
        reader.push_all([*base, *stand_in(script + "{", raw), *label, *stand_in("}", raw)])
    else:
        reader.emit("command", raw.text, raw.span)
        for content, where in ((base, base_span), (label, label_span)):
            reader.pending.append(Raw("close", "}", _end(where), raw.depth))
            reader.push_all(content)
            reader.pending.append(Raw("open", "{", Span(where.start, where.start + 1), raw.depth))


def _end(where: Span) -> Span:
    return Span(where.end - 1, where.end)


@command_rule(*DERIVATIVES)
def _derivative(reader: Reader, raw: Raw) -> None:
    r"""`\pdv{y}{x}` and `\pdv{x}`; an order in brackets is left to be refused."""
    sign = DERIVATIVES[raw.text]
    reader.skip_star()
    if reader.optional() is not None:
        raise LatexError(raw.span, "derivatives of second order are not read")
    first, _ = reader.argument(raw)
    following = reader.skip_spaces()
    top: list[Raw] = []
    by = first
    if following is not None and following.kind == "open":
        top, by = first, reader.argument(raw)[0]
    opening, middle = stand_in(rf"\frac{{{sign} ", raw), stand_in(rf"}}{{{sign} ", raw)
    reader.push_all([*opening, *top, *middle, *by, *stand_in("}", raw)])


@command_rule(r"\operatorname")
def _starred(reader: Reader, raw: Raw) -> None:
    """A command whose star says nothing about the mathematics."""
    reader.skip_star()
    reader.emit("command", raw.text, raw.span)


@command_rule(*DEFINITIONS)
def _definition(reader: Reader, raw: Raw) -> None:
    """A macro definition inside the formula prints nothing."""
    reader.skip_star()
    if raw.text in (r"\def", r"\gdef"):
        while reader.pending and reader.pending[-1].kind != "open":
            reader.pending.pop()
        reader.argument(raw)
        return
    reader.argument(raw)
    following = reader.skip_spaces()
    if raw.text == r"\let" and following is not None and following.text == "=":
        reader.pending.pop()
    if raw.text.endswith("command"):
        reader.optional()
        reader.optional()
    reader.argument(raw)


def _words(raws: Sequence[Raw]) -> str:
    """The characters of a text, with single spaces."""
    return "".join(" " if raw.kind == "space" else raw.text for raw in raws).strip()
