"""A derivation of a network's gradients as a document: what all forms share.

The forms are in `entries` and `matrices`: they write definitions and gradients, this
module puts them in order with the words around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from symgrad.calculus.index import Size
from symgrad.network.derivation import Derivation, Gradient, Layer, derive
from symgrad.network.forward import Letters
from symgrad.network.layer_functions import LayerFunction
from symgrad.network.network import Network, named_size
from symgrad.records import dataclass
from symgrad.writing.activation import definition_latex, derivative_latex, with_letters
from symgrad.writing.document import Block, Display, Document, Heading, Items, Paragraph
from symgrad.writing.entries import Entries
from symgrad.writing.latex import Notation
from symgrad.writing.matrices import Matrices
from symgrad.writing.phrases import LANGUAGES, Phrases

Form = Literal["entries", "matrix", "batch", "expanded"]
FORMS: tuple[Form, ...] = ("entries", "matrix", "batch", "expanded")
NOTATIONS: tuple[Notation, ...] = ("brackets", "subscripts")

RESERVED = ("X", "Y", "Z", "W", "B", "L", "x", "e", r"\delta", r"\tilde Y")
"""Names that a derivation uses itself; no size can be called so."""

ONES = r"\mathbf 1"
SIZES_TOGETHER = 6
"""How many sizes are declared in one formula; a longer list would not fit a line."""


@dataclass(frozen=True)
class Options:
    """How a derivation is written.

    Attributes:
        form: by entries, by whole arrays, for a batch in rows, or without named errors.
        steps: whether each gradient shows the chain rule it comes from.
        notation: of entries.
        language: of the words around the formulas.
        variables: by what the loss is differentiated: X, W1, B1, ...; none: by all.
        batch: name of the number of examples in the form `batch`.
    """

    form: Form = "entries"
    steps: bool = False
    notation: Notation = "brackets"
    language: str = "en"
    variables: tuple[str, ...] = ()
    batch: str = "N"


def network_document(network: Network, options: Options) -> Document:
    """The derivation for a network.

    Raises:
        ValueError: a variable that the network does not have, sizes with names that the
            derivation uses itself, or an option that there is not.
    """
    if options.form not in FORMS:
        raise ValueError(f"there is no form {options.form!r}; there are {', '.join(FORMS)}")
    if options.notation not in NOTATIONS:
        notations = ", ".join(NOTATIONS)
        raise ValueError(f"there is no notation {options.notation!r}; there are {notations}")
    if options.language not in LANGUAGES:
        languages = ", ".join(LANGUAGES)
        raise ValueError(f"there is no language {options.language!r}; there are {languages}")
    return tuple(_writer(network, options).blocks())


def _writer(network: Network, options: Options) -> _Writer:
    wanted = _wanted(network, options)
    batch = named_size(options.batch) if options.form == "batch" else None
    sizes = [size.name for size in (*network.sizes, *((batch,) if batch else ()))]
    _check_names(network, sizes, batch)
    functions = with_letters(network.functions, sizes)
    letters = [f.function.name for f in functions if f.function is not None]
    derivation = derive(network, functions, _letters(options, {*sizes, *letters}), batch)
    return _Writer(network, derivation, options, wanted)


def gradients_latex(network: Network) -> str:
    """The equations of a network and its gradients in one display, by whole arrays.

    Raises:
        ValueError: as `network_document`.
    """
    writer = _writer(network, Options(form="matrix"))
    blocks = (writer.form.forward(), *writer.assumed(), writer.form.loss(), *writer.gradients())
    rows = [row for block in blocks if isinstance(block, Display) for row in block.rows]
    body = " \\\\ ".join(row.replace(", \\qquad &", " \\\\") for row in rows)
    return f"$$\\begin{{aligned}} {body} \\end{{aligned}}$$"


def _wanted(network: Network, options: Options) -> frozenset[str]:
    known = [name for name in network.parameters if name != "target"]
    for name in options.variables:
        if name not in known:
            raise ValueError(f"the network has no {name!r}; it has {', '.join(known)}")
    return frozenset(options.variables or known)


def _check_names(network: Network, sizes: Sequence[str], batch: Size | None) -> None:
    for name in sizes:
        if re.sub(r"_.*", "", name) in RESERVED:
            raise ValueError(f"a size cannot be called {name}: the derivation has its own {name}")
    if batch is not None and batch in network.sizes:
        raise ValueError(f"{batch.name} is the number of examples; call the size otherwise")
    for function in network.functions:
        if function.has_letter and function.name in (*sizes, *RESERVED, "I"):
            raise ValueError(f"{function.name} names the activation and something else")


def _letters(options: Options, taken: set[str]) -> Letters:
    free = [c for c in "ijkrstuvwhcd" if c not in taken]
    row, column, inner, example, within = free[:5]
    expanded = options.form == "expanded"

    def of_layer(letter: str) -> Callable[[int], str]:
        def numbered(layer: int) -> str:
            return f"{letter}_{layer}" if layer < 10 else f"{letter}_{{{layer}}}"

        return numbered if expanded else lambda layer: letter

    return Letters(row, column, example, of_layer(inner), of_layer(within if expanded else inner))


class _Writer:
    """Writes one derivation."""

    def __init__(
        self, network: Network, derivation: Derivation, options: Options, wanted: frozenset[str]
    ) -> None:
        self.network = network
        self.derivation = derivation
        self.forward = derivation.forward
        self.options = options
        self.wanted = wanted
        self.words: Phrases = LANGUAGES[options.language]
        named = options.form != "expanded"
        self.entries = Entries(derivation, options.notation, self.words, named)
        has_arrays = options.form in ("matrix", "batch")
        self.form = Matrices(self.entries, ONES) if has_arrays else self.entries

    def blocks(self) -> Iterator[Block]:
        depth = self.network.depth
        yield Heading(self.words["title" if depth > 1 else "title one"].format(depth=depth), 1)
        yield Heading(self.words["network"], 2)
        yield from self.sizes()
        yield from self.activations()
        yield from self.data()
        yield Paragraph(self.words["forward"])
        yield self.form.forward()
        yield from self.form.of_vectors()
        yield Paragraph(self.words["loss" if self.forward.batch is None else "batch loss"])
        yield self.form.loss()
        yield Heading(self.words["gradients"], 2)
        expanded = self.options.form == "expanded"
        yield Paragraph(self.words["expanded" if expanded else "backwards"])
        yield from self.indicator()
        yield from self.gradients()

    def sizes(self) -> Iterator[Block]:
        found = [size.name for size in self.network.sizes if size.value is None]
        if self.forward.batch is not None and self.forward.batch.value is None:
            found.insert(0, self.forward.batch.name)
        names = list(dict.fromkeys(found))
        groups = [names[k : k + SIZES_TOGETHER] for k in range(0, len(names), SIZES_TOGETHER)]
        texts = [_tuple_in_naturals(group) for group in groups]
        if texts:
            yield Paragraph(self.words["let"].format(what=", ".join(texts)))

    def activations(self) -> Iterator[Block]:
        """What is applied to the layers, with its derivative."""
        functions = [layer.function for layer in self.forward.layers]
        *hidden, last = functions
        if not hidden or hidden[-1] == last:
            yield from self.activation(last, "every layer")
        else:
            yield from self.activation(hidden[-1], "hidden layers")
            yield from self.activation(last, "last layer")

    def activation(self, function: LayerFunction, layers: str) -> Iterator[Block]:
        """One of them, and to which layers it belongs."""
        whose, row = self.words[layers], function.row
        if function.vector is not None or function.is_identity:
            yield Paragraph(self.words[function.name].format(whose=whose))
            return
        assert function.function is not None
        letter = function.function.name
        if row is None:
            signature = rf"${letter}: \mathbb R \to \mathbb R$"
            text = self.words["unknown activation"].format(whose=whose, function=signature)
            yield Paragraph(text)
            return
        yield Paragraph(self.words["activation"].format(whose=whose))
        yield Display((definition_latex(row, letter, self.words),))
        yield Paragraph(self.words["derivative"])
        yield Display((derivative_latex(row, letter, self.words),))

    def data(self) -> Iterator[Block]:
        forward, sizes = self.forward, self.network.sizes
        batch = () if forward.batch is None else (forward.batch,)
        spaces = {
            "input": f"${forward.input.name} \\in {_space((*batch, sizes[0]))}$",
            "target": f"${forward.target.name} \\in {_space((*batch, sizes[-1]))}$",
        }
        spaces["sums"] = self.sums()
        if forward.batch is None:
            yield Paragraph(self.words["data"].format(**spaces))
        else:
            count = f"${forward.batch.name}$"
            text = self.words["batch data"].format(**spaces, ones=f"${ONES}$", count=count)
            yield Paragraph(text)
        both = self.words["and"]
        yield Items(
            tuple(
                f"${layer.weights.name} \\in {_space((after, before))}$ {both} "
                f"${layer.bias.name} \\in {_space((after,))}$"
                for layer, (before, after) in zip(forward.layers, pairwise(sizes), strict=True)
            )
        )
        yield from self.form.of_entries()

    def sums(self) -> str:
        """What is assumed of the target, where something is; read as an assumption."""
        if not self.entries.assumes_a_distribution():
            return ""
        words = self.words["sums" if self.forward.batch is None else "batch sums"]
        equation = self.entries.write(self.forward.sum_of_target()).replace(r"\limits", "")
        row = f"${self.forward.letters.example}$"
        return f" {words.format(equation=f'${equation} = 1$', row=row)}"

    def assumed(self) -> Iterator[Display]:
        """The same as a display."""
        if self.entries.assumes_a_distribution():
            yield Display((f"{self.entries.write(self.forward.sum_of_target())} & = 1",))

    # -- gradients

    def indicator(self) -> Iterator[Block]:
        """What the indicator of two indices is, where a gradient has one."""
        errors = [layer.error for layer in self.layers()]
        if any(self.entries.has_indicator(error, self.options.steps) for error in errors):
            equation = f"{self.forward.letters.row} = {self.forward.letters.column}"
            indicator = rf"$\mathbf 1[{equation}]$"
            words = self.words["indicator"]
            yield Paragraph(words.format(indicator=indicator, equation=f"${equation}$"))

    def layers(self) -> Iterator[Layer]:
        """The layers that lead to what is asked for, the last one first."""
        numbers = [int(name[1:]) for name in self.wanted if name != "X"]
        lowest = 1 if "X" in self.wanted else min(numbers)
        return (x for x in reversed(self.derivation.layers) if x.number >= lowest)

    def gradients(self) -> Iterator[Block]:
        for layer in self.layers():
            blocks = list(dict.fromkeys(self.layer(layer)))  # ranges are said once
            if blocks:
                yield Heading(self.words["layer"].format(number=layer.number), 3)
                yield from blocks
        if "X" in self.wanted:
            yield Heading(self.words["input"], 3)
            gradient = self.derivation.by_input
            yield from self.form.introduction([gradient])
            yield from self.form.displays([gradient], self.options.steps)

    def layer(self, layer: Layer) -> Iterator[Block]:
        parameters: list[Gradient] = []
        if f"W{layer.number}" in self.wanted:
            parameters.append(layer.by_weights)
        if f"B{layer.number}" in self.wanted:
            parameters.append(layer.by_bias)
        is_last = layer.number == self.network.depth
        if self.options.form == "expanded":
            # What a step inserts is shown before it, also where it is not asked for.
            above = [layer.by_output, layer.error] if self.options.steps else []
            shown = [*above, *parameters]
        else:
            before = [layer.by_output] if self.options.steps or layer.uses_by_output else []
            if is_last and not before and not self.form.can_write(layer.error):
                yield from self.form.by_entries(layer.by_output)
            shown = [*before, layer.error, *parameters]
        if shown:
            yield from self.form.introduction(shown)
            yield from self.form.displays(shown, self.options.steps)


def _space(axes: Sequence[Size]) -> str:
    names = r" \times ".join(size.name for size in axes)
    return f"\\mathbb R^{names}" if len(names) == 1 else f"\\mathbb R^{{{names}}}"


def _tuple_in_naturals(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"${names[0]} \\in \\mathbb N$"
    return f"$({', '.join(names)}) \\in \\mathbb N^{len(names)}$"
