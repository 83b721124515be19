"""Replacing free indices and tensors, and asking what an expression depends on.

A binder is made fresh wherever a substitution passes it, so that no index is
ever captured. Chains of definitions are gone through in dependency order with
an explicit stack: their length is no recursion depth.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from symgrad.calculus.expression import (
    ARGUMENT,
    ONE,
    ZERO,
    Add,
    Apply,
    Definition,
    Delta,
    Derivative,
    Entry,
    Expression,
    Function,
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
from symgrad.calculus.index import Index, Position, Tensor, fresh
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.rules import MAXIMAL_DEPTH, MAXIMAL_NODES, Rules, TooDeep, bounded

Variable = Tensor | Definition
Positions = Mapping[Index, Position]
Tensors = Mapping[Tensor, Callable[[tuple[Position, ...]], Expression]]
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
    return _RULES[type(expression)](expression, positions, tensors)


def rename(expression: Expression, positions: Positions) -> Expression:
    """`substitute` of indices in a tree whose depth is known to be within bounds."""
    return _RULES[type(expression)](expression, positions, NO_TENSORS)


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


@bounded
def free_indices(expression: Expression) -> frozenset[Index]:
    """The indices that occur outside the sums that bind them."""
    check_depth(expression)
    return frozenset(_free(expression))


def mentions_index(expression: Expression, index: Index) -> bool:
    """Whether the index is free in the expression."""
    if isinstance(expression, Entry | Named):
        return any(position is index for position in expression.positions)
    if isinstance(expression, Delta):
        return expression.left is index or expression.right is index
    if isinstance(expression, Sum) and expression.index is index:
        return False
    if isinstance(expression, Derivative) and any(p is index for p in expression.positions):
        return True
    children = _CHILDREN.get(type(expression))
    return children is not None and any(mentions_index(c, index) for c in children(expression))


def definitions_of(
    expression: Expression, known: Container[Definition] = ()
) -> tuple[Definition, ...]:
    """The definitions the expression is made of, each after those it needs itself.

    Args:
        expression: any expression.
        known: definitions to leave out, with all that only they need.
    """
    order: dict[Definition, None] = {}
    entered: set[Definition] = set()
    stack = [(named, False) for named in reversed(_direct(expression)[1])]
    while stack:
        definition, finished = stack.pop()
        if finished:
            order[definition] = None
        elif definition not in entered and definition not in known:
            entered.add(definition)
            stack.append((definition, True))
            stack += [(needed, False) for needed in reversed(direct_needs(definition)[1])]
    return tuple(order)


def depends_on(expression: Expression, variable: Variable) -> bool:
    """Whether the variable occurs in the expression or in a definition it is made of."""
    if _mentions(_direct(expression), variable):
        return True
    return any(_mentions(direct_needs(named), variable) for named in definitions_of(expression))


_Needs = tuple[tuple[Tensor, ...], tuple[Definition, ...]]


def _mentions(needs: _Needs, variable: Variable) -> bool:
    if isinstance(variable, Tensor):
        return any(tensor is variable or tensor == variable for tensor in needs[0])
    return any(definition is variable for definition in needs[1])


@lru_cache(maxsize=8192)
def direct_needs(definition: Definition) -> _Needs:
    """The tensors and definitions that the body mentions itself, in order of first use."""
    return _direct(definition.body)


def _direct(expression: Expression) -> _Needs:
    tensors: dict[Tensor, None] = {}
    definitions: dict[Definition, None] = {}
    functions: dict[Function, None] = {}
    seen: set[int] = set()
    for node in _nodes(expression):
        if isinstance(node, Entry):
            # The value of a tensor is hashed once an object: hashing it is what takes time here.
            if id(node.tensor) not in seen:
                seen.add(id(node.tensor))
                tensors[node.tensor] = None
        elif isinstance(node, Named):
            definitions[node.definition] = None
        elif isinstance(node, Apply) and node.function.definition is not None:
            functions[node.function] = None
    for function in functions:
        more = function_needs(function)
        tensors.update(dict.fromkeys(more[0]))
        definitions.update(dict.fromkeys(more[1]))
    return tuple(tensors), tuple(definitions)


@lru_cache(maxsize=8192)
def function_needs(function: Function) -> _Needs:
    """What the definition of a function mentions besides its argument: a w in f(x) = w x."""
    if function.definition is None:
        return (), ()
    tensors, definitions = _direct(function.definition)
    return tuple([tensor for tensor in tensors if tensor is not ARGUMENT]), definitions


def check_depth(expression: Expression) -> None:
    """Raise `TooDeep` where recursion over the tree would go too deep."""
    _nodes(expression)


def _nodes(expression: Expression) -> list[Expression]:
    """Every node of the tree, outside in, level by level; the tree may be deep."""
    nodes: list[Expression] = []
    level = [expression]
    for _ in range(MAXIMAL_DEPTH):
        nodes += level
        if len(nodes) > MAXIMAL_NODES:
            raise LimitReached("an expression is too long")
        below: list[Expression] = []
        for node in level:
            children = _CHILDREN.get(type(node))
            if children is not None:
                below += children(node)
        if not below:
            return nodes
        level = below
    raise TooDeep("an expression is nested too deeply")


_CHILDREN: dict[type[Expression], Callable[..., tuple[Expression, ...]]] = {
    Add: lambda node: node.terms,
    Mul: lambda node: node.factors,
    Power: lambda node: (node.base,),
    Sum: lambda node: (node.body,),
    Apply: lambda node: (node.argument,),
    Derivative: lambda node: (node.body,),
}


def _free(expression: Expression) -> Iterator[Index]:
    if isinstance(expression, Entry | Named):
        yield from (p for p in expression.positions if isinstance(p, Index))
    elif isinstance(expression, Delta):
        yield from (p for p in (expression.left, expression.right) if isinstance(p, Index))
    elif isinstance(expression, Sum):
        yield from (p for p in _free(expression.body) if p is not expression.index)
    else:
        if isinstance(expression, Derivative):
            yield from (p for p in expression.positions if isinstance(p, Index))
        children = _CHILDREN.get(type(expression))
        if children is not None:
            for child in children(expression):
                yield from _free(child)


_RULES: Rules[_Rule] = Rules()


def _at(old: tuple[Position, ...], positions: Positions) -> tuple[Position, ...]:
    return tuple([positions.get(p, p) if isinstance(p, Index) else p for p in old])


@_RULES.register(Number)
@_RULES.register(SizeValue)
def _constant(node: Expression, positions: Positions, tensors: Tensors) -> Expression:
    """c[i := j] = c."""
    return node


@_RULES.register(Entry)
def _entry(node: Entry, positions: Positions, tensors: Tensors) -> Expression:
    """X_i[i := j] = X_j; X_i[X := F] = F_i."""
    if tensors and node.tensor in tensors:
        return tensors[node.tensor](_at(node.positions, positions))
    return Entry(node.tensor, _at(node.positions, positions))


@_RULES.register(Named)
def _named(node: Named, positions: Positions, tensors: Tensors) -> Expression:
    """Z_i[i := j] = Z_j; where a tensor is replaced inside Z, the body stands for the name."""
    moved = _at(node.positions, positions)
    if tensors and any(depends_on(node, tensor) for tensor in tensors):
        body = node.definition.body
        check_depth(body)
        matched = match_parameters(node.definition, moved)
        return _RULES[type(body)](body, matched, tensors)
    return Named(node.definition, moved)


@_RULES.register(Delta)
def _delta(node: Delta, positions: Positions, tensors: Tensors) -> Expression:
    """delta_ij[i := k] = delta_kj."""
    left, right = _at((node.left, node.right), positions)
    return delta(left, right)


@_RULES.register(Add)
def _add(node: Add, positions: Positions, tensors: Tensors) -> Expression:
    """(a + b)[s] = a[s] + b[s]."""
    return add(*[_RULES[type(term)](term, positions, tensors) for term in node.terms])


@_RULES.register(Mul)
def _mul(node: Mul, positions: Positions, tensors: Tensors) -> Expression:
    """(a b)[s] = a[s] b[s]."""
    return mul(*[_RULES[type(factor)](factor, positions, tensors) for factor in node.factors])


@_RULES.register(Power)
def _power(node: Power, positions: Positions, tensors: Tensors) -> Expression:
    """(a^e)[s] = a[s]^e."""
    return raised(_RULES[type(node.base)](node.base, positions, tensors), node.exponent)


@_RULES.register(Sum)
def _sum(node: Sum, positions: Positions, tensors: Tensors) -> Expression:
    """(sum_k a)[s] = sum_l a[s, k := l], l an index that occurs nowhere else."""
    index = fresh(node.index.name, node.index.size)
    inner = {**positions, node.index: index}
    return Sum(index, _RULES[type(node.body)](node.body, inner, tensors))


@_RULES.register(Apply)
def _apply(node: Apply, positions: Positions, tensors: Tensors) -> Expression:
    """f(a)[s] = f(a[s]); a tensor that f itself contains is replaced in the definition of f."""
    argument = _RULES[type(node.argument)](node.argument, positions, tensors)
    if tensors and _inside(node.function, tensors):
        definition = node.function.definition
        if node.order or definition is None:
            raise ValueError(f"work out the derivative of {node.function.name} first")
        return substitute(definition, {}, {**tensors, ARGUMENT: lambda _: argument})
    return Apply(node.function, node.order, argument)


def _inside(function: Function, tensors: Tensors) -> bool:
    """Whether the definition of a function depends on one of the tensors."""
    direct, names = function_needs(function)
    return any(
        tensor in direct or any(depends_on(name.body, tensor) for name in names)
        for tensor in tensors
        if tensor is not ARGUMENT
    )


@_RULES.register(Derivative)
def _derivative(node: Derivative, positions: Positions, tensors: Tensors) -> Expression:
    """(da/dX_i)[s] = d(a[s])/dX_(i[s]), for indices; a tensor must not be replaced in a."""
    if any(depends_on(node.body, tensor) for tensor in tensors):
        raise ValueError("work out a derivative before replacing a tensor in it")
    body = _RULES[type(node.body)](node.body, positions, tensors)
    return Derivative(body, node.variable, _at(node.positions, positions))
