r"""Losses of probabilities, worked out from the numbers that the probabilities are made of.

    -sum_k T_k log softmax(Z)_k  =  sum_k T_k (log sum_j e^Z_j - Z_k)
    -(t log s(z) + (1 - t) log(1 - s(z)))  =  log(1 + e^z) - t z,  s the sigmoid

The left-hand sides take the logarithm of what may have been rounded to 0; the right-hand
sides have a form that never does.
"""

from __future__ import annotations

from symgrad.calculus.expression import Named
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import Prover
from symgrad.calculus.rules import Undefined
from symgrad.network.fitting import misfit
from symgrad.network.network import Network

OF_LOGITS = {
    ("softmax", "cross-entropy-of-probabilities"): "cross-entropy",
    ("sigmoid", "binary-cross-entropy"): "binary-cross-entropy-with-logits",
}
"""The loss of the logits, by the activation of the last layer and the loss of its output."""


def of_logits(network: Network) -> Network:
    """The network whose loss is equal and taken of the logits; the same one if there is none.

    That both losses are equal is proved of the last layer by itself, whatever enters it, and
    so of all of them.
    """
    loss = OF_LOGITS.get((network.output_activation, network.loss_name))
    if loss is None:
        return network
    sizes = [size.name for size in network.sizes]
    of_output = Network(sizes[-2:], network.output_activation, network.loss_name)
    of_numbers = Network(sizes[-2:], "identity", loss)
    ours, theirs = (Named(one.definitions["L"], ()) for one in (of_output, of_numbers))
    try:
        proof = Prover().prove_equal(ours, theirs)
    except (LimitReached, Undefined):
        return network
    if proof is None:
        return network
    # In a network of one layer there is no other activation.
    hidden = network.activation if network.depth > 1 else "identity"
    return Network(sizes, hidden, loss, "identity")


def remarks_on(network: Network) -> tuple[str, ...]:
    """What the user should know of a loss together with the activation before it."""
    for (activation, of_probabilities), of_numbers in OF_LOGITS.items():
        if (network.output_activation, network.loss_name) == (activation, of_numbers):
            return (
                f"{of_numbers} takes {activation} itself, which is now taken twice; "
                f"the loss of what leaves {activation} is {of_probabilities}",
            )
    unfit = misfit(network)
    return () if unfit is None else (unfit,)
