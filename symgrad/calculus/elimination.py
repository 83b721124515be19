"""Inverses and determinants of matrices of values, by elimination, exact where values are."""

from __future__ import annotations

from fractions import Fraction

from symgrad.calculus.dual import Dual
from symgrad.calculus.interval import Interval, Scalar, Undefined
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.primitives import power
from symgrad.calculus.tape import Tape, Worth, composed

LARGEST = 6
"""Rows up to which a matrix is inverted."""

Rows = list[list[Worth]]


def determinant(rows: Rows, bits: int) -> Worth:
    """The determinant of a square matrix of values.

    Raises:
        Undefined: whether a pivot is zero cannot be told; a matrix that is certainly
            singular, whose entries have no tangents, has the determinant 0.
    """
    return _eliminated(rows, [[] for _ in rows], bits)


def inverse(rows: Rows, bits: int) -> Rows:
    """The inverse of a square matrix of values.

    Raises:
        Undefined: the matrix is singular, or may be.
    """
    right: Rows = [[int(i == j) for j in range(len(rows))] for i in range(len(rows))]
    if _is_zero(_eliminated(rows, right, bits)):
        raise Undefined("the inverse of a singular matrix")
    return right


def _eliminated(rows: Rows, right: Rows, bits: int) -> Worth:
    """Gauss and Jordan: the rows become the identity, what is done to them is done to the right.

    Returns the determinant.
    """
    size = len(rows)
    if size > LARGEST:
        raise LimitReached("rows of a matrix to be inverted")
    left = [list(row) for row in rows]
    product: Worth = 1
    for column in range(size):
        found = next((r for r in range(column, size) if _is_pivot(left[r][column])), None)
        if found is None:
            if any(not _is_exact_zero(left[r][column]) for r in range(column, size)):
                raise Undefined("a matrix that may be singular")
            return 0
        if found != column:
            for table in (left, right):
                table[found], table[column] = table[column], table[found]
            product = product * -1
        product = product * left[column][column]
        scale = _reciprocal(left[column][column], bits)
        for table in (left, right):
            table[column] = [entry * scale for entry in table[column]]
        for row in range(size):
            if row != column:
                factor = left[row][column] * -1
                for table in (left, right):
                    pairs = zip(table[row], table[column], strict=True)
                    table[row] = [a + factor * b for a, b in pairs]
    return product


def _number(value: Worth) -> Scalar:
    """The value without its tangents."""
    plain = value.value if isinstance(value, Tape) else value
    return plain.value if isinstance(plain, Dual) else plain


def _is_pivot(value: Worth) -> bool:
    number = _number(value)
    return number.excludes_zero() if isinstance(number, Interval) else number != 0


def _is_exact_zero(value: Worth) -> bool:
    return not isinstance(value, Tape | Dual | Interval) and value == 0


def _is_zero(value: Worth) -> bool:
    return not _is_pivot(value)


def _reciprocal(value: Worth, bits: int) -> Worth:
    def derivative(k: int, x: Scalar) -> Scalar:
        """d^k/dx^k 1/x = (-1)^k k! / x^(k+1)."""
        factor = 1
        for j in range(1, k + 1):
            factor *= -j
        return power(x, Fraction(-1 - k), bits) * factor

    return composed(value, derivative)
