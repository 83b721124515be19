"""Factors and numbers that are missing, wrong or too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, Size
from symgrad.diagnostics import Edit
from symgrad.judging.diagnosis.pool import Atom
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.scaling import Scaling
from symgrad.judging.diagnosis.sites import (
    Move,
    Site,
    Table,
    as_factor,
    constant_table,
    latex_of,
    number_of,
    span_with_sign,
)
from symgrad.reading import syntax
from symgrad.reading.functionals import MARK
from symgrad.reading.names import names_in

TIMES = (r"\times", r"\cdot")
ENTRYWISE = (r"\odot", r"\circ", "*")


def missing_factors(site: Site) -> Iterator[Move]:
    """N for f N."""
    if isinstance(site.node, syntax.Numeral) or isinstance(site.parent, syntax.Brace):
        return
    if isinstance(site.node, syntax.Terms) and site.place.parent is not None:
        return
    body = rf"\left({site.text}\right)" if isinstance(site.node, syntax.Terms) else site.text
    for atom in site.atoms([*site.pool.arrays, *site.pool.applied]):
        slug = "missing-activation-derivative" if atom.array.order else "missing-factor"
        slug = "missing-upstream-factor" if atom.array.name.startswith(MARK) else slug
        if site.is_number:
            text = behind_numbers(site, atom.text, body)
        else:
            if not isinstance(site.parent, syntax.Product | None):
                continue
            left = f"({body})" if is_matrix_product(site) else body
            text = rf"{left} \odot {atom.text}"
            text = text if site.parent is None or _is_entrywise(site.parent) else f"({text})"
        says = f"you dropped {atom.text}{site.where}"
        if slug == "missing-factor" and _has_complement(site, atom):
            slug = "incomplete-activation-derivative"
            says = f"half of the derivative is missing{site.where}: {atom.text}"
        yield Move(slug, says, site.replaced(text), site.hole, _times(site, atom))


def _is_entrywise(product: syntax.Product) -> bool:
    """Whether all factors are multiplied entry by entry."""
    return all(sign in ENTRYWISE for sign in product.operators)


def _has_complement(site: Site, atom: Atom) -> bool:
    """Whether 1 - a is a part of the step: the other half of the sigmoid's derivative."""
    wanted = f"1-{atom.text}".replace(" ", "")
    return any(
        isinstance(node, syntax.Terms) and site.source.slice(node.span).replace(" ", "") == wanted
        for node in site.holes
    )


def is_matrix_product(site: Site) -> bool:
    """Whether a part is a product of arrays: beside another product it needs brackets."""
    product = isinstance(site.node, syntax.Product) and not _is_entrywise(site.node)
    factors = syntax.children(site.node) if product else ()
    values = [site.holes[f].place.value for f in factors if f in site.holes]
    return sum(value is not None and bool(value.axes) for value in values) > 1


def behind_numbers(site: Site, factor: str, body: str) -> str:
    """A factor and a part of a formula; a number stays in front."""
    node = site.node
    if isinstance(node, syntax.Product) and number_of(node.factors[0]) is not None:
        head = site.source.slice(node.factors[0].span)
        start = node.factors[1].span.start
        rest = site.source.text[start : node.span.end]
        if node.operators[0] in ("", *TIMES):
            joined = site.pool.notation.product(factor, rest)
            return site.pool.notation.product(head, joined)
    return site.pool.notation.product(factor, body)


def diagonals(site: Site) -> Iterator[Move]:
    """Delta_ij for 1, and delta_ij N for N: what is right where i = j alone."""
    if not site.is_number or isinstance(site.parent, syntax.Brace):
        return
    one = number_of(site.node) == 1
    if not one and site.place.parent is not None:
        return
    sizes = site.step.chain.session.sizes
    for first, second in combinations(sorted(site.pool.sight(()), key=lambda n: n.name), 2):
        if sizes.resolve(first.size) != sizes.resolve(second.size):
            continue
        mark = rf"\delta_{{{first.name}{site.pool.notation.comma}{second.name}}}"
        body = rf"\left({site.text}\right)" if isinstance(site.node, syntax.Terms) else site.text
        text = mark if one else behind_numbers(site, mark, body)
        says = f"it is right for {first.name} = {second.name} alone: {mark} is missing"
        at = site.pool.index_of(first), site.pool.index_of(second)

        def table(probe: Probe, at: tuple[Index, Index] = at) -> Mapping[At, Number]:
            same = probe.indices[at[0]] == probe.indices[at[1]]
            own = site.hole.table(probe)
            return {place: value if same else Fraction(0) for place, value in own.items()}

        yield Move("diagonal-only", says, site.replaced(text), site.hole, table)


def _times(site: Site, atom: Atom) -> Table:
    def table(probe: Probe) -> Mapping[At, Number]:
        factor, own = site.entries(atom, probe), site.hole.table(probe)
        return {at: own[at] * factor[at] for at in own}

    return table


def stray_factors(site: Site) -> Iterator[Move]:
    """F N for N."""
    if not isinstance(site.parent, syntax.Product) or not site.is_number:
        return
    span = span_with_sign(site.parent, site.node)
    if span is None:
        return
    numeral = number_of(site.node) is not None or _is_of_sizes(site)
    slug = "factor" if numeral else "stray-factor"
    says = f"the factor {site.text}{site.where} is too much"
    yield Move(slug, says, (Edit(span, ""),), site.hole, constant_table(site, 1))


def _is_of_sizes(site: Site) -> bool:
    """Whether a part is made of sizes alone, as 1/n is."""
    session = site.step.chain.session
    known = {*session.scope.sizes.bindings, *session.usage.sizes}
    return (
        isinstance(site.node, syntax.Fraction)
        and {name for name in names_in(site.node) if not name.isdigit()} <= known
    )


CONSTANTS = tuple(map(Fraction, ("2", "1/2", "3", "1/3", "4", "1/4")))


def constants(site: Site) -> Iterator[Move]:
    """C N for d N, c and d numbers or sizes."""
    own = number_of(site.node)
    if own and isinstance(site.parent, syntax.Product | syntax.Terms):
        for value in (Fraction(1), *CONSTANTS, own * 2, own / 2):
            if value not in (own, 1):
                says = f"the factor is {value!s}, not {own!s}"
                yield Move(
                    "factor",
                    says,
                    site.replaced(latex_of(value)),
                    site.hole,
                    site.scaled(value / own),
                )
        return
    if isinstance(site.parent, syntax.Product | syntax.Brace):
        return
    if not isinstance(site.node, syntax.Numeral):
        for value in _ratios(site):
            if value == -1:
                continue
            says, edits = _multiplied(site, abs(value))
            if value > 0:
                yield Move("factor", says, edits, site.hole, site.scaled(value))
            elif _is_difference(site.node):
                says = f"{site.text} is the wrong way round, and {says}"
                text = _turned_difference(site, abs(value))
                yield _of_sign(says, site, text, value)
    if isinstance(site.node, syntax.Numeral) and site.place.parent is not None:
        return
    for size in site.pool.sizes:
        yield from _by_size(site, size)


def _is_difference(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Terms) and node.signs == ("+", "-")


def _turned_difference(site: Site, value: Fraction) -> str:
    """`c (b - a)` for a - b."""
    first, second = (site.source.slice(term.span) for term in syntax.children(site.node))
    return site.pool.notation.product(latex_of(value), f"({second} - {first})")


def _of_sign(says: str, site: Site, text: str, value: Fraction) -> Move:
    """A sign and a number at once."""
    edits = site.replaced(text)
    return Move("sign", says, edits, site.hole, site.scaled(value), others=("factor",))


def _by_size(site: Site, size: Size) -> Iterator[Move]:
    """N times a power of a size, as in a mean, or in the scale of attention."""
    root = rf"\sqrt{{{size.name}}}"
    powers = ((size.name, 1), (size.name, -1), (root, Fraction(1, 2)), (root, Fraction(-1, 2)))
    for text, power in powers:
        factor = ex.power(ex.SizeValue(size), power)
        shown = text if power > 0 else f"1/{text}"

        def table(probe: Probe, factor: ex.Expression = factor) -> Mapping[At, Number]:
            value = probe.value(factor)
            return {at: own * value for at, own in site.hole.table(probe).items()}

        says = f"a factor {shown} is missing{site.where}"
        yield Move("factor", says, _divided(site, text, power > 0), site.hole, table)


def _divided(site: Site, text: str, times: bool) -> tuple[Edit, ...]:
    """A part times a text, or divided by it; a number in front takes it up."""
    if times:
        return site.replaced(site.pool.notation.product(text, as_factor(site)))
    node = site.node
    head = node.factors[0] if isinstance(node, syntax.Product) else node
    if isinstance(head, syntax.Numeral):
        return (Edit(head.span, rf"\dfrac{{{head.text}}}{{{text}}}"),)
    return site.replaced(site.pool.notation.product(rf"\dfrac{{1}}{{{text}}}", as_factor(site)))


def _multiplied(site: Site, value: Fraction) -> tuple[str, tuple[Edit, ...]]:
    """A part times a number, which changes the number that it has, if it has one."""
    node = site.node
    if isinstance(node, syntax.Product):
        for factor in node.factors:
            own = number_of(factor)
            span = span_with_sign(node, factor)
            if own and span is not None:
                if own * value == 1:
                    return f"the factor {own!s} is too much", (Edit(span, ""),)
                says = f"the factor is {own * value!s}, not {own!s}"
                return says, (Edit(factor.span, latex_of(own * value)),)
    says = f"a factor {value!s} is missing{site.where}"
    return says, site.replaced(Scaling(site.source, value, site.pool.notation).text(node))


def _ratios(site: Site) -> tuple[Fraction, ...]:
    """Numbers by which a part may have to be multiplied; for the whole, the quotient."""
    return CONSTANTS if site.place.parent is not None else (*CONSTANTS, *site.pool.quotient())
