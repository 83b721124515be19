r"""Derivatives by a quantity in which nothing is written, but which stands for what is.

`\partial f/\partial s_j` with s_j = \log \sigma_j^2, where f is a formula in \sigma: the author
takes s for the variable instead of \sigma, so that \sigma is a function of s.
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.calculus.dependencies import (
    definitions_of,
    depends_besides,
    depends_on,
    direct_needs,
    function_needs,
    nodes_of,
)
from symgrad.calculus.expression import (
    Apply,
    Definition,
    Derivative,
    Entry,
    Expression,
    Named,
    OfMatrix,
    mul,
    power,
)
from symgrad.calculus.index import Position, Tensor


def by_what_stands_for(
    body: Expression, variable: Definition, positions: tuple[Position, ...]
) -> Expression | None:
    r"""df/ds_j = (df/dx_j) / (ds_j/dx_j), where s_j is made of x_j alone, and ds_j/dx_j \neq 0.

    None where s is made of more, or of other entries.
    """
    tensors = inputs(variable)
    if len(tensors) != 1:
        return None
    (tensor,) = tensors
    made = (variable, *definitions_of(variable.body))
    if not all(_is_of_its_own_entry(definition, tensor) for definition in made):
        return None
    slope = Derivative(Named(variable, positions), tensor, positions)
    return mul(Derivative(body, tensor, positions), power(slope, Fraction(-1)))


def is_partly_written(body: Expression, variable: Definition) -> bool:
    """Whether a derivative is written by a quantity, and by what that is made of besides.

    Differentiated once more by the quantity, it is not said what is held fixed.
    """
    bodies = [body, *(definition.body for definition in definitions_of(body))]
    if not any(isinstance(node, Derivative) for part in bodies for node in nodes_of(part)):
        return False
    return any(depends_besides(body, tensor, variable) for tensor in inputs(variable))


def share_inputs(body: Expression, variable: Definition) -> bool:
    """Whether an expression is made of anything that a named quantity is made of."""
    return any(depends_on(body, tensor) for tensor in inputs(variable))


def inputs(variable: Definition) -> list[Tensor]:
    """The free variables of which a named quantity is made."""
    made = (variable, *definitions_of(variable.body))
    return list(dict.fromkeys(tensor for d in made for tensor in direct_needs(d)[0]))


def _is_of_its_own_entry(definition: Definition, tensor: Tensor) -> bool:
    """Whether a body has the tensor, and other names, at the definition's own place only."""
    for node in nodes_of(definition.body):
        match node:
            case Entry(tensor=used, positions=at) if used == tensor and at != definition.parameters:
                return False
            case Named(positions=at) if at != definition.parameters:
                return False
            case Apply(function=function) if any(function_needs(function)):
                return False
            case Derivative() | OfMatrix():
                return False
    return True
