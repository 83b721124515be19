"""Raw tokens to tokens: a stack of what is still to read, and rules for what is on top.

Macros are expanded and constructs are read on raw tokens, so that an expansion
is simply pushed back. The rules are in `characters`, `groups`, `expansion` and
`commands`; each takes the reader and the raw token that calls for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from symgrad.diagnostics import Span
from symgrad.reading.constructs import ONE_ARGUMENT, TWO_ARGUMENTS
from symgrad.reading.macros import Macro
from symgrad.reading.raw import Raw, stand_in

_TAKE_ONE_TOKEN = ONE_ARGUMENT | TWO_ARGUMENTS


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


Rule = Callable[["Reader", Raw], None]

KINDS: dict[str, Rule] = {}
"""What is done with each kind of raw token; spaces are passed over."""

COMMANDS: dict[str, Rule] = {}
"""Commands with a rule of their own; all others are tokens."""


def kind_rule(*kinds: str) -> Callable[[Rule], Rule]:
    """Register the rule for kinds of raw tokens; two for one kind are refused."""
    return _registrar(KINDS, kinds)


def command_rule(*names: str) -> Callable[[Rule], Rule]:
    """Register the rule for commands; two for one command are refused."""
    return _registrar(COMMANDS, names)


def _registrar(rules: dict[str, Rule], names: Iterable[str]) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        for name in names:
            if name in rules:
                raise ValueError(f"two rules for {name}")
            rules[name] = rule
        return rule

    return register


class Reader:
    """One formula, partly read.

    Attributes:
        pending: raw tokens still to read, the next one last.
        macros: of the note, at this formula.
        nesting: how many formulas in words this one is inside.
        tokens: what is read.
        opened: places in `tokens` of the braces and environments that are open.
        group: place of the brace that was closed last, or -1.
        produced: how many raw tokens came out of macros.
    """

    def __init__(self, raws: list[Raw], macros: Mapping[str, Macro], nesting: int = 0) -> None:
        self.pending = raws[::-1]
        self.macros = macros
        self.nesting = nesting
        self.tokens: list[Token] = []
        self.opened: list[int] = []
        self.group = -1
        self.produced = 0

    def run(self) -> list[Token]:
        """Read all.

        Raises:
            LatexError: where a rule does, and at what is never closed.
        """
        while self.pending:
            raw = self.pending.pop()
            rule = KINDS.get(raw.kind)
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
        """Enter a token."""
        self.tokens.append(Token(kind, text, span))

    def push(self, latex: str, raw: Raw) -> None:
        """Go on with this LaTeX, at the place of the raw token it stands for."""
        self.push_all(stand_in(latex, raw))

    def push_all(self, raws: list[Raw]) -> None:
        """Go on with these raw tokens."""
        self.pending.extend(raws[::-1])

    def skip_spaces(self) -> Raw | None:
        """The next raw token that is no space; it stays where it is."""
        while self.pending and self.pending[-1].kind == "space":
            self.pending.pop()
        return self.pending[-1] if self.pending else None

    def skip_star(self) -> None:
        """Pass over a star that stands next."""
        if self.pending and self.pending[-1].text == "*":
            self.pending.pop()

    def argument(self, command: Raw) -> tuple[list[Raw], Span]:
        """The content of the next argument, and its span with the braces."""
        first = self.skip_spaces()
        if first is None or first.kind == "close":
            raise LatexError(command.span, f"{command.text} lacks its argument", "{")
        self.pending.pop()
        if first.kind != "open":
            return [first], first.span
        content: list[Raw] = []
        depth = 1
        while self.pending:
            raw = self.pending.pop()
            depth += (raw.kind == "open") - (raw.kind == "close")
            if depth == 0:
                return content, first.span.to(raw.span)
            content.append(raw)
        raise LatexError(first.span, f"the brace after {command.text} is never closed", "}")

    def optional(self) -> tuple[list[Raw], Span] | None:
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

    def takes_one_token(self) -> bool:
        """Whether the next token is an argument without braces."""
        tokens = self.tokens
        if not tokens:
            return False
        last = tokens[-1]
        if last.kind in ("superscript", "subscript"):
            return True
        if last.kind == "command" and last.text in _TAKE_ONE_TOKEN:
            return True
        before = self.group if last.kind == "close" else len(tokens) - 1
        return before > 0 and tokens[before - 1].text in TWO_ARGUMENTS
