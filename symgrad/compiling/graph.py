"""Array operations as a graph in which equal operations are one node.

A node is an array without names for its axes; an `Operand` is a use of a node with an
index at each axis. Since indices are no part of a node, two formulas that work out the
same array, whatever their letters, share it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from itertools import count
from math import prod
from typing import Any

from symgrad.calculus.index import Index, Size
from symgrad.records import dataclass, field

VIEWS = frozenset({"transpose", "expand", "take", "diagonal"})
"""Operations that NumPy does without touching an entry."""

LEAVES = frozenset({"input", "number", "size"})
"""What is worked out by nobody."""

CONTRACTIONS = frozenset({"dot", "vdot", "outer", "tensordot", "matmul", "einsum"})
"""Products of arrays."""

OF_NUMBERS = {
    name: getattr(math, name) for name in ("exp", "expm1", "log", "log1p", "tanh", "sqrt", "erf")
}
"""Functions that are worked out at once of a constant."""

USUAL_SIZE = 256
"""Number of entries that an open size counts for when costs are compared."""


def extent(size: Size) -> int:
    """Number of entries an axis counts for."""
    return size.value or USUAL_SIZE


@dataclass(frozen=True, eq=False)
class Node:
    """One array operation.

    Attributes:
        op: its name; `symgrad.writing.to_numpy` has a row for each.
        args: the arrays it takes.
        data: what else it needs: a name, a number, axes.
        shape: the sizes of its axes.
        truth: whether its entries are true or false.
        number: order of creation; a node comes after all that it needs.
    """

    op: str
    args: tuple[Node, ...]
    data: tuple[Any, ...]
    shape: tuple[Size, ...]
    truth: bool
    number: int

    @property
    def entries(self) -> int:
        """How many entries it counts for."""
        return prod(map(extent, self.shape))


@dataclass(frozen=True)
class Operand:
    """A use of an array: an index, each another, at every axis."""

    node: Node
    indices: tuple[Index, ...] = ()


@dataclass
class Graph:
    """All nodes of a program; `make` gives the one there is, or a new one."""

    _known: dict[tuple[object, ...], Node] = field(default_factory=dict)
    _numbers: Iterable[int] = field(default_factory=count)

    def make(
        self,
        op: str,
        args: tuple[Node, ...] = (),
        data: tuple[Any, ...] = (),
        shape: tuple[Size, ...] = (),
        truth: bool = False,
    ) -> Node:
        """The node of this operation; truth values become numbers where it needs numbers."""
        if op not in VIEWS and op not in ("mul", "real"):
            args = tuple(self.real(arg) for arg in args)
        key = (op, tuple(arg.number for arg in args), data)
        node = self._known.get(key)
        if node is None:
            number = next(iter(self._numbers))
            node = self._known[key] = Node(op, args, data, shape, truth, number)
        return node

    # -- leaves

    def input(self, name: str, shape: tuple[Size, ...]) -> Node:
        """An array that the program is given."""
        return self.make("input", (), (name,), shape)

    def number(self, value: Fraction | int) -> Node:
        """A constant."""
        return self.make("number", (), (Fraction(value),))

    def size(self, size: Size) -> Node:
        """A size as a number."""
        return self.number(size.value) if size.value else self.make("size", (), (size,))

    # -- views

    def transpose(self, node: Node, axes: tuple[int, ...]) -> Node:
        """The axes in another order."""
        if axes == tuple(range(len(axes))):
            return node
        if node.op == "neg":
            return self.unary("neg", self.transpose(node.args[0], axes))
        if node.op == "transpose":
            inner = tuple(node.data[axis] for axis in axes)
            return self.transpose(node.args[0], inner)
        return self.make("transpose", (node,), axes, tuple(node.shape[a] for a in axes), node.truth)

    def expand(self, node: Node, axes: tuple[int, ...], shape: tuple[Size, ...]) -> Node:
        """New axes of length 1 at these places; shape is that of what it is combined with."""
        if not axes:
            return node
        if node.op == "neg":
            return self.unary("neg", self.expand(node.args[0], axes, shape))
        return self.make("expand", (node,), (axes, shape), shape, node.truth)

    # -- operations on entries

    def real(self, node: Node) -> Node:
        """The array as numbers: 1 where it is true."""
        return self.make("real", (node,), (), node.shape) if node.truth else node

    def unary(self, op: str, node: Node, truth: bool = False) -> Node:
        """A function of every entry."""
        if op == "neg" and node.op == "neg":
            return node.args[0]
        if op == "reciprocal" and node.op == "reciprocal":
            return node.args[0]
        if op in ("abs", "square") and node.op == "neg":
            return self.unary(op, node.args[0])
        if node.op == "number" and op in OF_NUMBERS:
            return self.number(Fraction(OF_NUMBERS[op](float(node.data[0]))))
        return self.make(op, (node,), (), node.shape, truth)

    def binary(self, op: str, left: Node, right: Node) -> Node:
        """An operation on entries of two arrays; the shapes are those of NumPy's broadcasting."""
        rank = max(len(left.shape), len(right.shape))
        shape = left.shape if len(left.shape) == rank else right.shape
        if left.truth != right.truth and (not left.shape or not right.shape):
            left, right = self.real(left), self.real(right)  # a plain number times a mask
        return self.make(op, (left, right), (), shape, left.truth and right.truth)

    def times(self, left: Node, right: Node) -> Node:
        """The product entry by entry; quotients and signs are kept outside."""
        if is_one(left):
            return right
        if is_one(right):
            return left
        for one, other in ((left, right), (right, left)):
            if one.op == "number" and one.data[0] == -1:
                return self.unary("neg", other)
            if one.op == "neg":
                return self.unary("neg", self.times(one.args[0], other))
            if one.op == "reciprocal" and other.op != "reciprocal":
                return self.quotient(other, one.args[0])
        if left.op == right.op == "number":
            return self.number(left.data[0] * right.data[0])
        if left.op == right.op == "reciprocal":
            return self.unary("reciprocal", self.times(left.args[0], right.args[0]))
        if left is right:
            return left if left.truth else self.unary("square", left)
        # A mask comes last, a plain number first, as it is usually written; else the older.
        order = sorted((left, right), key=lambda n: (_is_plain(n), n.truth, n.number))
        return self.binary("mul", *order)

    def quotient(self, top: Node, bottom: Node) -> Node:
        """The quotient entry by entry."""
        if bottom.op == "number":
            return self.times(self.number(1 / bottom.data[0]), top)
        return self.binary("div", top, bottom)

    def power(self, node: Node, exponent: Fraction) -> Node:
        """A power of every entry."""
        if exponent < 0:
            return self.unary("reciprocal", self.power(node, -exponent))
        if exponent == 1:
            return node
        if exponent == 2:
            return node if node.truth else self.unary("square", node)
        if exponent == Fraction(1, 2):
            return self.unary("sqrt", node)
        return self.make("power", (node,), (exponent,), node.shape)

    def plus(self, left: Node, right: Node) -> Node:
        """The sum entry by entry; a minus sign makes a difference of it."""
        if right.op == "neg":
            return self.binary("sub", self.real(left), right.args[0])
        if left.op == "neg":
            return self.binary("sub", self.real(right), left.args[0])
        if left.op == right.op == "number":
            return self.number(left.data[0] + right.data[0])
        if right.op == "number" and right.data[0] < 0:
            return self.binary("sub", self.real(left), self.number(-right.data[0]))
        left, right = self.real(left), self.real(right)
        return self.binary("add", left, right)


def _is_plain(node: Node) -> int:
    """0 for a constant, 1 for what is made of constants and sizes, 2 for all else."""
    if node.op == "number":
        return 0
    return 1 if node.op in ("div", "size") and not node.shape and is_plain(node) else 2


def is_plain(node: Node) -> bool:
    """Whether a node is made of constants and sizes only, so that no array is in it."""
    return node.op in ("number", "size") or (bool(node.args) and all(map(is_plain, node.args)))


def is_one(node: Node) -> bool:
    """Whether a node is the number 1."""
    return node.op == "number" and bool(node.data[0] == 1)


def needed(outputs: Iterable[Node]) -> list[Node]:
    """All nodes that the outputs need and they themselves, each after what it needs.

    The order is that in which a person works: what the first output needs, then what the
    next needs besides.
    """
    done: dict[Node, None] = {}
    for output in outputs:
        stack = [(output, False)]
        while stack:
            node, finished = stack.pop()
            if finished:
                done[node] = None
            elif node not in done:
                stack.append((node, True))
                stack += [(arg, False) for arg in reversed(node.args) if arg not in done]
    return list(done)


def cost(outputs: Iterable[Node]) -> dict[str, int]:
    """Numbers of operations: of each kind, and multiplications inside products of arrays."""
    counts: dict[str, int] = {}
    for node in needed(outputs):
        if node.op in LEAVES | VIEWS:
            continue
        counts[node.op] = counts.get(node.op, 0) + 1
        if node.op in CONTRACTIONS:
            work = prod({id(s): extent(s) for arg in node.args for s in arg.shape}.values())
            if node.op == "dot":
                left, right = node.args
                work = left.entries * prod(map(extent, right.shape[1:]))
            counts["multiplications"] = counts.get("multiplications", 0) + work
    return counts
