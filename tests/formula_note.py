r"""A note as trees: its text with one claim, and whether that claim holds in numbers.

For the tests only; no code of symgrad.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

import mpmath
import numpy as np
from formula_trees import Spelling, Tree, entry, name, to_latex
from formula_values import (
    DIGITS,
    Dual,
    ShapeError,
    World,
    cubic,
    evaluate,
    exponential,
    hyperbolic,
    logarithm,
    random_array,
    relu,
    sigmoid,
)

POINTS = 3
CROSS = r" \times "

FUNCTIONS = {
    "a": (relu, r"The activation is $a: u \in \mathbb R \longmapsto \max(u, 0)$."),
    "f": (cubic, r"The function $f: \mathbb R \to \mathbb R$ is differentiable."),
    r"\sigma": (sigmoid, r"The function $\sigma(u) = \frac{1}{1 + e^{-u}}$."),
    "tanh": (hyperbolic, ""),
    "exp": (exponential, ""),
    "log": (logarithm, ""),
}


@dataclass(frozen=True)
class Claim:
    """`left`, or the derivative of `left` by an array or by its entry, is `right`."""

    left: Tree
    right: Tree
    variable: str = ""
    indices: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormulaNote:
    """A note as trees.

    Attributes:
        axes: sizes of each declared array; none for a number.
        definitions: index names (none: the array as a whole) and body of each defined name.
        ranges: the size that each index runs to.
        functions: keys of `FUNCTIONS`.
    """

    axes: Mapping[str, tuple[str, ...]]
    definitions: Mapping[str, tuple[tuple[str, ...], Tree]]
    claims: tuple[Claim, ...]
    ranges: Mapping[str, str]
    functions: tuple[str, ...]
    spelling: Spelling

    def sizes(self) -> list[str]:
        return sorted({size for axes in self.axes.values() for size in axes})

    def text(self, claim: Claim) -> str:
        """The note with one claim."""
        sizes = self.sizes()
        lines = [rf"Let ${', '.join(sizes)} \in \mathbb N$."] if sizes else []
        for latex, axes in self.axes.items():
            exponent = f"^{{{CROSS.join(axes)}}}" if axes else ""
            lines.append(rf"$${latex} \in \mathbb R{exponent}$$")
        lines += [FUNCTIONS[key][1] for key in self.functions]
        if self.ranges:
            spaces = [rf"\{{1,\dots,{size}\}}" for size in self.ranges.values()]
            lines.append(rf"Let $({', '.join(self.ranges)}) \in {CROSS.join(spaces)}$.")
        for latex, (indices, body) in self.definitions.items():
            left = to_latex(entry(latex, *indices) if indices else name(latex), self.spelling)
            lines.append(f"$${left} = {to_latex(body, self.spelling)}$$")
        return "\n\n".join([*lines, f"$${self.claim_latex(claim)}$$"]) + "\n"

    def claim_latex(self, claim: Claim) -> str:
        left, right = (to_latex(side, self.spelling) for side in (claim.left, claim.right))
        if claim.variable:
            of = claim.variable
            by = to_latex(entry(of, *claim.indices) if claim.indices else name(of), self.spelling)
            left = rf"{self.spelling.fraction}{{\partial {left}}}{{\partial {by}}}"
        return f"{left} = {right}"

    def worlds(self) -> list[World]:
        """A few points with unequal sizes."""
        worlds = []
        for turn in range(POINTS):
            random = Random(turn)
            pattern = ((2, 3, 4, 2), (3, 2, 1, 4), (2, 4, 3, 1))[turn]
            sizes = {size: pattern[k % 4] for k, size in enumerate(self.sizes())}
            arrays = {}
            for latex, axes in self.axes.items():
                lengths = [sizes[size] for size in axes] + [1, 1]
                arrays[latex] = random_array((lengths[0], lengths[1]), random)
            functions = {key: FUNCTIONS[key][0] for key in FUNCTIONS}
            worlds.append(World(sizes, arrays, self.definitions, functions, self.ranges))
        return worlds

    def holds(self, claim: Claim) -> bool:
        """Whether both sides have the same value at every point and place."""
        with mpmath.workdps(DIGITS):
            try:
                return all(self._holds_at(claim, world) for world in self.worlds())
            except ShapeError:
                return False

    def _holds_at(self, claim: Claim, world: World) -> bool:
        used = self.indices(claim)
        lengths = [range(1, world.sizes[self.ranges[index]] + 1) for index in used]
        for places in np.ndindex(*[len(length) for length in lengths]):
            where = {index: place + 1 for index, place in zip(used, places, strict=True)}
            left = self._left(claim, world, where)
            right = evaluate(claim.right, world, where)
            if left.shape != right.shape and left.shape == right.shape[::-1] and 1 in left.shape:
                left = left.T  # a gradient by a vector may be a row
            if left.shape != right.shape:
                return False
            if not all(
                _equal(x.value, y.value) for x, y in zip(left.flat, right.flat, strict=True)
            ):
                return False
        return True

    def indices(self, claim: Claim) -> list[str]:
        """The indices of a claim that are not bound by a sum."""
        return [
            index
            for index in self.ranges
            if index in _free(claim.right) | _free(claim.left) | {*claim.indices}
        ]

    def _left(self, claim: Claim, world: World, where: Mapping[str, int]) -> np.ndarray:
        if not claim.variable:
            return evaluate(claim.left, world, where)
        base = world.array(claim.variable)
        if claim.indices:
            place = tuple(where[index] - 1 for index in claim.indices)
            at = (place[0], place[1] if place[1:] else 0)
            slope = evaluate(claim.left, world.tangent(claim.variable, at), where)[0, 0].slope
            result = np.empty((1, 1), dtype=object)
            result[0, 0] = Dual(slope)
            return result
        result = np.empty(base.shape, dtype=object)
        for at in np.ndindex(base.shape):
            moved = world.tangent(claim.variable, at)
            result[at] = Dual(evaluate(claim.left, moved, where)[0, 0].slope)
        return result


def _free(tree: Tree) -> set[str]:
    if tree.operation == "sum":
        return _free(tree.parts[0]) - {tree.what[0]}
    own = set(tree.what[1:]) if tree.operation == "entry" else set()
    own = set(tree.what) if tree.operation == "delta" else own
    return own.union(*[_free(part) for part in tree.parts])


def _equal(x: object, y: object) -> bool:
    difference = x - y if not isinstance(x, mpmath.mpf) and not isinstance(y, mpmath.mpf) else None
    if difference is not None:
        return difference == 0
    x, y = (
        mpmath.mpf(v.numerator) / v.denominator if hasattr(v, "numerator") else v for v in (x, y)
    )
    return abs(x - y) <= mpmath.mpf(10) ** (10 - DIGITS) * (1 + abs(x) + abs(y))
