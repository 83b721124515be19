"""Which points a claim is tested at: sizes, index values, entries, concrete functions.

Everything is chosen by a `random.Random` with a constant seed, so that two runs
find the same counterexample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import islice, product
from math import prod
from random import Random

from symgrad.calculus.dependencies import definitions_of
from symgrad.calculus.expression import (
    ARGUMENT,
    PRIMITIVES,
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
    OfMatrix,
    Power,
    SizeValue,
    Sum,
)
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Fixed, Index, Position, Size, Tensor
from symgrad.calculus.interpretation import Interpretation, Polynomial, Table
from symgrad.calculus.limits import LimitReached
from symgrad.judging.hypothetical import entries_under
from symgrad.records import dataclass, field

Condition = Callable[[Mapping[Index, int]], bool]
"""Whether a claim speaks of these index values (i != j, say)."""

MOST_ENTRIES = 5_000
"""Entries of all tensors at one point; literal sizes such as 784 x 784 are not tested."""

POLYNOMIALS = (
    (0, 0, 1),
    (0, -1, 0, 1),
    (1, 1, 1),
    (0, 2, -1, 1),
    (-1, 0, 2, 1),
    (0, 1, 1, 0, 1),
)
"""Stand-ins for opaque functions, the simplest first; coefficient of the constant first."""


@dataclass
class Occurrences:
    """What occurs in expressions, each once, in the order of its first occurrence.

    Attributes:
        sizes: each named size with the least value it may have (fixed positions must fit).
        least: those of them for which it is more than 1.
        tensors: the free variables.
        functions: the opaque functions.
        derivatives: whether there is a `Derivative` node.
    """

    sizes: dict[Size, int] = field(default_factory=dict)
    tensors: dict[Tensor, None] = field(default_factory=dict)
    functions: dict[Function, None] = field(default_factory=dict)
    derivatives: bool = False
    least: dict[Size, int] = field(default_factory=dict)

    def size(self, size: Size, least: int = 1) -> None:
        """Note an occurrence of a size that must be at least so large."""
        if size.value is None:
            self.sizes[size] = max(least, self.sizes.get(size, 1))
            if least > 1:
                self.least[size] = self.sizes[size]

    def position(self, position: Position) -> None:
        """Note the size of a position."""
        self.size(position.size, position.value if isinstance(position, Fixed) else 1)

    def include(self, other: Occurrences) -> None:
        """Note all that another has, after what is here."""
        # Of tables the hashes are kept: a loop would work them out for every size anew.
        least = {size: n for size, n in other.least.items() if n > self.sizes.get(size, 1)}
        self.sizes = {**self.sizes, **other.sizes, **self.least, **least}
        self.least |= least
        self.tensors.update(other.tensors)
        self.functions.update(other.functions)
        self.derivatives = self.derivatives or other.derivatives


def occurrences(expressions: Iterable[Expression], free: Iterable[Index] = ()) -> Occurrences:
    """Everything that a value must be chosen for, found without recursion over names."""
    found = Occurrences()
    for index in free:
        found.size(index.size)
    for expression in expressions:
        for definition in definitions_of(expression):
            _in_definition(definition)
        _note(expression, found)
    return found


@lru_cache(maxsize=8192)
def _in_definition(definition: Definition) -> Occurrences:
    """What occurs in the body; that of the names in it is known before."""
    found = Occurrences()
    _note(definition.body, found)
    return found


def _note(expression: Expression, found: Occurrences) -> None:
    """Enter what occurs in an expression, from left to right."""
    # The flag says whether the node stands in the definition of a function,
    # where `ARGUMENT` is no free variable.
    seen: set[tuple[int, bool]] = set()
    stack = [(expression, False)]
    while stack:
        node, inside = stack.pop()
        if (id(node), inside) not in seen:
            seen.add((id(node), inside))
            stack.extend(reversed(_parts(node, inside, found)))


def _parts(node: Expression, inside: bool, found: Occurrences) -> list[tuple[Expression, bool]]:
    """The nodes below a node; notes what the node itself names."""
    match node:
        case Entry():
            if not (inside and node.tensor == ARGUMENT):
                found.tensors[node.tensor] = None
                for position in node.positions:
                    found.position(position)
            return []
        case Mul():
            return [(factor, inside) for factor in node.factors]
        case Add():
            return [(term, inside) for term in node.terms]
        case Sum():
            found.size(node.index.size)
            return [(node.body, inside)]
        case Number() | Constant():
            return []
        case Named():
            for position in node.positions:
                found.position(position)
            found.include(_in_definition(node.definition))
            return []
        case OfMatrix():
            for position in node.positions:
                found.position(position)
            found.include(_in_definition(node.matrix))
            return []
        case Apply():
            if node.function.definition is not None:
                return [(node.argument, inside), (node.function.definition, True)]
            if node.function not in PRIMITIVES:
                found.functions[node.function] = None
            return [(node.argument, inside)]
        case Power():
            return [(node.base, inside)]
        case Derivative():
            found.derivatives = True
            for position in node.positions:
                found.position(position)
            if isinstance(node.variable, Definition):
                _in_all(node.variable)
                found.include(_in_definition(node.variable))
            return [(node.body, inside)]
        case Delta():
            found.position(node.left)
            found.position(node.right)
            return []
        case SizeValue():
            found.size(node.size)
            return []
        case _:
            raise TypeError(f"no rule for {type(node).__name__}")


def _in_all(definition: Definition) -> None:
    """Work out what occurs in the names that a definition is made of, the deepest first."""
    for needed in definitions_of(definition.body):
        _in_definition(needed)


def sizes_to_try(found: Occurrences) -> Iterator[dict[Size, int]]:
    """Values of the named sizes, small ones first, then unequal ones.

    A mistake in the indices often shows only where two sizes differ, so that a
    swapped pair is out of range or meets another entry.
    """
    names = list(dict.fromkeys(size.name for size in found.sizes))
    patterns = ((1,), (2, 1), (1, 2), (2,), (2, 3), (3, 2), (2, 3, 4), (4, 2, 3))
    tried = []
    for pattern in patterns:
        value = {name: pattern[k % len(pattern)] for k, name in enumerate(names)}
        sizes = {size: max(value[size.name], least) for size, least in found.sizes.items()}
        if sizes not in tried:
            tried.append(sizes)
            yield sizes


def unequal_sizes(found: Occurrences, turn: int) -> dict[Size, int]:
    """Small sizes, neighbours unequal; another choice every turn."""
    pattern = ((2, 3), (3, 2), (1, 3, 2))[turn % 3]
    names = list(dict.fromkeys(size.name for size in found.sizes))
    value = {name: pattern[k % len(pattern)] for k, name in enumerate(names)}
    return {size: max(value[size.name], least) for size, least in found.sizes.items()}


def extent(size: Size, sizes: Mapping[Size, int]) -> int:
    """The integer that a size stands for; a literal stands for itself."""
    literal = size.value
    return sizes[size] if literal is None else literal


def indices_to_try(
    free: Sequence[Index],
    sizes: Mapping[Size, int],
    conditions: Sequence[Condition],
    random: Random,
    most: int,
) -> list[dict[Index, int]]:
    """Some values of the free indices that meet the conditions, in random order."""
    ranges = [range(1, extent(index.size, sizes) + 1) for index in free]
    if prod(map(len, ranges)) <= 200:
        every = [dict(zip(free, values, strict=True)) for values in product(*ranges)]
        random.shuffle(every)
    else:
        every = [
            {i: random.choice(r) for i, r in zip(free, ranges, strict=True)} for _ in range(60)
        ]
    return list(islice((v for v in every if all(met(v) for met in conditions)), most))


Values = dict[Tensor, dict[tuple[int, ...], Fraction]]


def random_values(
    tensors: Iterable[Tensor],
    sizes: Mapping[Size, int],
    choices: Sequence[Fraction],
    random: Random,
    hypotheses: Sequence[Hypothesis] = (),
) -> Values:
    """Entries for tensors, each one of the choices, made to meet the hypotheses."""
    result: Values = {}
    count = 0
    for tensor in tensors:
        lengths = [extent(size, sizes) for size in tensor.axes]
        count += prod(lengths)
        if count > MOST_ENTRIES:
            raise LimitReached("entries of the tensors")
        result[tensor] = entries_under(tensor, lengths, hypotheses, lambda: random.choice(choices))
    return result


TAME = tuple(
    tuple(map(Fraction, choice.split()))
    for choice in ("1/9 1/12 1/20", "-1/9 -1/12 -1/20", "6/5 5/4 4/3", "-2 -1", "1/2 1/3 2/3")
)
"""Choices for the entries of one tensor, where values must stay within narrow bounds."""


def tame_values(
    tensors: Iterable[Tensor],
    sizes: Mapping[Size, int],
    random: Random,
    hypotheses: Sequence[Hypothesis] = (),
    alike: bool = False,
) -> Values:
    """Entries that differ little within a tensor: logarithms of logarithms may exist.

    Those of which something is assumed are made to meet it. Where they are alike, all vectors
    are of one magnitude and the matrices small, so that so are the layers of a deep network.
    """
    result: Values = {}
    same = random.choice(TAME)
    for tensor in tensors:
        choices = random.choice(TAME[:2] if alike else TAME)
        if alike and len(tensor.axes) < 2:
            choices = same
        result |= random_values([tensor], sizes, choices, random, hypotheses)
    return result


def tame_interpretations(functions: Iterable[Function]) -> dict[Function, Interpretation]:
    """Functions that take small numbers to numbers between 0 and 1."""
    made = Polynomial((Fraction(1, 2), Fraction(1, 20), Fraction(1, 100)))
    return dict.fromkeys(functions, made)


def interpretations(
    functions: Iterable[Function], turn: int, tables: bool
) -> dict[Function, Interpretation]:
    """A concrete function for each opaque one, another each turn.

    Polynomials are easy to read, but their degrees multiply when functions are
    nested; a table is taken where that was too much.
    """
    if tables:
        return {f: Table(f.name, turn) for f in functions}
    return {
        f: Polynomial(tuple(map(Fraction, POLYNOMIALS[(turn + k) % len(POLYNOMIALS)])))
        for k, f in enumerate(functions)
    }
