"""Definitions and free variables as values; a definition is read and built once."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position, Size, Tensor, fresh
from symgrad.reading import errors, values
from symgrad.reading.context import Context
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.families import has_derivative
from symgrad.reading.hidden import may_hide
from symgrad.reading.scope import (
    DefinitionBinding,
    MapBinding,
    OpaqueFunctionBinding,
    TensorBinding,
)
from symgrad.reading.sizes import Sizes
from symgrad.reading.values import Frame, IndexName, Value
from symgrad.records import replace

NESTING = 16
"""Definitions read or built inside each other on Python's stack; deeper ones come first."""


class _Unread(Exception):  # noqa: N818 - nothing is wrong, it only waits
    """A definition must be read before those that use it go on."""

    def __init__(self, binding: DefinitionBinding) -> None:
        self.binding = binding


class _Unbuilt(Exception):  # noqa: N818 - nothing is wrong, it only waits
    """A definition must be built before those that use it go on."""

    def __init__(self, value: NamedValue) -> None:
        self.value = value


class NamedValue:
    """Builds the `Definition` of a value once for each solution of its open sizes."""

    def __init__(self, name: str, indices: tuple[IndexName, ...], body: Value) -> None:
        self.name = name
        self.indices = indices
        self.body = body
        self.axes = (*(i.size for i in indices), *body.axes)
        self.built: dict[tuple[Size, ...], ex.Definition] = {}
        self.open: tuple[Size, ...] | None = None

    def definition(self, frame: Frame) -> ex.Definition:
        """The definition, with its sizes settled as the frame knows them."""
        if frame.root.nesting == NESTING and self._known(frame) is None:
            raise _Unbuilt(self)
        if frame.root.nesting:
            return self._definition(frame)
        # A chain of names may be as long as a network is deep: the deepest are built first.
        waiting = [self]
        while True:
            try:
                made = waiting[-1]._definition(frame)
            except _Unbuilt as unbuilt:
                waiting.append(unbuilt.value)
                continue
            waiting.pop()
            if not waiting:
                return made

    def _known(self, frame: Frame) -> ex.Definition | None:
        """What was built for the sizes as the frame knows them."""
        if self.open is None:
            return None
        return self.built.get(tuple(frame.size(s) for s in self.open))

    def _definition(self, frame: Frame) -> ex.Definition:
        known = self._known(frame)
        if known is not None:
            return known
        watched = _Watched(frame.sizes)
        inner = Frame(watched, nesting=frame.root.nesting + 1)
        parameters = []
        for number, axis in enumerate(self.axes):
            name = self.indices[number].name if number < len(self.indices) else "ijklpq"[number % 6]
            parameters.append(fresh(name, inner.size(axis)))
        for name_, index in zip(self.indices, parameters, strict=False):
            inner.indices[name_] = index
        body = self.body.entry(inner, tuple(parameters[len(self.indices) :]))
        made = ex.Definition(self.name, tuple(parameters), body)
        self.open = tuple(dict.fromkeys((*(self.open or ()), *watched.met)))
        for size in self.open:
            frame.size(size)
        self.built = {tuple(frame.size(s) for s in self.open): made}
        return made

    def value(self, key: object) -> Value:
        """The value that refers to the definition by name."""

        def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
            return ex.Named(self.definition(frame), positions)

        return Value(self.axes, entry, self.body.row, lambda frame: self.definition(frame), key=key)


class _Watched(Sizes):
    """Sizes that note which open ones were asked for while something was built."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(sizes.solution)
        self.sizes = sizes
        self.met: dict[Size, None] = {}

    def resolve(self, size: Size) -> Size:
        if size.flexible:
            self.met[size] = None
        return self.sizes.resolve(size)


def defined(binding: DefinitionBinding, context: Context) -> Value:
    """The value of a definition; read once.

    Its axes are its subscripts, then the indices that only its body names, then the body's.
    """
    session = context.session
    if binding in session.memo:
        return session.memo[binding]
    if binding in session.active:
        raise _circular(binding)
    if len(session.active) == NESTING:
        raise _Unread(binding)
    if session.active:
        return _read(binding, context)
    waiting = [binding]
    while True:
        try:
            found = _read(waiting[-1], context)
        except _Unread as wanted:
            if wanted.binding in waiting:
                raise _circular(wanted.binding) from None
            waiting.append(wanted.binding)
            continue
        waiting.pop()
        if not waiting:
            return found


def _circular(binding: DefinitionBinding) -> ReadingError:
    message = f"{binding.latex} is defined by itself"
    return ReadingError(binding.span, errors.UNDECLARED_SYMBOL, message)


def _read(binding: DefinitionBinding, context: Context) -> Value:
    session = context.session
    if binding in session.memo:
        return session.memo[binding]
    session.active.append(binding)
    try:
        indices = tuple(_parameter(name, binding, context) for name in binding.indices)
        inner = Context(
            session,
            binding.section,
            indices={i.name: i for i in indices},
            depth=context.depth + 1,
        )
        inner, body = _body(binding, inner)
        shape = session.shapes.get(binding, ())
        if len(shape) == len(indices) + len(body.axes):
            for axis, size in zip((*(i.size for i in indices), *body.axes), shape, strict=True):
                context.sizes.unify(axis, size)
    finally:
        session.active.pop()
    if inner.free:
        session.hidden[binding] = tuple(inner.free)
        indices = (*indices, *inner.free.values())
    named = NamedValue(binding.latex, indices, body)
    session.memo[binding] = named.value(("definition", binding))
    return session.memo[binding]


def _body(binding: DefinitionBinding, context: Context) -> tuple[Context, Value]:
    """The value of a body, and where it was read: the first of those that have a meaning.

    In `E = (f(x; w) - y)^2 = (w x - y)^2` nothing says what f is, but E has a formula.
    """
    before = context.session.snapshot()
    try:
        return context, body_value(binding, context)
    except ReadingError as error:
        if error.code is not errors.UNDECLARED_SYMBOL:
            raise
        fault = error
    for other in () if has_derivative(binding.body) else binding.others:
        context.session.undo(before)
        again = replace(context, free={})
        try:
            found = body_value(replace(binding, body=other), again)
        except ReadingError:
            continue
        context.session.second_bodies[other.span] = str(fault)
        return again, found
    raise fault


def body_value(binding: DefinitionBinding | MapBinding, context: Context) -> Value:
    """The value of a definition's body; a fault in it is a fault of the definition."""
    try:
        body = value(binding.body, context)
        for name in context.free:
            if isinstance(binding, DefinitionBinding) and may_hide(name, binding):
                continue
            raise ReadingError(
                binding.body.span,
                errors.UNDECLARED_INDEX,
                f"the index {name} of this definition is not on its left-hand side",
            )
        return body
    except ReadingError as error:
        error.binding = error.binding or binding
        raise


def _parameter(name: str, binding: DefinitionBinding, context: Context) -> IndexName:
    """A subscript on the left of a definition; it ranges over what its uses need."""
    return IndexName(name, context.sizes.unknown())


def tensor(binding: TensorBinding, context: Context) -> Value:
    """A free variable."""

    def variable(frame: Frame) -> Tensor:
        return Tensor(binding.name, tuple(frame.size(axis) for axis in binding.axes))

    return Value(
        binding.axes,
        lambda frame, positions: ex.Entry(variable(frame), positions),
        binding.is_row,
        variable=variable,
        key=("tensor", binding.name, binding.axes),
    )


def scalar_function(binding: MapBinding | OpaqueFunctionBinding, context: Context) -> ex.Function:
    """The kernel's function of a declared function of one number."""
    session = context.session
    if binding in session.functions:
        return session.functions[binding]
    if isinstance(binding, OpaqueFunctionBinding):
        made = ex.Function(binding.name)
    else:
        argument = Value((), lambda frame, p: ex.Entry(ex.ARGUMENT, ()))
        inner = Context(session, binding.section, values={binding.parameters[0]: argument})
        body = body_value(binding, inner)
        if body.axes:
            gives = f"{binding.latex} gives {values.describe(context.sizes, body)}"
            raise unread(binding.body.span, f"{gives}: it is no function of one number")
        made = ex.Function(binding.latex, body.entry(Frame(context.sizes), ()))
    session.functions[binding] = made
    return made


def apply_entrywise(function: ex.Function, order: int, argument: Value) -> Value:
    """A function of a number, or its derivative, on every entry."""
    return values.mapped(argument, lambda frame, x: ex.Apply(function, order, x))
