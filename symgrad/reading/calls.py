"""Calls of declared functions: sizes, arguments and the value of the body."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus.index import Size
from symgrad.diagnostics import Edit, Source
from symgrad.reading import errors, syntax, values
from symgrad.reading.call_repairs import Place, other_calls
from symgrad.reading.context import Context
from symgrad.reading.definitions import NamedValue, body_value, defined, tensor
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.implicit import implicit_name
from symgrad.reading.scope import DefinitionBinding, MapBinding, TensorBinding
from symgrad.reading.sizes import is_unknown
from symgrad.reading.subscripts import size_of
from symgrad.reading.syntax import Node
from symgrad.reading.values import ShapeError, Value
from symgrad.records import replace

SLOT = "□"
"""Where the subscripts of an entry go in the name of a `Definition`."""


MAXIMAL_CALLS = 120


def call(
    binding: MapBinding,
    arguments: Sequence[tuple[Value, Node]] | None,
    family: Sequence[Node] | None,
    node: Node,
    context: Context,
) -> Value:
    """A declared function of arguments; without arguments, of the names it was declared with.

    The sizes in the declaration are the function's own at every call: they are
    found from the arguments, or given by the superscript of a family.
    """
    own = _own_sizes(binding, family, context)
    if context.depth > MAXIMAL_CALLS:
        raise unread(node.span, "functions are composed too deeply")
    if arguments is None:
        given = [generic(name, binding, context) for name in binding.parameters]
        arguments = [(argument, node) for argument in given]
        shown = ", ".join(binding.parameters)
    else:
        shown = ", ".join(context.session.source.slice(n.span).strip() for _, n in arguments)
    if len(arguments) != len(binding.parameters):
        raise ReadingError(
            node.span,
            errors.ARITY,
            f"{binding.latex} takes {_count(len(binding.parameters), 'argument')}, "
            f"here it has {_count(len(arguments), 'argument')}",
        )
    try:
        for (argument, place), axes in zip(arguments, binding.axes, strict=True):
            _check_argument(argument, place, axes, own, binding, context)
    except ReadingError as error:
        if error.code is errors.SIZE_MISMATCH and error.binding is None:
            error.edits += other_calls(Place(binding, arguments, family, node, context, _again))
        raise
    sizes = {name: context.sizes.resolve(size) for name, size in own.items()}
    keys = [argument.key for argument, _ in arguments]
    memo_key = ("call", binding, tuple(sizes.items()), tuple(keys))
    if memo_key in context.session.memo:
        return context.session.memo[memo_key]
    inner = Context(
        context.session,
        binding.section,
        values={name: a for name, (a, _) in zip(binding.parameters, arguments, strict=True)},
        size_names=sizes,
        depth=context.depth + 1,
    )
    body = body_value(binding, inner)
    _check_codomain(body, binding, own, context)
    if None in keys:
        return body  # an argument may hold an index that a definition cannot close over
    label = ",".join(values.shown(context.sizes.resolve(own[name])) for name in binding.family)
    name = binding.latex + (f"^{{({label})}}" if label else "") + f"{SLOT}({shown})"
    context.session.memo[memo_key] = NamedValue(name, (), body).value(memo_key)
    return context.session.memo[memo_key]


def _again(binding: MapBinding, arguments: Sequence[tuple[Value, Node]], context: Context) -> Value:
    return call(binding, arguments, None, arguments[0][1], context)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number != 1 else "")


def _own_sizes(
    binding: MapBinding, family: Sequence[Node] | None, context: Context
) -> dict[str, Size]:
    own: dict[str, Size] = {}
    if family is not None:
        for name, item in zip(binding.family, family, strict=True):
            own[name] = size_of(item, context)
    for axes in (*binding.axes, binding.codomain):
        for axis in axes or ():
            if axis.value is None and axis.name not in own and not is_unknown(axis):
                own[axis.name] = context.sizes.unknown()
    return own


def generic(name: str, binding: MapBinding, context: Context) -> Value:
    """The argument a function was declared with, as a free variable of the note."""
    meaning = context.values.get(name) or context.scope.names.find(name, binding.order)
    if isinstance(meaning, Value):
        return meaning
    if isinstance(meaning, TensorBinding):
        return tensor(meaning, context)
    if isinstance(meaning, DefinitionBinding):
        return defined(meaning, context)
    if isinstance(meaning, MapBinding) and not meaning.is_scalar_function:
        # The u of v(y, u), where the note has a function u(w, x).
        return call(meaning, None, None, _at(binding), replace(context, depth=context.depth + 1))
    guessed = implicit_name(name, binding.span, context) if meaning is None else None
    if guessed is not None:
        return guessed
    shown = name if name.startswith("argument ") else f"the argument {name}"
    raise ReadingError(binding.span, errors.UNDECLARED_SYMBOL, f"nothing says what {shown} is")


def _at(binding: MapBinding) -> Node:
    return syntax.Symbol(binding.span, binding.latex)


def _check_argument(
    argument: Value,
    place: Node,
    axes: tuple[Size, ...] | None,
    own: dict[str, Size],
    binding: MapBinding,
    context: Context,
) -> None:
    if axes is None:
        return
    wanted = Value(tuple(own.get(a.name, a) for a in axes), argument.entry)
    try:
        values.same_axes(context.sizes, argument, wanted, "")
    except ShapeError:
        have = values.describe(context.sizes, argument)
        need = values.describe(context.sizes, wanted)
        code = errors.SIZE_MISMATCH
        edits: tuple[Edit, ...] = ()
        if len(argument.axes) != len(axes):
            code, edits = errors.RANK_MISMATCH, _without_subscript(place, context.session.source)
        raise ReadingError(
            place.span,
            code,
            f"{context.session.source.slice(place.span)} is {have}, "
            f"but {binding.latex} takes {need} here",
            edits=edits,
        ) from None


def _without_subscript(node: Node, source: Source) -> tuple[Edit, ...]:
    r"""`\varphi_k(X)` for `\varphi(X)`: the edit that removes the subscript."""
    head = node.factors[0] if isinstance(node, syntax.Product) else node
    if not isinstance(head, syntax.Scripted) or head.subscript is None:
        return ()
    if head.superscript is not None or head.primes:
        return ()
    return (Edit(head.span, source.slice(head.base.span)),)


def _check_codomain(
    body: Value, binding: MapBinding, own: dict[str, Size], context: Context
) -> None:
    if binding.codomain is None:
        return
    wanted = Value(tuple(own.get(a.name, a) for a in binding.codomain), body.entry)
    try:
        values.same_axes(context.sizes, body, wanted, "")
    except ShapeError:
        raise ReadingError(
            binding.span,
            errors.SIZE_MISMATCH,
            f"{binding.latex} is declared to give {values.describe(context.sizes, wanted)}, "
            f"but its value is {values.describe(context.sizes, body)}",
        ) from None
