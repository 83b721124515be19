r"""The macros a note defines itself, found in its text; their bodies stay LaTeX."""

from __future__ import annotations

import re

from symgrad.diagnostics import Code, Diagnostic, Span
from symgrad.patterns import pattern
from symgrad.records import dataclass

MACRO_NOT_READ = Code(
    slug="macro-not-read",
    summary="a macro definition is not understood",
    why="Formulas that use it are not read. Arguments must stand as #1#2, without other signs.",
    wrong=r"""\def\pair(#1,#2){#1 \cdot #2}
Let $x \in \mathbb R$.
$$\frac{\partial x^2}{\partial x} = \pair(2,x)$$""",
    right=r"""\newcommand{\pair}[2]{#1 \cdot #2}
Let $x \in \mathbb R$.
$$\frac{\partial x^2}{\partial x} = \pair{2}{x}$$""",
)


@dataclass(frozen=True)
class Macro:
    r"""A `\newcommand`, `\def` or `\DeclareMathOperator` of the note.

    Attributes:
        name: with its backslash.
        arguments: how many, the optional one included.
        default: of the first argument where it is optional.
        body: LaTeX with `#1` to `#9`.
        span: the whole definition in the note.
    """

    name: str
    arguments: int
    default: str | None
    body: str
    span: Span


_NAME = r"(?:\{\s*(?P<braced>\\(?:[A-Za-z]+|.))\s*\}|(?P<bare>\\(?:[A-Za-z]+|.)))\s*"
_DEFINITION = pattern(
    r"\\(?:(?:re)?newcommand|providecommand|g?def|(?P<operator>DeclareMathOperator))"
    rf"(?![A-Za-z])\*?\s*{_NAME}"
    r"(?:\[(?P<count>\d)\]\s*)?(?:\[(?P<default>[^\]]*)\]\s*)?"
    r"(?P<parameters>(?:\#\d)*)\s*(?=(?P<brace>\{)?)"
)
_BRACES = pattern(r"\\.|[{}]", re.DOTALL)


def find_macros(text: str) -> tuple[list[Macro], list[Diagnostic]]:
    """All macro definitions of a text, and a finding for each that is not understood."""
    macros, refused = [], []
    for match in _DEFINITION.finditer(text):
        name = match["braced"] or match["bare"]
        end = _group_end(text, match.end()) if match["brace"] else -1
        if end < 0:
            span = Span(match.start(), match.end())
            message = f"the definition of {name} is not understood"
            refused.append(Diagnostic(span, MACRO_NOT_READ, message, severity="warning"))
            continue
        body = text[match.end() + 1 : end - 1]
        if match["operator"]:
            body = rf"\operatorname{{{body}}}"
        count = int(match["count"] or len(match["parameters"]) // 2)
        macros.append(Macro(name, count, match["default"], body, Span(match.start(), end)))
    return macros, refused


def _group_end(text: str, start: int) -> int:
    """Offset behind the brace that closes the one at `start`, or -1."""
    depth = 0
    for match in _BRACES.finditer(text, start):
        depth += (match.group() == "{") - (match.group() == "}")
        if depth == 0:
            return match.end()
    return -1
