"""Single factors: letters, brackets, fractions, sums, styled names, accents, braces."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.reading import constructs as words
from symgrad.reading import syntax
from symgrad.reading.parser import Parser, operand_rule
from symgrad.reading.struck import cancelled
from symgrad.reading.tokens import LatexError, Token
from symgrad.records import replace

_BIG = words.BIG_OPERATORS | words.LETTERS_AS_SUMS


@operand_rule("number")
def _number(parser: Parser, token: Token) -> syntax.Node:
    parser.next()
    return syntax.Numeral(token.span, token.text)


@operand_rule("text")
def _word(parser: Parser, token: Token) -> syntax.Node:
    """Words that stand as a factor name something, most often a function."""
    parser.next()
    name = token.text.strip()
    return syntax.Symbol(token.span, words.FUNCTION_WORDS.get(name, name))


@operand_rule(
    *(words.LETTERS - words.LETTERS_AS_SUMS.keys()),
    *(words.FUNCTION_COMMANDS - words.FONTS.keys()),
)
def _symbol(parser: Parser, token: Token) -> syntax.Node:
    parser.next()
    return syntax.Symbol(token.span, token.text)


@operand_rule(*words.OPERATORS)
def _operator(parser: Parser, token: Token) -> syntax.Node:
    r"""`\nabla_x f` and `\partial_x f`, with the product that follows; `\partial x` is no operator.

    Without an operand, `\nabla_x` is the gradient of the loss that is spoken of.
    """
    parser.next()
    symbol = syntax.Symbol(token.span, token.text)
    by = None
    if parser.at("subscript"):
        parser.next()
        by = parser.script_argument()
    if parser.at("superscript") or (by is None and token.text == r"\partial"):
        return symbol
    if not parser.starts_operand(parser.peek()) or parser.ends_product(parser.peek()):
        return syntax.Gradient(token.span.to(parser.last().span), by, None)
    factors = [parser.factor()]
    while parser.starts_operand(parser.peek()) and not parser.ends_product(parser.peek()):
        factors.append(parser.factor())
    operand = factors[0]
    if len(factors) > 1:
        span = operand.span.to(factors[-1].span)
        operand = syntax.Product(span, tuple(factors), ("",) * (len(factors) - 1))
    return syntax.Gradient(token.span.to(operand.span), by, operand)


@operand_rule(*words.DOTS)
def _dots(parser: Parser, token: Token) -> syntax.Node:
    parser.next()
    return syntax.Dots(token.span)


@operand_rule("letter")
def _letters(parser: Parser, token: Token) -> syntax.Node:
    """One letter, or a word that names something: `max(0, x)`, `loss`."""
    run = ""
    while parser.peek(len(run)).kind == "letter" and (
        not run or _adjacent(parser.peek(len(run) - 1), parser.peek(len(run)))
    ):
        run += parser.peek(len(run)).text
        if len(run) > 12:
            break
    if run == "np" and parser.peek(2).text == "." and parser.peek(3).kind == "letter":
        parser.place += 3  # a function of NumPy
        return _letters(parser, parser.peek())
    for length in range(len(run), 2, -1):
        following = parser.peek(length)
        if run[:length] in words.FUNCTION_WORDS and following.text in ("(", "[", "{"):
            last = parser.peek(length - 1)
            parser.place += length
            name = words.FUNCTION_WORDS[run[:length]]
            return syntax.Symbol(token.span.to(last.span), name)
    after = parser.peek(len(run))
    acts = after.kind == "subscript" or after.text in ("(", "[", r"\{")
    if run in words.NAME_WORDS | words.CODE_WORDS or (acts and run in words.OPERATOR_WORDS):
        last = parser.peek(len(run) - 1)
        parser.place += len(run)
        return syntax.Symbol(token.span.to(last.span), words.FUNCTION_WORDS.get(run, run))
    parser.next()
    return syntax.Symbol(token.span, token.text)


def _adjacent(first: Token, second: Token) -> bool:
    """Whether two letters stand side by side; all of a macro stand at its call."""
    return second.span.start == first.span.end or second.span == first.span


@operand_rule("open")
def _braces(parser: Parser, opening: Token) -> syntax.Node:
    """Braces that only group: their content, as one operand."""
    content = parser.braced_listing()
    closing = parser.last()
    if isinstance(content, syntax.Product | syntax.Terms | syntax.BigOperator):
        return syntax.Group(opening.span.to(closing.span), "", (content,))
    return content


@operand_rule(*words.BRACKETS)
def _bracketed(parser: Parser, opening: Token) -> syntax.Node:
    """Items between brackets; a printing brace before an environment belongs to that."""
    parser.next()
    if words.BRACKET_NAMES.get(opening.text) == "{" and parser.at("begin"):
        return parser.operand()
    closing = words.BRACKETS[opening.text]
    items = _items(parser, opening, lambda: parser.peek().text == closing)
    span = opening.span.to(parser.next().span)
    name = words.BRACKET_NAMES.get(opening.text, opening.text)
    return syntax.Group(span, name, tuple(items))


@operand_rule("|", r"\|", r"\Vert", r"\vert")
def _bars(parser: Parser, opening: Token) -> syntax.Node:
    """Bars that close themselves."""
    parser.next()
    doubled = parser.at("symbol", "|") and parser.peek().span.start == opening.span.end
    if opening.text == "|" and doubled:
        parser.next()
        return _bar_group(parser, opening, "|", 2)
    return _bar_group(parser, opening, opening.text, 1)


def _bar_group(parser: Parser, opening: Token, sign: str, count: int) -> syntax.Node:
    r"""`|x|`, `\|x\|` or `||x||`."""
    parser.bars.append(sign)
    items = _items(parser, opening, lambda: parser.peek().text == sign, bars=True)
    parser.bars.pop()
    end = parser.next()
    for _ in range(count - 1):
        end = parser.expect("symbol", sign, "a second bar")
    name = "||" if count == 2 else words.BRACKET_NAMES.get(sign, sign)
    return syntax.Group(opening.span.to(end.span), name, tuple(items))


def _items(
    parser: Parser, opening: Token, closed: Callable[[], bool], bars: bool = False
) -> list[syntax.Node]:
    """Chains separated by commas up to the closing bracket."""
    parser.nesting += 1
    outer = parser.bars
    parser.bars = parser.bars if bars else []
    items: list[syntax.Node] = []
    while True:
        while parser.peek().kind in ("gap", "ampersand", "newrow") or (
            parser.peek().text in (",", ";", r"\mid") and items
        ):
            parser.next()
        if closed():
            break
        token = parser.peek()
        if token.kind in ("end-of-formula", "close", "row", "end"):
            raise LatexError(opening.span, f"'{opening.text}' is never closed")
        before = parser.place
        items.append(_placeholder(parser) or parser.chain())
        if parser.place == before:
            raise LatexError(token.span, f"'{token.text}' does not fit here")
    parser.nesting -= 1
    parser.bars = outer
    return items


def _placeholder(parser: Parser) -> syntax.Node | None:
    r"""A lone dot or dash among arguments: `f(\cdot, W)`."""
    token, after = parser.peek(), parser.peek(1)
    if token.text in (r"\cdot", r"\bullet", "-", "*") and after.text in (",", ")", ";", "]"):
        return syntax.Placeholder(parser.next().span)
    return None


@operand_rule(*words.FRACTIONS)
def _fraction(parser: Parser, token: Token) -> syntax.Node:
    parser.next()
    numerator = parser.argument()
    denominator = parser.argument()
    end = parser.last().span
    return syntax.Fraction(token.span.to(end), *cancelled(numerator, denominator))


@operand_rule(*words.LETTERS_AS_SUMS)
def _letter_or_sum(parser: Parser, token: Token) -> syntax.Node:
    r"""`\Sigma` is a letter, but `\Sigma_{i=1}^n` is a sum: only that has a range below it."""
    if parser.peek(1).kind == "subscript" and parser.peek(2).kind == "open":
        ahead = 3
        while parser.peek(ahead).kind in ("letter", "gap"):
            ahead += 1
        if ahead > 3 and parser.peek(ahead).text == "=":
            return _big_operator(parser, token)
    return _symbol(parser, token)


@operand_rule(*words.BIG_OPERATORS)
def _big_operator(parser: Parser, token: Token) -> syntax.Node:
    parser.next()
    lower = upper = None
    while parser.peek().kind in ("subscript", "superscript"):
        if parser.next().kind == "subscript":
            lower = parser.script_argument()
        else:
            upper = parser.script_argument()
    while parser.peek().kind in ("gap", "ampersand"):
        parser.next()
    if not (parser.starts_operand(parser.peek()) or parser.peek().text == "-"):
        raise LatexError(token.span, "this sum has no body")
    body = _summand(parser)
    return syntax.BigOperator(token.span.to(body.span), _BIG[token.text], lower, upper, body)


def _summand(parser: Parser) -> syntax.Node:
    r"""What a sum sign takes: the product that follows it, with its sign."""
    if not parser.at("symbol", "-"):
        return parser.product()
    minus = parser.next()
    product = parser.product()
    return syntax.Terms(minus.span.to(product.span), ("-",), (product,))


@operand_rule(*words.FONTS)
def _styled(parser: Parser, token: Token) -> syntax.Node:
    """A letter or word in a style; an empty style leaves the word alone."""
    parser.next()
    style = words.FONTS[token.text]
    if parser.at("symbol", "*"):
        parser.next()
    if not parser.at("open"):
        inner = parser.operand()
        span = token.span.to(inner.span)
        if isinstance(inner, syntax.Symbol | syntax.Numeral):
            name = inner.name if isinstance(inner, syntax.Symbol) else inner.text
            return syntax.Symbol(span, f"{style}{{{name}}}" if style else name)
        return inner
    back = parser.place
    parser.next()
    text = ""
    while parser.peek().kind in ("letter", "number") or parser.peek().text in words.LETTERS:
        text += parser.next().text
    if text and parser.at("close"):
        span = token.span.to(parser.next().span)
        if not style:
            if token.text == r"\operatorname" and text in words.EXPECTATIONS:
                text = rf"\mathbb{{{text}}}"
            return syntax.Symbol(span, words.FUNCTION_WORDS.get(text, text))
        return syntax.Symbol(span, f"{style}{{{text}}}")
    parser.place = back
    inner = _braces(parser, parser.peek())
    match inner:
        case syntax.Scripted(base=syntax.Symbol(name=name), subscript=syntax.Symbol()) if (
            style == r"\mathbf" and not name.startswith(r"\math")
        ):
            # \vec{x_i} is \vec{x}_i: the arrow stretches over the subscript.
            bold = syntax.Symbol(inner.base.span, f"{style}{{{name}}}")
            return replace(inner, span=token.span.to(parser.last().span), base=bold)
    return inner


@operand_rule(*words.ACCENTS)
def _accented(parser: Parser, token: Token) -> syntax.Node:
    parser.next()
    base = parser.argument()
    span = token.span.to(parser.last().span)
    mark = words.ACCENTS[token.text]
    if isinstance(base, syntax.Scripted) and not base.primes:
        # \hat{x_i} is \hat{x}_i: the accent stretches over the subscript.
        accent = syntax.Accent(span, mark, base.base)
        return syntax.Scripted(span, accent, base.subscript, base.superscript, 0)
    return syntax.Accent(span, mark, base)


@operand_rule(r"\sqrt")
def _root(parser: Parser, token: Token) -> syntax.Node:
    parser.next()
    degree = None
    if parser.at("symbol", "["):
        group = parser.operand()
        degree = group.items[0] if isinstance(group, syntax.Group) and group.items else None
    radicand = parser.argument()
    end = parser.last().span
    return syntax.Root(token.span.to(end), radicand, degree)


@operand_rule(r"\underbrace", r"\overbrace")
def _brace(parser: Parser, token: Token) -> syntax.Node:
    """An under- or over-brace with its label; without one, just what it embraces."""
    parser.next()
    body = parser.argument()
    label = None
    if parser.peek().kind in ("subscript", "superscript"):
        parser.next()
        label = parser.script_argument()
    end = parser.last().span
    if label is None:
        return syntax.Group(token.span.to(end), "", (body,))
    return syntax.Brace(token.span.to(end), body, label)
