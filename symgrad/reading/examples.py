r"""Examples by a superscript: `\sum_{i=1}^m (h(x^{(i)}) - y^{(i)})^2`.

A superscript in brackets is a label, such as a layer's, unless a sum runs over its letter:
then it counts examples, in that sum and wherever else it stands. `marked` rewrites it as the
first subscript, so that `x^{(i)}` is the i-th of the x, `x^{(i)}_j` its entry j, and no sum
takes what it runs over for a constant. `a^{[2](i)}` is the i-th example in layer `[2]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symgrad.reading import syntax
from symgrad.reading.layers import layer_number
from symgrad.reading.names import key_or_none
from symgrad.reading.syntax import Node


@dataclass(frozen=True)
class Examples:
    """The letters that count examples above names.

    Attributes:
        letters: all of them in a note.
    """

    letters: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Examples:
        """What the formulas of a note show; a letter that is shifted counts layers."""
        summed = {name for node in nodes for name in _summed(node)}
        return cls(frozenset(summed - {name for node in nodes for name in _shifted(node)}))

    def marked(self, node: Node) -> Node:
        """The node with such superscripts as subscripts."""
        new = syntax.rebuilt(node, self.marked)
        if not isinstance(new, syntax.Scripted) or new.superscript is None:
            return new
        rest, letter = self._parted(new.superscript)
        if letter is None:
            return new
        sub = new.subscript
        items = sub.items if isinstance(sub, syntax.Listing) else (sub,) if sub is not None else ()
        if isinstance(sub, syntax.Product) and not any(sub.operators):
            items = sub.factors
        both = syntax.Listing(letter.span, (letter, *items)) if items else letter
        return replace(new, subscript=both, superscript=rest)

    def _parted(self, sup: Node) -> tuple[Node | None, Node | None]:
        """What else a superscript says, and the letter that counts."""
        name = _letter(sup)
        if name is not None and name.name in self.letters:
            return None, name
        match sup:
            case syntax.Product(factors=(first, last), operators=("",)):
                found = _letter(last)
                if found is not None and found.name in self.letters:
                    return first, found
                found = _letter(first)
                if found is not None and found.name in self.letters:
                    return last, found
        return sup, None


def _letter(sup: Node) -> syntax.Symbol | None:
    """The i of `(i)`."""
    match sup:
        case syntax.Group(bracket="(" | "[", items=(syntax.Symbol() as symbol,)):
            return symbol
    return None


def _superscripts(node: Node) -> Iterator[Node]:
    """The superscripts below a node, and the brackets they are made of."""
    if isinstance(node, syntax.Scripted) and node.superscript is not None:
        yield node.superscript
        yield from syntax.children(node.superscript)
    for child in syntax.children(node):
        yield from _superscripts(child)


def _summed(node: Node) -> Iterator[str]:
    """Letters over which a sum runs that has them in brackets above a name."""
    if isinstance(node, syntax.BigOperator) and node.lower is not None:
        bound = {key_or_none(n) for n in (node.lower, *syntax.children(node.lower))}
        for sup in _superscripts(node.body):
            found = _letter(sup)
            if found is not None and found.name in bound:
                yield found.name
    for child in syntax.children(node):
        yield from _summed(child)


def _shifted(node: Node) -> Iterator[str]:
    """Letters to which something is added above a name: `a^{(l-1)}`."""
    for sup in _superscripts(node):
        number = layer_number(sup)
        if number is not None and number.letter and number.offset:
            yield number.letter
