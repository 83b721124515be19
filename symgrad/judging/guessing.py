"""What of a claim is read from use alone, and how else it could be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from symgrad.calculus.expression import Expression
from symgrad.calculus.substitution import definitions_of
from symgrad.judging.points import occurrences
from symgrad.judging.rivals import Guesses, Sides
from symgrad.reading.context import Context, Session
from symgrad.reading.errors import ReadingError
from symgrad.reading.lookup import lookup
from symgrad.reading.names import key_or_none
from symgrad.reading.partial import derivative_parts
from symgrad.reading.scope import DefinitionBinding, MapBinding
from symgrad.reading.syntax import Node


def guesses_of(names: Iterable[str], left: Node, context: Context) -> Guesses:
    """The guesses among the names of a claim."""
    session = context.session
    functions = {name for name in names if name in session.functions}
    return Guesses(
        frozenset(set(names) - functions),
        frozenset(functions),
        frozenset(functions & session.usage.primed),
        frozenset(_arguments(left, context)),
    )


def _arguments(left: Node, context: Context) -> tuple[str, ...]:
    """The arguments of the function that the left-hand side is a derivative of."""
    try:
        split = derivative_parts(left)
    except ReadingError:
        return ()
    if split is None or split[0] is None:
        return ()
    known = context.session.parameters.get(key_or_none(split[0]) or "")
    if known is not None:
        return tuple(key_or_none(node) or "" for node in known)
    found = lookup(split[0], context)
    meaning = found.meaning if found is not None else None
    return meaning.parameters if isinstance(meaning, MapBinding) else ()


def argument_in_doubt(sides: Sides, session: Session) -> str | None:
    r"""The argument of a function that only the claim has, as what stands for itself.

    `f: u \longmapsto a(\underbrace{Vu}_{Z})` names Z inside of f, at the argument u. In a
    claim about `f(g(x))` the author means Z at g(x).
    """
    arguments = {
        name
        for known in session.scope.names.bindings.values()
        for binding in known
        if isinstance(binding, MapBinding) and not binding.is_scalar_function
        for name in binding.parameters
    }
    left = {tensor.name for tensor in occurrences((sides.left,)).tensors}
    for tensor in occurrences((sides.right,)).tensors:
        if tensor.name in arguments and tensor.name not in left and left & arguments:
            return f"does not hold as it is read; which value {tensor.name} has here is not said"
    return None


def ambiguous(expression: Expression, session: Session) -> bool:
    """Whether the note gives one of the names in it two definitions."""
    used = {definition.name for definition in definitions_of(expression, ())}
    for known in session.scope.names.bindings.values():
        formulas = [b for b in known if isinstance(b, DefinitionBinding) and not b.by_brace]
        twice = len(formulas) > 1 or any(b.name in session.restated for b in formulas)
        if twice and any(b.latex in used for b in formulas):
            return True
    return False


@contextmanager
def equal_sizes(sides: Sides, session: Session) -> Iterator[None]:
    """Put all sizes that nothing declares equal, to one that is declared if there is any."""
    before = session.snapshot()
    sizes = list(occurrences((sides.left, sides.right), sides.free).sizes)
    target = next((size for size in sizes if not size.flexible), sizes[0] if sizes else None)
    try:
        for size in sizes:
            if target is not None and size.flexible and size != target:
                session.sizes.solution[size] = target
        yield
    finally:
        session.restore(before)
