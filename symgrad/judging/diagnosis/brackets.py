"""Brackets that hold too much or too little."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from symgrad.diagnostics import Edit, Span
from symgrad.judging.diagnosis.sites import Move, Site, is_call, short
from symgrad.reading import syntax


def brackets(site: Site) -> Iterator[Move]:
    """A B + C for A (B + C), and the other way."""
    node = site.node
    if isinstance(node, syntax.Terms):
        for (_, first), (sign, second) in pairwise(zip(node.signs, node.terms, strict=True)):
            tail = last_factor(first)
            if tail is None:
                continue
            start = Span(tail.span.start, second.span.end)
            inside = site.source.slice(Span(tail.span.start, first.span.end))
            text = rf"\left({inside} {sign} {site.source.slice(second.span)}\right)"
            says = f"the bracket must hold {short(site.source.slice(second.span))} too"
            yield Move("bracket-scope", says, (Edit(start, text),), site.hole)
    elif isinstance(node, syntax.Product) and site.place.linear:
        group = node.factors[-1]
        if isinstance(group, syntax.Group) and len(group.items) == 1 and not is_call(site):
            terms = group.items[0]
            if isinstance(terms, syntax.Terms) and len(terms.terms) == 2:
                says = "the bracket holds a term too many"
                text = site.source.slice(terms.span)
                yield Move("bracket-scope", says, (Edit(group.span, text),), site.hole)


def last_factor(term: syntax.Node) -> syntax.Node | None:
    """What a bracket could begin with: the last factor of a term, or the body of its sum."""
    if isinstance(term, syntax.BigOperator):
        return term.body
    if isinstance(term, syntax.Product):
        last = term.factors[-1]
        return last.body if isinstance(last, syntax.BigOperator) else last
    return None
