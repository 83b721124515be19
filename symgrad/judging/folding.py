"""Derived expressions in the note's own names: a'([Z]_i) for a' of what Z stands for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.index import Index
from symgrad.calculus.substitution import free_indices
from symgrad.diagnostics import Span
from symgrad.judging.decide import Decider
from symgrad.judging.tree import rebuilt
from symgrad.reading.context import Context, Session
from symgrad.reading.definitions import defined
from symgrad.reading.errors import ReadingError
from symgrad.reading.scope import DefinitionBinding, Section
from symgrad.reading.values import Frame
from symgrad.records import replace

MAXIMAL_PARAMETERS = 3


def definitions_before(session: Session, section: Section, span: Span) -> list[ex.Definition]:
    """The definitions a formula can use by name, the latest first."""
    known = [session.scope.names.before(name, span.start) for name in session.scope.names.bindings]
    found = []
    context = Context(session, section)
    for binding in sorted((b for b in known if b is not None), key=lambda b: -b.order):
        if not isinstance(binding, DefinitionBinding) or binding in session.hidden:
            continue
        snapshot = session.snapshot()
        try:
            variable = defined(binding, context).variable
        except ReadingError:
            session.restore(snapshot)
            continue
        made = variable(Frame(session.sizes)) if variable is not None else None
        if isinstance(made, ex.Definition):
            found.append(made)
    return found


def folded(
    expression: ex.Expression, definitions: Sequence[ex.Definition], decider: Decider
) -> ex.Expression:
    """The expression, derivatives worked out, with arguments of functions put by name."""
    return _Folding(definitions, decider).folded(resolve_derivatives(expression))


def arguments_named(
    expression: ex.Expression, definitions: Sequence[ex.Definition], decider: Decider
) -> ex.Expression:
    """The expression as it stands, with arguments of functions put by name."""
    return _Folding(definitions, decider).folded(expression)


class _Folding:
    """Puts names for what they stand for, in one expression."""

    def __init__(self, definitions: Sequence[ex.Definition], decider: Decider) -> None:
        self.definitions = definitions
        self.decider = decider

    def folded(self, node: ex.Expression) -> ex.Expression:
        if isinstance(node, ex.Apply):
            return replace(node, argument=self.named(node.argument))
        return rebuilt(node, self.folded)

    def named(self, argument: ex.Expression) -> ex.Expression:
        """The argument by the first name that stands for it, or as it is."""
        if isinstance(argument, ex.Named | ex.Entry | ex.Number):
            return argument
        free = sorted(free_indices(argument), key=lambda index: index.uid)
        for definition in self.definitions:
            for positions in _arrangements(free, definition):
                if self.decider.is_proved(ex.Named(definition, positions), argument):
                    return ex.Named(definition, positions)
        return self.folded(argument)


def _arrangements(free: list[Index], definition: ex.Definition) -> list[tuple[Index, ...]]:
    """The orders in which free indices fit the parameters of a definition."""
    sizes = [p.size for p in definition.parameters]
    if len(free) != len(sizes) or len(free) > MAXIMAL_PARAMETERS:
        return []
    return [p for p in permutations(free) if [i.size for i in p] == sizes]
