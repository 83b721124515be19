"""Are the arrays that a program is given what it was compiled for?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symgrad.calculus.index import Size
from symgrad.compiling.plan import Input, Plan

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


def checked(plan: Plan, arrays: Sequence[Array], named: Mapping[str, Array]) -> list[Array]:
    """All arguments in order.

    Raises:
        ValueError: naming the argument, with what it is and what it should be.
    """
    names = [given.name for given in plan.inputs]
    if len(arrays) > len(names):
        raise ValueError(f"{len(arrays)} arrays are given; there are {len(names)} arguments")
    values = dict(zip(names, arrays, strict=False))
    for name, array in named.items():
        if name not in names:
            raise ValueError(f"no argument is called {name}; there are {', '.join(names)}")
        if name in values:
            raise ValueError(f"{name} is given twice")
        values[name] = array
    missing = [name for name in names if name not in values]
    if missing:
        raise ValueError(f"{', '.join(missing)} is missing; the arguments are {', '.join(names)}")
    found: dict[Size, tuple[int, str]] = {}
    return [_array(plan, given, values[given.name], found) for given in plan.inputs]


def _array(plan: Plan, given: Input, array: Array, found: dict[Size, tuple[int, str]]) -> Array:
    import numpy as np

    name = given.name
    if not given.axes and isinstance(array, int | float):
        array = np.array(array, plan.dtype)
    if not isinstance(array, np.ndarray | np.generic):
        raise ValueError(f"{name} is a {type(array).__name__}, not a NumPy array")
    if isinstance(array, np.ma.MaskedArray | np.matrix):  # their operators do something else
        raise ValueError(f"{name} is a {type(array).__name__}, not a plain NumPy array")
    wanted = _shown(given.axes)
    have = f"({', '.join(map(str, array.shape))}{',' if array.ndim == 1 else ''})"
    fits = len(array.shape) == len(given.axes) and all(
        size.value in (None, length) for size, length in zip(given.axes, array.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{name} has the shape {have}; it should be {wanted}")
    for size, length in zip(given.axes, array.shape, strict=True):
        known, first = found.setdefault(size, (length, name))
        if length != known:
            raise ValueError(
                f"{name} has the shape {have}; it should be {wanted} with "
                f"{size.name} = {known}, as {first} has it"
            )
        if length == 0:
            raise ValueError(f"{name} has the shape {have}; no size may be 0")
    if array.dtype != plan.dtype:
        raise ValueError(f"{name} is of dtype {array.dtype}; it should be {plan.dtype}")
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        raise ValueError(
            f"{name}, of shape {have}, is not contiguous; give np.ascontiguousarray({name})"
        )
    if not np.isfinite(array).all():
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        at = f"{name}[{', '.join(map(str, place))}]" if place else name
        raise ValueError(f"{at} is {array[place]}; every entry should be finite")
    return array


def _shown(axes: Sequence[Size]) -> str:
    inner = ", ".join(size.name for size in axes)
    return f"({inner},)" if len(axes) == 1 else f"({inner})"
