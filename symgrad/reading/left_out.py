r"""Arguments that are left out: `\frac{\partial h}{\partial \theta}` in a claim about `h(x)`.

A function that the note gives by a formula, `h(x) = ...`, and that a formula calls with one
argument only, means its value there where it is differentiated, or differentiated by, without
an argument. `marked` writes the argument in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node, outline
from symgrad.records import dataclass, replace

_SIGNS = frozenset({r"\partial", "d"})


@dataclass(frozen=True)
class LeftOut:
    """The functions of a note.

    Attributes:
        functions: those that it gives by a formula, and differentiates without an argument.
    """

    functions: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> LeftOut:
        """What the formulas of a note show."""
        given = {name for node in nodes if (name := _defined(node)) is not None}
        if not given:
            return cls()
        bare = {name for node in nodes for name in _bare(node)}
        return cls(frozenset(given & bare))

    def marked(self, node: Node) -> Node:
        """The formula with the arguments that are left out."""
        if not isinstance(node, syntax.Chain):
            return node
        calls: dict[str, dict[object, syntax.Group]] = {}
        for name, group in _calls(node):
            if name in self.functions:
                calls.setdefault(name, {})[outline(group)] = group
        one = {name: next(iter(found.values())) for name, found in calls.items() if len(found) == 1}
        return _with_arguments(node, one) if one else node


def _defined(node: Node) -> str | None:
    """The name of the function that a formula defines."""
    if isinstance(node, syntax.Chain) and node.relations[0].sign in ("=", ":="):
        match node.members[0]:
            case syntax.Product(factors=(head, syntax.Group(bracket="(")), operators=("",)):
                return key_or_none(head)
    return None


def _bare(node: Node) -> Iterator[str]:
    """Names that are differentiated, or differentiated by, as they are."""
    if isinstance(node, syntax.Fraction):
        for part in (node.numerator, node.denominator):
            match part:
                case syntax.Product(factors=(syntax.Symbol(name=sign), name)) if sign in _SIGNS:
                    yield key_or_none(name) or ""
    for child in syntax.children(node):
        yield from _bare(child)


def _calls(node: Node) -> Iterator[tuple[str, syntax.Group]]:
    """The calls below a node: names with the brackets after them."""
    if isinstance(node, syntax.Product):
        for place, sign in enumerate(node.operators):
            name, after = key_or_none(node.factors[place]), node.factors[place + 1]
            if isinstance(after, syntax.Scripted):
                after = after.base
            is_call = isinstance(after, syntax.Group) and all(map(_is_name, after.items))
            if name is not None and not sign and is_call and isinstance(after, syntax.Group):
                yield name, after
    for child in syntax.children(node):
        yield from _calls(child)


def _is_name(node: Node) -> bool:
    """Whether an argument is a name: in `S_k (1 - S_k)` there is none."""
    return isinstance(parts(node)[0], syntax.Symbol | syntax.Accent)


def _with_arguments(node: Node, arguments: dict[str, syntax.Group]) -> Node:
    new = syntax.rebuilt(node, lambda child: _with_arguments(child, arguments))
    if not isinstance(new, syntax.Fraction):
        return new
    top, bottom = (_called(part, arguments) for part in (new.numerator, new.denominator))
    return replace(new, numerator=top, denominator=bottom)


def _called(part: Node, arguments: dict[str, syntax.Group]) -> Node:
    r"""`\partial h` as `\partial h(x)`."""
    match part:
        case syntax.Product(factors=(syntax.Symbol(name=sign), name)) if sign in _SIGNS:
            group = arguments.get(key_or_none(name) or "")
            if group is not None:
                group = replace(group, span=name.span)
                return replace(part, factors=(*part.factors, group), operators=("", ""))
    return part


def with_calls(node: Node, change: Callable[[Node, syntax.Group], Node | None]) -> Node:
    """The node with another in the place of each call that has one.

    Args:
        node: any piece.
        change: what a name before a bracket becomes; None where both stay.
    """
    new = syntax.rebuilt(node, lambda child: with_calls(child, change))
    if not isinstance(new, syntax.Product):
        return new
    factors, operators = list(new.factors), list(new.operators)
    place = 0
    while place + 1 < len(factors):
        head, after = factors[place], factors[place + 1]
        group = after.base if isinstance(after, syntax.Scripted) else after
        if not operators[place] and isinstance(group, syntax.Group) and group.bracket == "(":
            made = change(head, group)
            if made is not None:
                if isinstance(after, syntax.Scripted):
                    # The power of a call is that of its value.
                    made = replace(after, base=syntax.Group(made.span, "", (made,)))
                factors[place : place + 2] = [made]
                del operators[place]
        place += 1
    if len(factors) == 1:
        return factors[0]
    return replace(new, factors=tuple(factors), operators=tuple(operators))
