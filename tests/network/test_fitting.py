"""Which outputs fit which losses; what does not fit is said, and worked out all the same."""

import math

import pytest
import sympy
from click.testing import CliRunner

from symgrad.cli import main
from symgrad.network.fitting import misfit
from symgrad.network.functions import ACTIVATIONS
from symgrad.network.losses import LOSSES
from symgrad.network.network import Network
from symgrad.network.values import EVERY, Values

FITTING = {"sigmoid", "softmax"}
OF_PROBABILITIES = {"cross-entropy-of-probabilities", "binary-cross-entropy"}
FAR = (-40, -6, -1, 0, 1, 6, 40)


@pytest.mark.parametrize("name", [n for n, row in ACTIVATIONS.items() if row.values != EVERY])
def test_the_values_of_an_activation_lie_between_its_bounds_and_come_near_them(name):
    row = ACTIVATIONS[name]
    arguments = [x for x in FAR if x >= 0 or name != "sqrt"]
    arguments = [x for x in arguments if x or name != "step"]  # which has no value at 0
    found = [float(sympy.N(row.symbolic(sympy.Rational(x)), 40)) for x in arguments]
    low, high = row.values.low, row.values.high
    assert all((low is None or low <= y) and (high is None or y <= high) for y in found)
    for bound, end in ((low, min(found)), (high, max(found))):
        assert bound is None or math.isclose(bound, end, abs_tol=1e-12)
    exact = [sympy.simplify(row.symbolic(sympy.Integer(x))) for x in arguments]
    assert row.values.ends == bool({low, high} & set(exact))


def test_bounds_that_are_values_are_not_within_those_that_are_none():
    assert not Values(0, 1, ends=True).within(Values(0, 1))
    assert Values(0, 1).within(Values(0, 1, ends=True))
    assert Values(0, 1).within(EVERY)
    assert not EVERY.within(Values(0, None))
    assert Values(1, None, ends=True).within(Values(0, None))
    assert not Values(-1, 1).within(Values(0, 1))


@pytest.mark.parametrize("loss", LOSSES)
def test_the_table(loss):
    for name in (*ACTIVATIONS, "softmax", "a"):
        try:
            network = Network((3, 2), name, loss)
        except ValueError:
            assert (name, loss) == ("sign", "binary-cross-entropy") or name == "step"
            continue
        fits = loss not in OF_PROBABILITIES or name in FITTING or name == "a"
        assert (misfit(network) is None) == fits, name


@pytest.mark.parametrize("command", ["compile", "latex"])
def test_what_does_not_fit_is_said_and_written_all_the_same(command):
    arguments = [command, "--layers", "2,3", "--loss", "binary-cross-entropy"]
    result = CliRunner().invoke(main, [*arguments, "--activation", "tanh"])
    assert result.exit_code == 0
    assert result.stdout
    assert result.stderr.removeprefix("symgrad: ") == (
        "binary-cross-entropy is for outputs between 0 and 1, and tanh gives others; "
        "sigmoid or softmax of the last layer fits; "
        "binary-cross-entropy-with-logits is for any numbers\n"
    )
    assert not CliRunner().invoke(main, [*arguments, "--output-activation", "sigmoid"]).stderr
