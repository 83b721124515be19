"""Tokens to syntax: a Pratt parser for the language of mathematical notes.

Binding, from loose to tight: statement separators, relations, signs `+ -`,
products (a sum sign takes the whole product that follows it), scripts. A
formula is a list of pieces; what the pieces declare or claim is decided in
`symgrad.reading.statements`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symgrad.diagnostics import Span
from symgrad.reading import syntax
from symgrad.reading import vocabulary as words
from symgrad.reading.rows import join_rows
from symgrad.reading.tokens import LatexError, Token

MAXIMAL_DEPTH = 60
"""Brackets, scripts and fractions inside each other; deeper formulas are not read."""


class StrayBracket(LatexError):  # noqa: N818 - named as what it is
    """A closing bracket where none is open; `text` is the bracket."""

    def __init__(self, token: Token) -> None:
        super().__init__(token.span, f"{token.text!r} closes nothing")
        self.text = token.text


def _misplaced(token: Token) -> LatexError:
    if token.text in (")", "]", r"\}"):
        return StrayBracket(token)
    return LatexError(token.span, f"{token.text!r} does not fit here")


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
    return _Parser(join_rows(tokens)).formula()


class _Parser:
    """State of one parse: the tokens, the place, the open brackets."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.bars: list[str] = []
        self.nesting = 0
        self.depth = 0
        last = tokens[-1].span if tokens else Span(0, 0)
        self.end = Token("end-of-formula", "", Span(last.end, last.end))

    # -- tokens ---------------------------------------------------------------

    def peek(self, ahead: int = 0) -> Token:
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else self.end

    def next(self) -> Token:
        token = self.peek()
        self.place += 1
        return token

    def at(self, kind: str, text: str | None = None) -> bool:
        token = self.peek()
        return token.kind == kind and (text is None or token.text == text)

    def expect(self, kind: str, text: str, what: str) -> Token:
        if not self.at(kind, text):
            raise LatexError(self.peek().span, f"expected {what}")
        return self.next()

    # -- formula and chains ---------------------------------------------------

    def formula(self) -> list[Piece]:
        pieces: list[Piece] = []
        separator = ""
        while True:
            separator = self.separators(separator)
            if self.peek().kind == "end-of-formula":
                return pieces
            if self.at("text") and not self.word_is_function():
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
        while (relation := self.relation(has_relation=bool(relations))) is not None:
            relations.append(relation)
            members.append(self.member())
        if not relations:
            return members[0]
        span = members[0].span.to(members[-1].span)
        return syntax.Chain(span, tuple(members), tuple(relations))

    def relation(self, has_relation: bool) -> syntax.Relation | None:
        """The relation at this place, if there is one; gaps before it are skipped."""
        ahead = 0
        while self.peek(ahead).kind in ("gap", "ampersand"):
            ahead += 1
        token = self.peek(ahead)
        if token.kind == "command" and token.text in (r"\underset", r"\overset", r"\stackrel"):
            return self.labelled_relation(ahead)
        if token.kind == "command" and token.text in (r"\xrightarrow", r"\xmapsto"):
            self.place += ahead + 1
            if self.at("symbol", "["):
                self.bracketed("[")
            label = self.argument()
            return syntax.Relation(r"\mapsto", token.span, label)
        sign = words.RELATIONS.get(token.text) if token.kind in ("command", "symbol") else None
        if token.kind == "command" and token.text == r"\not" and self.peek(ahead + 1).text == "=":
            self.place += ahead + 2
            return syntax.Relation(r"\neq", token.span)
        if sign == r"\to" and has_relation:
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
        self.tokens = [*self.tokens[: self.place], arrow, *self.tokens[self.place + 1 :]]

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

    def member(self) -> syntax.Node:
        """A sum between two relations, or a `Blank` at the place where one is due."""
        ahead = 0
        while self.peek(ahead).kind in ("gap", "ampersand"):
            ahead += 1
        if self.peek(ahead).kind == "symbol" and self.peek(ahead).text == "?":
            self.place += ahead
            return syntax.Blank(self.next().span)
        if self.starts_operand(self.peek(ahead)) or self.peek(ahead).text in ("+", "-"):
            self.place += ahead
            return self.terms()
        place = self.peek().span.start
        if self.place > 0:
            place = self.tokens[self.place - 1].span.end
        return syntax.Blank(Span(place, place))

    # -- sums and products ----------------------------------------------------

    def terms(self) -> syntax.Node:
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
            else:
                break
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
        ahead = 0
        while self.peek(ahead).kind in ("gap", "ampersand"):
            ahead += 1
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
            return not self.word_is_function()
        return bool(self.bars) and self.bars[-1] == token.text

    def starts_operand(self, token: Token) -> bool:
        """Whether a factor can begin with this token."""
        if token.kind in ("letter", "number", "open", "begin"):
            return True
        if token.kind == "text":
            return True
        if token.kind == "symbol":
            return token.text in "([|"
        return token.kind == "command" and (
            token.text in words.LETTERS
            or token.text in words.BRACKETS
            or token.text in words.BRACKET_NAMES
            or token.text in words.DOTS
            or token.text in words.FONTS
            or token.text in words.ACCENTS
            or token.text in words.FUNCTION_COMMANDS
            or token.text in words.FRACTIONS
            or token.text in words.BIG_OPERATORS
            or token.text in _OPERANDS
        )

    def word_is_function(self) -> bool:
        """Whether words inside a formula name a function: they are followed by a bracket."""
        token = self.peek()
        following = self.peek(1)
        name = token.text.strip()
        return name.isidentifier() and (
            name in words.FUNCTION_WORDS
            or (following.text in ("(", "[") and following.span.start - token.span.end <= 6)
        )

    # -- factors --------------------------------------------------------------

    def factor(self) -> syntax.Node:
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
                end = subscript.span
            elif token.kind == "superscript":
                self.next()
                node, more = self.superscript_argument()
                primes += more
                if node is not None and superscript is not None:
                    break
                superscript, end = node or superscript, self.tokens[self.place - 1].span
            else:
                break
        if subscript is None and superscript is None and not primes:
            return base
        return syntax.Scripted(base.span.to(end), base, subscript, superscript, primes)

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
        return self.script_argument(), 0

    def script_argument(self) -> syntax.Node:
        """What stands after `^` or `_`: one token, one command with its arguments, or braces."""
        if self.at("open"):
            return self.braced_listing()
        if self.at("symbol", "*") or self.at("symbol", "+") or self.at("symbol", "-"):
            token = self.next()
            return syntax.Symbol(token.span, token.text)
        if self.at("number") and len(self.peek().text) > 1:
            return self.first_digit()
        return self.operand()

    def first_digit(self) -> syntax.Node:
        """`x^12` prints as x to the 1, then 2: TeX takes one digit."""
        token = self.next()
        raise LatexError(
            token.span, f"put braces around {token.text!r}: TeX takes its first digit only"
        )

    def braced_listing(self) -> syntax.Node:
        r"""Braces around a listing, with relations allowed: `_{j \neq i}`, `_{i,j}`, `^{(l)T}`."""
        opening = self.next()
        self.nesting += 1
        bars, self.bars = self.bars, []
        items: list[syntax.Node] = []
        while not self.at("close"):
            if self.peek().kind == "end-of-formula":
                raise LatexError(opening.span, "this brace is never closed")
            if self.at("text") and not self.word_is_function():
                token = self.next()
                items.append(syntax.Words(token.span, token.text))
                continue
            before = self.place
            items.append(self.chain())
            while (
                self.peek().kind in ("gap", "ampersand")
                or self.at("symbol", ",")
                or self.at("symbol", ";")
            ):
                self.next()
            if self.place == before:
                raise LatexError(self.peek().span, f"{self.peek().text!r} does not fit here")
        closing = self.next()
        self.nesting -= 1
        self.bars = bars
        span = opening.span.to(closing.span)
        if len(items) == 1:
            return items[0]
        return syntax.Listing(span, tuple(items)) if items else syntax.Blank(span)

    def argument(self) -> syntax.Node:
        """A command's argument: braces or one operand."""
        if self.at("open"):
            return self.braced_listing()
        if self.at("number") and len(self.peek().text) > 1:
            return self.first_digit()
        return self.operand()

    def operand(self) -> syntax.Node:
        """A factor without its scripts."""
        token = self.peek()
        if token.kind == "letter":
            return self.letters()
        if token.kind == "number":
            self.next()
            return syntax.Numeral(token.span, token.text)
        if token.kind == "text":
            self.next()
            return syntax.Symbol(token.span, token.text.strip())
        if token.kind == "open":
            return self.braces()
        if token.kind == "begin":
            return self.environment()
        if token.text in words.BRACKETS or token.text in ("|", r"\|", r"\Vert", r"\vert"):
            return self.bracketed(token.text)
        rule = self.command_rule(token)
        if rule is None:
            raise LatexError(token.span, _unknown(token))
        return rule(token)

    def command_rule(self, token: Token) -> Callable[[Token], syntax.Node] | None:
        name = token.text
        if token.kind == "symbol":
            return None
        if name in words.LETTERS or name in words.FUNCTION_COMMANDS:
            return lambda t: syntax.Symbol(self.next().span, t.text)
        if name in words.DOTS:
            return lambda t: syntax.Dots(self.next().span)
        tables: list[tuple[object, Callable[[Token], syntax.Node]]] = [
            (words.FRACTIONS, self.fraction),
            (words.BIG_OPERATORS, self.big_operator),
            (words.FONTS, self.styled),
            (words.ACCENTS, self.accented),
            ({r"\sqrt"}, self.root),
            ({r"\underbrace", r"\overbrace"}, self.brace),
            ({r"\cdot", "."}, lambda t: syntax.Placeholder(self.next().span)),
            ({r"\underset", r"\overset", r"\substack"}, self.set_aside),
        ]
        return next((rule for table, rule in tables if name in table), None)  # type: ignore[operator]

    def letters(self) -> syntax.Node:
        """One letter, or a word that names a function: `max(0, x)`."""
        run = ""
        while self.peek(len(run)).kind == "letter" and (
            not run or self.peek(len(run)).span.start == self.peek(len(run) - 1).span.end
        ):
            run += self.peek(len(run)).text
            if len(run) > 12:
                break
        token = self.peek()
        for length in range(len(run), 2, -1):
            following = self.peek(length)
            if run[:length] in words.FUNCTION_WORDS and following.text in ("(", "[", "{"):
                last = self.peek(length - 1)
                self.place += length
                name = words.FUNCTION_WORDS[run[:length]]
                return syntax.Symbol(token.span.to(last.span), name)
        self.next()
        return syntax.Symbol(token.span, token.text)

    def braces(self) -> syntax.Node:
        """Braces that only group: their content, as one operand."""
        opening = self.peek()
        content = self.braced_listing()
        closing = self.tokens[self.place - 1]
        if isinstance(content, syntax.Product | syntax.Terms | syntax.BigOperator):
            return syntax.Group(opening.span.to(closing.span), "", (content,))
        return content

    def bracketed(self, sign: str) -> syntax.Node:
        opening = self.next()
        if sign == "|" and self.at("symbol", "|") and self.peek().span.start == opening.span.end:
            self.next()
            return self.bar_group(opening, "|", 2)
        if sign in ("|", r"\|", r"\Vert", r"\vert"):
            return self.bar_group(opening, sign, 1)
        if sign in (r"\{", r"\lbrace") and self.at("begin"):
            return self.environment()
        closing = words.BRACKETS[sign]
        items = self.items(opening, lambda: self.peek().text == closing)
        end = self.next()
        return syntax.Group(
            opening.span.to(end.span), words.BRACKET_NAMES.get(sign, sign), tuple(items)
        )

    def bar_group(self, opening: Token, sign: str, count: int) -> syntax.Node:
        r"""`|x|`, `\|x\|` or `||x||`."""
        self.bars.append(sign)
        items = self.items(opening, lambda: self.peek().text == sign, bars=True)
        self.bars.pop()
        end = self.next()
        for _ in range(count - 1):
            end = self.expect("symbol", sign, "a second bar")
        name = "||" if count == 2 else words.BRACKET_NAMES.get(sign, sign)
        return syntax.Group(opening.span.to(end.span), name, tuple(items))

    def items(
        self, opening: Token, closed: Callable[[], bool], bars: bool = False
    ) -> list[syntax.Node]:
        """Chains separated by commas up to the closing bracket."""
        self.nesting += 1
        outer = self.bars
        self.bars = self.bars if bars else []
        items: list[syntax.Node] = []
        while True:
            while self.peek().kind in ("gap", "ampersand", "newrow") or (
                self.peek().kind == "symbol" and self.peek().text in ",;" and items
            ):
                self.next()
            if closed():
                break
            token = self.peek()
            if token.kind in ("end-of-formula", "close", "row", "end"):
                raise LatexError(opening.span, f"{opening.text!r} is never closed")
            before = self.place
            items.append(self.placeholder() or self.chain())
            if self.place == before:
                raise LatexError(token.span, f"{token.text!r} does not fit here")
        self.nesting -= 1
        self.bars = outer
        return items

    def placeholder(self) -> syntax.Node | None:
        r"""A lone dot or dash among arguments: `f(\cdot, W)`."""
        token, after = self.peek(), self.peek(1)
        if token.text in (r"\cdot", r"\bullet", "-", "*") and after.text in (",", ")", ";", "]"):
            return syntax.Placeholder(self.next().span)
        return None

    # -- commands -------------------------------------------------------------

    def fraction(self, token: Token) -> syntax.Node:
        self.next()
        numerator = self.fraction_part()
        denominator = self.fraction_part()
        end = self.tokens[self.place - 1].span
        return syntax.Fraction(token.span.to(end), numerator, denominator)

    def fraction_part(self) -> syntax.Node:
        if self.at("number") and len(self.peek().text) == 2 and self.peek().text.isdigit():
            return self.split_digits()
        return self.argument()

    def split_digits(self) -> syntax.Node:
        r"""`\frac12` is one half: TeX takes one digit at a time."""
        token = self.peek()
        middle = token.span.start + 1
        first = Token("number", token.text[0], Span(token.span.start, middle))
        second = Token("number", token.text[1], Span(middle, token.span.end))
        self.tokens = [*self.tokens[: self.place], first, second, *self.tokens[self.place + 1 :]]
        return self.operand()

    def big_operator(self, token: Token) -> syntax.Node:
        self.next()
        lower = upper = None
        while self.peek().kind in ("subscript", "superscript"):
            if self.next().kind == "subscript":
                lower = self.script_argument()
            else:
                upper = self.script_argument()
        while self.peek().kind in ("gap", "ampersand"):
            self.next()
        if not (self.starts_operand(self.peek()) or self.peek().text == "-"):
            raise LatexError(token.span, "this sum has no body")
        body = self.product() if self.peek().text != "-" else self.signed_factor()
        return syntax.BigOperator(
            token.span.to(body.span), words.BIG_OPERATORS[token.text], lower, upper, body
        )

    def styled(self, token: Token) -> syntax.Node:
        """A letter or word in a style; an empty style leaves the word alone."""
        self.next()
        style = words.FONTS[token.text]
        if self.at("symbol", "*"):
            self.next()
        if not self.at("open"):
            inner = self.operand()
            span = token.span.to(inner.span)
            if isinstance(inner, syntax.Symbol | syntax.Numeral):
                name = inner.name if isinstance(inner, syntax.Symbol) else inner.text
                return syntax.Symbol(span, f"{style}{{{name}}}" if style else name)
            return inner
        back = self.place
        self.next()
        text = ""
        while self.peek().kind in ("letter", "number") or self.peek().text in words.LETTERS:
            text += self.next().text
        if text and self.at("close"):
            span = token.span.to(self.next().span)
            if not style:
                return syntax.Symbol(span, words.FUNCTION_WORDS.get(text, text))
            return syntax.Symbol(span, f"{style}{{{text}}}")
        self.place = back
        return self.braces()

    def accented(self, token: Token) -> syntax.Node:
        self.next()
        base = self.argument()
        end = self.tokens[self.place - 1].span
        return syntax.Accent(token.span.to(end), words.ACCENTS[token.text], base)

    def root(self, token: Token) -> syntax.Node:
        self.next()
        degree = None
        if self.at("symbol", "["):
            group = self.bracketed("[")
            degree = group.items[0] if isinstance(group, syntax.Group) and group.items else None
        radicand = self.argument()
        end = self.tokens[self.place - 1].span
        return syntax.Root(token.span.to(end), radicand, degree)

    def brace(self, token: Token) -> syntax.Node:
        """An under- or over-brace with its label; without one, just what it embraces."""
        self.next()
        body = self.argument()
        label = None
        if self.peek().kind in ("subscript", "superscript"):
            self.next()
            label = self.script_argument()
        end = self.tokens[self.place - 1].span
        if label is None:
            return syntax.Group(token.span.to(end), "", (body,))
        return syntax.Brace(token.span.to(end), body, label)

    def set_aside(self, token: Token) -> syntax.Node:
        """What stands over or under a symbol that is no relation is not understood."""
        raise LatexError(token.span, f"{token.text} is read over a relation sign only")

    # -- environments ---------------------------------------------------------

    def environment(self) -> syntax.Node:
        token = self.next()
        name = token.text
        if name.rstrip("*") == "array" and self.at("open"):
            self.skip_braces()
        is_cases = name in words.CASES_ENVIRONMENTS or self.peek(-2).text in (r"\{", r"\lbrace")
        if not is_cases and name.rstrip("*") not in words.MATRIX_ENVIRONMENTS | {"aligned"}:
            raise LatexError(token.span, f"the environment {name!r} is not read inside a formula")
        rows = self.cells(token)
        end = self.next()
        span = token.span.to(end.span)
        if is_cases:
            return syntax.Cases(span, tuple(self.case(row, token) for row in rows))
        return syntax.Matrix(span, tuple(tuple(cell for cell in row) for row in rows))

    def skip_braces(self) -> None:
        depth = 0
        while True:
            token = self.next()
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0 or token.kind == "end-of-formula":
                return

    def cells(self, opening: Token) -> list[list[syntax.Node]]:
        """Rows of cells up to the end of the environment; words are cells of their own."""
        self.nesting += 1
        bars, self.bars = self.bars, []
        rows: list[list[syntax.Node]] = [[]]
        while self.peek().kind != "end":
            token = self.peek()
            if token.kind == "end-of-formula":
                raise LatexError(opening.span, f"\\begin{{{opening.text}}} is never ended")
            if token.kind in ("newrow", "row"):
                self.next()
                rows.append([])
            elif token.kind in ("ampersand", "gap") or (
                token.kind == "symbol" and token.text in ",;.:"
            ):
                self.next()
            elif token.kind == "text" and not self.word_is_function():
                self.next()
                rows[-1].append(syntax.Words(token.span, token.text))
            else:
                before = self.place
                rows[-1].append(self.chain())
                if self.place == before:
                    raise LatexError(token.span, f"{token.text!r} does not fit here")
        self.nesting -= 1
        self.bars = bars
        return [row for row in rows if row]

    def case(
        self, row: list[syntax.Node], opening: Token
    ) -> tuple[syntax.Node, syntax.Node | None]:
        """Value and condition of one row; words alone mean "otherwise"."""
        prose = [node for node in row if isinstance(node, syntax.Words)]
        rest = [node for node in row if not isinstance(node, syntax.Words)]
        for node in prose:
            if set(node.text.lower().split()) & words.NEGATIVE_WORDS:
                raise LatexError(node.span, "a condition that excludes is not read; turn it round")
        if len(rest) == 1:
            return rest[0], None
        if len(rest) == 2:
            return rest[0], rest[1]
        span = row[0].span if row else opening.span
        raise LatexError(span, "a case is one value and one condition")


def _unknown(token: Token) -> str:
    if token.kind == "command":
        return f"the command {token.text} is not known"
    if token.kind == "end-of-formula":
        return "the formula ends where an expression is due"
    return f"{token.text!r} stands where an expression is due"


_OPERANDS = frozenset({r"\sqrt", r"\underbrace", r"\overbrace"})
