r"""The equations of a note as they are written: which names stand on which side.

They are found in the tokens, so that those are seen too that cannot be understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from symgrad.diagnostics import Span
from symgrad.patterns import pattern
from symgrad.reading.raw import cut
from symgrad.reading.tokens import Token
from symgrad.records import dataclass

_TRANSPARENT = pattern(r"(align|gather|multline|eqnarray|equation|split|flalign|displaymath|math)")
_ENDS = frozenset({",", ";", ".", r"\quad", r"\qquad", r"\implies", r"\Rightarrow", r"\iff"})
_DERIVATIVES = frozenset({r"\partial", r"\nabla"})
_ACCENTS = frozenset({r"\hat", r"\tilde", r"\bar", r"\dot", r"\widehat", r"\widetilde"})
_FONTS = pattern(r"\\(?:math(?:bf|rm|cal|bb|sf|it|scr|frak)|boldsymbol|bm|vec)(?![A-Za-z])")
_SUMS = (r"\sum", r"\prod")
_NO_NAMES = frozenset(
    [
        *(r"\vec", r"\frac", r"\dfrac", r"\tfrac", r"\sum", r"\prod", r"\int", r"\ln"),
        *(r"\log", r"\exp", r"\sin", r"\cos", r"\tan", r"\tanh", r"\sqrt", r"\left"),
        *(r"\right", r"\cdot", r"\odot", r"\top", r"\|", r"\lVert", r"\rVert", r"\big"),
        *(r"\Big", r"\bigl", r"\bigr", r"\times", r"\infty", r"\max", r"\min", r"\det"),
        *(r"\ldots", r"\dots", r"\operatorname", r"\text", r"\mathrm", r"\mathbf"),
        *(r"\mathcal", r"\mathbb", r"\boldsymbol", r"\bm", r"\mathsf", r"\,", r"\;", r"\!"),
        *(r"\:", r"\pi"),
    ]
)
"""Commands that are no names of quantities."""


@dataclass(frozen=True)
class Equation:
    """An equation of the note as it is written.

    Attributes:
        span: of its left-hand side.
        left: the names in its left-hand side, without their subscripts.
        right: the names in what follows, without their subscripts.
        subscripts: what stands below the names on the left.
        recurrent: the names on both sides, with other subscripts.
        backward: whether what follows has a later time or layer.
    """

    span: Span
    left: frozenset[str]
    right: frozenset[str]
    subscripts: frozenset[str]
    recurrent: frozenset[str]
    backward: bool


def equations_of(
    text: str, places: Iterable[Span], tokens: Mapping[Span, Sequence[Token]]
) -> list[Equation]:
    """All equations of which the left-hand side is no derivative.

    Args:
        text: of the note.
        places: where its formulas stand.
        tokens: of those formulas that are LaTeX.
    """
    found: list[Equation] = []
    for span in places:
        found.extend(_equations(tokens[span] if span in tokens else _characters(text, span)))
    return found


def times(name: str) -> list[tuple[str, int]]:
    """The times and layers in the subscripts of a name: a letter, and what is added to it."""
    found = list[tuple[str, int]]()
    for text in re.findall(r"[_^]\{?[(\[]*([^(){}\[\]]+)", name):
        match = re.fullmatch(r"(\\?[A-Za-z]*)([+-]?\d*)", text.replace(" ", ""))
        if match is not None and (match[1] or match[2].isdigit()):
            found.append((match[1], int(match[2] or 0) if match[2] not in ("+", "-") else 0))
    return found


def base(name: str) -> str:
    """A name without what stands below and above it."""
    head = re.split(r"[_^]", name)[0]
    return re.sub(r"[{}\s']", "", _FONTS.sub("", head))


def bases(name: str) -> frozenset[str]:
    r"""A name without its scripts, and with the word below it: y and `y_pred` of `y_{pred}`."""
    plain, below = base(name), re.search(r"_\{?([^{}]*)", name)
    return frozenset({plain, plain + _word_of(below[1])}) if below else frozenset({plain})


def _word_of(subscript: str) -> str:
    r"""The word in a subscript, `pred` or `pred,i`, which says of what a name is; "" for none."""
    word = subscript.split(",")[0].strip()
    return f"_{word}" if len(word) > 2 and word.isalpha() and word.isascii() else ""


def _characters(text: str, span: Span) -> list[Token]:
    """The tokens of a formula that is no LaTeX, as far as they can be told."""
    kinds = {"_": "subscript", "^": "superscript", "&": "ampersand"}
    return [
        Token("letter" if raw.text.isalpha() else kinds.get(raw.text, raw.kind), raw.text, raw.span)
        for raw in cut(text, span)
        if raw.kind != "space"
    ]


def _equations(tokens: Sequence[Token]) -> Iterator[Equation]:
    """The equations in the tokens of one formula."""
    for segment in _segments(tokens):
        place = _first_equality(segment)
        if not place:
            continue
        left, right = segment[:place], segment[place + 1 :]
        while left and left[-1].text in (":", r"\left", " "):
            left = left[:-1]
        if not left or any(t.text in _DERIVATIVES for t in left) or _is_d_by_d(left):
            continue
        own = _without_arguments(left)
        b = list(_names(right))
        a = list(_names(own))
        if _is_update(a, right):
            continue
        if all(token.kind == "number" for token in own):
            a = b  # 0 = x - p
        below = dict[str, set[str]]()
        for name, subscript in b:
            below.setdefault(name, set()).add(subscript)
        yield Equation(
            left[0].span.to(left[-1].span),
            frozenset(name for name, _ in a),
            frozenset(below),
            frozenset(subscript for _, subscript in a if subscript),
            frozenset(n for n, s in a if s and any(o and o != s for o in below.get(n, ()))),
            _is_backward({s for _, s in a}, {s for _, s in b}),
        )


def _is_update(left: Sequence[tuple[str, str]], right: Sequence[Token]) -> bool:
    r"""`w_{t+1} = w_t - \eta \nabla_w L`: it says nothing of what the entries of w are."""
    minus = next((place for place, t in enumerate(right) if t.text == "-"), None)
    if not left or minus is None:
        return False
    before, own = ([name for name, _ in names] for names in (_names(right[:minus]), left))
    is_of_itself = before[:1] == own[:1] and {*before} <= {*own}
    return is_of_itself and any(t.text in _DERIVATIVES for t in right[minus:])


def _is_backward(left: set[str], right: set[str]) -> bool:
    own = [time for subscript in left for time in times(f"_{subscript}")]
    others = [time for subscript in right for time in times(f"_{subscript}")]
    return any(a == b and later > now for a, now in own if a for b, later in others)


def _segments(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The formula cut at commas and rows that stand in no brackets."""
    depth, segment = 0, list[Token]()
    for place, token in enumerate(tokens):
        if token.kind in ("begin", "end"):
            if not _TRANSPARENT.match(token.text):
                depth += 1 if token.kind == "begin" else -1
            continue
        if token.kind == "open" or token.text in ("(", "["):
            depth += 1
        elif token.kind == "close" or token.text in (")", "]"):
            depth -= 1
        applied = [t.text for t in tokens[place + 1 : place + 2]] in (["("], [r"\left"])
        words = token.kind == "text" and not applied
        if depth <= 0 and (token.text in _ENDS or token.kind in ("newrow", "gap") or words):
            yield segment
            segment = []
            continue
        if token.kind != "ampersand" or depth > 0:
            segment.append(token)
    yield segment


def _first_equality(segment: Sequence[Token]) -> int | None:
    depth = 0
    for place, token in enumerate(segment):
        if token.kind == "open" or token.text in ("(", "["):
            depth += 1
        elif token.kind == "close" or token.text in (")", "]"):
            depth -= 1
        elif depth <= 0 and token.text in ("=", ":=", r"\coloneqq", r"\equiv", r"\propto"):
            return place
    return None


def _is_d_by_d(left: Sequence[Token]) -> bool:
    r"""`\frac{dL}{dx}`, `dL`."""
    kept = [t for t in left if t.kind not in ("open", "close") and not _FONTS.fullmatch(t.text)]
    texts = [t.text for t in kept]
    if texts[:1] == [r"\frac"]:
        return texts[1:2] == ["d"]
    return texts[:1] == ["d"] and texts[1:2] not in ([], ["_"], ["^"], ["("])


def _without_arguments(left: Sequence[Token]) -> Sequence[Token]:
    """`f` of `f(x, w)`: what it is applied to is not what the equation is about."""
    depth = 0
    for place, token in enumerate(left):
        depth += (token.kind == "open") - (token.kind == "close")
        if token.text == "(" and depth == 0 and place:
            before = [t for t in left[:place] if t.text != r"\left"]
            if before and before[-1].text not in _NO_NAMES and before[-1].text not in ("+", "-"):
                return before
            return left
    return left


def _names(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """The names with what stands below each; the bounds of a sum are none."""
    place, accent, is_bound = 0, "", False
    while place < len(tokens):
        token = tokens[place]
        place += 1
        was_bound, is_bound = is_bound, token.text in _SUMS
        if token.kind == "subscript" or (token.kind == "superscript" and was_bound):
            place, is_bound = _after(tokens, place), was_bound
        elif token.text in _ACCENTS:
            accent = token.text
        elif token.kind == "letter" or (token.kind == "command" and token.text not in _NO_NAMES):
            name, accent = accent + base(token.text), ""
            rest = place
            while rest < len(tokens) and (tokens[rest].kind == "close" or tokens[rest].text == "'"):
                rest += 1
            subscript = ""
            if rest < len(tokens) and tokens[rest].kind in ("subscript", "superscript"):
                inside = tokens[rest + 1 : _after(tokens, rest + 1)]
                subscript = "".join(t.text for t in inside if t.kind not in ("open", "close"))
                if tokens[rest].kind == "subscript" and any(t.kind == "text" for t in inside):
                    name += _word_of(subscript)
                if tokens[rest].kind == "superscript":
                    subscript = subscript.strip("()[]") if subscript[:1] in ("(", "[") else ""
            if name:
                yield name, subscript


def _after(tokens: Sequence[Token], place: int) -> int:
    """The place after one argument."""
    depth = 0
    while place < len(tokens):
        token = tokens[place]
        depth += (token.kind == "open") - (token.kind == "close")
        place += 1
        if depth <= 0:
            break
    return place
