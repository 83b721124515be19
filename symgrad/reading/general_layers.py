r"""Layers that a note writes out by their numbers, and then speaks of by a letter.

`x_1 = f_1(W_1 x_0)`, `x_2 = f_2(W_2 x_1)` and `\delta_i = W_{i+1}^T \delta_{i+1} \circ ...`:
the numbered formulas are instances of one, `x_i = f_i(W_i x_{i-1})`. It is read into the note
where no formula of the note gives it, two neighbours agree in it, and the letter stands with
the same name. A first or a last layer may compute in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.context import Session
from symgrad.reading.families import has_derivative, mentions
from symgrad.reading.layers import LayerNumber, at_layer, family_name
from symgrad.reading.names import key
from symgrad.reading.scope import DefinitionBinding
from symgrad.reading.syntax import Node, outline
from symgrad.records import dataclass, replace


@dataclass(frozen=True)
class _Layer:
    """What a note says of one layer: its number, the name on the left and the formula."""

    number: int
    left: Node
    body: Node


def enter_general_layers(session: Session) -> None:
    """Enter the formulas of which the numbered ones of a note are instances."""
    letters = session.families.layers.letters
    if not letters:
        return
    chains = [chain for node in session.formulas for chain in _equalities(node)]
    numbered = _numbered(chains)
    used = {(stem, n.letter) for node in session.formulas for stem, n in mentions(node)}
    waiting = sorted((stem, letter) for stem, letter in used if letter in letters)
    while waiting:
        stem, letter = waiting.pop(0)
        layers = numbered.pop(stem, [])
        if not layers or any(_is_of_any_layer(chain, stem) for chain in chains):
            continue
        last = _common(layers, letter)
        if last is not None:
            binding = _entered(last, LayerNumber(letter, 0), session)
            waiting += [(name, letter) for name, _ in mentions(binding.body)]


def _equalities(node: Node) -> Iterator[syntax.Chain]:
    if isinstance(node, syntax.Chain) and node.relations[0].sign in ("=", ":="):
        yield node
    for child in syntax.children(node):
        yield from _equalities(child)


def _numbered(chains: Sequence[syntax.Chain]) -> dict[str, list[_Layer]]:
    """The layers that have a number, by the name that each has in all of them."""
    found: dict[str, list[_Layer]] = {}
    for chain in chains:
        left, body = _labelled(chain.members[0]), chain.members[1]
        name = family_name(left)
        plain = isinstance(left, syntax.Scripted) and not left.primes
        if name is None or name[1].letter or not plain or has_derivative(body):
            continue
        found.setdefault(name[0], []).append(_Layer(name[1].offset, left, body))
    return found


def _is_of_any_layer(chain: syntax.Chain, stem: str) -> bool:
    """Whether a formula says already what a name is in every layer."""
    name = family_name(chain.members[0])
    return name is not None and name[0] == stem and bool(name[1].letter)


def _common(layers: Sequence[_Layer], letter: str) -> _Layer | None:
    """The last of several neighbouring layers that compute alike; None where none do."""
    known = {layer.number: layer for layer in layers}
    if len(known) != len(layers):
        return None  # the note says twice what one of them is
    numbers = sorted(known)
    shapes = {n: outline(_shifted(known[n].body, letter, -n)) for n in numbers}
    inner = [n for n in numbers if shapes.get(n) == shapes.get(n + 1) or
             shapes.get(n) == shapes.get(n - 1)]  # fmt: skip
    if len({shapes[n] for n in inner}) != 1 or inner != list(range(inner[0], inner[-1] + 1)):
        return None
    others = set(numbers) - set(inner)
    return known[inner[-1]] if others <= {inner[0] - 1, inner[-1] + 1} else None


def _shifted(body: Node, letter: str, by: int) -> Node:
    """A formula of a numbered layer, with the letter in the place of its number."""
    return at_layer(_labelled(body), "", LayerNumber(letter, by))


def _labelled(node: Node) -> Node:
    """The node with each number below a name as that of a layer."""
    new = syntax.rebuilt(node, _labelled)
    if isinstance(new, syntax.Scripted) and isinstance(new.subscript, syntax.Numeral):
        return replace(new, subscript=syntax.Label(new.subscript.span, new.subscript))
    return new


def _entered(layer: _Layer, number: LayerNumber, session: Session) -> DefinitionBinding:
    left = _shifted(layer.left, number.letter, -layer.number)
    body = _shifted(layer.body, number.letter, -layer.number)
    name = key(left)
    binding = DefinitionBinding(name, layer.body.span.end, (), layer.left.span, (), body, name)
    session.scope.names.add(binding)
    session.families.enter(left, binding, written_out=True)
    shown = session.source.slice(layer.left.span.to(layer.body.span))
    session.assume(f"every layer {number.letter} computes as {shown}")
    return binding
