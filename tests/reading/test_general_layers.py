"""Layers that are written out by numbers, and spoken of by a letter."""

import pytest

from symgrad.verify import verify

APPLIED = r"""$$p_1 = g_1(M_1 p_0) \quad p_2 = g_2(M_2 p_1) \quad p_3 = g_3(M_3 p_2)$$

$$J = \frac12 \|p_3 - y\|^2$$

$$\delta_i = \partial J / \partial (M_i p_{i-1})$$

"""
NAMED = r"""$$s_1 = M_1 x + c_1, \quad h_1 = \phi(s_1)$$

$$s_2 = M_2 h_1 + c_2, \quad h_2 = \phi(s_2), \quad s_3 = M_3 h_2 + c_3$$

$$\hat t = s_3, \quad C = \frac12 \|\hat t - t\|^2$$

$$\delta_k = \frac{\partial C}{\partial s_k}$$

"""
ABOVE = r"""$$s^{(1)} = M^{(1)} x, \quad h^{(1)} = \tanh(s^{(1)}), \quad s^{(2)} = M^{(2)} h^{(1)}$$

$$h^{(2)} = \tanh(s^{(2)}), \quad s^{(3)} = M^{(3)} h^{(2)}, \quad h^{(3)} = \tanh(s^{(3)})$$

$$\delta^{(l)} = \frac{\partial J}{\partial s^{(l)}}$$

"""


def verdict(context, claim):
    return verify(f"{context}$${claim}$$\n").results[-1].verdict


@pytest.mark.parametrize(
    ("context", "claim"),
    [
        (APPLIED, r"\delta_i = M_{i+1}^T \delta_{i+1} \circ g_i'(M_i p_{i-1})"),
        (APPLIED, r"\frac{\partial J}{\partial M_i} = \delta_i p_{i-1}^T"),
        (APPLIED, r"\frac{\partial J}{\partial p_i} = M_{i+1}^T \delta_{i+1}"),
        (APPLIED, r"\frac{\partial J}{\partial M_3} = \delta_3 p_2^T"),
        (NAMED, r"\delta_k = (M_{k+1}^T \delta_{k+1}) \odot \phi'(s_k)"),
        (NAMED, r"\frac{\partial C}{\partial M_k} = \delta_k h_{k-1}^T"),
        (NAMED, r"\frac{\partial C}{\partial c_k} = \delta_k"),
        (NAMED, r"\delta_3 = \hat t - t"),
        (NAMED, r"\delta_2 = (M_3^T \delta_3) \odot \phi'(s_2)"),
        (ABOVE, r"\delta^{(l)} = ((M^{(l+1)})^T \delta^{(l+1)}) \odot (1 - (h^{(l)})^2)"),
        (ABOVE, r"\frac{\partial J}{\partial M^{(l)}} = \delta^{(l)} (h^{(l-1)})^T"),
    ],
)
def test_what_holds_in_every_layer(context, claim):
    assert verdict(context, claim) == "proved"


@pytest.mark.parametrize(
    ("context", "claim"),
    [
        (APPLIED, r"\delta_i = M_i^T \delta_{i+1} \circ g_i'(M_i p_{i-1})"),
        (APPLIED, r"\delta_i = M_{i+1} \delta_{i+1} \circ g_i'(M_i p_{i-1})"),
        (APPLIED, r"\delta_i = M_{i+1}^T \delta_{i+1} \circ g_i'(M_i p_i)"),
        (APPLIED, r"\frac{\partial J}{\partial M_i} = \delta_i p_i^T"),
        (NAMED, r"\delta_k = (M_k^T \delta_{k+1}) \odot \phi'(s_k)"),
        (NAMED, r"\frac{\partial C}{\partial M_k} = \delta_k h_k^T"),
        (NAMED, r"\frac{\partial C}{\partial c_k} = \delta_{k-1}"),
        (ABOVE, r"\delta^{(l)} = ((M^{(l+1)})^T \delta^{(l+1)}) \odot (1 - h^{(l)})"),
    ],
)
def test_what_holds_in_none(context, claim):
    assert verdict(context, claim) == "refuted"


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial C}{\partial M_k} = \delta_k h_{k-1}^T",
        r"\frac{\partial C}{\partial s_{k-1}} = (M_k^T \delta_k) \odot \phi'(s_{k-1})",
    ],
)
def test_layers_that_compute_in_two_ways_say_nothing_of_any_layer(claim):
    context = NAMED.replace(r"s_3 = M_3 h_2 + c_3", r"s_3 = M_3 h_2 - c_3").replace(
        r"s_2 = M_2 h_1", r"s_2 = M_2 h_1 \odot h_1"
    )
    assert verdict(context, claim) != "proved"


def test_numbered_entries_are_no_layers():
    """Each of them is made of all others, not of the one before."""
    context = (
        r"$$r_1 = \frac{e^{u_1}}{e^{u_1} + e^{u_2}}$$"
        "\n\n"
        r"$$r_2 = \frac{e^{u_2}}{e^{u_1} + e^{u_2}}$$"
        "\n\n"
    )
    assert verdict(context, r"\frac{\partial r_1}{\partial u_2} = -r_1 r_2") == "proved"


def test_what_may_be_a_product_is_not_called_false():
    """Nothing says that q is a function, so `q_1(M_1 p_0)` may be a product."""
    context = APPLIED.replace("g_", "q_")
    claim = r"\frac{\partial J}{\partial M_i} = \delta_i p_{i-1}^T"
    assert verdict(context, claim) == "undecided"
