r"""Sums that are not written: `\operatorname{tr}(XA) = X_{ij} A_{ji}`, `a_i = f(W_{ij} x_j)`.

By Einstein's convention an index that stands twice in a term is summed over. A note follows it
where it says so, or where it has no sum with an index and some formula makes sense only so: the
letter stands twice in a term, and not at all on the left-hand side. An index that is free on
the left-hand side is never summed: `\partial s / \partial W_{ij} = v_i \partial a_i /
\partial W_{ij}`. `marked` writes the sums that are meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce

from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.names import key_or_none
from symgrad.reading.syntax import Node
from symgrad.reading.usage import INDEX_LETTERS
from symgrad.records import dataclass, replace

CONTRACTION = "contraction"
"""The operator of a sum that is meant, and not written."""

UNWRITTEN = "the sums that are not written"
"""Names them among what of a claim is read without a declaration."""

_ANNOUNCED = pattern(
    r"einstein|summation convention|sum(?:med|mation)? (?:over|is implied).{0,20}repeated ind"
    r"|repeated ind(?:ex|ices)|indices? répétés?|爱因斯坦",
    re.I,
)


class _Unclear(Exception):  # noqa: N818 - it is no error, only an answer
    """Which index a term is summed over is not clear."""


@dataclass(frozen=True)
class Einstein:
    """Whether a note leaves sums out.

    Attributes:
        used: it does.
        announced: it says so.
        bare: letters that stand for more than indices; none of them is summed.
    """

    used: bool = False
    announced: bool = False
    bare: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node], text: str) -> Einstein:
        """What the formulas and the words of a note show."""
        announced = _ANNOUNCED.search(text) is not None
        parts = (part for node in nodes for part in _below(node))
        if not announced and any(isinstance(p, syntax.BigOperator) for p in parts):
            return cls()
        bare = frozenset(name for node in nodes for name in _bare(node)) & INDEX_LETTERS
        found = cls(True, announced, bare)
        return found if announced or any(map(found._needs, nodes)) else cls()

    def _needs(self, node: Node) -> bool:
        """Whether a formula makes sense only with sums that are not written."""
        if not isinstance(node, syntax.Chain) or node.relations[0].sign not in ("=", ":="):
            return False
        first, *rest = node.members
        known = set(letters_of(first))
        for member in rest:
            parts = [member] if known else _terms(member)
            for part in parts:
                try:
                    new, _ = self._read(part, frozenset(known))
                except _Unclear:
                    continue
                if not known <= set(letters_of(member)):
                    continue
                if any(_is_sum_of(p, known) for p in _below(new)):
                    return True
        return False

    def marked(self, node: Node) -> Node:
        """The formula with the sums that are meant."""
        if not isinstance(node, syntax.Chain):
            return node
        try:
            free = self._free(node)
            members = tuple(self._read(member, free)[0] for member in node.members)
        except _Unclear:
            return node
        changed = any(a is not b for a, b in zip(members, node.members, strict=True))
        return replace(node, members=members) if changed else node

    def _free(self, node: syntax.Chain) -> frozenset[str]:
        """The indices that some member has once, and those by which the left-hand side is one."""
        first = Counter(letters_of(node.members[0]))
        free = {name for name, count in first.items() if count == 1}
        if not self.announced:
            free |= first.keys() & set(_letters_of_variables(node.members[0]))
        for member in node.members:
            free |= self._read(member, frozenset(free))[1].keys()
        return frozenset(free)

    def _read(self, node: Node, free: frozenset[str]) -> tuple[Node, Counter[str]]:
        """A term with its sums, and the indices that stay.

        Raises:
            _Unclear: where the convention says nothing.
        """
        new, letters = self._inside(node, free)
        twice = [name for name, count in letters.items() if count > 1 and name not in free]
        if any(letters[name] > 2 or name in self.bare for name in twice):
            raise _Unclear
        for name in twice:
            del letters[name]
        for name in reversed(twice):
            index = syntax.Symbol(node.span, name)
            new = syntax.BigOperator(node.span, CONTRACTION, index, None, new)
        return new, Counter(dict.fromkeys(letters, 1))

    def _inside(self, node: Node, free: frozenset[str]) -> tuple[Node, Counter[str]]:
        """A node with the sums below it, and how often each index stands in it."""
        match node:
            case syntax.Scripted():
                return self._scripted(node, free)
            case syntax.Terms(terms=terms):
                read = [self._read(term, free) for term in terms]
                kinds = {frozenset(letters) - free for _, letters in read}
                if len(kinds) > 1:
                    raise _Unclear  # a number beside an entry: x_i is no index of a tensor here
                every = reduce(lambda a, b: a | b, (letters for _, letters in read))
                return replace(node, terms=tuple(new for new, _ in read)), every
            case syntax.Group(items=items):
                read = [self._read(item, free) for item in items]
                return replace(node, items=tuple(new for new, _ in read)), _total(read)
            case syntax.BigOperator(lower=lower, body=body):
                bound = frozenset(_letters_of_names(lower)) if lower is not None else frozenset()
                inner, letters = self._read(body, free | bound)
                kept = Counter({n: c for n, c in letters.items() if n not in bound})
                return replace(node, body=inner), kept
            case syntax.Fraction(numerator=top, denominator=bottom):
                read = [self._read(top, free), self._inside(bottom, free)]
                new = replace(node, numerator=read[0][0], denominator=read[1][0])
                return new, _total(read)
            case syntax.Product(factors=factors):
                read = [self._inside(factor, free) for factor in factors]
                return replace(node, factors=tuple(new for new, _ in read)), _total(read)
            case syntax.Numeral() | syntax.Symbol() | syntax.Accent() | syntax.Dots():
                return node, Counter()
        if set(letters_of(node)) - free:
            raise _Unclear
        return node, Counter()

    def _scripted(self, node: syntax.Scripted, free: frozenset[str]) -> tuple[Node, Counter[str]]:
        base, letters = self._inside(node.base, free)
        power = node.superscript
        plain = not isinstance(node.base, syntax.Group) or letters
        if plain and isinstance(power, syntax.Numeral) and set(letters_of(node)) - free:
            raise _Unclear  # x_i^2 may stand for x_i x_i; the entry of a power is one
        if power is not None and set(letters_of(power)):
            power, above = self._read(power, free)
            letters = letters + above
        return replace(node, base=base, superscript=power), letters + Counter(_subscript(node))


def leaves_sums_out(nodes: Sequence[Node]) -> bool:
    """Whether a sum below these nodes is meant, and not written."""
    parts = [part for node in nodes for part in _below(node)]
    return any(isinstance(p, syntax.BigOperator) and p.operator == CONTRACTION for p in parts)


def repeats_an_index(nodes: Sequence[Node]) -> bool:
    """Whether an index stands twice in one of these nodes, so that a sum may be meant."""
    return any(count > 1 for node in nodes for count in Counter(letters_of(node)).values())


def repeats_apart(left: Node, right: Node) -> bool:
    """Whether an index stands twice on the left and nowhere on the right: a sum may be meant."""
    if not isinstance(left, syntax.Product | syntax.Terms) or _binds(left):
        return False
    there = set(letters_of(right))
    if any(isinstance(part, syntax.BigOperator) for part in _below(right)):
        return False  # who writes a sum here writes it there
    return any(n > 1 and letter not in there for letter, n in Counter(letters_of(left)).items())


def _binds(node: Node) -> bool:
    """Whether sums or derivatives stand below a node."""
    return isinstance(node, syntax.BigOperator | syntax.Fraction | syntax.Gradient) or any(
        map(_binds, syntax.children(node))
    )


def _total(read: Sequence[tuple[Node, Counter[str]]]) -> Counter[str]:
    return sum((letters for _, letters in read), Counter())


def _subscript(node: syntax.Scripted) -> tuple[str, ...]:
    """The indices below a name; none where its subscript is a label."""
    sub = node.subscript
    if sub is None or isinstance(sub, syntax.Label):
        return ()
    names = list(_letters_of_names(sub))
    return tuple(names) if all(name in INDEX_LETTERS for name in names) else ()


def _letters_of_names(node: Node) -> Iterator[str]:
    items = syntax.children(node) or (node,)
    return (key_or_none(item) or "" for item in items)


def letters_of(node: Node) -> Iterator[str]:
    """All indices below a node, each as often as it stands there."""
    if isinstance(node, syntax.Scripted):
        yield from _subscript(node)
    for child in syntax.children(node):
        yield from letters_of(child)


def _letters_of_variables(node: Node) -> Iterator[str]:
    """The indices below a fraction bar."""
    for part in _below(node):
        if isinstance(part, syntax.Fraction):
            yield from letters_of(part.denominator)


def _is_sum_of(node: Node, known: set[str]) -> bool:
    """Whether this is a sum that is not written, over a letter that the left-hand side lacks."""
    if not isinstance(node, syntax.BigOperator) or node.operator != CONTRACTION:
        return False
    return node.lower is not None and key_or_none(node.lower) not in known


def _terms(node: Node) -> Sequence[Node]:
    """The terms of a sum, and what is differentiated in each: no argument of a function."""
    if isinstance(node, syntax.Terms):
        return [part for term in node.terms for part in _terms(term)]
    if isinstance(node, syntax.Group) and len(node.items) == 1:
        return _terms(node.items[0])
    if isinstance(node, syntax.Product) and any(
        isinstance(factor, syntax.Group) and set(letters_of(factor)) for factor in node.factors
    ):
        return []
    return [node]


def _bare(node: Node) -> Iterator[str]:
    """Names that stand in a formula for themselves, not below or above another."""
    if isinstance(node, syntax.Symbol):
        yield node.name
    if isinstance(node, syntax.Scripted):
        yield from _bare(node.base) if not isinstance(node.base, syntax.Symbol) else ()
        return
    for child in syntax.children(node):
        yield from _bare(child)


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in syntax.children(node):
        yield from _below(child)
