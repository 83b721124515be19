r"""Commands to tokens: macros of the note are expanded, all that have a rule are left to it."""

from __future__ import annotations

from symgrad.diagnostics import Span
from symgrad.reading.constructs import RESPELLED
from symgrad.reading.macros import Macro
from symgrad.reading.raw import Raw, stand_in
from symgrad.reading.reader import COMMANDS, LatexError, Reader, kind_rule

MAXIMAL_EXPANSION_DEPTH = 50
"""Macros inside macros; deeper ones are taken to expand themselves."""

MAXIMAL_EXPANSION = 20_000
"""Raw tokens that the macros of one formula may produce."""


_RESPELLED = {
    name: Macro(name, count, None, body, Span(0, 0)) for name, (count, body) in RESPELLED.items()
}


@kind_rule("command")
def _command(reader: Reader, raw: Raw) -> None:
    if raw.text in reader.macros:
        _expand(reader, raw, reader.macros[raw.text])
    elif raw.text in COMMANDS:
        COMMANDS[raw.text](reader, raw)
    elif raw.text in _RESPELLED:
        _expand(reader, raw, _RESPELLED[raw.text])
    elif raw.text == "\\":
        raise LatexError(raw.span, "a backslash ends the formula", "a command")
    else:
        reader.emit("command", raw.text, raw.span)


def _expand(reader: Reader, raw: Raw, macro: Macro) -> None:
    """Push the body of a macro, its arguments in place."""
    arguments: list[list[Raw]] = []
    span = raw.span
    for place in range(macro.arguments):
        found = None
        if place == 0 and macro.default is not None:
            found = reader.optional() or (stand_in(macro.default, raw), raw.span)
        content, where = found or reader.argument(raw)
        arguments.append(content)
        span = span.to(where)
    expansion: list[Raw] = []
    for part in stand_in(macro.body, raw._replace(span=span)):
        if part.kind != "parameter":
            expansion.append(part)
        elif int(part.text[1]) <= macro.arguments:
            expansion.extend(arguments[int(part.text[1]) - 1])
        else:
            raise LatexError(span, f"{macro.name} uses {part.text}, which it does not have")
    reader.produced += len(expansion) + 1
    if raw.depth >= MAXIMAL_EXPANSION_DEPTH or reader.produced > MAXIMAL_EXPANSION:
        raise LatexError(span, f"the macro {macro.name} expands itself without end")
    reader.push_all(expansion)
