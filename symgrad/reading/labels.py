r"""Scripts in words: in `y_{\text{pred},i}` the word belongs to the name, and i is an index."""

from __future__ import annotations

from symgrad.diagnostics import Span
from symgrad.reading import syntax
from symgrad.reading.names import key_or_none
from symgrad.reading.syntax import Node

_SHORTEST = 3
"""Letters of a word in italics; two may be two indices."""


def scripted(
    base: Node, subscript: Node | None, superscript: Node | None, primes: int, end: Span
) -> syntax.Scripted:
    """A base with its scripts; of a word and indices below it, the word is on the name alone."""
    span = base.span.to(end)
    sub = _as_name(subscript)
    if isinstance(sub, syntax.Listing):
        items = tuple(item for item in map(_as_name, sub.items) if item is not None)
        items = tuple(item for item in items if not isinstance(item, syntax.Blank))
        words = [item for item in items if _is_word(item)]
        rest = tuple(item for item in items if not _is_word(item))
        if len(words) == 1 and rest:
            named = syntax.Scripted(base.span.to(words[0].span), base, words[0], None, 0)
            inner = rest[0] if len(rest) == 1 else syntax.Listing(sub.span, rest)
            return syntax.Scripted(span, named, inner, superscript, primes)
    return syntax.Scripted(span, base, sub, _as_name(superscript), primes)


def without_primes(superscript: Node) -> tuple[Node, int]:
    r"""A label, without the primes of the function that it stands on: `g^{[1]'}`."""
    match superscript:
        case syntax.Scripted(
            base=syntax.Group() as label, subscript=None, superscript=None, primes=primes
        ):
            return label, primes
        case syntax.Product(factors=(syntax.Group() as label, *rest)) if all(
            isinstance(factor, syntax.Symbol) and factor.name == r"\prime" for factor in rest
        ):
            return label, len(rest)
    return superscript, 0


def _as_name(node: Node | None) -> Node | None:
    if isinstance(node, syntax.Words) and node.text.strip().isalnum():
        return syntax.Symbol(node.span, node.text.strip())
    return node


def _is_word(node: Node) -> bool:
    name = key_or_none(node) or ""
    if isinstance(node, syntax.Product):
        return len(name) >= _SHORTEST and name.isalpha() and not set(name) <= set("ijklmnpqrst")
    return isinstance(node, syntax.Symbol) and len(name) > 1 and name.isalnum()
