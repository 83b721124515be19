r"""Sums of exponentials as formulas write them, whatever they are called.

A form is a sum of terms  sum_k w_k e^{x_k},  each with bound indices or without. It is seen
through names and functions: with S = \sum_k e^{z_k} and u_i = e^{z_i}, the quotient u_i / S is
one of exponentials, and with y = \sigma(z) so is 1 - y. The values of forms overflow where
their quotients and logarithms do not; `exponentials` works those out.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symgrad.calculus.expression import (
    ARGUMENT,
    EXP,
    Add,
    Apply,
    Definition,
    Derivative,
    Expression,
    Function,
    Mul,
    Named,
    Number,
    Power,
    SizeValue,
    Sum,
    mul,
    number,
    power,
)
from symgrad.calculus.index import Index, Position, fresh
from symgrad.calculus.substitution import match_parameters, rename, substitute
from symgrad.compiling.products import Resolve
from symgrad.records import dataclass, field


@dataclass(frozen=True)
class Term:
    """sum over bound indices of weights times e to the sum of exponents.

    Attributes:
        exponents: none for e^0.
        weights: factors without an exponential that was found.
        bound: the indices that are summed.
    """

    exponents: tuple[Expression, ...] = ()
    weights: tuple[Expression, ...] = ()
    bound: tuple[Index, ...] = ()

    def moved(self, positions: dict[Index, Position]) -> Term:
        """The term at other positions, its bound indices fresh."""
        bound = tuple(fresh(index.name, index.size) for index in self.bound)
        at = {**positions, **dict(zip(self.bound, bound, strict=True))}
        return Term(
            tuple(rename(x, at) for x in self.exponents),
            tuple(rename(w, at) for w in self.weights),
            bound,
        )

    def times(self, other: Term) -> Term:
        """e^x e^y = e^(x + y); bound indices are another's."""
        return Term(
            self.exponents + other.exponents,
            self.weights + other.weights,
            self.bound + other.bound,
        )


Form = tuple[Term, ...]

Powers = list[tuple[Form | Expression, Fraction]]
"""A product: forms, and expressions that are none, each with its exponent."""


@dataclass
class Forms:
    """Finds the forms in expressions.

    Attributes:
        body_of: what is worked out for a name.
        resolve: what stands for a derivative.
        is_exp: whether a function is the exponential.
        same: whether two exponents are the same array.
    """

    body_of: Callable[[Definition], Expression]
    resolve: Resolve
    is_exp: Callable[[Function], bool]
    same: Callable[[Term, Term], bool]
    _forms: dict[Definition, Form | None] = field(default_factory=dict)
    _powers: dict[Definition, Powers | None] = field(default_factory=dict)

    def form(self, node: Expression) -> Form | None:
        """An expression as a form; None where it is none, or has no exponential."""
        match node:
            case Apply(function=function, argument=argument) if self._is_exponential(function):
                return (Term((argument,)),)
            case Named(definition=definition, positions=positions):
                if definition not in self._forms:
                    self._forms[definition] = None
                    self._forms[definition] = self.form(self.body_of(definition))
                found = self._forms[definition]
                at = match_parameters(definition, positions)
                return None if found is None else tuple(term.moved(at) for term in found)
            case Derivative():
                return self.form(self.resolve(node))
            case Sum(index=index, body=body):
                inner = self.form(body)
                if inner is None or len(inner) > 1:
                    return None
                own = Term(inner[0].exponents, inner[0].weights, (*inner[0].bound, index))
                return (own.moved({}),)
            case Mul(factors=factors):
                return self._product(factors)
            case Add(terms=terms):
                return self._sum(terms)
            case Power(base=base, exponent=exponent):
                return self._power(base, exponent)
        return None

    def _is_exponential(self, function: Function) -> bool:
        return function is EXP or (function.definition is not None and self.is_exp(function))

    def _product(self, factors: tuple[Expression, ...]) -> Form | None:
        result: Form = (Term(),)
        found = False
        for factor in factors:
            form = self.form(factor)
            if form is not None and len(form) > 1 and len(result) > 1:
                return None
            if form is None and self.powers(factor) is not None:
                return None  # a quotient of exponentials is no weight
            found |= form is not None
            parts = (Term((), (factor,)),) if form is None else form
            result = tuple(a.times(b) for a in result for b in parts)
        return result if found else None

    def _sum(self, terms: tuple[Expression, ...]) -> Form | None:
        result: list[Term] = []
        found = False
        for term in terms:
            form = self.form(term)
            if form is None and not is_number(term):
                return None
            found |= form is not None
            result += (constant(term),) if form is None else form
        return tuple(result) if found else None

    def _power(self, base: Expression, exponent: Fraction) -> Form | None:
        """(w e^x)^q = w^q e^(q x), of one term without a sum."""
        form = self.form(base)
        if form is None or len(form) > 1 or form[0].bound:
            return None
        exponents = tuple(mul(number(exponent), x) for x in form[0].exponents)
        return (Term(exponents, tuple(power(w, exponent) for w in form[0].weights)),)

    def powers(self, node: Expression, exponent: Fraction = Fraction(1)) -> Powers | None:
        """A product with its forms apart; None where there are none in it.

        1 - a / (a + b) = b / (a + b) is one.
        """
        form = self.form(node)
        if form is not None:
            return [(form, exponent)]
        match node:
            case Named(definition=definition, positions=positions):
                return _raised(self._of_name(definition, positions), exponent)
            case Derivative():
                return self.powers(self.resolve(node), exponent)
            case Power(base=base, exponent=inner):
                return self.powers(base, inner * exponent)
            case Apply(function=function, order=0, argument=argument):
                if function.definition is None:
                    return None
                body = substitute(function.definition, {}, {ARGUMENT: lambda _: argument})
                return self.powers(body, exponent)
            case Mul(factors=factors):
                found = [(factor, self.powers(factor, exponent)) for factor in factors]
                if all(parts is None for _, parts in found):
                    return None
                return [
                    one
                    for factor, parts in found
                    for one in ([(factor, exponent)] if parts is None else parts)
                ]
            case Add(terms=terms):
                return _raised(self._complement(terms), exponent)
        return None

    def _of_name(self, definition: Definition, positions: tuple[Position, ...]) -> Powers | None:
        if definition not in self._powers:
            self._powers[definition] = None
            self._powers[definition] = self.powers(self.body_of(definition))
        found = self._powers[definition]
        at = match_parameters(definition, positions)
        if found is None:
            return None
        return [
            (rename(f, at) if isinstance(f, Expression) else tuple(t.moved(at) for t in f), q)
            for f, q in found
        ]

    def _complement(self, terms: tuple[Expression, ...]) -> Powers | None:
        """1 - e^x / (e^x + e^y) = e^y / (e^x + e^y), with 1 for one of the exponentials or not."""
        if len(terms) != 2:
            return None
        for one, other in (terms, terms[::-1]):
            if not isinstance(one, Number) or one.value != 1:
                continue
            quotient = as_quotient(self.powers(mul(number(-1), other)))
            if quotient is None:
                continue
            top, bottom = quotient
            if any(term.weights or term.bound for term in (top, *bottom)):
                continue
            rest = [term for term in bottom if not self.same(term, top)]
            if len(bottom) == 2 and len(rest) == 1:
                return [((rest[0],), Fraction(1)), (bottom, Fraction(-1))]
        return None


def as_quotient(powers: Powers | None) -> tuple[Term, Form] | None:
    """W e^x / S: its term above, which is 1 where nothing is written, and S below."""
    top, bottom = Term(), None
    for part, exponent in powers or ():
        if isinstance(part, Expression):
            if not isinstance(part, Number):
                return None
            top = top.times(constant(power(part, exponent)))
        elif exponent == 1 and len(part) == 1:
            top = top.times(part[0])
        elif exponent == -1 and bottom is None:
            bottom = part
        else:
            return None
    return None if bottom is None else (top, bottom)


def _raised(powers: Powers | None, exponent: Fraction) -> Powers | None:
    return None if powers is None else [(part, q * exponent) for part, q in powers]


def is_number(node: Expression) -> bool:
    """Whether an expression is made of numbers and sizes only."""
    match node:
        case Mul(factors=factors):
            return all(map(is_number, factors))
        case Power(base=base):
            return is_number(base)
    return isinstance(node, Number | SizeValue)


def constant(node: Expression) -> Term:
    """A number as a term: c e^0."""
    return Term() if isinstance(node, Number) and node.value == 1 else Term((), (node,))
