"""Expressions with their entries and names replaced, everything else as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symgrad.calculus.expression import (
    Add,
    Apply,
    Derivative,
    Entry,
    Expression,
    Mul,
    Named,
    Power,
    Sum,
    add,
    mul,
)
from symgrad.calculus.rules import bounded

Leaf = Callable[[Expression], Expression]
"""What stands for an entry, a name or a derivative."""


@bounded
def rebuilt(expression: Expression, leaf: Leaf) -> Expression:
    """The expression with `leaf` applied to every `Entry`, `Named` and `Derivative` in it.

    Indices keep their binders; a leaf must not bring in an index that is bound there.
    """
    if isinstance(expression, Entry | Named | Derivative):
        return leaf(expression)
    match expression:
        case Add(terms=terms):
            return add(*[rebuilt(term, leaf) for term in terms])
        case Mul(factors=factors):
            return mul(*[rebuilt(factor, leaf) for factor in factors])
        case Power(base=base, exponent=exponent):
            return Power(rebuilt(base, leaf), exponent)
        case Sum(index=index, body=body):
            return Sum(index, rebuilt(body, leaf))
        case Apply(function=function, order=order, argument=argument):
            return Apply(function, order, rebuilt(argument, leaf))
    return expression


def nodes_of(expression: Expression) -> Iterator[Expression]:
    """All nodes of a tree; not those of names and derivatives in it."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case Add(terms=parts) | Mul(factors=parts):
                waiting.extend(parts)
            case Power(base=part) | Sum(body=part) | Apply(argument=part):
                waiting.append(part)
