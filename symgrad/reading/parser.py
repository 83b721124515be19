"""Tokens to syntax: a Pratt parser for the language of mathematical notes.

Binding, from loose to tight: statement separators, relations, signs `+ -`,
products (a sum sign takes the whole product that follows it), scripts. A
formula is a list of pieces; what the pieces declare or claim is decided in
`symgrad.reading.statements`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symgrad.diagnostics import Span
from symgrad.reading import constructs as words
from symgrad.reading import syntax
from symgrad.reading.labels import scripted, without_primes
from symgrad.reading.relations import RelationReader
from symgrad.reading.rows import join_rows
from symgrad.reading.slanted import with_slanted_derivatives
from symgrad.reading.tokens import LatexError, Token
from symgrad.records import dataclass

MAXIMAL_DEPTH = 60
"""Brackets, scripts and fractions inside each other; deeper formulas are not read."""


class StrayBracket(LatexError):  # noqa: N818 - named as what it is
    """A closing bracket where none is open; `text` is the bracket."""

    def __init__(self, token: Token) -> None:
        super().__init__(token.span, f"'{token.text}' closes nothing")
        self.text = token.text


def _misplaced(token: Token) -> LatexError:
    if token.text in (")", "]", r"\}"):
        return StrayBracket(token)
    return LatexError(token.span, f"'{token.text}' does not fit here")


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a formula between separators, and the separator before it.

    Attributes:
        node: a chain of relations, an expression, or words.
        separator: `""` at the start, `,`, `;`, `gap`, `row`, `=>` or `text`.
    """

    node: syntax.Node
    separator: str


def parse(tokens: Sequence[Token]) -> list[Piece]:
    """Read all tokens of one formula.

    Raises:
        LatexError: at the token that does not fit, with what was expected.
    """
    return Parser(join_rows(tokens)).formula()


OperandRule = Callable[["Parser", Token], syntax.Node]

OPERANDS: dict[str, OperandRule] = {}
"""How a factor is read that begins with a command, a sign or a kind of token.

Filled by `symgrad.reading.operands` and `symgrad.reading.environments`."""


def operand_rule(*signs: str) -> Callable[[OperandRule], OperandRule]:
    """Register the rule for factors that begin with these; two for one sign are refused."""

    def register(rule: OperandRule) -> OperandRule:
        for sign in signs:
            if sign in OPERANDS:
                raise ValueError(f"two rules for {sign}")
            OPERANDS[sign] = rule
        return rule

    return register


class Parser(RelationReader):
    """Formulas, chains, sums and products; single factors are read by registered rules."""

    def formula(self) -> list[Piece]:
        """All pieces, to the last token; a sign that stands alone is only spoken of."""
        alone = [token for token in self.tokens if token.kind != "end-of-formula"]
        if len(alone) == 1 and alone[0].text in words.PRODUCT_OPERATORS:
            return []
        pieces: list[Piece] = []
        separator = ""
        while True:
            separator = self.separators(separator)
            if self.peek().kind == "end-of-formula":
                return pieces
            if self.at("text") and not self.word_is_name():
                token = self.next()
                pieces.append(Piece(syntax.Words(token.span, token.text), separator))
                separator = "text"
                continue
            start = self.place
            pieces.append(Piece(self.chain(), separator))
            if self.place == start:
                raise _misplaced(self.peek())
            separator = ""

    def separators(self, separator: str) -> str:
        """Skip what stands between two pieces and name the strongest of it."""
        while True:
            token = self.peek()
            if token.kind == "gap":
                separator = separator or "gap"
            elif token.kind == "row":
                separator = "row"
            elif token.kind == "symbol" and token.text in (",", ";", ".", "!"):
                separator = token.text if separator in ("", "gap") else separator
            elif token.kind == "command" and words.RELATIONS.get(token.text) == r"\Rightarrow":
                separator = "=>"
            elif token.kind in ("ampersand", "newrow"):
                pass
            else:
                return separator
            self.place += 1

    def chain(self) -> syntax.Node:
        """Members joined by relations; a missing member is a `Blank`."""
        members: list[syntax.Node] = [self.member()]
        relations: list[syntax.Relation] = []
        while (
            relation := self.relation(after_equality=any(r.sign in ("=", ":=") for r in relations))
        ) is not None:
            relations.append(relation)
            members.append(self.member())
        if not relations:
            return members[0]
        span = members[0].span.to(members[-1].span)
        return syntax.Chain(span, tuple(members), tuple(relations))

    def member(self) -> syntax.Node:
        """A sum between two relations, or a `Blank` at the place where one is due."""
        ahead = self.past_spaces()
        if self.peek(ahead).kind == "symbol" and self.peek(ahead).text == "?":
            self.place += ahead
            return syntax.Blank(self.next().span)
        if self.starts_operand(self.peek(ahead)) or self.peek(ahead).text in ("+", "-"):
            self.place += ahead
            return self.terms()
        place = self.peek().span.start
        if self.place > 0:
            place = self.last().span.end
        return syntax.Blank(Span(place, place))

    def terms(self) -> syntax.Node:
        """Products with signs."""
        signs: list[str] = []
        terms: list[syntax.Node] = []
        start = self.peek().span
        while True:
            sign = "+"
            while self.at("symbol", "+") or self.at("symbol", "-"):
                sign = "-" if (self.next().text == "-") != (sign == "-") else "+"
            signs.append(sign)
            terms.append(self.product())
            if not (self.at("symbol", "+") or self.at("symbol", "-")):
                break
        if len(terms) == 1 and signs == ["+"]:
            return terms[0]
        return syntax.Terms(start.to(terms[-1].span), tuple(signs), tuple(terms))

    def product(self) -> syntax.Node:
        """Factors with or without signs between them."""
        factors = [self.factor()]
        operators: list[str] = []
        while True:
            token = self.peek()
            if token.kind in ("ampersand", "gap") and self.continues_after_space():
                self.place += 1
                continue
            sign = words.PRODUCT_OPERATORS.get(token.text) if token.kind != "letter" else None
            if sign is not None:
                self.place += 1
                operators.append(sign)
                factors.append(self.signed_factor())
            elif self.starts_operand(token) and not self.ends_product(token):
                operators.append("")
                factors.append(self.factor())
            elif self.at("symbol", "-") and _lacks_argument(factors[-1]):
                operators.append("")
                factors.append(self.signed_factor())
            else:
                break
        factors, operators = with_slanted_derivatives(factors, operators)
        if len(factors) == 1:
            return factors[0]
        return syntax.Product(
            factors[0].span.to(factors[-1].span), tuple(factors), tuple(operators)
        )

    def signed_factor(self) -> syntax.Node:
        r"""The factor after an explicit product sign may carry a sign: `2 \cdot -x`."""
        if self.at("symbol", "-"):
            minus = self.next()
            factor = self.factor()
            return syntax.Terms(minus.span.to(factor.span), ("-",), (factor,))
        return self.factor()

    def continues_after_space(self) -> bool:
        """Whether the product goes on after a wide space.

        Always inside brackets, and outside them only where an operator follows.
        """
        ahead = self.past_spaces()
        token = self.peek(ahead)
        gap = any(self.peek(k).kind == "gap" for k in range(ahead))
        if token.kind != "letter" and token.text in words.PRODUCT_OPERATORS:
            return True
        if token.kind == "symbol" and token.text in "+-":
            return True
        return (self.nesting > 0 or not gap) and self.starts_operand(token)

    def ends_product(self, token: Token) -> bool:
        """A bar closes the innermost open bar; words end a product unless they are a function."""
        if token.kind == "text":
            return not self.word_is_name()
        return bool(self.bars) and self.bars[-1] == token.text

    def starts_operand(self, token: Token) -> bool:
        """Whether a factor can begin with this token."""
        return _rule_key(token) in OPERANDS

    def word_is_name(self) -> bool:
        """Whether words inside a formula name something: a function, or a quantity.

        A bracket follows, a script or an equality sign; or the sign of a derivative is before.
        """
        token = self.peek()
        following = self.peek(1)
        name = token.text.strip()
        before = self.tokens[self.place - 1].text if self.place else ""
        return name.isidentifier() and (
            name in words.FUNCTION_WORDS
            or (name in words.NAME_WORDS and token.text == name)
            or (token.text == name and following.text in ("=", "_", "^"))
            or before == r"\partial"
            or (following.text in ("(", "[") and following.span.start - token.span.end <= 6)
        )

    def factor(self) -> syntax.Node:
        """An operand with its scripts."""
        self.depth += 1
        if self.depth > MAXIMAL_DEPTH:
            raise LatexError(self.peek().span, "brackets and fractions are nested too deeply")
        try:
            return self.scripts(self.operand())
        finally:
            self.depth -= 1

    def scripts(self, base: syntax.Node) -> syntax.Node:
        """Sub- and superscripts and primes after a base, in any order."""
        subscript = superscript = None
        primes, end = 0, base.span
        while True:
            token = self.peek()
            if token.kind == "symbol" and token.text in ("'", "’"):
                primes += 1
                end = self.next().span
            elif token.kind == "subscript" and subscript is None:
                self.next()
                subscript = self.script_argument()
                end = self.last().span
            elif token.kind == "superscript":
                self.next()
                node, more = self.superscript_argument()
                primes += more
                if node is not None and superscript is not None:
                    break
                superscript, end = node or superscript, self.last().span
            else:
                break
        if subscript is None and superscript is None and not primes:
            return base
        return scripted(base, subscript, superscript, primes, end)

    def superscript_argument(self) -> tuple[syntax.Node | None, int]:
        r"""The exponent, without the primes that may be all of it: `^{\prime\prime}`."""
        primes = 0
        if self.at("command", r"\prime"):
            self.next()
            return None, 1
        if self.at("open"):
            ahead = 1
            while self.peek(ahead).text in (r"\prime", "'"):
                primes, ahead = primes + 1, ahead + 1
            if primes:
                if self.peek(ahead).kind == "close":
                    self.place += ahead + 1
                    return None, primes
                raise LatexError(self.peek(ahead).span, "a prime stands before another exponent")
        return without_primes(self.script_argument())

    def script_argument(self) -> syntax.Node:
        """What stands after `^` or `_`: one token, one command with its arguments, or braces."""
        if self.at("open"):
            return self.braced_listing()
        if self.at("symbol", "*") or self.at("symbol", "+") or self.at("symbol", "-"):
            token = self.next()
            return syntax.Symbol(token.span, token.text)
        return self.operand()

    def braced_listing(self) -> syntax.Node:
        r"""Braces around a listing, with relations allowed: `_{j \neq i}`, `_{i,j}`, `^{(l)T}`."""
        opening = self.next()
        self.nesting += 1
        bars, self.bars = self.bars, []
        items: list[syntax.Node] = []
        while not self.at("close"):
            if self.peek().kind == "end-of-formula":
                raise LatexError(opening.span, "this brace is never closed")
            if self.at("text") and not self.word_is_name():
                token = self.next()
                items.append(syntax.Words(token.span, token.text))
                if self.at("symbol", ","):
                    self.next()
                continue
            before = self.place
            items.append(self.over(self.chain()))
            while (
                self.peek().kind in ("gap", "ampersand")
                or self.at("symbol", ",")
                or self.at("symbol", ";")
            ):
                self.next()
            if self.place == before:
                raise _misplaced(self.peek())
        closing = self.next()
        self.nesting -= 1
        self.bars = bars
        span = opening.span.to(closing.span)
        if len(items) == 1:
            return items[0]
        return syntax.Listing(span, tuple(items)) if items else syntax.Blank(span)

    def over(self, top: syntax.Node) -> syntax.Node:
        r"""`{a \over b}` is a fraction of all that stands in its braces."""
        if not self.at("command", r"\over"):
            return top
        self.next()
        bottom = self.chain()
        return syntax.Fraction(top.span.to(bottom.span), top, bottom)

    def argument(self) -> syntax.Node:
        """A command's argument: braces or one operand."""
        if self.at("open"):
            return self.braced_listing()
        return self.operand()

    def operand(self) -> syntax.Node:
        """A factor without its scripts."""
        token = self.peek()
        rule = OPERANDS.get(_rule_key(token))
        if rule is None:
            raise LatexError(token.span, _unknown(token))
        return rule(self, token)


def _lacks_argument(factor: syntax.Node) -> bool:
    r"""`\exp -x`: before a sign, a command of a function of one number has no argument yet."""
    return isinstance(factor, syntax.Symbol) and factor.name in words.SIGNED_ARGUMENT


def _rule_key(token: Token) -> str:
    return token.text if token.kind in ("command", "symbol") else token.kind


def _unknown(token: Token) -> str:
    if token.text in (r"\underset", r"\overset", r"\stackrel"):
        return f"{token.text} is read over a relation sign only"
    if token.kind == "command":
        return f"the command {token.text} is not known"
    if token.kind == "end-of-formula":
        return "the formula ends where an expression is due"
    return f"'{token.text}' stands where an expression is due"
