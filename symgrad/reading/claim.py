"""What a formula claims: a chain of equalities, or a bare expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from symgrad.diagnostics import Span
from symgrad.reading.assumptions import Standing
from symgrad.reading.note import Formula
from symgrad.reading.patterns import Annotation
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, field


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
        by_custom: whether the left-hand side is defined by step 1, and has a meaning by custom
            that step 1 can be held against.
        kind: `equality` for chains, `expression` for a bare expression.
        start: where the text of the chain begins.
        rivals: other readings of a member, by its span.
        sign: of a comparison with zero, which is no claim but may be an assumption.
        assumed: whether the words around it let it state what inputs are.
        beside: what stands beside it as a condition, and may be assumed for it alone.
        is_beside: whether it is such a condition.
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
    by_custom: bool = False
    sign: str = "="
    assumed: Standing = ""
    beside: tuple[Claim, ...] = ()
    is_beside: bool = False
