r"""What a note says of its names in passing: "case $i \neq j$", "$x \ge 0$", "$x_i \in [0, 1]$".

Such a formula in a sentence may restrict what is claimed after it. Where it is not taken as
an assumption, it still keeps a claim from being called false (`judging.restricted`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from symgrad.diagnostics import Span
from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, names_in
from symgrad.reading.patterns import COMPARISONS
from symgrad.reading.syntax import Chain, Node
from symgrad.records import dataclass

Kind = Literal["equal", "different", "values"]

_SETS = frozenset({"[", "(", r"\{"})


@dataclass(frozen=True)
class Remark:
    """A relation in a sentence.

    Attributes:
        span: where it stands.
        section: the section it stands in.
        kind: of two indices, that they are equal or different; else of values.
        names: what it is about.
        node: the relation.
    """

    span: Span
    section: tuple[int, ...]
    kind: Kind
    names: frozenset[str]
    node: Chain


def remarks(
    nodes: Sequence[Node], section: tuple[int, ...], is_index: Callable[[str], bool]
) -> list[Remark]:
    """The remarks among the pieces of a formula in a sentence.

    Args:
        nodes: the pieces.
        section: where the formula stands.
        is_index: whether a name is an index there.
    """
    found = []
    for node in nodes:
        kind = _kind(node, is_index) if isinstance(node, Chain) else None
        if isinstance(node, Chain) and kind is not None:
            found.append(Remark(node.span, section, kind, frozenset(names_in(node)), node))
    return found


def case_of(formula: Span, remarks: Sequence[Remark], text: str) -> Remark | None:
    r"""The case that words right before a formula give it: "Case 2, $i \neq j$:", "if $i = j$".

    Of two indices only; nothing but words that introduce a case stand before and after it.
    """
    earlier = [r for r in remarks if r.span.end <= formula.start and r.kind != "values"]
    if not earlier or formula.start - earlier[-1].span.end > _NEAR:
        return None
    remark = earlier[-1]
    between = text[remark.span.end : formula.start]
    before = text[max(0, remark.span.start - _NEAR) : remark.span.start]
    return remark if _AFTER_A_CASE.fullmatch(between) and _BEFORE_A_CASE.search(before) else None


_NEAR = 80
_AFTER_A_CASE = pattern(
    r"\s*(?:\$|\\\))[\s:,*_.)]*(?:(?:then|we|have|get|obtain|find|the|derivative|is|this|gives"
    r"|alors|on|a|obtient|la|dérivée|est|gilt|ist|dann|die|Ableitung|entonces|se|tiene|tenemos"
    r"|allora|abbiamo|si|ha|então|temos)\b[\s:,*_]*){0,6}(?:\$\$?|\\[\[(]|\\begin\{[a-z]+\*?\}|\s)*",
    re.I,
)
_BEFORE_A_CASE = pattern(
    r"(?:\A|\n|[.;:]\s|[*_#]|\b(?:case|if|when|for|where|suppose|assume|consider|with|si|cas|pour|quand"
    r"|lorsque|wenn|falls?|für|caso|para|per|cuando|quando|se|in|the|first|second|now)\b)"
    r"[\s(*_:,\d.)-]*(?:\$|\\\()\s*\Z",
    re.I,
)


def _kind(node: Chain, is_index: Callable[[str], bool]) -> Kind | None:
    signs = {relation.sign for relation in node.relations}
    indices = all(is_index(key_or_none(member) or "") for member in node.members)
    if indices and len(node.members) > 1 and signs in ({"="}, {r"\neq"}):
        return "equal" if signs == {"="} else "different"
    if signs & COMPARISONS or signs == {r"\neq"}:
        return "values"
    last = node.members[-1]
    if signs == {r"\in"} and isinstance(last, syntax.Group) and last.bracket in _SETS:
        return "values"
    return None
