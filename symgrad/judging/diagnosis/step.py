"""A refuted step under diagnosis: read it changed, build it, prove it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Index, Size, fresh
from symgrad.calculus.normal_form import Proof
from symgrad.diagnostics import Edit, Source, Span
from symgrad.judging.chain import Chain, Member
from symgrad.judging.edits import edited_text, read_at, with_braces
from symgrad.judging.points import occurrences
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError
from symgrad.reading.parser import parse
from symgrad.reading.syntax import Node
from symgrad.reading.tokens import LatexError, tokenize
from symgrad.reading.values import Value
from symgrad.records import dataclass, field


@dataclass
class Step:
    """One step of a chain that does not hold.

    Attributes:
        chain: the chain, with all of its members read.
        left: the left-hand side: the truth.
        node: the step.
        value: its value.
        guards: the conditions of the claim.
        source: the text in which the step has its place; not that of the note, where the
            step was changed before.
        write: LaTeX of an expression as the formula would write it.
    """

    chain: Chain
    left: Member
    node: Node
    value: Value
    guards: Sequence[Value]
    source: Source
    write: Callable[[ex.Expression], str]
    positions: tuple[Index, ...] = field(init=False)
    truth: ex.Expression = field(init=False)
    claimed: ex.Expression = field(init=False)
    sizes: tuple[Size, ...] = field(init=False)

    def __post_init__(self) -> None:
        frame = self.chain.settled_frame()
        assert self.left.value is not None
        axes = self.left.value.axes or self.value.axes
        letters = "ijklpqrs"
        self.positions = tuple(
            fresh(letters[k % len(letters)], frame.size(axis)) for k, axis in enumerate(axes)
        )
        self.truth = self.built(self.left.value)
        self.claimed = self.built(self.value)
        self.sizes = tuple(occurrences((self.truth, self.claimed), self.free).sizes)

    def built(self, found: Value) -> ex.Expression:
        """A value at the positions of the step, times the conditions."""
        frame = self.chain.settled_frame()
        result = found.entry(frame, self.positions if found.axes else ())
        for guard in self.guards:
            result = ex.mul(guard.entry(frame, ()), result)
        return result

    @property
    def free(self) -> list[Index]:
        """The indices that the claim speaks of."""
        return [*self.chain.settled_frame().root.indices.values(), *self.positions]

    def text(self, edits: Sequence[Edit]) -> str:
        """The step's own text after some edits."""
        return edited_text(self.source, with_braces(self.source, self.node.span), edits).strip()

    def read(self, text: str) -> ex.Expression | None:
        """What the step would stand for with another text; None where it has no meaning."""
        try:
            return self.meaning(read_at(text, self.node.span, self.chain.session))
        except LatexError:
            return None

    def meaning(self, node: Node) -> ex.Expression | None:
        """What the step would stand for with another node in its place."""
        session, context = self.chain.session, self.chain.context
        snapshot, free, found = session.snapshot(), set(context.free), len(context.found)
        try:
            result = value(node, context)
            new = set(context.free) - free
            if new or self.chain.misfit(self.left, Member(node, result)) is not None:
                return None
            if any(session.sizes.resolve(size) != size for size in self.sizes):
                return None  # it would need ranges to be equal that the step leaves open
            return self.built(result)
        except ReadingError:
            return None
        finally:
            for name in set(context.free) - free:
                del context.free[name]
            del context.found[found:]
            session.undo(snapshot)

    def changed(self, text: str) -> Step | None:
        """The step with another text; None where that has no meaning or proves nothing new."""
        start, end = self.node.span.start, self.node.span.end
        whole = self.source.text[:start] + text + self.source.text[end:]
        span = Span(start, start + len(text))
        try:
            pieces = parse(tokenize(whole, span, self.chain.session.macros_at(start)))
        except LatexError:
            return None
        node = self.chain.session.as_in_note(pieces[0].node)
        if len(pieces) != 1 or self.meaning(node) is None:
            return None
        source = Source(self.source.path, whole)
        found = value(node, self.chain.context)
        return Step(self.chain, self.left, node, found, self.guards, source, self.write)

    def proof(self, expression: ex.Expression) -> Proof | None:
        """A proof that an expression is what the left-hand side is."""
        return self.chain.decider.proof(self.truth, expression)
