"""Powers, transposes and products of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from symgrad.diagnostics import Edit
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.sites import Move, Site, number_of, short
from symgrad.judging.edits import without_superscript
from symgrad.reading import syntax
from symgrad.reading.names import TRANSPOSES, key_or_none, parts


def exponents(site: Site) -> Iterator[Move]:
    """x^e for x^f."""
    node = site.node
    _, _, sup, _ = parts(node)
    if sup is not None and number_of(sup) is not None and isinstance(node, syntax.Scripted):
        own = number_of(sup)
        for other in ("", "2", "3", "-1"):
            if other != str(own):
                base = site.text[: sup.span.start - node.span.start].rstrip("{ ").rstrip("^ ")
                text = base + (f"^{{{other}}}" if len(other) > 1 else f"^{other}" if other else "")
                says = f"the exponent is {other or '1'}, not {own}"
                yield Move("wrong-exponent", says, site.replaced(text), site.hole)
        return
    if sup is None and site.is_number and isinstance(node, syntax.Group | syntax.Scripted):

        def table(probe: Probe) -> Mapping[At, Number]:
            return {at: v * v for at, v in site.hole.table(probe).items()}

        says = f"the square of {short(site.text)} is missing{site.where}"
        yield Move("wrong-exponent", says, site.replaced(f"{site.text}^2"), site.hole, table)


def transposes(site: Site) -> Iterator[Move]:
    """A for its transpose."""
    assert site.place.value is not None
    if len(site.place.value.axes) != 2:
        return
    _, _, sup, _ = parts(site.node)
    if (
        sup is not None
        and key_or_none(sup) in TRANSPOSES
        and isinstance(site.node, syntax.Scripted)
    ):
        text = without_superscript(site.source, site.node)
        says = f"the transpose of {text} is too much"
        yield Move("stray-transpose", says, site.replaced(text), site.hole)
        return
    says = f"the transpose of {short(site.text)} is missing"
    text = turned_product(site) or _turned(site, site.node)
    yield Move("missing-transpose", says, site.replaced(text), site.hole)


def turned_pairs(site: Site) -> Iterator[Move]:
    """A B C for (A B)^T C, written B^T A^T C."""
    node = site.node
    if not isinstance(node, syntax.Product) or len(node.factors) < 3 or any(node.operators):
        return
    for first, second in pairwise(node.factors):
        values = [site.holes[f].place.value for f in (first, second) if f in site.holes]
        if len(values) < 2 or not all(v is not None and v.axes for v in values):
            continue
        span = first.span.to(second.span)
        says = f"the transpose of {short(site.source.slice(span))} is missing"
        text = f"{_turned(site, second)} {_turned(site, first)}"
        yield Move("missing-transpose", says, (Edit(span, text),), site.hole)


def _turned(site: Site, node: syntax.Node) -> str:
    """The transpose of a part of a formula; of a transpose what it is of."""
    text, mark = site.source.slice(node.span), site.pool.notation.transpose
    sup = parts(node)[2]
    if sup is not None and key_or_none(sup) in TRANSPOSES and isinstance(node, syntax.Scripted):
        return without_superscript(site.source, node)
    if isinstance(node, syntax.Symbol):
        return text + mark
    return f"{{{text}}}{mark}" if isinstance(node, syntax.Scripted) else f"({text}){mark}"


def turned_product(site: Site) -> str:
    """B^T A^T for (A B)^T; "" where the part is no product of two arrays."""
    node = site.node
    names = syntax.Scripted | syntax.Symbol | syntax.Accent | syntax.Group
    if not isinstance(node, syntax.Product) or len(node.factors) != 2 or node.operators[0]:
        return ""
    if not all(isinstance(f, names) and f in site.holes for f in node.factors):
        return ""
    if not all(h.place.value and h.place.value.axes for f in node.factors
               if (h := site.holes[f])):  # fmt: skip
        return ""
    first, second = node.factors
    return f"{_turned(site, second)} {_turned(site, first)}"


def orders(site: Site) -> Iterator[Move]:
    """A B for B A."""
    node = site.node
    if not isinstance(node, syntax.Product):
        return
    arrays = [h.place.value is not None and bool(h.place.value.axes) for f in node.factors
              if (h := site.holes.get(f)) is not None]  # fmt: skip
    if sum(arrays) < 2:
        return
    for (first, second), sign in zip(pairwise(node.factors), node.operators, strict=True):
        a, b = site.source.slice(first.span), site.source.slice(second.span)
        span = first.span.to(second.span)
        if sign in ("", r"\cdot", r"\times"):
            says = f"the factors {short(a)} and {short(b)} are in the wrong order"
            yield Move("order-of-factors", says, (Edit(span, f"{b} {a}"),), site.hole)
            says = f"{short(a)} and {short(b)} are multiplied entry by entry"
            yield Move("hadamard-shape", says, (Edit(span, rf"{a} \odot {b}"),), site.hole)
        elif sign in (r"\odot", r"\circ", "*"):
            says = f"{short(a)} and {short(b)} are multiplied as matrices, not entry by entry"
            yield Move("hadamard-shape", says, (Edit(span, f"{a} {b}"),), site.hole)
