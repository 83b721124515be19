"""A plan as statements that write into buffers: nothing is allocated while it runs.

An operation on entries writes over what it takes, where nothing needs that afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

from symgrad.calculus.index import Size
from symgrad.compiling.graph import LEAVES, VIEWS, Node
from symgrad.records import dataclass, field
from symgrad.writing.array_text import ones_name
from symgrad.writing.statements import Writer

MOST_BY_SIGN = 2048
"""Entries of a mask that is quicker made of signs than of truth values."""

Out = Callable[["BufferWriter", Node, list[str]], str]
"""The call without its `out` argument."""


def _function(name: str) -> Out:
    return lambda by, node, args: f"np.{name}({', '.join(args)}"


def _relu(by: BufferWriter, node: Node, args: list[str]) -> str:
    """The maximum with 0; in single precision with a row of zeros, which takes half the time."""
    if by.dialect.dtype != "float32":
        return f"np.maximum({args[0]}, 0"
    zeros = f"zeros_{by.dialect.size(node.shape[-1])}"
    by.zeros[zeros] = node.shape[-1]
    return f"np.maximum({args[0]}, self.{zeros}"


def _positive(by: BufferWriter, node: Node, args: list[str]) -> str:
    """A mask; of a few entries of a ReLU their sign, which needs no conversion afterwards."""
    return f"np.sign({args[0]}" if by.is_made_of_signs(node) else f"np.greater({args[0]}, 0"


def _sum(by: BufferWriter, node: Node, args: list[str]) -> str:
    if node.data == (0,) and len(node.args[0].shape) == 2:
        return f"np.dot(self.{ones_name(by.dialect, node)}, {args[0]}"
    axes = node.data[0] if len(node.data) == 1 else node.data
    return f"np.sum({args[0]}, axis={axes}"


ENTRYWISE: dict[str, Out] = {
    "add": _function("add"),
    "sub": _function("subtract"),
    "mul": _function("multiply"),
    "div": _function("divide"),
    "neg": _function("negative"),
    "negative": _function("negative"),
    "reciprocal": lambda by, node, args: f"np.divide(1, {args[0]}",
    "power": lambda by, node, args: f"np.power({args[0]}, {float(node.data[0])!r}",
    "relu": _relu,
    "positive": _positive,
    **{
        name: _function(name)
        for name in (
            *("maximum", "minimum", "exp", "expm1", "log", "log1p"),
            *("tanh", "sqrt", "square", "abs", "sign"),
        )
    },
}
"""Operations on entries, which may write over what they take."""

OTHERS: dict[str, Out] = {
    "dot": _function("dot"),
    "matmul": _function("matmul"),
    "outer": lambda by, node, args: f"np.multiply({args[0]}[:, None], {args[1]}",
    "einsum": lambda by, node, args: f'np.einsum("{node.data[0]}", {args[0]}, {args[1]}',
    "sum": _sum,
    "max": lambda by, node, args: f"np.max({args[0]}, axis={node.data[0]}",
}


@dataclass
class BufferWriter(Writer):
    """Writes the statements of a workspace.

    Attributes:
        buffers: shape and dtype of each, by name.
        zeros: length of each row of zeros, by name.
    """

    buffers: dict[str, str] = field(default_factory=dict)
    zeros: dict[str, Size] = field(default_factory=dict)
    _buffer: dict[Node, str] = field(default_factory=dict)
    _last: dict[Node, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        for place, node in enumerate(self.order):
            for arg in node.args:
                source = _source(arg)
                self._last[source] = max(self._last.get(source, 0), place)
                if node.op in VIEWS:
                    self._last[source] = max(self._last[source], self._end(node))
        for output in self.outputs:
            self._last[_source(output)] = len(self.order)
        self._place = {node: place for place, node in enumerate(self.order)}
        self._heirs = self._inherited()

    def _end(self, view: Node) -> int:
        """The last place at which a view is used."""
        users = [n for n, node in enumerate(self.order) if view in node.args]
        ends = [self._end(self.order[n]) if self.order[n].op in VIEWS else n for n in users]
        return max(ends, default=0)

    def _inherited(self) -> dict[Node, Node]:
        """Whose buffer a node writes over."""
        heirs: dict[Node, Node] = {}
        for node in self.order:
            if node.op not in ENTRYWISE or not node.shape:
                continue
            for arg in node.args:
                free = (
                    arg.op not in LEAVES | VIEWS
                    and arg.shape == node.shape
                    and arg.truth == node.truth
                    and self._last[arg] == self._place[node]
                    and arg not in heirs.values()
                )
                if free:
                    heirs[node] = arg
                    break
        return heirs

    def _has_a_line(self, node: Node) -> bool:
        if node.shape and node.op not in LEAVES | VIEWS:
            return True
        return super()._has_a_line(node)

    def _assign(self, node: Node) -> None:
        if not node.shape:
            super()._assign(node)
            return
        name = self._name_of_buffer(node)
        self.names[node] = f"self.{name}"
        if name not in self.buffers:
            is_bool = node.truth and not self.is_made_of_signs(node)
            kind = "bool" if is_bool else f"np.{self.dialect.dtype}"
            self.buffers[name] = f"{self.dialect.shape(node.shape)}, {kind}"
        self.comment(node)
        args = [self.text(arg).text for arg in node.args]
        out = ENTRYWISE.get(node.op) or OTHERS.get(node.op)
        if out is None:
            text = self.dialect.write(node, [self.text(arg) for arg in node.args]).text
            self.lines.append(f"self.{name}[...] = {text}")
        else:
            self.lines.append(f"{out(self, node, args)}, out=self.{name})")

    def is_made_of_signs(self, node: Node) -> bool:
        """Whether a mask is that of a ReLU, known to be small, and multiplies numbers only."""
        if node.op != "positive" or node.args[0].op != "relu" or node.entries > MOST_BY_SIGN:
            return False
        users = [user for user in self.order if node in user.args]
        return all(size.value for size in node.shape) and not any(user.truth for user in users)

    def _name_of_buffer(self, node: Node) -> str:
        """The buffer of a chain of nodes is called as the last of them that has a name."""
        if node in self._buffer:
            return self._buffer[node]
        chain = [node]
        following = {arg: heir for heir, arg in self._heirs.items()}
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        named = [self.plan.names[n] for n in chain if n in self.plan.names]
        name = named[-1] if named else self._fresh.new("mask" if node.truth else "t")
        for member in chain:
            self._buffer[member] = name
        return name


def _source(node: Node) -> Node:
    """The array that a view shows."""
    while node.op in VIEWS:
        node = node.args[0]
    return node
