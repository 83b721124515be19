r"""Gradients of a loss that is a mean over examples, as code names them: `dW = \frac1m dZ A^\top`.

Where `J = \frac1m \sum \ell(a, y)`, the `dZ` of what is computed from each example is by custom
the gradient of the sum, without the mean, and the `dW` of a parameter is that of J. A note that
writes the mean into a `dZ` means J by both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.reading.usage import FRESH_LETTER, LOSS_NAMES, SECOND_FRESH_LETTER
from symgrad.records import dataclass


@dataclass(frozen=True)
class MeanLoss:
    """A loss that a note defines so.

    Attributes:
        name: of the mean.
        count: the number of examples.
        summand: the loss of one example.
    """

    name: str
    count: Node
    summand: Node

    def total(self, arrays: dict[str, Node]) -> Node | None:
        r"""The sum of the losses of all entries, for a loss that is called: `\ell(a, y)`.

        Args:
            arrays: all examples of a name, by the name of one.
        """
        match self.summand:
            case syntax.Product(
                factors=(head, syntax.Group(bracket="(", items=items) as group), operators=("",)
            ):
                found = [arrays.get(key_or_none(item) or "") for item in items]
                if None in found or len(items) < 2:
                    return None
                entries = tuple(_entry(node) for node in found if node is not None)
                called = syntax.Group(group.span, "(", entries)
                body = syntax.Product(self.summand.span, (head, called), ("",))
                return _summed(body)
        return None


def mean_loss(nodes: Sequence[Node]) -> MeanLoss | None:
    """The one loss of a note that is a mean, where gradients are named after their variables."""
    found = [loss for node in nodes if (loss := _defined(node)) is not None]
    if len(found) != 1 or not any(_has_adjoint(node) for node in nodes):
        return None
    return None if any(_divides(node, found[0]) for node in nodes) else found[0]


def _defined(node: Node) -> MeanLoss | None:
    if not isinstance(node, syntax.Chain) or node.relations[0].sign not in ("=", ":="):
        return None
    name, body = key_or_none(node.members[0]), node.members[1]
    if name not in LOSS_NAMES or not isinstance(body, syntax.Product) or any(body.operators):
        return None
    match body.factors:
        case (
            syntax.Fraction(numerator=syntax.Numeral(text="1"), denominator=count),
            syntax.BigOperator(operator="sum", upper=upper, body=summand),
        ) if isinstance(count, syntax.Symbol) and _is_loss(summand):
            if upper is None or key_or_none(upper) == count.name:
                return MeanLoss(name, count, summand)
    return None


def _is_loss(node: Node) -> bool:
    r"""Whether a loss is called with what is computed and what is wanted: `\ell(a, y)`."""
    match node:
        case syntax.Product(
            factors=(head, syntax.Group(bracket="(", items=(_, _))), operators=("",)
        ):
            return key_or_none(head) in LOSS_NAMES | {"l"}
    return False


def _has_adjoint(node: Node) -> bool:
    return isinstance(node, syntax.Adjoint) or any(map(_has_adjoint, syntax.children(node)))


def _divides(node: Node, loss: MeanLoss) -> bool:
    """Whether a formula gives the gradient by what is computed, with the mean in it."""
    if not isinstance(node, syntax.Chain):
        return False
    left = parts(node.members[0])[0]
    if not isinstance(left, syntax.Adjoint) or not _is_computed(left.of):
        return False
    fractions = (part for member in node.members[1:] for part in _factors(member))
    return any(
        isinstance(part, syntax.Fraction)
        and key_or_none(part.denominator) == key_or_none(loss.count)
        for part in fractions
    )


def _is_computed(node: Node) -> bool:
    """Whether a name is by custom one of activations."""
    name = key_or_none(parts(node)[0]) or ""
    return name.removeprefix(r"\mathbf{").removesuffix("}") in {"Z", "A", "H", "z", "a", "h"}


def _factors(node: Node) -> Iterator[Node]:
    yield from node.factors if isinstance(node, syntax.Product) else (node,)


def _entry(node: Node) -> Node:
    """An entry of a matrix, with letters that no note has."""
    letters = (FRESH_LETTER, SECOND_FRESH_LETTER)
    indices = tuple(syntax.Symbol(node.span, letter) for letter in letters)
    below = syntax.Listing(node.span, indices)
    return syntax.Scripted(node.span, syntax.Group(node.span, "[", (node,)), below, None, 0)


def _summed(body: Node) -> Node:
    for letter in (SECOND_FRESH_LETTER, FRESH_LETTER):
        index = syntax.Symbol(body.span, letter)
        body = syntax.BigOperator(body.span, "sum", index, None, body)
    return body


def all_examples(name: Node, nodes: Sequence[Node]) -> Node | None:
    """The capital `A^{[2]}` of which `a^{[2]}` is one example, where the note has it."""
    base, sub, sup, primes = parts(name)
    if not isinstance(base, syntax.Symbol) or len(base.name) != 1 or not base.name.islower():
        return None
    capital: Node = syntax.Symbol(base.span, base.name.upper())
    if isinstance(name, syntax.Scripted):
        capital = syntax.Scripted(name.span, capital, sub, sup, primes)
    key = key_or_none(capital)
    return capital if any(_stands_in(node, key) for node in nodes) else None


def _stands_in(node: Node, key: str | None) -> bool:
    if key_or_none(node) == key:
        return True
    return any(_stands_in(child, key) for child in syntax.children(node))
