"""What is changed is not proved, what is only rewritten is: thousands of both, with fixed seeds.

Kernel: every single change (`kernel_edits`) of the right formulas in `kernel_formulas`,
`kernel_identities` and the notes. One that is proved must be equal in value at three points,
by the evaluator, which shares no code with the normal form. Rewritings (`kernel_rewritings`)
must be proved, all of them.

Notes: the same with whole notes (`formula_notes`, `formula_edits`), whose trees are printed as
LaTeX and evaluated without a line of symgrad, so that the reader is under test too.

The default run takes a part; the rest is slow: `pytest tests/test_mutations.py -m slow`. A
failure prints the formula and the number of the change or the seed; `change`, `rewriting`,
`note_change` and `note_rewriting` below make it again.
"""

from __future__ import annotations

from functools import cache
from random import Random

import pytest
from exact_points import differ
from formula_edits import mutants as note_mutants
from formula_note import Claim, FormulaNote
from formula_notes import NOTES
from formula_rewritings import rewritten as note_rewritten
from kernel_edits import Stock, mutants
from kernel_formulas import Pair, derivations, field
from kernel_identities import TRUE
from kernel_rewritings import free_of, rewritten

from symgrad.calculus.expression import Expression
from symgrad.calculus.index import Index
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import prove_equal
from symgrad.calculus.rules import Undefined
from symgrad.judging.decide import Decider
from symgrad.verify import verify

PART = 48
"""One change of so many is in the default run."""

SEEDS = 24
"""Rewritings of each formula; the first is in the default run."""

NOTE_PART = 80
"""The same of the changes of notes."""

NOTE_SEEDS = 8
"""Rewritings of each claim of the notes."""

SHARDS = range(12)
"""The slow part is cut in so many tests."""


@cache
def formulas() -> dict[str, Pair]:
    """All right formulas by name."""
    return field() | derivations() | TRUE


@cache
def changes(name: str) -> list[tuple[str, Expression]]:
    """All single changes of the right-hand side of a formula."""
    left, right = formulas()[name]
    return list(mutants(right, Stock(left, right), free(left, right)))


def change(name: str, number: int) -> tuple[Expression, Expression]:
    """One formula with one change, for a closer look at a failure."""
    return formulas()[name][0], changes(name)[number][1]


def rewriting(name: str, seed: int) -> tuple[Expression, Expression, list[str]]:
    """Both sides of a formula rewritten by a seed, and by which steps."""
    random = Random(f"{name} {seed}")
    left, right = formulas()[name]
    right, done = rewritten(right, random, random.choice([1, 2, 4, 8]))
    if random.random() < 0.3:
        left, more = rewritten(left, random, 2)
        done += more
    return left, right, done


def free(left: Expression, right: Expression) -> tuple[Index, ...]:
    return tuple(free_of(left) | free_of(right))


def false_proofs(name: str, numbers: range) -> list[str]:
    """The changes that are proved although they are not equal in value."""
    left, _ = formulas()[name]
    wrong = []
    for number in numbers:
        what, changed = changes(name)[number]
        try:
            proof = prove_equal(left, changed)
        except (LimitReached, Undefined):
            continue
        if proof is not None and differ(left, changed, free(left, changed)) is not False:
            wrong.append(f"change({name!r}, {number}): {what}")
    return wrong


def not_proved(name: str, seeds: range) -> list[str]:
    """The rewritings that are not proved."""
    wrong = []
    for seed in seeds:
        left, right, done = rewriting(name, seed)
        decision = Decider().decide(left, right, free(left, right))
        if decision.equal is not True:
            wrong.append(f"rewriting({name!r}, {seed}): {decision.equal} {decision.reason} {done}")
    return wrong


def test_there_are_thousands():
    assert sum(len(changes(name)) for name in formulas()) > 5000
    assert len(formulas()) * SEEDS > 5000


def test_right_formulas_are_proved_and_equal_in_value():
    for name, (left, right) in field().items():
        assert prove_equal(left, right) is not None, name
        assert differ(left, right, free(left, right)) is False, name


def test_a_part_of_the_changes_is_not_proved():
    wrong, count = [], 0
    for name in formulas():
        numbers = range(-count % PART, len(changes(name)), PART)
        wrong += false_proofs(name, numbers)
        count += len(changes(name))
    assert wrong == []


def test_a_part_of_the_rewritings_is_proved():
    assert [wrong for name in formulas() for wrong in not_proved(name, range(1))] == []


@pytest.mark.slow
@pytest.mark.parametrize("shard", SHARDS)
def test_no_change_is_proved(shard):
    names = sorted(formulas())[shard :: len(SHARDS)]
    assert [w for name in names for w in false_proofs(name, range(len(changes(name))))] == []


@pytest.mark.slow
@pytest.mark.parametrize("shard", SHARDS)
def test_every_rewriting_is_proved(shard):
    names = sorted(formulas())[shard :: len(SHARDS)]
    assert [wrong for name in names for wrong in not_proved(name, range(1, SEEDS))] == []


# -- whole notes --------------------------------------------------------------


@cache
def note_changes() -> list[tuple[str, int, str, Claim]]:
    """All single changes of all claims: note, number of the claim, what, changed claim."""
    return [
        (title, number, what, changed)
        for title, note in NOTES.items()
        for number, claim in enumerate(note.claims)
        for what, changed in note_mutants(note, claim)
    ]


def note_change(place: int) -> tuple[FormulaNote, Claim]:
    """A changed claim and its note, for a closer look at a failure."""
    title, _, _, changed = note_changes()[place]
    return NOTES[title], changed


def note_rewriting(title: str, number: int, seed: int) -> tuple[FormulaNote, Claim, list[str]]:
    """A claim rewritten by a seed, with the note that may have a new name."""
    note = NOTES[title]
    return note_rewritten(note, note.claims[number], Random(f"{title} {number} {seed}"))


def passes(note: FormulaNote, claim: Claim) -> bool:
    return verify(note.text(claim), second_opinion=False).passed()


def false_notes(places: range) -> list[str]:
    """The changed claims that pass although their sides differ in value."""
    wrong = []
    for place in places:
        note, claim = note_change(place)
        if passes(note, claim) and not note.holds(claim):
            wrong.append(f"note_change({place}): {note.claim_latex(claim)}")
    return wrong


def rejected_notes(rewritings: list[tuple[str, int, int]]) -> list[str]:
    """The rewritten claims that do not pass."""
    wrong = []
    for title, number, seed in rewritings:
        note, claim, done = note_rewriting(title, number, seed)
        if not passes(note, claim):
            latex = note.claim_latex(claim)
            wrong.append(f"note_rewriting({title!r}, {number}, {seed}): {latex} {done}")
    return wrong


def all_rewritings() -> list[tuple[str, int, int]]:
    return [
        (title, number, seed)
        for seed in range(NOTE_SEEDS)
        for title, note in NOTES.items()
        for number in range(len(note.claims))
    ]


def test_the_claims_of_the_notes_are_right():
    for note in NOTES.values():
        for claim in note.claims[::4]:
            assert note.holds(claim), note.claim_latex(claim)


def test_rewriting_a_note_keeps_its_value():
    for title, number, seed in all_rewritings()[::40]:
        note, claim, done = note_rewriting(title, number, seed)
        assert note.holds(claim), (title, number, seed, done)


def test_most_changes_alter_the_value():
    some = [note_change(place) for place in range(0, len(note_changes()), NOTE_PART)]
    assert sum(note.holds(claim) for note, claim in some) < len(some) / 5


def test_a_part_of_the_changed_notes_does_not_pass():
    assert false_notes(range(0, len(note_changes()), NOTE_PART)) == []


def test_a_part_of_the_rewritten_notes_passes():
    assert rejected_notes(all_rewritings()[:: 3 * NOTE_SEEDS]) == []


@pytest.mark.slow
@pytest.mark.parametrize("shard", SHARDS)
def test_no_changed_note_passes(shard):
    assert false_notes(range(shard, len(note_changes()), len(SHARDS))) == []


@pytest.mark.slow
@pytest.mark.parametrize("shard", SHARDS)
def test_every_rewritten_note_passes(shard):
    assert rejected_notes(all_rewritings()[shard :: len(SHARDS)]) == []
