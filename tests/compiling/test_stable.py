"""Softmax, log-sum-exp and the sigmoid as notes write them: no overflow, whatever their names."""

import warnings

import numpy as np
import pytest

import symgrad

LET = r"Let $z, t \in \mathbb R^n$"
LOGISTIC = r"\sigma(x) = \frac{1}{1 + e^{-x}}"
NAMED = r"$u_i = e^{z_i}$, $S = \sum_{k=1}^n u_k$"
SOFTMAX = r"$p_i = \frac{e^{z_i}}{\sum_{k=1}^n e^{z_k}}$"

NOTES = {
    "the logarithm of a softmax": (
        rf"{LET}, {SOFTMAX}.",
        r"L = -\sum_{i=1}^n t_i \log p_i",
        r"\frac{\partial L}{\partial z_j} = p_j \sum_{i=1}^n t_i - t_j",
    ),
    "names for the exponentials and their sum": (
        rf"{LET}, {NAMED}, $p_i = u_i / S$.",
        r"L = -\sum_{i=1}^n t_i \log p_i",
        r"\frac{\partial L}{\partial z_j} = \frac{u_j}{S} \sum_{i=1}^n t_i - t_j",
    ),
    "the chain rule through the probabilities": (
        rf"{LET}, {SOFTMAX}.",
        r"L = -\sum_{i=1}^n t_i \log p_i",
        r"\frac{\partial L}{\partial p_i} = -\frac{t_i}{p_i}",
        r"\frac{\partial L}{\partial z_j} "
        r"= \sum_{i=1}^n \frac{\partial L}{\partial p_i} p_i (\delta_{ij} - p_j)",
    ),
    "a name for the gradient that divides": (
        rf"{LET}, {SOFTMAX}.",
        r"L = -\sum_{i=1}^n t_i \log p_i",
        r"g_i = \frac{\partial L}{\partial p_i} = -\frac{t_i}{p_i}",
        r"\frac{\partial L}{\partial z_j} = \sum_{i=1}^n g_i p_i (\delta_{ij} - p_j)",
    ),
    "a square of the sum": (
        rf"{LET}, {NAMED}.",
        r"L = \sum_{i=1}^n t_i \frac{u_i}{S}",
        r"\frac{\partial L}{\partial z_j} "
        r"= \frac{t_j u_j S - u_j \sum_{i=1}^n t_i u_i}{S^2}",
    ),
    "a sum of quotients": (
        rf"{LET}, {NAMED}.",
        r"L = \sum_{i=1}^n t_i \frac{u_i}{S}",
        r"\frac{\partial L}{\partial z_j} "
        r"= t_j \frac{e^{z_j}}{S} - \sum_{i=1}^n t_i \frac{e^{z_i} e^{z_j}}{S^2}",
    ),
    "a mean of numbers with exponentials for weights": (
        rf"{LET}, $m = \frac{{\sum_{{i=1}}^n t_i e^{{z_i}}}}{{\sum_{{i=1}}^n e^{{z_i}}}}$.",
        r"L = m^2",
        r"\frac{\partial L}{\partial z_j} = 2 m \frac{e^{z_j}}{\sum_{k=1}^n e^{z_k}} (t_j - m)",
    ),
    "the logistic function and its derivative": (
        rf"{LET}.",
        r"L = \sum_{i=1}^n t_i \frac{1}{1 + e^{-z_i}}",
        r"\frac{\partial L}{\partial z_j} = t_j \frac{e^{-z_j}}{(1 + e^{-z_j})^2}",
    ),
    "the logistic function from above": (
        rf"{LET}.",
        r"L = \sum_{i=1}^n t_i \frac{e^{z_i}}{1 + e^{z_i}}",
        r"\frac{\partial L}{\partial z_j} "
        r"= t_j \frac{e^{z_j}}{1 + e^{z_j}} \left(1 - \frac{e^{z_j}}{1 + e^{z_j}}\right)",
    ),
    "the logarithm of the logistic function": (
        rf"{LET}.",
        r"L = -\sum_{i=1}^n t_i \log \frac{1}{1 + e^{-z_i}}",
        r"\frac{\partial L}{\partial z_j} = -t_j \frac{e^{-z_j}}{1 + e^{-z_j}}",
    ),
    "softplus": (
        rf"{LET}.",
        r"L = \sum_{i=1}^n (\log(1 + e^{z_i}) - t_i z_i)",
        r"\frac{\partial L}{\partial z_j} = \frac{1}{1 + e^{-z_j}} - t_j",
    ),
    "binary cross-entropy": (
        rf"{LET}, ${LOGISTIC}$, $y_i = \sigma(z_i)$.",
        r"L = -\sum_{i=1}^n (t_i \log y_i + (1 - t_i) \log(1 - y_i))",
        r"\frac{\partial L}{\partial z_j} = y_j - t_j",
    ),
    "binary cross-entropy by the chain rule": (
        rf"{LET}, ${LOGISTIC}$, $y_i = \sigma(z_i)$.",
        r"L = -\sum_{i=1}^n (t_i \log y_i + (1 - t_i) \log(1 - y_i))",
        r"\frac{\partial L}{\partial y_i} = -\frac{t_i}{y_i} + \frac{1 - t_i}{1 - y_i}",
        r"\frac{\partial L}{\partial z_i} = \frac{\partial L}{\partial y_i} \sigma'(z_i)",
    ),
    "binary cross-entropy over a common denominator": (
        rf"{LET}, ${LOGISTIC}$, $y_i = \sigma(z_i)$.",
        r"L = -\sum_{i=1}^n (t_i \log y_i + (1 - t_i) \log(1 - y_i))",
        r"\frac{\partial L}{\partial y_i} = \frac{y_i - t_i}{y_i (1 - y_i)}",
        r"\frac{\partial L}{\partial z_i} = \frac{\partial L}{\partial y_i} y_i (1 - y_i)",
    ),
    "the hyperbolic tangent": (
        rf"{LET}.",
        r"L = \sum_{i=1}^n t_i \frac{e^{z_i} - e^{-z_i}}{e^{z_i} + e^{-z_i}}",
        r"\frac{\partial L}{\partial z_j} "
        r"= t_j \left(1 - \left(\frac{e^{z_j} - e^{-z_j}}{e^{z_j} + e^{-z_j}}\right)^2\right)",
    ),
    "a number added to the sum": (
        rf"{LET}, $S = 1 + \sum_{{k=1}}^n e^{{z_k}}$.",
        r"L = \log S - \sum_{k=1}^n t_k z_k",
        r"\frac{\partial L}{\partial z_j} = \frac{e^{z_j}}{S} - t_j",
    ),
    "weights in the sum": (
        r"Let $z, \pi \in \mathbb R^n$ with $\pi_k > 0$, $S = \sum_{k=1}^n \pi_k e^{z_k}$.",
        r"L = -\log S",
        r"\frac{\partial L}{\partial z_j} = -\frac{\pi_j e^{z_j}}{S}",
    ),
    "the logarithm of a mean of exponentials": (
        r"Let $z \in \mathbb R^n$, $\tau \in \mathbb R$.",
        r"L = \log \left(\frac{1}{n} \sum_{k=1}^n e^{\tau z_k}\right)",
        r"\frac{\partial L}{\partial z_j} "
        r"= \tau \frac{e^{\tau z_j}}{\sum_{k=1}^n e^{\tau z_k}}",
    ),
    "three numbers": (
        r"Let $z, b, c \in \mathbb R$, $S = e^z + e^b + e^c$.",
        r"L = \log S - b",
        r"\frac{\partial L}{\partial z} = \frac{e^z}{S}",
        r"\frac{\partial L}{\partial b} = \frac{e^b}{S} - 1",
    ),
    "rows of a matrix": (
        r"Let $z, T \in \mathbb R^{N \times n}$,"
        r" $P_{ri} = \frac{e^{z_{ri}}}{\sum_{k=1}^n e^{z_{rk}}}$.",
        r"L = -\sum_{r=1}^N \sum_{i=1}^n T_{ri} \log P_{ri}",
        r"\frac{\partial L}{\partial z_{rj}} = P_{rj} \sum_{i=1}^n T_{ri} - T_{rj}",
    ),
    "all of a matrix": (
        r"Let $z, T \in \mathbb R^{m \times n}$, $S = \sum_{i=1}^m \sum_{j=1}^n e^{z_{ij}}$.",
        r"L = \log S - \sum_{i=1}^m \sum_{j=1}^n T_{ij} z_{ij}",
        r"\frac{\partial L}{\partial z_{ij}} = \frac{e^{z_{ij}}}{S} - T_{ij}",
    ),
}


def compiled(name):
    head, *claims = NOTES[name]
    text = head + "\n" + "\n".join(f"$${claim}$$" for claim in claims) + "\n"
    return symgrad.compile(text, line=len(claims) + 1)


def arrays_of(program):
    rng = np.random.default_rng(2)
    names = dict.fromkeys(size for sizes in program.inputs.values() for size in sizes)
    lengths = {name: 3 + place for place, name in enumerate(names)}
    arrays = {n: rng.normal(size=[lengths[s] for s in a]) for n, a in program.inputs.items()}
    return {
        n: a if n in ("z", "b", "c") else rng.uniform(0.1, 1, a.shape) for n, a in arrays.items()
    }


def extremes(z):
    """Arguments of whose exponentials most are infinite or 0."""
    for far in (1000.0, -1000.0):
        yield z + far
        yield np.where(z > 0, far, -far)
        one = z.copy()
        one.flat[0] = far
        yield one


@pytest.mark.parametrize("name", NOTES)
def test_agrees_with_numerical_derivatives(name):
    program = compiled(name)
    arrays = arrays_of(program)
    assert max(program.check(**arrays).values()) < 1e-8
    value, gradients = program.value_and_grad(**arrays)
    again, buffers = program.workspace(**arrays).value_and_grad(**arrays)
    assert again == pytest.approx(value, rel=1e-12)
    for key, gradient in gradients.items():
        np.testing.assert_allclose(buffers[key], gradient, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", NOTES)
def test_large_arguments_neither_overflow_nor_vanish(name):
    program = compiled(name)
    arrays = arrays_of(program)
    work = program.workspace(**arrays)
    for z in extremes(arrays["z"]):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            value, gradients = program.value_and_grad(**{**arrays, "z": z})
            work.value_and_grad(**{**arrays, "z": z})
        assert np.isfinite(value)
        assert all(np.isfinite(gradient).all() for gradient in gradients.values())


def test_what_is_far_off_is_said_to_be():
    program = compiled("the chain rule through the probabilities")
    z, t = np.array([1000.0, 0, -1000]), np.array([0, 0, 1.0])
    value, gradients = program.value_and_grad(z=z, t=t)
    assert value == 2000
    np.testing.assert_array_equal(gradients["z"], [1, 0, -1])
    program = compiled("binary cross-entropy by the chain rule")
    value, gradients = program.value_and_grad(z=z, t=np.array([0, 1.0, 1]))
    assert value == pytest.approx(2000 + np.log(2))
    np.testing.assert_allclose(gradients["z"], [1, -0.5, -1])


def test_each_row_has_its_own_largest():
    program = compiled("rows of a matrix")
    z = np.array([[1000.0, 999, 0], [-1000, -999, -2000]])
    _, gradients = program.value_and_grad(z=z, T=np.array([[0, 1.0, 0], [0, 1, 0]]))
    share = 1 / (1 + np.e)
    expected = [[1 - share, share - 1, 0], [share, -share, 0]]
    np.testing.assert_allclose(gradients["z"], expected)


def test_a_batch_of_examples():
    head, *claims = NOTES["the chain rule through the probabilities"]
    text = head + "\n" + "\n".join(f"$${claim}$$" for claim in claims)
    program = symgrad.compile(text, batch=("z", "t"))
    arrays = arrays_of(program)
    assert max(program.check(**arrays).values()) < 1e-8
    with np.errstate(all="raise", under="ignore"):
        value, _ = program.value_and_grad(z=1000 * arrays["z"], t=arrays["t"])
    assert np.isfinite(value)


def test_what_does_not_cancel_stays():
    program = symgrad.compile(
        r"""Let $x, a \in \mathbb R^n$.
$$L = \sum_{i=1}^n \frac{a_i}{x_i}$$
$$\frac{\partial L}{\partial a_i} = \frac{1}{x_i}$$
$$\frac{\partial L}{\partial x_i} = -\frac{a_i}{x_i^2}$$
"""
    )
    _, gradients = program.value_and_grad(a=np.array([3.0]), x=np.array([2.0]))
    assert (gradients["a"], gradients["x"]) == (0.5, -0.75)


def test_powers_cancel_one_by_one():
    program = symgrad.compile(
        r"""Let $x, a \in \mathbb R^n$.
$$L = \sum_{i=1}^n \frac{a_i x_i^3}{x_i^2} $$
$$\frac{\partial L}{\partial a_i} = \frac{x_i^3}{x_i^2}$$
$$\frac{\partial L}{\partial x_i} = \frac{x_i}{x_i} a_i$$
"""
    )
    value, gradients = program.value_and_grad(a=np.array([3.0, 2]), x=np.array([0.0, -5]))
    assert value == -10
    np.testing.assert_array_equal(gradients["a"], [0, -5])
    np.testing.assert_array_equal(gradients["x"], [3, 2])


def test_the_slope_of_gelu_has_one_constant_factor():
    source = symgrad.compile(symgrad.Network((4, 3), "gelu"), batch=True).source
    body = source[source.index("def value_and_grad") : source.index("class Workspace")]
    assert "t_3 = 0.3989422804014327 * Z1 * np.exp(-0.5 * np.square(Z1))" in body
    assert body.count("erf(") == 1
