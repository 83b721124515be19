"""Index expressions written out at a point, with SymPy taking every derivative.

All entries are numbers but the one that a derivative is by: that is a symbol, so
what SymPy gets is the network as a function of this one entry, small enough to
be differentiated in milliseconds. SymPy's derivative is then evaluated at the
entry's value. No code is shared with `symgrad.calculus.evaluation` or the prover.

Importing this module imports SymPy (0.2 s): it is imported where it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import Any

import sympy

from symgrad.calculus.dependencies import depends_on
from symgrad.calculus.expression import (
    ARGUMENT,
    ERF,
    EXP,
    LOG,
    Add,
    Apply,
    Constant,
    Definition,
    Delta,
    Derivative,
    Entry,
    Expression,
    Function,
    MatrixFunction,
    Mul,
    Named,
    Number,
    OfMatrix,
    Power,
    SizeValue,
    Sum,
)
from symgrad.calculus.index import Fixed, Index, Position, Tensor
from symgrad.calculus.limits import LimitReached
from symgrad.judging.sympy_numbers import (
    Real,
    constant_value,
    extent_of,
    real_function,
    real_power,
    value_of,
)
from symgrad.judging.sympy_setting import At, NoValue, Setting, Symbolic

Quantity = Any
"""A number, or a SymPy expression in the symbols of the derivatives under way."""

Indices = Mapping[Index, int]
Variable = tuple[Tensor | Definition, At]

LARGEST_TREE = 2_000
"""Nodes, counted with repetition, of what SymPy differentiates: it walks them all."""

DEEPEST_TREE = 60
"""Levels of what SymPy differentiates: it takes a dozen Python frames for each."""

LARGEST_MATRIX = 4
"""Rows up to which a matrix is inverted."""

NESTING = 30
"""Named quantities translated inside each other; deeper ones wait their turn."""


class NotPolynomial(Exception):  # noqa: N818 - a state, not a fault
    """The quantity is no polynomial of the entry that the derivative is by."""


class _Postponed(Exception):  # noqa: N818 - nothing is wrong, it only waits
    """A named quantity must be translated before the task that needs it goes on."""

    def __init__(self, translation: Translation, definition: Definition, at: At) -> None:
        self.needed = translation, definition, at


class Translation:
    """The value of expressions in a setting, some entries of which are symbols.

    Attributes:
        setting: the point.
        live: the symbol of each entry that a derivative under way is by. An entry of
            a definition has its symbol (of value 0) added to its value: the named
            quantity varies by itself and with what it is made of.
        memory: named quantities that are translated already.
        refused: named quantities that are no polynomials, though they should be.
    """

    def __init__(
        self,
        setting: Setting,
        live: Mapping[Variable, Symbolic] | None = None,
    ) -> None:
        self.setting = setting
        self.live = live or {}
        self.memory: dict[tuple[Definition, At], Quantity] = {}
        self.refused: set[tuple[Definition, At]] = set()
        self._inner: dict[Variable, Translation] = {}
        self._kernels: dict[tuple[Function, int], tuple[Symbolic, Quantity]] = {}
        self._slopes: dict[tuple[Symbolic, Symbolic], Symbolic] = {}

    def run(self, node: Expression, indices: Indices) -> Real:
        """The value of a node, however deep the named quantities are nested."""
        waiting: list[tuple[Translation, Definition, At]] = []
        while True:
            self.setting.nesting = 0
            try:
                if not waiting:
                    return self.translate(node, indices)
                translation, definition, at = waiting[-1]
                translation._named(definition, at)
                waiting.pop()
            except _Postponed as postponed:
                waiting.append(postponed.needed)
            except NotPolynomial:
                # Only what was postponed can end here: say so when it is asked for again.
                translation, definition, at = waiting.pop()
                translation.refused.add((definition, at))

    def translate(
        self, node: Expression, indices: Indices, argument: Quantity | None = None
    ) -> Quantity:
        """The node with its indices at these values, and `ARGUMENT` at this one."""
        self.setting.left -= 1
        if self.setting.left < 0:
            raise LimitReached("nodes for SymPy")
        match node:
            case Number():
                return node.value if node.value.denominator > 1 else node.value.numerator
            case Constant():
                return constant_value(node)
            case SizeValue():
                return self.setting.size(node.size)
            case Entry():
                if argument is not None and node.tensor == ARGUMENT:
                    return argument
                return self._entry(node.tensor, self._positions(node.positions, indices))
            case Named():
                return self._named(node.definition, self._positions(node.positions, indices))
            case OfMatrix():
                return self._of_matrix(node, self._positions(node.positions, indices))
            case Delta():
                left, right = self._positions((node.left, node.right), indices)
                return int(left == right)
            case Add():
                return self._add([self.translate(t, indices, argument) for t in node.terms])
            case Mul():
                return self._mul([self.translate(f, indices, argument) for f in node.factors])
            case Power():
                return self._power(self.translate(node.base, indices, argument), node.exponent)
            case Sum():
                index, body = node.index, node.body
                scopes = ({**indices, index: k + 1} for k in range(self.setting.size(index.size)))
                return self._add([self.translate(body, scope, argument) for scope in scopes])
            case Apply():
                inside = self.translate(node.argument, indices, argument)
                return self._apply(node.function, node.order, inside)
            case Derivative():
                return self._derivative(node, indices, argument)
        raise TypeError(f"no rule for {type(node).__name__}")

    def _positions(self, positions: tuple[Position, ...], indices: Indices) -> At:
        """The integers that positions stand for, inside their ranges."""
        at = tuple(p.value if isinstance(p, Fixed) else indices[p] for p in positions)
        for value, position in zip(at, positions, strict=True):
            if not 1 <= value <= self.setting.size(position.size):
                raise NoValue("position outside its range")
        return at

    def _entry(self, tensor: Tensor, at: At) -> Quantity:
        symbol = self.live.get((tensor, at))
        return self.setting.entry(tensor, at) if symbol is None else symbol

    def _named(self, definition: Definition, at: At) -> Quantity:
        key = definition, at
        if key not in self.memory:
            if key in self.refused:
                raise NotPolynomial
            if self.setting.nesting >= NESTING:
                raise _Postponed(self, definition, at)
            self.setting.nesting += 1
            scope = dict(zip(definition.parameters, at, strict=True))
            value = self.translate(definition.body, scope)
            self.setting.nesting -= 1
            symbol = self.live.get(key)
            self.memory[key] = value if symbol is None else self._add([value, symbol])
        return self.memory[key]

    def _of_matrix(self, node: OfMatrix, at: At) -> Quantity:
        """The determinant, or a cofactor divided by it: det M (M^-1)_ij is that of M_ji."""
        size = self.setting.size(node.matrix.parameters[-1].size)
        if size > LARGEST_MATRIX or depends_on(node, ARGUMENT):
            raise LimitReached("a matrix for SymPy")
        others, every = at[: len(node.others)], range(1, size + 1)
        rows = [[self._named(node.matrix, (*others, i, j)) for j in every] for i in every]
        whole = self._determinant(rows)
        if node.function is MatrixFunction.DETERMINANT:
            return whole
        if not isinstance(whole, sympy.Basic) and whole == 0:
            raise NoValue("the inverse of a singular matrix")
        i, j = at[-2:]
        smaller = [[e for k, e in enumerate(row, 1) if k != i] for row in rows[: j - 1] + rows[j:]]
        cofactor = self._mul([(-1) ** (i + j), self._determinant(smaller)])
        return self._mul([cofactor, self._power(whole, Fraction(-1))])

    def _determinant(self, rows: list[list[Quantity]]) -> Quantity:
        """Laplace: along the first row."""
        if not rows:
            return 1
        terms = []
        for k, entry in enumerate(rows[0]):
            smaller = [row[:k] + row[k + 1 :] for row in rows[1:]]
            terms.append(self._mul([(-1) ** k, entry, self._determinant(smaller)]))
        return self._add(terms)

    def _add(self, terms: list[Quantity]) -> Quantity:
        symbolic = [term for term in terms if isinstance(term, sympy.Basic)]
        total = sum(term for term in terms if not isinstance(term, sympy.Basic))
        return sympy.Add(self.setting.constant(total), *symbolic) if symbolic else total

    def _mul(self, factors: list[Quantity]) -> Quantity:
        symbolic = [factor for factor in factors if isinstance(factor, sympy.Basic)]
        product = prod(factor for factor in factors if not isinstance(factor, sympy.Basic))
        return sympy.Mul(self.setting.constant(product), *symbolic) if symbolic else product

    def _power(self, base: Quantity, exponent: Fraction) -> Quantity:
        if isinstance(base, sympy.Basic):
            return sympy.Pow(base, self.setting.constant(exponent))
        return real_power(base, exponent)

    def _apply(self, function: Function, order: int, argument: Quantity) -> Quantity:
        if order and (function in (LOG, ERF) or function.definition is not None):
            u, slope = self._kernel(function, order)
            return self._put(slope, {u: argument})
        if function.definition is not None:
            return self.translate(function.definition, {}, argument)
        if not isinstance(argument, sympy.Basic):
            return real_function(self.setting, function, order, argument)
        if function is EXP:
            return sympy.exp(argument)
        if function is LOG:
            return sympy.log(argument)
        if function is ERF:
            return sympy.erf(argument)
        return self.setting.head(function, order)(argument)

    def _kernel(self, function: Function, order: int) -> tuple[Symbolic, Quantity]:
        """A symbol u, and SymPy's derivative of this order of a known function at u."""
        key = function, order
        if key not in self._kernels:
            if order == 0:
                u = sympy.Dummy("u", real=True)
                self._kernels[key] = u, self._apply(function, 0, u)
            else:
                u, below = self._kernel(function, order - 1)
                self._kernels[key] = u, self._diff(below, u)
        return self._kernels[key]

    def _derivative(
        self, node: Derivative, indices: Indices, argument: Quantity | None
    ) -> Quantity:
        if argument is None:
            return self._slope(node, indices, None)
        # The argument of a function is a constant here, unless it is the variable.
        u = sympy.Dummy("u", real=True)
        if node.variable == ARGUMENT:
            slope = self._diff(self.translate(node.body, indices, u), u)
        else:
            slope = self._slope(node, indices, u)
        return self._put(slope, {u: argument})

    def _slope(self, node: Derivative, indices: Indices, argument: Symbolic | None) -> Quantity:
        """The derivative by a tensor or a named quantity."""
        key = node.variable, self._positions(node.positions, indices)
        if key in self.live:
            return self._diff(self.translate(node.body, indices, argument), self.live[key])
        value = (
            self.setting.entry(node.variable, key[1]) if isinstance(node.variable, Tensor) else 0
        )
        if key not in self._inner:
            live = {**self.live, key: sympy.Dummy("v", real=True)}
            self._inner[key] = Translation(self.setting, live)
        inner = self._inner[key]
        slope = self._diff(inner.translate(node.body, indices, argument), inner.live[key])
        return self._put(slope, {inner.live[key]: value})

    def _diff(self, expression: Quantity, symbol: Symbolic) -> Quantity:
        """SymPy's derivative, unless the expression is too large for it."""
        if not isinstance(expression, sympy.Basic):
            return 0
        key = expression, symbol
        if key not in self._slopes:
            nodes, levels = extent_of(expression, {})
            if nodes > LARGEST_TREE or levels > DEEPEST_TREE:
                raise LimitReached("too large for SymPy")
            self._slopes[key] = expression.diff(symbol)
        return self._slopes[key]

    def _put(self, expression: Quantity, values: dict[Symbolic, Quantity]) -> Quantity:
        """The expression with quantities for symbols: a number, where no symbol is left."""
        if not isinstance(expression, sympy.Basic):
            return expression
        symbols = {s for s in expression.free_symbols if s not in self.setting.known}
        if symbols <= values.keys() and not any(
            isinstance(v, sympy.Basic) for v in values.values()
        ):
            return value_of(self.setting, expression, self.setting.known | values)
        return expression.xreplace(
            {
                s: v if isinstance(v, sympy.Basic) else self.setting.constant(v)
                for s, v in values.items()
            }
        )
