"""The examples do what the README says; left out where the extra `[examples]` is missing."""

import contextlib
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MISSING = [name for name in ("sklearn", "matplotlib", "tqdm") if find_spec(name) is None]

needs_extra = pytest.mark.skipif(
    bool(MISSING), reason=f"{', '.join(MISSING)} missing: the extra [examples] is not installed"
)


def digits(*arguments, cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "symgrad.examples.digits", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def without_numbers(text):
    """Rounding, which differs from machine to machine, and time are in the numbers."""
    return re.sub(r"\d+\.\d+", "<number>", text)


@needs_extra
def test_the_digits_are_learnt(tmp_path):
    picture = tmp_path / "digits.png"
    done = digits("--plot", picture)
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.search(
        r"\$ python -m symgrad\.examples\.digits\n(.*?)```", (ROOT / "README.md").read_text(), re.S
    )
    printed = done.stdout.replace(str(picture), picture.name)
    assert without_numbers(printed) == without_numbers(shown[1])
    assert float(re.search(r"test accuracy ([\d.]+)%", printed)[1]) >= 95
    assert picture.read_bytes().startswith(b"\x89PNG")


@needs_extra
@pytest.mark.skipif(find_spec("fcntl") is None, reason="no terminals of its own here")
def test_a_terminal_shows_how_far_it_is(tmp_path):
    import fcntl
    import pty
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    arguments = ["--epochs", "2", "--plot", str(tmp_path / "digits.png")]
    run = subprocess.Popen(
        [sys.executable, "-m", "symgrad.examples.digits", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=follower,
    )
    os.close(follower)
    output, _ = run.communicate(timeout=300)
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error on Linux
        while part := os.read(leader, 65536):
            shown += part
    os.close(leader)
    assert run.returncode == 0, output
    assert re.search(rb"0%\|.*0/2 ", shown)
    assert re.search(rb"100%\|.*2/2 .*accuracy=\d+\.\d%, loss=", shown)


@needs_extra
def test_a_note_with_a_wrong_formula_trains_nothing(tmp_path):
    text = (ROOT / "derivations" / "three-layers.md").read_text()
    wrong = text.replace(r"= [\delta^{(2)}]_i \times [X^{(1)}]_j", r"= [\delta^{(2)}]_i")
    assert wrong != text
    (tmp_path / "note.md").write_text(wrong)
    done = digits("--note", "note.md", cwd=tmp_path)
    assert done.returncode == 2
    assert "note.md:68:3: not proved: refuted" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["note.md"]


def test_what_is_missing_is_said(tmp_path):
    done = digits("--note", "none.md", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert ("none.md" in done.stderr) or (MISSING and "pip install" in done.stderr)


@needs_extra
def test_outside_of_the_repository_the_note_must_be_named(tmp_path):
    done = digits(cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "derivations/three-layers.md: no such file; run this in a copy of the repository, "
        "or name the note with --note\n"
    )
