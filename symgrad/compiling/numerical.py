"""Numerical derivatives, to hold the gradients of a program against.

Sources: central differences with a step of the cube root of the rounding error, or a smaller
one where a kink lies between (on a kink itself every slope between both sides will do), and the
complex step Im f(x + i h) / h (Squire and Trapp, SIAM Review 40, 1998), which subtracts
nothing and is exact to rounding for analytic functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from symgrad.compiling.graph import needed
from symgrad.compiling.plan import Plan

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

NOT_ANALYTIC = frozenset(
    {"relu", "positive", "abs", "sign", "maximum", "minimum", "max", "vdot", "erf"}
)
"""What a complex step does not pass through; vdot conjugates, and erf is put together."""

LARGEST_CHECK = 200
"""Entries of one argument that are tried; of larger arguments some, evenly spread."""

COMPLEX_STEP = 1e-30

STEPS = (6e-6, 2e-7, 1e-8)
"""Steps of differences; the first is the cube root of the rounding error, which is best.

The others are for entries where a kink is nearer than that.
"""

BEND = 1e-3
"""Difference of the slopes to both sides, relative to them, that is that of a kink."""


def is_analytic(plan: Plan) -> bool:
    """Whether the value is made of analytic functions only."""
    return not any(node.op in NOT_ANALYTIC for node in needed([plan.value]))


def errors_of_gradients(
    plan: Plan, module: ModuleType, arrays: list[Array], gradients: Mapping[str, Any]
) -> dict[str, float]:
    """Largest error of each gradient, relative to the largest entry of it (or to 1).

    Args:
        plan: the program.
        module: in NumPy, with the value that is differentiated numerically.
        arrays: the arguments.
        gradients: to be held against that.

    Returns: the errors by name; infinite where a gradient or a value is not finite.
    """
    import numpy as np

    names = [given.name for given in plan.inputs]
    doubles = [np.array(array, np.float64) for array in arrays]
    middle = float(module.value(*doubles))
    analytic, errors = is_analytic(plan), {}
    for name, found in gradients.items():
        gradient = np.asarray(found)
        place = names.index(name)
        scale = max(1.0, float(np.abs(gradient).max()))
        count = doubles[place].size
        worst = 0.0
        for entry in np.linspace(0, count - 1, min(count, LARGEST_CHECK)).astype(int):
            at = np.unravel_index(entry, doubles[place].shape)
            if analytic:
                low = high = _complex_step(module, doubles, place, at)
            else:
                low, high = _differences(module, doubles, place, at, middle)
            error = max(low - float(gradient[at]), float(gradient[at]) - high) / scale
            worst = max(worst, error if np.isfinite(error) else np.inf)
        errors[name] = worst
    return errors


def _complex_step(
    module: ModuleType, arrays: list[Array], place: int, at: tuple[Any, ...]
) -> float:
    import numpy as np

    moved = list(arrays)
    moved[place] = arrays[place].astype(complex)
    moved[place][at] += COMPLEX_STEP * 1j
    return float(np.imag(module.value(*moved)) / COMPLEX_STEP)


def _differences(
    module: ModuleType, arrays: list[Array], place: int, at: tuple[Any, ...], middle: float
) -> tuple[float, float]:
    """The ends of an interval for the slope, which is a point where no kink is near."""
    low, high = -float("inf"), float("inf")
    moved = list(arrays)
    for relative in STEPS:
        step = relative * max(1.0, abs(float(arrays[place][at])))
        slopes = []
        for signed in (step, -step):
            moved[place] = arrays[place].copy()
            moved[place][at] += signed
            slopes.append((float(module.value(*moved)) - middle) / signed)
        low, high = sorted(slopes)
        if high - low <= BEND * max(1.0, abs(low), abs(high)):
            return ((low + high) / 2,) * 2
    return low, high
