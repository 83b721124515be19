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
from symgrad.reading.syntax import Node
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
    built = chain.built(chain.settled_frame(), refuted.left, refuted.member, refuted.guards)
    sides = Sides(*built)
    reason = _with_all_names_known(sides, result, chain)
    if reason is not None:
        return _undecided(result, reason)
    reason = _with_names_guessed(sides, result, refuted, chain, guessed) if guessed else None
    return result if reason is None else _with_guesses(result, guessed, reason)


def _with_all_names_known(sides: Sides, result: Result, chain: Chain) -> str | None:
    """Why a claim is not called false that fails for any meaning of what nothing declares."""
    reason = (
        restriction(sides, result, chain)
        or argument_in_doubt(sides, chain.session)
        or hypothesis_in_doubt(sides)
    )
    if reason is not None:
        return reason
    mixed = of_two_meanings(sides)
    if mixed is not None:
        return f"{mixed} is an input in one formula of it, defined in another"
    index = open_range(sides)
    return None if index is None else f"does not hold for each range that {index} may have"


def _with_names_guessed(
    sides: Sides, result: Result, refuted: Refuted, chain: Chain, guessed: Sequence[str]
) -> str | None:
    """Why a claim fails only as undeclared names were read: "" for no more than that."""
    session, sides_opened = chain.session, opened(sides)
    if IDENTITIES.intersection(guessed) - session.identities:
        return "an identity matrix may be meant"
    if is_given_twice(chain.claim.left, session):
        return "the note says twice what it is"
    customs = by_custom(_members(chain), chain.context)
    if chain.claim.by_custom:
        customs.add(r"\delta")
    is_derivative = result.kind == "derivative" or isinstance(sides_opened.left, Derivative)
    if not (customs or is_derivative):
        return ""
    if session.equated_sizes or {UNWRITTEN, SMALL_LETTERS}.intersection(guessed):
        return ""
    if ambiguous(sides_opened.left, session):
        return "the note defines a name of it twice"
    return _with_sizes_equal(sides_opened, refuted, chain, guessed, customs)


def _with_sizes_equal(
    sides: Sides, refuted: Refuted, chain: Chain, guessed: Sequence[str], customs: set[str]
) -> str | None:
    """Why a claim may hold where sizes that nothing declares are equal, or custom means more."""
    session, left = chain.session, refuted.left
    guesses = guesses_of(guessed, chain.claim.left, chain.context)
    with equal_sizes(sides, session):
        same = opened(
            Sides(*chain.built(Frame(session.sizes), left, refuted.member, refuted.guards))
        )
    rank = len(left.value.axes) if left.value is not None else 0
    shown, omitted = shows_arrays(_members(chain)), may_omit_entrywise(_members(chain))
    reason = array_in_doubt(same, guesses, rank, shown, omitted) or doubt(sides, guesses, same)
    if reason is not None or not customs:
        return reason
    return custom_in_doubt(
        same,
        guesses,
        of_layers=any(r"\delta" in name for name in customs),
        may_be_changes=any(r"\delta" not in name for name in customs),
    )


def _members(chain: Chain) -> tuple[Node, ...]:
    """All members of a claim as they are written."""
    return (chain.claim.left, *(node for _, node in chain.claim.steps))


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
