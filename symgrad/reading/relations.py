r"""Relation signs: `=`, `\in`, arrows with labels, signs of two characters."""

from __future__ import annotations

from abc import ABC, abstractmethod

from symgrad.reading import constructs as words
from symgrad.reading import syntax
from symgrad.reading.cursor import Cursor
from symgrad.reading.tokens import Token


class RelationReader(Cursor, ABC):
    """The part of the parser that reads what stands between two members."""

    @abstractmethod
    def argument(self) -> syntax.Node:
        """A command's argument."""

    @abstractmethod
    def operand(self) -> syntax.Node:
        """A factor without its scripts."""

    def relation(self, after_equality: bool) -> syntax.Relation | None:
        """The relation at this place, if there is one; gaps before it are skipped."""
        ahead = self.past_spaces()
        token = self.peek(ahead)
        if token.kind == "command" and token.text in (r"\underset", r"\overset", r"\stackrel"):
            return self.labelled_relation(ahead)
        if token.kind == "command" and token.text in (r"\xrightarrow", r"\xmapsto"):
            self.place += ahead + 1
            if self.at("symbol", "["):
                self.operand()
            label = self.argument()
            return syntax.Relation(r"\mapsto", token.span, label)
        sign = words.RELATIONS.get(token.text) if token.kind in ("command", "symbol") else None
        if token.kind == "command" and token.text == r"\not" and self.peek(ahead + 1).text == "=":
            self.place += ahead + 2
            return syntax.Relation(r"\neq", token.span)
        if sign == r"\to" and after_equality:
            self.mark_implication(ahead)
            return None
        if sign is None or sign == r"\Rightarrow":
            return None
        self.place += ahead + 1
        return self.compound_relation(sign, token)

    def mark_implication(self, ahead: int) -> None:
        """An arrow after a finished equality means "implies" and ends the piece."""
        self.place += ahead
        arrow = Token("command", r"\Rightarrow", self.peek().span)
        self.tokens[self.place] = arrow

    def compound_relation(self, sign: str, token: Token) -> syntax.Relation:
        """`:=`, `>=` and `<=` written with two characters."""
        pairs = {(":", "="): ":=", (">", "="): r"\geq", ("<", "="): r"\leq", ("=", ":"): ":="}
        following = self.peek()
        joined = pairs.get((sign, following.text))
        if joined and following.kind == "symbol" and following.span.start == token.span.end:
            self.place += 1
            return syntax.Relation(joined, token.span.to(following.span))
        return syntax.Relation(sign, token.span)

    def labelled_relation(self, ahead: int) -> syntax.Relation | None:
        r"""`\underset{label}{\longmapsto}`; None where the base is no relation."""
        back = self.place
        self.place += ahead
        start = self.next().span
        label = self.argument()
        if (
            self.at("open")
            and self.peek(1).text in words.RELATIONS
            and self.peek(2).kind == "close"
        ):
            self.next()
            token = self.next()
            stop = self.next().span
            return syntax.Relation(words.RELATIONS[token.text], start.to(stop), label)
        if self.peek().text in words.RELATIONS:
            token = self.next()
            return syntax.Relation(words.RELATIONS[token.text], start.to(token.span), label)
        self.place = back
        return None
