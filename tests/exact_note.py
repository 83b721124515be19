r"""A second reader of `derivations/three-layers.md`, for the tests only.

It knows the notation of that note and nothing more, and shares no code with symgrad.
Whatever is not in it word by word (an index without a declaration, a sum without a bound)
raises `NotReadError`. What the equations are worth is worked out in `exact_values`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
_TOKEN = re.compile(
    r"\\(?:begin|end)\{[a-z]+\*?\}|\\text\{[^}]*\}|\\[A-Za-z]+|\\.|\d+|\s+|.", re.DOTALL
)
_UNPRINTED = {r"\limits", r"\;", r"\left", r"\right", r"\begin{align*}", r"\end{align*}"}
OPENING = {"(": ")", "[": "]", "{": "}", r"\{": r"\}", r"\begin{cases}": r"\end{cases}"}


class NotReadError(Exception):
    """The text is not in the notation of the note, or has no value."""


class OutsideError(NotReadError):
    """A position that an array does not have."""


@dataclass(frozen=True)
class Token:
    text: str
    start: int
    end: int


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The tokens of a formula that print something."""
    found = (Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text, start, end))
    return [
        t for t in found if t.text.strip() and t.text not in _UNPRINTED and t.text[:5] != r"\text"
    ]


def formulas(text: str) -> Iterator[tuple[int, int]]:
    """Where the formulas of a note are."""
    return (m.span(1) if m.group(1) is not None else m.span(2) for m in FORMULA.finditer(text))


def split(words: list[str], *separators: str) -> list[list[str]]:
    """The parts of a formula between separators that stand outside all brackets."""
    parts: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += (word in OPENING) - (word in OPENING.values())
        if depth == 0 and word in separators:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


# -- reading ------------------------------------------------------------------


@dataclass
class Note:
    """Declarations, definitions and claims of a note."""

    sizes: list[str] = field(default_factory=list)
    axes: dict[str, list[str]] = field(default_factory=dict)
    function: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    definitions: dict[str, tuple[str | None, dict[str, str], list[str]]] = field(
        default_factory=dict
    )
    claims: list[tuple[list[str], list[str], dict[str, str], set[str]]] = field(
        default_factory=list
    )
    numbers: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, text: str) -> Note:
        note = cls()
        for section in re.split(r"^#.*$", text, flags=re.MULTILINE):
            indices: dict[str, str] = {}
            for start, end in formulas(section):
                words = [t.text for t in tokens(section, start, end)]
                for piece in split(words, ",", r"\qquad"):
                    if piece:
                        note._piece([w for w in piece if w != "&"], indices, piece)
        return note

    def _piece(self, words: list[str], indices: dict[str, str], raw: list[str]) -> None:
        if r"\longmapsto" in words:
            self._map(raw)
        elif r"\in" in words:
            self._declare(*split(words, r"\in"), indices=indices)
        else:
            keep = raw if r"\begin{cases}" in raw else words
            self._equation(
                split([w for w in keep if w != r"\\"] if keep is words else keep, "="), indices
            )

    def _map(self, words: list[str]) -> None:
        r"""`a: x \in \mathbb R \longmapsto ...`, or what `a'` is off the kinks."""
        head, body = split(words, r"\longmapsto")
        name, colon, parameter = head[0], head.index(":"), head[head.index(":") + 1]
        domain = head[colon + 2 :]
        if not parameter.isalpha() or domain[:3] != [r"\in", r"\mathbb", "R"]:
            raise NotReadError(head)
        if head[1:colon] == ["'"] and name in self.function and domain[3:] in ([], ["^", "*"]):
            left = [name, "'", "(", parameter, ")"]
            self.claims.append((left, body, {}, {parameter}))
        elif colon == 1 and name.isalpha() and name not in self.function and not domain[3:]:
            self.function[name] = parameter, body
        else:
            raise NotReadError(head)

    def _declare(self, left: list[str], *spaces: list[str], indices: dict[str, str]) -> None:
        (space,) = spaces
        names = [left]
        if left[0] == "(" and left[-1] == ")":
            names = split(left[1:-1], ",")
        keys = [name_of(n) for n in names]
        if len(set(keys)) < len(keys):
            raise NotReadError("a name declared twice")
        if space[:2] == [r"\mathbb", "N"] and space[2:] == ["^", str(len(keys))]:
            self.sizes += keys
        elif space[:2] == [r"\mathbb", "R"] and len(keys) == 1:
            self._space(keys[0], space[2:])
        else:
            factors = split(space, r"\times")
            if len(factors) != len(keys):
                raise NotReadError(space)
            for key, factor in zip(keys, factors, strict=True):
                if factor[:5] != [r"\{", "1", ",", r"\dots", ","] or factor[6:] != [r"\}"]:
                    raise NotReadError(factor)
                indices[key] = self._size(factor[5])

    def _space(self, name: str, exponent: list[str]) -> None:
        if exponent in ([], ["^", "*"]):
            self.numbers.add(name)
            return
        if exponent[0] != "^" or name in self.axes:
            raise NotReadError(exponent)
        inner = exponent[1:]
        if inner[0] == "{" and inner[-1] == "}":
            inner = inner[1:-1]
        axes = split(inner, r"\times")
        if any(len(axis) != 1 for axis in axes):
            raise NotReadError(exponent)
        self.axes[name] = [self._size(axis[0]) for axis in axes]

    def _size(self, name: str) -> str:
        if name not in self.sizes:
            raise NotReadError(f"no size is called {name}")
        return name

    def _equation(self, members: list[list[str]], indices: dict[str, str]) -> None:
        if len(members) < 2 or not all(members):
            raise NotReadError("an equation with an empty side")
        left = members[0]
        target, index = left, None
        if left[0] == "[" and len(left) > 3 and left[-2] == "_":
            target, index = left[1 : left.index("]")], left[-1]
        try:
            name = name_of(target)
        except NotReadError:
            name = ""
        if name and name not in self.definitions and name not in self.axes:
            self.definitions[name] = index, dict(indices), members[1]
            members = [left, *members[2:]]
        for before, after in pairwise(members):
            self.claims.append((before, after, dict(indices), self.numbers))


def name_of(words: list[str]) -> str:
    r"""The key of `X`, `\tilde Y`, `W^{(1)}`."""
    key = "".join(words)
    if not re.fullmatch(r"(?:\\tilde)?(?:[A-Za-z]|\\delta)(?:\^\{\(\d\)\})?", key):
        raise NotReadError(key)
    return key
