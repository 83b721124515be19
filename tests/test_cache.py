"""What is kept from one run to the next never changes an answer."""

import json

import pytest
from click.testing import CliRunner

import symgrad.verify
from symgrad.cli import main
from symgrad.commands.cache import MAXIMAL_OUTCOMES, Cache, Outcome, key_of

RIGHT = "Let $x \\in \\mathbb R^n$. $$\\frac{\\partial \\|x\\|^2}{\\partial x} = 2x$$\n"
WRONG = RIGHT.replace("2x", "3x")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("SYMGRAD_NO_CACHE")
    monkeypatch.setenv("SYMGRAD_CACHE_DIR", str(tmp_path / "kept"))
    return tmp_path


@pytest.fixture
def judged(monkeypatch):
    """The notes that are judged, not found in the cache."""
    paths = []
    original = symgrad.verify.verify_note

    def counted(note, second_opinion=True):
        paths.append(note.source.path)
        return original(note, second_opinion)

    monkeypatch.setattr(symgrad.verify, "verify_note", counted)
    return paths


def run(*arguments, stdin=None):
    outcome = CliRunner().invoke(main, ["verify", *map(str, arguments)], input=stdin)
    return outcome.exit_code, outcome.stdout, outcome.stderr


def test_a_second_run_says_the_same_and_judges_nothing(folder, judged):
    note = folder / "note.md"
    note.write_text(WRONG)
    first = run(note)
    assert first[0] == 1
    assert judged == [str(note)]
    assert run(note) == first
    assert judged == [str(note)]


@pytest.mark.parametrize(
    "options",
    [["--format", "json"], ["--no-second-opinion"], ["-v"], ["-q"], ["--allow-blank"]],
    ids=" ".join,
)
def test_other_options_are_another_outcome(folder, judged, options):
    note = folder / "note.md"
    note.write_text(RIGHT)
    run(note)
    run(note, *options)
    assert len(judged) == 2


def test_a_changed_note_is_judged_again(folder, judged):
    note = folder / "note.md"
    note.write_text(RIGHT)
    assert run(note)[0] == 0
    note.write_text(WRONG)
    assert run(note)[0] == 1
    note.write_text(RIGHT)
    assert run(note)[0] == 0
    assert len(judged) == 2


def test_one_changed_note_of_two(folder, judged):
    first, second = folder / "a.md", folder / "b.md"
    first.write_text(RIGHT)
    second.write_text(RIGHT)
    assert run(folder)[0] == 0
    second.write_text(WRONG)
    assert run(folder)[0] == 1


def test_json_is_whole(folder, judged):
    note = folder / "note.md"
    note.write_text(RIGHT)
    first, second = run(note, "--format", "json"), run(note, "--format", "json")
    assert first == second
    assert json.loads(second[1])["summary"]["proved"] == 1
    assert len(judged) == 1


def test_without_a_cache(folder, judged, monkeypatch):
    note = folder / "note.md"
    note.write_text(RIGHT)
    run(note, "--no-cache")
    run(note, "--no-cache")
    monkeypatch.setenv("SYMGRAD_NO_CACHE", "1")
    run(note)
    assert len(judged) == 3
    assert not (folder / "kept").exists()


def test_standard_input_is_not_kept(folder, judged):
    assert run("-", stdin=RIGHT)[0] == 0
    assert run("-", stdin=WRONG)[0] == 1
    assert len(judged) == 2


def test_a_file_that_cannot_be_read_is_said_again(folder, judged):
    note = folder / "note.md"
    note.write_text(RIGHT)
    missing = folder / "missing.md"
    assert run(note, missing) == run(note, missing)
    assert run(note, missing)[0] == 2
    assert len(judged) == 3


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", '{"output": 1, "exit_code": 0}', '{"output": "", "exit_code": 7}'],
    ids=repr,
)
def test_a_damaged_outcome_is_judged_again(folder, judged, damage):
    note = folder / "note.md"
    note.write_text(WRONG)
    first = run(note)
    for kept in (folder / "kept").iterdir():
        kept.write_text(damage)
    assert run(note) == first
    assert len(judged) == 2


def test_a_folder_that_cannot_be_made_is_no_error(folder, judged):
    (folder / "kept").write_text("a file stands here")
    note = folder / "note.md"
    note.write_text(RIGHT)
    assert run(note)[0] == 0
    assert run(note)[0] == 0
    assert len(judged) == 2


def test_a_change_of_the_program_is_another_key(folder, monkeypatch):
    note = folder / "note.md"
    note.write_text(RIGHT)
    source = folder / "rule.py"
    source.write_text("one")
    monkeypatch.setattr("symgrad.commands.cache._program", lambda: [source])
    before = key_of([str(note)], ())
    source.write_text("another")
    assert key_of([str(note)], ()) != before


def test_the_oldest_go_first(tmp_path):
    cache = Cache(tmp_path)
    for number in range(MAXIMAL_OUTCOMES + 3):
        cache.keep(f"{number}", Outcome("", 0))
    assert len(list(tmp_path.iterdir())) == MAXIMAL_OUTCOMES
