"""Sums of products of arrays, one pair at a time, in the order that costs least.

    sum_k sum_s A_ik u_k B_ks v_s  =  sum_k A_ik (u_k (sum_s B_ks v_s))

Indices are summed one after the other. What an index costs is the number of entries of
the product of all factors that have it; the set of indices summed before decides that
cost, so the best order is found over sets, not over orders. On the formulas of a network
this is backpropagation: the sums over later layers come first and are shared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from symgrad.calculus.index import Index
from symgrad.compiling.graph import Graph, Node, Operand, extent

LARGEST_SEARCH = 9
"""Bound indices up to which all orders are compared; beyond, the cheapest comes next."""

Rank = Callable[[Index], tuple[int, int]]
"""The order in which the indices of a result are wanted."""


def volume(indices: frozenset[Index] | Sequence[Index]) -> int:
    """Number of entries of an array with these indices."""
    return prod(extent(index.size) for index in indices)


def elimination_order(
    factors: Sequence[frozenset[Index]], bound: Sequence[Index]
) -> tuple[Index, ...]:
    """The bound indices in the order in which summing them costs least."""
    if len(bound) > LARGEST_SEARCH:
        return _greedy(factors, bound)
    best: dict[frozenset[Index], tuple[int, tuple[Index, ...]]] = {frozenset(): (0, ())}
    for _ in bound:
        following: dict[frozenset[Index], tuple[int, tuple[Index, ...]]] = {}
        for done, (paid, order) in best.items():
            rest = _after(factors, done)
            for index in bound:
                if index in done:
                    continue
                total = paid + _price(rest, index)
                key = done | {index}
                if key not in following or total < following[key][0]:
                    following[key] = total, (*order, index)
        best = following
    ((_, order),) = best.values()
    return order


def _price(factors: Sequence[frozenset[Index]], index: Index) -> int:
    touched = [f for f in factors if index in f]
    return volume(frozenset().union(*touched))


def _after(factors: Sequence[frozenset[Index]], done: frozenset[Index]) -> list[frozenset[Index]]:
    """The index sets of the factors once some indices are summed."""
    rest = list(factors)
    for index in done:
        touched = [f for f in rest if index in f]
        rest = [f for f in rest if index not in f]
        if touched:
            rest.append(frozenset().union(*touched) - {index})
    return rest


def _greedy(factors: Sequence[frozenset[Index]], bound: Sequence[Index]) -> tuple[Index, ...]:
    order: list[Index] = []
    rest = list(factors)
    while len(order) < len(bound):
        index = min((i for i in bound if i not in order), key=lambda i: _price(rest, i))
        order.append(index)
        rest = _after(rest, frozenset([index]))
    return tuple(order)


class Contractor:
    """Works out sums of products in a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def contract(self, factors: Sequence[Operand], bound: Sequence[Index], rank: Rank) -> Operand:
        """The sum of the product of the factors over the bound indices.

        Every bound index occurs in a factor. The axes of the result are in the order of
        `rank` as far as that costs nothing.
        """
        scalars = [f for f in factors if not f.indices]
        arrays = [f for f in factors if f.indices]
        for index in elimination_order([frozenset(f.indices) for f in arrays], bound):
            touched = [f for f in arrays if index in f.indices]
            if not touched:
                continue  # went together with one before
            arrays = [f for f in arrays if index not in f.indices]
            others = {i for f in arrays for i in f.indices}
            gone = {i for i in bound if i not in others}
            result = self._sum_out(touched, gone, rank)
            (arrays if result.indices else scalars).append(result)
        scale = self._merged(scalars, rank) if scalars else None
        while len(arrays) > 1:
            # The smallest product first: what has indices in common, then outer products.
            pairs = [(a, b) for n, a in enumerate(arrays) for b in arrays[n + 1 :]]
            first, second = min(pairs, key=_size_of_product)
            arrays = [f for f in arrays if f is not first and f is not second]
            arrays.append(self.pair(first, second, set(), rank))
        if not arrays:
            return scale or Operand(self.graph.number(1))
        return arrays[0] if scale is None else self.scaled(scale, arrays[0])

    def scaled(self, scale: Operand, array: Operand) -> Operand:
        """An array times a number, which is worked into the smaller factor of a product."""
        return Operand(self.graph.times(scale.node, array.node), array.indices)

    def _merged(self, factors: Sequence[Operand], rank: Rank) -> Operand:
        """The product of factors, entry by entry."""
        ordered = sorted(factors, key=lambda f: (f.node.op != "number", f.node.number))
        result = ordered[0]
        for factor in ordered[1:]:
            result = self.pair(result, factor, set(), rank)
        return result

    def _sum_out(self, factors: list[Operand], gone: set[Index], rank: Rank) -> Operand:
        """The sum of a product over indices that nothing else has."""
        groups: dict[frozenset[Index], list[Operand]] = {}
        for factor in factors:
            groups.setdefault(frozenset(factor.indices), []).append(factor)
        items = [self._merged(group, rank) for group in groups.values()]
        while len(items) > 2:
            # An array goes into the smallest one that has all its indices.
            small = min(items, key=lambda f: (volume(f.indices), f.node.number))
            rest = [f for f in items if f is not small]
            into = min(rest, key=lambda f: (_joint(small, f), f.node.number))
            product = self.pair(small, into, set(), rank)
            items = [f for f in rest if f is not into]
            items.append(product)
        for place, item in enumerate(items):
            others = {i for f in items if f is not item for i in f.indices}
            alone = [i for i in item.indices if i in gone and i not in others]
            items[place] = self.summed(item, alone)
        if len(items) == 1:
            return items[0]
        return self.pair(items[0], items[1], gone, rank)

    def summed(self, item: Operand, gone: Sequence[Index]) -> Operand:
        """The sum of one array over some of its indices."""
        if not gone:
            return item
        node = item.node
        axes = tuple(n for n, index in enumerate(item.indices) if index in gone)
        rest = tuple(index for index in item.indices if index not in gone)
        if not rest and node.op == "square":
            return Operand(self.graph.make("vdot", (node.args[0], node.args[0])))
        if not rest and node.op == "mul" and _alike(*node.args):
            return Operand(self.graph.make("vdot", node.args))
        if node.op == "neg":
            return self.negated(self.summed(Operand(node.args[0], item.indices), gone))
        shape = tuple(index.size for index in rest)
        return Operand(self.graph.make("sum", (node,), axes, shape), rest)

    def negated(self, item: Operand) -> Operand:
        """Minus the array."""
        return Operand(self.graph.unary("neg", item.node), item.indices)

    # -- one pair

    def pair(self, a: Operand, b: Operand, gone: set[Index], rank: Rank) -> Operand:
        """The product of two arrays, summed over the indices that both have and that go."""
        if a.node.op == "neg" or b.node.op == "neg":
            sign = (a.node.op == "neg") != (b.node.op == "neg")
            a, b = (Operand(f.node.args[0], f.indices) if f.node.op == "neg" else f for f in (a, b))
            product = self.pair(a, b, gone, rank)
            return self.negated(product) if sign else product
        common = [i for i in a.indices if i in b.indices]
        summed = [i for i in common if i in gone]
        if not summed:
            return self._entrywise(a, b, bool(common), rank)
        kept = [i for i in common if i not in gone]
        only_a = [i for i in a.indices if i not in common]
        only_b = [i for i in b.indices if i not in common]
        if not kept:
            return self._without_shared(a, b, summed, (only_a, only_b), rank)
        kept.sort(key=rank)
        if len(summed) == 1 and (only_a or only_b) and max(len(only_a), len(only_b)) == 1:
            return self._stacked(a, b, summed[0], kept, (only_a, only_b))
        return self._einsum(a, b, summed, rank)

    def _without_shared(
        self,
        a: Operand,
        b: Operand,
        summed: list[Index],
        only: tuple[list[Index], list[Index]],
        rank: Rank,
    ) -> Operand:
        only_a, only_b = only
        if not only_a and not only_b:
            first, second = sorted((a, b), key=lambda f: f.node.number)
            other = self.arranged(second, first.indices)
            return Operand(self.graph.make("vdot", (first.node, other)))
        swap = min(map(rank, only_b)) < min(map(rank, only_a)) if only_a and only_b else not only_a
        if swap:
            a, b, only_a, only_b = b, a, only_b, only_a
        shape = tuple(i.size for i in (*only_a, *only_b))
        if len(summed) == 1 and len(a.indices) <= 2 and len(b.indices) <= 2:
            left = self.arranged(a, (*only_a, *summed))
            right = self.arranged(b, (*summed, *only_b))
            node = self.graph.make("dot", (left, right), (), shape)
        else:
            axes = tuple(tuple(f.indices.index(i) for i in summed) for f in (a, b))
            node = self.graph.make("tensordot", (a.node, b.node), axes, shape)
        return Operand(node, (*only_a, *only_b))

    def _stacked(
        self,
        a: Operand,
        b: Operand,
        index: Index,
        kept: list[Index],
        only: tuple[list[Index], list[Index]],
    ) -> Operand:
        """A matrix product for every value of the indices that stay."""
        only_a, only_b = only
        if not only_a:
            a, b, only_a, only_b = b, a, only_b, only_a
        left = self.arranged(a, (*kept, *only_a, index))
        right = self.arranged(b, (*kept, index, *only_b))
        if only_b:
            indices = (*kept, *only_a, *only_b)
            shape = tuple(i.size for i in indices)
            return Operand(self.graph.make("matmul", (left, right), (), shape), indices)
        indices = (*kept, *only_a)
        letters = "abcdefgh"[: len(kept)]
        subscripts = f"{letters}ij,{letters}j->{letters}i"
        shape = tuple(i.size for i in indices)
        return Operand(self.graph.make("einsum", (left, right), (subscripts,), shape), indices)

    def _einsum(self, a: Operand, b: Operand, summed: list[Index], rank: Rank) -> Operand:
        indices = sorted({*a.indices, *b.indices} - set(summed), key=rank)
        letters = {i: chr(ord("i") + n) for n, i in enumerate(dict.fromkeys(a.indices + b.indices))}
        left, right, out = (
            "".join(letters[i] for i in group) for group in (a.indices, b.indices, indices)
        )
        shape = tuple(i.size for i in indices)
        data = (f"{left},{right}->{out}",)
        return Operand(self.graph.make("einsum", (a.node, b.node), data, shape), tuple(indices))

    def _entrywise(self, a: Operand, b: Operand, shares: bool, rank: Rank) -> Operand:
        if a.indices and b.indices and not shares and len(a.indices) == len(b.indices) == 1:
            if rank(b.indices[0]) < rank(a.indices[0]):
                a, b = b, a
            shape = (*a.node.shape, *b.node.shape)
            node = self.graph.make("outer", (a.node, b.node), (), shape)
            return Operand(node, (*a.indices, *b.indices))
        left, right, indices = self.aligned(a, b, rank)
        return Operand(self.graph.times(left, right), indices)

    def aligned(self, a: Operand, b: Operand, rank: Rank) -> tuple[Node, Node, tuple[Index, ...]]:
        """Both arrays so that NumPy's broadcasting combines them, and the indices of the result."""
        big, small = (a, b) if len(a.indices) >= len(b.indices) else (b, a)
        if set(small.indices) <= set(big.indices):
            indices = big.indices
        else:
            indices = tuple(sorted({*a.indices, *b.indices}, key=rank))
        return self._spread(a, indices), self._spread(b, indices), indices

    def _spread(self, item: Operand, indices: tuple[Index, ...]) -> Node:
        own = tuple(i for i in indices if i in item.indices)
        node = self.arranged(item, own)
        if not own:
            return node
        first = indices.index(own[0])
        missing = tuple(
            n - first for n, i in enumerate(indices) if n > first and i not in item.indices
        )
        return self.graph.expand(node, missing, tuple(i.size for i in indices[first:]))

    def arranged(self, item: Operand, indices: tuple[Index, ...]) -> Node:
        """The array with its axes in this order."""
        return self.graph.transpose(item.node, tuple(item.indices.index(i) for i in indices))


def _alike(a: Node, b: Node) -> bool:
    return a.shape == b.shape and not a.truth and not b.truth and "expand" not in (a.op, b.op)


def _joint(a: Operand, b: Operand) -> int:
    return volume(frozenset(a.indices) | frozenset(b.indices))


def _size_of_product(pair: tuple[Operand, Operand]) -> tuple[int, int, int]:
    a, b = pair
    return _joint(a, b), a.node.number, b.node.number
