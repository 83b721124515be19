r"""Braces and environments to tokens; what is opened has to be closed, in order."""

from __future__ import annotations

from symgrad.reading.constructs import PLACED
from symgrad.reading.raw import Raw
from symgrad.reading.reader import LatexError, Reader, command_rule, kind_rule


@kind_rule("open")
def _open(reader: Reader, raw: Raw) -> None:
    reader.opened.append(len(reader.tokens))
    reader.emit("open", "{", raw.span)


@kind_rule("close")
def _close(reader: Reader, raw: Raw) -> None:
    if not reader.opened:
        raise LatexError(raw.span, "this brace closes nothing")
    token = reader.tokens[reader.opened[-1]]
    if token.kind != "open":
        what = rf"\end{{{token.text}}}"
        raise LatexError(raw.span, f"a brace closes here before {what}", what)
    reader.group = reader.opened.pop()
    reader.emit("close", "}", raw.span)


@command_rule(r"\begin", r"\end")
def _environment(reader: Reader, raw: Raw) -> None:
    content, where = reader.argument(raw)
    name, span = "".join(part.text for part in content).strip(), raw.span.to(where)
    if raw.text == r"\begin":
        reader.opened.append(len(reader.tokens))
        reader.emit("begin", name, span)
        following = "".join(part.text for part in reader.pending[:-4:-1])
        if name.rstrip("*") in PLACED and following in ("[t]", "[c]", "[b]"):
            reader.optional()
        return
    token = reader.tokens[reader.opened[-1]] if reader.opened else None
    if token is None or token.kind == "open":
        raise LatexError(span, rf"\end{{{name}}} ends nothing", "}" if token else "")
    if token.text != name:
        what = rf"\end{{{token.text}}}"
        raise LatexError(span, rf"\end{{{name}}} stands where {what} is due", what)
    reader.opened.pop()
    reader.emit("end", name, span)
