"""Names to meanings: which declaration a (scripted) symbol refers to."""

from __future__ import annotations

from symgrad.reading import syntax
from symgrad.reading.context import Context
from symgrad.reading.names import Reading, is_label, key_or_none, parts, readings, split_transpose
from symgrad.reading.scope import DefinitionBinding, MapBinding, Meaning, TensorBinding
from symgrad.reading.syntax import Node
from symgrad.reading.values import Value
from symgrad.records import dataclass, replace

FAMILY = "^{(*)}"
r"""Ends the key of a family `\varphi^{(m,n)}`, whose superscript holds sizes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A name that means something, and what is left to act on it."""

    meaning: Value | Meaning
    reading: Reading
    family: tuple[Node, ...] | None = None


def lookup(node: Node, context: Context) -> Found | None:
    """The meaning of a (scripted) symbol, or None where nothing declares it."""
    superscript, names, place = parts(node)[2], context.scope.names, node.span.start
    labelled = is_label(superscript)
    for reading in readings(node):
        leaves_all = reading.superscript is superscript
        leaves_label = labelled if leaves_all else is_label(reading.superscript)
        if reading.name in context.values and not leaves_label:
            return Found(context.values[reading.name], reading)
        meaning = names.find(reading.name, place)
        if labelled and leaves_all:
            family = names.find(reading.name + FAMILY, place)
            if meaning is None or _names_sizes(superscript, family):
                meaning = family
        if isinstance(meaning, TensorBinding) and not leaves_label:
            computed = _computed(node, meaning, context)
            if computed is not None:
                return computed
        if isinstance(meaning, MapBinding) and leaves_all:
            return _instance(meaning, reading, superscript, context)
        if meaning is not None and not leaves_label:
            return Found(meaning, reading)
    return _in_a_layer(node, context)


def _computed(node: Node, declared: TensorBinding, context: Context) -> Found | None:
    """What a name is that has a declared space, and is computed in every layer besides."""
    found = _in_layers(node, context)
    if found is not None and isinstance(found.meaning, DefinitionBinding):
        context.session.shapes.setdefault(found.meaning, declared.axes)
    return found


def _in_a_layer(node: Node, context: Context) -> Found | None:
    """A name that is defined for every layer, in the layer of its script."""
    return (
        _in_layers(node, context)
        or _declared_in_layers(node, context)
        or _entry_of_bold(node, context)
    )


def _declared_in_layers(node: Node, context: Context) -> Found | None:
    """A name whose space is declared for the layers of a letter, in the layer of its script."""
    binding = context.session.families.space(node)
    if binding is None:
        return None
    context.scope.names.add(binding)
    return Found(binding, _rest(node, binding.name))


def _in_layers(node: Node, context: Context) -> Found | None:
    """The same of a name that says its layer."""
    binding = context.session.families.definition(node)
    if binding is None:
        return None
    return Found(binding, _rest(node, binding.name))


def _rest(node: Node, name: str) -> Reading:
    """What acts on a name besides the label of its layer."""
    base, sub, sup, primes = parts(node)
    if isinstance(sub, syntax.Label):
        sub = None
    if not isinstance(base, syntax.Scripted):
        sup = split_transpose(sup)[1] if not isinstance(parts(node)[1], syntax.Label) else sup
    return Reading(name, sub, sup, primes)


def _entry_of_bold(node: Node, context: Context) -> Found | None:
    r"""The entry `x_i` of a vector `\mathbf{x}`, where nothing else is called x."""
    base, sub, sup, primes = parts(node)
    name = bold_twin(node, context)
    meaning = context.scope.names.find(name, node.span.start) if name is not None else None
    if name is None or meaning is None or isinstance(meaning, MapBinding):
        return None
    context.session.assume(f"{key_or_none(base)} with subscripts: the entries of {name}")
    return Found(meaning, Reading(name, sub, sup, primes))


def bold_twin(node: Node, context: Context) -> str | None:
    r"""The `\mathbf{x}` of which `x_i` may be an entry."""
    base, sub, _, _ = parts(node)
    usage = context.session.usage
    if not isinstance(base, syntax.Symbol) or sub is None or not usage.bold:
        return None
    if usage.index_letters(sub) is None or base.name.startswith(r"\math"):
        return None
    name = rf"\mathbf{{{base.name}}}"
    return None if name in usage.ranks else name


def _names_sizes(superscript: Node | None, family: Meaning | None) -> bool:
    return (
        isinstance(superscript, syntax.Group)
        and isinstance(family, MapBinding)
        and len(superscript.items) == len(family.family)
    )


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
