"""Exponentials that would overflow: softmax and the logarithm of a sum, with shifted arguments.

With m the largest x_j:  e^x_i / sum_j e^x_j = e^(x_i - m) / sum_j e^(x_j - m)  and
log sum_j e^x_j = m + log sum_j e^(x_j - m).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symgrad.calculus.expression import EXP, Apply, Expression, Power, Sum
from symgrad.calculus.index import Index, fresh
from symgrad.calculus.substitution import rename
from symgrad.compiling.graph import Graph, Node, Operand

Lower = Callable[[Expression], Operand]


def sum_of_exponentials(expression: Expression) -> tuple[Index, Expression] | None:
    """Index and exponent of sum_j e^x_j."""
    if isinstance(expression, Sum) and isinstance(expression.body, Apply):
        body = expression.body
        if body.function is EXP and body.order == 0:
            index = fresh(expression.index.name, expression.index.size)
            return index, rename(body.argument, {expression.index: index})
    return None


def softmaxes(
    factors: Sequence[Expression], lower: Lower, graph: Graph
) -> tuple[list[Expression], list[Operand]]:
    """The factors that are left, and an operand for each softmax found among them."""
    made: list[Operand] = []
    rest = list(factors)
    waiting = [factor for factor in factors if isinstance(factor, Power) and factor.exponent < 0]
    while waiting:
        factor = waiting.pop()
        total = sum_of_exponentials(factor.base)
        exponentials = [f for f in rest if isinstance(f, Apply) and f.function is EXP]
        for one in exponentials if total is not None else ():
            assert total is not None
            found = _softmax(lower(one.argument), lower(total[1]), total[0], graph)
            if found is None:
                continue
            made.append(found)
            rest.remove(one)
            rest.remove(factor)
            if factor.exponent <= -2:  # another exponential may go with what is left
                factor = Power(factor.base, factor.exponent + 1)
                rest.append(factor)
                waiting.append(factor)
            elif factor.exponent != -1:
                rest.append(Power(factor.base, factor.exponent + 1))
            break
    return rest, made


def _softmax(top: Operand, bottom: Operand, index: Index, graph: Graph) -> Operand | None:
    """e^top / sum e^bottom, where both are the same array and the sum is along one axis."""
    if top.node is not bottom.node or index not in bottom.indices:
        return None
    axis = bottom.indices.index(index)
    own = top.indices[:axis] + top.indices[axis + 1 :]
    if own != bottom.indices[:axis] + bottom.indices[axis + 1 :]:
        return None
    exponentials, _, sums = _shifted(bottom.node, axis, graph)
    node = graph.quotient(exponentials, _kept(sums, bottom.node, axis, graph))
    return Operand(node, top.indices)


def log_of_sum(operand: Operand, index: Index, graph: Graph) -> Operand:
    """Log of the sum of e^x along an index that the array has."""
    axis = operand.indices.index(index)
    _, largest, sums = _shifted(operand.node, axis, graph)
    node = graph.plus(largest, graph.unary("log", sums))
    return Operand(node, tuple(i for i in operand.indices if i is not index))


def _shifted(node: Node, axis: int, graph: Graph) -> tuple[Node, Node, Node]:
    """e^(x - m), m and sum e^(x - m), with m the largest along an axis."""
    shape = node.shape[:axis] + node.shape[axis + 1 :]
    largest = graph.make("max", (node,), (axis,), shape)
    difference = graph.binary("sub", node, _kept(largest, node, axis, graph))
    exponentials = graph.unary("exp", difference)
    sums = graph.make("sum", (exponentials,), (axis,), shape)
    return exponentials, largest, sums


def _kept(node: Node, full: Node, axis: int, graph: Graph) -> Node:
    """What was got along an axis, so that it combines with the whole array."""
    return graph.expand(node, (axis,), full.shape) if axis else node
