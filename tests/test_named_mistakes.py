"""Mistakes that students make, as the report names and mends them."""

from __future__ import annotations

import pytest

from symgrad.verify import verify

LAYER = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $b, t \in \mathbb R^n$.
Let $\sigma(u) = \frac{1}{1 + e^{-u}}$.
$$z = W x + b, \quad a = \sigma(z), \quad E = \frac12 \sum_{i=1}^n (a_i - t_i)^2$$
"""

SOFTMAX = r"""Let $z, t \in \mathbb R^c$.
$$p_k = \frac{e^{z_k}}{\sum_{j=1}^c e^{z_j}}, \quad L = - \sum_{k=1}^c t_k \log p_k$$
"""

DEEP = r"""$$u^l = M^l v^{l-1} + c^l, \quad v^l = \phi(u^l)$$
$$g^l = \frac{\partial J}{\partial u^l}$$
$$g^l = ((M^{l+1})^T g^{l+1}) \odot \phi'(u^l)$$
"""

UNDECLARED = r"""$$q_k = \sum_j r_{kj} s_j + e_k, \quad y_k = f(q_k)$$
$$E = \frac12 \sum_k (y_k - t_k)^2$$
"""

PLAIN = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $b, t \in \mathbb R^n$.
$$z = W x + b, \quad e = z - t, \quad E = \frac12 \|e\|^2$$
"""

MEAN = r"""Let $n \in \mathbb N$, $u, g \in \mathbb R^n$.
$$m = \frac1n \sum_{k=1}^n u_k, \quad v = \frac1n \sum_{k=1}^n (u_k - m)^2$$
$$h_i = \frac{u_i - m}{v}, \quad L = \sum_{k=1}^n g_k h_k$$
"""

SCORES = r"""Let $Q, K, V, G \in \mathbb R^{T \times d}$.
$$S = \frac{1}{\sqrt{d}} Q K^T, \quad O = S V, \quad L = \operatorname{tr}(G^T O)$$
"""

TANH = r"""Let $A \in \mathbb R^{n \times n}$, $u, t \in \mathbb R^n$.
$$z = A u, \quad h = \tanh(z), \quad E = \frac12 \sum_{i=1}^n (h_i - t_i)^2$$
"""

ARRAYS = r"""Let $A \in \mathbb R^{n \times n}$, $u, v, b \in \mathbb R^n$.
Let $X \in \mathbb R^{k \times n}$, $y \in \mathbb R^k$.
$$J = \frac1k \|X u - y\|^2$$
"""


def last(note, claim):
    return verify(f"{note}$${claim}$$\n", second_opinion=False).results[-1]


@pytest.mark.parametrize(
    ("note", "left", "wrong", "mistake", "right"),
    [
        # Sums that stop one short, or begin one early.
        (
            LAYER,
            r"\frac{\partial E}{\partial x_j}",
            r"\sum_{i=1}^{n-1} W_{ij} (a_i - t_i) \sigma'(z_i)",
            "sum-range",
            r"\sum_{i=1}^{n} W_{ij} (a_i - t_i) \sigma'(z_i)",
        ),
        (
            LAYER,
            r"\frac{\partial E}{\partial x_j}",
            r"\sum_{i=0}^{n} W_{ij} (a_i - t_i) \sigma'(z_i)",
            "sum-range",
            r"\sum_{i=1}^{n} W_{ij} (a_i - t_i) \sigma'(z_i)",
        ),
        # Indices that do not fit, the rest of the step as it stands.
        (
            LAYER,
            r"\frac{\partial E}{\partial x_j}",
            r"\sum_{i=1}^n W_{ji} (a_i - t_i) \sigma'(z_i)",
            "swapped-index",
            r"\sum_{i=1}^n W_{ij} (a_i - t_i) \sigma'(z_i)",
        ),
        (
            LAYER,
            r"\frac{\partial E}{\partial W_{ij}}",
            r"(a_i - t_i) a_i (1 - a_i) x_i",
            "swapped-index",
            r"(a_i - t_i) a_i (1 - a_i) x_j",
        ),
        # Half of the derivative of a sigmoid; no gradient from above.
        (
            LAYER,
            r"\frac{\partial E}{\partial W_{ij}}",
            "(a_i - t_i) a_i x_j",
            "incomplete-activation-derivative",
            "(a_i - t_i) a_i (1 - a_i) x_j",
        ),
        (
            LAYER,
            r"\frac{\partial E}{\partial W_{ij}}",
            "x_j",
            "missing-upstream-factor",
            r"x_j \sigma'(z_i) (a_i - t_i)",
        ),
        # Softmax: the diagonal alone, and a sign under a hypothesis.
        (
            SOFTMAX,
            r"\frac{\partial p_i}{\partial z_j}",
            "p_i (1 - p_j)",
            "diagonal-only",
            r"p_i (\delta_{i,j} - p_j)",
        ),
        (
            SOFTMAX,
            r"\frac{\partial L}{\partial z_i}",
            "t_i - p_i",
            "sign",
            r"p_i \sum_{k=1}^c t_k - t_i",
        ),
        # Layers by a letter.
        (
            DEEP,
            "g^l",
            r"(M^{l+1} g^{l+1}) \odot \phi'(u^l)",
            "missing-transpose",
            r"({M^{l+1}}^T g^{l+1}) \odot \phi'(u^l)",
        ),
        (
            DEEP,
            "g^l",
            r"((M^{l+1})^T g^{l+1}) \odot \phi'(u^{l+1})",
            "wrong-layer",
            r"((M^{l+1})^T g^{l+1}) \odot \phi'(u^l)",
        ),
        (
            DEEP,
            "g^l",
            r"(M^{l+1})^T g^{l+1}",
            "missing-activation-derivative",
            r"((M^{l+1})^T g^{l+1}) \odot \phi'(u^l)",
        ),
        (
            DEEP,
            r"\frac{\partial J}{\partial M^l}",
            "g^l (v^l)^T",
            "wrong-layer",
            "g^l (v^{l-1})^T",
        ),
        (
            DEEP,
            r"\frac{\partial J}{\partial M^l_{jk}}",
            "g^l_j v^l_k",
            "wrong-layer",
            "g^l_j v^{l-1}_k",
        ),
        # Names that nothing declares.
        (
            UNDECLARED,
            r"\frac{\partial E}{\partial r_{kj}}",
            "(y_k - t_k) f'(q_k)",
            "missing-factor",
            "s_j (y_k - t_k) f'(q_k)",
        ),
        (
            UNDECLARED,
            r"\frac{\partial E}{\partial e_k}",
            "(t_k - y_k) f'(q_k)",
            "sign",
            "(y_k - t_k) f'(q_k)",
        ),
        # What does not fit.
        (PLAIN, r"\frac{\partial E}{\partial W_{ij}}", "e_i x", "missing-index", "e_i x_j"),
        (PLAIN, r"\frac{\partial E}{\partial x}", "W e^T", "swapped-transpose", "W^T e"),
        (PLAIN, r"\frac{\partial E}{\partial W}", "x e^T", "order-of-factors", "e x^T"),
        (PLAIN, r"\frac{\partial E}{\partial W}", "e b^T", "wrong-variable", "e x^T"),
        (PLAIN, r"\frac{\partial E}{\partial x}", "W^T z - t", "bracket-scope", "W^T (z - t)"),
        (
            PLAIN,
            r"\|W\|^2",
            "W W^T",
            "missing-trace",
            r"\operatorname{tr}(W W^T)",
        ),
        (
            PLAIN,
            "z_i",
            r"(\sum_{k=1}^m W_{ik}) x_k + b_i",
            "index-outside-sum",
            r"\sum_{k=1}^m W_{ik} x_k + b_i",
        ),
        # A mean, the scale of attention, a product of matrices turned.
        (MEAN, r"\frac{\partial m}{\partial u_i}", "1", "factor", r"\frac{1}{n}"),
        (
            MEAN,
            r"\frac{\partial v}{\partial u_i}",
            r"2 (u_i - m)",
            "factor",
            r"\frac{2}{n} (u_i - m)",
        ),
        (MEAN, r"\frac{\partial L}{\partial u_i}", r"\frac{g_i}{v}", "dropped-cross-terms", None),
        (
            SCORES,
            r"\frac{\partial L}{\partial Q}",
            "G V^T K",
            "factor",
            r"\frac{1}{\sqrt{d}} G V^T K",
        ),
        (
            SCORES,
            r"\frac{\partial L}{\partial K}",
            r"\frac{1}{\sqrt d} G V^T Q",
            "missing-transpose",
            r"\frac{1}{\sqrt d} V G^T Q",
        ),
        # A sign in one case, an index under a power, another activation.
        (
            SOFTMAX,
            r"\frac{\partial p_i}{\partial z_j}",
            r"\begin{cases} p_i (1 - p_i) & i = j \\ p_i p_j & i \neq j \end{cases}",
            "sign",
            r"\begin{cases} p_i (1 - p_i) & i = j \\ -p_i p_j & i \neq j \end{cases}",
        ),
        (
            TANH,
            r"\frac{\partial E}{\partial u_j}",
            r"\sum_{i=1}^n (h_i - t_i) (1 - h_j^2) A_{ij}",
            "swapped-index",
            r"\sum_{i=1}^n (h_i - t_i) (1 - h_i^2) A_{ij}",
        ),
        (
            TANH,
            r"\frac{\partial E}{\partial z_i}",
            "(h_i - t_i) h_i (1 - h_i)",
            "other-activation-derivative",
            "(h_i - t_i) (1 - h_i^2)",
        ),
        (
            TANH,
            r"\frac{\partial E}{\partial A}",
            "((h - t) \\odot (1 - h)) u^T",
            "wrong-exponent",
            "((h - t) \\odot (1 - h \\odot h)) u^T",
        ),
        # Two mistakes: a sign and a number; half of a derivative, and a number.
        (
            LAYER.replace(r"\frac12 ", ""),
            r"\frac{\partial E}{\partial a_i}",
            "t_i - a_i",
            "sign",
            "2 (a_i - t_i)",
        ),
        (
            LAYER.replace(r"\frac12 ", ""),
            r"\frac{\partial E}{\partial z_i}",
            "(a_i - t_i) a_i",
            "incomplete-activation-derivative",
            "2 (a_i - t_i) a_i (1 - a_i)",
        ),
        # Whole arrays.
        (ARRAYS, r"\nabla_u J", r"\frac1k X^\top (X u - y)", "factor", None),
        (ARRAYS, r"\nabla_u J", r"\frac{2}{k} X^\top X u - y", None, None),
        (ARRAYS, r"\frac{\partial}{\partial A} u^\top A v", r"v u^\top", None, r"u v^\top"),
        (
            ARRAYS,
            r"\frac{\partial}{\partial u} (u^\top A u + b^\top u)",
            "2 A u + b",
            "missing-hypothesis",
            r"A u + A^\top u + b",
        ),
        (
            ARRAYS,
            r"\frac{\partial}{\partial u_i} (\sum_k u_k)^3",
            r"3 u_i \sum_k A_{kk} u_k",
            None,
            None,
        ),
        (
            ARRAYS,
            r"\frac{\partial}{\partial u_i} \sum_{k=1}^n u_k v_k",
            r"\sum_{k=1}^n v_k",
            None,
            "v_i",
        ),
    ],
)
def test_a_mistake_is_named_and_mended(note, left, wrong, mistake, right):
    found = last(note, f"{left} = {wrong}")
    assert found.verdict in ("refuted", "ill-typed")
    if mistake is not None:
        assert found.mistake == mistake
    if right is not None:
        assert found.correction == right
    if found.correction is not None:
        assert last(note, f"{left} = {found.correction}").verdict == "proved"


def test_a_sum_over_a_part_of_an_axis_is_not_wrong_where_nothing_is_left_out():
    """The sum of zeros is right from wherever to wherever: it is not called ill-typed."""
    found = last(ARRAYS, r"\sum_{i=1}^{n-1} (u_i - u_i) = 0")
    assert found.verdict == "unread"


def test_what_is_right_for_one_output_alone_is_said_so():
    found = last(ARRAYS, r"\frac{\partial}{\partial u_i} (\sum_k u_k)^4 = 4 (\sum_k u_k^3)")
    assert found.verdict == "refuted"
    assert found.mistake == "single-output"
    assert (
        found.correction is None
        or last(
            ARRAYS, rf"\frac{{\partial}}{{\partial u_i}} (\sum_k u_k)^4 = {found.correction}"
        ).verdict
        == "proved"
    )


def test_a_search_for_a_mistake_leaves_the_note_as_it_was_read():
    """A loss is read anew with the layers that it is made of: none of its gradients is free."""
    wrong = r"g^l = ((M^{l+1})^T g^{l}) \odot \phi'(u^{l})"
    first, again = (f"$$(M^{{l+1}})^T g^{{l+1}} = {s} g^l$$" for s in ("2", "3"))
    alone = verify(f"{DEEP}{again}\n", second_opinion=False).results[-1]
    after = verify(f"{DEEP}$${wrong}$$\n\n{first}\n\n{again}\n", second_opinion=False).results[-1]
    assert after.counterexample is not None
    assert after.counterexample.values.keys() == alone.counterexample.values.keys()
    assert (after.verdict, after.codes) == (alone.verdict, alone.codes)


def test_what_is_differentiated_is_not_held_fixed():
    """A loss that were held fixed would have the gradient 0, as every name for it."""
    note = LAYER + r"$$\eta = \frac{\partial E}{\partial a} \odot \sigma(z)$$" + "\n"
    assert "dropped-cross-terms" not in last(note, r"\frac{\partial E}{\partial b} = \eta").codes
