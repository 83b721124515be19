"""Layers written without their activation, or with the bias inside the sum, all at once.

Who forgets the activation in one layer forgets it in all; changed one by one, none of
them makes the formula right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symgrad.diagnostics import Span
from symgrad.judging.diagnosis.sites import Move, Site
from symgrad.judging.diagnosis.sums import inside_and_outside
from symgrad.reading import syntax
from symgrad.reading.syntax import Node
from symgrad.records import dataclass


def layers(site: Site) -> Iterator[Move]:
    """Every layer of the formula for itself: bias, activation, or both mended in all of them."""
    if site.place.parent is not None:
        return
    names: list[str | None] = [name for name, _ in site.pool.functions]
    for name in [*names, None]:
        writing = _Layers(site.source.slice, name)
        text = writing.written(site.node)
        if not writing.biases and not (name and writing.activations):
            continue
        slugs, says = [], []
        if name and writing.activations:
            slugs.append("activation-not-applied")
            says.append(f"{name} is not applied to {_counted(writing.activations, 'layer')}")
        for term, letter, upper in writing.biases:
            slugs.append("bias-inside-sum")
            says.append(inside_says(term, letter, upper))
        yield Move(
            slugs[0],
            "; ".join(dict.fromkeys(says)),
            site.replaced(text),
            site.hole,
            others=tuple(dict.fromkeys(slugs[1:])),
        )


def inside_says(term: str, letter: str, upper: str) -> str:
    """The sentence about a term that stands inside a sum."""
    return f"{term} is added {upper} times, because it stands inside the sum over {letter}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}s" if count > 1 else f"the {noun}"


@dataclass
class _Layers:
    """Writes a formula anew, with its layers mended."""

    slice: Callable[[Span], str]
    function: str | None

    def __post_init__(self) -> None:
        self.biases: list[tuple[str, str, str]] = []
        self.activations = 0

    def written(self, node: Node, applied: bool = False) -> str:
        """The text of a node; `applied`: it is the argument of a function already."""
        if isinstance(node, syntax.BigOperator):
            found = self._bias_inside(node, applied)
            if found is not None:
                return found
        if isinstance(node, syntax.Terms) and self.function is not None and not applied:
            found = self._without_activation(node)
            if found is not None:
                return found
        text, end = "", node.span.start
        for child in syntax.children(node):
            text += self.slice(Span(end, child.span.start))
            text += self.written(child, self._is_argument(node, child))
            end = child.span.end
        return text + self.slice(Span(end, node.span.end))

    def _is_argument(self, node: Node, child: Node) -> bool:
        """Whether a bracket follows a name directly: then what it holds has its function."""
        if isinstance(node, syntax.Group):
            before = self.slice(Span(max(0, node.span.start - 1), node.span.start))
            return before.isalpha() or before in ("'", "}")
        return False

    def _bias_inside(self, node: syntax.BigOperator, applied: bool) -> str | None:
        parts = inside_and_outside(node, self.slice, self.written)
        if parts is None or node.upper is None:
            return None
        self.biases.append((parts.first, parts.letter, self.slice(node.upper.span)))
        body = f"{parts.head} {parts.inside} {parts.outside}"
        if applied:
            return body
        if self.function is None:
            return f"{parts.opening}{body}{parts.closing}"
        self.activations += 1
        return f"{self.function}{parts.opening}{body}{parts.closing}"

    def _without_activation(self, node: syntax.Terms) -> str | None:
        """`sum + b` for `a(sum + b)`, where the terms begin with a sum and go on with names."""
        first, *rest = node.terms
        if not _is_layer_sum(first) or node.signs[0] != "+":
            return None
        length = 1
        while length < len(node.terms) and node.signs[length] == "+":
            if not isinstance(rest[length - 1], syntax.Scripted | syntax.Symbol | syntax.Accent):
                break
            length += 1
        if length < 2:
            return None
        self.activations += 1
        last = node.terms[length - 1]
        inside = self.written(first) + self.slice(Span(first.span.end, last.span.end))
        after = self.slice(Span(last.span.end, node.span.end))
        return rf"{self.function}\left({inside}\right){after}"


def _is_layer_sum(node: Node) -> bool:
    return isinstance(node, syntax.BigOperator) and not isinstance(node.body, syntax.Group)
