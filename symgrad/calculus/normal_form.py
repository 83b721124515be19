"""Proofs that two expressions are equal, by their canonical polynomials.

`prove_equal` first asks whether two expressions are equal whatever the functions
in them are, then whether they are with the facts of relu, exp, log and with the
definitions of functions. It proves for all sizes and all values at which both
sides are defined, off the kinks of relu.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symgrad.calculus.adjoints import Adjoints, NotComposed
from symgrad.calculus.dependencies import has_names
from symgrad.calculus.expression import Definition, Expression
from symgrad.calculus.held import Held
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normaliser import WORK, Normaliser
from symgrad.calculus.rules import Undefined
from symgrad.calculus.theory import FACTS, FINITE, FOLDED, OPAQUE
from symgrad.records import dataclass

__all__ = ["FACTS", "FINITE", "OPAQUE", "Normaliser", "Proof", "Prover", "prove_equal"]


@dataclass(frozen=True)
class Proof:
    """A proof that two expressions are equal.

    Attributes:
        facts: the facts of functions it rests on, sorted; none: it holds for all functions.
        hypotheses: those it needs: without any one of them the others prove nothing.
    """

    facts: tuple[str, ...]
    hypotheses: tuple[Hypothesis, ...] = ()


class _Theories(NamedTuple):
    """Normal forms under the same hypotheses, by what is known of functions."""

    opaque: Normaliser
    folded: Normaliser
    facts: Normaliser
    finite: Normaliser


class Prover:
    """Proofs for the claims of one note: what they share is worked out once.

    Args:
        limit: of work, for each proof and theory.
    """

    def __init__(self, limit: int = WORK) -> None:
        self._limit = limit
        self._adjoints = Adjoints()
        self._held = Held(OPAQUE, limit), Held(FOLDED, limit), Held(FACTS, limit)
        self._under: dict[tuple[Hypothesis, ...], _Theories] = {}

    def prove_equal(
        self, left: Expression, right: Expression, hypotheses: Sequence[Hypothesis] = ()
    ) -> Proof | None:
        """See the function `prove_equal`."""
        proof = self._by_names(left, right)
        if proof is not None:
            return proof
        try:
            proof = self._proof(left, right, ())
        except (LimitReached, Undefined):
            # The hypotheses may still cancel what was too large.
            if not hypotheses:
                raise
            proof = None
        if proof is not None or not hypotheses:
            return proof
        used = tuple(dict.fromkeys(hypotheses))
        proof = self._proof(left, right, used)
        for hypothesis in used if proof is not None and len(used) > 1 else ():
            fewer = tuple(other for other in used if other is not hypothesis)
            without = self._proof_or_none(left, right, fewer)
            if without is not None:
                proof, used = without, fewer
        return proof

    def composed(self, expression: Expression) -> Expression | None:
        """The expression with names for its derivatives; None where that cannot be."""
        try:
            return self._adjoints.composed(expression)
        except (LimitReached, NotComposed):
            return None

    def is_derivative(self, definition: Definition) -> bool:
        """Whether the name was given to a derivative by `composed`."""
        return self._adjoints.is_derivative(definition)

    def form(self, expression: Expression) -> int | None:
        """A number for all that is equal whatever the functions are and the indices are called.

        None where the work limit is reached.
        """
        opaque = self._theories(()).opaque
        try:
            return opaque.algebra.lift(opaque.polynomial(expression))[0]
        except (LimitReached, Undefined):
            return None

    def _by_names(self, first: Expression, second: Expression) -> Proof | None:
        """A proof in which names stay names as long as they can; see `Held`."""
        left, right = self.composed(first), self.composed(second)
        if left is None or right is None:
            return None
        if not has_names(left) and not has_names(right):
            return None
        for held in self._held:
            try:
                if held.equal(left, right):
                    proof = Proof(held.facts)
                    held.settle(left, right)
                    return proof
            except (LimitReached, Undefined):
                pass
            if not held.informed:
                break
        return None

    def _proof_or_none(
        self, left: Expression, right: Expression, hypotheses: tuple[Hypothesis, ...]
    ) -> Proof | None:
        try:
            return self._proof(left, right, hypotheses)
        except (LimitReached, Undefined):
            return None

    def _theories(self, hypotheses: tuple[Hypothesis, ...]) -> _Theories:
        theories = self._under.get(hypotheses)
        if theories is None:
            theories = self._under[hypotheses] = _Theories(
                *[
                    Normaliser(known, self._limit, hypotheses)
                    for known in (OPAQUE, FOLDED, FACTS, FINITE)
                ]
            )
        return theories

    def _proof(
        self, left: Expression, right: Expression, hypotheses: tuple[Hypothesis, ...]
    ) -> Proof | None:
        """A proof under exactly these hypotheses."""
        failure: LimitReached | Undefined | None = None
        theories = self._theories(hypotheses)
        # What holds for all functions comes first, what holds for all sizes second.
        for normaliser in theories:
            if normaliser is theories.folded and not theories.opaque.algebra.mixed:
                continue
            if normaliser is theories.facts and not (failure or theories.opaque.informed):
                continue
            if normaliser is theories.finite and not (
                theories.opaque.finite or theories.facts.finite
            ):
                continue
            try:
                if normaliser.equal(left, right):
                    return Proof(normaliser.facts, hypotheses)
            except (LimitReached, Undefined) as error:
                # The facts may still cancel what was too large.
                failure = error
        if failure is not None:
            raise failure
        return None


def prove_equal(
    left: Expression, right: Expression, hypotheses: Sequence[Hypothesis] = ()
) -> Proof | None:
    """A proof that two expressions are equal for all sizes and values, or None.

    None says nothing of the claim being false. Derivatives in the expressions are
    worked out. To prove a claim under the hypothesis i != j, multiply both sides by
    1 - delta_ij; what may be assumed of tensors is in `hypotheses`. They are used only
    where there is no proof without them, and the proof names those it needs.

    Raises:
        LimitReached: too much work, or nested too deeply.
        Undefined: a side divides by what is identically zero.
    """
    return Prover().prove_equal(left, right, hypotheses)
