r"""`\mathbf 1` that nothing declares: all its entries are 1."""

import pytest

from symgrad.verify import verify

LAYER = r"""Let $X \in \mathbb R^{N \times d}$, $M \in \mathbb R^{d \times k}$, $c \in \mathbb R^k$,
$A \in \mathbb R^{d \times d}$, $u \in \mathbb R^d$.

$$Z = XM + ONES c^T$$

"""


def last(claim, ones=r"\mathbf 1"):
    note = LAYER.replace("ONES", ones)
    return verify(f"{note}$${claim}$$\n", second_opinion=False).results[-1].verdict


@pytest.mark.parametrize("ones", [r"\mathbf 1", r"\mathbf{1}_N", r"\mathbb{1}", r"\boldsymbol{1}"])
def test_a_bias_in_every_row(ones):
    assert last(r"Z_{ij} = \sum_k X_{ik} M_{kj} + c_j", ones) == "proved"
    right = r"\frac{\partial L}{\partial c_j} = \sum_i \frac{\partial L}{\partial Z_{ij}}"
    assert last(right, ones) == "proved"
    wrong = r"\frac{\partial L}{\partial c_j} = 2 \sum_i \frac{\partial L}{\partial Z_{ij}}"
    assert last(wrong, ones) not in ("proved", "unread")


def test_ones_of_two_lengths():
    assert last(r"\frac{\partial \, \mathbf 1^T X u}{\partial u} = X^T \mathbf 1") == "proved"
    assert last(r"\frac{\partial \, \mathbf 1^T A u}{\partial u} = A \mathbf 1") == "refuted"


def test_a_label_below_is_no_length():
    claim = r"\frac{\partial \, \mathbf 1_y^T u}{\partial u} = \mathbf 1"
    assert last(claim) != "proved"
