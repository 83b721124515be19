"""Claims without a meaning in any reading, in notes that declare not all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symgrad.judging.chain import Chain
from symgrad.judging.result import Result
from symgrad.reading import errors, syntax
from symgrad.reading.errors import ReadingError
from symgrad.reading.names import key_or_none
from symgrad.reading.partial import derivative_parts
from symgrad.reading.syntax import Node

_SHAPES = frozenset({errors.SIZE_MISMATCH.slug, errors.RANK_MISMATCH.slug})


def lacks_a_sum(result: Result, chain: Chain) -> bool:
    r"""Whether a step has an index that the note sums over elsewhere, and the left-hand side not.

    An author who writes `\sum_i` means no sum where there is none. Where the left-hand side is
    an array, an entry of it may be meant.
    """
    if result.verdict != "ill-typed" or errors.UNDECLARED_INDEX.slug not in result.codes:
        return False
    if chain.session.leaves_sums_out:
        return False
    usage = chain.session.usage
    for place, letter in chain.strays.items():
        if place == result.caret or place == result.place:
            left = chain.read(chain.claim.left, is_step=False).value
            return letter in usage.summed and left is not None and not left.axes
    return False


def fits_no_layout(result: Result, chain: Chain, guessed: Sequence[str]) -> bool:
    """Whether matrices do not fit in either layout of gradients, and all of them are declared.

    Only losses may be undeclared: whatever they are, their gradients by matrices have one of
    two shapes. Factors of one shape may be meant to be multiplied entry by entry.
    """
    session = chain.session
    if result.verdict != "ill-typed" or _SHAPES.isdisjoint(result.codes):
        return False
    nodes = [chain.claim.left, *(node for _, node in chain.claim.steps)]
    if not set(guessed) <= session.losses.keys() or not _are_of_losses(nodes, chain):
        return False
    for turned in (False, True):
        with session.read_in_layout(turned):
            again = Chain(session, chain.claim, chain.decider, lambda *_: None)
            left = again.read(chain.claim.left, is_step=False)
            members = [again.read(node) for node in nodes[1:] if _is_at(result, node)]
            if any(not _is_of_matrices(m.error or again.misfit(left, m)) for m in members):
                return False
    return True


def _is_at(result: Result, node: Node) -> bool:
    return node.span.start <= result.caret.start and result.caret.end <= node.span.end


def _is_of_matrices(error: ReadingError | None) -> bool:
    """Whether two matrices do not fit, and not because one shape stands twice."""
    if error is None or error.code.slug not in _SHAPES:
        return False
    shapes = error.message.removesuffix(" does not fit").split(" times ")
    return all(s.startswith("a matrix") for s in shapes) and len(set(shapes)) == len(shapes) == 2


def _are_of_losses(nodes: Iterable[Node], chain: Chain) -> bool:
    """Whether all derivatives below some nodes are of losses that nothing defines."""
    for node in nodes:
        split = derivative_parts(node)
        if split is not None:
            top = split[0]
            if top is None or key_or_none(top) not in chain.session.losses:
                return False
        elif isinstance(node, syntax.Gradient | syntax.Adjoint):
            return False
        if split is None and not _are_of_losses(syntax.children(node), chain):
            return False
    return True
