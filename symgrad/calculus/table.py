"""Interned heads and components: what is equal has the same integer.

A *factor* is a head, an exponent and the codes of its positions. A *component*
is a product of factors connected through bound indices, summed over these; it
is kept in canonical form, so that renaming its bound indices gives the same
component. A *monomial* is a multiset of components, and a *polynomial* a map
from monomials to rational coefficients: products of sums need no relabelling.

Codes: an index that is free is 2 uid, a fixed position v is 2 v + 1, the bound
indices of a component are -1, -2, ...

Integers are given out in order of first meeting. They decide the order of terms
within one table only, and are looked up by structure, never by `id` or time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple, TypeVar

from symgrad.calculus.canonical import Colours, canonical_order
from symgrad.calculus.expression import ARGUMENT, HOLD, PRIMITIVES, RELU, Function
from symgrad.calculus.hypotheses import Hypothesis, known_of
from symgrad.calculus.index import Index, Position, Size, Tensor
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.rules import Undefined

Coefficient = int | Fraction
Exponent = int | Fraction
Codes = tuple[int, ...]
Factor = tuple[int, Exponent, Codes]
Monomial = tuple[tuple[int, Exponent], ...]
Polynomial = dict[Monomial, Coefficient]
Parts = dict[int, Exponent]
"""A monomial under construction: components and their exponents."""

ENTRY, DELTA, SIZE, ROOT, APPLICATION, BASE, BOUND, MATRIX = range(8)
"""Kinds of heads: tensor entry, Kronecker delta, size as a number or constant, power of a prime,
function of a skeleton, power of a skeleton; BOUND is a component with bound indices, MATRIX an
entry of the inverse of a skeleton or its determinant."""

Result = TypeVar("Result")

ONE_POLYNOMIAL: Polynomial = {(): 1}


class Head(NamedTuple):
    """What a factor is, apart from its positions.

    Attributes:
        kind: one of the kinds above.
        axes: the sizes of its positions.
        group: permutations of the positions, besides identity, that do not change the value.
        tensor: of an entry.
        size: of a size used as a number.
        prime: of a root.
        skeleton: of an application, a base or a matrix.
        function: of an application.
        order: of the derivative that is applied.
        positive: whether the value is positive wherever it is defined.
        idempotent: whether its square is itself.
        involutive: whether its square is 1.
        sums_to_one: the axis along which the entries of a tensor sum to 1.
        square: the two parameters of the skeleton that are row and column of a matrix.
    """

    kind: int
    axes: tuple[Size, ...] = ()
    group: tuple[Codes, ...] = ()
    tensor: Tensor | None = None
    size: Size | None = None
    prime: int = 0
    skeleton: int = -1
    function: Function | None = None
    order: int = 0
    positive: bool = False
    idempotent: bool = False
    involutive: bool = False
    sums_to_one: int | None = None
    square: tuple[int, int] = (0, 0)


def code_of(position: Position) -> int:
    """The code of an index that is free, or of a fixed position.

    The only index of the literal size 1 is the fixed position 1.
    """
    if isinstance(position, Index):
        return 3 if position.size.name == "1" else 2 * position.uid
    literal = position.size.value
    if position.value < 1 or (literal is not None and position.value > literal):
        raise Undefined(f"position {position.value} of an axis of {position.size.name}")
    return 2 * position.value + 1


class Table:
    """The heads and components met so far, and the budget of work.

    Attributes:
        heads: by number.
        deltas, summing_to_one, steps, primitives, folded, names, matrices: the heads that are
            deltas, that sum to 1, that are relu or a derivative of it, that are any primitive
            function, that are a function with a definition, that are names, and that are of
            matrices: sets of numbers, one bit each.
        factors: of each component.
        free: the codes of the indices that are free in each component.
        bound: how many bound indices each component has.
        kind: of each component.
        specials: the components that need settling in a product (see `Products`).
        hypotheses: of tensors, under which everything here is equal that is equal.
        work: what is left of the budget.
        fired: the facts of functions used since it was last emptied.
    """

    def __init__(self, limit: int, hypotheses: tuple[Hypothesis, ...] = ()) -> None:
        self.limit = limit
        self.hypotheses = hypotheses
        self.work = limit
        self.fired: set[str] = set()
        self.heads: list[Head] = []
        self.deltas = self.summing_to_one = self.steps = self.primitives = self.folded = (
            self.names
        ) = self.matrices = 0
        self.factors: list[tuple[Factor, ...]] = []
        self.free: list[Codes] = []
        self.bound: list[int] = []
        self.kind: list[int] = []
        self.specials: set[int] = set()
        self._heads: dict[object, int] = {}
        self._tensors: dict[int, tuple[int, Tensor]] = {}
        self._singles: dict[tuple[int, Codes], int] = {}
        self._components: dict[tuple[Factor, ...], int] = {}
        self._labelled: dict[tuple[Factor, ...], int] = {}
        self._temporary = 1 << 60

    def recorded(self, work: Callable[[], Result]) -> tuple[Result, frozenset[str]]:
        """What the work results in, and the facts it used; they are not yet in `fired`.

        Whatever is kept for later is kept with its facts, so that every proof lists its own.
        """
        outer, self.fired = self.fired, set()
        try:
            return work(), frozenset(self.fired)
        finally:
            self.fired = outer

    def spend(self, amount: int) -> None:
        """Take work from the budget."""
        self.work -= amount
        if self.work < 0:
            raise LimitReached("the normal form grows too large")

    def temporary(self) -> int:
        """The code of a free index that occurs nowhere; to be bound before returning."""
        self._temporary += 2
        return self._temporary

    # Heads

    def head(self, key: object, head: Head) -> int:
        """The number of a head, interned by its key."""
        number = self._heads.get(key)
        if number is None:
            number = self._heads[key] = len(self.heads)
            self.heads.append(head)
            if head.kind == DELTA:
                self.deltas |= 1 << number
            if head.kind == MATRIX:
                self.matrices |= 1 << number
            if head.sums_to_one is not None:
                self.summing_to_one |= 1 << number
            if head.function is not None:
                self._enter_function(number, head.function)
        return number

    @property
    def mixed(self) -> bool:
        """Whether functions with definitions were met, and primitive ones beside them."""
        return bool(self.folded and self.primitives)

    def _enter_function(self, number: int, function: Function) -> None:
        if function is HOLD:
            self.names |= 1 << number
        if function is RELU:
            self.steps |= 1 << number
        if function in PRIMITIVES:
            self.primitives |= 1 << number
        elif function.definition is not None:
            self.folded |= 1 << number

    def entry_head(self, tensor: Tensor) -> int:
        """The head of the entries of a tensor; equal tensors have one."""
        # By identity first, for speed: hashing a tensor hashes its name and axes each time.
        # The tensor is kept alive in the table, so that its id is never given away.
        met = self._tensors.get(id(tensor))
        if met is not None:
            return met[0]
        axes = tensor.axes
        known = known_of(tensor, () if tensor is ARGUMENT else self.hypotheses)
        symmetric = known.symmetric and len(axes) == 2 and axes[0] == axes[1]
        head = Head(
            ENTRY,
            axes,
            ((1, 0),) if symmetric else (),
            tensor=tensor,
            positive=known.positive,
            idempotent=known.binary,
            involutive=known.signs,
            sums_to_one=known.sums_to_one,
        )
        # A scalar x of the note is equal to ARGUMENT, but not the same.
        number = self.head("argument" if tensor is ARGUMENT else tensor, head)
        self._tensors[id(tensor)] = (number, tensor)
        return number

    def delta_component(self, left: int, right: int, size: Size) -> int:
        """The component delta(left, right) of two different codes."""
        head = self.head(("delta", size), Head(DELTA, (size, size), ((1, 0),)))
        return self.single(head, (left, right))

    def size_component(self, size: Size) -> int:
        """The component of a named size used as a number."""
        return self.single(self.head(("size", size), Head(SIZE, size=size, positive=True)), ())

    def constant_component(self, name: str) -> int:
        """The component of a named positive number; like a size, it has no indices."""
        return self.single(self.head(("constant", name), Head(SIZE, positive=True)), ())

    def root_component(self, prime: int) -> int:
        """The component of a prime; it stands with exponents between 0 and 1 only."""
        return self.single(self.head(("root", prime), Head(ROOT, prime=prime, positive=True)), ())

    # Components

    def single(self, head: int, codes: Codes) -> int:
        """The component that is one factor without bound indices."""
        number = self._singles.get((head, codes))
        if number is None:
            record = self.heads[head]
            least = self.least(record.group, codes)
            number = self._intern(((head, 1, least),), 0, record.kind)
            self._singles[head, codes] = number
            if record.kind in (DELTA, ROOT, BASE) or record.idempotent or record.involutive:
                self.specials.add(number)
        return number

    def component(self, factors: list[Factor]) -> int:
        """The component of factors connected through bound indices, which are negative codes."""
        bound = {code for _, _, codes in factors for code in codes if code < 0}
        if len(bound) == 1:
            least = self.least
            heads = self.heads
            code = bound.pop()
            factors = [
                (h, e, least(heads[h].group, tuple([-1 if c == code else c for c in codes])))
                for h, e, codes in factors
            ]
            factors.sort()
            return self._intern(tuple(factors), 1, BOUND)
        # Bound indices are numbered in order of first use: cheap, and most repeated
        # components already agree in this form, so that the search is run once.
        factors.sort(key=_masked)
        numbers: dict[int, int] = {}
        for _, _, codes in factors:
            for code in codes:
                if code < 0 and code not in numbers:
                    numbers[code] = -1 - len(numbers)
        key = tuple([(h, e, tuple([numbers.get(c, c) for c in codes])) for h, e, codes in factors])
        number = self._labelled.get(key)
        if number is None:
            number = self._intern(self._canonical(key, len(numbers)), len(numbers), BOUND)
            self._labelled[key] = number
        return number

    def least(self, group: tuple[Codes, ...], codes: Codes) -> Codes:
        """The least of the codes under the permutations of a symmetry group."""
        if not group:
            return codes
        return min(codes, *[tuple([codes[p] for p in permutation]) for permutation in group])

    def _intern(self, factors: tuple[Factor, ...], bound: int, kind: int) -> int:
        number = self._components.get(factors)
        if number is None:
            number = self._components[factors] = len(self.factors)
            self.factors.append(factors)
            free = {c: None for _, _, codes in factors for c in codes if c >= 0 and not c & 1}
            self.free.append(tuple(free))
            self.bound.append(bound)
            self.kind.append(kind)
        return number

    def _canonical(self, factors: tuple[Factor, ...], count: int) -> tuple[Factor, ...]:
        """The factors with the bound indices -1 to -count renamed canonically, sorted."""
        heads, least = self.heads, self.least
        uses: dict[int, list[Factor]] = {-1 - number: [] for number in range(count)}
        for factor in factors:
            for code in set(factor[2]):
                if code < 0:
                    uses[code].append(factor)

        def signature(vertex: int, colours: Colours) -> list[Factor]:
            rows = [
                (
                    h,
                    e,
                    least(
                        heads[h].group,
                        tuple(
                            [c if c >= 0 else -1 if c == vertex else -2 - colours[c] for c in codes]
                        ),
                    ),
                )
                for h, e, codes in uses[vertex]
            ]
            rows.sort()
            return rows

        def certificate(colours: Colours) -> tuple[Factor, ...]:
            named = {v: -1 - colour for v, colour in colours.items()}
            rows = [
                (h, e, least(heads[h].group, tuple([named.get(c, c) for c in codes])))
                for h, e, codes in factors
            ]
            rows.sort()
            return tuple(rows)

        colours, _ = canonical_order(
            list(uses), signature, certificate, lambda amount: self.spend(2 * amount)
        )
        return certificate(colours)

    def size_at(self, code: int, components: Iterable[int]) -> Size:
        """The size of an index, read off an axis where it stands."""
        for component in components:
            for head, _, codes in self.factors[component]:
                if code in codes:
                    return self.heads[head].axes[codes.index(code)]
        raise AssertionError("the index stands at no axis")


def _masked(factor: Factor) -> tuple[int, Exponent, list[int]]:
    return factor[0], factor[1], [code if code >= 0 else -1 for code in factor[2]]
