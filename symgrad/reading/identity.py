r"""The identity matrix that nothing declares: `I - p p^\top`, `A + \lambda I_n`, `\mathbf I`.

An I is the identity where the note never says what it is, and wherever it stands it is a term
of its own, times numbers at most. An I that stands beside other arrays may be an input.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus import expression as ex
from symgrad.patterns import pattern
from symgrad.reading import syntax, values
from symgrad.reading.context import Context
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.subscripts import size_of, subscripts
from symgrad.reading.syntax import Node
from symgrad.reading.values import Value

_LETTER = pattern(r"(?<![A-Za-z])I(?![A-Za-z])")

NAMES = frozenset({"I", r"\mathbf{I}", r"\mathbb{I}", r"\mathsf{I}"})

_SCALARS = frozenset(
    {r"\lambda", r"\epsilon", r"\varepsilon", r"\alpha", r"\mu", r"\eta"}
    | {r"\sigma", r"\beta", r"\gamma", r"\tau", r"\rho", r"\kappa", r"\nu"}
)


def identities(nodes: Sequence[Node], text: str) -> frozenset[str]:
    """The names that can only be the identity, wherever they stand in the text of a note."""
    if _LETTER.search(text) is None:
        return frozenset()
    fine: set[str] = set()
    other: set[str] = set()
    for node in nodes:
        _look(node, fine, other)
    return frozenset(fine - other)


def identity_of(node: Node, context: Context) -> tuple[Value, Node | None] | None:
    """The identity matrix that a symbol is, and the indices of an entry of it."""
    base, sub, sup, primes = parts(node)
    name = key_or_none(base)
    if name not in context.session.identities or sup is not None or primes:
        return None
    entry = sub if sub is not None and len(subscripts(sub, 2)) == 2 else None
    size = context.sizes.unknown() if sub is None or entry else size_of(sub, context)
    context.session.assume(f"{name} is not declared: read as the identity matrix")
    found = values.Value((size, size), lambda frame, p: ex.Delta(p[0], p[1]))
    return found, entry


def _look(node: Node, fine: set[str], other: set[str]) -> None:
    """Enter each name by where it stands below a node."""
    match node:
        case syntax.Terms(terms=terms):
            for term in terms:
                _term(term, fine, other)
        case syntax.Chain(members=(first, *rest)):
            _look(first, fine, other)
            for member in rest:
                _term(member, fine, other)
        case _:
            name = _name(node)
            if name is not None:
                other.add(name)
            for child in syntax.children(node):
                _look(child, fine, other)


def _term(node: Node, fine: set[str], other: set[str]) -> None:
    factors = node.factors if isinstance(node, syntax.Product) else (node,)
    named = [factor for factor in factors if _name(factor) is not None]
    rest = [factor for factor in factors if factor not in named]
    if len(named) == 1 and all(map(_is_number, rest)):
        fine.add(_name(named[0]) or "")
    else:
        _look(node, fine, other)


def _name(node: Node) -> str | None:
    """The name of a symbol that may be the identity, with its size or without."""
    base, sub, sup, primes = parts(node)
    name = key_or_none(base)
    plain = isinstance(base, syntax.Symbol) and sup is None and not primes
    return name if plain and name in NAMES and not isinstance(sub, syntax.Chain) else None


def _is_number(node: Node) -> bool:
    r"""Whether a factor is written as a number: `2`, `\lambda`, `\frac{1}{n}`."""
    if isinstance(node, syntax.Numeral):
        return True
    if isinstance(node, syntax.Fraction):
        return _is_number(node.numerator)  # only a number divides
    return key_or_none(parts(node)[0]) in _SCALARS
