"""Edits on syntax: the repaired formula, with every node where the note has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symgrad.diagnostics import Source, Span
from symgrad.reading.errors import Edit
from symgrad.reading.parser import parse
from symgrad.reading.syntax import Node, rebuilt
from symgrad.reading.tokens import LatexError, tokenize


def edited(node: Node, edit: Edit) -> Node:
    """The node with the part at the edit's span replaced by the reading of its text."""
    replacement = read_at(edit.text, edit.span)

    def change(part: Node) -> Node:
        if part.span == edit.span:
            return replacement
        if edit.span.start >= part.span.start and edit.span.end <= part.span.end:
            return rebuilt(part, change)
        return part

    return change(node)


def read_at(text: str, span: Span) -> Node:
    """The syntax of a text, as if all of it stood at one place of the note.

    Raises:
        LatexError: where the text is not one expression.
    """
    pieces = parse(tokenize(text, Span(0, len(text)), {}))
    if len(pieces) != 1:
        raise LatexError(span, "one expression is expected")
    return _placed(pieces[0].node, span)


def _placed(node: Node, span: Span) -> Node:
    """The node with every part at one place of the note."""
    return replace(rebuilt(node, lambda part: _placed(part, span)), span=span)


def edited_text(source: Source, span: Span, edits: Sequence[Edit]) -> str:
    """The note's own text of a span after the edits."""
    text, end = "", span.start
    for edit in sorted(edits, key=lambda e: e.span.start):
        text += source.text[end : edit.span.start] + edit.text
        end = edit.span.end
    return text + source.text[end : span.end]
