"""Markdown to its formulas.

Which lines are code blocks is left to markdown-it, and asked only where a note
has lines that could be.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from symgrad.diagnostics import Source, Span
from symgrad.patterns import pattern
from symgrad.reading.formulas import Note
from symgrad.reading.prose import MATH_SIGN, WORD, outside_braces
from symgrad.reading.scan import BEGIN, DEFINITION, Scanner, blanked, covering


def read_markdown(source: Source) -> Note:
    """The formulas of Markdown as GitHub, Pandoc and Jekyll read it."""
    return _MarkdownScanner(source).note()


_ATTRIBUTE = r"""\s+[A-Za-z_:@][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?"""
_OPENERS = pattern(
    r"(?P<comment><!--.*?-->)"
    r"|(?P<raw><(?P<tag>pre|code|script|style)\b[^>]*>.*?</(?P=tag)>)"
    rf"|(?P<html></?[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*\s*/?>)"
    r"|(?P<link>\]\([^()\s]*\)|https?://[^\s<>)]*)|(?P<ticks>`+)|(?P<backticked>\$`)"
    rf"|{BEGIN}|{DEFINITION}|(?P<delimiter>\$\$?|\\\\?[(\[])|(?P<escape>\\.)",
    re.S,
)
_MAY_BE_CODE = pattern(r"```|~~~|^[ >]*\t|^[ >]{4}|(?:[-+*]|\d[.)])(?: {5}| *\t)", re.M)
FRONT_MATTER = pattern(
    r"(---|\+\+\+)[ \t]*\r?\n(?=[^\n]*\w)(?:.*\n)*?(?:\1|\.\.\.)[ \t]*\r?(?:\n|\Z)"
)
_HEADING = pattern(
    r"^ {0,3}(?P<atx>\#{1,6})(?=[ \t\r\n]|\Z)"
    # A line over a rule of = or -, unless it is an item, a heading, a quotation or a rule.
    r"|^ {0,3}(?![-+*|=][ \t]|>|\d+[.)] |\#{1,6}[ \t]|(?:[-*_][ \t]*){3,}\r?$)"
    r"\S[^\n]*\n {0,3}(?P<rule>=+|-+)[ \t]*\r?$",
    re.M,
)
_BLOCK = pattern(r"\n[ \t>]*(?:\r?(?=\n|\Z)|(?:\#{1,6}|[-+*]|\d{1,9}[.)])[ \t]|```|~~~|\|)")
_QUOTE_OR_ITEM = pattern(r"(?:[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t]))*")
_QUOTE = pattern(r"[ \t]*>")
_FENCED = pattern(r"[^\n]*\n(.*?)(?:\n[ \t>]*(?:```+|~~~+)[ \t]*\r?\n?)?\Z", re.S)
_PRICES = pattern(r"\d[\d.,]*\s+[^\W\d_]{2,}\s+\d")


class _MarkdownScanner(Scanner):
    """Adds code, HTML, quotations and headings to the scanner.

    Attributes:
        fences: code between backticks or tildes, in order.
        indented: code by its indentation, in order.
    """

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.fences: list[Span] = []
        self.indented: list[Span] = []

    def note(self) -> Note:
        text = self.source.text
        front = FRONT_MATTER.match(text)
        start = front.end() if front else 0
        self.code_blocks(start)
        self.clean = blanked(text, [Span(0, start), *self.fences])
        self.scan(_OPENERS, start, len(text))
        quotes = [
            mark
            for span, outer, *_ in self.formulas
            for mark in self.quote_marks(outer.start, span.end)
        ]
        return self.finish(blanked(text, quotes), self.headings())

    def code_blocks(self, start: int) -> None:
        """Sort code into fences and indented code; fences of mathematics are formulas."""
        text = self.source.text
        if not _MAY_BE_CODE.search(text, start):
            return
        starts = [*self.source.line_starts, len(text)]
        for first, last, info in _code_lines(blanked(text, [Span(0, start)])):
            outer = Span(starts[first], starts[min(last, len(starts) - 1)])
            if info is None:
                self.indented.append(outer)
                continue
            self.fences.append(outer)
            if info.split(maxsplit=1)[:1] in (["math"], ["{math}"]):
                body = _FENCED.match(text, outer.start, outer.end)
                if body and body[1].strip():
                    self.add(Span(body.start(1), body.end(1)), outer, True, None)

    def opener(self, match: re.Match[str], definitions: dict[int, int]) -> int:
        at, kind = match.start(), match.lastgroup
        if code := covering(self.indented, at):
            return code.end
        if kind in ("comment", "raw"):
            self.skipped.append(Span(at, match.end()))
            self.directive(match.group()[4:-3] if kind == "comment" else "", at + 4)
        if kind == "ticks":
            return self.inline_code(match)
        if kind == "backticked":
            end = self.clean.find("`$", match.end(), self.paragraph_end(match.end()))
            if end > 0:
                self.add(Span(match.end(), end), Span(at, end + 2), False, None)
                return end + 2
        return super().opener(match, definitions)

    def inline_code(self, match: re.Match[str]) -> int:
        closing = re.compile(rf"(?<!`){match.group()}(?!`)")
        found = closing.search(self.clean, match.end(), self.paragraph_end(match.end()))
        if found is None:
            return match.end()
        self.skipped.append(Span(match.start(), found.end()))
        return found.end()

    def is_formula(self, body: str, following: str) -> bool:
        """The rule of Pandoc, with spaces allowed inside the dollars of what looks like one."""
        if not body.strip() or "`" in body or following.isdigit():
            return False
        word = WORD.search(outside_braces(body))
        is_bare = body[0].isdigit() and not re.search(r"[\\^_={]", body)
        if is_bare and (word or _PRICES.match(body)):
            return False
        if not body[0].isspace() and not body[-1].isspace():
            return True
        if word or ("\\" not in body and body.count("(") != body.count(")")):
            return False
        return bool(MATH_SIGN.search(body) or re.fullmatch(r"\s*(?:\w|\d+)\s*", body))

    def paragraph_end(self, start: int) -> int:
        block = _BLOCK.search(self.clean, start)
        return block.start() if block else len(self.clean)

    def runs_away(self, start: int, end: int) -> bool:
        place = bisect_right(self.fences, start, key=lambda span: span.start)
        crosses_code = place < len(self.fences) and self.fences[place].start < end
        return crosses_code or super().runs_away(start, end)

    def headings(self) -> list[tuple[int, int]]:
        """Offset and level of every heading; a lone = in a display underlines nothing."""
        text = self.source.text
        alone = [
            outer
            for _, outer, is_display, _ in self.formulas
            if is_display or "\n" in text[outer.start : outer.end]
        ]
        outside = blanked(self.clean, [*alone, *self.skipped, *self.indented])
        return [
            (match.start(), len(match["atx"] or "") or 1 + match["rule"].startswith("-"))
            for match in _HEADING.finditer(outside)
        ]

    def quote_marks(self, start: int, end: int) -> Iterator[Span]:
        """The marks `>` of a quotation at the start of the lines of a formula."""
        text = self.source.text
        prefix = _QUOTE_OR_ITEM.match(text, text.rfind("\n", 0, start) + 1)
        depth = prefix.group().count(">") if prefix else 0
        line = text.find("\n", start, end) + 1
        while depth and line:
            at = line
            for _ in range(depth):
                if mark := _QUOTE.match(text, at, end):
                    yield Span(at, mark.end())
                    at = mark.end()
            line = text.find("\n", line, end) + 1


def _code_lines(text: str) -> list[tuple[int, int, str | None]]:
    """First line and line after the last of every code block, and a fence's info string."""
    # Imported only here: they take longer than all of the reading.
    from markdown_it import MarkdownIt
    from markdown_it.token import Token as Block
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    # Blank lines end a block of dollars here, or an unclosed one would swallow all code after it.
    parser = MarkdownIt("commonmark").use(dollarmath_plugin, allow_blank_lines=False)
    blocks: list[Block] = []
    parser.block.parse(text.replace("\r", " "), parser, {}, blocks)
    return [
        (block.map[0], block.map[1], block.info if block.type == "fence" else None)
        for block in blocks
        if block.type in ("fence", "code_block") and block.map
    ]
