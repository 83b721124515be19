"""The proved formulas of a note: what stands for each derivative, with its place.

A chain `a = b = c` whose steps are proved says that all its members are equal. For the
derivative of a number by an array, and for a name that is defined by one, every other
member of such a chain is a formula. A derivative with a formula that is not proved is
never worked out in another way: the note is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.calculus.dependencies import definitions_of
from symgrad.calculus.expression import Definition, Derivative, Expression, Named
from symgrad.calculus.index import Index, Position, Tensor, fresh
from symgrad.calculus.substitution import substitute
from symgrad.compiling.errors import CannotCompile
from symgrad.compiling.rebuild import nodes_of
from symgrad.diagnostics import Source, Span
from symgrad.judging.chain import Chain
from symgrad.judging.decide import Decider
from symgrad.judging.judge import Judge
from symgrad.judging.result import Result
from symgrad.reading.context import Session
from symgrad.reading.note import Note
from symgrad.reading.statements import Claim
from symgrad.records import dataclass, field
from symgrad.verify import judged_in_order, understand

Variable = Tensor | Definition
Key = tuple[Definition, Variable | None]
"""A derivative of a name by a variable, or (with None) the name itself."""


class Refused(Exception):  # noqa: N818 - what the user is told
    """A note is not compiled.

    Attributes:
        reasons: each with its place.
    """

    def __init__(self, source: Source, reasons: list[tuple[Span, str]]) -> None:
        self.source = source
        self.reasons = sorted(reasons, key=lambda reason: reason[0].start)
        super().__init__("\n".join(self.lines()))

    def lines(self) -> Iterator[str]:
        """`path:line:column: reason`."""
        for span, reason in self.reasons:
            line, column = self.source.position(span.start)
            yield f"{self.source.path}:{line}:{column}: {reason}"


@dataclass(frozen=True, eq=False)
class Formula:
    """One side of a proved equality.

    Attributes:
        parameters: the free indices of what it stands for, in order.
        body: the other member of the chain.
        span: of the member in the note.
        assuming: what the note assumes that the proof needed.
    """

    parameters: tuple[Index, ...]
    body: Expression
    span: Span
    assuming: tuple[str, ...] = ()

    def at(self, positions: tuple[Position, ...]) -> Expression:
        """The formula at other positions."""
        return substitute(self.body, dict(zip(self.parameters, positions, strict=True)))


@dataclass
class Formulas:
    """What a note proves about derivatives.

    Attributes:
        session: the note as read.
        decider: to prove that two numbers are the same.
        known: the formulas of every derivative and name, in the order of the note.
        line: whose formulas are taken before others.
        used: those that a program is made of, by what they stand for.
        cut: derivatives that are worked out by themselves, as names, see `adjoints`.
        same: numbers that are proved to be another one, each with that.
    """

    session: Session
    decider: Decider
    known: dict[Key, list[Formula]] = field(default_factory=dict)
    line: int | None = None
    used: dict[Key, Formula] = field(default_factory=dict)
    cut: dict[Key, Definition] = field(default_factory=dict)
    same: dict[Definition, Definition] = field(default_factory=dict)
    _chosen: dict[Key, Formula | None] = field(default_factory=dict)
    _open: list[Key] = field(default_factory=list)

    def learn(self, claim: Claim, results: list[Result]) -> None:
        """Take in a claim whose steps are proved."""
        if claim.conditions or claim.kind != "equality" or claim.parameters:
            return
        chain = Chain(self.session, claim, self.decider, lambda *_: None)
        nodes = [claim.left, *(node for _, node in claim.steps)]
        members = chain.read_all(nodes)
        steps = {r.step - claim.first_step + 1: r for r in results if r.kind != "annotation"}
        proved = [n for n, r in steps.items() if r.verdict == "proved" and n < len(members)]
        left = members[0].value
        if left is None or any(members[n].value is None for n in proved):
            return
        frame = chain.settled_frame()
        at = tuple(fresh("ijkl"[k % 4], frame.size(axis)) for k, axis in enumerate(left.axes))
        sides = [
            (
                nodes[n].span,
                value.entry(frame, at if value.axes else ()),
                steps[n].assuming if n else (),
            )
            for n in [0, *sorted(proved)]
            if (value := members[n].value) is not None
        ]
        for _, one, needed in sides:
            found = pattern(one)
            for span, other, needed_too in sides if found is not None else ():
                if found is not None and other is not one:
                    key, parameters = found
                    both = tuple(dict.fromkeys((*needed, *needed_too)))
                    formula = Formula(parameters, other, span, both)
                    self.known.setdefault(key, []).append(formula)

    def prefer(self, line: int | None) -> None:
        """Take the formulas of a line before others."""
        self.line = line
        self._chosen.clear()

    def line_of(self, formula: Formula) -> int:
        """Where a formula stands."""
        return self.session.source.position(formula.span.start)[0]

    def lines_of(self, key: Key) -> list[int]:
        """Where the formulas stand that may be taken for a derivative, or for one that is equal."""
        keys = [(d, key[1]) for d in (key[0], *(d for d in self.same if self.same[d] is key[0]))]
        found = [f for one in keys for f in self.known.get(one, []) if self._is_complete(f.body)]
        return sorted({self.line_of(formula) for formula in found})

    @property
    def assuming(self) -> tuple[str, ...]:
        """What the note assumes that the proofs of the formulas in use needed."""
        return tuple(dict.fromkeys(a for f in self.used.values() for a in f.assuming))

    def formula(self, key: Key) -> Formula | None:
        """The first formula that is made of what is known; None where there is none."""
        if key in self._chosen:
            return self._chosen[key]
        if key in self._open:
            return None  # it would be made of itself
        self._open.append(key)
        candidates = self.known.get(key, [])
        if self.line is not None:
            candidates = sorted(candidates, key=lambda f: self.line_of(f) != self.line)
        found = next((f for f in candidates if self._is_complete(f.body)), None)
        self._open.pop()
        if found is not None or not self._open:
            self._chosen[key] = found
        return found

    def _is_complete(self, body: Expression) -> bool:
        """Whether all derivatives in a formula, and in the names it uses, have formulas."""
        return all(self._has_meaning(node) for node in nodes_of(body))

    def _has_meaning(self, node: Expression) -> bool:
        if isinstance(node, Derivative):
            key = key_of(node)
            return key is not None and self.formula(key) is not None
        if isinstance(node, Named) and is_made_of_derivatives(node.definition):
            return self.formula((node.definition, None)) is not None or self._is_complete(
                node.definition.body
            )
        return True

    def resolve(self, node: Derivative) -> Expression:
        """What the note proves that a derivative is.

        Raises:
            CannotCompile: where it proves nothing.
        """
        key = key_of(node)
        formula = None if key is None else self.formula(key)
        if key is None or formula is None:
            name = getattr(node.variable, "name", "")
            raise CannotCompile(f"no proved formula of the note gives the derivative by {name}")
        self.used[key] = formula
        positions = node.body.positions if isinstance(node.body, Named) else ()
        at = (*positions, *node.positions)
        return Named(self.cut[key], at) if key in self.cut else formula.at(at)

    def body(self, definition: Definition) -> Expression:
        """What is worked out for a name: its body, or a formula where that is a derivative."""
        if not is_made_of_derivatives(definition):
            return definition.body
        formula = self.formula((definition, None))
        if formula is None:
            return definition.body
        self.used[definition, None] = formula
        return formula.at(definition.parameters)


def key_of(node: Expression) -> Key | None:
    """The derivative or name that a node is, whatever its indices."""
    if isinstance(node, Derivative) and isinstance(node.body, Named):
        return node.body.definition, node.variable
    if isinstance(node, Named):
        return node.definition, None
    return None


def pattern(node: Expression) -> tuple[Key, tuple[Index, ...]] | None:
    """Key and indices of a derivative or name at indices that all differ."""
    key = key_of(node)
    if key is None:
        return None
    positions: tuple[Position, ...] = ()
    if isinstance(node, Derivative) and isinstance(node.body, Named):
        positions = (*node.body.positions, *node.positions)
    elif isinstance(node, Named):
        if not is_made_of_derivatives(node.definition):
            return None
        positions = node.positions
    indices = tuple(p for p in positions if isinstance(p, Index))
    if len(set(indices)) < len(positions):
        return None
    return key, indices


def is_made_of_derivatives(definition: Definition) -> bool:
    """Whether a name is defined by a derivative that is not worked out."""
    return any(isinstance(node, Derivative) for node in nodes_of(definition.body))


def proved_formulas(note: Note) -> Formulas:
    """Judge a note, and collect what it proves about derivatives.

    Raises:
        Refused: where a claim about a derivative is not proved, or a declaration is wrong.
    """
    session, statements, unread = understand(note)
    judge = Judge(session, Decider())
    formulas = Formulas(session, judge.decider)
    reasons = [(r.span, f"{r.verdict}: {r.message}") for r in unread]
    for claim, results in judged_in_order(judge, statements):
        reasons += [(r.span, _reason(r)) for r in results if _is_at_fault(r)]
        formulas.learn(claim, results)
    found = (*note.diagnostics, *statements.diagnostics, *session.diagnostics, *judge.diagnostics)
    reasons += [(d.span, d.message) for d in found if d.severity == "error"]
    if reasons:
        raise Refused(note.source, list(dict.fromkeys(reasons)))
    return formulas


def _is_at_fault(result: Result) -> bool:
    return result.verdict != "proved" and result.kind != "expression"


def _reason(result: Result) -> str:
    if result.verdict == "filled":
        return "left blank; write the formula that belongs here, then compile"
    return f"not proved: {result.verdict}, {result.message}"


def numbers(formulas: Formulas) -> list[tuple[Definition, dict[Tensor, Formula]]]:
    """The numbers of which gradients are proved; those proved to be the same are one.

    Each comes with the formulas of its gradients by arrays that are free.
    """
    found: list[tuple[Definition, dict[Tensor, Formula]]] = []
    for definition, variable in formulas.known:
        if not isinstance(variable, Tensor) or definition.parameters:
            continue
        formula = formulas.formula((definition, variable))
        if formula is None:
            continue
        for known, gradients in found:
            if known is definition or formulas.decider.is_proved(
                Named(known, ()), Named(definition, ())
            ):
                if known is not definition:
                    formulas.same[definition] = known
                gradients.setdefault(variable, formula)
                break
        else:
            found.append((definition, {variable: formula}))
    return found


def free_tensors(expressions: list[Expression]) -> dict[Tensor, None]:
    """The tensors that expressions are made of, names included, in the order of use."""
    from symgrad.calculus.dependencies import direct_needs

    tensors: dict[Tensor, None] = {}
    for expression in expressions:
        whole = Definition("", (), expression)
        for definition in (*definitions_of(expression), whole):
            tensors.update(dict.fromkeys(direct_needs(definition)[0]))
    return tensors
