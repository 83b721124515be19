r"""Displays that somebody else wrote, in lines that fit the page.

A display of several statements gets a line for each, a chain a line for each member, and what
is still too wide is broken as in `lines`. Where nothing helps, because it stands in braces, the
display is set in a smaller size. What fits stays as it was written, and so does an environment
that is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symgrad.writing.lines import broken, pieces
from symgrad.writing.widths import width

WIDEST_ROW = 78.0
"""Of what a page is wide, in the measure of `symgrad.writing.widths`."""

_ALIGNED = re.compile(r"\\begin\{(align\*?)\}(.*)\\end\{\1\}\s*\Z", re.DOTALL)
_EQUATION = re.compile(r"\\begin\{(equation\*?)\}(.*)\\end\{\1\}\s*\Z", re.DOTALL)
_OWN_DISPLAY = re.compile(r"\\begin\{(?:alignat|flalign|gather|multline|eqnarray)\*?\}")
"""Environments that stand outside of mathematics, and are left as they are."""

_ENVIRONMENT = re.compile(r"\\begin\{(?!cases\})")
_SIZES = ((0.91, "small"), (0.82, "footnotesize"), (0.73, "scriptsize"))
"""How much narrower each size is than the one of the document, which has 11 points."""

_LONGEST_LEFT = 0.45
"""Of a line: a left-hand side that is longer stands on a line of its own."""


def fitted(latex: str) -> str:
    """The display, with its environment, such that no line is wider than the page.

    Args:
        latex: what stands between the signs of a display, or an environment with its display.
    """
    if _OWN_DISPLAY.match(latex):
        return latex
    aligned, equation = _ALIGNED.match(latex), _EQUATION.match(latex)
    if aligned:
        return _aligned(latex, aligned[1], aligned[2])
    body = equation[2] if equation else latex
    if _ENVIRONMENT.search(body) or width(body) <= WIDEST_ROW:
        return latex if equation else f"\\[{latex}\\]"
    rows = [row for text in pieces(body, "gap") for row in _rows(text)]
    if equation:
        inside = _joined(rows)
        return f"\\begin{{{equation[1]}}}\n\\begin{{split}}\n{inside}\n\\end{{split}}\n" + (
            f"\\end{{{equation[1]}}}"
        )
    return _smaller(f"\\begin{{align*}}\n{_joined(rows)}\n\\end{{align*}}", rows)


def _rows(statement: str) -> list[str]:
    """A statement in rows that are aligned at their relations."""
    statement = re.sub(r"\\q?quad$", "", statement).strip()
    left, *members = pieces(statement, "relation")
    if not members:
        return _lines("& ", left, 0.0)
    used = width(left)
    if used > _LONGEST_LEFT * WIDEST_ROW:
        rows = _lines("& ", left, 0.0)
        return rows + [row for member in members for row in _lines("& ", member, 0.0)]
    rows = [row for member in members for row in _lines("& ", member, used)]
    return [f"{left} {rows[0]}", *rows[1:]]


def _lines(head: str, text: str, before: float) -> list[str]:
    first, *more = broken(text, before, WIDEST_ROW)
    return [head + first, *(rf"& \qquad {line}" for line in more)]


def _aligned(latex: str, name: str, body: str) -> str:
    """An alignment of two columns; the rows that are too wide are broken."""
    rows = [row.strip() for row in _cut_rows(body)]
    columns = [_cells(row) for row in rows]
    if any(len(cells) > 2 for cells in columns):
        return _smaller(latex, rows)
    before = max([width(cells[0]) for cells in columns if len(cells) > 1], default=0.0)
    if all(_used(cells, before) <= WIDEST_ROW for cells in columns):
        return latex
    made: list[str] = []
    for row, cells in zip(rows, columns, strict=True):
        made += [row] if _used(cells, before) <= WIDEST_ROW else _broken_row(row, cells, before)
    return _smaller(f"\\begin{{{name}}}\n{_joined(made)}\n\\end{{{name}}}", made)


def _broken_row(row: str, cells: Sequence[str], before: float) -> list[str]:
    if len(cells) == 1:
        return _rows(row)
    left, right = cells
    members = pieces(right, "relation")
    rows = [line for member in members for line in _lines("& ", member, before)]
    return [f"{left.strip()} {rows[0]}".strip(), *rows[1:]]


def _used(cells: Sequence[str], before: float) -> float:
    return width(cells[0]) if len(cells) == 1 else before + width(cells[1])


def _cut_rows(body: str) -> list[str]:
    r"""The rows of an alignment: `\\` in braces or in another environment ends none."""
    rows, depth = [""], 0
    for token in re.findall(r"\\\\(?:\[[^\]]*\])?|\\[A-Za-z]+|\\.|.", body, re.DOTALL):
        depth += (token in ("{", r"\begin")) - (token in ("}", r"\end"))
        if token.startswith("\\\\") and depth == 0:
            rows.append("")
        else:
            rows[-1] += token
    return [row for row in rows if row.strip()]


def _cells(row: str) -> list[str]:
    """The cells of a row."""
    inner = re.sub(
        r"\\begin\{(\w+)\}.*?\\end\{\1\}", lambda m: m[0].replace("&", "\0"), row, flags=re.DOTALL
    )
    return [cell.replace("\0", "&") for cell in re.split(r"(?<!\\)&", inner)]


def _joined(rows: Sequence[str]) -> str:
    return " \\\\\n".join(rows)


def _smaller(display: str, rows: Sequence[str]) -> str:
    """The display in the largest size in which it fits."""
    before = max([width(_cells(row)[0]) for row in rows if "&" in row], default=0.0)
    widest = max(_used([cells[0], "".join(cells[1:])], before) for cells in map(_cells, rows))
    if widest <= WIDEST_ROW:
        return display
    size = next((name for part, name in _SIZES if part * widest <= WIDEST_ROW), _SIZES[-1][1])
    return f"{{\\{size}\n{display}\n}}"
