"""Networks as users have them: with their derivation in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.network import network
from symgrad.writing.document import WRITERS
from symgrad.writing.latex import Notation
from symgrad.writing.network_derivation import Form, Options, gradients_latex, network_document


class Network(network.Network):
    """A fully connected network with a loss, see `symgrad.network.network`, and its derivation.

    Args:
        sizes: entries of the input and of what leaves each layer: integers, or names.
        activation: name of a row of `network.functions`, or a letter for any function.
        loss: name of a row of `network.losses`.

    Raises:
        ValueError: fewer than two sizes, a size that is none, a name that is not known.
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

    def _repr_latex_(self) -> str:
        """The network and its gradients by whole arrays, for notebooks."""
        return gradients_latex(self)
