"""Short ways to build expressions, random ones, and their values at a point."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from random import Random

from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import (
    ARGUMENT,
    ERF,
    EXP,
    LOG,
    RELU,
    Add,
    Apply,
    Definition,
    Delta,
    Derivative,
    Entry,
    Expression,
    Function,
    Mul,
    Named,
    Power,
    SizeValue,
    Sum,
    add,
    mul,
    negate,
    number,
    power,
)
from symgrad.calculus.index import Fixed, Index, Position, Size, Tensor, fresh
from symgrad.calculus.interpretation import Table
from symgrad.calculus.interval import NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import Proof, prove_equal
from symgrad.calculus.point import Point
from symgrad.calculus.substitution import free_indices, substitute

N, M = Size("n"), Size("m")
ONE, TWO = number(1), number(2)

x, y, z = (Entry(Tensor(name, ()), ()) for name in "xyz")
u, v = Tensor("u", (N,)), Tensor("v", (N,))
a, b = Tensor("a", (M,)), Tensor("b", (M,))
A, B = Tensor("A", (N, M)), Tensor("B", (M, N))
T = Tensor("T", (N, N))
S = Tensor("S", (N, N), symmetric=True)
THREE = Size("3")
short = Tensor("w", (THREE,))
TENSORS = (u, v, a, b, A, B, T, S, x.tensor, y.tensor, z.tensor, short)

f, g = Function("f"), Function("g")
X = Entry(ARGUMENT, ())


def at(tensor: Tensor | Definition, *positions: Position) -> Expression:
    return (Entry if isinstance(tensor, Tensor) else Named)(tensor, positions)


def total(size: Size, body: Callable[[Index], Expression]) -> Expression:
    index = fresh("k", size)
    return Sum(index, body(index))


def define(name: str, sizes: tuple[Size, ...], body: Callable[..., Expression]) -> Definition:
    parameters = tuple(fresh("p", size) for size in sizes)
    return Definition(name, parameters, body(*parameters))


def call(function: Function, argument: Expression, order: int = 0) -> Expression:
    return Apply(function, order, argument)


def relu(argument: Expression) -> Expression:
    return Apply(RELU, 0, argument)


def step(argument: Expression) -> Expression:
    return Apply(RELU, 1, argument)


def exp(argument: Expression) -> Expression:
    return Apply(EXP, 0, argument)


def log(argument: Expression) -> Expression:
    return Apply(LOG, 0, argument)


def erf(argument: Expression) -> Expression:
    return Apply(ERF, 0, argument)


def minus(left: Expression, right: Expression) -> Expression:
    return add(left, negate(right))


def over(left: Expression, right: Expression) -> Expression:
    return mul(left, power(right, -1))


def root(argument: Expression) -> Expression:
    return power(argument, Fraction(1, 2))


def by(body: Expression, variable: Tensor | Definition, *positions: Position) -> Expression:
    return Derivative(body, variable, positions)


def proof(left: Expression, right: Expression) -> Proof | None:
    """The proof, sought in both directions; the verdicts must agree."""
    forth, back = prove_equal(left, right), prove_equal(right, left)
    assert (forth is None) == (back is None)
    return forth


def random_point(seed: int, sizes: dict[Size, int]) -> Point:
    choice = Random(seed)
    values = {
        tensor: {
            at_: Fraction(choice.choice([-3, -2, -1, 1, 2, 3, 5, 7]), choice.choice([1, 2, 3]))
            for at_ in product(*[range(1, (size.value or sizes[size]) + 1) for size in tensor.axes])
        }
        for tensor in TENSORS
    }
    values[S] = {at_: values[S][min(at_), max(at_)] for at_ in values[S]}
    return Point(sizes, values, {opaque: Table(opaque.name, seed) for opaque in (f, g)})


def differ_at(left: Expression, right: Expression, seed: int) -> bool:
    """Whether the sides certainly differ at a random point, for some values of free indices."""
    sizes = ({N: 3, M: 2}, {N: 2, M: 3})[seed % 2]
    point = random_point(seed, sizes)
    indices = sorted(free_indices(left) | free_indices(right), key=lambda index: index.uid)
    for places in product(*[range(1, sizes[index.size] + 1) for index in indices]):
        where = dict(zip(indices, places, strict=True))
        try:
            first, second = evaluate(left, point, where), evaluate(right, point, where)
        except (NoValue, LimitReached):
            continue
        if isinstance(first, Fraction) and isinstance(second, Fraction):
            if first != second:
                return True
        elif (first + second * -1).excludes_zero():
            return True
    return False


def differ(left: Expression, right: Expression) -> bool:
    """Whether some of a few points tells the sides apart."""
    return any(differ_at(left, right, seed) for seed in range(8))


class Maker:
    """Random expressions over a few tensors, in the indices that are in scope."""

    def __init__(self, seed: int, functions: tuple[Function, ...], exponents: tuple[int, ...]):
        self.random = Random(seed)
        self.functions = functions
        self.exponents = exponents
        self.tensors: tuple[Tensor | Definition, ...] = (u, a, A, T, S, x.tensor)

    def expression(self, depth: int, scope: tuple[Index, ...]) -> Expression:
        choice = self.random.random()
        if depth <= 0 or choice < 0.15:
            return self.leaf(scope)
        if choice < 0.4:
            return Add(tuple(self.expression(depth - 1, scope) for _ in range(2)))
        if choice < 0.65:
            return Mul(tuple(self.expression(depth - 1, scope) for _ in range(2)))
        if choice < 0.85 or not self.functions:
            index = fresh("k", self.random.choice([N, N, M]))
            return Sum(index, self.expression(depth - 1, (*scope, index)))
        body = self.expression(depth - 1, scope)
        if choice < 0.92:
            return Power(body, Fraction(self.random.choice(self.exponents)))
        function = self.random.choice(self.functions)
        return Apply(function, self.random.choice([0, 0, 1]), body)

    def leaf(self, scope: tuple[Index, ...]) -> Expression:
        choice = self.random.random()
        if choice < 0.1:
            return number(self.random.choice([-1, 2, Fraction(1, 2)]))
        if choice < 0.15:
            return SizeValue(self.random.choice([N, M]))
        if choice < 0.3:
            return Delta(self.position(N, scope), self.position(N, scope))
        tensor = self.random.choice(self.tensors)
        sizes = tensor.axes if isinstance(tensor, Tensor) else [p.size for p in tensor.parameters]
        return at(tensor, *[self.position(size, scope) for size in sizes])

    def position(self, size: Size, scope: tuple[Index, ...]) -> Position:
        fitting = [index for index in scope if index.size == size]
        if not fitting or self.random.random() < 0.05:
            return Fixed(self.random.choice([1, 2]), size)
        return self.random.choice(fitting)

    def rewritten(self, node: Expression) -> Expression:
        """The same by the laws of sums and products: other names, other order, other shape."""
        if isinstance(node, Add):
            terms = [self.rewritten(term) for term in node.terms]
            self.random.shuffle(terms)
            return Add(tuple(terms))
        if isinstance(node, Mul):
            return self._product([self.rewritten(factor) for factor in node.factors])
        if isinstance(node, Sum):
            return self._sum(node.index, self.rewritten(node.body))
        if isinstance(node, Power):
            base = self.rewritten(node.base)
            return Mul((base, base)) if node.exponent == 2 else Power(base, node.exponent)
        if isinstance(node, Apply):
            return Apply(node.function, node.order, self.rewritten(node.argument))
        if isinstance(node, Delta) and self.random.random() < 0.5:
            return Delta(node.right, node.left)
        return node

    def _product(self, factors: list[Expression]) -> Expression:
        self.random.shuffle(factors)
        for place, factor in enumerate(factors):
            rest = factors[:place] + factors[place + 1 :]
            if isinstance(factor, Add) and self.random.random() < 0.5:
                return Add(tuple(Mul((*rest, term)) for term in factor.terms))
            if isinstance(factor, Sum) and self.random.random() < 0.5:
                copy = substitute(factor, {})
                assert isinstance(copy, Sum)
                return Sum(copy.index, Mul((*rest, copy.body)))
        return Mul(tuple(factors))

    def _sum(self, index: Index, body: Expression) -> Expression:
        choice = self.random.random()
        if isinstance(body, Sum) and choice < 0.5:
            return Sum(body.index, Sum(index, body.body))
        if isinstance(body, Add) and choice < 0.5:
            return Add(tuple(Sum(index, term) for term in body.terms))
        other = fresh("k", index.size)
        renamed = substitute(body, {index: other})
        if choice < 0.7:
            middle = fresh("k", index.size)
            return Sum(middle, Sum(other, Mul((renamed, Delta(other, middle)))))
        return Sum(other, renamed)
