r"""Losses written as functions of their parameters: `J(\theta) = \frac12 \|X\theta - y\|^2`.

Where a note defines a loss so, and writes it with these very names only, J is a quantity and
`J(\theta)` its name: `\partial J / \partial \theta_1` differentiates by what the formula has.
A loss that is called with something else is a function, and stays one. So is any other
function, unless its only argument is an array by its use: `f(w) = w^T A w`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symgrad.reading import syntax
from symgrad.reading.names import TRANSPOSES, key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.reading.usage import INDEX_LETTERS, LOSS_NAMES
from symgrad.records import dataclass, field, replace

TRACES = frozenset({r"\tr", r"\Tr", r"\trace", r"\det"})
"""Names of the trace and the determinant, which only arrays have."""


@dataclass
class Parameters:
    """The losses of a note that are written so.

    Attributes:
        of_losses: the parameters of each, by its name.
        densities: names for logarithms of densities that the note defines by a formula.
    """

    of_losses: dict[str, tuple[Node, ...]] = field(default_factory=dict)
    densities: frozenset[str] = frozenset()

    @classmethod
    def of_densities(cls, nodes: Sequence[Node]) -> Parameters:
        r"""The densities of which the note defines the logarithm: `\log p(x \mid \mu) = ...`."""
        found: dict[str, str] = {}
        twice: set[str] = set()
        for node in nodes:
            if not isinstance(node, syntax.Chain) or node.relations[0].sign not in ("=", ":="):
                continue
            left = node.members[0]
            name = None
            if isinstance(left, syntax.Product):
                name = _density(list(left.factors), list(left.operators))
            if name is not None:
                if name[0] in found:
                    twice.add(name[0])
                found[name[0]] = name[1]
        return cls(densities=frozenset(found) - twice)

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Parameters:
        """What the formulas of a note show."""
        defined: dict[str, tuple[Node, ...]] = {}
        for node in nodes:
            call = _defined_call(node)
            if call is not None and call[0] not in defined:
                defined[call[0]] = call[1]
        if not defined:
            return cls()
        everything = [part for node in nodes for part in _below(node)]
        refused = {name for part in everything for name in _called_otherwise(part, defined)}
        arrays = {name for part in everything for name in _arrays(part)}
        kept = {
            name: items
            for name, items in defined.items()
            if name not in refused
            and (name in LOSS_NAMES or (len(items) == 1 and _is_array(items[0], arrays)))
        }
        return cls(kept)

    def with_densities(self, node: Node) -> Node:
        r"""The node with one name for each `\log p(x \mid \mu)` that the note defines as such."""
        new = syntax.rebuilt(node, self.with_densities)
        if not isinstance(new, syntax.Product):
            return new
        factors, operators = list(new.factors), list(new.operators)
        place = 0
        while place + 1 < len(factors):
            for length in (3, 2):
                part = factors[place : place + length]
                name = _density(part, operators[place:]) if len(part) == length else None
                if name is not None and name[0] in self.densities:
                    factors[place : place + length] = [
                        syntax.Symbol(part[0].span.to(part[-1].span), name[0])
                    ]
                    del operators[place : place + length - 1]
                    break
            place += 1
        if len(factors) == 1:
            return factors[0]
        return replace(new, factors=tuple(factors), operators=tuple(operators))

    def marked(self, node: Node) -> Node:
        """The node with the name of a loss for the loss with its parameters."""
        if isinstance(node, syntax.Gradient) and node.by is None:
            node = self._by_its_parameter(node)
        new = syntax.rebuilt(node, self.marked)
        return self._without_parameters(new) if isinstance(new, syntax.Product) else new

    def _by_its_parameter(self, node: syntax.Gradient) -> syntax.Gradient:
        r"""`\nabla J(\theta)` and `\nabla J`: by the only parameter."""
        operand = node.operand
        head = operand.factors[0] if isinstance(operand, syntax.Product) else operand
        known = self.of_losses.get(key_or_none(head) or "") if head is not None else None
        return replace(node, by=known[0]) if known is not None and len(known) == 1 else node

    def _without_parameters(self, node: syntax.Product) -> Node:
        factors, operators = list(node.factors), list(node.operators)
        place = 0
        while place + 1 < len(factors):
            head, after = factors[place], factors[place + 1]
            group = parts(after)[0]
            if (
                operators[place] == ""
                and key_or_none(head) in self.of_losses
                and isinstance(group, syntax.Group)
                and group.bracket == "("
            ):
                span = head.span.to(after.span)
                named: Node = replace(head, span=span)
                if isinstance(after, syntax.Scripted):
                    named = replace(after, span=span, base=head)
                factors[place : place + 2] = [named]
                del operators[place]
            place += 1
        if len(factors) == 1:
            return factors[0]
        return replace(node, factors=tuple(factors), operators=tuple(operators))


def _density(factors: Sequence[Node], operators: Sequence[str]) -> tuple[str, str] | None:
    r"""A name for `\log p(x \mid \mu)` with several arguments, and that of the density."""
    if len(factors) not in (2, 3) or any(operators[: len(factors) - 1]):
        return None
    head, *rest = factors
    if key_or_none(head) not in (r"\log", r"\ln"):
        return None
    if len(rest) == 1 and isinstance(rest[0], syntax.Group) and len(rest[0].items) == 1:
        inner = rest[0].items[0]
        rest = list(inner.factors) if isinstance(inner, syntax.Product) else []
    match rest:
        case [syntax.Symbol() as density, syntax.Group(bracket="(", items=items)] if len(items) > 1:
            names = [key_or_none(item) for item in items]
            if None not in names and density.name.isalpha():
                shown = ",".join(str(name) for name in names)
                return rf"\log {density.name}({shown})", density.name
    return None


def _defined_call(node: Node) -> tuple[str, tuple[Node, ...]] | None:
    r"""Name and parameters, where a formula defines `J(w, b) = ...`."""
    if not isinstance(node, syntax.Chain) or node.relations[0].sign not in ("=", ":="):
        return None
    match node.members[0]:
        case syntax.Product(factors=(syntax.Symbol() as head, syntax.Group() as group)):
            names = [key_or_none(item) for item in group.items]
            plain = group.bracket == "(" and all(map(_is_plain, group.items))
            if plain and names and len(set(names)) == len(names):
                return head.name, group.items
    return None


def _is_plain(node: Node) -> bool:
    """Whether a node is a letter, or one with a number: no entry, and no example of many."""
    base, sub, sup, primes = parts(node)
    if not isinstance(base, syntax.Symbol | syntax.Accent) or primes:
        return False
    scripts = [key_or_none(script) or "" for script in (sub, sup) if script is not None]
    return all(script.strip("()[]").isdigit() for script in scripts)


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in syntax.children(node):
        yield from _below(child)


def _called_otherwise(node: Node, defined: dict[str, tuple[Node, ...]]) -> Iterator[str]:
    """Names that this node uses as those of functions."""
    if isinstance(node, syntax.Scripted):
        name = key_or_none(node.base)
        if name in defined and (node.primes or node.superscript is not None):
            yield name
    if isinstance(node, syntax.Chain) and node.relations[0].sign not in ("=", ":="):
        name = key_or_none(node.members[0])
        if name in defined:
            yield name
    if not isinstance(node, syntax.Product):
        return
    for place, head in enumerate(node.factors[:-1]):
        name, after = key_or_none(head), node.factors[place + 1]
        group = parts(after)[0]
        if name not in defined or node.operators[place] or not isinstance(group, syntax.Group):
            continue
        wanted = [key_or_none(item) for item in defined[name]]
        if [key_or_none(item) for item in group.items] != wanted:
            yield name


def _arrays(node: Node) -> Iterator[str]:
    """Names that this node uses as those of arrays."""
    if isinstance(node, syntax.Scripted):
        name = key_or_none(node.base)
        sub, sup = key_or_none(node.subscript or node), key_or_none(node.superscript or node)
        if name is not None and (sup in TRANSPOSES or (sub in INDEX_LETTERS)):
            yield name
    if isinstance(node, syntax.Group) and node.bracket == "||":
        yield from (name for part in _below(node) if (name := key_or_none(part)) is not None)
    if isinstance(node, syntax.Product):
        for head, after in pairwise(node.factors):
            if key_or_none(head) in TRACES:
                yield from (n for part in _below(after) if (n := key_or_none(part)) is not None)


def _is_array(node: Node, arrays: set[str]) -> bool:
    name = key_or_none(node) or ""
    return name in arrays or name.startswith(r"\mathbf")
