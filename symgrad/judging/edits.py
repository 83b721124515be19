"""Edits on syntax: the repaired formula, with every node where the note has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from symgrad.diagnostics import Edit, Fix, Source, Span
from symgrad.patterns import pattern
from symgrad.reading.context import Session
from symgrad.reading.parser import parse
from symgrad.reading.syntax import Node, Scripted, Symbol, children, placed, rebuilt
from symgrad.reading.tokens import LatexError, tokenize


def edited(node: Node, edit: Edit, session: Session) -> Node:
    """The node with the part at the edit's span replaced by the reading of its text."""
    replacement = read_at(edit.text, edit.span, session)

    def change(part: Node) -> Node:
        if part.span == edit.span:
            return replacement
        if edit.span.start >= part.span.start and edit.span.end <= part.span.end:
            return rebuilt(part, change)
        return part

    return change(node)


def read_at(text: str, span: Span, session: Session) -> Node:
    """The syntax of a text, as if all of it stood at one place of the note.

    Args:
        text: LaTeX.
        span: the place.
        session: the note.

    Raises:
        LatexError: where the text is not one expression.
    """
    pieces = parse(tokenize(text, Span(0, len(text)), session.macros_at(span.start)))
    if len(pieces) != 1:
        raise LatexError(span, "one expression is expected")
    return placed(session.as_in_note(pieces[0].node), span)


def edited_text(source: Source, span: Span, edits: Sequence[Edit]) -> str:
    """The note's own text of a span after the edits."""
    text, end = "", span.start
    for edit in sorted(edits, key=lambda e: e.span.start):
        text += source.text[end : edit.span.start] + _fitted(edit, source)
        end = edit.span.end
    return text + source.text[end : span.end]


_ONE_TOKEN = pattern(r"\\[A-Za-z]+|\S|\{.*\}", re.S)


def _fitted(edit: Edit, source: Source) -> str:
    """The text of an edit; a script without braces gets them where it needs them."""
    before = source.text[edit.span.start - 1 : edit.span.start]
    if before in ("^", "_") and not _ONE_TOKEN.fullmatch(edit.text):
        return f"{{{edit.text}}}"
    return edit.text


def without_superscript(source: Source, node: Scripted) -> str:
    """The text of a name without what stands above it: `W_2` of `W_2^T`."""
    sup = node.superscript
    assert sup is not None
    start, end = sup.span.start, sup.span.end
    before = source.text[node.span.start : start].rstrip("{ ").rstrip("^ ")
    after = source.text[end : node.span.end].lstrip("} ")
    return before + after


def renaming(nodes: Iterable[Node], old: str, new: str) -> Fix:
    """The edits that write another letter for an index, wherever it stands below the nodes."""
    places: dict[Span, None] = {}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Symbol) and node.name == old:
            places[node.span] = None
        waiting.extend(children(node))
    return tuple(Edit(span, new) for span in sorted(places, key=lambda span: span.start))


def with_braces(source: Source, span: Span) -> Span:
    """The span with the braces around its ends: of `{W}^T` a node may begin at the W."""
    start, end, depth = span.start, span.end, 0
    for character in source.slice(span):
        depth += (character == "{") - (character == "}")
        if depth < 0:
            start = source.text.rfind("{", 0, start)
            depth += 1
    while depth > 0:
        end = source.text.index("}", end) + 1
        depth -= 1
    return Span(start, end) if start >= 0 else span
