"""Inverses and determinants of square matrices of canonical polynomials.

The matrix is lifted to a skeleton, of which two parameters are row and column. An entry of
the inverse is one factor at the parameters of the skeleton: the index of its row stands where
the row of the matrix stands. A matrix and its transpose have one skeleton, so that
(M^T)^-1 = (M^-1)^T and det M^T = det M need no rule, and the inverse of a symmetric matrix
is symmetric, because its skeleton is.
"""

from __future__ import annotations

from symgrad.calculus.algebra import Algebra
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.rules import Undefined
from symgrad.calculus.table import DELTA, MATRIX, ONE_POLYNOMIAL, Codes, Head, Polynomial

Square = tuple[Polynomial, int, int]
"""A matrix: its entry, and the codes of row and column in it."""


def inverse_entry(algebra: Algebra, matrix: Square, row: int, column: int) -> Polynomial:
    """The entry of the inverse of a matrix at two codes.

    Raises:
        Undefined: the matrix has no inverse whatever the values are.
    """
    scale, matrix = _scaled(algebra, matrix)
    _, r, c = matrix
    known = _simple_inverse(algebra, matrix, row, column)
    if known is None:
        skeleton, codes, square = _lifted(algebra, matrix)
        head = Head(
            MATRIX,
            algebra.skeletons[skeleton].axes,
            _symmetries(algebra, skeleton, square),
            skeleton=skeleton,
            square=square,
        )
        at = tuple([row if code == r else column if code == c else code for code in codes])
        number = algebra.head(("inverse", skeleton, square), head)
        known = {((algebra.single(number, at), 1),): 1}
    return algebra.times(algebra.power(scale, -1), known)


def determinant(algebra: Algebra, matrix: Square) -> Polynomial:
    """The determinant of a matrix."""
    skeleton, codes, square = _lifted(algebra, matrix)
    record = algebra.skeletons[skeleton]
    kept = [place for place in range(len(codes)) if place not in square]
    group = tuple(
        [
            tuple([kept.index(permutation[place]) for place in kept])
            for permutation in _symmetries(algebra, skeleton, square)
        ]
    )
    head = Head(
        MATRIX,
        tuple([record.axes[place] for place in kept]),
        group,
        skeleton=skeleton,
        square=square,
    )
    number = algebra.head(("determinant", skeleton, square), head)
    return {((algebra.single(number, tuple([codes[place] for place in kept])), 1),): 1}


def _lifted(algebra: Algebra, matrix: Square) -> tuple[int, Codes, tuple[int, int]]:
    """The skeleton of a matrix, its codes, and where row and column are among them."""
    entry, r, c = matrix
    skeleton, codes = algebra.lift(entry)
    if r not in codes or c not in codes:
        raise LimitReached("a matrix whose entries do not depend on both row and column")
    first, second = sorted((codes.index(r), codes.index(c)))
    return skeleton, codes, (first, second)


def _symmetries(algebra: Algebra, skeleton: int, square: tuple[int, int]) -> tuple[Codes, ...]:
    """The symmetries of the skeleton that take row and column to row and column."""
    group = algebra.skeletons[skeleton].group
    return tuple([p for p in group if {p[square[0]], p[square[1]]} == set(square)])


def _scaled(algebra: Algebra, matrix: Square) -> tuple[Polynomial, Square]:
    """(s M)^-1 = s^-1 M^-1: what is common to all entries, and the rest.

    A matrix of one term only is taken apart so.
    """
    entry, r, c = matrix
    if len(entry) != 1:
        return ONE_POLYNOMIAL, matrix
    ((monomial, coefficient),) = entry.items()
    inside = tuple([pair for pair in monomial if {r, c} & set(algebra.free[pair[0]])])
    outside = tuple([pair for pair in monomial if pair not in inside])
    return {outside: coefficient}, ({inside: 1}, r, c)


def _simple_inverse(algebra: Algebra, matrix: Square, row: int, column: int) -> Polynomial | None:
    """diag(v)^-1 = diag(1 / v), so that I^-1 = I, and (M^-1)^-1 = M; None for another matrix."""
    entry, r, c = matrix
    if not entry:
        raise Undefined("the inverse of a matrix of zeros")
    (monomial, *others) = entry
    if others or entry[monomial] != 1:
        return None
    deltas = [k for k, e in monomial if algebra.kind[k] == DELTA and e == 1]
    if len(deltas) == 1 and set(algebra.free[deltas[0]]) == {r, c}:
        entries: Polynomial = {tuple([pair for pair in monomial if pair[0] != deltas[0]]): 1}
        below = algebra.power(algebra.substitute(entries, {r: row, c: row}), -1)
        return algebra.times(below, delta_of(algebra, deltas[0], row, column))
    if len(monomial) != 1 or monomial[0][1] != 1:
        return None
    component = monomial[0][0]
    if algebra.kind[component] != MATRIX:
        return None
    ((head, _, codes),) = algebra.factors[component]
    record = algebra.heads[head]
    if len(codes) != len(algebra.skeletons[record.skeleton].axes):
        return None  # a determinant
    if {codes[place] for place in record.square} != {r, c}:
        return None
    at = tuple([row if code == r else column if code == c else code for code in codes])
    return algebra.lower(record.skeleton, at)


def delta_of(algebra: Algebra, component: int, row: int, column: int) -> Polynomial:
    """The delta of two codes, of the size of a delta that is known."""
    if row == column:
        return ONE_POLYNOMIAL
    if row & column & 1:
        return {}
    ((head, _, _),) = algebra.factors[component]
    size = algebra.heads[head].axes[0]
    return {((algebra.delta_component(row, column, size), 1),): 1}
