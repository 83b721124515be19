r"""A part of a formula times a number: `\frac{1}{n}` for 2 times `\frac{1}{2n}`."""

from __future__ import annotations

from fractions import Fraction

from symgrad.diagnostics import Edit, Source, Span
from symgrad.judging.diagnosis.notation import Notation
from symgrad.judging.diagnosis.sites import latex_of, number_of
from symgrad.judging.edits import edited_text
from symgrad.reading import syntax
from symgrad.records import dataclass


@dataclass(frozen=True)
class Scaling:
    """Writes parts of a formula times a number.

    Attributes:
        source: the text in which the parts have their places.
        value: the number.
        notation: how products are written.
    """

    source: Source
    value: Fraction
    notation: Notation

    def text(self, node: syntax.Node) -> str:
        """The part times the number; the terms of a sum take it where one has a number."""
        has_numbers = any(map(self._within, syntax.children(node)))
        if isinstance(node, syntax.Terms) and self.value > 0 and has_numbers:
            edits = [Edit(term.span, self.text(term)) for term in node.terms]
            return edited_text(self.source, node.span, edits)
        if self.value > 0:
            inner = self._within(node)
            if inner is not None:
                return inner
        own = self.source.slice(node.span)
        tall = rf"\left({own}\right)" if r"\sum" in own or "frac" in own else f"({own})"
        body = tall if isinstance(node, syntax.Terms) else own
        if self.value < 0:
            return f"{latex_of(self.value)} {body}"
        return self.notation.product(latex_of(self.value), body)

    def _within(self, node: syntax.Node) -> str | None:
        """The part with a number in it changed; None where it has none."""
        number = number_of(node)
        if number is not None:
            return latex_of(number * self.value)
        if isinstance(node, syntax.Product):
            for k, factor in enumerate(node.factors):
                changed = self._within(factor)
                if changed is not None:
                    return self._factors(node, k, changed)
        if isinstance(node, syntax.Fraction):
            return self._fraction(node)
        return None

    def _factors(self, node: syntax.Product, k: int, changed: str) -> str:
        """A product with another factor in one place; a 1 is left out."""
        span = node.factors[k].span
        if changed == "1" and len(node.factors) > 1:
            end = node.factors[k + 1].span.start if k + 1 < len(node.factors) else span.end
            start = span.start if k + 1 < len(node.factors) else node.factors[k - 1].span.end
            span, changed = Span(start, end), ""
        return edited_text(self.source, node.span, [Edit(span, changed)]).strip()

    def _fraction(self, node: syntax.Fraction) -> str | None:
        """A fraction whose numbers take up the number, reduced."""
        top, above = _parted(node.numerator)
        bottom, below = _parted(node.denominator)
        if top is None and bottom is None:
            return None
        value = (top or Fraction(1)) / (bottom or Fraction(1)) * self.value
        upper = self._joined(value.numerator, above)
        lower = self._joined(value.denominator, below)
        if lower == "1":
            return upper
        head = self.source.text[node.span.start : node.numerator.span.start].rstrip("{ ")
        return f"{head}{{{upper}}}{{{lower}}}" if head.startswith("\\") else None

    def _joined(self, number: int, rest: Span | None) -> str:
        text = self.source.slice(rest).strip() if rest is not None else ""
        if text and number == 1:
            return text
        return f"{number} {text}".strip() if text[:1].isdigit() else f"{number}{text}"


def _parted(node: syntax.Node) -> tuple[Fraction | None, Span | None]:
    """The number at the head of a product, and the rest; None where there is none."""
    number = number_of(node)
    if number is not None:
        return number, None
    if isinstance(node, syntax.Product) and (head := number_of(node.factors[0])) is not None:
        return head, Span(node.factors[1].span.start, node.span.end)
    return None, node.span
