r"""Formulas of notes as small trees, and their LaTeX. For the tests only; no code of symgrad.

A tree is a `Tree` of an operation and its parts; `formula_values` says what it is worth.

Array style: name, matmul, transpose, had, plus, times (a number and an array), apply, square
(the squared norm), trace. Index style: entry, sum, delta, and the same for numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction


@dataclass(frozen=True)
class Tree:
    """An operation and its parts; `what` is a name, an index, a size or a number."""

    operation: str
    parts: tuple[Tree, ...] = ()
    what: tuple = ()


# -- building -----------------------------------------------------------------


def name(latex: str) -> Tree:
    return Tree("name", what=(latex,))


def number(value: int | Fraction) -> Tree:
    return Tree("number", what=(Fraction(value),))


def entry(latex: str, *indices: str) -> Tree:
    return Tree("entry", what=(latex, *indices))


def matmul(*parts: Tree) -> Tree:
    return Tree("matmul", parts)


def plus(*parts: Tree) -> Tree:
    return Tree("plus", parts)


def minus(left: Tree, right: Tree) -> Tree:
    return plus(left, negative(right))


def negative(part: Tree) -> Tree:
    return Tree("negative", (part,))


def times(*parts: Tree) -> Tree:
    return Tree("times", parts)


def had(*parts: Tree) -> Tree:
    return Tree("had", parts)


def transposed(part: Tree) -> Tree:
    return Tree("transpose", (part,))


def square(part: Tree) -> Tree:
    return Tree("square", (part,))


def trace(part: Tree) -> Tree:
    return Tree("trace", (part,))


def power(part: Tree, exponent: int) -> Tree:
    return Tree("power", (part,), (exponent,))


def over(top: Tree, bottom: Tree) -> Tree:
    return Tree("over", (top, bottom))


def apply(function: str, part: Tree, order: int = 0) -> Tree:
    return Tree("apply", (part,), (function, order))


def total(index: str, size: str, body: Tree) -> Tree:
    return Tree("sum", (body,), (index, size))


def delta(left: str, right: str) -> Tree:
    return Tree("delta", what=(left, right))


# -- printing -----------------------------------------------------------------


@dataclass(frozen=True)
class Spelling:
    """How a formula is written: entries, products, transposes, sums."""

    entry: str = "{0}_{{{1}}}"
    separator: str = ","
    product: str = " "
    had: str = r"\odot"
    transpose: str = r"\top"
    limits: str = ""
    fraction: str = r"\frac"


_LEVEL = {"plus": 0, "negative": 1, "sum": 1, "times": 2, "had": 2, "matmul": 3}


def to_latex(tree: Tree, spelling: Spelling, level: int = 0) -> str:
    """The tree as LaTeX, in brackets where the operation around it binds more."""
    text = _LATEX[tree.operation](tree, spelling)
    own = _LEVEL.get(tree.operation, 9)
    return rf"({text})" if own < level else text


def _join(tree: Tree, spelling: Spelling, sign: str, level: int) -> str:
    parts = [to_latex(part, spelling, level) for part in tree.parts]
    return f" {sign} ".join(parts)


def _plus_latex(tree: Tree, spelling: Spelling) -> str:
    text = to_latex(tree.parts[0], spelling, 1)
    for part in tree.parts[1:]:
        if part.operation == "negative":
            text += f" - {to_latex(part.parts[0], spelling, 2)}"
        else:
            text += f" + {to_latex(part, spelling, 2)}"
    return text


def _times_latex(tree: Tree, spelling: Spelling) -> str:
    sign = spelling.product.strip()
    parts = [
        to_latex(part, spelling, 1 if part.operation == "sum" and k == len(tree.parts) - 1 else 3)
        for k, part in enumerate(tree.parts)
    ]
    return f" {sign} ".join(parts)


def _transpose_latex(tree: Tree, spelling: Spelling) -> str:
    inner = to_latex(tree.parts[0], spelling)
    bare = tree.parts[0].operation == "name"
    if bare and ("^" in inner or "'" in inner):
        inner = f"{{{inner}}}"
    return f"{inner if bare else f'({inner})'}^{{{spelling.transpose}}}"


def _number_latex(tree: Tree, spelling: Spelling) -> str:
    value = tree.what[0]
    if value.denominator == 1:
        return str(value)
    return rf"{spelling.fraction}{{{value.numerator}}}{{{value.denominator}}}"


def _subscript(indices: list[str], spelling: Spelling) -> str:
    # A command ends where a letter cannot be taken for a part of it.
    spaced = [f"{index} " if index.startswith("\\") else index for index in indices]
    return spelling.separator.join(spaced)


def _entry_latex(tree: Tree, spelling: Spelling) -> str:
    latex, *indices = tree.what
    if "^" in latex and "[" not in spelling.entry:
        latex, upper = latex.split("^", 1)
        return f"{latex}^{upper}_{{{_subscript(indices, spelling)}}}"
    return spelling.entry.format(latex, _subscript(indices, spelling))


def _function_latex(tree: Tree, spelling: Spelling) -> str:
    function, order = tree.what
    if function == "exp" and order == 0:
        return f"e^{{{to_latex(tree.parts[0], spelling)}}}"
    latex = rf"\{function}" if function in ("exp", "log", "tanh") else function
    return f"{latex}{chr(39) * order}({to_latex(tree.parts[0], spelling)})"


def _power_latex(tree: Tree, spelling: Spelling) -> str:
    inner = to_latex(tree.parts[0], spelling)
    base = inner if tree.parts[0].operation == "name" else f"({inner})"
    return f"{base}^{{{tree.what[0]}}}"


_LATEX: dict[str, Callable[[Tree, Spelling], str]] = {
    "name": lambda t, s: t.what[0],
    "size": lambda t, s: t.what[0],
    "number": _number_latex,
    "entry": _entry_latex,
    "delta": lambda t, s: rf"\delta_{{{t.what[0]}{s.separator}{t.what[1]}}}",
    "sum": lambda t, s: (
        rf"\sum{s.limits}_{{{t.what[0]}=1}}^{{{t.what[1]}}} {to_latex(t.parts[0], s, 2)}"
    ),
    "matmul": lambda t, s: _join(t, s, "", 4),
    "transpose": _transpose_latex,
    "plus": _plus_latex,
    "negative": lambda t, s: f"-{to_latex(t.parts[0], s, 2)}",
    "times": _times_latex,
    "had": lambda t, s: _join(t, s, s.had, 3),
    "square": lambda t, s: rf"\|{to_latex(t.parts[0], s)}\|^2",
    "trace": lambda t, s: rf"\operatorname{{tr}}({to_latex(t.parts[0], s)})",
    "power": _power_latex,
    "over": lambda t, s: rf"{s.fraction}{{{to_latex(t.parts[0], s)}}}{{{to_latex(t.parts[1], s)}}}",
    "apply": _function_latex,
}


def subtrees(tree: Tree) -> Iterator[tuple[Tree, Callable[[Tree], Tree]]]:
    """Every node with the way back to the whole tree."""
    yield tree, lambda new: new
    for k, part in enumerate(tree.parts):
        for node, rebuild in subtrees(part):
            yield (
                node,
                lambda new, k=k, rebuild=rebuild: replace(
                    tree, parts=(*tree.parts[:k], rebuild(new), *tree.parts[k + 1 :])
                ),
            )
