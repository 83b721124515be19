r"""Linear and logistic regression as notes write them: examples, hypotheses, costs."""

import pytest

from symgrad.verify import verify


def verdicts(*displays):
    """The verdicts on the last of some displays."""
    before = "".join(f"$${display}$$\n\n" for display in displays[:-1])
    results = verify(f"{before}$${displays[-1]}$$\n").results
    return [result.verdict for result in results if result.span.start >= len(before)]


LEAST_SQUARES = (r"E(\mathbf{v}) = \frac{1}{n} \sum_{k=1}^n (\mathbf{v}^T \mathbf{u}_k - t_k)^2",)
SCATTER = (
    r"C = \sum_k (\mathbf{u}_k - \mathbf{c})(\mathbf{u}_k - \mathbf{c})^T",
    r"E = \mathbf{v}^T C \mathbf{v}",
)
CLUSTER = (r"E = \sum_k \| u_k - c \|^2",)
LINE = (
    r"g_\beta(u) = \beta_0 + \beta_1 u",
    r"J(\beta) = \frac{1}{2m} \sum_{k=1}^m (g_\beta(u^{(k)}) - t^{(k)})^2",
)
PLANE = (
    r"g_\beta(u) = \beta^T u",
    r"J(\beta) = \frac{1}{2m} \sum_{k=1}^m (g_\beta(u^{(k)}) - t^{(k)})^2",
)
POWERLESS = (r"J(b) = \frac12 \sum_{k=1}^m (g_b(u^k) - t^k)^2", r"g_b(u) = b u")
LOGISTIC = (
    r"g_\beta(u) = \frac{1}{1 + e^{-\beta_0 - \beta_1 u}}",
    r"\text{Cost}(g_\beta(u^{(k)}), t^{(k)}) = -t^{(k)} \log g_\beta(u^{(k)})"
    r" - (1 - t^{(k)}) \log (1 - g_\beta(u^{(k)}))",
    r"J(\beta) = \frac{1}{m} \sum_{k=1}^m \text{Cost}(g_\beta(u^{(k)}), t^{(k)})",
)
UNBRACKETED = (
    r"g_\beta(u) = \frac{1}{1 + e^{-\beta_0 - \beta_1 u}}",
    r"J = -\frac1m \sum_{k=1}^m t_k \log g_\beta(u_k) + (1 - t_k) \log (1 - g_\beta(u_k))",
)
VALUES = (
    r"f(u_k) = v u_k + b",
    r"E = \frac1n \sum_{k=1}^n (f(u_k) - t_k)^2",
)
OF_X = (r"f(u) = v u + b", r"E = (f(u) - t)^2")


@pytest.mark.parametrize(
    ("definitions", "right", "wrong"),
    [
        (
            LEAST_SQUARES,
            r"\nabla_\mathbf{v} E = \frac{2}{n} \sum_{k=1}^n (\mathbf{v}^T \mathbf{u}_k - t_k)"
            r" \mathbf{u}_k",
            r"\nabla_\mathbf{v} E = \frac{1}{n} \sum_{k=1}^n (\mathbf{v}^T \mathbf{u}_k - t_k)"
            r" \mathbf{u}_k",
        ),
        (
            LEAST_SQUARES,
            r"\frac{\partial E}{\partial v_j}"
            r" = \frac{2}{n} \sum_{k=1}^n (\mathbf{v}^T \mathbf{u}_k - t_k) u_{kj}",
            r"\frac{\partial E}{\partial v_j}"
            r" = \frac{2}{n} \sum_{k=1}^n (t_k - \mathbf{v}^T \mathbf{u}_k) u_{kj}",
        ),
        (
            SCATTER,
            r"\frac{\partial E}{\partial \mathbf{v}} = 2 C \mathbf{v}",
            r"\frac{\partial E}{\partial \mathbf{v}} = C \mathbf{v}",
        ),
        (
            CLUSTER,
            r"\frac{\partial E}{\partial c} = -2 \sum_k (u_k - c)",
            r"\frac{\partial E}{\partial c} = 2 \sum_k (u_k - c)",
        ),
        (
            LINE,
            r"\frac{\partial J}{\partial \beta_1}"
            r" = \frac1m \sum_{k=1}^m (g_\beta(u^{(k)}) - t^{(k)}) u^{(k)}",
            r"\frac{\partial J}{\partial \beta_0}"
            r" = \frac1m \sum_{k=1}^m (g_\beta(u^{(k)}) - t^{(k)}) u^{(k)}",
        ),
        (
            PLANE,
            r"\nabla_\beta J(\beta) = \frac1m \sum_{k=1}^m (g_\beta(u^{(k)}) - t^{(k)}) u^{(k)}",
            r"\nabla_\beta J(\beta) = \frac2m \sum_{k=1}^m (g_\beta(u^{(k)}) - t^{(k)}) u^{(k)}",
        ),
        (
            POWERLESS,
            r"\frac{\partial J}{\partial b} = \sum_{k=1}^m (g_b(u^k) - t^k) u^k",
            r"\frac{\partial J}{\partial b} = 2 \sum_{k=1}^m (g_b(u^k) - t^k) u^k",
        ),
        (
            LOGISTIC,
            r"\frac{\partial J}{\partial \beta_1}"
            r" = \frac1m \sum_{k=1}^m (g_\beta(u^{(k)}) - t^{(k)}) u^{(k)}",
            r"\frac{\partial J}{\partial \beta_1}"
            r" = \frac1m \sum_{k=1}^m (t^{(k)} - g_\beta(u^{(k)})) u^{(k)}",
        ),
        (
            UNBRACKETED,
            r"\frac{\partial J}{\partial \beta_0} = \frac1m \sum_{k=1}^m (g_\beta(u_k) - t_k)",
            r"\frac{\partial J}{\partial \beta_0} = \frac1m \sum_{k=1}^m (g_\beta(u_k) + t_k)",
        ),
        (
            VALUES,
            r"\frac{\partial E}{\partial f(u_k)} = \frac2n (f(u_k) - t_k)",
            r"\frac{\partial E}{\partial f(u_k)} = \frac1n (f(u_k) - t_k)",
        ),
        (
            OF_X,
            r"\frac{\partial E}{\partial v} = \frac{\partial E}{\partial f}"
            r" \frac{\partial f}{\partial v} = 2 (f(u) - t) u",
            r"\frac{\partial E}{\partial v} = \frac{\partial E}{\partial f}"
            r" \frac{\partial f}{\partial b} = 2 (f(u) - t)",
        ),
    ],
)
def test_gradients_of_regressions(definitions, right, wrong):
    assert set(verdicts(*definitions, right)) == {"proved"}
    assert "refuted" in verdicts(*definitions, wrong)


def test_the_argument_of_a_function_that_a_formula_calls_in_one_way_is_left_out():
    sigmoid = r"g_\beta(u^{(k)}) = \frac{1}{1 + e^{-\beta_0 - \beta_1 u^{(k)}}}"
    slope = r"\frac{\partial g_\beta}{\partial \beta_1} = "
    assert verdicts(sigmoid, slope + r"g_\beta(u) (1 - g_\beta(u)) u") == ["proved"]
    assert verdicts(sigmoid, slope + r"g_\beta(u) (1 - g_\beta(u))") != ["proved"]
    assert verdicts(sigmoid, slope + r"g_\beta(u) (1 - g_\beta(v)) u") != ["proved"]


@pytest.mark.parametrize(
    ("definition", "claim"),
    [
        # The sum ends before what has no index of it, and before other names with it.
        (r"E = \sum_k a_k u_k - b u_k^2 + c", r"\frac{\partial E}{\partial c} = 1"),
        (
            r"E = \sum_k a_k u_k - b u_k^2 + c",
            r"\frac{\partial E}{\partial u_j} = a_j - 2 b u_j",
        ),
        # An index that a sum in the next term binds is none of this one.
        (
            r"q = \sum_j a_j - r \sum_j a_j b_j",
            r"\frac{\partial q}{\partial a_j} = 1 - r b_j",
        ),
    ],
)
def test_how_far_a_sum_reaches(definition, claim):
    assert verdicts(definition, claim) == ["proved"]


def test_an_exponent_that_counts_is_no_example():
    series = r"f = \sum_k c_k u^k"
    assert verdicts(series, r"\frac{\partial f}{\partial u} = \sum_k c_k") != ["proved"]


def test_vectors_that_a_subscript_counts_are_no_numbers():
    form = (r"f(\mathbf{A}) = \sum_k \mathbf{u}_k^T \mathbf{A} \mathbf{u}_k",)
    claim = r"\frac{\partial f}{\partial \mathbf{A}} = \sum_k \mathbf{u}_k^T \mathbf{u}_k"
    assert verdicts(*form, claim) != ["proved"]
    entries = (r"\mathbf{z} = W \mathbf{u}", r"q_k = e^{z_k}")
    claim = r"\frac{\partial q_k}{\partial z_j} = q_k \delta_{jk}"
    assert verdicts(*entries, claim) == ["proved"]


def test_brackets_after_what_is_differentiated_are_no_argument():
    softmax = r"S_k(u) = \frac{e^{u_k}}{\sum_l e^{u_l}}"
    slope = r"\frac{\partial S_k}{\partial u_l} = S_k "
    assert verdicts(softmax, slope + r"(\delta_{kl} - S_l)") == ["proved"]
    assert verdicts(softmax, slope + r"(\delta_{kl} + S_l)") != ["proved"]


@pytest.mark.parametrize(
    ("definition", "claim", "proved"),
    [
        (r"C(a_k, t_k) = (a_k - t_k)^2", r"\frac{\partial C(u, v)}{\partial u} = 2 (u - v)", True),
        (r"C(\hat t_k, t_k) = \hat t_k t_k", r"\frac{\partial C(u, v)}{\partial u} = v", True),
        # On the curve of these arguments other formulas have the same values.
        (r"C(s, s^2) = s + s^2", r"\frac{\partial C(u, v)}{\partial u} = 1", False),
        (r"C(s_k, s_k^2) = s_k + s_k^2", r"\frac{\partial C(u, v)}{\partial u} = 1", False),
        (r"C(h(s), t_k) = h(s) t_k + s", r"\frac{\partial C(u, v)}{\partial u} = v", False),
    ],
)
def test_a_function_by_the_values_of_its_arguments(definition, claim, proved):
    assert (verdicts(definition, claim) == ["proved"]) == proved


def test_no_change_of_a_claim_leaves_an_index_without_a_value():
    note = r"""Let $k_1, \dots, k_N \in \mathbb R^d$, $v_1, \dots, v_N \in \mathbb R^p$,
$q \in \mathbb R^d$.
$$s_i = q^\top k_i, \quad a_i = \frac{e^{s_i}}{\sum_{j=1}^N e^{s_j}},
\quad o = \sum_{i=1}^N a_i v_i$$
$$\frac{\partial a_i}{\partial q} = a_i k_i$$
"""
    assert verify(note, second_opinion=False).results[-1].verdict == "refuted"


def test_a_second_derivative_through_an_inverse():
    note = r"""Let $A \in \mathbb R^{n \times n}$ be invertible, $b \in \mathbb R^n$,
$x = A^{-1} b$, $L = \frac12 \|x\|^2$.
$$\frac{\partial^2 L}{\partial b \partial b^\top} = CLAIM$$
"""
    right = note.replace("CLAIM", r"A^{-\top} A^{-1}")
    assert verify(right, second_opinion=False).results[-1].verdict == "proved"
    wrong = note.replace("CLAIM", "A^{-1}")
    assert verify(wrong, second_opinion=False).results[-1].verdict == "refuted"
