r"""Ranks of names that nothing declares, from the equations they stand in.

In `z^l = w^l a^{l-1} + b^l`, where some `z^l_j` has one subscript, `w^l` is a matrix
and the others are vectors. Candidates for each name come by custom (bold and
capital letters), and the likeliest choice is taken under which every definition
has a meaning. Arrays come before numbers where both would do: what holds for
arrays of all sizes holds for numbers too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import TypeGuard

from symgrad.reading import syntax
from symgrad.reading.expression_ranks import LABELLED, ExpressionRanks
from symgrad.reading.kinds_of_arrays import AXES, COLUMN, MATRIX, NUMBER, ROW, Misfit, by_custom
from symgrad.reading.scope import (
    DefinitionBinding,
    MapBinding,
    Meaning,
    Scope,
    TensorBinding,
)
from symgrad.reading.syntax import Node
from symgrad.reading.usage import LOSS_NAMES, Usage

MAXIMAL_CHECKS = 3000


Equations = Sequence[tuple[Node | str, Node]]
"""What is defined, a name or an entry, and the formula that defines it."""


class RankFinder(ExpressionRanks):
    """Finds the ranks of the names of one note.

    Args:
        usage: how names are used.
        scope: what is declared.
    """

    def __init__(self, usage: Usage, scope: Scope) -> None:
        super().__init__(usage, scope)
        self.checks = 0
        self.by_subscripts = _ranks_of_families(usage)
        self.arguments = scope.arguments_of_functions()

    def solve(self, claims: Iterable[Node]) -> dict[str, str]:
        """The ranks of all names: first by the definitions, then by the claims."""
        definitions = self.definitions()
        if not self._choose(definitions, 0, strict=True):
            self._choose(definitions, 0, strict=False)
        for claim in claims:
            if isinstance(claim, syntax.Chain):
                self._claim(claim)
        return self.found

    def definitions(self) -> Equations:
        """The definitions of the note, in its order."""
        definitions: list[tuple[Node | str, Node]] = [
            (self._left(binding), binding.body)
            for known in self.scope.names.bindings.values()
            for binding in known
            if isinstance(binding, DefinitionBinding) or _is_loss_of_numbers(binding)
        ]
        definitions += [
            (binding.body, binding.body)
            for known in self.scope.names.bindings.values()
            for binding in known
            if isinstance(binding, MapBinding) and self.usage.samples.keys() & {*binding.parameters}
        ]
        definitions.sort(key=lambda pair: pair[1].span.start)
        return definitions

    def _claim(self, claim: syntax.Chain) -> None:
        """Names that stand in claims only, member by member."""
        for member in claim.members:
            self._choose([(member, member)], 0, strict=True)

    def _left(self, binding: DefinitionBinding | MapBinding) -> Node | str:
        """What is defined: an entry is a number, and so is a loss."""
        plain = isinstance(binding, DefinitionBinding) and (
            not binding.indices
            or (len(binding.indices) == 1 and binding.name in self.usage.samples)
        )
        return binding.name if plain else NUMBER

    def names_of(self, left: Node | str, right: Node) -> list[str]:
        """The names in a definition that may be arrays."""
        nodes = [right] if isinstance(left, str) else [left, right]
        names = {name: None for node in nodes for name in self._names(node)}
        if isinstance(left, str) and left != NUMBER:
            names[self._variable_of(left)] = None
        return list(names)

    def _choose(
        self, equations: Sequence[tuple[Node | str, Node]], place: int, strict: bool
    ) -> bool:
        """Give ranks to the names of the equations from a place on, going back where need be.

        Unless strict, an equation that fits under no choice is passed over.
        """
        if place == len(equations):
            return True
        left, right = equations[place]
        free = [name for name in self.names_of(left, right) if name not in self.found]
        choices = [self._candidates(name) for name in free]
        ordered = sorted(product(*choices), key=lambda choice: sum(cost for _, cost in choice))
        for choice in ordered[:400]:
            self.checks += 1
            if self.checks > MAXIMAL_CHECKS:
                self.found.clear()
                return True
            self.found.update({n: rank for n, (rank, _) in zip(free, choice, strict=True)})
            if self.fits(left, right) and self._choose(equations, place + 1, strict):
                return True
            for name in free:
                self.found.pop(name, None)
        return not strict and self._choose(equations, place + 1, strict)

    def wanted(self, left: Node | str) -> str | None:
        """The rank of what is defined."""
        if isinstance(left, str):
            return NUMBER if left == NUMBER else self.found.get(self._variable_of(left))
        return self.rank(left)

    def fits(self, left: Node | str, right: Node) -> bool:
        """Whether a definition fits under the ranks that were found so far."""
        try:
            found, wanted = self.rank(right), self.wanted(left)
        except Misfit:
            return False
        return found is None or wanted is None or found == wanted

    def _candidates(self, name: str) -> list[tuple[str, float]]:
        """Ranks that a name may have, with how unlikely each is."""
        declared = self.scope.names.bindings.get(name)
        if declared and isinstance(declared[-1], TensorBinding):
            rank = len(declared[-1].axes) - (name in self.usage.samples)
            vector = ROW if declared[-1].is_row else COLUMN
            return [(kind, 0.0) for kind in (NUMBER, vector, MATRIX) if AXES[kind] == rank]
        if name in self.usage.samples:
            entries = self.usage.samples[name]
            one_of_many = entries or name.startswith(r"\mathbf")
            return [(COLUMN, 0.0)] if one_of_many else [(COLUMN, 0.0), (NUMBER, 1.0)]
        rank_used = self.usage.ranks.get(name) or self.by_subscripts.get(name)
        if rank_used == 1:
            return [(COLUMN, 0.0), (ROW, 3.0)]
        if rank_used == 2:
            return [(MATRIX, 0.0)]
        if name in self.usage.inverted and _is_capital(name):
            return [(MATRIX, 0.0), (NUMBER, 2.0)]
        kinds = by_custom(name)
        if name in self.usage.with_gradients:
            return [(NUMBER, 0.0), (COLUMN, 2.0), (MATRIX, 3.0)]
        if name in self.usage.no_numbers:
            arrays = by_custom(name, may_be_number=False)
            return [(kind, cost) for kind, cost in arrays if kind != NUMBER] or kinds
        if name in self.arguments:
            return [(NUMBER, 0.0), (COLUMN, 0.5), (MATRIX, 1.0)]
        return kinds


def _ranks_of_families(usage: Usage) -> dict[str, int]:
    """Number of subscripts of names, whatever their layer, where all uses agree."""
    found: dict[str, set[int | None]] = {}
    for name, rank in usage.ranks.items():
        label = LABELLED.match(name)
        if label is not None and not label[3].strip("()[]").isdigit():
            found.setdefault(label[1] + label[2], set()).add(rank)
    return {
        name: rank for name, ranks in found.items() for rank in ranks if len(ranks) == 1 and rank
    }


def _is_loss_of_numbers(binding: Meaning) -> TypeGuard[MapBinding]:
    """Whether a loss is given by the values of its arguments, whose names the note uses too."""
    return isinstance(binding, MapBinding) and binding.name in LOSS_NAMES


def _is_capital(name: str) -> bool:
    r"""Whether a name is a capital letter, in any font: `A`, `\Sigma`, `\mathbf{\Sigma}`."""
    letter = name.rpartition("{")[2].lstrip("\\")
    return letter[:1].isupper()
