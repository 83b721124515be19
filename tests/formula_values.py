"""What the trees of `formula_trees` are worth at a point. For the tests only; no code of symgrad.

A value is a two-dimensional array (a vector is a column), a number an array of one entry.
Entries are exact rationals; where exp occurs, numbers of 60 digits. Derivatives are dual
numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import Random

import mpmath
import numpy as np
from formula_trees import Tree

DIGITS = 60


class ShapeError(Exception):
    """The parts of a tree do not fit together, or have no value."""


@dataclass(frozen=True)
class Dual:
    """value + slope e with e^2 = 0."""

    value: object
    slope: object = 0

    def __add__(self, other: Dual) -> Dual:
        return Dual(_plus(self.value, other.value), _plus(self.slope, other.slope))

    def __mul__(self, other: Dual) -> Dual:
        slope = _plus(_times(self.slope, other.value), _times(self.value, other.slope))
        return Dual(_times(self.value, other.value), slope)


def _real(x: object) -> object:
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x)


def _plus(x: object, y: object) -> object:
    return (
        _real(x) + _real(y)
        if isinstance(x + 0, mpmath.mpf) or isinstance(y + 0, mpmath.mpf)
        else x + y
    )


def _times(x: object, y: object) -> object:
    return _real(x) * _real(y) if isinstance(x, mpmath.mpf) or isinstance(y, mpmath.mpf) else x * y


# -- values -------------------------------------------------------------------


@dataclass
class World:
    """Values of sizes and names at one point; one entry of one name may carry a tangent."""

    sizes: Mapping[str, int]
    arrays: Mapping[str, np.ndarray]
    definitions: Mapping[str, tuple[tuple[str, ...], Tree]]
    functions: Mapping[str, Callable[[int, Dual], Dual]]
    ranges: Mapping[str, str]
    seeded: tuple[str, tuple[int, int]] | None = None
    known: dict[str, np.ndarray] = field(default_factory=dict)

    def array(self, latex: str) -> np.ndarray:
        """The array of a name; of a defined one that of its definition."""
        if latex not in self.known:
            value = self.arrays[latex] if latex in self.arrays else self._defined(latex)
            if self.seeded is not None and self.seeded[0] == latex:
                value = value.copy()
                place = self.seeded[1]
                value[place] = value[place] + Dual(0, 1)
            self.known[latex] = value
        return self.known[latex]

    def _defined(self, latex: str) -> np.ndarray:
        if latex not in self.definitions:
            raise ShapeError(latex)
        indices, body = self.definitions[latex]
        if not indices:
            return evaluate(body, self, {})
        lengths = [self.sizes[self.ranges[index]] for index in indices]
        value = np.empty((lengths[0], lengths[1] if lengths[1:] else 1), dtype=object)
        for place in np.ndindex(value.shape):
            where = dict(zip(indices, (p + 1 for p in place), strict=False))
            value[place] = evaluate(body, self, where)[0, 0]
        return value

    def tangent(self, latex: str, place: tuple[int, int]) -> World:
        """The same point with the tangent at one entry of a name."""
        return replace(self, seeded=(latex, place), known={})


def evaluate(tree: Tree, world: World, where: Mapping[str, int]) -> np.ndarray:
    """The value of a tree; `where` gives the indices."""
    return _EVALUATE[tree.operation](tree, world, where)


def _one(value: Dual) -> np.ndarray:
    result = np.empty((1, 1), dtype=object)
    result[0, 0] = value
    return result


def _same(parts: list[np.ndarray]) -> list[np.ndarray]:
    if len({part.shape for part in parts}) > 1:
        raise ShapeError([part.shape for part in parts])
    return parts


def _entrywise(parts: list[np.ndarray], combine: Callable[[Dual, Dual], Dual]) -> np.ndarray:
    first, *rest = _same(parts)
    result = first.copy()
    for part in rest:
        for place in np.ndindex(result.shape):
            result[place] = combine(result[place], part[place])
    return result


def _each(part: np.ndarray, change: Callable[[Dual], Dual]) -> np.ndarray:
    result = part.copy()
    for place in np.ndindex(result.shape):
        result[place] = change(result[place])
    return result


def _matmul(parts: list[np.ndarray]) -> np.ndarray:
    result = parts[0]
    for part in parts[1:]:
        if result.shape == (1, 1) or part.shape == (1, 1):
            result = _times_arrays([result, part])
            continue
        if result.shape[1] != part.shape[0]:
            raise ShapeError((result.shape, part.shape))
        product = np.empty((result.shape[0], part.shape[1]), dtype=object)
        for row, column in np.ndindex(product.shape):
            value = Dual(Fraction(0), Fraction(0))
            for k in range(part.shape[0]):
                value = value + result[row, k] * part[k, column]
            product[row, column] = value
        result = product
    return result


def _times_arrays(parts: list[np.ndarray]) -> np.ndarray:
    result = parts[0]
    for part in parts[1:]:
        if result.shape == (1, 1):
            factor, other = result[0, 0], part
        elif part.shape == (1, 1):
            factor, other = part[0, 0], result
        else:
            raise ShapeError("a product of two arrays")
        result = _each(other, lambda x, factor=factor: factor * x)
    return result


def _number_of(value: np.ndarray) -> Dual:
    if value.shape != (1, 1):
        raise ShapeError("a number is due")
    return value[0, 0]


def _power(x: Dual, exponent: int) -> Dual:
    if exponent < 0:
        return _power(_inverse(x), -exponent)
    result = Dual(Fraction(1), Fraction(0))
    for _ in range(exponent):
        result = result * x
    return result


def _inverse(x: Dual) -> Dual:
    if x.value == 0:
        raise ShapeError("division by zero")
    inverse = 1 / x.value
    return Dual(inverse, _times(_times(_times(-1, inverse), inverse), x.slope))


def _all(tree: Tree, world: World, where: Mapping[str, int]) -> list[np.ndarray]:
    return [evaluate(part, world, where) for part in tree.parts]


def _sum(tree: Tree, world: World, where: Mapping[str, int]) -> np.ndarray:
    index, size = tree.what
    values = [
        evaluate(tree.parts[0], world, {**where, index: k}) for k in range(1, world.sizes[size] + 1)
    ]
    return _entrywise(values, lambda x, y: x + y)


def _entry(tree: Tree, world: World, where: Mapping[str, int]) -> np.ndarray:
    latex, *indices = tree.what
    array = world.array(latex)
    place = [where.get(index, 0) - 1 for index in indices]
    if len(place) == 1:
        if array.shape[1] != 1:
            raise ShapeError(f"{latex} needs two indices")
        place.append(0)
    if len(place) != 2 or not all(0 <= p < n for p, n in zip(place, array.shape, strict=True)):
        raise ShapeError(f"no entry {indices} of {latex}")
    return _one(array[tuple(place)])


def _transpose_value(value: np.ndarray) -> np.ndarray:
    return value.T.copy()


def _trace(value: np.ndarray) -> np.ndarray:
    if value.shape[0] != value.shape[1]:
        raise ShapeError("a trace of no square")
    result = Dual(Fraction(0), Fraction(0))
    for k in range(value.shape[0]):
        result = result + value[k, k]
    return _one(result)


def _squared(value: np.ndarray) -> np.ndarray:
    result = Dual(Fraction(0), Fraction(0))
    for x in value.flat:
        result = result + x * x
    return _one(result)


_MINUS = Dual(Fraction(-1), Fraction(0))

_EVALUATE: dict[str, Callable[[Tree, World, Mapping[str, int]], np.ndarray]] = {
    "name": lambda t, w, at: w.array(t.what[0]),
    "number": lambda t, w, at: _one(Dual(t.what[0], Fraction(0))),
    "size": lambda t, w, at: _one(Dual(Fraction(w.sizes[t.what[0]]), Fraction(0))),
    "entry": _entry,
    "delta": lambda t, w, at: _one(Dual(Fraction(at[t.what[0]] == at[t.what[1]]), Fraction(0))),
    "sum": _sum,
    "matmul": lambda t, w, at: _matmul(_all(t, w, at)),
    "transpose": lambda t, w, at: _transpose_value(_all(t, w, at)[0]),
    "plus": lambda t, w, at: _entrywise(_all(t, w, at), lambda x, y: x + y),
    "negative": lambda t, w, at: _each(_all(t, w, at)[0], lambda x: _MINUS * x),
    "times": lambda t, w, at: _times_arrays(_all(t, w, at)),
    "had": lambda t, w, at: _entrywise(_all(t, w, at), lambda x, y: x * y),
    "square": lambda t, w, at: _squared(_all(t, w, at)[0]),
    "trace": lambda t, w, at: _trace(_all(t, w, at)[0]),
    "power": lambda t, w, at: _one(_power(_number_of(_all(t, w, at)[0]), t.what[0])),
    "over": lambda t, w, at: _times_arrays(
        [evaluate(t.parts[0], w, at), _one(_inverse(_number_of(evaluate(t.parts[1], w, at))))]
    ),
    "apply": lambda t, w, at: _each(
        _all(t, w, at)[0], lambda x: w.functions[t.what[0]](t.what[1], x)
    ),
}


# -- functions ----------------------------------------------------------------


def _chain(value: object, slope: object, x: Dual) -> Dual:
    return Dual(value, _times(slope, x.slope))


def relu(order: int, x: Dual) -> Dual:
    if x.value == 0:
        raise ShapeError("a kink")
    step = Fraction(x.value > 0)
    return [_chain(_times(step, x.value), step, x), _chain(step, 0, x), _chain(Fraction(0), 0, x)][
        min(order, 2)
    ]


def cubic(order: int, x: Dual) -> Dual:
    """A stand-in for a function of which nothing is known: x^3 + 2 x^2 - x + 5, x^5 added."""
    coefficients = [Fraction(c) for c in (5, -1, 2, 1, 0, Fraction(1, 7))]
    for _ in range(order):
        coefficients = [k * c for k, c in enumerate(coefficients)][1:]
    slopes = [k * c for k, c in enumerate(coefficients)][1:]
    both = []
    for row in (coefficients, slopes):
        result: object = Fraction(0)
        for c in reversed(row):
            result = _plus(_times(result, x.value), c)
        both.append(result)
    return _chain(*both, x)


def exponential(order: int, x: Dual) -> Dual:
    value = mpmath.exp(_real(x.value))
    return _chain(value, value, x)


def logarithm(order: int, x: Dual) -> Dual:
    if x.value <= 0 or order > 1:
        raise ShapeError("no logarithm")
    inverse = 1 / _real(x.value)
    if order:
        return _chain(inverse, -inverse * inverse, x)
    return _chain(mpmath.log(_real(x.value)), inverse, x)


def sigmoid(order: int, x: Dual) -> Dual:
    s = 1 / (1 + mpmath.exp(-_real(x.value)))
    rows = [s, s * (1 - s), s * (1 - s) * (1 - 2 * s), s * (1 - s) * (1 - 6 * s + 6 * s * s)]
    return _chain(rows[min(order, 2)], rows[min(order, 2) + 1], x)


def hyperbolic(order: int, x: Dual) -> Dual:
    t = mpmath.tanh(_real(x.value))
    rows = [t, 1 - t * t, -2 * t * (1 - t * t), (1 - t * t) * (6 * t * t - 2)]
    return _chain(rows[min(order, 2)], rows[min(order, 2) + 1], x)


def random_array(shape: tuple[int, int], random: Random) -> np.ndarray:
    """Small rationals, no zero; positive ones more often, so that a ReLU lets something through."""
    choices = [Fraction(c) for c in ("1/2", "1/3", "2", "3", "5/2", "-1", "-2/3", "4/3", "1")]
    result = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        result[place] = Dual(random.choice(choices), Fraction(0))
    return result
