"""Shapes of statements: what can be defined, what a brace says, which pieces belong together."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.diagnostics import Span
from symgrad.reading import constructs as words
from symgrad.reading import syntax
from symgrad.reading.errors import unread
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.parser import Piece
from symgrad.reading.syntax import Chain, Node
from symgrad.records import dataclass

DECLARATIONS = frozenset({r"\in", r"\mapsto", r"\to", r"\subset", ":"})
COMPARISONS = frozenset({"<", ">", r"\leq", r"\geq"})
EQUALITIES = frozenset({"=", ":="})


@dataclass(frozen=True)
class Annotation:
    r"""A claim under a brace: the body equals the label, where the conditions hold.

    Attributes:
        body: what the brace embraces.
        label: what it is said to equal.
        conditions: such as `i \neq k`.
        sums: the sums around it, outermost first, whose indices it may use.
        span: the label.
    """

    body: Node
    label: Node
    conditions: tuple[Node, ...]
    sums: tuple[syntax.BigOperator, ...]
    span: Span


def definable(node: Node, body: Node) -> tuple[str, tuple[str, ...], Node] | None:
    """Name, subscripts and the node of the name, where a node can be defined.

    `Z`, `W^{(1)}`, `[Z]_i`, `z_{ij}`; the letters below a name are subscripts where
    the body uses them as such, and part of the name elsewhere.
    """
    base, sub, sup, primes = parts(node)
    if isinstance(base, syntax.Group) and base.bracket == "[" and len(base.items) == 1:
        name = key_or_none(base.items[0])
        if isinstance(base.items[0], syntax.Product | syntax.Terms | syntax.Group):
            return None
        if name is None or sub is None or sup is not None or primes:
            return None
        indices = _index_letters(sub)
        return None if indices is None else (name, indices, base.items[0])
    whole = key_or_none(node)
    if isinstance(base, syntax.Group | syntax.Product | syntax.Terms | syntax.Numeral):
        return None
    if whole is None or isinstance(node, syntax.Numeral | syntax.Product | syntax.Group):
        return None
    if isinstance(node, syntax.Terms | syntax.Listing):
        return None
    if sub is None or isinstance(sub, syntax.Label) or not isinstance(node, syntax.Scripted):
        return whole, (), node
    indices = _index_letters(sub)
    used = _subscript_letters(body)
    if indices is None or not set(indices) <= used:
        return whole, (), node
    bare = syntax.Scripted(node.span, base, None, sup, primes) if sup or primes else base
    name = key_or_none(bare)
    return None if name is None else (name, indices, base)


def _index_letters(sub: Node) -> tuple[str, ...] | None:
    if isinstance(sub, syntax.Label):
        return None
    if isinstance(sub, syntax.Listing):
        items: tuple[Node, ...] = sub.items
    elif isinstance(sub, syntax.Product) and not any(sub.operators):
        items = sub.factors
    else:
        items = (sub,)
    names = [key_or_none(item) for item in items]
    if any(
        n is None or n.isdigit() or isinstance(i, syntax.Terms)
        for n, i in zip(names, items, strict=True)
    ):
        return None
    return tuple(n for n in names if n is not None)


def _subscript_letters(node: Node) -> set[str]:
    """Every index letter that stands in a subscript or a condition below a node."""
    found: set[str] = set()
    if isinstance(node, syntax.Scripted) and node.subscript is not None:
        found |= set(_index_letters(node.subscript) or ())
    if isinstance(node, Chain):
        found |= {n for m in node.members if (n := key_or_none(m)) is not None}
    for child in syntax.children(node):
        found |= _subscript_letters(child)
    return found


def named_braces(node: Node) -> list[tuple[Node, Node]]:
    """Label and body of every brace that gives a name, innermost first."""
    found: list[tuple[Node, Node]] = []
    for child in syntax.children(node):
        found.extend(named_braces(child))
    if isinstance(node, syntax.Brace) and definable(node.label, node.body) is not None:
        found.append((node.label, node.body))
    return found


def claims_under_braces(node: Node, sums: tuple[syntax.BigOperator, ...] = ()) -> list[Annotation]:
    """The claims that braces below a node make."""
    inner = (*sums, node) if isinstance(node, syntax.BigOperator) else sums
    found = [a for child in syntax.children(node) for a in claims_under_braces(child, inner)]
    if isinstance(node, syntax.Brace) and definable(node.label, node.body) is None:
        annotation = _annotation(node, sums)
        if annotation is not None:
            found.append(annotation)
    return found


def _annotation(node: syntax.Brace, sums: tuple[syntax.BigOperator, ...]) -> Annotation | None:
    r"""`= 0 \text{ if } i \neq k` or an expression; words alone claim nothing."""
    label = node.label
    items = label.items if isinstance(label, syntax.Listing) else (label,)
    said = [item for item in items if not isinstance(item, syntax.Words)]
    if not said:
        return None
    check_condition_words(items[1:] if len(said) > 1 else ())
    head, conditions = said[0], tuple(said[1:])
    if isinstance(head, Chain) and isinstance(head.members[0], syntax.Blank):
        head = head.members[-1]
    return Annotation(node.body, head, conditions, sums, label.span)


def equal_steps(
    members: Sequence[Node], relations: Sequence[syntax.Relation]
) -> list[tuple[Span, Node]]:
    """The members that follow the first, as long as the relations are equalities."""
    steps = []
    for relation, member in zip(relations, members[1:], strict=False):
        if relation.sign not in EQUALITIES:
            break
        steps.append((relation.span, member))
    return steps


def check_condition_words(nodes: Sequence[Node]) -> None:
    """Refuse words beside a condition that may turn it round.

    Raises:
        ReadingError: for a word that is not known to leave it as it is.
    """
    for node in nodes:
        if not isinstance(node, syntax.Words):
            continue
        if not words.only_words_of(node.text, words.CONDITION_WORDS):
            raise unread(node.span, f"the words '{node.text}' are not known in a condition")


def grouped(pieces: Sequence[Piece]) -> list[list[Node]]:
    r"""Pieces that belong together: a list of names before its `\in`."""
    groups: list[list[Node]] = []
    waiting: list[Node] = []
    for piece in pieces:
        node = piece.node
        if isinstance(node, syntax.Words | syntax.Dots):
            continue
        if isinstance(node, Chain):
            takes = waiting and node.relations[0].sign == r"\in"
            groups.extend([n] for n in ([] if takes else waiting))
            groups.append([*(waiting if takes else []), node])
            waiting = []
        else:
            waiting.append(node)
    groups.extend([n] for n in waiting)
    return groups


def is_mention(node: Node) -> bool:
    """A name, an entry, a list of names: talked about, not claimed."""
    if isinstance(node, syntax.Group | syntax.Listing):
        return all(is_mention(item) or isinstance(item, syntax.Dots) for item in node.items)
    base = parts(node)[0]
    if isinstance(base, syntax.Group) and base.bracket == "[":
        return len(base.items) == 1 and key_or_none(base.items[0]) is not None
    if isinstance(node, syntax.Product | syntax.Terms):
        return False
    return key_or_none(node) is not None or isinstance(node, syntax.Dots | syntax.Blank)
