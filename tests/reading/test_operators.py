r"""Operators that are not read are no arrays: `\max_k x_k` is no product."""

import pytest

from symgrad.verify import verify

DECLARED = r"Let $x,y\in\mathbb R^n$, $A,B\in\mathbb R^{n\times n}$."


def verdicts(display, prose=DECLARED):
    note = f"{prose}\n\nThen $${display}$$\n"
    return {result.verdict for result in verify(note, second_opinion=False).results}


OVER_AN_INDEX = [
    r"\max",
    r"\min",
    r"\sup",
    r"\inf",
    r"\max\limits",
    r"\arg\max",
    r"\mathrm{max}",
    r"\text{max}",
    r"\operatorname{argmax}",
    r"\operatorname*{median}",
    r"\mathop{\mathrm{max}}",
    "max",
    "argmin",
    "median",
]


@pytest.mark.parametrize("operator", OVER_AN_INDEX)
def test_an_operator_over_an_index_is_not_linear(operator):
    of = f"{operator}_k"
    assert "proved" not in verdicts(f"{of} x_k + {of}(-x_k) = 0")
    assert "proved" not in verdicts(f"{of}(x_k + y_k) = {of} x_k + {of} y_k")
    assert "proved" not in verdicts(f"{of}(x_k + y_k) = {of}(x_k) + {of}(y_k)", prose="")
    assert "proved" not in verdicts(rf"{of}\{{x_k + y_k\}} = {of}\{{x_k\}} + {of}\{{y_k\}}")


@pytest.mark.parametrize(
    "claim",
    [
        r"\max_i (x_i)^2 = x_i \max_i x_i",
        r"\det(A + B) = \det A + \det B",
        r"\operatorname{rank}(A + B) = \operatorname{rank}(A) + \operatorname{rank}(B)",
        r"\dim(x + y) = \dim x + \dim y",
        r"\log_2(x_k + y_k) = \log_2 x_k + \log_2 y_k",
        r"\log_{10}(x_k + y_k) = \log_{10} x_k + \log_{10} y_k",
        r"\mathrm{Var}(x_i + y_i) = \mathrm{Var} x_i + \mathrm{Var} y_i",
        r"\mathrm{std}(x_i + y_i) = \mathrm{std}(x_i) + \mathrm{std}(y_i)",
        r"\mathrm{clip}(x_i + y_i) = \mathrm{clip}(x_i) + \mathrm{clip}(y_i)",
        r"\mathsf{Var}[x_i y_i] = y_i \mathsf{Var}[x_i]",
        r"Var(x_i + y_i) = Var(x_i) + Var(y_i)",
        r"\mathbb E_x(x_i y_i) = y_i \mathbb E_x x_i",
        r"\mathbb E[x_i y_i] = y_i \mathbb E[x_i]",
    ],
)
def test_a_word_or_command_that_acts_on_what_follows_is_no_factor(claim):
    assert "proved" not in verdicts(claim)


@pytest.mark.parametrize(
    "name",
    [
        "H",
        "f_i",
        r"f_\theta",
        r"p_\theta",
        r"f_{\theta,i}",
        r"f^{(1)}_i",
        "D_{KL}",
        r"\hat f",
        r"\mathbf f",
        r"\mathcal N",
        r"\Gamma",
    ],
)
def test_a_letter_before_brackets_only_is_no_factor(name):
    assert "proved" not in verdicts(f"{name}(x + y) = {name}(x) + {name}(y)")
    assert "proved" not in verdicts(f"{name}(x_i + y_i) = {name}(x_i) + {name}(y_i)")
    assert "proved" not in verdicts(f"{name}(2 x_i) = 2 {name}(x_i)", prose=f"Take ${name}$.")
    assert "proved" not in verdicts(f"{name}(x_i + 1) = {name}(x_i) + {name}(1)")
    assert "proved" not in verdicts(f"{name}[x_i y_i] = y_i {name}[x_i]")


def test_a_derivative_of_a_name_does_not_make_it_a_quantity():
    slopes = r"\frac{\partial f_i(2x)}{\partial x_j} = 2 \frac{\partial f_i}{\partial x_j}"
    assert "proved" not in verdicts(r"f_i(2x) = 2 f_i(x)", prose=f"{DECLARED} Here is $${slopes}$$")


@pytest.mark.parametrize(
    "claim",
    [
        r"w(x - y) = w x - w y",
        r"w_i(x_i - y_i) = w_i x_i - w_i y_i",
        r"2c(x + y) = 2c x + 2c y",
        r"a_j (1 - a_j) = a_j - a_j^2",
        r"\frac{\partial}{\partial w} \left(w(x_i + y_i)\right) = x_i + y_i",
        r"\mathrm{out}_k (1 - \mathrm{out}_k) = \mathrm{out}_k - \mathrm{out}_k^2",
    ],
)
def test_a_name_that_stands_without_a_bracket_too_is_a_factor(claim):
    assert verdicts(claim) == {"proved"}
