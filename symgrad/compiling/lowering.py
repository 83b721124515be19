"""Expressions in index form to array operations.

Each rule's docstring is what it does to one kind of node. Names stay names: a named
quantity is worked out once, whatever indices it is used at. Bound indices are fresh
wherever a sum is opened.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symgrad.calculus.derivative import differentiate
from symgrad.calculus.expression import (
    ARGUMENT,
    ERF,
    EXP,
    LOG,
    PI,
    RELU,
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
    Power,
    SizeValue,
    Sum,
    mul,
    power,
)
from symgrad.calculus.index import Fixed, Index, Position, Size, Tensor, fresh
from symgrad.calculus.rules import Rules, bounded
from symgrad.calculus.substitution import rename
from symgrad.compiling.contraction import Contractor, Rank
from symgrad.compiling.functions import Recogniser
from symgrad.compiling.graph import Graph, Node, Operand

BATCH = Size("N")
"""The size of a batch; its axis comes first in every array that has it."""


class CannotCompile(Exception):  # noqa: N818 - what the user is told
    """What an expression asks for is not compiled; the message says what."""


Resolve = Callable[[Derivative], Expression]
"""What stands for a derivative that an expression mentions."""


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
        origin: the definition that each node was first got from.
    """

    graph: Graph
    names: Mapping[Tensor, str]
    resolve: Resolve = _unresolved
    body_of: Callable[[Definition], Expression] = _body
    unknown: Function | None = None
    origin: dict[Node, Definition] = field(default_factory=dict)
    recogniser: Recogniser = field(default_factory=Recogniser)
    _defined: dict[Definition, Operand] = field(default_factory=dict)
    _argument: Operand | None = None
    _rank: dict[Index, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.contractor = Contractor(self.graph)

    @bounded
    def array(self, expression: Expression, axes: Sequence[Index]) -> Node:
        """The array of the values of an expression over its free indices.

        Its axes are in the given order; along an index that the expression does not have,
        it is repeated.
        """
        operand = self.lower(expression, axes)
        own = tuple(i for i in axes if i in operand.indices)
        node = self.contractor.arranged(operand, own)
        missing = tuple(n for n, i in enumerate(axes) if i not in operand.indices)
        if missing:
            shape = tuple(i.size for i in axes)
            node = self.graph.make("repeat", (node,), (missing, shape), shape)
        return self.graph.real(node)

    def lower(self, expression: Expression, axes: Sequence[Index] = ()) -> Operand:
        """The operand of an expression; the indices in `axes` are wanted in this order."""
        for place, index in enumerate(axes):
            self._rank.setdefault(index, place - len(axes))
        return _RULES[type(expression)](expression, self)

    def rank(self, index: Index) -> tuple[int, int]:
        """The batch first, then as wanted, then the older."""
        return (0 if index.size == BATCH else 1, self._rank.get(index, index.uid))

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
            order = tuple(p for p in definition.parameters if p in operand.indices)
            node = self.contractor.arranged(operand, order)
            if node.op == "neg":
                # A sign stays where the name is worked out; its uses are larger.
                node = self.graph.make("negative", node.args, (), node.shape)
            self._defined[definition] = Operand(node, order)
            self.origin.setdefault(node, definition)
        return self._defined[definition]

    # -- functions

    def function(self, function: Function, order: int, argument: Operand) -> Operand:
        """A function or its derivative at an argument."""
        if _opaque(function) and self.unknown is not None:
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
        if function is ERF:
            raise CannotCompile("NumPy has no erf; choose another activation")
        if function.definition is None:
            raise CannotCompile(
                f"nothing says what {function.name} is; define it, or choose an activation"
            )
        definition = function.definition
        for _ in range(order):
            definition = differentiate(definition, ARGUMENT, ())
        outer, self._argument = self._argument, argument
        try:
            return self.lower(definition)
        finally:
            self._argument = outer

    def _primitive_derivative(self, function: Function, order: int, argument: Operand) -> Operand:
        """exp^(k) = exp; log^(k)(x) = (-1)^(k-1) (k-1)! x^-k."""
        graph = self.graph
        if function is EXP:
            return Operand(graph.unary("exp", argument.node), argument.indices)
        factor = 1
        for k in range(1, order):
            factor *= -k
        node = self._power(argument.node, Fraction(-order))
        return Operand(graph.times(graph.number(factor), node), argument.indices)

    def _power(self, node: Node, exponent: Fraction) -> Node:
        graph = self.graph
        if exponent < 0:
            return graph.unary("reciprocal", self._power(node, -exponent))
        if exponent == 1:
            return node
        if exponent == 2:
            return node if node.truth else graph.unary("square", node)
        if exponent == Fraction(1, 2):
            return graph.unary("sqrt", node)
        return graph.make("power", (node,), (exponent,), node.shape)

    # -- sums of products

    def product(self, expression: Expression) -> Operand:
        """A product, or a sum of one: opened, its deltas contracted, ordered by cost."""
        factors: list[Expression] = []
        bound: list[Index] = []
        self._open(expression, factors, bound)
        factors = self._contract_deltas(factors, bound)
        parts = _split_at_deltas(factors, bound)
        if parts is not None:
            return self.lower(parts)
        factors, made = self._softmax(factors)
        operands = [*made, *(self.lower(factor) for factor in factors)]
        for index in list(bound):
            if not any(index in operand.indices for operand in operands):
                bound.remove(index)  # sum_k c = n c, c without k
                operands.append(Operand(self.graph.size(index.size)))
        rank: Rank = self.rank
        return self.contractor.contract(operands, bound, rank)

    def _open(self, expression: Expression, factors: list[Expression], bound: list[Index]) -> None:
        if isinstance(expression, Mul):
            for factor in expression.factors:
                self._open(factor, factors, bound)
        elif isinstance(expression, Sum):
            index = fresh(expression.index.name, expression.index.size)
            bound.append(index)
            self._open(rename(expression.body, {expression.index: index}), factors, bound)
        elif isinstance(expression, Derivative):
            self._open(self.resolve(expression), factors, bound)
        elif isinstance(expression, Apply) and expression.function is LOG and expression.order == 1:
            factors.append(power(expression.argument, -1))
        else:
            factors.append(expression)

    def _contract_deltas(self, factors: list[Expression], bound: list[Index]) -> list[Expression]:
        """sum_k delta_kj f_k = f_j."""
        for place, factor in enumerate(factors):
            if not isinstance(factor, Delta):
                continue
            rest = factors[:place] + factors[place + 1 :]
            if factor.left == factor.right:
                return self._contract_deltas(rest, bound)
            for one, other in ((factor.left, factor.right), (factor.right, factor.left)):
                if isinstance(one, Index) and one in bound:
                    bound.remove(one)
                    return self._contract_deltas([rename(f, {one: other}) for f in rest], bound)
        return factors

    def _softmax(self, factors: list[Expression]) -> tuple[list[Expression], list[Operand]]:
        """e^x_i / sum_j e^x_j = e^(x_i - m) / sum_j e^(x_j - m), m the largest x_j."""
        made: list[Operand] = []
        rest = list(factors)
        for factor in factors:
            total = _sum_of_exponentials(factor.base) if isinstance(factor, Power) else None
            if total is None or not isinstance(factor, Power) or factor.exponent >= 0:
                continue
            index, argument = total
            for other in rest:
                if not (isinstance(other, Apply) and other.function is EXP) or factor not in rest:
                    continue
                top, bottom = self.lower(other.argument), self.lower(argument)
                if top.node is not bottom.node or index not in bottom.indices:
                    continue
                axis = bottom.indices.index(index)
                own = top.indices[:axis] + top.indices[axis + 1 :]
                if own != bottom.indices[:axis] + bottom.indices[axis + 1 :]:
                    continue
                shifted, _, sums = self._shifted(bottom.node, axis)
                node = self.graph.quotient(shifted, self._kept(sums, bottom.node, axis))
                made.append(Operand(node, top.indices))
                rest.remove(other)
                rest.remove(factor)
                if factor.exponent != -1:
                    rest.append(Power(factor.base, factor.exponent + 1))
        return rest, made

    def _shifted(self, node: Node, axis: int) -> tuple[Node, Node, Node]:
        """e^(x - m), m and sum e^(x - m), with m the largest along an axis."""
        shape = node.shape[:axis] + node.shape[axis + 1 :]
        largest = self.graph.make("max", (node,), (axis,), shape)
        difference = self.graph.binary("sub", node, self._kept(largest, node, axis))
        exponentials = self.graph.unary("exp", difference)
        sums = self.graph.make("sum", (exponentials,), (axis,), shape)
        return exponentials, largest, sums

    def _kept(self, node: Node, full: Node, axis: int) -> Node:
        """What was got along an axis, so that it combines with the whole array."""
        if not axis:
            return node
        return self.graph.expand(node, (axis,), full.shape)

    def log_of_sum(self, index: Index, argument: Expression) -> Operand:
        """With m the largest x_j: log sum_j e^x_j = m + log sum_j e^(x_j - m)."""
        operand = self.lower(argument)
        if index not in operand.indices:
            return self.function(LOG, 0, self.lower(Sum(index, Apply(EXP, 0, argument))))
        axis = operand.indices.index(index)
        _, largest, sums = self._shifted(operand.node, axis)
        node = self.graph.plus(largest, self.graph.unary("log", sums))
        return Operand(node, tuple(i for i in operand.indices if i is not index))


def _split_at_deltas(factors: list[Expression], bound: list[Index]) -> Expression | None:
    """sum_k f_k (delta_ki + g_k) = sum_k f_k delta_ki + sum_k f_k g_k; None without a delta."""
    for place, factor in enumerate(factors):
        if not isinstance(factor, Add):
            continue
        parts = [p for t in factor.terms for p in (t.factors if isinstance(t, Mul) else (t,))]
        ends = {end for p in parts if isinstance(p, Delta) for end in (p.left, p.right)}
        if not ends & set(bound):
            continue
        rest = factors[:place] + factors[place + 1 :]
        terms: list[Expression] = []
        for part in factor.terms:
            term = mul(*rest, part)
            for index in bound:
                term = Sum(index, term)
            terms.append(term)
        return Add(tuple(terms))
    return None


def _opaque(function: Function) -> bool:
    return function.definition is None and function not in (RELU, EXP, LOG, ERF)


def _sum_of_exponentials(expression: Expression) -> tuple[Index, Expression] | None:
    """Index and exponent of sum_j e^x_j."""
    if isinstance(expression, Sum) and isinstance(expression.body, Apply):
        body = expression.body
        if body.function is EXP:
            index = fresh(expression.index.name, expression.index.size)
            return index, rename(body.argument, {expression.index: index})
    return None


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
    return by.at(by.graph.input(by.names[node.tensor], node.tensor.axes), node.positions)


@_RULES.register(Named)
def _named(node: Named, by: Lowering) -> Operand:
    """A named quantity at positions."""
    operand = by.named(node.definition)
    where = dict(zip(node.definition.parameters, node.positions, strict=True))
    return by.at(operand.node, [where[index] for index in operand.indices])


@_RULES.register(Delta)
def _delta(node: Delta, by: Lowering) -> Operand:
    """The identity matrix, where no sum makes the delta vanish."""
    eye = by.graph.make("eye", (), (node.left.size,), (node.left.size, node.right.size))
    return by.at(eye, (node.left, node.right))


@_RULES.register(Add)
def _add(node: Add, by: Lowering) -> Operand:
    """Terms one after the other; those with a minus sign come later."""
    terms = [by.lower(term) for term in _collected(node)]
    terms.sort(key=lambda term: term.node.op == "neg")
    result = terms[0]
    for term in terms[1:]:
        left, right, indices = by.contractor.aligned(result, term, by.rank)
        result = Operand(by.graph.plus(left, right), indices)
    return result


def _collected(node: Add) -> list[Expression]:
    """Factors out: a c + b c = (a + b) c, for factors c that all terms have."""
    parts = [list(t.factors) if isinstance(t, Mul) else [t] for t in node.terms]
    common = [f for f in parts[0] if all(any(f is g for g in other) for other in parts[1:])]
    if not common:
        return list(node.terms)
    rest = [mul(*[f for f in part if not any(f is c for c in common)]) for part in parts]
    return [mul(*common, Add(tuple(rest)))]


@_RULES.register(Mul)
@_RULES.register(Sum)
def _product(node: Expression, by: Lowering) -> Operand:
    """Sums of products, see `contraction`; a sum of a sum is the sum of its terms."""
    return by.product(node)


@_RULES.register(Power)
def _power(node: Power, by: Lowering) -> Operand:
    """A power of every entry."""
    base = by.lower(node.base)
    return Operand(by._power(base.node, node.exponent), base.indices)


@_RULES.register(Apply)
def _apply(node: Apply, by: Lowering) -> Operand:
    """A function of every entry; the logarithm of a sum of exponentials as one."""
    if node.function is LOG and node.order == 0:
        total = _sum_of_exponentials(node.argument)
        if total is not None:
            return by.log_of_sum(*total)
    return by.function(node.function, node.order, by.lower(node.argument))


@_RULES.register(Derivative)
def _derivative(node: Derivative, by: Lowering) -> Operand:
    """What stands for it."""
    return by.lower(by.resolve(node))


__all__ = ["BATCH", "CannotCompile", "Lowering"]
