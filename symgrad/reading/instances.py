r"""Equations that say what a name is at one point, not what it always is.

"At $u = 0$ the slope is zero", "$y = 1$ for cats", "the optimum is $w = 0$": a variable that
has a value there has any value elsewhere. Such an equation defines nothing and claims nothing.
It is a remark: a claim after it that fails is not called false.
"""

from __future__ import annotations

import re
from functools import cached_property

from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.context import Session
from symgrad.reading.names import is_label, is_of_differentials, key_or_none, names_in, parts
from symgrad.reading.scope import TensorBinding
from symgrad.reading.syntax import Chain, Node

_BEFORE = r"(?<![\w-])(?:%s)\s*(?:that|que|qu['’]|dass|,)?\s*(?:\$\$?|\\\(|\\\[)\s*\Z"

_POINT = pattern(
    _BEFORE
    % (
        "if|when|whenever|once|unless|until|while|case|cases|at|near|around|only"
        "|si|quand|lorsque|dès|cas|en|au|wenn|falls|sobald|bei|fall|cuando|caso|se|quando|als|если"
    ),
    re.I,
)
"""Words before an equation that make it one of some points."""

_VALUE = pattern(
    _BEFORE
    % (
        "for|from|with|since|as|because|suppose|assume|then|so|hence|thus|and|or|both|either"
        "|point|initiali[sz]e|initially|start|starting|setting"
        "|pour|de|avec|car|alors|et|ou|für|mit|da|dann|und|oder|para|con|y|o|per|com|e|voor|met"
    ),
    re.I,
)
"""Words before an equation with a number that do not give the name its one value."""

_GIVEN = pattern(
    _BEFORE
    % (
        "where|let|set|put|fix|take|choose|define|defining|convention|constant|always"
        "|où|soit|posons|fixons|wobei|wo|sei|setze|donde|sea|onde|seja|dove|sia|где|пусть"
    ),
    re.I,
)
"""Words before an equation that give the name its value."""

_TOLD = pattern(
    r"\A\s*(?:\$\$?|\\\)|\\\])[\s,:]*(?:if|when|for|means?|denotes?|stands|indicates?|represents?"
    r"|corresponds|gives?|yields?|signifie|pour|si|für|wenn|bedeutet|para|cuando|significa|se)\b",
    re.I,
)
"""Words after an equation that say of what points it is."""


class Instances:
    """Tells equations of points from definitions, by what the whole note has of a name."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def has(self, node: Chain, left: Node, right: Node) -> bool:
        """Whether an equation says of a name what it is at some point only."""
        name = key_or_none(left)
        base = key_or_none(_without_subscript(left))
        if name is None or base is None or isinstance(left, syntax.Numeral | syntax.Product):
            return False
        own = {name, base}
        if not own.isdisjoint(names_in(right)):
            return False
        text, start = self.session.source.text, node.span.start
        before = text[max(0, start - 80) : start]
        used = any(self._first.get(n, start) < start for n in own)
        if not is_constant(right):
            other = _one_name(right)
            stands_beside = other is not None and self._are_in_one_formula(name, other)
            given = _GIVEN.search(before) is not None
            return used and (_POINT.search(before) is not None or (stands_beside and not given))
        if not own.isdisjoint(self._variables) or len(self._values.get(name, ())) > 1:
            return True
        declared = any(
            isinstance(self.session.scope.names.find(n, start), TensorBinding) for n in own
        )
        if _POINT.search(before) or _TOLD.match(text[node.span.end : node.span.end + 80]):
            return True
        if not used:
            return _VALUE.search(before) is not None
        return declared or not _GIVEN.search(before) or _has_letters(left)

    @cached_property
    def _first(self) -> dict[str, int]:
        """Where each name stands first."""
        found: dict[str, int] = {}
        for node in self.session.formulas:
            for name in names_in(_without_marked(node)):
                found[name] = min(found.get(name, node.span.start), node.span.start)
        return found

    def _are_in_one_formula(self, name: str, other: str) -> bool:
        """Whether one formula has both names: who writes so means two things by them."""
        return any(
            {name, other} <= names_in(member)
            for node in self.session.formulas
            for member in (node.members if isinstance(node, Chain) else (node,))
        )

    @cached_property
    def _variables(self) -> set[str]:
        """The names by which something is differentiated."""
        found = set[str]()
        waiting = list(self.session.formulas)
        while waiting:
            node = waiting.pop()
            waiting.extend(syntax.children(node))
            if isinstance(node, syntax.Fraction) and is_of_differentials(node):
                found |= names_in(node.denominator)
            elif isinstance(node, syntax.Gradient) and node.by is not None:
                found |= names_in(node.by)
        return found

    @cached_property
    def _values(self) -> dict[str, set[str]]:
        """The constants that the note equates each name with."""
        found: dict[str, set[str]] = {}
        for node in self.session.formulas:
            if isinstance(node, Chain) and len(node.members) == 2 and is_constant(node.members[1]):
                name = key_or_none(node.members[0])
                if name is not None and node.relations[0].sign in ("=", ":="):
                    value = self.session.source.slice(node.members[1].span).strip()
                    found.setdefault(name, set()).add(value)
        return found


def is_constant(node: Node) -> bool:
    """Whether a node is made of numbers only."""
    match node:
        case syntax.Numeral():
            return True
        case syntax.Symbol(name=name):
            return name.endswith(("{0}", "{1}"))
        case syntax.Blank() | syntax.Words() | syntax.BigOperator() | syntax.Matrix():
            return False
        case _:
            below = syntax.children(node)
            return bool(below) and all(map(is_constant, below))


def _one_name(node: Node) -> str | None:
    """The name v in `v`, `-v` or `2v`."""
    match node:
        case syntax.Terms(terms=(term,)):
            return _one_name(term)
        case syntax.Product(factors=(syntax.Numeral(), factor)):
            return _one_name(factor)
        case syntax.Symbol() | syntax.Scripted() | syntax.Accent():
            return key_or_none(node)
    return None


def _has_letters(node: Node) -> bool:
    """Whether the subscript of a name runs: `r_i`, not `r_0`."""
    sub = parts(node)[1]
    return sub is not None and not isinstance(sub, syntax.Numeral)


def _without_subscript(node: Node) -> Node:
    """`X^{(1)}` of its entry: with its label, which makes it another name than X."""
    base, _, sup, _ = parts(node)
    return syntax.Scripted(node.span, base, None, sup, 0) if is_label(sup) else base


def _without_marked(node: Node) -> Node:
    r"""A formula without what has a mark: `\tilde y` is no use of y."""
    if isinstance(node, syntax.Accent):
        return syntax.Numeral(node.span, "0")
    return syntax.rebuilt(node, _without_marked)
