r"""A document of prose and displays, and how it is put down: Markdown, LaTeX, or a fragment.

Displays are the same in all of them: rows of `align*`, which pdflatex, MathJax and KaTeX
set alike; Markdown puts them between `$$`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from symgrad.reading.macros import Macro
from symgrad.records import dataclass
from symgrad.writing.displays import fitted


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; formulas in it stand between dollars."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Display:
    """Rows of a displayed formula, with `&` where they are aligned; one row needs none."""

    rows: tuple[str, ...]


@dataclass(frozen=True)
class Formulas:
    """A displayed formula as somebody else wrote it, perhaps with an environment of its own."""

    latex: str


@dataclass(frozen=True)
class Macros:
    """Definitions of commands."""

    macros: tuple[Macro, ...]


Block = Heading | Paragraph | Items | Display | Formulas | Macros
Document = tuple[Block, ...]


def to_markdown(document: Document) -> str:
    """The document as Markdown."""
    return "\n\n".join(_markdown(block) for block in document) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(text=text, level=level):
            return f"{'#' * level} {text}"
        case Paragraph(text=text):
            return text
        case Items(texts=texts):
            return "\n".join(f"- {text}" for text in texts)
        case Display(rows=rows):
            return f"$${_plain(rows) or _aligned(rows)}$$"
        case Formulas(latex=latex):
            return f"$${latex}$$"
        case Macros(macros=macros):
            return "\n".join(f"${_definition(macro)}$" for macro in macros)


def to_fragment(document: Document) -> str:
    """The document as LaTeX without a preamble, to be put into another one."""
    text = ""
    for block in document:
        # A display belongs to the paragraph before it.
        gap = "\n" if isinstance(block, Display | Formulas) else "\n\n"
        text += (gap if text else "") + _latex(block)
    return text + "\n"


def to_tex(document: Document) -> str:
    """The document as LaTeX that compiles by itself."""
    return f"{_PREAMBLE}\n{to_fragment(document)}\n\\end{{document}}\n"


WRITERS: dict[str, Callable[[Document], str]] = {
    "fragment": to_fragment,
    "markdown": to_markdown,
    "tex": to_tex,
}
"""By the name of the format."""

_PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb}
\usepackage[margin=25mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt plus 2pt}
\setlength{\jot}{8pt}
\allowdisplaybreaks
\begin{document}
"""

_SECTIONS = {2: "section", 3: "subsection"}


def _latex(block: Block) -> str:
    match block:
        case Heading(text=text, level=1):
            return f"\\begin{{center}}\n{{\\LARGE {text}}}\n\\end{{center}}"
        case Heading(text=text, level=level):
            return f"\\{_SECTIONS[level]}*{{{text}}}"
        case Paragraph(text=text):
            return text
        case Items(texts=texts):
            items = "\n".join(f"\\item {text}" for text in texts)
            tight = r"\setlength{\itemsep}{0pt}"
            return f"\\begin{{itemize}}{tight}\n{items}\n\\end{{itemize}}"
        case Display(rows=rows):
            return f"\\[{plain}\\]" if (plain := _plain(rows)) else _aligned(rows)
        case Formulas(latex=latex):
            return fitted(latex)
        case Macros(macros=macros):
            return "\n".join(map(_redefinition, macros))


def _definition(macro: Macro) -> str:
    count = f"[{macro.arguments}]" if macro.arguments else ""
    default = f"[{macro.default}]" if macro.default is not None else ""
    return f"\\newcommand{{{macro.name}}}{count}{default}{{{macro.body}}}"


def _redefinition(macro: Macro) -> str:
    """A definition that holds also where LaTeX has the name already."""
    return rf"\providecommand{{{macro.name}}}{{}}\re{_definition(macro)[1:]}"


def _plain(rows: tuple[str, ...]) -> str:
    """One row without a tag, as it stands outside an alignment; else nothing."""
    row = rows[0].replace(" & = ", " = ", 1)
    is_aligned = "&" in re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", row)
    return "" if len(rows) > 1 or "\\tag" in row or is_aligned else row


def _aligned(rows: tuple[str, ...]) -> str:
    body = " \\\\\n".join(rows)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"
