"""Equalities that hold under hypotheses of tensors, and some that do not."""

from __future__ import annotations

from kernel_builders import (
    ONE,
    TWO,
    A,
    M,
    N,
    T,
    a,
    add,
    at,
    by,
    call,
    define,
    exp,
    f,
    log,
    minus,
    mul,
    negate,
    over,
    power,
    relu,
    root,
    step,
    total,
    u,
    v,
    x,
    y,
)

from symgrad.calculus.expression import Delta, SizeValue, number
from symgrad.calculus.hypotheses import Binary, OneHot, Positive, Signs, SumsToOne, Symmetric
from symgrad.calculus.index import Fixed, Tensor, fresh

i, j, k = (fresh(name, N) for name in "ijk")
r, s = (fresh(name, M) for name in "rs")
C = Tensor("C", (N, M))


def softmax(position, z=u):
    return over(exp(at(z, position)), total(N, lambda p: exp(at(z, p))))


def cross_entropy(target, z=u):
    return negate(total(N, lambda p: mul(at(target, p), log(softmax(p, z)))))


def quadratic(matrix):
    return total(N, lambda p: total(N, lambda q: mul(at(u, p), at(matrix, p, q), at(u, q))))


HOLD = {
    "softmax with cross-entropy, one-hot": (
        by(cross_entropy(v), u, j),
        minus(softmax(j), at(v, j)),
        (OneHot(v),),
    ),
    "softmax with cross-entropy, a distribution": (
        by(cross_entropy(v), u, j),
        minus(softmax(j), at(v, j)),
        (SumsToOne(v),),
    ),
    "the same for every row of a batch": (
        by(
            negate(
                total(
                    N,
                    lambda b: total(
                        M,
                        lambda p: mul(
                            at(C, b, p),
                            log(over(exp(at(A, b, p)), total(M, lambda q: exp(at(A, b, q))))),
                        ),
                    ),
                )
            ),
            A,
            i,
            r,
        ),
        minus(over(exp(at(A, i, r)), total(M, lambda q: exp(at(A, i, q)))), at(C, i, r)),
        (SumsToOne(C),),
    ),
    "a quadratic form": (
        by(quadratic(T), u, i),
        mul(TWO, total(N, lambda p: mul(at(T, i, p), at(u, p)))),
        (Symmetric(T),),
    ),
    "a sum of rows that sum to 1": (
        total(N, lambda p: total(M, lambda q: mul(at(u, p), at(A, p, q)))),
        total(N, lambda p: at(u, p)),
        (SumsToOne(A),),
    ),
    "the same, sums exchanged": (
        total(M, lambda q: total(N, lambda p: mul(at(u, p), at(A, p, q)))),
        total(N, lambda p: at(u, p)),
        (SumsToOne(A),),
    ),
    "columns that sum to 1": (
        total(N, lambda p: total(M, lambda q: mul(at(A, p, q), at(a, q)))),
        total(M, lambda q: at(a, q)),
        (SumsToOne(A, 0),),
    ),
    "a product of stochastic matrices": (
        total(N, lambda p: total(N, lambda q: mul(at(T, i, p), at(T, p, q)))),
        ONE,
        (SumsToOne(T),),
    ),
    "all entries": (
        total(N, lambda p: total(M, lambda q: at(A, p, q))),
        SizeValue(N),
        (SumsToOne(A),),
    ),
    "inside a function": (call(f, total(N, lambda p: at(v, p))), call(f, ONE), (SumsToOne(v),)),
    "inside a denominator": (
        over(x, add(total(N, lambda p: at(v, p)), y)),
        over(x, add(ONE, y)),
        (SumsToOne(v),),
    ),
    "in a name": (
        at(define("s", (), lambda: total(N, lambda p: at(v, p)))),
        ONE,
        (SumsToOne(v),),
    ),
    "a name of a one-hot vector": (
        call(f, at(define("s", (N,), lambda p: mul(at(v, p), x)), i)),
        add(mul(at(v, i), call(f, x)), mul(minus(ONE, at(v, i)), call(f, number(0)))),
        (OneHot(v),),
    ),
    "a one-hot vector squared": (power(at(v, i), 2), at(v, i), (OneHot(v),)),
    "its entries exclude each other": (
        mul(at(v, i), at(v, j)),
        mul(Delta(i, j), at(v, i)),
        (OneHot(v),),
    ),
    "two products with it": (
        mul(
            total(N, lambda p: mul(at(v, p), at(u, p))), total(N, lambda p: mul(at(v, p), at(u, p)))
        ),
        total(N, lambda p: mul(at(v, p), power(at(u, p), 2))),
        (OneHot(v),),
    ),
    "it picks the logarithm": (
        log(total(N, lambda p: mul(at(v, p), softmax(p)))),
        total(N, lambda p: mul(at(v, p), log(softmax(p)))),
        (OneHot(v),),
    ),
    "rows that are one-hot": (
        mul(at(A, i, r), at(A, i, s)),
        mul(Delta(r, s), at(A, i, r)),
        (OneHot(A),),
    ),
    "rows that are one-hot, squared": (
        total(M, lambda q: power(at(A, i, q), 2)),
        ONE,
        (OneHot(A),),
    ),
    "a positive root": (root(power(x, 2)), x, (Positive(x.tensor),)),
    "a positive step": (step(x), ONE, (Positive(x.tensor),)),
    "a positive factor": (relu(mul(x, y)), mul(x, relu(y)), (Positive(x.tensor),)),
    "relu of positive entries": (relu(add(at(v, i), ONE)), add(at(v, i), ONE), (Positive(v),)),
    "log of a product": (
        log(mul(at(v, i), at(v, j), power(x, 2))),
        add(log(at(v, i)), log(at(v, j)), log(power(x, 2))),
        (Positive(v),),
    ),
    "log of a power": (log(power(x, 2)), mul(TWO, log(x)), (Positive(x.tensor),)),
    "a symmetric matrix in a function": (
        call(f, minus(at(T, i, j), at(T, j, i))),
        call(f, number(0)),
        (Symmetric(T),),
    ),
    "a mask twice": (
        total(M, lambda q: mul(power(at(A, i, q), 3), at(a, q))),
        total(M, lambda q: mul(at(A, i, q), at(a, q))),
        (Binary(A),),
    ),
    "a mask and what it leaves": (
        mul(at(v, i), power(minus(ONE, at(v, i)), 2)),
        number(0),
        (Binary(v),),
    ),
    "a mask that sums to 1 is one-hot": (
        mul(at(v, i), at(v, j)),
        mul(Delta(i, j), at(v, i)),
        (Binary(v), SumsToOne(v)),
    ),
    "a margin with a sign": (
        power(minus(ONE, mul(at(v, i), x)), 2),
        power(minus(at(v, i), x), 2),
        (Signs(v),),
    ),
    "signs divided by": (over(x, power(at(v, i), 3)), mul(at(v, i), x), (Signs(v),)),
    "signs in a sum": (total(N, lambda p: power(at(v, p), 2)), SizeValue(N), (Signs(v),)),
    "two hypotheses": (
        mul(root(power(x, 2)), total(N, lambda p: at(v, p))),
        x,
        (Positive(x.tensor), SumsToOne(v)),
    ),
}

FAIL = {
    "the sum of another vector": (total(N, lambda p: at(u, p)), ONE, (SumsToOne(v), OneHot(v))),
    "the derivative of the sum": (
        by(total(N, lambda p: at(v, p)), v, i),
        number(0),
        (SumsToOne(v), OneHot(v)),
    ),
    "a distribution is not one-hot": (
        power(at(v, i), 2),
        at(v, i),
        (SumsToOne(v), Positive(v)),
    ),
    "the sum of the squares": (
        total(N, lambda p: power(at(v, p), 2)),
        ONE,
        (SumsToOne(v), Positive(v)),
    ),
    "a weighted sum": (
        total(N, lambda p: mul(at(v, p), at(u, p))),
        total(N, lambda p: at(u, p)),
        (SumsToOne(v),),
    ),
    "the other axis": (total(N, lambda p: at(A, p, r)), ONE, (SumsToOne(A), OneHot(A))),
    "the other axis of a square": (total(N, lambda p: at(T, p, i)), ONE, (SumsToOne(T),)),
    "the trace": (total(N, lambda p: at(T, p, p)), ONE, (SumsToOne(T), OneHot(T))),
    "symmetry of another matrix": (at(T, i, j), at(T, j, i), (SumsToOne(T), Positive(T))),
    "entries of two columns": (
        mul(at(A, i, r), at(A, j, r)),
        mul(Delta(i, j), at(A, i, r)),
        (OneHot(A),),
    ),
    "a one-hot vector is not the first unit vector": (at(v, Fixed(1, N)), ONE, (OneHot(v),)),
    "two one-hot vectors": (at(v, i), at(u, i), (OneHot(v), OneHot(u))),
    "two one-hot vectors meet": (
        total(N, lambda p: mul(at(v, p), at(u, p))),
        ONE,
        (OneHot(v), OneHot(u)),
    ),
    "entries of a mask do not exclude each other": (
        mul(at(v, i), at(v, j)),
        mul(Delta(i, j), at(v, i)),
        (Binary(v),),
    ),
    "a mask does not sum to 1": (total(N, lambda p: at(v, p)), ONE, (Binary(v),)),
    "a mask is no sign": (power(at(v, i), 2), ONE, (Binary(v),)),
    "a sign is no mask": (power(at(v, i), 2), at(v, i), (Signs(v),)),
    "the root of a mask": (root(add(at(v, i), x)), root(add(power(at(v, j), 2), x)), (Binary(v),)),
    "two signs": (mul(at(v, i), at(v, j)), ONE, (Signs(v),)),
    "two vectors of signs": (mul(at(v, i), at(u, i)), ONE, (Signs(v), Signs(u))),
    "the step of a sign": (step(at(v, i)), ONE, (Signs(v),)),
    "the derivative by a mask": (by(power(at(v, i), 2), v, i), ONE, (Binary(v),)),
    "a difference of positive numbers": (
        step(minus(x, y)),
        ONE,
        (Positive(x.tensor), Positive(y.tensor)),
    ),
    "the gradient without the target": (
        by(cross_entropy(v), u, j),
        softmax(j),
        (OneHot(v),),
    ),
    "the gradient with the other sign": (
        by(cross_entropy(v), u, j),
        minus(at(v, j), softmax(j)),
        (OneHot(v),),
    ),
    "a quadratic form, its matrix transposed once": (
        by(quadratic(T), u, i),
        total(N, lambda p: mul(at(T, i, p), at(u, p))),
        (Symmetric(T),),
    ),
    "the derivative by a symmetric matrix is by one entry": (
        by(quadratic(T), T, i, j),
        mul(minus(TWO, Delta(i, j)), at(u, i), at(u, j)),
        (Symmetric(T),),
    ),
}
