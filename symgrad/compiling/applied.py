"""Functions of one variable, and their derivatives, at arrays."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symgrad.calculus.derivative import differentiate
from symgrad.calculus.expression import ARGUMENT, ERF, EXP, LOG, RELU, Expression, Function
from symgrad.compiling.errors import CannotCompile
from symgrad.compiling.functions import ROWS, Recogniser
from symgrad.compiling.graph import Graph, Operand
from symgrad.records import dataclass, field


@dataclass
class Functions:
    """Applies functions: by their row where they have one, else as they are defined.

    Attributes:
        graph: of all nodes.
        unknown: what stands for functions of which only a name is known.
        defined: the array of a definition at an argument.
        replaced: the functions for which `unknown` stood.
    """

    graph: Graph
    unknown: Function | None
    defined: Callable[[Expression, Operand], Operand]
    replaced: set[Function] = field(default_factory=set)
    recogniser: Recogniser = field(default_factory=Recogniser)

    def is_exp(self, function: Function) -> bool:
        """Whether a function is proved to be the exponential."""
        return self.recogniser.row(function) is ROWS["exp"]

    def is_sigmoid(self, function: Function) -> bool:
        """Whether a function is proved to be the sigmoid."""
        return self.recogniser.row(function) is ROWS["sigmoid"]

    def at(self, function: Function, order: int, argument: Operand) -> Operand:
        """A function, or its derivative of some order, at an argument.

        Raises:
            CannotCompile: where nothing says what the function is.
        """
        if _opaque(function) and self.unknown is not None:
            self.replaced.add(function)
            function = self.unknown
        row = self.recogniser.row(function)
        graph, x = self.graph, argument.node
        if row is not None and order == 0:
            return Operand(row.form(graph, x), argument.indices)
        if row is not None and order == 1 and row.slope is not None:
            slope = row.slope(graph, x, row.form(graph, x))
            return Operand(slope, argument.indices if slope.shape == x.shape else ())
        if function is RELU:
            return Operand(graph.number(0))
        if function in (EXP, LOG):
            return self._primitive_derivative(function, order, argument)
        if function.definition is None:
            raise CannotCompile(
                f"nothing says what {function.name} is; define it, or choose an activation"
            )
        definition = function.definition
        for _ in range(order):
            definition = differentiate(definition, ARGUMENT, ())
        return self.defined(definition, argument)

    def _primitive_derivative(self, function: Function, order: int, argument: Operand) -> Operand:
        """exp^(k) = exp; log^(k)(x) = (-1)^(k-1) (k-1)! x^-k."""
        graph = self.graph
        if function is EXP:
            return Operand(graph.unary("exp", argument.node), argument.indices)
        factor = 1
        for k in range(1, order):
            factor *= -k
        node = graph.power(argument.node, Fraction(-order))
        return Operand(graph.times(graph.number(factor), node), argument.indices)


def _opaque(function: Function) -> bool:
    return function.definition is None and function not in (RELU, EXP, LOG, ERF)
