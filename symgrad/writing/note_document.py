r"""A note as a document: its headings, its formulas, and the words that stand around them.

Prose without a formula is left out: a document of derivatives is wanted. The macros of the
note go to its front.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from symgrad.diagnostics import Span
from symgrad.reading.note import Formula, Note, is_latex_note
from symgrad.writing.document import Block, Document, Formulas, Heading, Items, Macros, Paragraph
from symgrad.writing.prose import latex_to_markdown, markdown_to_latex

Convert = Callable[[str], str]

_LEVELS = {"part": 1, "chapter": 1, "title": 1, "section": 2, "subsection": 3}
_MARKDOWN_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_LATEX_HEADING = re.compile(
    r"\\(part|chapter|title|(?:sub)*section|paragraph)\*?\s*(?:\[[^\]]*\])?\{(.*)\}\s*$"
)
_ITEM = re.compile(r"^[ \t]*(?:[-+*]|\d{1,9}[.)]|\\item)[ \t]+", re.MULTILINE)
_GAP = re.compile(r"\n[ \t>]*\n")
_HEADING_LINE = re.compile(
    r"^(?= {0,3}#{1,6}[ \t]|\\(?:part|chapter|title|(?:sub)*section)\b)", re.MULTILINE
)
_QUOTE = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)


def note_document(note: Note, to_latex: bool) -> Document:
    """The document of a note.

    Args:
        note: as read.
        to_latex: whether the document is to be LaTeX, else Markdown: words are converted.
    """
    is_latex = is_latex_note(note.source)
    convert: Convert = lambda text: text  # noqa: E731 - the same language: nothing to do
    if is_latex is not to_latex:
        convert = markdown_to_latex if to_latex else latex_to_markdown
    return tuple(_Blocks(note, convert).blocks())


class _Blocks:
    """Cuts a note into blocks."""

    def __init__(self, note: Note, convert: Convert) -> None:
        self.note = note
        self.text = note.source.text
        self.convert = convert
        self.macros = [self.cut(macro.span) for macro in note.definitions]

    def cut(self, macro: Span) -> Span:
        """The definition of a macro, with the formula around it if that has nothing else."""
        for formula in self.note.formulas:
            inside = formula.span.start <= macro.start and macro.end <= formula.span.end
            if (
                inside
                and self.text[formula.span.start : formula.span.end].strip()
                == (self.text[macro.start : macro.end])
            ):
                return formula.outer
        return macro

    def blocks(self) -> Iterator[Block]:
        """The blocks in the order of the note."""
        if self.note.definitions:
            yield Macros(self.note.definitions)
        at = 0
        for formula in self.note.formulas:
            if formula.display:
                yield from self.words(Span(at, formula.outer.start))
                yield from self.display(formula)
                at = formula.outer.end
        yield from self.words(Span(at, len(self.text)))

    def display(self, formula: Formula) -> Iterator[Block]:
        """A displayed formula, with its environment where it has one."""
        span = formula.outer if formula.environment else formula.span
        # Not `source.text`: signs of quotations and comments are blanked here.
        latex = re.sub(r"\n\s*\n", "\n", self.kept(span, self.note.text).strip())
        if latex:
            yield Formulas(latex)

    def words(self, span: Span) -> Iterator[Block]:
        """The headings, and the paragraphs and items with a formula in them."""
        start = span.start
        for part in self.parts(span):
            text = self.kept(Span(start, start + len(part))).strip()
            inside = Span(start, start + len(part))
            start += len(part)
            heading = _heading(text)
            if heading is not None:
                level, words = heading
                yield Heading(self.convert(words), level)
            elif text and self.has_formula(inside):
                yield self.paragraph(text)

    def parts(self, span: Span) -> Iterator[str]:
        """The pieces between empty lines, headings apart; together they are the whole text."""
        text = self.text[span.start : span.end]
        cuts = {0, len(text)}
        cuts.update(match.end() for match in _GAP.finditer(text))
        for match in _HEADING_LINE.finditer(text):
            end = text.find("\n", match.start())
            cuts.update((match.start(), end + 1 if end >= 0 else len(text)))
        for first, last in pairwise(sorted(cuts)):
            yield text[first:last]

    def paragraph(self, text: str) -> Block:
        """A paragraph, or the items of a list."""
        text = _QUOTE.sub("", text)
        first = _ITEM.search(text)
        if first is not None and first.start() == 0:
            items = [self.convert(item.strip()) for item in _ITEM.split(text)[1:]]
            return Items(tuple(items))
        return Paragraph(self.convert(text).strip())

    def has_formula(self, span: Span) -> bool:
        """Whether a span has a formula in it, or a comment that speaks to symgrad."""
        return any(
            span.start <= formula.outer.start and formula.outer.end <= span.end
            for formula in self.note.formulas
        ) or any(span.start <= d.span.start < span.end for d in self.note.directives)

    def kept(self, span: Span, text: str = "") -> str:
        """The text of a span without the macros that are defined in it."""
        text = text or self.text
        result, at = "", span.start
        for macro in self.macros:
            if span.start <= macro.start and macro.end <= span.end:
                result += text[at : macro.start]
                at = macro.end
        return result + text[at : span.end]


def _heading(text: str) -> tuple[int, str] | None:
    """The level and the words of a heading."""
    found = _MARKDOWN_HEADING.match(text) if "\n" not in text else None
    if found is not None:
        return min(len(found[1]), 3), found[2]
    found = _LATEX_HEADING.match(text)
    if found is not None:
        return _LEVELS.get(found[1], 3), found[2]
    return None
