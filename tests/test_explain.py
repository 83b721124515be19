"""`symgrad explain NOTE:LINE`: derivations, each step proved equal to the one before."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import symgrad
from symgrad.calculus import expression as ex
from symgrad.calculus.index import Size, Tensor, fresh
from symgrad.cli import main
from symgrad.diagnostics import Source
from symgrad.explain import derivations_at
from symgrad.judging.decide import Decider
from symgrad.judging.derivation import derivation, has_derivatives
from symgrad.reading.note import read_note
from symgrad.writing.derivation import derivations_to_markdown

DERIVATIONS = Path(symgrad.__file__).parents[1] / "derivations"

NOTE = r"""Let $a(x) = \max(x, 0)$, $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $z = Wx$.
$$\frac{\partial a(z_i)}{\partial x_j} = W_{ij} a'(z_i)$$
$$\frac{\partial}{\partial x_j} \sum_{i=1}^n z_i^3 = \sum_{i=1}^n W_{ij} z_i^2$$
$$\|z\|^2 = \sum_{i=1}^n z_i^2$$
"""


def lines(text: str, line: int, path: str = "note.md") -> list[tuple[str, str]]:
    (shown,) = derivations_at(read_note(Source(path, text)), line)
    return [(item.latex, item.reason()) for item in shown.lines]


def test_a_derivative_rule_by_rule():
    assert lines(NOTE, 2) == [
        (r"a'(z_i) \frac{\partial z_i}{\partial x_j}", "chain rule, outer function a"),
        (
            r"a'(z_i) \frac{\partial}{\partial x_j} \left(\sum_{k=1}^m W_{ik} x_k\right)",
            "definition of z",
        ),
        (
            r"a'(z_i) \sum_{k=1}^m \frac{\partial}{\partial x_j} (W_{ik} x_k)",
            "sum rule",
        ),
        (r"a'(z_i) \sum_{k=1}^m W_{ik} \frac{\partial x_k}{\partial x_j}", "constant factor"),
        (r"a'(z_i) \sum_{k=1}^m W_{ik} \delta_{kj}", "1 for the same entry, 0 for another"),
        (r"W_{ij} a'(z_i)", "a delta leaves one term of its sum"),
    ]


DEEP = r"""$$u^l = M^l v^{l-1} + c^l, \quad v^l = \phi(u^l)$$
$$g^l = \frac{\partial J}{\partial u^l}$$
$$\frac{\partial J}{\partial M^l_{jk}} = g^l_j v^{l-1}_k$$
"""


def test_the_chain_rule_goes_through_the_arrays_that_have_names():
    assert [rule for _, rule in lines(DEEP, 3)] == [
        "chain rule through u^l",
        "definition of g^l",
        "definition of u^l",
        "sum rule",
        "constant factor",
        "1 for the same entry, 0 for another",
        "a delta leaves one term of its sum",
    ]
    assert lines(DEEP, 3)[1][0] == r"\sum_i g^l_i \frac{\partial u^l_i}{\partial M^l_{jk}}"


def test_it_ends_in_what_the_note_should_say():
    assert lines(NOTE, 3)[0][1] == "sum rule"
    assert lines(NOTE, 3)[1][1] == "power rule"
    assert lines(NOTE, 3)[-1][0] == r"3 \sum_{i=1}^n W_{ij} z_i^2"
    assert lines(NOTE, 2)[-1][0] == r"W_{ij} a'(z_i)"


def test_what_is_no_derivative_has_its_names_written_out():
    assert [rule for _, rule in lines(NOTE, 4)] == ["step 1 of the note"]
    path = DERIVATIONS / "three-layers.md"
    note = read_note(str(path))
    last = [f for f in note.formulas if f.display][-1]
    assert derivations_at(note, note.source.position(last.span.start)[0])


LONG = pytest.param("relu-network-corrected.md", marks=pytest.mark.slow)


@pytest.mark.parametrize("name", ["three-layers.md", LONG])
def test_derivations_can_be_read_again(name):
    """Every expression of a derivation, put into the note, is proved there."""
    note = read_note(str(DERIVATIONS / name))
    text = note.source.text
    places = [f for f in note.formulas if f.display and r"\partial" in note.source.slice(f.span)]
    for formula in places[:: max(len(places) // 6, 1)]:
        line = note.source.position(formula.span.start)[0]
        for shown in derivations_at(note, line):
            end = text.index("\n", formula.span.end)
            added = "".join(f"\n$${shown.start} = {item.latex}$$\n" for item in shown.lines)
            source = Source(name, text[:end] + "\n" + added + text[end:])
            report = symgrad.verify(source, second_opinion=False)
            first = source.position(end)[0] + 1
            last = first + added.count("\n")
            new = [r for r in report.results if first <= source.position(r.span.start)[0] <= last]
            assert len(new) >= len(shown.lines)
            assert {r.verdict for r in new} == {"proved"}, [r for r in new if r.verdict != "proved"]


def test_each_step_is_proved_and_the_last_has_no_derivative():
    m, n = Size("m"), Size("n")
    weights, vector = Tensor("W", (n, m)), Tensor("x", (m,))
    i, j, k = fresh("i", n), fresh("j", m), fresh("k", m)
    inner = ex.Sum(k, ex.Mul((ex.Entry(weights, (i, k)), ex.Entry(vector, (k,)))))
    square = ex.mul(ex.Power(inner, 2), ex.Apply(ex.EXP, 0, ex.Entry(vector, (j,))))
    start = ex.Derivative(square, vector, (j,))
    decider = Decider()
    steps = derivation(start, decider)
    assert "product rule" in [step.rule for step in steps]
    for before, after in zip([start, *(s.result for s in steps)], steps, strict=False):
        assert decider.is_proved(before, after.result), after.rule
    assert not has_derivatives(steps[-1].result)


def test_the_command(tmp_path):
    path = tmp_path / "note.md"
    path.write_text(NOTE)
    done = CliRunner().invoke(main, ["explain", f"{path}:2"])
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:2] == [
        f"{path}:2:3:",
        r"    \frac{\partial a(z_i)}{\partial x_j}",
    ]
    markdown = CliRunner().invoke(main, ["explain", f"{path}:2", "--format", "markdown"])
    shown = derivations_at(read_note(str(path)), 2)
    assert markdown.stdout == derivations_to_markdown(shown)
    assert r"&& \text{chain rule, outer function $a$} \\" in markdown.stdout
    assert CliRunner().invoke(main, ["explain", f"{path}:1"]).exit_code == 2
    assert CliRunner().invoke(main, ["explain", f"{tmp_path}/none.md:1"]).exit_code == 2
