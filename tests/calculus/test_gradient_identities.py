"""Gradients of the field, proved for all sizes and evaluated exactly at unequal ones."""

from __future__ import annotations

import pytest
from kernel_builders import (
    ONE,
    TWO,
    A,
    M,
    N,
    S,
    T,
    a,
    add,
    at,
    by,
    call,
    define,
    exp,
    f,
    g,
    log,
    minus,
    mul,
    negate,
    number,
    over,
    power,
    relu,
    root,
    step,
    total,
    u,
    v,
    x,
)

from symgrad.calculus.expression import Delta, SizeValue
from symgrad.calculus.hypotheses import OneHot, SumsToOne, Symmetric
from symgrad.calculus.index import Size, Tensor, fresh
from symgrad.calculus.normal_form import prove_equal
from symgrad.calculus.substitution import free_indices
from symgrad.judging.agreement import agree
from symgrad.judging.counterexample import find
from symgrad.network.functions import ACTIVATIONS
from symgrad.network.vector_functions import VECTOR_FUNCTIONS

P, D = Size("p"), Size("d")
i, j, k = (fresh(name, N) for name in "ijk")
r, s = (fresh(name, M) for name in "rs")
c, e = (fresh(name, P) for name in "ce")
h = fresh("h", D)
SIGMA, TANH = ACTIVATIONS["sigmoid"].function, ACTIVATIONS["tanh"].function


def entries(tensor):
    """The entries of a tensor or a named array, as the tables of functions take them."""
    return lambda positions: at(tensor, *positions)


def array(name, tensor, *parameters):
    """A function of the table of a tensor or a named array, as a named array."""
    axes = tensor.axes if isinstance(tensor, Tensor) else tuple(q.size for q in tensor.parameters)
    row = VECTOR_FUNCTIONS[name]
    return define(
        rf"\operatorname{{{name}}}({tensor.name})",
        axes,
        lambda *p: row.entry(entries(tensor), axes, p, *parameters),
    )


def scalar_function(name, tensor, *parameters):
    return VECTOR_FUNCTIONS[name].entry(entries(tensor), tensor.axes, (), *parameters)


# softmax

soft = array("softmax", u)
target = Tensor("t", (N,))
cross_entropy = negate(total(N, lambda p: mul(at(target, p), log(at(soft, p)))))
upstream = total(N, lambda p: mul(at(v, p), at(soft, p)))

SOFTMAX = {
    "the Jacobian of softmax": (
        by(at(soft, i), u, j),
        mul(at(soft, i), minus(Delta(i, j), at(soft, j))),
    ),
    "its vector-Jacobian product": (
        by(upstream, u, j),
        mul(at(soft, j), minus(at(v, j), upstream)),
    ),
    "the Jacobian of log-softmax": (
        by(at(array("log-softmax", u), i), u, j),
        minus(Delta(i, j), at(soft, j)),
    ),
    "log-softmax is the logarithm of softmax": (
        log(at(soft, i)),
        at(array("log-softmax", u), i),
    ),
    "the gradient of logsumexp": (by(scalar_function("logsumexp", u), u, i), at(soft, i)),
    "softmax of what is moved": (
        at(array("softmax", define("w", (N,), lambda p: add(at(u, p), x))), i),
        at(soft, i),
    ),
    "softmax with cross-entropy, one-hot": (
        by(cross_entropy, u, j),
        minus(at(soft, j), at(target, j)),
        OneHot(target),
    ),
    "softmax with cross-entropy, a distribution": (
        by(cross_entropy, u, j),
        minus(at(soft, j), at(target, j)),
        SumsToOne(target),
    ),
    "softmax with cross-entropy, any target": (
        by(cross_entropy, u, j),
        minus(mul(at(soft, j), total(N, lambda p: at(target, p))), at(target, j)),
    ),
}

# layer norm and batch norm: dx = (1/sigma) (g - mean g - xhat mean(g xhat))

eps = at(Tensor("epsilon", ()))


def norm_backward(gradient, axes, place, column, x_hat, inverse):
    """Inverse (g_i - mean g - xhat_i mean (g xhat)) over the axis that is normed."""
    size = axes[place]

    def mean(body):
        return over(total(size, body), SizeValue(size))

    def put(q):
        return (*column[:place], q, *column[place + 1 :])

    g_mean = mean(lambda q: at(gradient, *put(q)))
    gx_mean = mean(lambda q: mul(at(gradient, *put(q)), at(x_hat, *put(q))))
    return mul(
        inverse,
        add(at(gradient, *column), negate(g_mean), negate(mul(at(x_hat, *column), gx_mean))),
    )


def inverse_deviation(size, entry):
    mean = over(total(size, entry), SizeValue(size))
    variance = over(total(size, lambda q: power(minus(entry(q), mean), 2)), SizeValue(size))
    return power(root(add(variance, eps)), -1)


layer = array("layer-norm", u, eps)
layer_of_rows = array("layer-norm", A, eps)
batch = array("batch-norm", A, eps)
G = Tensor("G", (N, M))
gamma, beta = Tensor("gamma", (N,)), Tensor("beta", (N,))

NORMS = {
    "layer norm backward": (
        by(total(N, lambda p: mul(at(v, p), at(layer, p))), u, i),
        norm_backward(v, (N,), 0, (i,), layer, inverse_deviation(N, lambda q: at(u, q))),
    ),
    "layer norm with scale and shift, by the scale": (
        by(
            total(N, lambda p: mul(at(v, p), add(mul(at(gamma, p), at(layer, p)), at(beta, p)))),
            gamma,
            i,
        ),
        mul(at(v, i), at(layer, i)),
    ),
    "layer norm of rows backward": (
        by(
            total(
                N,
                lambda p: total(M, lambda q: mul(at(G, p, q), at(layer_of_rows, p, q))),
            ),
            A,
            i,
            r,
        ),
        norm_backward(
            G,
            (N, M),
            1,
            (i, r),
            layer_of_rows,
            inverse_deviation(M, lambda q: at(A, i, q)),
        ),
    ),
    "batch norm backward": (
        by(total(N, lambda p: total(M, lambda q: mul(at(G, p, q), at(batch, p, q)))), A, i, r),
        norm_backward(G, (N, M), 0, (i, r), batch, inverse_deviation(N, lambda q: at(A, q, r))),
    ),
    "layer norm sums to 0": (total(N, lambda p: at(layer, p)), number(0)),
}

# attention: O = softmax(Q K^T / sqrt d) V

Q, K, V = Tensor("Q", (N, D)), Tensor("K", (M, D)), Tensor("V", (M, P))
d_out = Tensor("dO", (N, P))
scores = define(
    "S",
    (N, M),
    lambda p, q: over(total(D, lambda m: mul(at(Q, p, m), at(K, q, m))), root(SizeValue(D))),
)
weights = array("softmax", scores)
attention = define(
    "O", (N, P), lambda p, q: total(M, lambda m: mul(at(weights, p, m), at(V, m, q)))
)
attention_loss = total(N, lambda p: total(P, lambda q: mul(at(d_out, p, q), at(attention, p, q))))
d_weights = define("dA", (N, M), lambda p, q: total(P, lambda m: mul(at(d_out, p, m), at(V, q, m))))
d_scores = define(
    "dS",
    (N, M),
    lambda p, q: mul(
        at(weights, p, q),
        minus(at(d_weights, p, q), total(M, lambda m: mul(at(weights, p, m), at(d_weights, p, m)))),
    ),
)

ATTENTION = {
    "attention, dV": (
        by(attention_loss, V, r, c),
        total(N, lambda p: mul(at(weights, p, r), at(d_out, p, c))),
    ),
    "attention, dQ": (
        by(attention_loss, Q, i, h),
        over(total(M, lambda q: mul(at(d_scores, i, q), at(K, q, h))), root(SizeValue(D))),
    ),
    "attention, dK": (
        by(attention_loss, K, r, h),
        over(total(N, lambda p: mul(at(d_scores, p, r), at(Q, p, h))), root(SizeValue(D))),
    ),
}

# traces and quadratic forms

quadratic = total(N, lambda p: total(N, lambda q: mul(at(u, p), at(T, p, q), at(u, q))))
Y, Z = Tensor("Y", (M, P)), Tensor("Z", (P, N))
trace = total(
    N,
    lambda p: total(M, lambda q: total(P, lambda m: mul(at(A, p, q), at(Y, q, m), at(Z, m, p)))),
)
W = Tensor("W", (M, P))
R = Tensor("R", (N, P))
residual = define(
    "E", (N, P), lambda p, q: minus(total(M, lambda m: mul(at(A, p, m), at(W, m, q))), at(R, p, q))
)

MATRICES = {
    "d tr(A Y Z) / dY = A^T Z^T": (
        by(trace, Y, r, c),
        total(N, lambda p: mul(at(A, p, r), at(Z, c, p))),
    ),
    "d x^T T x / dx": (
        by(quadratic, u, i),
        total(N, lambda p: mul(add(at(T, i, p), at(T, p, i)), at(u, p))),
    ),
    "d x^T T x / dx, symmetric": (
        by(quadratic, u, i),
        mul(TWO, total(N, lambda p: mul(at(T, i, p), at(u, p)))),
        Symmetric(T),
    ),
    "d ||A W - R||^2 / dW": (
        by(total(N, lambda p: total(P, lambda q: power(at(residual, p, q), 2))), W, r, c),
        mul(TWO, total(N, lambda p: mul(at(A, p, r), at(residual, p, c)))),
    ),
    "d ||A||_F / dA": (
        by(scalar_function("frobenius-norm", A), A, i, r),
        over(at(A, i, r), scalar_function("frobenius-norm", A)),
    ),
    "d ||u|| / du": (
        by(scalar_function("2-norm", u), u, i),
        over(at(u, i), scalar_function("2-norm", u)),
    ),
    "d ||u||_1 / du": (
        by(scalar_function("1-norm", u), u, i),
        call(ACTIVATIONS["sign"].function, at(u, i)),
    ),
    "diag(u) T diag(v) is u v^T times T": (
        total(
            N,
            lambda p: total(
                N,
                lambda q: mul(Delta(i, p), at(u, p), at(T, p, q), Delta(q, j), at(v, q)),
            ),
        ),
        mul(at(u, i), at(T, i, j), at(v, j)),
    ),
    "the inner product of Frobenius is the trace of A^T C": (
        total(N, lambda p: total(M, lambda q: mul(at(A, p, q), at(G, p, q)))),
        total(
            M,
            lambda m: total(
                M, lambda q: mul(Delta(m, q), total(N, lambda p: mul(at(A, p, m), at(G, p, q))))
            ),
        ),
    ),
    "a sum over j != i": (
        total(N, lambda p: mul(minus(ONE, Delta(p, i)), at(u, p))),
        minus(total(N, lambda p: at(u, p)), at(u, i)),
    ),
    "its derivative": (
        by(total(N, lambda p: mul(minus(ONE, Delta(p, i)), power(at(u, p), 2))), u, j),
        mul(TWO, minus(ONE, Delta(i, j)), at(u, j)),
    ),
}

# recurrent cells with opaque functions phi, psi and with those of the field


def gate(name, function):
    """A gate with its own weights: function(W x + U h + b)."""
    inputs, recurrent = Tensor(f"W_{name}", (N, M)), Tensor(f"U_{name}", (N, N))
    bias = Tensor(f"b_{name}", (N,))
    before = define(
        f"z_{name}",
        (N,),
        lambda p: add(
            total(M, lambda q: mul(at(inputs, p, q), at(a, q))),
            total(N, lambda q: mul(at(recurrent, p, q), at(u, q))),
            at(bias, p),
        ),
    )
    return inputs, before, define(name, (N,), lambda p: call(function, at(before, p)))


def lstm(sigma, tanh):
    """C = f c' + i g, h = o tanh(c), L = sum_k v_k h_k; its gradients."""
    old = Tensor("c'", (N,))
    gates = {name: gate(name, tanh if name == "g" else sigma) for name in "figo"}
    keep, let_in, new, let_out = (gates[name][2] for name in "figo")
    state = define(
        "c", (N,), lambda p: add(mul(at(keep, p), at(old, p)), mul(at(let_in, p), at(new, p)))
    )
    loss = total(N, lambda p: mul(at(v, p), at(let_out, p), call(tanh, at(state, p))))
    d_state = define(
        "dc", (N,), lambda p: mul(at(v, p), at(let_out, p), call(tanh, at(state, p), 1))
    )
    d_before = {
        "f": lambda p: mul(at(d_state, p), at(old, p), call(sigma, at(gates["f"][1], p), 1)),
        "i": lambda p: mul(at(d_state, p), at(new, p), call(sigma, at(gates["i"][1], p), 1)),
        "g": lambda p: mul(at(d_state, p), at(let_in, p), call(tanh, at(gates["g"][1], p), 1)),
        "o": lambda p: mul(
            at(v, p), call(tanh, at(state, p)), call(sigma, at(gates["o"][1], p), 1)
        ),
    }
    return old, gates, loss, d_state, d_before


def gru(sigma, tanh):
    """N = tanh(W x + r U h + b), h' = (1 - z) n + z h, L = sum_k v_k h'_k; its gradients."""
    _, before_z, update = gate("z", sigma)
    _, before_r, reset = gate("r", sigma)
    w_n, u_n = Tensor("W_n", (N, M)), Tensor("U_n", (N, N))
    inner = define("m", (N,), lambda p: total(N, lambda q: mul(at(u_n, p, q), at(u, q))))
    before_n = define(
        "z_n",
        (N,),
        lambda p: add(
            total(M, lambda q: mul(at(w_n, p, q), at(a, q))), mul(at(reset, p), at(inner, p))
        ),
    )
    new = define("n", (N,), lambda p: call(tanh, at(before_n, p)))
    loss = total(
        N,
        lambda p: mul(
            at(v, p),
            add(mul(minus(ONE, at(update, p)), at(new, p)), mul(at(update, p), at(u, p))),
        ),
    )
    d_z = define(
        "dz",
        (N,),
        lambda p: mul(at(v, p), minus(at(u, p), at(new, p)), call(sigma, at(before_z, p), 1)),
    )
    d_n = define(
        "dn",
        (N,),
        lambda p: mul(at(v, p), minus(ONE, at(update, p)), call(tanh, at(before_n, p), 1)),
    )
    d_r = define(
        "dr", (N,), lambda p: mul(at(d_n, p), at(inner, p), call(sigma, at(before_r, p), 1))
    )
    u_z, u_r = Tensor("U_z", (N, N)), Tensor("U_r", (N, N))
    d_h = add(
        mul(at(v, j), at(update, j)),
        total(N, lambda p: mul(at(u_z, p, j), at(d_z, p))),
        total(N, lambda p: mul(at(u_r, p, j), at(d_r, p))),
        total(N, lambda p: mul(at(u_n, p, j), at(d_n, p), at(reset, p))),
    )
    return {
        "h": (by(loss, u, j), d_h),
        "U_n": (by(loss, u_n, i, j), mul(at(d_n, i), at(reset, i), at(u, j))),
        "W_n": (by(loss, w_n, i, r), mul(at(d_n, i), at(a, r))),
        "U_r": (by(loss, u_r, i, j), mul(at(d_r, i), at(u, j))),
        "U_z": (by(loss, u_z, i, j), mul(at(d_z, i), at(u, j))),
    }


def cells():
    rows = {}
    for kind, sigma, tanh in (("any functions", f, g), ("sigmoid and tanh", SIGMA, TANH)):
        old, gates, loss, d_state, d_before = lstm(sigma, tanh)
        rows[f"LSTM, {kind}, by the old state"] = (
            by(loss, old, i),
            mul(at(d_state, i), at(gates["f"][2], i)),
        )
        for name, (inputs, before, _) in gates.items():
            rows[f"LSTM, {kind}, by z_{name}"] = (by(loss, before, i), d_before[name](i))
            rows[f"LSTM, {kind}, by W_{name}"] = (
                by(loss, inputs, i, r),
                mul(d_before[name](i), at(a, r)),
            )
        rows[f"LSTM, {kind}, by h"] = (
            by(loss, u, j),
            add(
                *[
                    total(
                        N,
                        lambda p, n=name, d=d_before: mul(
                            at(Tensor(f"U_{n}", (N, N)), p, j), d[n](p)
                        ),
                    )
                    for name in gates
                ]
            ),
        )
        for name, row in gru(sigma, tanh).items():
            rows[f"GRU, {kind}, by {name}"] = row
    return rows


# what tensorgrad does not find

MISSED = {
    "g^2 = g": (power(step(at(u, i)), 2), step(at(u, i))),
    "z g(z) = relu(z)": (mul(at(u, i), step(at(u, i))), relu(at(u, i))),
    "sigma' = sigma (1 - sigma)": (
        call(SIGMA, at(u, i), 1),
        mul(call(SIGMA, at(u, i)), minus(ONE, call(SIGMA, at(u, i)))),
    ),
    "|x| = relu(x) + relu(-x)": (
        call(ACTIVATIONS["abs"].function, at(u, i)),
        add(relu(at(u, i)), relu(negate(at(u, i)))),
    ),
    "1 / (1 + e^-x) = e^x / (1 + e^x)": (
        power(add(ONE, exp(negate(at(u, i)))), -1),
        over(exp(at(u, i)), add(ONE, exp(at(u, i)))),
    ),
}

TRUE = {**MISSED, **SOFTMAX, **NORMS, **ATTENTION, **MATRICES, **cells()}


def free_of(*sides):
    found = frozenset().union(*map(free_indices, sides))
    return sorted(found, key=lambda index: index.uid)


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved_for_all_sizes_and_holds_exactly(name):
    left, right, *hypotheses = TRUE[name]
    found = prove_equal(left, right, hypotheses)
    assert found is not None
    assert list(found.hypotheses) == hypotheses
    free = free_of(left, right)
    assert agree(left, right, free, hypotheses=hypotheses, work=3_000_000) is True
    if hypotheses:
        assert prove_equal(left, right) is None


@pytest.mark.parametrize("name", TRUE)
def test_a_multiple_of_it_is_not_proved(name):
    left, right, *hypotheses = TRUE[name]
    if name == "layer norm sums to 0":
        right = ONE
    assert prove_equal(left, mul(TWO, right), hypotheses) is None
    free = free_of(left, right)
    doubled = mul(TWO, right)
    assert find(left, doubled, free, hypotheses=hypotheses, work=3_000_000) is not None


FALSE = {
    "softmax with cross-entropy, its gradient without a hypothesis": (
        by(cross_entropy, u, j),
        minus(at(soft, j), at(target, j)),
    ),
    "the same where another vector is one-hot": (
        by(cross_entropy, u, j),
        minus(at(soft, j), at(target, j)),
        OneHot(u),
    ),
    "the product with softmax, its Jacobian taken as a diagonal": (
        by(upstream, u, j),
        mul(at(soft, j), minus(ONE, at(soft, j)), at(v, j)),
    ),
    "attention, dQ without the root": (
        by(attention_loss, Q, i, h),
        total(M, lambda q: mul(at(d_scores, i, q), at(K, q, h))),
    ),
    "attention, dQ from the weights": (
        by(attention_loss, Q, i, h),
        over(total(M, lambda q: mul(at(d_weights, i, q), at(K, q, h))), root(SizeValue(D))),
    ),
    "d x^T T x / dx without symmetry": (
        by(quadratic, u, i),
        mul(TWO, total(N, lambda p: mul(at(T, i, p), at(u, p)))),
    ),
    "d tr(A Y Z) / dY, a product that only fits square matrices": (
        by(total(N, lambda p: total(N, lambda q: mul(at(T, p, q), at(S, q, p)))), T, i, j),
        mul(at(S, i, j), at(u, i)),
    ),
    "layer norm backward without the third term": (
        by(total(N, lambda p: mul(at(v, p), at(layer, p))), u, i),
        mul(
            minus(at(v, i), over(total(N, lambda p: at(v, p)), SizeValue(N))),
            inverse_deviation(N, lambda q: at(u, q)),
        ),
    ),
    "batch norm backward, layer norm's mean": (
        by(total(N, lambda p: total(M, lambda q: mul(at(G, p, q), at(batch, p, q)))), A, i, r),
        norm_backward(G, (N, M), 1, (i, r), batch, inverse_deviation(N, lambda q: at(A, q, r))),
    ),
    "a sum over j != i that is a sum over all": (
        total(N, lambda p: mul(minus(ONE, Delta(p, i)), at(u, p))),
        total(N, lambda p: at(u, p)),
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_is_nearly_it_is_refuted(name):
    left, right, *hypotheses = FALSE[name]
    assert prove_equal(left, right, hypotheses) is None
    free = free_of(left, right)
    assert find(left, right, free, hypotheses=hypotheses, work=3_000_000) is not None
