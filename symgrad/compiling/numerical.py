"""Numerical derivatives, to hold the gradients of a program against.

Sources: central differences with a step of the cube root of the rounding error, and the
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
    """
    import numpy as np

    names = [given.name for given in plan.inputs]
    errors = {}
    for name, found in gradients.items():
        gradient = np.asarray(found)
        doubles = [np.array(array, np.float64) for array in arrays]
        place = names.index(name)
        scale = max(1.0, float(np.abs(gradient).max()))
        count = doubles[place].size
        chosen = np.linspace(0, count - 1, min(count, LARGEST_CHECK)).astype(int)
        worst = 0.0
        for entry in chosen:
            at = np.unravel_index(entry, doubles[place].shape)
            expected = _slope(plan, module, doubles, place, at)
            worst = max(worst, abs(float(gradient[at]) - expected) / scale)
        errors[name] = worst
    return errors


def _slope(
    plan: Plan, module: ModuleType, arrays: list[Array], place: int, at: tuple[Any, ...]
) -> float:
    import numpy as np

    moved = list(arrays)
    if is_analytic(plan):
        moved[place] = arrays[place].astype(complex)
        moved[place][at] += COMPLEX_STEP * 1j
        return float(np.imag(module.value(*moved)) / COMPLEX_STEP)
    step = float(np.cbrt(np.finfo(np.float64).eps)) * max(1.0, abs(float(arrays[place][at])))
    values = []
    for sign in (1, -1):
        moved[place] = arrays[place].copy()
        moved[place][at] += sign * step
        values.append(float(module.value(*moved)))
    return (values[0] - values[1]) / (2 * step)
