r"""Small changes of the formulas of a note that do not alter what it says.

Bound indices renamed, factors and terms reordered, products distributed, sums split and
merged; names and spellings changed throughout; sides of chains exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from exact_note import formulas
from note_edits import INDICES, SIGNS, Edit, Factor, Formula, applied

SPELLINGS = (
    (r" ?\\times(?= [\[a\\])(?! \\mathbb)(?! \\\{)", r" \\cdot"),
    (r" ?\\times(?= [\[a\\])(?! \\mathbb)(?! \\\{)", ""),
    (r"\\dfrac\{1\}\{2\}", r"\\frac12"),
    (r"\\dfrac", r"\\frac"),
    (r"\\limits", ""),
    (r"_([a-z])", r"_{\1}"),
    (r"\^([a-z])", r"^{\1}"),
    (r"\^\\top", "^T"),
    (r"\\top", "{\\\\top}"),
    (r"\\mathbb R", r"\\mathbb{R}"),
    (r"\(([^()]*(?:\([^()]*\))?[^()]*) - ", r"(-(-(\1)) - "),
)
NAMES = (
    ("m", "d"),
    ("n", "h"),
    ("p", "\\ell"),
    ("q", "c"),
    ("W", "U"),
    ("B", "c"),
    ("Z", "S"),
    ("L", "C"),
    ("a", "g"),
)


def rewritings(text: str) -> dict[str, str]:
    """Notes that say the same, with the change."""
    parsed = [Formula(text, *span) for span in formulas(text)]
    makers = (_renamed, _reordered, _distributed, _moved)
    return applied(text, (edit for f in parsed for make in makers for edit in make(f)))


def _renamed(f: Formula) -> Iterator[Edit]:
    for factors, _, last in f.products():
        for factor in factors:
            if factor.body is None:
                continue
            names = {t.text for t in f.tokens[factor.first : last]}
            at = next(k for k in range(factor.first, last) if f.word(k) in INDICES)
            for new in (*INDICES, "t", "k'"):
                if new not in names:
                    body = _with_name(f.source(factor.first, last), f.word(at), new)
                    yield f.edit("rename", factor.first, last, body)


def _with_name(text: str, old: str, new: str) -> str:
    """Another name for a letter, in braces where it is a script without braces."""

    def renamed(match: re.Match[str]) -> str:
        return f"{{{new}}}" if text[match.start() - 1] in "_^" else new

    return re.sub(rf"(?<![A-Za-z\\]){old}(?![A-Za-z])", renamed, text)


def _reordered(f: Formula) -> Iterator[Edit]:
    for factors, _, _ in f.products():
        for a, b in pairwise(factors):
            sign = f.word(a.last) if f.word(a.last) in SIGNS else ""
            times = sign or r"\times"
            left, right = f.source(a.first, a.last), f.source(b.first, b.last)
            matrices = not sign and not left.startswith(r"\dfrac{1}")
            if matrices or f.word(a.first) == r"\sum":
                continue
            if b.body is None:
                yield f.edit("swap factors", a.first, b.last, f"{right} {sign} {left}")
            else:
                grouped = rf"\left({right}\right) {times} {left}"
                yield f.edit("swap factors", a.first, b.last, grouped)
    for sum_ in f.sums():
        terms = f.terms(*sum_)
        if len(terms) == 2:
            (a, b), (c, d) = terms
            sign = "-" if f.word(c) == "-" else ""
            yield f.edit("swap terms", a, d, f"{sign}{f.source(c + 1, d)} + {f.source(a, b)}")


def _bracket(f: Formula, factor: Factor) -> tuple[str, str, str] | None:
    """Both terms and the sign of a factor `(u - v)`."""
    if f.word(factor.first) != "(" or f.closing[factor.first] != factor.last - 1:
        return None
    terms = f.terms(factor.first + 1, factor.last - 1)
    if len(terms) != 2:
        return None
    (a, b), (c, d) = terms
    return f.source(a, b), f.word(c), f.source(c + 1, d)


def _distributed(f: Formula) -> Iterator[Edit]:
    for factors, first, last in f.products():
        for k, factor in enumerate(factors):
            terms = _bracket(f, factor)
            if terms is None or len(factors) == 1 or any(x.body for x in factors):
                continue
            before = f.source(first, factor.first) if k else ""
            after = f.source(factor.last, last) if factor.last < last else ""
            u, sign, v = terms
            new = rf"\left({before}{u}{after} {sign} {before}{v}{after}\right)"
            yield f.edit("distribute", first, last, new)
            sum_ = _head_of_sum(f, first)
            if sum_:
                head = f.source(sum_, first)
                new = rf"\left({head}{before}{u}{after} {sign} {head}{before}{v}{after}\right)"
                yield f.edit("split the sum", sum_, last, new)


def _head_of_sum(f: Formula, body: int) -> int:
    """Where the sum begins whose body this is, or 0."""
    places = (k for k in range(body) if f.word(k) == r"\sum" and f.scripts(k + 1) == body)
    return next(places, 0)


def _moved(f: Formula) -> Iterator[Edit]:
    r"""`A \times \sum_k B` is `\sum_k A \times B`, as long as A does not name k."""
    for factors, first, last in f.products():
        if len(factors) > 1 and factors[-1].body is not None:
            sum_ = factors[-1]
            head, body = f.source(sum_.first, sum_.body), f.source(sum_.body, last)
            outside = f.source(first, sum_.first)
            yield f.edit("move into the sum", first, last, f"{head} {outside} {body}")
            inner = f.source(first, sum_.first - 1)
            grouped = rf"\left({head} {body}\right) \times {inner}"
            if f.word(sum_.first - 1) == r"\times":
                yield f.edit("sum first", first, last, grouped)


def respellings(text: str) -> dict[str, str]:
    """Notes that say the same in other signs or with other names throughout."""
    result: dict[str, str] = {}
    for old, new in SPELLINGS:
        changed = _everywhere(text, lambda part, o=old, n=new: re.sub(o, n, part))
        result[changed] = f"{old} -> {new}"
    for old, new in NAMES:
        changed = _everywhere(text, lambda part, o=old, n=new: _with_name(part, o, n))
        result[changed] = f"{old} -> {new}"
    for k, section in enumerate(sections := re.split(r"(?m)^(?=##)", text)):
        for old, new in (("i", "t"), ("j", "l"), ("i", r"\mu")):
            other = _everywhere(section, lambda part, o=old, n=new: _with_name(part, o, n))
            changed = "".join([*sections[:k], other, *sections[k + 1 :]])
            result[changed] = f"{old} -> {new} in section {k}"
    result |= _chains(text)
    result.pop(text, None)
    return result


def _everywhere(text: str, change: Callable[[str], str]) -> str:
    """A change in all formulas of a text, and nowhere else."""
    parts, end = [], 0
    for start, stop in formulas(text):
        parts += [text[end:start], change(text[start:stop])]
        end = stop
    return "".join([*parts, text[end:]])


def _chains(text: str) -> dict[str, str]:
    """Chains of three equal sides or more with the last two exchanged, repeated, or cut."""
    result = {}
    for start, stop in formulas(text):
        sides = text[start:stop].split(" = ")
        if len(sides) > 2 and r"\qquad" not in text[start:stop] and "align" not in sides[0]:
            *first, b, c = sides
            for new in ([*first, c, b], [*first, b, c, b], [*first, b]):
                result[text[:start] + " = ".join(new) + text[stop:]] = f"chain {sides[0]}"
    return result
