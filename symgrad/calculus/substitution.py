"""Replacing free indices and tensors in an expression.

A binder is made fresh wherever a substitution passes it, so that no index is
ever captured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from symgrad.calculus.dependencies import (
    check_depth,
    definitions_of,
    depends_on,
    free_indices,
    function_needs,
    mentions,
    mentions_index,
    same_tensor,
)
from symgrad.calculus.expression import (
    ARGUMENT,
    ONE,
    ZERO,
    Add,
    Apply,
    Constant,
    Definition,
    Delta,
    Derivative,
    Entry,
    Expression,
    Function,
    Mul,
    Named,
    Number,
    OfMatrix,
    Power,
    SizeValue,
    Sum,
    add,
    mul,
    power,
)
from symgrad.calculus.index import Index, Position, Tensor, fresh
from symgrad.calculus.rules import Rules, bounded

Positions = Mapping[Index, Position]
Tensors = Mapping[Tensor, Callable[[tuple[Position, ...]], Expression]]
__all__ = [
    "definitions_of",
    "delta",
    "depends_on",
    "free_indices",
    "match_parameters",
    "mentions_index",
    "raised",
    "rename",
    "substitute",
    "unfold",
]

_Replaced = tuple[tuple[Tensor, Callable[[tuple[Position, ...]], Expression]], ...]
_Rule = Callable[..., Expression]

LARGEST_EXPONENT = 64
"""Exponent up to which a power of a number is worked out in a tree."""

NO_TENSORS: Tensors = MappingProxyType({})


@bounded
def substitute(
    expression: Expression, positions: Positions, tensors: Tensors = NO_TENSORS
) -> Expression:
    """The expression with free indices and tensor entries replaced, all at once.

    Args:
        expression: any expression.
        positions: what stands for each free index; of the same size.
        tensors: for each tensor, its entry at given positions. Work out every
            derivative (`resolve_derivatives`) before replacing a tensor in it.
    """
    check_depth(expression)
    return _RULES[type(expression)](expression, positions, tuple(tensors.items()))


def rename(expression: Expression, positions: Positions) -> Expression:
    """`substitute` of indices in a tree whose depth is known to be within bounds."""
    return _RULES[type(expression)](expression, positions, ())


def delta(left: Position, right: Position) -> Expression:
    """delta_ii = 1; delta of two different constants is 0."""
    if left == right:
        return ONE
    # Fixed positions differ in value only: a delta compares positions of one range.
    if isinstance(left, Index) or isinstance(right, Index) or left.size != right.size:
        return Delta(left, right)
    return ZERO


def raised(base: Expression, exponent: Fraction) -> Expression:
    """`power`, which works out powers of numbers, but not where they fill the memory."""
    return power(base, exponent) if abs(exponent) <= LARGEST_EXPONENT else Power(base, exponent)


def unfold(definition: Definition, positions: tuple[Position, ...]) -> Expression:
    """The body of a definition at positions, its binders fresh."""
    return substitute(definition.body, match_parameters(definition, positions))


def match_parameters(
    definition: Definition, positions: tuple[Position, ...]
) -> dict[Index, Position]:
    """Which position stands for which parameter of the definition."""
    matched = dict(zip(definition.parameters, positions, strict=True))
    if len(matched) != len(positions):
        raise ValueError(f"{definition.name} has a parameter twice")
    return matched


_RULES: Rules[_Rule] = Rules()


def _at(old: tuple[Position, ...], positions: Positions) -> tuple[Position, ...]:
    return tuple([positions.get(p, p) if isinstance(p, Index) else p for p in old])


@_RULES.register(Number)
@_RULES.register(Constant)
@_RULES.register(SizeValue)
def _constant(node: Expression, positions: Positions, tensors: _Replaced) -> Expression:
    """c[i := j] = c."""
    return node


@_RULES.register(Entry)
def _entry(node: Entry, positions: Positions, tensors: _Replaced) -> Expression:
    """X_i[i := j] = X_j; X_i[X := F] = F_i."""
    for tensor, entry in tensors:
        if same_tensor(node.tensor, tensor):
            return entry(_at(node.positions, positions))
    return Entry(node.tensor, _at(node.positions, positions))


@_RULES.register(Named)
def _named(node: Named, positions: Positions, tensors: _Replaced) -> Expression:
    """Z_i[i := j] = Z_j; where a tensor is replaced inside Z, the body stands for the name."""
    moved = _at(node.positions, positions)
    if any(depends_on(node, tensor) for tensor, _ in tensors):
        body = node.definition.body
        check_depth(body)
        matched = match_parameters(node.definition, moved)
        return _RULES[type(body)](body, matched, tensors)
    return Named(node.definition, moved)


@_RULES.register(OfMatrix)
def _of_matrix(node: OfMatrix, positions: Positions, tensors: _Replaced) -> Expression:
    """(M^-1)_ij[s] = ((M[s])^-1)_(ij[s]); what is put into M may bring indices of its own."""
    moved = _at(node.positions, positions)
    if not any(depends_on(node, tensor) for tensor, _ in tensors):
        return OfMatrix(node.function, node.matrix, moved)
    body, parameters = node.matrix.body, node.matrix.parameters
    check_depth(body)
    own = tuple([fresh(p.name, p.size) for p in parameters])
    put = _RULES[type(body)](body, dict(zip(parameters, own, strict=True)), tensors)
    others = tuple(sorted(free_indices(put) - set(own), key=lambda index: index.uid))
    matrix = Definition(node.matrix.name, (*others, *own), put)
    return OfMatrix(node.function, matrix, (*others, *moved))


@_RULES.register(Delta)
def _delta(node: Delta, positions: Positions, tensors: _Replaced) -> Expression:
    """delta_ij[i := k] = delta_kj."""
    left, right = _at((node.left, node.right), positions)
    return delta(left, right)


@_RULES.register(Add)
def _add(node: Add, positions: Positions, tensors: _Replaced) -> Expression:
    """(a + b)[s] = a[s] + b[s]."""
    return add(*[_RULES[type(term)](term, positions, tensors) for term in node.terms])


@_RULES.register(Mul)
def _mul(node: Mul, positions: Positions, tensors: _Replaced) -> Expression:
    """(a b)[s] = a[s] b[s]."""
    return mul(*[_RULES[type(factor)](factor, positions, tensors) for factor in node.factors])


@_RULES.register(Power)
def _power(node: Power, positions: Positions, tensors: _Replaced) -> Expression:
    """(a^e)[s] = a[s]^e."""
    return raised(_RULES[type(node.base)](node.base, positions, tensors), node.exponent)


@_RULES.register(Sum)
def _sum(node: Sum, positions: Positions, tensors: _Replaced) -> Expression:
    """(sum_k a)[s] = sum_l a[s, k := l], l an index that occurs nowhere else."""
    index = fresh(node.index.name, node.index.size)
    inner = {**positions, node.index: index}
    return Sum(index, _RULES[type(node.body)](node.body, inner, tensors))


@_RULES.register(Apply)
def _apply(node: Apply, positions: Positions, tensors: _Replaced) -> Expression:
    """f(a)[s] = f(a[s]); a tensor that f itself contains is replaced in the definition of f."""
    argument = _RULES[type(node.argument)](node.argument, positions, tensors)
    if tensors and _inside(node.function, tensors):
        definition = node.function.definition
        if node.order or definition is None:
            raise ValueError(f"work out the derivative of {node.function.name} first")
        check_depth(definition)
        inner = (*tensors, (ARGUMENT, lambda _: argument))
        return _RULES[type(definition)](definition, {}, inner)
    return Apply(node.function, node.order, argument)


def _inside(function: Function, tensors: _Replaced) -> bool:
    """Whether the definition of a function depends on one of the tensors."""
    needs = function_needs(function)
    return any(
        mentions(needs, tensor) or any(depends_on(name.body, tensor) for name in needs[1])
        for tensor, _ in tensors
        if tensor is not ARGUMENT
    )


@_RULES.register(Derivative)
def _derivative(node: Derivative, positions: Positions, tensors: _Replaced) -> Expression:
    """(da/dX_i)[s] = d(a[s])/dX_(i[s]), for indices; a tensor must not be replaced in a."""
    if any(depends_on(node.body, tensor) for tensor, _ in tensors):
        raise ValueError("work out a derivative before replacing a tensor in it")
    body = _RULES[type(node.body)](node.body, positions, tensors)
    return Derivative(body, node.variable, _at(node.positions, positions))
