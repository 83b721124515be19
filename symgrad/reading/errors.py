"""Faults of a formula found while its meaning is worked out, and the codes they get."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.calculus.index import Size
from symgrad.diagnostics import Code, Span
from symgrad.reading.scope import Binding

SUM_RANGE = Code(
    "sum-range",
    "a sum runs over the wrong range",
    "An index can stand at an axis only if it runs over that axis: a sum over the columns of a "
    "matrix runs to the number of columns.",
    r"W \in \mathbb R^{n \times m},\ [WX]_i = \sum_{k=1}^n W_{i,k} X_k",
    r"W \in \mathbb R^{n \times m},\ [WX]_i = \sum_{k=1}^m W_{i,k} X_k",
)
INDEX_RANGE = Code(
    "index-range",
    "an index was declared with the wrong range",
    "The declaration says for which entries the formula is claimed; others do not exist.",
    r"B \in \mathbb R^n,\ j \in \{1,\dots,m\}:\ [B]_j",
    r"B \in \mathbb R^n,\ j \in \{1,\dots,n\}:\ [B]_j",
)
SWAPPED_INDEX = Code(
    "index-mismatch",
    "an index stands at an axis of another size",
    "The subscripts of an entry come in the order of its axes.",
    r"W \in \mathbb R^{n \times m},\ i \in \{1,\dots,n\},\ j \in \{1,\dots,m\}:\ W_{j,i}",
    r"W \in \mathbb R^{n \times m},\ i \in \{1,\dots,n\},\ j \in \{1,\dots,m\}:\ W_{i,j}",
)
RANK_MISMATCH = Code(
    "rank-mismatch",
    "a number, vector or matrix stands where another kind is due",
    "A loss takes a vector, an entry of a vector is a number, a matrix has two subscripts.",
    r"X \in \mathbb R^m:\ [X]_{i,j}",
    r"X \in \mathbb R^m:\ [X]_i",
)
SIZE_MISMATCH = Code(
    "size-mismatch",
    "two arrays of different sizes meet",
    "Sums, entry-wise products, matrix products and arguments need sizes that fit.",
    r"W \in \mathbb R^{n \times m},\ X \in \mathbb R^n:\ W X",
    r"W \in \mathbb R^{n \times m},\ X \in \mathbb R^m:\ W X",
)
MISSING_TRANSPOSE = Code(
    "missing-transpose",
    "two columns are multiplied",
    "A column times a column is not defined: an inner product is written x^T y, an outer "
    "product x y^T.",
    r"\frac{\partial L}{\partial W} = \delta x",
    r"\frac{\partial L}{\partial W} = \delta x^T",
)
ARITY = Code(
    "arity",
    "a function is given the wrong number of arguments",
    "The function was declared with another number of arguments.",
    r"f: (X, W) \longmapsto WX,\quad f(X)",
    r"f: (X, W) \longmapsto WX,\quad f(X, W)",
)
UNDECLARED_SYMBOL = Code(
    "undeclared-symbol",
    "a name that means nothing here",
    "A derivative by a variable the function does not have is zero, and surely not meant.",
    r"f: W^{(1)} \longmapsto \dots,\quad \frac{\partial f}{\partial [W]_{i,j}}",
    r"f: W^{(1)} \longmapsto \dots,\quad \frac{\partial f}{\partial [W^{(1)}]_{i,j}}",
)
UNDECLARED_INDEX = Code(
    "undeclared-index",
    "an index that nothing in the formula or its section introduces",
    "A formula is claimed for indices; one that is neither declared nor summed over, and does "
    "not stand on the left, has no value.",
    r"\frac{\partial f}{\partial x_j} = w_i",
    r"\frac{\partial f}{\partial x_j} = w_j",
)
UNDECLARED_SIZE = Code(
    "undeclared-size",
    "a size that was never introduced is forced to be another one",
    "A reader cannot know that q is the last layer's width.",
    r"\tilde Y \in \mathbb R^q",
    r"\tilde Y \in \mathbb R^{\ell_3}",
)
DECLARED_TWICE = Code(
    "declared-twice",
    "one declaration gives a name twice",
    "One of the two was meant to be another name, which now is not declared.",
    r"(n, n) \in \mathbb N^2,\ W \in \mathbb R^{n \times m}",
    r"(n, m) \in \mathbb N^2,\ W \in \mathbb R^{n \times m}",
)
INDEX_NOT_DECLARED_HERE = Code(
    "index-not-declared-here",
    "an index is declared only in another section",
    "Declarations of indices hold in their section; the sentence before the formula may name "
    "another letter.",
    r"j \in \{1,\dots,n\}:\ \frac{\partial L}{\partial Y_i}",
    r"i \in \{1,\dots,n\}:\ \frac{\partial L}{\partial Y_i}",
)
UNEXPECTED_SYNTAX = Code(
    "unread",
    "LaTeX that is not understood",
    "What is not understood is said, never guessed.",
    r"\frac{\partial f}{\partial x} = \foo{x}",
    r"\frac{\partial f}{\partial x} = g(x)",
)


@dataclass(frozen=True, slots=True)
class Edit:
    """Put a text in the place of a span of the note."""

    span: Span
    text: str


class ReadingError(Exception):
    """A formula that has no meaning as it stands.

    Attributes:
        span: the term at fault.
        code: what kind of fault.
        message: what is wrong, with names and sizes.
        hint: what to do.
        edits: single edits that may mend it, the likeliest first.
        redeclare: an index and the range that its use asks for, where the fault may lie
            in its declaration.
        binding: the definition in whose body the fault is, where it is in one.
    """

    def __init__(
        self,
        span: Span,
        code: Code,
        message: str,
        hint: str = "",
        edits: tuple[Edit, ...] = (),
        redeclare: tuple[str, Size] | None = None,
    ) -> None:
        super().__init__(message)
        self.span = span
        self.code = code
        self.message = message
        self.hint = hint
        self.edits = edits
        self.redeclare = redeclare
        self.binding: Binding | None = None


def unread(span: Span, message: str, hint: str = "") -> ReadingError:
    """The error for syntax that has no rule."""
    return ReadingError(span, UNEXPECTED_SYNTAX, message, hint)
