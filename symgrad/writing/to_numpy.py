"""A plan as a NumPy module that stands by itself, written to be read.

It has `value`, `value_and_grad`, and `Workspace`, which does the same in buffers that
are made once.
"""

from __future__ import annotations

import re
from itertools import product
from textwrap import dedent

from symgrad.compiling.graph import needed
from symgrad.compiling.plan import Plan
from symgrad.writing.array_text import NUMPY_ROWS, Dialect
from symgrad.writing.buffers import BufferWriter
from symgrad.writing.erf import ERF, uses_erf
from symgrad.writing.module_text import (
    docstring,
    function,
    indented,
    mentions,
    module_docstring,
    signature,
    size_names,
    sizes_used,
)
from symgrad.writing.scalars import Scalars, can_be_unrolled
from symgrad.writing.statements import ones_of


def to_numpy(plan: Plan) -> str:
    """The source of the module."""
    dialect = Dialect("np", NUMPY_ROWS, plan.dtype, size_names(plan))
    parts = [
        module_docstring(plan, "NumPy"),
        "import numpy as np",
        "",
        "",
        *function(plan, dialect, "value", [plan.value]),
        "",
        "",
        *function(plan, dialect, "value_and_grad", list(plan.outputs)),
        "",
        "",
        *_workspace(plan, dialect),
    ]
    if uses_erf(plan):
        parts[2:2] = ["", "", ERF.rstrip()]
    if can_be_unrolled(plan):
        parts += ["", "", *_unrolled(plan, dialect)]
        if any("math." in part for part in parts):
            parts[1] = "import math\n\nimport numpy as np"
    return "\n".join(parts) + "\n"


_BUFFER = dedent(
    '''\
    def buffer(shape, dtype):
        """An array that starts at a cache line, which is quicker than one that does not."""
        length = np.dtype(dtype).itemsize * int(np.prod(shape))
        memory = np.empty(length + 64, np.uint8)
        start = -memory.ctypes.data % 64
        return memory[start : start + length].view(dtype).reshape(shape)


    '''
).splitlines()


def _workspace(plan: Plan, dialect: Dialect) -> list[str]:
    """The class whose buffers are made once."""
    writer = BufferWriter(plan, dialect, plan.outputs)
    lines = writer.written()
    ones = ones_of(needed(plan.outputs), dialect)
    for one in ones:
        lines = [re.sub(rf"(?<![\w.]){one}(?!\w)", f"self.{one}", line) for line in lines]
    made = [f"self.{name} = buffer({what})" for name, what in writer.buffers.items()]
    made += [
        f"self.{one} = np.ones({dialect.size(size)}, dtype=np.{plan.dtype})"
        for one, size in ones.items()
    ]
    made += [
        f"self.{zeros} = np.zeros({dialect.size(size)}, dtype=np.{plan.dtype})"
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
    arguments = ", ".join(["self", *(n for n in dialect.sizes.values() if mentions(made, n))])
    body = [
        *docstring(plan, dialect.sizes, gradients=True),
        *sizes_used(plan, dialect, lines),
        *lines,
        *loose,
        f"return {writer.text(plan.value).text}, self.gradients",
    ]
    return [
        *(_BUFFER if writer.buffers else []),
        "class Workspace:",
        '    """Buffers for arrays of one size; nothing is allocated once they are made.',
        "",
        "    The arrays of a result are written over by the next call.",
        '    """',
        "",
        f"    def __init__({arguments}):",
        *indented(made, "        "),
        "",
        *signature("value_and_grad", plan, "self", "    "),
        *indented(body, "        "),
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
        *docstring(plan, dialect.sizes, gradients=True),
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
        *indented(made, "        "),
        "        }",
        "",
        *signature("value_and_grad", plan, "self", "    "),
        *indented(body, "        "),
    ]


def _targets(writer: Scalars, name: str, shape: tuple[int, ...], at: tuple[int, ...]) -> str:
    """What a nested list is unpacked to: `(W_0_0, W_0_1), (W_1_0, W_1_1)`."""
    if not shape:
        return writer.name(name, at)
    inner = [_targets(writer, name, shape[1:], (*at, k)) for k in range(shape[0])]
    return f"[{', '.join(inner)}]"
