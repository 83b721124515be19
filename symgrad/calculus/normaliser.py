"""Expressions to canonical polynomials, rule by rule."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from symgrad.calculus.algebra import Algebra, Theory
from symgrad.calculus.dependencies import Variable, definitions_of, depends_on, free_indices
from symgrad.calculus.derivative import Derivatives, resolve_derivatives
from symgrad.calculus.expression import (
    ARGUMENT,
    Add,
    Apply,
    Constant,
    Definition,
    Delta,
    Derivative,
    Entry,
    Expression,
    Function,
    MatrixFunction,
    Mul,
    Named,
    Number,
    OfMatrix,
    Power,
    SizeValue,
    Sum,
)
from symgrad.calculus.hypotheses import Hypothesis, OneHot
from symgrad.calculus.index import Tensor, fresh
from symgrad.calculus.inverse_pairs import cancelled
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.rules import Rules, TooDeep
from symgrad.calculus.square import determinant, inverse_entry
from symgrad.calculus.substitution import match_parameters, substitute
from symgrad.calculus.table import ONE_POLYNOMIAL, Coefficient, Parts, Polynomial, code_of

WORK = 400_000
"""Work that one proof may take: products of terms, visits of vertices."""


class Body(NamedTuple):
    """The normal form of the body of a definition, and the facts it was got by."""

    polynomial: Polynomial
    facts: frozenset[str]


class Normaliser:
    """Normal forms under one theory; what is worked out once is kept.

    Args:
        theory: the facts that may be used.
        limit: of work, for each call.
        hypotheses: what may be assumed of tensors.

    Attributes:
        algebra: the arithmetic in which the polynomials are.
        finite: whether a sum over a literal size was met.
    """

    def __init__(
        self, theory: Theory, limit: int = WORK, hypotheses: tuple[Hypothesis, ...] = ()
    ) -> None:
        self.algebra = Algebra(theory, limit, self._unfold, hypotheses)
        # The vectors that are one-hot, with the index of the entry that is 1: any index at all.
        self.hot: dict[Tensor, int] = {
            h.tensor: 2 * fresh("c", h.tensor.axes[0]).uid
            for h in hypotheses
            if isinstance(h, OneHot) and len(h.tensor.axes) == 1
        }
        self.finite = False
        self._bodies: dict[Definition, Body] = {}
        self._derivatives: dict[Variable | None, Derivatives] = {}
        self._functions: dict[Function, list[Expression]] = {}
        # What ARGUMENT stands for while the definition of a function is unfolded.
        self._argument: Polynomial | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts used by the last call, sorted."""
        return tuple(sorted(self.algebra.fired))

    @property
    def informed(self) -> bool:
        """Whether a function was met that has a definition or facts."""
        return self.algebra.informed

    def polynomial(self, expression: Expression) -> Polynomial:
        """The canonical polynomial; equal ones of one normaliser mean equal expressions.

        Raises:
            LimitReached: too much work, or nested too deeply.
            Undefined: it divides by what is identically zero.
        """
        return self._call(lambda: self._normal(expression))

    def equal(self, left: Expression, right: Expression) -> bool:
        """Whether the expressions are proved equal wherever both are defined."""
        return not self._call(lambda: self._difference(left, right))

    def _call(self, work: Callable[[], Polynomial]) -> Polynomial:
        self.algebra.work = self.algebra.limit
        self.algebra.fired = set()
        self._argument = None
        try:
            return work()
        except RecursionError as error:
            raise TooDeep("an expression is nested too deeply") from error

    def _difference(self, left: Expression, right: Expression) -> Polynomial:
        difference = dict(self._normal(left))
        self.algebra.accumulate(difference, self._normal(right), -1)
        return cancelled(self.algebra, self.algebra.cleared(difference))

    def _normal(self, expression: Expression) -> Polynomial:
        """The polynomial of an expression, its definitions first."""
        self._work_out_names(expression)
        return _RULES[type(expression)](self, expression)

    def _work_out_names(self, expression: Expression) -> None:
        """The definitions that an expression is made of, each after those it needs."""
        for definition in definitions_of(expression, self._bodies):
            self._bodies[definition] = self._body(definition)

    def _body(self, definition: Definition) -> Body:
        # The body of a name never depends on ARGUMENT: it was written out, see `_unfold`.
        outer, self._argument = self._argument, None
        algebra = self.algebra
        rule = _RULES[type(definition.body)]
        polynomial, facts = algebra.recorded(partial(rule, self, definition.body))
        self._argument = outer
        parameters = {2 * parameter.uid for parameter in definition.parameters}
        free = {code for m in polynomial for k, _ in m for code in algebra.free[k]}
        free.difference_update(self.hot.values())
        if len(parameters) != len(definition.parameters) or not parameters.issuperset(free):
            raise ValueError(f"{definition.name} depends on an index that is no parameter")
        return Body(polynomial, facts)

    def body(self, node: Named) -> tuple[Body, dict[int, int]]:
        """What stands for a name, and the codes of its parameters."""
        return self.at(node, self._bodies[node.definition])

    def argument_body(self, node: Named) -> tuple[Body, dict[int, int]]:
        """What stands for a name that is the argument of a function."""
        return self.body(node)

    def at(self, node: Named, body: Body) -> tuple[Body, dict[int, int]]:
        """A body that stands for a name, and the codes of its parameters."""
        self.algebra.fired |= body.facts
        matched = match_parameters(node.definition, node.positions)
        return body, {2 * index.uid: code_of(position) for index, position in matched.items()}

    def differentiated(self, node: Derivative) -> Polynomial:
        """The normal form of a derivative; names in it are shared, not written out."""
        # A scalar x of the note is equal to ARGUMENT, but not the same.
        key = None if node.variable is ARGUMENT else node.variable
        derivatives = self._derivatives.get(key)
        if derivatives is None:
            derivatives = self._derivatives[key] = Derivatives(node.variable, Named)
        return self._normal(derivatives.derivative(node.body, node.positions))

    def _unfold(self, function: Function, order: int, argument: Polynomial) -> Polynomial:
        """The derivative of the definition of a function, at a polynomial."""
        trees = self._functions.get(function)
        if trees is None:
            # Binders are made fresh once, so that no index of an argument is captured;
            # names that depend on ARGUMENT are written out.
            assert function.definition is not None
            definition = resolve_derivatives(function.definition)
            if free_indices(definition):
                raise ValueError(f"the definition of {function.name} depends on an index")
            copy = substitute(definition, {}, {ARGUMENT: lambda _: Entry(ARGUMENT, ())})
            trees = self._functions[function] = [copy]
        while len(trees) <= order:
            self.algebra.spend(1)
            trees.append(resolve_derivatives(Derivative(trees[-1], ARGUMENT, ())))
        outer, self._argument = self._argument, argument
        try:
            return self._normal(trees[order])
        finally:
            self._argument = outer

    @property
    def argument(self) -> Polynomial | None:
        """What ARGUMENT stands for, inside the definition of a function."""
        return self._argument


_RULES: Rules[Callable[..., Polynomial]] = Rules()


@_RULES.register(Number)
def _number(normaliser: Normaliser, node: Number) -> Polynomial:
    """A constant is a coefficient."""
    value = node.value
    if not value:
        return {}
    return {(): value.numerator if value.denominator == 1 else value}


@_RULES.register(SizeValue)
def _size(normaliser: Normaliser, node: SizeValue) -> Polynomial:
    """A literal size is a number."""
    literal = node.size.value
    if literal is not None:
        return {(): literal} if literal else {}
    return {((normaliser.algebra.size_component(node.size), 1),): 1}


@_RULES.register(Constant)
def _constant(normaliser: Normaliser, node: Constant) -> Polynomial:
    """A constant is a positive symbol; that pi is transcendental is not used."""
    return {((normaliser.algebra.constant_component(node.name), 1),): 1}


@_RULES.register(Entry)
def _entry(normaliser: Normaliser, node: Entry) -> Polynomial:
    """An entry is a component of one factor; t_k = delta_kc, c some index, where t is one-hot.

    What sums to 1 along an axis of one position is 1.
    """
    if node.tensor is ARGUMENT and normaliser.argument is not None:
        return normaliser.argument
    algebra = normaliser.algebra
    codes = tuple([code_of(position) for position in node.positions])
    if normaliser.hot and node.tensor in normaliser.hot and node.tensor is not ARGUMENT:
        if node.positions[0].size.name == "1":
            return ONE_POLYNOMIAL
        hot = normaliser.hot[node.tensor]
        return {((algebra.delta_component(codes[0], hot, node.tensor.axes[0]), 1),): 1}
    head = algebra.entry_head(node.tensor)
    axis = algebra.heads[head].sums_to_one
    if axis is not None and node.tensor.axes[axis].value == 1:
        return ONE_POLYNOMIAL
    return {((algebra.single(head, codes), 1),): 1}


@_RULES.register(Named)
def _named(normaliser: Normaliser, node: Named) -> Polynomial:
    """Z_j = (body of Z)[i := j]."""
    body, codes = normaliser.body(node)
    return normaliser.algebra.substitute(body.polynomial, codes)


@_RULES.register(OfMatrix)
def _of_matrix(normaliser: Normaliser, node: OfMatrix) -> Polynomial:
    """See `square`; row and column of the matrix are parameters of its name."""
    if depends_on(node, ARGUMENT):
        raise LimitReached("a matrix inside the definition of a function")
    algebra, parameters = normaliser.algebra, node.matrix.parameters
    row, column = 2 * parameters[-2].uid, 2 * parameters[-1].uid
    body, codes = normaliser.argument_body(node.entry(*parameters[-2:]))
    others = {code: at for code, at in codes.items() if code not in (row, column)}
    if row in others.values() or column in others.values():
        raise LimitReached("a matrix at its own row")
    square = algebra.substitute(body.polynomial, others), row, column
    if node.function is MatrixFunction.DETERMINANT:
        return determinant(algebra, square)
    return inverse_entry(algebra, square, *map(code_of, node.positions[-2:]))


@_RULES.register(Delta)
def _delta(normaliser: Normaliser, node: Delta) -> Polynomial:
    """delta_ii = 1; delta of two different constants is 0."""
    left, right = code_of(node.left), code_of(node.right)
    if left == right:
        return ONE_POLYNOMIAL
    if left & right & 1:
        return {}
    return {((normaliser.algebra.delta_component(left, right, node.left.size), 1),): 1}


@_RULES.register(Add)
def _add(normaliser: Normaliser, node: Add) -> Polynomial:
    """Like terms are gathered."""
    out: Polynomial = {}
    for term in node.terms:
        normaliser.algebra.accumulate(out, _RULES[type(term)](normaliser, term))
    return out


@_RULES.register(Mul)
def _mul(normaliser: Normaliser, node: Mul) -> Polynomial:
    """Products are written out; factors that are one term are gathered first."""
    parts: Parts = {}
    constant: Coefficient = 1
    sums: list[Polynomial] = []
    for factor in node.factors:
        polynomial = _RULES[type(factor)](normaliser, factor)
        if len(polynomial) != 1:
            sums.append(polynomial)
            continue
        ((monomial, coefficient),) = polynomial.items()
        constant *= coefficient
        for component, exponent in monomial:
            parts[component] = parts.get(component, 0) + exponent
    out: Polynomial = {}
    if 0 in parts.values():
        parts = {component: exponent for component, exponent in parts.items() if exponent}
    normaliser.algebra.put(out, parts, constant)
    for polynomial in sums:
        out = normaliser.algebra.times(out, polynomial)
    return out


@_RULES.register(Power)
def _power(normaliser: Normaliser, node: Power) -> Polynomial:
    """See `Powers.power`."""
    exponent = node.exponent
    base = _RULES[type(node.base)](normaliser, node.base)
    whole = exponent.numerator if exponent.denominator == 1 else exponent
    return normaliser.algebra.power(base, whole)


@_RULES.register(Sum)
def _sum(normaliser: Normaliser, node: Sum) -> Polynomial:
    """See `Binding.bind`; sum_k a_k = a_1 + ... + a_n where n is small and written out."""
    algebra = normaliser.algebra
    body = _RULES[type(node.body)](normaliser, node.body)
    code, literal = 2 * node.index.uid, node.index.size.value
    if literal is not None:
        normaliser.finite = True
        if literal <= algebra.theory.written_out:
            out: Polynomial = {}
            for value in range(1, literal + 1):
                algebra.accumulate(out, algebra.substitute(body, {code: 2 * value + 1}))
            return out
    return algebra.bind(body, code, node.index.size)


@_RULES.register(Apply)
def _apply(normaliser: Normaliser, node: Apply) -> Polynomial:
    """The argument is lifted to a skeleton; that of a name is lifted once for all its uses."""
    algebra = normaliser.algebra
    argument = node.argument
    if type(argument) is Named:
        body, codes = normaliser.argument_body(argument)
        skeleton, parameters = algebra.lift(body.polynomial)
        moved = tuple([codes.get(parameter, parameter) for parameter in parameters])
        if len(set(moved)) == len(moved) and not any(code & 1 for code in moved):
            return algebra.apply_lifted(node.function, node.order, skeleton, moved)
        polynomial = algebra.substitute(body.polynomial, codes)
    else:
        polynomial = _RULES[type(argument)](normaliser, argument)
    return algebra.apply(node.function, node.order, polynomial)


@_RULES.register(Derivative)
def _derivative(normaliser: Normaliser, node: Derivative) -> Polynomial:
    """A derivative is worked out first, see `derivative`."""
    return normaliser.differentiated(node)
