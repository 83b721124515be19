r"""Ranks of expressions, where the ranks of their names are known.

A rank says whether something is a number, a column, a row or a matrix. Sizes are of no
concern here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.functions import KNOWN_FUNCTIONS, REDUCING
from symgrad.reading.kinds import SCRIPT
from symgrad.reading.kinds_of_arrays import (
    AXES,
    COLUMN,
    MATRIX,
    NUMBER,
    ROW,
    TRANSPOSED,
    Misfit,
    multiplied,
)
from symgrad.reading.layers import family_name
from symgrad.reading.names import (
    TRANSPOSES,
    is_label,
    is_of_differentials,
    key_or_none,
    parts,
    split_transpose,
)
from symgrad.reading.scope import MapBinding, OpaqueFunctionBinding, Scope
from symgrad.reading.syntax import Node
from symgrad.reading.usage import Usage

OF_ARRAYS = frozenset({r"\odot", r"\circ"})
"""Products entry by entry in which no number stands beside an array."""
ENTRYWISE = frozenset({r"\odot", r"\circ", "*", r"\otimes"})


class ExpressionRanks:
    """The ranks of expressions of one note.

    Args:
        usage: how names are used.
        scope: what is declared.

    Attributes:
        found: the ranks of names.
    """

    def __init__(self, usage: Usage, scope: Scope) -> None:
        self.usage = usage
        self.scope = scope
        self.found: dict[str, str] = {}

    # -- names ----------------------------------------------------------------

    def variable(self, node: Node) -> str | None:
        """The name under which the rank of a symbol is kept; all layers share one."""
        found = family_name(node)
        if found is not None and found[1].letter:
            return found[0]
        base, sub, sup, primes = parts(node)
        if isinstance(base, syntax.Scripted):
            return self.variable(base)
        if not isinstance(base, syntax.Symbol | syntax.Accent):
            return None
        if sub is not None and self.usage.index_letters(sub) is not None:
            sub = None
        sup = split_transpose(sup)[0]
        if sup is not None and not is_label(sup):
            label, transpose = split_transpose(sup)
            sup = label if transpose is not None and is_label(label) else None
        plain = sub is None and sup is None and not primes
        return key_or_none(base if plain else syntax.Scripted(node.span, base, sub, sup, primes))

    def _variable_of(self, name: str) -> str:
        label = LABELLED.match(name)
        word = label is not None and len(label[3]) > 2 and label[3].isalpha()
        if label is None or word or label[3].strip("()[]").isdigit() or SCRIPT.match(label[3]):
            return name
        return label[1] + label[2]

    def _names(self, node: Node) -> Iterator[str]:
        """The names below a node that may be arrays, functions left out."""
        if isinstance(node, syntax.Product):
            for place, factor in enumerate(node.factors):
                if not self.is_call(node, place):
                    yield from self._names(factor)
            return
        if isinstance(node, syntax.Symbol | syntax.Accent | syntax.Scripted):
            name = self.variable(node)
            if name is not None and name not in _NO_NAMES and not self._is_index(name):
                yield name
                return
        for child in syntax.children(node):
            yield from self._names(child)

    def _is_index(self, name: str) -> bool:
        return name in self.usage.summed

    # -- ranks of expressions -------------------------------------------------

    def rank(self, node: Node) -> str | None:
        """The rank of an expression; None where it is not known.

        Raises:
            Misfit: where the ranks inside it do not fit.
        """
        match node:
            case syntax.Numeral():
                return NUMBER
            case syntax.Symbol() | syntax.Accent() | syntax.Scripted():
                return self._symbol(node)
            case syntax.Group(bracket=bracket, items=(item,)):
                inner = self.rank(item)
                return inner if bracket in ("(", "[", "{", "") else NUMBER
            case syntax.Fraction():
                return self._fraction(node)
            case syntax.Root(radicand=radicand):
                return self.rank(radicand)
            case syntax.Product():
                return self._product(node)
            case syntax.Terms(terms=terms):
                return self._same([t for t in terms if not isinstance(t, syntax.Numeral)])
            case syntax.BigOperator(body=body) | syntax.Brace(body=body):
                return self.rank(body)
            case syntax.WrittenOut(form=form):
                return {"row": ROW, "matrix": MATRIX}.get(form, COLUMN)
            case syntax.Matrix(rows=rows):
                return self._cells(rows)
            case syntax.Adjoint(of=of):
                return self.rank(of)
            case syntax.Gradient(by=by):
                return None if by is None else self.rank(by)
            case _:
                return None

    def _cells(self, rows: tuple[tuple[Node, ...], ...]) -> str | None:
        """The rank of an array that is written out: its cells are numbers."""
        if any(self.rank(cell) not in (NUMBER, None) for row in rows for cell in row):
            raise Misfit
        if len(rows) == 1:
            return ROW
        return COLUMN if all(len(row) == 1 for row in rows) else MATRIX

    def _same(self, nodes: Sequence[Node]) -> str | None:
        found = [(node, rank) for node in nodes if (rank := self.rank(node)) is not None]
        if any(rank == MATRIX for _, rank in found):
            found = [(n, r) for n, r in found if r not in (COLUMN, ROW) or not _is_bias(n)]
        ranks = [rank for _, rank in found]
        if not nodes:
            return NUMBER
        if any(rank != ranks[0] for rank in ranks[1:]):
            raise Misfit
        return ranks[0] if ranks else None

    def _symbol(self, node: Node) -> str | None:
        base, sub, sup, _ = parts(node)
        transposed = sup is not None and key_or_none(sup) in TRANSPOSES
        if isinstance(base, syntax.Group) and len(base.items) == 1:
            inner = self.rank(base) if sub is None or base.bracket in ("|", "||") else NUMBER
            return TRANSPOSED[inner] if transposed and inner is not None else inner
        if isinstance(base, syntax.Scripted | syntax.Adjoint):
            inner = self.rank(base)
            letters = self.usage.index_letters(sub) if sub is not None else None
            if inner is not None and letters is not None:
                return _entry(inner, letters)
            return TRANSPOSED[inner] if transposed and inner is not None else inner
        name = self.variable(node)
        found = self.found.get(name) if name is not None else None
        if found is None or name in _NO_NAMES:
            return None
        letters = self.usage.index_letters(sub) if sub is not None else None
        if letters is not None and name in self.usage.samples:
            letters = letters[1:] or None  # one example has the rank that is kept
        if letters is not None:
            return _entry(found, letters)
        glued = isinstance(sup, syntax.Product) and key_or_none(sup.factors[-1]) in TRANSPOSES
        return TRANSPOSED[found] if transposed or glued else found

    def _fraction(self, node: syntax.Fraction) -> str | None:
        top, bottom = node.numerator, node.denominator
        if isinstance(bottom, syntax.Product) and is_of_differentials(node):
            body = self.rank(top.factors[1]) if isinstance(top, syntax.Product) else None
            by = self.rank(bottom.factors[1]) if len(bottom.factors) == 2 else None
            if body == NUMBER:
                return by
            return body if by == NUMBER else None
        if self.rank(bottom) not in (NUMBER, None):
            raise Misfit
        return self.rank(top)

    def _product(self, node: syntax.Product) -> str | None:
        segments: list[str | None] = []
        for operator, rank in self._factors(node):
            if not segments or operator in ENTRYWISE:
                segments.append(rank)
            else:
                segments[-1] = multiplied(segments[-1], rank, operator)
        ranks = [rank for rank in segments if rank not in (NUMBER, None)]
        if any(rank != ranks[0] for rank in ranks[1:]):
            raise Misfit
        if ranks and NUMBER in segments and not OF_ARRAYS.isdisjoint(node.operators):
            raise Misfit
        if None in segments and not ranks:
            return None
        return ranks[0] if ranks else NUMBER

    def _factors(self, node: syntax.Product) -> Iterator[tuple[str, str | None]]:
        place = 0
        while place < len(node.factors):
            operator = node.operators[place - 1] if place else ""
            if self.is_call(node, place):
                yield operator, self._call(node.factors[place], node.factors[place + 1])
                place += 2
            else:
                yield operator, self.rank(node.factors[place])
                place += 1

    def is_call(self, node: syntax.Product, place: int) -> bool:
        """Whether a function stands here, before its bracket."""
        if place + 1 >= len(node.factors) or node.operators[place] != "":
            return False
        after = node.factors[place + 1]
        group = after.base if isinstance(after, syntax.Scripted) else after
        if not isinstance(group, syntax.Group) or group.bracket not in ("(", "["):
            return False
        return self._is_function(node.factors[place]) or len(group.items) > 1

    def _is_function(self, node: Node) -> bool:
        base, _, _, _ = parts(node)
        name = key_or_none(base)
        if name in self.usage.functions or name in KNOWN_FUNCTIONS:
            return True
        names = (name or "", key_or_none(node) or "")
        known = [b for n in names for b in self.scope.names.bindings.get(n, ())]
        return any(isinstance(b, MapBinding | OpaqueFunctionBinding) for b in known)

    def _call(self, head: Node, argument: Node) -> str | None:
        group = argument.base if isinstance(argument, syntax.Scripted) else argument
        assert isinstance(group, syntax.Group)
        name = key_or_none(head)
        if name not in self.scope.names.bindings:
            name = key_or_none(parts(head)[0])
        ranks = [self.rank(item) for item in group.items]
        if len(ranks) != 1 or name in REDUCING:
            return None
        known = self.scope.names.bindings.get(name or "", [])
        for binding in known:
            if isinstance(binding, MapBinding) and not binding.is_scalar_function:
                return self._value(binding)
        return ranks[0]

    def _value(self, binding: MapBinding) -> str | None:
        """The rank of what a function gives, where its formula tells."""
        try:
            return self.rank(binding.body)
        except (Misfit, RecursionError):
            return None


def _entry(whole: str, letters: Sequence[str]) -> str:
    """An entry is a number, where an array has as many axes."""
    if AXES[whole] != len(letters):
        raise Misfit
    return NUMBER


_NO_NAMES = frozenset({r"\partial", "e", r"\nabla"})
LABELLED = re.compile(r"^(.*?)([_^])\{((?:[^{}]|\{[^{}]*\})*)\}$")


def _is_bias(node: Node) -> bool:
    """Whether a term is a bias by its letter, which may be added to every example."""
    name = key_or_none(parts(node)[0]) or ""
    return name in ("b", r"\mathbf{b}", r"\vec{b}")
