"""Quotients and logarithms of sums of exponentials that overflow nowhere.

With m the largest x_k along what is summed:

    w_i e^y / sum_k w_k e^x_k = w_i e^(y - m) / sum_k w_k e^(x_k - m)
    log sum_k w_k e^x_k = m + log sum_k w_k e^(x_k - m)

and with s the sigmoid, and softplus(x) = log(1 + e^x):

    e^a / (e^a + e^b) = s(a - b)
    log(e^a + e^b) = b + softplus(a - b)
    log(e^a / (e^a + e^b)) = -softplus(b - a)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from math import prod

from symgrad.calculus.expression import (
    Add,
    Expression,
    Mul,
    Number,
    Power,
    SizeValue,
    add,
    mul,
    power,
)
from symgrad.compiling.contraction import Contractor, Rank
from symgrad.compiling.exponential_forms import Form, Forms, Term, is_number
from symgrad.compiling.functions import ROWS
from symgrad.compiling.graph import Graph, Operand
from symgrad.compiling.products import Product, powers_of
from symgrad.records import dataclass


@dataclass
class Exponentials:
    """Works out quotients and logarithms of forms.

    Attributes:
        graph: of all nodes.
        contractor: for sums with weights.
        lower: the array of an expression.
        rank: the order in which indices are wanted.
        forms: finds the forms.
    """

    graph: Graph
    contractor: Contractor
    lower: Callable[[Expression], Operand]
    rank: Rank
    forms: Forms

    # -- quotients

    def quotients(self, factors: Sequence[Expression]) -> tuple[list[Expression], list[Operand]]:
        """The factors that are left of a product, and the quotients found among them."""
        powers = list(powers_of(factors))
        totals = [one for one in powers if self._below(*one) is not None]
        if not totals:
            return list(factors), []
        rest = [one for one in powers if one not in totals]
        made: list[Operand] = []
        for base, q in totals:
            bottom = self._below(base, q)
            assert bottom is not None
            tops: list[Form] = []
            for _ in range(int(-q)):
                tops.append(self._take_above(rest, bottom) or (Term(),))
            made += self._all_over(tops, bottom)
        return [power(base, q) for base, q in rest if q], made

    def _all_over(self, tops: Sequence[Form], bottom: Form) -> list[Operand]:
        """The quotients; s (1 - s) where both terms of a pair stand above it."""
        if len(tops) == 2 and all(len(top) == 1 and not top[0].weights for top in tops):
            first, second = (top[0] for top in tops)
            if self._other(first, bottom) == self.exponent(second):
                is_turned = self._minus(*map(self.exponent, (first, second))).node.op == "neg"
                share = self._share(second if is_turned else first, bottom)
                return [share, self._minus(Operand(self.graph.number(1)), share)]
        return [self.quotient(top, bottom) for top in tops]

    def multiplied_out(self, product: Product) -> Add | None:
        """(a e^x + b e^y) / S = a e^x / S + b e^y / S, where that makes quotients of forms."""
        powers = list(powers_of(product.factors))
        bottoms = [bottom for one in powers if (bottom := self._below(*one)) is not None]
        for bottom in bottoms:
            for place, (top, q) in enumerate(powers):
                if q != 1 or not isinstance(top, Add) or self._take_above([(top, q)], bottom):
                    continue
                terms = [list(powers_of([term])) for term in top.terms]
                if all(self._take_above(term, bottom) for term in terms):
                    return product.multiplied_out(powers, place)
        return None

    def _below(self, base: Expression, q: Fraction) -> Form | None:
        """The sum of exponentials that a product divides by."""
        form = self.forms.form(base) if q < 0 and q.denominator == 1 else None
        return form if form is not None and self._is_total(form) else None

    def _take_above(self, factors: list[tuple[Expression, Fraction]], bottom: Form) -> Form | None:
        """A factor with exponentials that are below too; it leaves the list."""
        arrays = {self.exponent(term).node for term in bottom}
        for place, (base, q) in enumerate(factors):
            form = self.forms.form(base) if q >= 1 else None
            if form is not None and any(self.exponent(term).node in arrays for term in form):
                factors[place] = base, q - 1
                return form
        return None

    def _is_total(self, form: Form) -> bool:
        """Whether a form is a sum that is worked out here; a single exponential is none."""
        for term in form:
            indices = self.exponent(term).indices if term.bound else ()
            if not all(index in indices for index in term.bound):
                return False
        if len(form) == 1:
            return bool(form[0].bound)
        return all(_sign(weight) == 1 for term in form for weight in term.weights)

    def quotient(self, top: Form, bottom: Form) -> Operand:
        """One form over another, both with the same shift."""
        if len(bottom) == 1:
            largest, total = self._shifted(bottom[0])
            parts = [self._weighted(term, self._exp(term, largest)) for term in top]
            return self._over(reduce(self._plus, parts), total)
        if _is_pair(bottom) and self._is_difference(top, bottom):
            tanh = self._applied("tanh", self._half_apart(top))
            return tanh if not top[0].weights else self.contractor.negated(tanh)
        return reduce(self._plus, [self._weighted(t, self._share(t, bottom)) for t in top])

    def _half_apart(self, form: Form) -> Operand:
        """(a - b) / 2, which is a where b = -a."""
        a, b = map(self.exponent, form)
        if self.contractor.negated(a) == b:
            return a
        half = Operand(self.graph.number(Fraction(1, 2)))
        return self.contractor.scaled(half, self._minus(a, b))

    def _share(self, top: Term, bottom: Form) -> Operand:
        """e^y over a sum of several terms."""
        other = self._other(top, bottom)
        if other is not None:
            return self._applied("sigmoid", self._minus(self.exponent(top), other))
        return self._applied("exp", self._minus(self.exponent(top), self._log_of(bottom)))

    def _is_difference(self, top: Form, bottom: Form) -> bool:
        """Whether the top is e^a - e^b, or e^b - e^a, above e^a + e^b."""
        if len(top) != 2 or any(term.weights for term in bottom):
            return False
        others = [self._other(term, bottom) for term in top]
        return sorted(map(_unit, top)) == [-1, 1] and others == [
            self.exponent(t) for t in reversed(top)
        ]

    def _other(self, top: Term, bottom: Form) -> Operand | None:
        """b, where the top is e^a and the bottom e^a + e^b."""
        if not _is_pair(bottom) or top.bound:
            return None
        exponents = [self._with_weight(term) for term in bottom]
        for one, other, term in zip(exponents, reversed(exponents), bottom, strict=True):
            if one == self.exponent(top) and not term.weights:
                return other
        return None

    # -- logarithms

    def log(self, argument: Expression) -> Operand | None:
        """The logarithm of a product with forms in it; None where it has none."""
        powers = self.forms.powers(argument)
        forms = [(f, q) for f, q in powers or () if not isinstance(f, Expression)]
        if powers is None or not all(_is_single(f) or self._is_total(f) for f, _ in forms):
            return None
        singles = [(f[0], q) for f, q in forms if _is_single(f)]
        weights = [(f, q) for f, q in powers if isinstance(f, Expression)]
        weights += [(weight, q) for term, q in singles for weight in term.weights]
        pieces: list[Operand] = []
        loose: list[Operand] = []  # what the logarithm is still taken of
        for form, q in forms:
            if not _is_single(form):
                self._log_of_total(form, q, singles, pieces, loose)
        pieces += [self._scaled(q, self.exponent(term)) for term, q in singles if term.exponents]
        if weights:
            loose.append(self.lower(mul(*[power(weight, q) for weight, q in weights])))
        if loose:
            product = self.contractor.contract(loose, (), self.rank)
            pieces.append(self._applied("log", product))
        return reduce(self._plus, pieces) if pieces else Operand(self.graph.number(0))

    def _log_of_total(
        self,
        form: Form,
        q: Fraction,
        singles: list[tuple[Term, Fraction]],
        pieces: list[Operand],
        loose: list[Operand],
    ) -> None:
        """Q log of a sum; an exponential that it divides goes with it."""
        above = next((s for s in singles if s[1] == 1), None) if q == -1 else None
        other = self._other(above[0], form) if above is not None else None
        if above is not None and other is not None:
            singles.remove(above)
            apart = self._minus(other, self.exponent(above[0]))
            pieces.append(self.contractor.negated(self._applied("softplus", apart)))
        elif len(form) > 1:
            pieces.append(self._scaled(q, self._log_of(form)))
        else:
            largest, total = self._shifted(form[0])
            if above is not None:
                singles.remove(above)
                pieces.append(self._less(self.exponent(above[0]), largest))
            else:
                pieces.append(self._scaled(q, largest))
            if all(map(is_number, form[0].weights)):
                pieces.append(self._scaled(q, self._applied("log", total)))
            else:  # its sign may be that of another factor
                node = self.graph.power(total.node, q)
                loose.append(Operand(node, total.indices))

    def _log_of(self, form: Form) -> Operand:
        """log(S + e^b) = b + softplus(log S - b), one term after the other."""
        return reduce(self._log_of_both, map(self._log_of_term, form))

    def _log_of_both(self, a: Operand, b: Operand) -> Operand:
        if a.node.op == "number":
            a, b = b, a
        return self._plus(b, self._applied("softplus", self._minus(a, b)))

    def _log_of_term(self, term: Term) -> Operand:
        if not term.bound:
            return self._with_weight(term)
        largest, total = self._shifted(term)
        return self._plus(largest, self._applied("log", total))

    # -- parts

    def exponent(self, term: Term) -> Operand:
        """The array of the exponent."""
        return self.lower(add(*term.exponents))

    def _with_weight(self, term: Term) -> Operand:
        """X + log w for w e^x."""
        if not term.weights:
            return self.exponent(term)
        weight = self._applied("log", self.lower(mul(*term.weights)))
        return self._plus(weight, self.exponent(term))

    def _shifted(self, term: Term) -> tuple[Operand, Operand]:
        """M and sum_k w_k e^(x_k - m), with m the largest x_k along what is summed."""
        largest = operand = self.exponent(term)
        for index in term.bound:
            axis = largest.indices.index(index)
            rest = tuple(i for i in largest.indices if i is not index)
            shape = tuple(i.size for i in rest)
            largest = Operand(self.graph.make("max", (largest.node,), (axis,), shape), rest)
        exponential = self._applied("exp", self._less(operand, largest))
        return largest, self._weighted(term, exponential)

    def _exp(self, term: Term, shift: Operand) -> Operand:
        return self._applied("exp", self._less(self.exponent(term), shift))

    def _weighted(self, term: Term, exponential: Operand) -> Operand:
        """The sum of an exponential times its weights."""
        if not term.weights and not term.bound:
            return exponential
        weights = [self.lower(weight) for weight in term.weights]
        return self.contractor.contract([*weights, exponential], term.bound, self.rank)

    def _applied(self, name: str, argument: Operand) -> Operand:
        return Operand(ROWS[name].form(self.graph, argument.node), argument.indices)

    def _scaled(self, q: Fraction, operand: Operand) -> Operand:
        if q == 1:
            return operand
        return Operand(self.graph.times(self.graph.number(q), operand.node), operand.indices)

    def _plus(self, a: Operand, b: Operand) -> Operand:
        for one, other in ((a, b), (b, a)):
            if _is_zero(one):
                return other
        left, right, indices = self.contractor.aligned(a, b, self.rank)
        return Operand(self.graph.plus(left, right), indices)

    def _minus(self, a: Operand, b: Operand) -> Operand:
        return self._plus(a, self.contractor.negated(b))

    def _less(self, a: Operand, shift: Operand) -> Operand:
        """A - shift, as it stands."""
        left, right, indices = self.contractor.aligned(a, shift, self.rank)
        return Operand(self.graph.binary("sub", left, right), indices)

    def _over(self, a: Operand, b: Operand) -> Operand:
        left, right, indices = self.contractor.aligned(a, b, self.rank)
        return Operand(self.graph.quotient(left, right), indices)


def _is_zero(operand: Operand) -> bool:
    node = operand.node.args[0] if operand.node.op == "neg" else operand.node
    return node.op == "number" and node.data[0] == 0


def _is_pair(form: Form) -> bool:
    return len(form) == 2 and not any(term.bound for term in form)


def _is_single(form: Form) -> bool:
    return len(form) == 1 and not form[0].bound


def _sign(weight: Expression) -> int | None:
    """The sign of a number; None for what is none."""
    match weight:
        case Number(value=value):
            return (value > 0) - (value < 0)
        case SizeValue():
            return 1
        case Mul(factors=factors):
            signs = [_sign(factor) for factor in factors]
            return None if None in signs else prod(sign or 0 for sign in signs)
        case Power(base=base, exponent=exponent) if exponent.denominator == 1:
            sign = _sign(base)
            return None if sign is None else sign ** (int(exponent) % 2 or 2)
    return None


def _unit(term: Term) -> int:
    """1 for e^x, -1 for -e^x, 0 for all else."""
    units = [
        int(w.value) if isinstance(w, Number) and abs(w.value) == 1 else 0 for w in term.weights
    ]
    return 0 if term.bound else prod(units)
