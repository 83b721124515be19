"""Gradients by an operator, the chain rule by products, losses of which little is known."""

import pytest

from symgrad.verify import verify

DECLARED = r"""Let $x, c \in \mathbb R^n$, $A \in \mathbb R^{n \times n}$,
$W \in \mathbb R^{m \times n}$, $V \in \mathbb R^{p \times m}$, $t \in \mathbb R^p$.

$$z = Wx$$

$$h = \phi(z)$$

$$o = V h$$

$$L = \|o - t\|^2$$

$$f(x) = x^T A x$$

$$Q = q(o) + \ell(o, t)$$

"""

TRUE = [
    r"\nabla_x x^T A x = (A + A^T) x",
    r"\nabla_x f(x) = (A + A^T) x",
    r"\nabla f(x) = (A + A^T) x",
    r"\partial_x \|x\|^2 = 2 x",
    r"\nabla_o L = 2 (o - t)",
    r"\nabla_V L = 2 (o - t) h^T",
    r"\nabla_x L x^T = 2 W^T (V^T (o - t) \odot \phi'(z)) x^T",
    r"\nabla_o L^T t = 2 (o - t)^T t",
    r"\nabla_{h} L = V^T \nabla_o L",
    r"\frac{\partial L}{\partial V} = \text{prod}\left(\frac{\partial L}{\partial o}, "
    r"\frac{\partial o}{\partial V}\right) = \frac{\partial L}{\partial o} h^T",
    r"\frac{\partial L}{\partial h} = \frac{\partial L}{\partial o} \frac{\partial o}{\partial h} "
    r"= \frac{\partial o}{\partial h} \frac{\partial L}{\partial o}",
    r"\frac{\partial L}{\partial W} = \frac{\partial L}{\partial o} \frac{\partial o}{\partial h} "
    r"\frac{\partial h}{\partial z} \frac{\partial z}{\partial W}",
    r"\frac{\partial L}{\partial V} = 2 (o - t) \frac{\partial o}{\partial V}",
    r"\frac{\partial \ell(o, t)}{\partial h} = V^T \frac{\partial \ell(o, t)}{\partial o}",
]

FALSE = [
    r"\nabla_x x^T A x = 2 A x",
    r"\nabla_o L = o - t",
    r"\nabla_x L = 2 W (V^T (o - t) \odot \phi'(z))",
    r"\nabla_{h} L = V \nabla_o L",
    r"\frac{\partial L}{\partial h} = \frac{\partial L}{\partial o} \frac{\partial o}{\partial z}",
    r"\frac{\partial L}{\partial V} = \text{prod}\left(\frac{\partial L}{\partial h}, "
    r"\frac{\partial o}{\partial V}\right)",
]

NOT_PROVED = [
    r"\sum_{k=1}^p o_k \frac{\partial \ell(o, t)}{\partial o_k} = \ell(o, t)",
    r"\frac{\partial}{\partial o_1} \frac{\partial \ell(o, t)}{\partial o_2} = 0",
    r"2 \ell(o, t) = 2 \ell(t, o)",
    r"\frac{\partial \ell(o, t)}{\partial o} = \frac{\partial \ell(h, t)}{\partial h}",
    r"\frac{\partial \ell(o, t)}{\partial o} = o - t",
]


def results(claim):
    found = verify(f"{DECLARED}## Claim\n\n$${claim}$$\n").results
    assert not any("internal error" in result.message for result in found)
    assert found
    return [result.verdict for result in found]


@pytest.mark.parametrize("claim", TRUE)
def test_true(claim):
    assert set(results(claim)) == {"proved"}


@pytest.mark.parametrize("claim", FALSE)
def test_false(claim):
    assert "proved" not in results(claim)


@pytest.mark.parametrize("claim", NOT_PROVED)
def test_nothing_is_known_of_an_undeclared_loss_but_its_gradient(claim):
    assert set(results(claim)) <= {"undecided", "unread", "ill-typed"}


def test_a_space_after_a_definition_declares_no_new_array():
    note = r"""Let $W \in \mathbb R^{m \times n}$, $x \in \mathbb R^n$.

$$z = Wx$$

with $z \in \mathbb R^m$.

$$\frac{\partial \|z\|^2}{\partial x} = 2 W^T z$$
"""
    assert [result.verdict for result in verify(note).results] == ["proved"]


def test_a_sign_that_is_only_spoken_of_is_no_formula():
    assert verify("where $\\odot$ is the entry-wise product\n").results == ()
