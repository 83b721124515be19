"""Where an activation has no derivative: the set off which a claim holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.substitution import free_indices, substitute
from symgrad.judging.decide import Decider


def kinks_of(expressions: Sequence[ex.Expression], decider: Decider) -> tuple[ex.Expression, ...]:
    """Expressions that must not be 0, each once, in the order of their first use.

    Only derivatives of functions count: a claim without one holds everywhere.
    """
    found: list[ex.Expression] = []
    for expression in expressions:
        for node in _nodes(resolve_derivatives(expression)):
            if isinstance(node, ex.Apply) and _has_kink_at_zero(node.function, node.order):
                _enter(node.argument, found, decider)
    return tuple(found)


def _enter(argument: ex.Expression, found: list[ex.Expression], decider: Decider) -> None:
    """Add an argument unless it is there; of two forms, one that has a name is kept."""
    for place, other in enumerate(found):
        if _same(argument, other, decider):
            if isinstance(argument, ex.Named) and not isinstance(other, ex.Named):
                found[place] = argument
            return
    found.append(argument)


def _has_kink_at_zero(function: ex.Function, order: int) -> bool:
    """Whether a derivative of a function is a step at 0, or the function itself has one."""
    if function is ex.RELU:
        return order > 0
    if function.definition is None:
        return False
    return any(
        isinstance(node, ex.Apply)
        and node.function is ex.RELU
        and node.order + order > 0
        and _is_argument(node.argument)
        for node in _nodes(function.definition)
    )


def _is_argument(node: ex.Expression) -> bool:
    return isinstance(node, ex.Entry) and node.tensor == ex.ARGUMENT


def _same(left: ex.Expression, right: ex.Expression, decider: Decider) -> bool:
    """Whether two arguments are one quantity: the letters of their indices do not matter."""
    ours, theirs = (sorted(free_indices(e), key=lambda i: i.uid) for e in (left, right))
    if [i.size for i in ours] != [i.size for i in theirs]:
        return False
    renamed = substitute(right, dict(zip(theirs, ours, strict=True)))
    return decider.is_proved(left, renamed)


def _nodes(expression: ex.Expression) -> Iterator[ex.Expression]:
    """The node and everything below it; names are not opened."""
    yield expression
    match expression:
        case ex.Add(terms=parts) | ex.Mul(factors=parts):
            for part in parts:
                yield from _nodes(part)
        case ex.Power(base=inner) | ex.Sum(body=inner) | ex.Apply(argument=inner):
            yield from _nodes(inner)
        case ex.Derivative(body=inner):
            yield from _nodes(inner)
        case _:
            return
