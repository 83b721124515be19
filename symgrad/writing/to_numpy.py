"""A plan as a NumPy module that stands by itself, written to be read.

It has `value`, `value_and_grad`, and `Workspace`, which does the same in buffers that
are made once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from textwrap import wrap

from symgrad.calculus.index import Size
from symgrad.compiling.graph import Node, needed
from symgrad.compiling.identifiers import Names
from symgrad.compiling.plan import Plan
from symgrad.writing.array_text import NUMPY_ROWS, Dialect
from symgrad.writing.buffers import BufferWriter
from symgrad.writing.scalars import Scalars, can_be_unrolled
from symgrad.writing.statements import Writer, ones_of

WIDTH = 88


def to_numpy(plan: Plan) -> str:
    """The source of the module."""
    dialect = Dialect("np", NUMPY_ROWS, plan.dtype, size_names(plan))
    parts = [
        _module_docstring(plan),
        "import numpy as np",
        "",
        "",
        *_function(plan, dialect, "value", [plan.value]),
        "",
        "",
        *_function(plan, dialect, "value_and_grad", list(plan.outputs)),
        "",
        "",
        *_workspace(plan, dialect),
    ]
    if can_be_unrolled(plan):
        parts += ["", "", *_unrolled(plan, dialect)]
        if any("math." in part for part in parts):
            parts[1] = "import math\n\nimport numpy as np"
    return "\n".join(parts) + "\n"


def size_names(plan: Plan) -> dict[Size, str]:
    """A name in the program for every open size."""
    names = Names([given.name for given in plan.inputs] + list(plan.names.values()))
    sizes = dict.fromkeys(s for given in plan.inputs for s in given.axes if not s.value)
    return {size: names.new(size.name) for size in sizes}


def _module_docstring(plan: Plan) -> str:
    lines = [f"The loss of {plan.title}, and its gradients.", ""]
    lines += wrap(plan.proof, WIDTH) if plan.proof else []
    lines += ["", "Written by symgrad; nothing but NumPy is needed to run it."]
    text = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{text}\n"""\n'


def _signature(name: str, plan: Plan, first: str = "", indent: str = "") -> list[str]:
    arguments = [*([first] if first else []), *(given.name for given in plan.inputs)]
    line = f"{indent}def {name}({', '.join(arguments)}):"
    if len(line) <= WIDTH:
        return [line]
    inner = wrap(", ".join(arguments), WIDTH - len(indent) - 4)
    return [
        f"{indent}def {name}(",
        *(f"{indent}    {part}" for part in inner[:-1]),
        f"{indent}    {inner[-1]},",
        f"{indent}):",
    ]


def _shape(plan: Plan, names: Mapping[Size, str], axes: Sequence[Size]) -> str:
    if not axes:
        return "a number"
    return Dialect("np", {}, plan.dtype, names).shape(tuple(axes))


def _arguments(plan: Plan, names: Mapping[Size, str]) -> list[str]:
    return [f"    {given.name}: {_shape(plan, names, given.axes)}" for given in plan.inputs]


def _docstring(plan: Plan, names: Mapping[Size, str], gradients: bool) -> list[str]:
    what = "The loss and its gradients" if gradients else "The loss"
    mean = ", the mean over a batch" if plan.batch else ""
    lines = [f'"""{what}{mean}.', ""]
    lines += [f"Args: {plan.dtype} arrays of these shapes.", *_arguments(plan, names)]
    if gradients:
        listed = ", ".join(plan.gradients)
        lines += ["", *wrap(f"Returns: the loss, and a dict of the gradients by {listed}.", 80)]
    return [*lines, '"""']


def _sizes_used(plan: Plan, dialect: Dialect, lines: Sequence[str]) -> list[str]:
    """`N = X.shape[0]` for every size that the lines speak of."""
    found = []
    for size, name in dialect.sizes.items():
        if _mentions(lines, name):
            given = next(g for g in plan.inputs if size in g.axes)
            found.append(f"{name} = {given.name}.shape[{given.axes.index(size)}]")
    return found


def _mentions(lines: Sequence[str], name: str) -> bool:
    code = "\n".join(line for line in lines if not line.startswith("#"))
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", code) is not None


def _function(plan: Plan, dialect: Dialect, name: str, outputs: list[Node]) -> list[str]:
    writer = Writer(plan, dialect, outputs)
    lines = writer.written()
    gradients = name == "value_and_grad"
    ones = [
        f"{one} = {dialect.prefix}.ones({dialect.size(size)}, {dialect.prefix}.{plan.dtype})"
        for one, size in ones_of(needed(outputs), dialect).items()
    ]
    body = [*_sizes_used(plan, dialect, [*ones, *lines]), *ones, *lines]
    body += _results(plan, writer) if gradients else [f"return {writer.text(plan.value).text}"]
    docstring = _docstring(plan, dialect.sizes, gradients)
    return [*_signature(name, plan), *_indented([*docstring, *body])]


def _results(plan: Plan, writer: Writer) -> list[str]:
    lines = ["gradients = {"]
    for name, node in plan.gradients.items():
        lines.append(f'    "{name}": {writer.text(node).text},')
    return [*lines, "}", f"return {writer.text(plan.value).text}, gradients"]


def _indented(lines: Sequence[str], by: str = "    ") -> list[str]:
    return [by + line if line else "" for line in lines]


def _workspace(plan: Plan, dialect: Dialect) -> list[str]:
    """The class whose buffers are made once."""
    writer = BufferWriter(plan, dialect, plan.outputs)
    lines = writer.written()
    ones = ones_of(needed(plan.outputs), dialect)
    for one in ones:
        lines = [re.sub(rf"(?<![\w.]){one}(?!\w)", f"self.{one}", line) for line in lines]
    made = [f"self.{name} = np.empty({what})" for name, what in writer.buffers.items()]
    made += [
        f"self.{one} = np.ones({dialect.size(size)}, np.{plan.dtype})" for one, size in ones.items()
    ]
    made += [
        f"self.{zeros} = np.zeros({dialect.size(size)}, np.{plan.dtype})"
        for zeros, size in writer.zeros.items()
    ]
    returned = {name: writer.text(node).text for name, node in plan.gradients.items()}
    made += ["self.gradients = {"]
    made += [
        f'    "{name}": {text},' for name, text in returned.items() if text.startswith("self.")
    ]
    made += ["}"]
    loose = [
        f'self.gradients["{name}"] = {text}'
        for name, text in returned.items()
        if not text.startswith("self.")
    ]
    arguments = ", ".join(["self", *(n for n in dialect.sizes.values() if _mentions(made, n))])
    body = [
        *_docstring(plan, dialect.sizes, gradients=True),
        *_sizes_used(plan, dialect, lines),
        *lines,
        *loose,
        f"return {writer.text(plan.value).text}, self.gradients",
    ]
    return [
        "class Workspace:",
        '    """Buffers for arrays of one size; nothing is allocated once they are made.',
        "",
        "    The arrays of a result are written over by the next call.",
        '    """',
        "",
        f"    def __init__({arguments}):",
        *_indented(made, "        "),
        "",
        *_signature("value_and_grad", plan, "self", "    "),
        *_indented(body, "        "),
    ]


def _unrolled(plan: Plan, dialect: Dialect) -> list[str]:
    """The class that works with plain numbers, one an entry."""
    writer = Scalars(plan)
    made, taken, filled = [], [], []
    total = 0
    for name, node in plan.gradients.items():
        places = list(product(*(range(size.value or 0) for size in node.shape)))
        shape = f".reshape{dialect.shape(node.shape)}" if len(node.shape) > 1 else ""
        made.append(f'    "{name}": flat[{total}:{total + len(places)}]{shape},')
        filled += [f"    {writer.entry(node, place)}," for place in places]
        total += len(places)
    for given in plan.inputs:
        targets = _targets(writer, given.name, tuple(size.value or 0 for size in given.axes), ())
        taken.append(f"{targets} = {given.name}.tolist()")
    body = [
        *_docstring(plan, dialect.sizes, gradients=True),
        *taken,
        *writer.lines,
        "self.flat[:] = (",
        *filled,
        ")",
        f"return {writer.entry(plan.value, ())}, self.gradients",
    ]
    return [
        "class Unrolled:",
        '    """The same for plain numbers, one by one: the quickest for arrays so small.',
        "",
        "    The arrays of a result are written over by the next call.",
        '    """',
        "",
        "    def __init__(self):",
        f"        self.flat = flat = np.empty({total}, np.{plan.dtype})",
        "        self.gradients = {",
        *_indented(made, "        "),
        "        }",
        "",
        *_signature("value_and_grad", plan, "self", "    "),
        *_indented(body, "        "),
    ]


def _targets(writer: Scalars, name: str, shape: tuple[int, ...], at: tuple[int, ...]) -> str:
    """What a nested list is unpacked to: `(W_0_0, W_0_1), (W_1_0, W_1_1)`."""
    if not shape:
        return writer.name(name, at)
    inner = [_targets(writer, name, shape[1:], (*at, k)) for k in range(shape[0])]
    return f"[{', '.join(inner)}]"
