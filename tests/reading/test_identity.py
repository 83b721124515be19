"""The identity without a declaration, quotients before fractions, and second formulas of a name."""

import pytest

from symgrad.verify import verify


def verdicts(*formulas):
    text = "\n\n".join(f"$${formula}$$" for formula in formulas)
    return [result.verdict for result in verify(text + "\n").results]


UNIT = r"s = \sqrt{\mathbf{v}^\top \mathbf{v}}, \mathbf{u} = \mathbf{v} / s"
SLOPE = r"\frac{\partial \mathbf{u}}{\partial \mathbf{v}} = "


@pytest.mark.parametrize(
    ("formula", "right"),
    [
        (r"\frac{1}{s} (\mathbf{I} - \mathbf{u} \mathbf{u}^\top)", True),
        (r"\frac{1}{s} (I_n - \mathbf{u} \mathbf{u}^\top)", True),
        (r"\frac{1}{s} I - \frac{1}{s} \mathbf{u} \mathbf{u}^\top", True),
        (r"\frac{1}{s} (\mathbf{I} + \mathbf{u} \mathbf{u}^\top)", False),
        (r"\frac{1}{s} (2\mathbf{I} - \mathbf{u} \mathbf{u}^\top)", False),
    ],
)
def test_a_term_of_its_own_is_the_identity(formula, right):
    assert (verdicts(UNIT, SLOPE + formula)[-1] == "proved") is right


@pytest.mark.parametrize(
    "formulas",
    [
        (r"Z = W I", r"Z = W"),
        (r"Z = W I + b", r"\frac{\partial Z}{\partial W} = 0"),
        (r"I = \sum_k x_k", r"x_j I = x_j"),
        (r"\frac{\partial}{\partial I} (2 I) = 2", r"A I = A"),
    ],
)
def test_an_i_that_may_be_an_input_is_none(formulas):
    assert verdicts(*formulas)[-1] != "proved"


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        (r"\frac{\partial}{\partial v_i} s = 1/2s \frac{\partial}{\partial v_i} s^2", False),
        (
            r"\frac{\partial s}{\partial v_i} = 1/s \frac{\partial}{\partial v_i} \frac{s^2}{2}",
            True,
        ),
        (r"\frac{\partial}{\partial v_i} s^2 = 4/2 \sum_k v_k \delta_{ik}", True),
        (r"\frac{\partial}{\partial v_i} s^2 = 1/2 \sum_k v_k \delta_{ik}", False),
    ],
)
def test_a_fraction_or_sum_after_a_quotient_is_a_factor(claim, right):
    length = r"s = \sqrt{\sum_k v_k^2}"
    assert (verdicts(length, claim)[-1] == "proved") is right


def test_a_name_is_defined_by_the_first_of_its_formulas_that_can_be_read():
    error = r"E = (f(x; w) - y)^2 = (w x - y)^2"
    assert verdicts(error, r"\frac{dE}{dw} = 2 (w x - y) x") == ["undecided", "proved"]
    assert verdicts(error, r"\frac{dE}{dw} = (w x - y) x") == ["undecided", "refuted"]
    by_itself = verdicts(r"dX = \frac{\partial Q}{\partial X} = 3X", r"X = \sum_k Y_k")
    assert "proved" not in by_itself
