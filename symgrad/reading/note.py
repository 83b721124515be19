r"""A file to its formulas: Markdown, LaTeX or a notebook, with exact places.

The text is scanned once from left to right, so that what comes first wins: a
dollar in inline code is no formula, a backtick in a formula is no code. Which
lines are code blocks is left to markdown-it, and asked only where a note has
lines that could be; columns are always those of the note itself.
"""

from __future__ import annotations

import os
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from symgrad.diagnostics import Code, Diagnostic, Severity, Source, Span
from symgrad.reading.constructs import ENVIRONMENTS, Macro, find_macros

SUFFIXES = (".md", ".markdown", ".tex", ".ipynb")
"""What `find_notes` takes from a directory."""

UNCLOSED = Code(
    slug="unclosed-math",
    summary="a formula is opened and never closed",
    why="Where it ends is not known, so it is not read; reading goes on after its paragraph.",
    wrong="$$ x = 1",
    right="$$ x = 1 $$",
)
NO_FORMULA = Code(
    slug="no-formula",
    summary="the note has no formula",
    why="Nothing is checked; formulas stand between dollars or in an environment such as align.",
    wrong="The derivative is 2x.",
    right="The derivative is $f'(x) = 2x$.",
)


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


@dataclass(frozen=True)
class Formula:
    r"""One piece of mathematics in a note.

    Attributes:
        span: the mathematics, without delimiters.
        outer: the same with its delimiters.
        display: whether it stands on lines of its own (`$$`, `\[`, `align`).
        section: numbers of the headings it stands under, from the root:
            (2, 1) is the first part of the second; () before any heading.
        environment: the TeX environment that delimits it, such as `align*`.
        opening_line: line of its opening delimiter, from 1.
    """

    span: Span
    outer: Span
    display: bool
    section: tuple[int, ...]
    environment: str | None
    opening_line: int


@dataclass(frozen=True)
class Directive:
    """What a comment `symgrad: ...` says, and where it says it."""

    span: Span
    text: str


@dataclass(frozen=True)
class Note:
    r"""A note, read as far as its formulas.

    Attributes:
        source: the file as it is; all spans count in its text.
        text: the same length, with spaces for what is not mathematics inside
            formulas (quote marks `>`, TeX comments): this is what is tokenized.
        formulas: in the order of the text.
        directives: of comments, in the order of the text.
        definitions: macros, in the order of the text; a name may come twice.
        diagnostics: what could not be read.
    """

    source: Source
    text: str
    formulas: tuple[Formula, ...]
    directives: tuple[Directive, ...] = ()
    definitions: tuple[Macro, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @cached_property
    def macros(self) -> dict[str, Macro]:
        """The last definition of every macro, by its name with the backslash."""
        return {macro.name: macro for macro in self.definitions}

    def macros_at(self, offset: int) -> dict[str, Macro]:
        """The macros as defined at an offset; those defined only later count too."""
        if len(self.macros) == len(self.definitions):
            return self.macros
        known: dict[str, Macro] = {}
        for macro in self.definitions:
            if macro.span.start <= offset or macro.name not in known:
                known[macro.name] = macro
        return known


def read_note(path_or_source: str | os.PathLike[str] | Source) -> Note:
    r"""The formulas of a file, of standard input (`-`) or of a text.

    The suffix of the path decides: `.tex` is LaTeX, `.ipynb` a notebook (spans
    and lines count in its Markdown cells, joined by blank lines), all else
    Markdown; standard input is LaTeX where it has a `\documentclass`.

    Raises:
        UnreadableNote: if there is no such file, or it is no text in UTF-8.
    """
    if isinstance(path_or_source, Source):
        source = path_or_source
    else:
        source = _load(os.fspath(path_or_source))
    is_tex = source.path.lower().endswith((".tex", ".ltx", ".latex"))
    if is_tex or (source.path == "-" and _TEX_START.search(source.text)):
        return _TexScanner(source).note()
    return _MarkdownScanner(source).note()


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
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"byte {error.start + 1} is not UTF-8: save the file as UTF-8"
        raise UnreadableNote(path, reason) from None
    return Source(path, _markdown_cells(path, text) if path.endswith(".ipynb") else text)


def _markdown_cells(path: str, text: str) -> str:
    """The Markdown cells of a notebook, with a blank line between them."""
    import json  # only notebooks need it

    try:
        notebook = json.loads(text)
        sheets = notebook.get("worksheets") or [notebook]
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
        return "\n\n".join("".join(source) for source in sources)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableNote(path, "this is no Jupyter notebook: its JSON has no cells") from None


# -- what both languages share ------------------------------------------------

_BLANK_LINE = re.compile(r"\n[ \t>]*\r?(?=\n|\Z)")
_COMMAND = re.compile(r"\\[A-Za-z]{2,}|[\^_]\{")
_MATH_SIGN = re.compile(r"[\\^_=<>+*/|(\[]")
_BRACE_OR_DOLLAR = re.compile(r"\\.|([{}$])", re.S)
_WORD = re.compile(r"(?<![\\\w])[^\W\d_]{3,}(?![\w({_^])")
_PRICES = re.compile(r"\d[\d.,]*\s+[^\W\d_]{2,}\s+\d")
_PROSE_LINE = re.compile(
    r"^[ \t>]*(?:\#{1,6}[ \t]|[^\W\d_]{2,}(?:[ ,'’-]+[^\W\d_]+){2,}[ \t.,:;]*\r?$)", re.M
)
_PROSE = re.compile(r"(?<![\\\w{])[^\W\d_]{2,}(?:[ ,;:'’-]+[^\W\d_]+){2,}|[぀-鿿]{4}")
_SINGLE_DOLLAR = re.compile(r"(?<![\\$])\$(?!\$)")
_END = {
    "$$": re.compile(r"\\.|(\$\$)", re.S),
    r"\[": re.compile(r"\\(?:[^\]\[]|\Z)|(\\[\]\[])", re.S),
    r"\(": re.compile(r"\\(?:[^)(]|\Z)|(\\[)(])", re.S),
    r"\\[": re.compile(r"(\\\\(?:\]|\[(?=\s)))"),
    r"\\(": re.compile(r"(\\\\[)(])"),
}
"""Where a formula ends: the first match with a group is its end or another beginning."""


@dataclass
class _Scanner:
    """One pass over a text: delimiters, macros, sections."""

    source: Source
    clean: str = ""  # the text without code and comments
    formulas: list[tuple[Span, Span, bool, str | None]] = field(default_factory=list)
    skipped: list[Span] = field(default_factory=list)  # inline code and comments
    directives: list[Directive] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def scan(self, openers: re.Pattern[str], start: int, end: int) -> None:
        """Find the formulas between two offsets; `openers` names what may begin."""
        macros, refused = find_macros(self.clean)
        definitions = {macro.span.start: macro.span.end for macro in macros}
        at = start
        while match := openers.search(self.clean, at, end):
            at = self.opener(match, definitions)
        self.definitions = [m for m in macros if not _covers(self.skipped, m.span.start)]
        self.diagnostics += refused

    def opener(self, match: re.Match[str], definitions: dict[int, int]) -> int:
        """Read what begins at the match and return where to go on."""
        if match.lastgroup == "environment":
            return self.environment(match)
        if match.lastgroup == "delimiter":
            return self.dollar(match) if match.group() == "$" else self.delimited(match)
        return definitions.get(match.start(), match.end())

    def environment(self, match: re.Match[str]) -> int:
        name, start = match["name"], match.end()
        closing = rf"\end{{{name}}}"
        again = self.clean.find(match.group(), start)
        end = self.clean.find(closing, start, again if again >= 0 else len(self.clean))
        if end < 0 or self.runs_away(start, end):
            return self.unclosed(match, closing)
        stop = end + len(closing)
        columns = _COLUMNS.match(self.clean, start, end) if name.startswith("alignat") else None
        inside = Span(columns.end() if columns else start, end)
        self.add(inside, Span(match.start(), stop), name != "math", name)
        return stop

    def delimited(self, match: re.Match[str]) -> int:
        """A formula between double dollars, or brackets with backslashes."""
        mark, start = match.group(), match.end()
        closing = mark.translate({ord("["): "]", ord("("): ")"})
        limit = self.paragraph_end(start) if "(" in mark else len(self.clean)
        end = self.closing(mark, start, limit)
        if end < 0 or not self.clean.startswith(closing, end) or self.runs_away(start, end):
            return self.unclosed(match, closing)
        stop, body = end + len(closing), self.clean[start:end]
        if body.strip() and (_MATH_SIGN.search(body) or not _WORD.search(body)):
            self.add(Span(start, end), Span(match.start(), stop), "(" not in mark, None)
        return stop

    def dollar(self, match: re.Match[str]) -> int:
        """A formula between single dollars; between prices there is none."""
        start = match.end()
        limit = self.paragraph_end(start)
        end = _closing_dollar(self.clean, start, limit)
        body = self.clean[start : end if end >= 0 else limit]
        if end >= 0 and self.is_formula(body, self.clean[end + 1 : end + 2]):
            self.add(Span(start, end), Span(match.start(), end + 1), False, None)
            return end + 1
        if _COMMAND.search(body):
            self.report(match, "$", "warning")
        return start

    def is_formula(self, body: str, following: str) -> bool:
        """Whether what stands between two dollars, before this character, is one."""
        return bool(body.strip())

    def closing(self, mark: str, start: int, limit: int) -> int:
        """Offset of the delimiter that ends the formula, or begins another; or -1."""
        for found in _END[mark].finditer(self.clean, start, limit):
            if found.group(1):
                return found.start()
        return -1

    def paragraph_end(self, start: int) -> int:
        blank = _BLANK_LINE.search(self.clean, start)
        return blank.start() if blank else len(self.clean)

    def runs_away(self, start: int, end: int) -> bool:
        """Whether a display that would end here has swallowed prose: it was never closed."""
        body = _outside_braces(self.clean[start:end])
        if _SINGLE_DOLLAR.search(body) or _PROSE_LINE.search(body):
            return True
        blank = _BLANK_LINE.search(body)
        if blank is None:
            return False
        parts = re.split(r"\n[ \t>]*\r?\n", body[blank.start() :])
        if any(_WORD.search(part) and not _MATH_SIGN.search(part) for part in parts):
            return True
        return _PROSE.search(body, blank.start()) is not None or self.begins_display(end)

    def begins_display(self, end: int) -> bool:
        """Whether dollars that would end a display look like the beginning of one."""
        if not self.clean.startswith("$$", end):
            return False
        before = self.clean[self.clean.rfind("\n", 0, end) + 1 : end]
        stop = self.clean.find("\n", end)
        after = self.clean[end + 2 : stop if stop >= 0 else len(self.clean)]
        return not before.strip(" \t>") and bool(_COMMAND.search(re.sub(r"\$[^$]+\$", "", after)))

    def unclosed(self, match: re.Match[str], closing: str) -> int:
        """Report a display without an end and go on after its paragraph."""
        end = self.paragraph_end(match.end())
        if not _MATH_SIGN.search(self.clean, match.end(), end):
            return match.end()
        self.report(match, closing, "error")
        return end

    def report(self, match: re.Match[str], closing: str, severity: Severity) -> None:
        span = Span(match.start(), match.end())
        message = f"{match.group()} opens a formula that is never closed"
        hint = f"write {closing} where it ends"
        self.diagnostics.append(Diagnostic(span, UNCLOSED, message, hint, severity))

    def add(self, span: Span, outer: Span, display: bool, environment: str | None) -> None:
        self.formulas.append((span, outer, display, environment))

    def directive(self, content: str, start: int) -> None:
        """Keep a comment that speaks to symgrad."""
        if found := _DIRECTIVE.match(content):
            span = Span(start + found.start(1), start + found.end(1))
            self.directives.append(Directive(span, found[1]))

    def finish(self, text: str, headings: Sequence[tuple[int, int]]) -> Note:
        """The note, its formulas in order and under their headings."""
        sections = [(-1, ()), *_section_paths(headings)]
        starts = [offset for offset, _ in sections]
        formulas = [
            Formula(
                span,
                outer,
                display,
                sections[bisect_right(starts, outer.start) - 1][1],
                environment,
                self.source.position(outer.start)[0],
            )
            for span, outer, display, environment in sorted(self.formulas, key=_outer_start)
        ]
        if not formulas:
            message = "no formula found in this note"
            self.diagnostics.append(Diagnostic(Span(0, 0), NO_FORMULA, message, "", "warning"))
        return Note(
            self.source,
            text,
            tuple(formulas),
            tuple(self.directives),
            tuple(self.definitions),
            tuple(sorted(self.diagnostics, key=lambda finding: finding.span.start)),
        )


_COLUMNS = re.compile(r"\s*\{\d+\}")
_DIRECTIVE = re.compile(r"\s*symgrad:\s*(.*?)\s*\Z", re.S)


def _outer_start(formula: tuple[Span, Span, bool, str | None]) -> int:
    return formula[1].start


def _covers(spans: Sequence[Span], offset: int) -> Span | None:
    """The one of these spans, in order and apart, that an offset lies in."""
    place = bisect_right(spans, offset, key=lambda span: span.start) - 1
    return spans[place] if place >= 0 and offset < spans[place].end else None


def _closing_dollar(text: str, start: int, limit: int) -> int:
    r"""The next dollar outside braces, as in `$\text{if $x$}$`, or the next one, or -1."""
    depth, first = 0, -1
    for match in _BRACE_OR_DOLLAR.finditer(text, start, limit):
        if match[1] == "$":
            if depth <= 0:
                return match.start()
            first = match.start() if first < 0 else first
        elif match[1]:
            depth += 1 if match[1] == "{" else -1
    return first


def _outside_braces(latex: str) -> str:
    """What stands outside braces, where no words of a formula do; all, if they do not match."""
    parts, at, depth = [], 0, 0
    for match in _BRACE_OR_DOLLAR.finditer(latex):
        if match[1] == "{":
            if depth == 0:
                parts.append(latex[at : match.start()])
            depth += 1
        elif match[1] == "}":
            depth, at = depth - 1, match.end()
        if depth < 0:
            return latex
    return "".join([*parts, latex[at:]]) if depth == 0 else latex


def _blank(text: str, spans: Iterable[Span]) -> str:
    """The text with spaces for all but the line ends of the spans."""
    parts, at = [], 0
    for span in sorted(spans, key=lambda span: span.start):
        start = max(span.start, at)
        if start < span.end:
            parts += [text[at:start], re.sub(r"[^\r\n]", " ", text[start : span.end])]
            at = span.end
    return "".join([*parts, text[at:]])


def _section_paths(headings: Iterable[tuple[int, int]]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Offset and number path of each heading, from offsets and levels."""
    levels: list[int] = []
    path: tuple[int, ...] = ()
    children: dict[tuple[int, ...], int] = {}
    for offset, level in headings:
        while levels and levels[-1] >= level:
            levels.pop()
            path = path[:-1]
        children[path] = children.get(path, 0) + 1
        path = (*path, children[path])
        levels.append(level)
        yield offset, path


# -- Markdown -----------------------------------------------------------------

_DEFINITION = r"(?P<definition>\\(?:(?:re)?newcommand|providecommand|g?def|DeclareMathOperator)\b)"
_BEGIN = rf"\\begin\{{(?P<name>(?:{ENVIRONMENTS})\*?)(?P<environment>\}})"
_ATTRIBUTE = r"""\s+[A-Za-z_:@][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?"""
_MARKDOWN = re.compile(
    r"(?P<comment><!--.*?-->)"
    r"|(?P<raw><(?P<tag>pre|code|script|style)\b[^>]*>.*?</(?P=tag)>)"
    rf"|(?P<html></?[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*\s*/?>)"
    r"|(?P<link>\]\([^()\s]*\)|https?://[^\s<>)]*)|(?P<ticks>`+)|(?P<backticked>\$`)"
    rf"|{_BEGIN}|{_DEFINITION}|(?P<delimiter>\$\$?|\\\\?[(\[])|(?P<escape>\\.)",
    re.S,
)
_MAY_BE_CODE = re.compile(r"```|~~~|^[ >]*\t|^[ >]{4}|(?:[-+*]|\d[.)])(?: {5}| *\t)", re.M)
_FRONT_MATTER = re.compile(
    r"(---|\+\+\+)[ \t]*\r?\n(?=[^\n]*\w)(?:.*\n)*?(?:\1|\.\.\.)[ \t]*\r?(?:\n|\Z)"
)
_HEADING = re.compile(
    r"^ {0,3}(?P<atx>\#{1,6})(?=[ \t\r\n]|\Z)"
    # A line over a rule of = or -, unless it is an item, a heading, a quotation or a rule.
    r"|^ {0,3}(?![-+*|=][ \t]|>|\d+[.)] |\#{1,6}[ \t]|(?:[-*_][ \t]*){3,}\r?$)"
    r"\S[^\n]*\n {0,3}(?P<rule>=+|-+)[ \t]*\r?$",
    re.M,
)
_BLOCK = re.compile(r"\n[ \t>]*(?:\r?(?=\n|\Z)|(?:\#{1,6}|[-+*]|\d{1,9}[.)])[ \t]|```|~~~|\|)")
_QUOTE_OR_ITEM = re.compile(r"(?:[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t]))*")
_QUOTE = re.compile(r"[ \t]*>")


class _MarkdownScanner(_Scanner):
    """Markdown as GitHub, Pandoc and Jekyll read it."""

    def note(self) -> Note:
        text = self.source.text
        front = _FRONT_MATTER.match(text)
        start = front.end() if front else 0
        self.fences: list[Span] = []
        self.indented: list[Span] = []
        self.code_blocks(start)
        self.clean = _blank(text, [Span(0, start), *self.fences])
        self.scan(_MARKDOWN, start, len(text))
        quotes = [
            mark
            for span, outer, *_ in self.formulas
            for mark in self.quote_marks(outer.start, span.end)
        ]
        return self.finish(_blank(text, quotes), self.headings())

    def code_blocks(self, start: int) -> None:
        """Sort code into fences and indented code; fences of mathematics are formulas."""
        text = self.source.text
        if not _MAY_BE_CODE.search(text, start):
            return
        starts = [*self.source.line_starts, len(text)]
        for first, last, info in _code_lines(_blank(text, [Span(0, start)])):
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
        if code := _covers(self.indented, at):
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
        word = _WORD.search(_outside_braces(body))
        is_bare = body[0].isdigit() and not re.search(r"[\\^_={]", body)
        if is_bare and (word or _PRICES.match(body)):
            return False
        if not body[0].isspace() and not body[-1].isspace():
            return True
        if word or ("\\" not in body and body.count("(") != body.count(")")):
            return False
        return bool(_MATH_SIGN.search(body) or re.fullmatch(r"\s*(?:\w|\d+)\s*", body))

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
        outside = _blank(self.clean, [*alone, *self.skipped, *self.indented])
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


_FENCED = re.compile(r"[^\n]*\n(.*?)(?:\n[ \t>]*(?:```+|~~~+)[ \t]*\r?\n?)?\Z", re.S)


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


# -- TeX ----------------------------------------------------------------------

_TEX_START = re.compile(r"^\s*\\(?:documentclass|begin\{document\})", re.M)
_TEX_HIDDEN = re.compile(
    r"(?P<verbatim>\\begin\{(?P<name>(?:[Vv]erbatim|lstlisting|minted|comment)\*?)\}.*?"
    r"(?:\\end\{(?P=name)\}|\Z))"
    r"|(?P<verb>\\(?:verb|lstinline)\*?(?P<bar>[^A-Za-z\s*{\[]).*?(?P=bar))"
    r"|\\.|(?P<comment>%[^\n]*)",
    re.S,
)
_TEX = re.compile(rf"{_BEGIN}|{_DEFINITION}|(?P<delimiter>\$\$?|\\[(\[])|(?P<escape>\\.)", re.S)
_TEX_HEADING = re.compile(
    r"\\(part|chapter|section|subsection|subsubsection|paragraph|subparagraph)\*?\s*[\[{]"
)
_TEX_LEVELS = ["part", "chapter", "section", "subsection", "subsubsection"]
_TEX_LEVELS += ["paragraph", "subparagraph"]


class _TexScanner(_Scanner):
    """A LaTeX file, with or without a preamble."""

    def note(self) -> Note:
        text = self.source.text
        for match in _TEX_HIDDEN.finditer(text):
            if match["comment"] or match["verbatim"] or match["verb"]:
                self.skipped.append(Span(match.start(), match.end()))
            if match["comment"]:
                content = match.group().lstrip("%")
                self.directive(content, match.end() - len(content))
        self.clean = _blank(text, self.skipped)
        begin = self.clean.find(r"\begin{document}")
        end = self.clean.find(r"\end{document}", max(begin, 0))
        self.scan(_TEX, max(begin, 0), end if end >= 0 else len(text))
        headings = [
            (match.start(), _TEX_LEVELS.index(match[1]))
            for match in _TEX_HEADING.finditer(self.clean)
        ]
        return self.finish(self.clean, headings)
