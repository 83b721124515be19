"""Networks as users have them: with their derivation in LaTeX, and with their program."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.network import network
from symgrad.programs import program
from symgrad.writing.document import WRITERS
from symgrad.writing.latex import Notation
from symgrad.writing.network_derivation import Form, Options, gradients_latex, network_document


class Network(network.Network):
    """A fully connected network, see `symgrad.network.network`; its derivation, its program.

    Args:
        sizes: entries of the input and of what leaves each layer: integers, or names.
        activation: name of a row of `network.functions`, a letter for any function, or
            `softmax`.
        loss: name of a row of `network.losses`.
        output_activation: the same for the last layer; that of the others, if none is given.

    Raises:
        ValueError: fewer than two sizes, a size that is none, a name that is not known, or
            a loss that has no value at any output.
    """

    def latex(
        self,
        form: Form = "entries",
        *,
        steps: bool = False,
        to: str = "fragment",
        notation: Notation = "brackets",
        lang: str = "en",
        wrt: Sequence[str] = (),
        batch: str = "N",
    ) -> str:
        """The derivation of the gradients, as `symgrad latex --layers` writes it.

        Args:
            form: `entries`, `matrix`, `batch` (rows as examples), or `expanded`.
            steps: whether the chain rule is shown step by step.
            to: `fragment`, `markdown` or `tex`.
            notation: of an entry, `brackets` or `subscripts`.
            lang: of the words, `en` or `fr`.
            wrt: by what the loss is differentiated: X, W1, B1, ...; all, if none.
            batch: name of the number of examples.

        Raises:
            ValueError: for what is none of these, or a name that the network does not have.
        """
        if to not in WRITERS:
            raise ValueError(f"there is no format {to!r}; there are {', '.join(WRITERS)}")
        options = Options(form, steps, notation, lang, tuple(wrt), batch)
        return WRITERS[to](network_document(self, options))

    def compile(
        self, *, batch: bool = False, dtype: str = "float64", input_gradient: bool = False
    ) -> program.Program:
        """The loss and its gradients as a program, as `symgrad.compile` makes it.

        Args:
            batch: whether X and the target have a first axis of examples; the loss is then
                their mean.
            dtype: `float32` or `float64`.
            input_gradient: whether the gradient by X is wanted too.

        Raises:
            ValueError: for a dtype that is none of these.
            CannotCompile: for an activation of which nothing is known.
        """
        return program.compile(self, batch=batch, dtype=dtype, input_gradient=input_gradient)

    def _repr_latex_(self) -> str:
        """The network and its gradients by whole arrays, for notebooks."""
        return gradients_latex(self)
