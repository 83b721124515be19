"""Syntax to values: the registry of rules, and the rules for arithmetic.

`value(node, context)` is the one entry. Each kind of node has one rule; the
rules for sums and cases (`sums`), names (`symbols`), products and calls
(`products`) and derivatives (`partial`) register themselves here. Anything
without a rule is unread.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from symgrad.calculus import expression as ex
from symgrad.diagnostics import Span
from symgrad.reading import errors, syntax, values
from symgrad.reading.broadcast import stretched
from symgrad.reading.context import Context
from symgrad.reading.determinants import is_determinant
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.square import determinant
from symgrad.reading.syntax import Node
from symgrad.reading.units import alike, as_number, has_one_entry
from symgrad.reading.values import ShapeError, Value

Rule = Callable[..., Value]


N = TypeVar("N", bound=Node)


_RULES: dict[type[Node], Rule] = {}


def rule(kind: type[N]) -> Callable[[Callable[[N, Context], Value]], Callable[[N, Context], Value]]:
    """Register the rule of a kind of node; two rules for one kind are refused."""

    def register(function: Callable[[N, Context], Value]) -> Callable[[N, Context], Value]:
        if kind in _RULES:
            raise ValueError(f"two rules for {kind.__name__}")
        _RULES[kind] = function
        return function

    return register


def value(node: Node, context: Context) -> Value:
    """What a node stands for.

    Raises:
        ReadingError: where it does not fit its surroundings or is not understood.
    """
    found = _RULES.get(type(node))
    if found is None:
        raise unread(node.span, "an expression is expected here")
    try:
        return found(node, context)
    except ShapeError as error:
        raise _placed(error, node) from None


_SHAPE_CODES = {
    "rank-mismatch": errors.RANK_MISMATCH,
    "size-mismatch": errors.SIZE_MISMATCH,
    "missing-transpose": errors.MISSING_TRANSPOSE,
}


def _placed(error: ShapeError, node: Node) -> ReadingError:
    return ReadingError(node.span, _SHAPE_CODES[error.kind], error.message + " does not fit")


def shaped(span: Span, build: Callable[[], Value]) -> Value:
    """What is built, with a fault of shape in it placed at a span."""
    try:
        return build()
    except ShapeError as error:
        raise ReadingError(
            span, _SHAPE_CODES[error.kind], error.message + " does not fit"
        ) from None


def number(node: Node, context: Context, what: str) -> Value:
    """The value of a node that must be a number."""
    found = value(node, context)
    if has_one_entry(context.sizes, found):
        return as_number(found)
    if found.axes:
        shape = values.describe(context.sizes, found)
        raise ReadingError(node.span, errors.RANK_MISMATCH, f"{what} is {shape}, not a number")
    return found


MAXIMAL_DIGITS = 300
"""Of a number; more are an accident or an attack."""


@rule(syntax.Numeral)
def _numeral(node: syntax.Numeral, context: Context) -> Value:
    if len(node.text) > MAXIMAL_DIGITS:
        raise unread(node.span, f"numbers of more than {MAXIMAL_DIGITS} digits are not read")
    text = node.text
    return values.constant(Fraction(int(text) if text.isdecimal() else text))


@rule(syntax.Terms)
def _terms(node: syntax.Terms, context: Context) -> Value:
    parts = alike(context.sizes, [value(term, context) for term in node.terms])
    parts = stretched(node, parts, context)
    for term, part in zip(node.terms[1:], parts[1:], strict=True):
        try:
            values.same_axes(context.sizes, parts[0], part, "a sum of")
        except ShapeError as error:
            raise _placed(error, term) from None
    return values.total(context.sizes, node.signs, parts)


@rule(syntax.Group)
def _group(node: syntax.Group, context: Context) -> Value:
    if len(node.items) != 1:
        raise unread(node.span, "a list stands where one expression is due")
    inner = value(node.items[0], context)
    if node.bracket in ("(", "[", "", "{"):
        return inner
    if len(inner.axes) == 2 and is_determinant(node, context.session):
        shown = context.session.source.slice(node.items[0].span)
        context.session.assume(f"|{shown}|: the determinant")
        return determinant(context.sizes, inner, shown)
    if node.bracket == "||" or inner.axes:
        return powered(values.squared_norm(inner), Fraction(1, 2))
    return values.mapped(inner, lambda frame, x: _absolute(x))


def _absolute(argument: ex.Expression) -> ex.Expression:
    """|x| = 2 relu(x) - x."""
    return ex.add(ex.mul(ex.number(2), ex.Apply(ex.RELU, 0, argument)), ex.negate(argument))


def powered(base: Value, exponent: Fraction) -> Value:
    """A number to a power."""
    return values.scalar(lambda frame: raised(base.entry(frame, ()), exponent))


def raised(base: ex.Expression, exponent: Fraction) -> ex.Expression:
    """(x^a)^b = x^(ab) where a is a fraction.

    A `Power` with a fractional exponent has a base that is not negative.
    """
    if isinstance(base, ex.Power) and base.exponent.denominator != 1:
        return ex.power(base.base, base.exponent * exponent)
    return ex.power(base, exponent)


@rule(syntax.Root)
def _root(node: syntax.Root, context: Context) -> Value:
    radicand = number(node.radicand, context, "what stands under a root")
    degree = 2
    if node.degree is not None:
        if not (isinstance(node.degree, syntax.Numeral) and node.degree.text.isdigit()):
            raise unread(node.degree.span, "the degree of a root is a whole number")
        degree = int(node.degree.text)
    return powered(radicand, Fraction(1, degree))


def quotient(top: Value, bottom: Value, span: Span, context: Context) -> Value:
    """A value divided by a number, or by an array entry by entry.

    Raises:
        ReadingError: for arrays of other axes, and for a derivative by an array as the divisor.
    """
    if top.axes != bottom.axes and has_one_entry(context.sizes, bottom):
        bottom = as_number(bottom)
    if not bottom.axes:
        inverse = values.scalar(lambda frame: raised(bottom.entry(frame, ()), Fraction(-1)))
        return values.scaled(inverse, top)
    if bottom.jacobian is not None:
        shape = values.describe(context.sizes, bottom)
        raise ReadingError(span, errors.RANK_MISMATCH, f"the divisor is {shape}")
    context.session.assume("a quotient by an array: of each entry")
    inverse = values.mapped(bottom, lambda frame, x: raised(x, Fraction(-1)))
    if not top.axes:
        return values.scaled(top, inverse)
    return shaped(span, lambda: values.hadamard(context.sizes, top, inverse))


@rule(syntax.Struck)
def _struck(node: syntax.Struck, context: Context) -> Value:
    raise unread(node.span, "what is struck out is not read", "leave it out")


@rule(syntax.Brace)
def _brace(node: syntax.Brace, context: Context) -> Value:
    return value(node.body, context)
