"""Facts of functions: rewrite rules on normal forms, each with its identity and side condition.

`OPAQUE` has none: what it proves holds for every activation. `FOLDED` knows relu, exp, log
and erf, and takes functions that are made of exp, log or erf as any. `FACTS` unfolds these
too. `FINITE` also writes out sums over small literal sizes, so that x_1 + x_2 is the sum of
x over {1, 2}.

The step relu' has no value at 0. A fact that fails there is used only where the
argument is zero at single points, not for some indices whatever the tensors are
(X_i - X_j for i = j) and not in a region (relu(z) for z < 0). So relu'(relu(z)) =
relu'(z), which rests on relu'(0) = 0 for all z < 0, is no fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import factorial, floor

from symgrad.calculus.algebra import Algebra, Theory, is_made_of_relu
from symgrad.calculus.expression import ERF, EXP, LOG, PI, RELU, Function
from symgrad.calculus.polynomial import joined
from symgrad.calculus.powers import Powers
from symgrad.calculus.table import (
    APPLICATION,
    BASE,
    ENTRY,
    ONE_POLYNOMIAL,
    ROOT,
    SIZE,
    Coefficient,
    Exponent,
    Parts,
    Polynomial,
)

Fact = Callable[[Algebra, int, Polynomial], Polynomial | None]
"""Takes the order of the derivative and the argument; None where it does not apply."""

OPAQUE = Theory(unfolds=lambda function: False, written_out=0, facts={})
FACTS = Theory(unfolds=lambda function: True, written_out=0, facts={})
FOLDED = Theory(unfolds=is_made_of_relu, written_out=0, facts=FACTS.facts)
FINITE = Theory(unfolds=lambda function: True, written_out=8, facts=FACTS.facts)


def _fact(identity: str, function: Function, orders: range) -> Callable[[Fact], Fact]:
    """Decorator that registers a fact of the derivatives of these orders.

    Facts are tried in the order of registration.
    """

    def register(fact: Fact) -> Fact:
        if any(known == identity for rows in FACTS.facts.values() for known, _, _ in rows):
            raise ValueError(f"two facts {identity}")
        FACTS.facts.setdefault(function, []).append((identity, orders, fact))
        return fact

    return register


def rests_on_kinks(facts: Iterable[str]) -> bool:
    """Whether one of the facts is of relu: it may fail where an argument is zero."""
    return any("relu" in identity for identity in facts)


_VALUE = range(1)
_STEP = range(1, 2)


def _application(algebra: Powers, component: int) -> tuple[Function | None, int]:
    """Which function, of which order, a component without bound indices applies."""
    if algebra.kind[component] != APPLICATION:
        return None, 0
    head = algebra.heads[algebra.factors[component][0][0]]
    return head.function, head.order


def _argument(algebra: Powers, component: int) -> Polynomial:
    ((head, _, codes),) = algebra.factors[component]
    return algebra.lower(algebra.heads[head].skeleton, codes)


# relu


@_fact("relu(z) = z relu'(z)", RELU, _VALUE)
def _relu(algebra: Algebra, order: int, z: Polynomial) -> Polynomial:
    """relu(z) = z relu'(z) = z (1 - relu'(-z)); at 0 too, whatever finite value relu' has there.

    With relu'(w) relu'(w relu'(w)) = relu'(w) it makes relu(relu(w)) = relu(w).
    """
    opposite = _met_first(algebra, z)
    if opposite is None:
        return algebra.times(z, algebra.apply(RELU, 1, z))
    return algebra.times(z, _one_minus(algebra, algebra.apply(RELU, 1, opposite)))


def _met_first(algebra: Algebra, z: Polynomial) -> Polynomial | None:
    """-z where it was met before z: of the two signs one stands for both."""
    opposite = {m: -c for m, c in z.items()}
    return opposite if algebra.lift(opposite)[0] < algebra.lift(z)[0] else None


def _one_minus(algebra: Algebra, step: Polynomial) -> Polynomial:
    result = dict(ONE_POLYNOMIAL)
    algebra.accumulate(result, step, -1)
    return result


def _has_kinks_only(algebra: Algebra, z: Polynomial) -> bool:
    """Whether z is not zero but at single points: not for some indices, not in a region."""
    skeleton, _ = algebra.lift(z)
    return not algebra.may_vanish(skeleton) and not algebra.may_be_flat(skeleton)


@_fact("relu''(z) = 0", RELU, range(2, 1 << 30))
def _flat(algebra: Algebra, order: int, z: Polynomial) -> Polynomial | None:
    """relu^(n)(z) = 0 for n >= 2 and z != 0."""
    return {} if _has_kinks_only(algebra, z) else None


@_fact("relu'(c) = 1 for c > 0, 0 for c < 0", RELU, _STEP)
def _step_of_constant(algebra: Algebra, order: int, z: Polynomial) -> Polynomial | None:
    """relu'(c) = 1 for c > 0, 0 for c < 0; of 0 it is not evaluated.

    Certainly positive is a sum of products of positive rationals, sizes and exponentials.
    """
    if not all(algebra.sums_positive(c) for monomial in z for c, _ in monomial):
        return None
    signs = {coefficient > 0 for coefficient in z.values()}
    if len(signs) != 1:
        return None
    return ONE_POLYNOMIAL if signs == {True} else {}


@_fact("relu'(c z) = relu'(z) for c > 0", RELU, _STEP)
def _step_of_multiple(algebra: Algebra, order: int, z: Polynomial) -> Polynomial | None:
    """relu'(c z) = relu'(z) for c > 0: a rational, a size, an exponential."""
    if not z:
        return None
    content, parts, rest = algebra.split(z, positive_only=True)
    return algebra.apply(RELU, 1, rest) if content != 1 or parts else None


@_fact("relu'(-z) = 1 - relu'(z)", RELU, _STEP)
def _step_of_opposite(algebra: Algebra, order: int, z: Polynomial) -> Polynomial | None:
    """relu'(-z) = 1 - relu'(z) for z != 0."""
    opposite = _met_first(algebra, z)
    if opposite is None or not _has_kinks_only(algebra, z):
        return None
    return _one_minus(algebra, algebra.apply(RELU, 1, opposite))


@_fact("relu'(exp(a) - exp(b)) = relu'(a - b)", RELU, _STEP)
def _step_of_exponentials(algebra: Algebra, order: int, z: Polynomial) -> Polynomial | None:
    """relu'(exp(a) - exp(b)) = relu'(a - b): exp is increasing; 1 is exp(0)."""
    if len(z) != 2 or set(z.values()) != {1, -1}:
        return None
    difference: Polynomial = {}
    for monomial, sign in z.items():
        for component, exponent in monomial:
            if _application(algebra, component) != (EXP, 0):
                return None
            algebra.accumulate(difference, _argument(algebra, component), sign * exponent)
    return algebra.apply(RELU, 1, difference)


# exp


@_fact("exp' = exp", EXP, range(1, 1 << 30))
def _exp_derivative(algebra: Algebra, order: int, z: Polynomial) -> Polynomial:
    """exp'(z) = exp(z)."""
    return algebra.apply(EXP, 0, z)


@_fact("exp(log z) = z", EXP, _VALUE)
def _exp_of_log(algebra: Algebra, order: int, z: Polynomial) -> Polynomial | None:
    """exp(c log z) = z^c, c rational, where log z is defined (z > 0)."""
    if len(z) != 1:
        return None
    ((monomial, coefficient),) = z.items()
    if len(monomial) != 1 or monomial[0][1] != 1:
        return None
    component = monomial[0][0]
    if _application(algebra, component) != (LOG, 0):
        return None
    return algebra.power(_argument(algebra, component), coefficient)


@_fact("exp(a + b) = exp(a) exp(b)", EXP, _VALUE)
def _exp_of_sum(algebra: Algebra, order: int, z: Polynomial) -> Polynomial | None:
    """exp(a + b) = exp(a) exp(b); exp(c a) = exp(a)^c, c rational; exp(0) = 1."""
    if len(z) == 1 and next(iter(z.values())) == 1:
        return None
    result = ONE_POLYNOMIAL
    for monomial, coefficient in z.items():
        factor = algebra.apply(EXP, 0, {monomial: 1})
        result = algebra.times(result, algebra.power(factor, coefficient))
    return result


# erf


@_fact("erf'(z) = 2 exp(-z^2) / sqrt(pi)", ERF, range(1, 1 << 30))
def _erf_derivative(algebra: Algebra, order: int, z: Polynomial) -> Polynomial:
    """erf^(n+1)(z) = 2 / sqrt(pi) (-1)^n H_n(z) exp(-z^2), H_n the polynomials of Hermite.

    H_0 = 1, H_1 = 2 z, H_(n+1) = 2 z H_n - 2 n H_(n-1): since (d/dz)^n exp(-z^2) is
    (-1)^n H_n(z) exp(-z^2).
    """
    before: Polynomial = {}
    hermite = ONE_POLYNOMIAL
    for n in range(order - 1):
        following = algebra.times({(): 2}, algebra.times(z, hermite))
        algebra.accumulate(following, before, -2 * n)
        before, hermite = hermite, following
    minus_square: Polynomial = {}
    algebra.accumulate(minus_square, algebra.times(z, z), -1)
    pi: Polynomial = {((algebra.constant_component(PI.name), 1),): 1}
    factor = algebra.times({(): 2 * (-1) ** (order - 1)}, algebra.power(pi, Fraction(-1, 2)))
    return algebra.times(factor, algebra.times(hermite, algebra.apply(EXP, 0, minus_square)))


@_fact("erf(-z) = -erf(z), erf(0) = 0", ERF, _VALUE)
def _erf_of_opposite(algebra: Algebra, order: int, z: Polynomial) -> Polynomial | None:
    """erf(-z) = -erf(z), the one that was met first stands for both; erf(0) = 0."""
    if not z:
        return {}
    opposite = _met_first(algebra, z)
    if opposite is None:
        return None
    result: Polynomial = {}
    algebra.accumulate(result, algebra.apply(ERF, 0, opposite), -1)
    return result


# log


@_fact("log'(z) = 1/z", LOG, range(1, 1 << 30))
def _log_derivative(algebra: Algebra, order: int, z: Polynomial) -> Polynomial:
    """log^(n)(z) = (-1)^(n-1) (n-1)! z^(-n)."""
    factor = (-1) ** (order - 1) * factorial(order - 1)
    return algebra.times({(): factor}, algebra.power(z, -order))


@_fact("log(p^k q^l) = k log p + l log q", LOG, _VALUE)
def _log_of_rational(algebra: Algebra, order: int, z: Polynomial) -> Polynomial | None:
    """log(p^k q^l) = k log(p) + l log(q) for primes p, q; log(1) = 0."""
    if len(z) != 1 or () not in z or z[()] <= 0:
        return None
    primes = algebra.prime_powers(z[()])
    if list(primes.values()) == [1]:
        return None
    out: Polynomial = {}
    for prime, exponent in primes.items():
        algebra.accumulate(out, algebra.apply(LOG, 0, {(): prime}), exponent)
    return out


@_fact("log(a b) = log a + log b for a > 0, log(z^k) = k log z for odd k", LOG, _VALUE)
def _log_of_product(algebra: Algebra, order: int, z: Polynomial) -> Polynomial | None:
    """log(a b) = log(a) + log(b) for a > 0; log(z^k) = k log(z), k odd or not an integer.

    Certainly positive are positive rationals, sizes, exponentials, and entries that are
    assumed to be; that b is, and z, follows from the logarithm being defined. log(exp z) = z.
    """
    if not z or (len(z) == 1 and () in z):
        return None
    content, positive, rest = _factored(algebra, z)
    power = _odd_power(algebra, rest)
    if content == 1 and not positive and power is None:
        return None
    if rest == ONE_POLYNOMIAL and content == 1 and _is_symbol(algebra, positive):
        return None
    exponent, inner = power or (1, rest)
    out: Polynomial = {}
    algebra.accumulate(out, algebra.apply(LOG, 0, inner), exponent)
    algebra.accumulate(out, algebra.apply(LOG, 0, {(): content}))
    for component, times in positive.items():
        algebra.accumulate(out, _log_of_positive(algebra, component), times)
    return out


def _factored(algebra: Algebra, z: Polynomial) -> tuple[Coefficient, Parts, Polynomial]:
    """A polynomial as a positive rational, positive factors, and what is left."""
    content, parts, rest = algebra.split(z, positive_only=False)
    if len(rest) > 1:
        return algebra.split(z, positive_only=True)
    # A single product; as a polynomial it may be a sum, as 1 - 1/(1+e^x) is e^x/(1+e^x).
    ((monomial, sign),) = rest.items()
    parts = joined(tuple(parts.items()), monomial)
    positive = {c: e for c, e in parts.items() if algebra.certainly_positive(c)}
    others: Polynomial = {}
    algebra.put(others, {c: e for c, e in parts.items() if c not in positive}, sign)
    return content, positive, others


def _odd_power(algebra: Algebra, z: Polynomial) -> tuple[Exponent, Polynomial] | None:
    """Exponent and base where z is z^k, k != 1 odd or not an integer, so that z > 0 if z^k > 0."""
    if len(z) != 1:
        return None
    ((monomial, sign),) = z.items()
    if len(monomial) != 1 or sign not in (1, -1):
        return None
    ((component, exponent),) = monomial
    whole = exponent == floor(exponent)
    if exponent == 1 or (floor(exponent) % 2 == 0 if whole else sign < 0):
        return None
    base: Polynomial = {((component, 1),): 1}
    if algebra.kind[component] == BASE:
        base = algebra.base_polynomial(component)
    return exponent, {m: c * sign for m, c in base.items()}


def _is_symbol(algebra: Algebra, parts: Parts) -> bool:
    """Whether it is a size or a positive entry, of which the logarithm stays."""
    kinds = [algebra.kind[c] for c in parts]
    return kinds in ([SIZE], [ENTRY]) and list(parts.values()) == [1]


def _log_of_positive(algebra: Algebra, component: int) -> Polynomial:
    """log(exp z) = z; the logarithm of a size or a positive entry stays."""
    if algebra.kind[component] == APPLICATION:
        return _argument(algebra, component)
    if algebra.kind[component] == ROOT:
        return algebra.apply(LOG, 0, {(): algebra.heads[algebra.factors[component][0][0]].prime})
    return algebra.apply(LOG, 0, {((component, 1),): 1})
