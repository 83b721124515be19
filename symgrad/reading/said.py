r"""What words say of an array: "where $y$ is one-hot", "a symmetric matrix $A$".

Read are only adjectives that stand by a name, with articles, the verb to be and nouns such as
"label vector" between them. Whether its sentence lets it stand as an assumption, the words
around it decide, as for formulas (`assumptions`). A one-hot array is taken to sum to 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from symgrad.diagnostics import Source, Span
from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.assumptions import standing
from symgrad.reading.claim import Claim
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.note import Formula
from symgrad.reading.parser import Piece
from symgrad.reading.syntax import Node
from symgrad.reading.usage import FRESH_LETTER

_ONE_HOT = r"one[-\s]?hot"
_SYMMETRIC = (
    r"(?<!skew\s)(?<!anti\s)s[iy]mm?[eé]tri(?:c|que|ques|sch|sche|schen|ca|cas|co|cos|che|ci)\b"
)
_BETWEEN = (
    r"(?:(?:is|are|be|being|est|sont|ist|sind|es|son|è|sono|é|são"
    r"|an?|the|its|une?|la|le|les|ein|eine|einen|der|die|das|el|los|uno|una|il|um|uma|o"
    r"|true|ground[-\s]truth|target|targets|label|labels|class|correct|desired|encoded|encoding"
    r"|real|square|positive|definite|constant|fixed|given|known|of"
    r"|vector|vectors|matrix|vecteur|matrice|vektor|matriz|étiquette|cible)\b[\s,(-]*)"
)
_NEAR = 80
"""Characters in which the words that belong to a name stand."""


def _beside(word: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A word before a formula, and after one, with only such words between as say no more."""
    before = rf"(?<![\w-])({word})[\s-]*{_BETWEEN}{{0,5}}[\s,(]*(?:\$|\\\()\s*\Z"
    after = rf"\A\s*(?:\$|\\\))[\s,(]*{_BETWEEN}{{0,6}}({word})"
    return pattern(before, re.I), pattern(after, re.I)


_ALONE = {
    kind: pattern(rf"[\s,(]*{_BETWEEN}{{0,6}}{word}[\s-]*{_BETWEEN}{{0,3}}[\s).,;]*", re.I)
    for kind, word in (("one-hot", _ONE_HOT), ("symmetric", _SYMMETRIC))
}
"""All words of a text inside a formula, which stand right after a name."""

_SAID = {"one-hot": _beside(_ONE_HOT), "symmetric": _beside(_SYMMETRIC)}

_IN_ALL = {"one-hot": ("hot",), "symmetric": ("etr", "étr")}
"""What stands in each of these words, in one of its spellings."""


@lru_cache(maxsize=4)
def _spoken(text: str) -> tuple[str, ...]:
    """The kinds that a note may speak of; most speak of none."""
    lowered = text.lower()
    return tuple([k for k, parts in _IN_ALL.items() if any(part in lowered for part in parts)])


def said(node: Node, formula: Formula, source: Source) -> list[Claim]:
    """What words beside a name say of it, as statements that may be assumed."""
    kinds = () if formula.display else _spoken(source.text)
    if not kinds or standing(source, formula) != "in words":
        return []
    found = []
    for kind in kinds:
        span = _place(*_SAID[kind], formula.span, source.text)
        equality = _equality(kind, node) if span is not None else None
        if span is not None and equality is not None:
            left, right = equality
            step = (Span(span.end, span.end), right)
            found.append(Claim(formula, left, (step,), start=span.start, assumed="said"))
    return found


def said_inside(pieces: Sequence[Piece], formula: Formula) -> Iterator[Claim]:
    r"""What words inside a formula say of the name before them: `(t \text{ one-hot})`."""
    for name, words in _with_words(pieces):
        if not _is_name(name):
            continue
        for kind, form in _ALONE.items():
            equality = _equality(kind, name) if form.fullmatch(_text(words)) else None
            if equality is not None:
                step = (Span(words.span.end, words.span.end), equality[1])
                start = name.span.start
                yield Claim(formula, equality[0], (step,), start=start, assumed="said")


def _with_words(pieces: Sequence[Piece]) -> Iterator[tuple[Node, Node]]:
    """Names with the words right after them, in brackets or without."""
    for piece, following in pairwise(pieces):
        if isinstance(following.node, syntax.Words):
            yield piece.node, following.node
    for piece in pieces:
        match piece.node:
            case syntax.Group(bracket="(", items=(name, words)):
                yield name, words


def _text(node: Node) -> str:
    match node:
        case syntax.Words(text=text) | syntax.Symbol(name=text):
            return text
    return ""


def spoken_of(group: Sequence[Node]) -> Node | None:
    r"""The name that a formula consists of, or puts into a space: `$y$`, `$y \in \{0,1\}^n$`."""
    node = group[-1]
    if isinstance(node, syntax.Chain) and node.relations[0].sign == r"\in":
        node = node.members[0]
    return node if len(group) == 1 and _is_name(node) else None


def _is_name(node: Node) -> bool:
    named = isinstance(node, syntax.Symbol | syntax.Accent | syntax.Scripted)
    return named and key_or_none(node) is not None


def _place(before: re.Pattern[str], after: re.Pattern[str], span: Span, text: str) -> Span | None:
    """Where a name and what is said of it stand; None where nothing is."""
    first = before.search(text, max(0, span.start - _NEAR), span.start)
    if first is not None:
        return Span(first.start(1), span.end)
    then = after.match(text[span.end : span.end + _NEAR])
    return None if then is None else Span(span.start, span.end + then.end(1))


def _equality(kind: str, node: Node) -> tuple[Node, Node] | None:
    r"""`\sum_k y_k = 1` or `A = A^\top`, of a name that stands alone."""
    span = node.span
    if kind == "symmetric":
        base, sub, sup, primes = parts(node)
        if sup is not None:
            return None
        return node, syntax.Scripted(span, base, sub, syntax.Symbol(span, r"\top"), primes)
    letter = syntax.Symbol(span, FRESH_LETTER)
    base, sub, sup, primes = parts(node)
    below = letter if sub is None else syntax.Listing(span, (sub, letter))
    entry = syntax.Scripted(span, base, below, sup, primes)
    return syntax.BigOperator(span, "sum", letter, None, entry), syntax.Numeral(span, "1")
