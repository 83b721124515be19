r"""Names: when two pieces of LaTeX are the same name, and how a name comes apart.

The key of a name is its LaTeX with spelling variants removed: `W^{(1)}`,
`\tilde{Y}`, `X'`. A scripted symbol may be a name as a whole (`W_1`,
`\varphi'`) or a name with subscripts, a power, a transpose or a derivative;
`readings` lists all ways, the most specific first.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from symgrad.reading import syntax
from symgrad.reading.syntax import Node
from symgrad.records import dataclass

TRANSPOSES = frozenset({"T", r"\top", r"\intercal", r"\mathsf{T}", r"\mathbf{T}", "Tr", "t"})
"""Superscripts that transpose."""


KEPT = 1 << 14
"""How many nodes keep their keys and readings: a formula is asked for them again and again."""


class NotAName(Exception):  # noqa: N818 - it is no error, only an answer
    """The node is not made of name parts only."""


def key(node: Node) -> str:
    """The key of a name.

    Raises:
        NotAName: where the node is an expression.
    """
    match node:
        case syntax.Symbol(name=name):
            return name
        case syntax.Numeral(text=text):
            return text
        case syntax.Label(content=content):
            return _part(content)
        case syntax.Gradient(by=None, operand=syntax.Node() as operand):
            return rf"\nabla {_part(operand)}"
        case syntax.Accent(mark=mark, base=base):
            return f"{mark}{{{_part(base)}}}"
        case syntax.Scripted(base=base, subscript=sub, superscript=sup, primes=primes):
            text = _part(base) + "'" * primes
            text += f"_{{{_part(sub)}}}" if sub is not None else ""
            return text + (f"^{{{_part(sup)}}}" if sup is not None else "")
        case syntax.Group(bracket=bracket, items=items) if bracket in ("(", "["):
            closing = ")" if bracket == "(" else "]"
            return bracket + ",".join(_part(item) for item in items) + closing
        case syntax.Listing(items=items):
            return ",".join(_part(item) for item in items)
        case syntax.Product(factors=factors, operators=operators) if not any(operators):
            return "".join(_part(factor) for factor in factors)
        case syntax.Terms(signs=signs, terms=terms):
            text = "".join(s + _part(t) for s, t in zip(signs, terms, strict=True))
            return text.removeprefix("+")
        case _:
            raise NotAName


def _part(node: Node) -> str:
    """The key of a part of a name; it is kept, because parts stand in many names' nodes."""
    found = key_or_none(node)
    if found is None:
        raise NotAName
    return found


@lru_cache(maxsize=KEPT)
def key_or_none(node: Node) -> str | None:
    """The key of a name, or None for an expression."""
    try:
        return key(node)
    except NotAName:
        return None


SIGNS = frozenset({"+", "-", r"\pm"})
"""Subscripts that no index is called: `k_+` is a name of its own."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take a scripted symbol apart: a name, and what acts on it."""

    name: str
    subscript: Node | None
    superscript: Node | None
    primes: int


def parts(node: Node) -> tuple[Node, Node | None, Node | None, int]:
    """Base, subscript, superscript and primes; a plain symbol has only the base."""
    if isinstance(node, syntax.Scripted):
        return node.base, node.subscript, node.superscript, node.primes
    return node, None, None, 0


def is_of_differentials(node: syntax.Fraction) -> bool:
    r"""Whether a fraction is a derivative: `\frac{\partial f}{\partial x}`, not `\frac{1}{d}`."""
    bottom = node.denominator
    if not isinstance(bottom, syntax.Product):
        return False
    top = node.numerator
    heads = (top.factors[0] if isinstance(top, syntax.Product) else top, bottom.factors[0])
    return all(key_or_none(parts(head)[0]) in (r"\partial", "d") for head in heads)


@lru_cache(maxsize=KEPT)
def readings(node: Node) -> tuple[Reading, ...]:
    """All ways to read a scripted symbol, the most specific name first."""
    return tuple(_readings(node))


def _readings(node: Node) -> Iterator[Reading]:
    base, sub, sup, primes = parts(node)
    base_key = key_or_none(base)
    if base_key is None:
        return
    label, transpose = split_transpose(sup)
    supers = [(sup, None)] if transpose is None else [(sup, None), (label, transpose)]
    for used_primes in dict.fromkeys((primes, 0)):
        for label_node, action in supers:
            for with_sub, with_sup in ((True, True), (False, True), (True, False), (False, False)):
                if (with_sub and sub is None) or (with_sup and label_node is None):
                    continue
                if _parts_with_its_label(sub, with_sub) or _parts_with_its_label(sup, with_sup):
                    continue
                name = base_key + "'" * used_primes
                name_sub = key_or_none(sub) if with_sub and sub is not None else ""
                name_sup = key_or_none(label_node) if with_sup and label_node is not None else ""
                if name_sub is None or name_sup is None:
                    continue
                name += f"_{{{name_sub}}}" if name_sub else ""
                name += f"^{{{name_sup}}}" if name_sup else ""
                left_sup = action if with_sup else sup
                yield Reading(name, None if with_sub else sub, left_sup, primes - used_primes)


def _parts_with_its_label(script: Node | None, kept: bool) -> bool:
    """Whether a name would lose a script that is its own: of which layer it is, or a sign."""
    if kept or script is None:
        return False
    return isinstance(script, syntax.Label) or key_or_none(script) in SIGNS


def split_transpose(sup: Node | None) -> tuple[Node | None, Node | None]:
    """`(k)T` is a label and a transpose; anything else is only a label."""
    if isinstance(sup, syntax.Product) and not any(sup.operators) and len(sup.factors) == 2:
        label, last = sup.factors
        if key_or_none(last) in TRANSPOSES:
            return label, last
    return sup, None


def is_label(node: Node | None) -> bool:
    """Whether a superscript is a layer label: `(1)`, `[l]`, or a letter known to be one."""
    if isinstance(node, syntax.Label):
        return True
    return isinstance(node, syntax.Group) and node.bracket in ("(", "[")


def names_in(node: Node) -> set[str]:
    """The keys of all names below a node, with and without subscripts, never without label."""
    label = parts(node)[2]
    found = {r.name for r in readings(node) if not (is_label(label) and r.superscript is label)}
    if isinstance(node, syntax.Scripted) and is_label(label):
        return found
    for child in syntax.children(node):
        found |= names_in(child)
    return found
