"""A plan as statements: which nodes have a line of their own, and in what order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symgrad.calculus.index import Size
from symgrad.compiling.graph import LEAVES, VIEWS, Node, needed
from symgrad.compiling.identifiers import Names
from symgrad.compiling.plan import Plan
from symgrad.records import dataclass, field
from symgrad.writing.array_text import Dialect, Text, ones_name
from symgrad.writing.excerpt import one_line, shortened

LONGEST_PART = 48
"""Characters of a part that still stands inside a larger formula."""

LONGEST_COMMENT = 76

_LETTERS = {"positive": "mask", "exp": "e", "sum": "s", "max": "m", "tanh": "t"}


@dataclass
class Writer:
    """Writes some outputs of a plan as assignments.

    Attributes:
        plan: the program.
        dialect: of the array library.
        outputs: the nodes that the function gives.
        lines: written so far.
        names: of the nodes that have a line.
    """

    plan: Plan
    dialect: Dialect
    outputs: Sequence[Node]
    lines: list[str] = field(default_factory=list)
    names: dict[Node, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.order = needed(self.outputs)
        self.uses: dict[Node, int] = dict.fromkeys(self.order, 0)
        for node in self.order:
            for arg in node.args:
                self.uses[arg] += 1
        taken = [given.name for given in self.plan.inputs]
        self._fresh = Names([*taken, *self.plan.names.values(), *self.dialect.sizes.values()])

    def written(self) -> list[str]:
        """All lines."""
        for node in self.order:
            if node.op not in LEAVES and self._has_a_line(node):
                self._assign(node)
        return self.lines

    def _has_a_line(self, node: Node) -> bool:
        if node in self.outputs or (node in self.plan.names and node.op not in VIEWS):
            return True
        if node.op in VIEWS:
            return False
        return self.uses[node] > 1 or len(self.text(node).text) > LONGEST_PART

    def _assign(self, node: Node) -> None:
        text = self.text(node).text
        name = self.plan.names.get(node) or self._fresh.new(_LETTERS.get(node.op, "t"))
        self.comment(node)
        self.lines.append(f"{name} = {text}")
        self.names[node] = name

    def comment(self, node: Node) -> None:
        """What the plan says of a node, on a line of its own."""
        note = self.plan.notes.get(node)
        if note is not None:
            self.lines.append(f"# {shortened(one_line(note), LONGEST_COMMENT)}")

    def text(self, node: Node) -> Text:
        """The name of a node, or its formula."""
        if node in self.names:
            return Text(self.names[node])
        if node.op == "input":
            return Text(node.data[0])
        return self.dialect.write(node, [self.text(arg) for arg in node.args])


def ones_of(nodes: Iterable[Node], dialect: Dialect) -> dict[str, Size]:
    """The vectors of ones that sums over a first axis need, with their lengths."""
    return {
        ones_name(dialect, node): node.args[0].shape[0]
        for node in nodes
        if node.op == "sum" and node.data == (0,) and len(node.args[0].shape) == 2
    }
