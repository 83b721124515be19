"""Subscripts that say which one, not which entry."""

import pytest

from symgrad.verify import verify


def judged(*displays):
    note = "\n\n".join(f"$${display}$$" for display in displays)
    return [result.verdict for result in verify(note + "\n", second_opinion=False).results]


def last(note, claim):
    return judged(*note, claim)[-1]


BATCH = (
    r"\nu_{\mathcal{S}} = \frac{1}{r} \sum_{k=1}^{r} u_k",
    r"\hat{u}_k = u_k - \nu_{\mathcal{S}}",
    r"v_k = \alpha \hat{u}_k + \zeta",
)
GATES = (
    r"g_t = \sigma(A_g u_t + B_g q_{t-1} + c_g)",
    r"i_t = \sigma(A_i u_t + B_i q_{t-1} + c_i)",
    r"m_t = g_t \odot m_{t-1} + i_t \odot u_t",
    r"q_t = \tanh(m_t)",
)
STEP = (
    r"h_t = \tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h)",
    r"y_t = W_{hy} h_t",
)
ATTENTION = (
    r"Q, K \in \mathbb{R}^{n \times p}",
    r"A = \frac{Q K^\top}{\sqrt{d_k}}",
)


@pytest.mark.parametrize(
    ("note", "right", "wrong"),
    [
        (
            BATCH,
            r"\frac{\partial \ell}{\partial \nu_{\mathcal{S}}}"
            r" = -\sum_{k=1}^r \frac{\partial \ell}{\partial \hat{u}_k}",
            r"\frac{\partial \ell}{\partial \nu_{\mathcal{S}}}"
            r" = -\frac{1}{r} \sum_{k=1}^r \frac{\partial \ell}{\partial \hat{u}_k}",
        ),
        (
            BATCH,
            r"\frac{\partial \ell}{\partial u_k} = \frac{\partial \ell}{\partial \hat{u}_k}"
            r" + \frac{1}{r} \frac{\partial \ell}{\partial \nu_{\mathcal{S}}}",
            r"\frac{\partial \ell}{\partial u_k} = \frac{\partial \ell}{\partial \hat{u}_k}"
            r" - \frac{1}{r} \frac{\partial \ell}{\partial \nu_{\mathcal{S}}}",
        ),
        (
            GATES,
            r"\frac{\partial L}{\partial i_t} = \frac{\partial L}{\partial m_t} \odot u_t",
            r"\frac{\partial L}{\partial i_t} = \frac{\partial L}{\partial m_t} \odot m_t",
        ),
        (
            STEP,
            r"\frac{\partial y_t}{\partial h_t} = W_{hy}",
            r"\frac{\partial y_t}{\partial h_t} = W_{hh}",
        ),
        (
            ATTENTION,
            r"\frac{\partial L}{\partial Q} = \frac{1}{\sqrt{d_k}} \frac{\partial L}{\partial A} K",
            r"\frac{\partial L}{\partial Q} = \sqrt{d_k} \frac{\partial L}{\partial A} K",
        ),
    ],
)
def test_labels_are_no_indices(note, right, wrong):
    assert last(note, right) == "proved"
    assert last(note, wrong) in ("refuted", "ill-typed", "undecided")


def test_an_entry_after_a_label():
    note = (r"p_{\text{out}} = A^\top u", r"E = \frac12 \sum_{k=1}^n (p_{\text{out}, k} - c_k)^2")
    claim = r"\frac{\partial E}{\partial p_{\text{out}, k}} = p_{\text{out}, k} - c_k"
    assert last(note, claim) == "proved"
    assert last(note, claim + " + c_k") != "proved"


def test_what_a_sum_binds_is_an_index():
    note = (r"s = \sum_k d_k u_k",)
    assert last(note, r"\frac{\partial s}{\partial d_k} = u_k") == "proved"
    # a name with scripts of its own may be an index all the same
    note = (r"s = \sum_i w_i z_i", r"i_t = 3")
    assert last(note, r"\frac{\partial s}{\partial w_i} = z_i") == "proved"


def test_a_time_before_an_entry():
    note = (
        r"q_t = \tanh(A u_t + B q_{t-1})",
        r"\hat{v}_t = C q_t",
        r"E_t = \frac{1}{2} \sum_k (v_{t,k} - \hat{v}_{t,k})^2",
    )
    claim = r"\frac{\partial E_t}{\partial \hat{v}_{t,k}} = \hat{v}_{t,k} - v_{t,k}"
    assert last(note, claim) == "proved"
    assert last(note, claim + " + v_{t,k}") != "proved"
    # two indices of a matrix stay two
    table = (r"v_i = \sum_j a_{i,j} u_j", r"w_i = u_{i-1} v_i")
    assert last(table, r"\frac{\partial v_i}{\partial a_{i,j}} = u_j") == "proved"
