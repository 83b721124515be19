r"""Vectors that a subscript counts: the `\mathbf{x}_i` of `\mathbf{w}^T \mathbf{x}_i`.

A subscript of an array names an entry, unless what has it is used as only vectors are: it is
transposed, it is what a transpose or another vector is multiplied by, or its length is taken.
Then it is one of many vectors, as `x^{(i)}` is. A name that also stands without a subscript is
an array with entries, except where it names the argument of a function: `f(\mathbf{x}) = ...`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symgrad.reading import syntax
from symgrad.reading.names import TRANSPOSES, key_or_none, parts
from symgrad.reading.syntax import Node

_LETTERS = frozenset("ijklmnst")
"""Letters that count vectors."""


def counted_vectors(nodes: Sequence[Node]) -> frozenset[str]:
    """The names of vectors that a note counts by a subscript."""
    counted = {name for node in nodes for name in _shown(node)}
    if not counted:
        return frozenset()
    return frozenset(counted - {name for node in nodes for name in _bare(node)})


def _shown(node: Node) -> Iterator[str]:
    """Names with one letter below them that are used as vectors are."""
    match node:
        case syntax.Scripted(superscript=syntax.Node() as sup) if key_or_none(sup) in TRANSPOSES:
            yield from _terms(node.base) if _is_sum(node.base) else _one_of_many(node)
        case syntax.Group(bracket="||", items=(item,)):
            yield from _terms(item)
        case syntax.Product(factors=factors, operators=signs):
            for (first, second), sign in zip(pairwise(factors), signs, strict=True):
                if sign in ("", r"\cdot") and _is_transposed(first):
                    yield from _one_of_many(second)
                elif sign == r"\cdot" and _is_bold(first) and _is_bold(second):
                    yield from (*_one_of_many(first), *_one_of_many(second))
    for child in syntax.children(node):
        yield from _shown(child)


def _is_sum(node: Node) -> bool:
    """Whether a node is a sum in brackets: the `(x_i - m)` of `(x_i - m)^T`."""
    match node:
        case syntax.Group(items=(syntax.Terms(),)):
            return True
    return False


def _terms(node: Node) -> Iterator[str]:
    """Those of a sum that is as a whole a vector."""
    if _is_sum(node):
        node = node.items[0]  # type: ignore[attr-defined]
    for term in node.terms if isinstance(node, syntax.Terms) else (node,):
        yield from _one_of_many(term)


def _one_of_many(node: Node) -> Iterator[str]:
    r"""The name in `\mathbf{x}_i` and `x_i^T`."""
    base, sub, sup, primes = parts(node)
    plain = sup is None or key_or_none(sup) in TRANSPOSES
    if isinstance(sub, syntax.Symbol) and sub.name in _LETTERS and plain and not primes:
        name = key_or_none(base)
        if name is not None and (name.startswith(r"\mathbf") or name.islower()):
            yield name


def _is_transposed(node: Node) -> bool:
    """Whether a factor is the transpose of one name as a whole."""
    base, sub, sup, _ = parts(node)
    whole = sub is None or isinstance(sub, syntax.Numeral)
    return whole and isinstance(base, syntax.Symbol) and key_or_none(sup or node) in TRANSPOSES


def _is_bold(node: Node) -> bool:
    return (key_or_none(parts(node)[0]) or "").startswith(r"\mathbf")


def _bare(node: Node) -> Iterator[str]:
    """Names that stand without a subscript, but as the arguments of what a formula defines."""
    match node:
        case syntax.Chain(members=(first, *others)) if _is_call(first):
            for other in others:
                yield from set(_bare(other)) - set(_arguments(first))
            return
        case syntax.Symbol(name=name):
            yield name
        case syntax.Scripted(base=base, subscript=None):
            yield from _bare(base)
        case syntax.Scripted(base=base):
            if not isinstance(base, syntax.Symbol):
                yield from _bare(base)
            return
    for child in syntax.children(node):
        yield from _bare(child)


def _is_call(node: Node) -> bool:
    match node:
        case syntax.Product(factors=(_, syntax.Group(bracket="(")), operators=("",)):
            return True
    return False


def _arguments(node: Node) -> Iterator[str]:
    for item in node.factors[1].items:  # type: ignore[attr-defined]
        yield key_or_none(item) or ""
