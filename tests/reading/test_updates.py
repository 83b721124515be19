r"""Steps of descent claim nothing: `W \leftarrow W - \eta \nabla_W L`."""

import pytest

from symgrad.verify import verify

NOTE = r"""Let $W \in \mathbb R^{m \times n}$, $x \in \mathbb R^n$,
$t \in \mathbb R^m$, $\eta \in \mathbb R$.
$$L = \frac12 \|W x - t\|^2$$
$$\nabla_W L = (W x - t) x^\top$$
$$%s$$
"""


@pytest.mark.parametrize(
    "update",
    [
        r"W \leftarrow W - \eta \nabla_W L",
        r"W := W - \eta (W x - t) x^\top",
        r"W = W - \eta \frac{\partial L}{\partial W}",
        r"W_{ij} \gets W_{ij} - \eta \frac{\partial L}{\partial W_{ij}}",
        r"W^{(k+1)} = W^{(k)} - \eta \nabla_W L",
        r"W_{\text{new}} = W - \eta \nabla_W L",
    ],
)
def test_an_update_is_no_claim(update):
    report = verify(NOTE % update, second_opinion=False)
    assert [result.verdict for result in report.results] == ["proved"]


@pytest.mark.parametrize("claim", ["W = W - 2 W", "x = x + x", r"t = 3 t - t"])
def test_an_equality_that_is_no_step_stays_a_claim(claim):
    assert verify(NOTE % claim, second_opinion=False).results[-1].verdict == "refuted"


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        (r"W := W - \eta \nabla_W L = W - \eta (W x - t) x^\top", "proved"),
        (r"W \leftarrow W - \eta \nabla_W L = W - \eta x (W x - t)^\top", "ill-typed"),
        (r"W \gets W - \eta \nabla_W L = W + \eta (W x - t) x^\top", "refuted"),
    ],
)
def test_what_an_update_goes_on_with_is_a_claim(chain, expected):
    assert verify(NOTE % chain, second_opinion=False).results[-1].verdict == expected
