r"""Steps of descent: `W \leftarrow W - \eta \nabla_W L` gives W a new value, and claims nothing.

So it is where a name stands for itself with something added to it: after `\leftarrow` or `:=`
whatever it is, after `=` where it has a derivative in it, or the rate of learning before it.
"""

from __future__ import annotations

from symgrad.reading import syntax
from symgrad.reading.names import is_of_differentials, key_or_none, parts
from symgrad.reading.syntax import Node

_RATES = frozenset({r"\eta", r"\alpha", r"\epsilon", r"\varepsilon", r"\gamma", r"\rho"})


def without_updates(node: Node) -> Node:
    """The node with words in the place of each update; what it goes on with stays a claim."""
    if isinstance(node, syntax.Chain) and is_update(node):
        members, relations = node.members[1:], node.relations[1:]
        if not relations:
            return syntax.Words(node.span, "")
        span = members[0].span.to(node.span)
        return syntax.Chain(span, members, relations)
    return syntax.rebuilt(node, without_updates)


def is_update(node: syntax.Chain) -> bool:
    """Whether an equality gives a name a new value, made from the one that it has."""
    if len(node.members) < 2 or node.relations[0].sign not in ("=", ":="):
        return False
    left, right = node.members[:2]
    if not isinstance(right, syntax.Terms) or len(right.terms) < 2 or right.signs[0] == "-":
        return False
    name = _name(left)
    if name is None or _name(right.terms[0]) != name:
        return False
    return node.relations[0].sign == ":=" or any(map(_is_a_step, right.terms[1:]))


def _name(node: Node) -> tuple[str | None, ...] | None:
    """A name with its subscripts, an entry in brackets too; None for an expression."""
    base, sub, sup, primes = parts(node)
    if isinstance(base, syntax.Group) and base.bracket == "[" and len(base.items) == 1:
        base = base.items[0]
    name = key_or_none(base)
    scripts = tuple(_script(script) for script in (sub, sup))
    return None if name is None else (name, *scripts, str(primes))


def _script(node: Node | None) -> str:
    if node is None:
        return ""
    return key_or_none(node) or ",".join(_script(child) for child in syntax.children(node))


def _is_a_step(node: Node) -> bool:
    """Whether a term has a rate of learning or a derivative."""
    if isinstance(node, syntax.Fraction) and is_of_differentials(node):
        return True
    if key_or_none(parts(node)[0]) in (*_RATES, r"\nabla"):
        return True
    return any(map(_is_a_step, syntax.children(node)))
