"""Expressions in index form to array operations.

Each rule's docstring is what it does to one kind of node. Names stay names: a named
quantity is worked out once, whatever indices it is used at. Bound indices are fresh
wherever a sum is opened.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, count

from symgrad.calculus.dependencies import definitions_of, direct_needs
from symgrad.calculus.derivative import differentiate
from symgrad.calculus.expression import (
    ARGUMENT,
    LOG,
    PI,
    Add,
    Apply,
    Constant,
    Definition,
    Delta,
    Derivative,
    Entry,
    Expression,
    Function,
    Mul,
    Named,
    Number,
    OfMatrix,
    Power,
    SizeValue,
    Sum,
)
from symgrad.calculus.index import Fixed, Index, Position, Size, Tensor, fresh
from symgrad.calculus.rules import Rules, bounded
from symgrad.compiling.applied import Functions
from symgrad.compiling.cancelling import Cancelling
from symgrad.compiling.contraction import Contractor
from symgrad.compiling.errors import NO_MATRIX_FUNCTIONS, CannotCompile
from symgrad.compiling.exponential_forms import Forms, Term
from symgrad.compiling.exponentials import Exponentials
from symgrad.compiling.graph import Graph, Node, Operand
from symgrad.compiling.products import Resolve, collected, is_one_array, opened
from symgrad.records import dataclass, field

LONGEST_CHAIN = 20
"""Names, each made of the one before, that are worked out from the last of them."""


def batch_size(taken: Iterable[Size]) -> Size:
    """A name for the size of a batch that no other size has."""
    names = {size.name for size in taken}
    candidates = chain(["N"], (f"N_{n}" for n in count(2)))
    return Size(next(name for name in candidates if name not in names))


def _unresolved(node: Derivative) -> Expression:
    return differentiate(node.body, node.variable, node.positions)


def _body(definition: Definition) -> Expression:
    return definition.body


@dataclass
class Lowering:
    """Turns expressions into nodes of one graph.

    Attributes:
        graph: where the nodes are.
        names: what each tensor is called in the program.
        resolve: what stands for derivatives.
        body_of: what is worked out for a name.
        unknown: what stands for functions of which only a name is known.
        batch: the size of an axis that comes first in every array that has it.
        varying: inputs that have that axis in the program and not in the expressions: each
            example of a batch has its own. What is made of them has it too; the expressions
            are then those of one example, and `over_batch` adds the examples.
        origin: the definition that each node was first got from.
    """

    graph: Graph
    names: Mapping[Tensor, str]
    resolve: Resolve = _unresolved
    body_of: Callable[[Definition], Expression] = _body
    unknown: Function | None = None
    batch: Size | None = None
    varying: frozenset[str] = frozenset()
    origin: dict[Node, Definition] = field(default_factory=dict)
    _defined: dict[Definition, Operand] = field(default_factory=dict)
    _argument: Operand | None = None
    _rank: dict[Index, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.contractor = Contractor(self.graph)
        self.functions = Functions(self.graph, self.unknown, self.defined)
        forms = Forms(self.body_of, self.resolve, self.functions.is_exp, self._same_exponents)
        self.exponentials = Exponentials(self.graph, self.contractor, self.lower, self.rank, forms)
        self.cancelling = Cancelling(
            self.lower, self.body_of, self.resolve, self.functions.is_sigmoid
        )
        self.example = fresh("b", self.batch) if self.varying and self.batch else None

    @bounded
    def array(self, expression: Expression, axes: Sequence[Index]) -> Node:
        """The array of the values of an expression over its free indices.

        Its axes are in the given order; along an index that the expression does not have,
        it is repeated.
        """
        self._cut_chains(expression)
        return self._over(self.lower(expression, axes), axes)

    @bounded
    def over_batch(self, expression: Expression, axes: Sequence[Index]) -> Node:
        """As `array`, of the sum of an expression over the examples of the batch."""
        if self.example is None:
            return self.array(expression, axes)
        self._want(axes)
        self._cut_chains(expression)
        return self._over(self.total(expression, (self.example,)), axes)

    @bounded
    def of_each(self, expression: Expression, axes: Sequence[Index]) -> Node:
        """As `array`, of an expression for every example of the batch."""
        own = () if self.example is None else (self.example,)
        return self.array(expression, (*own, *axes))

    def _cut_chains(self, expression: Expression) -> None:
        """Work out names in the midst of long chains first, so that no recursion is deep."""
        heights: dict[Definition, int] = {}
        for name in definitions_of(expression, self._defined):
            below = [heights.get(other, 0) for other in direct_needs(name)[1]]
            heights[name] = 1 + max(below, default=0)
            if heights[name] % LONGEST_CHAIN == 0:
                self.named(name)

    def _over(self, operand: Operand, axes: Sequence[Index]) -> Node:
        own = tuple(i for i in axes if i in operand.indices)
        node = self.contractor.arranged(operand, own)
        missing = tuple(n for n, i in enumerate(axes) if i not in operand.indices)
        if missing:
            shape = tuple(i.size for i in axes)
            node = self.graph.make("repeat", (node,), (missing, shape), shape)
        return self.graph.real(node)

    def lower(self, expression: Expression, axes: Sequence[Index] = ()) -> Operand:
        """The operand of an expression; the indices in `axes` are wanted in this order."""
        self._want(axes)
        return _RULES[type(expression)](expression, self)

    def _want(self, axes: Sequence[Index]) -> None:
        for place, index in enumerate(axes):
            self._rank.setdefault(index, place - len(axes))

    def rank(self, index: Index) -> tuple[int, int]:
        """The batch first, then as wanted, then the older."""
        return (0 if index.size == self.batch else 1, self._rank.get(index, index.uid))

    def _same_exponents(self, one: Term, other: Term) -> bool:
        return self.exponentials.exponent(one) == self.exponentials.exponent(other)

    # -- uses of arrays

    def at(self, node: Node, positions: Sequence[Position]) -> Operand:
        """An array at positions: fixed ones are taken out, equal ones give the diagonal."""
        axes = list(positions)
        while any(isinstance(p, Fixed) for p in axes):
            axis = next(n for n, p in enumerate(axes) if isinstance(p, Fixed))
            place = axes.pop(axis)
            assert isinstance(place, Fixed)
            shape = node.shape[:axis] + node.shape[axis + 1 :]
            node = self.graph.make("take", (node,), (axis, place.value - 1), shape, node.truth)
        indices = [p for p in axes if isinstance(p, Index)]
        while len(set(indices)) < len(indices):
            first = next(n for n, i in enumerate(indices) if i in indices[n + 1 :])
            second = indices.index(indices[first], first + 1)
            rest = tuple(s for n, s in enumerate(node.shape) if n not in (first, second))
            shape = (*rest, node.shape[first])
            node = self.graph.make("diagonal", (node,), (first, second), shape, node.truth)
            index = indices[first]
            indices = [i for n, i in enumerate(indices) if n not in (first, second)] + [index]
        return Operand(node, tuple(indices))

    def named(self, definition: Definition) -> Operand:
        """The array of a named quantity over its parameters, worked out once."""
        if definition not in self._defined:
            operand = self.lower(self.body_of(definition), definition.parameters)
            own = (
                definition.parameters
                if self.example is None
                else (self.example, *definition.parameters)
            )
            order = tuple(p for p in own if p in operand.indices)
            node = self.contractor.arranged(operand, order)
            if node.op == "neg":
                # A sign stays where the name is worked out; its uses are larger.
                node = self.graph.make("negative", node.args, (), node.shape)
            self._defined[definition] = Operand(node, order)
            self.origin.setdefault(node, definition)
        return self._defined[definition]

    def defined(self, body: Expression, argument: Operand) -> Operand:
        """The body of a function at an argument."""
        outer, self._argument = self._argument, argument
        try:
            return self.lower(body)
        finally:
            self._argument = outer

    # -- sums of products

    def total(self, expression: Expression, over: tuple[Index, ...] = ()) -> Operand:
        """The sum of an expression over indices that its arrays have and it does not show."""
        if isinstance(expression, Derivative):
            return self.total(self.resolve(expression), over)
        if isinstance(expression, Add):
            terms = collected(expression)
            if over and all(map(is_one_array, terms)):
                added = self._added([self.lower(term) for term in terms])
                if all(index in added.indices for index in over):
                    return self.contractor.summed(added, over)
            return self._added([self.total(term, over) for term in terms])
        return self._product(expression, over) if over else self.lower(expression)

    def _product(self, expression: Expression, over: tuple[Index, ...] = ()) -> Operand:
        """A product, or a sum of one: opened, its deltas contracted, ordered by cost."""
        product = opened(expression, self.resolve)
        spread = self.cancelling.cancelled(product) or self.exponentials.multiplied_out(product)
        if spread is not None:  # what its terms have in common is not taken out again
            return self._added([self.total(term, over) for term in spread.terms])
        parts = product.split_at_deltas()
        if parts is not None:
            return self.total(parts, over)
        factors, made = self.exponentials.quotients(product.factors)
        operands = [*made, *map(self._factor, factors)]
        bound = [*over, *product.bound]
        for index in list(bound):
            if not any(index in operand.indices for operand in operands):
                bound.remove(index)  # sum_k c = n c, c without k
                operands.append(Operand(self.graph.size(index.size)))
        return self.contractor.contract(operands, bound, self.rank)

    def _factor(self, node: Expression) -> Operand:
        if isinstance(node, Power) and node.exponent < 0:
            base = self.lower(node.base)
            return Operand(self.graph.power(base.node, node.exponent), base.indices)
        return self.lower(node)

    def _added(self, terms: list[Operand]) -> Operand:
        """Terms one after the other; those with a minus sign come later."""
        first, *rest = sorted(terms, key=lambda term: term.node.op == "neg")
        for term in rest:
            left, right, indices = self.contractor.aligned(first, term, self.rank)
            first = Operand(self.graph.plus(left, right), indices)
        return first


_RULES: Rules[Callable[..., Operand]] = Rules()


@_RULES.register(Number)
def _number(node: Number, by: Lowering) -> Operand:
    """A constant."""
    return Operand(by.graph.number(node.value))


@_RULES.register(Constant)
def _constant(node: Constant, by: Lowering) -> Operand:
    """A number that is not rational: as near as 64 bits come."""
    if node is not PI:
        raise CannotCompile(f"the value of {node.name} is not known")
    return Operand(by.graph.number(Fraction(math.pi)))


@_RULES.register(SizeValue)
def _size_value(node: SizeValue, by: Lowering) -> Operand:
    """The length of an axis."""
    return Operand(by.graph.size(node.size))


@_RULES.register(Entry)
def _entry(node: Entry, by: Lowering) -> Operand:
    """An input, or the argument of the function that is being worked out."""
    if node.tensor is ARGUMENT:
        assert by._argument is not None, "the argument of a function outside one"
        return by._argument
    name, axes, positions = by.names[node.tensor], node.tensor.axes, node.positions
    if by.example is not None and name in by.varying:
        axes, positions = (by.example.size, *axes), (by.example, *positions)
    return by.at(by.graph.input(name, axes), positions)


@_RULES.register(Named)
def _named(node: Named, by: Lowering) -> Operand:
    """A named quantity at positions."""
    operand = by.named(node.definition)
    where = dict(zip(node.definition.parameters, node.positions, strict=True))
    return by.at(operand.node, [where.get(index, index) for index in operand.indices])


@_RULES.register(Delta)
def _delta(node: Delta, by: Lowering) -> Operand:
    """The identity matrix, where no sum makes the delta vanish."""
    eye = by.graph.make("eye", (), (node.left.size,), (node.left.size, node.right.size))
    return by.at(eye, (node.left, node.right))


@_RULES.register(Add)
def _add(node: Add, by: Lowering) -> Operand:
    """The sum of the terms; factors that all of them have are taken out."""
    return by.total(node)


@_RULES.register(Mul)
@_RULES.register(Sum)
def _product(node: Expression, by: Lowering) -> Operand:
    """Sums of products, see `contraction`; a sum of a sum is the sum of its terms."""
    return by._product(node)


@_RULES.register(Power)
def _power(node: Power, by: Lowering) -> Operand:
    """A power of every entry."""
    if node.exponent < 0:
        return by._product(node)
    base = by.lower(node.base)
    return Operand(by.graph.power(base.node, node.exponent), base.indices)


@_RULES.register(Apply)
def _apply(node: Apply, by: Lowering) -> Operand:
    """A function of every entry; the logarithm of exponentials as one."""
    if node.function is LOG and node.order == 0:
        found = by.exponentials.log(node.argument)
        if found is not None:
            return found
    return by.functions.at(node.function, node.order, by.lower(node.argument))


@_RULES.register(Derivative)
def _derivative(node: Derivative, by: Lowering) -> Operand:
    """What stands for it."""
    return by.lower(by.resolve(node))


@_RULES.register(OfMatrix)
def _of_matrix(node: OfMatrix, by: Lowering) -> Operand:
    """Nothing: what a note has is refused with its place before, see `from_note`."""
    raise CannotCompile(NO_MATRIX_FUNCTIONS)
