r"""Gradients named by a prefix: `dZ^{[2]}`, `\mathbf{dw}`, `\mathbf{d} q_k`, as code has them.

Where a note has such a name on the left of an equality, a `d` before a name is no
factor: both become one `Adjoint`. A note that takes the differential of its loss, or of
a function (`dL = \operatorname{tr}(G^T dX)`), means something else by it: there both
become one name, of which nothing is known. So they do where a display says by what the
gradient is, `dout = \frac{\partial L}{\partial y}`, and no `out` is in the note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from symgrad.diagnostics import Span
from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.names import TRANSPOSES, is_of_differentials, key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.reading.usage import ENTRYWISE, LOSS_NAMES
from symgrad.records import dataclass, replace

_STYLED = pattern(r"^(\\math(?:bf|cal|sf)\{)d([A-Za-z])\}$")
_BOLD = pattern(r"^\\mathbf\{([A-Za-z])\}$")
_PREFIXES = frozenset({"d", r"\mathbf{d}"})
_NAMES = syntax.Symbol | syntax.Accent | syntax.Scripted


@dataclass
class Prefixes:
    """Whether a note names gradients so.

    Attributes:
        used: some gradient, or differential, stands on the left of an equality.
        differentials: whether they are differentials.
        defined: what follows the prefix in names that displays define as other gradients.
    """

    used: bool = False
    differentials: bool = False
    defined: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Prefixes:
        """What the formulas of a note show."""
        chains = [
            (name, node)
            for node in nodes
            if isinstance(node, syntax.Chain)
            and node.relations[0].sign in ("=", ":=")
            and (name := _prefixed(node.members[0])) is not None
        ]
        arrays = set[str]().union(*map(_arrays, nodes)) if chains else set()
        keys = {key_or_none(name) for name, _ in chains}
        functions = {"f", "g", "F"} - arrays
        defined = {stem for name, chain in chains if (stem := _defined_otherwise(name, chain))}
        if defined:
            defined -= {name for node in nodes for name in _names_without_prefix(node)}
        differentials = not keys.isdisjoint(LOSS_NAMES | functions)
        return cls(bool(chains), differentials, frozenset(defined))

    def marked(self, node: Node) -> Node:
        """The node with gradients that are named so marked as such."""
        if isinstance(node, syntax.Fraction) and is_of_differentials(node):
            return node
        new = syntax.rebuilt(node, self.marked)
        if isinstance(new, syntax.Symbol) and (styled := _STYLED.match(new.name)):
            if self.differentials:
                return new
            return syntax.Adjoint(new.span, syntax.Symbol(new.span, f"{styled[1]}{styled[2]}}}"))
        if isinstance(new, syntax.Scripted) and isinstance(new.base, syntax.Adjoint):
            return _of_a_numbered_name(new, new.base)
        return _joined(new, self._made) if isinstance(new, syntax.Product) else new

    def _made(self, name: Node, span: Span) -> Node:
        """What a prefix and a name are together."""
        one_name = self.differentials or key_or_none(parts(name)[0]) in self.defined
        return _differential(name, span) if one_name else _adjoint(name, span)


def _joined(node: syntax.Product, make: Callable[[Node, Span], Node]) -> Node:
    """A product in which each prefix and the name after it are one factor."""
    factors, signs = list(node.factors), list(node.operators)
    place = 0
    while place + 1 < len(factors):
        if signs[place] == "" and _is_prefix(factors[place], factors[place + 1]):
            span = factors[place].span.to(factors[place + 1].span)
            factors[place : place + 2] = [make(factors[place + 1], span)]
            del signs[place]
        place += 1
    if len(factors) == 1:
        return factors[0]
    return replace(node, factors=tuple(factors), operators=tuple(signs))


def _adjoint(name: Node, span: Span) -> Node:
    """The gradient by a name; a transpose on the name is one of the gradient."""
    base, sub, sup, primes = parts(name)
    if sup is not None and key_or_none(sup) in TRANSPOSES:
        bare = sub is None and not primes
        inner = base if bare else syntax.Scripted(name.span, base, sub, None, primes)
        return syntax.Scripted(span, syntax.Adjoint(span, inner), None, sup, 0)
    return syntax.Adjoint(span, name)


def _of_a_numbered_name(node: syntax.Scripted, gradient: syntax.Adjoint) -> Node:
    r"""`\mathbf{db}_2` is the gradient by `\mathbf b_2`, not an entry of a gradient."""
    sub = node.subscript
    if not isinstance(sub, syntax.Numeral) or not isinstance(gradient.of, syntax.Symbol):
        return node
    numbered = syntax.Scripted(node.span, gradient.of, sub, None, 0)
    whole = syntax.Adjoint(node.span, numbered)
    if node.superscript is None and not node.primes:
        return whole
    return replace(node, base=whole, subscript=None)


def _differential(name: Node, span: Span) -> Node:
    """The differential of a name, as a name."""
    base, sub, sup, primes = parts(name)
    symbol = syntax.Symbol(span, f"d{key_or_none(base)}")
    plain = sub is None and sup is None and not primes
    return symbol if plain else syntax.Scripted(span, symbol, sub, sup, primes)


def _arrays(node: Node) -> set[str]:
    """The plain letters that are seen to be arrays: declared, with an index, multiplied so."""
    found = set[str]().union(*map(_arrays, syntax.children(node)))
    members: tuple[Node, ...] = ()
    if isinstance(node, syntax.Chain) and node.relations[0].sign == r"\in":
        members = node.members[:1]
    elif isinstance(node, syntax.Scripted) and node.subscript is not None:
        members = (node.base,)
    elif isinstance(node, syntax.Product) and ENTRYWISE.intersection(node.operators):
        members = node.factors
    names = {member.name for member in members if isinstance(member, syntax.Symbol)}
    return found | names | {bold[1] for name in names if (bold := _BOLD.match(name))}


def _prefixed(left: Node) -> Node | None:
    """The name after the prefix, where a left-hand side is such a gradient."""
    base = parts(left)[0]
    if isinstance(base, syntax.Symbol) and (styled := _STYLED.match(base.name)):
        return syntax.Symbol(base.span, styled[2])
    if isinstance(left, syntax.Product) and len(left.factors) == 2 and left.operators == ("",):
        first, second = left.factors
        return second if _is_prefix(first, second) else None
    return None


def _defined_otherwise(name: Node, chain: syntax.Chain) -> str | None:
    """What follows the prefix, where the display equates both with a gradient by another name."""
    stem = key_or_none(parts(name)[0])
    for member in chain.members[1:]:
        if isinstance(member, syntax.Fraction) and is_of_differentials(member):
            by = member.denominator
            last = by.factors[-1] if isinstance(by, syntax.Product) else by
            if key_or_none(parts(last)[0]) != stem:
                return stem
    return None


def _names_without_prefix(node: Node) -> Iterator[str]:
    """The plain names in a node, besides those that stand after a prefix."""
    if isinstance(node, syntax.Symbol):
        yield node.name
    after = set[int]()
    if isinstance(node, syntax.Product):
        pairs = zip(node.factors, node.factors[1:], strict=False)
        after = {k for k, pair in enumerate(pairs, 1) if _is_prefix(*pair)}
    for k, child in enumerate(syntax.children(node)):
        parted = parts(child)[1:3] if k in after else (child,)
        for part in parted:
            if isinstance(part, Node):
                yield from _names_without_prefix(part)


def _is_prefix(first: Node, second: Node) -> bool:
    if not isinstance(first, syntax.Symbol) or first.name not in _PREFIXES:
        return False
    close = first.span.end == second.span.start or first.name != "d"
    return close and isinstance(second, _NAMES)
