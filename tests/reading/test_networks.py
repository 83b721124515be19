"""Whole networks as their authors write them: biases for all examples, weights by capitals."""

import pytest

from symgrad.verify import verify

ROWS = r"""$$R = ZW + b$$

$$Z \in \mathbb{R}^{B \times P}, W \in \mathbb{R}^{P \times Q}, b \in \mathbb{R}^{1 \times Q}$$

"""

VECTOR = r"""$$R = ZW + b$$

$$Z \in \mathbb{R}^{B \times P}, W \in \mathbb{R}^{P \times Q}, b \in \mathbb{R}^{Q}$$

"""

COLUMNS = r"""$$R = WZ + b$$

$$Z \in \mathbb{R}^{P \times B}, W \in \mathbb{R}^{Q \times P}, b \in \mathbb{R}^{Q}$$

"""

SQUARE = r"""$$R = ZW + b$$

$$Z \in \mathbb{R}^{P \times P}, W \in \mathbb{R}^{P \times P}, b \in \mathbb{R}^{P}$$

"""

STACKED = r"""$$R^{[l]} = W^{[l]} H^{[l-1]} + b^{[l]}, \quad H^{[l]} = g(R^{[l]})$$

"""

SAMPLES = r"""$$J = \frac{1}{q} \sum_{i=1}^q (w u^{(i)} + b - t^{(i)})^2$$

"""

LOGISTIC = r"""$$g_\beta(u) = \frac{1}{1 + e^{-\beta^T u}}$$

$$E(\beta) = -\frac1q \sum_{k=1}^q [t^{(k)} \log(g_\beta(u^{(k)})) +
 (1 - t^{(k)}) \log(1 - g_\beta(u^{(k)}))]$$

"""

LINEAR = r"""$$p^{(i)} = w^T u^{(i)} + b$$

$$L = \frac{1}{2q} \sum_{i=1}^q (p^{(i)} - t^{(i)})^2$$

"""

IN_LAYERS = r"""$$J = \frac{1}{q} \sum_{i=1}^q (v^{[2](i)} - t^{(i)})^2$$

"""

LOSS_OF_ARGUMENTS = r"""$$s = U h + c, \quad a = \sigma(s), \quad C = \|t - a\|^2$$

$$G = \frac{\partial C(t, a)}{\partial a}$$

"""

FUNCTIONS = r"""$$u(w, x) = \tanh(w x), \quad v(y, u) = y - u, \quad C(v) = v^2$$

"""

TRUE = [
    (ROWS, r"\frac{\partial L}{\partial Z} = \frac{\partial L}{\partial R} W^T"),
    (ROWS, r"\frac{\partial L}{\partial W} = Z^T \frac{\partial L}{\partial R}"),
    (ROWS, r"\frac{\partial L}{\partial b_{1j}} = \sum_{n=1}^B \frac{\partial L}{\partial R_{nj}}"),
    (VECTOR, r"\frac{\partial L}{\partial b_j} = \sum_{n=1}^B \frac{\partial L}{\partial R_{nj}}"),
    (COLUMNS, r"\frac{\partial L}{\partial b_j} = \sum_{n=1}^B \frac{\partial L}{\partial R_{jn}}"),
    (COLUMNS, r"\frac{\partial L}{\partial Z} = W^T \frac{\partial L}{\partial R}"),
    (SQUARE, r"\frac{\partial L}{\partial b_j} = \sum_{n=1}^P \frac{\partial L}{\partial R_{nj}}"),
    (STACKED, r"dR^{[l]} = \frac{\partial J}{\partial R^{[l]}} = dH^{[l]} * g'(R^{[l]})"),
    (SAMPLES, r"\frac{\partial J}{\partial w} = "
              r"\frac{2}{q} \sum_{i=1}^q (w u^{(i)} + b - t^{(i)}) u^{(i)}"),
    (SAMPLES, r"\frac{\partial J}{\partial b} = "
              r"\frac{2}{q} \sum_{i=1}^q (w u^{(i)} + b - t^{(i)})"),
    (LOGISTIC, r"\frac{\partial E}{\partial \beta_j} = "
               r"\frac{1}{q} \sum_{k=1}^q (g_\beta(u^{(k)}) - t^{(k)}) u^{(k)}_j"),
    (LOGISTIC, r"\nabla_\beta E(\beta) = "
               r"\frac{1}{q} \sum_{k=1}^q (g_\beta(u^{(k)}) - t^{(k)}) u^{(k)}"),
    (LINEAR, r"\frac{\partial L}{\partial w_j}=\frac1q\sum_{i=1}^q (p^{(i)} - t^{(i)}) u_j^{(i)}"),
    (LINEAR, r"\frac{\partial L}{\partial w} = \frac1q \sum_{i=1}^q (p^{(i)} - t^{(i)}) u^{(i)}"),
    (LINEAR, r"\frac{\partial L}{\partial b} = \frac1q \sum_{i=1}^q (w^T u^{(i)} + b - t^{(i)})"),
    (IN_LAYERS, r"\frac{\partial J}{\partial v^{[2](i)}} = \frac{2}{q} (v^{[2](i)} - t^{(i)})"),
    (LOSS_OF_ARGUMENTS, r"\frac{\partial C}{\partial c} = G \odot \sigma'(s)"),
    (LOSS_OF_ARGUMENTS, r"\frac{\partial C(t, a)}{\partial a} = 2 (a - t)"),
    (FUNCTIONS, r"\frac{\partial C(v)}{\partial w} = -2 (y - \tanh(w x)) (1 - \tanh^2(w x)) x"),
]  # fmt: skip

NOT_TRUE = [
    (ROWS, r"\frac{\partial L}{\partial Z} = W^T \frac{\partial L}{\partial R}"),
    (ROWS, r"\frac{\partial L}{\partial b} = \frac{\partial L}{\partial R}"),
    (ROWS, r"\frac{\partial L}{\partial b_{1j}} = \frac{\partial L}{\partial R_{1j}}"),
    (VECTOR, r"\frac{\partial L}{\partial b_j} = \sum_{n=1}^B \frac{\partial L}{\partial R_{jn}}"),
    (COLUMNS, r"\frac{\partial L}{\partial b_j} = \sum_{n=1}^Q \frac{\partial L}{\partial R_{nj}}"),
    (SQUARE, r"\frac{\partial L}{\partial b_j} = \sum_{n=1}^P \frac{\partial L}{\partial R_{jn}}"),
    (STACKED, r"dR^{[l]} = \frac{\partial J}{\partial R^{[l]}} = dH^{[l]} * g(R^{[l]})"),
    (SAMPLES, r"\frac{\partial J}{\partial w} = 2 (w u^{(i)} + b - t^{(i)}) u^{(i)}"),
    (SAMPLES, r"\sum_{i=1}^q u^{(i)} = q u^{(i)}"),
    (SAMPLES, r"\frac{\partial J}{\partial b} = 2 (w u^{(i)} + b - t^{(i)})"),
    (SAMPLES, r"\sum_l U^{[l]} = q U^{[l]}"),
    (SAMPLES, r"\sum_{l=1}^q \|U^{(l)}\|^2 = q \|U^{(l)}\|^2"),
    (LOGISTIC, r"\frac{\partial E}{\partial \beta_j} = "
               r"\frac{1}{q} \sum_{k=1}^q (t^{(k)} - g_\beta(u^{(k)})) u^{(k)}_j"),
    (LOGISTIC, r"\frac{\partial E}{\partial \beta_j} = (g_\beta(u^{(k)}) - t^{(k)}) u^{(k)}_j"),
    (LOGISTIC, r"\nabla_\beta E(\beta) = \frac{1}{q} \sum_{k=1}^q (g_\beta(u^{(k)}) - t^{(k)})"),
    (LINEAR, r"\frac{\partial L}{\partial w_j}=\frac1q\sum_{i=1}^q (p^{(i)} - t^{(i)}) u_i^{(j)}"),
    (LINEAR, r"\frac{\partial L}{\partial w} = \frac2q \sum_{i=1}^q (p^{(i)} - t^{(i)}) u^{(i)}"),
    (LINEAR, r"\frac{\partial L}{\partial b} = \frac1q \sum_{i=1}^q (w^T u^{(i)} - t^{(i)})"),
    (LINEAR, r"\frac{\partial L}{\partial w} = (p^{(i)} - t^{(i)}) u^{(i)}"),
    (IN_LAYERS, r"\frac{\partial J}{\partial v^{[2](i)}} = 2 (v^{[2](i)} - t^{(i)})"),
    (LOSS_OF_ARGUMENTS, r"\frac{\partial C}{\partial c} = G \odot \sigma(s)"),
    (LOSS_OF_ARGUMENTS, r"\frac{\partial C(t, a)}{\partial a} = a - t"),
    (FUNCTIONS, r"\frac{\partial C(v)}{\partial w} = -2 (y - \tanh(w x)) (1 - \tanh^2(w x))"),
]  # fmt: skip


def results(context, claim):
    found = verify(f"{context}## Claim\n\n$${claim}$$\n").results
    assert not any("internal error" in result.message for result in found)
    return found


@pytest.mark.parametrize(("context", "claim"), TRUE)
def test_true(context, claim):
    found = [result.verdict for result in results(context, claim)]
    assert found
    assert set(found) == {"proved"}


@pytest.mark.parametrize(("context", "claim"), NOT_TRUE)
def test_not_true(context, claim):
    found = [result.verdict for result in results(context, claim)]
    assert found
    assert set(found) != {"proved"}


def test_a_bias_is_said_to_be_added_to_every_row():
    report = verify(ROWS + r"$$\frac{\partial L}{\partial Z} = \frac{\partial L}{\partial R} W^T$$")
    assert "b is added to every row" in report.notes[0].assumptions


def test_an_attempt_at_a_correction_reports_no_names():
    r"""What is tried as a correction, such as `b^T R`, is no text of the note."""
    report = verify(
        VECTOR
        + r"$$\frac{\partial L}{\partial b_j} = \sum_{n=1}^B \frac{\partial L}{\partial R_{jn}}$$"
    )
    names = [found.message for found in report.notes[0].diagnostics]
    assert not any("^{T}" in name for name in names)


def test_ranges_that_a_correction_would_need_are_not_taken_for_granted():
    note = r"""$$\mu = \frac{1}{N} \sum_k u_k$$

$$s = \frac{1}{N} \sum_k (u_k - \mu)^2$$

"""
    claim = r"\frac{\partial s}{\partial u_i} = \frac{2}{N}\sum_k (u_k - \mu)"
    assert [result.verdict for result in results(note, claim)] == ["refuted"]


OF_AN_INDEX = [
    r"u_{(i)}", r"u_{[i]}", r"u^{(i,j)}", r"u_{s_i}", r"u^{(s_i)}", r"u(i)", r"u[i]", r"u^{(t-i)}",
    r"u_{i+1}", r"u_{q-i}", r"u^{(2i)}", r"u_{2i}", r"u_{\pi(i)}", r"u^{[i]}", r"u^{(i)}", r"i",
    r"u i",
    r"\frac{u}{i}", r"u_{:,i}", r"f(u_{i+1})", r"f(i)", r"f^{(i)}(u)", r"u^{\langle i\rangle}",
]  # fmt: skip


@pytest.mark.parametrize("term", OF_AN_INDEX)
@pytest.mark.parametrize("before", ["", r"Let $i \in \{1,\dots,q\}$." + "\n\n"])
def test_what_depends_on_the_index_of_a_sum_is_no_constant(term, before):
    for claim in (
        rf"\sum_{{i=1}}^q {term} = q {term}",
        rf"\sum_i {term} = q {term}",
        rf"\frac{{\partial}}{{\partial w}} \sum_{{i=1}}^q w {term} = q {term}",
    ):
        assert "proved" not in [r.verdict for r in verify(f"{before}$${claim}$$\n").results]
