"""Faults of a formula found while its meaning is worked out, and the codes they get."""

from __future__ import annotations

from symgrad.calculus.index import Size
from symgrad.diagnostics import Code, Edit, Span
from symgrad.reading.scope import Binding

SUM_RANGE = Code(
    "sum-range",
    "a sum runs over the wrong range",
    "An index can stand at an axis only if it runs over that axis: a sum over the columns of a "
    "matrix runs to the number of columns.",
    r"""Let $W \in \mathbb R^{n \times m}$, $X \in \mathbb R^m$.
$$[WX]_i = \sum_{k=1}^n W_{i,k} X_k$$""",
    r"""Let $W \in \mathbb R^{n \times m}$, $X \in \mathbb R^m$.
$$[WX]_i = \sum_{k=1}^m W_{i,k} X_k$$""",
)
INDEX_RANGE = Code(
    "index-range",
    "an index was declared with the wrong range",
    "The declaration says for which entries the formula is claimed; others do not exist.",
    r"""Let $(m, n) \in \mathbb N^2$, $B \in \mathbb R^n$, $j \in \{1,\dots,m\}$.
$$\frac{\partial}{\partial [B]_j} \sum_{k=1}^n [B]_k = 1$$""",
    r"""Let $B \in \mathbb R^n$, $j \in \{1,\dots,n\}$.
$$\frac{\partial}{\partial [B]_j} \sum_{k=1}^n [B]_k = 1$$""",
)
SWAPPED_INDEX = Code(
    "index-mismatch",
    "an index stands at an axis of another size",
    "The subscripts of an entry come in the order of its axes.",
    r"""Let $W \in \mathbb R^{n \times m}$, $i \in \{1,\dots,n\}$, $j \in \{1,\dots,m\}$.
$$\frac{\partial \|W\|^2}{\partial W_{i,j}} = 2 W_{j,i}$$""",
    r"""Let $W \in \mathbb R^{n \times m}$, $i \in \{1,\dots,n\}$, $j \in \{1,\dots,m\}$.
$$\frac{\partial \|W\|^2}{\partial W_{i,j}} = 2 W_{i,j}$$""",
)
RANK_MISMATCH = Code(
    "rank-mismatch",
    "a number, vector or matrix stands where another kind is due",
    "A loss takes a vector, an entry of a vector is a number, a matrix has two subscripts.",
    r"""Let $X \in \mathbb R^m$.
$$\frac{\partial \|X\|^2}{\partial X_i} = 2 X_{i,i}$$""",
    r"""Let $X \in \mathbb R^m$.
$$\frac{\partial \|X\|^2}{\partial X_i} = 2 X_i$$""",
)
SIZE_MISMATCH = Code(
    "size-mismatch",
    "two arrays of different sizes meet",
    "Sums, entry-wise products, matrix products and arguments need sizes that fit.",
    r"""Let $(m, n) \in \mathbb N^2$, $W \in \mathbb R^{n \times m}$, $X \in \mathbb R^n$.
$$\|WX\|^2 = X^T W^T W X$$""",
    r"""Let $(m, n) \in \mathbb N^2$, $W \in \mathbb R^{n \times m}$, $X \in \mathbb R^m$.
$$\|WX\|^2 = X^T W^T W X$$""",
)
MISSING_TRANSPOSE = Code(
    "missing-transpose",
    "two columns are multiplied",
    "A column times a column is not defined: an inner product is written x^T y, an outer "
    "product x y^T.",
    r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $g \in \mathbb R^n$.
$$\frac{\partial (g^T W x)}{\partial W} = g x$$""",
    r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $g \in \mathbb R^n$.
$$\frac{\partial (g^T W x)}{\partial W} = g x^T$$""",
)
ARITY = Code(
    "arity",
    "a function is given the wrong number of arguments",
    "The function was declared with another number of arguments.",
    r"""Let $f: (x, y) \in \mathbb R \times \mathbb R \longmapsto x y$, $t \in \mathbb R$.
$$f(t) = t^2$$""",
    r"""Let $f: (x, y) \in \mathbb R \times \mathbb R \longmapsto x y$, $t \in \mathbb R$.
$$f(t, t) = t^2$$""",
)
UNDECLARED_SYMBOL = Code(
    "undeclared-symbol",
    "a name that means nothing here",
    "A derivative by a variable the function does not have is zero, and surely not meant.",
    r"""Let $X \in \mathbb R^m$.
Let $f: W^{(1)} \in \mathbb R^{n \times m} \longmapsto \|W^{(1)} X\|^2$.
$$\frac{\partial f}{\partial [W]_{i,j}} = 2 [W^{(1)} X]_i [X]_j$$""",
    r"""Let $X \in \mathbb R^m$.
Let $f: W^{(1)} \in \mathbb R^{n \times m} \longmapsto \|W^{(1)} X\|^2$.
$$\frac{\partial f}{\partial [W^{(1)}]_{i,j}} = 2 [W^{(1)} X]_i [X]_j$$""",
)
UNDECLARED_INDEX = Code(
    "undeclared-index",
    "an index that nothing in the formula or its section introduces",
    "A formula is claimed for indices; one that is neither declared nor summed over, and does "
    "not stand on the left, has no value.",
    r"""Let $w, x \in \mathbb R^n$, $j \in \{1,\dots,n\}$.
$$\frac{\partial}{\partial x_j} \sum_{k=1}^n w_k x_k = w_i$$""",
    r"""Let $w, x \in \mathbb R^n$, $j \in \{1,\dots,n\}$.
$$\frac{\partial}{\partial x_j} \sum_{k=1}^n w_k x_k = w_j$$""",
)
UNDECLARED_SIZE = Code(
    "undeclared-size",
    "a size that was never introduced is forced to be another one",
    "A reader cannot know that q is the last layer's width.",
    r"""Let $n \in \mathbb N$, $Y \in \mathbb R^n$, $T \in \mathbb R^q$.
$$\|Y - T\|^2 = \sum_{k=1}^n (Y_k - T_k)^2$$""",
    r"""Let $n \in \mathbb N$, $Y \in \mathbb R^n$, $T \in \mathbb R^n$.
$$\|Y - T\|^2 = \sum_{k=1}^n (Y_k - T_k)^2$$""",
)
DECLARED_TWICE = Code(
    "declared-twice",
    "one declaration gives a name twice",
    "One of the two was meant to be another name, which now is not declared.",
    r"""Let $(n, n) \in \mathbb N^2$, $W \in \mathbb R^{n \times m}$.
$$\|W\|^2 = \sum_{i=1}^n \sum_{j=1}^m W_{i,j}^2$$""",
    r"""Let $(n, m) \in \mathbb N^2$, $W \in \mathbb R^{n \times m}$.
$$\|W\|^2 = \sum_{i=1}^n \sum_{j=1}^m W_{i,j}^2$$""",
)
INDEX_NOT_DECLARED_HERE = Code(
    "index-not-declared-here",
    "an index is declared only in another section",
    "Declarations of indices hold in their section; the sentence before the formula may name "
    "another letter.",
    r"""Let $Y \in \mathbb R^n$.

# Before

Let $i \in \{1,\dots,n\}$.
$$\frac{\partial}{\partial Y_i} \sum_{k=1}^n Y_k = 1$$

# Here

Let $j \in \{1,\dots,n\}$.
$$\frac{\partial \|Y\|^2}{\partial Y_i} = 2 Y_i$$""",
    r"""Let $Y \in \mathbb R^n$.

# Before

Let $i \in \{1,\dots,n\}$.
$$\frac{\partial}{\partial Y_i} \sum_{k=1}^n Y_k = 1$$

# Here

Let $j \in \{1,\dots,n\}$.
$$\frac{\partial \|Y\|^2}{\partial Y_j} = 2 Y_j$$""",
)
UNEXPECTED_SYNTAX = Code(
    "unread",
    "LaTeX that is not understood",
    "What is not understood is said, never guessed.",
    r"""Let $x \in \mathbb R$.
$$\frac{\partial x^2}{\partial x} = \foo{x}$$""",
    r"""Let $x \in \mathbb R$.
$$\frac{\partial x^2}{\partial x} = 2x$$""",
)


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
