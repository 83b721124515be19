"""Do the values that leave a network fit its loss?

A loss of probabilities takes the logarithm of what the last layer gives. Where that may be
0, negative or above 1, the loss has no value or is none, though all derivatives are right:
so it is said, and nothing is refused.
"""

from __future__ import annotations

from symgrad.network.functions import ACTIVATIONS
from symgrad.network.losses import LOSSES
from symgrad.network.network import Network
from symgrad.network.values import Values
from symgrad.network.vector_functions import VECTOR_FUNCTIONS


def misfit(network: Network) -> str | None:
    """What is said of outputs that the loss may have no value at, with those that fit.

    None where they fit, or where the activation is a letter, of which nothing is known.
    """
    loss, name = LOSSES[network.loss_name], network.output_activation
    values = _known_values()
    if name not in values or values[name].within(loss.outputs):
        return None
    fitting = [other for other, of_other in values.items() if of_other.within(loss.outputs)]
    instead = "" if loss.of_numbers is None else f"; {loss.of_numbers} is for any numbers"
    return (
        f"{loss.name} is for outputs between {loss.outputs.low} and {loss.outputs.high}, and "
        f"{name} gives others; {' or '.join(fitting)} of the last layer fits{instead}"
    )


def _known_values() -> dict[str, Values]:
    """The values of all that may be the activation of a last layer."""
    of_entries = {name: row.values for name, row in ACTIVATIONS.items()}
    of_vectors = {n: row.values for n, row in VECTOR_FUNCTIONS.items() if row.backward is not None}
    return {**of_entries, **of_vectors}
