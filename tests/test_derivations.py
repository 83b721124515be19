"""The notes in `derivations/`: the right ones hold, the draft gets exactly its verdicts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symgrad.judging.report import NoteReport
from symgrad.verify import Report, verify

FOLDER = Path(__file__).parent.parent / "derivations"
DRAFT = FOLDER / "relu-network.md"
RIGHT = sorted(set(FOLDER.glob("*.md")) - {DRAFT})

# Number of the display (0: in the running text before all displays), step, verdict.
# A brace is a claim under a brace in the step before it.
EXPECTED = """
 0 step 1   proved        the derivative of the activation
 1 step 1   proved        the components of a layer
 1 step 2   ill-typed     k runs to n; W has m columns
 2 step 1   proved        a layer by X
 3 step 1   identified    a bare sum
 4 step 1   proved        a layer by W
 5 step 1   proved        a layer by B
 6 step 1   refuted       the loss by Y: the sum is 0
 8 step 1   proved        the components once more
 8 step 2   ill-typed     k runs to n; W has m columns
 9 step 1   proved        the loss after one layer
10 step 1   ill-typed     the same layer twice
10 step 2   ill-typed     phi_k takes three arguments
11 step 1   ill-typed     three layers are meant, one is written
12 step 1   proved        the loss by X
12 step 2   proved
13 step 1   proved        the loss by W
13 brace    proved        0 if i is not k
13 step 2   ill-typed     X has one index; W is meant
13 step 3   proved
14 step 1   filled        the loss after two layers: blank
15 step 1   filled        and by the first W: blank
16 step 1   proved        the loss by B
16 brace    ill-typed     the condition names i, which does not occur
16 step 2   proved
16 step 3   proved
19 step 1   proved        two layers
19 step 2   proved
19 step 3   ill-typed     k' runs to n; W has m columns
20 step 1   refuted       two layers by X: W' is missing in the sum
20 brace    proved
20 step 2   refuted       the same, carried forward
21 step 1   proved        two layers by the first W
21 brace    proved
21 step 2   proved
22 step 1   refuted       two layers by the first B: W' is missing
22 brace    proved
22 step 2   refuted       the same, carried forward
24 step 1   proved        the loss after three layers
24 step 2   refuted       the activation is gone; a bias is added p times
24 step 3   refuted
24 step 4   refuted       and one bias too many
"""

DIAGNOSTICS = [
    (6, "index-not-declared-here"),
    (8, "undeclared-size"),
    (11, "rank-mismatch"),
    (15, "undeclared-symbol"),
    (15, "index-range"),
    (15, "rank-mismatch"),
    (24, "unbalanced-bracket"),
]


@pytest.fixture(scope="module")
def draft() -> NoteReport:
    return verify(DRAFT).notes[0]


@pytest.fixture(scope="module", params=RIGHT, ids=lambda path: path.name)
def right(request) -> Report:
    return verify(request.param)


def displays_before(note: NoteReport, place: int) -> int:
    """How many displays begin at or before a place."""
    text = note.source.text
    starts = [m.start() for m in re.finditer(r"\$\$.+?\$\$", text, re.DOTALL)]
    return sum(start <= place for start in starts)


def table(note: NoteReport) -> list[tuple[int, str, str]]:
    return [
        (
            displays_before(note, result.span.start),
            "brace" if result.kind == "annotation" else f"step {result.step}",
            result.verdict,
        )
        for result in note.results
    ]


def test_the_draft_gets_its_verdicts(draft):
    rows = [re.match(r"(\d+) (step \d|brace) +(\S+)", row.strip()) for row in EXPECTED.split("\n")]
    assert table(draft) == [(int(row[1]), row[2], row[3]) for row in rows if row]


def test_the_draft_gets_its_diagnostics(draft):
    found = [(displays_before(draft, d.span.start), d.code.slug) for d in draft.diagnostics]
    assert found == DIAGNOSTICS


def test_all_of_the_draft_is_read(draft):
    assert draft.read == draft.formulas


def test_sympy_agrees_on_the_draft(draft):
    opinions = [r.second_opinion for r in draft.results if r.second_opinion is not None]
    assert len(opinions) >= 20
    assert all(opinion.agrees for opinion in opinions)


def test_there_are_right_notes():
    assert {"one-layer.md", "three-layers.md", "attention.md"} <= {path.name for path in RIGHT}


def test_every_claim_of_a_right_note_is_proved(right):
    assert len(right.results) >= 5
    assert {r.verdict for r in right.results} == {"proved"}


def test_a_right_note_has_no_findings(right):
    (note,) = right.notes
    assert note.diagnostics == ()
    assert note.read == note.formulas
    assert right.passed()


def test_sympy_agrees_on_every_derivative_of_a_right_note(right):
    text = right.notes[0].source.text
    derivatives = [
        r
        for r in right.results
        if r.kind == "derivative" and r"\partial" in text[r.span.start : r.span.end]
    ]
    assert len(derivatives) >= 3
    for result in derivatives:
        assert result.second_opinion is not None
        assert result.second_opinion.agrees


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.name)
def test_the_command_succeeds_on_a_right_note(path, run):
    assert run("verify", str(path)).exit_code == 0


def test_the_command_fails_on_the_draft(run):
    assert run("verify", str(DRAFT), "--allow-blank").exit_code == 1


@pytest.fixture
def run():
    from click.testing import CliRunner

    from symgrad.cli import main

    return lambda *arguments: CliRunner().invoke(main, arguments)
