r"""Gradients by an operator: `\nabla_x f`, `\nabla_a C \odot g`, `\partial_x f`, `\nabla_W`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from symgrad.diagnostics import Span
from symgrad.reading import syntax
from symgrad.reading.cells import column_of
from symgrad.reading.chain_rule import multiplied
from symgrad.reading.context import Context
from symgrad.reading.definitions import defined
from symgrad.reading.elaborate import quotient, rule, shaped, value
from symgrad.reading.errors import unread
from symgrad.reading.layers import LayerNumber, layer_node
from symgrad.reading.lookup import lookup
from symgrad.reading.losses import losses_of
from symgrad.reading.mean_loss import MeanLoss, all_examples
from symgrad.reading.names import TRANSPOSES, key_or_none, parts
from symgrad.reading.partial import derivative_of
from symgrad.reading.scope import DefinitionBinding, MapBinding
from symgrad.reading.syntax import Node
from symgrad.reading.upstream import TOTAL
from symgrad.reading.usage import LOSS_NAMES
from symgrad.reading.values import Value, transposed


@rule(syntax.Gradient)
def _gradient(node: syntax.Gradient, context: Context) -> Value:
    """The gradient by a whole name: it has the shape of its variable."""
    if node.by is None:
        return _of_a_known_variable(node, context)
    by = _in_its_layer(node.by, context)
    if node.operand is None:
        return derivative_of(_the_loss(node, context), by, node.span, context)
    body, rest = _parted(node.operand, by, context)
    gradient = _checked(body, by, node, context)
    for factor in rest:
        right = value(factor, context)
        gradient = shaped(node.span, partial(multiplied, context.sizes, gradient, right))
    return gradient


@rule(syntax.Adjoint)
def _adjoint(node: syntax.Adjoint, context: Context) -> Value:
    """The gradient of the note's loss by a quantity; without a loss, of any."""
    mean = context.session.mean_loss
    if mean is not None:
        return _of_a_mean(node, mean, context)
    losses = losses_of(context.session.formulas)
    if len(losses) > 1:
        raise unread(node.span, "the note has several losses: this gradient may be of any")
    loss = syntax.Symbol(node.span, losses.pop() if losses else "L")
    shown = context.session.source.slice(node.span).strip()
    context.session.customs = True
    context.session.assume(f"{shown}: the gradient of {loss.name}")
    return derivative_of(loss, node.of, node.span, context)


def _of_a_mean(node: syntax.Adjoint, mean: MeanLoss, context: Context) -> Value:
    """The gradient of the mean by a parameter, of the sum by what each example has."""
    session = context.session
    shown = session.source.slice(node.span).strip()
    session.customs = True
    of = node.of
    found = lookup(of, context)
    capital = all_examples(of, session.formulas)
    if found is None and capital is not None:
        of, found = capital, lookup(capital, context)
    per_example = found is not None and isinstance(found.meaning, DefinitionBinding)
    if per_example and not value(of, context).axes:
        session.assume(f"{shown}: the gradient of the loss of one example")
        return derivative_of(mean.summand, of, node.span, context)
    total = mean.total(_arrays_of(mean.summand, context))
    loss = total if total is not None else syntax.Symbol(node.span, TOTAL)
    gradient = derivative_of(loss, of, node.span, context)
    if per_example:
        session.assume(f"{shown}: the gradient of the sum of the losses of all examples")
        return gradient
    session.assume(f"{shown}: the gradient of {mean.name}, the mean")
    return quotient(gradient, value(mean.count, context), mean.count.span, context)


def _arrays_of(summand: Node, context: Context) -> dict[str, Node]:
    """All examples of the arguments of a loss, by the names of one example of each."""
    arguments = [item for child in syntax.children(summand) for item in syntax.children(child)]
    formulas = context.session.formulas
    found = {key_or_none(item) or "": all_examples(item, formulas) for item in arguments}
    return {name: node for name, node in found.items() if node is not None}


def _checked(body: Node, by: Node, node: syntax.Gradient, context: Context) -> Value:
    r"""The gradient of a number; `\nabla f^T` is the transpose of a gradient."""
    base, sub, sup, primes = parts(body)
    flipped = sub is None and not primes and key_or_none(sup or body) in TRANSPOSES
    if flipped:
        body = base
    found = derivative_of(body, by, node.span, context)
    if found.jacobian is not None and found.jacobian.rank:
        raise unread(node.span, "the gradient of an array has several layouts")
    return transposed(found) if flipped else found


def _parted(operand: Node, by: Node, context: Context) -> tuple[Node, tuple[Node, ...]]:
    r"""What is differentiated, and factors after it: of `\nabla_W L x^T`, the x^T.

    The operator takes the whole product, `\nabla_x x^T A x`, unless its first factor is a
    loss, which nobody multiplies before differentiating.
    """
    if not isinstance(operand, syntax.Product):
        return operand, ()
    head, *rest = operand.factors
    body: Node = head
    if rest and isinstance(rest[0], syntax.Group) and rest[0].bracket == "(":
        body = syntax.Product(head.span.to(rest[0].span), (head, rest[0]), ("",))
        rest = rest[1:]
    if not rest:
        return body, ()
    if not _is_loss(head):
        return operand, ()
    if any(_has(factor, by) for factor in rest) and _is_number(rest, context):
        raise unread(operand.span, "write brackets: what this operator takes is not clear")
    return body, tuple(rest)


def _is_number(factors: Sequence[Node], context: Context) -> bool:
    span = factors[0].span.to(factors[-1].span)
    return not value(syntax.Product(span, tuple(factors), ("",) * (len(factors) - 1)), context).axes


def _is_loss(head: Node) -> bool:
    return key_or_none(parts(head)[0]) in LOSS_NAMES


def _has(node: Node, by: Node) -> bool:
    name = key_or_none(by)
    return key_or_none(node) == name or any(_has(child, by) for child in syntax.children(node))


def _of_a_known_variable(node: syntax.Gradient, context: Context) -> Value:
    r"""`\nabla C` that the note defines, or `\nabla f(x)`: by the argument."""
    found = lookup(node, context) if key_or_none(node) else None
    if found is not None and isinstance(found.meaning, DefinitionBinding):
        return defined(found.meaning, context)
    match node.operand:
        case syntax.Product(factors=(_, syntax.Group(bracket="(", items=(by,)))):
            return _checked(node.operand, by, node, context)
    whole = _by_all_arguments(node, context)
    if whole is not None:
        return whole
    raise unread(node.span, "this gradient does not say by which variable")


def _by_all_arguments(node: syntax.Gradient, context: Context) -> Value | None:
    r"""`\nabla f` for `f(x, y) = ...`: the derivatives by its arguments, which are numbers."""
    head, items = node.operand, None
    match node.operand:
        case syntax.Product(factors=(first, syntax.Group(bracket="(") as group)):
            head, items = first, group.items
    found = lookup(head, context) if head is not None and key_or_none(head) else None
    if head is None or found is None or not isinstance(found.meaning, MapBinding):
        return None
    names = found.meaning.parameters
    variables = [_named(name, node.span) for name in names] if items is None else list(items)
    if len(names) < 2 or tuple(map(key_or_none, variables)) != names:
        return None
    arguments = syntax.Group(node.span, "(", tuple(variables))
    call = syntax.Product(node.span, (head, arguments), ("",))
    derivatives = [derivative_of(call, by, node.span, context) for by in variables]
    if any(derivative.axes for derivative in derivatives):
        return None
    name = found.meaning.latex
    context.session.assume(rf"\nabla {name}: the derivatives by {', '.join(names)}")
    return column_of(derivatives)


def _named(name: str, span: Span) -> Node:
    r"""The node of a parameter: `x`, or `\theta_0` with its subscript."""
    base, _, below = name.removesuffix("}").partition("_{")
    symbol = syntax.Symbol(span, base)
    if not below:
        return symbol
    number = below.isdigit()
    script = syntax.Numeral(span, below) if number else syntax.Symbol(span, below)
    return syntax.Scripted(span, symbol, script, None, 0)


def _the_loss(node: syntax.Gradient, context: Context) -> Node:
    r"""What `\nabla_W` is the gradient of, where nothing follows: the one loss of the note."""
    names = losses_of(context.session.formulas)
    if len(names) != 1:
        raise unread(node.span, "this gradient does not say of which function")
    name = names.pop()
    context.session.customs = True
    context.session.assume(f"a gradient without a function: of {name}")
    return syntax.Symbol(node.span, name)


def _in_its_layer(by: Node, context: Context) -> Node:
    r"""The a of `\delta^L = \nabla_a C \odot \sigma'(z^L)` is a^L."""
    families = context.session.families
    name = key_or_none(by)
    layers = families.window
    if not isinstance(by, syntax.Symbol) or name is None or len(layers) != 1:
        return by
    ((letter, (low, high)),) = layers.items()
    if lookup(by, context) is not None or low != high or families.family(f"{name}^") is None:
        return by
    label = syntax.Label(by.span, layer_node(LayerNumber(letter, low), by.span))
    context.session.assume(f"{name} in a gradient: that of the layer the claim is about")
    return syntax.Scripted(by.span, by, None, label, 0)
