"""Text of array operations: one row an operation, in the words of NumPy.

A dialect is such a table; another library is a table that differs in some rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from symgrad.calculus.index import Size
from symgrad.compiling.graph import Node, is_plain
from symgrad.records import dataclass, field

ATOM, POWER, SIGN, TIMES, MATRIX, PLUS, COMPARE = 7, 6, 5, 4, 3, 2, 1
"""How closely an operator binds; a matrix product stands in brackets beside other products."""


@dataclass(frozen=True)
class Text:
    """A piece of a program and how closely it holds together."""

    text: str
    binds: int = ATOM

    def within(self, binds: int) -> str:
        """The text as an operand of an operator."""
        return self.text if self.binds >= binds else f"({self.text})"


Write = Callable[["Dialect", Node, list[Text]], Text]


@dataclass(frozen=True)
class Dialect:
    """How one array library writes the operations.

    Attributes:
        prefix: of its functions, `np`.
        rows: text by operation.
        dtype: `float32` or `float64`.
        sizes: the name in the program of every open size.
    """

    prefix: str
    rows: Mapping[str, Write]
    dtype: str = "float64"
    sizes: Mapping[Size, str] = field(default_factory=dict)

    def write(self, node: Node, args: list[Text]) -> Text:
        """The text of a node, given that of what it takes."""
        return self.rows[node.op](self, node, args)

    def size(self, size: Size) -> str:
        """A size as a number in the program."""
        return str(size.value) if size.value else self.sizes[size]

    def shape(self, sizes: tuple[Size, ...]) -> str:
        """A tuple of sizes."""
        inner = ", ".join(map(self.size, sizes))
        return f"({inner},)" if len(sizes) == 1 else f"({inner})"


LARGEST_DENOMINATOR = 10**6
"""Of fractions that are written as such."""


def constant(value: Fraction) -> Text:
    """A rational number: exact where that is short, else as near as 64 bits come."""
    if value.denominator == 1:
        return Text(str(value.numerator), ATOM if value >= 0 else SIGN)
    shown = repr(float(value))
    is_short = value == Fraction(shown) and "e" not in shown
    if is_short or value.denominator > LARGEST_DENOMINATOR:
        return Text(shown, ATOM if value >= 0 else SIGN)
    return Text(f"{value.numerator} / {value.denominator}", TIMES)


def call(name: str, prefix: str = "") -> Write:
    """A function of the library, or of another module, of all arguments."""

    def write(by: Dialect, node: Node, args: list[Text]) -> Text:
        inner = ", ".join(arg.text for arg in args)
        return Text(f"{prefix or by.prefix}.{name}({inner})")

    return write


def power(base: str, exponent: str) -> Text:
    """A power; without spaces where both are names or numbers, as formatters write it."""
    is_simple = all(re.fullmatch(r"[\w.]+", part) for part in (base, exponent))
    return Text(f"{base}**{exponent}" if is_simple else f"{base} ** {exponent}", POWER)


def infix(sign: str, binds: int) -> Write:
    """An operator; the right operand binds closer, as a - (b - c) needs it."""

    def write(by: Dialect, node: Node, args: list[Text]) -> Text:
        left, right = args
        closer = binds if sign in ("+", "*") else binds + 1
        return Text(f"{left.within(binds)} {sign} {right.within(closer)}", binds)

    return write


def matrix_product(by: Dialect, node: Node, args: list[Text]) -> Text:
    """A product of matrices; from the left, as it is worked out."""
    left, right = args
    first = left.text if left.binds == MATRIX else left.within(SIGN)
    return Text(f"{first} @ {right.within(SIGN)}", MATRIX)


def _minus(by: Dialect, node: Node, args: list[Text]) -> Text:
    return Text(f"-{args[0].within(SIGN)}", SIGN)


def _power(by: Dialect, node: Node, args: list[Text]) -> Text:
    return power(args[0].within(ATOM), constant(node.data[0]).within(ATOM))


def _sqrt(by: Dialect, node: Node, args: list[Text]) -> Text:
    if is_plain(node):  # a number of Python takes the precision of the arrays beside it
        return power(args[0].within(ATOM), "0.5")
    return Text(f"{by.prefix}.sqrt({args[0].text})")


def _sum(by: Dialect, node: Node, args: list[Text]) -> Text:
    if len(node.data) == len(node.args[0].shape):
        return Text(f"{args[0].within(ATOM)}.sum()")
    if node.data == (0,) and len(node.args[0].shape) == 2:
        return Text(f"{ones_name(by, node)} @ {args[0].within(SIGN)}", MATRIX)
    axes = node.data[0] if len(node.data) == 1 else node.data
    return Text(f"{args[0].within(ATOM)}.sum(axis={axes})")


def _max(by: Dialect, node: Node, args: list[Text]) -> Text:
    axis = f"axis={node.data[0]}" if len(node.args[0].shape) > 1 else ""
    return Text(f"{args[0].within(ATOM)}.max({axis})")


def ones_name(by: Dialect, node: Node) -> str:
    """The vector of ones that sums over the first axis of a matrix."""
    return f"ones_{by.size(node.args[0].shape[0])}"


def _transpose(by: Dialect, node: Node, args: list[Text]) -> Text:
    if node.data == (1, 0):
        return Text(f"{args[0].within(ATOM)}.T")
    return Text(f"{by.prefix}.transpose({args[0].text}, {node.data})")


def _expand(by: Dialect, node: Node, args: list[Text]) -> Text:
    axes = node.data[0]
    rank = len(node.args[0].shape) + len(axes)
    places = ["None" if n in axes else ":" for n in range(rank)]
    return Text(f"{args[0].within(ATOM)}[{', '.join(places)}]")


def _take(by: Dialect, node: Node, args: list[Text]) -> Text:
    axis, place = node.data
    places = [":"] * axis + [str(place)]
    return Text(f"{args[0].within(ATOM)}[{', '.join(places)}]")


def _repeat(by: Dialect, node: Node, args: list[Text]) -> Text:
    missing, shape = node.data
    text = args[0]
    own = [n for n in range(len(shape)) if n not in missing]
    if own and max(missing) > own[0]:
        places = ["None" if n in missing else ":" for n in range(len(shape))]
        text = Text(f"{text.within(ATOM)}[{', '.join(places)}]")
    return Text(f"{by.prefix}.full({by.shape(shape)}, {text.text}, {by.prefix}.{by.dtype})")


def _tensordot(by: Dialect, node: Node, args: list[Text]) -> Text:
    axes = ", ".join(str(list(side)) for side in node.data)
    return Text(f"{by.prefix}.tensordot({args[0].text}, {args[1].text}, ({axes}))")


NUMPY_ROWS: dict[str, Write] = {
    "number": lambda by, node, args: constant(node.data[0]),
    "size": lambda by, node, args: Text(by.size(node.data[0])),
    "add": infix("+", PLUS),
    "sub": infix("-", PLUS),
    "mul": infix("*", TIMES),
    "div": infix("/", TIMES),
    "neg": _minus,
    "negative": _minus,
    "reciprocal": lambda by, node, args: Text(f"1 / {args[0].within(TIMES + 1)}", TIMES),
    "power": _power,
    "sqrt": _sqrt,
    "relu": lambda by, node, args: Text(f"{by.prefix}.maximum({args[0].text}, 0)"),
    "positive": lambda by, node, args: Text(f"{args[0].within(COMPARE + 1)} > 0", COMPARE),
    "erf": lambda by, node, args: Text(f"erf({args[0].text})"),
    "real": lambda by, node, args: Text(f"{args[0].within(ATOM)}.astype({by.prefix}.{by.dtype})"),
    "max": _max,
    "sum": _sum,
    "dot": matrix_product,
    "matmul": matrix_product,
    "vdot": call("vdot"),
    "outer": call("outer"),
    "tensordot": _tensordot,
    "einsum": lambda by, node, args: Text(
        f'{by.prefix}.einsum("{node.data[0]}", {args[0].text}, {args[1].text})'
    ),
    "transpose": _transpose,
    "expand": _expand,
    "take": _take,
    "diagonal": lambda by, node, args: Text(
        f"{by.prefix}.diagonal({args[0].text}, axis1={node.data[0]}, axis2={node.data[1]})"
    ),
    "eye": lambda by, node, args: Text(
        f"{by.prefix}.eye({by.size(node.data[0])}, dtype={by.prefix}.{by.dtype})"
    ),
    "repeat": _repeat,
    **{
        name: call(name)
        for name in (
            *("maximum", "minimum", "exp", "expm1", "log", "log1p"),
            *("tanh", "square", "abs", "sign"),
        )
    },
}
"""Text of every operation in NumPy's words."""
