r"""Derived expressions as a person leaves them: like factors together, quotients by name.

A product is taken apart into its factors with their exponents, equal ones by their
normal form. What cancels vanishes, `e^{z_i} / \sum_k e^{z_k}` becomes the `p_i` that the
note defines, and what all terms of a sum have is put in front of it. Every rule keeps the
value where both sides have one; whoever uses the outcome proves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import permutations, product
from math import prod

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import resolve_derivatives, summed
from symgrad.calculus.hypotheses import Hypothesis, OneHot, SumsToOne
from symgrad.calculus.index import Index
from symgrad.calculus.interval import Undefined
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import OPAQUE, Normaliser
from symgrad.calculus.substitution import free_indices, unfold
from symgrad.judging.tree import rebuilt
from symgrad.records import dataclass, field

MOST_TERMS = 24
"""Terms into which a product is multiplied out."""

MOST_PARAMETERS = 2
"""Subscripts of a name that is put for a product."""

WORK = 20_000
"""Of one normal form."""

Key = frozenset[tuple[object, object]]


@dataclass
class Product:
    """A number times powers, in the order in which they were met.

    Attributes:
        weight: the number.
        powers: base and exponent, by the normal form of the base.
    """

    weight: Fraction = Fraction(1)
    powers: dict[Key, tuple[ex.Expression, Fraction]] = field(default_factory=dict)

    def expression(self) -> ex.Expression:
        """The product as an expression."""
        return ex.mul(ex.number(self.weight), *self.factors())

    def factors(self) -> list[ex.Expression]:
        """The powers as expressions."""
        return [ex.power(base, exponent) for base, exponent in self.powers.values()]

    def multiplied(self, key: Key, base: ex.Expression, exponent: Fraction) -> None:
        """One more power."""
        known, before = self.powers.pop(key, (base, Fraction(0)))
        if before + exponent != 0:
            self.powers[key] = known, before + exponent


class Simplifier:
    """Simplifies the expressions of one claim.

    Args:
        definitions: names that may be put for products, the latest first.
        given: what is assumed; what sums to 1 is written so.
    """

    def __init__(
        self, definitions: Sequence[ex.Definition] = (), given: Sequence[Hypothesis] = ()
    ) -> None:
        self.normaliser = Normaliser(OPAQUE, WORK)
        self.definitions = definitions
        self.sums_to_one = [h.tensor for h in given if isinstance(h, SumsToOne | OneHot)]
        self._meanings: dict[tuple[object, object], Product | None] = {}

    def plain(self, node: ex.Expression) -> ex.Expression:
        """The expression with like factors together; its form stays as it is."""
        return self.product(worked(node)).expression() if _is_product(node) else self._inner(node)

    def _inner(self, node: ex.Expression) -> ex.Expression:
        inner = worked(rebuilt(node, self.plain))
        return ex.ONE if self._is_one(inner) else inner

    def _is_one(self, node: ex.Expression) -> bool:
        """Whether it is assumed that a sum is 1."""
        return (
            isinstance(node, ex.Sum)
            and isinstance(node.body, ex.Entry)
            and node.body.tensor in self.sums_to_one
            and node.body.positions == (node.index,)
        )

    def named(self, node: ex.Expression) -> ex.Expression:
        """The expression with names for the products that they stand for."""
        try:
            return self._with_names(node)
        except (LimitReached, Undefined):
            return node

    def _with_names(self, node: ex.Expression) -> ex.Expression:
        node = worked(rebuilt(node, self._with_names))
        return self._named(self.product(node)).expression() if _is_product(node) else node

    def collected(self, node: ex.Expression) -> ex.Expression:
        """The expression multiplied out, quotients by name, and what all terms have in front."""
        try:
            return self._collected(resolve_derivatives(node))
        except (LimitReached, Undefined):
            return node

    def _collected(self, node: ex.Expression) -> ex.Expression:
        terms = [self._named(self.product(term)) for term in self._terms(worked(node))]
        if len(terms) < 2:
            return ex.add(*[term.expression() for term in terms])
        return self.in_front(terms)

    def _terms(self, node: ex.Expression) -> list[ex.Expression]:
        """The terms of an expression, multiplied out, deltas contracted."""
        match node:
            case ex.Add(terms=terms):
                found = [term for part in terms for term in self._terms(part)]
            case ex.Mul(factors=factors):
                parts = [self._terms(worked(factor)) for factor in factors]
                if prod(map(len, parts)) > MOST_TERMS:
                    return [node]
                found = [ex.mul(*choice) for choice in product(*parts)]
            case ex.Sum(index=index, body=body):
                found = [summed(index, self._short(term)) for term in self._terms(body)]
            case _:
                return [node]
        return found if len(found) <= MOST_TERMS else [node]

    def _short(self, term: ex.Expression) -> ex.Expression:
        """A term under a sum; what stands there together may have a name."""
        return self._named(self.product(term)).expression()

    def in_front(self, terms: list[Product]) -> ex.Expression:
        """A b + a c = a (b + c)."""
        common = Product()
        for key, (base, exponent) in terms[0].powers.items():
            found = [t.powers.get(key, (base, Fraction(0)))[1] for t in terms]
            if all(other == exponent for other in found):
                common.powers[key] = base, exponent
        weights = {abs(term.weight) for term in terms}
        common.weight = weights.pop() if len(weights) == 1 else Fraction(1)
        if all(term.weight < 0 for term in terms):
            common.weight = -common.weight
        rests = []
        for term in terms:
            powers = {k: v for k, v in term.powers.items() if k not in common.powers}
            rests.append(Product(term.weight / common.weight, powers))
        rests.sort(key=lambda term: term.weight < 0)
        return ex.mul(common.expression(), ex.add(*[rest.expression() for rest in rests]))

    # -- products

    def product(self, node: ex.Expression, into: Product | None = None) -> Product:
        """A product taken apart; parts of other kinds are simplified by themselves."""
        found = Product() if into is None else into
        self._gather(node, Fraction(1), found)
        return found

    def _gather(self, node: ex.Expression, exponent: Fraction, into: Product) -> None:
        whole = exponent.denominator == 1
        match node:
            case ex.Number(value=value) if whole and (value or exponent > 0):
                into.weight *= value ** int(exponent)
            case ex.Mul(factors=factors) if whole:
                for factor in factors:
                    self._gather(factor, exponent, into)
            case ex.Power(base=base, exponent=inner) if whole:
                self._gather(base, inner * exponent, into)
            case _:
                base = self._inner(node)
                if base is not ex.ONE:
                    into.multiplied(self.key(base), base, exponent)

    def key(self, node: ex.Expression) -> Key:
        """What equal expressions share; a name is equal to itself alone."""
        if isinstance(node, ex.Named):
            return frozenset({(node.definition, node.positions)})
        return frozenset(self.normaliser.polynomial(node).items())

    # -- names

    def _named(self, term: Product) -> Product:
        """The term with the names that stand for parts of it."""
        indices = sorted(
            {i for base, _ in term.powers.values() for i in free_indices(base)},
            key=lambda index: index.uid,
        )
        for definition in self.definitions:
            for at in _arrangements(indices, definition):
                self._divide(term, ex.Named(definition, at))
        return term

    def _meaning(self, name: ex.Named) -> Product | None:
        """What a name stands for, as a product; a gradient is worked out."""
        key = name.definition, name.positions
        if key not in self._meanings:
            self._meanings[key] = None
            meant = unfold(name.definition, name.positions)
            if isinstance(meant, ex.Derivative):
                meant = resolve_derivatives(meant)
            if _is_product(meant):
                self._meanings[key] = self.product(worked(meant))
        return self._meanings[key]

    def _divide(self, term: Product, name: ex.Named) -> None:
        """Put a name for all factors that it stands for, as often as they are there."""
        parts = self._meaning(name)
        if parts is None or len(parts.powers) < 2:
            return
        while all(_divides(e, term.powers.get(k)) for k, (_, e) in parts.powers.items()):
            for key, (base, exponent) in parts.powers.items():
                term.multiplied(key, base, -exponent)
            term.weight /= parts.weight
            term.multiplied(self.key(name), name, Fraction(1))


def _divides(exponent: Fraction, found: tuple[ex.Expression, Fraction] | None) -> bool:
    if found is None:
        return False
    return found[1] / exponent >= 1


def _is_product(node: ex.Expression) -> bool:
    return isinstance(node, ex.Mul | ex.Power)


def _arrangements(
    indices: Sequence[Index], definition: ex.Definition
) -> Iterable[tuple[Index, ...]]:
    sizes = [p.size for p in definition.parameters]
    if len(sizes) > MOST_PARAMETERS:
        return []
    return [p for p in permutations(indices, len(sizes)) if [i.size for i in p] == sizes]


def worked(node: ex.Expression) -> ex.Expression:
    """log'(z) = 1/z, exp' = exp."""
    if isinstance(node, ex.Apply) and node.function is ex.LOG and node.order == 1:
        return ex.power(node.argument, -1)
    if isinstance(node, ex.Apply) and node.function is ex.EXP:
        return ex.Apply(ex.EXP, 0, node.argument)
    return node
