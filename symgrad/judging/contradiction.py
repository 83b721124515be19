"""Displays that disagree: a step that is false only because a name means two things.

A 1/2 that comes and goes, a square that is lost: the claim is proved with the name as
the other display says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symgrad.calculus.limits import LimitReached
from symgrad.diagnostics import Span
from symgrad.judging.chain import Chain
from symgrad.reading import syntax
from symgrad.reading.context import Session
from symgrad.reading.defining import plain_name
from symgrad.reading.names import key_or_none, names_in
from symgrad.reading.patterns import definable
from symgrad.reading.scope import DefinitionBinding, MapBinding
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame
from symgrad.records import dataclass, replace

Defined = DefinitionBinding | MapBinding


@dataclass(frozen=True)
class Rival:
    """What a display says of a name, where another display counts.

    Attributes:
        binding: the definition that counts.
        other: the definition as this display has it.
        place: the display.
    """

    binding: Defined
    other: Defined
    place: Span


@dataclass(frozen=True)
class Contradiction:
    """Two displays that disagree about a name.

    Attributes:
        name: as the author writes it.
        counts: where its definition stands.
        other: the display with which the claim holds.
    """

    name: str
    counts: Span
    other: Span


def rival(session: Session, left: Node, step: Node) -> Rival | None:
    """What a false equality `L = ...` says of a name that is defined elsewhere."""
    names, order = session.scope.names, left.span.start
    place = left.span.to(step.span)
    call = _call(left)
    if call is not None:
        name, parameters = call
        known = names.find(name, order)
        if not isinstance(known, MapBinding) or len(known.parameters) != len(parameters):
            return None
        return Rival(known, replace(known, parameters=parameters, body=step), place)
    target = definable(left, step)
    if target is None:
        return None
    known = names.find(target[0], order)
    if isinstance(known, MapBinding) and not target[1]:
        return Rival(known, replace(known, body=step), place)
    if isinstance(known, DefinitionBinding) and len(known.indices) == len(target[1]):
        return Rival(known, replace(known, indices=target[1], body=step), place)
    return None


def contradiction(chain: Chain, step: Node, known: Iterable[Rival]) -> Contradiction | None:
    """The two displays, if a false step is proved with a name as another display says it.

    Args:
        chain: the claim.
        step: its step.
        known: what false equalities say of names.
    """
    session, order = chain.session, chain.claim.left.span.start
    used = _definitions(session, [chain.claim.left, step], order)
    for candidate in (*known, *_given_twice(session, used)):
        binding = candidate.binding
        if binding not in used or _overlap(candidate.place, step.span):
            continue
        if _holds(chain, step, candidate):
            return Contradiction(binding.latex, binding.span, candidate.place)
    return None


def _call(left: Node) -> tuple[str, tuple[str, ...]] | None:
    """Name and arguments of `f(x, y)`, all of them names."""
    if not isinstance(left, syntax.Product) or len(left.factors) != 2 or left.operators[0]:
        return None
    head, group = left.factors
    name = key_or_none(head)
    if name is None or not isinstance(group, syntax.Group):
        return None
    found = [plain_name(item) for item in group.items]
    return None if None in found else (name, tuple(p for p in found if p is not None))


def _definitions(session: Session, nodes: list[Node], order: int) -> list[Defined]:
    """The definitions that formulas use, those of their definitions included."""
    found: list[Defined] = []
    seen: set[str] = set()
    waiting = list(nodes)
    while waiting:
        for name in names_in(waiting.pop()) - seen:
            seen.add(name)
            binding = session.scope.names.find(name, order)
            if isinstance(binding, Defined):
                found.append(binding)
                waiting.append(binding.body)
    return found


def _given_twice(session: Session, used: list[Defined]) -> Iterator[Rival]:
    """Further definitions of the names that are used."""
    for binding in used:
        for other in session.scope.names.bindings[binding.name]:
            if other is binding or not isinstance(other, Defined) or _by_brace(other):
                continue
            if type(other) is type(binding):
                yield Rival(binding, replace(other, order=binding.order), other.span)


def _by_brace(binding: Defined) -> bool:
    return isinstance(binding, DefinitionBinding) and binding.by_brace


def _overlap(first: Span, second: Span) -> bool:
    return first.start < second.end and second.start < first.end


def _holds(chain: Chain, step: Node, rival_: Rival) -> bool:
    """Whether a step is proved when a name means what another display says."""
    session = chain.session
    bindings = session.scope.names.bindings[rival_.binding.name]
    kept = list(bindings)
    try:
        with session.read_apart():
            session.scope.names.replace(rival_.binding, rival_.other)
            other = Chain(session, chain.claim, chain.decider, lambda *finding: None)
            left, member = other.read(chain.claim.left, is_step=False), other.read(step)
            if left.value is None or member.value is None or other.misfit(left, member):
                return False
            a, b, _ = other.built(Frame(session.sizes), left, member, other.guards())
            return chain.decider.is_proved(a, b)
    except LimitReached:
        return False
    finally:
        bindings[:] = kept
