"""The tokens of one formula, the place in them, and the brackets around it."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.diagnostics import Span
from symgrad.reading.tokens import LatexError, Token


class Cursor:
    """Reads tokens one by one.

    Attributes:
        tokens: the whole formula.
        place: number of the next token.
        bars: signs of the bars that are open here, innermost last.
        nesting: how many brackets are open.
        depth: how many operands are inside each other.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = list(tokens)
        self.place = 0
        self.bars: list[str] = []
        self.nesting = 0
        self.depth = 0
        last = tokens[-1].span.end if tokens else 0
        self._end = Token("end-of-formula", "", Span(last, last))

    def peek(self, ahead: int = 0) -> Token:
        """The next token, or one further on; after the last comes `end-of-formula`."""
        try:
            return self.tokens[self.place + ahead]
        except IndexError:
            return self._end

    def next(self) -> Token:
        """Take the next token."""
        token = self.peek()
        self.place += 1
        return token

    def last(self) -> Token:
        """The token that was taken last."""
        return self.tokens[self.place - 1]

    def at(self, kind: str, text: str | None = None) -> bool:
        """Whether the next token is of a kind, and has a text."""
        try:
            token = self.tokens[self.place]
        except IndexError:
            token = self._end
        return token.kind == kind and (text is None or token.text == text)

    def expect(self, kind: str, text: str, what: str) -> Token:
        """Take a token that has to be there.

        Raises:
            LatexError: where another one is.
        """
        if not self.at(kind, text):
            raise LatexError(self.peek().span, f"expected {what}")
        return self.next()

    def past_spaces(self) -> int:
        """How far ahead the next token is that is no space and no alignment mark."""
        ahead = 0
        while self.peek(ahead).kind in ("gap", "ampersand"):
            ahead += 1
        return ahead
