"""ReLU, its step and unknown functions for SymPy, each with its derivative.

SymPy's `Max(x, 0)` differentiates to `Heaviside(x)` and rewrites itself to
`Piecewise` in places where nothing can be cancelled any more. These functions
stay as they are: the derivative of `relu` is `step`, that of `step` is 0, off 0.

Importing this module imports SymPy (0.2 s): it is imported where it is needed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy
from sympy.core.function import ArgumentIndexError

Symbolic = Any
"""A SymPy expression; SymPy has no types."""


class relu(sympy.Function):  # type: ignore[misc]  # noqa: N801 - SymPy prints the name of the class
    """The larger of x and 0."""

    nargs = 1
    is_real = True

    @classmethod
    def eval(cls, x: Symbolic) -> Symbolic:
        """A number, where x is one."""
        return sympy.Max(x, 0) if x.is_number and x.is_extended_real else None

    def fdiff(self, argindex: int = 1) -> Symbolic:
        """The step of x."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return step(self.args[0])


class step(sympy.Function):  # type: ignore[misc]  # noqa: N801 - SymPy prints the name of the class
    """1 for x > 0, 0 for x < 0; it stays as it is at 0, where ReLU has no derivative."""

    nargs = 1
    is_real = True

    @classmethod
    def eval(cls, x: Symbolic) -> Symbolic:
        """A number, where the sign of x is known."""
        if x.is_extended_positive:
            return sympy.Integer(1)
        return sympy.Integer(0) if x.is_extended_negative else None

    def fdiff(self, argindex: int = 1) -> Symbolic:
        """Nothing: the step is constant off 0."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return sympy.Integer(0)


@cache
def opaque(name: str, order: int = 0) -> Symbolic:
    """A SymPy function of which only a name is known, or its derivative: a, a', a'', ..."""

    def fdiff(self: Symbolic, argindex: int = 1) -> Symbolic:
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return opaque(name, order + 1)(*self.args)

    members = {"nargs": 1, "is_real": True, "fdiff": fdiff}
    return type(name + "'" * order, (sympy.Function,), members)
