r"""Indices that a definition uses and its left-hand side does not name.

`\hat x = \frac{x_i - \mu}{\sigma}` defines an entry: the author dropped the index. Such a
name stands for its entry at the index of the same letter, wherever it is used, and
`\hat x_j` for its entry at j. `\ell = -\log p_c` is a number for every class c. A
letter that stands in two factors of one product may be summed over by convention instead;
then nothing is assumed.
"""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position
from symgrad.diagnostics import Span
from symgrad.reading import errors, syntax
from symgrad.reading.context import Context
from symgrad.reading.errors import ReadingError
from symgrad.reading.names import key_or_none
from symgrad.reading.scope import DefinitionBinding
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, Place, Value


def may_hide(name: str, binding: DefinitionBinding) -> bool:
    r"""Whether an index of the body can be one that the left-hand side leaves out.

    Beside subscripts that are named, only a label of the sample is left out: the `y_i` of
    `L_i = -\log p_{y_i}`.
    """
    if binding.by_brace or (binding.indices and "_" not in name):
        return False
    return not _in_two_factors(binding.body, name)


def hidden_places(
    binding: DefinitionBinding, whole: Value, span: Span, context: Context
) -> tuple[Place, ...]:
    """The indices of these letters where the name is used."""
    letters = context.session.hidden.get(binding, ())
    if letters and not any(context.scope.index(n, span.start, context.section) for n in letters):
        shown = ", ".join(letters)
        context.session.assume(f"{binding.latex} is used without the {shown} of its definition")
    places = tuple(context.index(letter, span) for letter in letters)
    for place, axis in zip(places, whole.axes[len(binding.indices) :], strict=False):
        if not context.sizes.unify(place.size, axis):
            message = f"{place.name} runs over another range where {binding.latex} is defined"
            raise ReadingError(span, errors.SWAPPED_INDEX, message)
    return places


def at_hidden(whole: Value, places: tuple[Place, ...], named: int) -> Value:
    """A definition at its hidden indices; `named` axes, which come first, stay."""

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        inner = tuple(
            frame.position(place, axis)
            for place, axis in zip(places, whole.axes[named:], strict=False)
        )
        return whole.entry(frame, (*positions[:named], *inner, *positions[named:]))

    axes = (*whole.axes[:named], *whole.axes[named + len(places) :])
    return Value(axes, entry, whole.row)


def _in_two_factors(node: Node, name: str) -> bool:
    """Whether two factors of a product below a node have an index, outside of sums over it."""
    if isinstance(node, syntax.Product):
        holders = [factor for factor in node.factors if _has(factor, name)]
        if len(holders) > 1:
            return True
    return any(_in_two_factors(child, name) for child in syntax.children(node))


def _has(node: Node, name: str) -> bool:
    if isinstance(node, syntax.Scripted) and node.subscript is not None:
        letters = [node.subscript, *syntax.children(node.subscript)]
        if any(key_or_none(letter) == name for letter in letters):
            return True
    return any(_has(child, name) for child in syntax.children(node))
