"""Files of notes, and how a mended note goes back into one: only what changed is changed."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable
from difflib import unified_diff
from itertools import zip_longest
from typing import Any

from symgrad.diagnostics import Source
from symgrad.mending.json_text import Text, literal, located
from symgrad.reading.note import UnreadableNote, markdown_cells, note_text
from symgrad.records import dataclass
from symgrad.writing.files import write_whole

Rebuild = Callable[[str, tuple[int, ...]], str]
"""From the mended text, and where the places stand in it, to the text of the file."""


@dataclass(frozen=True)
class File:
    """A file with a note in it.

    Attributes:
        raw: its text, without a byte-order mark.
        source: the note.
        places: offsets in the note that `rebuilt` needs to know after the edits.
        rebuilt: makes the file's text of the mended note.
        mark: the byte-order mark, or nothing.
    """

    raw: str
    source: Source
    places: tuple[int, ...]
    rebuilt: Rebuild
    mark: bytes


def open_file(path: str) -> File:
    """The file of a path; `-` is standard input.

    Raises:
        UnreadableNote: if there is no such file, or no note in it.
    """
    data, raw = note_text(path)
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    if not path.lower().endswith(".ipynb"):
        return File(raw, Source(path, raw), (), lambda text, places: text, mark)
    source = Source(path, markdown_cells(path, raw))
    cells = _cells(raw)
    places: list[int] = []
    start = 0
    for cell in cells:
        end = start + sum(len(line.value) for line in cell)
        places += [start, end]
        start = end + 2  # the blank line between two cells

    def rebuilt(text: str, places: tuple[int, ...]) -> str:
        pairs = zip(places[::2], places[1::2], strict=True)
        return _with_cells(raw, cells, [text[start:end] for start, end in pairs])

    return File(raw, source, tuple(places), rebuilt, mark)


def _cells(raw: str) -> list[list[Text]]:
    """The strings of the Markdown cells of a notebook, as `markdown_cells` joins them."""
    notebook: Any = located(raw)
    cells = [cell for sheet in notebook.get("worksheets") or [notebook] for cell in sheet["cells"]]
    sources = [cell["source"] for cell in cells if cell["cell_type"].value == "markdown"]
    return [[source] if isinstance(source, Text) else source for source in sources]


def _with_cells(raw: str, cells: list[list[Text]], texts: list[str]) -> str:
    """The notebook with other texts in its cells; strings that stay the same are not touched."""
    changes: list[tuple[Text, str]] = []
    for cell, text in zip(cells, texts, strict=True):
        if not cell:
            continue
        lines = text.splitlines(keepends=True) if len(cell) > 1 else [text]
        lines[len(cell) - 1 :] = ["".join(lines[len(cell) - 1 :])]
        for old, new in zip_longest(cell, lines, fillvalue=""):
            assert isinstance(old, Text)
            if old.value != new:
                changes.append((old, new))
    for old, new in sorted(changes, key=lambda change: -change[0].start):
        raw = raw[: old.start] + literal(new, raw) + raw[old.end :]
    return raw


def diff(path: str, before: str, after: str) -> str:
    """The difference of two texts as a unified diff; empty where they are equal."""
    name = "note" if path == "-" else path
    text = ""
    for line in unified_diff(_lines(before), _lines(after), name, f"{name} (fixed)"):
        text += line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
    return text


def _lines(text: str) -> list[str]:
    """Lines with their ends; only a line feed ends a line, whatever Unicode says."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def write(path: str, data: bytes) -> None:
    """Write a file whole or not at all; `-` is standard output.

    Raises:
        UnreadableNote: where it cannot be written.
    """
    try:
        if path == "-":
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            write_whole(path, data)
    except BrokenPipeError:
        raise  # the reader has seen enough: nothing to report
    except OSError as error:
        reason = f"it cannot be written: {error.strerror or error}"
        raise UnreadableNote("standard output" if path == "-" else path, reason) from None
