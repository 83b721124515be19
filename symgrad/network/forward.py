r"""The forward pass of a network, as it is written in a derivation.

    Z^(l)_i = sum_j W^(l)_ij X^(l-1)_j + B^(l)_i,   X^(l) = a(Z^(l)),   L = loss(Y)

With a batch, the examples are rows and the loss is the mean of their losses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from symgrad.calculus.derivative import differentiate
from symgrad.calculus.expression import (
    Definition,
    Entry,
    Expression,
    Named,
    SizeValue,
    Sum,
    add,
    mul,
    power,
)
from symgrad.calculus.index import Index, Position, Size, Tensor, fresh
from symgrad.calculus.substitution import substitute
from symgrad.network.layer_functions import LayerFunction
from symgrad.network.network import Network
from symgrad.network.tidy import tidy
from symgrad.records import dataclass

Variable = Tensor | Definition


@dataclass(frozen=True)
class Letters:
    """What a derivation calls its indices.

    Attributes:
        row: of what leaves a layer.
        column: of what enters it.
        example: of a batch.
        inner: of a sum over a layer, by its number.
        within: of a sum over the vector that a function of it takes, by the layer's number.
    """

    row: str
    column: str
    example: str
    inner: Callable[[int], str]
    within: Callable[[int], str]


@dataclass(frozen=True)
class ForwardLayer:
    """What a layer works out.

    Attributes:
        number: counted from 1.
        function: its activation, by the letter it has here.
        weights: W.
        bias: B.
        weighted: Z, what enters the activation.
        output: X, what leaves it.
    """

    number: int
    function: LayerFunction
    weights: Tensor
    bias: Tensor
    weighted: Definition
    output: Definition


class Forward:
    """The forward pass of a network.

    Args:
        network: the network.
        functions: the activation of each layer, called as it is to be written.
        letters: of the indices.
        batch: number of examples in rows; None for one example.

    Attributes:
        input: X.
        target: what the output is compared with.
        layers: the first one first.
        loss: L.
    """

    def __init__(
        self,
        network: Network,
        functions: Sequence[LayerFunction],
        letters: Letters,
        batch: Size | None,
    ) -> None:
        self.network = network
        self.letters = letters
        self.batch = batch
        rows = () if batch is None else (batch,)
        self.input = Tensor("X", (*rows, network.sizes[0]))
        self.target = Tensor(r"\tilde Y", (*rows, network.sizes[-1]))
        self.layers = self._layers(functions)
        output = self.layers[-1].output
        self.loss = Definition("L", (), self._loss_of(lambda at: Named(output, at)))

    def entry(self, size: Size) -> tuple[Index, ...]:
        """Fresh indices for an entry of what a layer has: the example, then the row."""
        row = fresh(self.letters.row, size)
        return (row,) if self.batch is None else (fresh(self.letters.example, self.batch), row)

    def loss_by_output(self, at: tuple[Index, ...]) -> Expression:
        """The derivative of L by the output at these positions, as the field writes it.

        Where a function of vectors comes next, quotients stay apart, so that sums contract.
        """
        if self.layers[-1].function.vector is not None:
            return self.derivative_of_loss(at)
        output = self.layers[-1].output
        *rows, i = at
        gradient = self.network.build_loss_gradient(
            lambda k: Named(output, (*rows, k)), lambda k: Entry(self.target, (*rows, k)), i
        )
        return gradient if self.batch is None else mul(power(SizeValue(self.batch), -1), gradient)

    def derivative_of_loss(self, at: tuple[Index, ...]) -> Expression:
        """The same as the rules of differentiation give it, term by term."""
        output = self.layers[-1].output
        free = Tensor(output.name, axes_of(output))
        derived = differentiate(self._loss_of(lambda p: Entry(free, p)), free, at)
        return substitute(tidy(derived), {}, {free: lambda p: Named(output, p)})

    def sum_of_target(self) -> Expression:
        """What is 1 where the target is a distribution, or that of each example."""
        *rows, i = self.entry(self.target.axes[-1])
        k = fresh("k", i.size)
        return Sum(k, Entry(self.target, (*rows, k)))

    def _layers(self, functions: Sequence[LayerFunction]) -> tuple[ForwardLayer, ...]:
        result: list[ForwardLayer] = []
        before: Variable = self.input
        for number, (m, n) in enumerate(pairwise(self.network.sizes), 1):
            function = functions[number - 1]
            weights = self.network.parameters[f"W{number}"]
            bias = self.network.parameters[f"B{number}"]
            weighted = self._weighted(number, weights, bias, before, m)
            name = "Y" if number == self.network.depth else f"X^{{({number})}}"
            output = self._activated(name, function, weighted, n)
            result.append(ForwardLayer(number, function, weights, bias, weighted, output))
            before = output
        return tuple(result)

    def _weighted(
        self, number: int, weights: Tensor, bias: Tensor, before: Variable, m: Size
    ) -> Definition:
        """Z_i = sum_j W_ij X_j + B_i."""
        at = self.entry(weights.axes[0])
        j = fresh(self.letters.column, m)
        x = entry_of(before, (*at[:-1], j))
        body = add(Sum(j, mul(Entry(weights, (at[-1], j)), x)), Entry(bias, at[-1:]))
        return Definition(f"Z^{{({number})}}", at, body)

    def _activated(
        self, name: str, function: LayerFunction, weighted: Definition, n: Size
    ) -> Definition:
        """X_i = a(Z)_i, of each example by itself."""
        *rows, i = at = self.entry(n)
        body = function.entry(lambda k: Named(weighted, (*rows, k)), n, i)
        return Definition(name, at, body)

    def _loss_of(self, output: Callable[[tuple[Position, ...]], Expression]) -> Expression:
        def of(rows: tuple[Position, ...]) -> Expression:
            return self.network.build_loss(
                lambda k: output((*rows, k)), lambda k: Entry(self.target, (*rows, k))
            )

        if self.batch is None:
            return tidy(of(()))
        r = fresh(self.letters.example, self.batch)
        return tidy(mul(power(SizeValue(self.batch), -1), Sum(r, of((r,)))))


def axes_of(variable: Variable) -> tuple[Size, ...]:
    """The sizes of what a name stands for."""
    if isinstance(variable, Tensor):
        return variable.axes
    return tuple(parameter.size for parameter in variable.parameters)


def entry_of(variable: Variable, at: tuple[Position, ...]) -> Expression:
    """An entry of what a name stands for."""
    return Entry(variable, at) if isinstance(variable, Tensor) else Named(variable, at)
