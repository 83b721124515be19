r"""Small letters for the entries of an array with a capital letter: `z_i^l` of `Z^l`.

So it is where the small letter stands with indices only and no formula defines it, and the
capital one stands without them in a formula that multiplies arrays: the Z of `e^{z_i} / Z` is
no array. An array that multiplies what follows is a matrix: there
`x_i` is an example of X, not an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symgrad.diagnostics import Source
from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.reading.usage import INDEX_LETTERS
from symgrad.records import dataclass

SMALL_LETTERS = "small letters for entries"
"""Names them among what of a claim is read without a declaration."""


_ENTRY = pattern(r"(?<![A-Za-z\\])([a-z])(?:\^(?:\{[^{}]*\}|.))?_")
"""A small letter with a subscript."""


@dataclass(frozen=True)
class Capitals:
    """The small letters of a note that stand for entries so.

    Attributes:
        small: these letters.
    """

    small: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node], examples: frozenset[str], text: str) -> Capitals:
        """What the formulas of a note show; what counts examples is no index of an entry."""
        written = set(_ENTRY.findall(text))
        if not any(re.search(rf"(?<![A-Za-z]){c.upper()}(?![A-Za-z])", text) for c in written):
            return cls()
        with_indices: dict[str, set[int]] = {}
        bare: set[str] = set()
        for node in nodes:
            of_arrays = any(letter.isupper() for letter in _matrices(node))
            for letter, count in _uses(node):
                if count:
                    with_indices.setdefault(letter, set()).add(count)
                elif of_arrays or letter.islower():
                    bare.add(letter)
        defined = {letter for node in nodes for letter in _defined(node)}
        counted = {n for node in nodes for n, used in _with_indices(node) if examples & set(used)}
        matrices = {letter for node in nodes for letter in _matrices(node)}
        spaces = set(_declared(nodes))
        small = {
            letter
            for letter, counts in with_indices.items()
            if letter.islower()
            and len(counts) == 1
            and letter not in bare | defined | counted | INDEX_LETTERS
            and letter.upper() not in spaces
            and letter.upper() in bare
            and (letter.upper() in matrices) == (counts == {2})
            and with_indices.get(letter.upper(), counts) == counts
        }
        return cls(frozenset(small))

    def marked(self, node: Node) -> Node:
        """The node with the capital letter for the small one."""
        match node:
            case syntax.Scripted(base=syntax.Symbol(name=name) as base) if name in self.small:
                capital = syntax.Symbol(base.span, name.upper())
                scripts = (node.subscript, node.superscript)
                return syntax.Scripted(node.span, capital, *scripts, node.primes)
        return syntax.rebuilt(node, self.marked)


def has_small_letters(nodes: Sequence[Node], source: Source) -> bool:
    """Whether an entry below these nodes is written with the small letter of its array."""
    return any(
        isinstance(part, syntax.Symbol)
        and len(part.name) == 1
        and part.name.isupper()
        and source.slice(part.span) == part.name.lower()
        for node in nodes
        for part in _below(node)
    )


def _uses(node: Node) -> Iterator[tuple[str, int]]:
    """Letters, each with the number of its indices where it stands."""
    base = parts(node)[0]
    if isinstance(base, syntax.Symbol) and len(base.name) == 1:
        yield base.name, len(_indices(node))
        if isinstance(node, syntax.Scripted) and node.superscript is not None:
            yield from _uses(node.superscript)
        return
    for child in syntax.children(node):
        yield from _uses(child)


def _declared(nodes: Sequence[Node]) -> Iterator[str]:
    r"""Letters that are put into a space: `A, B \in E`; their entries would be declared too."""
    before: list[str] = []
    for node in nodes:
        if isinstance(node, syntax.Chain) and node.relations[0].sign == r"\in":
            yield from (*before, *(letter for letter, _ in _uses(node.members[0])))
        before = [*before, node.name] if isinstance(node, syntax.Symbol) else []


def _with_indices(node: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Letters with their indices."""
    base = parts(node)[0]
    if isinstance(base, syntax.Symbol) and _indices(node):
        yield base.name, _indices(node)
    for child in syntax.children(node):
        yield from _with_indices(child)


def _matrices(node: Node) -> Iterator[str]:
    """Letters that multiply another letter which follows them."""
    if isinstance(node, syntax.Product):
        following = zip(node.factors, node.factors[1:], node.operators, strict=False)
        for factor, after, sign in following:
            bases = parts(factor)[0], parts(after)[0]
            letters = all(isinstance(base, syntax.Symbol) for base in bases)
            if sign == "" and letters and not _indices(factor):
                yield key_or_none(bases[0]) or ""
    for child in syntax.children(node):
        yield from _matrices(child)


def _indices(node: Node) -> tuple[str, ...]:
    """The indices below a letter; none where its subscript is a label."""
    sub = parts(node)[1]
    if sub is None or isinstance(sub, syntax.Label):
        return ()
    names = tuple(key_or_none(item) or "" for item in syntax.children(sub) or (sub,))
    return names if all(name in INDEX_LETTERS for name in names) else ()


def _defined(node: Node) -> Iterator[str]:
    if isinstance(node, syntax.Chain) and node.relations[0].sign in ("=", ":=", r"\in", ":"):
        base = parts(node.members[0])[0]
        if isinstance(base, syntax.Symbol):
            yield base.name


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in syntax.children(node):
        yield from _below(child)
