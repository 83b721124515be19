"""Applications of functions to canonical polynomials, under a theory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from symgrad.calculus.expression import (
    EXP,
    PRIMITIVES,
    RELU,
    Add,
    Apply,
    Function,
    Mul,
    Power,
    Sum,
)
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Size
from symgrad.calculus.powers import Powers
from symgrad.calculus.table import (
    APPLICATION,
    ONE_POLYNOMIAL,
    Codes,
    Factor,
    Head,
    Polynomial,
)
from symgrad.records import dataclass


@dataclass(frozen=True, eq=False)
class Theory:
    """What is known of functions.

    Attributes:
        unfolds: which functions are replaced by their definitions.
        written_out: the largest literal size over which sums are written out.
        facts: of each primitive: identity, orders of derivative, and rule, in order of trial.
    """

    unfolds: Callable[[Function], bool]
    written_out: int
    facts: dict[
        Function,
        list[tuple[str, range, Callable[[Algebra, int, Polynomial], Polynomial | None]]],
    ]


def is_made_of_relu(function: Function) -> bool:
    """Whether a function is defined by polynomials and relu, as |x| is."""
    if function.definition is None:
        return function is RELU
    waiting = [function.definition]
    while waiting:
        match waiting.pop():
            case Apply(function=inner, argument=argument):
                if not is_made_of_relu(inner):
                    return False
                waiting.append(argument)
            case Add(terms=parts) | Mul(factors=parts):
                waiting.extend(parts)
            case Power(base=base):
                waiting.append(base)
            case Sum(body=body):
                waiting.append(body)
    return True


Applied = tuple[int, Polynomial, frozenset[str]]
"""A head (or -1), what else stands for the application, and the facts that were used."""


class Algebra(Powers):
    """Arithmetic with applications.

    Args:
        theory: the facts that may be used.
        limit: of work.
        unfold: the n-th derivative of the definition of a function, at a polynomial.
        hypotheses: of tensors.

    Attributes:
        informed: whether an application was met of which `FACTS` knows something.
    """

    def __init__(
        self,
        theory: Theory,
        limit: int,
        unfold: Callable[[Function, int, Polynomial], Polynomial],
        hypotheses: tuple[Hypothesis, ...] = (),
    ) -> None:
        super().__init__(limit, hypotheses)
        self.theory = theory
        self.informed = False
        self._unfold = unfold
        self._applied: dict[tuple[Function, int, int], Applied] = {}

    def apply(self, function: Function, order: int, argument: Polynomial) -> Polynomial:
        """The derivative of this order of a function at a polynomial."""
        return self.apply_lifted(function, order, *self.lift(argument))

    def apply_lifted(
        self, function: Function, order: int, skeleton: int, codes: Codes
    ) -> Polynomial:
        """The same at a skeleton, with its parameters at different free indices."""
        key = (function, order, skeleton)
        known = self._applied.get(key)
        if known is None:
            known = self._applied[key] = self._work_out(function, order, skeleton)
        head, polynomial, facts = known
        if head >= 0:
            return {((self.single(head, codes), 1),): 1}
        self.fired |= facts
        return self.substitute(polynomial, {2 * p: code for p, code in enumerate(codes)})

    def among(
        self,
        factors: list[Factor],
        names: dict[int, int],
        sizes: list[tuple[int, Size]],
        polynomial: Polynomial,
    ) -> Polynomial:
        """A polynomial times factors, whose bound indices have names, summed over these."""
        product = polynomial
        for head, exponent, codes in factors:
            moved = tuple([names.get(code, code) for code in codes])
            product = self.times(product, self.power(self._factor(head, moved), exponent))
        return self._bind_opened(product, sizes)

    def instantiate(self, head: int, codes: Codes) -> Polynomial:
        """The application or base of this head at positions that are not all different indices."""
        record = self.heads[head]
        polynomial = self.lower(record.skeleton, codes)
        if record.kind == APPLICATION:
            assert record.function is not None
            return self.apply(record.function, record.order, polynomial)
        return polynomial

    def opened(self, polynomial: Polynomial, head: int) -> Polynomial:
        """The polynomial with its argument for each factor of this head, which is an identity.

        Factors inside the arguments of functions stay.
        """

        def standing(other: int, codes: Codes) -> Polynomial:
            if other == head:
                return self.lower(self.heads[head].skeleton, codes)
            return self._factor(other, codes)

        out: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            product: Polynomial = {(): coefficient}
            for component, exponent in monomial:
                part: Polynomial = {((component, exponent),): 1}
                if any(other == head for other, _, _ in self.factors[component]):
                    sizes: list[tuple[int, Size]] = []
                    inside = self._opened(component, sizes, standing=standing)
                    part = self.power(self._bind_opened(inside, sizes), exponent)
                product = self.times(product, part)
            self.accumulate(out, product)
        return out

    def note_idempotent(self, component: int) -> None:
        """Record that s^2 = s was used."""
        if self.kind[component] == APPLICATION:
            self.fired.add("relu'(z)^2 = relu'(z)")

    def absorbed(self, component: int, steps: list[int]) -> Polynomial | None:
        """S relu'(z) = s relu'(z with s = 1) for a step s, which is 0 or 1."""
        put = self._absorbed(component, steps)
        if put is not None:
            self.fired.add("relu'(w) relu'(z) = relu'(w) relu'(z for relu'(w) = 1)")
        return put

    def _absorbed(self, component: int, steps: list[int]) -> Polynomial | None:
        """The step with these steps put to 1 in it, also in the steps that it has in it."""
        if self.kind[component] != APPLICATION:
            return None
        ((head, _, codes),) = self.factors[component]
        record = self.heads[head]
        if record.function is not RELU or record.order != 1:
            return None
        if not self.skeletons[record.skeleton].heads & self.steps:
            return None
        argument = self.lower(record.skeleton, codes)
        inner = {k for monomial in argument for k, _ in monomial}
        ones: dict[int, Polynomial] = {}
        for k in inner:
            one = ONE_POLYNOMIAL if k in steps else self._absorbed(k, steps)
            if one is not None:
                ones[k] = one
        if not ones:
            return None
        put: Polynomial = {}
        for monomial, coefficient in argument.items():
            term: Polynomial = {tuple([pair for pair in monomial if pair[0] not in ones]): 1}
            for k, exponent in monomial:
                if k in ones:
                    term = self.times(term, self.power(ones[k], exponent))
            self.accumulate(put, term, coefficient)
        return self.apply(RELU, 1, put)

    def _apply_cases(
        self, function: Function, order: int, delta: int, zero: Polynomial, one: Polynomial
    ) -> Polynomial:
        """f(z) = f(z|0) + delta (f(z|1) - f(z|0)), see `cases`."""
        return self.combined(
            delta, self.apply(function, order, zero), self.apply(function, order, one)
        )

    def _work_out(self, function: Function, order: int, skeleton: int) -> Applied:
        self.informed |= function.definition is not None or function in PRIMITIVES
        argument = self.skeletons[skeleton].polynomial
        cases = self.cases(argument)
        if cases is not None:
            polynomial, facts = self.recorded(partial(self._apply_cases, function, order, *cases))
            return -1, polynomial, facts
        if function.definition is not None and self.theory.unfolds(function):
            polynomial, facts = self.recorded(partial(self._unfold, function, order, argument))
            return -1, polynomial, facts | {f"definition of {function.name}"}
        for identity, orders, rule in self.theory.facts.get(function, ()):
            if order in orders:
                self.spend(1)
                result, facts = self.recorded(partial(rule, self, order, argument))
                if result is not None:
                    return -1, result, facts | {identity}
        record = self.skeletons[skeleton]
        known = bool(self.theory.facts)
        head = Head(
            APPLICATION,
            record.axes,
            record.group,
            skeleton=skeleton,
            function=function,
            order=order,
            positive=known and function is EXP,
            idempotent=known and function is RELU and order == 1 and not self.may_vanish(skeleton),
        )
        return self.head((function, order, skeleton), head), {}, frozenset()
