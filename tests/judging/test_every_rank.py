"""Claims that fit for no ranks of undeclared names are ill-typed; the others are left open."""

import pytest

from symgrad.verify import verify

LAYERS = (
    r"S^k = V^k H^{k-1} + C^k",
    r"H^k = \phi(S^k)",
    r"J = \|T - H^K\|^2",
)
"""In each layer something has a length, so no array of a layer is a number."""

NO_LENGTHS = LAYERS[:2]
ROWS = (r"y = x V", r"h = \phi(y)", r"E = \|h - u\|^2")


def last(*displays):
    note = "\n\n".join(f"$${display}$$" for display in displays)
    return verify(note + "\n", second_opinion=False).results[-1].verdict


@pytest.mark.parametrize(
    ("definitions", "claim"),
    [
        (LAYERS, r"\frac{\partial S^k}{\partial V^k} = H^{k-1}"),
        (LAYERS, r"\frac{\partial S^k}{\partial V^k} = (H^{k-1})^T"),
        (LAYERS, r"\frac{\partial S^k}{\partial H^{k-1}} = 1"),
        (LAYERS, r"\frac{\partial H^k}{\partial S^k} = \phi'(S^k)"),
        (ROWS, r"\frac{\partial h}{\partial y} = \phi'(y)"),
    ],
)
def test_sides_that_have_as_many_axes_for_no_ranks(definitions, claim):
    assert last(*definitions, claim) == "ill-typed"


@pytest.mark.parametrize(
    ("definitions", "claim"),
    [
        # Layers of one unit each.
        (NO_LENGTHS, r"\frac{\partial H^k}{\partial S^k} = \phi'(S^k)"),
        ((r"s = v h + c", r"h = \phi(s)"), r"\frac{\partial s}{\partial v} = h"),
        # One unit, of which h are all examples.
        ((r"s = V h + c", r"J = \|s - t\|^2"), r"\frac{\partial s}{\partial V} = h"),
        # The other layout.
        (ROWS, r"\frac{\partial y}{\partial x} = V^T"),
        (ROWS, r"\frac{\partial E}{\partial x} = \frac{\partial E}{\partial y} V^T"),
        # A length of one number is none, but it may be a number that is added to all.
        ((r"q = p - m", r"J = \|q\|^2"), r"\frac{\partial J}{\partial m} = -2 q"),
    ],
)
def test_sides_that_may_have_as_many_axes(definitions, claim):
    assert last(*definitions, claim) not in ("ill-typed", "refuted")
