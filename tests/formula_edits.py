"""Single mistakes in the trees of `formula_trees`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from formula_note import Claim, FormulaNote
from formula_trees import (
    Tree,
    entry,
    minus,
    name,
    negative,
    number,
    subtrees,
    times,
    total,
    transposed,
)


def mutants(note: FormulaNote, claim: Claim) -> Iterator[tuple[str, Claim]]:
    """Every single change of the right-hand side, and of what a derivative is by."""
    for node, rebuild in subtrees(claim.right):
        bound = _bound_above(claim.right, node)
        for what, changed in _here(note, node, bound):
            yield what, replace(claim, right=rebuild(changed))
    for other, axes in note.axes.items():
        if claim.variable and other != claim.variable and len(axes) == len(claim.indices):
            yield f"by {other}", replace(claim, variable=other)
    if len(claim.indices) == 2:
        yield "by, swapped", replace(claim, indices=claim.indices[::-1])


def _bound_above(tree: Tree, node: Tree) -> dict[str, str]:
    """The indices that sums around a node bind, and their sizes."""
    if tree is node:
        return {}
    for part in tree.parts:
        if any(below is node for below, _ in subtrees(part)):
            own = {tree.what[0]: tree.what[1]} if tree.operation == "sum" else {}
            return own | _bound_above(part, node)
    return {}


def _here(note: FormulaNote, node: Tree, bound: dict[str, str]) -> Iterator[tuple[str, Tree]]:
    if node.operation not in ("number", "size", "delta"):
        yield "sign", negative(node)
        yield "factor 2", times(number(2), node)
    if node.operation in ("plus", "times", "had", "matmul"):
        yield from _parts(node)
    if node.operation in ("name", "had", "matmul", "plus"):
        yield "transposed", transposed(node)
    if node.operation in ("transpose", "negative", "square", "trace", "apply", "sum"):
        yield f"{node.operation} dropped", node.parts[0]
    if node.operation in _SPECIAL:
        yield from _SPECIAL[node.operation](note, node, bound)


def _parts(node: Tree) -> Iterator[tuple[str, Tree]]:
    kind, parts = node.operation, node.parts
    for k in range(len(parts)):
        rest = (*parts[:k], *parts[k + 1 :])
        yield f"{kind}: part dropped", replace(node, parts=rest) if len(rest) > 1 else rest[0]
        yield f"{kind}: part twice", replace(node, parts=(*parts[:k], parts[k], *parts[k:]))
    if kind == "matmul":
        for k in range(len(parts) - 1):
            swapped = (*parts[:k], parts[k + 1], parts[k], *parts[k + 2 :])
            yield "matmul: order", replace(node, parts=swapped)
        yield "matmul: entry by entry", replace(node, operation="had")
    if kind == "had":
        yield "had: product", replace(node, operation="matmul")
    if kind in ("times", "had"):
        yield f"{kind}: added", replace(node, operation="plus")


def _name(note: FormulaNote, node: Tree, bound: dict[str, str]) -> Iterator[tuple[str, Tree]]:
    for other in (*note.axes, *note.definitions):
        if other != node.what[0]:
            yield f"{other} instead", name(other)


def _entry(note: FormulaNote, node: Tree, bound: dict[str, str]) -> Iterator[tuple[str, Tree]]:
    latex, *indices = node.what
    for k, index in enumerate(indices):
        for other in (*note.ranges, *bound):
            if other != index:
                yield "index", entry(latex, *indices[:k], other, *indices[k + 1 :])
    if len(indices) == 2:
        yield "indices swapped", entry(latex, *indices[::-1])
    for other, axes in note.axes.items():
        if len(axes) == len(indices) and other != latex:
            yield f"{other} instead", entry(other, *indices)
    for other, (parameters, _) in note.definitions.items():
        if len(parameters) == len(indices) and other != latex:
            yield f"{other} instead", entry(other, *indices)


def _sum(note: FormulaNote, node: Tree, bound: dict[str, str]) -> Iterator[tuple[str, Tree]]:
    index, size = node.what
    for other in note.sizes():
        if other != size:
            yield "range", total(index, other, node.parts[0])
    for other in note.ranges:
        yield "another index", total(other, size, node.parts[0])
    yield "counted", times(Tree("size", what=(size,)), node)


def _apply(note: FormulaNote, node: Tree, bound: dict[str, str]) -> Iterator[tuple[str, Tree]]:
    function, order = node.what
    yield "order", replace(node, what=(function, order + 1))
    if order:
        yield "order less", replace(node, what=(function, 0))
    for other in (*note.functions, "tanh"):
        if other != function:
            yield f"{other} instead", replace(node, what=(other, 0 if other == "tanh" else order))


def _power(note: FormulaNote, node: Tree, bound: dict[str, str]) -> Iterator[tuple[str, Tree]]:
    for exponent in (node.what[0] + 1, node.what[0] - 1, 4):
        if exponent > 1 and exponent != node.what[0]:
            yield "exponent", replace(node, what=(exponent,))
    yield "exponent dropped", node.parts[0]


def _over(note: FormulaNote, node: Tree, bound: dict[str, str]) -> Iterator[tuple[str, Tree]]:
    yield "denominator dropped", node.parts[0]
    yield "upside down", replace(node, parts=node.parts[::-1])


def _number(note: FormulaNote, node: Tree, bound: dict[str, str]) -> Iterator[tuple[str, Tree]]:
    yield "one more", number(node.what[0] + 1)


def _delta(note: FormulaNote, node: Tree, bound: dict[str, str]) -> Iterator[tuple[str, Tree]]:
    yield "delta dropped", number(1)
    yield "delta against", minus(number(1), node)


_SPECIAL: dict[str, Callable[[FormulaNote, Tree, dict[str, str]], Iterator[tuple[str, Tree]]]] = {
    "name": _name,
    "entry": _entry,
    "sum": _sum,
    "apply": _apply,
    "power": _power,
    "over": _over,
    "number": _number,
    "delta": _delta,
}
