"""Formulas with a closing bracket too many: every way to read them, never a guess.

Which bracket is the one too many is not known. All readings that remove one
closing bracket of the member are kept; a verdict is given only where all of
them lead to the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from symgrad.diagnostics import Code, Diagnostic, Span
from symgrad.reading import environments, operands  # noqa: F401 - register their rules
from symgrad.reading.parser import Piece, StrayBracket, parse
from symgrad.reading.syntax import Chain, Node
from symgrad.reading.tokens import Token
from symgrad.records import dataclass, field, replace

UNBALANCED = Code(
    "unbalanced-bracket",
    "a closing bracket has no opening one",
    "Which bracket is too many, or where one is missing, decides what the formula says.",
    r"""Let $x, y \in \mathbb R$.
$$(x + y)^2 = x (x + y)) + y (x + y)$$""",
    r"""Let $x, y \in \mathbb R$.
$$(x + y)^2 = x (x + y) + y (x + y)$$""",
)

MAXIMAL_READINGS = 12


@dataclass(frozen=True)
class Parsed:
    """The pieces of a formula, and what else one of its members could be.

    Attributes:
        pieces: the reading that drops the bracket that did not fit.
        rivals: by the span of a member, its other readings.
        diagnostics: the bracket.
    """

    pieces: list[Piece]
    rivals: Mapping[Span, tuple[Node, ...]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    def changed(self, change: Callable[[Node], Node]) -> Parsed:
        """The same with every node changed."""
        pieces = [replace(piece, node=change(piece.node)) for piece in self.pieces]
        rivals = {span: tuple(map(change, nodes)) for span, nodes in self.rivals.items()}
        return replace(self, pieces=pieces, rivals=rivals)


def parse_all_readings(tokens: Sequence[Token]) -> Parsed:
    """Parse a formula; one closing bracket too many gives several readings.

    Raises:
        LatexError: where no reading can be parsed.
    """
    try:
        return Parsed(parse(tokens))
    except StrayBracket as error:
        stray = error
    place = next(k for k, t in enumerate(tokens) if t.span == stray.span and t.text == stray.text)
    removed = [place, *_closings_before(tokens, place)][:MAXIMAL_READINGS]
    readings = []
    for choice in removed:
        try:
            readings.append(parse([*tokens[:choice], *tokens[choice + 1 :]]))
        except StrayBracket:
            continue
    if not readings:
        raise stray
    finding = Diagnostic(
        stray.span,
        UNBALANCED,
        f"this '{stray.text}' closes nothing",
        "remove a closing bracket, or add the opening one",
    )
    return Parsed(readings[0], _rivals(readings, stray.span), (finding,))


def _closings_before(tokens: Sequence[Token], place: int) -> list[int]:
    """Closing brackets of the same kind since the last equality sign, nearest first."""
    found = []
    depth = 0
    for k in range(place - 1, -1, -1):
        token = tokens[k]
        depth += (token.kind == "close") - (token.kind == "open")
        if depth < 0:
            break
        if depth == 0 and token.kind == "symbol" and token.text == "=":
            break
        if depth == 0 and token.text == tokens[place].text:
            found.append(k)
    return found


def _rivals(readings: Sequence[list[Piece]], stray: Span) -> dict[Span, tuple[Node, ...]]:
    """The member that holds the stray bracket, in all readings but the first."""
    first = readings[0]
    for number, piece in enumerate(first):
        node = piece.node
        members = node.members if isinstance(node, Chain) else (node,)
        starts = [m.span.start for m in members] + [node.span.end + 1]
        for k, member in enumerate(members):
            if (
                starts[k] <= stray.start
                and (k + 1 == len(members) or stray.start < starts[k + 1])
                and (number + 1 == len(first) or stray.start < first[number + 1].node.span.start)
            ):
                others = [_same_member(reading, number, k) for reading in readings[1:]]
                return {member.span: tuple(o for o in others if o is not None)}
    return {}


def _same_member(pieces: list[Piece], number: int, k: int) -> Node | None:
    if number >= len(pieces):
        return None
    node = pieces[number].node
    members = node.members if isinstance(node, Chain) else (node,)
    return members[k] if k < len(members) else None
