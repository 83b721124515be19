"""Second derivatives, as derivatives of derivatives."""

import pytest

from symgrad import verify

PLANE = r"Let $u, v \in \mathbb R$ and $h = u^3 v^2$. "
FORM = r"Let $A \in \mathbb R^{n \times n}$, $u \in \mathbb R^n$ and $h = u^T A u$. "
LOGISTIC = r"$$g(t) = \frac{1}{1 + e^{-t}}$$ "
UNIT = r"Let $w, x \in \mathbb R^n$, $z = w^T x$ and $h = \phi(z)$. "


@pytest.mark.parametrize(
    ("note", "claim", "verdict"),
    [
        (PLANE, r"\frac{\partial^2 h}{\partial u^2} = 6 u v^2", "proved"),
        (PLANE, r"\frac{\partial^2 h}{\partial u^2} = 6 u^2 v", "refuted"),
        (PLANE, r"\frac{\partial^2 h}{\partial u \partial v} = 6 u^2 v", "proved"),
        (PLANE, r"\frac{\partial^2 h}{\partial v \, \partial u} = 6 u^2 v", "proved"),
        (PLANE, r"\frac{\partial^2 h}{\partial u \partial v} = 6 u v^2", "refuted"),
        (PLANE, r"\frac{\partial^2}{\partial u^2} (u^3 v) = 6 u v", "proved"),
        (PLANE, r"\frac{\partial^2}{\partial u \partial v} h = 6 u^2 v", "proved"),
        (PLANE, r"\frac{\partial^3 h}{\partial u^3} = 6 v^2", "unread"),
        (FORM, r"\frac{\partial^2 h}{\partial u_i \partial u_j} = A_{ij} + A_{ji}", "proved"),
        (FORM, r"\frac{\partial^2 h}{\partial u_i \partial u_j} = 2 A_{ij}", "refuted"),
        (FORM, r"\frac{\partial^2 h}{\partial u_i^2} = 2 A_{ii}", "proved"),
        (FORM, r"\frac{\partial^2 h}{\partial u_i^2} = A_{ii}", "refuted"),
        (FORM, r"\frac{\partial^2 h}{\partial u \partial u^T} = A + A^T", "proved"),
        (LOGISTIC, r"\frac{d^2 g}{dt^2} = g(t) (1 - g(t)) (1 - 2 g(t))", "proved"),
        (LOGISTIC, r"\frac{d^2 g(t)}{dt^2} = g(t) (1 - g(t))", "refuted"),
        (
            UNIT,
            r"\frac{\partial^2 h}{\partial w_i \partial w_j} = "
            r"\frac{\partial^2 h}{\partial z^2} x_i x_j",
            "proved",
        ),
        (UNIT, r"\frac{\partial^2 h}{\partial w_i \partial w_j} = \phi'(z) x_i x_j", "undecided"),
    ],
)
def test_claims(note, claim, verdict):
    assert [result.verdict for result in verify(f"{note}$${claim}$$").results] == [verdict]


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial^2 L}{\partial u_i \partial u_j} = 0",
        r"\frac{\partial}{\partial u_i} \frac{\partial L}{\partial u_j} = 0",
        r"g = \nabla_u L$$ $$\frac{\partial g_j}{\partial u_i} = 0",
        r"\frac{\partial}{\partial u_i} \left(u_j \frac{\partial L}{\partial u_j}\right) "
        r"= \delta_{ij} \frac{\partial L}{\partial u_j}",
    ],
)
def test_of_an_unknown_loss_nothing_is_known(claim):
    # Its gradient depends on u, and is no constant.
    note = r"Let $u \in \mathbb R^n$. "
    assert [result.verdict for result in verify(f"{note}$${claim}$$").results] == ["undecided"]
