"""Values with their partial derivatives by what they are made of: reverse-mode differentiation.

A tape holds the value of one named quantity and its derivative by every name and entry that
its definition mentions, all others held fixed. A `Sweep` carries the derivative of one
quantity down from name to name, so that its derivatives by everything cost no more than one.

Source: A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable

from symgrad.calculus import dual
from symgrad.calculus.dependencies import Variable, definitions_of, direct_needs
from symgrad.calculus.dual import Value
from symgrad.calculus.expression import Definition
from symgrad.calculus.interval import Scalar

Leaf = tuple[Variable, tuple[int, ...]]
"""A variable and the positions of its entry."""


class Tape:
    """A value and its partial derivatives.

    Attributes:
        value: with the tags of derivatives inside a function.
        partials: by each leaf on which it depends; never changed.
    """

    __slots__ = ("partials", "value")

    def __init__(self, value: Value, partials: dict[Leaf, Value]) -> None:
        self.value = value
        self.partials = partials

    def __add__(self, other: Value | Tape) -> Tape:
        if not isinstance(other, Tape):
            return Tape(self.value + other, self.partials)
        partials = dict(self.partials)
        for leaf, partial in other.partials.items():
            partials[leaf] = partials[leaf] + partial if leaf in partials else partial
        return Tape(self.value + other.value, partials)

    __radd__ = __add__

    def __mul__(self, other: Value | Tape) -> Tape:
        factor = other.value if isinstance(other, Tape) else other
        partials = {leaf: partial * factor for leaf, partial in self.partials.items()}
        if not isinstance(other, Tape):
            return Tape(self.value * other, partials)
        for leaf, partial in other.partials.items():
            term = partial * self.value
            partials[leaf] = partials[leaf] + term if leaf in partials else term
        return Tape(self.value * other.value, partials)

    __rmul__ = __mul__

    def composed(self, derivative: Callable[[int, Scalar], Scalar], order: int) -> Tape:
        """D f(x) = f'(x) Dx; see `dual.compose`."""
        value = dual.compose(self.value, derivative, order)
        if not self.partials:
            return Tape(value, {})
        slope = dual.compose(self.value, derivative, order + 1)
        return Tape(value, {leaf: partial * slope for leaf, partial in self.partials.items()})

    def coefficient(self, tag: int) -> Tape:
        """The derivative by the input seeded with this tag, with its own partials."""
        partials = {leaf: dual.coefficient(p, tag) for leaf, p in self.partials.items()}
        return Tape(dual.coefficient(self.value, tag), partials)


Worth = Value | Tape
"""A number, with or without tangents, or with its derivatives."""


def seed(value: Worth, tag: int) -> Worth:
    """The value plus the tag (a power of two)."""
    if isinstance(value, Tape):
        return Tape(dual.seed(value.value, tag), value.partials)
    return dual.seed(value, tag)


def coefficient(value: Worth, tag: int) -> Worth:
    """The derivative by what was seeded with a tag."""
    return value.coefficient(tag) if isinstance(value, Tape) else dual.coefficient(value, tag)


def composed(value: Worth, derivative: Callable[[int, Scalar], Scalar], order: int = 0) -> Worth:
    """A function of a value, see `dual.compose`."""
    if isinstance(value, Tape):
        return value.composed(derivative, order)
    return dual.compose(value, derivative, order)


class Sweep:
    """The derivatives of one quantity by the names and tensors below it.

    Args:
        root: whose derivatives they are.
        at: positions of the entry of the root.
    """

    def __init__(self, root: Definition, at: tuple[int, ...]) -> None:
        self._tables: dict[Variable, dict[tuple[int, ...], Value]] = {root: {at: 1}}
        # Users before what they use: a name is complete when its turn comes.
        self._order = [root, *reversed(definitions_of(root.body))]
        self._done = 0
        self._ready: dict[Variable, int] = {}
        for turn, definition in enumerate(self._order):
            tensors, names = direct_needs(definition)
            needed: tuple[Variable, ...] = (*tensors, *names)
            self._ready.update(dict.fromkeys(needed, turn + 1))

    def derivative(
        self,
        variable: Variable,
        at: tuple[int, ...],
        tape_of: Callable[[Definition, tuple[int, ...]], Tape],
    ) -> Value:
        """The derivative of the root by an entry of a variable.

        Args:
            variable: a name is the independent variable itself.
            at: positions of the entry.
            tape_of: the tape of an entry of a name.
        """
        ready = self._ready.get(variable, 0)
        while self._done < ready:
            definition = self._order[self._done]
            self._pass_on(definition, tape_of)
            self._done += 1
        return self._tables.get(variable, {}).get(at, 0)

    def _pass_on(
        self, definition: Definition, tape_of: Callable[[Definition, tuple[int, ...]], Tape]
    ) -> None:
        """Add what a name contributes to all that its definition mentions."""
        above = self._tables.get(definition, {})
        tapes = [(weight, tape_of(definition, at)) for at, weight in above.items()]
        for weight, tape in tapes:
            for (variable, at), partial in tape.partials.items():
                table = self._tables.setdefault(variable, {})
                term = partial * weight
                table[at] = table[at] + term if at in table else term
