"""Activations and their derivatives that are missing, or too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from symgrad.calculus import expression as ex
from symgrad.diagnostics import Edit
from symgrad.judging.diagnosis.holes import Hole
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.sites import Move, Site, Table, is_call, number_of, short
from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.records import replace


def derivatives_of_functions(site: Site) -> Iterator[Move]:
    """a'(z) for a(z), and the other way."""
    if not is_call(site):
        return
    assert isinstance(site.node, syntax.Product)
    head, group = site.node.factors
    assert isinstance(group, syntax.Group)
    _, _, sup, primes = parts(head)
    inner = site.holes.get(group.items[0])
    if sup is not None or inner is None or primes > 1:
        return
    bare = replace(head, primes=0) if isinstance(head, syntax.Scripted) else head
    name = site.source.slice(head.span).replace(r"^{\prime}", "").replace("'", "")
    for _, function in site.pool.functions:
        if key_or_none(bare) != function.name:
            continue
        argument = site.source.slice(group.items[0].span)
        table = _of_function(site, function, 1 - primes, inner)
        if primes:
            says = f"{name} itself belongs before {short(argument)}, not its derivative"
            edits = (Edit(head.span, name),)
            yield Move("stray-activation-derivative", says, edits, site.hole, table)
        else:
            says = f"{name}' belongs before {short(argument)}: the derivative, not the value"
            edits = (Edit(head.span, f"{name}'"),)
            yield Move("missing-activation-derivative", says, edits, site.hole, table)
    if not primes:
        says = f"{name} is applied where it does not belong{site.where}"
        text = f"({site.source.slice(group.items[0].span)})"
        yield Move("stray-activation", says, site.replaced(text), site.hole, _same_as(site, inner))


def _same_as(site: Site, inner: Hole) -> Table:
    return lambda probe: inner.table(probe)


def _of_function(site: Site, function: ex.Function, order: int, inner: Hole | None) -> Table:
    hole = inner or site.hole

    def table(probe: Probe) -> Mapping[At, Number]:
        found = {}
        for at, value in hole.table(probe).items():
            if not isinstance(value, int | Fraction):
                return {}
            found[at] = probe.value(ex.Apply(function, order, ex.number(value)))
        return found

    return table


def activations(site: Site) -> Iterator[Move]:
    """N for a(N)."""
    if number_of(site.node) is not None or isinstance(site.parent, syntax.Brace):
        return
    if is_call(site) or (site.place.argument and not site.place.sums):
        return
    for name, function in site.pool.functions:
        says = f"{name} is not applied to {short(site.text)}"
        edits = site.replaced(rf"{name}\left({site.text}\right)")
        table = _of_function(site, function, 0, None)
        yield Move("activation-not-applied", says, edits, site.hole, table)
