"""Inverses and determinants: identities, their false doubles, and what has no value."""

from fractions import Fraction

import pytest
from kernel_builders import N, S, T, add, at, log, minus, mul, negate, number, power

from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import (
    ARGUMENT,
    Apply,
    Definition,
    Delta,
    Derivative,
    Entry,
    Function,
    MatrixFunction,
    OfMatrix,
    SizeValue,
    Sum,
)
from symgrad.calculus.index import Size, Tensor, fresh
from symgrad.calculus.interval import NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import prove_equal
from symgrad.calculus.point import Point
from symgrad.calculus.substitution import free_indices, substitute
from symgrad.judging.agreement import agree
from symgrad.judging.counterexample import find
from symgrad.judging.second_opinion import second_opinion

P = Size("p")
i, j, k, m = (fresh(name, N) for name in "ijkm")
t = Entry(Tensor("t", ()), ())
U = Tensor("U", (N, N))
V = Tensor("V", (N,))
X = Tensor("X", (P, N))


def matrix(entry):
    """A square matrix by its entry at two indices."""
    r, c = fresh("r", N), fresh("c", N)
    body = entry(r, c)
    others = tuple(sorted(free_indices(body) - {r, c}, key=lambda index: index.uid))
    return Definition("the matrix M", (*others, r, c), body), others


def inverse(entry, row, column):
    made, others = matrix(entry)
    return OfMatrix(MatrixFunction.INVERSE, made, (*others, row, column))


def det(entry):
    made, others = matrix(entry)
    return OfMatrix(MatrixFunction.DETERMINANT, made, others)


def of(tensor):
    return lambda r, c: at(tensor, r, c)


def turned(tensor):
    return lambda r, c: at(tensor, c, r)


def plus(first, second):
    return lambda r, c: add(first(r, c), second(r, c))


def gram(r, c):
    q = fresh("q", P)
    return Sum(q, mul(at(X, q, r), at(X, q, c)))


def by(body, tensor, *positions):
    return Derivative(body, tensor, positions)


def ridge(r, c):
    return add(gram(r, c), mul(t, Delta(r, c)))


def moved(r, c):
    return add(at(T, r, c), mul(t, at(U, r, c)))


def summed(*factors):
    """A product summed over k and m."""
    return Sum(k, Sum(m, mul(*factors)))


IDENTITIES = {
    "the inverse of a transpose": (inverse(turned(T), i, j), inverse(of(T), j, i)),
    "from the left": (Sum(k, mul(inverse(of(T), i, k), at(T, k, j))), Delta(i, j)),
    "from the right": (Sum(k, mul(at(T, i, k), inverse(of(T), k, j))), Delta(i, j)),
    "of a symmetric matrix": (inverse(of(S), i, j), inverse(of(S), j, i)),
    "of a Gram matrix": (inverse(gram, i, j), inverse(gram, j, i)),
    "twice": (inverse(lambda r, c: inverse(of(T), r, c), i, j), at(T, i, j)),
    "scaled": (
        inverse(lambda r, c: mul(t, at(T, r, c)), i, j),
        mul(power(t, -1), inverse(of(T), i, j)),
    ),
    "of the identity": (inverse(lambda r, c: Delta(r, c), i, j), Delta(i, j)),
    "of a diagonal matrix": (
        inverse(lambda r, c: mul(Delta(r, c), power(at(V, r), 2)), i, j),
        mul(Delta(i, j), power(at(V, j), -2)),
    ),
    "of a multiple of it": (
        inverse(lambda r, c: mul(t, Delta(r, c)), i, j),
        mul(power(t, -1), Delta(i, j)),
    ),
    "of a sum": (
        Sum(k, mul(inverse(plus(of(T), of(U)), i, k), at(T, k, j))),
        minus(Delta(i, j), Sum(k, mul(inverse(plus(of(T), of(U)), i, k), at(U, k, j)))),
    ),
    "ridge": (
        Sum(k, mul(inverse(ridge, i, k), gram(k, j))),
        minus(Delta(i, j), mul(t, inverse(ridge, i, j))),
    ),
    "the trace of a projection": (summed(inverse(gram, k, m), gram(m, k)), SizeValue(N)),
    "the derivative of an inverse": (
        by(inverse(moved, i, j), t.tensor),
        negate(summed(inverse(moved, i, k), at(U, k, m), inverse(moved, m, j))),
    ),
    "by an entry": (
        by(inverse(of(T), i, j), T, k, m),
        negate(mul(inverse(of(T), i, k), inverse(of(T), m, j))),
    ),
    "of a determinant": (by(det(of(T)), T, i, j), mul(det(of(T)), inverse(of(T), j, i))),
    "of its logarithm": (by(log(det(of(T))), T, i, j), inverse(of(T), j, i)),
    "of that of a sum": (
        by(log(det(moved)), t.tensor),
        summed(inverse(moved, k, m), at(U, m, k)),
    ),
    "the determinant of a transpose": (det(turned(T)), det(of(T))),
}

FALSE = {
    "no transpose": (inverse(turned(T), i, j), inverse(of(T), i, j)),
    "another matrix": (Sum(k, mul(inverse(of(T), i, k), at(U, k, j))), Delta(i, j)),
    "beside the transpose": (Sum(k, mul(inverse(of(T), i, k), at(T, j, k))), Delta(i, j)),
    "entry by entry": (inverse(of(T), i, j), power(at(T, i, j), -1)),
    "of a sum": (
        inverse(plus(of(T), of(U)), i, j),
        add(inverse(of(T), i, j), inverse(of(U), i, j)),
    ),
    "of a diagonal matrix": (
        inverse(lambda r, c: mul(Delta(r, c), at(V, r)), i, j),
        mul(Delta(i, j), at(V, i)),
    ),
    "a diagonal everywhere": (
        inverse(lambda r, c: mul(Delta(r, c), at(V, r)), i, j),
        power(at(V, i), -1),
    ),
    "not summed over": (mul(inverse(of(T), i, k), at(T, k, j)), Delta(i, j)),
    "without the other term": (Sum(k, mul(inverse(ridge, i, k), gram(k, j))), Delta(i, j)),
    "scaled": (inverse(lambda r, c: mul(t, at(T, r, c)), i, j), mul(t, inverse(of(T), i, j))),
    "the other size": (summed(inverse(gram, k, m), gram(m, k)), SizeValue(P)),
    "without the sign": (
        by(inverse(moved, i, j), t.tensor),
        summed(inverse(moved, i, k), at(U, k, m), inverse(moved, m, j)),
    ),
    "indices swapped": (
        by(inverse(of(T), i, j), T, k, m),
        negate(mul(inverse(of(T), i, m), inverse(of(T), k, j))),
    ),
    "of a logarithm": (by(log(det(of(T))), T, i, j), inverse(of(T), i, j)),
    "of a determinant": (by(det(of(T)), T, i, j), inverse(of(T), j, i)),
    "the determinant of a sum": (det(plus(of(T), of(U))), add(det(of(T)), det(of(U)))),
}


def free(left, right):
    return sorted(free_indices(left) | free_indices(right), key=lambda index: index.uid)


@pytest.mark.parametrize("name", IDENTITIES)
def test_identities(name):
    left, right = IDENTITIES[name]
    assert agree(left, right, free(left, right)) is True
    assert prove_equal(left, right) is not None
    assert prove_equal(right, left) is not None


@pytest.mark.parametrize("name", FALSE)
def test_false_doubles(name):
    left, right = FALSE[name]
    assert prove_equal(left, right) is None
    assert find(left, right, free(left, right)) is not None


DERIVATIVES = [name for name, pair in IDENTITIES.items() if isinstance(pair[0], Derivative)]


@pytest.mark.parametrize("name", DERIVATIVES)
def test_sympy_differentiates_to_the_same(name):
    left, right = IDENTITIES[name]
    opinion = second_opinion(left, right, free(left, right))
    # Of that sum it meets negative determinants only, which have no logarithm.
    assert opinion is not None or name == "of that of a sum"
    assert opinion is None or opinion.agrees


def point(entries):
    size = {1: 1, 4: 2, 9: 3}[len(entries)]
    places = [(r, c) for r in range(1, size + 1) for c in range(1, size + 1)]
    return Point({N: size}, {T: dict(zip(places, map(Fraction, entries), strict=True))})


def test_values_are_exact():
    where = point([1, 2, 3, 4])
    found = [evaluate(inverse(of(T), i, j), where, {i: r, j: c}) for r in (1, 2) for c in (1, 2)]
    assert found == [-2, 1, Fraction(3, 2), Fraction(-1, 2)]
    assert evaluate(det(of(T)), where, {}) == -2
    assert evaluate(det(of(T)), point([0, 1, 2, 1, 0, 3, 4, -3, 8]), {}) == -2


def test_a_singular_matrix_has_no_inverse():
    where = point([1, 2, 2, 4])
    assert evaluate(det(of(T)), where, {}) == 0
    with pytest.raises(NoValue):
        evaluate(inverse(of(T), i, j), where, {i: 1, j: 1})


def test_a_matrix_for_each_example():
    one = fresh("n", P)
    batch = Tensor("B", (P, N, N))

    def entry(r, c):
        return at(batch, one, r, c)

    whole = Sum(k, mul(inverse(entry, i, k), at(batch, one, k, j)))
    assert prove_equal(whole, Delta(i, j)) is not None
    other = fresh("o", P)
    wrong = Sum(k, mul(inverse(entry, i, k), at(batch, other, k, j)))
    assert prove_equal(wrong, Delta(i, j)) is None
    assert find(wrong, Delta(i, j), free(wrong, wrong)) is not None


def test_what_is_put_into_a_matrix_keeps_its_indices():
    placed = substitute(inverse(moved, i, j), {}, {t.tensor: lambda _: at(S, k, k)})
    again = inverse(lambda r, c: add(at(T, r, c), mul(at(S, k, k), at(U, r, c))), i, j)
    assert prove_equal(placed, again) is not None
    wrong = inverse(lambda r, c: add(at(T, r, c), mul(at(S, r, r), at(U, r, c))), i, j)
    assert prove_equal(placed, wrong) is None


def test_a_matrix_inside_of_a_function_is_left_open():
    def entry(r, c):
        return add(at(T, r, c), mul(Entry(ARGUMENT, ()), Delta(r, c)))

    one, two = (Apply(Function("f", det(entry)), 0, number(n)) for n in (1, 2))
    with pytest.raises(LimitReached):
        prove_equal(one, two)


def test_large_matrices_end_in_a_limit():
    large = Size("40")
    big = Tensor("Q", (large, large))
    r, c = fresh("r", large), fresh("c", large)
    made = Definition("the matrix Q", (r, c), at(big, r, c))
    whole = OfMatrix(MatrixFunction.DETERMINANT, made, ())
    assert agree(whole, add(whole, number(1)), ()) is not True
    assert find(whole, add(whole, number(1)), ()) is None
