r"""Definitions and gradients of whole arrays: `({W}^\top \delta) \odot a'(Z)`.

What has no form without indices, such as the derivative of some losses, is written by
entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index
from symgrad.network.derivation import Gradient, Step
from symgrad.writing.arrays import array_latex
from symgrad.writing.document import Block, Display, Paragraph
from symgrad.writing.entries import Entries
from symgrad.writing.numbers import with_numbers


class Matrices:
    """Writes a derivation by whole arrays.

    Args:
        entries: writes what has no such form.
        ones: name of the column of ones, one for each example.
    """

    def __init__(self, entries: Entries, ones: str) -> None:
        self.entries = entries
        self.derivation = entries.derivation
        batch = self.derivation.forward.batch
        self.ones = {} if batch is None else {batch: ones}

    def forward(self) -> Display:
        """Z and X of every layer."""
        rows = []
        for layer in self.derivation.forward.layers:
            z, x, vector = layer.weighted, layer.output, layer.function.vector
            applied = self.certain(x.body, x.parameters) if vector is None else vector.of(z.name)
            rows.append(
                f"{z.name} & = {self.certain(z.body, z.parameters)}, \\qquad & "
                f"{x.name} & = {applied}"
            )
        return Display(tuple(rows))

    def of_vectors(self) -> Iterator[Block]:
        """What a function of vectors is, at the last layer that has one."""
        layers = [x for x in self.derivation.forward.layers if x.function.vector is not None]
        if layers:
            yield Paragraph(self.entries.words["by entries"])
            _, x, at = self.entries.equations(layers[-1])
            yield Display((rf"{x}, \quad {at}",))

    def of_entries(self) -> Iterator[Block]:
        """What an entry is, as an example."""
        weights = self.derivation.forward.layers[0].weights
        of_weights = self.derivation.layers[0].by_weights.indices
        row, column = (f"${index.name}$" for index in of_weights)
        entry = f"${self.entries.write(ex.Entry(weights, of_weights))}$"
        words = self.entries.words["entry"]
        yield Paragraph(
            words.format(array=f"${weights.name}$", row=row, column=column, entry=entry)
        )

    def loss(self) -> Display:
        """The definition of L, by entries where need be."""
        text = self.array(self.derivation.forward.loss.body, ())
        return self.entries.loss() if text is None else Display((f"L = {text}",))

    def introduction(self, gradients: Sequence[Gradient]) -> Iterator[Block]:
        """Nothing: whole arrays have no indices."""
        yield from ()

    def displays(self, gradients: Sequence[Gradient], steps: bool) -> Iterator[Block]:
        """The gradients in one display, or in one each with their steps.

        Where none of the steps has a form without indices but the last, they are shown by
        entries before it.
        """
        rows: list[str] = []
        for gradient in gradients:
            shown = self.shown(gradient)
            hidden = not shown or (steps and len(shown) == 1 and len(gradient.steps) > 2)
            if hidden:
                yield from self.entries.by_entries(gradient, steps)
            if hidden and shown:
                yield Paragraph(self.entries.words["whole arrays"])
                yield Display(tuple(self.rows(gradient, shown, [])))
            elif shown and steps:
                reasons = self.reasons(gradient, shown)
                yield Display(tuple(self.rows(gradient, shown, reasons)))
            elif shown:
                rows += self.rows(gradient, shown[-1:], [])
        if rows:
            yield Display(tuple(rows))

    def rows(self, gradient: Gradient, steps: Sequence[Step], reasons: Sequence[str]) -> list[str]:
        """The chain of equalities of one gradient, each with its reason."""
        members = [self.certain(step.expression, gradient.indices) for step in steps]
        return self.entries.aligned(self.left(gradient), members, reasons)

    def reasons(self, gradient: Gradient, shown: Sequence[Step]) -> list[str]:
        """The words for each step that is shown, with those of the steps that are not."""
        every = self.entries.reasons(gradient, gradient.steps)
        result, waiting = [], []
        for step, reason in zip(gradient.steps, every, strict=True):
            waiting.append(reason)
            if step in shown:
                result.append(", ".join(waiting))
                waiting = []
        return result

    def can_write(self, gradient: Gradient) -> bool:
        """Whether the gradient has a form without indices to its last step."""
        return self.array(gradient.result, gradient.indices) is not None

    def by_entries(self, gradient: Gradient) -> Iterator[Block]:
        """The derivative by the output with its indices."""
        words, ranges = self.entries.words, self.entries.ranges(gradient.indices)
        yield Paragraph(f"{words['let'].format(what=f'${ranges}$')} {words['loss entries']}")
        yield from self.entries.displays([gradient], steps=False)

    def shown(self, gradient: Gradient) -> list[Step]:
        """The steps that have a form without indices."""
        return [
            step
            for step in gradient.steps
            if self.array(step.expression, gradient.indices) is not None
        ]

    def left(self, gradient: Gradient) -> str:
        """The left-hand side of a gradient."""
        left = rf"\frac{{\partial L}}{{\partial {gradient.variable.name}}}"
        return left if gradient.name is None else f"{gradient.name.name} = {left}"

    def array(self, expression: ex.Expression, at: tuple[Index, ...]) -> str | None:
        """The array with this entry, where it has a form without indices."""
        return array_latex(with_numbers(expression), at, self.entries.style, self.ones)

    def certain(self, expression: ex.Expression, at: tuple[Index, ...]) -> str:
        """The array with this entry, which is known to have such a form."""
        text = self.array(expression, at)
        if text is None:
            raise AssertionError("an expression that was to have no indices has some")
        return text
