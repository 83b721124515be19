"""Binding and substituting indices in canonical polynomials."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import floor

from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Size
from symgrad.calculus.polynomial import Mapped, Products, joined
from symgrad.calculus.table import (
    BASE,
    DELTA,
    ENTRY,
    MATRIX,
    ONE_POLYNOMIAL,
    Codes,
    Coefficient,
    Exponent,
    Factor,
    Monomial,
    Parts,
    Polynomial,
)

_Written = tuple[Polynomial, frozenset[str]]
"""A polynomial and the facts it was got by."""


class Binding(Products):
    """Products, sums over indices, and substitution of indices."""

    def __init__(self, limit: int, hypotheses: tuple[Hypothesis, ...] = ()) -> None:
        super().__init__(limit, hypotheses)
        self._moved: dict[tuple[int, Codes], int | _Written] = {}

    def instantiate(self, head: int, codes: Codes) -> Polynomial:
        """The application or base of this head at positions that are not all different indices."""
        raise NotImplementedError

    def note_sum(self, component: int) -> None:
        """Look once at a sum over indices that was made."""
        raise NotImplementedError

    # Binding

    def bind(self, body: Polynomial, code: int, size: Size) -> Polynomial:
        """The sum of the polynomial over an index."""
        out: Polynomial = {}
        self.spend(len(body))
        for monomial, coefficient in body.items():
            self._bind(out, monomial, coefficient, code, size)
        return out

    def _bind(
        self, out: Polynomial, monomial: Monomial, coefficient: Coefficient, code: int, size: Size
    ) -> None:
        free = self.free
        touched = [pair for pair in monomial if code in free[pair[0]]]
        parts: Parts = dict([pair for pair in monomial if code not in free[pair[0]]])
        if not touched:
            self._times_size(out, parts, coefficient, size)
            return
        for component, _ in touched:
            if self.kind[component] == DELTA:
                # sum_k delta_kj f(k) = f(j)
                left, right = self.factors[component][0][2]
                rest = tuple([pair for pair in monomial if pair[0] != component])
                other = right if left == code else left
                self.accumulate(out, self.substitute({rest: 1}, {code: other}), coefficient)
                return
        opened = self._opened_bases(touched, code)
        if opened is not None:
            sizes, rest_polynomial = opened
            body = self.times({tuple(parts.items()): coefficient}, rest_polynomial)
            body = self._bind_opened(self.bind(body, code, size), sizes)
            self.accumulate(out, body)
            return
        factors = self._merged(touched, code)
        summed = self._summed_to_one(factors) if self.hypotheses else None
        if summed is not None:
            self.accumulate(out, self.times({tuple(sorted(parts.items())): coefficient}, summed))
            return
        merged = self.component(factors)
        self.note_sum(merged)
        parts[merged] = parts.get(merged, 0) + 1
        self.put(out, parts, coefficient)

    def _times_size(
        self, out: Polynomial, parts: Parts, coefficient: Coefficient, size: Size
    ) -> None:
        """sum_k c = n c for c without k."""
        literal = size.value
        if literal is None:
            parts = joined(tuple(parts.items()), ((self.size_component(size), 1),))
        else:
            coefficient *= literal
        if coefficient:
            self.put(out, parts, coefficient)

    def _merged(self, touched: list[tuple[int, Exponent]], code: int) -> list[Factor]:
        """The factors that the new bound index connects, powers of sums written as copies."""
        factors: list[Factor] = []
        offset = 1
        for component, exponent in touched:
            count = self.bound[component]
            if not count:
                ((head, _, codes),) = self.factors[component]
                codes = tuple([-1 if c == code else c for c in codes])
                factors.append((head, exponent, codes))
                continue
            assert exponent == floor(exponent) > 0, "a sum has a power that is not a base"
            self.spend(floor(exponent))
            for _ in range(floor(exponent)):
                for head, inner, codes in self.factors[component]:
                    codes = tuple([-1 if c == code else c if c >= 0 else c - offset for c in codes])
                    factors.append((head, inner, codes))
                offset += count
        return factors

    def _summed_to_one(self, factors: list[Factor]) -> Polynomial | None:
        """sum_k t_k F = F where t sums to 1 over k, and k occurs in t only."""
        codes = [code for _, _, codes in factors for code in codes]
        for place, (head, exponent, own) in enumerate(factors):
            axis = self.heads[head].sums_to_one
            if axis is None or exponent != 1:
                continue
            # The codes of a symmetric matrix may stand in either order: it sums to 1 both ways.
            axes = (0, 1) if self.heads[head].group else (axis,)
            for code in [own[axis] for axis in axes]:
                if code < 0 and codes.count(code) == 1:
                    return self._without(factors, place, code)
        return None

    def _without(self, factors: list[Factor], place: int, code: int) -> Polynomial:
        """The sum over all bound indices but one, of all factors but one."""
        names: dict[int, int] = {}
        sizes: list[tuple[int, Size]] = []
        product = ONE_POLYNOMIAL
        for number, (head, exponent, codes) in enumerate(factors):
            for bound, size in zip(codes, self.heads[head].axes, strict=True):
                if bound < 0 and bound != code and bound not in names:
                    names[bound] = self.temporary()
                    sizes.append((names[bound], size))
            if number != place:
                factor = self._factor(head, tuple([names.get(c, c) for c in codes]))
                product = self.times(product, self.power(factor, exponent))
        return self._bind_opened(product, sizes)

    def _opened_bases(
        self, touched: list[tuple[int, Exponent]], code: int
    ) -> tuple[list[tuple[int, Size]], Polynomial] | None:
        """The components with their bound indices free, where the new index must come first.

        In sum_k sum_j A_jk x_j / S_j with S_j = sum_k A_jk, the sum over k meets S_j only
        inside the sum over j: indices of denominators are bound last.
        """
        if all(code not in codes for c, _ in touched for codes in self._base_codes(c)):
            inner = [any(min(codes) < 0 for codes in self._base_codes(c)) for c, _ in touched]
            if any(inner):
                sizes: list[tuple[int, Size]] = []
                product = ONE_POLYNOMIAL
                for (component, exponent), opens in zip(touched, inner, strict=True):
                    for _ in range(floor(exponent) if opens else 1):
                        opened = self._opened(component, sizes) if opens else None
                        alone: Polynomial = {((component, exponent),): 1}
                        product = self.times(product, alone if opened is None else opened)
                return sizes, product
        return None

    def _base_codes(self, component: int) -> list[Codes]:
        return [
            codes
            for head, _, codes in self.factors[component]
            if codes and self.heads[head].kind == BASE
        ]

    def _opened(
        self,
        component: int,
        sizes: list[tuple[int, Size]],
        mapping: Mapped | None = None,
        standing: Callable[[int, Codes], Polynomial] | None = None,
    ) -> Polynomial:
        """The product in a component, its bound indices made free; bind `sizes` afterwards.

        Args:
            component: any component.
            sizes: takes the indices that were bound.
            mapping: codes to be replaced.
            standing: what stands for each factor, where it is not the factor itself.
        """
        names = dict(mapping or {})
        for number in range(-self.bound[component], 0):
            names[number] = self.temporary()
            sizes.append((names[number], self.size_at(number, (component,))))
        product = ONE_POLYNOMIAL
        for head, exponent, codes in self.factors[component]:
            moved = tuple([names.get(c, c) for c in codes])
            factor = (standing or self._factor)(head, moved)
            product = self.times(product, self.power(factor, exponent))
        return product

    def _bind_opened(self, body: Polynomial, sizes: list[tuple[int, Size]]) -> Polynomial:
        """Bind indices that were opened, those of denominators last (see `_opened_bases`)."""
        late = {
            code
            for monomial in body
            for component, _ in monomial
            if self.kind[component] == BASE
            for code in self.free[component]
        }
        for code, size in sorted(sizes, key=lambda pair: pair[0] in late):
            body = self.bind(body, code, size)
        return body

    # Substituting

    def substitute(self, polynomial: Polynomial, mapping: Mapped) -> Polynomial:
        """The polynomial with codes of free indices replaced, all at once."""
        out: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            parts: Parts = {}
            written: list[Polynomial] = []
            for component, exponent in monomial:
                moved = self._move(component, mapping)
                if isinstance(moved, int):
                    total = parts.get(moved, 0) + exponent
                    if total:
                        parts[moved] = total
                    else:
                        del parts[moved]
                else:
                    written.append(self.power(moved, exponent))
            if not written:
                self.put(out, parts, coefficient)
                continue
            product: Polynomial = {}
            self.put(product, parts, coefficient)
            for factor in written:
                product = self.times(product, factor)
            self.accumulate(out, product)
        return out

    def _move(self, component: int, mapping: Mapped) -> int | Polynomial:
        """A component with codes replaced: a component again wherever that is possible."""
        free = self.free[component]
        moved = tuple([mapping.get(code, code) for code in free])
        if moved == free:
            return component
        known = self._moved.get((component, moved))
        if known is None:
            codes = dict(zip(free, moved, strict=True))
            known = self._moved[component, moved] = self._work_out_move(component, codes)
        if isinstance(known, int):
            return known
        self.fired |= known[1]
        return known[0]

    def _work_out_move(self, component: int, mapping: Mapped) -> int | _Written:
        self.spend(1)
        images = set(mapping.values())
        if len(images) == len(mapping) and not any(code & 1 for code in images):
            # Different indices stay different, so no factors become equal.
            moved = [
                (head, exponent, tuple([mapping.get(c, c) for c in codes]))
                for head, exponent, codes in self.factors[component]
            ]
            if self.bound[component]:
                return self.component(moved)
            return self.single(moved[0][0], moved[0][2])
        if self.bound[component]:
            return self.recorded(partial(self._reopened, component, mapping))
        ((head, _, codes),) = self.factors[component]
        codes = tuple([mapping.get(c, c) for c in codes])
        if self.heads[head].kind in (ENTRY, MATRIX):
            return self.single(head, codes)
        return self.recorded(partial(self._factor, head, codes))

    def _reopened(self, component: int, mapping: Mapped) -> Polynomial:
        """A component at positions that are not all different: its factors may become equal."""
        sizes: list[tuple[int, Size]] = []
        opened = self._opened(component, sizes, mapping)
        return self._bind_opened(opened, sizes)

    def _factor(self, head: int, codes: Codes) -> Polynomial:
        """A factor at any positions."""
        kind = self.heads[head].kind
        if kind == DELTA and (codes[0] == codes[1] or codes[0] & codes[1] & 1):
            # Odd codes are fixed positions.
            return ONE_POLYNOMIAL if codes[0] == codes[1] else {}
        if kind in (ENTRY, DELTA, MATRIX) or (
            len(set(codes)) == len(codes) and not any(code & 1 for code in codes)
        ):
            return {((self.single(head, codes), 1),): 1}
        return self.instantiate(head, codes)
