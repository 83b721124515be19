"""Signs that are wrong."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.diagnostics import Edit, Span
from symgrad.judging.diagnosis.marks import Place
from symgrad.judging.diagnosis.sites import Move, Site, short
from symgrad.reading import syntax


def signs(site: Site) -> Iterator[Move]:
    """-N for N."""
    says = f"the sign of {short(site.text)} is wrong{site.where}"
    flipped = site.scaled(-1)
    if isinstance(site.node, syntax.Terms):
        terms = site.node
        if terms.signs == ("+", "-") and not isinstance(site.parent, syntax.Terms):
            first, second = (site.source.slice(t.span) for t in terms.terms)
            says = f"{short(site.text)} is the wrong way round: it is {second} - {first}"
            yield Move("sign", says, site.replaced(f"{second} - {first}"), site.hole, flipped)
        elif terms.signs == ("-",) and site.place.parent is None:
            text = site.source.slice(terms.terms[0].span)
            yield Move("sign", "the sign is wrong", site.replaced(text), site.hole, flipped)
        elif site.place.parent is None:
            edits = site.replaced(rf"-\left({site.text}\right)")
            yield Move("sign", "the sign is wrong", edits, site.hole, flipped)
    elif isinstance(site.parent, syntax.Cases):
        says = f"the sign of {short(site.text)} is wrong in its case"
        yield Move("sign", says, site.replaced(f"-{site.text}"), site.hole, flipped)
    elif site.place.parent is None and not _has_difference(site):
        yield Move("sign", "the sign is wrong", site.replaced(f"-{site.text}"), site.hole, flipped)
    elif isinstance(site.parent, syntax.Terms):
        edit = _other_sign(site)
        if edit is not None:
            yield Move("sign", says, (edit,), site.hole, flipped)


def _has_difference(site: Site) -> bool:
    """Whether one of the factors is a difference, which is then the wrong way round."""
    return any(
        isinstance(node, syntax.Terms) and node.signs == ("+", "-") and _is_factor(hole.place)
        for node, hole in site.holes.items()
    )


def _is_factor(place: Place) -> bool:
    """Whether the whole formula changes its sign with this part."""
    around = place.parent
    while around is not None and not isinstance(around.node, syntax.Terms):
        around = around.parent
    return place.linear and not place.argument and around is None


def _other_sign(site: Site) -> Edit | None:
    """The edit of the sign before a term."""
    terms = site.parent
    assert isinstance(terms, syntax.Terms)
    place = next(k for k, t in enumerate(terms.terms) if t.span == site.node.span)
    start = terms.terms[place - 1].span.end if place else terms.span.start
    between = Span(start, site.node.span.start)
    text = site.source.slice(between)
    if text.count("-") + text.count("+") > 1:
        return None
    if "-" in text:
        return Edit(between, text.replace("-", "+" if place else ""))
    if "+" in text:
        return Edit(between, text.replace("+", "-"))
    return Edit(between, f"{text}-") if place == 0 else None
