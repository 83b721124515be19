r"""Cells with gates: matrices with and without the letter of a gate, products in brackets."""

import pytest

from symgrad.verify import verify

CELL = r"""
$$z_t = \sigma(W_z x_t + U_z h_{t-1}), \quad r_t = \sigma(W_r x_t + U_r h_{t-1})$$
$$c_t = \tanh(W x_t + U (r_t \odot h_{t-1}))$$
$$h_t = (1 - z_t) \odot h_{t-1} + z_t \odot c_t$$
$$%s$$
"""


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (
            r"\frac{\partial L}{\partial c_t} = \frac{\partial L}{\partial h_t} \odot z_t",
            {"proved"},
        ),
        (
            r"\frac{\partial L}{\partial z_t} = (c_t - h_{t-1}) \odot \nabla_{h_t} L",
            {"proved"},
        ),
        (
            r"\frac{\partial L}{\partial r_t} = \left(U^\top \left("
            r"\frac{\partial L}{\partial c_t} \odot (1 - c_t^2)\right)\right) \odot h_{t-1}",
            {"proved"},
        ),
        (
            r"\frac{\partial L}{\partial r_t} = \left(U \left("
            r"\frac{\partial L}{\partial c_t} \odot (1 - c_t^2)\right)\right) \odot h_{t-1}",
            {"refuted", "ill-typed", "undecided"},
        ),
        (
            r"\frac{\partial L}{\partial z_t} = (c_t + h_{t-1}) \odot \nabla_{h_t} L",
            {"refuted", "undecided"},
        ),
    ],
)
def test_a_gated_cell(claim, expected):
    assert verify(CELL % claim, second_opinion=False).results[-1].verdict in expected


def test_what_is_multiplied_entry_by_entry_is_an_array():
    text = r"""
$$h = W x + U (r \odot g)$$
$$\frac{\partial L}{\partial r} = (U^\top \frac{\partial L}{\partial h}) \odot g$$
"""
    assert verify(text, second_opinion=False).results[-1].verdict == "proved"
