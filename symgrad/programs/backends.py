"""The array libraries that programs are written for, one row each."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from symgrad.compiling.plan import Plan
from symgrad.records import dataclass


@dataclass(frozen=True)
class Backend:
    """One library, or one way to use it.

    Attributes:
        name: by which users ask for it.
        writer: module and function that write a plan for it; it is imported when it is asked for.
        library: what has to be installed where the program runs.
        array: module and function that make the library's own array of a NumPy array; None
            where that is NumPy's.
    """

    name: str
    writer: tuple[str, str]
    library: str = "numpy"
    array: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if self.name in BACKENDS:
            raise ValueError(f"two back ends are called {self.name!r}")
        BACKENDS[self.name] = self

    def write(self, plan: Plan) -> str:
        """The source of a plan's module.

        Raises:
            WrongOption: where this library has no form for it.
        """
        writer: Callable[[Plan], str] = _found(self.writer)
        return writer(plan)

    def own(self, array: Any) -> Any:  # noqa: ANN401 - arrays of any library
        """A NumPy array as an array of this library."""
        return array if self.array is None else _found(self.array)(array)


BACKENDS: dict[str, Backend] = {}

Backend("numpy", ("symgrad.writing.to_numpy", "to_numpy"))
Backend("lambdify", ("symgrad.writing.to_lambdify", "to_lambdify"))
Backend("numba", ("symgrad.writing.to_numba", "to_numba"), "numba")
Backend("jax", ("symgrad.writing.to_jax", "to_jax"), "jax", ("jax.numpy", "asarray"))
Backend("torch", ("symgrad.writing.to_torch", "to_torch"), "torch", ("torch", "from_numpy"))


def _found(place: tuple[str, str]) -> Any:  # noqa: ANN401 - a function
    module, name = place
    return getattr(import_module(module), name)
