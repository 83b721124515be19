"""Long lines of an emitted program, broken as formatters break them.

A program is written one statement a line. Here a statement that is too wide is broken at
its brackets, or put in brackets and broken at its operators.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

WIDTH = 88
"""Characters of a line, as formatters of Python have it unless they are told otherwise."""

_STEP = "    "
_OPERATORS = (" if | else ", " [<>]=? ", r" [+-] ", r" [*/@] ")
"""Where an expression is broken: at those that bind least first."""


def module(parts: Iterable[str]) -> str:
    """The source of a module, of lines and of texts of several lines."""
    return "\n".join(laid_out("\n".join(parts).splitlines())) + "\n"


def laid_out(lines: Iterable[str]) -> list[str]:
    """Lines of a program, none wider than `WIDTH` where it can be broken."""
    found: list[str] = []
    in_docstring = False
    for line in lines:
        if not in_docstring and len(line) > WIDTH and not line.lstrip().startswith(("#", '"""')):
            found += _broken(line)
        else:
            found.append(line)
        in_docstring ^= line.count('"""') % 2 == 1
    return found


def _broken(line: str) -> list[str]:
    """One statement, or one item of a list, on several lines."""
    text = line.lstrip()
    indent = line[: len(line) - len(text)]
    if len(line) <= WIDTH:
        return [line]
    parts = _split(text, " = ")
    if len(parts) == 2 and text.startswith("["):
        return _unpacking(indent, *parts)
    if len(parts) == 2:
        return _value(indent, f"{parts[0]} = ", parts[1])
    if text.startswith("return "):
        return _value(indent, "return ", text.removeprefix("return "))
    return _bracketed(indent, "", text)


def _value(indent: str, head: str, expression: str) -> list[str]:
    """`x = ...` or `return ...`."""
    items = _split(expression, ", ")
    if len(items) > 1:
        return _one_a_line(indent, f"{head}(", items, ")")
    for operator in _OPERATORS:
        if len(_split(expression, operator)) > 1:
            return _operands(indent, head, expression, operator)
    return _bracketed(indent, head, expression)


def _operands(indent: str, head: str, expression: str, operator: str) -> list[str]:
    """An expression in brackets: on one line of its own, or an operand a line."""
    inner = f"{indent}{_STEP}{expression}"
    if len(inner) > WIDTH:
        pieces = _pieces(expression, operator)
        return [f"{indent}{head}(", *(f"{indent}{_STEP}{p}" for p in pieces), f"{indent})"]
    return [f"{indent}{head}(", inner, f"{indent})"]


def _pieces(expression: str, operator: str) -> list[str]:
    """The operands, each with the operator before it."""
    starts = [match.start() + 1 for match in _matches(expression, operator)]
    ends = pairwise([0, *starts, len(expression)])
    return [expression[start:end].rstrip() for start, end in ends]


def _unpacking(indent: str, targets: str, value: str) -> list[str]:
    """`[a, b] = x.tolist()`: the targets a line, or the value on a line of its own."""
    items = _split(targets[1:-1], ", ")
    if len(f"{indent}{targets} = (") <= WIDTH:
        return [f"{indent}{targets} = (", f"{indent}{_STEP}{value}", f"{indent})"]
    return _one_a_line(indent, "[", items, f"] = {value}")


def _bracketed(indent: str, head: str, text: str) -> list[str]:
    """What ends with a bracket: its arguments on a line of their own, or one a line."""
    end = re.search(r"[)\]}]([:,]?)$", text)
    opening = None if end is None else _opening(text, end.start())
    if end is None or opening is None:
        return [f"{indent}{head}{text}"]
    before, inner, after = text[: opening + 1], text[opening + 1 : end.start()], text[end.start() :]
    line = f"{indent}{_STEP}{inner}"
    is_call = before[-2:-1].isalnum() or before[-2:-1] == "_"
    if len(line) <= WIDTH and is_call:
        return [f"{indent}{head}{before}", line, f"{indent}{after}"]
    return _one_a_line(indent, head + before, _split(inner, ", "), after)


def _one_a_line(indent: str, before: str, items: Sequence[str], after: str) -> list[str]:
    inner = [line for item in items for line in _item(indent + _STEP, f"{item},")]
    return [f"{indent}{before}", *inner, f"{indent}{after}"]


def _item(indent: str, text: str) -> list[str]:
    """One of a list; it is in brackets already."""
    for operator in _OPERATORS if len(indent + text) > WIDTH else ():
        if len(_split(text, operator)) > 1:
            return [indent + piece for piece in _pieces(text, operator)]
    return _broken(indent + text)


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that are in no bracket and no string."""
    matches = list(_matches(text, separator))
    starts, ends = [0, *(m.end() for m in matches)], [*(m.start() for m in matches), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _matches(text: str, separator: str) -> Iterator[re.Match[str]]:
    depth, quoted = 0, ""
    pattern = re.compile(separator)
    for place, character in enumerate(text):
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "\"'":
            quoted = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif depth == 0:
            match = pattern.match(text, place)
            if match is not None:
                yield match


def _opening(text: str, closing: int) -> int | None:
    """The place of the bracket that the one at `closing` closes."""
    depth = 0
    for place in range(closing, -1, -1):
        depth += (text[place] in ")]}") - (text[place] in "([{")
        if depth == 0:
            return place
    return None
