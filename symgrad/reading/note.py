"""Files to notes: finding them, loading them, and reading them as far as their formulas."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from symgrad.diagnostics import Source
from symgrad.patterns import pattern
from symgrad.reading.formulas import Directive, Formula, Note
from symgrad.reading.scan import NO_FORMULA, UNCLOSED

# With its codes, which `symgrad explain` has to know before any note is scanned.
__all__ = [
    "NO_FORMULA",
    "SUFFIXES",
    "UNCLOSED",
    "Directive",
    "Formula",
    "Note",
    "UnreadableNote",
    "find_notes",
    "is_latex_note",
    "markdown_cells",
    "note_text",
    "read_note",
]

SUFFIXES = (".md", ".markdown", ".tex", ".ipynb")
"""What `find_notes` takes from a directory."""


class UnreadableNote(Exception):  # noqa: N818 - a fault of the user's file, named as one
    """A path that is no readable note.

    Attributes:
        path: as given.
        reason: what is wrong with it, and what to do.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def read_note(path_or_source: str | os.PathLike[str] | Source) -> Note:
    r"""The formulas of a file, of standard input (`-`) or of a text.

    The suffix of the path decides: `.tex` is LaTeX, `.ipynb` a notebook (spans
    and lines count in its Markdown cells, joined by blank lines), `.md` is
    Markdown; standard input and all else is LaTeX where it has a `\documentclass`.

    Raises:
        UnreadableNote: if there is no such file, or it is no text in UTF-8.
    """
    if isinstance(path_or_source, Source):
        source = path_or_source
    else:
        source = _load(os.fspath(path_or_source))
    # Only the language of the note is loaded: its patterns take longer to compile than to use.
    if is_latex_note(source):
        from symgrad.reading.latex_file import read_latex

        return read_latex(source)
    from symgrad.reading.markdown import read_markdown

    return read_markdown(source)


_DOCUMENT = pattern(r"^\s*\\(?:documentclass|begin\{document\})", re.M)


def is_latex_note(source: Source) -> bool:
    """Whether a source is LaTeX: by its suffix, or where that says nothing by how it starts."""
    path = source.path.lower()
    if path.endswith((".md", ".markdown", ".ipynb")):
        return False
    return path.endswith((".tex", ".ltx", ".latex")) or _DOCUMENT.search(source.text) is not None


def find_notes(paths: Iterable[str | os.PathLike[str]]) -> list[str]:
    """The notes of files and directories: files as they are, directories searched.

    Raises:
        UnreadableNote: for a path that is missing, or a directory without notes.
    """
    found: dict[str, None] = {}
    for given in paths:
        path = os.fspath(given)
        if path != "-" and os.path.isdir(path):
            inside = sorted(_notes_under(path))
            if not inside:
                raise UnreadableNote(path, "no .md, .tex or .ipynb file in this directory")
            found.update(dict.fromkeys(inside))
        elif path == "-" or os.path.exists(path):
            found[path] = None
        else:
            raise UnreadableNote(path, "no such file or directory")
    return list(found)


def _notes_under(directory: str) -> Iterator[str]:
    for folder, names, files in os.walk(directory):
        names[:] = [n for n in names if not n.startswith(".") and n != "node_modules"]
        for name in files:
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield os.path.join(folder, name)


def _load(path: str) -> Source:
    text = note_text(path)[1]
    return Source(path, markdown_cells(path, text) if path.lower().endswith(".ipynb") else text)


def note_text(path: str) -> tuple[bytes, str]:
    """The bytes of a file or of standard input (`-`), and its text without a byte-order mark.

    Raises:
        UnreadableNote: if there is no such file, or it is no text in UTF-8.
    """
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except FileNotFoundError:
        raise UnreadableNote(path, "no such file") from None
    except IsADirectoryError:
        raise UnreadableNote(path, "this is a directory: name a note in it") from None
    except PermissionError:
        raise UnreadableNote(path, "no permission to read it") from None
    except (OSError, ValueError) as error:
        raise UnreadableNote(path, f"it cannot be read: {error}") from None
    if b"\0" in data:
        raise UnreadableNote(path, "this is no text in UTF-8 (it has NUL bytes): save it as UTF-8")
    try:
        return data, data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"byte {error.start + 1} is not UTF-8: save the file as UTF-8"
        raise UnreadableNote(path, reason) from None


def markdown_cells(path: str, text: str) -> str:
    """The Markdown cells of a notebook, with a blank line between them.

    Raises:
        UnreadableNote: where the text is no notebook.
    """
    import json  # only notebooks need it

    try:
        notebook = json.loads(text)
        sheets = notebook.get("worksheets") or [notebook]
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
        return "\n\n".join("".join(source) for source in sources)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableNote(path, "this is no Jupyter notebook: its JSON has no cells") from None
