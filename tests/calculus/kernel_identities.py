"""Identities that the kernel must prove, and false variants that it must not prove."""

from __future__ import annotations

from fractions import Fraction

from kernel_builders import (
    ONE,
    THREE,
    TWO,
    A,
    B,
    M,
    N,
    S,
    T,
    X,
    a,
    add,
    at,
    by,
    call,
    define,
    erf,
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
    short,
    step,
    total,
    u,
    v,
    x,
    y,
    z,
)

from symgrad.calculus.expression import ERF, PI, RELU, Delta, Function, SizeValue, Sum, number
from symgrad.calculus.index import Fixed, Size, fresh

i, j, k = (fresh(name, N) for name in "ijk")
r, s = (fresh(name, M) for name in "rs")
first, second = Fixed(1, N), Fixed(2, N)
ui, uj, vi, vj = at(u, i), at(u, j), at(v, i), at(v, j)
row = total(M, lambda c: at(A, i, c))
norm = total(N, lambda c: power(at(u, c), 2))
only = Fixed(1, Size("1"))


def at_row(p):
    return total(M, lambda c: at(A, p, c))


def softmax(position):
    return over(exp(at(u, position)), total(N, lambda c: exp(at(u, c))))


SUMS = {
    "sums commute": (
        total(N, lambda p: total(M, lambda q: mul(at(A, p, q), at(u, p)))),
        total(M, lambda p: total(N, lambda q: mul(at(u, q), at(A, q, p)))),
    ),
    "a square of a sum is a double sum": (
        power(total(N, lambda p: at(u, p)), 2),
        total(N, lambda p: total(N, lambda q: mul(at(u, p), at(u, q)))),
    ),
    "one index for two sums": (
        mul(Sum(k, at(u, k)), Sum(k, at(v, k))),
        total(N, lambda p: total(N, lambda q: mul(at(u, p), at(v, q)))),
    ),
    "a bound index outside its sum is another": (
        mul(Sum(k, at(u, k)), at(v, k)),
        total(N, lambda p: mul(at(u, p), at(v, k))),
    ),
    "the trace of a product is cyclic": (
        total(N, lambda p: total(M, lambda q: mul(at(A, p, q), at(B, q, p)))),
        total(M, lambda p: total(N, lambda q: mul(at(B, p, q), at(A, q, p)))),
    ),
    "a delta contracts": (total(N, lambda p: mul(Delta(p, j), at(A, p, r))), at(A, j, r)),
    "a delta moves a free index": (mul(Delta(i, j), ui), mul(Delta(j, i), uj)),
    "deltas chain": (
        mul(Delta(i, j), Delta(j, k), ui),
        mul(Delta(k, i), Delta(k, j), at(u, k)),
    ),
    "a delta is its square": (power(Delta(i, j), 3), Delta(i, j)),
    "a delta counts": (total(N, lambda p: Delta(p, p)), SizeValue(N)),
    "a sum of a constant": (total(M, lambda p: x), mul(SizeValue(M), x)),
    "different constants": (mul(Delta(i, first), Delta(i, second)), number(0)),
    "a constant is picked": (total(N, lambda p: mul(Delta(p, first), at(u, p))), at(u, first)),
    "a symmetric tensor": (at(S, i, j), at(S, j, i)),
    "symmetry under a sum": (
        total(N, lambda p: mul(at(S, i, p), at(T, p, j))),
        total(N, lambda p: mul(at(T, p, j), at(S, p, i))),
    ),
    "a symmetric skeleton": (call(f, add(ui, uj)), call(f, add(uj, ui))),
    "a symmetric skeleton under a sum": (
        total(N, lambda p: mul(at(v, p), call(f, add(at(u, p), uj)))),
        total(N, lambda p: mul(call(f, add(uj, at(u, p))), at(v, p))),
    ),
    "an antisymmetric skeleton, both ends bound": (
        total(N, lambda p: total(N, lambda q: call(f, minus(at(u, p), at(u, q))))),
        total(N, lambda p: total(N, lambda q: call(f, minus(at(u, q), at(u, p))))),
    ),
    "an argument where indices meet": (
        total(N, lambda p: mul(Delta(p, i), call(f, minus(at(u, p), ui)))),
        call(f, number(0)),
    ),
    "a delta in an argument": (
        call(f, mul(Delta(i, j), x)),
        add(mul(Delta(i, j), call(f, x)), mul(minus(ONE, Delta(i, j)), call(f, number(0)))),
    ),
    "a sum over a literal size": (
        total(THREE, lambda p: at(short, p)),
        add(*[at(short, Fixed(value, THREE)) for value in (1, 2, 3)]),
    ),
    "the only index of size 1": (
        total(Size("1"), lambda p: mul(x, Delta(p, only))),
        x,
    ),
    "names stand for their bodies": (
        total(M, lambda q: at(define("D", (M,), lambda p: mul(at(a, p), x)), q)),
        mul(x, total(M, lambda p: at(a, p))),
    ),
}

FRACTIONS = {
    "pi cancels": (over(mul(PI, x), PI), x),
    "a common denominator": (add(over(x, add(x, y)), over(y, add(x, y))), ONE),
    "the same inside a sum": (
        total(N, lambda p: add(over(at(u, p), add(at(u, p), x)), over(x, add(at(u, p), x)))),
        SizeValue(N),
    ),
    "proportional denominators": (
        power(add(mul(TWO, x), mul(TWO, y)), -1),
        mul(number(Fraction(-1, 2)), power(minus(negate(x), y), -1)),
    ),
    "nested denominators": (power(add(ONE, power(x, -1)), -1), over(x, add(ONE, x))),
    "partial fractions": (
        power(mul(minus(x, y), minus(x, z)), -1),
        over(minus(power(minus(x, y), -1), power(minus(x, z), -1)), minus(y, z)),
    ),
    "opposite denominators": (power(minus(ui, uj), -1), negate(power(minus(uj, ui), -1))),
    "a row that is normed": (
        total(N, lambda p: total(M, lambda q: mul(at(v, p), over(at(A, p, q), at_row(p))))),
        total(N, lambda p: at(v, p)),
    ),
    "the same, sums exchanged": (
        total(M, lambda q: total(N, lambda p: mul(at(v, p), over(at(A, p, q), at_row(p))))),
        total(N, lambda p: at(v, p)),
    ),
    "a root": (mul(root(x), root(x)), x),
    "a rational root": (root(mul(number(12), x)), mul(TWO, root(number(3)), root(x))),
    "a norm": (over(norm, root(norm)), root(norm)),
    "a root of a size": (root(over(x, SizeValue(N))), over(root(x), root(SizeValue(N)))),
    "a product": (power(mul(x, y), -2), mul(power(x, -2), power(y, -2))),
    "softmax sums to 1": (total(N, softmax), ONE),
}

sigma = Function("sigma", power(add(ONE, exp(negate(X))), -1))
tanh = Function("tanh", over(minus(exp(X), exp(negate(X))), add(exp(X), exp(negate(X)))))
softplus = Function("softplus", log(add(ONE, exp(X))))


WITH_FACTS = {
    "|x|": (add(relu(x), relu(negate(x))), minus(mul(TWO, relu(x)), x)),
    "relu(z) = z relu'(z)": (mul(ui, step(ui)), relu(ui)),
    "the square of a step": (power(step(ui), 2), step(ui)),
    "relu twice": (relu(relu(x)), relu(x)),
    "relu of a multiple": (relu(mul(number(3), x)), mul(number(3), relu(x))),
    "relu of a mean": (relu(over(x, SizeValue(N))), over(relu(x), SizeValue(N))),
    "relu''": (call(RELU, ui, 2), number(0)),
    "steps of constants": (add(step(TWO), step(number(-2))), ONE),
    "the step of a positive sum": (step(add(ONE, total(N, lambda p: exp(at(u, p))))), ONE),
    "the step of a negative sum": (step(minus(negate(exp(x)), ONE)), number(0)),
    "the step of exponentials": (step(minus(exp(ui), exp(uj))), step(minus(ui, uj))),
    "the step of 1 - exp": (step(minus(ONE, exp(x))), step(negate(x))),
    "erf is odd": (add(erf(minus(ui, vj)), erf(minus(vj, ui))), number(0)),
    "erf of nothing": (erf(minus(x, x)), number(0)),
    "erf'": (
        by(erf(mul(TWO, x)), x.tensor),
        mul(number(4), power(PI, Fraction(-1, 2)), exp(mul(number(-4), power(x, 2)))),
    ),
    "the third derivative of erf": (
        call(ERF, x, 3),
        mul(
            minus(mul(number(4), power(x, 2)), TWO),
            over(TWO, root(PI)),
            exp(negate(power(x, 2))),
        ),
    ),
    "the density of a normal distribution": (
        by(over(erf(over(x, root(TWO))), TWO), x.tensor),
        over(exp(over(power(x, 2), number(-2))), root(mul(TWO, PI))),
    ),
    "sigma'": (call(sigma, ui, 1), mul(call(sigma, ui), minus(ONE, call(sigma, ui)))),
    "sigma' in a sum": (
        total(N, lambda p: mul(at(v, p), call(sigma, at(u, p), 1))),
        total(N, lambda p: mul(at(v, p), call(sigma, at(u, p)), minus(ONE, call(sigma, at(u, p))))),
    ),
    "sigma of -x": (call(sigma, negate(x)), minus(ONE, call(sigma, x))),
    "sigma in two ways": (power(add(ONE, exp(negate(x))), -1), over(exp(x), add(ONE, exp(x)))),
    "tanh'": (call(tanh, x, 1), minus(ONE, power(call(tanh, x), 2))),
    "tanh by sigma": (call(tanh, x), minus(mul(TWO, call(sigma, mul(TWO, x))), ONE)),
    "softplus'": (call(softplus, x, 1), call(sigma, x)),
    "log sigma": (log(call(sigma, x)), minus(x, call(softplus, x))),
    "the Jacobian of softmax": (
        by(softmax(i), u, j),
        mul(softmax(i), minus(Delta(i, j), softmax(j))),
    ),
    "softmax with cross entropy": (
        by(negate(total(N, lambda p: mul(at(v, p), log(softmax(p))))), u, j),
        minus(mul(softmax(j), total(N, lambda p: at(v, p))), vj),
    ),
    "exp of a sum": (exp(add(ui, mul(TWO, uj))), mul(exp(ui), exp(uj), exp(uj))),
    "exp of half": (power(exp(mul(number(Fraction(1, 2)), x)), 2), exp(x)),
    "exp of log": (exp(mul(number(3), log(x))), power(x, 3)),
    "log of exp": (log(mul(exp(x), add(y, z))), add(x, log(add(y, z)))),
    "log of numbers": (log(number(12)), add(mul(TWO, log(TWO)), log(number(3)))),
    "log'": (by(log(x), x.tensor), power(x, -1)),
}

TRUE = {**SUMS, **FRACTIONS, **WITH_FACTS}

FALSE = {
    "the transposed entry": (at(T, i, j), at(T, j, i)),
    "the diagonal": (at(T, i, j), at(T, i, i)),
    "a sum of squares": (power(total(N, lambda p: at(u, p)), 2), norm),
    "the other range": (total(N, lambda p: x), total(M, lambda p: x)),
    "a repeated free index": (mul(at(T, i, i), ui), total(N, lambda p: mul(at(T, p, p), at(u, p)))),
    "a product of traces": (
        total(N, lambda p: total(N, lambda q: mul(at(T, p, q), at(T, q, p)))),
        total(N, lambda p: total(N, lambda q: mul(at(T, p, q), at(T, p, q)))),
    ),
    "an antisymmetric skeleton": (call(f, minus(ui, uj)), call(f, minus(uj, ui))),
    "an antisymmetric skeleton, one end bound": (
        total(N, lambda p: mul(at(v, p), call(f, minus(at(u, p), uj)))),
        total(N, lambda p: mul(at(v, p), call(f, minus(uj, at(u, p))))),
    ),
    "half a symmetry": (call(f, mul(at(T, i, j), ui, uj)), call(f, mul(at(T, j, i), ui, uj))),
    "skeletons of one shape": (call(f, mul(ui, vj)), call(f, mul(uj, vi))),
    "a lost delta": (mul(Delta(i, j), ui), ui),
    "a delta that stays free": (mul(Delta(i, j), ui), mul(Delta(i, j), vi)),
    "the wrong end of a delta": (total(N, lambda p: mul(Delta(p, j), at(T, p, i))), at(T, i, j)),
    "an inverse of a sum": (power(add(x, y), -1), add(power(x, -1), power(y, -1))),
    "a root of a square": (root(power(x, 2)), x),
    "a row normed by a column": (
        total(N, lambda p: over(at(T, i, p), total(N, lambda q: at(T, q, p)))),
        ONE,
    ),
    "|x| with a wrong sign": (minus(relu(x), relu(negate(x))), minus(mul(TWO, relu(x)), x)),
    "the square of relu": (power(relu(x), 2), relu(x)),
    "the step of the other": (mul(ui, step(uj)), relu(ui)),
    "relu of a sum": (relu(add(x, y)), add(relu(x), relu(y))),
    "relu of a negative multiple": (relu(mul(number(-3), x)), mul(number(-3), relu(x))),
    "the step of a difference": (step(minus(exp(x), TWO)), ONE),
    "the step of a sum of unknowns": (step(add(ONE, power(x, 2), y)), ONE),
    "the step of exponentials, turned": (step(minus(exp(x), exp(y))), step(minus(y, x))),
    "the step of unequal exponentials": (
        step(minus(mul(number(50), exp(x)), exp(y))),
        step(minus(x, y)),
    ),
    "pi is not 22/7": (PI, number(Fraction(22, 7))),
    "pi is not a fraction near it": (PI, number(Fraction(245850922, 78256779))),
    "the root of pi": (power(PI, Fraction(1, 2)), number(Fraction(16, 9))),
    "erf is not even": (erf(negate(x)), erf(x)),
    "erf of a multiple": (erf(mul(TWO, x)), mul(TWO, erf(x))),
    "erf' without the root": (call(ERF, x, 1), mul(TWO, exp(negate(power(x, 2))))),
    "erf' with a wrong sign": (call(ERF, x, 1), over(mul(TWO, exp(power(x, 2))), root(PI))),
    "erf'' with a wrong sign": (
        call(ERF, x, 2),
        over(mul(number(4), x, exp(negate(power(x, 2)))), root(PI)),
    ),
    "erf far out is not 1": (erf(add(number(7), power(x, 2))), ONE),
    "sigma' with a wrong sign": (call(sigma, x, 1), mul(call(sigma, x), add(ONE, call(sigma, x)))),
    "sigma' at another place": (
        total(N, lambda p: mul(at(v, p), call(sigma, at(u, p), 1))),
        total(N, lambda p: mul(at(v, p), call(sigma, ui), minus(ONE, call(sigma, at(u, p))))),
    ),
    "sigma upside down": (power(add(ONE, exp(x)), -1), over(exp(x), add(ONE, exp(x)))),
    "the Jacobian without delta": (by(softmax(i), u, j), negate(mul(softmax(i), softmax(j)))),
    "cross entropy, sum forgotten": (
        by(negate(total(N, lambda p: mul(at(v, p), log(softmax(p))))), u, j),
        minus(softmax(j), vj),
    ),
    "exp of a product": (exp(mul(x, y)), mul(exp(x), exp(y))),
    "log of a sum": (log(add(ONE, exp(x))), x),
    "log of a square": (log(power(x, 2)), mul(TWO, log(x))),
    "tanh' without the square": (call(tanh, x, 1), minus(ONE, call(tanh, x))),
}
