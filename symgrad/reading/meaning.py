"""Names and calls to values: what a symbol, or a function of arguments, stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position, Size, Tensor, fresh
from symgrad.diagnostics import Source
from symgrad.reading import errors, syntax, values
from symgrad.reading.context import Context
from symgrad.reading.elaborate import (
    entry_of,
    rule,
    size_of,
    value,
    with_superscript,
)
from symgrad.reading.errors import Edit, ReadingError, unread
from symgrad.reading.indicators import indicator_of
from symgrad.reading.names import Reading, is_label, key_or_none, parts, readings
from symgrad.reading.scope import (
    DefinitionBinding,
    MapBinding,
    Meaning,
    OpaqueFunctionBinding,
    TensorBinding,
)
from symgrad.reading.sizes import Sizes, is_unknown
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, IndexName, ShapeError, Value

FAMILY = "^{(*)}"
r"""Ends the key of a family `\varphi^{(m,n)}`, whose superscript holds sizes."""

SLOT = "□"
"""Where the subscripts of an entry go in the name of a `Definition`."""

MAXIMAL_CALLS = 120


@dataclass(frozen=True, slots=True)
class Found:
    """A name that means something, and what is left to act on it."""

    meaning: Value | Meaning
    reading: Reading
    family: tuple[Node, ...] | None = None


def lookup(node: Node, context: Context) -> Found | None:
    """The meaning of a (scripted) symbol, or None where nothing declares it."""
    superscript = parts(node)[2]
    for reading in readings(node):
        if reading.name in context.values:
            return Found(context.values[reading.name], reading)
        meaning = context.scope.names.find(reading.name, node.span.start)
        if meaning is None and is_label(superscript) and reading.superscript is superscript:
            meaning = context.scope.names.find(reading.name + FAMILY, node.span.start)
        elif is_label(superscript) and reading.superscript is superscript:
            family = context.scope.names.find(reading.name + FAMILY, node.span.start)
            meaning = _newer(meaning, family) if _names_sizes(superscript, family) else meaning
        if isinstance(meaning, MapBinding) and reading.superscript is superscript:
            return _instance(meaning, reading, superscript, context)
        if meaning is not None:
            return Found(meaning, reading)
    return None


def _names_sizes(superscript: Node | None, family: Meaning | None) -> bool:
    return (
        isinstance(superscript, syntax.Group)
        and isinstance(family, MapBinding)
        and len(superscript.items) == len(family.family)
    )


def _newer(plain: Meaning | None, family: Meaning | None) -> Meaning | None:
    return family if family is not None else plain


def _instance(
    meaning: MapBinding, reading: Reading, superscript: Node | None, context: Context
) -> Found:
    r"""`\varphi^{(\ell_1,\ell_2)}` picks the sizes of a family.

    `\varphi^{(1)}`, where nothing else declares it, is the function `\varphi` used in layer 1.
    """
    if not isinstance(superscript, syntax.Group) or not is_label(superscript):
        return Found(meaning, reading)
    rest = replace(reading, superscript=None)
    if _names_sizes(superscript, meaning):
        return Found(meaning, rest, superscript.items)
    context.session.assume(
        f"{reading.name}^{{{key_or_none(superscript)}}} is not declared: read as {reading.name}"
    )
    return Found(meaning, rest)


# -- definitions --------------------------------------------------------------


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
        if self.open is not None:
            known = self.built.get(tuple(frame.size(s) for s in self.open))
            if known is not None:
                for size in self.open:
                    frame.size(size)
                return known
        watched = _Watched(frame.sizes)
        inner = Frame(watched)
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
    """The value of a definition; read once."""
    session = context.session
    if binding in session.memo:
        return session.memo[binding]
    if binding in session.active:
        raise ReadingError(
            binding.span, errors.UNDECLARED_SYMBOL, f"{binding.latex} is defined by itself"
        )
    session.active.append(binding)
    try:
        indices = tuple(_parameter(name, binding, context) for name in binding.indices)
        inner = Context(
            session,
            binding.section,
            indices={i.name: i for i in indices},
            depth=context.depth + 1,
        )
        body = _body(binding, inner)
    finally:
        session.active.pop()
    named = NamedValue(binding.latex, indices, body)
    session.memo[binding] = named.value(("definition", binding))
    return session.memo[binding]


def _body(binding: DefinitionBinding | MapBinding, context: Context) -> Value:
    """The value of a definition's body; a fault in it is a fault of the definition."""
    try:
        body = value(binding.body, context)
        for name in context.free:
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
        variable=variable,
        key=("tensor", binding.name, binding.axes),
    )


# -- functions ----------------------------------------------------------------


def scalar_function(binding: MapBinding | OpaqueFunctionBinding, context: Context) -> ex.Function:
    """The kernel's function of a declared function of one number."""
    session = context.session
    if binding in session.functions:
        return session.functions[binding]  # type: ignore[return-value]
    if isinstance(binding, OpaqueFunctionBinding):
        made = ex.Function(binding.name)
    else:
        argument = Value((), lambda frame, p: ex.Entry(ex.ARGUMENT, ()))
        inner = Context(session, binding.section, values={binding.parameters[0]: argument})
        body = _body(binding, inner)
        made = ex.Function(binding.latex, body.entry(Frame(context.sizes), ()))
    session.functions[binding] = made
    return made


def apply_entrywise(function: ex.Function, order: int, argument: Value) -> Value:
    """A function of a number, or its derivative, on every entry."""
    return values.mapped(argument, lambda frame, x: ex.Apply(function, order, x))


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
    if arguments is None:
        generic = [_generic(name, binding, context) for name in binding.parameters]
        arguments = [(argument, node) for argument in generic]
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
    for (argument, place), axes in zip(arguments, binding.axes, strict=True):
        _check_argument(argument, place, axes, own, binding, context)
    sizes = {name: context.sizes.resolve(size) for name, size in own.items()}
    keys = [argument.key for argument, _ in arguments]
    memo_key = ("call", binding, tuple(sizes.items()), tuple(keys))
    if memo_key in context.session.memo:
        return context.session.memo[memo_key]
    if context.depth > MAXIMAL_CALLS:
        raise unread(node.span, "functions are composed too deeply")
    inner = Context(
        context.session,
        binding.section,
        values={name: a for name, (a, _) in zip(binding.parameters, arguments, strict=True)},
        size_names=sizes,
        depth=context.depth + 1,
    )
    body = _body(binding, inner)
    _check_codomain(body, binding, own, context)
    if None in keys:
        return body  # an argument may hold an index that a definition cannot close over
    label = ",".join(values.shown(context.sizes.resolve(own[name])) for name in binding.family)
    name = binding.latex + (f"^{{({label})}}" if label else "") + f"{SLOT}({shown})"
    context.session.memo[memo_key] = NamedValue(name, (), body).value(memo_key)
    return context.session.memo[memo_key]


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


def _generic(name: str, binding: MapBinding, context: Context) -> Value:
    """The argument a function was declared with, as a free variable of the note."""
    meaning = context.values.get(name) or context.scope.names.find(name, binding.order)
    if isinstance(meaning, Value):
        return meaning
    if isinstance(meaning, TensorBinding):
        return tensor(meaning, context)
    if isinstance(meaning, DefinitionBinding):
        return defined(meaning, context)
    raise ReadingError(
        binding.span, errors.UNDECLARED_SYMBOL, f"nothing says what the argument {name} is"
    )


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


# -- symbols ------------------------------------------------------------------


@rule(syntax.Symbol)
def _symbol(node: syntax.Symbol, context: Context) -> Value:
    return symbol(node, context)


@rule(syntax.Accent)
def _accent(node: syntax.Accent, context: Context) -> Value:
    return symbol(node, context)


@rule(syntax.Scripted)
def _scripted(node: syntax.Scripted, context: Context) -> Value:
    return symbol(node, context)


def symbol(node: Node, context: Context) -> Value:
    """A name with its scripts: the value of the name, then an entry, power or transpose."""
    found = lookup(node, context)
    if found is None:
        return _undeclared(node, context)
    base = _meaning_value(found, node, context)
    reading = found.reading
    if reading.primes:
        raise unread(node.span, "the derivative of a function needs an argument")
    if reading.subscript is not None:
        base = entry_of(base, node, reading.subscript, context)
    if reading.superscript is not None:
        base = with_superscript(base, reading.superscript, context)
    return base


def _meaning_value(found: Found, node: Node, context: Context) -> Value:
    meaning = found.meaning
    if isinstance(meaning, Value):
        return meaning
    if isinstance(meaning, TensorBinding):
        return tensor(meaning, context)
    if isinstance(meaning, DefinitionBinding):
        return defined(meaning, context)
    if isinstance(meaning, MapBinding) and not meaning.is_scalar_function:
        return call(meaning, None, found.family, node, context)
    raise unread(node.span, f"{context.session.source.slice(node.span)} needs an argument here")


def _undeclared(node: Node, context: Context) -> Value:
    """Groups with scripts, Kronecker deltas, the number e, sizes as numbers; else undeclared."""
    base, sub, sup, primes = parts(node)
    if isinstance(node, syntax.Scripted):
        indicator = indicator_of(node, context)
        if indicator is not None:
            return indicator
    if not primes and not isinstance(base, syntax.Symbol | syntax.Accent):
        result = value(base, context)
        if sub is not None and not _is_norm_kind(base, sub):
            result = entry_of(result, node, sub, context)
        return result if sup is None else with_superscript(result, sup, context)
    name = key_or_none(base)
    if name == "e" and sup is not None and sub is None:
        return apply_entrywise(ex.EXP, 0, value(sup, context))
    if sub is None and sup is None and not primes and name is not None:
        size = context.size(name, node.span)
        if not size.flexible:
            return values.scalar(lambda frame: ex.SizeValue(frame.size(size)))
    shown = context.session.source.slice(node.span)
    raise ReadingError(
        node.span,
        errors.UNDECLARED_SYMBOL,
        f"nothing in the note says what {shown} is",
        "declare it, for instance with its space: $x \\in \\mathbb R^n$",
    )


def _is_norm_kind(base: Node, sub: Node) -> bool:
    r"""`\|x\|_2` and `\|A\|_F` name the Euclidean norm."""
    return (
        isinstance(base, syntax.Group)
        and base.bracket in ("||", "|")
        and key_or_none(sub) in ("2", "F")
    )
