"""Partial derivatives of expressions by one entry of a tensor or of a named quantity.

From tree to tree: names stay names, sums over deltas contract, zero terms
vanish, so that a derivative reads as a person writes it. An index is never
captured: a binder that clashes with a position is made fresh first.

The entries of a symmetric tensor are independent here: d S_ij / d S_kl is
delta_ik delta_jl, also where S_kl = S_lk as a value.
"""

from __future__ import annotations

from collections.abc import Callable

from symgrad.calculus.dependencies import (
    Needs,
    Variable,
    check_depth,
    definitions_of,
    direct_needs,
    function_needs,
    mentions,
    mentions_index,
    same_tensor,
)
from symgrad.calculus.expression import (
    ARGUMENT,
    ZERO,
    Add,
    Apply,
    Constant,
    Definition,
    Delta,
    Derivative,
    Entry,
    Expression,
    MatrixFunction,
    Mul,
    Named,
    Number,
    OfMatrix,
    Power,
    SizeValue,
    Sum,
    add,
    mul,
    number,
)
from symgrad.calculus.index import Index, Position, Size, Tensor, fresh
from symgrad.calculus.rules import Rules, bounded
from symgrad.calculus.substitution import delta, raised, rename, substitute, unfold

Use = Callable[[Definition, tuple[Position, ...]], Expression]


@bounded
def differentiate(
    expression: Expression, variable: Variable, positions: tuple[Position, ...]
) -> Expression:
    """The partial derivative of the expression by the entry of the variable at the positions.

    Args:
        expression: what is differentiated; its own `Derivative` nodes are worked out.
        variable: a tensor, or a definition, which then is the independent variable:
            every other name is differentiated through its body.
        positions: of the entry; indices may be free in the expression too.
    """
    return Derivatives(variable, unfold).derivative(expression, positions)


@bounded
def resolve_derivatives(expression: Expression) -> Expression:
    """The expression with every `Derivative` node outside names worked out, innermost first."""
    check_depth(expression)
    return _resolve(expression)


def partial_derivative(
    expression: Expression, variable: Variable, positions: tuple[Position, ...]
) -> Expression:
    """The derivative with all names but the variable held fixed; without `Derivative` nodes."""
    return _differentiate(expression, _Entry(_Fixed(variable, Named), positions))


def axes_of(variable: Variable) -> tuple[Size, ...]:
    """The sizes of the positions of an entry of the variable."""
    if isinstance(variable, Tensor):
        return variable.axes
    return tuple(parameter.size for parameter in variable.parameters)


class Derivatives:
    """Derivatives by one variable; that of every name is worked out once.

    Args:
        variable: the independent variable.
        use: what stands for the derivative of a name, which is itself given as a
            definition: `unfold` writes it out, `Named` keeps it as a shared name (a
            chain of n names then costs n, not n^2).
    """

    def __init__(self, variable: Variable, use: Use) -> None:
        self.variable = variable
        self.use = use
        # Fresh: a parameter of a name may be the very index by which is differentiated.
        self._entry = tuple(fresh("v", size) for size in axes_of(variable))
        self._derived: dict[Definition, Definition | None] = {}
        if isinstance(variable, Definition):
            # Known from the start: what only the variable is made of need not be looked at.
            self._derived[variable] = None

    def derivative(self, expression: Expression, positions: tuple[Position, ...]) -> Expression:
        """The derivative of the expression by the entry at the positions."""
        if tuple(p.size for p in positions) != axes_of(self.variable):
            raise ValueError(f"positions of {self.variable.name} do not fit its axes")
        # Dependency order, so that a long chain of names is no deep recursion.
        for definition in definitions_of(expression, self._derived):
            self._derived[definition] = self._derive(definition)
        return _differentiate(_resolve(expression), _Entry(self, positions))

    def of_name(self, node: Named, positions: tuple[Position, ...]) -> Expression:
        """The derivative of a use of a name that is not the variable itself."""
        if node.definition not in self._derived:
            # Of a matrix: what it is was first met where its inverse was differentiated.
            for definition in definitions_of(node, self._derived):
                self._derived[definition] = self._derive(definition)
        derived = self._derived[node.definition]
        return ZERO if derived is None else self.use(derived, node.positions + positions)

    def of_function(self, node: Apply, positions: tuple[Position, ...]) -> Expression:
        """The derivative of a function itself at its argument: x for f(x) = w x, by w."""
        function = node.function
        if not self._occurs(function_needs(function)):
            return ZERO
        assert function.definition is not None
        definition = _resolve(function.definition)
        for _ in range(node.order):
            definition = differentiate(definition, ARGUMENT, ())
        derivative = _differentiate(definition, _Entry(self, self._entry))
        moved = dict(zip(self._entry, positions, strict=True))
        return substitute(derivative, moved, {ARGUMENT: lambda _: node.argument})

    def _occurs(self, needs: Needs) -> bool:
        return mentions(needs, self.variable) or any(self._derived[name] for name in needs[1])

    def _derive(self, definition: Definition) -> Definition | None:
        """The derivative of the body; None where it is zero."""
        if not self._occurs(direct_needs(definition)):
            return None
        body = _resolve(definition.body)
        derivative = _differentiate(body, _Entry(self, self._entry))
        if _is_zero(derivative):
            return None
        name = rf"\partial {definition.name} / \partial {self.variable.name}"
        return Definition(name, definition.parameters + self._entry, derivative)


class _Fixed(Derivatives):
    """Derivatives by one variable where no name depends on it."""

    def of_name(self, node: Named, positions: tuple[Position, ...]) -> Expression:
        """Zero: it is held fixed."""
        return ZERO


class _Entry:
    """The independent variable: one entry, and the indices that no binder may be."""

    __slots__ = ("derivatives", "positions", "variable")

    def __init__(self, derivatives: Derivatives, positions: tuple[Position, ...]) -> None:
        self.derivatives = derivatives
        self.positions = positions
        self.variable = derivatives.variable


_RULES: Rules[Callable[..., Expression]] = Rules()


def _differentiate(node: Expression, by: _Entry) -> Expression:
    return _RULES[type(node)](node, by)


def _is_zero(node: Expression) -> bool:
    return isinstance(node, Number) and node.value == 0


@_RULES.register(Number)
@_RULES.register(Constant)
@_RULES.register(SizeValue)
@_RULES.register(Delta)
def _constant(node: Expression, by: _Entry) -> Expression:
    """Dc = 0 for constants, sizes and deltas."""
    return ZERO


@_RULES.register(Entry)
def _entry(node: Entry, by: _Entry) -> Expression:
    """D(X_ij) by X_kl is delta_ik delta_jl, by another tensor 0."""
    variable = by.variable
    if not isinstance(variable, Tensor) or not same_tensor(node.tensor, variable):
        return ZERO
    return mul(*map(delta, node.positions, by.positions))


@_RULES.register(Named)
def _named(node: Named, by: _Entry) -> Expression:
    """D(Z_i) by Z_k is delta_ik; by anything else D(Z) is D(body of Z)."""
    if node.definition is by.variable:
        return mul(*map(delta, node.positions, by.positions))
    return by.derivatives.of_name(node, by.positions)


@_RULES.register(Add)
def _add(node: Add, by: _Entry) -> Expression:
    """D(a + b) = Da + Db."""
    return add(*[_differentiate(term, by) for term in node.terms])


@_RULES.register(Mul)
def _mul(node: Mul, by: _Entry) -> Expression:
    """D(a b) = (Da) b + a (Db)."""
    terms = []
    for place, factor in enumerate(node.factors):
        derivative = _differentiate(factor, by)
        if not _is_zero(derivative):
            terms.append(mul(*node.factors[:place], derivative, *node.factors[place + 1 :]))
    return add(*terms)


@_RULES.register(Power)
def _power(node: Power, by: _Entry) -> Expression:
    """D(a^e) = e a^(e-1) Da, where a^e has a derivative."""
    derivative = _differentiate(node.base, by)
    if _is_zero(derivative):
        return ZERO
    return mul(number(node.exponent), raised(node.base, node.exponent - 1), derivative)


@_RULES.register(Sum)
def _sum(node: Sum, by: _Entry) -> Expression:
    """D(sum_k a_k) = sum_k D(a_k), k not among the positions of the variable."""
    index, body = node.index, node.body
    if any(position is index for position in by.positions):
        index = fresh(index.name, index.size)
        body = rename(body, {node.index: index})
    return summed(index, _differentiate(body, by))


@_RULES.register(Apply)
def _apply(node: Apply, by: _Entry) -> Expression:
    """D(f(a)) = f'(a) Da + (Df)(a), where f has a derivative at a; Df is mostly zero."""
    derivative = _differentiate(node.argument, by)
    if not _is_zero(derivative):
        outer = Apply(node.function, node.order + 1, node.argument)
        derivative = mul(outer, derivative)
    if node.function.definition is None:
        return derivative
    return add(derivative, by.derivatives.of_function(node, by.positions))


@_RULES.register(OfMatrix)
def _of_matrix(node: OfMatrix, by: _Entry) -> Expression:
    """D(M^-1)_ij = - sum_ab M^-1_ia DM_ab M^-1_bj; D(det M) = det M sum_ab M^-1_ba DM_ab.

    Source: J. R. Magnus and H. Neudecker, Matrix Differential Calculus (1999), chapter 8.
    """
    size = node.matrix.parameters[-1].size
    a, b = fresh("a", size), fresh("b", size)
    change = _differentiate(node.entry(a, b), by)
    if node.function is MatrixFunction.INVERSE:
        row, column = node.positions[-2:]
        term = mul(number(-1), node.inverse(row, a), change, node.inverse(b, column))
        return summed(a, summed(b, term))
    return mul(node, summed(a, summed(b, mul(node.inverse(b, a), change))))


@_RULES.register(Derivative)
def _derivative(node: Derivative, by: _Entry) -> Expression:
    """D(da/dX) by working out da/dX first."""
    raise AssertionError("derivatives are worked out before differentiating")


def summed(index: Index, body: Expression) -> Expression:
    """sum_k delta_ki a_k = a_i; sum_k c a_k = c sum_k a_k; sum_k c = n c, c without k."""
    if _is_zero(body):
        return ZERO
    if isinstance(body, Add) and any(_delta_on(index, term) for term in body.terms):
        # One binder for several sums is no capture: none of them is inside another.
        return add(*[summed(index, term) for term in body.terms])
    factors = body.factors if isinstance(body, Mul) else (body,)
    contracted = _delta_on(index, body)
    if contracted is not None:
        other = contracted.right if contracted.left is index else contracted.left
        rest = mul(*[factor for factor in factors if factor is not contracted])
        return rename(rest, {index: other})
    outside = [factor for factor in factors if not mentions_index(factor, index)]
    inside = [factor for factor in factors if mentions_index(factor, index)]
    if inside:
        return mul(*outside, Sum(index, mul(*inside)))
    literal = index.size.value
    return mul(*outside, SizeValue(index.size) if literal is None else number(literal))


def _delta_on(index: Index, body: Expression) -> Delta | None:
    """A delta that makes the sum of the body over the index contract."""
    for factor in body.factors if isinstance(body, Mul) else (body,):
        # Each end by itself: of delta_kk nothing is to be contracted, it is 1.
        if isinstance(factor, Delta) and (factor.left is index) != (factor.right is index):
            return factor
    return None


_CHILDREN: dict[type[Expression], Callable[..., Expression]] = {
    Add: lambda node: add(*[_resolve(term) for term in node.terms]),
    Mul: lambda node: mul(*[_resolve(factor) for factor in node.factors]),
    Power: lambda node: raised(_resolve(node.base), node.exponent),
    Sum: lambda node: Sum(node.index, _resolve(node.body)),
    Apply: lambda node: Apply(node.function, node.order, _resolve(node.argument)),
    Derivative: lambda node: differentiate(_resolve(node.body), node.variable, node.positions),
}


def _resolve(node: Expression) -> Expression:
    rebuild = _CHILDREN.get(type(node))
    return node if rebuild is None else rebuild(node)
