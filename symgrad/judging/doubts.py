r"""Whether a claim that fails as it is read would hold in another reading of the note.

Notes declare little. What a formula leaves open is read by rules, and a claim that fails
may be true as its author meant it. It is called false only if it fails in every reading
that the note leaves open:

- **Hypotheses.** Prose is not read, so `t` may be one-hot, a matrix that nothing declares
  symmetric, a number that nothing declares positive.
- **Sizes.** The N of `\frac1N` and the n of `\sum_{i=1}^n` may be one.
- **Conditions.** The claim may be meant for indices that are equal, or different,
  unless it tells these cases apart itself.
- **Functions.** A function of which only the name is known may be the sigmoid, tanh, exp, a
  ReLU, or (where the note never writes its derivative) the identity. A formula for its
  derivative, `\frac{df}{dx} = 3x^2`, may be what says which function it is.
- **Losses.** A loss that the note never defines may be defined in prose; then the author
  writes its gradient out.
- **Fixed intermediates.** `\partial` may keep the named quantities in between fixed.
- **Layout.** The derivative by a matrix that nothing declares may be the transpose.
- **Numbers.** What is read as arrays may be numbers, unless the claim is written as one about
  arrays is: with a transpose, an index, a product by entries.
- **Names from nowhere.** A name that only the claim has, and not what its left-hand side is
  defined by, says that the author knows more than the note tells.
- **Dependence.** A name without a definition may depend on the variable: the denominator Z
  of `p_k = e^{z_k} / Z`. Then the author's derivative is the explicit one and something
  more. So where every term of the explicit derivative is in the claim, at least as often,
  the rest may come from a dependence; where a term is missing, changed in sign or too small,
  no dependence that an author would leave unsaid brings the claim about. A claim that is a
  multiple of the explicit derivative is one of wrong size, unless that is free of the variable:
  the derivative of `\frac12 \sum_i x_i g_i` is g where g = Ax.

Names that the note does declare are in no doubt, except that prose may say they are one-hot
or sum to 1.
"""

from __future__ import annotations

import re
from fractions import Fraction

from symgrad.calculus import expression as ex
from symgrad.calculus.dependencies import definitions_of
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.hypotheses import OneHot, SumsToOne
from symgrad.calculus.index import Tensor
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import FACTS, Normaliser
from symgrad.calculus.rules import Undefined
from symgrad.calculus.substitution import depends_on, unfold
from symgrad.judging.points import occurrences
from symgrad.judging.rivals import (
    WEIGHTS,
    Guesses,
    Sides,
    derivatives_in,
    may_agree,
    other_reading,
    transposed,
)
from symgrad.judging.tree import below
from symgrad.reading.functionals import MARK

CONSTANTS = frozenset({r"\epsilon", r"\varepsilon", r"\lambda", r"\eta", r"\alpha", r"\pi", "N"})
"""Names of numbers that are constants by custom."""


def hypothesis_in_doubt(sides: Sides) -> str | None:
    """What prose may say of an array that is not the variable, so that a derivative is right."""
    named = [definition.body for definition in definitions_of(sides.left)]
    variables = {d.variable for part in (sides.left, *named) for d in derivatives_in(part)}
    if not variables:
        return None
    found = occurrences((sides.left, sides.right), sides.free)
    for tensor in found.tensors:
        if tensor in variables or _is_gradient(tensor):
            continue
        if any(_is_made_of(v, tensor) for v in variables):
            continue
        if len(tensor.axes) > 1 and not _takes_logarithms(sides):
            continue  # labels of several examples stand beside logarithms of probabilities
        for axis in range(len(tensor.axes)):
            if may_agree(sides, found, (OneHot(tensor, axis),)):
                return f"does not hold unless {SumsToOne(tensor, axis)} or is one-hot"
    return None


def _takes_logarithms(sides: Sides) -> bool:
    """Whether a logarithm occurs in a claim, or in what its names stand for."""
    both = (sides.left, sides.right)
    named = [definition.body for side in both for definition in definitions_of(side)]
    return any(
        isinstance(node, ex.Apply) and node.function is ex.LOG
        for side in (*both, *named)
        for node in below(side)
    )


def _is_made_of(variable: Tensor | ex.Definition, tensor: Tensor) -> bool:
    """Whether a variable is computed from an array: what is differentiated by is no target."""
    return isinstance(variable, ex.Definition) and depends_on(variable.body, tensor)


def array_in_doubt(
    same_sizes: Sides, guesses: Guesses, rank: int, shows_arrays: bool, omits_signs: bool
) -> str | None:
    """Why a claim about the gradient by an array is not called false, besides what `doubt` says.

    Args:
        same_sizes: the claim, with all sizes that nothing declares put equal.
        guesses: what of it nothing declares.
        rank: of both sides; the last free indices are theirs.
        shows_arrays: whether the claim is written as one about arrays is.
        omits_signs: whether a product in it may be meant entry by entry.
    """
    if rank == 0:
        return None
    if rank > 2:
        return "the order of its axes is not said"
    found = occurrences((same_sizes.left, same_sizes.right), same_sizes.free)
    if rank == 2:
        turned = transposed(same_sizes)
        if turned is None or may_agree(turned, found, ()):
            return "it may hold for the other layout of the derivative"
    surely_arrays = shows_arrays or any(_is_surely_an_array(t, guesses) for t in found.tensors)
    if surely_arrays and not omits_signs:
        return None
    if may_agree(same_sizes, found, (), largest=1):
        return "it may be meant for numbers" + ", or entry by entry" * surely_arrays
    return None


def _is_surely_an_array(tensor: Tensor, guesses: Guesses) -> bool:
    """Whether a name is declared as an array, or written as only arrays are."""
    if not tensor.axes or _is_gradient(tensor):
        return False
    bold = tensor.name.startswith((r"\mathbf", r"\boldsymbol", r"\bm", r"\vec"))
    return bold or tensor.name not in guesses.tensors


def doubt(sides: Sides, guesses: Guesses, same_sizes: Sides) -> str | None:
    """Why a claim that fails is not called false; None where it fails in every reading.

    Args:
        sides: of the claim, as it is read.
        guesses: what of it nothing declares.
        same_sizes: the same, with all sizes that nothing declares put equal.
    """
    from_nowhere = _from_nowhere(sides, guesses)
    if from_nowhere is not None:
        return f"the left-hand side says nothing of {from_nowhere}"
    loss = _loss_told_elsewhere(sides)
    if loss is not None:
        return f"it may hold for the {loss} that is meant"
    described = _described(sides, guesses)
    if described is not None:
        return f"this may be what says what {described} is"
    if not _is_explicit(sides):
        return "how the left-hand side depends on the variable is not said"
    return (
        other_reading(same_sizes, guesses)
        or _dependence(sides, guesses)
        or _only_through_others(same_sizes)
    )


def _is_gradient(tensor: Tensor) -> bool:
    return tensor.name.startswith(MARK) or "partial" in tensor.name


# -- names from nowhere, and variables that do not occur ----------------------


def _from_nowhere(sides: Sides, guesses: Guesses) -> str | None:
    """A name without a declaration in the claim that its left-hand side does not have."""
    left, right = (occurrences((side,), ()) for side in (sides.left, sides.right))
    indices = {index.size for index in sides.free}
    known = {_variable(tensor) for tensor in left.tensors}
    for tensor in right.tensors:
        name = _variable(tensor)
        own = name == tensor.name or name not in known
        own = own and not (name in guesses.of_layers and _has_others(name, known))
        if name in guesses.tensors and tensor not in left.tensors and own:
            return name
    for function in right.functions:
        if function.name in guesses.functions and function not in left.functions:
            return function.name
    for size in right.sizes:
        if size.flexible and size not in left.sizes and size not in indices:
            return size.name.lstrip("?") or "the range of an index"
    return None


def _has_others(name: str, known: set[str]) -> bool:
    """Whether another name differs from this one in its layer only: `W^{l+1}` beside `W^l`."""
    return any(_OFFSET.sub("", other) == _OFFSET.sub("", name) for other in known)


_OFFSET = re.compile(r"[+-]\d+(?=[)\]}]*\Z)|(?<=[\^_])[{}]|\}\Z")


def _variable(tensor: Tensor) -> str:
    """The name of an array, or of what a gradient of which nothing is known is by."""
    return tensor.name.rsplit(MARK, 1)[-1].strip()


def _is_explicit(sides: Sides) -> bool:
    """Whether every derivative is by something that occurs in what is differentiated."""
    derivatives = [*derivatives_in(sides.left), *derivatives_in(sides.right)]
    return bool(derivatives) and all(depends_on(d.body, d.variable) for d in derivatives)


def _loss_told_elsewhere(sides: Sides) -> str | None:
    """A gradient of an undefined loss that the claim gives without any such gradient.

    Then the author knows the loss: prose says that it is the squared error.
    """
    left, right = (occurrences((side,), ()) for side in (sides.left, sides.right))
    gradients = [tensor.name for tensor in left.tensors if _is_gradient(tensor)]
    if not gradients or any(_is_gradient(tensor) for tensor in right.tensors):
        return None
    return gradients[0].split("/")[0].removeprefix(MARK).strip()


def _described(sides: Sides, guesses: Guesses) -> str | None:
    """A function of which only the name is known, where the claim gives a formula for its slope."""
    left = sides.left
    body = left.body if isinstance(left, ex.Derivative) else left
    if isinstance(body, ex.Named):
        body = unfold(body.definition, body.positions)
    if not isinstance(body, ex.Apply) or body.function.name not in guesses.functions:
        return None
    if isinstance(left, ex.Derivative) and not isinstance(body.argument, ex.Entry | ex.Named):
        return None
    order = body.order + isinstance(left, ex.Derivative)
    orders = [
        n.order
        for n in below(sides.right)
        if isinstance(n, ex.Apply) and n.function is body.function
    ]
    return None if any(found >= order for found in orders) else body.function.name


def _only_through_others(sides: Sides) -> str | None:
    """A variable of which a loss that nothing defines may be no function by itself."""
    found = occurrences((sides.left, sides.right), sides.free)
    variables = {_bare(d.variable.name) for d in derivatives_in(sides.left)}
    direct = [t for t in found.tensors if _is_gradient(t) and _bare(_variable(t)) in variables]
    others = any(_is_gradient(t) and t not in direct for t in found.tensors)
    if not direct or not others or not may_agree(sides, found, (), zeros=direct):
        return None
    return f"it may hold where nothing but what it makes depends on {_variable(direct[0])}"


def _bare(name: str) -> str:
    """A name without the braces that LaTeX does not need."""
    return re.sub(r"[{}\s]", "", name)


def _dependence(sides: Sides, guesses: Guesses) -> str | None:
    """Whether a name that nothing declares may depend on the variable, so that the claim holds."""
    found = occurrences((sides.left,), sides.free)
    variables = {d.variable for d in derivatives_in(sides.left)}
    names = {v.name for v in variables}
    # What a variable is made of does not depend on it, nor do weights on what they multiply.
    made_of = occurrences([v.body for v in variables if isinstance(v, ex.Definition)]).tensors
    may = [
        t
        for t in found.tensors
        if t.name in guesses.tensors
        and t.name not in CONSTANTS
        and t not in variables
        and t not in made_of
        and not WEIGHTS.match(t.name)
        and not _is_gradient(t)
    ]
    if not may or names <= guesses.arguments:
        return None
    normaliser = Normaliser(FACTS)
    try:
        explicit = normaliser.polynomial(sides.left)
        claimed = normaliser.polynomial(sides.right)
    except (LimitReached, Undefined):
        return "it is too large to tell whether a name depends on the variable"
    ratios = {
        Fraction(claimed.get(monomial, 0)) / Fraction(coefficient)
        for monomial, coefficient in explicit.items()
    }
    if ratios and min(ratios) < 1:
        return None
    multiple = len(ratios) == 1 and ratios != {1} and set(explicit) == set(claimed)
    if multiple and any(depends_on(resolve_derivatives(sides.left), v) for v in variables):
        return None
    return f"{may[0].name} may depend on {', '.join(sorted(names))}"
