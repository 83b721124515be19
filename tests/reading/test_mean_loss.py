"""Gradients of a mean over examples as code names them: `dW` of the mean, `dZ` of the sum."""

import pytest

from symgrad.verify import verify

LAYERS = r"""$$S^{[1]} = W^{[1]} X + b^{[1]}, \quad H^{[1]} = f^{[1]}(S^{[1]})$$

$$S^{[2]} = W^{[2]} H^{[1]} + b^{[2]}, \quad H^{[2]} = f^{[2]}(S^{[2]})$$

$$J = \frac{1}{N} \sum_{1}^{N} \mathfrak{L}(h^{[2]}, y)$$

"""
ENTROPY = r"$$\mathfrak{L}(h, y) = -(y \log h + (1-y) \log(1-h))$$" + "\n\n"


def verdicts(*formulas, before=LAYERS):
    text = "\n\n".join(f"$${formula}$$" for formula in formulas)
    return [result.verdict for result in verify(before + text + "\n").results]


RIGHT = [
    r"dW^{[2]} = \frac{1}{N} dS^{[2]} H^{[1]T}",
    r"dw^{[2]} = \frac{1}{N} dS^{[2]} {H^{[1]}}^T",
    r"dW^{[1]} = \frac{1}{N} dS^{[1]} X^T",
    r"dH^{[1]} = W^{[2]T} dS^{[2]}",
    r"dS^{[1]} = W^{[2]T} dS^{[2]} * f^{[1]'}(S^{[1]})",
    r"dS^{[2]} = dH^{[2]} \odot f^{[2]\prime}(S^{[2]})",
    r"db^{[2]} = \frac{1}{N} np.sum(dS^{[2]}, axis=1, keepdims=True)",
    r"db^{[1]} = \frac{1}{N} \operatorname{sum}(dS^{[1]}, axis=1)",
]
FALSE = [
    r"dW^{[2]} = \frac{1}{N} dS^{[2]} H^{[2]T}",
    r"dS^{[1]} = W^{[2]T} dS^{[2]} * f^{[1]}(S^{[1]})",
]
OPEN = [
    r"dW^{[2]} = dS^{[2]} H^{[1]T}",
    r"dW^{[2]} = -\frac{1}{N} dS^{[2]} H^{[1]T}",
    r"dH^{[1]} = \frac{1}{N} W^{[2]T} dS^{[2]}",
    r"db^{[2]} = np.sum(dS^{[2]}, axis=1, keepdims=True)",
    r"db^{[2]} = \frac{1}{N} np.sum(dS^{[2]}, axis=0, keepdims=True)",
]


@pytest.mark.parametrize("definition", ["", ENTROPY])
@pytest.mark.parametrize("claim", RIGHT)
def test_what_code_computes_is_proved(claim, definition):
    assert verdicts(claim, before=LAYERS + definition)[-1] == "proved"


@pytest.mark.parametrize("definition", ["", ENTROPY])
@pytest.mark.parametrize("claim", FALSE)
def test_what_no_code_computes_is_false(claim, definition):
    assert verdicts(claim, before=LAYERS + definition)[-1] == "refuted"


@pytest.mark.parametrize("definition", ["", ENTROPY])
@pytest.mark.parametrize("claim", OPEN)
def test_what_it_does_not_compute_is_not(claim, definition):
    assert verdicts(claim, before=LAYERS + definition)[-1] in ("undecided", "unread")


def test_a_note_that_writes_the_mean_into_each_gradient_means_the_mean():
    exact = r"dZ^{[2]} = \frac{1}{N} (H^{[2]} - Y)"
    layers = LAYERS.replace("S^", "Z^").replace("_{1}^{N}", "_{k=1}^{N}")
    layers = layers.replace(r"\mathfrak{L}(h^{[2]}, y)", r"\mathfrak{L}(H^{[2]}_{1k}, Y_{1k})")
    wrong = r"dW^{[2]} = \frac{1}{N} dZ^{[2]} H^{[1]T}"
    assert verdicts(exact, wrong, before=layers)[-1] != "proved"


def test_a_name_without_a_declaration_keeps_its_layer_beside_a_transpose():
    chain = r"$$s^{(2)} = W^{(2)} r^{(1)}, \quad L = \ell(s^{(2)})$$" + "\n\n"
    right = r"\frac{\partial L}{\partial r^{(1)}} = W^{(2)T} \frac{\partial L}{\partial s^{(2)}}"
    assert verdicts(right, before=chain) == ["proved"]
    assert verdicts(right.replace("W^{(2)T}", "W^{(1)T}"), before=chain) != ["proved"]


@pytest.mark.parametrize(
    ("function", "claim", "verdict"),
    [
        (r"\sigma", r"dS^{[2]} = H^{[2]} - Y", "proved"),
        (r"\sigma", r"dS^{[2]} = Y - H^{[2]}", "undecided"),
        (r"\sigma", r"dS^{[2]} = \frac{1}{N} (H^{[2]} - Y)", "undecided"),
        (r"\tanh", r"dS^{[2]} = H^{[2]} - Y", "refuted"),
        (r"\tanh", r"f^{[2]\prime}(S^{[2]}) = 1 - H^{[2]} \odot H^{[2]}", "proved"),
    ],
)
def test_a_function_is_the_one_that_stands_beside_it(function, claim, verdict):
    layers = LAYERS.replace(r"f^{[2]}(S^{[2]})", rf"f^{{[2]}}(S^{{[2]}}) = {function}(S^{{[2]}})")
    assert verdicts(claim, before=layers + ENTROPY)[-1] == verdict


def test_a_function_that_is_said_to_be_two_is_neither():
    layers = LAYERS.replace(r"f^{[2]}(S^{[2]})", r"f^{[2]}(S^{[2]}) = \sigma(S^{[2]})")
    other = r"f^{[2]}(S^{[2]}) = \tanh(S^{[2]})"
    assert "proved" not in verdicts(other, r"dS^{[2]} = H^{[2]} - Y", before=layers + ENTROPY)
