"""Fully connected networks: as equations for the prover, and as SymPy expressions.

    X_0 = X,   Z_l = W_l X_(l-1) + B_l,   X_l = a_l(Z_l),   L = loss(X_last, T)

where a_l is one activation for all layers, or another one for the last of them.
Both forms are made from the sizes alone, so that a derivation, the prover and
SymPy's own derivatives can be held against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, product
from typing import Any

from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import (
    Definition,
    Entry,
    Expression,
    Named,
    Sum,
    add,
    mul,
    number,
)
from symgrad.calculus.index import Fixed, Position, Size, Tensor, fresh
from symgrad.calculus.interval import NoValue
from symgrad.calculus.point import Point
from symgrad.network.layer_functions import LayerFunction, layer_function, unknown
from symgrad.network.letters import is_letter
from symgrad.network.losses import LOSSES, ArrayEntry, Loss
from symgrad.patterns import pattern

Symbolic = Any
"""A SymPy expression or matrix; SymPy has no types."""

TARGET = "target"
"""Name of the vector that the output is compared with; T in formulas."""


class Network:
    r"""A fully connected network with a loss.

    Attributes:
        sizes: entries of X_0, X_1, ...: integers, or LaTeX names for sizes left open.
        activation: name of a row of `network.functions`, or for a function of which
            nothing is known a single letter or LaTeX command (`a`, `\sigma`); or `softmax`,
            which is taken of the whole vector.
        output_activation: the same for the last layer; that of the others, if none is given.
        loss_name: name of a row of `network.losses`.
        functions: the activation of each layer.
        parameters: the tensors X, W1, B1, W2, ..., target by these names.

    Raises:
        ValueError: fewer than two sizes, a size that is none, a name that is not known, or
            a loss that has no value at any output.
    """

    def __init__(
        self,
        sizes: Sequence[int | str],
        activation: str = "relu",
        loss: str = "squared-error",
        output_activation: str | None = None,
    ) -> None:
        self.sizes = tuple(named_size(size) for size in sizes)
        if len(self.sizes) < 2:
            raise ValueError("a network needs two sizes or more: of its input and of its layers")
        self.activation = activation
        self.output_activation = activation if output_activation is None else output_activation
        self.loss_name = loss
        # One object for one name: a letter stands for one function in all layers.
        known = {name: layer_function(name) for name in (self.activation, self.output_activation)}
        hidden, last = known[self.activation], known[self.output_activation]
        self.functions: tuple[LayerFunction, ...] = (*[hidden] * (self.depth - 1), last)
        self._loss = _loss(loss)
        if not _has_a_value(last, self._loss, self.sizes[-1]):
            of = " of one unit" if last.row is None else ""
            raise ValueError(f"{loss} has no value at any output of {last.name}{of}")
        self.parameters: dict[str, Tensor] = {"X": Tensor("X", self.sizes[:1])}
        for layer, (before, after) in enumerate(pairwise(self.sizes), 1):
            self.parameters[f"W{layer}"] = Tensor(f"W^{{({layer})}}", (after, before))
            self.parameters[f"B{layer}"] = Tensor(f"B^{{({layer})}}", (after,))
        self.parameters[TARGET] = Tensor("T", self.sizes[-1:])

    def __repr__(self) -> str:
        sizes = ", ".join(size.name for size in self.sizes)
        last = self.output_activation
        output = f", {last!r}" if last != self.activation else ""
        return f"Network(({sizes}), {self.activation!r}, {self.loss_name!r}{output})"

    @property
    def depth(self) -> int:
        """Number of layers."""
        return len(self.sizes) - 1

    def build_loss(self, output: ArrayEntry, target: ArrayEntry) -> Expression:
        """The loss of an output and a target, each given by its entries."""
        return self._loss.build(output, target, self.sizes[-1])

    def build_loss_gradient(
        self, output: ArrayEntry, target: ArrayEntry, at: Position
    ) -> Expression:
        """The derivative of the loss by the output at a position."""
        return self._loss.gradient(output, target, self.sizes[-1], at)

    @property
    def target_is_distribution(self) -> bool:
        """Whether the loss is one for targets whose entries have the sum 1."""
        return self._loss.of_distribution

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """The named quantities Z1, X1, Z2, ..., L in the order in which they are worked out."""
        result: dict[str, Definition] = {}
        for layer in range(1, self.depth + 1):
            result[f"Z{layer}"] = before = self._weighted(layer, result.get(f"X{layer - 1}"))
            result[f"X{layer}"] = self._activated(layer, before)
        output, target = result[f"X{self.depth}"], self.parameters[TARGET]
        body = self.build_loss(lambda k: Named(output, (k,)), lambda k: Entry(target, (k,)))
        result["L"] = Definition("L", (), body)
        return result

    def equations(self) -> tuple[Definition, ...]:
        """The equations of the network for the prover, in order; sizes may be names."""
        return tuple(self.definitions.values())

    def _weighted(self, layer: int, before: Definition | None) -> Definition:
        """Z_i = sum_j W_ij X_j + B_i."""
        weights, bias = self.parameters[f"W{layer}"], self.parameters[f"B{layer}"]
        i, j = fresh("i", self.sizes[layer]), fresh("j", self.sizes[layer - 1])
        position: tuple[Position, ...] = (j,)
        x = Entry(self.parameters["X"], position) if before is None else Named(before, position)
        body = add(Sum(j, mul(Entry(weights, (i, j)), x)), Entry(bias, (i,)))
        return Definition(f"Z^{{({layer})}}", (i,), body)

    def _activated(self, layer: int, before: Definition) -> Definition:
        size = self.sizes[layer]
        i = fresh("i", size)
        body = self.functions[layer - 1].entry(lambda k: Named(before, (k,)), size, i)
        return Definition(f"X^{{({layer})}}", (i,), body)

    # -- for users of SymPy

    def entries(self, name: str) -> Symbolic:
        """SymPy matrix of the symbols of X, W1, B1, ..., target; a vector is a column."""
        return self._matrices[self._known(name)]

    @property
    def expression(self) -> Symbolic:
        """SymPy expression of L, with one symbol an entry."""
        return self._built[0]

    def loss(self) -> Symbolic:
        """SymPy expression of L, with one symbol an entry."""
        return self.expression

    def value(self, name: str) -> Symbolic:
        """SymPy matrix of Z1, X1, Z2, ...: each entry in terms of the symbols."""
        layers = self._built[1]
        if name not in layers:
            raise ValueError(f"no layer is called {name!r}; there are {', '.join(layers)}")
        return layers[name]

    def derivative(self, name: str) -> Symbolic:
        """SymPy's own derivative of L by each entry of X, W1, B1, ..., in the shape of it."""
        return self.entries(name).applyfunc(lambda symbol: self.expression.diff(symbol))

    def gradients(self) -> dict[str, Symbolic]:
        """SymPy's own derivatives of L by everything but the target."""
        return {name: self.derivative(name) for name in self.parameters if name != TARGET}

    def _known(self, name: str) -> str:
        if name not in self.parameters:
            names = ", ".join(self.parameters)
            raise ValueError(f"nothing is called {name!r}; there are {names}")
        return name

    @cached_property
    def _matrices(self) -> dict[str, Symbolic]:
        import sympy  # 0.2 s: only where SymPy is asked for

        result = {}
        for name, tensor in self.parameters.items():
            lengths = [size.value for size in tensor.axes]
            ranges = [range(1, length + 1) for length in lengths if length is not None]
            if len(ranges) < len(lengths):
                raise ValueError("SymPy needs sizes that are integers, one symbol an entry")
            letter = tensor.name if name == TARGET else name
            symbols = [
                sympy.Symbol("_".join([letter, *map(str, at)]), real=True)
                for at in product(*ranges)
            ]
            columns = len(ranges[1]) if len(ranges) == 2 else 1
            result[name] = sympy.ImmutableMatrix(len(ranges[0]), columns, symbols)
        return result

    @cached_property
    def _built(self) -> tuple[Symbolic, dict[str, Symbolic]]:
        """L, and the layers that lead to it."""
        x = self.entries("X")
        layers: dict[str, Symbolic] = {}
        for layer in range(1, self.depth + 1):
            z = self.entries(f"W{layer}") * x + self.entries(f"B{layer}")
            x = self.functions[layer - 1].symbolic(z)
            layers |= {f"Z{layer}": z, f"X{layer}": x}
        return self._loss.symbolic(list(x), list(self.entries(TARGET))), layers


_NAME = pattern(r"([A-Za-z]|\\[A-Za-z]+)(?:_(?:\{([A-Za-z0-9]+)\}|([A-Za-z0-9]+)))?\'*")


def named_size(size: int | str) -> Size:
    r"""The size of a positive integer, a letter, or one with a subscript: `n_1`, `\ell_{10}`.

    Raises:
        ValueError: what is none of these.
    """
    if isinstance(size, int) and not isinstance(size, bool) and size >= 1:
        return Size(str(size))
    if isinstance(size, str):
        text = size.strip()
        if text.isascii() and text.isdigit() and int(text):
            return Size(str(int(text)))
        name = _NAME.fullmatch(text)
        if name and is_letter(name[1]):
            long = len(name[3] or "") > 1  # a subscript of two signs needs its braces
            return Size(text.replace(f"_{name[3]}", f"_{{{name[3]}}}") if long else text)
    raise ValueError(f"a size is a positive integer or a name, not {size!r}; m or n_1 is a name")


def _loss(name: str) -> Loss:
    if name in LOSSES:
        return LOSSES[name]
    raise ValueError(unknown("loss", name, list(LOSSES)))


_POINTS = tuple(Fraction(n, 4) for n in (1, -1, 3, -3, 8, -8))


def _has_a_value(last: LayerFunction, loss: Loss, size: Size) -> bool:
    """Whether the loss has a value somewhere; log(1 - x) has none where x is 1 or above.

    The softmax of one unit is 1.
    """
    known = last.row is not None or (last.vector is not None and size.value == 1)
    return not known or any(_has_a_value_at(last, loss, at) for at in _POINTS)


def _has_a_value_at(last: LayerFunction, loss: Loss, at: Fraction) -> bool:
    size = Size("1")
    output = last.entry(lambda _: number(at), size, Fixed(1, size))
    target = number(_POINTS[0])
    try:
        evaluate(loss.build(lambda _: output, lambda _: target, size), Point({}, {}), {})
    except NoValue:
        return False
    return True
