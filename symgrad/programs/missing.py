"""Why a note has no program: what it would have to say besides."""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.calculus.expression import Derivative, Expression, Named
from symgrad.calculus.index import Tensor
from symgrad.compiling.rebuild import nodes_of
from symgrad.programs.formulas import Formulas, free_tensors, is_made_of_derivatives, key_of
from symgrad.reading.functionals import MARK
from symgrad.reading.note import Note
from symgrad.writing.latex import SLOT


def unknown_loss(tensors: Iterable[Tensor]) -> str | None:
    """The loss of which nothing but its gradients is known, where one is among free arrays."""
    for tensor in tensors:
        if tensor.name.startswith(MARK):
            return tensor.name.partition("/")[0].removeprefix(MARK).strip()
    return None


def needs_a_formula(loss: str) -> str:
    """What is said of a loss that nothing defines."""
    return (
        rf"nothing says what {loss} is; write a formula for it in the note, such as "
        rf"{loss} = \frac{{1}}{{2}} \|z - y\|^2, and its derivative, such as "
        rf"\frac{{\partial {loss}}}{{\partial z}} = z - y"
    )


def why_none(note: Note, formulas: Formulas) -> str:
    """What keeps the note from having a program, where no derivative has a whole formula."""
    for (definition, variable), known in formulas.known.items():
        if not isinstance(variable, Tensor) or definition.parameters:
            continue
        loss = unknown_loss(free_tensors([Named(definition, ())]))
        if loss is not None:
            return needs_a_formula(loss)
        lacking = _lacking(known[0].body, formulas)
        if lacking is not None:
            line = note.source.position(known[0].span.start)[0]
            name = definition.name.partition(SLOT)[0]
            return (
                f"the derivative of {name} by {variable.name} (line {line}) is made of that by "
                f"{lacking}, for which the note proves no formula"
            )
    return "the note proves no derivative of a number by an array"


def _lacking(body: Expression, formulas: Formulas) -> str | None:
    """The variable of a derivative in a formula that has no formula itself."""
    for node in nodes_of(body):
        if isinstance(node, Derivative):
            key = key_of(node)
            if key is None or formulas.formula(key) is None:
                return str(getattr(node.variable, "name", ""))
        elif isinstance(node, Named) and is_made_of_derivatives(node.definition):
            formula = formulas.formula((node.definition, None))
            inner = None if formula is not None else _lacking(node.definition.body, formulas)
            if inner is not None:
                return inner
    return None
