"""The terms of a refuted step that are missing, and those that are too much.

Both sides are taken apart into terms, whose canonical forms cancel. What is left is
offered only if it is proved: the truth is the step, and what is missing, less what
is too much.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import OPAQUE, Normaliser
from symgrad.calculus.rules import Undefined
from symgrad.judging.diagnosis.step import Step
from symgrad.judging.forms import forms
from symgrad.records import dataclass

MOST_TERMS = 24
"""Terms of one side that are looked at."""

MOST_SHOWN = 4
"""Terms that are offered, missing ones and others together; more explain nothing."""

MOST_FORMS = 6
"""Forms of the truth, with more or fewer of its names written out."""

WORK = 20_000
"""Of the canonical form of one term."""


@dataclass(frozen=True)
class Difference:
    """What a step lacks and what it has too much, in LaTeX of the note.

    Attributes:
        missing: terms to add.
        stray: terms to take away.
        entry: the indices of the entry that they are of, "i,j"; "" for a number.
        partly: the step has other terms, which are right.
    """

    missing: tuple[str, ...]
    stray: tuple[str, ...]
    entry: str = ""
    partly: bool = True


def difference(step: Step) -> Difference | None:
    """The terms by which a step is wrong; None where they are many, or not found."""
    try:
        claimed = _terms(resolve_derivatives(step.claimed))
        found = [_compared(_terms(form), claimed) for form in forms(step.truth)[:MOST_FORMS]]
    except (LimitReached, Undefined):
        return None
    missing, stray = min(found, key=lambda both: len(both[0]) + len(both[1]))
    if len(missing) + len(stray) > MOST_SHOWN:
        return None
    mended = ex.add(step.claimed, *missing, *(ex.negate(term) for term in stray))
    if step.proof(mended) is None:
        return None
    return Difference(
        tuple(step.write(term) for term in missing),
        tuple(step.write(term) for term in stray),
        ",".join(index.name for index in step.positions),
        len(stray) < len(claimed),
    )


Terms = list[ex.Expression]


def _compared(truth: Terms, claimed: Terms) -> tuple[Terms, Terms]:
    """The terms that only the truth has, and those that only the step has."""
    normaliser = Normaliser(OPAQUE, WORK)
    shown: dict[object, ex.Expression] = {}
    right: dict[object, Fraction] = {}
    wrong: dict[object, Fraction] = {}
    for terms, weights in ((truth, right), (claimed, wrong)):
        for term in terms:
            factor, rest = _weighed(term)
            polynomial = normaliser.polynomial(rest)
            if not polynomial:
                continue
            lead = Fraction(polynomial[min(polynomial)])
            key: object = frozenset((m, Fraction(c) / lead) for m, c in polynomial.items())
            shown.setdefault(key, ex.mul(ex.number(1 / lead), rest))
            weights[key] = weights.get(key, Fraction(0)) + factor * lead
    missing, stray = [], []
    for kind, term in shown.items():
        wanted, have = right.get(kind, Fraction(0)), wrong.get(kind, Fraction(0))
        if wanted == have:
            continue
        if not wanted or (wanted - have) * wanted < 0:
            stray.append(ex.mul(ex.number(have - wanted), term))
        else:
            missing.append(ex.mul(ex.number(wanted - have), term))
    return missing, stray


def _weighed(term: ex.Expression) -> tuple[Fraction, ex.Expression]:
    """The number before a term, and the term without it."""
    if isinstance(term, ex.Number):
        return term.value, ex.ONE
    if isinstance(term, ex.Mul) and isinstance(term.factors[0], ex.Number):
        return term.factors[0].value, ex.mul(*term.factors[1:])
    return Fraction(1), term


def _terms(node: ex.Expression) -> Terms:
    """The terms of an expression, products of sums multiplied out; functions stay as they are."""
    if isinstance(node, ex.Add):
        found = [term for part in node.terms for term in _terms(part)]
    elif isinstance(node, ex.Mul):
        parts = [_terms(factor) for factor in node.factors]
        if prod(map(len, parts)) > MOST_TERMS:
            return [node]
        found = [ex.mul(*choice) for choice in product(*parts)]
    elif isinstance(node, ex.Sum):
        found = []
        for term in _terms(node.body):
            factor, rest = _weighed(term)
            found.append(ex.mul(ex.number(factor), ex.Sum(node.index, rest)))
    else:
        return [node]
    return found if len(found) <= MOST_TERMS else [node]
