"""Expressions to LaTeX, in the notation of a note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.index import Fixed, Index, Position
from symgrad.calculus.substitution import free_indices, unfold
from symgrad.judging.tree import rebuilt
from symgrad.patterns import pattern
from symgrad.reading.functionals import MARK
from symgrad.reading.sizes import is_unknown
from symgrad.records import dataclass

Notation = Literal["brackets", "subscripts"]
Order = Literal["by-kind", "as-given"]

SLOT = "□"
"""Where the subscripts go in the name of a call, see `symgrad.reading.meaning`."""

_LETTERS = ["k", "l", "r", "s", "t", "u", "v", "w", "i", "j", "p", "q"]


@dataclass(frozen=True)
class Style:
    r"""How a note writes entries and products.

    Attributes:
        notation: `[W]_{i,j}` or `W_{i,j}`.
        times: the sign between factors, "" for none.
        order: of factors: numbers, entries, functions, names; or as they are given.
        names: what the note uses letters for; no sum takes one of them for its index.
        indicators: whether `\mathbf 1[i = k]` is written for `\delta_{i,k}`.
    """

    notation: Notation = "subscripts"
    times: str = ""
    order: Order = "by-kind"
    names: frozenset[str] = frozenset()
    indicators: bool = False


def to_latex(expression: ex.Expression, style: Style | None = None) -> str:
    """LaTeX of an expression; derivatives are worked out, equal terms gathered, names kept.

    Bound indices get letters that no other index in sight has.
    """
    return as_written(gathered(resolve_derivatives(expression)), style)


def as_written(expression: ex.Expression, style: Style | None = None) -> str:
    """LaTeX of an expression as it stands, its derivatives as derivatives."""
    free = sorted(free_indices(expression), key=lambda index: index.uid)
    return _Writer(style or Style()).write(expression, {index: index.name for index in free})


def gathered(node: ex.Expression) -> ex.Expression:
    """The expression with 2 x for x + x."""
    node = rebuilt(node, gathered)
    if not isinstance(node, ex.Add):
        return node
    rests: dict[str, ex.Expression] = {}
    weights: dict[str, Fraction] = {}
    for term in node.terms:
        weight, rest = _weighed(term)
        # Two indices may have one name: here each has its own.
        letters = {index: f"{index.name}.{index.uid}" for index in free_indices(rest)}
        text = _Writer(Style()).write(rest, letters)
        rests.setdefault(text, rest)
        weights[text] = weights.get(text, Fraction(0)) + weight
    if len(rests) == len(node.terms):
        return node
    return ex.add(*(ex.mul(ex.number(weights[text]), rest) for text, rest in rests.items()))


def expanded(expression: ex.Expression) -> ex.Expression:
    """The expression with the names at its head replaced by what they stand for."""
    while isinstance(expression, ex.Named):
        expression = unfold(expression.definition, expression.positions)
    return expression


_ATOM, _PRODUCT, _SUM = 3, 2, 1
Letters = Mapping[Index, str]


class _Writer:
    """Prints one expression; `letters` name the indices in sight."""

    def __init__(self, style: Style) -> None:
        self.style = style

    def write(self, node: ex.Expression, letters: Letters) -> str:
        return self.sized(node, letters)[0]

    def wrapped(self, node: ex.Expression, letters: Letters, least: int) -> str:
        text, binding = self.sized(node, letters)
        return text if binding >= least else bracketed(text)

    def sized(self, node: ex.Expression, letters: Letters) -> tuple[str, int]:
        """The text, and how tightly it binds."""
        match node:
            case ex.Number(value=value):
                return _rational(value), _ATOM if value >= 0 else _SUM
            case ex.Constant(name=name):
                return name, _ATOM
            case ex.SizeValue(size=size):
                return size.name, _ATOM
            case ex.Entry(tensor=tensor, positions=positions):
                return self.entry(tensor.name, positions, letters), _ATOM
            case ex.Named(definition=definition, positions=positions):
                return self.named(definition.name, positions, letters), _ATOM
            case ex.OfMatrix():
                return self.of_matrix(node, letters), _ATOM
            case ex.Delta(left=left, right=right):
                return self.delta(left, right, letters), _ATOM
            case ex.Add(terms=terms):
                return self.add(terms, letters), _SUM
            case ex.Mul(factors=factors):
                return self.mul(factors, letters)
            case ex.Power(base=base, exponent=exponent):
                return self.power(base, exponent, letters), _ATOM
            case ex.Sum(index=index, body=body):
                return self.sum(index, body, letters), _PRODUCT
            case ex.Apply(function=function, order=order, argument=argument):
                return self.apply(function, order, argument, letters), _ATOM
            case ex.Derivative():
                return self.derivative(node, letters)
            case _:
                raise TypeError(f"no LaTeX for {type(node).__name__}")

    def delta(self, left: Position, right: Position, letters: Letters) -> str:
        if self.style.indicators:
            both = (self.places((position,), letters) for position in (left, right))
            return rf"\mathbf 1[{' = '.join(both)}]"
        return f"\\delta_{{{self.places((left, right), letters)}}}"

    def places(self, positions: tuple[Position, ...], letters: Letters) -> str:
        return ",".join(
            str(p.value) if isinstance(p, Fixed) else letters.get(p, p.name) for p in positions
        )

    def entry(self, name: str, positions: tuple[Position, ...], letters: Letters) -> str:
        top, _, below = name.partition(f"/{MARK} ")
        if name.startswith(MARK) and below:
            of = self.entry(below, positions, letters)
            return f"\\frac{{\\partial {top.removeprefix(MARK).strip()}}}{{\\partial {of}}}"
        if not positions:
            return name
        if self.style.notation == "brackets":
            return f"[{name}]_{{{self.places(positions, letters)}}}"
        return f"{_base(name)}_{{{self.places(positions, letters)}}}"

    def named(self, name: str, positions: tuple[Position, ...], letters: Letters) -> str:
        if SLOT not in name:
            return self.entry(name, positions, letters)
        subscript = f"_{{{self.places(positions, letters)}}}" if positions else ""
        return name.replace(SLOT, subscript)

    def of_matrix(self, node: ex.OfMatrix, letters: Letters) -> str:
        """`det(A)`, or an entry of `A^{-1}`; of a matrix that depends on indices, with these."""
        below = f"_{{{self.places(node.others, letters)}}}" if node.others else ""
        if node.function is ex.MatrixFunction.DETERMINANT:
            return f"\\det{bracketed(node.matrix.name.removeprefix(ex.SQUARE) + below)}"
        return f"[{inverse_latex(node, below)}]_{{{self.places(node.positions[-2:], letters)}}}"

    def add(self, terms: tuple[ex.Expression, ...], letters: Letters) -> str:
        text = ""
        for term in terms:
            sign, positive = _signed(term)
            part = self.wrapped(positive, letters, _SUM)
            if isinstance(positive, ex.Add):
                part = bracketed(part)
            if text:
                text += f" {sign} {part}"
            else:
                text = part if sign == "+" else f"-{part}"
        return text

    def mul(self, factors: tuple[ex.Expression, ...], letters: Letters) -> tuple[str, int]:
        sign, positive = _signed(ex.Mul(factors))
        parts = positive.factors if isinstance(positive, ex.Mul) else (positive,)
        above, below, behind = _fraction(parts)
        text = self.factors([*above, *behind], letters, 1) if not below else ""
        if below:
            top = self.factors(above, letters) if above else "1"
            bottom = self.factors(below, letters)
            if all(isinstance(f, _CONSTANTS) for f in below):
                bottom = " ".join(self.write(f, letters) for f in below)
            text = f"\\dfrac{{{top}}}{{{bottom}}}"
            if behind:
                text = self.joined([text, self.factors(behind, letters, 1)])
        return (text, _PRODUCT) if sign == "+" else (f"-{text}", _SUM)

    def factors(self, factors: list[ex.Expression], letters: Letters, more: int = 0) -> str:
        """Numbers and entries first, a sum last, where it needs no brackets.

        Args:
            factors: what is multiplied.
            letters: of the indices in sight.
            more: how many factors stand beside them; alone, a sum of terms needs no brackets.
        """
        if len(factors) == 1 and not more:
            return self.write(factors[0], letters)
        sums = [f for f in factors if isinstance(f, ex.Sum)]
        rest = [f for f in factors if not isinstance(f, ex.Sum)]
        ordered = [*(sorted(rest, key=_rank) if self.style.order == "by-kind" else rest), *sums]
        texts = []
        for place, factor in enumerate(ordered):
            last = place == len(ordered) - 1
            texts.append(self.wrapped(factor, letters, _PRODUCT if last else _ATOM))
        return self.joined(texts)

    def joined(self, texts: list[str]) -> str:
        """Factors with the sign between them; a thin space is not needed before a sum."""
        sign = f" {self.style.times} " if self.style.times else " "
        return sign.join(texts).replace(r"\, \sum", r"\sum")

    def power(self, base: ex.Expression, exponent: Fraction, letters: Letters) -> str:
        if exponent < 0:
            return f"\\dfrac{{1}}{{{self.write(ex.power(base, -exponent), letters)}}}"
        if exponent == Fraction(1, 2):
            return f"\\sqrt{{{self.write(base, letters)}}}"
        text = self.wrapped(base, letters, _ATOM)
        if not _takes_a_power(base):
            text = text if isinstance(base, _BRACKETED) else bracketed(text)
        return f"{text}^{{{exponent}}}"

    def sum(self, index: Index, body: ex.Expression, letters: Letters) -> str:
        taken = {*letters.values(), *self.style.names}
        letter = next(
            (c for c in (index.name, *_LETTERS) if c and c not in taken), f"k_{{{index.uid}}}"
        )
        inner = {**letters, index: letter}
        text = self.wrapped(body, inner, _PRODUCT)
        if is_unknown(index.size):  # the note says its range by what it stands at
            return f"\\sum\\limits_{{{letter}}} {text}"
        return f"\\sum\\limits_{{{letter}=1}}^{{{index.size.name}}} {text}"

    def derivative(self, node: ex.Derivative, letters: Letters) -> tuple[str, int]:
        by = self.named(node.variable.name, node.positions, letters)
        body = self.write(node.body, letters)
        called = isinstance(node.body, ex.Apply) and node.body.function not in ex.PRIMITIVES
        if called or isinstance(node.body, ex.Named | ex.Entry):
            return f"\\frac{{\\partial {body}}}{{\\partial {by}}}", _ATOM
        return f"\\frac{{\\partial}}{{\\partial {by}}} {bracketed(body)}", _PRODUCT

    def apply(
        self, function: ex.Function, order: int, argument: ex.Expression, letters: Letters
    ) -> str:
        text = self.write(argument, letters)
        if function is ex.EXP:
            return f"e^{{{text}}}"
        if function is ex.RELU and order == 0:
            return f"\\max({text}, 0)"
        if function is ex.RELU and order == 1:
            return f"\\mathbb{{1}}({text} > 0)"
        if function.name == r"\operatorname{abs}" and order == 0:
            return f"\\left|{text}\\right|"
        return f"{function.name}{chr(39) * order}{bracketed(text)}"


_LETTER = pattern(r"\\?[A-Za-z]+|\\math\w+\{\\?\w+\}")
"""A name that needs no brackets below an exponent."""


def inverse_latex(node: ex.OfMatrix, below: str = "") -> str:
    """The inverse of a matrix, its name in brackets where it is no single letter."""
    name = node.matrix.name.removeprefix(ex.SQUARE)
    bare = name.startswith("(") or _LETTER.fullmatch(name)
    return f"{name if bare else bracketed(name)}{below}^{{-1}}"


def bracketed(text: str) -> str:
    """A text in round brackets, as tall as it needs."""
    tall = any(command in text for command in ("\\sum", "\\frac", "\\dfrac", "\\sqrt"))
    return f"\\left({text}\\right)" if tall else f"({text})"


_Factors = list[ex.Expression]


def _fraction(parts: Sequence[ex.Expression]) -> tuple[_Factors, _Factors, _Factors]:
    """What stands above a fraction bar, what below, and what behind the fraction.

    Sums stand behind it, and a fraction of numbers and sizes stands by itself in front.
    """
    below = [
        ex.power(f.base, -f.exponent) for f in parts if isinstance(f, ex.Power) and _is_inverse(f)
    ]
    above = [f for f in parts if not _is_inverse(f)]
    if not below:
        return above, [], []
    if above and isinstance(above[0], ex.Number) and above[0].value.denominator > 1:
        value = above[0].value
        above = [ex.number(value.numerator), *above[1:]] if value.numerator != 1 else above[1:]
        below = [ex.number(value.denominator), *below]
    constant = all(isinstance(f, _CONSTANTS) for f in below)
    kept = [
        f for f in above if isinstance(f, _CONSTANTS) or not (constant or isinstance(f, ex.Sum))
    ]
    return kept, below, [f for f in above if f not in kept]


def _rational(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return f"{sign}\\dfrac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _signed(node: ex.Expression) -> tuple[str, ex.Expression]:
    """The sign of a term and the term without it."""
    if isinstance(node, ex.Number) and node.value < 0:
        return "-", ex.Number(-node.value)
    if isinstance(node, ex.Mul) and isinstance(node.factors[0], ex.Number):
        value = node.factors[0].value
        if value < 0:
            return "-", ex.mul(ex.Number(-value), *node.factors[1:])
    return "+", node


_CONSTANTS = (ex.Number, ex.SizeValue)
_BRACKETED = (ex.Add, ex.Mul, ex.Sum)


def _weighed(node: ex.Expression) -> tuple[Fraction, ex.Expression]:
    """The number before a term, and the term without it."""
    if isinstance(node, ex.Number):
        return node.value, ex.ONE
    if isinstance(node, ex.Mul) and isinstance(node.factors[0], ex.Number):
        return node.factors[0].value, ex.mul(*node.factors[1:])
    return Fraction(1), node


def _is_inverse(node: ex.Expression) -> bool:
    return isinstance(node, ex.Power) and node.exponent < 0


def _rank(node: ex.Expression) -> int:
    order = [ex.Number, ex.Constant, ex.SizeValue, ex.Entry, ex.Delta, ex.Apply, ex.Named]
    return next((k for k, kind in enumerate(order) if isinstance(node, kind)), len(order))


def _takes_a_power(base: ex.Expression) -> bool:
    r"""Whether `^2` after the LaTeX of a base is its square: not of `X^{(1)}`, nor of `\log(x)`."""
    if isinstance(base, ex.Entry):
        return "^" not in base.tensor.name
    if isinstance(base, ex.Named):
        return "^" not in base.definition.name and SLOT not in base.definition.name
    if isinstance(base, ex.Apply):
        is_max = base.function is ex.RELU and base.order == 0
        return is_max or base.function not in ex.PRIMITIVES
    return isinstance(base, ex.Number | ex.SizeValue)


def _base(name: str) -> str:
    """A name that can take a subscript of its own."""
    return f"{{{name}}}" if "_" in name else name
