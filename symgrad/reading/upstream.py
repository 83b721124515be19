r"""A loss that the note never defines: `\frac{\partial L}{\partial y_i}` as what comes from above.

L is read as some differentiable function of the results of the note: of every
definition that no other definition uses. Its gradient by each of them is a free
array G, and by anything below them the chain rule gives

    dL/dx = sum over the results y, and over their entries, of G[y] * dy/dx.

Nothing else is known of L, so it has no value outside a derivative.
"""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position, Tensor
from symgrad.calculus.substitution import depends_on
from symgrad.reading.context import Context
from symgrad.reading.definitions import NamedValue, defined
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.families import has_derivative, mentions
from symgrad.reading.functionals import MARK, weighted
from symgrad.reading.layers import LayerNumber, family_name
from symgrad.reading.lookup import lookup
from symgrad.reading.names import key_or_none, names_in, parts
from symgrad.reading.scope import DefinitionBinding
from symgrad.reading.syntax import Group, Node
from symgrad.reading.usage import LOSS_NAMES
from symgrad.reading.values import Frame, Value

TOTAL = "the total loss"
"""Names the sum of the losses of all examples, which a note does not name."""


def loss(node: Node, context: Context) -> Value | None:
    """The value of an undeclared loss, to be differentiated and nothing else."""
    name = key_or_none(node)
    if name is None or name not in (*LOSS_NAMES, TOTAL) or lookup(node, context) is not None:
        return None
    return downstream(name, context)


def downstream(name: str, context: Context) -> Value | None:
    """A loss as any differentiable function of the results of the note."""
    session = context.session
    if name in session.losses:
        return session.losses[name]
    try:
        found = [b for b in _results(context) if b.name != name]
        if name == TOTAL:
            found = [b for b in found if b.name not in LOSS_NAMES]
        results = [(b, defined(b, context)) for b in found]
    except ReadingError:
        return None

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        return ex.add(
            *(weighted(_gradient_name(name, b.name), value, frame) for b, value in results)
        )

    session.losses_met[name] = None
    session.losses[name] = NamedValue(name, (), Value((), entry)).value(("loss", name))
    known = ", ".join(b.latex for b, _ in results) or "its variables"
    session.assume(f"{name} is not declared: read as any differentiable function of {known}")
    return session.losses[name]


def refuse_shared(body: Node, by: Node, context: Context) -> None:
    """Refuse the derivative by what all layers of a note have: the window shows some only.

    Raises:
        ReadingError: where every layer computes with the variable.
    """
    families = context.session.families
    if not families.known or family_name(_named(by)) is not None:
        return
    name = key_or_none(_named(by)) or ""
    reached = any(True for _ in families.reached([body], context.session.bodies))
    if (reached or loss(body, context) is not None) and families.is_shared(name):
        raise unread(by.span, f"every layer has {name}: its derivative is not read")


def across_layers(body: Node, by: Node, context: Context) -> Value | None:
    """The loss to be differentiated where many layers lie between it and the variable.

    A loss of the output `a^L`, by the `z^l` of any layer, is a function of the layer above
    `z^l` of which nothing else is known. None where the note's own formulas lead from one
    to the other.

    Raises:
        ReadingError: where the layers between them are not known.
    """
    session = context.session
    families = session.families
    if not families.known:
        return None
    at = family_name(_named(by)) or _highest(by)
    reached = list(families.reached([body], session.bodies))
    if at is None:
        return None
    letters = {number.letter for _, number in reached}
    if not letters or letters == {at[1].letter}:
        return None
    loss_name = key_or_none(body)
    alien = at[1].letter not in letters and not letters & families.layers.letters
    penalised = families.family(at[0]) is None and at[0] in {n for n, _ in reached}
    own = family_name(_named(body)) is not None or penalised
    found = downstream(loss_name, context) if loss_name and alien and not own else None
    if found is None:
        raise unread(body.span.to(by.span), "the layers between these two are not known")
    return found


def _highest(by: Node) -> tuple[str, LayerNumber] | None:
    """The highest layer of what an expression such as `W_l x_{l-1}` is made of."""
    found = mentions(by)
    if len({number.letter for _, number in found}) != 1:
        return None
    return max(found, key=lambda mention: mention[1].offset)


def _named(node: Node) -> Node:
    """The name in an entry such as `[z^l]_i`."""
    base = parts(node)[0]
    return base.items[0] if isinstance(base, Group) and len(base.items) == 1 else node


def loss_derivative(
    name: str, body: ex.Expression, variable: Tensor | ex.Definition, at: tuple[Position, ...]
) -> ex.Expression:
    """dL/dx by the chain rule; by a variable that no result depends on, a free array."""
    if depends_on(body, variable):
        return ex.Derivative(body, variable, at)
    if isinstance(variable, Tensor):
        axes = variable.axes
    else:
        axes = tuple(p.size for p in variable.parameters)
    return ex.Entry(Tensor(_gradient_name(name, variable.name), axes), at)


def _gradient_name(name: str, by: str) -> str:
    return f"{MARK} {name}/{MARK} {by}"


def _results(context: Context) -> list[DefinitionBinding]:
    """The definitions that no other definition uses, in the order of the note."""
    families = context.session.families
    latest = [known[-1] for known in context.scope.names.bindings.values()]
    definitions = [
        b
        for b in latest
        if isinstance(b, DefinitionBinding)
        and not has_derivative(b.body)
        and not families.is_family(b)
    ]
    used = {n for b in definitions for n in names_in(b.body) - {b.name}}
    plain = sorted((b for b in definitions if b.name not in used), key=lambda b: b.order)
    return [*plain, *families.tops()]
