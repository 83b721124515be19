"""A plan of a few fixed sizes by `sympy.lambdify`: every entry is an expression of SymPy.

The plan is worked out with one symbol an entry, and what comes out is printed by SymPy,
which names the parts that occur more than once.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import re
from collections.abc import Callable, Mapping
from functools import reduce
from itertools import product
from math import prod
from textwrap import dedent
from typing import Any

import numpy as np
import sympy

from symgrad.compiling.errors import WrongOption
from symgrad.compiling.graph import Node, needed
from symgrad.compiling.identifiers import Names
from symgrad.compiling.plan import Plan
from symgrad.writing.layout import module
from symgrad.writing.module_text import docstring, indented, module_docstring, signature

MOST_ENTRIES = 200
"""Entries of all arguments together; the expressions of larger networks are too many."""

Array = np.ndarray[Any, np.dtype[np.object_]]
Work = Callable[[Node, list[Array]], Any]


def to_lambdify(plan: Plan) -> str:
    """The source of the module, with `value` and `value_and_grad`.

    Raises:
        WrongOption: where a size is open, or the network has more than a few units.
    """
    if not plan.fixed:
        raise WrongOption("lambdify writes every entry; give all sizes as numbers, and no batch")
    count = sum(prod(_shape(given.axes)) for given in plan.inputs)
    if count > MOST_ENTRIES:
        raise WrongOption(
            f"lambdify writes every entry, and this has {count}; {MOST_ENTRIES} are the most"
        )
    names = Names(_TAKEN)
    letters = {g.name: _letters(names, g.name, _shape(g.axes)) for g in plan.inputs}
    values = _worked_out(plan, letters)
    gradients = list(plan.gradients.items())
    found = [values[plan.value], *(e for _, node in gradients for e in np.ravel(values[node]))]
    symbols = [symbol for array in letters.values() for symbol in array.ravel()]
    entries = _printed(symbols, [sympy.sympify(expression) for expression in found])
    used = [name for name in dir(math) if re.search(rf"(?<![\w.]){name}\(", entries)]
    imports = [f"from math import {', '.join(used)}", ""] if used else []
    parts = [
        module_docstring(plan, "NumPy"),
        *imports,
        "import numpy as np",
        "",
        "",
        entries.rstrip(),
        "",
        "",
        *_FLAT,
        *signature("value", plan),
        *indented([*docstring(plan, {}, gradients=False), *_taken(plan), "return found[0]"]),
        "",
        "",
        *signature("value_and_grad", plan),
        *indented([*docstring(plan, {}, gradients=True), *_taken(plan), *_given(plan)]),
    ]
    return module(parts)


def _shape(axes: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(size.value or 0 for size in axes)


_TAKEN = (*dir(math), *dir(builtins))
"""What the printed expressions call by name."""


def _letters(names: Names, name: str, shape: tuple[int, ...]) -> Array:
    array = np.empty(shape, dtype=object)
    for at in product(*map(range, shape)):
        called = "_".join([name, *map(str, at)])
        if re.fullmatch(r"x\d+", called):  # what SymPy calls the parts that occur twice
            called += "_"
        array[at] = sympy.Symbol(names.unused(called), real=True)
    return array


def _printed(symbols: list[sympy.Symbol], expressions: list[sympy.Expr]) -> str:
    """The function of SymPy's own printer."""
    made = sympy.lambdify(symbols, expressions, modules="math", cse=True)
    text = ast.unparse(ast.parse(inspect.getsource(made)))  # with spaces around operators
    text = re.sub(r"(?<=[\w]) \*\* (?=\w+\b(?![(.]))", "**", text)
    return text.replace("def _lambdifygenerated", "def _entries", 1)


_FLAT = dedent(
    '''\
    def _flat(name, array, shape):
        """The entries of an array, row after row; an array of another shape is refused."""
        have = np.shape(array)
        if have != shape:
            raise ValueError(f"{name} has the shape {have}; it should be {shape}")
        return np.ravel(array).tolist()


    '''
).splitlines()


def _taken(plan: Plan) -> list[str]:
    flat = [f'    *_flat("{g.name}", {g.name}, {_shape(g.axes)}),' for g in plan.inputs]
    return ["found = _entries(", *flat, ")"]


def _given(plan: Plan) -> list[str]:
    lines = [f"flat = np.array(found[1:], np.{plan.dtype})", "gradients = {"]
    start = 0
    for name, node in plan.gradients.items():
        shape = _shape(node.shape)
        end = start + prod(shape)
        lines.append(f'    "{name}": flat[{start}:{end}].reshape({shape}),')
        start = end
    return [*lines, "}", "return found[0], gradients"]


def _worked_out(plan: Plan, letters: Mapping[str, Array]) -> dict[Node, Any]:
    values: dict[Node, Any] = {}
    for node in needed(plan.outputs):
        if node.op == "input":
            values[node] = letters[node.data[0]]
        elif node.op in _WORK:
            values[node] = _WORK[node.op](node, [values[arg] for arg in node.args])
        else:
            raise WrongOption(f"lambdify has no {node.op}; choose another back end")
    return values


def _entrywise(function: Callable[..., sympy.Expr]) -> Work:
    applied = np.frompyfunc(function, 1, 1)
    return lambda node, args: applied(args[0])


def _pairwise(function: Callable[..., sympy.Expr]) -> Work:
    applied = np.frompyfunc(function, 2, 1)
    return lambda node, args: applied(args[0], args[1])


def _step(x: sympy.Expr) -> sympy.Expr:
    return sympy.Piecewise((1, x > 0), (0, True))


def _sign(x: sympy.Expr) -> sympy.Expr:
    return sympy.Piecewise((1, x > 0), (-1, x < 0), (0, True))


def _largest(node: Node, args: list[Array]) -> Any:  # noqa: ANN401 - an array, or one entry
    rows = np.moveaxis(args[0], node.data[0], 0)
    return reduce(np.frompyfunc(sympy.Max, 2, 1), rows)


def _expanded(node: Node, args: list[Array]) -> Array:
    return np.expand_dims(args[0], node.data[0])


def _taken_at(node: Node, args: list[Array]) -> Any:  # noqa: ANN401 - an array, or one entry
    axis, place = node.data
    return np.take(args[0], place, axis=axis)


def _repeated(node: Node, args: list[Array]) -> Array:
    missing, shape = node.data
    return np.broadcast_to(np.expand_dims(args[0], tuple(missing)), _shape(shape))


def _identity(node: Node, args: list[Array]) -> Array:
    count = node.data[0].value
    return np.array([[sympy.Integer(int(r == c)) for c in range(count)] for r in range(count)])


def _einsum(node: Node, args: list[Array]) -> Any:  # noqa: ANN401 - an array, or one entry
    return np.einsum(node.data[0], *args)


_WORK: dict[str, Work] = {
    "number": lambda node, args: sympy.Rational(node.data[0].numerator, node.data[0].denominator),
    "add": lambda node, args: args[0] + args[1],
    "sub": lambda node, args: args[0] - args[1],
    "mul": lambda node, args: args[0] * args[1],
    "div": lambda node, args: args[0] / args[1],
    "neg": lambda node, args: -args[0],
    "negative": lambda node, args: -args[0],
    "reciprocal": lambda node, args: 1 / args[0],
    "power": lambda node, args: (
        args[0] ** sympy.Rational(node.data[0].numerator, node.data[0].denominator)
    ),
    "square": lambda node, args: args[0] * args[0],
    "relu": _entrywise(lambda x: sympy.Max(x, 0)),
    "positive": _entrywise(_step),
    "sign": _entrywise(_sign),
    "real": lambda node, args: args[0],
    "abs": _entrywise(sympy.Abs),
    "expm1": _entrywise(lambda x: sympy.exp(x) - 1),
    "log1p": _entrywise(lambda x: sympy.log(1 + x)),
    "maximum": _pairwise(sympy.Max),
    "minimum": _pairwise(sympy.Min),
    "max": _largest,
    "sum": lambda node, args: args[0].sum(axis=node.data),
    "dot": lambda node, args: args[0] @ args[1],
    "matmul": lambda node, args: args[0] @ args[1],
    "vdot": lambda node, args: (args[0] * args[1]).sum(),
    "outer": lambda node, args: np.multiply.outer(args[0], args[1]),
    "tensordot": lambda node, args: np.tensordot(args[0], args[1], node.data),
    "einsum": _einsum,
    "transpose": lambda node, args: np.transpose(args[0], node.data),
    "expand": _expanded,
    "take": _taken_at,
    "diagonal": lambda node, args: np.diagonal(args[0], axis1=node.data[0], axis2=node.data[1]),
    "eye": _identity,
    "repeat": _repeated,
    **{name: _entrywise(getattr(sympy, name)) for name in ("exp", "log", "tanh", "sqrt", "erf")},
}
"""Every operation on arrays of expressions."""
