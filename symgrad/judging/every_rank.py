r"""Whether a claim fits for no ranks that the undeclared names of a note may have.

`\frac{\partial Z}{\partial W} = A` of a note with `Z = WA + B`: nothing says which of the
names are matrices and which are columns or rows, but in no choice that the definitions allow
have the two sides as many axes. Where the note leaves such a choice, the claim is left open.
Sums and products entry by entry fit whatever their ranks are, since authors repeat the smaller
array; two vectors side by side may be meant entry by entry or as a number, but are no matrix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from symgrad.reading import syntax
from symgrad.reading.context import Session
from symgrad.reading.expression_ranks import ENTRYWISE
from symgrad.reading.kinds_of_arrays import (
    AXES,
    COLUMN,
    MATRIX,
    NUMBER,
    NUMBERS,
    ROW,
    Misfit,
    multiplied,
)
from symgrad.reading.names import TRANSPOSES, is_of_differentials, key_or_none, parts
from symgrad.reading.ranks import Equations, RankFinder
from symgrad.reading.scope import TensorBinding
from symgrad.reading.syntax import Node
from symgrad.reading.usage import LOSS_NAMES

_VECTORS = "two vectors"
"""Their product without a sign: entry by entry, or a number."""

_FITTING = {_VECTORS: (0, 1), **{kind: (axes,) for kind, axes in AXES.items()}}
MAXIMAL_CHOICES = 4000


def fits_no_ranks(left: Node, step: Node, session: Session) -> bool:
    """Whether two sides have different numbers of axes, or none, for all ranks of their names."""
    if session.ranks() is None or session.usage.samples:
        return False
    finder = _EveryRank(session)
    try:
        choices = list(finder.consistent((left, step)))
        return bool(choices) and not any(finder.may_be_equal(left, step, c) for c in choices)
    except _TooMany:
        return False


class _TooMany(Exception):  # noqa: N818 - an answer, not an error
    """More choices than are tried."""


class _EveryRank(RankFinder):
    """All ranks that the names of a note may have."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.usage, session.scope)
        self._arrays = {name for node in session.formulas for name in self._shown(node)}

    # -- choices ----------------------------------------------------------------

    def consistent(self, claim: Sequence[Node]) -> Iterator[dict[str, str]]:
        """Every choice under which all definitions fit, for the names of a claim too.

        Raises:
            _TooMany: where there are more than are tried.
        """
        own = {name: None for node in claim for name in self._names(node)}
        for found in self._all(self.definitions(), 0):
            free = [name for name in own if name not in found]
            for choice in product(*(self._kinds(name) for name in free)):
                self._count()
                yield {**found, **dict(zip(free, choice, strict=True))}

    def _all(self, equations: Equations, place: int) -> Iterator[dict[str, str]]:
        if place == len(equations):
            yield dict(self.found)
            return
        left, right = equations[place]
        free = [name for name in self.names_of(left, right) if name not in self.found]
        for choice in product(*(self._kinds(name) for name in free)):
            self._count()
            self.found.update(zip(free, choice, strict=True))
            if self.fits(left, right):
                yield from self._all(equations, place + 1)
        for name in free:
            self.found.pop(name, None)

    def _count(self) -> None:
        self.checks += 1
        if self.checks > MAXIMAL_CHOICES:
            raise _TooMany

    def _kinds(self, name: str) -> tuple[str, ...]:
        """What a name may be: the number of its subscripts says it, or its look leaves it open."""
        declared = self.scope.names.bindings.get(name)
        if declared and isinstance(declared[-1], TensorBinding):
            axes = len(declared[-1].axes)
            return tuple(kind for kind in (NUMBER, COLUMN, MATRIX) if AXES[kind] == axes)
        used = self.usage.ranks.get(name) or self.by_subscripts.get(name)
        if used in (1, 2):
            return (COLUMN, ROW) if used == 1 else (MATRIX,)
        if name in LOSS_NAMES:
            return (NUMBER,)
        arrays = (COLUMN, ROW, MATRIX)
        return arrays if name in self._arrays else (NUMBER, *arrays)

    def _shown(self, node: Node) -> Iterator[str]:
        """Names that are written as arrays: transposed, beside such a sign, a capital factor."""
        shown: list[Node] = []
        match node:
            case syntax.Scripted(base=base, superscript=sup) if sup is not None:
                shown = [base] if key_or_none(sup) in TRANSPOSES else []
            case syntax.Product(factors=factors, operators=signs):
                if ENTRYWISE.intersection(signs) - {"*"}:
                    shown = [*factors]
                pairs = zip(factors, signs, strict=False)
                shown += [factor for factor, sign in pairs if sign == "" and _is_capital(factor)]
        yield from (name for part in shown if (name := self.variable(part)) is not None)
        for child in syntax.children(node):
            yield from self._shown(child)

    # -- the claim ------------------------------------------------------------------

    def may_be_equal(self, left: Node, right: Node, choice: dict[str, str]) -> bool:
        """Whether both sides may have as many axes under one choice."""
        self.found = choice
        try:
            first, second = self._axes(left), self._axes(right)
        except Misfit:
            return False
        return first is None or second is None or not first.isdisjoint(second)

    def _axes(self, node: Node) -> set[int] | None:
        """How many axes a side may have; None where that is not known."""
        if isinstance(node, syntax.Fraction) and is_of_differentials(node):
            return self._axes_of_derivative(node)
        found = self.rank(node)
        return None if found is None else set(_FITTING[found])

    def _axes_of_derivative(self, node: syntax.Fraction) -> set[int] | None:
        top, bottom = node.numerator, node.denominator
        if not isinstance(top, syntax.Product) or not isinstance(bottom, syntax.Product):
            return None
        if len(top.factors) != 2 or len(bottom.factors) != 2:
            return None
        body, by = self.rank(top.factors[1]), self.rank(bottom.factors[1])
        if body is None or by is None or _VECTORS in (body, by):
            return None
        return {AXES[body] + AXES[by]}

    # -- ranks of expressions ---------------------------------------------------------

    def fits(self, left: Node | str, right: Node) -> bool:
        """Whether a definition fits; a loss may be any function of an array."""
        try:
            found = self.rank(right)
            wanted = self.wanted(left)
        except Misfit:
            return False
        if found is None or wanted is None:
            return True
        if found == _VECTORS:
            return wanted in (NUMBER, COLUMN, ROW)
        called = isinstance(right, syntax.Product) and self.is_call(right, 0)
        return found == wanted or (wanted == NUMBER and called)

    def _same(self, nodes: Sequence[Node]) -> str | None:
        found = [(n, self.rank(n)) for n in nodes if not isinstance(n, syntax.Numeral)]
        ranks = {rank for _, rank in found}
        computed = any(r == NUMBER and isinstance(n, syntax.Product) for n, r in found)
        if computed and ranks & {COLUMN, ROW, MATRIX}:
            raise Misfit  # numbers that are added to arrays have names
        return self._repeated(ranks)

    def _repeated(self, ranks: set[str | None]) -> str | None:
        """The rank of arrays of which the smaller ones are repeated."""
        if None in ranks or _VECTORS in ranks or ranks >= {ROW, COLUMN}:
            return None
        kinds = [rank for rank in ranks if rank is not None]
        return max(kinds, key=lambda kind: AXES[kind], default=NUMBER)

    def _product(self, node: syntax.Product) -> str | None:
        segments: list[str | None] = []
        for operator, rank in self._factors(node):
            if not segments or operator in ENTRYWISE:
                segments.append(rank)
            else:
                segments[-1] = _multiplied(segments[-1], rank, operator)
        return segments[0] if len(segments) == 1 else self._repeated(set(segments))

    def _fraction(self, node: syntax.Fraction) -> str | None:
        if not is_of_differentials(node):
            return self.rank(node.numerator) if self.rank(node.denominator) == NUMBER else None
        axes = self._axes_of_derivative(node)
        # The gradient by a vector may be a row or a column, and a Jacobian be transposed.
        return {0: NUMBER, 2: MATRIX}.get(next(iter(axes))) if axes is not None else None

    def _symbol(self, node: Node) -> str | None:
        base = parts(node)[0]
        if isinstance(base, syntax.Group) and base.bracket in ("|", "||"):
            if base.bracket == "||":
                self._check_length(base.items[0])
            return NUMBER
        return super()._symbol(node)

    def _check_length(self, of: Node) -> None:
        """Only arrays have a length, and what is compared by it has one rank."""
        terms = of.terms if isinstance(of, syntax.Terms) else (of,)
        ranks = {rank for term in terms if (rank := self.rank(term)) is not None}
        if NUMBER in ranks or len(ranks) > 1:
            raise Misfit


def _is_capital(node: Node) -> bool:
    stem = key_or_none(parts(node)[0]) or ""
    return stem.isupper() and stem not in NUMBERS


def _multiplied(left: str | None, right: str | None, operator: str) -> str | None:
    if left is None or right is None or _VECTORS in (left, right):
        return None
    if left == right and left in (COLUMN, ROW):
        return _VECTORS
    if operator == r"\cdot" and NUMBER not in (left, right) and left != right:
        return None
    return multiplied(left, right, operator)
