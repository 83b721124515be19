"""Symbols to values: a name with its scripts, and the few names that need no declaration."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.reading import errors, syntax, values
from symgrad.reading.adjoints import delta_of_a_layer, has_own_deltas
from symgrad.reading.calls import call
from symgrad.reading.constants import CIRCLE
from symgrad.reading.context import Context
from symgrad.reading.definitions import (
    apply_entrywise,
    defined,
    tensor,
)
from symgrad.reading.elaborate import rule, value
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.hidden import at_hidden, hidden_places
from symgrad.reading.identity import identity_of
from symgrad.reading.implicit import implicit, implicit_size
from symgrad.reading.indicators import indicator_of
from symgrad.reading.lookup import Found, lookup
from symgrad.reading.matrix_functions import refuse_matrix_function
from symgrad.reading.names import Reading, is_label, key_or_none, parts
from symgrad.reading.scope import DefinitionBinding, MapBinding, TensorBinding
from symgrad.reading.subscripts import (
    entry_of,
    refuse_bound_letters,
    subscripts,
    with_scripts,
    with_superscript,
)
from symgrad.reading.syntax import Node
from symgrad.reading.values import Value


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
    refuse_bound_letters(node, found.reading, context)
    return _with_scripts(_meaning_value(found, node, context), found.reading, node, context)


def _by_custom(node: Node, context: Context) -> Value | None:
    r"""The gradient that a `\delta` of a layer is by custom, where nothing says otherwise."""
    if has_own_deltas(node, context):
        return None
    gradient = delta_of_a_layer(node, context)
    if gradient is None:
        return None
    found = value(gradient, context)
    base, _, sup, _ = parts(node)
    scripted = sup is not None and not is_label(sup) and not isinstance(base, syntax.Scripted)
    return with_superscript(found, sup, context) if scripted and sup else found


def _with_scripts(base: Value, reading: Reading, node: Node, context: Context) -> Value:
    if reading.primes:
        raise unread(node.span, "the derivative of a function needs an argument")
    return with_scripts(base, node, reading.subscript, reading.superscript, context)


def _meaning_value(found: Found, node: Node, context: Context) -> Value:
    meaning = found.meaning
    if isinstance(meaning, Value):
        return meaning
    if isinstance(meaning, TensorBinding):
        return tensor(meaning, context)
    if isinstance(meaning, DefinitionBinding):
        return _definition(meaning, found.reading, node, context)
    if isinstance(meaning, MapBinding) and not meaning.is_scalar_function:
        return call(meaning, None, found.family, node, context)
    raise unread(node.span, f"{context.session.source.slice(node.span)} needs an argument here")


def _definition(
    meaning: DefinitionBinding, reading: Reading, node: Node, context: Context
) -> Value:
    """The value of a defined name; where its index was left out, at the index of that letter."""
    whole = defined(meaning, context)
    hidden = context.session.hidden.get(meaning, ())
    if not hidden or (reading.subscript is not None and not meaning.indices):
        return whole
    if reading.subscript is not None:
        letters = tuple(key_or_none(s) for s in subscripts(reading.subscript, len(meaning.indices)))
        if letters != meaning.indices:
            message = f"{meaning.latex} depends on {hidden[0]} too"
            raise unread(node.span, message, f"write it with {meaning.indices[0]}")
    places = hidden_places(meaning, whole, node.span, context)
    return at_hidden(whole, places, len(meaning.indices))


def _undeclared(node: Node, context: Context) -> Value:
    """Groups with scripts, Kronecker deltas, the number e, sizes as numbers; else undeclared."""
    base, sub, sup, primes = parts(node)
    if isinstance(node, syntax.Scripted):
        indicator = indicator_of(node, context)
        if indicator is not None:
            return indicator
    if not primes and not isinstance(base, syntax.Symbol | syntax.Accent):
        result = value(base, context)
        if isinstance(base, syntax.Group) and base.bracket in ("||", "|"):
            _check_norm(base, sub, value(base.items[0], context), context)
            sub = None
        return with_scripts(result, node, sub, sup, context)
    name = key_or_none(base)
    if name in context.indices and base is node:
        raise unread(node.span, f"the index {name} is used as a number: that is not read")
    if name == "e" and sub is None and not primes:
        exponent = values.constant(1) if sup is None else value(sup, context)
        refuse_matrix_function(r"\exp", exponent, node, context)
        return apply_entrywise(ex.EXP, 0, exponent)
    if name == CIRCLE and sub is None and not primes and context.session.has_pi:
        circle = values.scalar(lambda frame: ex.PI)
        return circle if sup is None else with_superscript(circle, sup, context)
    if sub is None and sup is None and not primes and name is not None:
        size = context.size(name, node.span)
        if not size.flexible:
            return values.scalar(lambda frame: ex.SizeValue(frame.size(size)))
        by_bound = implicit_size(name, context, node.span)
        if by_bound is not None:
            return by_bound
    one = identity_of(node, context)
    if one is not None:
        return one[0] if one[1] is None else entry_of(one[0], node, one[1], context)
    gradient = _by_custom(node, context)
    if gradient is not None:
        return gradient
    guessed = implicit(node, context)
    if guessed is not None:
        refuse_bound_letters(node, guessed[1], context)
        return _with_scripts(guessed[0], guessed[1], node, context)
    shown = context.session.source.slice(node.span)
    raise ReadingError(
        node.span,
        errors.UNDECLARED_SYMBOL,
        f"nothing in the note says what {shown} is",
        "declare it, for instance with its space: $x \\in \\mathbb R^n$",
    )


def _check_norm(base: syntax.Group, sub: Node | None, inner: Value, context: Context) -> None:
    r"""Only Euclidean norms are read: `\|x\|`, `\|x\|_2` of vectors, `\|A\|_F` of matrices."""
    kind = key_or_none(sub) if sub is not None else ""
    allowed = {"", "F"} if len(inner.axes) > 1 else {"", "2"}
    if kind not in allowed or (base.bracket == "|" and len(inner.axes) > 1):
        raise unread(base.span, "this norm is not read")
