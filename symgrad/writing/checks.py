"""The lines of an emitted module that refuse arrays which do not fit.

Operations on entries stretch an axis of one entry in silence, so that a target of shape (N,)
beside outputs of shape (N, 1) would give a loss that is none. All shapes are compared at
once, as tuples; which array does not fit is looked for only afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symgrad.calculus.index import Size
from symgrad.compiling.plan import Input, Plan
from symgrad.writing.array_text import Dialect
from symgrad.writing.module_text import indented, signature

_SHAPES = {"np": "array.shape", "torch": "tuple(array.shape)", "jnp": "array.shape"}
"""What is shown of an array, by the prefix of the library."""

_NUMBERS = {
    "np": "np.shape({})",
    "torch": "tuple(torch.as_tensor({}).shape)",
    "jnp": "jnp.shape({})",
}
"""The shape of what may be a number of Python."""


def arrays(plan: Plan) -> str:
    """The tuple of all arguments."""
    return tuple_of(given.name for given in plan.inputs)


def shapes_given(plan: Plan, prefix: str = "np") -> str:
    """The tuple of their shapes."""
    number = _NUMBERS[prefix]
    return tuple_of(f"{g.name}.shape" if g.axes else number.format(g.name) for g in plan.inputs)


def shapes_wanted(plan: Plan, dialect: Dialect) -> str:
    """The tuple of the shapes that they should have, in terms of the sizes."""
    return tuple_of(dialect.shape(given.axes) for given in plan.inputs)


def check_shapes(plan: Plan, dialect: Dialect, dtype_too: bool = False) -> list[str]:
    """The lines of `check_shapes`, and of `refuse`, which says what does not fit.

    Args:
        plan: whose arguments are checked.
        dialect: of the array library.
        dtype_too: whether `refuse` says what has another dtype.
    """
    lines = [
        '"""Refuse arrays of other shapes than those that `value` names."""',
        *_sizes(plan, dialect),
        f"shapes = {shapes_wanted(plan, dialect)}",
        f"found = {shapes_given(plan, dialect.prefix)}",
        "if found != shapes:",
        f"    refuse({arrays(plan)}, shapes)",
    ]
    refuse = _refuse(plan, dialect, dtype_too)
    return [*refuse, "", "", *signature("check_shapes", plan), *indented(lines)]


def _refuse(plan: Plan, dialect: Dialect, dtype_too: bool) -> list[str]:
    """Looks for what does not fit: first a shape, then a dtype."""
    names = tuple_of(f'"{given.name}"' for given in plan.inputs)
    has_numbers = not all(given.axes for given in plan.inputs)
    lines = [
        '"""Raise an error that names the first array that does not fit."""',
        f"names = {names}",
        "for name, array, shape in zip(names, arrays, shapes, strict=True):",
        *indented(_refuse_one(dialect, has_numbers)),
    ]
    if dtype_too:
        lines += [
            "for name, array in zip(names, arrays, strict=True):",
            f"    if {'np.shape(array) and ' * has_numbers}array.dtype != np.{plan.dtype}:",
            "        kind = array.dtype",
            f'        raise TypeError(f"{{name}} is of dtype {{kind}}; it should be {plan.dtype}")',
        ]
    return ["def refuse(arrays, shapes):", *indented(lines)]


def _refuse_one(dialect: Dialect, has_numbers: bool) -> list[str]:
    number = _NUMBERS[dialect.prefix].format("array")
    have = number if has_numbers else _SHAPES[dialect.prefix]
    lines = [
        f"have = {have}",
        "if have != shape:",
        '    raise ValueError(f"{name} has the shape {have}; it should be {shape}")',
    ]
    if dialect.prefix != "np":  # arrays of NumPy do for JAX too
        return lines
    return [
        f"if {'shape and ' * has_numbers}not isinstance(array, np.ndarray):",
        "    kind = type(array).__name__",
        '    raise TypeError(f"{name} is a {kind}, not a NumPy array")',
        *lines,
    ]


def _sizes(plan: Plan, dialect: Dialect) -> list[str]:
    """`n, m = W.shape` for all open sizes, each from the first array that has it."""
    lines: list[str] = []
    known: set[Size] = set()
    for given in plan.inputs:
        new = [s for s in dict.fromkeys(given.axes) if not s.value and s not in known]
        if new:
            known.update(new)
            lines += _taken_from(given, new, dialect)
    return lines


def _taken_from(given: Input, new: Sequence[Size], dialect: Dialect) -> list[str]:
    name, shape = given.name, dialect.shape(given.axes)
    have = _SHAPES[dialect.prefix].replace("array", name)
    if tuple(new) == given.axes and len(new) > 1:
        taken = [f"{', '.join(map(dialect.size, new))} = {name}.shape"]
    else:
        taken = [f"{dialect.size(s)} = {name}.shape[{given.axes.index(s)}]" for s in new]
    return [
        f"if len({name}.shape) != {len(given.axes)}:",
        f'    raise ValueError(f"{name} has the shape {{{have}}}; it should be {shape}")',
        *taken,
    ]


def tuple_of(items: Iterable[str]) -> str:
    """The text of a tuple."""
    found = list(items)
    return f"({', '.join(found)}{',' * (len(found) == 1)})"
