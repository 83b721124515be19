r"""Functions without their argument: `\sigma' = \sigma(1 - \sigma)`, `\frac{df}{dx} = 2x`.

Such an equation says the same of all numbers. They get the name that the derivative is by, or
that the function was defined with. An equation that applies a function to something else is
left as it is: `\sigma' = \sigma'(z)` gives a name to a value.
"""

from __future__ import annotations

from collections.abc import Callable

from symgrad.diagnostics import Span
from symgrad.reading import syntax
from symgrad.reading.applied import takes_bare_argument
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, replace

ParameterOf = Callable[[str], str | None]
"""The argument that a name was defined with; None for what is no function of numbers."""


def with_argument(node: syntax.Chain, parameter_of: ParameterOf) -> tuple[syntax.Chain, str] | None:
    """The equation with the argument of every function, and its name; None for another one."""
    found = _slope(node.members[0], parameter_of)
    if found is None or any(map(_has_slope, node.members[1:])):
        return None
    slope, name = found
    filling = _Filling(parameter_of, name)
    members = tuple(filling.filled(member) for member in node.members[1:])
    filled = any(new is not old for new, old in zip(members, node.members[1:], strict=True))
    said = filled or any(name in _symbols(member) for member in members)
    if filling.others or not said:
        return None
    return replace(node, members=(filling.call(slope), *members)), name


def _slope(left: Node, parameter_of: ParameterOf) -> tuple[Node, str] | None:
    r"""The f' of `f' = ...` or `\frac{df}{dx} = ...`, and what it is of."""
    match left:
        case syntax.Scripted(base=syntax.Symbol(name=name), subscript=None, superscript=None):
            argument = parameter_of(name)
            return None if argument is None or not left.primes else (left, argument)
        case syntax.Fraction(
            numerator=syntax.Product(factors=(syntax.Symbol(name="d" | r"\partial"), top)),
            denominator=syntax.Product(
                factors=(syntax.Symbol(name="d" | r"\partial"), syntax.Symbol(name=by))
            ),
        ) if isinstance(top, syntax.Symbol) and parameter_of(top.name) is not None:
            return syntax.Scripted(left.span, top, None, None, 1), by
    return None


@dataclass
class _Filling:
    """Gives functions without argument one.

    Attributes:
        parameter_of: which names are functions.
        name: of the argument.
        others: some function has another one.
    """

    parameter_of: ParameterOf
    name: str
    others: bool = False

    def call(self, function: Node) -> Node:
        """The function of the argument."""
        return syntax.Product(function.span, (function, self._group(function.span)), ("",))

    def filled(self, node: Node) -> Node:
        """The node with the argument wherever one was left out."""
        if isinstance(node, syntax.Product):
            return self._product(node)
        if self._is_function(node):
            return self.call(node)
        return syntax.rebuilt(node, self.filled)

    def _product(self, node: syntax.Product) -> Node:
        factors: list[Node] = []
        signs: list[str] = []
        place = 0
        while place < len(node.factors):
            factor, sign = node.factors[place], node.operators[place - 1] if place else ""
            after = node.factors[place + 1] if place + 1 < len(node.factors) else None
            signs += [sign] if factors else []
            place += 1
            if not self._is_function(factor):
                factors.append(self.filled(factor))
                continue
            applied = after is not None and node.operators[place - 1] == ""
            if applied and after is not None and self._is_argument(factor, after):
                self.others = self.others or self.name != key_or_none(_inside(after))
                factors += [factor, after]
                signs.append("")
                place += 1
            else:
                factors += [factor, self._group(factor.span)]
                signs.append("")
        same = len(factors) == len(node.factors) and all(
            new is old for new, old in zip(factors, node.factors, strict=True)
        )
        return node if same else syntax.Product(node.span, tuple(factors), tuple(signs))

    def _is_argument(self, function: Node, after: Node) -> bool:
        """Whether a function is of what stands after it: no bracket in which it stands bare."""
        if isinstance(after, syntax.Group):
            return not any(self._is_bare(item) for item in after.items)
        return takes_bare_argument(function) and isinstance(after, syntax.Symbol)

    def _is_bare(self, node: Node) -> bool:
        return self.filled(node) is not node

    def _is_function(self, node: Node) -> bool:
        base, sub, sup, _ = parts(node)
        power = sup is None or isinstance(sup, syntax.Numeral)
        is_name = isinstance(base, syntax.Symbol) and sub is None and power
        return is_name and self.parameter_of(key_or_none(base) or "") is not None

    def _group(self, span: Span) -> syntax.Group:
        return syntax.Group(span, "(", (syntax.Symbol(span, self.name),))


def _inside(node: Node) -> Node:
    """What stands in a bracket of one item."""
    return node.items[0] if isinstance(node, syntax.Group) and len(node.items) == 1 else node


def _has_slope(node: Node) -> bool:
    r"""Whether a derivative is written as a fraction below a node: a chain rule."""
    if isinstance(node, syntax.Fraction):
        first = node.denominator
        first = first.factors[0] if isinstance(first, syntax.Product) else first
        if key_or_none(first) in ("d", r"\partial"):
            return True
    return any(_has_slope(child) for child in syntax.children(node))


def _symbols(node: Node) -> frozenset[str]:
    own = frozenset({node.name}) if isinstance(node, syntax.Symbol) else frozenset[str]()
    return own.union(*map(_symbols, syntax.children(node)))
