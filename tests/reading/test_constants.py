r"""The number \pi, where a note shows that it is one."""

import pytest

from symgrad.verify import verify

NORMAL = r"""Let $x, m, s \in \mathbb R$.
$$p = \frac{1}{\sqrt{2\pi} s} e^{-\frac{(x-m)^2}{2s^2}}$$
"""
SQUARES = r"Let $x \in \mathbb R^n$, $f = 2 \pi \|x\|^2$. $$%s$$"
POLICY = r"Let $h \in \mathbb R^n$, $\pi_i = 2 h_i$, $f = \sum_{i=1}^n 2 \pi_i$. $$%s$$"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial p}{\partial x} = -\frac{x-m}{s^2} p", "proved"),
        (r"\log p = -\frac12 \log(2\pi) - \log s - \frac{(x-m)^2}{2 s^2}", "proved"),
        (r"\log p = -\frac12 \log(3\pi) - \log s - \frac{(x-m)^2}{2 s^2}", "refuted"),
    ],
)
def test_the_density_of_a_normal_distribution(claim, expected):
    report = verify(f"{NORMAL}$${claim}$$")
    assert not report.notes[0].diagnostics
    assert report.results[-1].verdict == expected


def test_what_is_differentiated_by_is_a_name():
    claim = r"\frac{\partial f}{\partial \pi} = 2 \|x\|^2"
    assert verify(SQUARES % claim, second_opinion=False).results[-1].verdict == "proved"


def test_a_name_with_subscripts_stays_a_name():
    claim = r"\frac{\partial f}{\partial h_i} = 4"
    assert verify(POLICY % claim, second_opinion=False).results[-1].verdict == "proved"
