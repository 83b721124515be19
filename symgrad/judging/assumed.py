r"""What a note says of its inputs, as hypotheses for the claims after it.

`\sum_k t_k = 1`, `A = A^\top` and `x_i > 0` are hypotheses where the arrays in them are
inputs: free variables, defined nowhere. What speaks of a defined name is a claim, and is
judged. So is what a sentence does not let stand as an assumption (`reading.assumptions`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from symgrad.calculus import expression as ex
from symgrad.calculus.hypotheses import (
    Binary,
    Hypothesis,
    OneHot,
    Positive,
    Signs,
    SumsToOne,
    Symmetric,
)
from symgrad.calculus.index import Index, Position, Tensor, fresh
from symgrad.calculus.limits import LimitReached
from symgrad.diagnostics import Span
from symgrad.judging.chain import Chain
from symgrad.judging.hypothetical import entries_under
from symgrad.reading import syntax
from symgrad.reading.assumptions import is_of_another_case, revoked
from symgrad.reading.context import Session
from symgrad.reading.scope import Meaning, TensorBinding
from symgrad.reading.sizes import Sizes
from symgrad.reading.statements import Claim
from symgrad.reading.values import Frame
from symgrad.records import dataclass, field, replace


@dataclass(frozen=True)
class Assumption:
    """A hypothesis, and where the note states it.

    Attributes:
        hypothesis: what holds.
        text: the LaTeX that says so.
        line: where it stands.
        names: what the names in it mean there; where one means something else, it is void.
        claim: the statement, where it is one.
    """

    hypothesis: Hypothesis
    text: str
    line: int
    names: tuple[tuple[str, Meaning | None], ...]
    claim: Claim | None = None

    def __str__(self) -> str:
        return f"{self.text} (line {self.line})"

    def settled(self, sizes: Sizes) -> Assumption:
        """The same with what is known by now of open sizes."""
        tensor = _tensor(self)
        axes = tuple(sizes.resolve(axis) for axis in tensor.axes)
        if axes == tensor.axes:
            return self
        return replace(self, hypothesis=replace(self.hypothesis, tensor=replace(tensor, axes=axes)))


@dataclass
class Assumptions:
    """What is assumed so far in a note.

    Attributes:
        session: the note.
        stated: the assumptions, in the order of the note.
        needed: the lines of those that a proof needed.
    """

    session: Session
    needed: set[int] = field(default_factory=set)
    stated: list[Assumption] = field(default_factory=list)

    def state(self, chain: Chain) -> str | None:
        """Take what a statement says of inputs, from here on; None where it is a claim.

        Words where it does not go with what was stated before: then it is not taken.
        """
        assumption = self.read(chain)
        if assumption is None:
            return None
        known = [a for a in self._all() if _tensor(a) == _tensor(assumption)]
        if not _go_together([*known, assumption]):
            return f"it does not go with what is assumed on line {known[-1].line}: it is not used"
        self.stated.append(assumption)
        return ""

    def read(self, chain: Chain) -> Assumption | None:
        """What a statement says of inputs; None where it is a claim."""
        hypothesis = _hypothesis(chain) or _rows_one_hot(chain)
        if hypothesis is None or "partial" in hypothesis.tensor.name:
            return None
        claim, source = chain.claim, self.session.source
        end = max(claim.steps[-1][0].end, claim.steps[-1][1].span.end)
        text = source.slice(Span(claim.start, end)).replace("$", "")
        line = source.position(claim.start)[0]
        return Assumption(hypothesis, " ".join(text.split()), line, self._names(claim), claim)

    def forget(self, claim: Claim) -> None:
        """Take back what was stated in a display that turned out to be a claim."""
        line = self.session.source.position(claim.start)[0]
        self.stated = [a for a in self.stated if a.line != line]

    def sentences(self) -> list[str]:
        """What was assumed, for the report."""
        return [f"it is assumed that {a}" for a in self.stated]

    def for_claim(self, claim: Claim, beside: Sequence[Assumption]) -> list[Assumption]:
        """What may be assumed for a claim; nothing of names that its conditions speak of."""
        find = self.session.scope.names.find
        conditioned = {n for c in claim.conditions for n in self.session.names_below(c)}
        return [
            a.settled(self.session.sizes)
            for a in [*self._all(), *beside]
            if all(find(name, claim.start) is meaning for name, meaning in a.names)
            and not self._is_taken_back(a, claim)
            and conditioned.isdisjoint(name for name, _ in a.names)
        ]

    def _is_taken_back(self, assumption: Assumption, claim: Claim) -> bool:
        """Whether words before a claim say that it holds no longer, or only for another case."""
        stated = assumption.claim
        if stated is None or stated.start >= claim.start:
            return False
        source, end = self.session.source, stated.formula.span.end
        return revoked(source, end, claim.start) or is_of_another_case(
            source, stated.start, claim.start
        )

    def _names(self, claim: Claim) -> tuple[tuple[str, Meaning | None], ...]:
        """The names in a statement, with their meanings."""
        nodes = [claim.left, *(node for _, node in claim.steps)]
        names = sorted({name for node in nodes for name in self.session.names_below(node)})
        return tuple((n, self.session.scope.names.find(n, claim.start)) for n in names)

    def _all(self) -> Iterator[Assumption]:
        r"""What was stated, and what spaces say: `\mathbb R_{>0}^n`, `\{0,1\}^n`, `\{-1,1\}^n`."""
        yield from self.stated
        for name, bindings in self.session.scope.names.bindings.items():
            for binding in bindings:
                if isinstance(binding, TensorBinding) and binding.entries:
                    yield from self._of_space(name, binding)

    def _of_space(self, name: str, binding: TensorBinding) -> Iterator[Assumption]:
        axes = tuple(self.session.sizes.resolve(axis) for axis in binding.axes)
        tensor = Tensor(binding.name, axes)
        line = self.session.source.position(binding.span.start)[0]
        hypothesis = _OF_SPACES[binding.entries](tensor)
        said = str(hypothesis).removeprefix(binding.name)
        yield Assumption(hypothesis, f"{name}{said}", line, ((name, binding),))
        if not isinstance(hypothesis, Binary):
            return
        for stated in self.stated:
            hypothesis = stated.hypothesis
            if isinstance(hypothesis, SumsToOne) and hypothesis.tensor == tensor:
                names = (*stated.names, (name, binding))
                hot = OneHot(tensor, hypothesis.axis)
                yield Assumption(hot, f"{name} is one-hot", stated.line, names)


_OF_SPACES: dict[str, Callable[[Tensor], Hypothesis]] = {
    "positive": Positive,
    "binary": Binary,
    "signs": Signs,
}
"""What is assumed of a name that is put into a space whose entries are so."""


def _tensor(assumption: Assumption) -> Tensor:
    return assumption.hypothesis.tensor


def _go_together(assumptions: Sequence[Assumption]) -> bool:
    """Whether there are entries that meet all assumptions about one array."""
    tensor = _tensor(assumptions[-1])
    lengths = [axis.value or 2 for axis in tensor.axes]
    hypotheses = [a.hypothesis for a in assumptions]
    try:
        entries_under(tensor, lengths, hypotheses, lambda: Fraction(1))
    except LimitReached:
        return False
    return True


# -- what an equality or comparison says of a free variable --------------------


def _hypothesis(chain: Chain) -> Hypothesis | None:
    """The hypothesis that a statement is; None where it has another form."""
    claim = chain.claim
    left, right = chain.read(claim.left, is_step=False), chain.read(claim.steps[0][1])
    if left.value is None or right.value is None:
        return None
    frame = Frame(chain.session.sizes)
    if claim.sign == ">":
        positions = tuple(fresh("i", frame.size(axis)) for axis in left.value.axes)
        entry = left.value.entry(frame, positions)
        free = isinstance(entry, ex.Entry) and _are_different_indices(entry.positions)
        return Positive(entry.tensor) if isinstance(entry, ex.Entry) and free else None
    if chain.misfit(left, right) is not None:
        return None
    a, b, _ = chain.built(frame, left, right, ())
    return _symmetric(a, b) or _sums_to_one(a, b) or _sums_to_one(b, a)


def _rows_one_hot(chain: Chain) -> Hypothesis | None:
    """What words say of a matrix that is one-hot: each of its rows is, an example a row."""
    claim = chain.claim
    if claim.assumed != "said" or not isinstance(claim.left, syntax.BigOperator):
        return None
    body = claim.left.body
    if not isinstance(body, syntax.Scripted):
        return None
    below = body.subscript
    label = below.items[0] if isinstance(below, syntax.Listing) else None
    name = replace(body, subscript=label)
    bare = label is None and name.superscript is None and not name.primes
    value = chain.read(body.base if bare else name, is_step=False).value
    if value is None or len(value.axes) != 2:
        return None
    frame = Frame(chain.session.sizes)
    row, column = (fresh("i", frame.size(axis)) for axis in value.axes)
    entry = value.entry(frame, (row, column))
    is_free = isinstance(entry, ex.Entry) and entry.positions == (row, column)
    return SumsToOne(entry.tensor, 1) if isinstance(entry, ex.Entry) and is_free else None


def _symmetric(left: ex.Expression, right: ex.Expression) -> Hypothesis | None:
    """A_ij = A_ji."""
    if not isinstance(left, ex.Entry) or not isinstance(right, ex.Entry):
        return None
    swapped = left.tensor == right.tensor and left.positions == right.positions[::-1]
    if not swapped or len(left.positions) != 2 or not _are_different_indices(left.positions):
        return None
    return Symmetric(left.tensor)


def _sums_to_one(total: ex.Expression, one: ex.Expression) -> Hypothesis | None:
    """sum_k t_k = 1, at all positions on the other axes."""
    if not isinstance(one, ex.Number) or one.value != 1 or not isinstance(total, ex.Sum):
        return None
    body = total.body
    if not isinstance(body, ex.Entry) or not _are_different_indices(body.positions):
        return None
    if total.index not in body.positions:
        return None
    return SumsToOne(body.tensor, body.positions.index(total.index))


def _are_different_indices(positions: Sequence[Position]) -> bool:
    """Whether positions are any positions: no constants, and none twice."""
    return all(isinstance(p, Index) for p in positions) and len(set(positions)) == len(positions)
