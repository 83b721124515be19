r"""Products: which neighbours are calls, and how the rest multiplies.

From tight to loose: calls and derivatives of what follows, juxtaposition with
`\cdot`, `\times` and `/` from left to right, then the entry-wise signs
`\odot`, `\circ` and `*`: in `W^T \delta \circ f'(z)` the matrix product comes first.
"""

from __future__ import annotations

from functools import partial

from symgrad.diagnostics import Span
from symgrad.reading import syntax, values
from symgrad.reading.applied import applicable, takes_bare_argument
from symgrad.reading.chain_rule import multiplied
from symgrad.reading.context import Context
from symgrad.reading.elaborate import quotient, rule, shaped, value
from symgrad.reading.errors import unread
from symgrad.reading.functionals import functional_call
from symgrad.reading.lookup import lookup
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.partial import derivative_of, derivative_parts, operator_variable
from symgrad.reading.scope import DefinitionBinding
from symgrad.reading.subscripts import with_scripts
from symgrad.reading.syntax import Node
from symgrad.reading.units import alike
from symgrad.reading.usage import LOSS_NAMES
from symgrad.reading.values import Value
from symgrad.records import dataclass

_BEGINS_ANEW = syntax.Group | syntax.BigOperator | syntax.Fraction
"""What nobody writes as the rest of a divisor."""

_ENTRYWISE = frozenset({r"\odot", r"\circ", "*"})


@dataclass(frozen=True, slots=True)
class _Item:
    """A factor with the sign before it and where it stands."""

    operator: str
    value: Value
    span: Span
    node: Node


@rule(syntax.Product)
def _product(node: syntax.Product, context: Context) -> Value:
    items = _items(node, context)
    segments: list[list[_Item]] = [[items[0]]]
    for item in items[1:]:
        if item.operator in _ENTRYWISE:
            segments.append([item])
        else:
            segments[-1].append(item)
    result = _folded(segments[0], context)
    span = segments[0][0].span
    for segment in segments[1:]:
        span = span.to(segment[-1].span)
        result = _entrywise(result, _folded(segment, context), span, context)
    return result


def _entrywise(left: Value, right: Value, span: Span, context: Context) -> Value:
    left, right = alike(context.sizes, (left, right))
    if not left.axes or not right.axes:
        return values.product(context.sizes, left, right)
    return shaped(span, lambda: values.hadamard(context.sizes, left, right))


def _folded(items: list[_Item], context: Context) -> Value:
    """Factors multiplied from left to right."""
    result, span = items[0].value, items[0].span
    for number_, item in enumerate(items[1:], start=1):
        span = span.to(item.span)
        left, right = result, item.value
        if item.operator == "/":
            _refuse_ambiguous_quotient(items, number_)
            result = quotient(left, right, item.span, context)
        elif item.operator == r"\cdot" and len(left.axes) == len(right.axes) == 1:
            by_entries = context.session.dots_by_entries
            dot = values.hadamard if by_entries else values.dot
            result = shaped(span, partial(dot, context.sizes, left, right))
        elif item.operator == r"\otimes" and left.axes and right.axes:
            raise unread(item.span, r"\otimes has several meanings; write \odot or x y^T")
        else:
            result = shaped(span, partial(multiplied, context.sizes, left, right))
    return result


def _refuse_ambiguous_quotient(items: list[_Item], place_: int) -> None:
    r"""`a / b c` is (a/b)c to some and a/(bc) to others; `1/N \sum_i` has one reading."""
    after = items[place_ + 1] if place_ + 1 < len(items) else None
    if after is None or after.operator != "" or isinstance(after.node, _BEGINS_ANEW):
        return
    raise unread(items[place_].span.to(after.span), "write brackets: a/b c has two readings")


# -- calls --------------------------------------------------------------------


def _items(node: syntax.Product, context: Context) -> list[_Item]:
    """The factors, calls and operators put together with what they act on."""
    items: list[_Item] = []
    place_ = 0
    while place_ < len(node.factors):
        operator = node.operators[place_ - 1] if place_ else ""
        built, used = _item(node, place_, context)
        last = node.factors[place_ + used - 1]
        span = node.factors[place_].span.to(last.span)
        items.append(_Item(operator, built, span, node.factors[place_]))
        place_ += used
    return items


def _item(node: syntax.Product, place_: int, context: Context) -> tuple[Value, int]:
    """The value that begins at a factor, and how many factors it takes."""
    factor = node.factors[place_]
    follows = place_ + 1 < len(node.factors) and node.operators[place_] == ""
    after = node.factors[place_ + 1] if follows else None
    variable = operator_variable(factor)
    if variable is not None:
        if after is None:
            raise unread(factor.span, "this derivative acts on nothing")
        operand, used = _operand_of_operator(node, place_ + 1)
        return derivative_of(operand, variable, factor.span.to(operand.span), context), used + 1
    _refuse_evaluation(factor, after, context)
    applied = applicable(factor, context)
    group, outer = argument_group(after)
    if applied is None:
        if group is not None and outer is None and lookup(factor, context) is None:
            opaque = functional_call(factor, group, context)
            if opaque is not None:
                return opaque, 2
        if group is not None and outer is None and _names_its_arguments(factor, group, context):
            return value(factor, context), 2
        return value(factor, context), 1
    if group is not None:
        span = factor.span.to(group.span)
        whole = syntax.Product(span, (factor, group), ("",))
        result = applied(group.items, whole)
        return _with_scripts(result, outer, context), 2
    if after is not None and takes_bare_argument(factor):
        argument, used = _bare_argument(node, place_ + 1, context)
        whole = syntax.Product(factor.span.to(argument.span), (factor, argument), ("",))
        return applied((argument,), whole), used + 1
    return value(factor, context), 1


def _bare_argument(node: syntax.Product, start: int, context: Context) -> tuple[Node, int]:
    r"""The argument of `\log` without brackets, and of how many factors it is made.

    One factor, a call or another such function with its argument: `\log \sigma(x)`,
    `\log \tanh x`. A numeral takes the names after it along: `\log 2\pi`.

    Raises:
        ReadingError: where it could go on.
    """
    factors, operators = node.factors, node.operators
    stop = start + _extent(node, start, context)
    span = factors[start].span.to(factors[stop - 1].span)
    follows = stop < len(factors) and operators[stop - 1] in ("", "/")
    if follows and (operators[stop - 1] == "/" or not takes_bare_argument(factors[stop])):
        raise unread(
            factors[start - 1].span.to(span), "write brackets: where its argument ends is not clear"
        )
    if stop == start + 1:
        return factors[start], 1
    return syntax.Product(span, factors[start:stop], operators[start : stop - 1]), stop - start


def _extent(node: syntax.Product, start: int, context: Context) -> int:
    """How many factors belong to one that begins an argument without brackets."""
    first = node.factors[start]
    rest = len(node.factors) - start - 1
    if not rest or node.operators[start]:
        return 1
    if argument_group(node.factors[start + 1])[0] is not None:
        return 2 if applicable(first, context) is not None else 1
    if takes_bare_argument(first):
        return 1 + _extent(node, start + 1, context)
    stop = start + 1
    while (
        isinstance(first, syntax.Numeral)
        and stop < len(node.factors)
        and node.operators[stop - 1] == ""
        and isinstance(parts(node.factors[stop])[0], syntax.Symbol | syntax.Accent)
        and applicable(node.factors[stop], context) is None
    ):
        stop += 1
    return stop - start


def _names_its_arguments(factor: Node, group: syntax.Group, context: Context) -> bool:
    """Whether a bracket says what a defined name depends on: `C(y, a)`, where C = ...

    Several names in brackets are no factor; and nobody multiplies a loss by one name in them.
    """
    names = [_plain_name(item) for item in group.items]
    found = lookup(factor, context)
    if found is None or not isinstance(found.meaning, DefinitionBinding) or None in names:
        return False
    return group.bracket == "(" and (len(names) > 1 or found.meaning.name in LOSS_NAMES)


def _plain_name(node: Node) -> str | None:
    one = isinstance(node, syntax.Symbol | syntax.Scripted | syntax.Accent)
    return key_or_none(node) if one else None


def _refuse_evaluation(factor: Node, after: Node | None, context: Context) -> None:
    r"""A derivative before a name in brackets is taken at that point, or multiplied by it.

    A difference is a factor: only a function is taken at `x + h`, and what a formula defines
    is none.
    """
    split = derivative_parts(factor)
    if split is None or not isinstance(after, syntax.Group) or after.bracket != "(":
        return
    is_number = split[0] is not None and applicable(split[0], context) is None
    if is_number and len(after.items) == 1 and isinstance(after.items[0], syntax.Terms):
        return
    if all(key_or_none(item) for item in after.items):
        raise unread(factor.span.to(after.span), "a derivative at a point is not read")


def _operand_of_operator(node: syntax.Product, start: int) -> tuple[Node, int]:
    r"""What `\frac{\partial}{\partial x}` acts on: one bracket, or the product up to a sign."""
    first = node.factors[start]
    if isinstance(first, syntax.Group):
        return first, 1
    stop = start + 1
    while stop < len(node.factors) and node.operators[stop - 1] == "":
        stop += 1
    if stop == start + 1:
        return first, 1
    factors = node.factors[start:stop]
    span = first.span.to(factors[-1].span)
    return syntax.Product(span, factors, node.operators[start : stop - 1]), stop - start


def argument_group(node: Node | None) -> tuple[syntax.Group | None, syntax.Scripted | None]:
    """The bracket of a call, and the scripts that stand on it: `f(x)^2`."""
    if isinstance(node, syntax.Group) and node.bracket in ("(", "[", "{"):
        return node, None
    if isinstance(node, syntax.Scripted):
        base = node.base
        if isinstance(base, syntax.Group) and base.bracket in ("(", "[") and not node.primes:
            return base, node
    return None, None


def _with_scripts(result: Value, outer: syntax.Scripted | None, context: Context) -> Value:
    if outer is None:
        return result
    return with_scripts(result, outer, outer.subscript, outer.superscript, context)
