r"""The derivation of a network's gradients, as data: every step an expression of the kernel.

    delta^(l)_i = dL/dZ^(l)_i = sum_k dL/dX^(l)_k dX^(l)_k/dZ^(l)_i
    dL/dW^(l)_ij = sum_k dL/dZ^(l)_k dZ^(l)_k/dW^(l)_ij

Each local derivative (of Z by X, W and B, of X by Z, of L by the output) is the kernel's
own; the error of a layer is a name, so that what is derived grows with the depth only.
The rule is in D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations
by back-propagating errors", Nature 323 (1986).

With a batch, the examples are rows and the loss is the mean of their losses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from symgrad.calculus.derivative import differentiate, summed
from symgrad.calculus.expression import (
    Apply,
    Definition,
    Delta,
    Derivative,
    Entry,
    Expression,
    Function,
    Mul,
    Named,
    SizeValue,
    Sum,
    add,
    mul,
    power,
)
from symgrad.calculus.index import Index, Position, Size, Tensor, fresh
from symgrad.calculus.substitution import substitute
from symgrad.network.network import Network
from symgrad.network.tidy import tidy

Variable = Tensor | Definition


class Rule(Enum):
    """By what a step follows from the one before."""

    CHAIN = "chain"
    LOSS = "loss"
    ACTIVATION = "activation"
    AFFINE = "affine"
    INSERTED = "inserted"


@dataclass(frozen=True)
class Step:
    """One member of a chain of equalities.

    Attributes:
        expression: equal to the member before it.
        rule: why.
    """

    expression: Expression
    rule: Rule


@dataclass(frozen=True)
class Gradient:
    """The derivative of the loss by one quantity.

    Attributes:
        variable: the quantity, a tensor or something that is worked out on the way.
        indices: of its entry.
        steps: members of the chain; the last is the result.
        through: the quantity in between, where the chain rule is used.
        name: the error of a layer, where this is what it is short for.
    """

    variable: Variable
    indices: tuple[Index, ...]
    steps: tuple[Step, ...]
    through: Definition | None = None
    name: Definition | None = None

    @property
    def result(self) -> Expression:
        """The derivative."""
        return self.steps[-1].expression


@dataclass(frozen=True)
class Layer:
    """One layer with the derivatives that belong to it.

    Attributes:
        number: counted from 1.
        weighted: Z, what enters the activation.
        output: X, what leaves it.
        weights: W.
        bias: B.
        by_output: of the loss by what leaves the layer.
        error: of the loss by what enters the activation.
        by_weights: of the loss by the weights.
        by_bias: of the loss by the bias.
    """

    number: int
    weighted: Definition
    output: Definition
    weights: Tensor
    bias: Tensor
    by_output: Gradient
    error: Gradient
    by_weights: Gradient
    by_bias: Gradient


@dataclass(frozen=True)
class Derivation:
    """Definitions, forward pass and gradients of a network.

    Attributes:
        sizes: of the input and of what leaves each layer.
        batch: number of examples, where they are rows.
        input: X.
        target: what the output is compared with.
        function: the activation, by the letter it has here.
        loss: L.
        layers: the first one first.
        by_input: of the loss by the input.
    """

    sizes: tuple[Size, ...]
    batch: Size | None
    input: Tensor
    target: Tensor
    function: Function
    loss: Definition
    layers: tuple[Layer, ...]
    by_input: Gradient


@dataclass(frozen=True)
class Letters:
    """What a derivation calls its indices.

    Attributes:
        row: of what leaves a layer.
        column: of what enters it.
        example: of a batch.
        inner: of a sum over a layer, by its number.
    """

    row: str
    column: str
    example: str
    inner: Callable[[int], str]


def derive(
    network: Network, function: Function, letters: Letters, batch: Size | None = None
) -> Derivation:
    """The derivation for a network.

    Args:
        network: the network.
        function: its activation, called as it is to be written.
        letters: of the indices.
        batch: number of examples in rows; None for one example.
    """
    return _Derivation(network, function, letters, batch).whole()


@dataclass(frozen=True)
class _Forward:
    """A layer before its derivatives are known."""

    weights: Tensor
    bias: Tensor
    weighted: Definition
    output: Definition


class _Derivation:
    """Builds the forward pass, then walks it backwards."""

    def __init__(
        self, network: Network, function: Function, letters: Letters, batch: Size | None
    ) -> None:
        self.network = network
        self.function = function
        self.letters = letters
        self.batch = batch
        rows = () if batch is None else (batch,)
        self.input = Tensor("X", (*rows, network.sizes[0]))
        self.target = Tensor(r"\tilde Y", (*rows, network.sizes[-1]))

    def whole(self) -> Derivation:
        forward = self._forward()
        loss = self._loss(forward[-1].output)
        layers: list[Layer] = []
        for number in range(len(forward), 0, -1):
            after = layers[-1] if layers else None
            before = forward[number - 2].output if number > 1 else self.input
            layers.append(self._layer(number, forward[number - 1], before, after, loss))
        return Derivation(
            self.network.sizes,
            self.batch,
            self.input,
            self.target,
            self.function,
            loss,
            tuple(reversed(layers)),
            self._by_output(self.input, layers[-1], loss, 0),
        )

    # -- forwards

    def _forward(self) -> list[_Forward]:
        result: list[_Forward] = []
        before: Variable = self.input
        for number, (m, n) in enumerate(pairwise(self.network.sizes), 1):
            weights = self.network.parameters[f"W{number}"]
            bias = self.network.parameters[f"B{number}"]
            weighted = self._weighted(number, weights, bias, before, m)
            name = "Y" if number == self.network.depth else f"X^{{({number})}}"
            at = self._entry(n)
            output = Definition(name, at, Apply(self.function, 0, Named(weighted, at)))
            result.append(_Forward(weights, bias, weighted, output))
            before = output
        return result

    def _weighted(
        self, number: int, weights: Tensor, bias: Tensor, before: Variable, m: Size
    ) -> Definition:
        """Z_i = sum_j W_ij X_j + B_i."""
        at = self._entry(weights.axes[0])
        j = fresh(self.letters.column, m)
        x = _use(before, (*at[:-1], j))
        body = add(Sum(j, mul(Entry(weights, (at[-1], j)), x)), Entry(bias, at[-1:]))
        return Definition(f"Z^{{({number})}}", at, body)

    def _loss(self, output: Definition) -> Definition:
        """L of the output, or the mean of the losses of the examples."""
        return Definition("L", (), self._loss_of(lambda at: Named(output, at)))

    def _loss_of(self, output: Callable[[tuple[Position, ...]], Expression]) -> Expression:
        def of(rows: tuple[Position, ...]) -> Expression:
            return self.network.build_loss(
                lambda k: output((*rows, k)), lambda k: Entry(self.target, (*rows, k))
            )

        if self.batch is None:
            return tidy(of(()))
        r = fresh(self.letters.example, self.batch)
        return tidy(mul(power(SizeValue(self.batch), -1), Sum(r, of((r,)))))

    def _loss_by_output(self, output: Definition, at: tuple[Index, ...]) -> Expression:
        """The derivative of L by any output, at the one that the network has."""
        free = Tensor(output.name, _axes(output))
        loss = self._loss_of(lambda at: Entry(free, at))
        derived = tidy(differentiate(loss, free, at))
        return substitute(derived, {}, {free: lambda at: Named(output, at)})

    # -- backwards

    def _layer(
        self,
        number: int,
        forward: _Forward,
        before: Variable,
        after: Layer | None,
        loss: Definition,
    ) -> Layer:
        weighted, output = forward.weighted, forward.output
        by_output = self._by_output(output, after, loss, number)
        error = self._error(number, weighted, output, by_output, loss)
        assert error.name is not None
        i = fresh(self.letters.row, forward.weights.axes[0])
        j = fresh(self.letters.column, forward.weights.axes[1])
        by_weights = self._through(loss, weighted, error.name, forward.weights, (i, j), number)
        i = fresh(self.letters.row, forward.bias.axes[0])
        by_bias = self._through(loss, weighted, error.name, forward.bias, (i,), number)
        return Layer(
            number,
            weighted,
            output,
            forward.weights,
            forward.bias,
            by_output,
            error,
            by_weights,
            by_bias,
        )

    def _by_output(
        self, variable: Variable, after: Layer | None, loss: Definition, number: int
    ) -> Gradient:
        """dL/dX of a layer: from the loss, or through what enters the next layer."""
        at = self._entry(_axes(variable)[-1])
        if after is None and isinstance(variable, Definition):
            derived = self._loss_by_output(variable, at)
            return Gradient(variable, at, (Step(derived, Rule.LOSS),))
        assert after is not None
        assert after.error.name is not None
        return self._through(loss, after.weighted, after.error.name, variable, at, after.number)

    def _error(
        self,
        number: int,
        weighted: Definition,
        output: Definition,
        by_output: Gradient,
        loss: Definition,
    ) -> Gradient:
        """delta_i = dL/dZ_i = dL/dX_i a'(Z_i)."""
        at = self._entry(_axes(weighted)[-1])
        upstream = Derivative(Named(loss, ()), output, at)
        local = Derivative(Named(output, at), weighted, at)
        slope = differentiate(output.body, weighted, output.parameters)
        # X_i depends on Z_i alone: of dX_k/dZ_i the one with k = i is left.
        slope = _moved(slope, output.parameters, at)
        given = _moved(by_output.result, by_output.indices, at)
        steps = (
            Step(mul(upstream, local), Rule.CHAIN),
            Step(mul(upstream, slope), Rule.ACTIVATION),
            Step(mul(given, slope), Rule.INSERTED),
        )
        name = Definition(rf"\delta^{{({number})}}", at, steps[-1].expression)
        return Gradient(weighted, at, steps, output, name)

    def _through(
        self,
        loss: Definition,
        middle: Definition,
        error: Definition,
        variable: Variable,
        at: tuple[Index, ...],
        number: int,
    ) -> Gradient:
        """dL/dv = sum_k dL/dZ_k dZ_k/dv, the sum over those k whose Z_k contains v."""
        names = [self.letters.example] if self.batch is not None else []
        inner = tuple(
            fresh(name, size)
            for name, size in zip([*names, self.letters.inner(number)], _axes(middle), strict=True)
        )
        local = differentiate(Named(middle, inner), variable, at)
        chain = mul(
            Derivative(Named(loss, ()), middle, inner),
            Derivative(Named(middle, inner), variable, at),
        )
        is_parameter = isinstance(variable, Tensor) and variable is not self.input
        use = Named(error, inner)
        whole = mul(use, local) if is_parameter else mul(local, use)
        for index in reversed(inner):
            tied = _tied(local, index)
            chain = Sum(index, chain) if tied is None else substitute(chain, {index: tied})
            whole = summed(index, whole)
        steps = (Step(chain, Rule.CHAIN), Step(whole, Rule.AFFINE))
        return Gradient(variable, at, steps, middle)

    def _entry(self, size: Size) -> tuple[Index, ...]:
        """Fresh indices for an entry of what a layer has: the example, then the row."""
        row = fresh(self.letters.row, size)
        return (row,) if self.batch is None else (fresh(self.letters.example, self.batch), row)


def _axes(variable: Variable) -> tuple[Size, ...]:
    if isinstance(variable, Tensor):
        return variable.axes
    return tuple(parameter.size for parameter in variable.parameters)


def _use(variable: Variable, at: tuple[Position, ...]) -> Expression:
    return Entry(variable, at) if isinstance(variable, Tensor) else Named(variable, at)


def _moved(expression: Expression, old: tuple[Index, ...], new: tuple[Index, ...]) -> Expression:
    return substitute(expression, dict(zip(old, new, strict=True)))


def _tied(expression: Expression, index: Index) -> Position | None:
    """The position that a Kronecker delta ties an index to."""
    for factor in expression.factors if isinstance(expression, Mul) else (expression,):
        if isinstance(factor, Delta) and index in (factor.left, factor.right):
            return factor.right if factor.left is index else factor.left
    return None
