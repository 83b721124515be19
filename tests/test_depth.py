"""Deep notes and deep brackets: judged, or `undecided` and `unread` with a reason; no fault."""

from __future__ import annotations

import pytest

from symgrad.verify import verify

DEPTH = 1000


def verdicts(text):
    report = verify(text, second_opinion=False)
    assert not any("internal error" in result.message for result in report.results)
    return [result.verdict for result in report.results]


def test_a_chain_of_a_thousand_definitions():
    lines = [r"Let $x_0 \in \mathbb R$."]
    lines += [f"$$x_{{{k}}} = x_{{{k - 1}}} + 1$$" for k in range(1, DEPTH + 1)]
    lines.append(f"$$x_{{{DEPTH}}} = x_0 + {DEPTH}$$")
    lines.append(rf"$$\frac{{\partial x_{{{DEPTH}}}}}{{\partial x_0}} = 1$$")
    lines.append(rf"$$\frac{{\partial x_{{{DEPTH}}}}}{{\partial x_0}} = 2$$")
    assert verdicts("\n\n".join(lines)) == ["proved", "proved", "refuted"]


def test_a_circle_of_a_hundred_definitions():
    lines = [f"$$x_{{{k}}} = x_{{{k % 100 + 1}}} + 1$$" for k in range(1, 101)]
    lines.append("$$x_1 = 3$$")
    assert "proved" not in verdicts("\n\n".join(lines))


@pytest.mark.parametrize("opening", ["(", r"\frac{1}{1+", r"\sqrt{", r"\exp(", "x^{"])
def test_deep_brackets_are_not_read(opening):
    closing = ")" if opening.endswith("(") else "}"
    formula = opening * DEPTH + "x" + closing * DEPTH
    assert verdicts(rf"Let $x \in \mathbb R$. $${formula} = x$$") == ["unread"]


@pytest.mark.parametrize(
    "formula",
    [
        r"(\sum_{i=1}^n u_i + v_1 + v_2)^{60} = (\sum_{i=1}^n u_i + v_1 - v_2)^{60}",
        r"((((((((u_1 + v_2)^9)^9)^9)^9)^9)^9)^9)^9 = ((((((((v_2 + u_1)^9)^9)^9)^9)^9)^9)^9)^8",
        "(" + "+".join(f"u_{{{k}}} v_{{{k}}}" for k in range(1, 30)) + ")^{20} = 0",
    ],
)
def test_what_is_too_large_is_not_proved(formula):
    text = rf"Let $n \in \mathbb N$, $u \in \mathbb R^n$, $v \in \mathbb R^n$. $${formula}$$"
    assert verdicts(text)[0] in ("undecided", "refuted")
