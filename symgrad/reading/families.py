r"""Definitions for every layer, used at one: `z^{l+1}` by what is said of `z^l`.

A claim names a few layers. Inside this window definitions are followed; below
it they end, so that what enters the lowest layer is any array. A claim that is
proved so holds for whatever it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from symgrad.calculus.index import Size
from symgrad.reading import syntax
from symgrad.reading.layers import LayerNumber, Layers, at_layer, family_name
from symgrad.reading.names import KEPT, is_of_differentials, key_or_none
from symgrad.reading.scope import DefinitionBinding, TensorBinding
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, field, replace

Follow = Callable[[str], Sequence[Node]]
"""Gives the bodies that define a plain name."""


@dataclass(frozen=True, eq=False)
class Family:
    """What a note says of a name in every layer.

    Attributes:
        name: the name with its layer taken out.
        number: the layer on the left of the definition.
        binding: the definition.
        uses: other names with layers in its body, each with its distance from the left.
        of_gradients: its body holds derivatives.
        written_out: the note gives it for some numbers of layers only.
    """

    name: str
    number: LayerNumber
    binding: DefinitionBinding
    uses: tuple[tuple[str, int], ...]
    of_gradients: bool
    written_out: bool = False


@dataclass
class Families:
    """The families of a note, and the window of the claim that is read.

    Attributes:
        layers: what the note shows of its layers.
        known: families by name, the latest last.
        window: lowest and highest layer of the claim, for each letter.
        declared: the spaces of names that have a letter for the layer there.
    """

    layers: Layers = field(default_factory=Layers)
    known: dict[str, list[Family]] = field(default_factory=dict)
    window: dict[str, tuple[int, int]] = field(default_factory=dict)
    declared: dict[str, tuple[LayerNumber, TensorBinding]] = field(default_factory=dict)
    _made: dict[tuple[Family, LayerNumber], DefinitionBinding] = field(default_factory=dict)

    def enter(self, left: Node, binding: DefinitionBinding, written_out: bool = False) -> None:
        """Take in a definition whose left-hand side stands for every layer."""
        found = family_name(_named(left))
        if found is None or found[1].letter not in self.layers.letters:
            return
        name, number = found
        uses = tuple(
            (other, at.offset - number.offset)
            for other, at in mentions(binding.body)
            if at.letter == number.letter
        )
        family = Family(name, number, binding, uses, has_derivative(binding.body), written_out)
        self.known.setdefault(name, []).append(family)

    def declare(self, node: Node, binding: TensorBinding) -> None:
        """Take in the space of a name: that of a letter's layer is declared in every layer."""
        found = family_name(node)
        if found is not None and found[1].letter in self.layers.letters:
            self.declared.setdefault(found[0], (found[1], binding))

    def space(self, node: Node) -> TensorBinding | None:
        r"""The space of a name in one layer: of `W^{l+1}`, where that of `W^l` is declared."""
        found = family_name(node)
        known = self.declared.get(found[0]) if found is not None else None
        if found is None or known is None:
            return None
        number, binding = known
        base = found[1].shifted(-number.offset)
        axes = [_size_in_layer(axis, number.letter, base) for axis in binding.axes]
        known_axes = tuple(axis for axis in axes if axis is not None)
        if len(known_axes) < len(axes):
            return None
        name = found[0][:-1] + f"{found[0][-1]}{{{_shown(found[1], binding.name)}}}"
        return replace(binding, name=name, axes=known_axes)

    def family(self, name: str) -> Family | None:
        """What the note says of a name in every layer."""
        known = self.known.get(name)
        return known[-1] if known else None

    def is_family(self, binding: DefinitionBinding) -> bool:
        """Whether a definition stands for every layer."""
        return any(f.binding is binding for known in self.known.values() for f in known)

    def forward(self) -> list[Family]:
        """The families that compute, from lower layers to higher ones."""
        latest = [known[-1] for known in self.known.values()]
        return [f for f in latest if not f.of_gradients and not self.climbs(f)]

    def says(self, left: Node, section: tuple[int, ...]) -> bool:
        """Whether a left-hand side is defined already by what is said of every layer.

        The last layer may compute otherwise than the others; its gradients do not.
        """
        found = family_name(_named(left))
        family = self.family(found[0]) if found is not None else None
        if found is None or family is None:
            return False
        here = family.binding.section == section[: len(family.binding.section)]
        return here and (family.of_gradients or found[1].letter in self.layers.letters)

    def tops(self) -> list[DefinitionBinding]:
        """What the layers of the window hand on to those above it, or to nothing."""
        found = []
        forward = self.forward()
        for letter, (low, high) in self.window.items():
            last = letter not in self.layers.letters and letter
            for family in forward:
                if family.written_out and not letter:
                    continue  # numbered layers have formulas of their own
                for offset in range(low, high + 1):
                    users = [
                        offset - height
                        for other in forward
                        for name, height in other.uses
                        if name == family.name and not (last and offset - height > 0)
                    ]
                    if not users or any(not low <= at <= high for at in users):
                        found.append(self.instance(family, LayerNumber(letter, offset)))
        return found

    def is_of_a_number(self, name: str) -> bool:
        """Whether a name is one of those, such as `x_{2}`, that show what every layer computes."""
        found = _NUMBERED.fullmatch(name)
        family = self.family(found[1]) if found is not None else None
        return family is not None and family.written_out

    def climbs(self, family: Family) -> bool:
        """Whether a definition goes back to its own name in a higher layer."""
        seen: set[tuple[str, int]] = set()
        waiting = list(family.uses)
        while waiting:
            name, height = waiting.pop()
            if (name, height) in seen or abs(height) > _MAXIMAL_HEIGHT:
                continue
            seen.add((name, height))
            if name == family.name:
                if height >= 0:
                    return True
                continue
            below = self.family(name)
            waiting.extend((n, height + h) for n, h in (below.uses if below else ()))
        return False

    def definition(self, node: Node) -> DefinitionBinding | None:
        """The definition of a name in one layer; None below the window and for plain names."""
        found = family_name(node)
        family = self.family(found[0]) if found is not None else None
        if found is None or family is None or self.climbs(family):
            return None
        # A letter that the claim reaches in a way of its own opens its window where it is met.
        lowest = self.window.setdefault(found[1].letter, (found[1].offset, found[1].offset))[0]
        if found[1].offset < lowest and not family.of_gradients:
            return None
        return self.instance(family, found[1])

    def instance(self, family: Family, number: LayerNumber) -> DefinitionBinding:
        """The definition of a family in one layer."""
        if number == family.number:
            return family.binding
        known = self._made.get((family, number))
        if known is None:
            base = number.shifted(-family.number.offset)
            binding = family.binding
            name = family.name[:-1] + f"{family.name[-1]}{{{_shown(number, binding.name)}}}"
            body = at_layer(binding.body, family.number.letter, base)
            known = replace(binding, name=name, body=body, latex=name)
            self._made[family, number] = known
        return known

    def look_at(self, nodes: Sequence[Node], follow: Follow) -> None:
        """Set the window to the layers of these nodes and of what they are defined by.

        Args:
            nodes: the members of a claim.
            follow: the bodies of a plain name, to be looked at too.
        """
        found: dict[str, tuple[int, int]] = {}
        for _, number in self.reached(nodes, follow):
            low, high = found.get(number.letter, (number.offset, number.offset))
            found[number.letter] = min(low, number.offset), max(high, number.offset)
        if "" in found:
            found[""] = max(1, found[""][0]), max(1, found[""][1])
        self.window = found

    def reached(self, nodes: Sequence[Node], follow: Follow) -> Iterator[tuple[str, LayerNumber]]:
        """Names with layers in these nodes, and in what plain names and gradients stand for."""
        waiting = list(nodes)
        seen: set[object] = set()
        while waiting:
            node = waiting.pop()
            for name, number in mentions(node):
                yield name, number
                family = self.family(name)
                if family is None or (name, number) in seen:
                    continue
                seen.add((name, number))
                # What goes on to the next layer and the next has no end.
                if family.of_gradients and not self.climbs(family):
                    waiting.append(self.instance(family, number).body)
            for name in all_names(node):
                if name not in seen:
                    seen.add(name)
                    waiting.extend(follow(name))

    def is_shared(self, name: str) -> bool:
        """Whether every layer computes with this plain name."""
        return any(name in all_names(f.binding.body) for f in self.forward())


_MAXIMAL_HEIGHT = 6
_NUMBERED = re.compile(r"(.*[_^])\{[(\[]?\d+[)\]]?\}")


@lru_cache(maxsize=KEPT)
def mentions(node: Node) -> tuple[tuple[str, LayerNumber], ...]:
    """The names with layers below a node."""
    found = family_name(node)
    here = [] if found is None else [found]
    for child in syntax.children(node):
        here += mentions(child)
    return tuple(here)


def has_derivative(node: Node) -> bool:
    """Whether a derivative or gradient is written below a node."""
    return is_derivative(node) or any(has_derivative(child) for child in syntax.children(node))


def is_derivative(node: Node) -> bool:
    """Whether a node is one derivative or gradient, and nothing besides."""
    if isinstance(node, syntax.Gradient):
        return True
    return isinstance(node, syntax.Fraction) and is_of_differentials(node)


def all_names(node: Node) -> set[str]:
    """The keys of the symbols below a node, each with and without its scripts."""
    found = {key_or_none(node) or ""} if isinstance(node, _SYMBOLS) else set()
    for child in syntax.children(node):
        found |= all_names(child)
    return found


_SYMBOLS = syntax.Symbol | syntax.Scripted | syntax.Accent


def _named(left: Node) -> Node:
    r"""The name in `[Z^l]_i`."""
    if isinstance(left, syntax.Scripted) and isinstance(left.base, syntax.Group):
        items = left.base.items
        return items[0] if len(items) == 1 else left
    return left


def _size_in_layer(size: Size, letter: str, number: LayerNumber) -> Size | None:
    r"""A size with a layer in the place of its letter: `n_{l-1}` with `l+1` is `n_{l}`."""
    label = rf"(?<=[_^]\{{)[\[(]?{re.escape(letter)}([+-]\d+)?[\])]?(?=\}}\Z)"
    found = re.search(label, size.name)
    if found is None:
        return size
    at = number.shifted(int(found[1] or 0))
    if not at.letter and at.offset < 0:
        return None  # no layer lies below the first
    return replace(size, name=f"{size.name[: found.start()]}{_shown(at, size.name)}}}")


def _shown(number: LayerNumber, like: str) -> str:
    """A layer in the brackets of the name it is like."""
    text = f"{number.letter}{number.offset:+d}" if number.offset else number.letter
    if not number.letter:
        text = str(number.offset)
    label = like[like.rfind("{") + 1 :]
    if label[:1] in ("(", "["):
        return label[0] + text + {"(": ")", "[": "]"}[label[0]]
    return text
