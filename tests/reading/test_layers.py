"""Layers by a letter: a recursion for one layer is a definition for every layer."""

import pytest

from symgrad.verify import verify

ABOVE = r"""$$u^k = M^k v^{k-1} + c^k,\ v^k = \phi(u^k)$$

$$e^k_p \equiv \frac{\partial J}{\partial u^k_p}$$

"""

BRACKETED = r"""$$u^{[k]} = M^{[k]} v^{[k-1]} + c^{[k]},\ v^{[k]} = \phi^{[k]}(u^{[k]})$$

$$e^{[k]} = \frac{\partial J}{\partial u^{[k]}}$$

"""

BELOW = r"""$$v_k = g_k(M_k v_{k-1})$$

$$J = \frac12 \|v_K - y\|^2$$

$$e_k = \frac{\partial J}{\partial v_k}, \quad v_k^T v_k \geq 0$$

"""

SHIFTED = r"""$$u^{(k+1)} = M^{(k)} v^{(k)} + c^{(k)},\ v^{(k)} = \phi(u^{(k)})$$

$$e^{(k)} = \frac{\partial J}{\partial u^{(k)}}$$

"""

TRUE = [
    (ABOVE, r"e^k = ((M^{k+1})^T e^{k+1}) \odot \phi'(u^k)"),
    (ABOVE, r"e^k = (M^{k+1\,T} e^{k+1}) \odot \phi'(u^k)"),
    (ABOVE, r"e^{k-1}_q = \sum_p M^k_{pq} e^k_p \phi'(u^{k-1}_q)"),
    (ABOVE, r"\frac{\partial J}{\partial M^k_{pq}} = e^k_p v^{k-1}_q"),
    (ABOVE, r"\frac{\partial J}{\partial c^k} = e^k"),
    (ABOVE, r"e^K = \nabla_v J \odot \phi'(u^K)"),
    (ABOVE, r"e^K_p = \frac{\partial J}{\partial v^K_p} \phi'(u^K_p)"),
    (ABOVE, r"\frac{\partial u^{k+1}_p}{\partial u^k_q} = M^{k+1}_{pq} \phi'(u^k_q)"),
    (ABOVE, r"e^2 = ((M^3)^T e^3) \odot \phi'(u^2)"),
    (BRACKETED, r"e^{[k]} = (M^{[k+1]T} e^{[k+1]}) \odot \phi^{[k]'}(u^{[k]})"),
    (BRACKETED, r"\frac{\partial J}{\partial M^{[k]}} = e^{[k]} v^{[k-1]T}"),
    (SHIFTED, r"e^{(k)} = \phi'(u^{(k)}) \circ (M^{(k)T} e^{(k+1)})"),
    (SHIFTED, r"\nabla_{M^{(k)}} J = e^{(k+1)} v^{(k)T}"),
    (SHIFTED, r"\nabla_{M^{(k)}} = e^{(k+1)} (v^{(k)})^\top"),
    (BELOW, r"e_k = M_{k+1}^T (e_{k+1} \odot g_{k+1}'(M_{k+1} v_k))"),
    (BELOW, r"e_K = v_K - y"),
    (BELOW, r"\frac{\partial J}{\partial M_K} = ((v_K - y) \odot g_K'(M_K v_{K-1})) v_{K-1}^T"),
]

NOT_TRUE = [
    (ABOVE, r"e^k = (M^{k+1} e^{k+1}) \odot \phi'(u^k)"),
    (ABOVE, r"e^k = ((M^k)^T e^{k+1}) \odot \phi'(u^k)"),
    (ABOVE, r"e^k = ((M^{k+1})^T e^{k+1}) \odot \phi'(u^{k+1})"),
    (ABOVE, r"e^k = ((M^{k+1})^T e^{k+1}) \odot \phi(u^k)"),
    (ABOVE, r"\frac{\partial J}{\partial M^k_{pq}} = e^k_p v^k_q"),
    (ABOVE, r"\frac{\partial J}{\partial c^k} = e^{k+1}"),
    (ABOVE, r"\frac{\partial J}{\partial M^k} = 0"),
    (ABOVE, r"\frac{\partial v^K_p}{\partial u^k_q} = 0"),
    (ABOVE, r"\frac{\partial e^k_p}{\partial u^k_q} = 0"),
    (ABOVE, r"\frac{\partial}{\partial u^k_q} \frac{\partial J}{\partial u^k_p} = 0"),
    (BELOW, r"\frac{\partial J}{\partial v_k} = 0"),
    (BELOW, r"e_K = 2 (v_K - y)"),
    (BELOW, r"\frac{\partial J}{\partial M_k} = ((v_k - y) \odot g_k'(M_k v_{k-1})) v_{k-1}^T"),
    (SHIFTED, r"e^{(k)} = \phi'(u^{(k)}) \circ (M^{(k+1)T} e^{(k+1)})"),
]


def verdicts(note):
    return [result.verdict for result in verify(note, second_opinion=False).results]


def judged(context, claim):
    results = verify(f"{context}## Claim\n\n$${claim}$$\n", second_opinion=False).results
    assert not any("internal error" in result.message for result in results)
    return results[-1].verdict


@pytest.mark.parametrize(("context", "claim"), TRUE)
def test_what_holds_in_every_layer_is_proved(context, claim):
    assert judged(context, claim) == "proved"


@pytest.mark.parametrize(("context", "claim"), NOT_TRUE)
def test_what_does_not_hold_is_not_proved(context, claim):
    assert judged(context, claim) != "proved"


def test_a_parameter_that_all_layers_share_is_no_layer_s_own():
    """dJ/dM is a sum over all steps, of which the window sees one."""
    note = r"""$$u_k = M v_{k-1} + c, \quad v_k = \phi(u_k)$$

$$e_k = \frac{\partial J}{\partial u_k}$$

$$\frac{\partial J}{\partial M} = e_k v_{k-1}^T$$
"""
    assert "proved" not in verdicts(note)


def test_the_last_layer_may_compute_otherwise():
    note = ABOVE + r"$$v^K = \operatorname{softmax}(u^K)$$" + "\n\n"
    assert judged(note, r"v^K = \phi(u^K)") != "proved"


def test_a_penalty_on_a_weight_is_not_forgotten():
    note = ABOVE + r"$$J = \|v^K\|^2 + \|M^k\|^2$$" + "\n\n"
    assert judged(note, r"\frac{\partial J}{\partial M^k_{pq}} = e^k_p v^{k-1}_q") != "proved"


def test_sums_over_layers_are_not_read():
    note = ABOVE + r"$$s = \sum_{k=1}^K \|M^k\|^2$$" + "\n\n"
    assert judged(note, r"\frac{\partial s}{\partial M^k} = 2 K M^k") == "unread"


def test_an_exponent_is_no_layer():
    note = "Let $x \\in \\mathbb R$. $$\\frac{\\partial x^3}{\\partial x} = 3 x^{3-1}$$\n"
    assert verdicts(note) != ["refuted"]


def test_a_backward_recursion_says_nothing_of_gradients():
    """delta is what the note defines, here half of the gradient."""
    note = r"""$$v_k = g_k(M_k v_{k-1})$$

$$J = \|v_K - y\|^2$$

$$e_K = (v_K - y) \odot g_K'(M_K v_{K-1})$$

$$e_k = M_{k+1}^T e_{k+1} \odot g_k'(M_k v_{k-1})$$

"""
    assert judged(note, r"\frac{\partial J}{\partial M_k} = e_k v_{k-1}^T") != "proved"


def test_one_name_with_a_layer_and_an_index():
    r"""In `y^{k+1}_j` the k says the layer and the j the entry, though no other name has a k."""
    note = r"""$$y^{k+1}_j = \sum_i v_{ij} y^k_i$$

## Claim

$$\frac{\partial loss}{\partial y^k_i} = \sum_j v_{ij} \frac{\partial loss}{\partial y^{k+1}_j}$$

$$\frac{\partial loss}{\partial y^k_i} = \sum_j v_{ji} \frac{\partial loss}{\partial y^{k+1}_j}$$

$$\frac{\partial loss}{\partial v_{ij}} = y^k_i \frac{\partial loss}{\partial y^{k+1}_j}$$
"""
    found = [result.verdict for result in verify(note).results]
    # Each layer has v, and what it does in the others is not in the formula.
    assert found == ["proved", "undecided", "unread"]


def test_a_letter_that_only_a_definition_leads_to_ends_somewhere():
    note = r"""Let $z^l = W^l a^{l-1}$, $a^l = \sigma(z^l)$, $C = \|a^L\|^2$.

$$\frac{\partial L}{\partial h_t} = h_t$$
"""
    assert [result.verdict for result in verify(note).results] == ["undecided"]


def test_a_recursion_that_holds_a_derivative_has_an_end():
    """It names the layer above, which names the one above that, and so on."""
    note = (
        r"$$s_l = V_l h_{l-1} + U_l x, \quad h_l = \tanh(s_l), \quad o_l = Q h_l$$"
        "\n\n"
        r"$$\delta_l = (1 - h_l^2) \odot (V_{l+1}^T \delta_{l+1}"
        r" + Q^T \frac{\partial L}{\partial o_l})$$"
        "\n"
    )
    assert [result.verdict for result in verify(note).results] == ["proved"]
