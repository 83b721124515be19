"""Proofs that two expressions are equal, by their canonical polynomials.

`prove_equal` first asks whether two expressions are equal whatever the functions
in them are, then whether they are with the facts of relu, exp, log and with the
definitions of functions. It proves for all sizes and all values at which both
sides are defined, off the kinks of relu.
"""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.calculus.expression import Expression
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normaliser import WORK, Normaliser
from symgrad.calculus.rules import Undefined
from symgrad.calculus.theory import FACTS, FINITE, OPAQUE

__all__ = ["FACTS", "FINITE", "OPAQUE", "Normaliser", "Proof", "Prover", "prove_equal"]


@dataclass(frozen=True)
class Proof:
    """A proof that two expressions are equal.

    Attributes:
        facts: the facts of functions it rests on, sorted; none: it holds for all functions.
    """

    facts: tuple[str, ...]


class Prover:
    """Proofs for the claims of one note: what they share is worked out once.

    Args:
        limit: of work, for each proof and theory.
    """

    def __init__(self, limit: int = WORK) -> None:
        self._opaque = Normaliser(OPAQUE, limit)
        self._facts = Normaliser(FACTS, limit)
        self._finite = Normaliser(FINITE, limit)

    def prove_equal(self, left: Expression, right: Expression) -> Proof | None:
        """See the function `prove_equal`."""
        failure: LimitReached | Undefined | None = None
        # What holds for all functions comes first, what holds for all sizes second.
        for normaliser in (self._opaque, self._facts, self._finite):
            if normaliser is self._facts and not (failure or self._opaque.informed):
                continue
            if normaliser is self._finite and not (self._opaque.finite or self._facts.finite):
                continue
            try:
                if normaliser.equal(left, right):
                    return Proof(normaliser.facts)
            except (LimitReached, Undefined) as error:
                # The facts may still cancel what was too large.
                failure = error
        if failure is not None:
            raise failure
        return None


def prove_equal(left: Expression, right: Expression) -> Proof | None:
    """A proof that two expressions are equal for all sizes and values, or None.

    None says nothing of the claim being false. Derivatives in the expressions are
    worked out. To prove a claim under the hypothesis i != j, multiply both sides by
    1 - delta_ij.

    Raises:
        LimitReached: too much work, or nested too deeply.
        Undefined: a side divides by what is identically zero.
    """
    return Prover().prove_equal(left, right)
