r"""Derivatives as they are written: `\frac{\partial f_i}{\partial [X]_j}`, `\frac{dL}{dz}`."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.calculus.change_of_variable import (
    by_what_stands_for,
    inputs,
    is_partly_written,
    share_inputs,
)
from symgrad.calculus.index import Position, Size, Tensor
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.substitution import depends_on
from symgrad.diagnostics import Edit, Span
from symgrad.reading import errors, syntax, values
from symgrad.reading.arguments import is_quantity, named_argument
from symgrad.reading.calls import generic
from symgrad.reading.cells import lists_names, refuse_numbered
from symgrad.reading.context import Context
from symgrad.reading.definitions import apply_entrywise, defined, scalar_function
from symgrad.reading.elaborate import quotient, rule, value
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.functionals import refuse_second_derivative
from symgrad.reading.hidden import hidden_places
from symgrad.reading.implicit import implicit
from symgrad.reading.layers import family_name
from symgrad.reading.lookup import bold_twin, lookup
from symgrad.reading.names import key, key_or_none, names_in, parts
from symgrad.reading.scope import DefinitionBinding, MapBinding, OpaqueFunctionBinding
from symgrad.reading.subscripts import checked_places
from symgrad.reading.syntax import Node
from symgrad.reading.units import as_number, has_one_entry
from symgrad.reading.upstream import across_layers, loss, loss_derivative, refuse_shared
from symgrad.reading.usage import LOSS_NAMES
from symgrad.reading.values import Jacobian, Place, Value
from symgrad.records import dataclass, replace

_SIGNS = frozenset({r"\partial", "d"})


@dataclass(frozen=True, slots=True)
class Variable:
    """What a derivative is taken by: a whole name, one entry of it, or a part.

    Attributes:
        base: the whole name.
        places: the subscripts of its first axes.
    """

    base: Value
    places: tuple[Place, ...] = ()

    @property
    def axes(self) -> tuple[Size, ...]:
        """The axes that no subscript takes."""
        return self.base.axes[len(self.places) :]


def _split(node: Node) -> tuple[str, Node | None] | None:
    """The sign of differentiation at the head of a node, and what follows it."""
    if isinstance(node, syntax.Symbol) and node.name in _SIGNS:
        return node.name, None
    if isinstance(node, syntax.Product) and isinstance(node.factors[0], syntax.Symbol):
        sign = node.factors[0].name
        if sign in _SIGNS and node.operators[0] == "":
            rest = node.factors[1:]
            if len(rest) == 1:
                return sign, rest[0]
            span = rest[0].span.to(rest[-1].span)
            return sign, syntax.Product(span, rest, node.operators[1:])
    return None


def derivative_parts(node: Node) -> tuple[Node | None, Node] | None:
    """Numerator (None for a bare operator) and variable of a derivative, if it is one."""
    if not isinstance(node, syntax.Fraction):
        return None
    top, bottom = _split(node.numerator), _split(node.denominator)
    if top is None or bottom is None or bottom[1] is None or top[0] != bottom[0]:
        if _is_higher(node):
            raise unread(node.span, "derivatives of this order are not read")
        return None
    return top[1], bottom[1]


def _is_higher(node: syntax.Fraction) -> bool:
    head = node.numerator
    if isinstance(head, syntax.Product):
        head = head.factors[0]
    base, sub, sup, _ = parts(head)
    return sup is not None and sub is None and key_or_none(base) in _SIGNS


def operator_variable(node: Node) -> Node | None:
    r"""The variable of `\frac{\partial}{\partial x}` standing before its operand."""
    split = derivative_parts(node)
    return split[1] if split is not None and split[0] is None else None


@rule(syntax.Fraction)
def _fraction(node: syntax.Fraction, context: Context) -> Value:
    split = derivative_parts(node)
    if split is None:
        top, bottom = value(node.numerator, context), value(node.denominator, context)
        return quotient(top, bottom, node.denominator.span, context)
    if split[0] is None:
        raise unread(node.span, "this derivative acts on nothing")
    return derivative_of(split[0], split[1], node.span, context)


def derivative_of(body: Node, by: Node, span: Span, context: Context) -> Value:
    """The partial derivative of one node by another.

    The axes are those of the body, then those of the variable where it is
    named as a whole: the derivative of a number has the shape of its variable.
    """
    _check_argument_name(body, by, context)
    variable = _variable(by, context)
    if variable.base.variable is None:
        raise unread(by.span, "this is not a variable to differentiate by")
    refuse_shared(body, by, context)
    undefined = loss(body, context) or across_layers(body, by, context)
    function = undefined or _bare_function(body, by, context) or value(body, context)
    by_axes = variable.axes
    of_one = has_one_entry(context.sizes, function)
    function = as_number(function) if of_one else function

    def entry(frame: values.Frame, positions: tuple[Position, ...]) -> ex.Expression:
        rank = len(function.axes)
        named = tuple(
            frame.position(p, axis)
            for p, axis in zip(variable.places, variable.base.axes, strict=False)
        )
        at = (*named, *positions[rank:])
        assert variable.base.variable is not None
        inner, target = function.entry(frame, positions[:rank]), variable.base.variable(frame)
        if must_depend and not depends_on(inner, target):
            # Zero only as far as the note says: the way from one to the other is not there.
            raise LimitReached("how the one depends on the other is not in the note")
        if undefined is not None:
            found = loss_derivative(key(body), inner, target, at)
            if isinstance(found, ex.Entry):
                context.session.gradients.add(found.tensor.name)
            return found
        if context.session.losses_met or context.session.calls:
            refuse_second_derivative(inner, context.session.gradients)
        stands_for = _by_what_it_stands_for(inner, target, at, context)
        return stands_for or ex.Derivative(inner, target, at)

    must_depend = is_quantity(by, context) or (undefined is None and _is_of_a_layer(by))
    name = None if variable.places else key_or_none(by)
    of = key_or_none(body)
    jacobian = Jacobian(len(function.axes), of, name, of_one and of not in LOSS_NAMES)
    row = function.row and not by_axes
    found = Value((*function.axes, *by_axes), entry, row, jacobian=jacobian)
    if len(function.axes) == len(by_axes) == 1:
        context.session.has_jacobians = True
        if context.session.vectors_turned:  # the chain rule goes from right to left in it
            return values.transposed(replace(found, jacobian=None))
    turned = context.session.turned and not function.axes and len(by_axes) == 2
    return values.transposed(found) if turned else found


def _by_what_it_stands_for(
    body: ex.Expression,
    variable: Tensor | ex.Definition,
    at: tuple[Position, ...],
    context: Context,
) -> ex.Expression | None:
    r"""`\partial f/\partial s` of a formula in x, where the note has s = \log x; None elsewhere.

    Raises:
        LimitReached: where f and s are made of the same, but not the one by the other.
    """
    if isinstance(variable, Tensor):
        return None
    if is_partly_written(body, variable):
        raise LimitReached("how the one depends on the other is not in the note")
    if depends_on(body, variable) or not share_inputs(body, variable):
        return None
    found = by_what_stands_for(body, variable, at)
    if found is None:
        raise LimitReached("how the one depends on the other is not in the note")
    (by,) = inputs(variable)
    context.session.assume(
        f"{variable.name} is the variable instead of {by.name}, of which it is made"
    )
    return found


def _bare_function(body: Node, by: Node, context: Context) -> Value | None:
    r"""`\frac{df}{dx}` is the derivative of f(x); by what its formula holds besides, of f too."""
    found = lookup(body, context)
    if found is None or not isinstance(found.meaning, MapBinding | OpaqueFunctionBinding):
        return None
    meaning, reading = found.meaning, found.reading
    if reading.subscript is not None or reading.superscript is not None:
        return None
    if isinstance(meaning, MapBinding):
        if not meaning.is_scalar_function:
            return None
        if key_or_none(_name_node(by)) in names_in(meaning.body) - set(meaning.parameters):
            given = generic(meaning.parameters[0], meaning, context)
            return apply_entrywise(scalar_function(meaning, context), reading.primes, given)
    return apply_entrywise(scalar_function(meaning, context), reading.primes, value(by, context))


def _is_of_a_layer(by: Node) -> bool:
    """Whether a variable is of some layer: something that a result is made from."""
    found = family_name(_name_node(by))
    return found is not None and bool(found[1].letter)


def _variable(node: Node, context: Context) -> Variable:
    """The variable a node names.

    Raises:
        ReadingError: where it is an expression, or its subscripts do not fit.
    """
    base, sub, sup, primes = parts(node)
    if is_quantity(node, context) and context.session.hoists:
        return Variable(named_argument(node, value(node, context), context))
    if isinstance(base, syntax.Group) and len(base.items) == 1 and base.bracket in ("[", "("):
        if sup is not None or primes:
            raise unread(node.span, "a variable to differentiate by is a name or an entry")
        inner = _variable(base.items[0], context).base
        if sub is None:
            return Variable(inner)
        return Variable(inner, checked_places(inner, node, sub, context))
    found = lookup(node, context)
    if found is None:
        refuse_numbered(key_or_none(node) or "", node, context)
        if key_or_none(node) in context.session.usage.sizes:
            raise unread(node.span, "this is how far a sum runs: nothing is differentiated by it")
        guessed = implicit(node, context)
        if guessed is not None and guessed[1].superscript is None:
            whole, reading = guessed
            if reading.subscript is None:
                return Variable(whole)
            return Variable(whole, checked_places(whole, node, reading.subscript, context))
        value(node, context)  # says what is wrong with the name
        raise unread(node.span, "a variable to differentiate by is a name or an entry")
    reading = found.reading
    if reading.superscript is not None or reading.primes:
        raise unread(node.span, "a variable to differentiate by is a name or an entry")
    if isinstance(found.meaning, DefinitionBinding) and lists_names(found.meaning.body):
        raise unread(node.span, "it is made of other names: differentiate by those")
    if isinstance(found.meaning, DefinitionBinding) and not found.meaning.indices:
        whole = defined(found.meaning, context)
        places = hidden_places(found.meaning, whole, node.span, context)
        if places:
            if reading.subscript is not None:
                places = checked_places(whole, node, reading.subscript, context)
            return Variable(whole, places)
    twin = bold_twin(node, context)
    if twin is not None and twin == reading.name:
        whole = value(syntax.Symbol(node.span, twin), context)
    else:
        whole = _whole(node, reading.subscript, context)
    if whole.variable is None:
        raise unread(node.span, "this is not a variable to differentiate by")
    if reading.subscript is None:
        return Variable(whole)
    return Variable(whole, checked_places(whole, node, reading.subscript, context))


def _whole(node: Node, subscript: Node | None, context: Context) -> Value:
    """The value of a name without the subscripts that select an entry."""
    if subscript is None or not isinstance(node, syntax.Scripted):
        return value(node, context)
    bare = syntax.Scripted(node.span, node.base, None, node.superscript, node.primes)
    return value(bare if bare.superscript or bare.primes else node.base, context)


def _check_argument_name(body: Node, by: Node, context: Context) -> None:
    r"""Refuse `\partial f / \partial [W]_{i,j}` where f is a function of `W^{(1)}` only."""
    found = lookup(body, context)
    if found is None or not isinstance(found.meaning, MapBinding):
        return
    meaning = found.meaning
    named = _name_node(by)
    name = key_or_none(named)
    if name is None or name in meaning.parameters or name in names_in(meaning.body):
        return
    base = key_or_none(parts(named)[0])
    alike = [p for p in meaning.parameters if p.split("^")[0].split("_")[0] == base]
    if len(alike) == 1:
        raise ReadingError(
            named.span,
            errors.UNDECLARED_SYMBOL,
            f"{meaning.latex} is a function of {alike[0]}, not of {name}",
            f"differentiate by {alike[0]}",
            (Edit(named.span, alike[0]),),
        )


def _name_node(node: Node) -> Node:
    """The name inside `[W]_{i,j}` or `W_{ij}`."""
    base, sub, sup, primes = parts(node)
    if isinstance(base, syntax.Group) and len(base.items) == 1:
        return base.items[0]
    if sub is not None and sup is None and not primes:
        return base
    return node
