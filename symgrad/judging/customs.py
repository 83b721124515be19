r"""What else gradients may be that only custom explains: `\delta_2`, `dZ`, `\nabla_a`.

A claim about them that fails is called false only if it fails for all of these:

- **A factor.** The loss may be a mean or a sum, or have another sign: the left-hand side may
  be any constant multiple of the right-hand side.
- **What an activation gives, and takes.** The `\delta` of a layer may be the gradient by what
  its activation gives, and the `di` of a gate `i = \sigma(..)` that by what it is applied to.
- **Parts.** Code adds to a gradient path by path: `dv = \rho\, do`, and later `dv` and more.
- **Results.** Of several results of a network the loss may depend on some only.
- **Differentials.** `dz = w\, dx` says how a small change of x changes z. There the names are
  those of changes, and no gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from random import Random

from symgrad.calculus import expression as ex
from symgrad.calculus.dependencies import definitions_of, direct_needs, mentions
from symgrad.calculus.evaluation import equal, evaluate
from symgrad.calculus.index import Index, Position, Tensor, fresh
from symgrad.calculus.interpretation import Interpretation
from symgrad.calculus.interval import Interval, NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Point, Work
from symgrad.calculus.substitution import depends_on, unfold
from symgrad.judging.doubts import CONSTANTS
from symgrad.judging.points import (
    Occurrences,
    indices_to_try,
    interpretations,
    occurrences,
    random_values,
)
from symgrad.judging.rivals import (
    COUNTS,
    Guesses,
    Sides,
    derivatives_in,
    explicit,
    rebuilt,
    standard_ones,
)
from symgrad.judging.trial import CHOICES, SEED
from symgrad.reading.functionals import MARK

POINTS = 12
"""Points at which two sides are compared."""

MOST_PATHS = 4
"""Quantities that use a variable, of which every choice is tried."""

_Pair = tuple[Fraction | Interval, Fraction | Interval]


def custom_in_doubt(
    sides: Sides, guesses: Guesses, *, of_layers: bool, may_be_changes: bool
) -> str | None:
    r"""Why a claim about gradients that only custom names is not called false.

    Args:
        sides: of the claim, with all sizes that nothing declares put equal.
        guesses: what of it nothing declares.
        of_layers: whether a `\delta` of a layer is among them.
        may_be_changes: whether a name such as `dZ` is.
    """
    if _is_proportional(sides, guesses):
        return "a factor may belong to what these names mean"
    for other in _by_results(sides) if of_layers else ():
        if _is_proportional(other, guesses):
            return "it may hold for the gradient by what the activation gives"
    for other in _by_arguments(sides) if may_be_changes else ():
        if _is_proportional(other, guesses):
            return "it may hold for the gradient by what an activation is applied to"
    for part in _by_paths(sides):
        if _is_proportional(part, guesses):
            return "it may be a part of the gradient, along some of its paths"
    gradients = [t for t in _tensors(sides) if t.name.startswith(MARK)]
    for one in gradients if len(gradients) > 1 else ():
        if _is_proportional(sides, guesses, without=one):
            return "the loss may depend on less than all results"
    if may_be_changes and _is_proportional(_of_changes(sides), guesses):
        return "it may be about small changes"
    return None


# -- multiples -----------------------------------------------------------------


def _tensors(sides: Sides) -> Iterable[Tensor]:
    return occurrences((sides.left, sides.right), sides.free).tensors


def _is_proportional(sides: Sides, guesses: Guesses, without: Tensor | None = None) -> bool:
    """Whether one side may be a constant multiple of the other, for some choice of functions.

    Args:
        sides: of the claim.
        guesses: what of it nothing declares.
        without: what is put to 0.
    """
    found = occurrences((sides.left, sides.right), sides.free)
    for functions in (None, *standard_ones(found, guesses, sides)):
        values = (_values(sides, found, functions or {}, size, without) for size in (2, 3))
        if all(_are_multiples(pairs) for pairs in values):
            return True
    return False


def _values(
    sides: Sides,
    found: Occurrences,
    functions: dict[ex.Function, Interpretation],
    size: int,
    without: Tensor | None,
) -> Iterator[_Pair]:
    """Both sides at many points of the same sizes, with the same values of constants."""
    random, work = Random(SEED), Work()
    sizes = {s: max(size, least) for s, least in found.sizes.items()}
    constants = [t for t in found.tensors if not t.axes and _is_constant(t.name)]
    others = [t for t in found.tensors if t not in constants]
    fixed = random_values(constants, sizes, CHOICES[0], random)
    for turn in range(POINTS):
        try:
            values = random_values(others, sizes, CHOICES[turn % len(CHOICES)], random)
        except LimitReached:
            return
        if without is not None:
            values[without] = dict.fromkeys(values[without], Fraction(0))
        chosen = {**interpretations(found.functions, turn, False), **functions}
        point = Point(sizes, {**fixed, **values}, chosen)
        for indices in indices_to_try(sides.free, sizes, (), random, 4):
            try:
                yield (
                    evaluate(sides.left, point, indices, work),
                    evaluate(sides.right, point, indices, work),
                )
            except (NoValue, LimitReached):
                continue


def _is_constant(name: str) -> bool:
    return name in CONSTANTS or name.lower() in COUNTS


def _are_multiples(pairs: Iterator[_Pair]) -> bool:
    """Whether no pair tells that the first numbers are not a multiple of the second ones."""
    first: _Pair | None = None
    for left, right in pairs:
        without = [equal(side, Fraction(0)) for side in (left, right)]
        if sorted(map(str, without)) == ["False", "True"]:
            return False
        if without != [False, False]:
            continue
        if first is None:
            first = left, right
        elif equal(_product(left, first[1]), _product(first[0], right)) is False:
            return False
    return True


def _product(first: Fraction | Interval, second: Fraction | Interval) -> Fraction | Interval:
    product = first * second
    return Fraction(product) if isinstance(product, int) else product


# -- gradients by what an activation gives -----------------------------------------


def _by_results(sides: Sides) -> Iterator[Sides]:
    """The claim with gradients by what the quantities are made into, for each choice of that."""
    variables = {
        d.variable
        for side in (sides.left, sides.right)
        for d in derivatives_in(side)
        if isinstance(d.variable, ex.Definition)
    }
    users = {v: _users(v, sides) for v in variables}
    for turn in range(max((len(found) for found in users.values()), default=0)):
        chosen = {v: found[min(turn, len(found) - 1)] for v, found in users.items() if found}
        change = _changed(chosen)
        yield Sides(change(sides.left), change(sides.right), sides.free)


def _users(variable: ex.Definition, sides: Sides) -> list[ex.Definition]:
    """The quantities of the same shape that are made of a variable directly."""
    bodies = [d.body for side in (sides.left, sides.right) for d in derivatives_in(side)]
    known = {d: None for body in bodies for d in definitions_of(body)}
    sizes = [p.size for p in variable.parameters]
    return [
        d
        for d in known
        if variable in direct_needs(d)[1] and [p.size for p in d.parameters] == sizes
    ]


def _changed(
    variables: dict[ex.Definition, ex.Definition],
) -> Callable[[ex.Expression], ex.Expression]:
    """Puts other variables into derivatives."""

    def change(node: ex.Expression) -> ex.Expression:
        if isinstance(node, ex.Derivative) and isinstance(node.variable, ex.Definition):
            variable = variables.get(node.variable, node.variable)
            return ex.Derivative(node.body, variable, node.positions)
        return rebuilt(node, change)

    return change


def _by_arguments(sides: Sides) -> Iterator[Sides]:
    """The claim with gradients by what quantities are the activations of, left or both."""
    left = _inside(sides.left)
    yield Sides(left, sides.right, sides.free)
    yield Sides(left, _inside(sides.right), sides.free)


def _inside(node: ex.Expression) -> ex.Expression:
    """Gradients by `f(z)` as those by z, entry by entry."""
    if not isinstance(node, ex.Derivative) or isinstance(node.variable, Tensor):
        return rebuilt(node, _inside)
    body = unfold(node.variable, node.positions)
    if not isinstance(body, ex.Apply):
        return node
    return ex.mul(node, ex.Apply(body.function, body.order + 1, body.argument))


# -- gradients along some paths ----------------------------------------------------


def _by_paths(sides: Sides) -> Iterator[Sides]:
    """The claim with the gradient on its left along some of the quantities that use the variable.

    The gradient is the sum over them, of dL/du * du/dx with all else that u is made of fixed.
    """
    left = sides.left
    if not isinstance(left, ex.Derivative):
        return
    variable = left.variable
    users = [d for d in definitions_of(left.body) if mentions(direct_needs(d), variable)]
    if not 1 < len(users) <= MOST_PATHS:
        return
    for count in range(1, len(users)):
        for some in combinations(users, count):
            parts = (_along(user, left) for user in some)
            yield Sides(ex.add(*parts), sides.right, sides.free)


def _along(user: ex.Definition, gradient: ex.Derivative) -> ex.Expression:
    indices = [fresh("p", parameter.size) for parameter in user.parameters]
    at: tuple[Position, ...] = tuple(indices)
    slope = explicit(ex.Derivative(ex.Named(user, at), gradient.variable, gradient.positions))
    return _summed(indices, ex.mul(ex.Derivative(gradient.body, user, at), slope))


def _summed(indices: Sequence[Index], term: ex.Expression) -> ex.Expression:
    for index in reversed(indices):
        term = ex.Sum(index, term)
    return term


# -- differentials -----------------------------------------------------------------


def _of_changes(sides: Sides) -> Sides:
    """The claim about small changes where it has gradients.

    What is differentiated by and depends on nothing else of that kind changes freely; the
    others change with it.
    """
    nodes = [*derivatives_in(sides.left), *derivatives_in(sides.right)]
    variables = list(dict.fromkeys(node.variable for node in nodes))
    free = [v for v in variables if not any(_is_made_of(v, o) for o in variables if o is not v)]

    def changed(node: ex.Expression) -> ex.Expression:
        if not isinstance(node, ex.Derivative):
            return rebuilt(node, changed)
        variable = node.variable
        if variable in free or isinstance(variable, Tensor):
            return ex.Entry(_change_of(variable), node.positions)
        quantity = ex.Named(variable, node.positions)
        causes = [cause for cause in free if depends_on(quantity, cause)]
        return ex.add(*(_caused(quantity, cause) for cause in causes))

    return Sides(changed(sides.left), changed(sides.right), sides.free)


def _is_made_of(variable: Tensor | ex.Definition, other: Tensor | ex.Definition) -> bool:
    return isinstance(variable, ex.Definition) and depends_on(variable.body, other)


def _change_of(variable: Tensor | ex.Definition) -> Tensor:
    """A free array for the change of a quantity."""
    if isinstance(variable, Tensor):
        return Tensor(f"change of {variable.name}", variable.axes)
    return Tensor(f"change of {variable.name}", tuple(p.size for p in variable.parameters))


def _caused(quantity: ex.Expression, cause: Tensor | ex.Definition) -> ex.Expression:
    """Sum over the entries of a cause, each derivative times the change of that entry."""
    change = _change_of(cause)
    indices = [fresh("c", size) for size in change.axes]
    at: tuple[Position, ...] = tuple(indices)
    term = ex.mul(ex.Derivative(quantity, cause, at), ex.Entry(change, at))
    return _summed(indices, term)
