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
from symgrad.reading.errors import ReadingError
from symgrad.reading.lookup import lookup
from symgrad.reading.names import key_or_none, names_in
from symgrad.reading.scope import DefinitionBinding
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, Value

LOSS_NAMES = frozenset(
    {"L", "J", "C", "E", r"\ell", r"\mathcal{L}", r"\mathcal{J}", r"\mathfrak{L}", r"\mathbb{L}"}
)
"""Names that stand for a loss by custom."""


def loss(node: Node, context: Context) -> Value | None:
    """The value of an undeclared loss, to be differentiated and nothing else."""
    name = key_or_none(node)
    if name not in LOSS_NAMES or lookup(node, context) is not None:
        return None
    session = context.session
    if name in session.implicit:
        return session.implicit[name]
    try:
        results = [(b, defined(b, context)) for b in _results(context)]
    except ReadingError:
        return None

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        return ex.add(*(_weighted(name, b.name, value, frame) for b, value in results))

    session.implicit[name] = NamedValue(name, (), Value((), entry)).value(("loss", name))
    known = ", ".join(b.latex for b, _ in results) or "its variables"
    session.assume(f"{name} is not declared: read as any differentiable function of {known}")
    return session.implicit[name]


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


def _weighted(name: str, result: str, value: Value, frame: Frame) -> ex.Expression:
    """Sum of G[y] * y over the entries of one result y."""
    indices = [frame.fresh(axis) for axis in value.axes]
    axes = tuple(index.size for index in indices)
    weight = ex.Entry(Tensor(_gradient_name(name, result), axes), tuple(indices))
    term = ex.mul(weight, value.entry(frame, tuple(indices)))
    for index in reversed(indices):
        term = ex.Sum(index, term)
    return term


def _gradient_name(name: str, by: str) -> str:
    return rf"\frac{{\partial {name}}}{{\partial {by}}}"


def _results(context: Context) -> list[DefinitionBinding]:
    """The definitions that no other definition uses, in the order of the note."""
    latest = [known[-1] for known in context.scope.names.bindings.values()]
    definitions = [b for b in latest if isinstance(b, DefinitionBinding)]
    used = {n for b in definitions for n in names_in(b.body) - {b.name}}
    return sorted((b for b in definitions if b.name not in used), key=lambda b: b.order)
