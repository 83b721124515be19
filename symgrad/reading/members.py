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
    """

    letters: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    labelled: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Members:
        """What the formulas of a note show."""
        bound: set[str] = set()
        shifted: set[str] = set()
        alone: set[str] = set()
        subscripted: dict[str, set[str]] = {}
        for node in nodes:
            _look(node, bound, shifted, alone, subscripted)
        letters = frozenset(bound - shifted)
        labelled = {name for name, subs in subscripted.items() if subs - letters - INDEX_LETTERS}
        return cls(letters, frozenset(alone), frozenset(labelled))

    def family(self, node: Node) -> str | None:
        """The family of which a declared name is a member, or None."""
        base, sub, sup, primes = parts(node)
        name = key_or_none(base)
        if name is None or sup is not None or primes or not isinstance(sub, syntax.Symbol):
            return None
        if name in self.alone or name in self.labelled or sub.name not in self.letters:
            return None
        return name


def _look(
    node: Node,
    bound: set[str],
    shifted: set[str],
    alone: set[str],
    subscripted: dict[str, set[str]],
) -> None:
    """Enter what one formula shows."""
    match node:
        case syntax.BigOperator():
            bound |= bound_letters(node.lower)
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
        _look(child, bound, shifted, alone, subscripted)
