"""`dataclass` as in the standard library, made in a tenth of the time.

The standard library compiles every method of every class by itself. Judging a note takes
230 such classes, and making them took longer than all else that importing them does. Here
nothing is compiled for a class: its `__init__` is the one for its number of fields with
the names changed, and the other methods are shared, or go by the names of the fields.

To a type checker this is the standard library's, and what asks for `__dataclass_fields__`
finds them. That nothing `frozen` is changed is held by the type checker alone, so that
making one takes no longer than making any other object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace

__all__ = ["dataclass", "field", "replace"]

Made = TypeVar("Made", bound=type)

_MISSING: Any = object()


class _Field:
    """One field: its default, or what makes one, and where it takes part."""

    __slots__ = ("compare", "default", "default_factory", "init", "name", "repr")

    def __init__(
        self,
        *,
        default: object = _MISSING,
        default_factory: Any = _MISSING,  # noqa: ANN401 - without arguments, of any result
        init: bool = True,
        repr: bool = True,
        compare: bool = True,
    ) -> None:
        self.name = ""
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.compare = compare

    def options(self) -> dict[str, Any]:
        """What makes this field, given by name."""
        given = {name: getattr(self, name) for name in self.__slots__ if name != "name"}
        return {name: value for name, value in given.items() if value is not _MISSING}


def _dataclass(
    cls: Made | None = None, /, *, frozen: bool = False, eq: bool = True, slots: bool = False
) -> Made | Callable[[Made], Made]:
    """Decorator that gives a class `__init__`, `__repr__`, `__eq__` and `__hash__`."""
    if cls is None:
        return lambda cls: _made(cls, frozen, eq, slots)
    return _made(cls, frozen, eq, slots)


def _made(cls: Made, frozen: bool, eq: bool, slots: bool) -> Made:
    fields: dict[str, _Field] = {}
    for base in cls.__mro__[-1:0:-1]:
        fields.update(base.__dict__.get("__record_fields__", {}))
    own = cls.__annotations__
    for name in own:
        fields[name] = _own_field(cls, name)
    made: Any = cls
    if slots:
        made = _with_slots(cls, own)
    made.__record_fields__ = fields
    made.__dataclass_fields__ = _STANDARD_FIELDS
    if "__init__" not in made.__dict__:
        made.__init__ = _initialiser(made, fields.values())
    made.__match_args__ = tuple(  # type: ignore[misc]
        [name for name, f in fields.items() if f.init]
    )
    if "__repr__" not in made.__dict__:
        made.__repr__ = _shown
    if eq:
        compared = [name for name, f in fields.items() if f.compare]
        made.__eq__, made.__hash__ = _comparing(compared, frozen)
    typed: Made = made
    return typed


def _own_field(cls: type, name: str) -> _Field:
    """The field of an annotation; the class keeps its default, where it has one."""
    default = cls.__dict__.get(name, _MISSING)
    made = default if isinstance(default, _Field) else _Field(default=default)
    made.name = name
    if made.default is not _MISSING and made.default.__class__.__hash__ is None:
        raise ValueError(f"the default of {name} can be changed: use default_factory")
    if made is default:
        if made.default is _MISSING:
            delattr(cls, name)
        else:
            setattr(cls, name, made.default)
    return made


def _with_slots(cls: type, own: Iterable[str]) -> type:
    """The class anew with a slot for each field of its own: slots come before the class."""
    body = {k: v for k, v in cls.__dict__.items() if k not in ("__dict__", "__weakref__")}
    for name in own:
        body.pop(name, None)
    made = type(cls)(cls.__name__, cls.__bases__, {**body, "__slots__": tuple(own)})
    made.__qualname__ = cls.__qualname__
    return made


def _initialiser(cls: type, fields: Iterable[_Field]) -> Callable[..., None]:
    """`__init__` of a class: the code for fields of these kinds, with the names of its own."""
    taken = [f for f in fields if f.init]
    made = [f for f in fields if not f.init and f.default_factory is not _MISSING]
    factories = [f.default_factory is not _MISSING for f in taken]
    code = _template(tuple(factories), len(made), hasattr(cls, "__post_init__"))
    names = {f"_{k}": f.name for k, f in enumerate([*taken, *made])}
    code = code.replace(
        co_names=tuple([names.get(name, name) for name in code.co_names]),
        co_varnames=tuple([names.get(name, name) for name in code.co_varnames]),
    )
    known = {f"make_{k}": f.default_factory for k, f in enumerate([*taken, *made])}
    defaults = []
    for f, has_factory in zip(taken, factories, strict=True):
        if has_factory or f.default is not _MISSING:
            defaults.append(_MISSING if has_factory else f.default)
        elif defaults:
            raise TypeError(f"{f.name} has no default, but a field before it has")
    initialiser = FunctionType(
        code, {**known, "missing": _MISSING}, "__init__", tuple(defaults) or None
    )
    initialiser.__qualname__ = f"{cls.__qualname__}.__init__"
    initialiser.__module__ = cls.__module__
    return initialiser


@cache
def _template(factories: tuple[bool, ...], made: int, finished: bool) -> CodeType:
    """The code of an `__init__` whose fields are called _0, _1, ...

    Args:
        factories: of each argument, whether its default is made anew.
        made: how many fields are no arguments and made anew.
        finished: whether `__post_init__` is called.
    """
    arguments = "".join(f", _{k}" for k in range(len(factories)))
    lines = [f"def __init__(self{arguments}):", " pass"]
    for k, has_factory in enumerate(factories):
        value = f"make_{k}() if _{k} is missing else _{k}" if has_factory else f"_{k}"
        lines.append(f" self._{k} = {value}")
    for k in range(len(factories), len(factories) + made):
        lines.append(f" self._{k} = make_{k}()")
    if finished:
        lines.append(" self.__post_init__()")
    known: dict[str, Any] = {}
    exec("\n".join(lines), {}, known)
    code: CodeType = known["__init__"].__code__
    return code


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
    fields = [f for f in self.__record_fields__.values() if f.repr]
    inside = [f"{f.name}={getattr(self, f.name)!r}" for f in fields]
    return f"{type(self).__qualname__}({', '.join(inside)})"


def _replace(record: Any, /, **changes: object) -> Any:  # noqa: ANN401 - any of the classes
    """The record with some fields changed."""
    cls = record.__class__
    values = [
        changes.pop(name) if name in changes else getattr(record, name)
        for name in cls.__match_args__
    ]
    if changes:
        raise TypeError(f"{cls.__qualname__} takes no {', '.join(changes)}")
    return cls(*values)


class _StandardFields:
    """The fields as the standard library knows them, made when it asks for them."""

    def __get__(self, record: object, cls: type) -> dict[str, Any]:
        import dataclasses

        fields = cls.__record_fields__.values()  # type: ignore[attr-defined]
        known = [(f.name, Any, dataclasses.field(**f.options())) for f in fields]
        twin: Any = dataclasses.make_dataclass(cls.__name__, known)
        found: dict[str, Any] = twin.__dataclass_fields__
        return found


_STANDARD_FIELDS = _StandardFields()

if not TYPE_CHECKING:
    dataclass, field, replace = _dataclass, _Field, _replace
