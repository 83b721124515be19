r"""Derivatives composed layer by layer: the chain rule over names.

The derivative of L by V is the sum over the names U that mention V of the derivative of L
by U times that of the body of U by V, with all other names held fixed. Each of them is a
name itself, one for all claims of a note: a network of n layers costs n, not n for each
of its gradients.

Every path from L to V leaves V to one U that mentions it directly; L itself is such a U
where its body mentions V, with the derivative delta. Paths cannot come back to V, because
no name is defined by itself. Source: A. Griewank and A. Walther, Evaluating Derivatives
(2008), chapter 3.
"""

from __future__ import annotations

from symgrad.calculus.dependencies import (
    Variable,
    check_depth,
    definitions_of,
    direct_needs,
    uses_names_in_functions,
)
from symgrad.calculus.derivative import partial_derivative, summed
from symgrad.calculus.expression import (
    ARGUMENT,
    ZERO,
    Add,
    Apply,
    Definition,
    Derivative,
    Expression,
    Mul,
    Named,
    Number,
    OfMatrix,
    Power,
    Sum,
    add,
    mul,
)
from symgrad.calculus.index import Index, fresh
from symgrad.calculus.rules import bounded
from symgrad.calculus.substitution import delta, free_indices, raised, rename


class NotComposed(Exception):  # noqa: N818 - nothing is wrong: derivatives are worked out
    """A derivative that does not go from name to name."""


class Adjoints:
    """The derivatives of one note as names, each worked out once."""

    def __init__(self) -> None:
        self._composed: dict[Definition, Definition] = {}
        # What mentions a variable directly, and the longest chain of names below a name.
        self._users: dict[Variable, list[Definition]] = {}
        self._height: dict[Definition, int] = {}
        self._adjoints: dict[tuple[Definition, Variable], Definition | None] = {}
        self._derivatives: set[Definition] = set()
        self._roots: dict[Expression, Named] = {}
        self._expressions: dict[Expression, Expression] = {}

    @bounded
    def composed(self, expression: Expression) -> Expression:
        """The expression with names for its derivatives, those in its names included.

        Raises:
            NotComposed: for derivatives inside functions that are made of names.
        """
        known = self._expressions.get(expression)
        if known is not None:
            return known
        check_depth(expression)
        for definition in definitions_of(expression, self._composed):
            self._composed[definition] = self._rewritten(definition)
        made = self._expressions[expression] = self._expression(expression)
        return made

    def is_derivative(self, definition: Definition) -> bool:
        """Whether the name was given to a derivative here."""
        return definition in self._derivatives

    def _rewritten(self, definition: Definition) -> Definition:
        body = self._expression(definition.body)
        if body is not definition.body:
            definition = Definition(definition.name, definition.parameters, body)
        return self._entered(definition)

    def _entered(self, definition: Definition) -> Definition:
        """Note what a name without derivatives in it is made of."""
        self._composed[definition] = definition
        tensors, names = direct_needs(definition)
        self._height[definition] = 1 + max([self._height[name] for name in names], default=0)
        variables: list[Variable] = [tensor for tensor in tensors if tensor is not ARGUMENT]
        for variable in dict.fromkeys([*variables, *names]):
            self._users.setdefault(variable, []).append(definition)
        return definition

    def _expression(self, node: Expression) -> Expression:
        """The expression, the same object where there is nothing to compose."""
        match node:
            case Named():
                new = self._composed[node.definition]
                return node if new is node.definition else Named(new, node.positions)
            case OfMatrix():
                matrix = self._composed[node.matrix]
                same = matrix is node.matrix
                return node if same else OfMatrix(node.function, matrix, node.positions)
            case Add():
                terms = tuple([self._expression(term) for term in node.terms])
                return node if _same(terms, node.terms) else add(*terms)
            case Mul():
                factors = tuple([self._expression(factor) for factor in node.factors])
                return node if _same(factors, node.factors) else mul(*factors)
            case Power():
                base = self._expression(node.base)
                return node if base is node.base else raised(base, node.exponent)
            case Sum():
                body = self._expression(node.body)
                return node if body is node.body else Sum(node.index, body)
            case Apply():
                argument = self._expression(node.argument)
                if argument is node.argument:
                    return node
                return Apply(node.function, node.order, argument)
            case Derivative():
                return self._derivative(node)
            case _:
                return node

    def _derivative(self, node: Derivative) -> Expression:
        body, variable = self._expression(node.body), node.variable
        if isinstance(variable, Definition):
            variable = self._composed.get(variable, variable)
        if variable is ARGUMENT:
            raise NotComposed
        if not isinstance(body, Named):
            body = self._root(body)
        if variable is body.definition:
            return mul(*map(delta, body.positions, node.positions))
        adjoint = self._adjoint(body.definition, variable)
        return ZERO if adjoint is None else Named(adjoint, body.positions + node.positions)

    def _root(self, body: Expression) -> Named:
        """A name for what has none."""
        known = self._roots.get(body)
        if known is None:
            free = tuple(sorted(free_indices(body), key=lambda index: index.uid))
            root = self._entered(Definition("", free, body))
            known = self._roots[body] = Named(root, free)
        return known

    # -- the derivative of one name by another, or by a tensor ---------------------

    def _adjoint(self, root: Definition, variable: Variable) -> Definition | None:
        """The derivative of a name; None where it is zero."""
        # Top-down: what is nearer to the root comes first, without recursion.
        waiting: list[Variable] = [variable]
        while waiting:
            needed = waiting[-1]
            users = self._users_in(root, needed)
            missing = [u for u in users if u is not root and (root, u) not in self._adjoints]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            if (root, needed) not in self._adjoints:
                self._adjoints[root, needed] = self._worked_out(root, needed, users)
        return self._adjoints[root, variable]

    def _users_in(self, root: Definition, variable: Variable) -> list[Definition]:
        """What mentions a variable directly, and may be part of the root or the root itself."""
        users = [
            user
            for user in self._users.get(variable, ())
            if user is root or self._height[user] < self._height[root]
        ]
        if any(uses_names_in_functions(user) for user in users):
            raise NotComposed
        return users

    def _worked_out(
        self, root: Definition, variable: Variable, users: list[Definition]
    ) -> Definition | None:
        """See the module: the sum over the names that mention the variable."""
        parameters = tuple(fresh(p.name, p.size) for p in root.parameters)
        entry = _letters(variable)
        terms: list[Expression] = []
        for user in users:
            partial = partial_derivative(user.body, variable, entry)
            if isinstance(partial, Number) and partial.value == 0:
                continue
            if user is root:
                terms.append(rename(partial, dict(zip(root.parameters, parameters, strict=True))))
                continue
            above = self._adjoints[root, user]
            if above is None:
                continue
            bound: tuple[Index, ...] = tuple(fresh(p.name, p.size) for p in user.parameters)
            moved = rename(partial, dict(zip(user.parameters, bound, strict=True)))
            term = mul(Named(above, parameters + bound), moved)
            for index in reversed(bound):
                term = summed(index, term)
            terms.append(term)
        if not terms:
            return None
        name = rf"\partial {root.name} / \partial {variable.name}"
        derivative = Definition(name, parameters + entry, add(*terms))
        self._derivatives.add(derivative)
        return self._entered(derivative)


def _letters(variable: Variable) -> tuple[Index, ...]:
    """Indices for an entry of a variable, called as those of a name are."""
    if isinstance(variable, Definition):
        return tuple([fresh(p.name, p.size) for p in variable.parameters])
    return tuple([fresh("ijklpqrs"[k % 8], size) for k, size in enumerate(variable.axes)])


def _same(new: tuple[Expression, ...], old: tuple[Expression, ...]) -> bool:
    return all(a is b for a, b in zip(new, old, strict=True))
