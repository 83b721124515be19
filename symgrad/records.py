"""`dataclass` as in the standard library, made in a tenth of the time.

The standard library compiles every method of every class by itself. Judging a note takes
230 such classes, and making them took longer than all else that importing them does. Here
nothing is compiled for a class: its `__init__` is the one for its number of fields, with
the names changed; the other methods are shared, or go by the names of the fields.

To a type checker this is the standard library's, and what asks for `__dataclass_fields__`
finds them. That nothing `frozen` is changed is held by the type checker alone, so that
making one takes no longer than making any other object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from reprlib import recursive_repr
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace

__all__ = ["dataclass", "field", "replace"]

Made = TypeVar("Made", bound=type)

Record = Any
"""Of one of the classes made here."""

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
    """`__init__` of a class: takes the fields, makes those that are made anew, and finishes."""
    fields = list(fields)
    taking = _taking(cls, [f for f in fields if f.init])
    made = [(f.name, f.default_factory) for f in fields if f.default_factory is not _MISSING]
    finish = getattr(cls, "__post_init__", None)
    if not made and finish is None:
        return taking

    def initialise(self: object, *given: object, **named: object) -> None:
        taking(self, *given, **named)
        for name, make in made:
            if getattr(self, name, _MISSING) is _MISSING:
                setattr(self, name, make())
        if finish is not None:
            finish(self)

    return initialise


def _taking(cls: type, fields: list[_Field]) -> Callable[..., None]:
    """The function that takes a value for each of these fields."""
    names = tuple([f.name for f in fields])
    defaults = []
    for f in fields:
        if f.default is not _MISSING or f.default_factory is not _MISSING:
            defaults.append(f.default)
        elif defaults:
            raise TypeError(f"{f.name} has no default, but a field before it has")
    if len(names) >= len(_BY_NUMBER):
        return _taking_many(cls.__qualname__, names, defaults)
    # The parameters and the attributes get the names of the fields; the code stays the same.
    code = _BY_NUMBER[len(names)].__code__.replace(co_names=names, co_varnames=("self", *names))
    taking = FunctionType(code, {}, "__init__", tuple(defaults))
    taking.__qualname__ = f"{cls.__qualname__}.__init__"
    return taking


def _taking_many(cls: str, names: tuple[str, ...], defaults: list[object]) -> Callable[..., None]:
    """As `_taking`, for any number of fields, only slower."""
    known = dict(zip(reversed(names), reversed(defaults), strict=False))

    def taking(self: object, *given: object, **named: object) -> None:
        values = dict(zip(names, given, strict=False))
        if len(given) > len(names) or values.keys() & named.keys() or named.keys() - set(names):
            raise TypeError(f"{cls} takes {', '.join(names)}, each once")
        values = {**known, **values, **named}
        for name in names:
            if name not in values:
                raise TypeError(f"{cls} needs {name}")
            setattr(self, name, values[name])

    return taking


def _of_0(self: Record) -> None:
    pass


def _of_1(self: Record, _0: object) -> None:
    self._0 = _0


def _of_2(self: Record, _0: object, _1: object) -> None:
    self._0 = _0
    self._1 = _1


def _of_3(self: Record, _0: object, _1: object, _2: object) -> None:
    self._0 = _0
    self._1 = _1
    self._2 = _2


def _of_4(self: Record, _0: object, _1: object, _2: object, _3: object) -> None:
    self._0 = _0
    self._1 = _1
    self._2 = _2
    self._3 = _3


def _of_5(self: Record, _0: object, _1: object, _2: object, _3: object, _4: object) -> None:
    self._0 = _0
    self._1 = _1
    self._2 = _2
    self._3 = _3
    self._4 = _4


def _of_6(
    self: Record, _0: object, _1: object, _2: object, _3: object, _4: object, _5: object
) -> None:
    self._0 = _0
    self._1 = _1
    self._2 = _2
    self._3 = _3
    self._4 = _4
    self._5 = _5


def _of_7(
    self: Record, _0: object, _1: object, _2: object, _3: object, _4: object, _5: object, _6: object
) -> None:
    self._0 = _0
    self._1 = _1
    self._2 = _2
    self._3 = _3
    self._4 = _4
    self._5 = _5
    self._6 = _6


def _of_8(
    self: Record,
    _0: object,
    _1: object,
    _2: object,
    _3: object,
    _4: object,
    _5: object,
    _6: object,
    _7: object,
) -> None:
    self._0 = _0
    self._1 = _1
    self._2 = _2
    self._3 = _3
    self._4 = _4
    self._5 = _5
    self._6 = _6
    self._7 = _7


def _of_9(
    self: Record,
    _0: object,
    _1: object,
    _2: object,
    _3: object,
    _4: object,
    _5: object,
    _6: object,
    _7: object,
    _8: object,
) -> None:
    self._0 = _0
    self._1 = _1
    self._2 = _2
    self._3 = _3
    self._4 = _4
    self._5 = _5
    self._6 = _6
    self._7 = _7
    self._8 = _8


_BY_NUMBER = (_of_0, _of_1, _of_2, _of_3, _of_4, _of_5, _of_6, _of_7, _of_8, _of_9)


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
def _shown(self: Record) -> str:
    fields = [f for f in self.__record_fields__.values() if f.repr]
    inside = [f"{f.name}={getattr(self, f.name)!r}" for f in fields]
    return f"{type(self).__qualname__}({', '.join(inside)})"


def _replace(record: Record, /, **changes: object) -> Record:
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
    """The fields as the standard library knows them, made when it first asks for them."""

    def __init__(self) -> None:
        self._known: dict[type, dict[str, Any]] = {}

    def __get__(self, record: object, cls: type) -> dict[str, Any]:
        if cls not in self._known:
            self._known[cls] = self._made(cls)
        return self._known[cls]

    def _made(self, cls: type) -> dict[str, Any]:
        import dataclasses

        fields = cls.__record_fields__.values()  # type: ignore[attr-defined]
        known = [(f.name, Any, dataclasses.field(**f.options())) for f in fields]
        twin: Any = dataclasses.make_dataclass(cls.__name__, known)
        found: dict[str, Any] = twin.__dataclass_fields__
        return found


_STANDARD_FIELDS = _StandardFields()

if not TYPE_CHECKING:
    dataclass, field, replace = _dataclass, _Field, _replace
