r"""Undeclared names that may be operators: `\max_k x_k`, `\mathrm{Var}(x + y)`, `f_i(2x)`.

Read as an array that multiplies, an operator is linear, and what is false of it is proved.
So a command or a word that acts on what follows is no quantity, and neither is a letter
that stands before brackets only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.constructs import FUNCTION_COMMANDS, NAME_WORDS
from symgrad.reading.names import TRANSPOSES, key_or_none, parts, split_transpose
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, field

_WORD = pattern(r"(?:\\[a-z]+\{)?([A-Za-z]{2,})\}?")
_BRACKETS = frozenset({"(", "[", "{"})
_DIFFERENTIALS = frozenset({"d", r"\partial", r"\mathrm{d}"})
_MEMBERSHIPS = frozenset({r"\in", r"\sim", r"\notin", r"\subset", ":"})

IsIndex = Callable[[Node], bool]


@dataclass
class Operators:
    """How a note uses its names beside brackets and factors.

    Attributes:
        called: names that stand directly before a bracket with more than a number in it.
        acting: names that stand directly before another factor.
        quantities: names that stand where only a quantity can.
        variables: names that something is differentiated by.
    """

    is_index: IsIndex
    called: set[str] = field(default_factory=set)
    acting: set[str] = field(default_factory=set)
    quantities: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, nodes: Sequence[Node], is_index: IsIndex) -> Operators:
        """What the formulas show; a name that is a formula is only spoken of."""
        found = cls(is_index)
        for node in nodes:
            if found.name(node) is None:
                found._observe(node)
        return found

    def may_be_operator(self, node: Node) -> bool:
        """Whether a symbol that nothing declares may act on what follows it."""
        stem = key_or_none(parts(node)[0])
        name = self.name(node)
        if stem is None or name is None:
            return False
        if stem in FUNCTION_COMMANDS or stem in (r"\mathbb{E}", r"\mathbb{P}", r"\mathbb{V}"):
            return True
        if name in self.variables:
            return False
        word = _WORD.fullmatch(stem)
        if word is not None and word[1] not in NAME_WORDS and name in self.acting:
            return True
        if name not in self.called or name in self.quantities:
            return False
        # The U of `U (r \odot h)` is of the kind of `U_z h`.
        return not any(other.startswith(f"{stem}_{{") for other in self.quantities)

    def name(self, node: Node) -> str | None:
        """A name without its indices and powers; a subscript that is no index belongs to it."""
        base, sub, _, _ = parts(node)
        if sub is not None and isinstance(base, syntax.Group) and len(base.items) == 1:
            return self.name(base.items[0])
        if not isinstance(base, syntax.Symbol | syntax.Accent):
            return None
        stem = key_or_none(base)
        if stem is None or sub is None or isinstance(sub, syntax.Numeral) or self.is_index(sub):
            return stem
        return f"{stem}_{{{key_or_none(sub)}}}"

    def _observe(self, node: Node) -> None:
        name = self.name(node)
        if name is not None:
            self.quantities.add(name)
            superscript = parts(node)[2]
            if superscript is not None:
                self._observe(superscript)
            return
        match node:
            case syntax.Product():
                self._product(node)
            case syntax.Fraction():
                self._fraction(node)
            case syntax.Gradient(by=by, operand=operand):
                self._variable(by)
                self._beside(operand)
            case syntax.Chain():
                special = any(relation.sign in _MEMBERSHIPS for relation in node.relations)
                for member in node.members:
                    (self._beside if special else self._observe)(member)
            case _:
                for child in syntax.children(node):
                    self._observe(child)

    def _beside(self, node: Node | None) -> None:
        """What is only spoken of, if it is a name."""
        if node is not None and self.name(node) is None:
            self._observe(node)

    def _variable(self, node: Node | None) -> None:
        if node is None:
            return
        name = self.name(node)
        if name is not None:
            self.variables.add(name)
        self._observe(node)

    def _product(self, node: syntax.Product) -> None:
        signs = (*node.operators, None)
        following = (*node.factors[1:], node)
        for factor, after, sign in zip(node.factors, following, signs, strict=True):
            name = self.name(factor)
            composed = _composed(factor)
            if composed and sign == "" and _bracketed(after) is not None:
                self.called.update(n for n in map(self.name, composed) if n is not None)
                continue
            if name is None or sign != "":
                self._observe(factor)
                continue
            self.acting.add(name)
            inside = _bracketed(after)
            if inside is not None:
                if not all(isinstance(item, syntax.Numeral) for item in inside):
                    self.called.add(name)
                superscript = parts(factor)[2]
                if superscript is not None:
                    self._observe(superscript)
                    if key_or_none(split_transpose(superscript)[1] or superscript) in TRANSPOSES:
                        self.quantities.add(name)  # only arrays have transposes
            else:
                self._observe(factor)

    def _fraction(self, node: syntax.Fraction) -> None:
        top, bottom = _differential(node.numerator), _differential(node.denominator)
        if top is None or not bottom:
            self._observe(node.numerator)
            self._observe(node.denominator)
            return
        if len(top) == 1:
            self._beside(top[0])
        elif top:
            self._product(syntax.Product(node.span, top, ("",) * (len(top) - 1)))
        self._variable(bottom[0])
        for factor in bottom[1:]:
            self._observe(factor)


def _differential(node: Node) -> tuple[Node, ...] | None:
    r"""What follows the sign in `\partial x`; None where there is no such sign."""
    first = node.factors[0] if isinstance(node, syntax.Product) else node
    if key_or_none(parts(first)[0]) not in _DIFFERENTIALS:
        return None
    return node.factors[1:] if isinstance(node, syntax.Product) else ()


def _composed(node: Node) -> tuple[Node, ...]:
    r"""The names in `(f \circ g)_i`, which may be functions one after another."""
    group = parts(node)[0]
    if not isinstance(group, syntax.Group) or group.bracket != "(" or len(group.items) != 1:
        return ()
    inside = group.items[0]
    if not isinstance(inside, syntax.Product) or set(inside.operators) != {r"\circ"}:
        return ()
    return inside.factors


def _bracketed(node: Node) -> tuple[Node, ...] | None:
    """What a bracket holds, where this is one, with scripts or without."""
    group = parts(node)[0]
    if not isinstance(group, syntax.Group) or group.bracket not in _BRACKETS:
        return None
    return group.items
