"""Gradients that are named by custom: a delta of a layer, a d before a name."""

import pytest

from symgrad.verify import verify

CHAIN = r"""$$v_1 = g_1(M_1 v_0) \quad v_2 = g_2(M_2 v_1) \quad v_3 = g_3(M_3 v_2)$$

$$J = \frac12 \|v_3 - y\|^2$$

"""

FAMILY = r"""$$s^l = U^l v^{l-1} + c^l, \quad v^l = g(s^l)$$

$$J = \ell(v^L, y)$$

"""

BRACKETS = r"""$$J = \max(1 + q - p, 0), \quad p = U^{(2)} v^{(2)}, \quad v^{(2)} = g(s^{(2)})$$

$$s^{(2)}_i = c^{(1)}_i + \sum_k U^{(1)}_{ik} v^{(1)}_k$$

$$s^{(k+1)} = U^{(k)} v^{(k)} + c^{(k)}, \quad v^{(k)} = g(s^{(k)})$$

"""

CODE = r"""Let $\mathbf x, \mathbf w, \mathbf b \in \mathbb R^n$, $\kappa \in \mathbb R$.

$$\mathbf u = \mathbf x \odot \mathbf w, \quad \mathbf v = \kappa \times \mathbf u + \mathbf b$$

$$\rho = \mathbf v^\top \mathbf v, \quad \mathbf o = \rho \mathbf v$$

"""

NET = r"""$$Z_1 = M_1 X, \quad A_1 = \phi(Z_1), \quad Z_2 = M_2 A_1$$

$$L = \frac12 \|Z_2 - Y\|^2$$

"""

STATED = r"""$$u^1 = M^1 x + c^1, \quad v^1 = \tanh(u^1)$$

$$u^2 = M^2 v^1 + c^2, \quad v^2 = \tanh(u^2)$$

$$\delta^l = \frac{\partial L}{\partial u^l}$$

"""

TRUE = [
    (CHAIN, r"\frac{\partial J}{\partial M_3} = \delta_3 v_2^T"),
    (CHAIN, r"\frac{\partial J}{\partial M_2} = [M_3^T \delta_3 \circ g_2'(M_2 v_1)] v_1^T"),
    (CHAIN, r"\frac{\partial J}{\partial M_1} = (M_2^T \delta_2 \circ g_1'(M_1 v_0)) "
            r"\frac{\partial M_1 v_0}{\partial M_1} = \delta_1 v_0^T"),
    (CHAIN, r"\frac{\partial J}{\partial (M_3 v_2)} = (v_3 - y) \circ g_3'(M_3 v_2)"),
    (CHAIN, r"\partial J / \partial v_2 = M_3^T \delta_3"),
    (CHAIN, r"\delta_3 = (v_3 - y) \circ g_3'(M_3 v_2)"),
    (CHAIN, r"\delta_2 = M_3^T \delta_3 \circ g_2'(M_2 v_1)"),
    (CHAIN, r"\delta_1 = \frac{\partial J}{\partial v_1} \circ g_1'(M_1 v_0)"),
    (FAMILY, r"\delta^l = g'(s^l) \odot (U^{l+1})^\top \delta^{l+1}"),
    (FAMILY, r"\delta^l_i = g'(s^l_i) \sum_j U^{l+1}_{ji} \delta^{l+1}_j"),
    (BRACKETS, r"\delta^{(k)} = g'(s^{(k)}) \circ (U^{(k)T} \delta^{(k+1)})"),
    (BRACKETS, r"\delta^{(k)}_j = g'(s^{(k)}_j) \sum_i \delta^{(k+1)}_i U^{(k)}_{ij}"),
    (STATED, r"\delta^1 = (M^2)^T \delta^2 \odot \tanh'(u^1)"),
    (STATED, r"\frac{\partial L}{\partial M^2} = \delta^2 (v^1)^T"),
    (CODE, r"\mathbf{dv} = \rho \mathbf{do} + 2 (\mathbf{v}^\top \mathbf{do}) \mathbf{v}"),
    (CODE, r"\mathbf{du} = \kappa \times \mathbf{dv}"),
    (CODE, r"\mathbf {dw} = \mathbf {du} \odot \mathbf x"),
    (CODE, r"\mathbf{d} w_k = x_k \mathbf{d} u_k"),
    (CODE, r"\frac{\partial u_i}{\partial w_i} = x_i"),
    (NET, r"dZ_2 = Z_2 - Y"),
    (NET, r"dM_2 = dZ_2 A_1^T"),
    (NET, r"dZ_1 = M_2^T dZ_2 \odot \phi'(Z_1)"),
    (NET, r"dM_1 = dZ_1 X^T"),
]  # fmt: skip

FALSE = [
    (CHAIN, r"\frac{\partial J}{\partial M_2} = [M_3 \delta_3 \circ g_2'(M_2 v_1)] v_1^T"),
    (CHAIN, r"\frac{\partial J}{\partial M_2} = [M_3^T \delta_3 \circ g_2(M_2 v_1)] v_1^T"),
    (CHAIN, r"\delta_2 = M_3 \delta_3 \circ g_2'(M_2 v_1)"),
    (FAMILY, r"\delta^l = g'(s^l) \odot U^{l+1} \delta^{l+1}"),
    (FAMILY, r"\delta^l = g'(s^{l+1}) \odot (U^{l+1})^\top \delta^{l+1}"),
    (FAMILY, r"\delta^l_i = g'(s^l_i) \sum_j U^{l+1}_{ij} \delta^{l+1}_j"),
    (BRACKETS, r"\delta^{(k)} = g'(s^{(k)}) \circ (U^{(k+1)T} \delta^{(k+1)})"),
    (BRACKETS, r"\delta^{(k)}_j = g'(s^{(k)}_j) \sum_i \delta^{(k+1)}_i U^{(k)}_{ji}"),
    (CODE, r"\mathbf{du} = \mathbf{dv}"),
    (CODE, r"\mathbf{dw} = \mathbf{du} \odot \mathbf w"),
    (CODE, r"\mathbf{dw} = \mathbf{dx}"),
    (CODE, r"\mathbf{d} w_k = w_k \mathbf{d} u_k"),
    (NET, r"dZ_1 = M_2 dZ_2 \odot \phi'(Z_1)"),
    (CODE, r"\mathbf{dv} = \rho^2 \mathbf{do}"),
    (CODE, r"\mathbf{dv} = \rho \mathbf{do} + (\mathbf{v}^\top \mathbf{do}) \mathbf{v}"),
    (NET, r"dM_1 = dZ_1 A_1^T"),
]
"""False in all that custom may mean."""

OPEN = [
    (CHAIN, r"\frac{\partial J}{\partial M_3} = 2 \delta_3 v_2^T"),
    (CHAIN, r"\frac{\partial J}{\partial (M_3 v_2)} = v_3 - y"),
    (CHAIN, r"\delta_3 = v_3 - y"),
    (CHAIN, r"\delta_3 = 2 (v_3 - y) \circ g_3'(M_3 v_2)"),
    (CHAIN, r"\delta_3 = (y - v_3) \circ g_3'(M_3 v_2)"),
    (CHAIN, r"\delta_1 = \frac{\partial J}{\partial v_1} \circ g_1(M_1 v_0)"),
    (CHAIN, r"\frac{\partial J}{\partial (M_9 v_8)} = 0"),
    (CHAIN, r"\frac{\partial J}{\partial (M_k v_{k-1})} = 0"),
    (CODE, r"\mathbf{dv} = \rho \mathbf{do}"),
    (NET, r"dZ_2 = Y - Z_2"),
    (NET, r"dM_2 = A_1 dZ_2^T"),
    (NET, r"dM_1 = dZ_1 X"),
]
"""False as custom reads the names; true with a factor, another layout or another meaning."""

NOT_TRUE = [*FALSE, *OPEN]


def verdicts(context, claim):
    results = verify(f"{context}## Claim\n\n$${claim}$$\n").results
    assert not any("internal error" in result.message for result in results)
    return [result.verdict for result in results]


@pytest.mark.parametrize(("context", "claim"), TRUE)
def test_true(context, claim):
    found = verdicts(context, claim)
    assert found
    assert set(found) == {"proved"}


@pytest.mark.parametrize(("context", "claim"), NOT_TRUE)
def test_not_true(context, claim):
    assert "proved" not in verdicts(context, claim)


@pytest.mark.parametrize(("context", "claim"), FALSE)
def test_what_is_false_whatever_custom_means_is_called_false(context, claim):
    assert "refuted" in verdicts(context, claim)


@pytest.mark.parametrize(("context", "claim"), OPEN)
def test_what_is_false_only_by_custom_is_not_called_false(context, claim):
    assert not {"refuted", "ill-typed"} & set(verdicts(context, claim))


def test_a_gradient_named_by_custom_is_not_called_false_in_a_note_that_declares_all():
    note = r"""Let $\mathbf x, \mathbf p \in \mathbb R^n$, $\mathbf q = \mathbf p - \mathbf x$.

$$\mathbf{d} p_k = 2 \mathbf{d} q_k$$
"""
    assert [result.verdict for result in verify(note).results] == ["undecided"]


@pytest.mark.parametrize(
    "claim",
    [
        r"\delta^1 = M^2 \delta^2 \odot \tanh'(u^1)",
        r"\delta^1 = (M^2)^T \delta^1 \odot \tanh'(u^1)",
        r"\delta^1 = (M^2)^T \delta^2 \odot \tanh'(u^2)",
    ],
)
def test_a_delta_that_the_note_defines_is_no_custom(claim):
    assert verdicts(STATED, claim) == ["refuted"]


def test_a_delta_that_is_defined_otherwise_is_what_it_is_defined_as():
    note = CHAIN + r"$$\delta_3 = 2 (v_3 - y) \circ g_3'(M_3 v_2)$$" + "\n\n"
    assert "proved" not in verdicts(note, r"\frac{\partial J}{\partial M_3} = \delta_3 v_2^T")


def test_layers_by_numbers_beside_layers_by_a_letter():
    """Where `v_k` is of any layer, the 3 of `M_3^T` is a layer too."""
    note = CHAIN + r"$$v_k = g_k(M_k v_{k-1})$$" + "\n\n"
    claim = r"\frac{\partial J}{\partial M_2} = [M_3^T \delta_3 \circ g_2'(M_2 v_1)] v_1^T"
    assert verdicts(note, claim)[-1:] == ["proved"]


def test_differentials_are_not_gradients():
    """In `dz = M dx` the d is a small change, not the gradient of a loss."""
    note = r"""Let $M \in \mathbb R^{m \times n}$, $x \in \mathbb R^n$.

$$z = M x, \quad L = \|z\|^2$$

$$dL = 2 z^T dz$$

$$dx = M^T dz$$
"""
    assert "proved" not in [result.verdict for result in verify(note).results]


SMOOTH = r"""Let $\mathbf x \in \mathbb R^n$, $A \in \mathbb R^{n \times n}$.

$$\mathbf y = \exp(\mathbf x), \quad \mathbf z = A \mathbf y$$

"""


@pytest.mark.parametrize(
    "claim", [r"\mathbf{dx} = \mathbf{dy} / \mathbf y", r"\mathbf{dz} = A \mathbf{dy}"]
)
def test_what_holds_for_small_changes_is_not_called_false(claim):
    assert verdicts(SMOOTH, claim) == ["undecided"]


def test_what_holds_neither_for_gradients_nor_for_small_changes_is_false():
    assert verdicts(SMOOTH, r"\mathbf{dx} = \mathbf{dz} \odot \mathbf y") == ["refuted"]


GATES = r"""$$p = \sigma(V x + U h), \quad q = \tanh(M x + N h)$$

$$s = p \odot q, \quad J = \frac12 \|s - y\|^2$$

"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"dp = ds \odot q", "proved"),
        # The gradient by what the gate is the sigmoid of, under the name of the gate.
        (r"dq = ds \odot p \odot (1 - q^2)", "undecided"),
        (r"dp = ds \odot p", "refuted"),
    ],
)
def test_a_gate_whose_gradient_is_that_by_its_argument(claim, verdict):
    assert verdicts(GATES, claim) == [verdict]


def test_what_the_note_says_of_a_name_and_is_not_understood_calls_nothing_false():
    """The i of `W_i` is taken for an index, so what c is made of is not understood."""
    note = r"""$$i = \sigma(W_i x + U_i h), \quad f = \sigma(W_f x + U_f h)$$

$$g = \tanh(W_g x + U_g h), \quad o = \sigma(W_o x + U_o h)$$

$$c = f \odot c_0 + i \odot g, \quad s = o \odot \tanh(c)$$

"""
    assert "refuted" not in verdicts(note, r"di = dc \odot g")


def test_a_part_of_a_gradient_is_not_called_false():
    """Code adds one path after the other."""
    claim = r"\mathbf{dv} = 2 (\mathbf{v}^\top \mathbf{do}) \mathbf{v}"
    assert verdicts(CODE, claim) == ["undecided"]


def test_a_name_that_holds_one_gradient_after_the_other_is_not_called_false():
    note = r"""Let $\mathbf x, \mathbf y \in \mathbb R^n$.

$$\mathbf p = \mathbf x \odot \tanh(\mathbf y)$$

"""
    first, then = (
        r"\mathbf{dy} = \mathbf{dp} \odot \mathbf x",
        r"\mathbf{dy} = (1 - \tanh(\mathbf y)^2) \odot \mathbf{dy}",
    )
    assert "refuted" not in verdicts(note, rf"{first}, \quad {then}")
    assert verdicts(note, first) == ["refuted"]


SCALED = r"""Let $\mathbf x, \mathbf g \in \mathbb R^n$.

$$s = \sqrt{\mathbf x^\top \mathbf x / n}, \quad \mathbf u = \mathbf x / s$$

$$\mathbf y = \mathbf g \odot \mathbf u$$

"""
TWO = r"""$$\mathbf h = W_1 \mathbf x + \mathbf b_1, \quad \mathbf r = \tanh(\mathbf h)$$

$$\mathbf o = W_2 \mathbf r + \mathbf b_2$$

"""
BY_LETTER = r"$$s_l = V_l h_{l-1} + c_l, \quad h_l = \phi(s_l)$$" + "\n\n"
IN_TIME = r"$$a_t = W h_{t-1} + U x_t, \quad h_t = \tanh(a_t), \quad o_t = V h_t$$" + "\n\n"


@pytest.mark.parametrize(
    ("context", "claim", "verdict"),
    [
        (SCALED, r"\mathbf{dg} = \mathbf u \odot \mathbf{dy}", "proved"),
        (SCALED, r"\mathbf{dg} = \mathbf x \odot \mathbf{dy}", "refuted"),
        (
            SCALED,
            r"\mathbf{dx} = \frac1s (\mathbf{du} - \mathbf u"
            r" \frac{\mathbf u^\top \mathbf{du}}{n})",
            "proved",
        ),
        (
            SCALED,
            r"\mathbf{dx} = \frac1s (\mathbf{du} + \mathbf u"
            r" \frac{\mathbf u^\top \mathbf{du}}{n})",
            "refuted",
        ),
        (SCALED, r"\mathbf{dx} = \mathbf{du} / s^2", "refuted"),
        (TWO, r"\mathbf{db}_2 = \mathbf{do}", "proved"),
        (TWO, r"\mathbf{db}_1 = (1 - \mathbf r^2) \odot (W_2^\top \mathbf{do})", "proved"),
        (TWO, r"\mathbf{dr} = W_2 \mathbf{do}", "refuted"),
        (TWO, r"\mathbf{dh} = \mathbf r \odot (1 - \mathbf r) \odot \mathbf{dr}", "refuted"),
        (BY_LETTER, r"\delta_{l-1} = (V_l^T \delta_l) \circ \phi'(s_{l-1})", "proved"),
        (BY_LETTER, r"\delta_l = (V_l^T \delta_{l+1}) \circ \phi'(s_l)", "refuted"),
        (BY_LETTER, r"\frac{\partial E}{\partial V_l} = \delta_{l+1} h_{l-1}^T", "refuted"),
        (BY_LETTER, r"\frac{\partial E}{\partial V_l} = \delta_l h_l^T", "refuted"),
        # The loss may be one of the last time alone.
        (IN_TIME, r"\delta_t = (1 - h_t^2) \odot (W^T \delta_{t+1})", "undecided"),
        (IN_TIME, r"\delta_t = (1 - h_t^2) \odot (W \delta_{t+1})", "refuted"),
        (IN_TIME, r"\delta_t = (1 - h_t^2) \odot (W^T \delta_{t+1}"
                  r" + V^T \frac{\partial L}{\partial o_t})", "proved"),
    ],
)  # fmt: skip
def test_vectors_layers_and_times(context, claim, verdict):
    assert verdicts(context, claim) == [verdict]


def test_several_losses_leave_it_open_of_which_the_gradient_is():
    note = NET + r"$$J = L + \|M_1\|^2$$" + "\n\n"
    assert verdicts(note, r"dM_1 = dZ_1 X^T") == ["unread"]


def test_custom_says_nothing_of_a_delta_that_was_left_out():
    """The note says what each of its deltas is; one that has no definition is a slip."""
    note = (
        "Let $x \\in \\mathbb R^n$, $t \\in \\mathbb R^p$, $s: \\mathbb R \\to \\mathbb R$,"
        " $V^{(1)} \\in \\mathbb R^{m \\times n}$, $V^{(2)} \\in \\mathbb R^{p \\times m}$.\n\n"
        "$$u^{(1)} = V^{(1)} x$$\n\n$$h^{(1)} = s(u^{(1)})$$\n\n"
        "$$u^{(2)} = V^{(2)} h^{(1)}$$\n\n$$h^{(2)} = s(u^{(2)})$$\n\n"
        "$$C = \\sum_{k=1}^p (h^{(2)}_k - t_k)^2$$\n\n"
        "$$\\delta^{(2)} = \\frac{\\partial C}{\\partial u^{(2)}}$$\n\n"
        "$$\\delta^{(1)} = \\frac{\\partial C}{\\partial u^{(1)}}$$\n\n"
        "$$\\frac{\\partial C}{\\partial V^{(1)}} = \\delta^{(1)} x^\\top$$\n"
    )
    assert verify(note, second_opinion=False).passed()
    slip = note.replace(r"$\delta^{(1)} = ", r"$\delta^{(3)} = ")
    assert slip != note
    assert not verify(slip, second_opinion=False).passed()


@pytest.mark.parametrize(
    ("context", "claim"),
    [
        (r"Let $b, g \in \mathbb R^n$, $h = g \odot b$, $L = \ell(h)$.", r"dg = dh \odot b"),
        # The size d is no factor of a gradient.
        (
            r"Let $x, k \in \mathbb R^d$, $L = \frac12 \sum_{j=1}^d f_j^2$, $f = k \odot x$.",
            "df = f",
        ),
        # A gate and the state it keeps; an array that is called C.
        (
            r"Let $f, c_0 \in \mathbb R^n$, $c = f \odot c_0$, $L = \frac12 \|c\|^2$.",
            r"df = c \odot c_0",
        ),
        (
            r"Let $x, b \in \mathbb R^n$, $C = x \odot b$, $h = \tanh(C)$, $L = \ell(h)$.",
            r"dx = dC \odot b",
        ),
    ],
)
def test_letters_that_often_mean_something_else(context, claim):
    found = verify(f"{context}\n\n$${claim}$$\n").results
    assert [result.verdict for result in found] == ["proved"]


def test_the_size_d_is_no_factor_of_a_differential():
    note = "Let $x \\in \\mathbb R^d$, $L = \\|x\\|^2$.\n\n$$dL = 2 x^T dx$$\n"
    assert not {"refuted", "ill-typed"} & {result.verdict for result in verify(note).results}


UPSTREAM = r"""Let $x \in \mathbb R^n$, $M \in \mathbb R^{m \times n}$, $y = Mx$.

$$dout = \frac{\partial L}{\partial y}$$

"""

ENTRIES = r"""$$y_i = \kappa x_i + b$$

$$du_i = \frac{\partial L}{\partial y_i}$$

"""


@pytest.mark.parametrize(
    ("note", "claim"),
    [
        (UPSTREAM, r"dM = dout\, x^T"),
        (UPSTREAM, r"\frac{\partial L}{\partial x} = M^T dout"),
        (ENTRIES, r"\frac{\partial L}{\partial x_i} = \kappa\, du_i"),
        (ENTRIES, r"\frac{\partial L}{\partial \kappa} = \sum_i du_i x_i"),
    ],
)
def test_a_gradient_with_a_name_of_its_own(note, claim):
    assert verdicts(note, claim)[-1:] == ["proved"]


@pytest.mark.parametrize(
    ("note", "claim"),
    [(UPSTREAM, r"\frac{\partial L}{\partial x} = -M^T dout"), (ENTRIES, r"dx_i = du_i")],
)
def test_a_wrong_claim_with_a_gradient_of_its_own_name(note, claim):
    assert verdicts(note, claim)[-1:] != ["proved"]


def test_a_gradient_defined_as_that_by_another_array_that_the_note_has():
    note = r"Let $x, z \in \mathbb R^n$, $y = 2x + z$." + "\n\n"
    assert "proved" not in verdicts(note, r"dz = \frac{\partial L}{\partial x}")


def test_a_gradient_by_what_is_nowhere_in_the_note_is_not_called_wrong():
    claim = r"\frac{\partial L}{\partial x_i} = \kappa \frac{\partial L}{\partial o_i}"
    assert verdicts(r"$$y_i = \kappa x_i + b$$" + "\n\n", claim) == ["undecided"]
