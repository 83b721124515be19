"""What a step and its truth are made of, though nothing declares it: guessed names, layers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position, Tensor
from symgrad.calculus.substitution import definitions_of
from symgrad.judging.diagnosis.step import Step
from symgrad.judging.points import occurrences
from symgrad.reading import syntax
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError
from symgrad.reading.functionals import MARK
from symgrad.reading.layers import LayerNumber, at_layer, family_name
from symgrad.reading.names import key_or_none
from symgrad.reading.values import Frame, Value
from symgrad.records import replace

Named = tuple[str, Value]


def undeclared(step: Step, known: set[str]) -> Iterator[Named]:
    """Names that a step and its truth have beside the known ones, and what they stand for."""
    both = (step.claimed, step.truth)
    things: list[Tensor | ex.Definition] = [
        *occurrences(both, step.free).tensors,
        *(d for side in both for d in definitions_of(side)),
    ]
    made: dict[str, Tensor | ex.Definition] = {}
    for thing in things:
        if key_of(thing.name) not in known and not thing.name.startswith(MARK):
            made.setdefault(thing.name, thing)
    for name, thing in made.items():
        yield name, value_of(thing) if isinstance(thing, Tensor) else _named(thing)
    yield from _in_other_layers(step, known | {key_of(name) for name in made})


def _in_other_layers(step: Step, known: set[str]) -> Iterator[Named]:
    """What the step names, one layer above and one below, where nothing names that yet."""
    session = step.chain.session
    for node, letter in _with_layers(step.node):
        for by in (1, -1):
            moved = at_layer(node, letter, LayerNumber(letter, by))
            name = key_or_none(moved)
            if name is None or key_of(name) in known:
                continue
            known.add(key_of(name))
            snapshot = session.snapshot()
            try:
                yield name, value(moved, step.chain.context)
            except ReadingError:
                session.undo(snapshot)


def _with_layers(node: syntax.Node) -> Iterator[tuple[syntax.Node, str]]:
    """The names below a node that say their layer, without subscripts; and its letter."""
    family = family_name(node)
    if isinstance(node, syntax.Scripted) and family is not None:
        while isinstance(node.base, syntax.Scripted):
            node = node.base
        yield replace(node, subscript=None), family[1].letter
    for child in syntax.children(node):
        yield from _with_layers(child)


def key_of(name: str) -> str:
    """A name whatever braces its scripts have: `z^l` and `z^{l}` are one."""
    bare = re.sub(r"\{(\w)\}", r"\1", name) if "{" in name else name
    return bare.replace(" ", "")


def value_of(found: Tensor) -> Value:
    """A free tensor as a value."""

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        return ex.Entry(found, positions)

    return Value(found.axes, entry, variable=lambda frame: found)


def _named(found: ex.Definition) -> Value:
    axes = tuple(index.size for index in found.parameters)

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        return ex.Named(found, positions)

    return Value(axes, entry, variable=lambda frame: found, key=("definition", found))
