"""The values of arrays that are written out cell by cell, and names that they declare."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import product

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Fixed, Index, Position, Size
from symgrad.calculus.substitution import delta, substitute
from symgrad.reading import syntax
from symgrad.reading.context import Context
from symgrad.reading.elaborate import rule, value
from symgrad.reading.errors import unread
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.scope import TensorBinding
from symgrad.reading.subscripts import size_of, subscripts
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, IndexName, Value
from symgrad.reading.written_out import ARRAYS, LIST


@rule(syntax.WrittenOut)
def _written_out(node: syntax.WrittenOut, context: Context) -> Value:
    """The array whose entries follow the pattern of the cells."""
    if context.session.usage.counts_from_zero:
        raise unread(node.span, "cells from 1 on are not read in a note that counts from 0")
    sizes = counts(node, context)
    names = [
        IndexName(letter, size, count.span, bound=True)
        for letter, size, count in zip(node.letters, sizes, node.counts, strict=True)
    ]
    inner = context
    for name in names:
        inner = inner.bind_index(name.name, name)
    for stem in _stems(node):
        refuse_numbered(stem, node, context)
    entry = value(node.entry, inner)
    on_diagonal = None if node.diagonal is None else value(node.diagonal, inner)
    if on_diagonal is not None and on_diagonal.axes:
        raise unread(node.span, "matrices of blocks are not read")
    sizes, order = _stacked(sizes, entry, node)

    def build(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        bound: list[Index] = []
        for name in names:
            index, frame = frame.bind(name)
            bound.append(index)
        outside, inside = order(positions)
        at = dict(zip(bound, outside, strict=True))
        cell = substitute(entry.entry(frame, inside), at)
        if on_diagonal is None:
            return cell
        same = delta(positions[0], positions[1])
        first = substitute(on_diagonal.entry(frame, ()), at)
        return ex.add(ex.mul(same, first), ex.mul(ex.add(ex.ONE, ex.negate(same)), cell))

    return Value(sizes, build, node.form == "row" and len(sizes) == 1)


Order = Callable[[tuple[Position, ...]], tuple[tuple[Position, ...], tuple[Position, ...]]]
"""Parts the positions in an array into those of a cell and those inside of it."""


def _stacked(
    sizes: tuple[Size, ...], entry: Value, node: syntax.WrittenOut
) -> tuple[tuple[Size, ...], Order]:
    """The axes of an array of numbers, of rows one below the other, or of columns."""
    if not entry.axes:
        return sizes, lambda positions: (positions, ())
    if len(entry.axes) == 1 and node.form == "column" and entry.row:
        return (*sizes, *entry.axes), lambda positions: (positions[:1], positions[1:])
    if len(entry.axes) == 1 and node.form == "row" and not entry.row:
        return (*entry.axes, *sizes), lambda positions: (positions[1:], positions[:1])
    raise unread(node.span, "arrays of such blocks are not read")


def _stems(node: syntax.WrittenOut) -> set[str]:
    """The names whose subscripts the letters count."""
    return {
        stem
        for part in (node.entry, node.diagonal)
        if part is not None
        for stem in _counted(part, set(node.letters))
    }


def _counted(node: Node, letters: set[str]) -> Iterator[str]:
    base, sub, _, _ = parts(node)
    if sub is not None and key_or_none(sub) in letters:
        yield key_or_none(base) or ""
    for child in syntax.children(node):
        yield from _counted(child, letters)


def lists_names(node: Node) -> bool:
    """Whether cells of an array are names: a formula that has these does not go through it."""
    node = node.base if isinstance(node, syntax.Scripted) else node
    match node:
        case syntax.Group(items=(inner,)):
            return lists_names(inner)
        case syntax.WrittenOut(entry=entry, diagonal=diagonal):
            return any(cell is not None and key_or_none(cell) for cell in (entry, diagonal))
        case syntax.Matrix():
            cells = [cell for cell in syntax.children(node) if not isinstance(cell, syntax.Numeral)]
            return any(map(key_or_none, cells))
    return False


def refuse_numbered(stem: str, node: Node, context: Context) -> None:
    """Refuse a vector whose entries a formula defines or declares one by one.

    Raises:
        ReadingError: where `x_1` has a meaning of its own.
    """
    if stem in context.session.usage.written_out and _is_numbered(stem, context):
        raise unread(node.span, f"{stem}_1 has a meaning of its own: {stem} is not read here")


def _is_numbered(stem: str, context: Context) -> bool:
    """Whether a formula says what `x_1` is: then it is no entry of x."""
    own = re.compile(rf"{re.escape(stem)}_\{{\d+\}}")
    if any(own.fullmatch(name) for name in context.scope.names.bindings):
        return True
    lefts = [n.members[0] for n in context.session.formulas if isinstance(n, syntax.Chain)]
    return any(own.fullmatch(key_or_none(left) or "") for left in lefts)


@rule(syntax.Matrix)
def _matrix(node: syntax.Matrix, context: Context) -> Value:
    """A small array, cell by cell: its entry is a sum of cells with deltas."""
    wide = len(node.rows[0]) if node.rows else 0
    plain = node.environment in ARRAYS and not any(map(_is_no_cell, syntax.children(node)))
    if not plain or any(len(row) != wide for row in node.rows):
        raise unread(node.span, "an expression is expected here")
    rows = [[value(cell, context) for cell in row] for row in node.rows]
    if any(cell.axes for row in rows for cell in row):
        raise unread(node.span, "arrays of blocks are not read")
    high, cells = len(rows), [cell for row in rows for cell in row]
    if high * wide == 1:
        return cells[0]
    axes = tuple(Size(str(count)) for count in (high, wide) if count > 1)
    return _cells(cells, axes, is_row=high == 1)


def column_of(cells: Sequence[Value]) -> Value:
    """The vector of some numbers."""
    return _cells(cells, (Size(str(len(cells))),), is_row=False)


def _is_no_cell(cell: Node) -> bool:
    return isinstance(cell, syntax.Blank | syntax.Dots | syntax.Words)


def _cells(cells: Sequence[Value], axes: tuple[Size, ...], is_row: bool) -> Value:
    """The array of all cells, row after row."""
    places = list(product(*(range(1, (axis.value or 1) + 1) for axis in axes)))

    def build(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        terms = []
        for cell, at in zip(cells, places, strict=True):
            pairs = zip(positions, at, axes, strict=True)
            chosen = [delta(position, Fixed(k, axis)) for position, k, axis in pairs]
            terms.append(ex.mul(*chosen, cell.entry(frame, ())))
        return ex.add(*terms)

    return Value(axes, build, is_row)


def counts(node: syntax.WrittenOut, context: Context) -> tuple[Size, ...]:
    """How far rows and columns run."""
    return tuple(size_of(count, context) for count in node.counts)


def spells(left: Node, body: Node, context: Context) -> bool:
    r"""Whether `x = [x_1 \dots x_n]^T` only writes out the entries of x."""
    name = key_or_none(left)
    if not isinstance(body, syntax.WrittenOut) or name is None or body.diagonal is not None:
        return False
    if not isinstance(body.entry, syntax.Scripted):
        return False
    own, sub, sup, primes = parts(body.entry)
    letters = [key_or_none(item) for item in subscripts(sub or own, len(body.letters))]
    if sup is not None or primes or letters != [*body.letters]:
        return False
    stem = key_or_none(own)
    if stem is None or name not in (stem, rf"\mathbf{{{stem}}}"):
        return False
    return not _is_numbered(stem, context)


def declare_by_cells(left: Node, body: Node, context: Context) -> bool:
    """Enter a name of which the entries are written out; False where it has a meaning."""
    name = key_or_none(left)
    if name is None or not isinstance(body, syntax.WrittenOut) or body.form == LIST:
        return False
    if context.scope.names.before(name, left.span.start) is not None:
        return False
    axes, is_row = counts(body, context), body.form == "row"
    order, section = left.span.start, context.section
    context.scope.names.add(TensorBinding(name, order, section, left.span, axes, is_row=is_row))
    return True
