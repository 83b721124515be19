"""Tables of rules, one a node class, and the limits under which the kernel applies them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from symgrad.calculus.expression import Expression
from symgrad.calculus.limits import LimitReached

MAXIMAL_DEPTH = 200
"""Greatest nesting of one tree; names do not count, they are gone through one by one."""

MAXIMAL_NODES = 200_000
"""Greatest number of nodes of one expression tree, a shared node counted at each use."""

RuleType = TypeVar("RuleType", bound=Callable[..., object])
Given = ParamSpec("Given")
Result = TypeVar("Result")


class TooDeep(LimitReached):
    """An expression is nested deeper than `MAXIMAL_DEPTH`."""


def bounded(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Decorator: what recurs over a tree raises `TooDeep`, never `RecursionError`."""

    @wraps(function)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except RecursionError as error:
            raise TooDeep("an expression is nested too deeply") from error

    return guarded


class Undefined(ArithmeticError):  # noqa: N818 - a verdict follows from it, not an error message
    """An expression has no value anywhere: it divides by what is identically zero."""


class Rules(dict[type[Expression], RuleType]):
    """One rule a node class; refuses a second one, and fails loudly where there is none."""

    def register(self, node: type[Expression]) -> Callable[[RuleType], RuleType]:
        """Decorator that makes a function the rule of a node class."""

        def decorate(rule: RuleType) -> RuleType:
            if node in self:
                raise ValueError(f"two rules for {node.__name__}")
            self[node] = rule
            return rule

        return decorate

    def __missing__(self, node: type[Expression]) -> RuleType:
        raise TypeError(f"no rule for {node.__name__}")
