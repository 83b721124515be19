"""The class `Workspace` of an emitted NumPy module: buffers that are made once."""

from __future__ import annotations

import re
from textwrap import dedent

from symgrad.compiling.graph import needed
from symgrad.compiling.plan import Plan
from symgrad.writing.array_text import Dialect
from symgrad.writing.buffers import BufferWriter
from symgrad.writing.checks import arrays, shapes_given, shapes_wanted, tuple_of
from symgrad.writing.module_text import docstring, indented, signature, sizes_used
from symgrad.writing.statements import ones_of

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


def workspace(plan: Plan, dialect: Dialect) -> list[str]:
    """The lines of the class, and of what makes its buffers."""
    writer = BufferWriter(plan, dialect, plan.outputs)
    worked_out = writer.written()
    ones = ones_of(needed(plan.outputs), dialect)
    for one in ones:
        worked_out = [re.sub(rf"(?<![\w.]){one}(?!\w)", f"self.{one}", w) for w in worked_out]
    kept, new = _gradients(plan, writer)
    made = [*_buffers(plan, writer), *kept]
    arguments = ["self", *dialect.sizes.values()]
    body = [
        *docstring(plan, dialect.sizes, gradients=True),
        *_checked(plan),
        *sizes_used(plan, dialect, worked_out),
        *worked_out,
        *new,
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
        f"    def __init__({', '.join(arguments)}):",
        *indented([*_fitting(plan, dialect), *made], "        "),
        "",
        *signature("value_and_grad", plan, "self", "    "),
        *indented(body, "        "),
    ]


def _fitting(plan: Plan, dialect: Dialect) -> list[str]:
    """What arrays have that fit the buffers."""
    kinds = sum(bool(given.axes) for given in plan.inputs)
    return [
        f"self.shapes = {shapes_wanted(plan, dialect)}",
        f"self.dtypes = (np.dtype(np.{plan.dtype}),) * {kinds}",
    ]


def _checked(plan: Plan) -> list[str]:
    """Both compared at once; which array it is, is looked for only afterwards."""
    return [
        f"shapes = {shapes_given(plan)}",
        f"dtypes = {tuple_of(f'{given.name}.dtype' for given in plan.inputs if given.axes)}",
        "if shapes != self.shapes or dtypes != self.dtypes:",
        f"    refuse({arrays(plan)}, self.shapes)",
    ]


def _buffers(plan: Plan, writer: BufferWriter) -> list[str]:
    """What is made once: a buffer for every result, rows of ones and of zeros."""
    dialect, kind = writer.dialect, f"dtype=np.{plan.dtype}"
    ones = ones_of(needed(plan.outputs), dialect)
    return [
        *(f"self.{name} = buffer({what})" for name, what in writer.buffers.items()),
        *(f"self.{one} = np.ones({dialect.size(size)}, {kind})" for one, size in ones.items()),
        *(
            f"self.{zeros} = np.zeros({dialect.size(size)}, {kind})"
            for zeros, size in writer.zeros.items()
        ),
    ]


def _gradients(plan: Plan, writer: BufferWriter) -> tuple[list[str], list[str]]:
    """The dict of gradients with the buffers that are some of them; the others, at every call."""
    texts = {name: writer.text(node).text for name, node in plan.gradients.items()}
    kept = {name: text for name, text in texts.items() if text.startswith("self.")}
    entries = [f'    "{name}": {text},' for name, text in kept.items()]
    made = ["self.gradients = {", *entries, "}"] if entries else ["self.gradients = {}"]
    new = [f'self.gradients["{n}"] = {text}' for n, text in texts.items() if n not in kept]
    return made, new
