"""Bare expressions: which derivative of the note's quantities an expression is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, fresh
from symgrad.calculus.substitution import free_indices
from symgrad.diagnostics import Span
from symgrad.judging.decide import Decider
from symgrad.reading.calls import call
from symgrad.reading.context import Context
from symgrad.reading.definitions import defined, tensor
from symgrad.reading.errors import ReadingError
from symgrad.reading.scope import DefinitionBinding, MapBinding, TensorBinding
from symgrad.reading.subscripts import has_entries_in_brackets
from symgrad.reading.syntax import Blank
from symgrad.reading.values import Frame, Value
from symgrad.records import dataclass

MAXIMAL_CANDIDATES = 60


@dataclass(frozen=True)
class Identified:
    """What an expression is.

    Attributes:
        sentence: in words.
        with_brackets, with_subscripts: LaTeX of the derivative that it is, in the
            spellings that notes have; of a function, entries never have brackets.
    """

    sentence: str
    with_brackets: tuple[str, ...]
    with_subscripts: tuple[str, ...]


def identify(
    expression: ex.Expression, frame: Frame, context: Context, order: int, decider: Decider
) -> Identified | None:
    """What an expression is the derivative of; None where nothing fits."""
    brackets = has_entries_in_brackets(context.session.source.text)
    free = sorted(free_indices(expression), key=lambda index: index.uid)
    tried = 0
    for name, function in _quantities(context, order):
        for variable_name, variable in _variables(context, order):
            for found, candidate in _candidates(
                name, function, variable_name, variable, free, frame, brackets
            ):
                tried += 1
                if tried > MAXIMAL_CANDIDATES:
                    return None
                if decider.is_proved(candidate, expression):
                    return found
    return None


def identify_array(
    value: Value, frame: Frame, context: Context, order: int, decider: Decider
) -> Identified | None:
    """What an array is the derivative of, by a whole array; None where nothing fits."""
    at = tuple(fresh(c, frame.size(axis)) for c, axis in zip("ijkl", value.axes, strict=False))
    expression = value.entry(frame, at)
    tried = 0
    for name, function in _quantities(context, order):
        for by, variable in _variables(context, order):
            over, under = len(function.axes), len(variable.axes)
            sizes = [frame.size(axis) for axis in (*function.axes, *variable.axes)]
            if over + under != len(at) or not under or sizes != [index.size for index in at]:
                continue
            tried += 1
            if tried > MAXIMAL_CANDIDATES:
                return None
            assert variable.variable is not None
            body = function.entry(frame, at[:over])
            candidate = ex.Derivative(body, variable.variable(frame), at[over:])
            if decider.is_proved(candidate, expression):
                written = (rf"\dfrac{{\partial {name}}}{{\partial {by}}}",)
                return Identified(f"it is the derivative of {name} by {by}", written, written)
    return None


def _quantities(context: Context, order: int) -> Iterator[tuple[str, Value]]:
    """What the note has defined before this place, the latest first."""
    known = [b for bindings in context.scope.names.bindings.values() for b in bindings]
    for binding in sorted(known, key=lambda b: -b.order):
        if binding.order > order:
            continue
        try:
            if isinstance(binding, MapBinding) and not binding.is_scalar_function:
                yield binding.latex, call(binding, None, None, Blank(Span(order, order)), context)
            elif isinstance(binding, DefinitionBinding):
                yield binding.latex, defined(binding, context)
        except ReadingError:
            continue


def _variables(context: Context, order: int) -> Iterator[tuple[str, Value]]:
    """What can be differentiated by: the inputs, then what is computed of them."""
    for name in context.scope.names.bindings:
        binding = context.scope.names.before(name, order)
        if isinstance(binding, TensorBinding):
            yield name, tensor(binding, context)
    for name in context.scope.names.bindings:
        binding = context.scope.names.before(name, order)
        if isinstance(binding, DefinitionBinding):
            try:
                value = defined(binding, context)
            except ReadingError:
                continue
            if value.axes:
                yield binding.latex, value


def _candidates(
    name: str,
    function: Value,
    variable_name: str,
    variable: Value,
    free: list[Index],
    frame: Frame,
    brackets: bool,
) -> Iterator[tuple[Identified, ex.Expression]]:
    """The derivative of an entry, and of the sum of the entries, by an entry of the variable."""
    assert variable.variable is not None
    entry = _entry if brackets else _subscripted
    for at in _arrangements(free, variable, frame):
        rest = [index for index in free if index not in at]
        by = _entry(variable_name, at)
        bare = _subscripted(variable_name, at)
        shown = by if brackets else bare
        if not rest:
            inner = _summed(function, free, frame)
            body = function.entry(frame, inner)
            derivative: ex.Expression = ex.Derivative(body, variable.variable(frame), at)
            for index in reversed(inner):
                derivative = ex.Sum(index, derivative)
            sums = "".join(rf"\sum\limits_{{{k.name}=1}}^{{{k.size.name}}} " for k in inner)
            yield (
                Identified(
                    _in_words(name, shown, inner),
                    _quotients(sums, name, inner, by),
                    _quotients(sums, name, inner, bare),
                ),
                derivative,
            )
        for positions in _arrangements(rest, function, frame):
            if len(positions) == len(rest) and positions:
                body = function.entry(frame, positions)
                yield (
                    Identified(
                        f"it is the derivative of {entry(name, positions)} by {shown}",
                        _quotients("", name, positions, by),
                        _quotients("", name, positions, bare),
                    ),
                    ex.Derivative(body, variable.variable(frame), at),
                )


def _in_words(name: str, by: str, inner: Sequence[Index]) -> str:
    if not inner:
        return f"it is the derivative of {name} by {by}"
    return (
        f"it is the derivative of the sum of the entries of {name} by {by} "
        f"(the transposed Jacobian times a vector of ones); with a factor g_i "
        f"in the sum, g = \\partial L / \\partial {name}, "
        f"it is \\partial L / \\partial {by}"
    )


def _summed(function: Value, free: Sequence[Index], frame: Frame) -> tuple[Index, ...]:
    """Fresh indices for the entries of a value, their letters not those of free ones."""
    letters = [c for c in "iklpqrs" if all(c != index.name for index in free)]
    return tuple(
        fresh(c, frame.size(axis)) for c, axis in zip(letters, function.axes, strict=False)
    )


def _entry(name: str, at: Sequence[Index]) -> str:
    return f"[{name}]_{_letters(at)}" if at else name


def _subscripted(name: str, at: Sequence[Index]) -> str:
    return f"{name}_{_letters(at)}" if at else name


def _letters(at: Sequence[Index]) -> str:
    letters = ",".join(index.name for index in at)
    return letters if len(letters) == 1 else f"{{{letters}}}"


def _quotients(sums: str, name: str, positions: Sequence[Index], by: str) -> tuple[str, ...]:
    """The derivative as a quotient; functions have plain subscripts, arrays may have brackets."""
    tops = dict.fromkeys((_subscripted(name, positions), _entry(name, positions)))
    return tuple(rf"{sums}\dfrac{{\partial {top}}}{{\partial {by}}}" for top in tops)


def _arrangements(free: list[Index], value: Value, frame: Frame) -> Iterator[tuple[Index, ...]]:
    """Ways to put free indices at the axes of a value, each at most once, ranges fitting."""
    sizes = [frame.size(axis) for axis in value.axes]

    def place(at: tuple[Index, ...]) -> Iterator[tuple[Index, ...]]:
        if len(at) == len(sizes):
            yield at
            return
        for index in free:
            if index not in at and index.size == sizes[len(at)]:
                yield from place((*at, index))

    yield from place(())
