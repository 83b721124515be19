"""Equations of functions without their argument: `g' = g (1 - g)`."""

import pytest

from symgrad import verify

LOGISTIC = r"$$g(u) = \frac{1}{1 + e^{-u}}$$ "
SQUARE = r"$$f(s) = s^2$$ "


def results(text):
    return verify(text, second_opinion=False).results


@pytest.mark.parametrize(
    ("note", "claim", "verdict"),
    [
        (LOGISTIC, "g' = g (1 - g)", "proved"),
        (LOGISTIC, "g' = g(1-g)", "proved"),
        (LOGISTIC, r"g' = g \cdot (1 - g)", "proved"),
        (LOGISTIC, r"\frac{dg}{du} = g - g^2", "proved"),
        (LOGISTIC, r"\frac{d g}{d t} = g(t) (1 - g(t))", "proved"),
        (LOGISTIC, "g' = g (1 + g)", "refuted"),
        (LOGISTIC, "g' = g(1-g)^2", "refuted"),
        (LOGISTIC, r"\frac{dg}{du} = 1 - g^2", "refuted"),
        (SQUARE, "f' = 2s", "proved"),
        (SQUARE, "f' = 3s", "refuted"),
        ("", r"\tanh' = 1 - \tanh^2", "proved"),
        ("", r"\frac{d\tanh}{dz} = 1 - \tanh^2 z", "proved"),
        ("", r"\tanh' = 1 - \tanh", "refuted"),
        ("", r"\exp' = \exp", "proved"),
    ],
)
def test_equations_of_functions(note, claim, verdict):
    (result,) = results(f"{note}$${claim}$$")
    assert result.verdict == verdict


@pytest.mark.parametrize(
    "text",
    [
        LOGISTIC + "Write $$g' = g'(u_k)$$ for short.",
        LOGISTIC + r"$$\frac{dg}{dt} = \frac{dg}{du} \frac{du}{dt}$$",
        r"Let $W' \in \mathbb R^{n \times n}$, $W' = 2 W$.",
    ],
)
def test_other_equations_are_left_as_they_are(text):
    assert all(result.verdict not in ("refuted", "ill-typed") for result in results(text))
