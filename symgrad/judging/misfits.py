"""Claims without a meaning in any reading, in notes that declare not all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from symgrad.judging.chain import Chain
from symgrad.judging.doubts import CONSTANTS
from symgrad.judging.result import Result
from symgrad.patterns import pattern
from symgrad.reading import errors, syntax
from symgrad.reading.context import Session
from symgrad.reading.errors import ReadingError
from symgrad.reading.names import key_or_none
from symgrad.reading.partial import derivative_parts
from symgrad.reading.scope import DefinitionBinding
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

    Only losses and functions may be undeclared: whatever they are, gradients by matrices have
    one of two shapes, and functions of numbers change none. Factors of one shape may be meant
    to be multiplied entry by entry.
    """
    session = chain.session
    if result.verdict != "ill-typed" or _SHAPES.isdisjoint(result.codes):
        return False
    nodes = [chain.claim.left, *(node for _, node in chain.claim.steps)]
    open_names = set(guessed) - session.functions.keys()
    if not open_names <= session.losses.keys() or not _are_of_losses(nodes, chain):
        return False
    for turned in (False, True):
        with session.read_in_layout(turned):
            again = Chain(session, chain.claim, chain.decider, lambda *_: None)
            left = again.read(chain.claim.left, is_step=False)
            members = [again.read(node) for node in nodes[1:] if is_at(result, node)]
            if any(not _is_of_matrices(m.error or again.misfit(left, m)) for m in members):
                return False
    return True


_PRODUCT = pattern(r"a matrix (\S+) x (\S+) times a vector of length (\S+) does not fit")
_VECTORS = pattern(r"a vector of length (\S+) times a vector of length (\S+) does not fit")
_EQUALITY = pattern(r"an equality between a matrix (\S+) x (\S+) and a matrix (\S+) x (\S+)\Z")
_SUM = pattern(r"a sum of a matrix (\S+) x (\S+) and a matrix (\S+) x (\S+) does not fit")


def fits_whatever_is_meant(result: Result, chain: Chain, guessed: Sequence[str]) -> bool:
    """Whether a misfit may vanish in another reading; not if it is between declared arrays.

    Numbers that are so by custom, functions and losses change no shape. A gradient by a vector
    may be a row: a matrix times a row does not fit either, nor does a row times a longer vector.
    """
    session = chain.session
    if result.verdict != "ill-typed":
        return True
    nodes = [chain.claim.left, *(node for _, node in chain.claim.steps)]
    written = {name for node in nodes for name in session.names_below(node)}
    for name in guessed:
        known = session.implicit.get(name)
        if known is None:
            if name not in {*session.losses_met, *session.calls, *session.functions}:
                return True
        elif (name in written and (known.axes or name not in CONSTANTS)) or (
            known.axes and _is_in_an_array(name, session)
        ):
            return True
    return not _misfits(result, nodes)


def _is_in_an_array(name: str, session: Session) -> bool:
    """Whether a name stands in the definition of an array, which may have its shape from there."""
    bindings = [b for known in session.scope.names.bindings.values() for b in known]
    for binding in bindings:
        if isinstance(binding, DefinitionBinding) and name in session.names_below(binding.body):
            found = session.memo.get(binding)
            if found is None or found.axes:
                return True
    return False


def _misfits(result: Result, nodes: Sequence[Node]) -> bool:
    """Whether two shapes fit in no layout of gradients."""
    if (found := _PRODUCT.match(result.message)) is not None:
        return "?" not in found[0] and found[2] != found[3]
    if (found := _SUM.match(result.message)) is not None:
        first, second = found.group(1, 2), found.group(3, 4)
        return "?" not in found[0] and first not in (second, second[::-1])
    if (found := _VECTORS.match(result.message)) is not None:
        # A column times a gradient that is a row is an outer product.
        last = [part for node in nodes for part in _ends_at(node, result.caret.end)]
        return "?" not in found[0] and found[1] != found[2] and not any(map(_is_slope, last))
    return False


def _ends_at(node: Node, place: int) -> Iterator[Node]:
    """The last factors of the products that end at a place."""
    if isinstance(node, syntax.Product):
        yield from (factor for factor in node.factors if factor.span.end == place)
    for child in syntax.children(node):
        yield from _ends_at(child, place)


def _is_slope(node: Node) -> bool:
    if isinstance(node, syntax.Fraction | syntax.Gradient | syntax.Adjoint):
        return True
    name = key_or_none(node) or ""
    return name.startswith(r"\delta") or any(map(_is_slope, syntax.children(node)))


def is_at(result: Result, node: Node) -> bool:
    """Whether a result is about a node."""
    return node.span.start <= result.caret.start and result.caret.end <= node.span.end


def _is_of_matrices(error: ReadingError | None) -> bool:
    """Whether two matrices do not fit, and not because one shape stands twice."""
    if error is None or error.code.slug not in _SHAPES:
        return False
    equated = _EQUALITY.match(error.message)
    if equated is not None:
        # Matrices that are one the transpose of the other fit in a layout that the note mixes.
        return "?" not in equated[0] and set(equated.group(1, 2)) != set(equated.group(3, 4))
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
