"""Emitted programs against NumPy by hand, the bare matrix products and other libraries.

Run with `pytest tests/benchmarks/test_programs.py -s`. Every rival runs once in each
round, so that what else the machine does hits all of them, in an order drawn anew, so that
none always finds the arrays in the cache that another left there; medians over the rounds.
OpenBLAS should be left to choose its kernel: unset OPENBLAS_CORETYPE and
OPENBLAS_L2_SIZE for the run, and set OPENBLAS_NUM_THREADS and OMP_NUM_THREADS alike: the
rivals are held to that number. Rivals that are not installed are left out.
"""

import os
import random
import statistics
import time
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pytest

import symgrad

CASES = [
    ((2, 3, 2, 2), 1),
    ((64, 64, 64, 10), 1),
    ((64, 64, 64, 10), 32),
    ((784, 256, 128, 10), 128),
    ((1024, 1024, 1024, 1024), 512),
]
SMALL = 64
"""Largest layer of a network that counts as small."""
OF_PRODUCTS = 0.94
"""The speed of the bare products that a large network has to reach."""
SECONDS = float(os.environ.get("SYMGRAD_BENCHMARK_SECONDS", "4"))


def arrays_of(sizes, batch, dtype):
    rng = np.random.default_rng(0)
    arrays = {"X": rng.normal(size=(batch, sizes[0]))}
    for layer, (before, after) in enumerate(pairwise(sizes), 1):
        arrays[f"W{layer}"] = rng.normal(size=(after, before)) / np.sqrt(before)
        arrays[f"B{layer}"] = 0.1 * rng.normal(size=after)
    arrays["target"] = rng.random((batch, sizes[-1]))
    return {name: array.astype(dtype) for name, array in arrays.items()}


def by_hand(X, W1, B1, W2, B2, W3, B3, target):  # noqa: N803 - the letters of the field
    """What an expert writes in NumPy, without buffers."""
    count = X.shape[0]
    A1 = np.maximum(X @ W1.T + B1, 0)  # noqa: N806
    A2 = np.maximum(A1 @ W2.T + B2, 0)  # noqa: N806
    A3 = np.maximum(A2 @ W3.T + B3, 0)  # noqa: N806
    error = A3 - target
    loss = 0.5 * np.sum(error * error) / count
    d3 = error * (A3 > 0) / count
    d2 = (d3 @ W3) * (A2 > 0)
    d1 = (d2 @ W2) * (A1 > 0)
    return loss, {
        "W1": d1.T @ X,
        "B1": d1.sum(axis=0),
        "W2": d2.T @ A1,
        "B2": d2.sum(axis=0),
        "W3": d3.T @ A2,
        "B3": d3.sum(axis=0),
    }


def bare_products(arrays):
    """The eight matrix products, into buffers."""
    x, (w1, w2, w3) = arrays["X"], (arrays[f"W{k}"] for k in (1, 2, 3))
    a1, a2, a3 = x @ w1.T, x[:, :1] * w2[:, 0], x[:, :1] * w3[:, 0]
    e2, e1 = a3 @ w3, a2 @ w2
    g1, g2, g3 = np.empty_like(w1), np.empty_like(w2), np.empty_like(w3)

    def run():
        np.dot(x, w1.T, out=a1)
        np.dot(a1, w2.T, out=a2)
        np.dot(a2, w3.T, out=a3)
        np.dot(a3.T, a2, out=g3)
        np.dot(a3, w3, out=e2)
        np.dot(e2.T, a1, out=g2)
        np.dot(e2, w2, out=e1)
        np.dot(e1.T, x, out=g1)

    return run


def torch_eager(arrays):
    import torch

    torch.set_num_threads(threads())
    tensors = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
    parameters = [tensors[f"{letter}{k}"] for k in (1, 2, 3) for letter in "WB"]
    for parameter in parameters:
        parameter.requires_grad_()
    linear, relu = torch.nn.functional.linear, torch.relu

    def loss():
        a = tensors["X"]
        for k in (1, 2, 3):
            a = relu(linear(a, tensors[f"W{k}"], tensors[f"B{k}"]))
        return 0.5 * ((a - tensors["target"]) ** 2).sum() / a.shape[0]

    def run():
        value = loss()
        return value.detach().numpy(), torch.autograd.grad(value, parameters)

    return run


def torch_compiled(arrays):
    import torch

    torch.set_num_threads(threads())
    tensors = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
    parameters = [tensors[f"{letter}{k}"] for k in (1, 2, 3) for letter in "WB"]
    for parameter in parameters:
        parameter.requires_grad_()

    @torch.compile
    def loss(x, target, w1, b1, w2, b2, w3, b3):
        linear, relu = torch.nn.functional.linear, torch.relu
        a = relu(linear(relu(linear(relu(linear(x, w1, b1)), w2, b2)), w3, b3))
        return 0.5 * ((a - target) ** 2).sum() / a.shape[0]

    def run():
        value = loss(tensors["X"], tensors["target"], *parameters)
        return value.detach().numpy(), torch.autograd.grad(value, parameters)

    return run


def jax_jit(arrays):
    if threads() == 1:
        one = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        os.environ.setdefault("XLA_FLAGS", one)
    import jax

    jax.config.update("jax_enable_x64", True)

    def loss(parameters, x, target):
        a = x
        for k in (1, 2, 3):
            a = jax.nn.relu(a @ parameters[f"W{k}"].T + parameters[f"B{k}"])
        return 0.5 * ((a - target) ** 2).sum() / a.shape[0]

    step = jax.jit(jax.value_and_grad(loss))
    given = {name: jax.numpy.asarray(array) for name, array in arrays.items()}
    parameters = {name: array for name, array in given.items() if name[0] in "WB"}

    def run():
        return jax.block_until_ready(step(parameters, given["X"], given["target"]))

    return run


def autograd(arrays):
    import autograd.numpy as anp
    from autograd import value_and_grad

    def loss(parameters, x, target):
        a = x
        for k in (1, 2, 3):
            a = anp.maximum(anp.dot(a, parameters[f"W{k}"].T) + parameters[f"B{k}"], 0)
        return 0.5 * anp.sum((a - target) ** 2) / a.shape[0]

    step = value_and_grad(loss)
    parameters = {name: array for name, array in arrays.items() if name[0] in "WB"}
    return lambda: step(parameters, arrays["X"], arrays["target"])


def lambdified(arrays):
    """SymPy's own derivatives of every entry, with common parts; for networks of a few units."""
    import sympy

    sizes = (arrays["X"].shape[1], *(arrays[f"B{k}"].shape[0] for k in (1, 2, 3)))
    network = symgrad.Network(sizes)
    names = [*arrays]
    letters = [symbol for name in names for symbol in network.entries(name)]
    derivatives = [e for m in network.gradients().values() for e in m]
    expressions = [network.expression, *derivatives]
    modules = [{"relu": lambda x: max(x, 0.0), "step": lambda x: float(x > 0)}, "math"]
    function = sympy.lambdify(letters, expressions, modules, cse=True)
    return lambda: function(*[v for name in names for v in arrays[name].ravel().tolist()])


RIVALS = {
    "torch": (torch_eager, "torch"),
    "torch.compile": (torch_compiled, "torch"),
    "jax.jit": (jax_jit, "jax"),
    "autograd": (autograd, "autograd"),
}


def threads():
    return int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1))


def medians(runs):
    """Median seconds of each, one run of each in every round."""
    for run in runs.values():
        for _ in range(3):
            run()
    times = {name: [] for name in runs}
    inner = {}
    for name, run in runs.items():
        start = time.perf_counter()
        run()
        inner[name] = max(1, int(2e-4 / (time.perf_counter() - start + 1e-9)))
    end = time.perf_counter() + SECONDS
    order, drawn = list(runs), random.Random(0)
    while time.perf_counter() < end or len(times[order[0]]) < 9:
        drawn.shuffle(order)
        for name in order:
            runs[name]()  # caches hold its own arrays then; threads of the one before have stopped
            start = time.perf_counter()
            for _ in range(inner[name]):
                runs[name]()
            times[name].append((time.perf_counter() - start) / inner[name])
    return {name: statistics.median(values) for name, values in times.items()}


def setting():
    kernels = "not known (no threadpoolctl)"
    if find_spec("threadpoolctl"):
        from threadpoolctl import threadpool_info

        found = [i for i in threadpool_info() if i.get("internal_api") == "openblas"]
        kernels = ", ".join(f"{i['architecture']} x {i['num_threads']} threads" for i in found)
    core = os.environ.get("OPENBLAS_CORETYPE", "not set")
    return (
        f"OpenBLAS {kernels}; OPENBLAS_CORETYPE {core}; NumPy {np.__version__}; "
        f"rivals held to {threads()} threads"
    )


def ours(sizes, batch, dtype, arrays):
    program = symgrad.compile(symgrad.Network(sizes), batch=True, dtype=dtype)
    module, values = program.module, list(arrays.values())
    runs = {"plain": lambda: module.value_and_grad(*values)}
    work = program.workspace(**arrays)
    runs["workspace"] = lambda: work.value_and_grad(*values)
    if max(sizes) <= 8 and batch == 1:
        one = symgrad.compile(symgrad.Network(sizes), dtype=dtype)
        if hasattr(one.module, "Unrolled"):
            single = {**arrays, "X": arrays["X"][0], "target": arrays["target"][0]}
            unrolled, given = one.module.Unrolled(), list(single.values())
            runs["unrolled"] = lambda: unrolled.value_and_grad(*given)
    return runs


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("sizes", "batch"), CASES)
def test_speed(sizes, batch, dtype):
    arrays = arrays_of(sizes, batch, dtype)
    runs = ours(sizes, batch, dtype, arrays)
    own = list(runs)
    runs["by hand"] = lambda: by_hand(**arrays)
    runs["products"] = bare_products(arrays)
    for name, (make, module) in RIVALS.items():
        if find_spec(module):
            runs[name] = make(arrays)
    if max(sizes) <= 8:
        runs["lambdify"] = lambdified(arrays)
    loss, gradients = runs["workspace"]()
    expected, theirs = by_hand(**arrays)
    assert loss == pytest.approx(expected, rel=1e-4)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, theirs[name], rtol=1e-3, atol=1e-5)
    found = medians(runs)
    best = min(found[name] for name in own)
    print(f"\n{sizes} batch {batch} {dtype}; {setting()}")
    for name, seconds in found.items():
        print(f"  {name:14} {seconds * 1e6:10.1f} us   best of ours / it: {best / seconds:.2f}")
    print(f"  the bare products are {found['products'] / best:.1%} of ours")
    assert best <= (0.85 if max(sizes) <= SMALL else 1.0) * found["by hand"]
    assert max(sizes) <= SMALL or OF_PRODUCTS * best <= found["products"]
    if "torch" in found:
        assert best <= found["torch"]
