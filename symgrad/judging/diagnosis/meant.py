"""Right for another question: by another variable, for one output, or under a hypothesis."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

from symgrad.calculus import expression as ex
from symgrad.calculus.dependencies import depends_on
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.hypotheses import Hypothesis, SumsToOne, Symmetric
from symgrad.calculus.index import Fixed, Index, Position, Size, Tensor
from symgrad.calculus.interval import NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.substitution import definitions_of, free_indices, unfold
from symgrad.judging.diagnosis.pool import Pool
from symgrad.judging.diagnosis.probe import Probe
from symgrad.judging.diagnosis.step import Step
from symgrad.judging.forms import headless
from symgrad.judging.points import occurrences
from symgrad.judging.tree import rebuilt
from symgrad.reading.sizes import is_unknown

Meant = tuple[tuple[str, ...], tuple[str, ...]]
"""Slugs of mistakes, and sentences about them."""


def other_variable(step: Step, pool: Pool, points: list[Probe]) -> str | None:
    """The sentence, if the step is the derivative by another variable of the note."""
    truth = step.truth
    if not isinstance(truth, ex.Derivative):
        return None
    own = truth.variable
    for array in pool.arrays:
        if array.value.variable is None:
            continue
        variable = array.value.variable(step.chain.settled_frame())
        if variable == own or variable.name == own.name:
            continue
        sizes = [p.size for p in variable.parameters] if isinstance(
            variable, ex.Definition
        ) else list(variable.axes)  # fmt: skip
        for at in _arrangements(truth.positions, sizes):
            candidate = ex.Derivative(truth.body, variable, at)
            if _is_claimed(step, candidate, points):
                name = pool.spelled(own.name)
                return f"this is the derivative by {array.text}, not by {name}"
    return None


def other_function(step: Step, pool: Pool, points: list[Probe]) -> str | None:
    """The sentence, if the step is the derivative of a quantity on the way to the loss."""
    truth = step.truth
    if not isinstance(truth, ex.Derivative) or free_indices(truth.body):
        return None
    frame = step.chain.settled_frame()
    inside = definitions_of(truth.body)
    for array in pool.arrays:
        if not array.is_named or array.value.variable is None:
            continue
        definition = array.value.variable(frame)
        if definition not in inside or definition == truth.variable:
            continue
        assert isinstance(definition, ex.Definition)
        places = [p for p in truth.positions if isinstance(p, Index)]
        sizes = [p.size for p in definition.parameters]
        for at in permutations(places, len(sizes)):
            if not at or [p.size for p in at] != sizes:
                continue
            candidate = ex.Derivative(ex.Named(definition, at), truth.variable, truth.positions)
            if _is_claimed(step, candidate, points):
                entry = pool.written(array, [index.name for index in at])
                return f"this is the derivative of {entry}; the gradient by it is missing"
    return None


def held_fixed(step: Step, pool: Pool) -> Meant | None:
    """Slug and sentence, if the step is right with some quantities in between held fixed."""
    truth, decider = step.truth, step.chain.decider
    if not isinstance(truth, ex.Derivative):
        return None
    for some in _held(truth, step.claimed):
        held = frozenset(some)
        body = _holding(truth.body, held)
        candidate = ex.Derivative(body, truth.variable, truth.positions)
        claimed = _holding(step.claimed, held)
        if decider.is_proved(claimed, ex.ZERO):
            continue  # what is held fixed is what is differentiated
        if decider.is_proved(candidate, claimed):
            names = " and ".join(pool.spelled(definition.name) for definition in some)
            variable = pool.spelled(truth.variable.name)
            says = f"it is right with {names} held fixed, but {variable} is in there too"
            return ("dropped-cross-terms",), (says,)
    return None


MOST_HELD = 4
"""Quantities in between of which any two may be held fixed."""


def _held(truth: ex.Derivative, claimed: ex.Expression) -> Iterator[tuple[ex.Definition, ...]]:
    """What may be held fixed: quantities on the way to the variable, those of the step first."""
    own = set(definitions_of(claimed))
    between = [
        definition
        for definition in definitions_of(truth.body)
        if definition != truth.variable and depends_on(definition.body, truth.variable)
    ]
    if isinstance(truth.body, ex.Named) and truth.body.definition in between:
        between.remove(truth.body.definition)
    between.sort(key=lambda definition: (definition not in own, len(definition.parameters)))
    for count in (1, 2):
        yield from combinations(between[:MOST_HELD], count)


def _holding(node: ex.Expression, held: frozenset[ex.Definition]) -> ex.Expression:
    """The expression with free tensors for some names, and the others written out."""
    if isinstance(node, ex.Named):
        if node.definition not in held:
            return _holding(unfold(node.definition, node.positions), held)
        axes = tuple(index.size for index in node.definition.parameters)
        return ex.Entry(Tensor(f"{node.definition.name} held fixed", axes), node.positions)
    return rebuilt(node, lambda part: _holding(part, held))


def _arrangements(
    positions: tuple[Position, ...], sizes: list[Size]
) -> Iterator[tuple[Position, ...]]:
    if len(positions) != len(sizes) or len(positions) > 3:
        return
    for order in permutations(positions):
        if [p.size for p in order] == sizes:
            yield order


def _is_claimed(step: Step, candidate: ex.Expression, points: list[Probe]) -> bool:
    """Whether the step equals a candidate, and not only where both are zero."""
    try:
        for probe in points:
            if probe.value(candidate) != probe.value(step.claimed):
                return False
    except (NoValue, LimitReached):
        return False
    if step.chain.decider.is_proved(candidate, ex.ZERO):
        return False
    return step.chain.decider.is_proved(candidate, step.claimed)


def hypothesis(step: Step, pool: Pool) -> Meant | None:
    """Slugs and sentences, if the step, or its negative, is right under a hypothesis."""
    tensors = occurrences((step.truth, step.claimed), step.free).tensors
    for sign in (1, -1):
        claimed = ex.mul(ex.number(sign), step.claimed)
        for tensor in tensors:
            for words, assumed in _hypotheses(tensor):
                if not step.chain.decider.is_proved(step.truth, claimed, (assumed,)):
                    continue
                says = f"it is right if {pool.spelled(tensor.name)} {words}"
                if sign > 0:
                    return ("missing-hypothesis",), (says,)
                return ("sign", "missing-hypothesis"), (
                    "the sign is wrong",
                    f"with the other one {says}",
                )
    return None


def single_output(step: Step) -> Meant | None:
    """Slug and sentence, if the step is right where one of the sizes is 1."""
    found = occurrences((step.truth, step.claimed), step.free)
    decider = step.chain.decider
    for size in found.sizes:
        if is_unknown(size) or size.value is not None:
            continue
        truth, claimed = (_at_one(side, size) for side in (step.truth, step.claimed))
        if decider.is_proved(truth, ex.ZERO) or not decider.is_proved(truth, claimed):
            continue
        says = f"it is right for {size.name} = 1 alone: for a single output"
        return ("single-output",), (says,)
    return None


def _at_one(node: ex.Expression, size: Size) -> ex.Expression:
    """An expression where a size is 1: names and derivatives written out, its sums one term."""
    node = headless(resolve_derivatives(node))
    one = Size("1")

    def at(positions: tuple[Position, ...]) -> tuple[Position, ...]:
        return tuple(Fixed(1, one) if p.size == size else p for p in positions)

    match node:
        case ex.Entry(tensor=tensor, positions=positions):
            axes = tuple(one if axis == size else axis for axis in tensor.axes)
            return ex.Entry(Tensor(tensor.name, axes), at(positions))
        case ex.Delta(left=left):
            return ex.ONE if left.size == size else node
        case ex.SizeValue(size=own) if own == size:
            return ex.ONE
        case ex.Sum(index=index, body=body) if index.size == size:
            return _at_one(body, size)
        case _:
            return rebuilt(node, lambda part: _at_one(part, size))


def _hypotheses(tensor: Tensor) -> Iterator[tuple[str, Hypothesis]]:
    """What could be assumed of a tensor, with the words for it."""
    if len(tensor.axes) == 2 and tensor.axes[0] == tensor.axes[1]:
        yield "is symmetric", Symmetric(tensor)
    if len(tensor.axes) == 1:
        yield "sums to 1", SumsToOne(tensor)
