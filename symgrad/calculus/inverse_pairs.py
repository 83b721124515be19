"""A matrix beside its inverse: sum_k (N^-1)_ik N_kj = delta_ij, and the same from the right.

A matrix is a sum of terms, and its products are written out. One of its terms that has no
factor beside its entries leads: where it stands beside the inverse, the identity replaces it,
less the other terms. In (X^T X + c I)^-1 X^T X that gives I - c (X^T X + c I)^-1.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from symgrad.calculus.algebra import Algebra
from symgrad.calculus.index import Size
from symgrad.calculus.table import (
    DELTA,
    MATRIX,
    Codes,
    Coefficient,
    Factor,
    Monomial,
    Polynomial,
)

MOST_STEPS = 120
"""Terms that are looked at; nested inverses would double them again and again."""

Match = dict[int, int]
"""What stands for the codes of a pattern."""


class _Pair(NamedTuple):
    """An inverse in a component, beside the leading term of its matrix.

    Attributes:
        left: the factors that are left.
        inverse: the head of the inverse.
        codes: of the inverse, the code at which it meets the matrix included.
        place: where that code stands: at the column or at the row of the inverse.
        end: the code at the other end of the matrix.
        gone: the bound indices that vanish.
    """

    left: list[Factor]
    inverse: int
    codes: Codes
    place: int
    end: int
    gone: frozenset[int]


def cancelled(algebra: Algebra, polynomial: Polynomial) -> Polynomial:
    """The polynomial with every inverse that stands beside its matrix cancelled."""
    if not algebra.matrices:
        return polynomial
    done: Polynomial = {}
    waiting = dict(polynomial)
    for _ in range(MOST_STEPS):
        if not waiting:
            break
        monomial, coefficient = waiting.popitem()
        algebra.spend(1)
        put = _replaced(algebra, monomial)
        if put is None:
            algebra.accumulate(done, {monomial: coefficient})
        else:
            algebra.accumulate(waiting, put, coefficient)
    algebra.accumulate(done, waiting)
    return done


def _replaced(algebra: Algebra, monomial: Monomial) -> Polynomial | None:
    """What a monomial is equal to; None where nothing in it cancels."""
    for component, exponent in monomial:
        if exponent != 1 or not algebra.bound[component]:
            continue
        pair = next(_pairs(algebra, component), None)
        if pair is not None:
            rest = tuple([part for part in monomial if part[0] != component])
            return algebra.times(_without(algebra, component, pair), {rest: 1})
    return None


def _pairs(algebra: Algebra, component: int) -> Iterator[_Pair]:
    """The inverses in a component that stand beside the leading term of their matrix."""
    factors = algebra.factors[component]
    for number, (head, exponent, codes) in enumerate(factors):
        record = algebra.heads[head]
        if record.kind != MATRIX or exponent != 1 or not _is_inverse(algebra, head):
            continue
        lead = _leading(algebra, record.skeleton)
        if lead is None:
            continue
        others = [f for k, f in enumerate(factors) if k != number]
        for near, far in (record.square, record.square[::-1]):
            # The row of the matrix meets the column of the inverse, its column the row.
            summed = codes[far]
            if summed >= 0 or codes.count(summed) > 1:
                continue
            known = {2 * p: code for p, code in enumerate(codes) if p not in record.square}
            known[2 * near] = summed
            for match, left in _matches(algebra, list(algebra.factors[lead]), others, known):
                inner = {match[bound] for bound in range(-algebra.bound[lead], 0)}
                gone = frozenset({summed} | inner)
                elsewhere = {code for _, _, seen in left for code in seen}
                elsewhere |= {code for p, code in enumerate(codes) if p != far}
                end = match.get(2 * far)
                if end is not None and end not in gone and not gone & elsewhere:
                    yield _Pair(left, head, codes, far, end, gone)


def _is_inverse(algebra: Algebra, head: int) -> bool:
    record = algebra.heads[head]
    return len(record.axes) == len(algebra.skeletons[record.skeleton].axes)


def _leading(algebra: Algebra, skeleton: int) -> int | None:
    """The component that leads: alone in its term, and of the most factors."""
    alone = [
        monomial[0][0]
        for monomial in algebra.skeletons[skeleton].polynomial
        if len(monomial) == 1 and monomial[0][1] == 1 and algebra.kind[monomial[0][0]] != DELTA
    ]
    return max(alone, key=lambda c: (len(algebra.factors[c]), c), default=None)


def _matches(
    algebra: Algebra, pattern: list[Factor], factors: list[Factor], known: Match
) -> Iterator[tuple[Match, list[Factor]]]:
    """How the factors of a pattern are found among others, with the factors that are left."""
    if not pattern:
        yield known, factors
        return
    (head, exponent, wanted), *rest = pattern
    for number, (other, power, codes) in enumerate(factors):
        if other != head or power != exponent:
            continue
        algebra.spend(1)
        left = [f for k, f in enumerate(factors) if k != number]
        group = algebra.heads[head].group
        for seen in (codes, *[tuple([codes[p] for p in permutation]) for permutation in group]):
            match = _unified(wanted, seen, known)
            if match is not None:
                yield from _matches(algebra, rest, left, match)


def _unified(wanted: Codes, seen: Codes, known: Match) -> Match | None:
    """The match with what the codes of one factor add; None where they do not fit."""
    match = dict(known)
    for code, other in zip(wanted, seen, strict=True):
        if code & 1 and code > 0:
            if code != other:
                return None
        elif code in match:
            if match[code] != other:
                return None
        elif code < 0 and (other >= 0 or other in match.values()):
            return None  # a bound index stands for one bound index, and for one only
        else:
            match[code] = other
    return match


def _without(algebra: Algebra, component: int, pair: _Pair) -> Polynomial:
    """The component with the identity, less the other terms, for the inverse and the term."""
    algebra.spend(len(pair.left) ** 2 + 10)
    record = algebra.heads[pair.inverse]
    skeleton = algebra.skeletons[record.skeleton]
    names: Match = {}
    sizes: list[tuple[int, Size]] = []
    for number in range(-algebra.bound[component], 0):
        names[number] = algebra.temporary()
        if number not in pair.gone:
            sizes.append((names[number], algebra.size_at(number, (component,))))
    codes = tuple([names.get(code, code) for code in pair.codes])
    end = names.get(pair.end, pair.end)
    near, far = record.square if pair.place == record.square[1] else record.square[::-1]
    size = skeleton.axes[near]
    identity: Polynomial = {}
    if codes[near] == end:
        identity = {(): 1}
    elif not codes[near] & end & 1:
        identity = {((algebra.delta_component(codes[near], end, size), 1),): 1}
    lead = _leading(algebra, record.skeleton)
    others: Polynomial = {}
    factor: Coefficient = 1
    for monomial, coefficient in skeleton.polynomial.items():
        if monomial == ((lead, 1),):
            factor = coefficient
        else:
            others[monomial] = coefficient
    summed = algebra.temporary()
    at = {2 * p: code for p, code in enumerate(codes)} | {2 * near: summed, 2 * far: end}
    inverse = tuple([summed if p == far else code for p, code in enumerate(codes)])
    product = algebra.times(
        {((algebra.single(pair.inverse, inverse), 1),): 1}, algebra.substitute(others, at)
    )
    result = dict(identity)
    algebra.accumulate(result, algebra.bind(product, summed, size), -1)
    scaled: Polynomial = {}
    algebra.accumulate(scaled, result, Fraction(1) / factor)
    return algebra.among(pair.left, names, sizes, scaled)
