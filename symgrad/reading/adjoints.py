r"""Names for gradients by custom: `\delta_3`, `dZ^{[2]}`, `\mathbf{dw}`.

The `\delta` of a layer is the gradient of the loss by what the activation of that
layer is applied to. A `d` before the name of a quantity is the gradient by it.
Both only where the note says nothing else of the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.context import Context
from symgrad.reading.families import is_derivative
from symgrad.reading.functions import KNOWN_FUNCTIONS
from symgrad.reading.layers import LayerNumber, family_name, layer_number
from symgrad.reading.losses import losses_of
from symgrad.reading.names import is_label, key_or_none, parts
from symgrad.reading.scope import DefinitionBinding, MapBinding, OpaqueFunctionBinding
from symgrad.reading.syntax import Node


def delta_of_a_layer(node: Node, context: Context) -> Node | None:
    r"""The derivative that `\delta_3` or `\delta^l_j` stands for; None where that is not clear."""
    base, sub, sup, primes = parts(node)
    if isinstance(base, syntax.Scripted) or key_or_none(base) != r"\delta" or primes:
        return None
    number = layer_of_delta(node)
    if number is None or context.session.has_other_deltas:
        return None
    entry = sub if is_label(sup) else None
    arguments = list(_activated(number, context))
    losses = losses_of(context.session.formulas)
    if len(arguments) != 1 or len(losses) > 1:
        return None
    loss = syntax.Symbol(node.span, losses.pop() if losses else "L")
    by = arguments[0]
    if entry is not None:
        by = syntax.Scripted(by.span, syntax.Group(by.span, "[", (by,)), entry, None, 0)
    context.session.customs = True
    shown = context.session.source.slice(arguments[0].span).strip()
    context.session.assume(f"\\delta is taken to be the gradient by {shown} in its layer")
    return derivative_node(loss, by, node)


def has_own_deltas(node: Node, context: Context) -> bool:
    r"""Whether a numbered `\delta` stands in a note that says of other layers what theirs are.

    Where some are defined as derivatives, custom says nothing of one that is left out: that
    is a slip of the pen.
    """
    number = layer_of_delta(node)
    if number is None or number.letter:
        return False
    known = context.scope.names.bindings
    return any(
        isinstance(binding, DefinitionBinding) and is_derivative(binding.body)
        for name, bindings in known.items()
        if _NUMBERED_DELTA.fullmatch(name)
        for binding in bindings
    )


_NUMBERED_DELTA = pattern(r"\\delta[_^]\{?[(\[]?\d+[)\]]?\}?")


def derivative_node(body: Node, by: Node, place: Node) -> syntax.Fraction:
    """The syntax of a derivative."""
    sign = syntax.Symbol(place.span, r"\partial")
    top = syntax.Product(place.span, (sign, body), ("",))
    bottom = syntax.Product(place.span, (sign, by), ("",))
    return syntax.Fraction(place.span, top, bottom)


def layer_of_delta(node: Node) -> LayerNumber | None:
    r"""The layer of `\delta_3` or `\delta^l_j`; None for every other symbol."""
    if key_or_none(parts(node)[0]) != r"\delta":
        return None
    found = family_name(node)
    if found is not None:
        return found[1]
    sub = parts(node)[1]
    return layer_number(sub) if isinstance(sub, syntax.Numeral) else None


def _activated(number: LayerNumber, context: Context) -> Iterator[Node]:
    """The arguments of the activations that a layer applies."""
    session = context.session
    seen: set[str] = set()
    for binding in _definitions_of_layer(number, context):
        argument = _activation_argument(binding.body, context)
        name = key_or_none(argument) if argument is not None else None
        if argument is not None and (name or binding.name) not in seen:
            seen.add(name or binding.name)
            yield argument
    for argument in _arguments_in_layer(number, context):
        if key_or_none(argument) not in seen:
            seen.add(key_or_none(argument) or "")
            yield argument
    if not seen:
        for family in session.families.forward():
            binding = session.families.instance(family, number)
            argument = _activation_argument(binding.body, context)
            if argument is not None:
                yield argument


def _arguments_in_layer(number: LayerNumber, context: Context) -> Iterator[Node]:
    r"""The `z_2` of `p = \text{softmax}(z_2)`, for a number of a layer."""
    for known in context.scope.names.bindings.values() if not number.letter else ():
        binding = known[-1]
        if isinstance(binding, DefinitionBinding):
            argument = _activation_argument(binding.body, context)
            script = parts(argument)[1] if argument is not None else None
            if argument is not None and script is not None and layer_number(script) == number:
                yield argument


def _definitions_of_layer(number: LayerNumber, context: Context) -> Iterator[DefinitionBinding]:
    text = f"{number.letter}{number.offset:+d}" if number.offset and number.letter else ""
    text = text or number.letter or str(number.offset)
    pattern = re.compile(r"[_^]\{[(\[]?" + re.escape(text) + r"[)\]]?\}$")
    for name, known in context.scope.names.bindings.items():
        binding = known[-1]
        if isinstance(binding, DefinitionBinding) and pattern.search(name):
            yield binding


def _activation_argument(body: Node, context: Context) -> Node | None:
    """What a function is applied to, where a definition is one application."""
    if not isinstance(body, syntax.Product) or len(body.factors) != 2 or body.operators[0]:
        return None
    head, group = body.factors
    name = key_or_none(parts(head)[0])
    if not isinstance(group, syntax.Group) or len(group.items) != 1 or name is None:
        return None
    known = context.scope.names.bindings.get(name, [])
    function = (
        name in context.session.usage.functions
        or name in KNOWN_FUNCTIONS
        or any(isinstance(b, OpaqueFunctionBinding) for b in known)
        or any(isinstance(b, MapBinding) and b.is_scalar_function for b in known)
    )
    return group.items[0] if function else None
