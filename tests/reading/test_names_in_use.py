r"""What names stand for by their use: squares, numbered arrays, words, means, indicators."""

import pytest

from symgrad.verify import verify


def verdicts(*displays):
    """The verdicts on the last of some displays."""
    before = "".join(f"$${display}$$\n\n" for display in displays[:-1])
    results = verify(f"{before}$${displays[-1]}$$\n").results
    return [result.verdict for result in results if result.span.start >= len(before)]


UNIT = (r"s = V u", r"h = \text{ReLU}(s)")
SOFTMAX = (
    r"s_2 = W h_1",
    r"p_{\text{out}} = \text{softmax}(s_2)",
    r"p_{\text{out},i} = \frac{e^{s_{2,i}}}{\sum_{j=1}^k e^{s_{2,j}}}",
    r"E = -\sum_{i=1}^k t_i \log p_{\text{out},i}",
    r"\delta_2 = \frac{\partial E}{\partial s_2}",
)
NORMED = (
    r"\hat u_{kj} = \frac{u_{kj} - m_j}{\sqrt{\tau_j^2 + \epsilon}}",
    r"o_{kj} = c_j \hat u_{kj} + d_j",
)
MOMENTS = (r"m = \frac{1}{N} \sum_k u_k", r"v = \frac1N \sum_k (u_k - m)^2")
PARTITION = (r"q = \frac{1}{Z} \sum_k u_k",)


@pytest.mark.parametrize(
    ("definitions", "right", "wrong"),
    [
        (
            UNIT,
            r"\frac{\partial E}{\partial s} = \frac{\partial E}{\partial h}"
            r" \odot \mathbb{1}_{s > 0}",
            r"\frac{\partial E}{\partial s} = \frac{\partial E}{\partial h}"
            r" \odot \mathbb{1}_{s < 0}",
        ),
        (
            UNIT,
            r"\frac{\partial E}{\partial V} = (\frac{\partial E}{\partial h} \odot"
            r" \mathbf{1}(s > 0)) u^T",
            r"\frac{\partial E}{\partial V} = (\frac{\partial E}{\partial h} \odot"
            r" \mathbf{1}(u > 0)) u^T",
        ),
        (
            UNIT,
            r"\frac{\partial h}{\partial s} = \text{diag}(\mathbb{I}(s > 0))",
            r"\frac{\partial h}{\partial s} = \text{diag}(\mathbb{I}(s > 0)) \text{diag}(s)",
        ),
        (
            SOFTMAX,
            r"\frac{\partial E}{\partial W} = \delta_2 h_1^T",
            r"\frac{\partial E}{\partial W} = 2 \delta_2 h_1^T",
        ),
        (
            SOFTMAX[:3],
            r"\frac{\partial p_{\text{out},i}}{\partial s_{2,j}}"
            r" = p_{\text{out},i} (\delta_{ij} - p_{\text{out},j})",
            r"\frac{\partial p_{\text{out},i}}{\partial s_{2,j}}"
            r" = p_{\text{out},i} (\delta_{ij} + p_{\text{out},j})",
        ),
        (
            NORMED,
            r"\frac{\partial E}{\partial \tau_j^2} = -\frac12 \sum_{k=1}^n"
            r" \frac{\partial E}{\partial \hat u_{kj}} (u_{kj} - m_j) (\tau_j^2 + \epsilon)^{-3/2}",
            r"\frac{\partial E}{\partial \tau_j^2} = -\frac12 \sum_{k=1}^n"
            r" \frac{\partial E}{\partial \hat u_{kj}} (u_{kj} - m_j) (\tau_j^2 + \epsilon)^{-1/2}",
        ),
        (
            MOMENTS,
            r"\frac{\partial v}{\partial u_j} = \frac{2}{N} (u_j - m)",
            r"\frac{\partial v}{\partial u_j} = \frac{1}{N} (u_j - m)",
        ),
        (
            (r"f(V) = \text{tr}(A V B)",),
            r"\frac{\partial f}{\partial V} = A^T B^T",
            r"\frac{\partial f}{\partial V} = 2 A^T B^T",
        ),
        (
            (r"f(u) = u^T A u",),
            r"\nabla f(u) = (A + A^T) u",
            r"\nabla f(u) = 3 (A + A^T) u",
        ),
        (
            (r"s^{[2]} = V^{[2]} h^{[1]} + c^{[2]}",),
            r"\frac{\partial E}{\partial V^{[2]}} = \frac{\partial E}{\partial s^{[2]}} h^{[1]T}",
            r"\frac{\partial E}{\partial V^{[2]}} = 2 \frac{\partial E}{\partial s^{[2]}} h^{[1]T}",
        ),
        (
            (r"E = (goal_{a} - out_{a})^2 + (goal_{b} - out_{b})^2",),
            r"\frac{\partial E}{\partial out_{a}} = -2 (goal_{a} - out_{a})",
            r"\frac{\partial E}{\partial out_{a}} = 2 (goal_{a} - out_{a})",
        ),
    ],
)
def test_read_by_use(definitions, right, wrong):
    assert set(verdicts(*definitions, right)) == {"proved"}
    assert "proved" not in verdicts(*definitions, wrong)


def test_a_divisor_that_does_not_count_is_no_number_of_terms():
    assert verdicts(*PARTITION, r"\sum_k (u_k - q) = 0") != ["proved"]
    declared = (r"u \in \mathbb R^d", r"q = \frac{1}{N} \sum_k u_k")
    assert verdicts(*declared, r"\sum_k (u_k - q) = 0") != ["proved"]


def test_a_square_with_a_root_in_the_note_is_no_name():
    both = (r"g = \tau^2 + \tau", r"\frac{\partial g}{\partial \tau^2} = 1")
    assert verdicts(*both) != ["proved"]


def test_a_name_with_a_word_is_another_than_the_name_without():
    squares = (r"y_{\text{out}} = w u", r"E = \frac12 (y_{\text{out}} - y)^2")
    claim = r"\frac{\partial E}{\partial w} = (y_{\text{out}} - y) u"
    assert verdicts(*squares, claim) == ["proved"]
    unread = (r"\ln y_{\text{out}} = u", r"E = \frac12 (y_{\text{out}} - t)^2")
    assert verdicts(*unread, r"\frac{\partial E}{\partial u} = 0") != ["proved"]
