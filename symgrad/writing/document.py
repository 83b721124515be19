r"""A document of prose and displays, and how it is put down: Markdown, LaTeX, or a fragment.

Displays are the same in all of them: rows of `align*`, which pdflatex, MathJax and KaTeX
set alike; Markdown puts them between `$$`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from symgrad.records import dataclass
from symgrad.writing.tex_characters import declarations


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


Block = Heading | Paragraph | Items | Display
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


def to_fragment(document: Document) -> str:
    """The document as LaTeX without a preamble, to be put into another one."""
    text = ""
    for block in document:
        # A display belongs to the paragraph before it.
        gap = "\n" if isinstance(block, Display) else "\n\n"
        text += (gap if text else "") + _latex(block)
    return text + "\n"


def to_tex(document: Document) -> str:
    """The document as LaTeX that compiles by itself."""
    return standalone(to_fragment(document))


def standalone(body: str) -> str:
    """A body of LaTeX with the preamble that it needs."""
    packages = [name for name, command in _PACKAGES.items() if command in body]
    provided = [line for command, line in _PROVIDED.items() if _uses(body, command)]
    lines = [*(rf"\usepackage{name}" for name in packages), *provided, *declarations(body)[0]]
    preamble = "\n".join([_PREAMBLE, *lines, r"\allowdisplaybreaks", r"\begin{document}"])
    return f"{preamble}\n\n{body}\n\\end{{document}}\n"


def _uses(body: str, command: str) -> bool:
    return re.search(rf"{re.escape(command)}(?![A-Za-z])", body) is not None


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
\setlength{\jot}{8pt}"""

_PACKAGES = {"{graphicx}": r"\includegraphics", "[hidelinks]{hyperref}": r"\href"}
"""Packages with the command for which they are loaded."""

_PROVIDED = {
    r"\bm": r"\providecommand{\bm}[1]{\boldsymbol{#1}}",
    r"\mathbbm": r"\providecommand{\mathbbm}[1]{\mathbf{#1}}",
    r"\mathds": r"\providecommand{\mathds}[1]{\mathbf{#1}}",
    r"\coloneqq": r"\providecommand{\coloneqq}{\mathrel{:=}}",
    r"\argmin": r"\providecommand{\argmin}{\operatorname*{arg\,min}}",
    r"\argmax": r"\providecommand{\argmax}{\operatorname*{arg\,max}}",
    r"\lt": r"\providecommand{\lt}{<}",
    r"\gt": r"\providecommand{\gt}{>}",
    r"\R": r"\providecommand{\R}{\mathbb{R}}",
    r"\N": r"\providecommand{\N}{\mathbb{N}}",
    r"\Z": r"\providecommand{\Z}{\mathbb{Z}}",
}
"""Commands that MathJax and KaTeX have, and LaTeX has only with more packages."""

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


def _plain(rows: tuple[str, ...]) -> str:
    """One row without a tag, as it stands outside an alignment; else nothing."""
    row = rows[0].replace(" & = ", " = ", 1)
    is_aligned = "&" in re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", row)
    return "" if len(rows) > 1 or "\\tag" in row or is_aligned else row


def _aligned(rows: tuple[str, ...]) -> str:
    body = " \\\\\n".join(rows)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"
