"""Derivatives as a person leaves them: known ones worked out, sums contracted.

Each rule keeps the value, off the kinks. What comes out is equal to what went in and the
kernel is asked whether it is; a tree that it cannot prove equal is given back as it was.
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.calculus.derivative import differentiate, summed
from symgrad.calculus.expression import (
    ARGUMENT,
    EXP,
    LOG,
    RELU,
    ZERO,
    Add,
    Apply,
    Delta,
    Entry,
    Expression,
    Mul,
    Named,
    Number,
    Power,
    SizeValue,
    Sum,
    add,
    mul,
    power,
)
from symgrad.calculus.normal_form import prove_equal
from symgrad.calculus.substitution import substitute
from symgrad.network.functions import ACTIVATIONS

_KINKED = {row.function: row for row in ACTIVATIONS.values() if row.kinks and row.words}
"""Functions with kinks that formulas call by a word or a sign: |x|, sign."""


def tidy(expression: Expression) -> Expression:
    """The expression with fewer signs, where the kernel proves it equal."""
    result = _tidied(expression)
    return result if prove_equal(expression, result) is not None else expression


def _tidied(node: Expression) -> Expression:
    match node:
        case Add(terms=terms):
            return _signs_in_order(add(*[_tidied(term) for term in terms]))
        case Mul(factors=factors):
            return _product([_tidied(factor) for factor in factors])
        case Power(base=base, exponent=exponent):
            return power(_tidied(base), exponent)
        case Sum(body=body):
            return _sum(node, _tidied(body))
        case Apply():
            return _apply(node)
        case _:
            return node


def _apply(node: Apply) -> Expression:
    """Exp' = exp, log'(z) = 1/z, relu'' = 0; a defined function is what it is defined by."""
    function, order, argument = node.function, node.order, _tidied(node.argument)
    if function is EXP:
        return Apply(EXP, 0, argument)
    if function is LOG and order == 1:
        return power(argument, -1)
    if function is RELU and order > 1:
        return ZERO
    if function.definition is None:
        return Apply(function, order, argument)
    row = _KINKED.get(function)
    if row is not None and order == 0:
        return Apply(function, 0, argument)
    if row is not None and order == 1 and row.derivative is not None:
        return _tidied(substitute(row.derivative, {}, {ARGUMENT: lambda _: argument}))
    body = function.definition
    for _ in range(order):
        body = differentiate(body, ARGUMENT, ())
    return _tidied(substitute(body, {}, {ARGUMENT: lambda _: argument}))


def _product(factors: list[Expression]) -> Expression:
    """A (b + c) = ab + ac where that lets a delta contract, or takes a factor away."""
    whole = _without_steps(_cancelled(mul(*factors)))
    if not isinstance(whole, Mul):
        return whole
    for place, factor in enumerate(whole.factors):
        if not isinstance(factor, Add):
            continue
        rest = (*whole.factors[:place], *whole.factors[place + 1 :])
        if _has_delta(factor) or _cancels(rest, factor):
            return _signs_in_order(add(*[_product([*rest, term]) for term in factor.terms]))
        if _simplifies(rest, factor):
            number, *others = rest
            return mul(*others, _signs_in_order(add(*[mul(number, t) for t in factor.terms])))
    return whole


def _has_delta(node: Add) -> bool:
    return any(
        isinstance(factor, Delta)
        for term in node.terms
        for factor in (term.factors if isinstance(term, Mul) else (term,))
    )


def _cancels(rest: tuple[Expression, ...], factor: Add) -> bool:
    """Whether a sum has a term that is divided by what stands in front of the sum."""
    return any(
        _is_inverse_of(part, other)
        for term in factor.terms
        for part in (term.factors if isinstance(term, Mul) else (term,))
        for other in rest
    )


def _is_inverse_of(node: Expression, other: Expression) -> bool:
    """Whether a factor is 1/x for a quantity x that has a name, or a sum x."""
    if not (isinstance(node, Power) and node.exponent == -1):
        return False
    match node.base, other:
        case Add(), Add():
            return prove_equal(node.base, other) is not None
        case Named(definition=one, positions=here), Named(definition=two, positions=there):
            return one is two and here == there
        case Entry(tensor=first, positions=here), Entry(tensor=second, positions=there):
            return first is second and here == there
    return False


def _simplifies(rest: tuple[Expression, ...], factor: Add) -> bool:
    """Whether a number in front belongs into a sum: -(a - b), (2a + 2b) / 2, beside sizes."""
    first = rest[0] if rest else None
    if not isinstance(first, Number) or not all(_is_size(other) for other in rest[1:]):
        return False
    numbers = [_number(term) for term in factor.terms]
    if first.value == -1:
        return min(numbers) < 0
    is_proper = first.value.denominator > 1
    return is_proper and all((n * first.value).denominator == 1 for n in numbers)


def _is_size(node: Expression) -> bool:
    return isinstance(node.base if isinstance(node, Power) else node, SizeValue)


def _number(node: Expression) -> Fraction:
    first = node.factors[0] if isinstance(node, Mul) else node
    return first.value if isinstance(first, Number) else Fraction(1)


def _cancelled(node: Expression) -> Expression:
    """The product without x / x, for a quantity x that has a name, or a sum."""
    factors = list(node.factors) if isinstance(node, Mul) else [node]
    for factor in list(factors):
        below = next((other for other in factors if _is_inverse_of(other, factor)), None)
        if below is not None:
            factors = [other for other in factors if other is not below and other is not factor]
    return mul(*factors)


def _without_steps(node: Expression) -> Expression:
    """relu(z) relu'(z) = relu(z)."""
    if not isinstance(node, Mul):
        return node
    kept = [
        factor
        for factor in node.factors
        if not (_is_relu(factor, 1) and any(_same_relu(factor, other) for other in node.factors))
    ]
    return mul(*kept)


def _is_relu(node: Expression, order: int) -> bool:
    return isinstance(node, Apply) and node.function is RELU and node.order == order


def _same_relu(step: Expression, other: Expression) -> bool:
    if not (isinstance(step, Apply) and isinstance(other, Apply) and _is_relu(other, 0)):
        return False
    return prove_equal(step.argument, other.argument) is not None


def _sum(node: Sum, body: Expression) -> Expression:
    """The sum of a sum is the sum of its sums, where a delta contracts one of them."""
    terms = body.terms if isinstance(body, Add) and _has_delta(body) else (body,)
    return _signs_in_order(add(*[summed(node.index, term) for term in terms]))


def _signs_in_order(node: Expression) -> Expression:
    """B - a for -a + b."""
    if not isinstance(node, Add):
        return node
    return Add(tuple(sorted(node.terms, key=_is_negative)))


def _is_negative(node: Expression) -> bool:
    return _number(node) < 0
