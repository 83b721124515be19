r"""What functions are applied to, as quantities of their own: the `W x` of `f(W x)`.

A note without a name for it still differentiates by it: `\partial E / \partial (W x)`
is the derivative along every path through `f(W x)`. Where a note does so, such
an argument is a named quantity, the same wherever it is written alike.
"""

from __future__ import annotations

from symgrad.reading import syntax
from symgrad.reading.context import Context
from symgrad.reading.definitions import NamedValue
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node, outline
from symgrad.reading.values import Value


def stripped(node: Node) -> Node:
    """A node without the brackets around it."""
    while (
        isinstance(node, syntax.Group) and node.bracket in ("(", "[", "") and len(node.items) == 1
    ):
        node = node.items[0]
    return node


def named_argument(node: Node, found: Value, context: Context) -> Value:
    """The value of an argument, as a quantity to differentiate by where the note does that."""
    if not context.session.hoists or not is_quantity(node, context):
        return found
    node = stripped(node)
    key = ("argument", outline(node))
    memo = context.session.memo
    if key not in memo:
        shown = context.session.source.slice(node.span).strip()
        memo[key] = NamedValue(f"({shown})", (), found).value(key)
    return memo[key]


def is_quantity(node: Node, context: Context) -> bool:
    """Whether an argument is a product or sum of whole arrays."""
    node = stripped(node)
    return isinstance(node, syntax.Product | syntax.Terms) and not _has_entries(node, context)


def _has_entries(node: Node, context: Context) -> bool:
    if isinstance(node, syntax.BigOperator | syntax.Cases):
        return True
    sub = parts(node)[1]
    if sub is not None and context.session.usage.index_letters(sub) is not None:
        return True
    return any(
        _has_entries(child, context)
        for child in syntax.children(node)
        if key_or_none(node) is None or not isinstance(node, syntax.Scripted)
    )


def differentiates_by_expressions(node: Node) -> bool:
    r"""Whether a derivative by an expression, or an undefined `\delta`, stands below a node."""
    if isinstance(node, syntax.Fraction) and isinstance(node.denominator, syntax.Product):
        head, *rest = node.denominator.factors
        sign = isinstance(head, syntax.Symbol) and head.name in (r"\partial", "d")
        inner = stripped(rest[0]) if len(rest) == 1 else syntax.Terms(node.span, (), ())
        if sign and rest and isinstance(inner, syntax.Product | syntax.Terms):
            return True
    base, sub, sup, _ = parts(node)
    if key_or_none(base) == r"\delta" and (sub is not None or sup is not None):
        return True
    return any(differentiates_by_expressions(child) for child in syntax.children(node))
