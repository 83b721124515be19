"""What an expression is made of: its nodes, free indices, tensors and definitions.

Trees are walked level by level and chains of definitions in dependency order, both
without recursion: a chain may be as long as a network is deep.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from functools import lru_cache

from symgrad.calculus.expression import (
    ARGUMENT,
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
    OfMatrix,
    Power,
    Sum,
)
from symgrad.calculus.index import Index, Tensor
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.rules import MAXIMAL_DEPTH, MAXIMAL_NODES, TooDeep, bounded

Variable = Tensor | Definition

Needs = tuple[tuple[Tensor, ...], tuple[Definition, ...]]
"""Tensors and definitions that are mentioned directly, in order of first use."""


@bounded
def free_indices(expression: Expression) -> frozenset[Index]:
    """The indices that occur outside the sums that bind them."""
    check_depth(expression)
    return frozenset(_free(expression))


def mentions_index(expression: Expression, index: Index) -> bool:
    """Whether the index is free in the expression."""
    if isinstance(expression, Entry | Named | OfMatrix):
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
    if mentions(_direct(expression), variable):
        return True
    return any(mentions(direct_needs(named), variable) for named in definitions_of(expression))


def depends_besides(expression: Expression, variable: Tensor, through: Definition) -> bool:
    """Whether a variable occurs elsewhere than in a definition and what only that needs."""
    if mentions(_direct(expression), variable):
        return True
    others = definitions_of(expression, (through,))
    return any(mentions(direct_needs(named), variable) for named in others)


def mentions(needs: Needs, variable: Variable) -> bool:
    """Whether a variable is among what is mentioned directly."""
    if isinstance(variable, Tensor):
        return any(same_tensor(tensor, variable) for tensor in needs[0])
    return any(definition is variable for definition in needs[1])


def same_tensor(first: Tensor, second: Tensor) -> bool:
    """Whether two tensors are the same: equal, but the argument of functions is only itself.

    A scalar x of the note has the name and the axes of `ARGUMENT`, and is none.
    """
    if first is second:
        return True
    return first == second and first is not ARGUMENT and second is not ARGUMENT


@lru_cache(maxsize=8192)
def direct_needs(definition: Definition) -> Needs:
    """The tensors and definitions that the body mentions itself, in order of first use."""
    return _direct(definition.body)


def has_names(expression: Expression) -> bool:
    """Whether the expression mentions a definition."""
    return bool(_direct(expression)[1])


def _direct(expression: Expression) -> Needs:
    # By identity: hashing a tensor takes long, and `ARGUMENT` may be equal to another tensor.
    tensors: dict[int, Tensor] = {}
    definitions: dict[Definition, None] = {}
    functions: dict[Function, None] = {}
    for node in nodes_of(expression):
        if isinstance(node, Entry):
            tensors[id(node.tensor)] = node.tensor
        elif isinstance(node, Named):
            definitions[node.definition] = None
        elif isinstance(node, OfMatrix):
            definitions[node.matrix] = None
        elif isinstance(node, Apply) and node.function.definition is not None:
            functions[node.function] = None
    for function in functions:
        more = function_needs(function)
        tensors.update((id(tensor), tensor) for tensor in more[0])
        definitions.update(dict.fromkeys(more[1]))
    return tuple(tensors.values()), tuple(definitions)


@lru_cache(maxsize=8192)
def function_needs(function: Function) -> Needs:
    """What the definition of a function mentions besides its argument: a w in f(x) = w x."""
    if function.definition is None:
        return (), ()
    tensors, definitions = _direct(function.definition)
    return tuple([tensor for tensor in tensors if tensor is not ARGUMENT]), definitions


@lru_cache(maxsize=8192)
def uses_names_in_functions(definition: Definition) -> bool:
    """Whether a function in the body is itself defined by names."""
    return any(
        isinstance(node, Apply) and bool(function_needs(node.function)[1])
        for node in nodes_of(definition.body)
    )


def check_depth(expression: Expression) -> None:
    """Raise `TooDeep` where recursion over the tree would go too deep."""
    nodes_of(expression)


def nodes_of(expression: Expression) -> list[Expression]:
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
    if isinstance(expression, Entry | Named | OfMatrix):
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
