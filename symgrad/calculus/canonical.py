"""Canonical order of interchangeable vertices: colour refinement and search.

The vertices are the bound indices of a component, or the parameters of a
skeleton. Colours are refined by signatures that do not depend on names; where
vertices stay tied, one after the other is set apart, and the order with the
least certificate wins. Automorphisms that turn up on the way cut the search, so
that n equal indices cost about n^2 leaves and not n!.

A mistake here could hide an equality but not prove a wrong one: every order is
an injective renaming.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Vertex = int
Colours = dict[Vertex, int]
Key = Any
"""Something with a total order: nested tuples of numbers."""


def canonical_order(
    vertices: Sequence[Vertex],
    signature: Callable[[Vertex, Colours], Key],
    certificate: Callable[[Colours], Key],
    spend: Callable[[int], None],
) -> tuple[Colours, list[dict[Vertex, Vertex]]]:
    """A rank for every vertex that depends on structure only, and generating automorphisms.

    Args:
        vertices: in any order.
        signature: what a vertex sees of the others under colours; invariant under renaming.
        certificate: the object under a discrete colouring; equal for equal objects only.
        spend: takes work from the budget.
    """
    colours = refine(dict.fromkeys(vertices, 0), signature, spend)
    if max(colours.values(), default=0) == len(vertices) - 1:
        return colours, []
    search = _Search(signature, certificate, spend)
    search.visit(colours, ())
    return search.best, search.automorphisms


def refine(
    colours: Colours,
    signature: Callable[[Vertex, Colours], Key],
    spend: Callable[[int], None],
) -> Colours:
    """Split colours by signature until nothing splits; colours are ranks 0, 1, ..."""
    count = len(set(colours.values()))
    while True:
        spend(len(colours))
        keys = {v: (colour, signature(v, colours)) for v, colour in colours.items()}
        # Equal keys are met next to each other, so no key has to be hashable.
        ordered = sorted(keys, key=keys.__getitem__)
        colours, rank = {}, -1
        previous = None
        for vertex in ordered:
            if keys[vertex] != previous:
                rank, previous = rank + 1, keys[vertex]
            colours[vertex] = rank
        if rank + 1 in (count, len(colours)):
            return colours
        count = rank + 1


class _Search:
    """Depth-first search for the least certificate among the discrete refinements."""

    def __init__(
        self,
        signature: Callable[[Vertex, Colours], Key],
        certificate: Callable[[Colours], Key],
        spend: Callable[[int], None],
    ) -> None:
        self._signature = signature
        self._certificate = certificate
        self._spend = spend
        self._certificate_of_best: Key = None
        self._path_of_best: tuple[Vertex, ...] = ()
        self.best: Colours = {}
        self.automorphisms: list[dict[Vertex, Vertex]] = []

    def visit(self, colours: Colours, path: tuple[Vertex, ...]) -> int:
        """Search below a colouring; returns the depth at which to go on."""
        cell = _first_tied(colours)
        if not cell:
            return self._leaf(colours, path)
        done: list[Vertex] = []
        for vertex in cell:
            if self._equivalent(vertex, done, path):
                continue
            done.append(vertex)
            split = {v: 2 * colour + 1 for v, colour in colours.items()}
            split[vertex] -= 1
            finer = refine(split, self._signature, self._spend)
            depth = self.visit(finer, (*path, vertex))
            if depth < len(path):
                return depth
        return len(path) - 1

    def _leaf(self, colours: Colours, path: tuple[Vertex, ...]) -> int:
        self._spend(len(colours))
        certificate = self._certificate(colours)
        if not self.best or certificate < self._certificate_of_best:
            self.best, self._certificate_of_best = colours, certificate
            self._path_of_best = path
        elif certificate == self._certificate_of_best:
            at = {colour: vertex for vertex, colour in colours.items()}
            self.automorphisms.append({v: at[colour] for v, colour in self.best.items()})
            # The subtree that parts from the best path is the image of one that is searched.
            shared = 0
            while path[shared] == self._path_of_best[shared]:
                shared += 1
            return shared
        return len(path) - 1

    def _equivalent(self, vertex: Vertex, done: list[Vertex], path: tuple[Vertex, ...]) -> bool:
        """Whether a known automorphism that keeps the path takes a searched vertex to this."""
        keeping = [a for a in self.automorphisms if all(a[v] == v for v in path)]
        orbit, frontier = set(done), list(done)
        while frontier:
            reached = frontier.pop()
            for automorphism in keeping:
                image = automorphism[reached]
                if image not in orbit:
                    orbit.add(image)
                    frontier.append(image)
        return vertex in orbit


def _first_tied(colours: Colours) -> list[Vertex]:
    """The vertices of the least colour that several share."""
    cells: dict[int, list[Vertex]] = {}
    for vertex, colour in colours.items():
        cells.setdefault(colour, []).append(vertex)
    tied = [colour for colour, cell in cells.items() if len(cell) > 1]
    return cells[min(tied)] if tied else []


def generated_group(
    generators: list[dict[Vertex, Vertex]], vertices: Sequence[Vertex], limit: int
) -> tuple[tuple[int, ...], ...]:
    """All products of the generators as permutations of places, the identity left out.

    Beyond the limit the group is given up (no symmetry is used), which is sound.
    """
    place = {vertex: number for number, vertex in enumerate(vertices)}
    moves = [tuple(place[g[v]] for v in vertices) for g in generators]
    identity = tuple(range(len(vertices)))
    group, frontier = {identity}, [identity]
    while frontier:
        element = frontier.pop()
        for move in moves:
            product = tuple([move[p] for p in element])
            if product not in group:
                group.add(product)
                frontier.append(product)
        if len(group) > limit:
            return ()
    return tuple(sorted(group - {identity}))
