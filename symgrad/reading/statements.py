"""What the pieces of a formula do: declare, define, or claim.

Declarations go into the scope as they are met, unread but for their sizes;
claims are collected in the order of the note, to be judged when all
declarations are known (`symgrad.reading.elaborate` gives them their meaning).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.diagnostics import Diagnostic, Span
from symgrad.reading import syntax
from symgrad.reading.adjoints import layer_of_delta
from symgrad.reading.assumptions import condition_beside, standing
from symgrad.reading.cells import declare_by_cells, spells
from symgrad.reading.claim import Claim as Claim  # also from here
from symgrad.reading.conditions import parted
from symgrad.reading.context import Context, Session
from symgrad.reading.declarations import declare_arrows, declare_in, declare_map, declare_range
from symgrad.reading.defining import Definer, plain_name
from symgrad.reading.elided import with_argument
from symgrad.reading.errors import unread
from symgrad.reading.families import is_derivative
from symgrad.reading.instances import Instances
from symgrad.reading.names import key_or_none, names_in, parts
from symgrad.reading.note import Formula
from symgrad.reading.patterns import (
    COMPARISONS,
    DECLARATIONS,
    EQUALITIES,
    check_condition_words,
    claims_under_braces,
    equal_steps,
    grouped,
    is_mention,
    named_braces,
)
from symgrad.reading.recovery import Parsed
from symgrad.reading.remarks import Remark, remarks
from symgrad.reading.said import said, said_inside, spoken_of
from symgrad.reading.scope import (
    DefinitionBinding,
    MapBinding,
    OpaqueFunctionBinding,
)
from symgrad.reading.solutions import is_solution
from symgrad.reading.spaces import is_space, looks_like_a_space, signature, space_of
from symgrad.reading.stating import after_words, comparison, declares, may_state
from symgrad.reading.syntax import Chain, Node
from symgrad.records import dataclass, field, replace


@dataclass
class Statements:
    """Reads the pieces of one formula after the other into a session.

    Attributes:
        session: whose scope takes the declarations.
        claims: what is to be judged, in order.
        mentions: names that stand alone in a formula, with their place.
        diagnostics: faults of form, such as a bracket too many.
    """

    session: Session
    claims: list[Claim] = field(default_factory=list)
    mentions: list[tuple[Span, str]] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    definer: Definer = field(init=False)
    instances: Instances = field(init=False)
    _rivals: Mapping[Span, tuple[Node, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.definer = Definer(self.session)
        self.instances = Instances(self.session)

    def read(self, formula: Formula, parsed: Parsed) -> None:
        """Take in one formula.

        Raises:
            ReadingError: for a declaration that is not understood.
        """
        context = Context(self.session, formula.section)
        pieces = parted(parsed.pieces)
        self._rivals = parsed.rivals
        self.diagnostics.extend(parsed.diagnostics)
        groups = grouped(pieces)
        for braces in (p.node for p in pieces):
            for label, body in named_braces(braces):
                self.definer.define(label, body, context, by_brace=True)
        if not formula.display:
            nodes = [piece.node for piece in pieces]
            here = formula.span
            self.session.remarks += remarks(
                nodes, context.section, lambda name: self.definer.is_index(name, context, here)
            )
        found = [self._condition(g, context, len(groups) > 1) for g in groups]
        conditions = tuple(c for c in found if c is not None)
        if conditions:
            check_condition_words([p.node for p in pieces])
        first = len(self.claims)
        for group, condition in zip(groups, found, strict=True):
            if condition is None:
                self._piece(group, formula, context, conditions)
        only_declared = all(declares(g) for g, c in zip(groups, found, strict=True) if c is None)
        words_known = all(
            condition_beside(p.node.text) for p in pieces if isinstance(p.node, syntax.Words)
        )
        after = after_words(pieces)
        self._note_assumptions(formula, conditions, first, after, only_declared, words_known)
        if len(groups) == 1 and (named := spoken_of(groups[0])) is not None:
            self.claims += said(named, formula, self.session.source)
        self.claims += said_inside(pieces, formula)
        self.diagnostics.extend(context.found)

    def _note_assumptions(
        self,
        formula: Formula,
        conditions: tuple[Node, ...],
        first: int,
        beside: set[int],
        only_declared: bool,
        words_known: bool,
    ) -> None:
        """Mark those claims of a formula that may be assumptions, of all or of their neighbours."""
        claims = self.claims[first:]
        if not claims and conditions and only_declared:
            # Beside declarations a comparison says more of what was declared.
            self.claims += [c for n in conditions for c in comparison(n, formula)]
            claims = self.claims[first:]
        equalities = [c for c in claims if may_state(c)]
        stated = [c for c in equalities if c.left.span.start in beside]
        others = [c for c in claims if c not in stated]
        if stated and others:
            held = [replace(c, is_beside=True) for c in stated]
            self.claims[first:] = [*held, *(replace(c, beside=tuple(held)) for c in others)]
        elif claims and len(claims) == len(equalities) and words_known:
            assumed = standing(self.session.source, formula)
            if assumed == "alone" and beside:
                assumed = ""  # \text{if } ...: of what, is not said
            self.claims[first:] = [replace(c, assumed=assumed) for c in claims]

    def _condition(self, group: list[Node], context: Context, beside: bool) -> Node | None:
        """A comparison that restricts the claims beside it; of two indices, also alone."""
        if len(group) != 1:
            return None
        chain = group[0]
        if beside and isinstance(chain, syntax.Group) and len(chain.items) == 1:
            chain = chain.items[0]  # (i \\neq j) after a formula
        if not isinstance(chain, Chain) or len(chain.relations) != 1:
            return None
        if chain.relations[0].sign not in ("=", r"\neq"):
            return chain if beside and chain.relations[0].sign in COMPARISONS else None
        if chain.relations[0].sign == r"\neq" and beside:
            return chain
        names = [key_or_none(m) or "" for m in chain.members]
        if all(self.definer.is_index(name, context, chain.span) for name in names):
            return chain
        return None

    def _piece(
        self, group: list[Node], formula: Formula, context: Context, conditions: tuple[Node, ...]
    ) -> None:
        node = group[-1]
        if not isinstance(node, Chain):
            self._bare(node, formula, conditions)
            return
        signs = [r.sign for r in node.relations]
        if ":" in signs and r"\mapsto" in signs and signs.index(":") == 0:
            self._map(node, formula, context)
        elif any(r.label is not None and r.sign == r"\mapsto" for r in node.relations):
            declare_arrows(node, context)
        elif signs[0] == r"\in":
            declare_in(group[:-1], node, context)
        elif signs[0] in (r"\leq", "<") and len(signs) == 2:
            declare_range(node, context)
        elif signs[0] == ":" and r"\to" in signs:
            self._signature(node, context)
        elif signs[0] == ":" and len(node.members) > 2:
            rest = Chain(node.members[1].span.to(node.span), node.members[1:], node.relations[1:])
            self._piece([rest], formula, context, conditions)
        elif any(sign in EQUALITIES for sign in signs):
            self._equality(node, formula, context, conditions)
        elif len(signs) == 1 and signs[0] in ("<", ">") and comparison(node, formula):
            comparisons = comparison(node, formula)
            if formula.display and not standing(self.session.source, formula):
                raise unread(node.span, f"claims with {signs[0]} are not judged")
            self.claims += comparisons
        elif formula.display and not set(signs) & DECLARATIONS:
            raise unread(node.span, f"claims with {signs[0]} are not judged")

    def _bare(self, node: Node, formula: Formula, conditions: tuple[Node, ...]) -> None:
        name = plain_name(node)
        if name is not None:
            self.mentions.append((node.span, name))
        if formula.display and name is None and not is_mention(node):
            annotations = tuple(claims_under_braces(node))
            self.claims.append(
                Claim(
                    formula, node, (), 1, conditions, (), annotations, "expression", node.span.start
                )
            )

    def _map(self, node: Chain, formula: Formula, context: Context) -> None:
        r"""`f: x \in E \longmapsto body [= ...]`: a definition, or a claim about `a'`."""
        arrow = [r.sign for r in node.relations].index(r"\mapsto")
        claim_of = self._derivative_claim(node, arrow, context)
        if claim_of is not None:
            left, parameter = claim_of
            self._claim(
                formula,
                left,
                [(node.relations[arrow].span, node.members[arrow + 1])],
                parameters=(parameter,),
            )
            return
        head, order = declare_map(node, arrow, context)
        left = replace(head, span=Span(order, order))  # a use, so that it means this function
        steps = equal_steps(node.members[arrow + 1 :], node.relations[arrow + 1 :])
        if steps:
            self._claim(formula, left, steps, start=node.span.start)

    def _derivative_claim(
        self, node: Chain, arrow: int, context: Context
    ) -> tuple[Node, str] | None:
        r"""Left side and parameter of `a': x \longmapsto ...`, `a` a function of numbers."""
        head, parameter = node.members[0], node.members[1]
        base, sub, sup, primes = parts(head)
        name = key_or_none(base)
        if not primes or sub is not None or sup is not None or name is None:
            return None
        known = self.session.scope.names.before(name, node.span.start)
        scalar = isinstance(known, OpaqueFunctionBinding) or (
            isinstance(known, MapBinding) and known.is_scalar_function
        )
        variable = key_or_none(parameter)
        if not scalar or variable is None:
            return None
        if arrow == 2 and any(
            c.axes or c.kind != "array" for c in space_of(node.members[2], context)
        ):
            return None
        span = head.span.to(node.members[arrow].span)
        group = syntax.Group(parameter.span, "(", (parameter,))
        return syntax.Product(span, (head, group), ("",)), variable

    def _signature(self, node: Chain, context: Context) -> None:
        r"""`f: \mathbb R \to \mathbb R`: a function of which only the name is known."""
        name = key_or_none(node.members[0])
        if name is None or self.definer.has_meaning(name, node.span.end):
            return
        kind = signature(node, context)
        if kind != "numbers":
            self.session.array_functions[name] = kind
        else:
            self.session.scope.names.add(
                OpaqueFunctionBinding(name, node.span.end, context.section, node.span)
            )

    def _equality(
        self, node: Chain, formula: Formula, context: Context, conditions: tuple[Node, ...]
    ) -> None:
        said = with_argument(node, self.definer.parameter_of)
        node, parameters = (said[0], (said[1],)) if said is not None else (node, ())
        left = node.members[0]
        steps = equal_steps(node.members, node.relations)
        if parameters:
            self._claim(formula, left, steps, conditions=conditions, parameters=parameters)
            return
        if not steps or isinstance(left, syntax.Blank):
            raise unread(node.span, "an equality has a left-hand side")
        if len(steps) > 1 and self._is_a_new_name(steps[-1][1]):
            steps = steps[:-1]
        if looks_like_a_space(steps[0][1]) and is_space(steps[0][1], context):
            self.definer.space(left, steps[0][1], context)
            return
        if self._is_assignment_of_a_size(left, steps[0][1], context):
            return
        if spells(left, steps[0][1], context):
            if len(steps) > 1:
                self.definer.define(left, steps[1][1], context)
            else:
                self.session.spelled.add(left.span.start)
                if declare_by_cells(left, steps[0][1], context):
                    return
            self._claim(formula, left, steps, conditions=conditions)
            return
        if is_solution(left, steps[0][1], self.session.formulas):
            self.session.solutions.add(left.span.start)
            self._claim(formula, left, steps, conditions=conditions)
            return
        if self._is_of_a_point(node, context):
            if formula.display:
                self._claim(formula, left, steps, conditions=conditions)
            return
        if self.definer.define_function(left, steps[0][1], context) or self.definer.define(
            left, steps[0][1], context, others=tuple(node for _, node in steps[1:])
        ):
            if layer_of_delta(left) is not None and not is_derivative(steps[0][1]):
                self._claim(formula, left, steps[:1], conditions=conditions, by_custom=True)
            self._claim(formula, left, steps[1:], first_step=2, conditions=conditions)
            return
        name = plain_name(left)
        if name is not None and len(steps) == 1:
            self.session.restated.add(name)
        self._claim(formula, left, steps, conditions=conditions)

    def _is_a_new_name(self, node: Node) -> bool:
        r"""Whether the last member of `A = B = g` is a name that the note has nowhere else.

        It claims nothing: it only says how B is called.
        """
        base = parts(node)[0]
        while isinstance(base, syntax.Scripted):
            base = base.base
        if not isinstance(base, syntax.Symbol) or base.name in ("e", r"\pi", r"\infty"):
            return False
        if key_or_none(node) is None or self.definer.has_meaning(base.name, node.span.start):
            return False
        return sum(_count(base.name, formula) for formula in self.session.formulas) == 1

    def _claim(
        self,
        formula: Formula,
        left: Node,
        steps: Sequence[tuple[Span, Node]],
        first_step: int = 1,
        conditions: tuple[Node, ...] = (),
        parameters: tuple[str, ...] = (),
        start: int | None = None,
        by_custom: bool = False,
    ) -> None:
        annotations = tuple(
            a for n in (left, *(s[1] for s in steps)) for a in claims_under_braces(n)
        )
        if steps or annotations:
            self.claims.append(
                Claim(
                    formula,
                    left,
                    tuple(steps),
                    first_step,
                    conditions,
                    parameters,
                    annotations,
                    start=left.span.start if start is None else start,
                    rivals=self._rivals,
                    by_custom=by_custom,
                )
            )

    def _is_of_a_point(self, node: Chain, context: Context) -> bool:
        r"""`u = 0`, where the note says what u is there, and not what u is."""
        left, right = node.members[0], node.members[1]
        if node.relations[0].sign != "=" or len(node.members) > 2:
            return False
        if self._is_defined(left) or not self.instances.has(node, left, right):
            return False
        names = frozenset(names_in(node))
        self.session.remarks.append(Remark(node.span, context.section, "values", names, node))
        return True

    def _is_defined(self, left: Node) -> bool:
        """Whether the note has defined a name, so that an equation about it is a claim."""
        meanings = (
            self.session.scope.names.before(name, left.span.start)
            for name in {key_or_none(left), key_or_none(parts(left)[0])}
            if name is not None
        )
        return any(isinstance(m, DefinitionBinding | MapBinding) for m in meanings)

    def _is_assignment_of_a_size(self, left: Node, right: Node, context: Context) -> bool:
        """`n = 3`, `i = 1`: an example, not a claim."""
        name = key_or_none(left)
        if name is None or self.definer.has_meaning(name, left.span.start):
            return False
        scope = self.session.scope
        if scope.sizes.before(name, left.span.start) is not None:
            self.session.equated_sizes.append(name)
            return True
        simple = isinstance(right, syntax.Numeral | syntax.Symbol)
        return simple and self.definer.is_index(name, context, left.span)


def _count(name: str, node: Node) -> int:
    """How often a symbol stands below a node."""
    own = isinstance(node, syntax.Symbol) and node.name == name
    return own + sum(_count(name, child) for child in syntax.children(node))
