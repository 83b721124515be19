"""The README says what is so: its commands are run, and their output is compared.

`SYMGRAD_UPDATE=1 python -m pytest tests/test_readme.py` writes the output into it.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
GAP = "..."

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the commands are for bash")


@dataclass(frozen=True)
class Command:
    """A command of a console block, and what the README says it prints."""

    text: str
    output: str

    @property
    def installs(self) -> bool:
        return "pip install" in self.text


def commands(text: str) -> list[Command]:
    found = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"(?m)^\$ ", block)[1:]:
            here = re.match(r"[^\n]*<<'END'\n.*?\nEND\n", part, re.DOTALL)
            end = here.end() if here else part.index("\n") + 1
            found.append(Command(part[:end], part[end:]))
    return found


COMMANDS = commands(TEXT)
SHOWN = [c for c in COMMANDS if "pytest" not in c.text and "symgrad.examples" not in c.text]
"""What runs with the package alone; test_examples.py runs what needs the extra."""


def run(command: Command, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in the project, with this Python as its `symgrad`."""
    shim = folder / "symgrad"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m symgrad "$@"\n')
    shim.chmod(0o755)
    text = command.text
    if command.installs:
        text = text.split(" && ")[-1].replace(".venv/bin/", "")
    return subprocess.run(
        ["bash", "-c", text],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def normal(output: str) -> str:
    """Output without what differs from run to run: times, versions, ends of lines."""
    output = re.sub(r"\b\d+(\.\d+)? ?(ms|s)\b", "<time>", output)
    output = re.sub(r"\b\d+\.\d+\.\d+\b", "<version>", output)
    return "\n".join(line.rstrip() for line in output.strip().splitlines())


def excerpt(shown: str, output: str) -> str:
    """The findings of an output that begin as the parts between gaps do."""
    findings = [f.rstrip() for f in re.split(r"\n\n", output.strip())]
    parts = re.split(rf"(?m)^{re.escape(GAP)}$", shown)
    return f"\n{GAP}\n".join(finding_like(part.strip(), findings) for part in parts) + "\n"


def finding_like(part: str, findings: list[str]) -> str:
    """The finding at the same line, of the same kind; or the summary, which has no line."""
    wanted = head_of(part)
    return next((f for f in findings if head_of(f) == wanted), f"no finding is {wanted}")


def head_of(finding: str) -> tuple[str, str, str]:
    path, line, kind = re.match(r"([^:]*):(?:(\d+):\d+: ([a-z-]+))?", finding).groups("")
    return path, line, kind


def written(command: Command, output: str) -> str:
    return excerpt(command.output, output) if GAP in command.output else output


@pytest.mark.parametrize("command", SHOWN, ids=lambda c: c.text.split("\n")[0])
def test_a_command_prints_what_the_readme_says(command, tmp_path):
    done = run(command, tmp_path)
    assert done.stderr == ""
    output = written(command, done.stdout)
    if os.environ.get("SYMGRAD_UPDATE"):
        text = README.read_text(encoding="utf-8")
        shown = f"$ {command.text}{command.output}```"
        assert text.count(shown) == 1
        README.write_text(text.replace(shown, f"$ {command.text}{output}```"), encoding="utf-8")
    else:
        assert normal(output) == normal(command.output)


def test_the_right_note_exits_with_0_and_the_draft_with_1(tmp_path):
    codes = {
        name: run(command, tmp_path).returncode
        for command in SHOWN
        for name in ("three-layers", "relu-network")
        if f"verify derivations/{name}.md" in command.text
    }
    assert codes == {"three-layers": 0, "relu-network": 1}


def test_the_examples_in_python_are_right(monkeypatch):
    monkeypatch.chdir(ROOT)
    examples = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(examples), {}, "README.md", "README.md", 0)
    assert len(test.examples) >= 6
    assert doctest.DocTestRunner().run(test).failed == 0


def test_the_two_commands_of_a_fresh_machine_are_run_by_the_ci():
    first, second = [c.text for c in COMMANDS if c.installs]
    assert first.startswith("python3 -m venv .venv && ")
    assert "symgrad verify derivations/three-layers.md" in first
    assert "'.[test]'" in second
    assert second.endswith("python -m pytest -n auto\n")
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_file_that_is_linked_exists():
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_verdict_is_explained():
    from symgrad.judging.result import VERDICTS

    assert re.findall(r"(?m)^\| `([a-z-]+)` \|", TEXT) == list(VERDICTS)
