r"""Names in another font by a slip of the pen: `\mathcal{z}` for z, `\frac{d\vec y}{d\vec x}`.

No font has small script letters, and an arrow that a name has in derivatives only, in a note
that has the name without it, tells that it is a vector. `marked` writes the plain name.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.families import is_derivative
from symgrad.reading.names import key_or_none
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, field

_STYLED = pattern(r"\\(mathcal|mathbf)\{(\\?[A-Za-z]+)\}")


@dataclass
class Twins:
    """The names of a note that are another name in another font.

    Attributes:
        plain: the other name of each.
    """

    plain: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Twins:
        """What the formulas of a note show."""
        seen = _Seen()
        for node in nodes:
            seen.look(node, inside=False)
        found: dict[str, str] = {}
        given = {key_or_none(n.members[0]) for n in nodes if isinstance(n, syntax.Chain)}
        for name in (seen.inside | seen.outside) - given:
            styled = _STYLED.fullmatch(name)
            if styled is None or styled[2] not in seen.inside | seen.outside:
                continue
            small = styled[2].lstrip("\\")[:1].islower()
            if styled[1] == "mathcal" and small:
                found[name] = styled[2]
            if styled[1] == "mathbf" and name not in seen.outside and styled[2] in seen.bare:
                found[name] = styled[2]
        return cls(found)

    def marked(self, node: Node) -> Node:
        """The formula with the plain names."""
        if isinstance(node, syntax.Symbol) and node.name in self.plain:
            return syntax.Symbol(node.span, self.plain[node.name])
        return syntax.rebuilt(node, self.marked)


@dataclass
class _Seen:
    """Where names stand: inside of derivatives, outside, and outside without scripts."""

    inside: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)

    def look(self, node: Node, inside: bool) -> None:
        inside = inside or is_derivative(node)
        if isinstance(node, syntax.Symbol):
            (self.inside if inside else self.outside).add(node.name)
            if not inside:
                self.bare.add(node.name)
        scripted = isinstance(node, syntax.Scripted) and isinstance(node.base, syntax.Symbol)
        for child in syntax.children(node):
            if scripted and child is node.base and isinstance(child, syntax.Symbol):  # type: ignore[attr-defined]
                (self.inside if inside else self.outside).add(child.name)
            else:
                self.look(child, inside)
