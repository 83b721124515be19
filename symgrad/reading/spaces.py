r"""Spaces: `\mathbb R^{n \times m}`, `\mathcal M_{n,m}(\mathbb R)`, index ranges, products."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeGuard

from symgrad.calculus.index import Size
from symgrad.diagnostics import Span
from symgrad.reading import syntax
from symgrad.reading.context import Context
from symgrad.reading.errors import ReadingError, unread
from symgrad.reading.names import is_label, key_or_none, parts
from symgrad.reading.scope import Entries, FunctionKind, SpaceBinding
from symgrad.reading.subscripts import size_of
from symgrad.reading.syntax import Node
from symgrad.reading.usage import Usage
from symgrad.records import dataclass, replace

_REALS = frozenset({r"\mathbb{R}", r"\mathbf{R}", "\\R", r"\Re"})
_NATURALS = frozenset({r"\mathbb{N}", r"\mathbf{N}", "\\N", r"\mathbb{Z}"})
_MATRICES = frozenset({r"\mathcal{M}", "M", r"\mathrm{M}", r"\mathbb{M}"})


@dataclass(frozen=True, slots=True)
class Component:
    """One factor of a space.

    Attributes:
        kind: arrays of real numbers, sizes, or positions `{1, ..., n}`.
        axes: the axes of the arrays; for positions, the one size.
        span: where it is written; for positions, where their upper end is.
        entries: what the entries of an array are besides real numbers: positive, or 0 and 1.
    """

    kind: Literal["array", "size", "index"]
    axes: tuple[Size, ...]
    span: Span
    entries: Entries = ""


class NotASpace(Exception):  # noqa: N818 - it is no error, only an answer
    """The node is an expression."""


def space_of(node: Node, context: Context) -> tuple[Component, ...]:
    """The components of a space.

    Raises:
        NotASpace: where the node does not look like a space at all.
        ReadingError: where it does, and is not understood.
    """
    match node:
        case syntax.Product():
            return _product(node, context)
        case syntax.Group(bracket="(", items=(item,)):
            return space_of(item, context)
        case syntax.Group() if _pair(node):
            return (Component("array", (), node.span, _PAIRS[_pair(node)]),)
        case syntax.Group(bracket="{" | "[", items=items):
            return (_positions(items, node, context),)
        case syntax.Symbol(name=name) if name in _REALS:
            return (Component("array", (), node.span),)
        case syntax.Symbol(name=name) if name in _NATURALS:
            return (Component("size", (), node.span),)
        case syntax.Scripted():
            return _scripted(node, context)
        case _:
            raise NotASpace


def looks_like_a_space(node: Node) -> bool:
    r"""Whether sets of numbers or ranges stand below a node: `\{0, \dots, n\}`."""
    if isinstance(node, syntax.Symbol):
        return node.name in _REALS | _NATURALS
    if isinstance(node, syntax.Group) and any(isinstance(i, syntax.Dots) for i in node.items):
        return True
    return any(looks_like_a_space(child) for child in syntax.children(node))


def has_arrays_of_one(nodes: Iterable[Node], usage: Usage) -> bool:
    r"""Whether a note tells a vector in `\mathbb R^1` from a number.

    It has matrices with one row or column, ranges from 1 to 1, or entries of such a vector.
    """
    return any(_has_arrays_of_one(node, usage) for node in nodes)


def _has_arrays_of_one(node: Node, usage: Usage) -> bool:
    match node:
        case syntax.Scripted(base=base, superscript=syntax.Product(factors=sizes)):
            shown = key_or_none(base) in _REALS and any(map(_is_one, sizes))
        case syntax.Scripted(base=base, subscript=syntax.Listing(items=sizes)):
            shown = key_or_none(base) in _MATRICES and any(map(_is_one, sizes))
        case syntax.BigOperator(upper=upper):
            shown = _is_one(upper)
        case syntax.Group(bracket="{", items=(first, syntax.Dots(), last)):
            shown = _is_one(first) and _is_one(last)
        case syntax.Chain(members=(name, space, *_), relations=(relation, *_)):
            rank = usage.ranks.get(key_or_none(name) or "")
            shown = rank == 1 and relation.sign == r"\in" and _is_one(parts(space)[2])
        case _:
            shown = False
    return shown or any(_has_arrays_of_one(child, usage) for child in syntax.children(node))


def _is_one(node: Node | None) -> bool:
    return node is not None and key_or_none(node) == "1"


def is_space(node: Node, context: Context) -> bool:
    """Whether a node is a space."""
    try:
        space_of(node, context)
    except NotASpace:
        return False
    return True


def signature(node: syntax.Chain, context: Context) -> FunctionKind:
    r"""What `f: \mathbb R^n \to \mathbb R` is a function of.

    Of numbers, unless the set of its arguments is known to hold arrays.
    """
    domain, *values = (_rank(member, context) for member in node.members[1:3])
    if domain is None or domain == 0:
        return "numbers"
    return "number of arrays" if values == [0] else "array of arrays"


def _rank(node: Node, context: Context) -> int | None:
    """Number of axes of the arrays in a space; 1 or more of several; None where it is no space."""
    try:
        components = space_of(node, context)
    except (NotASpace, ReadingError):
        return None
    if any(component.kind != "array" for component in components):
        return None
    return len(components[0].axes) if len(components) == 1 else len(components)


def _product(node: syntax.Product, context: Context) -> tuple[Component, ...]:
    r"""Spaces joined by `\times`; `\mathcal M_{n,m}(\mathbb R)` is one of them."""
    components: list[Component] = []
    place = 0
    while place < len(node.factors):
        if place and node.operators[place - 1] != r"\times":
            raise NotASpace
        factor = node.factors[place]
        matrix = _matrices(node, place, context)
        if matrix is not None:
            components.append(matrix)
            place += 2
        else:
            components.extend(space_of(factor, context))
            place += 1
    return tuple(components)


def _matrices(node: syntax.Product, place: int, context: Context) -> Component | None:
    factor = node.factors[place]
    if not isinstance(factor, syntax.Scripted) or key_or_none(factor.base) not in _MATRICES:
        return None
    if place + 1 >= len(node.factors) or not isinstance(node.factors[place + 1], syntax.Group):
        return None
    sub = factor.subscript
    if isinstance(sub, syntax.Listing):
        axes = tuple(size_of(item, context) for item in sub.items)
    elif sub is not None:
        axes = (size_of(sub, context),) * 2
    else:
        raise NotASpace
    return Component("array", axes, factor.span)


def _scripted(node: syntax.Scripted, context: Context) -> tuple[Component, ...]:
    if node.primes:
        raise NotASpace
    name = key_or_none(node.base)
    if isinstance(node.base, syntax.Group) and _pair(node.base):
        return (replace(_real_arrays(node, context), entries=_PAIRS[_pair(node.base)]),)
    if isinstance(node.base, syntax.Group) and node.superscript is not None:
        count = node.superscript
        if not _is_count(count):
            raise NotASpace
        return space_of(node.base, context) * int(count.text)
    if name in _REALS:
        return (_real_arrays(node, context),)
    if name in _NATURALS:
        power = node.superscript
        copies = int(power.text) if _is_count(power) else 1
        return (Component("size", (), node.span),) * copies
    if name in _MATRICES and isinstance(node.subscript, syntax.Listing):
        axes = tuple(size_of(item, context) for item in node.subscript.items)
        return (Component("array", axes, node.span),)
    return _named(node, context)


_PAIRS: dict[str, Entries] = {"{0 1": "binary", "{-1 1": "signs", "[0 1": ""}
"""What two numbers in brackets say of entries."""


def _pair(node: syntax.Group) -> str:
    r"""`\{0, 1\}`, `\{-1, +1\}` or `[0, 1]`, as a key of `_PAIRS`; empty for other groups."""
    numbers = sorted(filter(None, map(_unit, node.items)))
    key = node.bracket + " ".join(numbers)
    return key if len(node.items) == len(numbers) and key in _PAIRS else ""


def _unit(node: Node) -> str:
    """0, 1 or -1 as it is written, with its sign where that is minus; empty for others."""
    if isinstance(node, syntax.Terms) and len(node.terms) == 1:
        sign, inner = node.signs[0], _unit(node.terms[0])
        return {"+1": "1", "-1": "-1"}.get(sign + inner, "")
    return node.text if isinstance(node, syntax.Numeral) and node.text in ("0", "1") else ""


def _is_above_zero(node: syntax.Scripted) -> bool:
    r"""Whether the reals are marked as positive: `\mathbb R_{>0}`, `\mathbb R_+^*`."""
    marks = [_mark(script) for script in (node.subscript, node.superscript)]
    return marks[0] == ">0" or {"+", "*"} == set(marks)


def _mark(node: Node | None) -> str:
    """A script that is no size, without what the parser makes of it."""
    if isinstance(node, syntax.Chain) and isinstance(node.members[0], syntax.Blank):
        after = node.members[1]
        is_zero = isinstance(after, syntax.Numeral) and after.text == "0"
        return ">0" if node.relations[0].sign == ">" and is_zero else ""
    return key_or_none(node) or "" if node is not None else ""


def _is_count(node: Node | None) -> TypeGuard[syntax.Numeral]:
    return isinstance(node, syntax.Numeral) and node.text.isdigit() and len(node.text) < 3


def _real_arrays(node: syntax.Scripted, context: Context) -> Component:
    r"""`\mathbb R^m`, `\mathbb R^{n \times m}`; `\mathbb R^*` and `\mathbb R_+` are numbers."""
    power = node.superscript
    entries: Entries = "positive" if _is_above_zero(node) else ""
    if power is None or key_or_none(power) in ("*", "+", "-"):
        return Component("array", (), node.span, entries)
    if isinstance(power, syntax.Product) and set(power.operators) == {r"\times"}:
        axes = tuple(size_of(factor, context) for factor in power.factors)
    elif _is_one(power) and not context.session.has_arrays_of_one:
        axes = ()
    else:
        axes = (size_of(power, context),)
    return Component("array", axes, node.span, entries)


def _named(node: Node, context: Context) -> tuple[Component, ...]:
    r"""A space the note has named: `\Theta_{m,n}`."""
    base, sub, sup, primes = parts(node)
    name = key_or_none(base)
    binding = context.scope.names.find(name, node.span.start) if name else None
    if not isinstance(binding, SpaceBinding) or sup is not None or primes:
        raise NotASpace
    items = sub.items if isinstance(sub, syntax.Listing) else (sub,) if sub is not None else ()
    if len(items) != len(binding.parameters):
        raise unread(node.span, f"{name} was defined with {len(binding.parameters)} sizes")
    sizes = {p: size_of(item, context) for p, item in zip(binding.parameters, items, strict=True)}
    inner = replace(context, size_names={**context.size_names, **sizes})
    return tuple(replace(c, span=node.span) for c in space_of(binding.space, inner))


def _positions(items: tuple[Node, ...], node: Node, context: Context) -> Component:
    r"""`\{1, \dots, n\}`, `[1, n]`, `[n]`."""
    plain = [item for item in items if not isinstance(item, syntax.Dots)]
    starts_at_one = (
        isinstance(plain[0], syntax.Numeral) and plain[0].text == "1" if plain else False
    )
    if starts_at_one and len(plain) >= 2:
        last = plain[-1]
    elif len(plain) == 1 and len(items) == 1:
        last = plain[0]
    else:
        raise NotASpace
    if isinstance(last, syntax.Group) or is_label(last):
        return _positions(last.items, last, context)  # type: ignore[attr-defined]
    return Component("index", (size_of(last, context),), last.span)
