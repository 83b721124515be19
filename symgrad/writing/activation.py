r"""An activation as a note declares it: `a: x \in \mathbb R \longmapsto \max(x, 0)`, and `a'`.

A function with a kink at 0 is written by its two branches. Which branch a `max` takes is
found at points, so what is written must be read back and compared with the function (the
tests do, for the whole table).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from fractions import Fraction

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import differentiate
from symgrad.calculus.index import Tensor
from symgrad.calculus.substitution import substitute
from symgrad.network.functions import Activation
from symgrad.network.layer_functions import LayerFunction
from symgrad.network.tidy import tidy
from symgrad.records import replace
from symgrad.writing.latex import Style, as_written
from symgrad.writing.phrases import Phrases

_X = Tensor("x", ())
_STYLE = Style(order="as-given")
_POINTS = (Fraction(1, 7), Fraction(3, 5), Fraction(9, 4))

WHOLE, PUNCTURED, POSITIVE = r"\mathbb R", r"\mathbb R^*", r"\mathbb R_+^*"


def called(row: Activation, letter: str) -> ex.Function:
    """The function of an activation under another letter."""
    return ex.Function(letter, _definition(row))


def with_letters(
    functions: Sequence[LayerFunction], taken: Collection[str]
) -> tuple[LayerFunction, ...]:
    """The activations of the layers, each by a letter of its own; one that is given keeps it."""
    given = [function.name for function in functions if function.has_letter]
    free = [c for c in ("a", r"\sigma", r"\phi", "f", "g") if c not in (*taken, *given)]
    letters: dict[str, LayerFunction] = {}
    for function in functions:
        if function.name not in letters:
            row = function.row
            if row is not None and not function.is_identity:
                function = replace(function, function=called(row, free.pop(0)))
            letters[function.name] = function
    return tuple(letters[function.name] for function in functions)


def definition_latex(row: Activation, letter: str, phrases: Phrases) -> str:
    """The declaration of an activation as one formula without dollars."""
    definition = _definition(row)
    jumps = row.kinks and _has_step(definition)
    plain = row.function in ex.PRIMITIVES
    body = _latex(definition) if plain else _cases(row, definition, phrases)
    return _map(letter, PUNCTURED if jumps else _domain(definition), body)


def derivative_latex(row: Activation, letter: str, phrases: Phrases) -> str:
    """The declaration of the derivative, which is a claim, as one formula without dollars."""
    definition = _definition(row)
    domain = PUNCTURED if row.kinks else _domain(definition)
    if row.derivative is not None and not row.kinks and _mentions(row.derivative, row.function):
        body = _latex(_renamed(row.derivative, row.function, called(row, letter)))
    else:
        body = _cases(row, differentiate(definition, ex.ARGUMENT, ()), phrases)
    return _map(f"{letter}'", domain, body)


def _map(name: str, domain: str, body: str) -> str:
    return rf"{name}: x \in {domain} \longmapsto {body}"


def _definition(row: Activation) -> ex.Expression:
    function = row.function
    if function.definition is not None:
        return tidy(function.definition)
    return ex.Apply(function, 0, ex.Entry(ex.ARGUMENT, ()))


def _latex(body: ex.Expression) -> str:
    named = substitute(body, {}, {ex.ARGUMENT: lambda _: ex.Entry(_X, ())})
    return as_written(named, _STYLE)


def _cases(row: Activation, body: ex.Expression, phrases: Phrases) -> str:
    """The body on either side of its kink; as it stands where it has none, or others."""
    if row.kinks != (Fraction(0),):
        return _latex(tidy(body))
    right, left = (_latex(tidy(_branch(body, sign))) for sign in (1, -1))
    if right == left:
        return right
    otherwise = phrases["otherwise"]
    return (
        rf"\begin{{cases}} {right} & \text{{{phrases['if']} }} x > 0 \\ "
        rf"{left} & \text{{{otherwise}}} \end{{cases}}"
    )


def _branch(node: ex.Expression, sign: int) -> ex.Expression:
    """The expression with every relu decided as it is at points of one sign."""
    match node:
        case ex.Add(terms=terms):
            return ex.add(*[_branch(term, sign) for term in terms])
        case ex.Mul(factors=factors):
            return ex.mul(*[_branch(factor, sign) for factor in factors])
        case ex.Power(base=base, exponent=exponent):
            return ex.power(_branch(base, sign), exponent)
        case ex.Apply(function=function, order=order, argument=argument):
            inner = _branch(argument, sign)
            if function is not ex.RELU or order > 1:
                return ex.Apply(function, order, inner)
            signs = {value_at(inner, sign * point) > 0 for point in _POINTS}
            if len(signs) > 1:
                return ex.Apply(function, order, inner)
            if not signs.pop():
                return ex.ZERO
            return ex.ONE if order else inner
        case _:
            return node


def value_at(node: ex.Expression, point: Fraction) -> float:
    """About what an expression in `ARGUMENT` is at a point.

    Raises:
        ValueError: where it has no value, or is none of numbers alone.
    """
    match node:
        case ex.Number(value=value):
            return float(value)
        case ex.Entry(tensor=tensor) if tensor is ex.ARGUMENT:
            return float(point)
        case ex.Add(terms=terms):
            return sum(value_at(term, point) for term in terms)
        case ex.Mul(factors=factors):
            return math.prod(value_at(factor, point) for factor in factors)
        case ex.Power(base=base, exponent=exponent):
            inner = value_at(base, point)
            if inner < 0 and exponent.denominator > 1:
                raise ValueError("the root of a negative number")
            return float(inner ** float(exponent))
        case ex.Apply(function=function, order=order, argument=argument):
            return _applied(function, order, value_at(argument, point))
    raise ValueError(f"no value of {type(node).__name__}")


def _applied(function: ex.Function, order: int, at: float) -> float:
    if function is ex.EXP:
        return math.exp(at)
    if function is ex.LOG and order == 0:
        return math.log(at)
    if function is ex.RELU:
        return [max(at, 0.0), float(at > 0), 0.0][min(order, 2)]
    if function.definition is not None and order == 0:
        return value_at(function.definition, Fraction(at))
    raise ValueError(f"no value of {function.name}")


def _domain(definition: ex.Expression) -> str:
    try:
        value_at(definition, Fraction(-1))
    except ValueError:
        return POSITIVE
    return WHOLE


def _applications(node: ex.Expression) -> list[ex.Apply]:
    """The functions in an expression with their arguments."""
    match node:
        case ex.Apply(argument=argument):
            return [node, *_applications(argument)]
        case ex.Add(terms=parts) | ex.Mul(factors=parts):
            return [found for part in parts for found in _applications(part)]
        case ex.Power(base=base):
            return _applications(base)
    return []


def _has_step(node: ex.Expression) -> bool:
    return any(found.function is ex.RELU and found.order > 0 for found in _applications(node))


def _mentions(node: ex.Expression, function: ex.Function) -> bool:
    return any(found.function is function for found in _applications(node))


def _renamed(node: ex.Expression, old: ex.Function, new: ex.Function) -> ex.Expression:
    """The expression with a function called otherwise; other defined functions unfolded."""
    match node:
        case ex.Apply(function=function, order=order, argument=argument):
            inner = _renamed(argument, old, new)
            if function is old:
                return ex.Apply(new, order, inner)
            if function.definition is not None and order == 0:
                return substitute(function.definition, {}, {ex.ARGUMENT: lambda _: inner})
            return ex.Apply(function, order, inner)
        case ex.Add(terms=terms):
            return ex.add(*[_renamed(term, old, new) for term in terms])
        case ex.Mul(factors=factors):
            return ex.mul(*[_renamed(factor, old, new) for factor in factors])
        case ex.Power(base=base, exponent=exponent):
            return ex.power(_renamed(base, old, new), exponent)
        case _:
            return node
