"""What is called false in a note that declares little, and what may be true in another reading."""

import pytest

from symgrad.verify import verify


def last_verdict(*displays):
    note = "\n\n".join(f"$${display}$$" for display in displays)
    results = verify(note + "\n", second_opinion=False).results
    return results[-1].verdict


SQUARES = (r"L = \frac{1}{2} \sum_k (y_k - t_k)^2",)
PROBABILITIES = (r"p_k = \frac{e^{z_k}}{Z}",)
ENTROPY = (
    r"q_k = \frac{e^{z_k}}{\sum_{j=1}^n e^{z_j}}",
    r"L = -\sum_k t_k \log q_k",
)
NEURON = (r"z = w x + b", r"a = \sigma(z)", r"C = \frac12 (a - y)^2")
UNIT = (r"z = w x + b", r"a = \phi(z)", r"C = \frac12 (a - y)^2")
SLOPE = r"\frac{\partial a}{\partial z} = \sigma'(z)"
MOMENTS = (
    r"m = \frac{1}{N}\sum_{i=1}^N x_i",
    r"v = \frac1N \sum_{i=1}^N (x_i - m)^2",
    r"h_i = \frac{x_i - m}{v}",
)
FORM = (r"f = \sum_i \sum_j A_{ij} x_i x_j",)
ARGUMENTS = (r"f(m, b) = \frac{1}{N} \sum_{i=1}^n (y_i - m x_i - b)^2",)


@pytest.mark.parametrize(
    ("definitions", "claim"),
    [
        (SQUARES, r"\frac{\partial L}{\partial y_j} = t_j - y_j"),
        (SQUARES, r"\frac{\partial L}{\partial y_j} = 2 (y_j - t_j)"),
        (PROBABILITIES, r"\frac{\partial p_k}{\partial z_j} = -p_k \delta_{jk}"),
        (ENTROPY, r"\frac{\partial L}{\partial z_j} = q_j + t_j"),
        (NEURON, r"\frac{\partial C}{\partial w} = (y - a) \sigma'(z) x"),
        ((*NEURON, SLOPE), r"\frac{\partial C}{\partial w} = (a - y) x"),
        (MOMENTS, r"\frac{\partial v}{\partial x_i} = \frac1N (x_i - m)"),
        (
            MOMENTS,
            r"\frac{\partial E}{\partial x_i} = \frac1v + \frac{\partial E}{\partial m}\frac1N"
            r" + \frac{\partial E}{\partial v}\frac{2 (x_i - m)}{N}",
        ),
        (FORM, r"\frac{\partial f}{\partial x_k} = 3 \sum_j A_{kj} x_j"),
        (ARGUMENTS, r"\frac{df}{db} = -\frac1N \sum_i (y_i - m x_i - b)"),
    ],
)
def test_false_in_every_reading(definitions, claim):
    assert last_verdict(*definitions, claim) == "refuted"


@pytest.mark.parametrize(
    ("definitions", "claim"),
    [
        # Z may be the sum of the exponentials.
        (PROBABILITIES, r"\frac{\partial p_k}{\partial z_j} = p_k (\delta_{jk} - p_j)"),
        # The norm of x may be s.
        (
            (r"y_i = \frac{x_i}{s}",),
            r"\frac{\partial y_i}{\partial x_j} = \frac1s (\delta_{ij} - y_i y_j)",
        ),
        # g may be Ax with A symmetric.
        ((r"E = \frac12 \sum_i x_i g_i",), r"\frac{\partial E}{\partial x_i} = g_i"),
        # y may depend on w; x comes from nowhere.
        (SQUARES, r"\frac{\partial L}{\partial w} = \sum_k (y_k - t_k) v_k"),
        ((r"L = (y - t)^2 + w^2",), r"\frac{\partial L}{\partial w} = 2 (y - t) x + 2 w"),
        # t may be one-hot.
        (ENTROPY, r"\frac{\partial L}{\partial z_j} = q_j - t_j"),
        # phi may be the sigmoid; sigma may be the identity.
        (UNIT, r"\frac{\partial C}{\partial w} = (a - y) a (1 - a) x"),
        (NEURON, r"\frac{\partial C}{\partial w} = (a - y) x"),
        # m and v may be kept fixed.
        (MOMENTS, r"\frac{\partial h_i}{\partial x_i} = \frac1v"),
        # A may be symmetric.
        (FORM, r"\frac{\partial f}{\partial x_k} = 2 \sum_j A_{kj} x_j"),
        # L may depend on c through h alone.
        (
            (r"c_t = f_t \odot c_{t-1} + x_t", r"h_t = o_t \odot \tanh(c_t)"),
            r"\frac{\partial L}{\partial c_t} = "
            r"\frac{\partial L}{\partial h_t} \odot o_t \odot (1 - \tanh^2(c_t))",
        ),
        # x may be positive.
        ((r"f(x) = |x|",), r"\frac{df}{dx} = 1"),
        # n and N may be one.
        (ARGUMENTS, r"\frac{df}{db} = -\frac2n \sum_i (y_i - m x_i - b)"),
        # Which of the two is meant?
        (
            (r"E = (y - t)^2", r"E = \frac12 (y - t)^2"),
            r"\frac{\partial E}{\partial y} = y - t",
        ),
        # It may be meant for j different from k, or for the class that is right.
        (ENTROPY, r"\frac{\partial q_k}{\partial z_j} = -q_k q_j"),
        (ENTROPY, r"\frac{\partial q_k}{\partial z_j} = q_k (1 - q_k)"),
        # A formula that gives y another meaning.
        ((r"y = w x",), r"y = w x + b"),
    ],
)
def test_another_reading_may_save_it(definitions, claim):
    assert last_verdict(*definitions, claim) == "undecided"


def test_prose_may_say_that_a_declared_vector_is_one_hot():
    note = r"Let $t \in \mathbb R^n$, $z \in \mathbb R^n$." + "\n\n"
    note += "\n\n".join(f"$${d}$$" for d in ENTROPY) + "\n\n"
    right = note + r"$$\frac{\partial L}{\partial z_j} = q_j - t_j$$" + "\n"
    wrong = note + r"$$\frac{\partial L}{\partial z_j} = t_j - q_j$$" + "\n"
    assert verify(right).results[-1].verdict == "undecided"
    assert verify(wrong).results[-1].verdict == "refuted"


def test_a_name_inside_a_function_is_meant_at_the_argument_of_the_call():
    note = r"""Let $(m,n,q) \in \mathbb N^3$, and $a: s \in \mathbb R \longmapsto \max(s, 0)$.

Let $g: (x, V) \in \mathbb R^m \times \mathbb R^{n \times m} \longmapsto a(Vx) \in \mathbb R^n$,
$h: (u, U) \in \mathbb R^n \times \mathbb R^{q \times n} \longmapsto a(\underbrace{Uu}_{S}) \in
\mathbb R^q$, $c: (x, V, U) \longmapsto h(g(x, V), U)$.

$$\frac{\partial c_i}{\partial U_{k,l}} = \delta_{ik} g_l(x, V) a'(S_i)$$
"""
    assert [result.verdict for result in verify(note).results] != ["refuted"]


@pytest.mark.parametrize(
    ("definitions", "claim"),
    [
        # The sigmoid, written out: it may be what the letter stands for.
        ((), r"\frac{d s(u)}{du} = \frac{e^{-u}}{(1 + e^{-u})^2}"),
        ((), r"\frac{d s(u)}{du} = s(u)^2 e^{-u}"),
        # A formula may be what says which function it is.
        ((), r"\frac{d f(u)}{du} = \frac{1}{1 + e^{-u}}"),
        ((r"a = \phi(z)",), r"\frac{\partial a}{\partial z} = \phi(z) e^{-z}"),
    ],
)
def test_a_formula_may_say_which_function_is_meant(definitions, claim):
    assert last_verdict(*definitions, claim) == "undecided"


def test_no_function_is_its_own_slope_times_what_the_note_says_is_not_one():
    claim = r"\frac{\partial a}{\partial z} = \phi'(z) z"
    assert last_verdict(r"a = \phi(z)", claim) == "refuted"


def test_a_loss_that_prose_defines_may_have_the_gradient_that_is_claimed():
    neuron = (r"z = w x + b", r"a = \tanh(z)")
    claim = r"\frac{\partial L}{\partial w} = 2 a (1 - a^2) x"
    assert last_verdict(*neuron, claim) == "undecided"
    chained = r"\frac{\partial L}{\partial w} = \frac{\partial L}{\partial a} a x"
    assert last_verdict(*neuron, chained) == "refuted"


def test_a_cost_given_by_its_arguments_is_what_the_note_displays():
    definitions = (
        r"g_\theta(x) = \frac{1}{1 + e^{-\theta_0 - \theta_1 x}}",
        r"\text{Cost}(g_\theta(x), t) = -t \log g_\theta(x) - (1 - t) \log(1 - g_\theta(x))",
        r"J(\theta) = \frac{1}{m} \sum_{i=1}^{m} \text{Cost}(g_\theta(x_i), t_i)",
    )
    claim = r"\frac{\partial J}{\partial \theta_1} = \frac1m \sum_{i=1}^{m} (g_\theta(x_i)-t_i) x_i"
    assert last_verdict(*definitions, claim) != "refuted"


LAYERS = (
    r"z^l = w^l a^{l-1} + b^l, \quad a^l = g(z^l)",
    r"\delta^l = \frac{\partial C}{\partial z^l}",
)


@pytest.mark.parametrize(
    "claim",
    [
        r"\delta^l = (w^{l+1} \delta^{l+1}) \odot g'(z^l)",
        r"\delta^l = ((w^l)^T \delta^{l+1}) \odot g'(z^l)",
        r"\frac{\partial C}{\partial b^l} = 2 \delta^l",
    ],
)
def test_gradients_of_arrays_that_are_false_in_every_reading(claim):
    assert last_verdict(*LAYERS, claim) in ("refuted", "ill-typed")


@pytest.mark.parametrize(
    ("definitions", "claim"),
    [
        # One unit in each layer: nothing in the claim says that there are more.
        (LAYERS, r"\delta^l = w^{l+1} \delta^{l+1} g'(z^l)"),
        # The other layout.
        (LAYERS, r"\frac{\partial C}{\partial w^l} = a^{l-1} (\delta^l)^T"),
        # g may be the identity.
        (LAYERS, r"\frac{\partial C}{\partial w^l} = \delta^l (z^{l-1})^T"),
        (LAYERS, r"\delta^l = (w^{l+1})^T \delta^{l+1}"),
        # A loss that prose tells.
        (LAYERS, r"\delta^l = (a^l - y) \odot g'(z^l)"),
    ],
)
def test_gradients_of_arrays_that_may_be_true_in_another_reading(definitions, claim):
    assert last_verdict(*definitions, claim) not in ("refuted", "ill-typed")


SIGMAS = tuple(formula.replace("g(", r"\sigma(") for formula in LAYERS)


@pytest.mark.parametrize(
    ("definitions", "claim"),
    [
        # The activation of all layers is not exp, and their sigma not the identity.
        (LAYERS, r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot g(z^l)"),
        (SIGMAS, r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma(z^l)"),
        (SIGMAS, r"\delta^l = (w^{l+1})^T \delta^{l+1}"),
        # A gradient is claimed of all its entries.
        (
            (r"q = \sum_i \sum_j u_i M_{ij} v_j",),
            r"\frac{\partial q}{\partial M_{rs}} = u_s v_r",
        ),
    ],
)
def test_what_is_not_meant_for_less(definitions, claim):
    assert last_verdict(*definitions, claim) == "refuted"


def test_what_the_variable_is_made_of_is_no_target():
    definitions = (
        r"u = Ar, \quad r \in \mathbb R^n, \quad A \in \mathbb R^{m \times n}",
        r"E = \sum_{k=1}^m u_k^2 \sum_{j=1}^n r_j",
    )
    wrong = r"\frac{\partial E}{\partial u_k} = 2 u_k"
    assert last_verdict(*definitions, wrong) == "refuted"


GATE = (
    r"r_t = \sigma(A u_t + B s_{t-1} + q)",
    r"s_t = r_t \odot s_{t-1} + u_t",
)
NORMED = (
    r"m = \frac{1}{n}\sum_{i=1}^n u_i",
    r"\sigma^2 = \frac{1}{n}\sum_{i=1}^n (u_i - m)^2",
    r"\hat u_i = \frac{u_i - m}{\sqrt{\sigma^2 + \epsilon}}",
    r"o_i = \gamma \hat u_i + \beta",
)
PRODUCT = (r"P = U V", r"U \in \mathbb R^{n \times k}, V \in \mathbb R^{k \times m}")
SQUARE = (r"B = \phi(S)", r"S \in \mathbb R^{n \times n}")
LINE = (r"o_k = \sum_j v_{kj} h_j", r"E = \frac12 \sum_k (o_k - t_k)^2")


@pytest.mark.parametrize(
    ("definitions", "claim"),
    [
        # A bias is not one-hot, however large the exponentials that it stands in.
        (GATE, r"\frac{\partial L}{\partial r_t} = \frac{\partial L}{\partial s_t} \odot s_t"),
        # What is written bold is no number, and weights are not symmetric.
        (
            (r"\mathbf{u} = W \mathbf{v} + \mathbf{c}",),
            r"\frac{\partial E}{\partial \mathbf{v}} = W \frac{\partial E}{\partial \mathbf{u}}",
        ),
        # Nor is what is declared as a matrix.
        (
            (r"P = \frac{U V^T}{s}", r"U, V \in \mathbb R^{n \times h}"),
            r"\frac{\partial E}{\partial V} = \frac{\partial E}{\partial P} \frac{U}{s}",
        ),
        # No derivative is kept at 0.
        (
            NORMED,
            r"\frac{\partial E}{\partial u_i} = \frac{\partial E}{\partial \hat u_i}"
            r" \frac{1}{\sqrt{\sigma^2 + \epsilon}}"
            r" + \frac{\partial E}{\partial \sigma^2} \frac{u_i - m}{n}"
            r" + \frac{\partial E}{\partial m} \frac{1}{n}",
        ),
        # Two declared matrices that fit in no layout of the gradient.
        (PRODUCT, r"\frac{\partial L}{\partial U} = V^T \frac{\partial L}{\partial P}"),
        (PRODUCT, r"\frac{\partial L}{\partial V} = \frac{\partial L}{\partial P} U^T"),
        # The sum that the note writes elsewhere.
        (LINE, r"\frac{\partial E}{\partial h_j} = (o_k - t_k) v_{kj}"),
    ],
)
def test_false_whatever_the_undeclared_names_are(definitions, claim):
    assert last_verdict(*definitions, claim) in ("refuted", "ill-typed")


@pytest.mark.parametrize(
    ("definitions", "claim"),
    [
        # The sign of a product by entries is left out.
        (SQUARE, r"\frac{\partial L}{\partial S} = \frac{\partial L}{\partial B} \phi'(S)"),
        # These may be numbers.
        ((r"u = W v + c",), r"\frac{\partial E}{\partial v} = \frac{\partial E}{\partial u} W"),
        # The transposes fit.
        (PRODUCT, r"\frac{\partial L}{\partial U} = V \frac{\partial L}{\partial P}"),
        # A is no letter of weights.
        ((r"\mathbf{u} = A \mathbf{v}",), r"\nabla_{\mathbf v} E = A \nabla_{\mathbf u} E"),
    ],
)
def test_undeclared_names_may_be_what_makes_it_right(definitions, claim):
    assert last_verdict(*definitions, claim) not in ("refuted", "ill-typed")


def test_the_other_twin_of_what_is_false_is_proved():
    assert last_verdict(*GATE, GATE_GRADIENT) == "proved"
    assert last_verdict(*NORMED, NORMED_GRADIENT) == "proved"
    assert last_verdict(*LINE, r"\frac{\partial E}{\partial h_j} = \sum_k (o_k - t_k) v_{kj}") == (
        "proved"
    )


GATE_GRADIENT = r"\frac{\partial L}{\partial r_t} = \frac{\partial L}{\partial s_t} \odot s_{t-1}"
NORMED_GRADIENT = (
    r"\frac{\partial E}{\partial u_i} = \frac{\partial E}{\partial \hat u_i}"
    r" \frac{1}{\sqrt{\sigma^2 + \epsilon}} + \frac{\partial E}{\partial \sigma^2}"
    r" \frac{2 (u_i - m)}{n} + \frac{\partial E}{\partial m} \frac{1}{n}"
)


def test_prose_may_say_that_a_vector_is_one_hot_where_the_gradient_has_a_name():
    softmax = (r"z = W u", r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}")
    loss = r"L = - \sum_{i=1}^n t_i \log p_i"
    assert last_verdict(*softmax, loss, r"g = \frac{\partial L}{\partial z} = p - t") == (
        "undecided"
    )
    assert last_verdict(*softmax, loss, r"g = \frac{\partial L}{\partial z} = p + t") == ("refuted")


JACOBIANS = r"""Let $M \in \mathbb R^{m \times n}$, $A \in \mathbb R^{n \times n}$,
$x \in \mathbb R^n$, $y = Mx$.

"""


@pytest.mark.parametrize(
    "claims",
    [
        r"$$\frac{\partial y}{\partial x} = M^T$$",
        r"$$\frac{\partial Ax}{\partial x} = A^T$$",
        r"$$\frac{\partial x^T A x}{\partial x} = \frac{\partial x}{\partial x} A x + "
        r"\frac{\partial Ax}{\partial x} x$$",
        r"$$\frac{\partial L}{\partial x} = \frac{\partial y}{\partial x} "
        r"\frac{\partial L}{\partial y}$$ $$\frac{\partial y}{\partial x} = M^T$$",
    ],
)
def test_the_layout_of_derivatives_of_vectors_is_not_said(claims):
    assert not {r.verdict for r in verify(JACOBIANS + claims).results} & {"refuted", "ill-typed"}


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (r"$$\frac{\partial y}{\partial x} = 2M^T$$", "ill-typed"),
        (r"$$\frac{\partial Ax}{\partial x} = -A^T$$", "refuted"),
        # Another claim shows the layout.
        (r"$$\frac{\partial y}{\partial x} = M$$ $$\frac{\partial Ax}{\partial x} = A^T$$",
         "refuted"),
    ],
)  # fmt: skip
def test_what_fails_in_either_layout_of_derivatives_of_vectors(claims, expected):
    assert verify(JACOBIANS + claims).results[-1].verdict == expected


DECLARED = (
    r"u \in \mathbb R^{a}, \quad A \in \mathbb R^{b \times a}, \quad B \in \mathbb R^{c \times b}",
    r"s = A u, \quad r = \phi(s), \quad o = B r, \quad L = \ell(o, y)",
    r"J = L + \frac{\lambda}{2} \|B\|^2",
)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial J}{\partial r} = B \frac{\partial J}{\partial o}", "ill-typed"),
        (
            r"\frac{\partial J}{\partial B} = \frac{\partial J}{\partial o} r + \lambda B",
            "ill-typed",
        ),
        (
            r"\frac{\partial J}{\partial B} = \frac{\partial J}{\partial o} r^T + \lambda A",
            "ill-typed",
        ),
        # A gradient may be a row: then these two fit.
        (r"\frac{\partial J}{\partial r} = \frac{\partial J}{\partial o} B", "undecided"),
        (r"\frac{\partial J}{\partial B} = r \frac{\partial J}{\partial o}", "undecided"),
        # Of M nothing is known.
        (r"\frac{\partial J}{\partial r} = M B \frac{\partial J}{\partial o}", "undecided"),
        (r"\frac{\partial J}{\partial r} = B^T \frac{\partial J}{\partial o}", "proved"),
    ],
)
def test_declared_arrays_that_do_not_fit_whatever_else_is_meant(claim, verdict):
    assert last_verdict(*DECLARED, claim) == verdict
