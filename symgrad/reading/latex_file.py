r"""A LaTeX file to its formulas, with or without a preamble."""

from __future__ import annotations

import re

from symgrad.diagnostics import Source, Span
from symgrad.patterns import pattern
from symgrad.reading.formulas import Note
from symgrad.reading.scan import BEGIN, DEFINITION, Scanner, blanked


def read_latex(source: Source) -> Note:
    """The formulas of a LaTeX file; verbatim text and comments hold none."""
    return _LatexScanner(source).note()


_HIDDEN = pattern(
    r"(?P<verbatim>\\begin\{(?P<name>(?:[Vv]erbatim|lstlisting|minted|comment)\*?)\}.*?"
    r"(?:\\end\{(?P=name)\}|\Z))"
    r"|(?P<verb>\\(?:verb|lstinline)\*?(?P<bar>[^A-Za-z\s*{\[]).*?(?P=bar))"
    r"|\\.|(?P<comment>%[^\n]*)",
    re.S,
)
_OPENERS = pattern(rf"{BEGIN}|{DEFINITION}|(?P<delimiter>\$\$?|\\[(\[])|(?P<escape>\\.)", re.S)
_LEVELS = ["part", "chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph"]
_HEADING = pattern(rf"\\({'|'.join(_LEVELS)})\*?\s*[\[{{]")


class _LatexScanner(Scanner):
    """Adds comments, verbatim text and sectioning commands to the scanner."""

    def note(self) -> Note:
        text = self.source.text
        for match in _HIDDEN.finditer(text):
            if match["comment"] or match["verbatim"] or match["verb"]:
                self.skipped.append(Span(match.start(), match.end()))
            if match["comment"]:
                content = match.group().lstrip("%")
                self.directive(content, match.end() - len(content))
        self.clean = blanked(text, self.skipped)
        begin = self.clean.find(r"\begin{document}")
        end = self.clean.find(r"\end{document}", max(begin, 0))
        self.scan(_OPENERS, max(begin, 0), end if end >= 0 else len(text))
        headings = [
            (match.start(), _LEVELS.index(match[1])) for match in _HEADING.finditer(self.clean)
        ]
        return self.finish(self.clean, headings)
