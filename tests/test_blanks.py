"""Blanks: what belongs there, in the notation of the note, and the steps that lead to it."""

import json

import pytest
from click.testing import CliRunner

import symgrad
from symgrad.cli import main
from symgrad.diagnostics import Source
from symgrad.mending.mend import mend

NETWORK = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $b, t \in \mathbb R^n$.
Let $s(u) = \frac{1}{1 + e^{-u}}$.
$$z = W x + b$$
$$h = s(z)$$
$$L = \frac{1}{2} \|h - t\|^2$$
"""

SOFTMAX = r"""Let $z, y \in \mathbb R^c$.
$$p_k = \frac{e^{z_k}}{\sum_{j=1}^c e^{z_j}}$$
$$L = - \sum_{k=1}^c y_k \log p_k$$
"""

QUADRATIC = r"""Let $A \in \mathbb R^{n \times n}$, $u, v \in \mathbb R^n$,
$X \in \mathbb R^{k \times n}$, $r \in \mathbb R^k$.
$$J = \frac{1}{2k} \|X u - r\|^2$$
"""


LAYERS = r"""$$u^l = M^l v^{l-1} + c^l, \quad v^l = \phi(u^l)$$
$$g^l = \frac{\partial J}{\partial u^l}$$
$$g^l = (M^{l+1})^T g^{l+1} \odot \phi'(u^l)$$
"""

ABOVE = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $y \in \mathbb R^n$.
$$z = W x, \qquad L = \ell(z, y)$$
"""

ONE_HOT = r"""Let $s, t \in \mathbb R^c$ with $\sum_k t_k = 1$.
$$p_j = \frac{e^{s_j}}{\sum_k e^{s_k}}, \qquad L = -\sum_k t_k \log p_k$$
"""

ERRORS = (
    NETWORK
    + r"""$$\eta_j = \frac{\partial L}{\partial z_j}$$
"""
)


def result(note, left):
    report = symgrad.verify(Source("note.md", f"{note}$${left} =$$\n"), second_opinion=False)
    return report.results[-1]


@pytest.mark.parametrize(
    ("note", "left", "right"),
    [
        # Of an array an array: no index that nothing introduces.
        (NETWORK, r"\frac{\partial L}{\partial z}", r"(h - t) \odot s'(z)"),
        (NETWORK, r"\frac{\partial L}{\partial W}", r"((h - t) \odot s'(z)) x^\top"),
        (NETWORK, r"\nabla_W L", r"((h - t) \odot s'(z)) x^\top"),
        (NETWORK, r"\nabla_x L", r"W^\top ((h - t) \odot s'(z))"),
        (NETWORK, r"\frac{\partial h}{\partial z}", r"\operatorname{diag}(s'(z))"),
        (NETWORK, r"\frac{\partial L}{\partial W_{ij}}", r"x_j s'(z_i) (h_i - t_i)"),
        # Quotients by the names that the note gives them, and log' written out.
        (SOFTMAX, r"\frac{\partial p_i}{\partial z_j}", r"p_i (\delta_{i,j} - p_j)"),
        (SOFTMAX, r"\frac{\partial L}{\partial z_i}", r"p_i \sum_{k=1}^c y_k - y_i"),
        (SOFTMAX, r"\frac{\partial L}{\partial p_i}", r"-\frac{y_i}{p_i}"),
        # By the names that the note has for gradients.
        (ERRORS, r"\frac{\partial L}{\partial W}", r"\eta x^\top"),
        (ERRORS, r"\frac{\partial L}{\partial x_j}", r"\sum_{k=1}^n W_{k,j} \eta_k"),
        (ERRORS, r"\nabla_b L", r"\eta"),
        (ERRORS, r"\frac{\partial L}{\partial z}", r"(h - t) \odot s'(z)"),
        # Layers by a letter; where nothing above is named, the layer above.
        (LAYERS, r"\frac{\partial J}{\partial M^l}", r"g^l (v^{l-1})^T"),
        (LAYERS, r"\frac{\partial J}{\partial c^l}", "g^l"),
        (LAYERS, r"\frac{\partial J}{\partial v^{l-1}}", r"(M^l)^T g^l"),
        (LAYERS, "g^l", r"\frac{\partial J}{\partial v^l} \odot \phi'(u^l)"),
        # What comes from above, as the note calls it.
        (ABOVE, r"\frac{\partial L}{\partial W}", r"\frac{\partial L}{\partial z} x^\top"),
        (ABOVE, "dW", r"dz x^\top"),
        (ABOVE, "dx", r"W^\top dz"),
        # What is assumed.
        (ONE_HOT, r"\frac{\partial L}{\partial s_j}", "p_j - t_j"),
        (ONE_HOT, r"\nabla_s L", "p - t"),
        # Numbers and sizes cancel.
        (QUADRATIC, r"\nabla_u J", r"\frac{1}{k} X^\top (X u - r)"),
        (QUADRATIC, r"\frac{\partial}{\partial u} u^\top A u", r"A u + A^\top u"),
        (QUADRATIC, r"\frac{\partial}{\partial A} u^\top A v", r"u v^\top"),
        (QUADRATIC, r"\frac{\partial}{\partial A} \operatorname{tr}(A A^\top)", "2 A"),
    ],
)
def test_a_blank_is_filled_in_the_notation_of_the_note(note, left, right):
    found = result(note, left)
    assert found.verdict == "filled"
    assert found.correction == right
    filled = symgrad.verify(f"{note}$${left} = {right}$$\n", second_opinion=False)
    assert filled.results[-1].verdict == "proved"


def test_what_a_filled_blank_assumes_is_said():
    assert result(ONE_HOT, r"\nabla_s L").assuming == (r"\sum_k t_k = 1 (line 1)",)
    assert result(ONE_HOT, r"\frac{\partial L}{\partial p_j}").assuming == ()


@pytest.mark.parametrize("left", [r"\frac{\partial L}{\partial z}", r"\nabla_z L", "dz"])
def test_nothing_is_filled_with_itself(left):
    found = result(ABOVE, left)
    assert found.verdict == "filled"
    assert found.correction is None
    assert "says nothing of this gradient" in found.message


def test_a_gradient_that_comes_from_above_is_written_as_one():
    note = (
        r"Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $z = W x$, $h = \tanh(z)$."
        + "\n"
    )
    found = result(note, r"\frac{\partial L}{\partial z}")
    assert found.correction == r"\frac{\partial L}{\partial h} \odot \tanh'(z)"


def test_a_blank_comes_with_the_steps_that_lead_there():
    found = result(NETWORK, r"\frac{\partial L}{\partial z_i}")
    start, first, *_ = found.steps
    assert start.latex == r"\frac{\partial L}{\partial z_i}"
    assert first.reason() == "chain rule through h"
    assert (
        first.latex
        == r"\sum_{k=1}^n \frac{\partial L}{\partial h_k} \frac{\partial h_k}{\partial z_i}"
    )
    rules = [step.reason() for step in found.steps]
    assert "power rule" in rules
    assert "chain rule, outer function s" in rules


@pytest.mark.parametrize(
    ("note", "left"),
    [
        (NETWORK, r"\frac{\partial L}{\partial z_i}"),
        (NETWORK, r"\frac{\partial L}{\partial W_{ij}}"),
        (ERRORS, r"\frac{\partial L}{\partial W_{ij}}"),
        (ABOVE, r"\frac{\partial L}{\partial W_{ij}}"),
        (ONE_HOT, r"\frac{\partial L}{\partial s_j}"),
        (LAYERS, r"\frac{\partial J}{\partial M^l_{jk}}"),
    ],
)
def test_every_step_is_proved_where_the_blank_stands(note, left):
    found = result(note, left)
    chain = " = ".join([*(step.latex for step in found.steps), found.correction])
    after = symgrad.verify(f"{note}$${chain}$$\n", second_opinion=False)
    line = note.count("\n") + 1
    here = [r for r in after.results if after.notes[0].source.position(r.span.start)[0] == line]
    assert len(here) == len(found.steps)
    assert {r.verdict for r in here} == {"proved"}


def test_steps_in_the_report(tmp_path):
    path = tmp_path / "note.md"
    path.write_text(f"{NETWORK}$$\\frac{{\\partial L}}{{\\partial W_{{ij}}}} =$$\n")
    text = CliRunner().invoke(main, ["verify", "--no-cache", str(path)]).stdout
    steps = text.split("= steps: ")[1].splitlines()
    assert steps[0] == r"\frac{\partial L}{\partial W_{ij}}"
    assert len([line for line in steps if line.startswith("    = ")]) == 3
    assert f"more steps: symgrad explain {path}:6" in text
    done = CliRunner().invoke(main, ["verify", "--no-cache", "--format", "json", str(path)])
    (found,) = json.loads(done.stdout)["notes"][0]["results"]
    assert found["steps"][0] == {"latex": r"\frac{\partial L}{\partial W_{ij}}", "rule": ""}
    assert found["steps"][1]["rule"] == "chain rule through z"


def test_fix_writes_the_steps_only_if_asked():
    blank = f"{NETWORK}$$\\frac{{\\partial L}}{{\\partial z_i}} =$$\n"
    right = r"s'(z_i) (h_i - t_i)"
    plain = mend(Source("note.md", blank), second_opinion=False)
    assert plain.after.source.text == blank.replace("=$$\n", f"= {right}$$\n")
    assert len(plain.after.report.results) == len(plain.before.report.results)
    whole = mend(Source("note.md", blank), second_opinion=False, with_steps=True)
    assert whole.after.source.text.endswith(f" = {right}$$\n")
    assert len(whole.after.report.results) > 3
    assert {r.verdict for r in whole.after.report.results} == {"proved"}
    again = mend(whole.after.source, second_opinion=False, with_steps=True)
    assert again.after is again.before


SCALARS = r"Let $x \in \mathbb R$, $z \in \mathbb R^n$, $i \in \{1,\dots,n\}$." + "\n"
DEFINED = SCALARS + "$$f(x) = x^2$$\n"


@pytest.mark.parametrize(
    ("note", "left", "right"),
    [
        (SCALARS, r"\frac{\partial}{\partial z_i} \sum_k \tanh z_k", r"1 - \tanh(z_i)^2"),
        (
            SCALARS,
            r"\frac{\partial^2}{\partial z_i^2} \sum_k \tanh z_k",
            r"-2 \tanh(z_i) (1 - \tanh(z_i)^2)",
        ),
        (SCALARS, r"\frac{\partial^2}{\partial z_i^2} \sum_k \log z_k", r"-\frac{1}{z_i^2}"),
        (SCALARS, r"\frac{\partial^2}{\partial z_i^2} \sum_k \exp(z_k)", r"e^{z_i}"),
        (DEFINED, r"\frac{d}{d x} f(x)", "2 x"),
        (DEFINED, r"\frac{d f}{d x}", "2 x"),
        (DEFINED, "f'(x)", "2 x"),
        (DEFINED + "$$f'(x) = 2 x$$\n", r"\frac{d}{d x} f(x)", "f'(x)"),
        (QUADRATIC, r"\frac{\partial}{\partial u} u^\top A^{-1} u", r"A^{-1} u + {A^{-1}}^\top u"),
        (QUADRATIC, r"\frac{\partial}{\partial v} u^\top A^{-1} v", r"{A^{-1}}^\top u"),
        (
            QUADRATIC,
            r"\frac{\partial}{\partial A} u^\top A^{-1} v",
            r"-({A^{-1}}^\top u) {(A^{-1} v)}^\top",
        ),
    ],
)
def test_derivatives_of_known_functions_and_of_inverses_are_worked_out(note, left, right):
    found = result(note, left)
    assert found.verdict == "filled"
    assert found.correction == right
    shown = symgrad.verify(Source("note.md", f"{note}$${left} = {right}$$\n"), second_opinion=False)
    assert shown.results[-1].verdict == "proved"


def test_a_bare_derivative_is_what_its_function_says():
    note = Source("note.md", DEFINED + "$$\\frac{d f}{d x}$$\n")
    assert r"\frac{d f}{d x} = 2 x$$" in mend(note, second_opinion=False).after.source.text
