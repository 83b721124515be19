"""Expressions in index form: the closed set of nodes every stage works on.

An expression is a real number that depends on its free indices, on the entries
of tensors, and on sizes. Operations on expressions are modules of rules
(`derivative`, `normal_form`, `evaluation`), never methods.

Nodes are immutable and may be shared. A bound index belongs to its `Sum`;
whoever copies an expression under another binder makes it fresh
(`substitution.substitute`), and whoever reads one gives it a meaning in an
environment (`normal_form`, `evaluation`).
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from symgrad.calculus.index import Index, Position, Size, Tensor
from symgrad.records import dataclass


class Expression:
    """A node; one of the classes of this module and of no other."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Number(Expression):
    """A rational constant."""

    value: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Expression):
    """A positive real number that is not rational and has a name; `PI` and no other.

    To the prover it is a positive symbol: what it proves holds for every positive number
    in its place. Its value, enclosed, is known to the evaluator only.
    """

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class SizeValue(Expression):
    """A size used as a number: the N of 1/N."""

    size: Size


@dataclass(frozen=True, slots=True, eq=False)
class Entry(Expression):
    """An entry of a tensor, one position an axis."""

    tensor: Tensor
    positions: tuple[Position, ...]

    def __post_init__(self) -> None:
        if tuple(p.size for p in self.positions) != self.tensor.axes:
            raise ValueError(f"positions of {self.tensor.name} do not fit its axes")


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A named expression, such as Z_i = sum_k W_ik X_k + B_i. Not itself a node.

    Attributes:
        name: LaTeX of the name; entries print as the author wrote them.
        parameters: the free indices of the body, in the order of the axes.
        body: the defining expression; no other index is free in it.
    """

    name: str
    parameters: tuple[Index, ...]
    body: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Named(Expression):
    """A use of a definition; stands for its body at these positions."""

    definition: Definition
    positions: tuple[Position, ...]

    def __post_init__(self) -> None:
        if [p.size for p in self.positions] != [p.size for p in self.definition.parameters]:
            raise ValueError(f"positions of {self.definition.name} do not fit its parameters")


SQUARE = "the matrix "
"""Begins the name of a matrix that is inverted: no quantity of a note has such a name."""


class MatrixFunction(Enum):
    """What is made of a square matrix as a whole."""

    INVERSE = "inverse"
    DETERMINANT = "determinant"


@dataclass(frozen=True, slots=True, eq=False)
class OfMatrix(Expression):
    """The determinant of a square matrix, or an entry of its inverse; the matrix has a name.

    Attributes:
        function: which of the two.
        matrix: its entries; the last two parameters are row and column.
        positions: of the other parameters, then for an inverse the row and the column.
    """

    function: MatrixFunction
    matrix: Definition
    positions: tuple[Position, ...]

    def __post_init__(self) -> None:
        sizes = [p.size for p in self.matrix.parameters]
        if len(sizes) < 2 or sizes[-1] != sizes[-2]:
            raise ValueError(f"{self.matrix.name} is no square matrix")
        if self.function is MatrixFunction.DETERMINANT:
            del sizes[-2:]
        if [p.size for p in self.positions] != sizes:
            raise ValueError(f"positions do not fit the {self.function.value}")

    @property
    def others(self) -> tuple[Position, ...]:
        """The positions of the parameters that are neither row nor column."""
        return self.positions[: len(self.matrix.parameters) - 2]

    def entry(self, row: Position, column: Position) -> Named:
        """An entry of the matrix itself."""
        return Named(self.matrix, (*self.others, row, column))

    def inverse(self, row: Position, column: Position) -> OfMatrix:
        """An entry of the inverse of the matrix."""
        return OfMatrix(MatrixFunction.INVERSE, self.matrix, (*self.others, row, column))


@dataclass(frozen=True, slots=True, eq=False)
class Delta(Expression):
    """Kronecker delta: 1 where both positions are equal, 0 elsewhere; one range."""

    left: Position
    right: Position

    def __post_init__(self) -> None:
        if self.left.size != self.right.size:
            raise ValueError("a delta compares indices of one range")


@dataclass(frozen=True, slots=True, eq=False)
class Add(Expression):
    """Sum of finitely many terms."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Mul(Expression):
    """Product of finitely many factors."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Power(Expression):
    """Base to a rational exponent; where the exponent is not an integer, the base is positive."""

    base: Expression
    exponent: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Sum(Expression):
    """Sum of the body over an index, from 1 to its size."""

    index: Index
    body: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A real function of one real variable. Not itself a node.

    A function is opaque (nothing is known but that it is differentiable),
    defined (by an expression in `ARGUMENT`), or one of the primitives below.

    Attributes:
        name: LaTeX by which the author calls it.
        definition: its value at `ARGUMENT`, where one is known.
    """

    name: str
    definition: Expression | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Apply(Expression):
    """A function, or its derivative of some order, at an argument."""

    function: Function
    order: int
    argument: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Derivative(Expression):
    """Partial derivative of the body by one entry, not yet worked out.

    By an entry of a `Definition`, the named quantity is the independent
    variable: the body is differentiated through every other name, and the name
    keeps its value (dL/dZ where Z = WX + B).
    """

    body: Expression
    variable: Tensor | Definition
    positions: tuple[Position, ...]


ARGUMENT = Tensor("the argument", ())
"""The variable in which the definition of a `Function` is written; no note can name it so."""

RELU = Function(r"\operatorname{relu}")
"""max(x, 0); its derivative is 1 for x > 0, 0 for x < 0, and none at 0."""

EXP = Function(r"\exp")
"""The exponential function."""

LOG = Function(r"\log")
"""The natural logarithm of a positive number."""

ERF = Function(r"\operatorname{erf}")
"""The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x."""

HOLD = Function("")
"""The unknown function that a name applies to its definition where it is kept (see `held`)."""

PRIMITIVES = (RELU, EXP, LOG, ERF)
"""The functions whose facts the kernel knows; everything else is defined by them or opaque."""

PI = Constant(r"\pi")
"""The ratio of a circle's circumference to its diameter."""

ZERO = Number(Fraction(0))
ONE = Number(Fraction(1))


def number(value: int | Fraction) -> Number:
    """The constant of this value."""
    return Number(value if isinstance(value, Fraction) else Fraction(value))


def add(*terms: Expression) -> Expression:
    """Sum with zeros dropped and nested sums flattened; no index is touched."""
    flat: list[Expression] = []
    for term in terms:
        if isinstance(term, Add):
            flat.extend(term.terms)
        elif not (isinstance(term, Number) and term.value == 0):
            flat.append(term)
    if not flat:
        return ZERO
    return flat[0] if len(flat) == 1 else Add(tuple(flat))


def mul(*factors: Expression) -> Expression:
    """Product with constants gathered in front and nested products flattened."""
    constant = ONE.value
    flat: list[Expression] = []
    for factor in factors:
        for part in factor.factors if isinstance(factor, Mul) else (factor,):
            if isinstance(part, Number):
                constant = part.value if constant is ONE.value else constant * part.value
            else:
                flat.append(part)
    if constant == 0 and not any(may_lack_a_value(factor) for factor in flat):
        return ZERO
    if constant != 1 or not flat:
        flat.insert(0, Number(constant))
    return flat[0] if len(flat) == 1 else Mul(tuple(flat))


def may_lack_a_value(expression: Expression) -> bool:
    """Whether an expression has a quotient, a root or a logarithm, named ones included.

    Zero times such an expression is not zero where it has no value.
    """
    waiting = [expression]
    seen: set[Definition] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Power) and (node.exponent < 0 or node.exponent.denominator != 1):
            return True
        if isinstance(node, Apply) and (node.function is LOG or node.function.definition):
            return True
        if isinstance(node, OfMatrix):
            return True
        if isinstance(node, Named):
            if node.definition not in seen:
                seen.add(node.definition)
                waiting.append(node.definition.body)
            continue
        for name in ("terms", "factors"):
            waiting.extend(getattr(node, name, ()))
        for name in ("base", "body", "argument"):
            part = getattr(node, name, None)
            if part is not None:
                waiting.append(part)
    return False


def negate(expression: Expression) -> Expression:
    """The expression times -1."""
    return mul(number(-1), expression)


LARGEST_POWER = 64
"""Whole powers of numbers up to this are worked out; larger ones stay as they are."""


def power(base: Expression, exponent: int | Fraction) -> Expression:
    """The base to an exponent; exponents 0 and 1 vanish."""
    if exponent == 1:
        return base
    if exponent == 0:
        return ONE
    exponent = exponent if isinstance(exponent, Fraction) else Fraction(exponent)
    small = exponent.denominator == 1 and abs(exponent.numerator) <= LARGEST_POWER
    if isinstance(base, Number) and small and base.value != 0:
        return Number(base.value ** int(exponent))
    return Power(base, exponent)
