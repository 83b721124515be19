"""What an expression is read in.

The note's scope, the names bound around it, and what is found on the way:
sizes, assumptions, indices nobody declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from symgrad.calculus.expression import Function
from symgrad.calculus.index import Size
from symgrad.diagnostics import Diagnostic, Source, Span
from symgrad.reading import errors
from symgrad.reading.conventions import Convention
from symgrad.reading.families import Families
from symgrad.reading.macros import Macro
from symgrad.reading.mean_loss import MeanLoss
from symgrad.reading.members import Members
from symgrad.reading.names import names_in
from symgrad.reading.ranks import RankFinder
from symgrad.reading.remarks import Remark
from symgrad.reading.scope import DefinitionBinding, FunctionKind, Scope, Section
from symgrad.reading.sizes import Sizes, undeclared
from symgrad.reading.syntax import Node
from symgrad.reading.tokens import Token
from symgrad.reading.usage import Usage
from symgrad.reading.values import IndexName, Value
from symgrad.records import dataclass, field, replace

MAXIMAL_DIGITS = 18
"""Of a literal size; none that is meant is longer."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a session had found at one moment.

    Attributes:
        sizes: what open sizes were found to be.
        memo: what had been read.
        times_anew: how often the session had begun to read anew.
        findings: how many there were.
        losses: of which only their gradients are known.
        window: the layers of the claim.
    """

    sizes: dict[Size, Size]
    memo: set[object]
    times_anew: int
    findings: int
    losses: dict[str, Value]
    window: dict[str, tuple[int, int]]


@dataclass
class Session:
    r"""One note being read.

    Attributes:
        source: the note's text.
        scope: its declarations.
        sizes: what open sizes were found to be.
        assumptions: readings the note leaves open, for `symgrad read`.
        memo: values of definitions and calls that were read before.
        active: definitions being read, to notice one that needs itself.
        open_sizes: undeclared sizes, and the space that first used each.
        fixed_anew: mentions of arrays that open such sizes again.
        usage: what the use of names shows, for names that nothing declares.
        members: which declared names are members of families.
        families: names that are defined for every layer.
        implicit: values of such names.
        losses: values of losses of which only their gradients are known.
        losses_met: their names, also where they were only met in a failed attempt.
        shapes: spaces that a note gives for what it has defined before.
        calls: calls of losses of which only their arguments are known.
        diagnostics: such names in a note that declares others.
        used_sizes: declared sizes that something has.
        equated_sizes: sizes of which the note says what they are; that is not used.
        with_the_sigmoid: whether a sigma that nothing declares is read as the sigmoid.
        dots_by_entries: whether a dot between two vectors is their product entry by entry.
        turned: whether the derivative of a number by a matrix is read as its transpose.
        vectors_turned: whether the derivative of a vector by a vector is.
        has_jacobians: whether such a derivative was read.
        formulas: the pieces of all formulas.
        places: where the formulas stand, those that were not read too.
        tokens: of the formulas, by their places.
        customs: whether some gradient was read by what its name says by custom.
        has_other_deltas: whether the note defines a delta that is not known to be the gradient
            that custom calls so.
        leaves_sums_out: whether sums over repeated indices are not written.
        second_bodies: steps by which a name is defined, and why not by the step before.
        has_pi: whether `\pi` is the number, for want of another meaning.
        mean_loss: a loss that is a mean over examples, in a note that names gradients `dW`.
        same_functions: functions that the note says are others, which are known.
        identities: names that can only be the identity matrix.
        hoists: whether the note differentiates by what functions are applied to.
        below: the names below a piece, found once.
        times_anew: how often definitions were forgotten, to be read anew.
        solutions: where equations begin that say what a name is at a minimum.
        gradients: names of arrays that stand for gradients of losses that nothing defines.
        spelled: where equations begin that only write out the entries of a name.
        remarks: what sentences say of names in passing.
        hypotheses: equalities in sentences that do not hold by themselves.
        restated: names that a formula defines and another one is about.
        parameters: those that the note writes a loss with.
        array_functions: functions that a signature says are of arrays.
        hidden: indices that a definition uses and its left-hand side does not name.
        macros_at: the note's own commands at a place.
        marks: what all formulas together say of how each one is read, in order.
        gradient_is_row: the layout of gradients by a vector, once the note has shown it.
        conventions: what functions were taken to mean of which authors mean different things.
        by_columns: whether functions of matrices that some apply to columns are read so.
        has_arrays_of_one: whether a vector of length 1 is told from a number.
    """

    source: Source
    scope: Scope = field(default_factory=Scope)
    sizes: Sizes = field(default_factory=Sizes)
    assumptions: dict[str, None] = field(default_factory=dict)
    memo: dict[object, Value] = field(default_factory=dict)
    functions: dict[object, Function] = field(default_factory=dict)
    active: list[object] = field(default_factory=list)
    open_sizes: dict[Size, Span] = field(default_factory=dict)
    fixed_anew: list[tuple[Span, frozenset[Size]]] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    members: Members = field(default_factory=Members)
    families: Families = field(default_factory=Families)
    implicit: dict[object, Value] = field(default_factory=dict)
    losses: dict[str, Value] = field(default_factory=dict)
    losses_met: dict[str, None] = field(default_factory=dict)
    calls: dict[str, list[object]] = field(default_factory=dict)
    shapes: dict[DefinitionBinding, tuple[Size, ...]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    used_sizes: set[str] = field(default_factory=set)
    macros_at: Callable[[int], Mapping[str, Macro]] = field(default=lambda place: {})
    marks: tuple[Callable[[Node], Node], ...] = ()
    gradient_is_row: bool | None = None
    equated_sizes: list[str] = field(default_factory=list)
    solutions: set[int] = field(default_factory=set)
    gradients: set[str] = field(default_factory=set)
    spelled: set[int] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)
    hypotheses: list[str] = field(default_factory=list)
    parameters: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    hidden: dict[object, tuple[str, ...]] = field(default_factory=dict)
    array_functions: dict[str, FunctionKind] = field(default_factory=dict)
    restated: set[str] = field(default_factory=set)
    conventions: dict[str, Convention] = field(default_factory=dict)
    by_columns: bool = False
    has_arrays_of_one: bool = False
    with_the_sigmoid: bool = False
    dots_by_entries: bool = False
    turned: bool = False
    vectors_turned: bool = False
    has_jacobians: bool = False
    formulas: Sequence[Node] = ()
    places: Sequence[Span] = ()
    tokens: dict[Span, Sequence[Token]] = field(default_factory=dict)
    hoists: bool = False
    customs: bool = False
    has_other_deltas: bool = False
    leaves_sums_out: bool = False
    identities: frozenset[str] = frozenset()
    same_functions: Mapping[str, str] = field(default_factory=dict)
    has_pi: bool = False
    mean_loss: MeanLoss | None = None
    second_bodies: dict[Span, str] = field(default_factory=dict)
    below: dict[Node, frozenset[str]] = field(default_factory=dict)
    times_anew: int = 0
    _ranks: RankFinder | None = None

    def ranks(self) -> RankFinder | None:
        """The ranks of names that nothing declares, in a note that shows it has arrays."""
        usage = self.usage
        if self._ranks is None and usage.shows_arrays():
            self._ranks = RankFinder(usage, self.scope)
            self._ranks.solve(self.formulas)
        return self._ranks

    def as_in_note(self, node: Node) -> Node:
        """What is written anew, read as the formulas of the note are."""
        for mark in self.marks:
            node = mark(node)
        return node

    def look_at(self, nodes: Sequence[Node]) -> None:
        """Make ready for a claim: which layers it is about decides how far names are followed."""
        if not self.families.known:
            return
        before = dict(self.families.window)
        self.families.look_at(nodes, self.bodies)
        if self.families.window != before:
            self.read_anew()
            self.losses_met.clear()

    def look_higher(self) -> bool:
        """Let a claim reach one layer more, above those that it names; say whether it does."""
        window = self.families.window
        letters = window.keys() & self.families.layers.letters
        if not self.families.known or not letters:
            return False
        for letter in letters:
            window[letter] = window[letter][0], window[letter][1] + 1
        self.read_anew()
        return True

    def read_anew(self) -> None:
        """Forget what definitions, and the losses made of them, stand for."""
        self.times_anew += 1
        self.memo.clear()
        self.losses.clear()

    def bodies(self, name: str) -> list[Node]:
        """What defines a name that is no layer's."""
        known = self.scope.names.bindings.get(name, ())
        if self.families.is_of_a_number(name):
            return []
        return [
            b.body
            for b in known
            if isinstance(b, DefinitionBinding) and not self.families.is_family(b)
        ]

    def names_below(self, node: Node) -> frozenset[str]:
        """The names in a piece; many claims ask for those of one definition."""
        if node not in self.below:
            self.below[node] = frozenset(names_in(node))
        return self.below[node]

    def assume(self, sentence: str) -> None:
        """Record an assumption once."""
        self.assumptions[sentence] = None

    def follow(self, name: str, convention: Convention) -> None:
        """Record what a function was taken to mean."""
        self.conventions[name] = convention
        self.assume(convention.sentence)

    @contextmanager
    def _anew(self) -> Iterator[None]:
        """Read definitions anew; what was found of them before is found again afterwards."""
        sizes, memo, losses = self.sizes.snapshot(), self.memo, self.losses
        self.memo, self.losses = {}, {}
        try:
            yield
        finally:
            self.sizes.restore(sizes)
            self.memo, self.losses = memo, losses

    @contextmanager
    def read_with_the_sigmoid(self) -> Iterator[None]:
        """Read the note with the sigmoid for a letter that is so by custom."""
        self.with_the_sigmoid = True
        try:
            with self._anew():
                yield
        finally:
            self.with_the_sigmoid = False

    @contextmanager
    def read_with_dots_by_entries(self) -> Iterator[None]:
        """Read the note with dots between vectors as products entry by entry."""
        self.dots_by_entries = True
        try:
            with self._anew():
                yield
        finally:
            self.dots_by_entries = False

    @contextmanager
    def read_in_layout(self, turned: bool, *, vectors: bool = False) -> Iterator[None]:
        """Read the note with gradients by matrices as they are, or with their transposes.

        With `vectors` it is so with derivatives of vectors by vectors.
        """
        findings, implicit = len(self.diagnostics), dict(self.implicit)
        self.turned, self.vectors_turned = turned and not vectors, turned and vectors
        try:
            with self._anew():
                yield
        finally:
            self.turned = self.vectors_turned = False
            self.implicit = implicit
            del self.diagnostics[findings:]

    @contextmanager
    def read_by_columns(self) -> Iterator[None]:
        """Read the note with the other meaning of what some apply to rows, some to columns."""
        self.by_columns = True
        try:
            with self._anew():
                yield
        finally:
            self.by_columns = False

    @contextmanager
    def read_apart(self) -> Iterator[None]:
        """Read what holds only here; what was read before is still there afterwards."""
        snapshot, memo = self.snapshot(), self.memo
        self.memo, self.losses = {}, {}
        try:
            yield
        finally:
            self.memo = memo
            self.restore(snapshot)

    def snapshot(self) -> Snapshot:
        """What `restore` needs to undo a failed attempt."""
        return Snapshot(
            self.sizes.snapshot(),
            set(self.memo),
            self.times_anew,
            len(self.diagnostics),
            self.losses.copy(),
            self.families.window.copy(),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Forget what was found since a snapshot."""
        self.sizes.restore(snapshot.sizes)
        self.families.window = snapshot.window.copy()
        if self.times_anew == snapshot.times_anew:
            self.memo = {key: found for key, found in self.memo.items() if key in snapshot.memo}
            self.losses = snapshot.losses.copy()
        else:
            self.read_anew()  # what was read since then has sizes that are forgotten now

    def undo(self, snapshot: Snapshot) -> None:
        """Forget an attempt to read what the note does not say, and what was reported in it."""
        self.restore(snapshot)
        del self.diagnostics[snapshot.findings :]

    def note_open_sizes(self, axes: Iterable[Size], span: Span) -> None:
        """Remember where a space first used a size that was not introduced."""
        for axis in axes:
            if axis.flexible:
                self.open_sizes.setdefault(axis, span)


@dataclass(frozen=True)
class Context:
    """The surroundings of one expression; binding a name gives a new context.

    Attributes:
        section: section of the note.
        indices: index names bound by sums and parameters, innermost meaning.
        values: arguments of the function whose body is being read.
        size_names: sizes of that function at this call.
        free: indices of the formula that no sum binds, shared by the whole formula.
        ranges: ranges that replace the declared ones, to try a repair.
        found: diagnostics met on the way, shared by the whole formula.
        depth: how many definitions and calls are open.
    """

    session: Session
    section: Section
    indices: Mapping[str, IndexName] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    size_names: Mapping[str, Size] = field(default_factory=dict)
    free: dict[str, IndexName] = field(default_factory=dict)
    ranges: Mapping[str, Size] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    depth: int = 0

    @property
    def sizes(self) -> Sizes:
        """The note's sizes."""
        return self.session.sizes

    @property
    def scope(self) -> Scope:
        """The note's declarations."""
        return self.session.scope

    def bind_index(self, name: str, index: IndexName) -> Context:
        """The context under a binder."""
        return replace(self, indices={**self.indices, name: index})

    def size(self, name: str, span: Span) -> Size:
        """The size of a name at this place: bound by a call, declared, or undeclared."""
        if name.isdigit():
            return Size(str(int(name[:MAXIMAL_DIGITS])))
        if name in self.size_names:
            return self.size_names[name]
        if self.scope.sizes.before(name, span.start) is not None:
            self.session.used_sizes.add(name)
            return Size(name)
        return undeclared(name)

    def index(self, name: str, span: Span) -> IndexName:
        """The index of a name at this place; a free one is entered in `free`."""
        if name in self.indices:
            return self.indices[name]
        if name in self.free:
            return self.free[name]
        self.free[name] = self._declared(name, span)
        return self.free[name]

    def _declared(self, name: str, span: Span) -> IndexName:
        binding = self.scope.index(name, span.start, self.section)
        if binding is not None:
            size = self.ranges.get(name, binding.size)
            return IndexName(name, size, binding.range_span)
        here = bool(self.scope.indices_of(self.section, span.start))
        stale = self.scope.stale_index(name, span.start)
        if stale is not None or here:
            self.found.append(_undeclared_index(name, span, stale is not None, here))
        return IndexName(name, self.ranges.get(name, self.sizes.unknown()))


def _undeclared_index(name: str, span: Span, elsewhere: bool, others_here: bool) -> Diagnostic:
    """An index nobody declared is an error where its section declares others instead."""
    code, message = errors.UNDECLARED_INDEX, f"the index {name} is not declared"
    if elsewhere:
        code = errors.INDEX_NOT_DECLARED_HERE
        message = f"the index {name} is declared in an earlier section only"
    return Diagnostic(
        span,
        code,
        message + (", while this section declares others" if others_here else ""),
        f"declare {name} before this formula, or use an index that is declared",
        "error" if others_here else "warning",
    )
