"""Derivations: an expression rewritten rule by rule until no derivative is left in it.

Each step rewrites with one rule of calculus, outside in, and is proved equal to the step
before it; a step that could not be proved would end the derivation there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.dependencies import Variable, depends_on, direct_needs, function_needs
from symgrad.calculus.derivative import resolve_derivatives, summed
from symgrad.calculus.index import Index, fresh
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.substitution import (
    definitions_of,
    delta,
    mentions_index,
    raised,
    rename,
    unfold,
)
from symgrad.judging.decide import Decider
from symgrad.judging.simplified import worked
from symgrad.judging.tree import parts, rebuilt
from symgrad.reading.functionals import is_from_above
from symgrad.records import dataclass, replace

MOST_STEPS = 60


@dataclass(frozen=True)
class Rewriting:
    """One step of a derivation.

    Attributes:
        rule: its name, such as `chain rule`.
        of: what it was applied to, where the rule alone does not tell: a name, a function.
        result: the expression after it.
    """

    rule: str
    of: str
    result: ex.Expression


def derivation(
    start: ex.Expression,
    decider: Decider,
    named: Callable[[ex.Expression], ex.Expression] = lambda expression: expression,
    gradients: Sequence[ex.Definition] = (),
) -> list[Rewriting]:
    """The steps from an expression to one without derivatives.

    Args:
        start: what is derived.
        decider: proves every step.
        named: puts names of the note for what they stand for, after a name is written out.
        gradients: names of the note for derivatives; the derivation ends in them.
    """
    found: list[Rewriting] = []
    now = settled(start)
    for _ in range(MOST_STEPS):
        try:
            step = _by_name(now, gradients) if now is not start else None
            step = step or _next(now)
            if step is not None and step.rule == "definition":
                step = replace(step, result=named(step.result))
            if step is None or decider.proof(now, step.result) is None:
                break
        except LimitReached:
            break
        if found and step.rule in _MERGED and found[-1].rule == step.rule:
            found.pop()
        found.append(step)
        now = settled(step.result)
    return found


def _by_name(now: ex.Expression, gradients: Sequence[ex.Definition]) -> Rewriting | None:
    """A derivative by the name that the note has for it."""
    for node in _outermost(now):
        for definition in gradients:
            if _is_named(node, definition):
                return Rewriting("definition", definition.name, _with_name(now, definition))
    return None


def _is_named(node: ex.Derivative, definition: ex.Definition) -> bool:
    """Whether a name is defined as the derivative of the same by the same."""
    match definition.body, node.body:
        case (
            ex.Derivative(body=ex.Named(definition=of, positions=()), variable=by, positions=at),
            ex.Named(definition=own, positions=()),
        ):
            return of is own and by == node.variable and at == definition.parameters
    return False


def _with_name(node: ex.Expression, definition: ex.Definition) -> ex.Expression:
    if isinstance(node, ex.Derivative):
        return ex.Named(definition, node.positions) if _is_named(node, definition) else node
    return rebuilt(node, lambda part: _with_name(part, definition))


def settled(node: ex.Expression) -> ex.Expression:
    """The expression with gradients of which nothing is known but their name as such."""
    if isinstance(node, ex.Derivative):
        found = resolve_derivatives(node)
        return found if is_from_above(found) else node
    return _changed(node, settled)


_MERGED = ("sum rule", "constant factor", "a delta leaves one term of its sum")
"""Rules that read as one step where they follow one another."""


def has_derivatives(expression: ex.Expression) -> bool:
    """Whether a derivative stands in an expression that is not worked out."""
    return next(_outermost(expression), None) is not None


def _next(now: ex.Expression) -> Rewriting | None:
    """The next step: a rule for derivatives, or else one that tidies up."""
    after = contracted(now)
    if after is not now:
        return Rewriting("a delta leaves one term of its sum", "", after)
    # The last factor first: of dL/dz dz/dW what is nearer to the variable.
    for node in reversed(list(_outermost(now))):
        name, of, _ = _rule(node)
        return Rewriting(name, of, _everywhere(now, name, of))
    after = factored(now)
    if after is not now:
        return Rewriting("factors that do not depend on the index", "", after)
    return None


def _outermost(node: ex.Expression) -> Iterator[ex.Derivative]:
    if isinstance(node, ex.Derivative):
        yield node
        return
    for part in parts(node):
        yield from _outermost(part)


def _everywhere(now: ex.Expression, name: str, of: str) -> ex.Expression:
    """One rule at all outermost derivatives to which it applies."""

    def change(node: ex.Expression) -> ex.Expression:
        if isinstance(node, ex.Derivative):
            found, what, result = _rule(node)
            return result() if (found, what) == (name, of) else node
        return _tidy(rebuilt(node, change))

    return change(now)


def _tidy(node: ex.Expression) -> ex.Expression:
    """Terms that are 0 and factors that are 1 vanish."""
    match node:
        case ex.Add(terms=terms):
            return ex.add(*terms)
        case ex.Mul(factors=factors):
            return ex.mul(*factors)
        case ex.Sum(body=ex.Number(value=value)) if value == 0:
            return ex.ZERO
        case _:
            return node


Rule = tuple[str, str, Callable[[], ex.Expression]]
"""Its name, what it is applied to, and its outcome."""


def _rule(node: ex.Derivative) -> Rule:
    """The rule for a derivative, by the form of what is differentiated."""
    body = node.body
    if not _varies(body, node):
        return "does not depend on it", "", lambda: ex.ZERO
    match body:
        case ex.Named(definition=definition) if definition is node.variable:
            return _INDEPENDENT, "", lambda: _same_entry(body.positions, node)
        case ex.Named(definition=definition) if between := _between(definition, node):
            return THROUGH, between.name, lambda: _through(body, between, node)
        case ex.Named(definition=definition):
            inner = unfold(definition, body.positions)
            return "definition", definition.name, lambda: _by(inner, node)
        case ex.Entry(positions=positions):
            return _INDEPENDENT, "", lambda: _same_entry(positions, node)
        case ex.Add(terms=terms):
            kept = [term for term in terms if _varies(term, node)]
            return "sum rule", "", lambda: ex.add(*[_by(term, node) for term in kept])
        case ex.Sum(index=index, body=summand):
            return "sum rule", "", lambda: _of_sum(index, summand, node)
        case ex.Mul(factors=factors):
            moving = [k for k, factor in enumerate(factors) if _varies(factor, node)]
            name = "constant factor" if len(moving) == 1 else "product rule"
            return name, "", lambda: ex.add(*[_term(factors, k, node) for k in moving])
        case ex.Power(base=base, exponent=exponent):
            outer = ex.mul(ex.number(exponent), raised(base, exponent - 1))
            return "power rule", "", lambda: ex.mul(outer, _by(base, node))
        case ex.Apply(function=function, order=order, argument=argument) if not _moves(
            function, node
        ):
            outer = worked(ex.Apply(function, order + 1, argument))
            return "chain rule", function.name, lambda: ex.mul(outer, _by(argument, node))
        case _:
            return "worked out", "", lambda: resolve_derivatives(node)


def _between(definition: ex.Definition, node: ex.Derivative) -> ex.Definition | None:
    """The one quantity through which alone a name depends on the variable."""
    if _needs(definition, node.variable):
        return None
    others = [
        d
        for d in definitions_of(definition.body)
        if _needs(d, node.variable) and not d.name.startswith(ex.SQUARE)
    ]
    return others[0] if len(others) == 1 else None


def _needs(definition: ex.Definition, variable: Variable) -> bool:
    """Whether the variable stands in the body of a definition itself."""
    tensors, names = direct_needs(definition)
    if variable in (names if isinstance(variable, ex.Definition) else tensors):
        return True
    return any(name.name.startswith(ex.SQUARE) and _needs(name, variable) for name in names)


def _through(body: ex.Expression, between: ex.Definition, node: ex.Derivative) -> ex.Expression:
    """dL/dx = sum_k dL/dz_k dz_k/dx."""
    at = tuple(fresh(index.name, index.size) for index in between.parameters)
    result = ex.mul(ex.Derivative(body, between, at), _by(ex.Named(between, at), node))
    for index in reversed(at):
        result = ex.Sum(index, result)
    return result


THROUGH = "chain rule through"
_INDEPENDENT = "1 for the same entry, 0 for another"


def _by(body: ex.Expression, node: ex.Derivative) -> ex.Expression:
    return ex.Derivative(body, node.variable, node.positions)


def _varies(body: ex.Expression, node: ex.Derivative) -> bool:
    """Whether the variable occurs in an expression: not only inside the variable itself."""
    if isinstance(node.variable, ex.Definition):
        if isinstance(body, ex.Named) and body.definition is node.variable:
            return True
        return node.variable in definitions_of(body)
    return depends_on(body, node.variable)


def _moves(function: ex.Function, node: ex.Derivative) -> bool:
    """Whether the function itself contains the variable."""
    tensors, names = function_needs(function)
    return bool(tensors or names)


def _same_entry(positions: tuple[object, ...], node: ex.Derivative) -> ex.Expression:
    pairs = zip(positions, node.positions, strict=True)
    return ex.mul(*[delta(a, b) for a, b in pairs])  # type: ignore[arg-type]


def _of_sum(index: Index, body: ex.Expression, node: ex.Derivative) -> ex.Expression:
    if any(position is index for position in node.positions):
        other = fresh(index.name, index.size)
        index, body = other, rename(body, {index: other})
    return ex.Sum(index, _by(body, node))


def _term(factors: tuple[ex.Expression, ...], k: int, node: ex.Derivative) -> ex.Expression:
    return ex.mul(*factors[:k], _by(factors[k], node), *factors[k + 1 :])


# -- tidying up ---------------------------------------------------------------


def contracted(node: ex.Expression) -> ex.Expression:
    """sum_k delta_ki a_k = a_i, innermost first; the same node where no sum contracts."""
    inner = _changed(node, contracted)
    if not isinstance(inner, ex.Sum):
        return inner
    terms = inner.body.terms if isinstance(inner.body, ex.Add) else (inner.body,)
    if any(_has_delta(term, inner.index) for term in terms):
        return summed(inner.index, inner.body)
    return inner


def _has_delta(term: ex.Expression, index: Index) -> bool:
    factors = term.factors if isinstance(term, ex.Mul) else (term,)
    return any(isinstance(f, ex.Delta) and (f.left is index) != (f.right is index) for f in factors)


def factored(node: ex.Expression) -> ex.Expression:
    """sum_k c a_k = c sum_k a_k; the same node where nothing stands inside that need not."""
    inner = _changed(node, factored)
    if not isinstance(inner, ex.Sum) or not isinstance(inner.body, ex.Mul):
        return inner
    outside = [f for f in inner.body.factors if not mentions_index(f, inner.index)]
    return summed(inner.index, inner.body) if outside else inner


def _changed(
    node: ex.Expression, change: Callable[[ex.Expression], ex.Expression]
) -> ex.Expression:
    """The node with its parts changed; the very node where none is."""
    after = rebuilt(node, change)
    same = all(a is b for a, b in zip(parts(node), parts(after), strict=True))
    return node if same else _tidy(after)
