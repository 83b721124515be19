"""What solves an equation is no definition, and what is best is not claimed everywhere."""

import pytest

from symgrad import verify

LEAST_SQUARES = r"""Let $A \in \mathbb R^{n \times m}$, $u \in \mathbb R^m$, $c \in \mathbb R^n$.
$$F(u) = \frac12 \|Au - c\|^2$$
$$\nabla_u F = A^\top (Au - c)$$
"""
SHORT = r"""$$F(u) = \frac12 \|Au - c\|^2$$
$$\nabla_u F = A^\top (Au - c)$$
"""
ENDS = [
    r"The normal equations are $A^\top A u = A^\top c$, so $u = (A^\top A)^{-1} A^\top c$.",
    r"Setting it to zero, $$A^\top A u = A^\top c$$ and thus $$u = (A^\top A)^{-1} A^\top c$$",
]
MEAN = r"""Let $r \in \mathbb R^n$ and $s \in \mathbb R$. $$G = \sum_{k=1}^n (r_k - s)^2$$
$$\frac{\partial G}{\partial s} = -2 \sum_{k=1}^n (r_k - s) = 0$$
$$s = \frac{1}{n} \sum_{k=1}^n r_k$$
$$\frac{\partial G}{\partial r_k} = 2 (r_k - s)$$"""


def verdicts(text):
    return [result.verdict for result in verify(text, second_opinion=False).results]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("start", [LEAST_SQUARES, SHORT])
def test_gradients_hold_beside_their_solution(start, end):
    found = verdicts(start + end)
    assert found[0] == "proved"
    assert not {"refuted", "ill-typed"} & set(found)


def test_a_wrong_gradient_is_refuted_beside_a_solution():
    wrong = LEAST_SQUARES.replace("A^\\top (Au - c)", "A^\\top (Au + c)")
    assert verdicts(wrong + ENDS[0])[0] == "refuted"


def test_a_mean_that_solves_is_no_definition():
    found = verify(MEAN, second_opinion=False).results
    assert found[0].verdict == "proved"
    assert found[-1].verdict == "proved"
    assert not any(r.verdict in ("refuted", "ill-typed") or r.correction for r in found)


def test_an_equation_besides_still_withholds_a_proof():
    text = r"""$$H = u^2 + v$$ Here $$u v = 1$$ so $$\frac{\partial H}{\partial u} = 2u$$"""
    assert verdicts(text)[-1] != "proved"
