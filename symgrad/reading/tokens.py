r"""LaTeX of one formula to tokens, each with its place in the note.

The tokenizer is our own because pylatexenc 2 cannot expand a note's
`\newcommand` and keep columns: here a token that comes out of a macro carries
the span of the macro call, and a token of its arguments its own span.

The formula is first cut into raw tokens; macros are expanded and constructs
are read on these, from a stack, so that an expansion is simply pushed back.
What prints nothing is dropped. Everything else is kept, known or not: whether
a command means something is decided by the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from symgrad.diagnostics import Span
from symgrad.reading import constructs as tables
from symgrad.reading.constructs import Macro

MAXIMAL_EXPANSION_DEPTH = 50
"""Macros inside macros; deeper ones are taken to expand themselves."""

MAXIMAL_EXPANSION = 20_000
"""Raw tokens that the macros of one formula may produce."""

MAXIMAL_NESTING = 10
"""Formulas inside words inside formulas."""


class LatexError(Exception):
    """LaTeX that cannot be read: a fault of the note, at its place.

    Attributes:
        span: the characters of the note that are wrong.
        message: what is wrong.
        expected: what was expected there, or "".
    """

    def __init__(self, span: Span, message: str, expected: str = "") -> None:
        super().__init__(message)
        self.span = span
        self.message = message
        self.expected = expected


class Token(NamedTuple):
    r"""One token of a formula.

    Attributes:
        kind: command, letter, number, symbol, open, close, superscript,
            subscript, ampersand, newrow, begin, end, text or gap.
        text: as written (`\frac`, `x`, `0.5`); the environment name of a begin
            or end; the words of a text.
        span: offsets in the note.
    """

    kind: str
    text: str
    span: Span


class _Raw(NamedTuple):
    """A piece of input: its group in `_LEX`, and how deep in macros it was born."""

    kind: str
    text: str
    span: Span
    depth: int


_LEX = re.compile(
    r"(?P<space>(?:\s|%[^\n]*\n?|[\u200b\u2060-\u2064\ufeff])+)"
    # A bracket after \\ is a length only where it holds one: `\\ [X]_i` starts a row.
    r"|(?P<newrow>\\\\\*?(?:\[\s*-?[\d.]+\s*(?:pt|em|ex|cm|mm|in|mu|px|bp|sp|pc)\s*\])?)"
    r"|(?P<command>\\(?:[A-Za-z]+|.|\Z))"
    r"|(?P<parameter>\#[1-9])"
    r"|(?P<point>(?<![\w.)\]}])\.(?=[0-9]))"
    r"|(?P<digit>[0-9])"
    rf"|(?P<raised>[{''.join(tables.RAISED)}]+)|(?P<lowered>[{''.join(tables.LOWERED)}]+)"
    rf"|(?P<accented>[^\W\d_][{''.join(tables.COMBINING)}])"
    r"|(?P<entity>&(?:lt|gt|amp|nbsp);)"
    r"|(?P<open>\{)|(?P<close>\})"
    r"|(?P<char>.)",
    re.DOTALL,
)


# -- the tokenizer ------------------------------------------------------------


def tokenize(
    text: str, span: Span | None = None, macros: Mapping[str, Macro] | None = None
) -> list[Token]:
    """The tokens of the formula at `span` of `text`; spans count in `text`.

    Raises:
        LatexError: at unbalanced braces, environments or macros, and at a macro
            that expands itself.
    """
    span = span or Span(0, len(text))
    raws = [
        _Raw(match.lastgroup or "char", match.group(), Span(match.start(), match.end()), 0)
        for match in _LEX.finditer(text, span.start, span.end)
    ]
    return _Reader(raws, macros or {}).run()


@lru_cache(maxsize=512)
def _pieces(latex: str) -> tuple[tuple[str, str], ...]:
    """Kinds and texts of the raw tokens of a macro body."""
    return tuple((match.lastgroup or "char", match.group()) for match in _LEX.finditer(latex))


class _Reader:
    """The raw tokens still to read, as a stack, and the tokens read so far."""

    def __init__(self, raws: list[_Raw], macros: Mapping[str, Macro], nesting: int = 0) -> None:
        self.pending = raws[::-1]
        self.macros = macros
        self.nesting = nesting  # formulas in words in formulas
        self.tokens: list[Token] = []
        self.opened: list[int] = []  # places in `tokens` of what is still open
        self.group = -1  # place of the brace that the last token closes
        self.produced = 0

    def run(self) -> list[Token]:
        while self.pending:
            raw = self.pending.pop()
            rule = _KINDS.get(raw.kind)
            if rule is not None:
                rule(self, raw)
        if self.opened:
            token = self.tokens[self.opened[-1]]
            if token.kind == "open":
                raise LatexError(token.span, "this brace is never closed", "}")
            what = rf"\end{{{token.text}}}"
            raise LatexError(token.span, rf"\begin{{{token.text}}} is never ended", what)
        return self.tokens

    def emit(self, kind: str, text: str, span: Span) -> None:
        self.tokens.append(Token(kind, text, span))

    def push(self, latex: str, raw: _Raw) -> None:
        """Go on with this LaTeX, at the place of the raw token it stands for."""
        self.push_all(_Raw(kind, text, raw.span, raw.depth + 1) for kind, text in _pieces(latex))

    def push_all(self, raws: Iterable[_Raw]) -> None:
        self.pending.extend(list(raws)[::-1])

    # -- arguments --

    def skip_spaces(self) -> _Raw | None:
        """The next raw token that is no space; it stays where it is."""
        while self.pending and self.pending[-1].kind == "space":
            self.pending.pop()
        return self.pending[-1] if self.pending else None

    def skip_star(self) -> None:
        if self.pending and self.pending[-1].text == "*":
            self.pending.pop()

    def argument(self, command: _Raw) -> tuple[list[_Raw], Span]:
        """The content of the next argument, and its span with the braces."""
        first = self.skip_spaces()
        if first is None or first.kind == "close":
            raise LatexError(command.span, f"{command.text} lacks its argument", "{")
        self.pending.pop()
        if first.kind != "open":
            return [first], first.span
        content: list[_Raw] = []
        depth = 1
        while self.pending:
            raw = self.pending.pop()
            depth += (raw.kind == "open") - (raw.kind == "close")
            if depth == 0:
                return content, first.span.to(raw.span)
            content.append(raw)
        raise LatexError(first.span, f"the brace after {command.text} is never closed", "}")

    def optional(self) -> tuple[list[_Raw], Span] | None:
        """The content of `[...]` and its span, if one stands next."""
        first = self.skip_spaces()
        if first is None or first.text != "[":
            return None
        depth = 0
        for back in range(len(self.pending) - 2, -1, -1):
            raw = self.pending[back]
            depth += (raw.kind == "open") - (raw.kind == "close")
            if depth < 0:
                return None
            if raw.text == "]" and depth == 0:
                content = self.pending[back + 1 : -1][::-1]
                del self.pending[back:]
                return content, first.span.to(raw.span)
        return None

    # -- characters --

    def char(self, raw: _Raw) -> None:
        char = raw.text
        if char == "~":
            return
        if char.isascii():
            kind = "letter" if char.isalpha() else tables.SIGNS.get(char, "symbol")
            self.emit(kind, char, raw.span)
            return
        latex = tables.UNICODE.get(char) or tables.styled_letter(char)
        if latex is None:
            self.emit("letter" if char.isalpha() else "symbol", char, raw.span)
        else:
            self.push(latex, raw)

    def script(self, raw: _Raw) -> None:
        """A run of raised or lowered characters, such as ⁻¹."""
        sign, table = ("^", tables.RAISED) if raw.kind == "raised" else ("_", tables.LOWERED)
        content = "".join(table[char] for char in raw.text)
        self.push(sign + (content if len(content) == 1 else f"{{{content}}}"), raw)

    def entity(self, raw: _Raw) -> None:
        self.push(tables.ENTITIES[raw.text], raw)

    def accented(self, raw: _Raw) -> None:
        letter = tables.UNICODE.get(raw.text[0], raw.text[0])
        self.push(f"{tables.COMBINING[raw.text[1]]}{{{letter}}}", raw)

    def digit(self, raw: _Raw) -> None:
        r"""A number; where TeX takes one token, as in `\frac12`, a single digit."""
        text, span, pending = raw.text, raw.span, self.pending
        if self.tokens and self.tokens[-1].kind in ("superscript", "subscript"):
            if pending and (pending[-1].kind == "digit" or self.at_decimals()):
                message = "without braces TeX raises or lowers the first digit only"
                raise LatexError(span.to(pending[-1].span), message, "{")
        elif not self.takes_one_token():
            while pending and pending[-1].kind == "digit":
                text += pending[-1].text
                span = span.to(pending.pop().span)
            if "." not in text and self.at_decimals():
                pending.pop()
                following = pending.pop()
                span = span.to(following.span)
                self.digit(_Raw("digit", f"{text}.{following.text}", span, raw.depth))
                return
        self.emit("number", text, span)

    def at_decimals(self) -> bool:
        """Whether a point with a digit after it stands next."""
        last = self.pending[:-3:-1]
        return len(last) == 2 and last[0].text == "." and last[1].kind == "digit"

    def point(self, raw: _Raw) -> None:
        """A decimal point with no digit before it."""
        following = self.pending.pop()
        span = raw.span.to(following.span)
        self.digit(_Raw("digit", f"0.{following.text}", span, raw.depth))

    def takes_one_token(self) -> bool:
        """Whether the next token is an argument without braces."""
        tokens = self.tokens
        if not tokens:
            return False
        if tokens[-1].kind in ("superscript", "subscript"):
            return True
        if (
            tokens[-1].kind == "command"
            and tokens[-1].text in tables.ONE_ARGUMENT | tables.TWO_ARGUMENTS
        ):
            return True
        before = self.group if tokens[-1].kind == "close" else len(tokens) - 1
        return before > 0 and tokens[before - 1].text in tables.TWO_ARGUMENTS

    def parameter(self, raw: _Raw) -> None:
        raise LatexError(raw.span, f"{raw.text} stands outside a macro definition")

    def newrow(self, raw: _Raw) -> None:
        self.emit("newrow", r"\\", raw.span)

    # -- groups --

    def open(self, raw: _Raw) -> None:
        self.opened.append(len(self.tokens))
        self.emit("open", "{", raw.span)

    def close(self, raw: _Raw) -> None:
        if not self.opened:
            raise LatexError(raw.span, "this brace closes nothing")
        token = self.tokens[self.opened[-1]]
        if token.kind != "open":
            what = rf"\end{{{token.text}}}"
            raise LatexError(raw.span, f"a brace closes here before {what}", what)
        self.group = self.opened.pop()
        self.emit("close", "}", raw.span)

    def environment(self, raw: _Raw) -> None:
        content, where = self.argument(raw)
        name, span = "".join(part.text for part in content).strip(), raw.span.to(where)
        if raw.text == r"\begin":
            self.opened.append(len(self.tokens))
            self.emit("begin", name, span)
            following = "".join(part.text for part in self.pending[:-4:-1])
            if name.rstrip("*") in tables.PLACED and following in ("[t]", "[c]", "[b]"):
                self.optional()
            return
        token = self.tokens[self.opened[-1]] if self.opened else None
        if token is None or token.kind == "open":
            raise LatexError(span, rf"\end{{{name}}} ends nothing", "}" if token else "")
        if token.text != name:
            what = rf"\end{{{token.text}}}"
            raise LatexError(span, rf"\end{{{name}}} stands where {what} is due", what)
        self.opened.pop()
        self.emit("end", name, span)

    # -- commands --

    def command(self, raw: _Raw) -> None:
        if raw.text in self.macros:
            self.expand(raw, self.macros[raw.text])
        elif raw.text in _COMMANDS:
            _COMMANDS[raw.text](self, raw)
        elif raw.text == "\\":
            raise LatexError(raw.span, "a backslash ends the formula", "a command")
        else:
            self.emit("command", raw.text, raw.span)

    def expand(self, raw: _Raw, macro: Macro) -> None:
        """Push the body of a macro, its arguments in place."""
        arguments: list[list[_Raw]] = []
        span = raw.span
        for place in range(macro.arguments):
            found = None
            if place == 0 and macro.default is not None:
                found = self.optional() or (_at(macro.default, raw), raw.span)
            content, where = found or self.argument(raw)
            arguments.append(content)
            span = span.to(where)
        expansion: list[_Raw] = []
        for part in _at(macro.body, raw._replace(span=span)):
            if part.kind != "parameter":
                expansion.append(part)
            elif int(part.text[1]) <= macro.arguments:
                expansion.extend(arguments[int(part.text[1]) - 1])
            else:
                raise LatexError(span, f"{macro.name} uses {part.text}, which it does not have")
        self.produced += len(expansion) + 1
        if raw.depth >= MAXIMAL_EXPANSION_DEPTH or self.produced > MAXIMAL_EXPANSION:
            raise LatexError(span, f"the macro {macro.name} expands itself without end")
        self.push_all(expansion)

    def drop(self, raw: _Raw) -> None:
        """Nothing is printed, by the command or by its arguments."""
        if raw.text in tables.DROPPED_WITH_ARGUMENT:
            self.skip_star()
            if raw.text == r"\color":
                self.optional()
            self.argument(raw)

    def keep_last(self, raw: _Raw) -> None:
        """The last argument; in its braces where they hold it together."""
        if raw.text == r"\textcolor":
            self.optional()
        for _ in range(tables.KEEPS_LAST[raw.text]):
            content, where = self.argument(raw)
        following = self.skip_spaces()
        scripted = following is not None and following.text in ("^", "_", "'")
        argument = self.takes_one_token()
        # A frame round a part of a formula shows where a factor ends; round the whole it does not.
        framed = raw.text == r"\boxed" and bool(self.tokens or following)
        if scripted or argument or framed:
            opening, closing = Span(where.start, where.start + 1), Span(where.end - 1, where.end)
            self.pending.append(_Raw("close", "}", closing, raw.depth))
            self.push_all(content)
            self.pending.append(_Raw("open", "{", opening, raw.depth))
        else:
            self.push_all(content)

    def gap(self, raw: _Raw) -> None:
        span = raw.span
        if raw.text in tables.GAPS_WITH_ARGUMENT:
            self.skip_star()
            span = span.to(self.argument(raw)[1])
        self.emit("gap", raw.text, span)

    def dimension(self, raw: _Raw) -> None:
        r"""The length after `\kern` and its like: a number and a unit of two letters."""
        while (following := self.skip_spaces()) and (
            following.kind in ("digit", "point") or following.text in ("+", "-", ".")
        ):
            self.pending.pop()
        for _ in range(2):
            if self.pending and self.pending[-1].text.isalpha():
                self.pending.pop()

    def delimiter(self, raw: _Raw) -> None:
        r"""`\left` and its like: the delimiter stays, an invisible one does not."""
        following = self.skip_spaces()
        if following is None or following.kind in ("open", "close", "newrow"):
            raise LatexError(raw.span, f"{raw.text} lacks its delimiter", "a bracket or a dot")
        if following.text in (".", "<", ">"):
            self.pending.pop()
            if following.text != ".":
                name = r"\langle" if following.text == "<" else r"\rangle"
                self.emit("command", name, following.span)
            return
        side = {r"\left": "l", r"\right": "r"}.get(raw.text, raw.text[-1])
        bars = {"l": tables.LEFT_BARS, "r": tables.RIGHT_BARS}.get(side, {})
        if following.text in bars:
            self.pending.pop()
            self.emit("command", bars[following.text], following.span)

    def text(self, raw: _Raw) -> None:
        r"""Words; formulas between dollars in them stay formulas."""
        content, where = self.argument(raw)
        span = raw.span.to(where)
        words = _words(content)
        if raw.text == r"\textbf" and len(words) == 1 and words.isalpha():
            self.emit("command", r"\mathbf", raw.span)
            self.push_all(content)
            return
        if not any(part.text in _DOLLARS for part in content):
            self.emit("text", words, span)
        else:
            self.mixed_text(content, raw)
        if raw.text in (r"\intertext", r"\shortintertext"):
            self.emit("newrow", r"\\", span)

    def mixed_text(self, content: list[_Raw], raw: _Raw) -> None:
        """Words with formulas between dollars, as words and formulas in turn."""
        parts: list[list[_Raw]] = [[]]
        depth = 0
        for piece in content:
            depth += (piece.kind == "open") - (piece.kind == "close")
            if piece.text in _DOLLARS and depth == 0:
                parts.append([])
            else:
                parts[-1].append(piece)
        if self.takes_one_token():
            raise LatexError(raw.span, "words with formulas in them are not read as an argument")
        if len(parts) % 2 == 0:
            raise LatexError(raw.span, "a $ in these words has no partner", "$")
        if self.nesting >= MAXIMAL_NESTING:
            raise LatexError(raw.span, "words in formulas in words, too deep to read")
        for place, part in enumerate(parts):
            if place % 2 == 1:
                inner = _Reader(part, self.macros, self.nesting + 1)
                self.tokens.extend(inner.run())
            elif words := _words(part):
                self.emit("text", words, part[0].span.to(part[-1].span))

    def starred(self, raw: _Raw) -> None:
        """A command whose star says nothing about the mathematics."""
        self.skip_star()
        self.emit("command", raw.text, raw.span)

    def definition(self, raw: _Raw) -> None:
        """A macro definition inside the formula prints nothing."""
        self.skip_star()
        if raw.text in (r"\def", r"\gdef"):
            while self.pending and self.pending[-1].kind != "open":
                self.pending.pop()
            self.argument(raw)
            return
        self.argument(raw)
        following = self.skip_spaces()
        if raw.text == r"\let" and following is not None and following.text == "=":
            self.pending.pop()
        if raw.text.endswith("command"):
            self.optional()
            self.optional()
        self.argument(raw)


_TAKING = tables.ONE_ARGUMENT | tables.TWO_ARGUMENTS
_DOLLARS = frozenset({"$", r"\(", r"\)"})


def _words(raws: Sequence[_Raw]) -> str:
    """The characters of a text, with single spaces."""
    return "".join(" " if raw.kind == "space" else raw.text for raw in raws).strip()


def _at(latex: str, raw: _Raw) -> list[_Raw]:
    """The raw tokens of a macro body, all at the place of its call."""
    return [_Raw(kind, text, raw.span, raw.depth + 1) for kind, text in _pieces(latex)]


_KINDS: dict[str, Callable[[_Reader, _Raw], None]] = {
    "newrow": _Reader.newrow,
    "command": _Reader.command,
    "parameter": _Reader.parameter,
    "point": _Reader.point,
    "digit": _Reader.digit,
    "raised": _Reader.script,
    "lowered": _Reader.script,
    "accented": _Reader.accented,
    "entity": _Reader.entity,
    "open": _Reader.open,
    "close": _Reader.close,
    "char": _Reader.char,
}
"""What is done with each kind of raw token; spaces are passed over."""

_COMMANDS: dict[str, Callable[[_Reader, _Raw], None]] = {
    r"\begin": _Reader.environment,
    r"\end": _Reader.environment,
    r"\cr": _Reader.newrow,
    r"\operatorname": _Reader.starred,
    r"\newline": _Reader.newrow,
    **dict.fromkeys(tables.DROPPED, _Reader.drop),
    **dict.fromkeys(tables.DROPPED_WITH_ARGUMENT, _Reader.drop),
    **dict.fromkeys(tables.KEEPS_LAST, _Reader.keep_last),
    **dict.fromkeys(tables.GAPS | tables.GAPS_WITH_ARGUMENT, _Reader.gap),
    **dict.fromkeys(tables.DIMENSIONS, _Reader.dimension),
    **dict.fromkeys(tables.TEXTS, _Reader.text),
    **dict.fromkeys(tables.DELIMITED, _Reader.delimiter),
    **dict.fromkeys(tables.DEFINITIONS, _Reader.definition),
}
"""Commands with a rule of their own; all others are tokens."""
