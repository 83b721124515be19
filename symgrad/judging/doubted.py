"""Refuted claims that are not called false: another reading of the note may save them."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus.expression import Derivative
from symgrad.judging.chain import Chain
from symgrad.judging.customs import custom_in_doubt
from symgrad.judging.diagnosed import Refuted
from symgrad.judging.doubts import array_in_doubt, doubt, hypothesis_in_doubt
from symgrad.judging.every_rank import fits_no_ranks
from symgrad.judging.guessing import (
    ambiguous,
    argument_in_doubt,
    by_custom,
    equal_sizes,
    guesses_of,
    is_given_twice,
    may_omit_entrywise,
    of_two_meanings,
    open_range,
    shows_arrays,
)
from symgrad.judging.misfits import fits_no_layout, fits_whatever_is_meant, is_at, lacks_a_sum
from symgrad.judging.restricted import restriction
from symgrad.judging.result import Result
from symgrad.judging.rivals import Sides, opened
from symgrad.reading.capitals import SMALL_LETTERS
from symgrad.reading.einstein import UNWRITTEN
from symgrad.reading.errors import RANK_MISMATCH
from symgrad.reading.identity import NAMES as IDENTITIES
from symgrad.reading.values import Frame
from symgrad.records import replace

FALSE = ("refuted", "ill-typed")
"""The verdicts that say a claim is wrong."""


def doubted(
    result: Result, refuted: Refuted | None, chain: Chain, guessed: Sequence[str]
) -> Result:
    """A claim that fails, undecided where another reading of the note may save it.

    Args:
        result: the verdict.
        refuted: the step as it was read, where it is one that does not hold.
        chain: its claim.
        guessed: what of the claim nothing declares.
    """
    if result.verdict != "refuted" or refuted is None:
        sure = lacks_a_sum(result, chain) or fits_no_layout(result, chain, guessed)
        sure = sure or not fits_whatever_is_meant(result, chain, guessed)
        sure = sure or _fits_for_no_ranks(result, chain)
        return result if sure else _with_guesses(result, guessed)
    session, left, member, guards = chain.session, refuted.left, refuted.member, refuted.guards
    sides = Sides(*chain.built(chain.settled_frame(), left, member, guards))
    reason = (
        restriction(sides, result, chain)
        or argument_in_doubt(sides, session)
        or hypothesis_in_doubt(sides)
    )
    if reason is not None:
        return _undecided(result, reason)
    mixed = of_two_meanings(sides)
    if mixed is not None:
        return _undecided(result, f"{mixed} is an input in one formula of it, defined in another")
    index = open_range(sides)
    if index is not None:
        return _undecided(result, f"does not hold for each range that {index} may have")
    if not guessed:
        return result
    if IDENTITIES.intersection(guessed) - session.identities:
        return _with_guesses(result, guessed, "an identity matrix may be meant")
    sides = opened(sides)
    written = (chain.claim.left, *(node for _, node in chain.claim.steps))
    rank = len(left.value.axes) if left.value is not None else 0
    plain = result.kind == "derivative" and not rank
    customs = by_custom(written, chain.context)
    if chain.claim.by_custom:
        customs.add(r"\delta")
    if is_given_twice(chain.claim.left, session):
        return _with_guesses(result, guessed, "the note says twice what it is")
    if not (plain or customs or result.kind == "derivative" or isinstance(sides.left, Derivative)):
        return _with_guesses(result, guessed)
    if session.equated_sizes or {UNWRITTEN, SMALL_LETTERS}.intersection(guessed):
        return _with_guesses(result, guessed)
    if ambiguous(sides.left, session):
        return _with_guesses(result, guessed, "the note defines a name of it twice")
    guesses = guesses_of(guessed, chain.claim.left, chain.context)
    with equal_sizes(sides, session):
        same = opened(Sides(*chain.built(Frame(session.sizes), left, member, guards)))
    shown, omitted = shows_arrays(written), may_omit_entrywise(written)
    reason = array_in_doubt(same, guesses, rank, shown, omitted) or doubt(sides, guesses, same)
    if reason is None and customs:
        reason = custom_in_doubt(
            same,
            guesses,
            of_layers=any(r"\delta" in name for name in customs),
            may_be_changes=any(r"\delta" not in name for name in customs),
        )
    return result if reason is None else _with_guesses(result, guessed, reason)


def _fits_for_no_ranks(result: Result, chain: Chain) -> bool:
    """Whether an ill-typed step fits for no ranks that its undeclared names may have."""
    if result.verdict != "ill-typed" or RANK_MISMATCH.slug not in result.codes:
        return False
    steps = [node for _, node in chain.claim.steps if is_at(result, node)]
    left = chain.claim.left
    return any(fits_no_ranks(left, step, chain.session) for step in steps)


def _undecided(result: Result, message: str, hint: str = "") -> Result:
    """The result without what belongs to a refutation but its counterexample."""
    return replace(
        result,
        verdict="undecided",
        mistake=None,
        correction=None,
        after_correction=None,
        derived=None,
        message=message,
        hint=hint,
    )


def with_convention(result: Result, convention: str) -> Result:
    """What is false only by a convention of the reader is not called false."""
    if result.verdict not in FALSE:
        return result
    hint = "write its definition into the note"
    return _undecided(result, f"{result.message}, as this is read ({convention})", hint)


def with_custom(result: Result) -> Result:
    """What is false only as custom reads a name that the note defines is not called false."""
    if result.verdict not in FALSE:
        return result
    reason = f"as a gradient that is called so by custom it fails: {result.message}"
    return _undecided(result, reason, "say of what it is the gradient")


def with_other_layout(result: Result) -> Result:
    """What is false only as derivatives of vectors by vectors are laid out is not called false."""
    if result.verdict not in FALSE:
        return result
    reason = f"{result.message}; it may hold for the other layout of derivatives of vectors"
    return _undecided(result, reason, "write one such derivative by its entries")


def _with_guesses(result: Result, guessed: Sequence[str], reason: str = "") -> Result:
    """What is false only as undeclared names were read is not called false."""
    if not guessed or result.verdict not in FALSE:
        return result
    names = ", ".join(guessed)
    message = f"{result.message}, as undeclared names are read ({names})"
    hint = "declare them, for instance with their spaces: $x \\in \\mathbb R^n$"
    return _undecided(result, f"{message}: {reason}" if reason else message, result.hint or hint)
