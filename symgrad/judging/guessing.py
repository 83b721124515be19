"""What of a claim is read from use alone, and how else it could be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from symgrad.calculus.expression import Expression, Sum
from symgrad.calculus.substitution import definitions_of
from symgrad.judging.points import occurrences
from symgrad.judging.rivals import Guesses, Sides
from symgrad.judging.tree import below
from symgrad.reading import syntax
from symgrad.reading.context import Context, Session
from symgrad.reading.errors import ReadingError
from symgrad.reading.implicit import named_by_custom
from symgrad.reading.layers import Layers
from symgrad.reading.lookup import lookup
from symgrad.reading.names import TRANSPOSES, key_or_none, parts
from symgrad.reading.partial import derivative_parts
from symgrad.reading.scope import DefinitionBinding, MapBinding
from symgrad.reading.sizes import is_unknown
from symgrad.reading.syntax import Node, outline
from symgrad.reading.usage import ENTRYWISE


def guesses_of(names: Iterable[str], left: Node, context: Context) -> Guesses:
    """The guesses among the names of a claim."""
    session = context.session
    functions = {name for name in names if name in session.functions}
    of_layers = {name for name in names if _is_of_a_layer(name, session.families.layers)}
    if functions:
        of_layers |= _numbered(set(names) - functions)
    return Guesses(
        frozenset(set(names) - functions),
        frozenset(functions),
        frozenset(f for f in functions if _stem(f) in session.usage.primed),
        frozenset(of_layers),
        frozenset(_arguments(left, context)),
    )


def _is_of_a_layer(name: str, layers: Layers) -> bool:
    """Whether a name has the label of a layer: `w^{l+1}`, `W^{(2)}`."""
    stem, script, _ = re.split(r"([_^])", f"{name}_", maxsplit=1)
    labelled = layers.above if script == "^" else layers.below
    return stem in labelled or "^{(" in name or "^{[" in name


def _stem(name: str) -> str:
    """A name without its scripts: that of the `f_i` of all layers."""
    return re.split(r"[_^]", name, maxsplit=1)[0]


def _numbered(names: set[str]) -> set[str]:
    """Those of some names of which several differ in their number only: `W_1` and `W_2`."""
    stems: dict[str, set[str]] = {}
    for name in names:
        found = _NUMBERED.fullmatch(name)
        if found is not None:
            stems.setdefault(found[1], set()).add(name)
    return {name for several in stems.values() if len(several) > 1 for name in several}


_NUMBERED = re.compile(r"(.*_)\{?\d+\}?")


def by_custom(nodes: Iterable[Node], context: Context) -> set[str]:
    """The gradients in formulas of which only custom says what they are."""
    return {name for node in nodes for name in named_by_custom(node, context)}


def is_given_twice(left: Node, session: Session) -> bool:
    r"""Whether a gradient with a name such as `dy` is given by itself, or by several formulas.

    So code does it: `dy` holds one gradient, then another.
    """
    if not isinstance(parts(left)[0], syntax.Adjoint):
        return False
    own = outline(left)
    given = [
        node
        for root in session.formulas
        for node in _all_below(root)
        if isinstance(node, syntax.Chain) and outline(node.members[0]) == own
    ]
    if len(given) > 1:
        return True
    steps = [step for node in given for step in node.members[1:]]
    return any(outline(part) == own for step in steps for part in _all_below(step))


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


def shows_arrays(nodes: Iterable[Node]) -> bool:
    """Whether formulas are written as those about arrays: with a transpose, index or such sign."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, syntax.Product) and ENTRYWISE.intersection(node.operators):
            return True
        if isinstance(node, syntax.Scripted):
            if isinstance(node.subscript, syntax.Symbol | syntax.Product | syntax.Listing):
                return True
            if node.superscript is not None and key_or_none(node.superscript) in TRANSPOSES:
                return True
        waiting.extend(syntax.children(node))
    return False


def may_omit_entrywise(nodes: Iterable[Node]) -> bool:
    r"""Whether a slope stands beside a factor without a sign: `G \sigma'(Z)`, for `G \odot ...`."""
    return any(
        isinstance(node, syntax.Product) and _omits_a_sign(node)
        for root in nodes
        for node in _all_below(root)
    )


def _omits_a_sign(product: syntax.Product) -> bool:
    factors, signs = product.factors, product.operators
    for place, (factor, after) in enumerate(pairwise(factors)):
        if (
            isinstance(factor, syntax.Scripted)
            and factor.primes
            and isinstance(after, syntax.Group)
        ):
            beside = (*signs[:place][-1:], *signs[place + 1 :][:1])
            if any(sign != "*" and sign not in ENTRYWISE for sign in beside):
                return True
    return False


def _all_below(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(syntax.children(node))


def of_two_meanings(sides: Sides) -> str | None:
    """A name that is an input on one side and something that the note defines on the other."""
    found = occurrences((sides.left, sides.right), sides.free)
    free = {tensor.name for tensor in found.tensors}
    for side in (sides.left, sides.right):
        for definition in definitions_of(side, ()):
            if definition.name in free:
                return definition.name
    return None


def open_range(sides: Sides) -> str | None:
    """The index of a sum whose range nothing says: no array is summed over."""
    found = occurrences((sides.left, sides.right), sides.free)
    axes = {axis for tensor in found.tensors for axis in tensor.axes}
    nodes = (*below(sides.left), *below(sides.right))
    summed = [node.index for node in nodes if isinstance(node, Sum)]
    return next((i.name for i in summed if is_unknown(i.size) and i.size not in axes), None)


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
