r"""The words of a note between its formulas, from Markdown to LaTeX and back.

Only what a short text needs: emphasis, code, links, and the signs that LaTeX takes for its own.
"""

from __future__ import annotations

import re

_MATHEMATICS = re.compile(r"(\$\$.*?\$\$|\$.*?\$|\\\(.*?\\\))", re.DOTALL)
_SIGNS = re.compile(r"[&%#_{}~^\\]")
_SPELLED = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
_MARKED = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>.+?)\*\*|__(?P<strong_>.+?)__"
    r"|\*(?P<emphasis>[^*\s][^*]*)\*|(?<!\w)_(?P<emphasis_>[^_\s][^_]*)_(?!\w)"
    r"|!?\[(?P<link>[^\]]*)\]\([^)]*\)|<!--.*?-->|\\(?P<escaped>[^\w\s])",
    re.DOTALL,
)
_COMMANDS = {"emph": "*", "textit": "*", "textbf": "**", "texttt": "`", "text": ""}
_STYLED = re.compile(rf"\\({'|'.join(_COMMANDS)})\{{([^{{}}]*)\}}")
_LABELS = re.compile(r"\\(?:label|index|vspace|hspace|cite|ref|eqref)\*?\{[^{}]*\}")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[^{}]*\}(?:\[[^\]]*\])?")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_SPACING = re.compile(r"\\(?:noindent|medskip|bigskip|smallskip|par|newline|maketitle)(?![A-Za-z])")


def markdown_to_latex(text: str) -> str:
    """A text of Markdown as LaTeX; formulas in it stay as they are."""
    parts = _MATHEMATICS.split(text)
    return "".join(part if n % 2 else _words_to_latex(part) for n, part in enumerate(parts))


def latex_to_markdown(text: str) -> str:
    """A text of LaTeX as Markdown; formulas in it stay as they are."""
    parts = _MATHEMATICS.split(text)
    return "".join(part if n % 2 else _words_to_markdown(part) for n, part in enumerate(parts))


def _words_to_latex(text: str) -> str:
    result, at = "", 0
    for match in _MARKED.finditer(text):
        result += _escaped(text[at : match.start()]) + _marked_in_latex(match)
        at = match.end()
    return result + _escaped(text[at:])


def _marked_in_latex(match: re.Match[str]) -> str:
    if match["code"]:
        return rf"\texttt{{{_escaped(match['code'])}}}"
    strong = match["strong"] or match["strong_"]
    if strong:
        return rf"\textbf{{{_words_to_latex(strong)}}}"
    emphasis = match["emphasis"] or match["emphasis_"]
    if emphasis:
        return rf"\emph{{{_words_to_latex(emphasis)}}}"
    return _escaped(match["link"] or match["escaped"] or "")


def _escaped(text: str) -> str:
    return _SIGNS.sub(lambda match: _SPELLED.get(match.group(), f"\\{match.group()}"), text)


def _words_to_markdown(text: str) -> str:
    text = _COMMENT.sub("", text)
    for pattern in (_LABELS, _ENVIRONMENT, _SPACING):
        text = pattern.sub("", text)
    text = _STYLED.sub(lambda m: f"{_COMMANDS[m[1]]}{m[2]}{_COMMANDS[m[1]]}", text)
    return re.sub(r"\\([&%#_{}])", r"\1", text).replace("~", " ").replace("``", '"')
