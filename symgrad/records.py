"""`dataclass` as in the standard library, made in a third of the time.

The standard library compiles every method of every class by itself. Judging a note takes
160 such classes, and making them took longer than all else that importing them does. Here
`__init__` alone is compiled; the other methods are shared, or go by the names of the fields.

To a type checker this is the standard library's. That nothing `frozen` is changed is held by
the type checker alone, so that making one takes no longer than making any other object.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import field, replace
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass

__all__ = ["dataclass", "field", "replace"]

Made = TypeVar("Made", bound=type)


def _dataclass(
    cls: Made | None = None, /, *, frozen: bool = False, eq: bool = True, slots: bool = False
) -> Made | Callable[[Made], Made]:
    """Decorator that gives a class `__init__`, `__repr__`, `__eq__` and `__hash__`."""
    if cls is None:
        return lambda cls: _made(cls, frozen, eq, slots)
    return _made(cls, frozen, eq, slots)


def _made(cls: Made, frozen: bool, eq: bool, slots: bool) -> Made:
    made: Any = dataclasses.dataclass(cls, eq=False, repr=False, slots=slots)
    made.__repr__ = made.__dict__.get("__repr__", _shown)
    if eq:
        names = [f.name for f in dataclasses.fields(made) if f.compare]
        made.__eq__, made.__hash__ = _comparing(names, frozen)
    typed: Made = made
    return typed


def _comparing(
    names: list[str], frozen: bool
) -> tuple[Callable[..., Any], Callable[..., int] | None]:
    """Equal in one class by the values of these fields, and hashed so where they never change."""
    values: Callable[[object], object] = attrgetter(*names) if names else type

    def equal(self: object, other: object) -> Any:  # noqa: ANN401 - a bool, or NotImplemented
        return (
            values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented
        )

    def hashed(self: object) -> int:
        return hash(values(self))

    return equal, hashed if frozen else None


@recursive_repr()
def _shown(self: Any) -> str:  # noqa: ANN401 - any of the classes
    inside = [f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr]
    return f"{type(self).__qualname__}({', '.join(inside)})"


if not TYPE_CHECKING:
    dataclass = _dataclass
