"""The class `Unrolled` of an emitted NumPy module: plain numbers, one an entry."""

from __future__ import annotations

from itertools import product

from symgrad.calculus.index import Size
from symgrad.compiling.graph import Node
from symgrad.compiling.plan import Plan
from symgrad.writing.array_text import Dialect
from symgrad.writing.checks import arrays, shapes_wanted
from symgrad.writing.module_text import docstring, indented, signature
from symgrad.writing.scalars import Scalars


def unrolled(plan: Plan, dialect: Dialect) -> list[str]:
    """The lines of the class."""
    writer = Scalars(plan)
    body = [*docstring(plan, dialect.sizes, gradients=True), *_checked(plan, dialect)]
    arguments = ", ".join(given.name for given in plan.inputs)
    return [
        "class Unrolled:",
        '    """The same for plain numbers, one by one: the quickest for arrays so small.',
        "",
        "    The arrays of a result are written over by the next call.",
        '    """',
        "",
        *indented(_made(plan, dialect)),
        "",
        *signature("value_and_grad", plan, "self", "    "),
        *indented(body, "        "),
        "",
        f"    def _worked_out(self, {arguments}):",
        *indented([*_taken(plan, writer), *writer.lines, *_filled(plan, writer)], "        "),
    ]


def _made(plan: Plan, dialect: Dialect) -> list[str]:
    """The one array of all gradients, and the views that each of them is."""
    lines, total = [], 0
    for name, node in plan.gradients.items():
        end = total + len(_places(node))
        shape = f".reshape{dialect.shape(node.shape)}" if len(node.shape) > 1 else ""
        lines.append(f'        "{name}": flat[{total}:{end}]{shape},')
        total = end
    return [
        "def __init__(self):",
        f"    self.flat = flat = np.empty({total}, np.{plan.dtype})",
        "    self.gradients = {",
        *lines,
        "    }",
    ]


def _checked(plan: Plan, dialect: Dialect) -> list[str]:
    """The call; what goes wrong in it is looked into afterwards, so that it costs nothing."""
    arguments = ", ".join(given.name for given in plan.inputs)
    return [
        "try:",
        f"    return self._worked_out({arguments})",
        "except (AttributeError, TypeError, ValueError):",
        f"    refuse({arrays(plan)}, {shapes_wanted(plan, dialect)})",
        "    raise",
    ]


def _taken(plan: Plan, writer: Scalars) -> list[str]:
    """Every entry of the arguments as a number."""
    return [
        f"{_targets(writer, given.name, _shape(given.axes), ())} = {given.name}.tolist()"
        for given in plan.inputs
    ]


def _targets(writer: Scalars, name: str, shape: tuple[int, ...], at: tuple[int, ...]) -> str:
    """What a nested list is unpacked to: `[[W_0_0, W_0_1], [W_1_0, W_1_1]]`."""
    if not shape:
        return writer.name(name, at)
    inner = [_targets(writer, name, shape[1:], (*at, k)) for k in range(shape[0])]
    return f"[{', '.join(inner)}]"


def _filled(plan: Plan, writer: Scalars) -> list[str]:
    """The array of all gradients, entry by entry, and what is given back."""
    entries = [
        f"    {writer.entry(node, place)},"
        for node in plan.gradients.values()
        for place in _places(node)
    ]
    value = writer.entry(plan.value, ())
    return ["self.flat[:] = (", *entries, ")", f"return {value}, self.gradients"]


def _places(node: Node) -> list[tuple[int, ...]]:
    return list(product(*map(range, _shape(node.shape))))


def _shape(axes: tuple[Size, ...]) -> tuple[int, ...]:
    return tuple(size.value or 0 for size in axes)
