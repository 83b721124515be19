"""A note as data: its formulas, its macros, and the comments that speak to symgrad."""

from __future__ import annotations

from functools import cached_property

from symgrad.diagnostics import Diagnostic, Source, Span
from symgrad.reading.macros import Macro
from symgrad.records import dataclass


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
