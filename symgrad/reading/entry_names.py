r"""Names of entries that a written-out array tells: the `w_{11}`, ... of a matrix W.

So it is where the name of the entries stands with subscripts only, and no formula defines it.
A derivative tells it too: `\frac{\partial L}{\partial W}` of the cells
`\frac{\partial L}{\partial w_{ij}}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, field


@dataclass(frozen=True)
class EntryNames:
    """The names of entries in a note.

    Attributes:
        arrays: the array of each.
    """

    arrays: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> EntryNames:
        """What the formulas of a note show."""
        found: dict[str, set[str]] = {}
        for node in nodes:
            for entry, array in _told(node):
                found.setdefault(entry, set()).add(array)
        if not found:
            return cls()
        others = {name for node in nodes for name in (*_bare(node), *_defined(node))}
        others |= {array for arrays in found.values() for array in arrays if array in found}
        return cls({e: min(a) for e, a in found.items() if len(a) == 1 and e not in others})

    def marked(self, node: Node) -> Node:
        """The formula with the name of the array in the place of that of its entries."""
        match node:
            case syntax.Scripted(base=syntax.Symbol(name=name) as base) if name in self.arrays:
                array = syntax.Symbol(base.span, self.arrays[name])
                scripts = (node.subscript, node.superscript)
                return syntax.Scripted(node.span, array, *scripts, node.primes)
        return syntax.rebuilt(node, self.marked)


def _told(node: Node) -> Iterator[tuple[str, str]]:
    """Names of entries, each with its array, in one formula."""
    if not isinstance(node, syntax.Chain):
        return
    left = node.members[0]
    for member in node.members[1:]:
        if isinstance(member, syntax.WrittenOut) and member.diagonal is None:
            above, below = _differential(left), _differential(member.entry)
            if above is not None and below is not None and above[0] == below[0]:
                yield from _pair(above[1], below[1], member)
            elif above is None and below is None:
                yield from _pair(left, member.entry, member)


def _differential(node: Node) -> tuple[object, Node] | None:
    """What a derivative is of, as it is written, and by what; None for another node."""
    match node:
        case syntax.Fraction(
            numerator=syntax.Product(factors=(syntax.Symbol(name="d" | r"\partial"), of)),
            denominator=syntax.Product(factors=(syntax.Symbol(name="d" | r"\partial"), by)),
        ):
            return syntax.outline(of), by
        case syntax.Gradient(by=syntax.Node() as by, operand=syntax.Node() as of):
            return syntax.outline(of), by
    return None


def _pair(array: Node, entry: Node, cells: syntax.WrittenOut) -> Iterator[tuple[str, str]]:
    base, sub, sup, primes = parts(entry)
    letters = (key_or_none(sub or base) or "").replace(",", "")
    if sup is not None or primes or letters != "".join(cells.letters):
        return
    match array, base:
        case syntax.Symbol(name=whole), syntax.Symbol(name=name) if name != whole:
            yield name, whole


def _bare(node: Node) -> Iterator[str]:
    """Names that stand without a subscript."""
    if isinstance(node, syntax.Symbol):
        yield node.name
        return
    if isinstance(node, syntax.Scripted) and isinstance(node.base, syntax.Symbol):
        if node.subscript is None or isinstance(node.subscript, syntax.Label):
            yield node.base.name
        for script in (node.subscript, node.superscript):
            if script is not None:
                yield from _bare(script)
        return
    for child in syntax.children(node):
        yield from _bare(child)


def _defined(node: Node) -> Iterator[str]:
    """What a formula defines or declares."""
    if isinstance(node, syntax.Chain) and node.relations[0].sign in ("=", ":=", r"\in", ":"):
        base = parts(node.members[0])[0]
        if isinstance(base, syntax.Symbol):
            yield base.name
