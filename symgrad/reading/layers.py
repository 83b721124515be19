r"""Layers by a letter: which scripts say of which layer something is.

`z^l = W^l a^{l-1}` and `x_i = f_i(W_i x_{i-1})` say the same thing of every layer.
A letter is a layer's where it stands shifted by a number (`l-1`, `l+1`) in the
scripts of several names, is never a factor, no sum runs over it and no entry
has it beside another subscript, except before the comma of `y_{t,k}` where
`y_t` is written too. Other scripts of the same names (`a^L`, `W^o`)
are then labels too. `marked` rewrites the syntax: such a script becomes a
`Label`, so that nothing else takes it for an index or a power.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.diagnostics import Span
from symgrad.reading import syntax
from symgrad.reading.names import TRANSPOSES, is_label, key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class LayerNumber:
    """A layer: a letter and what is added to it; the letter is "" for a number."""

    letter: str
    offset: int

    def shifted(self, by: int) -> LayerNumber:
        """The layer this many above."""
        return LayerNumber(self.letter, self.offset + by)


def layer_number(node: Node) -> LayerNumber | None:
    """The layer that a script names: `l`, `l+1`, `(l-1)`, `3`, `out`."""
    match node:
        case syntax.Label(content=content, layer=layer):
            return layer_number(content) if layer else None
        case syntax.Group(items=(item,)):
            return layer_number(item)
        case syntax.Symbol(name=name):
            return LayerNumber(name, 0)
        case syntax.Numeral(text=text) if text.isdigit():
            return LayerNumber("", int(text))
        case syntax.Terms(signs=("+", sign), terms=(syntax.Symbol(name=name), last)):
            if isinstance(last, syntax.Numeral) and last.text.isdigit():
                return LayerNumber(name, int(last.text) * (1 if sign == "+" else -1))
    return None


def layer_node(number: LayerNumber, span: Span) -> Node:
    """How a layer is written."""
    amount = syntax.Numeral(span, str(abs(number.offset)))
    if not number.letter:
        return amount if number.offset >= 0 else syntax.Terms(span, ("-",), (amount,))
    letter = syntax.Symbol(span, number.letter)
    if number.offset == 0:
        return letter
    return syntax.Terms(span, ("+", "+" if number.offset > 0 else "-"), (letter, amount))


def family_name(node: Node) -> tuple[str, LayerNumber] | None:
    """A name with its layer taken out, and the layer; None for a name without one."""
    if not isinstance(node, syntax.Scripted):
        return None
    base, sub, sup = node.base, node.subscript, node.superscript
    if isinstance(base, syntax.Scripted):
        return family_name(base)
    stem = key_or_none(base)
    if stem is None:
        return None
    for script, sign in ((sub, "_"), (sup, "^")):
        labels = isinstance(script, syntax.Label) or (sign == "^" and is_label(script))
        number = layer_number(script) if labels and script is not None else None
        if number is not None:
            return stem + sign, number
    return None


def at_layer(node: Node, letter: str, number: LayerNumber) -> Node:
    """A body with the layer `number` in the place of its letter."""
    if isinstance(node, syntax.Label) or is_label(node):
        found = layer_number(node)
        if found is not None and found.letter == letter:
            content = layer_node(number.shifted(found.offset), node.span)
            if isinstance(node, syntax.Label):
                return replace(node, content=content)
            return replace(node, items=(content,))  # type: ignore[call-arg]
    return syntax.rebuilt(node, lambda part: at_layer(part, letter, number))


@dataclass
class Scripts:
    """Where letters stand in the scripts of a note's names."""

    shifted: dict[str, set[str]] = field(default_factory=dict)
    plain: dict[str, set[str]] = field(default_factory=dict)
    numbered: set[str] = field(default_factory=set)
    first: set[str] = field(default_factory=set)

    def add(self, script: Node, stem: str) -> None:
        """Enter one script of one name."""
        number = layer_number(script)
        if number is not None and not number.letter:
            self.numbered.add(stem)
            if number.offset == 1:
                self.first.add(stem)
        if number is None or not number.letter:
            return
        kind = self.shifted if number.offset else self.plain
        kind.setdefault(number.letter, set()).add(stem)

    def names(self, letter: str) -> set[str]:
        """The names that have a letter in their script."""
        return self.shifted.get(letter, set()) | self.plain.get(letter, set())


@dataclass
class Layers:
    """What the formulas of a note show of its layers.

    Attributes:
        above, below: names whose superscript, or subscript, says the layer.
        numbered: those of the first that never stand without a superscript.
        letters: letters for any layer.
    """

    above: set[str] = field(default_factory=set)
    below: set[str] = field(default_factory=set)
    letters: set[str] = field(default_factory=set)
    numbered: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Layers:
        """The layers that the formulas of a note show."""
        seen = _Seen()
        for node in nodes:
            seen.look(node)
        above = [a for a in seen.above.shifted if seen.shifts_layers(a)]
        above += [a for a in seen.above.plain if a not in above and seen.is_any_of_numbered(a)]
        below = [
            a
            for a in seen.below.shifted
            if _many(seen.below, a)
            and a not in seen.factors | seen.indices
            and seen.may_come_first(a)
            and not seen.below.names(a) & seen.declared
        ]
        below += [a for a in seen.below.plain if a not in below and seen.is_any_of_defined(a)]
        letters = {*above, *below, *seen.bracketed.shifted}
        small = {a for a in letters if not a[:1].isupper()}
        names_above = {name for a in above for name in seen.above.names(a)}
        names_above |= seen.above.first - seen.bare - {"e"}  # nobody writes the power 1
        return cls(
            names_above,
            {name for a in below for name in seen.below.names(a)},
            small or letters,
            names_above - seen.bare,
        )

    def marked(self, node: Node) -> Node:
        """The node with its layers marked as such."""
        new = syntax.rebuilt(node, self.marked)
        if not isinstance(new, syntax.Scripted):
            return new
        new = _with_primes_outside(new)
        stem = key_or_none(new.base)
        if stem is None or isinstance(new.base, syntax.Scripted):
            return new
        sub, sup = new.subscript, new.superscript
        if sup is not None and _parted(sup)[1] is not None and is_label(_parted(sup)[0]):
            label, transpose = _parted(sup)
            return syntax.Scripted(new.span, replace(new, superscript=label), None, transpose, 0)
        if sub is not None and stem in self.below and layer_number(sub) is not None:
            new = replace(new, subscript=syntax.Label(sub.span, sub))
        if sup is None or stem not in self.above:
            return new
        label, transpose = _parted(sup)
        number = layer_number(label)
        if number is None or is_label(label) or number.letter in TRANSPOSES - self.letters:
            return new
        if not number.letter and stem not in self.numbered:
            return new  # a layer or a power
        new = replace(new, superscript=syntax.Label(label.span, label))
        if transpose is None:
            return new
        return syntax.Scripted(new.span, new, None, transpose, 0)


def _leads_on(formulas: dict[int, set[int]]) -> bool:
    """Whether each of several numbered formulas is made of the number before, and none after."""
    later = [n for n in formulas if n != min(formulas)]
    return bool(later) and all(n - 1 in formulas[n] and max(formulas[n]) <= n for n in later)


def _numbers_below(node: Node) -> Iterator[int]:
    """The numbers that names have below a node."""
    sub = parts(node)[1]
    if isinstance(sub, syntax.Numeral) and sub.text.isdigit():
        yield int(sub.text)
    for child in syntax.children(node):
        yield from _numbers_below(child)


def _many(scripts: Scripts, letter: str) -> bool:
    return len(scripts.names(letter)) > 1


def _with_primes_outside(node: syntax.Scripted) -> syntax.Scripted:
    r"""`g^{[1]'}` is `g^{[1]}` with a prime."""
    sup = node.superscript
    if (
        isinstance(sup, syntax.Scripted)
        and is_label(sup.base)
        and sup.primes
        and sup.subscript is None
        and sup.superscript is None
    ):
        return replace(node, superscript=sup.base, primes=node.primes + sup.primes)
    return node


def _parted(sup: Node) -> tuple[Node, Node | None]:
    """`lT`, `l+1T` and `l,T` are a layer and a transpose."""
    items: tuple[Node, ...] = ()
    if isinstance(sup, syntax.Terms) and len(sup.terms) == 2:
        label, transpose = _parted(sup.terms[1])
        span = sup.span if transpose is None else Span(sup.span.start, label.span.end)
        return replace(sup, span=span, terms=(sup.terms[0], label)), transpose
    if isinstance(sup, syntax.Product) and not any(sup.operators):
        items = sup.factors
    elif isinstance(sup, syntax.Listing):
        items = sup.items
    if len(items) == 2 and key_or_none(items[1]) in TRANSPOSES:
        return items
    return sup, None


_NAMES = syntax.Symbol | syntax.Accent


@dataclass
class _Seen:
    """Where the letters of a note stand."""

    above: Scripts = field(default_factory=Scripts)
    below: Scripts = field(default_factory=Scripts)
    bracketed: Scripts = field(default_factory=Scripts)
    factors: set[str] = field(default_factory=set)
    indices: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    first: dict[str, set[str]] = field(default_factory=dict)
    defined: dict[str, dict[int, set[int]]] = field(default_factory=dict)

    def may_come_first(self, letter: str) -> bool:
        """Whether `y_{t,k}` may be an entry of `y_t`: some such name has t alone too."""
        names = self.first.get(letter, set())
        return not names or bool(names & self.below.names(letter))

    def shifts_layers(self, letter: str) -> bool:
        """Whether `l+1` over a name is another layer, not another power.

        It stands over several names, or over one that also has the plain letter and never
        stands alone.
        """
        names = self.above.names(letter)
        one = names & self.above.plain.get(letter, set()) - {"e"} and not names & self.bare
        return letter not in self.factors and (len(names) > 1 or bool(one))

    def is_any_of_numbered(self, letter: str) -> bool:
        r"""Whether a letter stands for the numbers of layers: the l of `\delta^l`, beside `z^1`.

        The names that have it are several, one of them has numbers too, and none ever
        stands alone, as what has a power does.
        """
        names = self.above.names(letter)
        is_free = letter not in self.factors | self.indices | self.bare | TRANSPOSES
        return (
            is_free
            and len(names) > 1
            and bool(names & self.above.numbered)
            and not (names & self.bare)
        )

    def is_any_of_defined(self, letter: str) -> bool:
        r"""Whether a letter stands for the numbers of layers: the k of `z_k`, beside `z_1 = ..`.

        Several names have it, none of them ever stands alone, and one of them has a formula
        for several numbers, each made of the number before it.
        """
        names = self.below.names(letter)
        is_free = letter not in self.factors | self.indices | self.bare
        written_out = any(_leads_on(self.defined.get(name, {})) for name in names)
        return (
            is_free
            and len(names) > 1
            and written_out
            and not names & (self.bare | self.declared)
            and self.may_come_first(letter)
        )

    def look(self, node: Node) -> None:
        match node:
            case syntax.Symbol(name=name):
                self.bare.add(name)
            case syntax.Scripted(base=syntax.Symbol() | syntax.Accent() as base):
                stem = key_or_none(base)
                if stem is not None:  # none for the hat on a sum
                    self._scripts(stem, node)
            case syntax.BigOperator(lower=syntax.Node() as lower):
                self._bound(lower)
            case syntax.Product(factors=factors):
                self.factors |= {f.name for f in factors if isinstance(f, syntax.Symbol)}
            case syntax.Chain(members=(first, second, *_), relations=(relation, *_)):
                if relation.sign == r"\in":
                    self.declared |= {key_or_none(first) or ""}
                elif relation.sign in ("=", ":="):
                    self._definition(first, second)
            case _:
                pass
        for child in syntax.children(node):
            inside = not isinstance(node, syntax.Scripted) or child is node.base
            if inside and not (isinstance(node, syntax.Scripted) and isinstance(child, _NAMES)):
                self.look(child)

    def _definition(self, left: Node, body: Node) -> None:
        """Enter the number of a name such as `z_2`, with the numbers in the formula for it."""
        base, sub, sup, primes = parts(left)
        stem = key_or_none(base)
        if stem is None or sup is not None or primes or not isinstance(sub, syntax.Numeral):
            return
        number = layer_number(sub)
        if number is not None:
            self.defined.setdefault(stem, {})[number.offset] = set(_numbers_below(body))

    def _scripts(self, stem: str, node: syntax.Scripted) -> None:
        if node.superscript is not None:
            label = _parted(node.superscript)[0]
            (self.bracketed if is_label(label) else self.above).add(label, stem)
        sub = node.subscript
        if isinstance(sub, syntax.Listing | syntax.Product):
            items = sub.items if isinstance(sub, syntax.Listing) else sub.factors
            if isinstance(sub, syntax.Listing) and isinstance(items[0], syntax.Symbol):
                self.first.setdefault(items[0].name, set()).add(stem)
                items = items[1:]
            self.indices |= {item.name for item in items if isinstance(item, syntax.Symbol)}
        elif sub is not None:
            self.below.add(sub, stem)

    def _bound(self, lower: Node) -> None:
        for part in (lower, *syntax.children(lower)):
            if isinstance(part, syntax.Symbol):
                self.indices.add(part.name)
