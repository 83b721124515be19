"""The derivatives of the number by what is worked out on the way, as names of the program.

A formula such as `W^T dL/dZ2 * f'(Z1)` is opened down to the loss before its products are
ordered, so that quotients cancel and the deltas of backpropagation come out by themselves.
What comes out is called `dZ2` where it is the formula of a derivative. Of very long chains
every so many layers one derivative is worked out first, so that the cost of a layer does not
grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.calculus.expression import Definition, Derivative, Expression, Named, Power
from symgrad.compiling.graph import Node, needed
from symgrad.compiling.lowering import LONGEST_CHAIN, Lowering
from symgrad.compiling.rebuild import nodes_of
from symgrad.programs.formulas import Formula, Formulas, Key, is_made_of_derivatives, key_of
from symgrad.writing.latex import SLOT


def cut_chains(lowering: Lowering, formulas: Formulas, number: Definition) -> None:
    """Work out some derivatives in the midst of long chains first, from the loss on."""
    heights: dict[Key, int] = {}
    for definition, variable in formulas.known:
        if definition is number and isinstance(variable, Definition):
            _height((number, variable), formulas, heights)
    for key, height in sorted(heights.items(), key=lambda item: item[1]):
        formula = formulas.formula(key)
        if height % LONGEST_CHAIN == 0 and formula is not None and not _may_cancel(formula.body):
            definition = adjoint(key, formula)
            lowering.named(definition)
            formulas.cut[key] = definition


def _height(start: Key, formulas: Formulas, heights: dict[Key, int]) -> None:
    """How many derivatives, each made of the one before, lead from the loss to one."""
    stack = [(start, False)]
    while stack:
        key, finished = stack.pop()
        if key in heights:
            continue
        below = [k for k in _derivatives_in(key, formulas) if k[0] is start[0] and k != key]
        if finished:
            heights[key] = 1 + max((heights.get(k, 0) for k in below), default=0)
        else:
            stack.append((key, True))
            stack += [(k, False) for k in below]


def _derivatives_in(key: Key, formulas: Formulas) -> Iterable[Key]:
    formula = formulas.formula(key)
    bodies = [] if formula is None else [formula.body]
    while bodies:
        for node in nodes_of(bodies.pop()):
            found = key_of(node)
            if isinstance(node, Derivative) and found is not None:
                yield found
            elif isinstance(node, Named) and is_made_of_derivatives(node.definition):
                named = formulas.formula((node.definition, None))
                bodies.append(node.definition.body if named is None else named.body)


def _may_cancel(body: Expression) -> bool:
    """Whether a quotient is in it, which may cancel where the derivative is used."""
    return any(isinstance(node, Power) and node.exponent < 0 for node in nodes_of(body))


def adjoint(key: Key, formula: Formula) -> Definition:
    """A derivative of the number as a name: its formula by the indices of the variable."""
    definition, variable = key
    assert variable is not None
    top, bottom = (name.partition(SLOT)[0] for name in (definition.name, variable.name))
    return Definition(rf"\partial {top} / \partial {bottom}", formula.parameters, formula.body)


def named_adjoints(
    lowering: Lowering, formulas: Formulas, number: Definition, results: Iterable[Node]
) -> dict[Node, Formula]:
    """Name the nodes that are the formula of a derivative by a name, and give the formulas."""
    found: dict[Node, Formula] = {}
    used = set(needed(results))
    for key, formula in list(formulas.used.items()):
        if key[0] is not number or not isinstance(key[1], Definition):
            continue
        node = lowering.named(formulas.cut.get(key) or adjoint(key, formula)).node
        if node in used:
            found.setdefault(node, formula)
    lowering.origin = {node: d for node, d in lowering.origin.items() if node in used}
    return found
