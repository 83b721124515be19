r"""What a note says of its names in passing: "case $i \neq j$", "$x \ge 0$", "$x_i \in [0, 1]$".

Such a formula in a sentence may restrict what is claimed after it. Where it is not taken as
an assumption, it still keeps a claim from being called false (`judging.restricted`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from symgrad.diagnostics import Span
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
    """

    span: Span
    section: tuple[int, ...]
    kind: Kind
    names: frozenset[str]


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
        if kind is not None:
            found.append(Remark(node.span, section, kind, frozenset(names_in(node))))
    return found


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
