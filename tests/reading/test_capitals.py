"""Small letters for entries of arrays with capital letters."""

import pytest

from symgrad.verify import verify

LAYER = r"Z^l = W^l A^{l-1} + B^l, \quad A^l = \tanh(Z^l)"


def verdicts(*formulas):
    text = "\n\n".join(f"$${formula}$$" for formula in formulas)
    return [result.verdict for result in verify(text + "\n").results]


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        (r"\frac{\partial z_i^l}{\partial b_i^l} = 1", True),
        (r"\frac{\partial z_i^l}{\partial a_j^{l-1}} = w_{ij}^l", True),
        (r"\frac{\partial a_i^l}{\partial z_i^l} = 1 - (a_i^l)^2", True),
        (r"\frac{\partial z_i^l}{\partial a_j^{l-1}} = w_{ji}^l", False),
        (r"\frac{\partial z_i^l}{\partial b_i^l} = 0", False),
        (r"\frac{\partial a_i^l}{\partial z_i^l} = 1 - a_i^l", False),
    ],
)
def test_an_entry_of_an_array(claim, right):
    found = verdicts(LAYER, claim)
    assert found == ["proved"] if right else found[0] == "undecided"


@pytest.mark.parametrize(
    "formulas",
    [
        # x is an array of its own, or an example, or defined.
        (r"Y = W X + B", r"x_i = \sum_k x_k y_i", r"x_i + X_i = 2 x_i"),
        (r"J = \frac12 (X u - y)^T (X u - y)", r"\sum_i x_i = \sum_i X_i"),
        (r"Z = W X", r"z_i = 2 x_i", r"Z_i = z_i"),
        (r"Z = W X", r"z + z_i = z + Z_i"),
        (r"p_k = \frac{e^{z_k}}{Z}", r"\frac{z_i}{Z_i} = 1"),
    ],
)
def test_what_may_be_another_array_is_no_entry(formulas):
    assert "proved" not in verdicts(*formulas)
