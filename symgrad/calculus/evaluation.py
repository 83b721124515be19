"""Exact evaluation of expressions at a point: the judge of every counterexample.

It works from the nodes to rational numbers and shares no code with `derivative`,
`normal_form` and `substitution`, so that each side checks the other. Derivatives
are automatic differentiation, forwards (`dual`) or in reverse (`tape`); numbers that are
not rational are certified enclosures (`interval`).

Where an expression has no value (a kink, a division by zero) `NoValue` is raised,
even if a factor 0 stands beside it: such points decide no claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symgrad.calculus.dual import Dual
from symgrad.calculus.expression import Expression
from symgrad.calculus.index import Index
from symgrad.calculus.interval import Interval
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.node_values import Postponed, check_digits, value_of
from symgrad.calculus.point import Point, Work
from symgrad.calculus.run import Frame, Run
from symgrad.calculus.tape import Tape


def evaluate(
    expression: Expression,
    point: Point,
    indices: Mapping[Index, int],
    work: Work | None = None,
) -> Fraction | Interval:
    """The exact value of an expression, or a certified enclosure of it.

    Args:
        expression: any expression.
        point: values of sizes, tensors and opaque functions.
        indices: value of every free index.
        work: node visits allowed.

    Raises:
        NoValue: `AtKink` or `Undefined`; the point says nothing of the expression.
        LimitReached: too much work, too many digits, or nested too deeply.
    """
    in_range = all(_is_in_range(index, value, point) for index, value in indices.items())
    run = Run(point, work or Work(), in_range)
    waiting = [lambda: value_of(run, expression, Frame(dict(indices), None, point.context))]
    # Named quantities that lie too deep for Python's stack are evaluated first.
    while True:
        try:
            result = waiting[-1]()
        except Postponed as postponed:
            run.nesting = run.summing = 0
            waiting.append(postponed.task(run))
            continue
        except RecursionError as error:
            raise LimitReached("expression nested too deeply") from error
        waiting.pop()
        if not waiting:
            break
    assert not isinstance(result, Dual | Tape), "a tangent outlived its derivative"
    check_digits(result)
    return result if isinstance(result, Interval) else Fraction(result)


def _is_in_range(index: Index, value: int, point: Point) -> bool:
    """Whether a free index is known to be within its size."""
    literal = index.size.value
    length = point.sizes.get(index.size, 0) if literal is None else literal
    return 1 <= value <= length


def equal(left: Fraction | Interval, right: Fraction | Interval) -> bool | None:
    """Whether two values are equal: True and False are certain, None is not known."""
    if not isinstance(left, Interval) and not isinstance(right, Interval):
        return left == right
    difference = left + right * -1
    assert isinstance(difference, Interval)
    return False if difference.excludes_zero() else None
