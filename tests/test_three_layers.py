"""`derivations/three-layers.md` with every small change that can be made of its formulas.

A change that alters what the note says must not pass. Whether one alters it is not in a list
here: `exact_values`, which shares no code with symgrad, works out both sides of every equation
in exact rationals, and only where all still agree may the changed note pass. So it is for
a'(z) a'(z), which is a'(z) for a step, or for |u - v|^2, which is |v - u|^2.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from exact_values import Checker
from note_edits import mutants
from note_rewritings import respellings, rewritings

from symgrad.verify import verify

NOTE = Path(__file__).parent.parent / "derivations" / "three-layers.md"
TEXT = NOTE.read_text(encoding="utf-8")
CHECKER = Checker()
MUTANTS = {what: text for text, what in mutants(TEXT).items()}
EQUIVALENT = {what: text for text, what in (rewritings(TEXT) | respellings(TEXT)).items()}


def some(changes: dict[str, str], every: int) -> list[object]:
    """All changes as parameters of a test; most are slow, one of `every` is not."""
    return [
        pytest.param(text, id=what, marks=() if k % every == 0 else pytest.mark.slow)
        for k, (what, text) in enumerate(changes.items())
    ]


def passes(text: str) -> bool:
    return verify(text, second_opinion=False).passed()


def test_the_note_passes():
    assert passes(TEXT)


def test_the_second_reader_agrees():
    assert CHECKER.holds(TEXT)


def test_there_are_hundreds_of_changes():
    assert len(MUTANTS) > 3000
    assert len(EQUIVALENT) > 120


@pytest.mark.parametrize("text", some(MUTANTS, 149))
def test_what_alters_the_note_does_not_pass(text):
    survives = passes(text) and not CHECKER.holds(text)
    assert not survives


@pytest.mark.parametrize("text", some(EQUIVALENT, 17))
def test_what_does_not_alter_the_note_passes(text):
    assert passes(text)


@pytest.mark.parametrize("text", [pytest.param(t, id=w) for t, w in rewritings(TEXT).items()])
def test_the_second_reader_agrees_with_what_does_not_alter_the_note(text):
    assert CHECKER.holds(text)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"[W^{(3)}]_{k,i} \times [\delta^{(3)}]_k", r"[W^{(3)}]_{k,i} \times [\delta^{(3)}]_i"),
        (r"= [Y]_i - [\tilde Y]_i", r"= [Y]_i + [\tilde Y]_i"),
        (r"\max(x, 0)", r"\max(x, 1)"),
        (r"\{1,\dots,m\}", r"\{1,\dots,n\}"),
        (r"\delta^{(1)} X^\top", r"\delta^{(1)} X"),
    ],
)
def test_the_second_reader_sees_what_alters_the_note(right, wrong):
    assert right in TEXT
    assert not CHECKER.holds(TEXT.replace(right, wrong, 1))
