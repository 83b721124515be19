"""Functions that a factor names, ready for their arguments."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position
from symgrad.reading import errors, syntax, values
from symgrad.reading.arguments import named_argument
from symgrad.reading.calls import call
from symgrad.reading.context import Context
from symgrad.reading.definitions import (
    apply_entrywise,
    scalar_function,
)
from symgrad.reading.elaborate import shaped, value
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.functions import KNOWN_FUNCTIONS
from symgrad.reading.implicit import implicit_function
from symgrad.reading.indicators import ONES
from symgrad.reading.lookup import lookup
from symgrad.reading.matrix_functions import refuse_matrix_function
from symgrad.reading.names import is_label, key_or_none, parts
from symgrad.reading.scope import MapBinding, OpaqueFunctionBinding
from symgrad.reading.subscripts import entry_of, rational, with_superscript
from symgrad.reading.sums import indicator_value
from symgrad.reading.syntax import Node
from symgrad.reading.values import Value

Applied = Callable[[tuple[Node, ...], Node], Value]
"""A function ready for its arguments; the node is the whole call."""


def takes_bare_argument(factor: Node) -> bool:
    r"""`\log x`, `\exp -x`: only commands of standard functions."""
    base = parts(factor)[0]
    return isinstance(base, syntax.Symbol) and base.name in KNOWN_FUNCTIONS


def applicable(factor: Node, context: Context) -> Applied | None:
    """The function that a factor names, if it names one."""
    indicator = _indicator(factor, context)
    if indicator is not None:
        return indicator
    found = lookup(factor, context)
    if found is not None:
        meaning, reading = found.meaning, found.reading
        if isinstance(meaning, MapBinding) and not meaning.is_scalar_function:
            if reading.primes:
                return None
            return _map_call(meaning, found.family, reading.subscript, reading.superscript, context)
        if isinstance(meaning, MapBinding | OpaqueFunctionBinding):
            function = scalar_function(meaning, context)
            return _entrywise_call(function, reading.primes, reading.superscript, context)
        return None
    base, sub, sup, primes = parts(factor)
    if isinstance(base, syntax.Accent) and sub is None:
        return _lifted(base, sup, primes, context)
    if isinstance(base, syntax.Symbol) and base.name in KNOWN_FUNCTIONS and sub is None:
        return _known(base.name, sup, primes, context)
    unknown = implicit_function(factor, context)
    if unknown is not None:
        power = None if is_label(sup) else sup
        return _entrywise_call(unknown, primes, power, context)
    return None


def _map_call(
    meaning: MapBinding,
    family: tuple[Node, ...] | None,
    subscript: Node | None,
    superscript: Node | None,
    context: Context,
) -> Applied:
    def apply(arguments: tuple[Node, ...], whole: Node) -> Value:
        evaluated = [(value(argument, context), argument) for argument in arguments]
        result = call(meaning, evaluated, family, whole, context)
        if subscript is not None:
            result = entry_of(result, whole, subscript, context)
        return result if superscript is None else with_superscript(result, superscript, context)

    return apply


def _entrywise_call(
    function: ex.Function, order: int, superscript: Node | None, context: Context
) -> Applied:
    def apply(arguments: tuple[Node, ...], whole: Node) -> Value:
        if len(arguments) != 1:
            raise ReadingError(whole.span, errors.ARITY, f"{function.name} takes one argument")
        argument = named_argument(arguments[0], value(arguments[0], context), context)
        if argument.axes:
            context.session.assume(f"{function.name} of an array: {function.name} on each entry")
        _refuse_inverse(superscript)
        result = apply_entrywise(function, order, argument)
        _refuse_power_of_matrix(result, superscript)
        return result if superscript is None else with_superscript(result, superscript, context)

    return apply


def _refuse_power_of_matrix(result: Value, superscript: Node | None) -> None:
    r"""`\tanh^2(A)` is the square of each entry to most, and a product to some."""
    is_power = superscript is not None and rational(superscript) is not None
    if superscript is not None and is_power and len(result.axes) > 1:
        raise unread(superscript.span, "a power of a function of a matrix has two readings")


def _refuse_inverse(superscript: Node | None) -> None:
    r"""`\sigma^{-1}(u)` is the inverse function to most, and 1/\sigma(u) to some."""
    exponent = rational(superscript) if superscript is not None else None
    if superscript is not None and exponent is not None and exponent < 0:
        raise unread(superscript.span, "a negative power of a function has two readings")


def _lifted(base: syntax.Accent, sup: Node | None, primes: int, context: Context) -> Applied | None:
    r"""`\tilde a` of a vector, where only a function `a` of numbers is declared."""
    plain = lookup(base.base, context)
    if plain is None or not isinstance(plain.meaning, MapBinding | OpaqueFunctionBinding):
        return None
    if isinstance(plain.meaning, MapBinding) and not plain.meaning.is_scalar_function:
        return None
    function = scalar_function(plain.meaning, context)
    name = key_or_none(base)
    context.session.assume(f"{name} of an array: {function.name} on each entry")
    return _entrywise_call(function, primes, sup, context)


def _known(name: str, sup: Node | None, primes: int, context: Context) -> Applied:
    known = KNOWN_FUNCTIONS[name]

    def apply(arguments: tuple[Node, ...], whole: Node) -> Value:
        _refuse_inverse(sup)
        along = _axis(arguments)
        if along is not None:
            if name not in _ALONG_AN_AXIS:
                raise unread(whole.span, f"{name} along an axis is not read")
            return _summed_along(value(arguments[0], context), along, whole)
        evaluated = [value(argument, context) for argument in arguments]
        rank = len(evaluated[0].axes) if evaluated else 0
        if known.ranks is not None and rank not in known.ranks:
            shape = values.describe(context.sizes, evaluated[0])
            raise unread(whole.span, f"{name} of {shape} is not read")
        convention = known.convention(rank)
        if convention is not None:
            context.session.follow(name, convention)
        if primes and known.function is None:
            raise unread(whole.span, f"the derivative of {name} is not read here")
        if known.function is not None:
            if len(evaluated) != 1:
                raise ReadingError(whole.span, errors.ARITY, f"{name} takes one argument")
            refuse_matrix_function(name, evaluated[0], whole, context)
            result = apply_entrywise(known.function, primes, evaluated[0])
            _refuse_power_of_matrix(result, sup)
        else:
            if not known.arity[0] <= len(evaluated) <= known.arity[1]:
                raise unread(whole.span, f"{name} of {len(evaluated)} arguments is not read")
            result = shaped(
                whole.span,
                lambda: known.value(context.sizes, evaluated, context.session.by_columns),
            )
        return result if sup is None else with_superscript(result, sup, context)

    return apply


_ALONG_AN_AXIS = frozenset({r"\operatorname{sum}"})


def _axis(arguments: tuple[Node, ...]) -> int | None:
    """The axis that code names: the 1 of `sum(X, axis=1, keepdims=True)`."""
    found = None
    for argument in arguments[1:]:
        if not isinstance(argument, syntax.Chain) or len(argument.members) != 2:
            return None
        word = (key_or_none(argument.members[0]) or "").replace(" ", "")
        said = argument.members[1]
        if word == "axis" and isinstance(said, syntax.Numeral) and said.text in ("0", "1"):
            found = int(said.text)
        elif word != "keepdims":
            return None
    return found


def _summed_along(whole: Value, axis: int, node: Node) -> Value:
    """The sums of a matrix over one axis, as a column for each row or a row for each column."""
    if len(whole.axes) != 2:
        raise unread(node.span, "a sum along an axis is that of a matrix")

    def entry(frame: values.Frame, positions: tuple[Position, ...]) -> ex.Expression:
        index = frame.fresh(whole.axes[axis])
        at = (positions[0], index) if axis == 1 else (index, positions[0])
        return ex.Sum(index, whole.entry(frame, at))

    return Value((whole.axes[1 - axis],), entry, row=axis == 0)


def _indicator(factor: Node, context: Context) -> Applied | None:
    r"""`\mathbb 1(x > 0)`: the indicator of a condition."""
    name = key_or_none(factor)
    if name not in ONES:
        return None

    def apply(arguments: tuple[Node, ...], whole: Node) -> Value:
        if len(arguments) == 1 and isinstance(arguments[0], syntax.Chain):
            return indicator_value(arguments[0], context)
        if name == "1" and len(arguments) == 1:
            return value(arguments[0], context)
        raise unread(whole.span, "an indicator holds one condition")

    return apply
