"""JSON with the places of its strings, so that one can be changed and the rest stays."""

from __future__ import annotations

import json
import re
from typing import Any

from symgrad.records import dataclass

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SCALAR = re.compile(r"-?\d[\d.eE+-]*|true|false|null|NaN|-?Infinity")


@dataclass(frozen=True)
class Text:
    """A string of a JSON document.

    Attributes:
        value: what it says.
        start, end: where its literal stands, quotes included.
    """

    value: str
    start: int
    end: int


def located(raw: str) -> object:
    """A JSON document, every string a `Text`, keys excepted; other scalars are None.

    Raises:
        ValueError: where it is no JSON.
    """
    json.loads(raw)  # the library says what is wrong with it
    return _value(raw, _skip(raw, 0))[0]


def literal(value: str, raw: str) -> str:
    """The literal of a string, escaped as the document does it."""
    return json.dumps(value, ensure_ascii=raw.isascii())


def _skip(raw: str, at: int) -> int:
    match = _SPACE.match(raw, at)
    assert match is not None
    return match.end()


def _string(raw: str, at: int) -> Text:
    match = _STRING.match(raw, at)
    assert match is not None
    return Text(json.loads(match[0], strict=False), at, match.end())


def _value(raw: str, at: int) -> tuple[Any, int]:
    if raw[at] == '"':
        text = _string(raw, at)
        return text, text.end
    if raw[at] == "[":
        return _list(raw, at)
    if raw[at] == "{":
        return _object(raw, at)
    match = _SCALAR.match(raw, at)
    assert match is not None
    return None, match.end()


def _list(raw: str, at: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    at = _skip(raw, at + 1)
    while raw[at] != "]":
        value, at = _value(raw, at)
        items.append(value)
        at = _skip(raw, at)
        at = _skip(raw, at + 1) if raw[at] == "," else at
    return items, at + 1


def _object(raw: str, at: int) -> tuple[dict[str, Any], int]:
    items: dict[str, Any] = {}
    at = _skip(raw, at + 1)
    while raw[at] != "}":
        key = _string(raw, at)
        at = _skip(raw, _skip(raw, key.end) + 1)
        items[key.value], at = _value(raw, at)
        at = _skip(raw, at)
        at = _skip(raw, at + 1) if raw[at] == "," else at
    return items, at + 1
