r"""Expressions in index form to whole arrays: `{W}^\top \delta` for sum_k W_ki delta_k.

A product of entries is a graph: indices are its nodes, a matrix joins two of them, a
vector hangs on one. Read from the free indices outwards it is a matrix product where it
branches nowhere, and an entry-wise product where several parts hang on one index. What
has no such form (a delta, a power of an array) is not written; the caller then keeps the
indices.
"""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, Size, Tensor, fresh
from symgrad.calculus.substitution import free_indices, rename
from symgrad.network.vector_functions import VECTOR_FUNCTIONS
from symgrad.records import dataclass
from symgrad.writing.latex import Style, as_written, bracketed, inverse_latex

_ATOM, _PRODUCT, _ENTRYWISE, _SUM = 4, 3, 2, 1

Free = tuple[Index, ...]


@dataclass(frozen=True)
class _Text:
    """LaTeX of an array, and how tightly it binds."""

    latex: str
    binding: int = _ATOM

    def within(self, least: int) -> str:
        """The text, in brackets where it binds less tightly than that."""
        return self.latex if self.binding >= least else bracketed(self.latex)


class NoArrayFormError(Exception):
    """The expression has no form without indices, or none that is known here."""


def array_latex(
    expression: ex.Expression, free: Free, style: Style, ones: Mapping[Size, str]
) -> str | None:
    """LaTeX of the array whose entry at the free indices is the expression.

    Args:
        expression: of which no other index is free.
        free: none for a number, one for a vector, two for a matrix: row and column.
        style: of the numbers in it.
        ones: how the vector of ones of a size is called.
    """
    try:
        return _Arrays(style, ones).array(expression, free).latex
    except NoArrayFormError:
        return None


class _Arrays:
    """Writes arrays in one style."""

    def __init__(self, style: Style, ones: Mapping[Size, str]) -> None:
        self.style = style
        self.ones = ones

    def array(self, node: ex.Expression, free: Free) -> _Text:
        if not free and not isinstance(node, ex.Add | ex.Mul | ex.Sum):
            return _Text(as_written(node, self.style))
        if len(free) == 2 and not free_indices(node) >= set(free):
            return self.product(node, free)  # a vector beside which ones are needed
        match node:
            case ex.Add(terms=terms):
                return self.add(terms, free)
            case ex.Mul(factors=(ex.Apply() as above, ex.Power() as below)) if (
                softmax := self.softmax(above, below, free)
            ):
                return softmax
            case ex.Mul() | ex.Sum():
                return self.product(node, free)
            case ex.Entry() | ex.Named() | ex.OfMatrix() | ex.Derivative() | ex.Apply():
                return self.single(node, free)
            case _:
                raise NoArrayFormError

    def add(self, terms: tuple[ex.Expression, ...], free: Free) -> _Text:
        latex = ""
        for term in terms:
            text = self.array(term, free).within(_SUM)
            if not latex:
                latex = text
            else:
                latex += f" - {text[1:]}" if text.startswith("-") else f" + {text}"
        return _Text(latex, _SUM)

    def single(self, node: ex.Expression, free: Free) -> _Text:
        """An array by its name, a function on each entry, or a derivative by an array."""
        match node:
            case ex.Apply(function=function, order=order, argument=argument):
                if function in ex.PRIMITIVES:
                    raise NoArrayFormError
                inner = self.array(argument, free).latex
                return _Text(f"{function.name}{chr(39) * order}{bracketed(inner)}")
            case ex.Derivative(body=ex.Named(definition=of, positions=()), variable=by):
                latex = rf"\frac{{\partial {of.name}}}{{\partial {by.name}}}"
                return self.turned(_Text(latex), node.positions, free)
            case ex.Entry(tensor=tensor, positions=positions):
                whole = as_written(ex.Entry(Tensor(tensor.name, ()), ()), self.style)
                return self.turned(_Text(whole), positions, free)
            case ex.Named(definition=definition, positions=positions):
                return self.turned(_Text(definition.name), positions, free)
            case ex.OfMatrix(positions=positions) if not node.others:
                return self.turned(_Text(inverse_latex(node)), positions, free)
        raise NoArrayFormError

    def softmax(self, above: ex.Apply, below: ex.Power, free: Free) -> _Text | None:
        r"""`\operatorname{softmax}(z)` for exp(z_i) / sum_k exp(z_k)."""
        match above, below:
            case (
                ex.Apply(function=ex.EXP, order=0, argument=z),
                ex.Power(base=ex.Sum(index=k, body=ex.Apply(argument=others) as each), exponent=-1),
            ) if each.function is ex.EXP and each.order == 0 and free:
                text = self.array(z, free).latex
                if text == self.array(rename(others, {k: free[-1]}), free).latex:
                    return _Text(VECTOR_FUNCTIONS["softmax"].of(text))
        return None

    def turned(self, text: _Text, positions: tuple[object, ...], free: Free) -> _Text:
        """A name as it stands, or transposed where its indices are in the other order."""
        if tuple(positions) == free:
            return text
        if len(free) == 2 and tuple(positions) == free[::-1]:
            return _transposed(text)
        raise NoArrayFormError

    # -- products

    def product(self, node: ex.Expression, free: Free) -> _Text:
        factors, bound = _flattened(node)
        numbers, parts = [], []
        for factor in factors:
            indices = free_indices(factor) & {*free, *bound}
            if indices:
                parts.append((factor, indices))
            else:
                numbers.append(factor)
        if not parts:
            raise NoArrayFormError
        graph = _Graph(self, parts, bound)
        text = graph.of(free)
        if graph.parts:
            # What hangs on no free index is a number by itself.
            raise NoArrayFormError
        return self.scaled(numbers, text)

    def scaled(self, numbers: list[ex.Expression], text: _Text) -> _Text:
        if not numbers:
            return text
        factor = ex.mul(*numbers)
        if isinstance(factor, ex.Number) and factor.value == -1:
            return _Text(f"-{text.within(_ENTRYWISE)}", _SUM)
        front = as_written(factor, self.style)
        if isinstance(factor, ex.Add):
            front = bracketed(front)
        # c (u o v) = (c u) o v: a number in front needs no brackets.
        binding = _SUM if front[0] == "-" else min(text.binding, _PRODUCT)
        return _Text(f"{front} {text.within(_ENTRYWISE)}", binding)


_Part = tuple[ex.Expression, frozenset[Index]]


class _Graph:
    """The factors of a product by the indices they hang on; those written are taken out."""

    def __init__(self, arrays: _Arrays, parts: list[_Part], bound: tuple[Index, ...]) -> None:
        self.arrays = arrays
        self.parts = parts
        self.bound = bound

    def of(self, free: Free) -> _Text:
        if not free:
            return self.number()
        if len(free) == 1:
            return self.vector(free[0])
        if len(free) > 2:
            raise NoArrayFormError
        return self.matrix(*free)

    def number(self) -> _Text:
        r"""u^T v, or the squared norm of what is squared in a sum."""
        (factor, indices) = self.parts[0]
        if len(self.parts) == 1 and isinstance(factor, ex.Power) and factor.exponent == 2:
            self.parts = []
            inner = self.arrays.array(factor.base, self.bound)
            if indices == set(self.bound):
                return _Text(rf"\|{inner.latex}\|^2")
        raise NoArrayFormError

    def vector(self, i: Index) -> _Text:
        """What hangs on an index, entry by entry; matrices lead on to bound indices."""
        texts = []
        for j in [index for index in self.bound if index is not i]:
            for matrix in self.take({i, j}):
                left = self.arrays.array(matrix, (i, j))
                right = self.vector(j) if self.hangs(j) else self.one(j.size)
                latex = f"{left.within(_PRODUCT)} {right.within(_ATOM)}"
                texts.append(_Text(latex, _PRODUCT))
        texts += [self.arrays.array(factor, (i,)) for factor in self.take({i})]
        return _entrywise(texts)

    def matrix(self, i: Index, j: Index) -> _Text:
        if self.take_delta(i, j):
            return self.diagonal(i, j)
        if not self.joined(i, j):
            return self.outer(i, j)
        texts = []
        for k in self.bound:
            left, right = self.take({i, k}), self.take({k, j})
            if len(left) != len(right) or len(left) > 1:
                raise NoArrayFormError
            if left:
                first = self.arrays.array(left[0], (i, k)).within(_PRODUCT)
                second = self.arrays.array(right[0], (k, j)).within(_PRODUCT)
                texts.append(_Text(f"{first} {second}", _PRODUCT))
        texts += [self.arrays.array(factor, (i, j)) for factor in self.take({i, j})]
        return _entrywise(texts)

    def joined(self, i: Index, j: Index) -> bool:
        """Whether matrices lead from one index to the other."""
        reached, waiting = {i}, [i]
        while waiting:
            here = waiting.pop()
            for _, indices in self.parts:
                if here in indices:
                    waiting += indices - reached
                    reached |= indices
        return j in reached

    def take_delta(self, i: Index, j: Index) -> bool:
        """Whether a delta makes the entries off the diagonal zero; it then counts as written."""
        deltas = [
            factor for factor, of in self.parts if isinstance(factor, ex.Delta) and of == {i, j}
        ]
        self.parts = [(factor, of) for factor, of in self.parts if factor not in deltas]
        return bool(deltas)

    def diagonal(self, i: Index, j: Index) -> _Text:
        r"""`\operatorname{diag}(v)` for delta_ij v_i."""
        self.parts = [(rename(f, {j: i}), frozenset(of - {j} | {i}) if j in of else of)
                      for f, of in self.parts]  # fmt: skip
        if not self.hangs(i):
            raise NoArrayFormError
        return _Text(rf"\operatorname{{diag}}({self.vector(i).latex})")

    def outer(self, i: Index, j: Index) -> _Text:
        """U v^T, one of them perhaps the ones."""
        u = self.vector(i) if self.hangs(i) else self.one(i.size)
        v = self.vector(j) if self.hangs(j) else self.one(j.size)
        return _Text(f"{u.within(_ATOM)} {_transposed(v).latex}", _PRODUCT)

    def hangs(self, i: Index) -> bool:
        return any(i in indices for _, indices in self.parts)

    def one(self, size: Size) -> _Text:
        if size not in self.arrays.ones:
            raise NoArrayFormError
        return _Text(self.arrays.ones[size])

    def take(self, indices: set[Index]) -> list[ex.Expression]:
        """The factors with exactly these indices, which then count as written."""
        found = [factor for factor, of in self.parts if of == indices]
        self.parts = [(factor, of) for factor, of in self.parts if of != indices]
        return found


def _flattened(node: ex.Expression) -> tuple[list[ex.Expression], tuple[Index, ...]]:
    """The factors of a product with the sums in it drawn to the front."""
    if isinstance(node, ex.Sum):
        factors, bound = _flattened(node.body)
        return factors, (node.index, *bound)
    if not isinstance(node, ex.Mul):
        return [node], ()
    factors, bound = [], ()
    for factor in node.factors:
        inner, more = _flattened(factor)
        again = {index: fresh(index.name, index.size) for index in more if index in bound}
        factors += [rename(part, again) for part in inner] if again else inner
        bound += tuple(again.get(index, index) for index in more)
    return factors, bound


def _entrywise(texts: list[_Text]) -> _Text:
    if not texts:
        raise NoArrayFormError
    if len(texts) == 1:
        return texts[0]
    return _Text(r" \odot ".join(text.within(_ATOM) for text in texts), _ENTRYWISE)


def _transposed(text: _Text) -> _Text:
    base = text.latex if text.binding == _ATOM else bracketed(text.latex)
    if "^" in base or text.binding != _ATOM:
        return _Text(f"{{{base}}}^\\top")
    return _Text(f"{base}^\\top")
