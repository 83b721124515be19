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
    assert first.reason() == "definition of L"
    rules = [step.reason() for step in found.steps]
    assert "power rule" in rules
    assert "chain rule, outer function s" in rules


@pytest.mark.parametrize(
    "left", [r"\frac{\partial L}{\partial z_i}", r"\frac{\partial L}{\partial W_{ij}}"]
)
def test_every_step_is_proved_where_the_blank_stands(left):
    found = result(NETWORK, left)
    chain = " = ".join([*(step.latex for step in found.steps), found.correction])
    after = symgrad.verify(f"{NETWORK}$${chain}$$\n", second_opinion=False)
    assert len(after.results) == len(found.steps)
    assert {r.verdict for r in after.results} == {"proved"}


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
    assert found["steps"][1]["rule"] == "definition of L"


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
