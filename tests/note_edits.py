r"""All small changes that alter the formulas of a note.

Each changes one thing: a token into another of its kind, a script, prime, factor, term or
sum dropped, a factor doubled, halved, negated, repeated or transposed. They are made from the
tokens of the text alone, which know nothing of what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exact_note import OPENING, Token, formulas, tokens

KINDS = (
    ("i", "j", "k", "r", "s"),
    ("m", "n", "p", "q"),
    ("X", "W", "B", "Z", "Y", "L", r"\delta"),
    ("0", "1", "2", "3", "4"),
    ("+", "-"),
    ("<", ">"),
)
"""Tokens that are exchanged for one another; all of a note's letters are in one of these."""

REPLACED = {
    r"\times": ("+", "-"),
    r"\odot": ("+", "-", r"\times"),
    r"\max": (r"\min",),
    "R": ("N",),
    "N": ("R",),
}
PRIMED = {*KINDS[0], *KINDS[1], *KINDS[2], "a"}
INDICES = KINDS[0]
_HEADS = {*OPENING, r"\|", r"\dfrac", r"\tilde", r"\delta", r"\max", *"XWBZYLaijkmnpqrsx01234"}
SIGNS = (r"\times", r"\odot", r"\cdot")
_ENDS = {"=", ",", "&", r"\\", r"\qquad"}

Edit = tuple[str, int, int, str]
"""What it is, the range of characters, and what comes in their place."""


@dataclass(frozen=True)
class Factor:
    """Tokens first to last (not included); a sum has its body from `body` on."""

    first: int
    last: int
    body: int | None = None


class Formula:
    """The tokens of a formula with its brackets, terms and factors."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.tokens = tokens(text, start, end)
        self.closing = _pairs(self.tokens)
        self.declares = any(t.text == r"\in" for t in self.tokens)
        self.calls = {t.text for t in self.tokens} & {"a", r"\max"}

    def word(self, place: int) -> str:
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def source(self, first: int, last: int) -> str:
        return self.text[self.tokens[first].start : self.tokens[last - 1].end]

    def edit(self, what: str, first: int, last: int, new: str) -> Edit:
        return what, self.tokens[first].start, self.tokens[last - 1].end, new

    def group(self, place: int) -> int:
        """Behind the bracket or the single token that stands here."""
        return self.closing.get(place, place) + 1

    def scripts(self, place: int) -> int:
        """Behind the scripts and primes that stand here."""
        while self.word(place) in ("^", "_", "'"):
            place = place + 1 if self.word(place) == "'" else self.group(place + 1)
        return place

    def factor(self, place: int, end: int) -> Factor:
        """The factor that begins here; a sum reaches to the end of its term."""
        word = self.word(place)
        if word == r"\sum":
            body = self.scripts(place + 1)
            return Factor(place, end, body)
        last = self.group(self.group(place + 1)) if word == r"\dfrac" else self.group(place)
        last = self.scripts(last + 1 if word == r"\tilde" else last)
        if word in ("a", r"\max") and self.word(last) == "(":
            last = self.group(last)
        return Factor(place, last)

    def factors(self, first: int, last: int) -> list[Factor]:
        found = []
        while first < last:
            if self.word(first) in (*SIGNS, "+", "-"):
                first += 1
                continue
            found.append(self.factor(first, last))
            first = found[-1].last
        return found

    def terms(self, first: int, last: int) -> list[tuple[int, int]]:
        """The terms of a sum, with the sign before each."""
        starts, place = [first], first
        while place < last:
            if self.word(place) in "+-" and place > first:
                starts.append(place)
            place = self.group(place)
        return list(zip(starts, [*starts[1:], last], strict=True))

    def sums(self) -> Iterator[tuple[int, int]]:
        """Every expression, outer ones first: sides of equations and what brackets hold."""
        if self.declares:
            return
        yield from self._sums(0, len(self.tokens))

    def _sums(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        start = place = first
        while place <= last:
            if place == last or self.word(place) in _ENDS or self.word(place) in "<>":
                if start < place:
                    yield start, place
                    for term in self.terms(start, place):
                        yield from self._nested(*term)
                start = place + 1
            place = self.group(place)

    def _nested(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        for factor in self.factors(first, last):
            head = self.word(factor.first)
            if factor.body is not None:
                yield from self._nested(factor.body, factor.last)
            elif head in ("(", r"\|", r"\begin{cases}"):
                yield from self._sums(factor.first + 1, self.closing[factor.first])
            elif head in ("a", r"\max") and self.word(factor.last - 1) == ")":
                opening = next(k for k, c in self.closing.items() if c == factor.last - 1)
                yield from self._sums(opening + 1, factor.last - 1)
            elif head == "{":
                yield from self._sums(factor.first + 1, self.closing[factor.first])

    def products(self) -> Iterator[tuple[list[Factor], int, int]]:
        """The factors of every term and of the body of every sum."""
        for sum_ in self.sums():
            for first, last in self.terms(*sum_):
                factors = self.factors(first, last)
                yield factors, first, last
                while factors and factors[-1].body is not None:
                    first = factors[-1].body
                    factors = self.factors(first, last)
                    yield factors, first, last


def _pairs(found: list[Token]) -> dict[int, int]:
    open_, pairs = [], {}
    for place, token in enumerate(found):
        bars = token.text == r"\|" and open_ and found[open_[-1]].text == r"\|"
        if bars or token.text in OPENING.values():
            pairs[open_.pop()] = place
        elif token.text in OPENING or token.text == r"\|":
            open_.append(place)
    return pairs


def applied(text: str, edits: Iterator[Edit]) -> dict[str, str]:
    """Changed texts, each with a description, without those that are the same."""
    result: dict[str, str] = {}
    for what, start, end, new in edits:
        changed = text[:start] + new + text[end:]
        line = text.count("\n", 0, start) + 1
        column = start - text.rfind("\n", 0, start)
        if changed != text and changed not in result:
            result[changed] = f"{line}:{column} {what}: {text[start:end]!r} -> {new!r}"
    return result


# -- the changes --------------------------------------------------------------


def mutants(text: str) -> dict[str, str]:
    """Every note that is one change away, with the change."""
    parsed = [Formula(text, *span) for span in formulas(text)]
    makers = (_tokens, _scripts, _factors, _terms)
    return applied(text, (edit for f in parsed for make in makers for edit in make(f)))


def _tokens(f: Formula) -> Iterator[Edit]:
    for place, token in enumerate(f.tokens):
        others = [w for kind in KINDS if token.text in kind for w in kind if w != token.text]
        for new in (*others, *REPLACED.get(token.text, ())):
            spaced = new + " " if new[0] == "\\" else new
            yield f.edit("replace", place, place + 1, spaced)
        if token.text in PRIMED or token.text == "'":
            yield f.edit("add a prime", place, place + 1, token.text + "'")
        if token.text in ("'", r"\tilde", "*"):
            yield f.edit("drop", place, place + 1, "")
        if token.text in ("X", "W", "B", "Z", "Y") and f.word(place - 1) != r"\tilde":
            yield f.edit("add a tilde", place, place + 1, rf"\tilde {token.text}")
        if token.text == "=" and f.word(place - 1) not in INDICES:
            yield f.edit("negate the side", place, place + 1, "= -")


def _scripts(f: Formula) -> Iterator[Edit]:
    for place, token in enumerate(f.tokens):
        if token.text not in ("^", "_"):
            continue
        last = f.group(place + 1)
        yield f.edit("drop a script", place, last, "")
        if token.text == "_" and last == place + 6 and f.word(place + 3) == ",":
            i, j = f.word(place + 2), f.word(place + 4)
            for new in (f"_{{{j},{i}}}", f"_{i}", f"_{j}"):
                yield f.edit("subscripts", place, last, new)


def _factors(f: Formula) -> Iterator[Edit]:
    for factors, first, last in f.products():
        for factor in factors:
            if factor.body is not None:
                yield f.edit("drop the sum", factor.first, factor.body, "")
            else:
                yield from _changed(f, factor, first, last)


def _changed(f: Formula, factor: Factor, first: int, last: int) -> Iterator[Edit]:
    a, b = factor.first, factor.last
    whole = f.source(a, b)
    if a > first and f.word(a - 1) in SIGNS:
        yield f.edit("drop a factor", a - 1, b, "")
    elif b < last and f.word(b) in SIGNS:
        yield f.edit("drop a factor", a, b + 1, "")
    else:
        yield f.edit("drop a factor", a, b, "")
    yield f.edit("double", a, b, f"2 {whole}")
    yield f.edit("halve", a, b, rf"\dfrac{{1}}{{2}} {whole}")
    yield f.edit("negate", a, b, f"(-{whole})")
    yield f.edit("twice", a, b, f"{whole} {whole}")
    yield f.edit("transpose", a, b, rf"{{{whole}}}^\top")


def _terms(f: Formula) -> Iterator[Edit]:
    for sum_ in f.sums():
        terms = f.terms(*sum_)
        for first, last in terms if len(terms) > 1 else ():
            following = 1 if first == sum_[0] and f.word(last) == "+" else 0
            yield f.edit("drop a term", first, last + following, "")
        if len(terms) == 2 and f.word(terms[1][0]) == "-":
            (a, b), (c, d) = terms
            yield f.edit("reverse", a, d, f"{f.source(c + 1, d)} - {f.source(a, b)}")
