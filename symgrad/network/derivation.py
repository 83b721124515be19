r"""The derivation of a network's gradients, as data: every step an expression of the kernel.

    delta^(l)_i = dL/dZ^(l)_i = sum_k dL/dX^(l)_k dX^(l)_k/dZ^(l)_i
    dL/dW^(l)_ij = sum_k dL/dZ^(l)_k dZ^(l)_k/dW^(l)_ij

Each local derivative (of Z by X, W and B, of X by Z, of L by the output) is the kernel's
own; the error of a layer is a name, so that what is derived grows with the depth only.
The rule is in D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations
by back-propagating errors", Nature 323 (1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from symgrad.calculus.derivative import differentiate, summed
from symgrad.calculus.expression import (
    Definition,
    Delta,
    Derivative,
    Expression,
    Mul,
    Named,
    Sum,
    mul,
)
from symgrad.calculus.index import Index, Position, Size, Tensor, fresh
from symgrad.calculus.substitution import substitute
from symgrad.network.forward import Forward, ForwardLayer, Letters, Variable, axes_of
from symgrad.network.last_error import (
    cancelled,
    has_sum,
    slope_of_output,
    with_common_sizes,
    with_sum_one,
)
from symgrad.network.layer_functions import LayerFunction
from symgrad.network.network import Network
from symgrad.network.tidy import tidy
from symgrad.records import dataclass


class Rule(Enum):
    """By what a step follows from the one before."""

    CHAIN = "chain"
    LOSS = "loss"
    ACTIVATION = "activation"
    JACOBIAN = "jacobian"
    AFFINE = "affine"
    CONTRACTED = "contracted"
    INSERTED = "inserted"
    SLOPE = "slope"
    TARGET = "target"


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
        in_full: the same where errors have no names, up to what has no derivative in it;
            what it inserts is the end of another gradient's chain in full.
        through: the quantity in between, where the chain rule is used.
        name: the error of a layer, where this is what it is short for; what it stands for
            has no derivative in it.
    """

    variable: Variable
    indices: tuple[Index, ...]
    steps: tuple[Step, ...]
    in_full: tuple[Step, ...]
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
        forward: what it works out.
        by_output: of the loss by what leaves the layer.
        error: of the loss by what enters the activation.
        by_weights: of the loss by the weights.
        by_bias: of the loss by the bias.
    """

    forward: ForwardLayer
    by_output: Gradient
    error: Gradient
    by_weights: Gradient
    by_bias: Gradient

    @property
    def number(self) -> int:
        """Counted from 1."""
        return self.forward.number

    @property
    def uses_by_output(self) -> bool:
        """Whether its error is left in terms of the derivative by its output."""
        return self.error.steps[-1].rule is Rule.CONTRACTED


@dataclass(frozen=True)
class Derivation:
    """Definitions, forward pass and gradients of a network.

    Attributes:
        forward: definitions and forward pass.
        layers: the first one first.
        by_input: of the loss by the input.
    """

    forward: Forward
    layers: tuple[Layer, ...]
    by_input: Gradient

    def assumes_a_distribution(self, named: bool = True) -> bool:
        """Whether it holds only where the entries of the target have the sum 1.

        Args:
            named: whether errors have names; else they are written out.
        """
        last = self.layers[-1]
        chains = [g.steps if named else g.in_full for g in (last.by_output, last.error)]
        return any(step.rule is Rule.TARGET for chain in chains for step in chain)


def derive(
    network: Network,
    functions: Sequence[LayerFunction],
    letters: Letters,
    batch: Size | None = None,
) -> Derivation:
    """The derivation for a network.

    Args:
        network: the network.
        functions: the activation of each layer, called as it is to be written.
        letters: of the indices.
        batch: number of examples in rows; None for one example.
    """
    return _Backward(Forward(network, functions, letters, batch)).whole()


class _Backward:
    """Walks a forward pass backwards."""

    def __init__(self, forward: Forward) -> None:
        self.forward = forward
        self.letters = forward.letters
        self.loss = Named(forward.loss, ())

    def whole(self) -> Derivation:
        layers: list[Layer] = []
        for layer in reversed(self.forward.layers):
            by_output = self._last() if not layers else self._back(layer.output, layers[-1])
            layers.append(self._layer(layer, by_output))
        by_input = self._back(self.forward.input, layers[-1])
        return Derivation(self.forward, tuple(reversed(layers)), by_input)

    def _layer(self, forward: ForwardLayer, by_output: Gradient) -> Layer:
        error = self._error(forward, by_output)
        assert error.name is not None
        m, n = reversed(forward.weights.axes)
        i, j = fresh(self.letters.row, n), fresh(self.letters.column, m)
        by_weights = self._through(forward, error.name, forward.weights, (i, j))
        by_bias = self._through(forward, error.name, forward.bias, (fresh(self.letters.row, n),))
        return Layer(forward, by_output, error, by_weights, by_bias)

    def _last(self) -> Gradient:
        """dL/dY, from the loss."""
        output = self.forward.layers[-1].output
        at = self.forward.entry(axes_of(output)[-1])
        steps = [Step(self.forward.loss_by_output(at), Rule.LOSS)]
        self._add_sum_of_target(steps)
        in_full = steps
        if self.forward.layers[-1].function.vector is None:
            in_full = [Step(self.forward.derivative_of_loss(at), Rule.LOSS)]
        return Gradient(output, at, tuple(steps), tuple(in_full))

    def _add_sum_of_target(self, steps: list[Step]) -> None:
        """The step in which the entries of the target have the sum 1, where it makes one."""
        target, result = self.forward.target, steps[-1].expression
        if self.forward.network.target_is_distribution and has_sum(result, target):
            steps.append(Step(with_sum_one(result, target), Rule.TARGET))

    def _back(self, variable: Variable, after: Layer) -> Gradient:
        """dL/dX of a layer, or of the input, through what enters the next layer."""
        assert after.error.name is not None
        at = self.forward.entry(axes_of(variable)[-1])
        return self._through(after.forward, after.error.name, variable, at)

    def _error(self, layer: ForwardLayer, by_output: Gradient) -> Gradient:
        """delta_i = dL/dZ_i."""
        if layer.function.vector is None:
            return self._error_of_entries(layer, by_output)
        return self._error_of_vector(layer, by_output)

    def _error_of_entries(self, layer: ForwardLayer, by_output: Gradient) -> Gradient:
        """delta_i = dL/dX_i a'(Z_i)."""
        weighted, output = layer.weighted, layer.output
        at = self.forward.entry(axes_of(weighted)[-1])
        upstream = Derivative(self.loss, output, at)
        local = Derivative(Named(output, at), weighted, at)
        slope = differentiate(output.body, weighted, output.parameters)
        # X_i depends on Z_i alone: of dX_k/dZ_i the one with k = i is left.
        slope = _moved(slope, output.parameters, at)
        given = _moved(by_output.result, by_output.indices, at)
        steps = [
            Step(mul(upstream, local), Rule.CHAIN),
            Step(mul(upstream, slope), Rule.ACTIVATION),
            Step(mul(given, slope), Rule.INSERTED),
        ]
        is_last = by_output.through is None
        # Written out in the sums of the layers below, it keeps the factors of the chain rule.
        plain = _moved(by_output.in_full[-1].expression, by_output.indices, at)
        name = Definition(rf"\delta^{{({layer.number})}}", at, mul(plain, slope))
        in_full = (*steps[:2], Step(name.body, Rule.INSERTED))
        if is_last and layer.function.row is not None:
            known = slope_of_output(layer.function.row, Named(output, at))
            shorter = None if known is None else cancelled(given, known)
            if shorter is not None:
                steps.append(Step(shorter, Rule.SLOPE))
        return Gradient(weighted, at, tuple(steps), in_full, output, name)

    def _error_of_vector(self, layer: ForwardLayer, by_output: Gradient) -> Gradient:
        """delta_i = sum_k dL/dX_k dX_k/dZ_i, and in the form that the field knows.

        Of a hidden layer that form has dL/dX at two places; what the error stands for has it
        at one, so that errors written out in each other grow with the depth only.
        """
        weighted, output = layer.weighted, layer.output
        vector = layer.function.vector
        assert vector is not None
        assert vector.backward is not None
        assert vector.jacobian is not None
        *rows, i = at = self.forward.entry(axes_of(weighted)[-1])
        k = fresh(self.letters.within(layer.number), i.size)
        upstream = Derivative(self.loss, output, (*rows, k))

        def y(p: tuple[Position, ...]) -> Expression:
            return Named(output, (*rows, *p))

        def derived(p: tuple[Position, ...]) -> Expression:
            return Derivative(self.loss, output, (*rows, *p))

        def given(p: tuple[Position, ...]) -> Expression:
            return _moved(by_output.result, by_output.indices, (*rows, *p))

        local = Derivative(y((k,)), weighted, at)
        jacobian = vector.jacobian(y, k, i)
        steps = [
            Step(Sum(k, mul(upstream, local)), Rule.CHAIN),
            Step(Sum(k, mul(upstream, jacobian)), Rule.JACOBIAN),
            Step(vector.backward(y, derived, (i.size,), (i,)), Rule.CONTRACTED),
        ]
        whole: Expression = Sum(k, mul(jacobian, given((k,))))
        in_full = [*steps[:2], Step(whole, Rule.INSERTED)]
        if by_output.through is None:
            whole = tidy(vector.backward(y, given, (i.size,), (i,)))
            steps.append(Step(with_common_sizes(whole), Rule.INSERTED))
            self._add_sum_of_target(steps)
            whole, in_full = steps[-1].expression, steps
        name = Definition(rf"\delta^{{({layer.number})}}", at, whole)
        return Gradient(weighted, at, tuple(steps), tuple(in_full), output, name)

    def _through(
        self, middle: ForwardLayer, error: Definition, variable: Variable, at: tuple[Index, ...]
    ) -> Gradient:
        """dL/dv = sum_k dL/dZ_k dZ_k/dv, the sum over those k whose Z_k contains v."""
        weighted = middle.weighted
        names = [self.letters.example] if self.forward.batch is not None else []
        names.append(self.letters.inner(middle.number))
        inner = tuple(
            fresh(name, size) for name, size in zip(names, axes_of(weighted), strict=True)
        )
        local = differentiate(Named(weighted, inner), variable, at)
        upstream = Derivative(self.loss, weighted, inner)
        chain = mul(upstream, Derivative(Named(weighted, inner), variable, at))
        is_parameter = isinstance(variable, Tensor) and variable is not self.forward.input

        def times_local(factor: Expression) -> Expression:
            whole = mul(factor, local) if is_parameter else mul(local, factor)
            for index in reversed(inner):
                whole = summed(index, whole)
            return whole

        for index in reversed(inner):
            tied = _tied(local, index)
            chain = Sum(index, chain) if tied is None else substitute(chain, {index: tied})
        whole = times_local(Named(error, inner))
        steps = (Step(chain, Rule.CHAIN), Step(whole, Rule.AFFINE))
        derived = Step(times_local(upstream), Rule.AFFINE)
        in_full = (steps[0], derived, Step(whole, Rule.INSERTED))
        return Gradient(variable, at, steps, in_full, weighted)


def _moved(expression: Expression, old: tuple[Index, ...], new: tuple[Position, ...]) -> Expression:
    return substitute(expression, dict(zip(old, new, strict=True)))


def _tied(expression: Expression, index: Index) -> Position | None:
    """The position that a Kronecker delta ties an index to."""
    for factor in expression.factors if isinstance(expression, Mul) else (expression,):
        if isinstance(factor, Delta) and index in (factor.left, factor.right):
            return factor.right if factor.left is index else factor.left
    return None
