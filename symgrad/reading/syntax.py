"""Syntax of a formula: what is on the page, before anything is known about names.

The tree decides brackets, scripts and precedence, nothing else. Whether `f(x)`
is a call or a product, `a'` a derivative or a name, `W^T` a transpose or a
power is decided where the names are known (`symgrad.reading.elaborate`).
Every node carries its span in the note.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from symgrad.diagnostics import Span
from symgrad.records import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A piece of a formula."""

    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Numeral(Node):
    """An unsigned decimal number, as written."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Symbol(Node):
    r"""A letter, a Greek letter, a styled letter `\mathbf{W}` or a word `\mathrm{loss}`."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Accent(Node):
    r"""An accent over its base: `\tilde{Y}` has mark `\tilde`."""

    mark: str
    base: Node


@dataclass(frozen=True, slots=True, eq=False)
class Scripted(Node):
    """A base with a subscript, a superscript and a number of primes."""

    base: Node
    subscript: Node | None
    superscript: Node | None
    primes: int


@dataclass(frozen=True, slots=True, eq=False)
class Label(Node):
    r"""A script that is part of a name: the layer l of `z^l`, the 3 of `x_3`.

    Where it says which one, but of no layer, `layer` is false: `\mu_{\mathcal B}`, `W_{hh}`.
    """

    content: Node
    layer: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Struck(Node):
    r"""What is struck out: `\cancel{2}`."""

    content: Node


@dataclass(frozen=True, slots=True, eq=False)
class Adjoint(Node):
    r"""The gradient of the loss by a quantity, named after it: `dZ`, `\\mathbf{dw}`."""

    of: Node


@dataclass(frozen=True, slots=True, eq=False)
class Gradient(Node):
    r"""`\nabla_x f`, `\partial_x f`: an operator before what it acts on.

    Attributes:
        by: the subscript, where there is one.
        operand: None where nothing follows.
    """

    by: Node | None
    operand: Node | None


@dataclass(frozen=True, slots=True, eq=False)
class Group(Node):
    """Items between brackets: `(`, `[`, `{` (braces that print), `|` or `||`."""

    bracket: str
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Listing(Node):
    """Items separated by commas, without brackets: the subscript of `W_{i,j}`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fraction(Node):
    r"""`\frac` and its relatives."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True, slots=True, eq=False)
class Root(Node):
    r"""`\sqrt[degree]{radicand}`."""

    radicand: Node
    degree: Node | None


@dataclass(frozen=True, slots=True, eq=False)
class Product(Node):
    """Factors in order; `operators[k]` stands before `factors[k + 1]`, "" where nothing does."""

    factors: tuple[Node, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Terms(Node):
    """Signed terms of a sum; signs are `+` and `-`."""

    signs: tuple[str, ...]
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BigOperator(Node):
    r"""`\sum` or `\prod` with its bounds; the body is the product that follows it."""

    operator: str
    lower: Node | None
    upper: Node | None
    body: Node


@dataclass(frozen=True, slots=True, eq=False)
class Cases(Node):
    """Rows of value and condition; the condition is None on the last, "otherwise" row."""

    rows: tuple[tuple[Node, Node | None], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Matrix(Node):
    """What an environment lays out in rows and columns, row by row.

    Attributes:
        rows: the cells; a blank one is a `Blank`.
        environment: its name: `bmatrix` is a matrix, `vmatrix` a determinant.
    """

    rows: tuple[tuple[Node, ...], ...]
    environment: str


@dataclass(frozen=True, slots=True, eq=False)
class WrittenOut(Node):
    """A vector or matrix of which the cells that are shown follow one pattern.

    Attributes:
        entry: the cell at the letters.
        diagonal: the cell where both letters are the same one, the first, if it is another.
        letters: one, or those of rows and columns; bound here.
        counts: how far each of them runs.
        form: "row" or "column", "list" for what may be either, "matrix".
    """

    entry: Node
    diagonal: Node | None
    letters: tuple[str, ...]
    counts: tuple[Node, ...]
    form: str


@dataclass(frozen=True, slots=True, eq=False)
class Brace(Node):
    r"""`\underbrace{body}_{label}` or `\overbrace{body}^{label}`."""

    body: Node
    label: Node


@dataclass(frozen=True, slots=True, eq=False)
class Placeholder(Node):
    r"""The dot of `f(\cdot, W, B)`: the place of the argument."""


@dataclass(frozen=True, slots=True, eq=False)
class Dots(Node):
    """An ellipsis."""


@dataclass(frozen=True, slots=True, eq=False)
class Words(Node):
    """Prose inside a formula."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Blank(Node):
    r"""Nothing, where something is due: the right of `\frac{..}{..} =`."""


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """A relation sign between two members; arrows may carry a label."""

    sign: str
    span: Span
    label: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Chain(Node):
    """Members joined by relations: `relations[k]` stands between members k and k + 1."""

    members: tuple[Node, ...]
    relations: tuple[Relation, ...]


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, in reading order."""
    below = _CHILDREN.get(type(node))
    return () if below is None else below(node)


def _present(*nodes: Node | None) -> tuple[Node, ...]:
    return tuple([node for node in nodes if node is not None])


def _below_scripts(node: Scripted) -> tuple[Node, ...]:
    base, subscript, superscript = node.base, node.subscript, node.superscript
    if subscript is None:
        return (base,) if superscript is None else (base, superscript)
    return (base, subscript) if superscript is None else (base, subscript, superscript)


_CHILDREN: dict[type[Node], Callable[..., tuple[Node, ...]]] = {
    Accent: lambda node: (node.base,),
    Scripted: _below_scripts,
    Label: lambda node: (node.content,),
    Struck: lambda node: (node.content,),
    Adjoint: lambda node: (node.of,),
    Gradient: lambda node: _present(node.by, node.operand),
    Group: lambda node: node.items,
    Listing: lambda node: node.items,
    Fraction: lambda node: (node.numerator, node.denominator),
    Root: lambda node: _present(node.radicand, node.degree),
    Product: lambda node: node.factors,
    Terms: lambda node: node.terms,
    BigOperator: lambda node: _present(node.lower, node.upper, node.body),
    Cases: lambda node: _present(*[part for row in node.rows for part in row]),
    Matrix: lambda node: tuple([cell for row in node.rows for cell in row]),
    WrittenOut: lambda node: _present(node.entry, node.diagonal, *node.counts),
    Brace: lambda node: (node.body, node.label),
    Chain: lambda node: node.members,
}


def outline(node: Node) -> object:
    """Equal for two pieces that are written alike, wherever they stand; brackets count."""
    parts: list[object] = [type(node).__name__]
    for name in type(node).__match_args__:
        if name != "span":
            parts.append(_outlined(getattr(node, name)))
    return tuple(parts)


def _outlined(item: object) -> object:
    if isinstance(item, Node):
        return outline(item)
    if isinstance(item, Relation):
        return item.sign
    if isinstance(item, tuple):
        return tuple(_outlined(part) for part in item)
    return item


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each of its children changed; itself where nothing changes."""
    if type(node) not in _CHILDREN:
        return node
    old = _fields(node)
    new = [change(item) if isinstance(item, Node) else _changed(item, change) for item in old]
    if all(map(operator.is_, old, new)):
        return node
    return type(node)(node.span, *new)


def placed(node: Node, span: Span) -> Node:
    """The node with every part at one place of the note."""
    new = [_changed(item, lambda part: placed(part, span)) for item in _fields(node)]
    return type(node)(span, *new)


def _fields(node: Node) -> list[Any]:
    """What a node is made of, apart from its span, which is always the first."""
    names: tuple[str, ...] = type(node).__match_args__
    return [getattr(node, name) for name in names[1:]]


def _changed(item: object, change: Callable[[Node], Node]) -> object:
    if isinstance(item, Node):
        return change(item)
    if isinstance(item, tuple):
        new = tuple(
            [change(part) if isinstance(part, Node) else _changed(part, change) for part in item]
        )
        return item if all(map(operator.is_, item, new)) else new
    return item
