r"""Standard functions that need no declaration: `\max`, `\exp`, `\log`, trace, diag, ...

What the tables of `network` have comes from there, by the words that they give.
"""

from __future__ import annotations

from collections.abc import Callable

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position
from symgrad.network.functions import ACTIVATIONS, Activation, maximum
from symgrad.network.vector_functions import VECTOR_FUNCTIONS, VectorFunction
from symgrad.reading import values
from symgrad.reading.chain_rule import chain_product
from symgrad.reading.constructs import FUNCTION_WORDS
from symgrad.reading.conventions import Convention
from symgrad.reading.sizes import Sizes
from symgrad.reading.square import determinant
from symgrad.reading.values import ShapeError, Value
from symgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """A function of numbers (`function`), or a rule for arrays with its numbers of arguments.

    Attributes:
        ranks: numbers of axes that the first argument may have, where they are known.
        convention: what a call with a first argument of so many axes is taken to mean, where
            authors mean different things; else None.
    """

    function: ex.Function | None = None
    rule: Callable[[Sizes, list[Value]], Value] = lambda sizes, arguments: arguments[0]
    arity: tuple[int, int] = (1, 1)
    ranks: tuple[int, ...] | None = None
    convention: Callable[[int], Convention | None] = lambda rank: None

    @property
    def varies(self) -> bool:
        """Whether authors mean different functions by its name, so that a note may define it."""
        return self.convention(1) is not None

    def value(self, sizes: Sizes, arguments: list[Value], by_columns: bool) -> Value:
        """The value by the rule; of a matrix by its columns, where that is the other meaning."""
        convention = self.convention(len(arguments[0].axes))
        if not by_columns or convention is None or not convention.by_rows:
            return self.rule(sizes, arguments)
        turned = values.transposed(arguments[0])
        return values.transposed(self.rule(sizes, [turned, *arguments[1:]]))


def _maximum(sizes: Sizes, arguments: list[Value]) -> Value:
    """The larger of two, on each entry where one is a number."""
    first, second = arguments
    if not first.axes and second.axes:
        first, second = second, first

    def entry(frame: values.Frame, p: tuple[Position, ...]) -> ex.Expression:
        x = first.entry(frame, p)
        y = second.entry(frame, p if second.axes else ())
        if isinstance(x, ex.Number) and x.value == 0:
            x, y = y, x
        return maximum(x, y)

    if second.axes:
        values.same_axes(sizes, first, second, "the maximum of")
    return Value(first.axes, entry, first.row)


def _minimum(sizes: Sizes, arguments: list[Value]) -> Value:
    """min(x, y) = -max(-x, -y)."""
    minus = values.constant(-1)
    return values.scaled(minus, _maximum(sizes, [values.scaled(minus, a) for a in arguments]))


def _numbers(row: Activation) -> Known:
    return Known(row.function, convention=lambda rank: _OF_NUMBERS.get(row.name))


def _arrays(row: VectorFunction) -> Known:
    """A function of whole arrays; parameters that a call leaves out are 0."""

    def rule(sizes: Sizes, arguments: list[Value]) -> Value:
        array = arguments[0]
        if not array.axes:
            raise ShapeError("rank-mismatch", f"the {row.name} of the entries of a number")

        def entry(frame: values.Frame, p: tuple[Position, ...]) -> ex.Expression:
            axes = tuple(frame.size(axis) for axis in array.axes)
            return row.entry(lambda q: array.entry(frame, q), axes, p)

        if row.is_number:
            return Value((), entry)
        return Value(array.axes, entry, array.row)

    # The softmax of a number is that of its vector to some, so nothing is said of it.
    ranks = (0, *row.ranks) if row.is_number else row.ranks
    return Known(rule=rule, ranks=ranks, convention=lambda rank: _of_arrays(row.name, rank))


_OF_NUMBERS = {
    "gelu": Convention("GELU: x Phi(x), not one of its approximations"),
    "silu": Convention("swish: x sigmoid(x), without a parameter"),
}
_PLAIN = "without epsilon, scale and shift"
_OF_MATRICES = {
    "softmax": Convention("softmax of a matrix: of each row", by_rows=True),
    "log-softmax": Convention("log-softmax of a matrix: of each row", by_rows=True),
    "layer-norm": Convention(f"layer norm of a matrix: of each row, {_PLAIN}"),
    "batch-norm": Convention(f"batch norm of a matrix: of each column, {_PLAIN}"),
    "mean": Convention("mean of a matrix: of all its entries"),
}
_OF_VECTORS = {
    "layer-norm": Convention(f"layer norm: {_PLAIN}"),
    "batch-norm": Convention(f"batch norm: {_PLAIN}"),
}


def _of_arrays(name: str, rank: int) -> Convention | None:
    if rank < 2:
        return _OF_VECTORS.get(name)
    found = _OF_MATRICES.get(name)
    if found is None or rank == 2:
        return found
    return Convention(
        found.sentence.replace("a matrix: of each row", "an array: along its last axis")
    )


def _key(word: str) -> str:
    return FUNCTION_WORDS[word]


KNOWN_FUNCTIONS: dict[str, Known] = {
    **{_key(word): _numbers(row) for row in ACTIVATIONS.values() for word in row.words},
    **{_key(word): _arrays(row) for row in VECTOR_FUNCTIONS.values() for word in row.words},
    r"\max": Known(rule=_maximum, arity=(2, 2)),
    r"\min": Known(rule=_minimum, arity=(2, 2)),
    r"\operatorname{prod}": Known(rule=chain_product, arity=(2, 2)),
    r"\tr": Known(rule=lambda sizes, a: values.trace(sizes, a[0])),
    r"\Tr": Known(rule=lambda sizes, a: values.trace(sizes, a[0])),
    r"\trace": Known(rule=lambda sizes, a: values.trace(sizes, a[0])),
    r"\det": Known(rule=lambda sizes, a: determinant(sizes, a[0], "")),
    r"\diag": Known(rule=lambda sizes, a: values.diagonal(sizes, a[0])),
}
"""By key; `max(0, x)` without its backslash has the same key."""

REDUCING = frozenset(
    _key(word) for row in VECTOR_FUNCTIONS.values() if row.is_number for word in row.words
) | {r"\tr", r"\Tr", r"\trace", r"\det", r"\max", r"\min"}
"""Functions of which the value may have fewer axes than the argument."""
