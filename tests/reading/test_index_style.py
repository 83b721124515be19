"""Index style as authors write it: conditions, sums, indicators, arguments, dropped indices.

Every true formula is proved; every false one beside it is not.
"""

import pytest

from symgrad.verify import verify

SOFTMAX = r"$$s_i = \frac{e^{u_i}}{\sum_{k=1}^n e^{u_k}}$$" + "\n\n"


def verdicts(*displays):
    note = "\n\n".join(f"$${display}$$" for display in displays)
    return [result.verdict for result in verify(note + "\n", second_opinion=False).results]


def after_softmax(claim):
    return verdicts(SOFTMAX.strip().strip("$"), claim)


CONDITIONED = [
    r"\text{if } i = j: \frac{\partial s_i}{\partial u_j} = s_i (1 - s_j)",
    r"\text{if} \; i \neq j : \quad \frac{\partial s_i}{\partial u_j} = -s_i s_j",
    r"\text{Für } i \ne j: \frac{\partial s_i}{\partial u_j} = -s_j s_i",
    r"i \neq j : \frac{\partial s_i}{\partial u_j} = -s_i s_j",
    r"\frac{\partial s_i}{\partial u_j} = -s_i s_j, \quad \forall i \neq j",
    r"\frac{\partial s_j}{\partial u_i} = -s_i s_j \quad (j \ne i)",
    r"\frac{\partial s_i}{\partial u_j} = s_i (\mathbf 1\{i = j\} - s_j)",
    r"\frac{\partial s_i}{\partial u_j} = s_i (\mathbb{1}[i = j] - s_j)",
    r"\frac{\partial s_i}{\partial u_j} = s_i (1_{\{i = j\}} - s_j)",
    r"\frac{\partial s_i}{\partial u_j} = s_i ([i = j] - s_j)",
    r"\frac{\partial s_i}{\partial u_j} = s_i (I(i=j) - s_j)",
    r"\frac{\partial s_i}{\partial u_j} = s_i (\delta^i_j - s_j) = s_i (\delta^{ij} - s_j)",
    r"\frac{\partial s_i}{\partial u_j} = \begin{cases} s_i (1-s_j), & i = j \\"
    r" -s_i s_j, & i \neq j \end{cases}",
]


@pytest.mark.parametrize("claim", CONDITIONED)
def test_conditions_and_indicators(claim):
    assert set(after_softmax(claim)) == {"proved"}


@pytest.mark.parametrize(
    "claim",
    [
        r"\text{if } i = j: \frac{\partial s_i}{\partial u_j} = -s_i s_j",
        r"\text{if } i \neq j: \frac{\partial s_i}{\partial u_j} = s_i (1 - s_j)",
        r"\text{unless } i = j: \frac{\partial s_i}{\partial u_j} = s_i (1 - s_j)",
        r"\frac{\partial s_i}{\partial u_j} = s_i ([i \neq j] - s_j)",
        r"\frac{\partial s_i}{\partial u_j} = -s_i s_j, \quad i = 1, \dots, n",
    ],
)
def test_conditions_are_not_turned_round(claim):
    assert "proved" not in after_softmax(claim)


@pytest.mark.parametrize(
    ("definition", "claim", "true"),
    [
        (r"E = \sum_{k=0}^{K-1} y_k^2", r"\frac{\partial E}{\partial y_j} = 2 y_j", True),
        (r"E = \sum y_k^2", r"\frac{\partial E}{\partial y_j} = 2 y_j", True),
        (r"E = \sum_{1}^{m} y_k^2", r"\frac{\partial E}{\partial y_j} = 2 y_j", True),
        (r"E = \sum_{1 \leq k \leq m} y_k^2", r"\frac{\partial E}{\partial y_j} = 2 y_j", True),
        (r"E = \sum_{k=1} y_k^2", r"\frac{\partial E}{\partial y_j} = 2 y_j", True),
        (r"E = \sum_{k} -y_k v_k", r"\frac{\partial E}{\partial y_j} = -v_j", True),
        (r"E = \sum_{k} -y_k v_k", r"\frac{\partial E}{\partial y_j} = v_j", False),
        (
            r"E = \sum_{k, l} y_k y_l",
            r"\frac{\partial E}{\partial y_j} = 2 \sum_{k \neq j} y_k + 2 y_j",
            True,
        ),
        (
            r"E = \sum_k y_k",
            r"\sum_{k=1, k \neq j}^n y_k = E - y_j",
            True,
        ),
        (r"E = \sum_k y_k", r"\sum_{k=1, k \neq j}^n y_k = E", False),
    ],
)
def test_ranges_of_sums(definition, claim, true):
    found = verdicts(definition, claim)
    assert found
    assert (set(found) == {"proved"}) is true


@pytest.mark.parametrize(
    "sums",
    [
        r"\sum_{k=0}^{n} y_k = \sum_{k=0}^{n} y_k",
        r"\sum_{k=2}^{n} y_k = \sum_{k=2}^{n} y_k",
        r"\sum_{k=0}^{n-1} y_k = \sum_{k=1}^{n} y_k",
        r"\sum_{k=0}^{n-1} y_k = y_0 + \sum_{k=1}^{n-1} y_k",
        r"\sum w_{kj} y_i = \sum w_{kj} y_i",
    ],
)
def test_sums_over_a_part_of_an_axis_are_not_read(sums):
    """A sum from 0 means all of an axis only where the whole note counts from 0."""
    assert verdicts(sums) == ["unread"]


@pytest.mark.parametrize(
    ("definition", "claim", "true"),
    [
        (r"f(x) = \frac{1}{x}", r"\frac{df}{dx} = -1/x^2", True),
        (r"f(x, y) = x^2 y", r"\frac{\partial f}{\partial x} = 2xy", True),
        (r"f(x, y) = x^2 y", r"\frac{\partial f}{\partial y} = 2xy", False),
        (r"f(x) = w x^2", r"\frac{\partial f}{\partial w} = x^2", True),
        (r"g(u) = \frac{1}{1+e^{-u}}", r"\frac{dg}{dz} = g(z)(1-g(z))", True),
        (r"g(u) = \frac{1}{1+e^{-u}}", r"\frac{dg}{dz} = g(z)", False),
        (
            r"f(m, b) = \frac{1}{N} \sum_{i=1}^n (y_i - m x_i - b)^2",
            r"\frac{df}{db} = -\frac{2}{N} \sum (y_i - m x_i - b)",
            True,
        ),
    ],
)
def test_arguments_that_nothing_declares(definition, claim, true):
    assert (verdicts(definition, claim) == ["proved"]) is true


NORMALISED = (
    r"m = \frac{1}{n}\sum_{i=1}^n x_i",
    r"v = \frac{1}{n}\sum_{i=1}^n (x_i - m)^2",
    r"\hat{x} = \frac{x_i - m}{\sqrt{v + \epsilon}}",
    r"y_i = g_i \hat{x} + b_i",
)


@pytest.mark.parametrize(
    ("claim", "true"),
    [
        (r"\frac{\partial L}{\partial g_i} = \frac{\partial L}{\partial y_i} \hat{x_i}", True),
        (r"\frac{\partial L}{\partial g_j} = \frac{\partial L}{\partial y_j} \hat{x}_j", True),
        (r"\frac{\partial L}{\partial g_j} = \frac{\partial L}{\partial y_j} \hat{x}_i", False),
        (r"\frac{\partial L}{\partial \hat x} = \frac{\partial L}{\partial y_i} g_i", True),
        (r"\frac{\partial L}{\partial \hat x_j} = \frac{\partial L}{\partial y_j} g_j", True),
        (r"\frac{\partial \hat x}{\partial v} = -\frac12 \hat x (v + \epsilon)^{-1}", True),
    ],
)
def test_an_index_that_a_definition_left_out(claim, true):
    assert (verdicts(*NORMALISED, claim) == ["proved"]) is true


def test_a_repeated_index_is_not_taken_for_one_left_out():
    """`z = w_i x_i` is a sum over i, unless the note writes its sums."""
    assert verdicts(r"z = w_i x_i", r"\frac{\partial z}{\partial x_j} = w_j") == ["proved"]
    length = r"s = \sum_i x_i^2"
    claims = r"z = w_i x_i", r"\frac{\partial z}{\partial x_i} = w_i"
    assert verdicts(length, *claims) == ["undecided"]


LABELLED = r"""Let $c \in \{1,\dots,n\}$, $j \in \{1,\dots,n\}$, $z \in \mathbb R^n$.

$$p_j = \frac{e^{z_j}}{\sum_{k=1}^n e^{z_k}}$$

$$\ell = -\log p_c$$

"""


def test_a_declared_index_in_a_definition():
    claims = r"$$\frac{\partial \ell}{\partial z_j} = p_j - \delta_{jc}$$" + "\n\n"
    claims += r"$$\frac{\partial \ell}{\partial z_j} = p_j + \delta_{jc}$$" + "\n"
    found = verify(LABELLED + claims).results
    assert [result.verdict for result in found] == ["proved", "refuted"]


def test_a_label_as_an_index():
    definitions = (r"q_k = \frac{e^{a_k}}{\sum_j e^{a_j}}", r"L_i = -\log(q_{y_i})")
    right = r"\frac{\partial L_i}{\partial a_k} = q_k - \mathbb{1}(y_i = k)"
    wrong = r"\frac{\partial L_i}{\partial a_k} = q_k - 1"
    assert verdicts(*definitions, right) == ["proved"]
    assert verdicts(*definitions, wrong) == ["undecided"]
