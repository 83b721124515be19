"""The forms of a derived expression: names kept or written out, in the author's letters.

What a step should have been has many right forms, from the definition's own to the
one in which every name is written out. The one nearest to what the author wrote is what
the step was heading for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.index import Index, fresh
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.substitution import free_indices, rename, unfold
from symgrad.judging.tree import parts, rebuilt
from symgrad.patterns import pattern

MOST_FORMS = 40
"""Forms of one expression that are looked at."""

Write = Callable[[ex.Expression], str]


def forms(expression: ex.Expression) -> list[ex.Expression]:
    """The expression with more and more of its names written out, derivatives worked out."""
    found = [resolve_derivatives(headless(expression))]
    frontier = found[0]
    while len(found) < MOST_FORMS:
        names = list(dict.fromkeys(_names(frontier)))
        if not names:
            break
        try:
            found += [_without(frontier, {name}) for name in names] if len(names) > 1 else []
            frontier = _without(frontier, set(names))
        except LimitReached:
            break
        found.append(frontier)
    return found[:MOST_FORMS]


def unfoldings(expression: ex.Expression) -> list[tuple[str, ex.Expression]]:
    """The expression with one name after the other written out, outside in."""
    found: list[tuple[str, ex.Expression]] = []
    while len(found) < MOST_FORMS:
        definition = next(_names(expression), None)
        if definition is None:
            break
        expression = _without(expression, {definition})
        found.append((definition.name, expression))
    return found


def nearest(candidates: Sequence[str], text: str) -> list[int]:
    """Which of several LaTeX texts are the most like a text, the nearest first."""
    wanted = _marks(text)
    likeness = [_likeness(_marks(candidate), wanted) for candidate in candidates]
    return sorted(range(len(candidates)), key=lambda k: (-likeness[k], k))


def lettered(expression: ex.Expression, text: str) -> ex.Expression:
    """The expression with the letters that the sums of a text have, in their order."""
    taken = {index.name for index in free_indices(expression)}
    return _Letters([m[1].strip() for m in _SUM.finditer(text)]).renamed(expression, taken)


def headless(expression: ex.Expression) -> ex.Expression:
    """The expression with the names at its head replaced by what they stand for."""
    while isinstance(expression, ex.Named):
        expression = unfold(expression.definition, expression.positions)
    return expression


def _names(expression: ex.Expression) -> Iterator[ex.Definition]:
    """The definitions whose names stand in an expression, from left to right."""
    if isinstance(expression, ex.Named):
        yield expression.definition
        return
    for part in parts(expression):
        yield from _names(part)


def _without(expression: ex.Expression, names: set[ex.Definition]) -> ex.Expression:
    """The expression with names written out, as far as the next name."""

    def written_out(node: ex.Expression) -> ex.Expression:
        if isinstance(node, ex.Named) and node.definition in names:
            return resolve_derivatives(unfold(node.definition, node.positions))
        return rebuilt(node, written_out)

    return written_out(expression)


_SUM = pattern(r"\\sum\s*(?:\\limits\s*)?_\{?\s*([^={}]+?)\s*=\s*1\s*\}")
_MARK = pattern(r"\\[A-Za-z]+|[A-Za-z]|\d+|[+'^-]")
_LAYOUT = pattern(
    r"\\(?:left|right|[bB]igg?[lr]?|limits|displaystyle|underbrace|times|cdot|quad|qquad|dfrac|frac)"
    r"(?![A-Za-z])"
)


def _marks(text: str) -> Counter[str]:
    return Counter(_MARK.findall(_LAYOUT.sub(" ", text)))


def _likeness(first: Counter[str], second: Counter[str]) -> float:
    """Sorensen and Dice: twice what is common, by what there is."""
    return 2 * (first & second).total() / max(first.total() + second.total(), 1)


class _Letters:
    """Gives the sums of an expression the letters of a text, one after the other."""

    def __init__(self, letters: list[str]) -> None:
        self.letters = letters

    def renamed(self, node: ex.Expression, taken: set[str]) -> ex.Expression:
        if not isinstance(node, ex.Sum):
            return rebuilt(node, lambda part: self.renamed(part, taken))
        letter = next((c for c in self.letters if c not in taken), node.index.name)
        if letter in self.letters:
            self.letters.remove(letter)
        index: Index = fresh(letter, node.index.size)
        body = self.renamed(rename(node.body, {node.index: index}), taken | {letter})
        return ex.Sum(index, body)
