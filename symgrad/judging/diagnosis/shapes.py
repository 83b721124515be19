"""Steps of arrays that do not fit: transposes, order, and a factor too few or too many.

Products are written anew with one or two transposes changed, two neighbours exchanged,
a factor left out or put in. What is offered has the right shape, and is proved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise

from symgrad.diagnostics import Edit, Source, Span
from symgrad.judging.chain import Chain, Member
from symgrad.judging.diagnosis.brackets import last_factor
from symgrad.judging.diagnosis.marks import grouped_calls
from symgrad.judging.edits import edited_text, read_at, without_superscript
from symgrad.reading import syntax
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError
from symgrad.reading.names import TRANSPOSES, key_or_none, names_in, parts
from symgrad.reading.scope import DefinitionBinding, TensorBinding
from symgrad.reading.syntax import Node
from symgrad.reading.tokens import LatexError
from symgrad.records import dataclass

_NAMES = syntax.Symbol | syntax.Scripted | syntax.Accent

MOST_FACTORS = 6
"""Factors of a product that is looked at."""

MOST_READ = 2_500
"""Characters that are read for one step; every change is read with the whole step."""


@dataclass(frozen=True)
class Fitted:
    """A step whose shapes fit, proved.

    Attributes:
        mistake: what was wrong.
        says: the sentence about it.
        correction: the step without it.
    """

    mistake: str
    says: str
    correction: str


def fitted(chain: Chain, left: Member, node: Node) -> Fitted | None:
    """The first change of a product in a step that makes it fit and right."""
    source = chain.session.source
    own = source.slice(node.span).strip()
    is_number = left.value is not None and not left.value.axes
    for slug, says, name in _OF_ARRAYS[is_number]:
        text = rf"\operatorname{{{name}}}({own})"
        if is_right(chain, left, node, text):
            return Fitted(slug, says, text)
    for span, says, text in _bracketed(node, source):
        whole = edited_text(source, node.span, [Edit(span, text)]).strip()
        if is_right(chain, left, node, whole):
            return Fitted("bracket-scope", says, whole)
    read = 0
    for product in _products(node):
        for mistake, says, text in _changes(chain, left, product):
            whole = edited_text(source, node.span, [Edit(product.span, text)]).strip()
            read += len(whole)
            if read > MOST_READ:
                return None
            if is_right(chain, left, node, whole):
                return Fitted(mistake, says, whole)
    return None


_OF_ARRAYS = {
    False: (("missing-diag", "a diagonal matrix is meant", "diag"),),
    True: (("missing-trace", "its trace is meant", "tr"),),
}
"""What is put before an array, by whether the left-hand side is a number."""


def _bracketed(node: Node, source: Source) -> Iterator[tuple[Span, str, str]]:
    """A (b + c) for A b + c: the places, what is said, and the text."""
    if isinstance(node, syntax.Terms):
        for (_, first), (sign, second) in pairwise(zip(node.signs, node.terms, strict=True)):
            tail = last_factor(first)
            if tail is not None:
                inside = source.slice(Span(tail.span.start, first.span.end))
                more = source.slice(second.span)
                says = f"the bracket must hold {more} too"
                yield Span(tail.span.start, second.span.end), says, f"({inside} {sign} {more})"
    for child in syntax.children(node):
        if not isinstance(child, _NAMES):
            yield from _bracketed(child, source)


def is_right(chain: Chain, left: Member, node: Node, text: str) -> bool:
    """Whether a step with another text has a meaning and is proved."""
    try:
        changed = read_at(text, node.span, chain.session)
    except LatexError:
        return False
    return chain.would_prove(left, changed)


def _products(node: Node) -> Iterator[syntax.Product]:
    """The products of a step, outer ones first; a step of one factor is a product, too."""
    if isinstance(node, syntax.Product):
        yield node
    elif isinstance(node, _NAMES):
        yield syntax.Product(node.span, (node,), ())
        return
    for child in syntax.children(node):
        if not isinstance(child, _NAMES):
            yield from _products(child)


Change = tuple[str, str, str]
"""Mistake, sentence and the text of a product."""


def _changes(chain: Chain, left: Member, product: syntax.Product) -> Iterator[Change]:
    """A product with small changes, the smallest first."""
    slice_ = chain.session.source.slice
    grouped = grouped_calls(product, chain.context, chain.session.source)
    factors = grouped.factors if isinstance(grouped, syntax.Product) else (grouped,)
    signs = ("", *(grouped.operators if isinstance(grouped, syntax.Product) else ()))
    if len(factors) > MOST_FACTORS:
        return
    texts = [slice_(factor.span) for factor in factors]
    arrays = [k for k, factor in enumerate(factors) if not _is_number(chain, factor)]
    turn = _turning(chain)
    for some in (*combinations(arrays, 1), *combinations(arrays, 2)):
        changed = [turn(factors[k]) if k in some else t for k, t in enumerate(texts)]
        slug, says = _turned(texts, changed, some)
        yield slug, says, _joined(changed, signs)
    for first, second in pairwise(arrays):
        order = list(range(len(texts)))
        order[first], order[second] = second, first
        says = f"{texts[first]} and {texts[second]} are in the wrong order"
        for some in ((), *combinations(arrays, 1), *combinations(arrays, 2)):
            changed = [turn(factors[k]) if k in some else t for k, t in enumerate(texts)]
            yield "order-of-factors", says, _joined([changed[k] for k in order], signs)
    for k in arrays if len(texts) > 1 else ():
        rest = [t for place, t in enumerate(texts) if place != k]
        kept = [s for place, s in enumerate(signs) if place != k]
        yield "stray-factor", f"the factor {texts[k]} is too much", _joined(rest, ["", *kept[1:]])
    for k in arrays:
        for name in _others(chain, left, factors[k]):
            changed = [*texts[:k], name, *texts[k + 1 :]]
            yield "wrong-variable", f"{texts[k]} should be {name}", _joined(changed, signs)
    for name in _names(chain, left, product):
        for text in (name, f"{name}{_mark(chain)}"):
            for place in range(min(arrays, default=0), len(texts) + 1):
                longer = [*texts[:place], text, *texts[place:]]
                more = ["", *signs[1:place], "", *signs[max(place, 1) :]]
                yield "missing-factor", f"you dropped {text}", _joined(longer, more)


def _others(chain: Chain, left: Member, factor: Node) -> Iterator[str]:
    """The other arrays of the note in the place of one, transposed as that is."""
    if not isinstance(factor, _NAMES):
        return
    sup = parts(factor)[2] if isinstance(factor, syntax.Scripted) else None
    turned = sup is not None and key_or_none(sup) in TRANSPOSES
    own = key_or_none(factor.base if turned and isinstance(factor, syntax.Scripted) else factor)
    scope, order = chain.session.scope.names, left.node.span.start
    known = [binding for name in scope.bindings if (binding := scope.before(name, order))]
    arrays = [
        b
        for b in known
        if isinstance(b, DefinitionBinding) or getattr(b, "axes", None)
        if isinstance(b, DefinitionBinding | TensorBinding)
    ]
    arrays.sort(key=lambda binding: (_stem(binding.name) != _stem(own or ""), -binding.order))
    for binding in arrays[:MOST_OTHERS]:
        if binding.name not in (own, key_or_none(left.node)):
            name = re.sub(r"_\{(\w)\}", r"_\1", binding.name)
            yield (
                f"{{{name}}}{_mark(chain)}"
                if turned and "^" in name
                else (name + _mark(chain) if turned else name)
            )


MOST_OTHERS = 10
"""Arrays that are tried in the place of one."""


def _stem(name: str) -> str:
    return name.split("_")[0].split("^")[0]


def _turned(texts: Sequence[str], changed: Sequence[str], some: tuple[int, ...]) -> tuple[str, str]:
    """Slug and sentence for transposes that were put to some factors, or taken from them."""
    added = [k for k in some if len(changed[k]) > len(texts[k])]
    removed = [k for k in some if k not in added]
    if added and removed:
        says = f"the transpose belongs to {texts[added[0]]}, not to {changed[removed[0]]}"
        return "swapped-transpose", says
    names = " and ".join(texts[k] for k in added) or " and ".join(changed[k] for k in removed)
    slug = "missing-transpose" if added else "stray-transpose"
    return slug, f"the transpose of {names} is {'missing' if added else 'too much'}"


def _joined(texts: Sequence[str], signs: Sequence[str]) -> str:
    pairs = zip(signs, texts, strict=False)
    return " ".join(part for sign, text in pairs for part in (sign, text) if part)


def _is_number(chain: Chain, factor: Node) -> bool:
    if isinstance(factor, syntax.Scripted) and factor.subscript is not None:
        letters = chain.session.usage.index_letters(factor.subscript)
        if letters is not None:
            return True  # an entry, even one whose indices do not fit
    snapshot = chain.session.snapshot()
    try:
        return not value(factor, chain.context).axes
    except ReadingError:
        return isinstance(factor, syntax.BigOperator)
    finally:
        chain.session.undo(snapshot)


def _mark(chain: Chain) -> str:
    r"""The sign of the transpose in this note: `^T` or `^\top`."""
    text = chain.session.source.text
    return next((f"^{sign}" for sign in (r"\top", r"\intercal", "T") if f"^{sign}" in text), "^T")


def _turning(chain: Chain) -> Callable[[Node], str]:
    """Writes the transpose of a factor."""
    slice_, mark = chain.session.source.slice, _mark(chain)

    def turned(factor: Node) -> str:
        sup = parts(factor)[2]
        if isinstance(factor, syntax.Scripted) and sup is not None:
            if key_or_none(sup) in TRANSPOSES:
                return without_superscript(chain.session.source, factor)
            return f"{{{slice_(factor.span)}}}{mark}"
        return slice_(factor.span) + mark

    return turned


def _names(chain: Chain, left: Member, product: syntax.Product) -> list[str]:
    """The arrays that the left-hand side and the product speak of."""
    scope, order = chain.session.scope.names, left.node.span.start
    used = set(names_in(left.node))
    for name in list(used):
        binding = scope.find(name, order)
        if isinstance(binding, DefinitionBinding):
            used |= names_in(binding.body)
    known = {name: scope.find(name, order) for name in sorted(used | names_in(product))}
    return [
        name
        for name, binding in known.items()
        if (isinstance(binding, TensorBinding) and binding.axes)
        or isinstance(binding, DefinitionBinding)
    ][:MOST_FACTORS]
