r"""A loss of which only the arguments are known: `L = \ell(o, y)`.

Near one point a differentiable function is a number plus a linear function of its
arguments. With both free, the value and the gradient can be anything, so what is
proved of them holds for every differentiable loss. Second derivatives are lost,
and refused.
"""

from __future__ import annotations

from collections.abc import Set

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position, Tensor
from symgrad.calculus.limits import LimitReached
from symgrad.reading import errors, syntax
from symgrad.reading.context import Context
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError
from symgrad.reading.names import key_or_none
from symgrad.reading.syntax import Node, outline
from symgrad.reading.usage import LOSS_NAMES
from symgrad.reading.values import Frame, Value, scalar

FUNCTIONALS = LOSS_NAMES | {"l"}
"""Names of functions that give a number, whatever their arguments are."""

MARK = "∂"
"""Begins the names of gradients that are free arrays; no name of a note begins so."""


def is_from_above(node: ex.Expression) -> bool:
    """Whether an expression is a gradient that is free: an entry of it."""
    return isinstance(node, ex.Entry) and node.tensor.name.startswith(MARK)


def functional_call(head: Node, group: syntax.Group, context: Context) -> Value | None:
    """The value of an undeclared loss of these arguments; None where the name is none."""
    name = key_or_none(head)
    declared = context.session.array_functions.get(name or "") == "number of arrays"
    if (
        name is None
        or not (name in FUNCTIONALS or declared)
        or not isinstance(head, syntax.Symbol)
        or not group.items
    ):
        return None
    if name == "l" and len(group.items) < 2 and not declared:
        return None
    arguments = [(key_or_none(item) or str(n), _argument(item, context), item)
                 for n, item in enumerate(group.items, start=1)]  # fmt: skip
    key = (name, tuple(outline(item) for item in group.items))
    known = context.session.calls.setdefault(name, [])
    if key not in known:
        known.append(key)
    number = known.index(key)
    called = name if number == 0 else f"{name}_{number}"
    if not declared:
        context.session.assume(f"{name} is not declared: read as any differentiable function")
    constant = Tensor(f"{called}(0)", ())

    def build(frame: Frame) -> ex.Expression:
        terms: list[ex.Expression] = [ex.Entry(constant, ())]
        for shown, argument, _ in arguments:
            if argument is not None:
                terms.append(weighted(f"{MARK} {called}/{MARK} {shown}", argument, frame))
        return ex.add(*terms)

    return scalar(build)


def _argument(node: Node, context: Context) -> Value | None:
    """An argument; None for one that nothing declares, by which nothing is differentiated."""
    try:
        return value(node, context)
    except ReadingError as error:
        if error.code is errors.UNDECLARED_SYMBOL:
            return None
        raise


def weighted(name: str, argument: Value, frame: Frame) -> ex.Expression:
    """Sum over the entries of an array, each times an entry of a free array of this name."""
    indices = [frame.fresh(axis) for axis in argument.axes]
    positions: tuple[Position, ...] = tuple(indices)
    weights = Tensor(name, tuple(index.size for index in indices))
    term = ex.mul(ex.Entry(weights, positions), argument.entry(frame, positions))
    for index in reversed(indices):
        term = ex.Sum(index, term)
    return term


def refuse_second_derivative(body: ex.Expression, gradients: Set[str]) -> None:
    """Refuse to differentiate a gradient of which nothing is known.

    Args:
        body: what is differentiated.
        gradients: names of arrays that stand for such gradients as a whole.

    Raises:
        LimitReached: where the body holds one.
    """
    waiting: list[tuple[object, bool]] = [(body, False)]
    seen: set[tuple[ex.Definition, bool]] = set()
    while waiting:
        node, inside = waiting.pop()
        known = not isinstance(node, ex.Entry) or not node.tensor.name.startswith(MARK)
        if not known and (inside or node.tensor.name in gradients):  # type: ignore[attr-defined]
            raise LimitReached("second derivatives of a function that is not declared")
        if isinstance(node, ex.Named):
            if (node.definition, inside) not in seen:
                seen.add((node.definition, inside))
                waiting.append((node.definition.body, inside))
            continue
        if isinstance(node, ex.OfMatrix):
            waiting.append((ex.Named(node.matrix, node.matrix.parameters), inside))
            continue
        inside = inside or isinstance(node, ex.Derivative)
        for name in ("terms", "factors"):
            waiting.extend((part, inside) for part in getattr(node, name, ()))
        for name in ("base", "body", "argument"):
            part = getattr(node, name, None)
            if part is not None:
                waiting.append((part, inside))
