"""Where `-o` writes to: never onto the note, into devices and pipes; options without a value."""

import os
import stat
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from symgrad.cli import main
from symgrad.writing.files import write_whole

NOTE = r"""Let $x \in \mathbb R^n$ and $L = \|x\|^2$.

$$\frac{\partial L}{\partial x} = 2 x$$
"""


def run(*arguments: str):
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("command", ["compile", "latex", "fix"])
def test_a_note_is_not_overwritten(tmp_path, command):
    note, link = tmp_path / "note.md", tmp_path / "link.md"
    note.write_text(NOTE)
    link.symlink_to(note)
    for output in (note, link, tmp_path / "." / "note.md"):
        result = run(command, str(note), "-o", str(output))
        assert result.exit_code == 2
        assert "is the NOTE itself" in result.stderr
        assert ("--write" in result.stderr) == (command == "fix")
    assert note.read_text() == NOTE
    assert run(command, str(note), "-o", str(tmp_path / "other")).exit_code == 0


@pytest.mark.parametrize("command", ["compile", "latex", "fix"])
def test_a_pipe_is_written_into(tmp_path, command):
    note, pipe = tmp_path / "note.md", tmp_path / "pipe"
    note.write_text(NOTE)
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert run(command, str(note), "-o", str(pipe)).exit_code == 0
    reader.join(10)
    assert read == [run(command, str(note), "-o", "-").stdout_bytes]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_stays_one(tmp_path):
    link = tmp_path / "null"
    link.symlink_to(os.devnull)
    write_whole(link, b"data")
    assert link.is_symlink()
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize(
    "arguments",
    [
        ["compile", "note.md", "--activation", ""],
        ["compile", "note.md", "--examples", ""],
        ["compile", "note.md", "--examples", " , "],
        ["compile", "note.md", "-o", ""],
        ["compile", "--layers", "3,2", "--activation", ""],
        ["latex", "--layers", "3,2", "--activation", ""],
        ["fix", "note.md", "-o", ""],
    ],
)
def test_options_need_a_value(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert f"{arguments[-2]} needs " in result.stderr
