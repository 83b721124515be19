"""Right formulas of the field, as pairs of sides: layers, batches, norms, softmax, attention.

Sizes are unequal by name. `derivations` adds every proved claim of the notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kernel_builders import (
    ONE,
    TWO,
    X,
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
    over,
    power,
    relu,
    root,
    step,
    total,
)
from kernel_identities import sigma, softplus, tanh

from symgrad.calculus.expression import RELU, Definition, Delta, Expression, Function, SizeValue
from symgrad.calculus.index import Size, Tensor, fresh
from symgrad.judging.chain import Chain
from symgrad.judging.decide import Decider
from symgrad.judging.judge import Judge
from symgrad.reading.errors import ReadingError
from symgrad.reading.note import read_note
from symgrad.verify import judged_in_order, understand

Pair = tuple[Expression, Expression]

FOLDER = Path(__file__).parents[2] / "derivations"

n, m, p, batch = Size("n"), Size("m"), Size("p"), Size("B")
W, V, R = Tensor("W", (n, m)), Tensor("V", (p, n)), Tensor("R", (n, n))
x, b, c, t, h0 = (Tensor(k, (s,)) for k, s in zip("xbcth", (m, n, p, p, n), strict=True))
A, X2, Y2 = Tensor("A", (m, m)), Tensor("X", (batch, m)), Tensor("Y", (batch, p))
gamma, beta = Tensor(r"\gamma", (m,)), Tensor(r"\beta", (m,))
lam, eps = at(Tensor(r"\lambda", ())), at(Tensor(r"\epsilon", ()))

i, i2 = fresh("i", n), fresh("j", n)
j, j2 = fresh("j", m), fresh("l", m)
q, q2 = fresh("q", p), fresh("r", p)
s, s2 = fresh("s", batch), fresh("t", batch)

leaky = Function("leaky", minus(relu(X), mul(lam, relu(negate(X)))))
silu = Function("silu", over(X, add(ONE, exp(negate(X)))))


def square(body: Expression) -> Expression:
    return power(body, 2)


def network(activation: Function, name: str) -> Iterator[tuple[str, Pair]]:
    """Two layers and half a squared distance; the gradients in index form."""
    z = define("z", (n,), lambda k: add(total(m, lambda e: mul(at(W, k, e), at(x, e))), at(b, k)))
    hidden = define("h", (n,), lambda k: call(activation, at(z, k)))
    y = define(
        "y", (p,), lambda k: add(total(n, lambda e: mul(at(V, k, e), at(hidden, e))), at(c, k))
    )
    loss = define("L", (), lambda: over(total(p, lambda k: square(minus(at(y, k), at(t, k)))), TWO))
    error = define("e", (p,), lambda k: minus(at(y, k), at(t, k)))
    delta = define(
        "d",
        (n,),
        lambda k: mul(
            call(activation, at(z, k), 1), total(p, lambda e: mul(at(V, e, k), at(error, e)))
        ),
    )
    top = at(loss)
    written = total(p, lambda e: mul(at(V, e, i), minus(at(y, e), at(t, e))))
    slope = call(activation, at(z, i), 1)
    claims: dict[str, Pair] = {
        "by the output": (by(top, y, q), at(error, q)),
        "by V": (by(top, V, q, i), mul(minus(at(y, q), at(t, q)), at(hidden, i))),
        "by c": (by(top, c, q), minus(at(y, q), at(t, q))),
        "by h": (by(top, hidden, i), written),
        "by z": (by(top, z, i), mul(slope, written)),
        "by W": (by(top, W, i, j), mul(at(delta, i), at(x, j))),
        "by W, written out": (by(top, W, i, j), mul(slope, at(x, j), written)),
        "by b": (by(top, b, i), at(delta, i)),
        "by x": (by(top, x, j), total(n, lambda k: mul(at(W, k, j), at(delta, k)))),
        "z by W": (by(at(z, i), W, i2, j), mul(Delta(i, i2), at(x, j))),
        "y by x": (
            by(at(y, q), x, j),
            total(n, lambda k: mul(at(V, q, k), call(activation, at(z, k), 1), at(W, k, j))),
        ),
        "h by z": (by(at(hidden, i), z, i2), mul(Delta(i, i2), slope)),
    }
    yield from ((f"{name} {what}", pair) for what, pair in claims.items())


def batched(activation: Function, name: str) -> Iterator[tuple[str, Pair]]:
    """One layer over a batch with a mean squared error and a weight decay."""
    weight, shift = Tensor("K", (m, p)), Tensor("d", (p,))
    z = define(
        "Z",
        (batch, p),
        lambda r, k: add(total(m, lambda e: mul(at(X2, r, e), at(weight, e, k))), at(shift, k)),
    )
    out = define("O", (batch, p), lambda r, k: call(activation, at(z, r, k)))
    size = mul(SizeValue(batch), SizeValue(p))
    squares = total(batch, lambda r: total(p, lambda k: square(minus(at(out, r, k), at(Y2, r, k)))))
    decay = total(m, lambda e: total(p, lambda k: square(at(weight, e, k))))
    loss = define("L", (), lambda: add(over(squares, size), mul(lam, decay)))

    def delta(r, k):
        error = minus(at(out, r, k), at(Y2, r, k))
        return mul(over(TWO, size), error, call(activation, at(z, r, k), 1))

    yield (
        f"{name} batch by K",
        (
            by(at(loss), weight, j, q),
            add(
                total(batch, lambda r: mul(at(X2, r, j), delta(r, q))),
                mul(TWO, lam, at(weight, j, q)),
            ),
        ),
    )
    yield f"{name} batch by d", (by(at(loss), shift, q), total(batch, lambda r: delta(r, q)))
    yield (
        f"{name} batch by X",
        (by(at(loss), X2, s, j), total(p, lambda k: mul(delta(s, k), at(weight, j, k)))),
    )
    yield f"{name} batch by Z", (by(at(loss), z, s, q), delta(s, q))


def recurrent(activation: Function, name: str) -> Iterator[tuple[str, Pair]]:
    """The same weights three times; each use counts once."""
    states: list[Definition] = []
    sums: list[Definition] = []
    for turn in range(3):

        def pre(k, turn=turn):
            before = (lambda e: at(states[-1], e)) if states else (lambda e: at(h0, e))
            return add(
                total(n, lambda e: mul(at(R, k, e), before(e))),
                total(m, lambda e: mul(at(W, k, e), at(X2_at[turn], e))),
            )

        sums.append(define(f"a{turn}", (n,), pre))
        states.append(define(f"h{turn}", (n,), lambda k: call(activation, at(sums[-1], k))))
    loss = define("L", (), lambda: over(total(n, lambda k: square(at(states[-1], k))), TWO))
    top = at(loss)

    def d(turn: int, k):
        slope = call(activation, at(sums[turn], k), 1)
        if turn == 2:
            return mul(at(states[2], k), slope)
        return mul(slope, total(n, lambda e: mul(at(R, e, k), d(turn + 1, e))))

    before = [lambda e: at(h0, e), lambda e: at(states[0], e), lambda e: at(states[1], e)]
    yield (
        f"{name} recurrent by R",
        (by(top, R, i, i2), add(*[mul(d(k, i), before[k](i2)) for k in range(3)])),
    )
    yield (
        f"{name} recurrent by W",
        (by(top, W, i, j), add(*[mul(d(k, i), at(X2_at[k], j)) for k in range(3)])),
    )
    yield f"{name} recurrent by the first sum", (by(top, sums[0], i), d(0, i))
    yield (
        f"{name} recurrent by the start",
        (by(top, h0, i), total(n, lambda e: mul(at(R, e, i), d(0, e)))),
    )


X2_at = [Tensor(f"x^{{({turn})}}", (m,)) for turn in range(3)]


def quadratic() -> Iterator[tuple[str, Pair]]:
    """Traces, quadratic forms and norms."""
    form = total(m, lambda d: total(m, lambda e: mul(at(x, d), at(A, d, e), at(x, e))))
    norm = total(m, lambda e: square(at(x, e)))
    product = total(n, lambda d: total(m, lambda e: mul(at(W, d, e), at(W, d, e))))
    yield (
        "x^T A x",
        (
            by(form, x, j),
            add(
                total(m, lambda e: mul(at(A, j, e), at(x, e))),
                total(m, lambda e: mul(at(A, e, j), at(x, e))),
            ),
        ),
    )
    yield "x^T A x by A", (by(form, A, j, j2), mul(at(x, j), at(x, j2)))
    yield "|W|^2", (by(product, W, i, j), mul(TWO, at(W, i, j)))
    yield "|x|", (by(root(norm), x, j), over(at(x, j), root(norm)))
    yield "1/|x|", (by(power(root(norm), -1), x, j), negate(over(at(x, j), power(root(norm), 3))))
    yield (
        "x/|x|",
        (
            by(over(at(x, j), root(norm)), x, j2),
            over(minus(Delta(j, j2), over(mul(at(x, j), at(x, j2)), norm)), root(norm)),
        ),
    )
    yield (
        "tr(A A)",
        (
            by(total(m, lambda d: total(m, lambda e: mul(at(A, d, e), at(A, e, d)))), A, j, j2),
            mul(TWO, at(A, j2, j)),
        ),
    )
    mean = define("mu", (), lambda: over(total(m, lambda e: at(x, e)), SizeValue(m)))
    var = define(
        "var", (), lambda: over(total(m, lambda e: square(minus(at(x, e), at(mean)))), SizeValue(m))
    )
    yield "mean", (by(at(mean), x, j), power(SizeValue(m), -1))
    yield (
        "variance",
        (by(at(var), x, j), mul(over(TWO, SizeValue(m)), minus(at(x, j), at(mean)))),
    )
    hat = define("hat", (m,), lambda e: over(minus(at(x, e), at(mean)), root(add(at(var), eps))))
    yield (
        "layer norm",
        (
            by(at(hat, j), x, j2),
            over(
                minus(
                    Delta(j, j2),
                    over(add(ONE, mul(at(hat, j), at(hat, j2))), SizeValue(m)),
                ),
                root(add(at(var), eps)),
            ),
        ),
    )
    up = Tensor("g", (m,))
    norm_loss = total(m, lambda e: mul(at(up, e), add(mul(at(gamma, e), at(hat, e)), at(beta, e))))
    yield "layer norm by gamma", (by(norm_loss, gamma, j), mul(at(up, j), at(hat, j)))
    yield "layer norm by beta", (by(norm_loss, beta, j), at(up, j))


def softmaxes() -> Iterator[tuple[str, Pair]]:
    """Softmax, its log, its Jacobian products, and attention over rows."""
    u = Tensor("u", (p,))
    bottom = total(p, lambda k: exp(at(u, k)))
    soft = define("s", (p,), lambda k: over(exp(at(u, k)), total(p, lambda e: exp(at(u, e)))))
    yield (
        "softmax",
        (by(at(soft, q), u, q2), mul(at(soft, q), minus(Delta(q, q2), at(soft, q2)))),
    )
    yield "logsumexp", (by(log(bottom), u, q), at(soft, q))
    up = Tensor("g", (p,))
    yield (
        "softmax times a vector",
        (
            total(p, lambda k: mul(at(up, k), by(at(soft, k), u, q))),
            mul(
                at(soft, q),
                minus(at(up, q), total(p, lambda k: mul(at(up, k), at(soft, k)))),
            ),
        ),
    )
    cross = negate(total(p, lambda k: mul(at(t, k), log(at(soft, k)))))
    yield (
        "cross entropy",
        (by(cross, u, q), minus(mul(at(soft, q), total(p, lambda k: at(t, k))), at(t, q))),
    )
    query, key = Tensor("Q", (batch, m)), Tensor("K", (n, m))
    score = define(
        "S", (batch, n), lambda r, k: total(m, lambda e: mul(at(query, r, e), at(key, k, e)))
    )
    share = define(
        "P",
        (batch, n),
        lambda r, k: over(exp(at(score, r, k)), total(n, lambda e: exp(at(score, r, e)))),
    )
    up, values = Tensor("G", (batch, p)), Tensor("U", (n, p))
    out = define(
        "O", (batch, p), lambda r, k: total(n, lambda e: mul(at(share, r, e), at(values, e, k)))
    )
    loss = total(batch, lambda r: total(p, lambda k: mul(at(up, r, k), at(out, r, k))))

    def back(r, k):
        down = total(p, lambda d: mul(at(up, r, d), at(values, k, d)))
        whole = total(p, lambda d: mul(at(up, r, d), at(out, r, d)))
        return mul(at(share, r, k), minus(down, whole))

    yield "attention by S", (by(loss, score, s, i), back(s, i))
    yield (
        "attention by Q",
        (by(loss, query, s, j), total(n, lambda k: mul(back(s, k), at(key, k, j)))),
    )
    yield (
        "attention by K",
        (by(loss, key, i, j), total(batch, lambda r: mul(back(r, i), at(query, r, j)))),
    )
    yield (
        "attention by V",
        (by(loss, values, i, q), total(batch, lambda r: mul(at(share, r, i), at(up, r, q)))),
    )


def scalars() -> Iterator[tuple[str, Pair]]:
    """Derivatives of activations and losses of one number."""
    v = at(w := Tensor("v", ()))
    y = at(Tensor("y", ()))
    sig = call(sigma, v)
    yield "sigma'", (by(sig, w), mul(sig, minus(ONE, sig)))
    yield "sigma''", (call(sigma, v, 2), mul(sig, minus(ONE, sig), minus(ONE, mul(TWO, sig))))
    yield "tanh'", (by(call(tanh, v), w), minus(ONE, square(call(tanh, v))))
    yield "softplus'", (by(call(softplus, v), w), sig)
    yield "silu'", (by(call(silu, v), w), mul(sig, add(ONE, mul(v, minus(ONE, sig)))))
    yield "leaky'", (by(call(leaky, v), w), add(step(v), mul(lam, minus(ONE, step(v)))))
    entropy = negate(add(mul(y, log(sig)), mul(minus(ONE, y), log(minus(ONE, sig)))))
    yield "binary cross entropy", (by(entropy, w), minus(sig, y))
    hinge = relu(minus(ONE, mul(y, v)))
    yield "hinge", (by(hinge, w), negate(mul(y, step(minus(ONE, mul(y, v))))))
    inner = add(mul(y, v), lam)
    yield (
        "f(g)",
        (
            by(call(f, call(g, inner)), w),
            mul(call(f, call(g, inner), 1), call(g, inner, 1), y),
        ),
    )
    yield (
        "a product",
        (
            by(mul(call(f, v), call(g, v)), w),
            add(mul(call(f, v, 1), call(g, v)), mul(call(f, v), call(g, v, 1))),
        ),
    )
    yield (
        "a quotient",
        (
            by(over(call(f, v), call(g, v)), w),
            over(
                minus(mul(call(f, v, 1), call(g, v)), mul(call(f, v), call(g, v, 1))),
                square(call(g, v)),
            ),
        ),
    )


def field() -> dict[str, Pair]:
    """All right formulas of this module, by name."""
    found: dict[str, Pair] = {}
    for name, activation in {"f": f, "relu": RELU, "sigma": sigma, "tanh": tanh}.items():
        found |= dict(network(activation, name))
    for name, activation in {"f": f, "relu": RELU, "sigma": sigma}.items():
        found |= dict(batched(activation, name))
    for name, activation in {"f": f, "relu": RELU}.items():
        found |= dict(recurrent(activation, name))
    return found | dict(quadratic()) | dict(softmaxes()) | dict(scalars())


def derivations() -> dict[str, Pair]:
    """Every step of the notes in `derivations` that is proved without assumptions, as read."""
    found: dict[str, Pair] = {}
    for path in sorted(FOLDER.rglob("*.md")):
        session, statements, _ = understand(read_note(path))
        decider = Decider()
        judge = Judge(session, decider)
        for claim, results in judged_in_order(judge, statements):
            if claim.kind == "expression" or not results:
                continue
            if any(r.verdict != "proved" or r.assuming for r in results):
                continue
            chain = Chain(session, claim, decider, judge.report)
            try:
                left, *rest = chain.read_all([claim.left, *(node for _, node in claim.steps)])
                guards = chain.guards()
            except ReadingError:
                continue
            line = session.source.position(claim.left.span.start)[0]
            for number, member in enumerate(rest, start=1):
                if left.value is not None and member.value is not None:
                    a, b_, _ = chain.built(chain.settled_frame(), left, member, guards)
                    found[f"{path.stem}:{line}:{claim.first_step + number}:{len(found)}"] = a, b_
    return found
