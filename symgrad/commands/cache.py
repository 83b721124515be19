"""Outcomes that are kept from one run to the next, by the content of what was judged.

An outcome is found again only if nothing that it depends on has changed: the bytes of the
notes, their paths, the options, symgrad's own sources, Python, and SymPy. What cannot be
read counts as absent; what cannot be written is not kept. Nothing here fails a command.

The folder is `$SYMGRAD_CACHE_DIR`, else `symgrad` in the user's cache folder. `--no-cache`,
or `SYMGRAD_NO_CACHE` in the environment, does without.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from symgrad.records import dataclass

MAXIMAL_OUTCOMES = 400
"""How many outcomes are kept; the oldest go first."""


@dataclass
class Outcome:
    """What a command printed on standard output, and its exit code."""

    output: str
    exit_code: int


class Cache:
    """The outcomes in one folder.

    Args:
        folder: where they are; made when the first is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str) -> Outcome | None:
        """The outcome of this key, where one is kept and can be read."""
        try:
            kept = json.loads(self._file(key).read_text(encoding="utf-8"))
            output, exit_code = kept["output"], kept["exit_code"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not isinstance(output, str) or exit_code not in (0, 1):
            return None
        return Outcome(output, exit_code)

    def keep(self, key: str, outcome: Outcome) -> None:
        """Keep an outcome: written beside, then renamed, so that none is ever half there."""
        beside = self._file(f"{key}.{os.getpid()}")
        text = json.dumps({"output": outcome.output, "exit_code": outcome.exit_code})
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(text, encoding="utf-8")
            beside.replace(self._file(key))
            self._drop_oldest()
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _drop_oldest(self) -> None:
        files = list(self.folder.glob("*.json"))
        if len(files) > MAXIMAL_OUTCOMES:
            files.sort(key=lambda file: file.stat().st_mtime)
            for file in files[: len(files) - MAXIMAL_OUTCOMES]:
                file.unlink(missing_ok=True)


def cache(wanted: bool) -> Cache | None:
    """The user's cache; None where it is not wanted, or there is no place for it."""
    if not wanted or os.environ.get("SYMGRAD_NO_CACHE"):
        return None
    given = os.environ.get("SYMGRAD_CACHE_DIR")
    if given:
        return Cache(Path(given))
    base = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    try:
        return Cache((Path(base) if base else Path.home() / ".cache") / "symgrad")
    except RuntimeError:  # there is no home
        return None


def key_of(paths: Iterable[str], options: object) -> str | None:
    """What an outcome depends on, as a key; None where a note cannot be read again.

    Args:
        paths: notes and folders, as they are given; standard input has no key.
        options: everything that alters the output, as what `repr` tells apart.
    """
    from hashlib import blake2b

    from symgrad.reading.note import UnreadableNote, find_notes

    digest = blake2b(repr((sys.version, options)).encode(), digest_size=20)
    try:
        for file in _program():
            stat = file.stat()
            digest.update(f"{file}:{stat.st_size}:{stat.st_mtime_ns};".encode())
        for path in find_notes(paths):
            if path == "-":
                return None
            content = Path(path).read_bytes()
            digest.update(f"{path}\0{len(content)}\0".encode(errors="surrogateescape"))
            digest.update(content)
    except (OSError, UnreadableNote):
        return None
    return digest.hexdigest()


def _program() -> list[Path]:
    """The files on which verdicts depend: symgrad's own sources, and SymPy's release."""
    from importlib.util import find_spec

    files = sorted(Path(__file__).parent.parent.rglob("*.py"))
    sympy = find_spec("sympy")
    if sympy is not None and sympy.origin:
        files.append(Path(sympy.origin).parent / "release.py")
    return files
