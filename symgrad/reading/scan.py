r"""What scanning Markdown and LaTeX share: delimiters, macros, directives, sections.

The text is scanned once from left to right, so that what comes first wins: a
dollar in inline code is no formula, a backtick in a formula is no code.
Columns are always those of the note itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from symgrad.diagnostics import Code, Diagnostic, Severity, Source, Span
from symgrad.patterns import pattern
from symgrad.reading.constructs import ENVIRONMENTS
from symgrad.reading.formulas import Directive, Formula, Note
from symgrad.reading.macros import Macro, find_macros
from symgrad.reading.prose import (
    BLANK_LINE,
    COMMAND,
    MATH_SIGN,
    has_prose,
    may_be_mathematics,
    outside_braces,
)
from symgrad.records import dataclass, field

UNCLOSED = Code(
    slug="unclosed-math",
    summary="a formula is opened and never closed",
    why="Where it ends is not known, so it is not read; reading goes on after its paragraph.",
    wrong=r"""Let $x \in \mathbb R$.
$$\frac{\partial x^2}{\partial x} = 2x""",
    right=r"""Let $x \in \mathbb R$.
$$\frac{\partial x^2}{\partial x} = 2x$$""",
)
NO_FORMULA = Code(
    slug="no-formula",
    summary="the note has no formula",
    why="Nothing is checked; formulas stand between dollars or in an environment such as align.",
    wrong=r"""The derivative of x^2 is 2x.""",
    right=r"""Let $x \in \mathbb R$. The derivative of $x^2$ is:
$$\frac{\partial x^2}{\partial x} = 2x$$""",
)

BEGIN = rf"\\begin\{{(?P<name>(?:{ENVIRONMENTS})\*?)(?P<environment>\}})"
DEFINITION = r"(?P<definition>\\(?:(?:re)?newcommand|providecommand|g?def|DeclareMathOperator)\b)"
"""Patterns for the openers of both languages; the last group says what begins."""

_END = {
    "$$": pattern(r"\\.|(\$\$)", re.S),
    r"\[": pattern(r"\\(?:[^\]\[]|\Z)|(\\[\]\[])", re.S),
    r"\(": pattern(r"\\(?:[^)(]|\Z)|(\\[)(])", re.S),
    r"\\[": pattern(r"(\\\\(?:\]|\[(?=\s)))"),
    r"\\(": pattern(r"(\\\\[)(])"),
}
"""Where a formula ends: the first match with a group is its end or another beginning."""

_COLUMNS = pattern(r"\s*\{\d+\}")
_DIRECTIVE = pattern(r"\s*symgrad:\s*(.*?)\s*\Z", re.S)
_BRACE_OR_DOLLAR = pattern(r"\\.|([{}$])", re.S)


@dataclass
class Scanner:
    """One pass over a text.

    Attributes:
        source: the note as it is.
        clean: its text, of the same length, without code and comments.
        formulas: inner and outer span, whether a display, environment.
        skipped: inline code and comments, in order.
        directives: in order.
        definitions: the macros, in order.
        diagnostics: what could not be read.
    """

    source: Source
    clean: str = ""
    formulas: list[tuple[Span, Span, bool, str | None]] = field(default_factory=list)
    skipped: list[Span] = field(default_factory=list)
    directives: list[Directive] = field(default_factory=list)
    definitions: list[Macro] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def scan(self, openers: re.Pattern[str], start: int, end: int) -> None:
        """Find the formulas between two offsets; `openers` names what may begin."""
        macros, refused = find_macros(self.clean)
        definitions = {macro.span.start: macro.span.end for macro in macros}
        at = start
        while match := openers.search(self.clean, at, end):
            at = self.opener(match, definitions)
        self.definitions = [m for m in macros if not covering(self.skipped, m.span.start)]
        self.diagnostics += refused

    def opener(self, match: re.Match[str], definitions: dict[int, int]) -> int:
        """Read what begins at the match and return where to go on."""
        if match.lastgroup == "environment":
            return self.environment(match)
        if match.lastgroup == "delimiter":
            return self.dollar(match) if match.group() == "$" else self.delimited(match)
        return definitions.get(match.start(), match.end())

    def environment(self, match: re.Match[str]) -> int:
        """A formula between the beginning and the end of an environment."""
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
        if may_be_mathematics(body):
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
        if COMMAND.search(body):
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
        """Offset of the first blank line, or of the end."""
        blank_line = BLANK_LINE.search(self.clean, start)
        return blank_line.start() if blank_line else len(self.clean)

    def runs_away(self, start: int, end: int) -> bool:
        """Whether a display that would end here has swallowed prose: it was never closed."""
        body = outside_braces(self.clean[start:end])
        if has_prose(body):
            return True
        return BLANK_LINE.search(body) is not None and self.begins_display(end)

    def begins_display(self, end: int) -> bool:
        """Whether dollars that would end a display look like the beginning of one."""
        if not self.clean.startswith("$$", end):
            return False
        before = self.clean[self.clean.rfind("\n", 0, end) + 1 : end]
        stop = self.clean.find("\n", end)
        after = self.clean[end + 2 : stop if stop >= 0 else len(self.clean)]
        return not before.strip(" \t>") and bool(COMMAND.search(re.sub(r"\$[^$]+\$", "", after)))

    def unclosed(self, match: re.Match[str], closing: str) -> int:
        """Report a display without an end and go on after its paragraph."""
        end = self.paragraph_end(match.end())
        if not MATH_SIGN.search(self.clean, match.end(), end):
            return match.end()
        self.report(match, closing, "error")
        return end

    def report(self, match: re.Match[str], closing: str, severity: Severity) -> None:
        """Enter an opener that nothing closes."""
        span = Span(match.start(), match.end())
        message = f"{match.group()} opens a formula that is never closed"
        hint = f"write {closing} where it ends"
        self.diagnostics.append(Diagnostic(span, UNCLOSED, message, hint, severity))

    def add(self, span: Span, outer: Span, display: bool, environment: str | None) -> None:
        """Enter a formula."""
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


def _outer_start(formula: tuple[Span, Span, bool, str | None]) -> int:
    return formula[1].start


def covering(spans: Sequence[Span], offset: int) -> Span | None:
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


def blanked(text: str, spans: Iterable[Span]) -> str:
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
