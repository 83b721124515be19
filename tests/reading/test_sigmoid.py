r"""The letter \sigma without a declaration: the sigmoid by custom, where that proves a claim."""

import pytest

from symgrad.verify import verify


def report(*displays, prose=""):
    note = "\n\n".join([prose, *(f"$${display}$$" for display in displays)])
    return verify(note + "\n", second_opinion=False)


def verdicts(*displays, prose=""):
    return [result.verdict for result in report(*displays, prose=prose).results]


SLOPE = r"\frac{d\sigma(u)}{du} = \sigma(u) (1 - \sigma(u))"
UNIT = (r"z = v u", r"p = \sigma(z)", r"L = -t \log p - (1 - t) \log(1 - p)")


@pytest.mark.parametrize(
    "displays",
    [
        (SLOPE,),
        (r"\frac{d\sigma(u)}{du} = \frac{e^{-u}}{(1 + e^{-u})^2}",),
        (*UNIT, r"\frac{\partial L}{\partial v} = (p - t) u"),
        (r"p = \sigma(z)", r"\frac{\partial p}{\partial z} = p (1 - p)"),
    ],
)
def test_what_holds_for_the_sigmoid_is_proved_and_said(displays):
    found = report(*displays)
    assert {result.verdict for result in found.results} == {"proved"}
    assert any(
        r"\sigma is not declared: read as the sigmoid" in s for s in found.notes[0].assumptions
    )


@pytest.mark.parametrize(
    "displays",
    [
        (r"\frac{d\sigma(u)}{du} = 1 - \sigma(u)^2",),
        (r"p = \sigma(z)", r"\frac{\partial p}{\partial z} = p (1 + p)"),
        (r"p = \phi(z)", r"\frac{\partial p}{\partial z} = p (1 - p)"),
    ],
)
def test_what_does_not_is_left_open(displays):
    assert verdicts(*displays)[-1] == "undecided"


def test_a_false_gradient_is_refuted_all_the_same():
    assert verdicts(*UNIT, r"\frac{\partial L}{\partial v} = (t - p) u") == ["refuted"]


def test_a_note_that_speaks_of_another_activation_is_left_open():
    assert verdicts(SLOPE, prose="Here the activation is tanh.") == ["undecided"]
    assert verdicts(SLOPE, prose="Besides tanh there is the sigmoid.") == ["proved"]


def test_a_declared_function_is_what_the_note_says():
    relu = r"\sigma(u) = \max(0, u)"
    assert verdicts(relu, r"\sigma'(2) = \sigma(2) (1 - \sigma(2))") == ["refuted"]
