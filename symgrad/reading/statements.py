"""What the pieces of a formula do: declare, define, or claim.

Declarations go into the scope as they are met, unread but for their sizes;
claims are collected in the order of the note, to be judged when all
declarations are known (`symgrad.reading.elaborate` gives them their meaning).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from symgrad.diagnostics import Diagnostic, Span
from symgrad.reading import syntax
from symgrad.reading.context import Context, Session
from symgrad.reading.declarations import declare_arrows, declare_in, declare_map, declare_range
from symgrad.reading.errors import unread
from symgrad.reading.functions import KNOWN_FUNCTIONS
from symgrad.reading.lookup import FAMILY
from symgrad.reading.names import (
    TRANSPOSES,
    is_label,
    key_or_none,
    names_in,
    parts,
    readings,
)
from symgrad.reading.note import Formula
from symgrad.reading.patterns import (
    COMPARISONS,
    DECLARATIONS,
    EQUALITIES,
    Annotation,
    check_condition_words,
    claims_under_braces,
    definable,
    equal_steps,
    grouped,
    is_mention,
    named_braces,
)
from symgrad.reading.recovery import Parsed
from symgrad.reading.scope import (
    DefinitionBinding,
    MapBinding,
    Meaning,
    OpaqueFunctionBinding,
    SpaceBinding,
)
from symgrad.reading.spaces import is_space, looks_like_a_space, space_of
from symgrad.reading.syntax import Chain, Node


@dataclass(frozen=True)
class Claim:
    r"""A chain `left = step 1 = step 2 = ...`, or a bare expression.

    Attributes:
        formula: where it stands.
        left: the first member.
        steps: the members after it, with the spans of their relation signs.
        first_step: number of the first of them; 2 where step 1 was the definition.
        conditions: under which it is claimed.
        parameters: numbers bound by `x \longmapsto`, for a claim about a function.
        annotations: claims under braces in it.
        kind: `equality` for chains, `expression` for a bare expression.
        start: where the text of the chain begins.
        rivals: other readings of a member, by its span.
    """

    formula: Formula
    left: Node
    steps: tuple[tuple[Span, Node], ...]
    first_step: int = 1
    conditions: tuple[Node, ...] = ()
    parameters: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    kind: Literal["equality", "expression"] = "equality"
    start: int = 0
    rivals: Mapping[Span, tuple[Node, ...]] = field(default_factory=dict)


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
    mentions: list[tuple[int, str]] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _rivals: Mapping[Span, tuple[Node, ...]] = field(default_factory=dict)

    def read(self, formula: Formula, parsed: Parsed) -> None:
        """Take in one formula.

        Raises:
            ReadingError: for a declaration that is not understood.
        """
        context = Context(self.session, formula.section)
        pieces = parsed.pieces
        self._rivals = parsed.rivals
        self.diagnostics.extend(parsed.diagnostics)
        groups = grouped(pieces)
        for braces in (p.node for p in pieces):
            for label, body in named_braces(braces):
                self._define(label, body, context, by_brace=True)
        found = [self._condition(g, context, len(groups) > 1) for g in groups]
        conditions = tuple(c for c in found if c is not None)
        if conditions:
            check_condition_words([p.node for p in pieces])
        for group, condition in zip(groups, found, strict=True):
            if condition is None:
                self._piece(group, formula, context, conditions)
        self.diagnostics.extend(context.found)

    # -- pieces ---------------------------------------------------------------

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
        names = [key_or_none(m) for m in chain.members]
        if all(name is not None and self._is_index(name, context, chain.span) for name in names):
            return chain
        return None

    def _is_index(self, name: str, context: Context, span: Span) -> bool:
        if name.isdigit():
            return False
        known = self.session.scope.stale_index(name, span.start) is not None
        return known or (
            len(name) == 1 and name in "ijkpqrst" and not self._has_meaning(name, span.start)
        )

    def _has_meaning(self, name: str, order: int) -> bool:
        return self.session.scope.names.find(name, order) is not None

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
        elif formula.display and not set(signs) & DECLARATIONS:
            raise unread(node.span, f"claims with {signs[0]} are not judged")

    def _bare(self, node: Node, formula: Formula, conditions: tuple[Node, ...]) -> None:
        name = _plain_name(node)
        if name is not None:
            self.mentions.append((node.span.start, name))
        if formula.display and name is None and not is_mention(node):
            annotations = tuple(claims_under_braces(node))
            self.claims.append(
                Claim(
                    formula, node, (), 1, conditions, (), annotations, "expression", node.span.start
                )
            )

    # -- functions ------------------------------------------------------------

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
        if name is not None and not self._has_meaning(name, node.span.end):
            self.session.scope.names.add(
                OpaqueFunctionBinding(name, node.span.end, context.section, node.span)
            )

    # -- equalities -----------------------------------------------------------

    def _equality(
        self, node: Chain, formula: Formula, context: Context, conditions: tuple[Node, ...]
    ) -> None:
        left = node.members[0]
        steps = equal_steps(node.members, node.relations)
        if not steps or isinstance(left, syntax.Blank):
            raise unread(node.span, "an equality has a left-hand side")
        if looks_like_a_space(steps[0][1]) and is_space(steps[0][1], context):
            self._space(left, steps[0][1], context)
            return
        if self._is_assignment_of_a_size(left, context):
            return
        if self._define_function(left, steps[0][1], context) or self._define(
            left, steps[0][1], context
        ):
            self._claim(formula, left, steps[1:], first_step=2, conditions=conditions)
            return
        self._claim(formula, left, steps, conditions=conditions)

    def _claim(
        self,
        formula: Formula,
        left: Node,
        steps: Sequence[tuple[Span, Node]],
        first_step: int = 1,
        conditions: tuple[Node, ...] = (),
        parameters: tuple[str, ...] = (),
        start: int | None = None,
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
                )
            )

    def _is_assignment_of_a_size(self, left: Node, context: Context) -> bool:
        """`n = 3`, `i = 1`: an example, not a claim."""
        name = key_or_none(left)
        if name is None or self._has_meaning(name, left.span.start):
            return False
        scope = self.session.scope
        if scope.sizes.before(name, left.span.start) is not None:
            self.session.equated_sizes.append(name)
            return True
        return self._is_index(name, context, left.span)

    def _space(self, left: Node, space: Node, context: Context) -> None:
        base, sub, _, _ = parts(left)
        name = key_or_none(base)
        if name is None:
            raise unread(left.span, "a space is given to a name")
        items = sub.items if isinstance(sub, syntax.Listing) else (sub,) if sub is not None else ()
        parameters = tuple(key_or_none(item) or "" for item in items)
        span = left.span.to(space.span)
        self.session.scope.names.add(
            SpaceBinding(name, span.end, context.section, span, parameters, space)
        )

    def _define_function(self, left: Node, body: Node, context: Context) -> bool:
        """`f(x, y) = body`, where nothing says yet what f is."""
        if not isinstance(left, syntax.Product) or len(left.factors) != 2 or left.operators[0]:
            return False
        head, group = left.factors
        name = key_or_none(head)
        if name is None or not isinstance(group, syntax.Group) or group.bracket != "(":
            return False
        parameters = [_plain_name(item) for item in group.items]
        plain = parts(head)[0]
        distinct = len(set(parameters)) == len(parameters)
        if not isinstance(plain, syntax.Symbol | syntax.Accent) or not distinct:
            return False
        standard = key_or_none(plain) in KNOWN_FUNCTIONS
        if None in parameters or standard or self._is_known(head, context):
            return False
        if parts(head)[3] or not parameters:
            return False
        single = len(parameters) == 1 and not (parameters[0] or "").startswith(r"\mathbf")
        scalar = single and not self._is_array(parameters[0] or "", left.span.start)
        axes: tuple[tuple[()] | None, ...] = ((),) if scalar else (None,) * len(parameters)
        self.session.scope.names.add(
            MapBinding(
                name,
                body.span.end,
                context.section,
                left.span,
                tuple(p for p in parameters if p is not None),
                axes,
                (),
                body,
                None,
                self.session.source.slice(head.span),
                is_scalar_function=scalar,
            )
        )
        return True

    def _is_numbered_entry(self, node: Node) -> bool:
        """Whether a node is an entry such as `x_2` of an array that is known."""
        base, sub, _, _ = parts(node)
        name = key_or_none(base)
        numbered = isinstance(sub, syntax.Numeral) and name is not None
        return numbered and self._is_array(name or "", node.span.start)

    def _is_power(self, node: Node) -> bool:
        """Whether a superscript is a power: `A^2` of a known A, `e^x`; labels are not."""
        base, _, sup, _ = parts(node)
        name = key_or_none(base)
        if sup is None or is_label(sup) or name is None:
            return False
        if name == "e" or key_or_none(sup) in TRANSPOSES:
            return True
        return self._has_meaning(name, node.span.start)

    def _is_known(self, head: Node, context: Context) -> bool:
        r"""Whether the name in a head such as `\varphi_i` means something, in any reading."""
        names = self.session.scope.names
        known = [
            names.before(name, head.span.start)
            for reading in readings(head)
            for name in (reading.name, reading.name + FAMILY)
        ]
        # A formula says more than a signature, and a section may use a name anew.
        return any(
            b is not None
            and not isinstance(b, OpaqueFunctionBinding)
            and (b.section == context.section[: len(b.section)] or not _by_formula(b))
            for b in known
        )

    def _is_array(self, name: str, order: int) -> bool:
        meaning = self.session.scope.names.find(name, order)
        axes = getattr(meaning, "axes", ())
        return bool(axes)

    def _define(self, left: Node, body: Node, context: Context, by_brace: bool = False) -> bool:
        """`z = body`, `[Z]_i = body`: where nothing defines the name yet, or under a brace."""
        target = definable(left, body)
        if target is None or isinstance(body, syntax.Blank):
            return False
        name, indices, latex_node = target
        scope = self.session.scope
        if self._is_power(latex_node) or self._is_numbered_entry(left) or name in names_in(body):
            return False
        known = scope.names.before(name, left.span.start)
        if not by_brace and isinstance(
            known, DefinitionBinding | MapBinding | OpaqueFunctionBinding
        ):
            here = known.section == context.section[: len(known.section)]
            if here or not isinstance(known, DefinitionBinding):
                return False
        order = left.span.end if by_brace else body.span.end
        latex = self.session.source.slice(latex_node.span)
        scope.names.add(
            DefinitionBinding(
                name, order, context.section, left.span, indices, body, latex, by_brace
            )
        )
        return True


def _plain_name(node: Node) -> str | None:
    """The key of a node that is one name, not a product of names or a number."""
    if isinstance(node, syntax.Product | syntax.Terms | syntax.Numeral | syntax.Group):
        return None
    return key_or_none(node)


def _by_formula(meaning: Meaning) -> bool:
    """Whether a function was given by `f(x) = ...`, not declared between spaces."""
    return isinstance(meaning, MapBinding) and not any(meaning.axes)
