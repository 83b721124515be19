"""Every single change of an expression that a person could make by mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from kernel_builders import add, mul, negate, number

from symgrad.calculus.expression import (
    EXP,
    LOG,
    RELU,
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
)
from symgrad.calculus.index import Fixed, Index, Position, Size, Tensor, fresh

Change = tuple[str, Expression]
Rebuild = Callable[[Expression], Expression]


class Stock:
    """What occurs in a formula, so that one thing can stand in the place of another."""

    def __init__(self, *sides: Expression) -> None:
        self.tensors: dict[Tensor, None] = {}
        self.names: dict[Definition, None] = {}
        self.functions: dict[Function, None] = {EXP: None, LOG: None, RELU: None}
        self.sizes: dict[Size, None] = {}
        waiting = list(sides)
        while waiting:
            node = waiting.pop()
            if isinstance(node, Entry):
                self.tensors[node.tensor] = None
                self.sizes.update(dict.fromkeys(node.tensor.axes))
            if isinstance(node, Named) and node.definition not in self.names:
                self.names[node.definition] = None
                waiting.append(node.definition.body)
            if isinstance(node, Apply):
                self.functions[node.function] = None
            waiting += [child for child, _ in children(node)]


def children(node: Expression) -> Iterator[tuple[Expression, Rebuild]]:
    """The parts of a node, each with the way back to a node that has another in its place."""
    for name in ("terms", "factors"):
        parts = getattr(node, name, ())
        for k, part in enumerate(parts):
            yield (
                part,
                lambda new, n=name, k=k: replace(node, **{n: _put(getattr(node, n), k, new)}),
            )
    for name in ("base", "body", "argument"):
        part = getattr(node, name, None)
        if part is not None:
            yield part, lambda new, name=name: replace(node, **{name: new})


def mutants(expression: Expression, stock: Stock, free: tuple[Index, ...]) -> Iterator[Change]:
    """All single changes of the expression: what was done, and the changed expression."""
    yield from _below(expression, stock, free)


def _below(node: Expression, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    yield from _here(node, stock, scope)
    inner = (*scope, node.index) if isinstance(node, Sum) else scope
    for child, rebuild in children(node):
        for what, changed in _below(child, stock, inner):
            yield what, rebuild(changed)


def _here(node: Expression, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    kind = type(node).__name__
    for what, changed in _RULES.get(type(node), _nothing)(node, stock, scope):
        yield f"{kind}: {what}", changed
    if not isinstance(node, Number):
        yield f"{kind}: sign", negate(node)
        yield f"{kind}: factor 2", mul(number(2), node)
        yield f"{kind}: squared", Power(node, number(2).value)


def _nothing(node: Expression, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    return iter(())


def _put(parts: tuple, place: int, *new: object) -> tuple:
    return (*parts[:place], *new, *parts[place + 1 :])


def _number(node: Number, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    yield "one more", number(node.value + 1)
    if node.value:
        yield "negated", number(-node.value)


def _add(node: Add, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    for k, term in enumerate(node.terms):
        yield "a term dropped", add(*_put(node.terms, k))
        yield "a term twice", add(*node.terms, term)


def _mul(node: Mul, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    for k, factor in enumerate(node.factors):
        yield "a factor dropped", mul(*_put(node.factors, k))
        yield "a factor twice", mul(*node.factors, factor)
    yield "added instead", add(*node.factors)


def _power(node: Power, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    for exponent in {node.exponent + 1, node.exponent - 1, -node.exponent, node.exponent / 2}:
        if exponent != node.exponent:
            yield f"exponent {exponent}", Power(node.base, exponent)
    yield "exponent dropped", node.base


def _size(node: SizeValue, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    for size in stock.sizes:
        if size != node.size:
            yield f"size {size.name}", SizeValue(size)


def _sum(node: Sum, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    for index in scope:
        if index.size == node.index.size:
            yield f"sum dropped, {index.name}", moved(node.body, node.index, index)
    yield "only the first", moved(node.body, node.index, Fixed(1, node.index.size))
    yield "summed twice", Sum(fresh("k", node.index.size), node)
    if isinstance(node.body, Mul):
        for k, factor in enumerate(node.body.factors):
            if node.index not in _indices(factor):
                continue
            outside = [moved(factor, node.index, i) for i in scope if i.size == node.index.size]
            for other in outside:
                rest = Sum(node.index, mul(*_put(node.body.factors, k)))
                yield "a factor out of the sum", mul(other, rest)


def _apply(node: Apply, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    yield "derived once more", Apply(node.function, node.order + 1, node.argument)
    if node.order:
        yield "derived once less", Apply(node.function, node.order - 1, node.argument)
    yield "not applied", node.argument
    yield "applied twice", Apply(node.function, 0, node)
    for function in stock.functions:
        if function is not node.function:
            yield f"function {function.name}", Apply(function, node.order, node.argument)


def _positions(
    positions: tuple[Position, ...], scope: tuple[Index, ...]
) -> Iterator[tuple[str, tuple[Position, ...]]]:
    for k, old in enumerate(positions):
        for index in (*scope, Fixed(1, old.size)):
            if index.size == old.size and index is not old:
                yield "an index changed", _put(positions, k, index)
        for other in range(k + 1, len(positions)):
            if positions[other].size == old.size and positions[other] != old:
                swapped = list(positions)
                swapped[k], swapped[other] = positions[other], old
                yield "indices swapped", tuple(swapped)


def _entry(node: Entry, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    for what, positions in _positions(node.positions, scope):
        yield what, Entry(node.tensor, positions)
    yield from _others(node, node.tensor.axes, node.tensor, stock)
    yield "dropped", number(1)


def _named(node: Named, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    for what, positions in _positions(node.positions, scope):
        yield what, Named(node.definition, positions)
    axes = tuple(parameter.size for parameter in node.definition.parameters)
    yield from _others(node, axes, node.definition, stock)


def _others(
    node: Entry | Named, axes: tuple[Size, ...], own: Tensor | Definition, stock: Stock
) -> Iterator[Change]:
    for tensor in stock.tensors:
        if tensor.axes == axes and tensor is not own:
            yield f"{tensor.name} instead", Entry(tensor, node.positions)
    for name in stock.names:
        if tuple(parameter.size for parameter in name.parameters) == axes and name is not own:
            yield f"{name.name} instead", Named(name, node.positions)


def _delta(node: Delta, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    yield "delta dropped", number(1)
    for what, (left, right) in _positions((node.left, node.right), scope):
        if what == "an index changed":
            yield what, Delta(left, right)


def _derivative(node: Derivative, stock: Stock, scope: tuple[Index, ...]) -> Iterator[Change]:
    for what, positions in _positions(node.positions, scope):
        yield f"by: {what}", Derivative(node.body, node.variable, positions)
    axes = tuple(position.size for position in node.positions)
    for tensor in stock.tensors:
        if tensor.axes == axes and tensor is not node.variable:
            yield f"by {tensor.name}", Derivative(node.body, tensor, node.positions)


_RULES: dict[type[Expression], Callable[..., Iterator[Change]]] = {
    Number: _number,
    Add: _add,
    Mul: _mul,
    Power: _power,
    SizeValue: _size,
    Sum: _sum,
    Apply: _apply,
    Entry: _entry,
    Named: _named,
    Delta: _delta,
    Derivative: _derivative,
}


def _indices(node: Expression) -> set[Index]:
    """All indices that stand in a tree, bound ones too."""
    found = {p for p in _places(node) if isinstance(p, Index)}
    return found.union(*[_indices(child) for child, _ in children(node)])


def _places(node: Expression) -> tuple[Position, ...]:
    if isinstance(node, Delta):
        return node.left, node.right
    return getattr(node, "positions", ())


def moved(node: Expression, index: Index, to: Position) -> Expression:
    """The tree with one index replaced wherever it stands, written for the tests alone.

    Each binder below is made fresh first, so that `to` is not captured.
    """
    if isinstance(node, Sum):
        inner = fresh(node.index.name, node.index.size)
        body = moved(node.body, node.index, inner)
        return Sum(inner, body if node.index is index else moved(body, index, to))
    if isinstance(node, Delta):
        left, right = (to if p is index else p for p in (node.left, node.right))
        return Delta(left, right)
    positions = _places(node)
    if index in positions:
        node = replace(node, positions=tuple(to if p is index else p for p in positions))
    for k in range(len(list(children(node)))):
        child, rebuild = list(children(node))[k]
        node = rebuild(moved(child, index, to))
    return node
