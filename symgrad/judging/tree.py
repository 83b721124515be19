"""Walking expressions: the same node with its parts changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symgrad.calculus import expression as ex
from symgrad.records import replace


def rebuilt(node: ex.Expression, change: Callable[[ex.Expression], ex.Expression]) -> ex.Expression:
    """The node with each expression directly below it replaced; names are leaves."""
    match node:
        case ex.Add(terms=terms):
            return ex.Add(tuple(change(term) for term in terms))
        case ex.Mul(factors=factors):
            return ex.Mul(tuple(change(factor) for factor in factors))
        case ex.Power(base=base):
            return replace(node, base=change(base))
        case ex.Sum(body=body) | ex.Derivative(body=body):
            return replace(node, body=change(body))
        case ex.Apply(argument=argument):
            return replace(node, argument=change(argument))
        case _:
            return node


def parts(node: ex.Expression) -> tuple[ex.Expression, ...]:
    """The expressions directly below a node, as `rebuilt` meets them."""
    match node:
        case ex.Add(terms=found) | ex.Mul(factors=found):
            return found
        case ex.Power(base=part) | ex.Apply(argument=part):
            return (part,)
        case ex.Sum(body=part) | ex.Derivative(body=part):
            return (part,)
        case _:
            return ()


def below(expression: ex.Expression) -> Iterator[ex.Expression]:
    """The nodes of an expression; not those of the definitions it names."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("terms", "factors"):
            waiting.extend(getattr(node, name, ()))
        for name in ("base", "body", "argument"):
            part = getattr(node, name, None)
            if isinstance(part, ex.Expression):
                waiting.append(part)
