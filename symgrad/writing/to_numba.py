"""A plan as NumPy that Numba compiles to machine code when it is first called."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.compiling.errors import WrongOption
from symgrad.compiling.graph import Node, needed
from symgrad.compiling.plan import Plan
from symgrad.writing.array_text import NUMPY_ROWS, TIMES, Dialect, Text, Write
from symgrad.writing.checks import check_shapes
from symgrad.writing.erf import uses_erf
from symgrad.writing.layout import module
from symgrad.writing.module_text import (
    body,
    call_of_check,
    docstring,
    indented,
    module_docstring,
    signature,
    size_names,
)

ERF = '''\
@numba.vectorize
def erf(x):
    """The error function of every entry."""
    return math.erf(x)
'''

LARGEST_IN_ROWS = '''\
@numba.njit
def largest_in_rows(x):
    """The largest entry of each row."""
    found = np.empty(x.shape[0], x.dtype)
    for row in range(x.shape[0]):
        found[row] = x[row].max()
    return found
'''
"""Numba has no maximum along an axis."""


def _vdot(by: Dialect, node: Node, args: list[Text]) -> Text:
    left, right = (arg.within(TIMES) for arg in args)
    return Text(f"({left} * {right}).sum()")


def _max(by: Dialect, node: Node, args: list[Text]) -> Text:
    if len(node.args[0].shape) == 1:
        return NUMPY_ROWS["max"](by, node, args)
    return Text(f"largest_in_rows({args[0].text})")


NUMBA_ROWS: Mapping[str, Write] = {**NUMPY_ROWS, "vdot": _vdot, "max": _max}
"""Text of every operation in the words that Numba knows."""


def to_numba(plan: Plan) -> str:
    """The source of the module, with `value` and `value_and_grad`.

    Raises:
        WrongOption: for a product of arrays of more axes than two, which Numba has not, and
            for `float32`, which Numba widens as soon as a number of Python stands beside it.
    """
    if plan.dtype != "float64":
        raise WrongOption("Numba works in double precision; choose float64")
    order = needed(plan.outputs)
    for node in order:
        if not _is_known(node):
            raise WrongOption(f"Numba has no {node.op} of these arrays; choose another back end")
    dialect = Dialect("np", NUMBA_ROWS, plan.dtype, size_names(plan))
    helpers, imports = [], []
    if uses_erf(plan):
        helpers, imports = [ERF], ["import math", ""]
    if any(_is_in_rows(node) for node in order):
        helpers.append(LARGEST_IN_ROWS)
    parts = [
        module_docstring(plan, "Numba with NumPy"),
        *imports,
        "import numba",
        "import numpy as np",
        *(line for text in helpers for line in ("", "", text.rstrip())),
        "",
        "",
        *check_shapes(plan, dialect),
        "",
        "",
        "@numba.njit",
        *_work(plan, dialect, "_value", [plan.value]),
        "",
        "",
        "@numba.njit",
        *_work(plan, dialect, "_value_and_gradients", [plan.value, *plan.gradients.values()]),
        "",
        "",
        *_with_names(plan, dialect),
    ]
    return module(parts)


def _is_known(node: Node) -> bool:
    if node.op in ("tensordot", "einsum", "diagonal"):
        return False
    if node.op in ("dot", "matmul"):
        return all(len(arg.shape) <= 2 for arg in node.args)
    return node.op != "max" or len(node.args[0].shape) == 1 or _is_in_rows(node)


def _is_in_rows(node: Node) -> bool:
    return node.op == "max" and len(node.args[0].shape) == 2 and node.data[0] in (1, -1)


def _work(plan: Plan, dialect: Dialect, name: str, outputs: list[Node]) -> list[str]:
    """A function that gives a tuple: Numba has no dict of arrays of several shapes."""
    lines, writer = body(plan, dialect, outputs)
    found = ", ".join(writer.text(node).text for node in outputs)
    return [*signature(name, plan), *indented([*lines, f"return {found}"])]


def _with_names(plan: Plan, dialect: Dialect) -> list[str]:
    arguments = ", ".join(given.name for given in plan.inputs)
    names = ", ".join(f'"{name}"' for name in plan.gradients)
    return [
        *signature("value", plan),
        *indented(
            [
                *docstring(plan, dialect.sizes, gradients=False),
                call_of_check(plan),
                f"return _value({arguments})",
            ]
        ),
        "",
        "",
        *signature("value_and_grad", plan),
        *indented(
            [
                *docstring(plan, dialect.sizes, gradients=True),
                call_of_check(plan),
                f"loss, *gradients = _value_and_gradients({arguments})",
                f"names = [{names}]",
                "return loss, dict(zip(names, gradients, strict=True))",
            ]
        ),
    ]
