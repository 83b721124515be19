"""Where an activation has no derivative: the set off which a claim holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.index import Index, fresh
from symgrad.calculus.substitution import free_indices, rename
from symgrad.judging.decide import Decider


def kinks_of(expressions: Sequence[ex.Expression], decider: Decider) -> tuple[ex.Expression, ...]:
    """Expressions that must not be 0, each once, in the order of their first use.

    Only derivatives of functions count: a claim without one holds everywhere. Of two forms
    of one quantity, one that has a name is kept.
    """
    free = frozenset[Index]().union(*[free_indices(expression) for expression in expressions])
    found: dict[object, ex.Expression] = {}
    for expression in expressions:
        for argument in _arguments(expression, decider):
            form = decider.form(argument)
            key = argument if form is None else form
            known = found.get(key)
            if known is None or (_is_named(argument) and not _is_named(known)):
                found[key] = argument
    return tuple([_lettered(argument, free) for argument in found.values()])


def _lettered(argument: ex.Expression, free: frozenset[Index]) -> ex.Expression:
    """The argument with other letters for indices that only share theirs with free ones."""
    taken = {index.name for index in free}
    own = sorted(free_indices(argument) - free, key=lambda index: index.uid)
    if taken.isdisjoint(index.name for index in own):
        return argument
    taken |= {index.name for index in own}
    letters = (letter for letter in "klpqrsijuvw" if letter not in taken)
    renamed = [i for i in own if any(i.name == other.name for other in free)]
    return rename(argument, {i: fresh(next(letters, i.name), i.size) for i in renamed})


def _is_named(argument: ex.Expression) -> bool:
    return isinstance(argument, ex.Named)


def _arguments(expression: ex.Expression, decider: Decider) -> Iterator[ex.Expression]:
    """Arguments at which a derivative has a kink, also in derivatives to be worked out."""
    composed = decider.composed(expression)
    if composed is None:
        yield from _kinks_in(resolve_derivatives(expression))
        return
    yield from _kinks_in(composed)
    # The names that stand for derivatives are opened, all others stay closed.
    waiting = [node for node in _nodes(composed) if isinstance(node, ex.Named)][::-1]
    seen: set[ex.Definition] = set()
    top = {id(node) for node in waiting}
    while waiting:
        node = waiting.pop()
        definition = node.definition
        if definition in seen or not decider.is_derivative(definition):
            continue
        seen.add(definition)
        arguments, names = _inside(definition)
        if id(node) in top:
            moved = dict(zip(definition.parameters, node.positions, strict=True))
            arguments = tuple([rename(argument, moved) for argument in arguments])
        yield from arguments
        waiting += names[::-1]


@lru_cache(maxsize=8192)
def _inside(
    definition: ex.Definition,
) -> tuple[tuple[ex.Expression, ...], tuple[ex.Named, ...]]:
    """The kinks in a definition, and the names in it; both with its own indices."""
    names = [node for node in _nodes(definition.body) if isinstance(node, ex.Named)]
    return tuple(_kinks_in(definition.body)), tuple(names)


def _kinks_in(expression: ex.Expression) -> Iterator[ex.Expression]:
    for node in _nodes(expression):
        if isinstance(node, ex.Apply) and _has_kink_at_zero(node.function, node.order):
            yield node.argument


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
