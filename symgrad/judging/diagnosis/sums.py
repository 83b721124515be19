"""Sums that are missing or too much, and what stands inside them and should not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from symgrad.diagnostics import Edit, Span
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.sites import Move, Site, Table, uses_of
from symgrad.judging.edits import edited_text
from symgrad.reading import syntax
from symgrad.reading.values import IndexName
from symgrad.records import dataclass


def missing_sums(site: Site) -> Iterator[Move]:
    """N for the sum of N over an index."""
    if not site.is_number or isinstance(site.parent, syntax.Brace):
        return
    bound = set(site.place.names)
    for name in site.names:
        if name in bound or not any(uses_of(site.node, name.name)):
            continue
        size = site.step.chain.session.sizes.resolve(name.size)
        letter = _letter(site, name.name)
        if not letter:
            continue
        says = f"the sum over {letter} is missing"
        edits = [Edit(use.span, letter) for use in uses_of(site.node, name.name)]
        body = edited_text(site.source, site.node.span, edits if letter != name.name else ())
        body = rf"\left({body}\right)" if isinstance(site.node, syntax.Terms) else body
        text = f"{site.pool.notation.sum}_{{{letter}=1}}^{{{size.name}}} {body}"
        yield Move("missing-sum", says, site.replaced(text), site.hole, _summed(site, name))


def _letter(site: Site, name: str) -> str:
    """The index of a sum: the letter that stands there, or another where it means one entry."""
    claim, scope = site.step.chain.claim, site.step.chain.session.scope
    if not any(uses_of(claim.left, name)):
        return name
    taken = {*scope.names.bindings, *scope.sizes.bindings, *(n.name for n in site.names)}
    return next((c for c in "klrspqijuvw" if c not in taken), "")


def _summed(site: Site, name: IndexName) -> Table:
    index = site.pool.index_of(name)

    def table(probe: Probe) -> Mapping[At, Number]:
        place, ranges = site.place, site.hole.ranges(probe)
        assert place.value is not None
        assert place.frame is not None
        entry = place.value.entry(place.frame, ())
        found: dict[At, Number] = {}
        for at in ranges:
            known = dict(zip(place.bound, at, strict=True))
            total: Number = Fraction(0)
            for k in range(1, probe.point.size(index.size) + 1):
                total = total + probe.value(entry, {**known, index: k})
            found[at] = total
        return found

    return table


def stray_sums(site: Site) -> Iterator[Move]:
    """The sum over k of f(k) for f(i)."""
    node = site.node
    if not isinstance(node, syntax.BigOperator) or node.lower is None:
        return
    letter = site.source.slice(node.lower.span).split("=")[0].strip()
    head = Edit(Span(node.span.start, node.body.span.start), "")
    edits = [head]
    body = node.body
    if site.place.parent is None and isinstance(body, syntax.Group) and body.bracket == "(":
        inner = body.items[0].span
        edits = [Edit(Span(node.span.start, inner.start), "")]
        edits.append(Edit(Span(inner.end, body.span.end), ""))
    uses = list(uses_of(node.body, letter))
    for name in site.names:
        if name.name != letter and uses:
            says = f"there is no sum over {letter}: only {letter} = {name.name} counts"
            renamed = [Edit(use.span, name.name) for use in uses]
            yield Move("stray-sum", says, (*edits, *renamed), site.hole)


def outside_of_sums(site: Site) -> Iterator[Move]:
    """The sum of (f(k) + b) for (the sum of f(k)) + b."""
    node = site.node
    if not isinstance(node, syntax.BigOperator) or node.lower is None or node.upper is None:
        return
    parts_ = inside_and_outside(node, site.source.slice)
    if parts_ is None:
        return
    letter, upper = parts_.letter, site.source.slice(node.upper.span)
    text = f"{parts_.head} {parts_.inside} {parts_.outside}"
    if not isinstance(site.parent, syntax.Terms | syntax.Group | None):
        text = rf"\left({text}\right)"
    says = f"{parts_.first} is added {upper} times, because it stands inside the sum over {letter}"
    yield Move("bias-inside-sum", says, site.replaced(text), site.hole)


@dataclass(frozen=True)
class SumOfTerms:
    """A sum over a bracket, taken apart.

    Attributes:
        letter: the index.
        head: the sum sign with its ends.
        inside: the terms in which the index occurs.
        outside: the others, with their signs.
        first: the first of them.
        opening: the opening bracket.
        closing: the closing bracket.
    """

    letter: str
    head: str
    inside: str
    outside: str
    first: str
    opening: str
    closing: str


def inside_and_outside(
    node: syntax.BigOperator,
    text_of: Callable[[Span], str],
    written: Callable[[syntax.Node], str] | None = None,
) -> SumOfTerms | None:
    """The terms under a sum with its index and those without; None where all have it.

    Args:
        node: the sum.
        text_of: the text of the note at a span.
        written: the text of a term, where that is not the text of the note.
    """
    group = node.body
    if not isinstance(group, syntax.Group) or len(group.items) != 1 or node.lower is None:
        return None
    terms = group.items[0]
    if not isinstance(terms, syntax.Terms):
        return None
    letter = text_of(node.lower.span).split("=")[0].strip()
    inside, outside, first, count = "", "", "", 0
    for sign, term in zip(terms.signs, terms.terms, strict=True):
        text = written(term) if written else text_of(term.span)
        if any(uses_of(term, letter)):
            inside += f" {sign} {text}" if inside or sign == "-" else text
            count += 1
        else:
            outside += f" {sign} {text}"
            first = first or text_of(term.span)
    if not inside or not outside:
        return None
    if count > 1:
        inside = rf"\left({inside}\right)"
    whole, body = text_of(group.span), text_of(terms.span)
    opening, closing = whole.split(body, 1)
    head = text_of(Span(node.span.start, group.span.start)).strip()
    return SumOfTerms(letter, head, inside, outside.strip(), first, opening, closing)
