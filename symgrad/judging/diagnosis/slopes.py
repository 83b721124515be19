r"""Derivatives of activations by their values, `h (1 - h)` and `1 - g^2`, with a part missing.

Who writes the derivative of the sigmoid as h (1 - h) forgets one of the factors, or takes
that of tanh; by the table `Activation.derivative` of `network.functions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from symgrad.diagnostics import Edit
from symgrad.judging.diagnosis.factors import behind_numbers, is_matrix_product
from symgrad.judging.diagnosis.pool import Atom
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.sites import Move, Site, Table, span_with_sign
from symgrad.reading import syntax

INCOMPLETE = "incomplete-activation-derivative"
OTHER = "other-activation-derivative"
MISSING = "missing-activation-derivative"


def complements(site: Site) -> Iterator[Move]:
    """N for (1 - h) N and (1 - g^2) N."""
    inside = isinstance(site.parent, syntax.BigOperator)
    if site.is_number and (not (inside or site.parent is None) or _is_sum(site.node)):
        return
    if not site.is_number and not isinstance(site.parent, syntax.Product | syntax.Group | None):
        return
    for atom in _values(site):
        half, slope = f"(1 - {atom.text})", f"(1 - {_square(site, atom)})"
        edits = _beside(site, atom, half) or _multiplied(site, half)
        says = f"half of the derivative is missing{site.where}: {half}"
        yield Move(INCOMPLETE, says, edits, site.hole, _times(site, atom, lambda v: v * -1 + 1))
        edits = _multiplied(site, slope)
        says = f"you dropped {slope}{site.where}"
        yield Move(MISSING, says, edits, site.hole, _times(site, atom, lambda v: v * v * -1 + 1))


def one_minus(site: Site) -> Iterator[Move]:
    """F N for (1 - F) N, with F = h or F = g^2; 1 - g for 1 - g^2 in arrays."""
    if not isinstance(site.parent, syntax.Product) or isinstance(site.node, syntax.Numeral):
        return
    own = site.text.strip("() ").replace(" ", "")
    for atom in _values(site):
        square, whole = _square(site, atom), atom.text
        if own in (whole.replace(" ", ""), square.replace(" ", "")):
            text = f"(1 - {site.text.strip('() ')})"
            says = f"half of the derivative is missing{site.where}: {text} belongs there"
            table = _from_own(site, lambda v: v * -1 + 1)
            yield Move(INCOMPLETE, says, site.replaced(text), site.hole, table)
        elif own == f"1-{whole}".replace(" ", "") and not site.is_number:
            says = f"the square of {whole} is missing{site.where}"
            yield Move("wrong-exponent", says, site.replaced(f"(1 - {square})"), site.hole)


def other_slopes(site: Site) -> Iterator[Move]:
    """1 - h^2 for h (1 - h), and the other way."""
    node = site.node
    if not isinstance(node, syntax.Product):
        return
    texts = {site.source.slice(f.span).replace(" ", ""): f for f in node.factors}
    for atom in _values(site):
        whole, square = atom.text, _square(site, atom)
        sign = "" if site.is_number else r" \odot"
        tanh, sigmoid = f"(1 - {square})", f"{whole}{sign} (1 - {whole})"
        slope = texts.get(tanh.replace(" ", ""))
        half = texts.get(f"(1-{whole})".replace(" ", ""))
        value = texts.get(whole.replace(" ", ""))
        if slope is not None:
            says = f"{tanh} is the derivative of tanh; here it is {sigmoid}"
            yield Move(OTHER, says, (Edit(slope.span, sigmoid),), site.hole)
        elif half is not None and value is not None:
            span = span_with_sign(node, value)
            if span is not None:
                says = f"{sigmoid} is the derivative of the sigmoid; here it is {tanh}"
                edits = Edit(span, ""), Edit(half.span, tanh)
                yield Move(OTHER, says, edits, site.hole)


def _is_sum(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Terms | syntax.BigOperator)


def _values(site: Site) -> Iterator[Atom]:
    """What may be the value of an activation: defined quantities, and functions of them."""
    arrays = [a for a in site.pool.arrays if a.is_named]
    yield from site.atoms([*arrays, *(a for a in site.pool.applied if not a.order)])


def _square(site: Site, atom: Atom) -> str:
    return f"{atom.text}^2" if site.is_number else rf"{atom.text} \odot {atom.text}"


def _multiplied(site: Site, factor: str) -> tuple[Edit, ...]:
    """The edits that multiply a part by a factor, entry by entry."""
    if site.is_number:
        return site.replaced(behind_numbers(site, factor, site.text))
    if site.parent is None:
        body = f"({site.text})" if is_matrix_product(site) else site.text
        return site.replaced(rf"{body} \odot {factor}")
    text = rf"{site.text} \odot {factor}"
    return site.replaced(text if isinstance(site.parent, syntax.Group) else f"({text})")


def _beside(site: Site, atom: Atom, half: str) -> tuple[Edit, ...]:
    """The edits that put one half of a derivative behind the other, where that is a factor."""
    factors = site.node.factors if isinstance(site.node, syntax.Product) else ()
    wanted = atom.text.replace(" ", "")
    found = [f for f in factors if site.source.slice(f.span).replace(" ", "") == wanted]
    if not found or not site.is_number:
        return ()
    return (Edit(found[0].span, site.pool.notation.product(atom.text, half)),)


def _times(site: Site, atom: Atom, of: Callable[[Number], Number]) -> Table:
    def table(probe: Probe) -> Mapping[At, Number]:
        values, own = site.entries(atom, probe), site.hole.table(probe)
        return {at: own[at] * of(values[at]) for at in own}

    return table


def _from_own(site: Site, of: Callable[[Number], Number]) -> Table:
    return lambda probe: {at: of(value) for at, value in site.hole.table(probe).items()}
