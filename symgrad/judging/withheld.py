r"""Proofs that are withheld: an equation that was not taken may say more of a name.

`\ln p_k = x_k - ...` defines no name, so p is read as free of x. A derivative by x that was
proved with this is not called proved: the equation may say that p depends on x. So it is
with the entries of a recurrence, `h_t = f(h_{t-1})`, that is a definition of `h_t` only.

The equations are found in the tokens of the note, as many of them were never understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Tensor
from symgrad.diagnostics import Span
from symgrad.judging.points import occurrences
from symgrad.judging.result import Result
from symgrad.judging.rivals import derivatives_in
from symgrad.reading.context import Session
from symgrad.reading.functionals import MARK
from symgrad.reading.note import read_note
from symgrad.reading.raw import cut
from symgrad.reading.scope import DefinitionBinding, MapBinding
from symgrad.reading.tokens import LatexError, Token, tokenize

_TRANSPARENT = re.compile(
    r"(align|gather|multline|eqnarray|equation|split|flalign|displaymath|math)"
)
_ENDS = frozenset({",", ";", ".", r"\quad", r"\qquad", r"\implies", r"\Rightarrow", r"\iff"})
_DERIVATIVES = frozenset({r"\partial", r"\nabla", r"\mathrm{d}"})
_ACCENTS = frozenset({r"\hat", r"\tilde", r"\bar", r"\dot", r"\widehat", r"\widetilde"})
_FONTS = re.compile(r"\\(?:math(?:bf|rm|cal|bb|sf|it|scr|frak)|boldsymbol|bm|vec)(?![A-Za-z])")
_NO_NAMES = frozenset(
    [
        r"\vec",
        r"\frac",
        r"\dfrac",
        r"\tfrac",
        r"\sum",
        r"\prod",
        r"\int",
        r"\ln",
        r"\log",
        r"\exp",
        r"\sin",
        r"\cos",
        r"\tan",
        r"\tanh",
        r"\sqrt",
        r"\left",
        r"\right",
        r"\cdot",
        r"\odot",
        r"\top",
        r"\|",
        r"\lVert",
        r"\rVert",
        r"\big",
        r"\Big",
        r"\bigl",
        r"\bigr",
        r"\times",
        r"\infty",
        r"\max",
        r"\min",
        r"\det",
        r"\ldots",
        r"\dots",
        r"\operatorname",
        r"\text",
        r"\mathrm",
        r"\mathbf",
        r"\mathcal",
        r"\mathbb",
        r"\boldsymbol",
        r"\bm",
        r"\mathsf",
        r"\,",
        r"\;",
        r"\!",
        r"\:",
        r"\pi",
    ]
)


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


class Untaken:
    """The equations of one note that say something of a name besides its definition."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._definitions: dict[Equation, DefinitionBinding | MapBinding | None] = {}

    @cached_property
    def equations(self) -> list[Equation]:
        """All equations of which the left-hand side is no derivative."""
        note = read_note(self.session.source)
        found: list[Equation] = []
        for formula in note.formulas:
            try:
                tokens = tokenize(note.text, formula.span, note.macros_at(formula.span.start))
            except LatexError:
                tokens = _characters(note.text, formula.span)
            found.extend(_equations(tokens))
        return found

    @cached_property
    def _taken(self) -> list[DefinitionBinding | MapBinding]:
        known = self.session.scope.names.bindings.values()
        return [b for bs in known for b in bs if isinstance(b, DefinitionBinding | MapBinding)]

    def _definition(self, equation: Equation) -> DefinitionBinding | MapBinding | None:
        if equation not in self._definitions:
            self._definitions[equation] = self._found(equation.span)
        return self._definitions[equation]

    def _found(self, span: Span) -> DefinitionBinding | MapBinding | None:
        for binding in self._taken:
            if span.start <= binding.span.start <= span.end or (
                isinstance(binding, DefinitionBinding)
                and binding.span.start <= span.start < binding.span.end
            ):
                return binding
        return None

    def _reached(self, names: Iterable[str]) -> set[str]:
        """Names, and all on which they may depend by any equation of the note."""
        reached, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += [n for e in self.equations if name in e.left for n in e.right]
        return reached

    def withheld(self, result: Result, sides: Sequence[ex.Expression]) -> Result:
        """A proved step, undecided where a name in it may depend on the variable.

        Args:
            result: the verdict.
            sides: of the step, as they were read.
        """
        derivatives = [d for side in sides for d in derivatives_in(side)]
        if result.verdict != "proved" or not derivatives:
            return result
        tensors = [t for t in occurrences(sides).tensors if _is_name(t)]
        for derivative in derivatives:
            for tensor in tensors:
                place = self._doubt(tensor, derivative.variable)
                if place is not None:
                    line = self.session.source.position(place)[0]
                    variable = derivative.variable.name
                    other = f"{tensor.name} does not depend on {variable}"
                    if tensor == derivative.variable:
                        other = f"the entries of {variable} do not depend on each other"
                    message = (
                        f"proved only if {other}, and the equation on line {line} may say otherwise"
                    )
                    return replace(result, verdict="undecided", message=message)
        return result

    def _doubt(self, tensor: Tensor, variable: Tensor | ex.Definition) -> int | None:
        """Where the note may say that a name depends on the variable."""
        base, by = _base(tensor.name), _base(variable.name)
        same = tensor == variable
        for equation in self.equations:
            if base not in equation.left:
                continue
            if same:
                if tensor.axes and base in equation.recurrent:
                    return equation.span.start
                continue
            taken, others = self._definition(equation), equation.right
            if taken is None:
                others |= equation.left - {base}
            if taken is not None:
                if taken.name == tensor.name or not _is_other(taken, base, equation):
                    continue
                if _is_before(tensor, variable) and not equation.backward:
                    continue
            elif others <= {base} and base not in equation.recurrent:
                continue
            causes = {by}
            if isinstance(variable, ex.Definition):
                causes |= {n for e in self.equations if by in e.left for n in e.right}
            if causes & self._reached(others):
                return equation.span.start
        return None


def _is_other(taken: DefinitionBinding | MapBinding, base: str, equation: Equation) -> bool:
    """Whether a definition of `u_i` may be meant for `u`."""
    if not isinstance(taken, DefinitionBinding) or _base(taken.name) != base:
        return False
    return any(_runs(subscript) for subscript in equation.subscripts)


def _runs(subscript: str) -> bool:
    letters = re.findall(r"[A-Za-z]+", subscript)
    return bool(letters) and all(len(letter) <= 2 for letter in letters)


def _is_before(tensor: Tensor, variable: Tensor | ex.Definition) -> bool:
    """Whether a name is of a time before that of the variable: `s_{t-1}` by `x_t`."""
    return any(
        letter == other and place < when
        for letter, place in _times(tensor.name)
        for other, when in _times(variable.name)
    )


def _times(name: str) -> list[tuple[str, int]]:
    """The times and layers in the subscripts of a name: a letter, and what is added to it."""
    found = list[tuple[str, int]]()
    for text in re.findall(r"[_^]\{?[(\[]*([^(){}\[\]]+)", name):
        match = re.fullmatch(r"(\\?[A-Za-z]*)([+-]?\d*)", text.replace(" ", ""))
        if match is not None and (match[1] or match[2].isdigit()):
            found.append((match[1], int(match[2] or 0) if match[2] not in ("+", "-") else 0))
    return found


def _is_name(tensor: Tensor) -> bool:
    return not (tensor.name.startswith(MARK) or "partial" in tensor.name)


def _base(name: str) -> str:
    """A name without what stands below and above it."""
    head = re.split(r"[_^]", name)[0]
    return re.sub(r"[{}\s']", "", _FONTS.sub("", head))


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


def _is_backward(left: set[str], right: set[str]) -> bool:
    own = [time for subscript in left for time in _times(f"_{subscript}")]
    others = [time for subscript in right for time in _times(f"_{subscript}")]
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
    """The names with what stands below each."""
    place, accent = 0, ""
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token.kind == "subscript":
            place = _after(tokens, place)
        elif token.text in _ACCENTS:
            accent = token.text
        elif token.kind == "letter" or (token.kind == "command" and token.text not in _NO_NAMES):
            name, accent = accent + _base(token.text), ""
            rest = place
            while rest < len(tokens) and (tokens[rest].kind == "close" or tokens[rest].text == "'"):
                rest += 1
            subscript = ""
            if rest < len(tokens) and tokens[rest].kind in ("subscript", "superscript"):
                inside = tokens[rest + 1 : _after(tokens, rest + 1)]
                subscript = "".join(t.text for t in inside if t.kind not in ("open", "close"))
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
