"""Readings of a claim that a note leaves open, and whether the claim may hold in one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from random import Random
from typing import NamedTuple

from symgrad.calculus import expression as ex
from symgrad.calculus.dependencies import free_indices
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.evaluation import equal, evaluate
from symgrad.calculus.hypotheses import Hypothesis, Positive, Symmetric
from symgrad.calculus.index import Index, Position, Tensor
from symgrad.calculus.interpretation import EXACT, SIGMOID_LIKE, Interpretation, Leaky
from symgrad.calculus.interval import NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Point, Work
from symgrad.calculus.substitution import substitute, unfold
from symgrad.judging.points import (
    TAME,
    Condition,
    Occurrences,
    indices_to_try,
    interpretations,
    occurrences,
    random_values,
    tame_interpretations,
)
from symgrad.judging.tree import below
from symgrad.judging.trial import CHOICES, SEED
from symgrad.patterns import pattern
from symgrad.records import dataclass, replace

_CONDITIONS: dict[str, Condition] = {
    "equal": lambda indices: len(set(indices.values())) == 1,
    "different": lambda indices: len(set(indices.values())) == len(indices),
}
"""What prose may say of the indices of a claim."""

COUNTS = frozenset({"n", "m", "k", "b", "t", "c", "d"})
"""Letters that count samples, classes or entries, where they are no size already."""


WEIGHTS = pattern(r"(?:\\(?:mathbf|boldsymbol|bm)\{)?[Ww]\}?(?:[_^'].*)?\Z")
"""The letter of weights, with its scripts."""


@dataclass(frozen=True)
class Sides:
    """Both sides of a claim as they are built, with its free indices."""

    left: ex.Expression
    right: ex.Expression
    free: Sequence[Index]


@dataclass(frozen=True)
class Guesses:
    """What of a claim is read from use alone.

    Attributes:
        tensors: arrays and numbers that nothing declares.
        functions: functions of which nothing but the name is known, and nothing says that.
        primed: those of them of which the note writes the derivative.
        of_layers: those of the arrays that every layer has one of.
        arguments: the variables are arguments of a function that the note writes as one.
    """

    tensors: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    primed: frozenset[str] = frozenset()
    of_layers: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()


def derivatives_in(expression: ex.Expression) -> Iterator[ex.Derivative]:
    """The derivatives that an expression is written with."""
    for node in below(expression):
        if isinstance(node, ex.Derivative):
            yield node


def opened(sides: Sides) -> Sides:
    r"""The claim with a gradient that has a name on the left, `\delta^l`, written out."""
    left = sides.left
    while isinstance(left, ex.Named):
        body = unfold(left.definition, left.positions)
        if not isinstance(body, ex.Named | ex.Derivative):
            return sides
        left = body
    return replace(sides, left=left)


def transposed(sides: Sides) -> Sides | None:
    """The claim with its left-hand side transposed; None where its last axes differ in size."""
    first, last = sides.free[-2:]
    if first.size != last.size:
        return None
    left = substitute(sides.left, {first: last, last: first})
    return replace(sides, left=left)


def other_reading(sides: Sides, guesses: Guesses) -> str | None:
    """A reading in which both sides agree, in words."""
    found = occurrences((sides.left, sides.right), sides.free)
    open_tensors = [t for t in found.tensors if t.name in guesses.tensors]
    square = [
        tensor
        for tensor in open_tensors
        if len(tensor.axes) == 2
        and tensor.axes[0] == tensor.axes[1]
        # What leads from layer to layer never is symmetric, nor is what custom calls weights.
        and tensor.name not in guesses.of_layers
        and not WEIGHTS.match(tensor.name)
    ]
    counts = [t for t in open_tensors if not t.axes and t.name.lower() in COUNTS]
    if may_agree(sides, found, ()) or (counts and may_agree(sides, found, (), counts=counts)):
        return "it may hold where sizes that nothing declares are equal"
    told = any(isinstance(node, ex.Delta) for node in below(sides.right))
    for words, condition in _CONDITIONS.items() if len(sides.free) > 1 and not told else ():
        if words == "equal" and _is_of_a_number(sides):
            continue  # a gradient is claimed of all its entries, not of a diagonal
        if may_agree(sides, found, (), conditions=(condition,)):
            return f"it may be meant for {words} indices"
    if square and may_agree(sides, found, [Symmetric(t) for t in square]):
        return f"it may hold where {square[0].name} is symmetric"
    if open_tensors and may_agree(sides, found, [Positive(t) for t in open_tensors]):
        return "it may hold for positive numbers"
    for functions in standard_ones(found, guesses, sides):
        if may_agree(sides, found, (), functions):
            return f"it may hold for another {next(iter(functions)).name}"
    for changed in _with_intermediates_fixed(sides):
        if may_agree(changed, occurrences((changed.left, changed.right), changed.free), ()):
            return "it may hold where \\partial keeps what is computed on the way fixed"
    return None


def _is_of_a_number(sides: Sides) -> bool:
    """Whether the left-hand side is the derivative of a number, by an entry or several."""
    left = sides.left
    return isinstance(left, ex.Derivative) and not free_indices(left.body)


def _writes_out(sides: Sides) -> bool:
    """Whether a claim has exponentials of its own, such as a sigmoid written out."""
    nodes = (*below(sides.left), *below(sides.right))
    return any(isinstance(node, ex.Apply) and node.function is ex.EXP for node in nodes)


def standard_ones(
    found: Occurrences, guesses: Guesses, sides: Sides
) -> Iterator[dict[ex.Function, Interpretation]]:
    """Standard functions for those of which nothing is known.

    Exact ones too, where a claim has exponentials of its own.
    """
    exact = _writes_out(sides)
    unknown = [f for f in found.functions if f.name in guesses.functions]
    if not unknown:
        return
    # The activation of all layers of a network is not exp, and their sigma not the identity.
    in_layers = bool(guesses.of_layers) and all(_is_sigma(f) for f in unknown)
    of_layers = bool(guesses.of_layers) or _are_numbered(unknown)
    for known in (*SIGMOID_LIKE, *(EXACT if exact else ())):
        if not (of_layers and known.name == "exp"):
            yield dict.fromkeys(unknown, known)
    yield dict.fromkeys(unknown, Leaky(0))
    plain = [f for f in unknown if f.name not in guesses.primed and not in_layers]
    if plain:
        yield dict.fromkeys(plain, Leaky(1))


def _are_numbered(functions: Sequence[ex.Function]) -> bool:
    r"""Whether several of these functions have one letter: the `f_1` and `f_2` of two layers."""
    letters = {re.split(r"[_^]", function.name)[0] for function in functions}
    return len(letters) < len(functions)


def _is_sigma(function: ex.Function) -> bool:
    return function.name == r"\sigma"


def may_agree(
    sides: Sides,
    found: Occurrences,
    hypotheses: Iterable[Hypothesis],
    functions: dict[ex.Function, Interpretation] | None = None,
    counts: Iterable[Tensor] = (),
    conditions: Sequence[Condition] = (),
    largest: int = 3,
    zeros: Sequence[Tensor] = (),
) -> bool:
    """Whether no point that meets the hypotheses tells the sides apart, up to a largest size.

    Points at which a side has no value tell nothing, and a ReLU takes many numbers to 0: more
    points are tried where functions are given. Where that is so of all of the usual
    ones, tame ones are tried: what exponentials of exponentials take must be small.
    """
    known, work = tuple(hypotheses), Work()
    tried = [
        _Trial(CHOICES[turn % len(CHOICES)], interpretations(found.functions, turn, False))
        for turn in range((6 if functions else 2) * len(CHOICES))
    ]
    tame = [_Trial(choices, tame_interpretations(found.functions)) for choices in 2 * TAME]
    for trials in (tried, tame):
        told = False
        random = Random(SEED)
        for turn, trial in enumerate(trials):
            size = min(2 + turn % 2, largest)
            sizes = {s: max(size, least) for s, least in found.sizes.items()}
            try:
                values = random_values(found.tensors, sizes, trial.choices, random, known)
            except LimitReached:
                continue
            for tensor in counts:
                values[tensor] = {(): Fraction(max(sizes.values(), default=2))}
            for tensor in zeros:
                values[tensor] = dict.fromkeys(values[tensor], Fraction(0))
            point = Point(sizes, values, {**trial.functions, **(functions or {})})
            for indices in indices_to_try(sides.free, sizes, conditions, random, 6):
                same = _same_at(sides, point, indices, work)
                if same is False:
                    return False
                told = told or same is True
            if work.left < 0:
                return True
        if told:
            break
    return True


class _Trial(NamedTuple):
    """What a point is made of: numbers for entries, and a function for each that is opaque."""

    choices: Sequence[Fraction]
    functions: dict[ex.Function, Interpretation]


def _same_at(sides: Sides, point: Point, indices: dict[Index, int], work: Work) -> bool | None:
    """Whether both sides may agree at a point; None where one has no value."""
    try:
        left = evaluate(sides.left, point, indices, work)
        right = evaluate(sides.right, point, indices, work)
    except (NoValue, LimitReached):
        return None
    return equal(left, right) is not False


def _with_intermediates_fixed(sides: Sides) -> Iterator[Sides]:
    """The claim with partial derivatives that keep named quantities fixed, left, right or both."""
    left, right = (explicit(side) for side in (sides.left, sides.right))
    numerators = {d.body for d in derivatives_in(sides.left)}
    names = {d.body.definition for d in derivatives_in(sides.left) if isinstance(d.body, ex.Named)}
    inner = explicit(sides.right, names) if numerators else right
    for pair in ((left, sides.right), (left, right), (sides.left, right), (sides.left, inner)):
        # Nobody writes down a derivative that is 0 because all on its way is kept fixed.
        if pair != (sides.left, sides.right) and not _is_nothing(pair[0]):
            yield Sides(*pair, sides.free)


def _is_nothing(expression: ex.Expression) -> bool:
    """Whether an expression is 0, as is what has 0 as a factor."""
    match expression:
        case ex.Mul(factors=factors):
            return any(map(_is_nothing, factors))
        case ex.Add(terms=terms):
            return all(map(_is_nothing, terms))
        case ex.Sum(body=body):
            return _is_nothing(body)
    return isinstance(expression, ex.Number) and not expression.value


def explicit(expression: ex.Expression, spared: set[ex.Definition] | None = None) -> ex.Expression:
    """The expression with its derivatives taken at fixed intermediates.

    Args:
        expression: one side of a claim.
        spared: the definitions of which the derivative stays what it is.
    """
    if isinstance(expression, ex.Derivative):
        body = expression.body
        if isinstance(body, ex.Named):
            if spared is not None and body.definition in spared:
                return expression
            if body.definition is expression.variable:
                return expression
            body = unfold(body.definition, body.positions)
        frozen: dict[ex.Definition, Tensor] = {}
        held = _frozen(body, expression.variable, frozen)
        worked = resolve_derivatives(replace(expression, body=held))
        back = {tensor: _naming(definition) for definition, tensor in frozen.items()}
        return substitute(worked, {}, back) if back else worked
    return rebuilt(expression, lambda part: explicit(part, spared))


def _naming(definition: ex.Definition) -> Callable[[tuple[Position, ...]], ex.Expression]:
    return lambda at: ex.Named(definition, at)


def _frozen(
    node: ex.Expression, variable: Tensor | ex.Definition, frozen: dict[ex.Definition, Tensor]
) -> ex.Expression:
    """Named quantities as constants, all but the variable."""
    if isinstance(node, ex.Named):
        definition = node.definition
        if definition is variable:
            return node
        if definition not in frozen:
            axes = tuple(p.size for p in definition.parameters)
            frozen[definition] = Tensor(f"fixed {len(frozen)} {definition.name}", axes)
        return ex.Entry(frozen[definition], node.positions)
    return rebuilt(node, lambda part: _frozen(part, variable, frozen))


def rebuilt(node: ex.Expression, change: Callable[[ex.Expression], ex.Expression]) -> ex.Expression:
    """A node with its parts changed."""
    match node:
        case ex.Add(terms=terms):
            return ex.add(*(change(t) for t in terms))
        case ex.Mul(factors=factors):
            return ex.mul(*(change(f) for f in factors))
        case ex.Power(base=base):
            return replace(node, base=change(base))
        case ex.Sum(body=body) | ex.Derivative(body=body):
            return replace(node, body=change(body))
        case ex.Apply(argument=argument):
            return replace(node, argument=change(argument))
    return node
