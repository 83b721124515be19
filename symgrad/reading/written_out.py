r"""Arrays written out cell by cell: `\begin{bmatrix} x_1 \\ \vdots \\ x_n \end{bmatrix}`.

The cells that are shown must follow one pattern: what differs between two of them are the
numbers of their rows and columns. Then the pattern with a letter in the place of the number
is the entry, and every cell that is shown is checked against it. A square matrix may have
other cells on its diagonal. Dots stand for what the pattern says; without dots all cells are
there. What follows no pattern is left as it is.

`(x_1, \dots, x_n)` and `[x_1, \dots, x_n]` may be rows or columns; with a transpose they are
columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.cell_patterns import pattern, symbols
from symgrad.reading.names import TRANSPOSES, key_or_none, parts
from symgrad.reading.patterns import EQUALITIES
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, replace

_LETTERS = ("i", "j", "k", "r", "p", "q", "s", "t", "u", "v")
LIST = "list"
"""In the place of an environment: cells in brackets with commas, a row or a column."""

ARRAYS = frozenset({LIST, "matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"})
"""Environments of vectors and matrices; a `vmatrix` is a determinant."""


@dataclass(frozen=True)
class WrittenOut:
    """The arrays that a note writes out.

    Attributes:
        letters: two letters that the note has nowhere, for rows and columns; none where
            nothing is written out.
        counting: letters that count in brackets above names: the i of `x^{(i)}`.
    """

    letters: tuple[str, ...] = ()
    counting: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> WrittenOut:
        """What the formulas of a note show."""
        if not any(map(_has_cells, nodes)):
            return cls()
        taken = {name for node in nodes for name in symbols(node)}
        free = [letter for letter in _LETTERS if letter not in taken]
        counting = frozenset(letter for node in nodes for letter in _counting(node))
        return cls(tuple(free[:2]) if len(free) > 1 else (), counting)

    def marked(self, node: Node) -> Node:
        """The formula with the arrays that follow a pattern."""
        if isinstance(node, syntax.Matrix) and node.environment in ARRAYS:
            return pattern(node.rows, self._letters(node), node.span) or node
        if isinstance(node, syntax.Chain):
            made = {member: self._of_list(member) for member in _equated(node)}
            node = replace(node, members=tuple(made.get(m) or m for m in node.members))
        return syntax.rebuilt(node, self.marked)

    def _letters(self, node: Node) -> tuple[str, ...]:
        """The letters for an array; what counts above names in the note counts there too."""
        above = self.counting - set(symbols(node)) if any(_numbers_above(node)) else set()
        return (min(above), *self.letters[1:]) if above and self.letters else self.letters

    def _of_list(self, node: Node) -> Node | None:
        """The array that a member of a chain lists; None for another member."""
        items = _list_items(node)
        if items is None:
            return None
        found = pattern([[item] for item in items], self._letters(node), node.span)
        loose = not isinstance(node, syntax.Scripted)
        if found is not None:
            return replace(found, form=LIST) if loose else found
        if any(isinstance(item, syntax.Dots | syntax.Placeholder | syntax.Chain) for item in items):
            return None
        rows = tuple((item,) for item in items)
        return syntax.Matrix(node.span, rows, LIST if loose else "bmatrix")


def _counting(node: Node) -> Iterator[str]:
    """The letters that stand alone in brackets above a name."""
    match node:
        case syntax.Scripted(superscript=syntax.Group(bracket="(", items=(syntax.Symbol() as x,))):
            yield x.name
    for child in syntax.children(node):
        yield from _counting(child)


def _numbers_above(node: Node) -> Iterator[bool]:
    """Whether numbers stand so; one answer a piece that has one."""
    match node:
        case syntax.Scripted(superscript=syntax.Group(bracket="(", items=(syntax.Numeral(),))):
            yield True
    for child in syntax.children(node):
        yield from _numbers_above(child)


def _has_cells(node: Node) -> bool:
    if isinstance(node, syntax.Matrix):
        return True
    if isinstance(node, syntax.Chain) and any(map(_list_items, _equated(node))):
        return True
    return any(map(_has_cells, syntax.children(node)))


def _equated(node: syntax.Chain) -> list[Node]:
    """The members of a chain after a sign of equality; after others, lists are names."""
    pairs = zip(node.members[1:], node.relations, strict=True)
    return [member for member, relation in pairs if relation.sign in EQUALITIES]


def _list_items(node: Node) -> tuple[Node, ...] | None:
    r"""The cells of `(x_1, \dots, x_n)` or of its transpose."""
    base, sub, sup, primes = parts(node)
    turned = sup is None or key_or_none(sup) in TRANSPOSES
    if isinstance(base, syntax.Group) and base.bracket in ("(", "[") and len(base.items) > 1:
        return base.items if sub is None and turned and not primes else None
    return None


def is_list(node: Node) -> bool:
    """Whether a node lists entries that may be those of a row as well as of a column."""
    match node:
        case syntax.WrittenOut(form=form):
            return form == LIST
        case syntax.Matrix(environment=environment):
            return environment == LIST
    return False
