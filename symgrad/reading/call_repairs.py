r"""Calls whose arguments do not fit: what the author may have meant instead.

Two slips of notes about layers are looked for by their types alone: a call with the
sizes and parameters of another layer, `\varphi^{(1)}(y, W^{(1)})` where y is the output
of layer 1; and a call to which layers in between are missing, `L(\varphi^{(1)}(x), t)`
where t has the size of the last layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from symgrad.calculus.index import Size
from symgrad.diagnostics import Edit
from symgrad.reading import values
from symgrad.reading.context import Context
from symgrad.reading.definitions import tensor
from symgrad.reading.errors import ReadingError
from symgrad.reading.scope import MapBinding, TensorBinding
from symgrad.reading.sizes import is_unknown
from symgrad.reading.syntax import Node
from symgrad.reading.values import ShapeError, Value
from symgrad.records import dataclass

MOST_LAYERS = 4
"""Layers that may be missing in one call."""

Arguments = Sequence[tuple[Value, Node]]
Call = Callable[[MapBinding, Arguments, Context], Value]
"""Works out a call whose sizes are found from its arguments."""


@dataclass(frozen=True)
class Place:
    """A call that does not fit.

    Attributes:
        binding: the function.
        arguments: what it is given.
        family: the sizes in the superscript of its name, if any.
        node: the whole call.
        context: in which it stands.
        work_out: works out a call.
    """

    binding: MapBinding
    arguments: Arguments
    family: Sequence[Node] | None
    node: Node
    context: Context
    work_out: Call


def other_calls(place: Place) -> tuple[Edit, ...]:
    """Edits of the whole call after which its arguments fit; the smallest first."""
    session = place.context.session
    snapshot = session.snapshot()
    found = []
    for search in (_of_another_layer, _with_missing_layers):
        try:
            edits = search(place)
        except ReadingError:
            edits = None
        finally:
            session.restore(snapshot)
        if edits:
            start, text = place.node.span.start, session.source.slice(place.node.span)
            for edit in sorted(edits, key=lambda e: -e.span.start):
                at, end = edit.span.start - start, edit.span.end - start
                text = text[:at] + edit.text + text[end:]
            found.append(Edit(place.node.span, text))
    return tuple(found)


def _name(value: Value) -> str | None:
    """The name of an argument that is an array of the note and nothing else."""
    key = value.key
    return key[1] if isinstance(key, tuple) and key[:1] == ("tensor",) else None


def _own(binding: MapBinding, context: Context) -> dict[str, Size]:
    """Open sizes for all sizes in the declaration of a function."""
    axes = [axis for space in (*binding.axes, binding.codomain) for axis in space or ()]
    names = dict.fromkeys(a.name for a in axes if a.value is None and not is_unknown(a))
    return {name: context.sizes.unknown() for name in names}


def _fits(
    value: Value, axes: Sequence[Size] | None, own: dict[str, Size], context: Context
) -> bool:
    if axes is None:
        return True
    wanted = Value(tuple(own.get(a.name, a) for a in axes), value.entry)
    before = context.sizes.snapshot()
    try:
        values.same_axes(context.sizes, value, wanted, "")
    except ShapeError:
        context.sizes.restore(before)
        return False
    return True


# -- another layer ------------------------------------------------------------


def _of_another_layer(place: Place) -> list[Edit] | None:
    """The sizes follow from the computed argument, the parameters from the sizes."""
    binding, context = place.binding, place.context
    own = _own(binding, context)
    pairs = list(zip(place.arguments, binding.axes, strict=True))
    computed = [p for p in pairs if _name(p[0][0]) is None] or pairs[:1]
    if not all(_fits(argument, axes, own, context) for (argument, _), axes in computed):
        return None
    edits: list[Edit] = []
    for pair in pairs:
        (argument, node), axes = pair
        if pair in computed or _fits(argument, axes, own, context):
            continue
        name = _name(argument)
        alike = _alike(name, axes, own, node, context) if name and axes is not None else []
        # W^{(2)} may be meant by W^{(1)}; the W of a function's own declaration is not.
        others = [other for other in alike if bool(_label(other.name)) == bool(_label(name or ""))]
        if len(others) != 1:
            return None
        _fits(tensor(others[0], context), axes, own, context)
        edits.append(Edit(node.span, others[0].name))
    for size, node in zip(binding.family, place.family or (), strict=False):
        found = context.sizes.resolve(own[size]) if size in own else None
        if found is None or found.flexible:
            return None
        if values.shown(context.size(_text(node, context), node.span)) != found.name:
            edits.append(Edit(node.span, found.name))
    return edits


def _text(node: Node, context: Context) -> str:
    return context.session.source.slice(node.span)


def _alike(
    name: str, axes: Sequence[Size], own: dict[str, Size], node: Node, context: Context
) -> list[TensorBinding]:
    """Arrays with the letter of a name that fit where it does not."""
    found = []
    for other in context.scope.arrays(len(axes), node.span.start):
        binding = context.scope.names.before(other, node.span.start)
        if _stem(other) != _stem(name) or not isinstance(binding, TensorBinding):
            continue
        before = context.sizes.snapshot()
        if _fits(tensor(binding, context), axes, own, context):
            found.append(binding)
        context.sizes.restore(before)
    return found


def _stem(name: str) -> str:
    r"""`W` of `W^{(1)}`, `W_1`, `W'`."""
    for mark in "^_'":
        name = name.split(mark)[0]
    return name


def _label(name: str) -> str:
    return name[len(_stem(name)) :]


# -- missing layers -----------------------------------------------------------


def _with_missing_layers(place: Place) -> list[Edit] | None:
    """The computed argument goes through layers until it has the size of the others."""
    binding, context = place.binding, place.context
    pairs = list(zip(place.arguments, binding.axes, strict=True))
    computed = [p for p in pairs if _name(p[0][0]) is None]
    if len(computed) != 1 or len(computed[0][1] or ()) != 1:
        return None
    (argument, node), axes = computed[0]
    own = _own(binding, context)
    if not all(_fits(a, other, own, context) for (a, _), other in pairs if a is not argument):
        return None
    waiting = [(argument, _text(node, context))]
    for _ in range(MOST_LAYERS):
        longer = [step for value, text in waiting for step in _layers(value, text, node, place)]
        for value, text in longer:
            if _fits(value, axes, own, context):
                return [Edit(node.span, text)]
        waiting = longer
    return None


def _layers(value: Value, text: str, node: Node, place: Place) -> Iterator[tuple[Value, str]]:
    """The value after one more layer, for every layer of the note that takes it."""
    context = place.context
    known = [b for bindings in context.scope.names.bindings.values() for b in bindings]
    for binding in sorted(known, key=lambda b: -b.order):
        is_before = binding.order <= node.span.start
        if is_before and isinstance(binding, MapBinding) and len(binding.parameters) > 1:
            yield from _layer(binding, value, text, node, place)


def _layer(
    binding: MapBinding, value: Value, text: str, node: Node, place: Place
) -> Iterator[tuple[Value, str]]:
    context = place.context
    own = _own(binding, context)
    before = context.sizes.snapshot()
    if len(binding.axes[0] or ()) != 1 or not _fits(value, binding.axes[0], own, context):
        context.sizes.restore(before)
        return
    for names in _parameters(binding, own, node, context):
        if any(tensor_.name in text for tensor_ in names):
            continue
        arguments = [(value, node), *((tensor(name, context), node) for name in names)]
        inner = context.session.snapshot()
        try:
            result = place.work_out(binding, arguments, context)
        except ReadingError:
            context.session.restore(inner)
            continue
        sizes = {size: context.sizes.resolve(axis) for size, axis in own.items()}
        label = ",".join(sizes[size].name for size in binding.family)
        head = binding.latex + (f"^{{({label})}}" if label else "")
        yield result, f"{head}({', '.join((text, *(name.name for name in names)))})"


def _parameters(
    binding: MapBinding, own: dict[str, Size], node: Node, context: Context
) -> Iterator[list[TensorBinding]]:
    """Arrays of one label, such as `W^{(2)}` and `B^{(2)}`, that fit a layer's parameters."""
    rest = list(zip(binding.parameters, binding.axes, strict=True))[1:]
    first = _alike(rest[0][0], rest[0][1] or (), own, node, context)
    for tensor_ in first:
        before = context.sizes.snapshot()
        _fits(tensor(tensor_, context), rest[0][1], own, context)
        chosen = [tensor_]
        for name, axes in rest[1:]:
            alike = _alike(name, axes or (), own, node, context)
            chosen += [other for other in alike if _label(other.name) == _label(tensor_.name)][:1]
            if len(chosen) > 1:
                _fits(tensor(chosen[-1], context), axes, own, context)
        if len(chosen) == len(rest):
            yield chosen
        context.sizes.restore(before)
