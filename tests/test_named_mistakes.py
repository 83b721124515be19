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
