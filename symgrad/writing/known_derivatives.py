r"""Derivatives of the functions that everybody knows, as what they are: `\log'(z)` is 1 / z.

exp' = exp, log'(z) = 1/z, tanh' = 1 - tanh^2, and so on by the table of activations
"""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import differentiate
from symgrad.calculus.substitution import substitute
from symgrad.judging.tree import rebuilt
from symgrad.network.functions import ACTIVATIONS

_KNOWN = {
    row.function: row.derivative
    for row in ACTIVATIONS.values()
    if row.words and row.derivative is not None and row.function is not ex.RELU
}


def worked_out(node: ex.Expression) -> ex.Expression:
    """The expression without derivatives of known functions; equal to it off their kinks.

    What is multiplied by 0 goes, also where it may lack a value: who writes it proves it.
    """
    match node:
        case ex.Apply(function=function, order=order, argument=argument) if order:
            if function is ex.RELU and order > 1:
                return ex.ZERO
            body = _KNOWN.get(function)
            if body is None:
                return rebuilt(node, worked_out)
            for _ in range(order - 1):
                body = worked_out(differentiate(body, ex.ARGUMENT, ()))
            return substitute(body, {}, {ex.ARGUMENT: lambda _: worked_out(argument)})
        case ex.Mul(factors=factors):
            if any(isinstance(factor, ex.Number) and not factor.value for factor in factors):
                return ex.ZERO
            return ex.mul(*map(worked_out, factors))
        case ex.Add(terms=terms):
            return ex.add(*map(worked_out, terms))
        case ex.Power(base=base, exponent=exponent):
            return ex.power(worked_out(base), exponent)
        case _:
            return rebuilt(node, worked_out)


def defined_derivative(node: ex.Expression) -> ex.Expression | None:
    """The derivative at a point of a function that a note defines: 2 x for f'(x).

    None where the expression is something else.
    """
    if not (isinstance(node, ex.Apply) and node.order) or node.function in _KNOWN:
        return None
    body = node.function.definition
    if body is None:
        return None
    for _ in range(node.order):
        body = worked_out(differentiate(body, ex.ARGUMENT, ()))
    return substitute(body, {}, {ex.ARGUMENT: lambda _: node.argument})
