r"""Where a long formula is broken: before signs and sums, between factors, in brackets last.

A line after the first begins with the sign at which it was broken, or with `\times`, so that
it is read on as it was meant. What stands in braces is never broken.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.records import dataclass
from symgrad.writing.widths import TOKEN, width

RELATIONS = frozenset(["=", r"\approx", r"\leq", r"\geq", r"\le", r"\ge", "<", ">", r"\equiv"])
"""Signs at which a chain is cut into its members."""

_SIGNS = frozenset(["+", "-"])
_TIMES = frozenset([r"\times", r"\cdot", r"\odot", r"\otimes", r"\circ"])
_LARGE = frozenset([r"\sum", r"\prod", r"\int"])
_THIN = frozenset([r"\,", r"\;", r"\:"])
_GAPS = frozenset([r"\quad", r"\qquad"])
_SIZES = frozenset(
    f"\\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r")
) | {r"\left", r"\right"}
_BARS = frozenset(["|", r"\|", r"\{", r"\}", ".", r"\lvert", r"\rvert", r"\lVert", r"\rVert"])
_OPEN, _CLOSE = frozenset("(["), frozenset(")]")
_NAMES = frozenset([r"\operatorname", r"\mathrm", r"\text", r"\mathop"])
_NO_OPERANDS = frozenset(
    rf"\{name}"
    for line in (
        "log ln exp max min sup inf sin cos tan tanh sinh cosh det arg lim nabla partial",
        "in mapsto longmapsto to forall mathbb mathbf mathcal boldsymbol tilde hat bar vec dot",
        "frac dfrac tfrac sqrt underbrace overbrace underset overset quad qquad displaystyle",
    )
    for name in line.split()
)
"""Commands after which something is to come that belongs to them."""

_SHORTEST = 0.35
"""Of a line: one that is shorter is not ended for the sake of a better place."""


@dataclass(frozen=True)
class Cut:
    r"""A place at which a formula may be broken.

    Attributes:
        place: number of the token that begins the next line.
        cost: how much the eye dislikes it: brackets around it count most.
        sign: what the next line begins with where the formula has no sign there.
        kind: `relation`, `gap` between statements, or nothing.
        stretched: the `\left` of the brackets around it, which cannot be broken as they are.
    """

    place: int
    cost: int
    sign: str = ""
    kind: str = ""
    stretched: tuple[int, ...] = ()


def broken(latex: str, first: float, most: float) -> list[str]:
    """A formula in lines that are not wider than a page, as far as it can be broken.

    Args:
        latex: a member of a chain: it is not broken at relations.
        first: what stands before it on the first line.
        most: of a line; those after the first are set in by 4.
    """
    scan = Scan(latex)
    tokens, cuts = scan.tokens, [cut for cut in scan.cuts if not cut.kind]
    ends: list[Cut] = []
    start, used = 0, first
    while used + width("".join(tokens[start:])) > most:
        cut = _best(tokens, start, [c for c in cuts if c.place > start], most - used)
        if cut is None:
            break
        ends.append(cut)
        start, used = cut.place, 4.0 + width(cut.sign)
    for cut in ends:
        for left in cut.stretched:  # the two sides of a stretched bracket stand in one line
            for side in (left, scan.partner[left]):
                tokens[side] = r"\Bigg"
    starts = [0, *(cut.place for cut in ends)]
    stops = [*starts[1:], len(tokens)]
    texts = ["".join(tokens[a:b]) for a, b in zip(starts, stops, strict=True)]
    signs = ["", *(cut.sign for cut in ends)]
    return [sign + _ended(text) for sign, text in zip(signs, texts, strict=True)]


def _best(tokens: Sequence[str], start: int, cuts: Sequence[Cut], room: float) -> Cut | None:
    """The cheapest place that leaves no line too short or too long; the last one of these."""
    measured = [(cut, width("".join(tokens[start : cut.place]))) for cut in cuts]
    fitting = [(cut, used) for cut, used in measured if used <= room]
    if not fitting:
        return cuts[0] if cuts else None
    long = [cut for cut, used in fitting if used >= _SHORTEST * room] or [fitting[-1][0]]
    return min(reversed(long), key=lambda cut: cut.cost)


def _ended(text: str) -> str:
    """A line without the gap that stood between it and the next."""
    text = text.strip()
    while text.endswith(("\\,", "\\;", "\\:")):
        text = text[:-2].rstrip()
    return text


def pieces(latex: str, kind: str) -> list[str]:
    """A formula cut at its relations, which begin the pieces, or at the gaps of statements."""
    scan = Scan(latex)
    places = [cut.place for cut in scan.cuts if cut.kind == kind]
    bounds = zip([0, *places], [*places, len(scan.tokens)], strict=True)
    return [text for a, b in bounds if (text := "".join(scan.tokens[a:b]).strip())]


class Scan:
    r"""The places at which a formula may be broken, read from left to right.

    Attributes:
        tokens: of the formula.
        cuts: in order.
        partner: the `\right` of each `\left`.
    """

    def __init__(self, latex: str) -> None:
        self.tokens = TOKEN.findall(latex)
        self.cuts: list[Cut] = []
        self.partner: dict[int, int] = {}
        self.place = 0
        # The brackets that are open, by the number of their \left; -1 for those that have none.
        self.brackets: list[int] = []
        self.solid = 0  # bars, braces and stretched signs that are open: nothing in them is cut
        # Whether something that can be multiplied ends here, and whether it is more than a letter.
        self.operand = self.certain = False
        while self.place < len(self.tokens):
            self.step()

    def step(self) -> None:
        """Read what begins here."""
        at, token = self.place, self.tokens[self.place]
        self.place += 1
        if token.isspace():
            return
        if token in ("_", "^"):
            self.skip_argument()
            self.certain = self.operand
        elif token == "{":
            named = at > 0 and self.before(at) in _NAMES
            self.skip_group("{", "}")
            self.ended(not named)
        elif token == r"\begin":
            self.skip_environment()
            self.ended(True)
        elif token in _SIZES:
            self.sized(at, token)
        elif token in _OPEN or token in _CLOSE:
            self.bracket(at, -1, token in _OPEN)
        elif token in _BARS:
            self.bar(token)
        else:
            self.plain(at, token)

    def plain(self, at: int, token: str) -> None:
        """A sign, a sum, a gap, or a part of an operand."""
        if token in RELATIONS:
            self.cut(at, 0, kind="relation")
            self.operand = False
        elif token in _GAPS:
            self.cut(self.place, 0, kind="gap")
            self.operand = False
        elif token in _SIGNS or token in _TIMES:
            if self.operand:
                self.cut(at, 0 if token in _SIGNS else 1)
            self.operand = False
        elif token in _LARGE:
            if self.operand:
                self.cut(at, 1, sign=r"\times ")
            self.operand = False
        elif token in _THIN:
            if self.certain and self.operand and self.begins_an_operand():
                self.cut(self.place, 2, sign=r"\times ")
        elif token == "'":
            pass
        elif token in (",", "&"):
            self.operand = False
        elif token != r"\limits":
            self.ended(token not in _NO_OPERANDS and token not in _NAMES)
            self.certain = False

    def cut(self, place: int, cost: int, sign: str = "", kind: str = "") -> None:
        """Note a place, unless it is in bars or braces."""
        if self.solid or (kind and self.brackets):
            return
        stretched = tuple(left for left in self.brackets if left >= 0)
        self.cuts.append(Cut(place, cost + 3 * len(self.brackets), sign, kind, stretched))

    def ended(self, operand: bool) -> None:
        """Note whether what was read can be a factor."""
        self.operand = self.certain = operand

    def sized(self, at: int, token: str) -> None:
        r"""`\left(`, `\right)`, `\Bigg(`; of other signs what stands between is not cut."""
        while self.place < len(self.tokens) and self.tokens[self.place].isspace():
            self.place += 1
        sign = self.tokens[self.place] if self.place < len(self.tokens) else ""
        self.place += 1
        if sign in _OPEN or sign in _CLOSE:
            opens = sign in _OPEN if token not in (r"\left", r"\right") else token == r"\left"
            self.bracket(at, at if token in (r"\left", r"\right") else -1, opens)
        elif token == r"\left":
            self.solid += 1
            self.operand = False
        elif token == r"\right":
            self.solid -= 1
            self.ended(True)
        else:
            self.bar(sign)

    def bracket(self, at: int, stretched: int, opens: bool) -> None:
        """Go into a bracket, or out of it."""
        if opens:
            self.brackets.append(stretched)
            self.operand = False
            return
        left = self.brackets.pop() if self.brackets else -1
        if left >= 0:
            self.partner[left] = at
        self.ended(True)

    def bar(self, token: str) -> None:
        """What stands between bars, or in the braces of a set, is not cut."""
        closes = self.operand and (self.solid > 0 or token in (r"\}", r"\rvert", r"\rVert"))
        if token == ".":
            return
        self.solid = max(0, self.solid + (-1 if closes else 1))
        self.ended(closes)

    # -- what is passed over

    def before(self, at: int) -> str:
        """The token before a place, spaces apart."""
        return next((t for t in reversed(self.tokens[:at]) if not t.isspace()), "")

    def begins_an_operand(self) -> bool:
        """Whether a factor comes next, and no sign, sum or gap."""
        after = next((t for t in self.tokens[self.place :] if not t.isspace()), "")
        none = _SIGNS | _TIMES | _LARGE | _THIN | _GAPS | _CLOSE | RELATIONS | {",", "}", "&"}
        return bool(after) and after not in none

    def skip_argument(self) -> None:
        """To the end of a script: one token, or a group."""
        while self.place < len(self.tokens) and self.tokens[self.place].isspace():
            self.place += 1
        if self.place < len(self.tokens):
            self.place += 1
            if self.tokens[self.place - 1] == "{":
                self.skip_group("{", "}")

    def skip_group(self, opening: str, closing: str) -> None:
        """To the end of a group whose beginning was read."""
        depth = 1
        while self.place < len(self.tokens) and depth:
            token = self.tokens[self.place]
            depth += (token == opening) - (token == closing)
            self.place += 1

    def skip_environment(self) -> None:
        """To the end of an environment whose beginning was read."""
        self.skip_group(r"\begin", r"\end")
        self.skip_argument()
