r"""A verified note in the form that is asked for: whole, with its words and what is not words.

Markdown that stays Markdown is not touched. In LaTeX that stays LaTeX only those characters are
declared that pdflatex would stop at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from symgrad.reading.macros import Macro
from symgrad.reading.note import Note, is_latex_note
from symgrad.writing.document import standalone
from symgrad.writing.held_formulas import hold
from symgrad.writing.tex_characters import declarations

Warn = Callable[[int, str], None]
"""Takes a line of the note and what is not as it was."""

_BEGIN, _END = r"\begin{document}", r"\end{document}"


def note_document(note: Note, target: str, folder: Path, warn: Warn) -> str:
    """The text of a note.

    Args:
        note: as read; all that stands in it is proved.
        target: `markdown`, `fragment` or `tex`.
        folder: where the note stands, and its images.
        warn: told of what cannot be written.
    """
    text = note.source.text
    if is_latex_note(note.source):
        if target == "markdown":
            from symgrad.writing.latex_to_markdown import latex_to_markdown

            start, end = _body(note)
            macros = "\n".join(f"${_definition(macro)}$" for macro in note.definitions)
            return f"{macros}\n\n{latex_to_markdown(hold(note, start, end), warn)}".lstrip()
        if target == "tex" and _BEGIN in note.text and "\\documentclass" in note.text:
            return _with_characters(note, warn)
        start, end = _body(note)
        words = text[start:end].strip().replace(r"\maketitle", _title(text[:start]))
        body = _ended(f"{_macros(note)}\n\n{words}".strip())
        return body if target == "fragment" else standalone(body)
    if target == "markdown":
        return _ended(text)
    from symgrad.writing.markdown_to_latex import markdown_to_latex

    words = markdown_to_latex(hold(note), folder, warn)
    body = _ended(f"{_macros(note)}\n\n{words}".strip())
    return body if target == "fragment" else standalone(body)


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _body(note: Note) -> tuple[int, int]:
    """Where the words of a LaTeX file begin and end."""
    begin, end = note.text.find(_BEGIN), note.text.find(_END)
    return begin + len(_BEGIN) if begin >= 0 else 0, end if end >= 0 else len(note.text)


def _title(preamble: str) -> str:
    """What a preamble gives as the title, where the preamble goes."""
    found = re.search(r"\\title\s*\{((?:[^{}]|\{[^{}]*\})*)\}", preamble)
    return f"\\begin{{center}}\n{{\\LARGE {found[1]}}}\n\\end{{center}}" if found else ""


def _with_characters(note: Note, warn: Warn) -> str:
    """A whole document, with the characters declared that it uses beyond ASCII."""
    text = note.source.text
    lines, unknown = declarations(text)
    for char in unknown:
        line = note.source.position(text.index(char))[0]
        warn(line, f"the fonts of LaTeX have no {char}: the number in Unicode is printed")
    if lines:
        # Other engines than pdflatex know all characters.
        block = "\n".join([r"\ifdefined\pdfoutput\ifdefined\DeclareUnicodeCharacter", *lines])
        at = note.text.index(_BEGIN)
        text = f"{text[:at]}{block}\n\\fi\\fi\n{text[at:]}"
    return _ended(text)


def _macros(note: Note) -> str:
    """The macros of a note in front of its words; in LaTeX those of the preamble, which goes."""
    start = _body(note)[0] if is_latex_note(note.source) else len(note.text)
    return "\n".join(_redefinition(m) for m in note.definitions if m.span.start < start)


def _definition(macro: Macro) -> str:
    count = f"[{macro.arguments}]" if macro.arguments else ""
    default = f"[{macro.default}]" if macro.default is not None else ""
    return f"\\newcommand{{{macro.name}}}{count}{default}{{{macro.body}}}"


def _redefinition(macro: Macro) -> str:
    """A definition that holds also where LaTeX has the name already."""
    return rf"\providecommand{{{macro.name}}}{{}}\re{_definition(macro)[1:]}"
