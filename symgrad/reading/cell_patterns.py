"""The pattern that the cells of an array follow: what differs are their rows and columns.

Two cells that differ in their numbers only are instances of one cell with letters in the
place of the numbers. Every cell that is shown must be an instance of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symgrad.diagnostics import Span
from symgrad.reading import syntax
from symgrad.reading.names import key_or_none
from symgrad.reading.syntax import Node, outline
from symgrad.records import replace

_MAXIMAL_CELLS = 100

Grid = Sequence[Sequence[Node]]
Pairs = Mapping[tuple[object, object], str]
"""By what two numbers stand in two cells, the letter for them."""


def pattern(rows: Grid, letters: tuple[str, ...], span: Span) -> syntax.WrittenOut | None:
    """The array of some rows of cells, where they follow a pattern."""
    if not letters or sum(map(len, rows)) > _MAXIMAL_CELLS:
        return None
    if len(rows) == 1:
        found = _vector(rows[0], letters[0])
        return found and syntax.WrittenOut(span, found[0], None, letters[:1], (found[1],), "row")
    if all(len(row) == 1 for row in rows):
        found = _vector([row[0] for row in rows], letters[0])
        return found and syntax.WrittenOut(span, found[0], None, letters[:1], (found[1],), "column")
    return _matrix(rows, letters, span)


def _vector(cells: Sequence[Node], letter: str) -> tuple[Node, Node] | None:
    """The pattern of a vector, and its length; of `w_{11}, w_{21}` digit by digit."""
    return _numbered(cells, letter) or _numbered(list(map(_split, cells)), letter)


def _numbered(cells: Sequence[Node], letter: str) -> tuple[Node, Node] | None:
    """The pattern of a vector, and its length."""
    shown = _shown(cells)
    if shown is None or len(shown) < 2:
        return None
    last = _last(shown[0], shown[-1], len(shown), len(shown) < len(cells))
    if last is None:
        return None
    marks = _marks(len(shown), last)
    entry = _general(shown[0], shown[-1], {(outline(marks[0]), outline(last)): letter})
    if entry is None or not _has(entry, letter):
        return None
    fits = all(_is(entry, {letter: m}, cell) for m, cell in zip(marks, shown, strict=True))
    return (entry, last) if fits else None


def _shown(cells: Sequence[Node]) -> list[Node] | None:
    """The cells that are shown, without the dots before the last; None for other dots."""
    dots = [k for k, cell in enumerate(cells) if isinstance(cell, syntax.Dots)]
    if any(isinstance(cell, syntax.Blank | syntax.Words) for cell in cells):
        return None
    if dots not in ([], [len(cells) - 2]):
        return None
    return [cell for cell in cells if not isinstance(cell, syntax.Dots)]


def _last(first: Node, last: Node, count: int, dotted: bool) -> Node | None:
    """The number of the last cell: how many are shown, or what stands there for the first's 1."""
    if not dotted:
        return syntax.Numeral(last.span, str(count))
    found = {outline(b): b for a, b in _differences(first, last) or () if key_or_none(a) == "1"}
    return next(iter(found.values())) if len(found) == 1 else None


def _marks(count: int, last: Node) -> list[Node]:
    """The numbers of the cells that are shown."""
    return [*(syntax.Numeral(last.span, str(k)) for k in range(1, count)), last]


def _matrix(rows: Grid, letters: tuple[str, ...], span: Span) -> syntax.WrittenOut | None:
    """The pattern of a matrix: of all cells, or of those on its diagonal and of the others."""
    grid = _shown_rows(rows)
    if grid is None:
        return None
    cells, dotted = grid
    high, wide = len(cells), len(cells[0])
    if high < 2 or wide < 2:
        return None
    corner = cells[0][0]
    last = (
        _last(corner, cells[-1][0], high, dotted[0]),
        _last(corner, cells[0][-1], wide, dotted[1]),
    )
    if last[0] is not None and last[1] is not None:
        found = _uniform(cells, (last[0], last[1]), letters)
        if found is not None:
            return syntax.WrittenOut(span, found, None, letters, (last[0], last[1]), "matrix")
    return _with_diagonal(cells, dotted, letters, span)


def _shown_rows(rows: Grid) -> tuple[list[list[Node]], tuple[bool, bool]] | None:
    """The cells without dots, and whether rows and columns are left out before the last."""
    low = [k for k, row in enumerate(rows) if any(map(_is_dots, row)) and _says_nothing(row)]
    kept = [[_split(cell) for cell in row] for k, row in enumerate(rows) if k not in low]
    if low not in ([], [len(rows) - 2]) or len({len(row) for row in kept}) != 1:
        return None
    columns = list(zip(*kept, strict=True))
    left_out = [k for k, column in enumerate(columns) if _says_nothing(column)]
    if left_out not in ([], [len(columns) - 2]):
        return None
    cells = [[cell for k, cell in enumerate(row) if k not in left_out] for row in kept]
    plain = not any(isinstance(c, syntax.Dots | syntax.Words) for row in cells for c in row)
    return (cells, (bool(low), bool(left_out))) if plain else None


def _is_dots(cell: Node) -> bool:
    return isinstance(cell, syntax.Dots)


def _says_nothing(cells: Sequence[Node]) -> bool:
    return all(isinstance(cell, syntax.Dots | syntax.Blank) for cell in cells)


def _uniform(cells: Grid, last: tuple[Node, Node], letters: tuple[str, ...]) -> Node | None:
    """The one pattern of all cells."""
    down, across = _marks(len(cells), last[0]), _marks(len(cells[0]), last[1])
    # Two corners whose numbers differ in rows as in columns, and not in the same way.
    pairs = {
        (outline(down[0]), outline(down[-1])): letters[0],
        (outline(across[-1]), outline(across[0])): letters[1],
    }
    entry = _general(cells[0][-1], cells[-1][0], pairs)
    fits = entry is not None and all(
        _is(entry, {letters[0]: a, letters[1]: b}, cell)
        for a, row in zip(down, cells, strict=True)
        for b, cell in zip(across, row, strict=True)
    )
    return entry if fits and entry is not None and _has(entry, *letters) else None


def _with_diagonal(
    cells: Grid, dotted: tuple[bool, bool], letters: tuple[str, ...], span: Span
) -> syntax.WrittenOut | None:
    """A square matrix whose diagonal has another pattern; blank cells off it are zeros."""
    size = len(cells)
    if size != len(cells[0]) or dotted[0] != dotted[1]:
        return None
    found = _vector_of([cells[k][k] for k in range(size)], dotted[0], letters[0])
    if found is None:
        return None
    diagonal, last = found
    marks = _marks(size, last)
    zero = syntax.Numeral(span, "0")
    others = {
        (k, m): zero if isinstance(cell, syntax.Blank) else cell
        for k, row in enumerate(cells)
        for m, cell in enumerate(row)
        if k != m
    }
    first, end = outline(marks[0]), outline(marks[-1])
    pairs = {(first, end): letters[0], (end, first): letters[1]}
    entry = _general(others[0, size - 1], others[size - 1, 0], pairs)
    fits = entry is not None and all(
        _is(entry, {letters[0]: marks[k], letters[1]: marks[m]}, cell)
        for (k, m), cell in others.items()
    )
    if not fits or entry is None:
        return None
    return syntax.WrittenOut(span, entry, diagonal, letters, (last, last), "matrix")


def _vector_of(shown: Sequence[Node], dotted: bool, letter: str) -> tuple[Node, Node] | None:
    """The pattern of cells, the last of them after dots if some are left out."""
    cells = [*shown[:-1], syntax.Dots(shown[-1].span), shown[-1]] if dotted else shown
    return _vector(cells, letter)


# -- cells --------------------------------------------------------------------


def _split(node: Node) -> Node:
    """Subscripts of two digits as two numbers: the `w_{12}` of row 1 and column 2."""
    node = syntax.rebuilt(node, _split)
    if isinstance(node, syntax.Scripted) and isinstance(node.subscript, syntax.Numeral):
        text, span = node.subscript.text, node.subscript.span
        if len(text) == 2:
            digits = tuple(syntax.Numeral(span, digit) for digit in text)
            return replace(node, subscript=syntax.Product(span, digits, ("",)))
    return node


def _general(first: Node, second: Node, pairs: Pairs) -> Node | None:
    """The cell of which both are instances: a letter where a pair of their parts differs so."""
    if outline(first) == outline(second):
        return first
    letter = pairs.get((outline(first), outline(second)))
    if letter is not None:
        return syntax.Symbol(first.span, letter)
    below = _paired(first, second)
    if below is None:
        return None
    changed: dict[int, Node] = {}
    for a, b in below:
        part = _general(a, b, pairs)
        if part is None:
            return None
        changed[id(a)] = part
    return syntax.rebuilt(first, lambda child: changed[id(child)])


def _differences(first: Node, second: Node) -> list[tuple[Node, Node]] | None:
    """The smallest parts in which two nodes of one build differ."""
    if outline(first) == outline(second):
        return []
    below = _paired(first, second)
    if below is None:
        return [(first, second)]
    return [pair for a, b in below for pair in _differences(a, b) or ()]


def _paired(first: Node, second: Node) -> list[tuple[Node, Node]] | None:
    """The children of two nodes, pair by pair, where the nodes differ in nothing else."""
    a, b = syntax.children(first), syntax.children(second)
    if type(first) is not type(second) or not a or len(a) != len(b):
        return None
    others = iter(b)
    moved = syntax.rebuilt(first, lambda child: next(others))
    return list(zip(a, b, strict=True)) if outline(moved) == outline(second) else None


def _is(entry: Node, marks: Mapping[str, Node], cell: Node) -> bool:
    """Whether a cell is the entry with numbers in the place of letters."""

    def numbered(node: Node) -> Node:
        if isinstance(node, syntax.Symbol) and node.name in marks:
            return marks[node.name]
        return syntax.rebuilt(node, numbered)

    return outline(numbered(entry)) == outline(cell)


def _has(node: Node, *letters: str) -> bool:
    """Whether all letters stand below a node, and in scripts only."""
    return set(letters) == set(_inside(node, letters, in_a_script=True)) and not any(
        _inside(node, letters, in_a_script=False)
    )


def _inside(node: Node, letters: Sequence[str], in_a_script: bool) -> Iterator[str]:
    """The letters in the scripts below a node, or those outside of them."""
    if isinstance(node, syntax.Symbol) and node.name in letters and not in_a_script:
        yield node.name
    elif isinstance(node, syntax.Scripted):
        scripts = [s for s in (node.subscript, node.superscript) if s is not None]
        if in_a_script:
            yield from (name for s in scripts for name in symbols(s) if name in letters)
        yield from _inside(node.base, letters, in_a_script)
    else:
        for child in syntax.children(node):
            yield from _inside(child, letters, in_a_script)


def symbols(node: Node) -> Iterator[str]:
    """The symbols below a node."""
    if isinstance(node, syntax.Symbol):
        yield node.name
    for child in syntax.children(node):
        yield from symbols(child)
