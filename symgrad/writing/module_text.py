"""Parts of an emitted module that all array libraries share: docstrings, signatures, functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap

from symgrad.calculus.index import Size
from symgrad.compiling.graph import Node, needed
from symgrad.compiling.identifiers import Names
from symgrad.compiling.plan import Plan
from symgrad.writing.array_text import Dialect
from symgrad.writing.layout import WIDTH
from symgrad.writing.statements import Writer, ones_of


def size_names(plan: Plan) -> dict[Size, str]:
    """A name in the program for every open size."""
    names = Names([given.name for given in plan.inputs] + list(plan.names.values()))
    sizes = dict.fromkeys(s for given in plan.inputs for s in given.axes if not s.value)
    return {size: names.new(size.name) for size in sizes}


def module_docstring(plan: Plan, library: str) -> str:
    """What a module is, and what it needs."""
    summary = f"The loss of {plan.title}, and its gradients."
    lines = [summary, ""]
    if len(summary) > WIDTH - 4:
        lines = ["A loss and its gradients.", "", *wrap(f"The loss of {plan.title}.", WIDTH), ""]
    lines += wrap(plan.proof, WIDTH) if plan.proof else []
    lines += ["", f"Written by symgrad; nothing but {library} is needed to run it."]
    text = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{text}\n"""\n'


def signature(name: str, plan: Plan, first: str = "", indent: str = "") -> list[str]:
    """The line of a `def`, with the inputs of the plan as arguments."""
    arguments = [*([first] if first else []), *(given.name for given in plan.inputs)]
    return [f"{indent}def {name}({', '.join(arguments)}):"]


def _shape(plan: Plan, names: Mapping[Size, str], axes: Sequence[Size]) -> str:
    if not axes:
        return "a number"
    return Dialect("np", {}, plan.dtype, names).shape(tuple(axes))


def _arguments(plan: Plan, names: Mapping[Size, str]) -> list[str]:
    return [f"    {given.name}: {_shape(plan, names, given.axes)}" for given in plan.inputs]


def docstring(plan: Plan, names: Mapping[Size, str], gradients: bool) -> list[str]:
    """What a function takes, with the shapes, and gives."""
    what = "The loss and its gradients" if gradients else "The loss"
    mean = ", the mean over a batch" if plan.batch else ""
    lines = [f'"""{what}{mean}.', ""]
    lines += [f"Args: {plan.dtype} arrays of these shapes.", *_arguments(plan, names)]
    if gradients:
        listed = ", ".join(plan.gradients)
        lines += ["", *wrap(f"Returns: the loss, and a dict of the gradients by {listed}.", 80)]
    return [*lines, '"""']


def sizes_used(plan: Plan, dialect: Dialect, lines: Sequence[str]) -> list[str]:
    """`N = X.shape[0]` for every size that the lines speak of."""
    found = []
    for size, name in dialect.sizes.items():
        if mentions(lines, name):
            given = next(g for g in plan.inputs if size in g.axes)
            found.append(f"{name} = {given.name}.shape[{given.axes.index(size)}]")
    return found


def mentions(lines: Sequence[str], name: str) -> bool:
    """Whether lines of code have a name."""
    code = "\n".join(line for line in lines if not line.startswith("#"))
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", code) is not None


def function(plan: Plan, dialect: Dialect, name: str, outputs: list[Node]) -> list[str]:
    """`value` or `value_and_grad`, which is given all outputs and returns a dict."""
    lines, writer = body(plan, dialect, outputs)
    gradients = name == "value_and_grad"
    lines += _results(plan, writer) if gradients else [f"return {writer.text(plan.value).text}"]
    said = docstring(plan, dialect.sizes, gradients)
    return [*signature(name, plan), *indented([*said, call_of_check(plan), *lines])]


def call_of_check(plan: Plan) -> str:
    """The line of a function that has its arguments checked, see `checks`."""
    return f"check_shapes({', '.join(given.name for given in plan.inputs)})"


def body(plan: Plan, dialect: Dialect, outputs: list[Node]) -> tuple[list[str], Writer]:
    """The lines that work out some nodes, and what knows their names."""
    writer = Writer(plan, dialect, outputs)
    lines = writer.written()
    ones = [
        f"{one} = {dialect.prefix}.ones({dialect.size(size)}, dtype={dialect.prefix}.{plan.dtype})"
        for one, size in ones_of(needed(outputs), dialect).items()
    ]
    return [*sizes_used(plan, dialect, [*ones, *lines]), *ones, *lines], writer


def _results(plan: Plan, writer: Writer) -> list[str]:
    lines = ["gradients = {"]
    for name, node in plan.gradients.items():
        lines.append(f'    "{name}": {writer.text(node).text},')
    return [*lines, "}", f"return {writer.text(plan.value).text}, gradients"]


def indented(lines: Sequence[str], by: str = "    ") -> list[str]:
    """Lines further to the right; empty ones stay empty."""
    return [by + line if line else "" for line in lines]
