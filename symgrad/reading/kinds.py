r"""Subscripts that say which one, not which entry: `\mu_{\mathcal B}`, `W_{hh}`, `d_k`, `y_{t,k}`.

Four tells, each from the note as a whole; what a sum binds is always an index.

- **Script letters**: the batch of `\mu_{\mathcal B}`.
- **Capitals** that several names share and that stand nowhere else: `\mu_B`, `\sigma_B`.
- **Kinds**: the letters of `W_{xh}` are names that have scripts of their own (`x_t`, `h_t`);
  then all subscripts of W say which matrix is meant, those of `W_f`, `W_i`, `W_o` too.
- **Lone letters**: the k of `\sqrt{d_k}` stands on nothing else in the note.

A label before an index parts from it: `y_{t,k}` is entry k of the `y_t` that the note has too,
and `z_{2,k}` entry k of a `z_2` that it defines as a whole.
`marked` rewrites the syntax: such a script becomes a `Label`, as those of layers do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.layers import layer_number
from symgrad.reading.names import key, key_or_none
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, field, replace

SCRIPT = pattern(r"^\\(?:mathcal|mathscr|mathfrak)\b")
"""Begins the key of a subscript in script letters."""
_COUNTS = frozenset({"d", "n", "D", "N"})
"""Letters that count with a label: the width `d_k` of keys, the number `n_h` of units."""

_NAMES = syntax.Symbol | syntax.Accent


@dataclass
class Kinds:
    """What the formulas of a note show of the subscripts that are no indices.

    Attributes:
        stems: names of which every single subscript is a label.
        scripts: keys of subscripts that are labels wherever they stand.
        first: names with a label, of which entries are written with both.
        letters: letters of layers and times, which are labels before a comma on any name.
    """

    stems: set[str] = field(default_factory=set)
    scripts: set[str] = field(default_factory=set)
    first: set[tuple[str, str]] = field(default_factory=set)
    letters: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Kinds:
        """The labels that the formulas of a note show; layers are marked in them already."""
        seen = _Seen()
        for node in nodes:
            seen.look(node)
        scripts = {key for keys in seen.single.values() for key in keys if SCRIPT.match(key)}
        scripts = (scripts | seen.capitals()) - seen.bound
        kinds = seen.scripted - seen.bound - seen.on_the_left
        stems = {
            stem
            for stem, keys in seen.single.items()
            if stem not in seen.indexed
            and (
                _say_each_the_kind(keys, kinds)
                if stem in seen.bare
                else _say_the_kind(keys, kinds, seen.bound) or seen.is_lone(stem)
            )
        }
        labelled = {(stem, k) for stem, k in seen.labelled}
        labelled |= {(stem, k) for stem, keys in seen.single.items() for k in keys & scripts}
        labelled |= {(stem, k) for stem, k in seen.numbered if stem not in seen.counted}
        letters = {k for _, k in labelled if k.isalpha() and k not in seen.bound}
        return cls(stems, scripts, labelled, letters)

    @property
    def used(self) -> bool:
        """Whether the note has any."""
        return bool(self.stems or self.scripts or self.first)

    def marked(self, node: Node) -> Node:
        """The node with its labels marked as such."""
        new = syntax.rebuilt(node, self.marked)
        if not isinstance(new, syntax.Scripted) or not isinstance(new.base, _NAMES):
            return new
        sub, stem = new.subscript, key_or_none(new.base)
        if sub is None or stem is None or isinstance(sub, syntax.Label):
            return new
        if key_or_none(sub) in self.scripts or stem in self.stems:
            return replace(new, subscript=syntax.Label(sub.span, sub, layer=False))
        if isinstance(sub, syntax.Listing) and len(sub.items) > 1:
            return self._parted(new, stem, sub)
        return new

    def _parted(self, node: syntax.Scripted, stem: str, sub: syntax.Listing) -> Node:
        """`y_{t,k}` as entry k of `y_t`."""
        label, *rest = sub.items
        name = key_or_none(label) or ""
        if (stem, name) not in self.first and name not in self.letters:
            return node
        layer = name not in self.scripts and not isinstance(label, syntax.Numeral)
        mark = syntax.Label(label.span, label, layer=layer)
        inner = syntax.Scripted(node.span, node.base, mark, None, node.primes)
        indices = rest[0] if len(rest) == 1 else replace(sub, items=tuple(rest))
        return syntax.Scripted(node.span, inner, indices, node.superscript, 0)


def _say_the_kind(keys: set[str], kinds: set[str], bound: set[str]) -> bool:
    """Whether the subscripts of a name are letters that name quantities of the note."""
    letters = {letter for k in keys for letter in k}
    plain = all(k.isalpha() for k in keys) and not letters & bound
    return plain and len(letters - kinds) < len(letters) / 2


def _say_each_the_kind(keys: set[str], kinds: set[str]) -> bool:
    """Whether the subscripts of a name that also stands alone are names of quantities, each one."""
    return len(keys) > 1 and keys <= kinds


@dataclass
class _Seen:
    """Where subscripts stand in a note.

    Attributes:
        single: subscripts without a comma, of each name.
        labelled: names with the layers and times that they have.
        indexed: names with several subscripts after commas.
        scripted: letters that have subscripts.
        bare: names without subscripts.
        bound: what sums bind.
        on_the_left: letters that are subscripts of what a formula defines.
        numbered: names that a formula defines with their number, as it does `z_2`.
        counted: names with a letter before a comma.
    """

    single: dict[str, set[str]] = field(default_factory=dict)
    labelled: set[tuple[str, str]] = field(default_factory=set)
    indexed: set[str] = field(default_factory=set)
    scripted: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    on_the_left: set[str] = field(default_factory=set)
    numbered: set[tuple[str, str]] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)

    def is_lone(self, stem: str) -> bool:
        """Whether a count has subscripts that nothing else in the note has."""
        keys = self.single[stem]
        others = {k for other, found in self.single.items() if other != stem for k in found}
        return stem in _COUNTS and not keys & (others | self.bound | self.on_the_left)

    def capitals(self) -> set[str]:
        """Capitals below several names, which are no sizes and no part of other subscripts."""
        keys = [key for found in self.single.values() for key in found]
        shared = {k for k in keys if len(k) == 1 and k.isupper() and keys.count(k) > 1}
        others = {letter for k in keys if len(k) > 1 for letter in k}
        return shared - others - self.bare

    def look(self, node: Node) -> None:
        match node:
            case syntax.Scripted(base=syntax.Symbol() | syntax.Accent() as base):
                self._scripts(key_or_none(base) or "", node)
                base_only = [node.superscript] if node.superscript is not None else []
                for child in base_only:
                    self.look(child)
                return
            case syntax.Symbol(name=name):
                self.bare.add(name)
            case syntax.BigOperator(lower=syntax.Node() as lower):
                self._bind(lower)
            case syntax.Chain(members=(first, *_), relations=(relation, *_)):
                if relation.sign in ("=", ":=") and isinstance(first, syntax.Scripted):
                    self._left(first)
            case _:
                pass
        for child in syntax.children(node):
            self.look(child)

    def _scripts(self, stem: str, node: syntax.Scripted) -> None:
        sub = node.subscript
        if sub is None:
            self.bare.add(stem)
            return
        self.scripted.add(re.sub(r"^\\\w+\{(\w)\}$", r"\1", stem))
        if isinstance(sub, syntax.Label):
            if layer_number(sub) is not None:
                self.labelled.add((stem, key(sub)))
        elif isinstance(sub, syntax.Listing):
            self.indexed.add(stem)
            if not isinstance(sub.items[0], syntax.Numeral):
                self.counted.add(stem)
        else:
            self.single.setdefault(stem, set()).add(key_or_none(sub) or "?")

    def _left(self, left: syntax.Scripted) -> None:
        sub = left.subscript
        if isinstance(sub, syntax.Numeral) and left.superscript is None:
            self.numbered.add((key_or_none(left.base) or "", sub.text))
        if sub is not None and not isinstance(sub, syntax.Label):
            self._bind_into(sub, self.on_the_left)

    def _bind(self, lower: Node) -> None:
        self._bind_into(lower, self.bound)

    def _bind_into(self, node: Node, letters: set[str]) -> None:
        if isinstance(node, syntax.Symbol):
            letters.add(node.name)
        if isinstance(node, syntax.Chain):
            self._bind_into(node.members[len(node.members) == 3], letters)
            return
        for child in syntax.children(node):
            self._bind_into(child, letters)
