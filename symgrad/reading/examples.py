r"""Examples by a superscript: `\sum_{i=1}^m (h(x^{(i)}) - y^{(i)})^2`.

A superscript in brackets is a label, such as a layer's, unless a sum runs over its letter:
then it counts examples, in that sum and wherever else it stands. `marked` rewrites it as the
first subscript, so that `x^{(i)}` is the i-th of the x, `x^{(i)}_j` its entry j, and no sum
takes what it runs over for a constant. `a^{[2](i)}` is the i-th example in layer `[2]`.
Without brackets, `\sum_i (h(x^i) - y^i)^2`, it counts examples where it stands above several
names and nowhere else in its sum: in `\sum_i c_i x^i` it is a power.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.layers import layer_number
from symgrad.reading.names import key_or_none
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, replace


@dataclass(frozen=True)
class Examples:
    """The letters that count examples above names.

    Attributes:
        letters: all of them in a note, in brackets.
        bare: those without brackets.
    """

    letters: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Examples:
        """What the formulas of a note show; a letter that is shifted counts layers."""
        summed: set[str] = set()
        shifted: set[str] = set()
        for node in nodes:
            _look(node, frozenset(), summed, shifted)
        bare = {letter for node in nodes for letter in _above_names_only(node)}
        refused = {letter for node in nodes for letter in _otherwise(node)} if bare else set()
        return cls(frozenset(summed - shifted), frozenset(bare - shifted - refused))

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
        if isinstance(sup, syntax.Symbol) and sup.name in self.bare:
            return None, sup
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


def _above_names_only(node: Node) -> Iterator[str]:
    """Letters of sums that stand above several names in them, and never elsewhere."""
    if isinstance(node, syntax.BigOperator) and node.lower is not None:
        lower = node.lower
        head = lower.members[0] if isinstance(lower, syntax.Chain) else lower
        if isinstance(head, syntax.Symbol):
            names = {
                key_or_none(part.base)
                for part in _below(node.body)
                if isinstance(part, syntax.Scripted)
                and key_or_none(part.superscript or part) == head.name
            }
            if len(names) > 1 and head.name not in set(_otherwise(node.body)):
                yield head.name
    for child in syntax.children(node):
        yield from _above_names_only(child)


def _otherwise(node: Node) -> Iterator[str]:
    """Letters that stand elsewhere than above a name, or below a sum."""
    match node:
        case syntax.Symbol(name=name):
            yield name
        case syntax.BigOperator(body=body, upper=upper):
            yield from _otherwise(body)
            yield from _otherwise(upper) if upper is not None else ()
        case syntax.Scripted(base=base, subscript=sub, superscript=sup):
            yield from _otherwise(base)
            yield from _otherwise(sub) if sub is not None else ()
            if sup is not None and not isinstance(sup, syntax.Symbol):
                yield from _otherwise(sup)
        case _:
            for child in syntax.children(node):
                yield from _otherwise(child)


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in syntax.children(node):
        yield from _below(child)


def _look(node: Node, bound: frozenset[str], summed: set[str], shifted: set[str]) -> None:
    """Enter the letters above names that a sum around them binds, and those that are shifted."""
    if isinstance(node, syntax.BigOperator) and node.lower is not None:
        below = (node.lower, *syntax.children(node.lower))
        bound |= {name for n in below if (name := key_or_none(n)) is not None}
    elif isinstance(node, syntax.Scripted) and node.superscript is not None:
        for sup in (node.superscript, *syntax.children(node.superscript)):
            found = _letter(sup)
            if found is not None and found.name in bound:
                summed.add(found.name)
            number = layer_number(sup)
            if number is not None and number.letter and number.offset:
                shifted.add(number.letter)
    for child in syntax.children(node):
        _look(child, bound, summed, shifted)
