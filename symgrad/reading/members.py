r"""Members of a family: `x_i \in \mathbb R^d` for the i of `\sum_{i=1}^N`.

A subscript of what is declared belongs to its name, as in `W_h`, unless the note counts with
it: a sum runs over the letter, or `\{x_i\}_{i=1}^N` names all of them. Then `x_i` is the i-th
of N arrays, and all of them are one array, whose first axis counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.reach import bound_letters
from symgrad.reading.syntax import Node
from symgrad.reading.usage import INDEX_LETTERS
from symgrad.records import dataclass


@dataclass(frozen=True)
class Members:
    """The letters that count members of families.

    Attributes:
        letters: all of them in a note; a letter that is shifted, as in `h_{t-1}`, is none.
        alone: names that stand in a declaration without a subscript.
        labelled: names with other subscripts that are letters, such as the f of `W_f`.
        counted: names whose subscript is one of the letters somewhere.
        numbers: the letters to which sums run; in `x_N` such a letter says which of all it is.
    """

    letters: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    labelled: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Members:
        """What the formulas of a note show."""
        bound: set[str] = set()
        shifted: set[str] = set()
        alone: set[str] = set()
        subscripted: dict[str, set[str]] = {}
        numbers: set[str] = set()
        for node in nodes:
            _look(node, bound, shifted, alone, subscripted, numbers)
        letters = frozenset(bound - shifted)
        plain = letters | INDEX_LETTERS | numbers
        labelled = frozenset(name for name, subs in subscripted.items() if subs - plain)
        counted = frozenset(name for name, subs in subscripted.items() if subs & letters)
        return cls(letters, frozenset(alone), labelled, counted, frozenset(numbers))

    def family(self, node: Node) -> str | None:
        """The family of which a declared name is a member, or None."""
        base, sub, sup, primes = parts(node)
        name = key_or_none(base)
        if name is None or sup is not None or primes or not isinstance(sub, syntax.Symbol):
            return None
        if name in self.alone or name in self.labelled or sub.name not in self.letters:
            return None
        return name

    def listed(self, names: Sequence[Node]) -> tuple[int, Node, Node] | None:
        r"""Members that are listed, `x_1, \dots, x_N`, at the end of what is declared together.

        Returns the place of the first one, the name of the family and its number of members;
        None where the note does not count with them, so that each is a name of its own.
        """
        last = _member(names[-1])
        place = len(names) - 1
        while place > 0 and last is not None and _belongs(names[place - 1], last[0]):
            if _is_first(names[place]):
                break  # before it stands another name with a label, such as `u_+`
            place -= 1
        first = _member(names[place])
        if last is None or first is None or not _is_first(names[place]):
            return None
        if key_or_none(last[1]) not in self.numbers:
            return None
        if last[0] not in self.counted or last[0] in self.alone:
            return None
        return place, parts(names[-1])[0], last[1]


def _member(node: Node) -> tuple[str, Node] | None:
    """The name and the subscript of what has nothing else."""
    base, sub, sup, primes = parts(node)
    name = key_or_none(base)
    return None if name is None or sub is None or sup is not None or primes else (name, sub)


def _is_first(node: Node) -> bool:
    member = _member(node)
    return member is not None and key_or_none(member[1]) == "1"


def _belongs(node: Node, name: str) -> bool:
    member = _member(node)
    return member is not None and member[0] == name


def _look(
    node: Node,
    bound: set[str],
    shifted: set[str],
    alone: set[str],
    subscripted: dict[str, set[str]],
    numbers: set[str],
) -> None:
    """Enter what one formula shows."""
    match node:
        case syntax.BigOperator():
            bound |= bound_letters(node.lower)
            if isinstance(node.upper, syntax.Symbol):
                numbers.add(node.upper.name)
        case syntax.Scripted(base=syntax.Group(bracket="{"), subscript=syntax.Chain() as lower):
            bound |= bound_letters(lower)
        case syntax.Scripted(base=base, subscript=syntax.Node() as sub):
            name = key_or_none(base)
            if isinstance(sub, syntax.Terms):
                shifted.update(n for part in syntax.children(sub) if (n := key_or_none(part)))
            elif isinstance(sub, syntax.Symbol) and name is not None:
                subscripted.setdefault(name, set()).add(sub.name)
        case syntax.Chain(members=(syntax.Symbol(name=name), *_), relations=(relation, *_)):
            if relation.sign == r"\in":
                alone.add(name)
        case _:
            pass
    for child in syntax.children(node):
        _look(child, bound, shifted, alone, subscripted, numbers)
