r"""Definitions and gradients entry by entry: `\delta_i = \sum_k W_{ki} \delta_k a'(Z_i)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index
from symgrad.calculus.substitution import unfold
from symgrad.network.derivation import Derivation, Gradient, Rule, Step
from symgrad.network.forward import ForwardLayer
from symgrad.writing.displays import WIDEST_ROW
from symgrad.writing.document import Block, Display, Paragraph
from symgrad.writing.latex import Notation, Style, as_written
from symgrad.writing.lines import broken
from symgrad.writing.numbers import with_numbers
from symgrad.writing.phrases import Phrases
from symgrad.writing.widths import width

RULES = {
    Rule.CHAIN: "chain",
    Rule.LOSS: "loss rule",
    Rule.ACTIVATION: "activation rule",
    Rule.JACOBIAN: "slope",
    Rule.AFFINE: "affine",
    Rule.CONTRACTED: "contracted",
    Rule.INSERTED: "inserted",
    Rule.SLOPE: "slope",
    Rule.TARGET: "target",
}
"""The words for each rule, by their keys."""


class Entries:
    """Writes a derivation by entries.

    Args:
        derivation: what is written.
        notation: of an entry.
        words: around the formulas.
        named: whether errors have names; else they are written out.
    """

    def __init__(
        self, derivation: Derivation, notation: Notation, words: Phrases, named: bool = True
    ) -> None:
        self.derivation = derivation
        self.words = words
        sizes = frozenset(size.name for size in derivation.forward.network.sizes)
        # Errors are called delta: the delta of two indices is written otherwise.
        self.style = Style(notation, r"\,", "as-given", sizes, indicators=True)
        self.named = named
        self.errors = {layer.error.name for layer in derivation.layers}

    # -- the network

    def forward(self) -> Display:
        """Z and X of every layer, with the range of their index."""
        equations = map(self.equations, self.derivation.forward.layers)
        return Display(tuple(rf"{z}, \quad & {x}, \quad & {at}" for z, x, at in equations))

    def equations(self, layer: ForwardLayer) -> tuple[str, str, str]:
        """The aligned equations of Z and X, and the range of their index."""
        at = layer.weighted.parameters
        z = self.equation(ex.Named(layer.weighted, at), layer.weighted.body)
        x = self.equation(ex.Named(layer.output, at), unfold(layer.output, at))
        return z, x, self.ranges(at)

    def of_vectors(self) -> Iterator[Block]:
        """Nothing: what is done to a vector is written out in the forward pass."""
        yield from ()

    def of_entries(self) -> Iterator[Block]:
        """Nothing: what an entry is can be seen."""
        yield from ()

    def equation(self, left: ex.Expression, right: ex.Expression) -> str:
        """An aligned equation."""
        return f"{self.write(left)} & = {self.write(right)}"

    def loss(self) -> Display:
        """The definition of L."""
        text = self.write(self.derivation.forward.loss.body)
        return Display(tuple(self.lines("L & = ", text)))

    # -- gradients

    def introduction(self, gradients: Sequence[Gradient]) -> Iterator[Block]:
        """The ranges of the indices of some gradients."""
        longest = max((gradient.indices for gradient in gradients), key=len)
        yield Paragraph(self.words["let"].format(what=f"${self.ranges(longest)}$"))

    def displays(self, gradients: Sequence[Gradient], steps: bool) -> Iterator[Block]:
        """The gradients in one display, or in one each with their steps."""
        if steps:
            for gradient in gradients:
                yield Display(tuple(self.rows(gradient, self.members(gradient), steps)))
            return
        rows: list[str] = []
        for gradient in gradients:
            rows += self.rows(gradient, self.members(gradient)[-1:], steps)
        yield Display(tuple(rows))

    def assumes_a_distribution(self) -> bool:
        """Whether what is written holds only where the target has the sum 1."""
        return self.derivation.assumes_a_distribution(self.named)

    def has_indicator(self, gradient: Gradient, steps: bool) -> bool:
        """Whether a gradient is written with the indicator of two indices."""
        members = self.members(gradient)
        shown = members if steps else members[-1:]
        return any("\\mathbf 1[" in self.write(step.expression) for step in shown)

    def members(self, gradient: Gradient) -> tuple[Step, ...]:
        """The steps of a gradient; to its end, where errors have no names."""
        return gradient.steps if self.named else gradient.in_full

    def can_write(self, gradient: Gradient) -> bool:
        """Whether the gradient can be written in this form."""
        return True

    def by_entries(self, gradient: Gradient, steps: bool = False) -> Iterator[Block]:
        """A gradient that another form cannot write."""
        yield from self.introduction([gradient])
        yield from self.displays([gradient], steps)

    def rows(self, gradient: Gradient, steps: Sequence[Step], show: bool) -> list[str]:
        """The chain of equalities of one gradient, in the rows of an alignment."""
        loss = ex.Named(self.derivation.forward.loss, ())
        left = self.write(ex.Derivative(loss, gradient.variable, gradient.indices))
        if gradient.name is not None and self.named:
            left = f"{self.write(ex.Named(gradient.name, gradient.indices))} = {left}"
        texts = [self.write(step.expression) for step in steps]
        return self.aligned(left, texts, self.reasons(gradient, steps) if show else [])

    def reasons(self, gradient: Gradient, steps: Sequence[Step]) -> list[str]:
        """The words for each step; the first one that is shown names what it goes through."""
        words = [self.words[RULES[step.rule]] for step in steps]
        if gradient.through is not None:
            words[0] = self.words["chain"].format(through=gradient.through.name)
        return words

    def aligned(self, left: str, members: Sequence[str], reasons: Sequence[str]) -> list[str]:
        """`left & = member`, one member a row; each with its reason at the right."""
        rows: list[str] = []
        tags = [rf" \tag*{{{reason}}}" for reason in reasons] or [""] * len(members)
        seen = ""
        for member, tag in zip(members, tags, strict=True):
            if member == seen:
                continue
            seen = member
            first, *more = self.lines(f"{left if not rows else ''} & = ", member, width(left))
            rows.append(first)
            rows += more
            rows[-1] += tag
        return rows

    def lines(self, head: str, text: str, before: float | None = None) -> list[str]:
        """`head text` in rows that fit the page."""
        used = width(head) if before is None else before + 3
        first, *more = broken(text, used, WIDEST_ROW)
        return [f"{head}{first}".strip(), *(rf"& \qquad {line}" for line in more)]

    def write(self, expression: ex.Expression) -> str:
        """LaTeX of an expression, errors written out where they have no name."""
        shown = expression if self.named else self.inlined(expression)
        return as_written(with_numbers(shown), self.style)

    def inlined(self, node: ex.Expression) -> ex.Expression:
        """The expression with every named error replaced by what it stands for."""
        match node:
            case ex.Named(definition=definition, positions=at) if definition in self.errors:
                return self.inlined(unfold(definition, at))
            case ex.Add(terms=terms):
                return ex.add(*[self.inlined(term) for term in terms])
            case ex.Mul(factors=factors):
                return ex.mul(*[self.inlined(factor) for factor in factors])
            case ex.Sum(index=index, body=body):
                return ex.Sum(index, self.inlined(body))
            case _:
                return node

    def ranges(self, indices: Sequence[Index]) -> str:
        r"""`(i, j) \in \{1,\dots,n\} \times \{1,\dots,m\}`."""
        names = ", ".join(index.name for index in indices)
        sets = r" \times ".join(rf"\{{1,\dots,{index.size.name}\}}" for index in indices)
        return rf"{names if len(indices) == 1 else f'({names})'} \in {sets}"
