"""The gradients of a mean over a batch: divided by the number of examples once.

Where all gradients are linear in one array, as those of a network are in the error of the
last layer, that array is divided, and not each of them. Of such arrays the smallest is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.compiling.graph import CONTRACTIONS, LEAVES, VIEWS, Graph, Node, needed

_ADDING = frozenset({"add", "sub"})
_MULTIPLYING = CONTRACTIONS | {"mul"}
_KEEPING = VIEWS | {"neg", "negative", "sum", "repeat"}

Gradients = dict[str, Node]


def divided(
    graph: Graph, value: Node, gradients: Mapping[str, Node], count: Node
) -> tuple[Gradients, dict[Node, Node]]:
    """The gradients over the count, and what stands for nodes that are no longer used.

    Args:
        graph: of all nodes.
        value: which stays as it is, with all that it needs.
        gradients: each of which is to be divided.
        count: a number.
    """
    order = needed(gradients.values())
    kept = set(needed([value]))
    free = [n for n in order if n not in kept and n.op not in LEAVES | VIEWS and not n.truth]
    for node in sorted(free, key=lambda n: n.entries):
        degrees = _degrees(order, node)
        if all(degrees[gradient] == 1 for gradient in gradients.values()):
            moved = _replaced(graph, order, {node: graph.quotient(node, count)})
            return {name: moved[gradient] for name, gradient in gradients.items()}, moved
    return {name: graph.quotient(gradient, count) for name, gradient in gradients.items()}, {}


def _degrees(order: Sequence[Node], of: Node) -> dict[Node, int | None]:
    """1 for what is linear in a node, 0 for what does not depend on it, None for all else."""
    degrees: dict[Node, int | None] = {}
    for node in order:
        known = [degrees[arg] for arg in node.args]
        given = [degree for degree in known if degree is not None]
        if node is of:
            degrees[node] = 1
        elif len(given) < len(known):
            degrees[node] = None
        elif not any(given):
            degrees[node] = 0
        elif node.op in _MULTIPLYING:
            degrees[node] = 1 if sum(given) == 1 else None
        elif node.op in _ADDING:
            degrees[node] = 1 if all(given) else None
        elif node.op in _KEEPING or (node.op == "div" and given == [1, 0]):
            degrees[node] = 1
        else:
            degrees[node] = None
    return degrees


def _replaced(graph: Graph, order: Sequence[Node], moved: dict[Node, Node]) -> dict[Node, Node]:
    """What stands for each node that needs a replaced one."""
    for node in order:
        if node not in moved and any(arg in moved for arg in node.args):
            args = tuple(moved.get(arg, arg) for arg in node.args)
            moved[node] = graph.make(node.op, args, node.data, node.shape, node.truth)
    return moved
