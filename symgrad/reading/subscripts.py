"""Subscripts and superscripts of values: entries, ranges, powers, transposes."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from symgrad.calculus.index import Size
from symgrad.diagnostics import Edit, Span
from symgrad.patterns import pattern
from symgrad.reading import errors, syntax, values
from symgrad.reading.context import Context
from symgrad.reading.elaborate import powered, raised
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.families import all_names
from symgrad.reading.names import TRANSPOSES, Reading, is_label, key_or_none, parts
from symgrad.reading.square import inverse
from symgrad.reading.syntax import Node
from symgrad.reading.values import IndexName, Place, Value
from symgrad.records import replace


def place(node: Node, context: Context) -> Place:
    """What a subscript names: an index or a constant."""
    if isinstance(node, syntax.Numeral) and node.text.isdigit():
        # Entries are counted from 1 here, whatever the note does.
        return int(node.text) + context.session.usage.counts_from_zero
    name = key_or_none(node)
    if name is None or isinstance(node, syntax.Terms | syntax.Group):
        raise unread(node.span, "an index is expected here")
    return context.index(name, node.span)


def subscripts(node: Node, rank: int) -> tuple[Node, ...]:
    """The single subscripts of `_{i,j}` or `_{ij}`."""
    if isinstance(node, syntax.Listing):
        return node.items
    if isinstance(node, syntax.Product) and not any(node.operators):
        return node.factors
    if rank == 2 and isinstance(node, syntax.Numeral) and len(node.text) == 2:
        middle = node.span.start + 1
        return (
            syntax.Numeral(Span(node.span.start, middle), node.text[0]),
            syntax.Numeral(Span(middle, node.span.end), node.text[1]),
        )
    return (node,)


def _shown(node: Node, context: Context) -> str:
    """LaTeX of a name or of a piece in brackets; "" for what stands nowhere in the note."""
    name = key_or_none(node)
    text = context.session.source.slice(node.span)
    brackets = isinstance(node, syntax.Group) and text[:1] == "(" and text.endswith(")")
    return name or (text if brackets else "")


def entry_of(base: Value, node: Node, subscript: Node, context: Context) -> Value:
    """The entry of an array at subscripts, with ranks and ranges checked."""
    return values.selected(base, checked_places(base, node, subscript, context))


def with_scripts(
    base: Value, node: Node, subscript: Node | None, superscript: Node | None, context: Context
) -> Value:
    r"""A value with its scripts: first the entry, then its power.

    `A^\top_{ij}` and `A_{ij}^\top` print alike: both are the entry of the transpose.
    """
    if subscript is None or superscript is None or len(base.axes) != 2:
        result = base if subscript is None else entry_of(base, node, subscript, context)
        shown = _shown(parts(node)[0], context)
        return (
            result if superscript is None else with_superscript(result, superscript, context, shown)
        )
    whole = len(subscripts(subscript, 2)) == 2
    if whole and key_or_none(superscript) in TRANSPOSES:
        turned = with_superscript(base, superscript, context)
        before = context.session.snapshot()
        try:
            return entry_of(turned, node, subscript, context)
        except ReadingError:
            context.session.undo(before)
            raise unread(
                node.span,
                "these indices do not fit the transpose",
                r"write (A^\top)_{ij} or A_{ji}",
            ) from None
    if whole and isinstance(parts(node)[0], syntax.Group) and rational(superscript) is not None:
        raise unread(node.span, "the entry of a power, or the power of an entry", "write brackets")
    return with_superscript(entry_of(base, node, subscript, context), superscript, context)


def checked_places(base: Value, node: Node, subscript: Node, context: Context) -> tuple[Place, ...]:
    """The places that subscripts name, once their number and ranges fit the axes."""
    items = subscripts(subscript, len(base.axes))
    if len(items) != len(base.axes) and not _is_an_example(items, base, node, context):
        shape = values.describe(context.sizes, base)
        count = "one subscript" if len(items) == 1 else f"{len(items)} subscripts"
        raise ReadingError(
            node.span,
            errors.RANK_MISMATCH,
            f"{context.session.source.slice(node.span)} has {count}, "
            f"but {context.session.source.slice(_array(node).span)} is {shape}",
            edits=_other_arrays(_array(node), len(items), context),
        )
    places = tuple(place(item, context) for item in items)
    for item, at, axis in zip(items, places, base.axes, strict=False):
        check_range(item, at, axis, context)
    return places


def _is_an_example(items: tuple[Node, ...], base: Value, node: Node, context: Context) -> bool:
    """Whether subscripts name one example, which is an array: the `x^{(i)}` of a matrix x."""
    usage = context.session.usage
    counted = key_or_none(items[0]) in usage.examples or key_or_none(_array(node)) in usage.samples
    return counted and len(items) == 1 < len(base.axes)


def refuse_bound_letters(node: Node, reading: Reading, context: Context) -> None:
    r"""Refuse a name with an index in its script: it is another one for each value of the index.

    In `\sum_i x_{i+1}` or `\sum_i x^{(i,j)}` nothing is known of x that does not depend on i.

    Raises:
        ReadingError: where a script that belongs to the name holds a bound index.
    """
    _, sub, sup, _ = parts(node)
    for script, left in ((sub, reading.subscript), (sup, reading.superscript)):
        if script is None or script is left or isinstance(script, syntax.Label):
            continue
        for letter in all_names(script) & context.indices.keys():
            if context.indices[letter].bound or isinstance(script, syntax.Terms):
                shown = context.session.source.slice(node.span)
                raise unread(node.span, f"what {shown} is for each {letter} is not read")


def _array(node: Node) -> Node:
    """What the subscripts of an entry stand on."""
    base = node.base if isinstance(node, syntax.Scripted) else node
    if isinstance(base, syntax.Group) and len(base.items) == 1:
        return base.items[0]
    return base


def _other_arrays(node: Node, rank: int, context: Context) -> tuple[Edit, ...]:
    """Edits that put another array of the note here, one with this number of axes."""
    return tuple(Edit(node.span, name) for name in context.scope.arrays(rank, node.span.start)[:8])


def check_range(node: Node, at: Place, axis: Size, context: Context) -> None:
    """Require an index to run over an axis."""
    sizes = context.sizes
    if isinstance(at, int):
        literal = sizes.resolve(axis).value
        if at < 1 or (literal is not None and at > literal):
            raise ReadingError(
                node.span, errors.SWAPPED_INDEX, f"there is no entry {at} on this axis"
            )
        return
    if sizes.unify(at.size, axis) or _is_another_name(at, axis, context):
        return
    literals = sizes.resolve(at.size).value, sizes.resolve(axis).value
    if literals[0] is not None and literals[1] is not None and literals[0] < literals[1]:
        raise unread(node.span, "sums over a part of an axis are not read")
    have, need = (values.shown(sizes.resolve(s)) for s in (at.size, axis))
    letters = {"i", "j", "k", "t", *context.indices, *context.free}
    if at.bound and sizes.resolve(at.size).flexible and have in letters:
        raise unread(node.span, f"sums over a part of an axis are not read: to the index {have}")
    message = f"{at.name} runs to {have}, but this axis has {need} entries"
    if at.bound and at.range_span is not None:
        edit = Edit(at.range_span, need)
        hint = f"let the sum run to {need}"
        raise ReadingError(node.span, errors.SUM_RANGE, message, hint, (edit,))
    wanted = (at.name, sizes.resolve(axis)) if not at.bound else None
    raise ReadingError(node.span, errors.SWAPPED_INDEX, message, redeclare=wanted)


def _is_another_name(at: IndexName, axis: Size, context: Context) -> bool:
    r"""Whether a bound of sums that no space has, and nothing declares, is this size by its use.

    In `y \in \mathbb R^{d}`, `\sum_{k=1}^K y_k` the K can only be d.
    """
    have, need = (context.sizes.resolve(size) for size in (at.size, axis))
    loose = at.bound and have.flexible and have not in context.session.open_sizes
    if not loose or not need.flexible or need not in context.session.open_sizes:
        return False
    context.sizes.solution[have] = need
    context.session.assume(f"{have.name} is taken for {need.name}, to which a sum with it runs")
    return True


def size_of(node: Node, context: Context) -> Size:
    """The size a node names."""
    name = key_or_none(node)
    if name is None or isinstance(node, syntax.Terms):
        raise unread(node.span, "a size is a name or a number here")
    return context.size(name, node.span)


def with_superscript(base: Value, superscript: Node, context: Context, shown: str = "") -> Value:
    """A power or a transpose; `shown` is the LaTeX of the base, where it is known."""
    name = key_or_none(superscript)
    if name in TRANSPOSES:
        meaning = context.scope.names.find(name, superscript.span.start)
        number = meaning is not None and not getattr(meaning, "axes", ())
        if number or context.scope.sizes.find(name, superscript.span.start) is not None:
            raise unread(
                superscript.span, f"{name} is declared, so this may be no transpose", "write \\top"
            )
        return values.transposed(base)
    turned = _without_transpose(superscript)
    if turned is not None and len(base.axes) == 2:
        return values.transposed(with_superscript(base, turned, context, shown))
    if is_label(superscript):
        raise unread(superscript.span, "this label belongs to no name that is known")
    exponent = rational(superscript)
    if exponent is None:
        raise unread(superscript.span, "this superscript is neither a power nor a transpose")
    if not base.axes:
        return powered(base, exponent)
    if exponent.denominator == 1 and exponent > 0 and len(base.axes) == 2:
        result = base
        for _ in range(int(exponent) - 1):
            result = values.product(context.sizes, result, base)
        return result
    if exponent == -1 and len(base.axes) == 2:
        context.session.assume(f"{shown or 'what is inverted'} has an inverse")
        return inverse(context.sizes, base, shown)
    if len(base.axes) == 1:
        context.session.assume("a power of a vector: of each entry")
        return values.mapped(base, lambda frame, x: raised(x, exponent))
    raise unread(superscript.span, "this power of an array is not read")


def _without_transpose(node: Node) -> Node | None:
    r"""The -1 of `A^{-T}` and of `A^{-1 \top}`; None where there is no transpose in it."""
    match node:
        case syntax.Terms(signs=("-",), terms=(term,)) if key_or_none(term) in TRANSPOSES:
            return replace(node, terms=(syntax.Numeral(term.span, "1"),))
        case syntax.Terms(signs=("-",), terms=(syntax.Product() as product,)):
            number, last = product.factors[0], product.factors[-1]
            if len(product.factors) == 2 and key_or_none(last) in TRANSPOSES:
                return replace(node, terms=(number,))
    return None


def rational(node: Node) -> Fraction | None:
    """The rational number a node writes out, or None."""
    match node:
        case syntax.Numeral(text=text):
            return Fraction(text)
        case syntax.Terms(signs=(sign,), terms=(term,)):
            inner = rational(term)
            return None if inner is None else (inner if sign == "+" else -inner)
        case (
            syntax.Fraction(numerator=top, denominator=bottom)
            | syntax.Product(factors=(top, bottom), operators=("/",))
        ):
            parts = rational(top), rational(bottom)
            return None if None in parts or parts[1] == 0 else parts[0] / parts[1]  # type: ignore[operator]
        case syntax.Group(items=(item,)):
            return rational(item)
        case _:
            return None


# A name alone in brackets, as in [\\tilde Y]_i or [W^{(1)}]_{i,j}; [WX]_i is no entry of a name.
_BRACKETS = pattern(
    r"\[\s*(?:\\[A-Za-z]+(?![A-Za-z])\s*)?\{?[A-Za-z]?\}?'*(?:\^(?:\{[^{}]*\}|.))?\s*\]_"
)


_SCRIPT = r"(?:\{[^{}]*\}|\w)"
_SUBSCRIPT_FIRST = pattern(rf"(?<!sum)(?<!limits)(?<!prod)_{_SCRIPT}\^{_SCRIPT}")
_SUPERSCRIPT_FIRST = pattern(rf"(?<!sum)(?<!limits)(?<!prod)\^{_SCRIPT}_{_SCRIPT}")


@lru_cache(maxsize=8)
def writes_subscripts_first(text: str) -> bool:
    """Whether a LaTeX text writes an entry of `W^{(2)}` as `W_{ij}^{(2)}`."""
    return len(_SUBSCRIPT_FIRST.findall(text)) > len(_SUPERSCRIPT_FIRST.findall(text))


def has_entries_in_brackets(text: str) -> bool:
    """Whether a LaTeX text writes entries as `[W]_{i,j}`."""
    return _BRACKETS.search(text) is not None
