r"""What makes the error of the last layer as short as the field knows it: `Y - \tilde Y`.

    sigma'(z) = sigma(z) (1 - sigma(z))     in terms of what leaves the layer
    sum_k T_k = 1                           where the target is a distribution

With the first, the sigmoid cancels against the cross-entropy of two classes; with the second,
softmax against that of many. C. M. Bishop, "Pattern Recognition and Machine Learning" (2006),
sections 4.3.2 and 4.3.4.
"""

from __future__ import annotations

from typing import TypeGuard

from symgrad.calculus.expression import (
    ARGUMENT,
    ONE,
    Add,
    Apply,
    Entry,
    Expression,
    Mul,
    Power,
    SizeValue,
    Sum,
    add,
    mul,
    power,
)
from symgrad.calculus.index import Size, Tensor
from symgrad.network.functions import Activation
from symgrad.network.tidy import tidy


def slope_of_output(row: Activation, output: Expression) -> Expression | None:
    """The derivative of an activation in terms of its value, where it is known so."""
    return None if row.derivative is None else _of_value(row.derivative, row, output)


def _of_value(node: Expression, row: Activation, value: Expression) -> Expression | None:
    match node:
        case Apply(function=function, order=0) if function is row.function:
            return value
        case Apply():
            return None
        case Entry(tensor=tensor):
            return None if tensor is ARGUMENT else node
        case Add(terms=parts) | Mul(factors=parts):
            made = [_of_value(part, row, value) for part in parts]
            known = [part for part in made if part is not None]
            build = add if isinstance(node, Add) else mul
            return build(*known) if len(known) == len(made) else None
        case Power(base=base, exponent=exponent):
            inner = _of_value(base, row, value)
            return None if inner is None else power(inner, exponent)
        case _:
            return node


def cancelled(given: Expression, slope: Expression) -> Expression | None:
    """A product of derivatives in which the slope cancels; None where it does not."""
    product = tidy(mul(given, slope))
    return product if _size(product) < min(_size(mul(given, slope)), _size(given)) else None


def _size(node: Expression) -> int:
    """How many signs an expression has, about."""
    match node:
        case Add(terms=parts) | Mul(factors=parts):
            return sum(map(_size, parts))
        case Power(base=part) | Sum(body=part) | Apply(argument=part):
            return 1 + _size(part)
        case _:
            return 1


def with_sum_one(node: Expression, target: Tensor) -> Expression:
    """The expression where the entries of the target, or of each of its rows, have the sum 1."""
    match node:
        case Sum(index=k, body=Entry(tensor=tensor, positions=at)) if tensor is target:
            return ONE if at[-1] is k else node
        case Sum(index=index, body=body):
            return Sum(index, with_sum_one(body, target))
        case Add(terms=terms):
            return with_common_sizes(add(*[with_sum_one(term, target) for term in terms]))
        case Mul(factors=factors):
            return mul(*[with_sum_one(factor, target) for factor in factors])
        case _:
            return node


def has_sum(node: Expression, target: Tensor) -> bool:
    """Whether a sum of the entries of the target is in it."""
    match node:
        case Sum(index=k, body=Entry(tensor=tensor, positions=at)):
            return tensor is target and at[-1] is k
        case Sum(body=part):
            return has_sum(part, target)
        case Add(terms=parts) | Mul(factors=parts):
            return any(has_sum(part, target) for part in parts)
        case _:
            return False


def with_common_sizes(node: Expression) -> Expression:
    """(x - y) / N for x / N - y / N."""
    if not isinstance(node, Add):
        return node
    common = set.intersection(*[_sizes_below(term) for term in node.terms])
    rest = [_without(term, common) for term in node.terms]
    return mul(*[power(SizeValue(size), -1) for size in common], add(*rest))


def _sizes_below(term: Expression) -> set[Size]:
    """The sizes by which a term is divided."""
    below = [factor.base for factor in _factors(term) if _is_inverse(factor)]
    return {base.size for base in below if isinstance(base, SizeValue)}


def _without(term: Expression, sizes: set[Size]) -> Expression:
    """A term that is divided by these sizes no longer."""
    kept = [
        factor
        for factor in _factors(term)
        if not (
            _is_inverse(factor) and isinstance(factor.base, SizeValue) and factor.base.size in sizes
        )
    ]
    return mul(*kept)


def _factors(node: Expression) -> tuple[Expression, ...]:
    return node.factors if isinstance(node, Mul) else (node,)


def _is_inverse(node: Expression) -> TypeGuard[Power]:
    return isinstance(node, Power) and node.exponent == -1
