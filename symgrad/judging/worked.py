r"""A side of a counterexample worked out: the formula with the numbers put in.

`2 \sum_i W_{ij} a'(z_i)` becomes `2 * 3 * 1`, for a reader who checks it by hand.
Sums are written out, named quantities and values of functions are put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.index import Fixed, Index, Position
from symgrad.calculus.interval import Interval, NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Point
from symgrad.calculus.substitution import unfold

LONGEST = 60
"""Characters of a line; a longer one is shortened by working out its inner parts."""

DEEPEST = 8
"""Levels of a formula that are written."""

Number = Fraction | Interval
Text = tuple[str, int]
"""A formula in numbers, and how tightly it binds."""

_ATOM, _POWER, _PRODUCT, _SUM = 4, 3, 2, 1


def worked_out(
    expression: ex.Expression, point: Point, indices: Mapping[Index, int], value: Number
) -> str:
    """The formula of a side in numbers; "" where it has no more to say than its value.

    Args:
        expression: the side.
        point: values of everything.
        indices: values of the free indices.
        value: of the side.
    """
    try:
        opened = _opened(expression)
        if evaluate(opened, point, indices) != value:
            return ""
        for depth in range(DEEPEST, 0, -1):
            text = _Working(point, depth).written(opened, indices)[0]
            if len(text) <= LONGEST:
                return "" if text == str(value) else text
    except (LimitReached, NoValue, ValueError):
        pass
    return ""


def _opened(expression: ex.Expression) -> ex.Expression:
    """The side without the names and derivatives at its head."""
    while isinstance(expression, ex.Named):
        expression = unfold(expression.definition, expression.positions)
    return resolve_derivatives(expression) if isinstance(expression, ex.Derivative) else expression


class _Working:
    """Writes one formula in numbers, down to a depth."""

    def __init__(self, point: Point, depth: int) -> None:
        self.point = point
        self.depth = depth

    def value(self, node: ex.Expression, indices: Mapping[Index, int]) -> Text:
        found = evaluate(node, self.point, indices)
        if isinstance(found, Interval):
            raise ValueError("a part that is not rational")
        return str(found), _ATOM if found >= 0 and found.denominator == 1 else _SUM

    def written(self, node: ex.Expression, indices: Mapping[Index, int], level: int = 0) -> Text:
        """The node in numbers."""
        if level >= self.depth:
            return self.value(node, indices)
        match node:
            case ex.Add(terms=terms):
                return self.sum([self.written(t, indices, level + 1) for t in terms])
            case ex.Mul(factors=factors):
                return self.product(factors, indices, level)
            case ex.Sum(index=index, body=body):
                size = self.point.size(index.size)
                every = [
                    self.written(body, {**indices, index: k}, level + 1)
                    for k in range(1, size + 1)
                    if not _vanishes(body, {**indices, index: k})
                ]
                return self.sum(every)
            case ex.Power(base=base, exponent=exponent) if exponent.denominator == 1:
                text = _bracketed(self.written(base, indices, level + 1), _ATOM)
                return (f"{text}^{exponent}", _POWER) if exponent > 0 else _inverse(text, exponent)
            case _:
                return self.value(node, indices)

    def product(
        self, factors: tuple[ex.Expression, ...], indices: Mapping[Index, int], level: int
    ) -> Text:
        texts = [
            self.written(factor, indices, level + 1)
            for factor in factors
            if not (isinstance(factor, ex.Delta) and not _vanishes(factor, indices))
        ]
        if len(texts) < 2:
            return texts[0] if texts else ("1", _ATOM)
        first, *rest = texts
        if first == ("-1", _SUM):
            joined = " * ".join(_bracketed(text, _PRODUCT) for text in rest)
            return f"-{joined}", _SUM
        head = first[0] if first[0].lstrip("-").isdigit() else _bracketed(first, _PRODUCT)
        return " * ".join([head, *(_bracketed(text, _PRODUCT) for text in rest)]), (
            _SUM if head.startswith("-") else _PRODUCT
        )

    def sum(self, terms: list[Text]) -> Text:
        if len(terms) < 2:
            return terms[0] if terms else ("0", _ATOM)
        text = terms[0][0]
        for term, _ in terms[1:]:
            text += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
        return text, _SUM


def _inverse(text: str, exponent: Fraction) -> Text:
    return (f"1/{text}" if exponent == -1 else f"1/{text}^{-exponent}"), _SUM


def _vanishes(node: ex.Expression, indices: Mapping[Index, int]) -> bool:
    """Whether a Kronecker delta makes a term 0."""
    if isinstance(node, ex.Mul):
        return any(_vanishes(factor, indices) for factor in node.factors)
    return isinstance(node, ex.Delta) and _at(node.left, indices) != _at(node.right, indices)


def _at(position: Position, indices: Mapping[Index, int]) -> int:
    return position.value if isinstance(position, Fixed) else indices[position]


def _bracketed(text: Text, least: int) -> str:
    return text[0] if text[1] >= least else f"({text[0]})"
