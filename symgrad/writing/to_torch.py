"""A plan as a PyTorch module, without its automatic derivatives: the formulas are the gradients."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.compiling.graph import Node, is_plain
from symgrad.compiling.plan import Plan
from symgrad.writing.array_text import (
    ATOM,
    NUMPY_ROWS,
    TIMES,
    Dialect,
    Text,
    Write,
    call,
)
from symgrad.writing.checks import check_shapes
from symgrad.writing.layout import module
from symgrad.writing.module_text import function, module_docstring, size_names


def _of_numbers_too(name: str) -> Write:
    """A function that PyTorch has for tensors only; numbers have it in `math`."""
    write, plain = call(name), call(name, prefix="math")
    return lambda by, node, args: (plain if is_plain(node) else write)(by, node, args)


def _bounded(name: str, keyword: str) -> Write:
    """The maximum or minimum of two; with a number, which is a bound."""
    write = call(name)

    def text(by: Dialect, node: Node, args: list[Text]) -> Text:
        for this, other, of in ((0, 1, args[1]), (1, 0, args[0])):
            if is_plain(node.args[this]):
                assert not is_plain(node.args[other])
                return Text(f"{of.within(ATOM)}.clamp({keyword}={args[this].text})")
        return write(by, node, args)

    return text


def _vdot(by: Dialect, node: Node, args: list[Text]) -> Text:
    left, right = (arg.within(TIMES) for arg in args)
    return Text(f"({left} * {right}).sum()")


def _repeat(by: Dialect, node: Node, args: list[Text]) -> Text:
    missing, shape = node.data
    text = args[0]
    if is_plain(node.args[0]):
        kind = f"dtype={by.prefix}.{by.dtype}"
        return Text(f"{by.prefix}.full({by.shape(shape)}, {text.text}, {kind})")
    places = ["None" if n in missing else ":" for n in range(len(shape))]
    return Text(f"{text.within(ATOM)}[{', '.join(places)}].expand{by.shape(shape)}")


TORCH_ROWS: Mapping[str, Write] = {
    **NUMPY_ROWS,
    "relu": call("relu"),
    "real": lambda by, node, args: Text(f"{args[0].within(ATOM)}.to({by.prefix}.{by.dtype})"),
    "max": lambda by, node, args: Text(f"{args[0].within(ATOM)}.amax(dim={node.data[0]})"),
    "vdot": _vdot,
    "transpose": lambda by, node, args: (
        Text(f"{args[0].within(ATOM)}.T")
        if node.data == (1, 0)
        else Text(f"{args[0].within(ATOM)}.permute{node.data}")
    ),
    "diagonal": lambda by, node, args: Text(
        f"{by.prefix}.diagonal({args[0].text}, dim1={node.data[0]}, dim2={node.data[1]})"
    ),
    "repeat": _repeat,
    "maximum": _bounded("maximum", "min"),
    "minimum": _bounded("minimum", "max"),
    **{name: _of_numbers_too(name) for name in ("exp", "expm1", "log", "log1p", "tanh", "erf")},
    **{name: call(name) for name in ("square", "abs", "sign")},
}
"""Text of every operation in PyTorch's words."""


def to_torch(plan: Plan) -> str:
    """The source of the module, with `value` and `value_and_grad`."""
    dialect = Dialect("torch", TORCH_ROWS, plan.dtype, size_names(plan))
    functions = [
        *check_shapes(plan, dialect),
        "",
        "",
        *function(plan, dialect, "value", [plan.value]),
        "",
        "",
        *function(plan, dialect, "value_and_grad", list(plan.outputs)),
    ]
    plain = ["import math", ""] if any("math." in line for line in functions) else []
    parts = [module_docstring(plan, "PyTorch"), *plain, "import torch", "", "", *functions]
    return module(parts)
