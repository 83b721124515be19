r"""Layers of a letter whose spaces are declared: `W^{(l)} \in \mathbb R^{n_l \times n_{l-1}}`."""

import pytest

from symgrad.verify import verify

SPACES = r"""$a^{(l)} \in \mathbb R^{n_l}$, $b^{(l)} \in \mathbb R^{n_l}$ and
$W^{(l)} \in \mathbb R^{n_l \times n_{l-1}}$"""
EQUATIONS = r"$z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}$ and $a^{(l)} = g(z^{(l)})$"
DELTA = r"Let $C$ be the loss and $\delta^{(l)} = \frac{\partial C}{\partial z^{(l)}}$."
NOTES = {
    "spaces first": f"Let {SPACES}. Then {EQUATIONS}.\n\n{DELTA}\n\n",
    "spaces last": f"We have {EQUATIONS}, where {SPACES}.\n\n{DELTA}\n\n",
    "to the layer above": r"""Here $a^{(l+1)} = g(z^{(l+1)})$ with
$z^{(l+1)} = W^{(l+1)} a^{(l)} + b^{(l+1)}$, """ + f"{SPACES}.\n\n{DELTA}\n\n",
}  # fmt: skip
CLAIMS = {
    r"\delta^{(l)} = (W^{(l+1)})^\top \delta^{(l+1)} \odot g'(z^{(l)})": "proved",
    r"\frac{\partial C}{\partial W^{(l)}} = \delta^{(l)} (a^{(l-1)})^\top": "proved",
    r"\frac{\partial C}{\partial b^{(l)}} = \delta^{(l)}": "proved",
    r"\delta^{(l)} = (W^{(l+1)})^\top \delta^{(l+1)} \odot g(z^{(l)})": "undecided",  # g may be exp
    r"\delta^{(l)} = -(W^{(l+1)})^\top \delta^{(l+1)} \odot g'(z^{(l)})": "refuted",
    r"\delta^{(l)} = W^{(l+1)} \delta^{(l+1)} \odot g'(z^{(l)})": "ill-typed",
    r"\frac{\partial C}{\partial W^{(l)}} = a^{(l-1)} (\delta^{(l)})^\top": "undecided",  # layout
    r"\frac{\partial C}{\partial W^{(l)}} = \delta^{(l)} (a^{(l)})^\top": "ill-typed",
    r"\frac{\partial C}{\partial b^{(l)}} = 2 \delta^{(l)}": "refuted",
}


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("claim", CLAIMS)
def test_a_space_holds_for_every_layer(note, claim):
    report = verify(f"{NOTES[note]}$${claim}$$\n", second_opinion=False)
    assert report.results[-1].verdict == CLAIMS[claim]
    assert not any("declared" in d.message for n in report.notes for d in n.diagnostics)


def test_a_name_that_is_not_declared_is_said_once():
    note = rf"Let $W^{{(l)}} \in \mathbb R^{{n_l \times n_{{l-1}}}}$ and {EQUATIONS}." "\n\n"
    claim = r"$$\frac{\partial C}{\partial b^{(l)}} = \frac{\partial C}{\partial z^{(l)}}$$"
    (found,) = verify(note + claim, second_opinion=False).notes
    said = [d.message for d in found.diagnostics if d.message.startswith("b")]
    assert said == [r"b^{(l)} is not declared: read as a vector, as it is used"]
