"""Environments inside a formula: cases and matrices."""

from __future__ import annotations

from symgrad.reading import constructs as words
from symgrad.reading import syntax
from symgrad.reading.parser import Parser, operand_rule
from symgrad.reading.tokens import LatexError, Token


@operand_rule("begin")
def _environment(parser: Parser, token: Token) -> syntax.Node:
    """Cases, also as an array after a brace, and matrices."""
    parser.next()
    name = token.text
    is_cases = name in words.CASES_ENVIRONMENTS or parser.peek(-2).text in (r"\{", r"\lbrace")
    if not is_cases and name.rstrip("*") not in words.MATRIX_ENVIRONMENTS | {"aligned"}:
        raise LatexError(token.span, f"the environment '{name}' is not read inside a formula")
    rows = _cells(parser, token, keeps_blanks=not is_cases)
    end = parser.next()
    span = token.span.to(end.span)
    if is_cases:
        return syntax.Cases(span, tuple(_case(parser, row, token) for row in rows))
    return syntax.Matrix(span, tuple(map(tuple, rows)), name.rstrip("*"))


def _cells(parser: Parser, opening: Token, keeps_blanks: bool) -> list[list[syntax.Node]]:
    """Rows of cells up to the end of the environment; words are cells of their own.

    Nothing before or after a mark between columns is a cell too, where blanks are kept.
    """
    parser.nesting += 1
    bars, parser.bars = parser.bars, []
    rows: list[list[syntax.Node]] = [[]]
    marks = 0
    while parser.peek().kind != "end":
        token = parser.peek()
        if token.kind == "end-of-formula":
            raise LatexError(opening.span, f"\\begin{{{opening.text}}} is never ended")
        if token.kind in ("newrow", "row"):
            _fill(rows[-1], marks, token)
            rows.append([])
            marks = 0
            parser.next()
        elif token.kind == "cell" and keeps_blanks:
            _fill(rows[-1], marks, token)
            marks += 1
            parser.next()
        elif token.kind in ("cell", "gap") or (token.kind == "symbol" and token.text in ",;.:"):
            parser.next()
        elif token.kind == "text" and not parser.word_is_name():
            parser.next()
            rows[-1].append(syntax.Words(token.span, token.text))
        else:
            before = parser.place
            rows[-1].append(parser.chain())
            if parser.place == before:
                raise LatexError(token.span, f"'{token.text}' does not fit here")
    _fill(rows[-1], marks, parser.peek())
    parser.nesting -= 1
    parser.bars = bars
    return [row for row in rows if row]


def _fill(row: list[syntax.Node], marks: int, token: Token) -> None:
    """A blank cell before a mark or an end that has none before it, in a row with marks."""
    if len(row) == marks and (marks or token.kind == "cell"):
        row.append(syntax.Blank(token.span))


def _case(
    parser: Parser, row: list[syntax.Node], opening: Token
) -> tuple[syntax.Node, syntax.Node | None]:
    """Value and condition of one row; words alone mean "otherwise"."""
    prose = [node for node in row if isinstance(node, syntax.Words)]
    rest = [node for node in row if not isinstance(node, syntax.Words)]
    known = words.CONDITION_WORDS if len(rest) == 2 else words.OTHERWISE_WORDS
    for node in prose:
        if not words.only_words_of(node.text, known):
            raise LatexError(node.span, f"the words '{node.text}' are not known in a condition")
    if len(rest) == 1:
        return rest[0], None
    if len(rest) == 2:
        return rest[0], rest[1]
    span = row[0].span if row else opening.span
    raise LatexError(span, "a case is one value and one condition")
