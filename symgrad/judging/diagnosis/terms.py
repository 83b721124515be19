"""Terms that are missing or too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symgrad.calculus import expression as ex
from symgrad.calculus.substitution import rename
from symgrad.diagnostics import Edit, Span
from symgrad.judging.diagnosis.pool import Atom
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.sites import Move, Site, as_factor, constant_table, short
from symgrad.reading import syntax


def terms_to_add(site: Site) -> Iterator[Move]:
    """N for N + t."""
    if isinstance(site.parent, syntax.Terms | syntax.BigOperator | syntax.Brace):
        return
    factor_ = isinstance(site.parent, syntax.Product)
    if factor_ and not isinstance(site.node, syntax.Scripted | syntax.Symbol | syntax.Accent):
        return
    for atom in site.atoms(site.pool.arrays):
        for sign, factor in (("-", -1), ("+", 1)):

            def table(probe: Probe, atom: Atom = atom, factor: int = factor) -> Mapping[At, Number]:
                more, own = site.entries(atom, probe), site.hole.table(probe)
                return {at: own[at] + more[at] * factor for at in own}

            says = f"the term {'' if factor > 0 else '-'}{atom.text} is missing{site.where}"
            text = f"{site.text} {sign} {atom.text}"
            edits = site.replaced(f"({text})" if factor_ else text)
            yield Move("dropped-term", says, edits, site.hole, table)


def terms_of_the_truth(site: Site) -> Iterator[Move]:
    """The whole and a term of what is right, as far as that is a sum."""
    if site.place.parent is not None or not site.is_number:
        return
    for term in site.pool.right_terms():
        text = site.pool.write(term)

        def table(probe: Probe, term: ex.Expression = term) -> Mapping[At, Number]:
            more = probe.value(term)
            return {at: v + more for at, v in site.hole.table(probe).items()}

        sign, bare = ("-", text[1:].lstrip()) if text.startswith("-") else ("+", text)
        joined = text if site.text == "0" else f"{site.text} {sign} {bare}"
        says = f"the term {short(text)} is missing"
        yield Move("dropped-term", says, site.replaced(joined), site.hole, table)


def factors_of_the_truth(site: Site) -> Iterator[Move]:
    """N for f N, f a factor of what is right, of the whole or under the same sum."""
    if not site.is_number or not (
        site.place.parent is None or isinstance(site.parent, syntax.BigOperator)
    ):
        return
    for factor in _factors_above(site):
        if isinstance(factor, ex.Number | ex.Entry | ex.Sum):
            continue
        text = site.pool.write(factor)
        text = rf"\left({text}\right)" if isinstance(factor, ex.Add) else text

        def table(probe: Probe, factor: ex.Expression = factor) -> Mapping[At, Number]:
            own, bound = site.hole.table(probe), site.place.bound
            return {
                at: v * probe.value(factor, dict(zip(bound, at, strict=True)))
                for at, v in own.items()
            }

        slug = "missing-factor"
        if isinstance(factor, ex.Apply) and factor.order:
            slug = "missing-activation-derivative"
        says = f"you dropped {short(text)}{site.where}"
        edits = site.replaced(site.pool.notation.product(as_factor(site), text))
        yield Move(slug, says, edits, site.hole, table)


def _factors_above(site: Site) -> Iterator[ex.Expression]:
    """The factors of what is right; under a sum, those of its sums, in the letter of this one."""
    for term in site.pool.right_terms():
        factors = term.factors if isinstance(term, ex.Mul) else (term,)
        if site.place.parent is None:
            yield from factors if len(factors) > 1 else ()
            continue
        _ = site.hole.ranges(site.pool.probes[0])  # what is bound here is known when it is built
        for factor in factors:
            if isinstance(factor, ex.Sum) and site.place.bound:
                own, body = site.place.bound[-1], factor.body
                if factor.index.size == own.size and isinstance(body, ex.Mul):
                    yield from (rename(part, {factor.index: own}) for part in body.factors)


def stray_terms(site: Site) -> Iterator[Move]:
    """N + t for N."""
    terms = site.parent
    if not isinstance(terms, syntax.Terms) or len(terms.terms) < 2:
        return
    place = next(k for k, t in enumerate(terms.terms) if t.span == site.node.span)
    if place:
        span = Span(terms.terms[place - 1].span.end, site.node.span.end)
    elif terms.signs[1] == "+":
        span = Span(terms.span.start, terms.terms[1].span.start)
    else:
        span = Span(terms.span.start, site.node.span.end)
    says = f"the term {short(site.text)} is too much{site.where}"
    yield Move("stray-term", says, (Edit(span, ""),), site.hole, constant_table(site, 0))
