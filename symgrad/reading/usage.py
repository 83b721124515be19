"""How names are used in a note, for names that nothing declares.

Most notes declare little. A letter with index subscripts is an array, a letter
that is primed before a bracket is a function, a bound of a sum is a size. What
is read so is an assumption, and reported as one. Where use does not tell, the
name stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.constructs import FUNCTION_COMMANDS
from symgrad.reading.names import TRANSPOSES, is_label, key_or_none, parts, split_transpose
from symgrad.reading.operators import Operators
from symgrad.reading.syntax import Node
from symgrad.reading.vectors import counted_vectors
from symgrad.records import dataclass, field

INDEX_LETTERS = frozenset("ijklmnpqrstuv")
"""Letters that are indices by custom, where they stand as subscripts."""

FRESH_LETTER = "κ"
SECOND_FRESH_LETTER = "ϱ"
"""The letters of sums that the note does not write; no note has them as names."""

FUNCTION_LETTERS = frozenset({"f", "g", "h", r"\sigma", r"\phi", r"\varphi", r"\psi", r"\rho"})
"""Letters that name functions by custom, where a bracket with one argument follows."""

LOSS_NAMES = frozenset(
    {"L", "J", "C", "E", r"\ell", r"\mathcal{L}", r"\mathcal{J}", r"\mathfrak{L}", r"\mathbb{L}"}
    | {"loss", "Loss", "LOSS", "cost", "Cost", "error", "Error"}
)
"""Names that stand for a loss by custom."""

ENTRYWISE = frozenset({r"\odot", r"\circ", r"\otimes"})
"""Signs of products entry by entry."""

_OF_MATRICES = frozenset({r"\diag", r"\tr", r"\Tr", r"\trace", r"\det"})
"""Functions that only matrices have, or that make one."""


@dataclass
class Usage:
    """What the formulas of a note show of its names.

    Attributes:
        ranks: number of index subscripts of a name; None where it varies.
        functions: names that are primed, or customary, before a bracket with one argument.
        sizes: upper ends of sums.
        summed: letters that sums bind.
        inverted: names with the exponent -1, which matrices have.
        written_out: names of which vectors are written out, entry by entry.
        starts: where sums begin, of those that say it.
        primed: functions of which the derivative is written.
        divisors: bare names that something is divided by.
        matrix_style: arrays are used without subscripts: transposes, entry-wise products, a W
            times something.
        declared: matrices, by the spaces that formulas give.
        no_numbers: names that are transposed as a whole, or capitals as the M of `x^T M y`.
        with_gradients: names after a sign of a gradient, which are those of numbers.
        bold: some names are bold.
        norms: lengths of arrays are taken.
        examples: letters that count examples, as the first subscript of a name.
        vectors: names of vectors that a subscript counts.
        samples: names that have one, each with the number of its other subscripts.
        operators: which names may act on what follows them.
    """

    ranks: dict[str, int | None] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    sizes: set[str] = field(default_factory=set)
    summed: set[str] = field(default_factory=set)
    inverted: set[str] = field(default_factory=set)
    written_out: set[str] = field(default_factory=set)
    starts: set[str] = field(default_factory=set)
    divisors: set[str] = field(default_factory=set)
    primed: set[str] = field(default_factory=set)
    matrix_style: bool = False
    declared: set[str] = field(default_factory=set)
    no_numbers: set[str] = field(default_factory=set)
    with_gradients: set[str] = field(default_factory=set)
    bold: bool = False
    norms: bool = False
    examples: frozenset[str] = frozenset()
    vectors: frozenset[str] = frozenset()
    samples: dict[str, int] = field(default_factory=dict)
    operators: Operators = field(default_factory=lambda: Operators(lambda node: False))

    @classmethod
    def of(cls, nodes: Sequence[Node], examples: frozenset[str] = frozenset()) -> Usage:
        """The usage that the formulas of a note show; sums first, they say what is an index."""
        usage = cls(examples=examples, vectors=counted_vectors(nodes))
        for node in nodes:
            usage._sums(node)
            usage.declared |= set(_declared_matrices(node))
        for node in nodes:
            usage._observe(node)
        usage.operators = Operators.of(nodes, lambda sub: usage.index_letters(sub) is not None)
        return usage

    def _sums(self, node: Node) -> None:
        if isinstance(node, syntax.BigOperator):
            self._sum(node)
        if isinstance(node, syntax.WrittenOut):
            self.matrix_style = True
            self.summed.update(node.letters)
            names = [key_or_none(count) for count in node.counts]
            self.sizes.update(n for n in names if n is not None and not n.isdigit())
            self.written_out.update(_with_letters(node.entry, set(node.letters)))
        for child in syntax.children(node):
            self._sums(child)

    def _observe(self, node: Node) -> None:
        match node:
            case syntax.Scripted():
                self._scripted(node)
            case syntax.Product():
                self._product(node)
            case syntax.Fraction(denominator=syntax.Symbol(name=name)):
                self.divisors.add(name)
            case syntax.Fraction(numerator=syntax.Product() as top, denominator=bottom):
                self._slope(top, bottom)
            case syntax.Group(bracket="||"):
                self.norms = True
            case syntax.Gradient(operand=syntax.Node() as operand):
                head = operand.factors[0] if isinstance(operand, syntax.Product) else operand
                self.with_gradients.add(key_or_none(head) or "")
            case syntax.Symbol(name=name):
                self.bold = self.bold or name.startswith(r"\mathbf")
            case _:
                pass
        for child in syntax.children(node):
            self._observe(child)

    def _sum(self, node: syntax.BigOperator) -> None:
        for item in _items(node.lower):
            bound = item
            if isinstance(item, syntax.Chain):
                bound = item.members[len(item.members) == 3]
                if item.relations[0].sign == "=":
                    self.starts.add(key_or_none(item.members[1]) or "")
            name = key_or_none(bound)
            if name is not None and not name.isdigit():
                self.summed.add(name)
        for upper in (node.upper, None if node.upper is None else one_more(node.upper)):
            name = key_or_none(upper) if upper is not None else None
            if name is not None and not name.isdigit():
                self.sizes.add(name)

    @property
    def counts_from_zero(self) -> bool:
        """Whether every sum that says where it begins begins at 0."""
        return self.starts == {"0"}

    def _scripted(self, node: syntax.Scripted) -> None:
        label, action = split_transpose(node.superscript)
        turned = action is not None or (label is not None and key_or_none(label) in TRANSPOSES)
        if turned and key_or_none(node.base) != "e":  # the t of e^t is a number
            self.matrix_style = True
            if node.subscript is None and isinstance(node.base, syntax.Symbol):
                self.no_numbers.add(node.base.name)
        name = array_name(node)
        if name is not None and _is_inverse(node.superscript):
            self.inverted.add(name)
        if node.subscript is None or name is None:
            return
        letters = self.index_letters(node.subscript)
        if letters is not None and (letters[0] in self.examples or name in self.vectors):
            self.samples[name] = max(self.samples.get(name, 0), len(letters) - 1)
        elif letters is not None:
            known = self.ranks.setdefault(name, len(letters))
            if known != len(letters):
                self.ranks[name] = None

    def _slope(self, top: syntax.Product, bottom: Node) -> None:
        r"""In `\frac{d s(u)}{du}`, s is a function: nobody brackets a single factor there."""
        match top.factors, bottom:
            case (
                (_, syntax.Symbol(name=name), syntax.Group(bracket="(", items=(argument,))),
                syntax.Product(factors=(syntax.Symbol(name="d" | r"\partial"), by)),
            ) if name not in LOSS_NAMES and key_or_none(argument) == key_or_none(by) is not None:
                self.functions.add(name)

    def _product(self, node: syntax.Product) -> None:
        if set(node.operators) & ENTRYWISE:
            self.matrix_style = True
        self.no_numbers.update(_in_forms(node))
        for factor, after, sign in zip(
            node.factors, node.factors[1:], node.operators, strict=False
        ):
            base, sub, sup, primes = parts(factor)
            group = after.base if isinstance(after, syntax.Scripted) else after
            name = key_or_none(base)
            if name in _OF_MATRICES or (_is_weights(factor, after) and sign in ("", r"\cdot")):
                self.matrix_style = True
            if not sign and {key_or_none(factor), key_or_none(after)} & self.declared:
                self.matrix_style = True
            if sign or name is None or not all(s is None or _is_fixed(s) for s in (sub, sup)):
                continue
            if not isinstance(group, syntax.Group) or group.bracket != "(" or len(group.items) != 1:
                continue
            if primes:
                self.primed.add(name)
            if primes or name in FUNCTION_LETTERS:
                self.functions.add(name)

    def shows_arrays(self) -> bool:
        """Whether the note has arrays at all."""
        return self.matrix_style or self.bold or self.norms or bool(self.ranks)

    def index_letters(self, subscript: Node) -> tuple[str, ...] | None:
        """The indices of a subscript, or None where it is a label."""
        if isinstance(subscript, syntax.Label):
            return None
        names = [key_or_none(item) for item in _items(subscript)]
        if all(n is not None and self._is_index(n) for n in names):
            return tuple(n for n in names if n is not None)
        return None

    def is_entry(self, node: Node, subscript: Node) -> bool:
        """Whether a subscript can only be indices: letters, or numbers too, as in `w_{1j}`."""
        if self.index_letters(subscript) is not None:
            return True
        items = _items(subscript)
        name = array_name(node) if isinstance(node, syntax.Scripted) else None
        if name in self.written_out and isinstance(subscript, syntax.Numeral):
            return True
        known = self.ranks.get(name or "") == len(items) > 1
        names = [key_or_none(item) for item in items]
        return known and all(n and (n.isdigit() or self._is_index(n)) for n in names)

    def _is_index(self, name: str) -> bool:
        return name.rstrip("'") in INDEX_LETTERS or self._is_summed(name)

    def _is_summed(self, name: str) -> bool:
        return name in self.summed or name in (FRESH_LETTER, SECOND_FRESH_LETTER)

    def is_number(self, name: str) -> bool:
        """Whether a bare name that nothing declares can only be a number.

        It is a small letter or word without style that never has a subscript, in a note whose
        arrays always have one, or are bold. Nothing but a number divides.
        """
        head = name.split("_")[0].split("^")[0].rstrip("'")
        if head in FUNCTION_COMMANDS:
            return False  # a sine of which nothing is known is no number before a bracket
        if name in self.divisors and name not in self.ranks:
            return True
        if name in self.ranks or name.startswith((r"\mathbf", r"\mathbb", r"\mathcal")):
            return False
        letter = head.lstrip("\\")
        word = len(letter) > 2 and letter.isalpha() and letter.islower()
        small = letter[:1].islower() and (len(letter) == 1 or name.startswith("\\") or word)
        return small and (self.bold or not self.matrix_style)


def _is_inverse(superscript: Node | None) -> bool:
    r"""The -1 of `A^{-1}`, or -T."""
    match superscript:
        case syntax.Terms(signs=("-",), terms=(term,)):
            return key_or_none(term) in TRANSPOSES | {"1"}
    return False


def _with_letters(node: Node, letters: set[str]) -> Iterator[str]:
    """The names that have one of some letters below them."""
    if isinstance(node, syntax.Scripted) and key_or_none(node.subscript or node) in letters:
        yield array_name(node) or ""
    for child in syntax.children(node):
        yield from _with_letters(child, letters)


def _declared_matrices(node: Node) -> Iterator[str]:
    r"""The W of `W \in \mathbb R^{m \times n}`."""
    if isinstance(node, syntax.Chain) and node.relations[0].sign == r"\in":
        sup = parts(node.members[1])[2]
        if isinstance(sup, syntax.Product) and r"\times" in sup.operators:
            first = node.members[0]
            items = first.items if isinstance(first, syntax.Listing) else (first,)
            yield from (name for item in items if (name := key_or_none(item)) is not None)


def _items(node: Node | None) -> tuple[Node, ...]:
    """The parts of what stands below a sum sign, or of a subscript."""
    if isinstance(node, syntax.Listing):
        return node.items
    if isinstance(node, syntax.Product) and not any(node.operators):
        return node.factors
    return () if node is None else (node,)


def one_more(node: Node) -> Node | None:
    """The n of `n-1`."""
    match node:
        case syntax.Terms(signs=("+", "-"), terms=(first, syntax.Numeral(text="1"))):
            return first
        case syntax.Numeral(text=text) if text.isdigit():
            return syntax.Numeral(node.span, str(int(text) + 1))
    return None


def _in_forms(product: syntax.Product) -> Iterator[str]:
    r"""The M of `x^T M y`: a number would stand before both, though not a small `\lambda`."""
    for first, middle, last in zip(
        product.factors, product.factors[1:], product.factors[2:], strict=False
    ):
        name = key_or_none(middle)
        _, _, sup, _ = parts(first)
        turned = sup is not None and key_or_none(sup) in TRANSPOSES
        is_capital = isinstance(middle, syntax.Symbol) and middle.name.lstrip("\\")[:1].isupper()
        if name is not None and turned and is_capital and not isinstance(last, syntax.Numeral):
            yield name


def _is_weights(first: Node, second: Node) -> bool:
    """Whether one of two factors is a W, in any layer, and the other a name."""
    stems = [key_or_none(parts(node)[0]) for node in (first, second)]
    return "W" in stems and all(stem is not None and not stem.isdigit() for stem in stems)


def _is_fixed(script: Node) -> bool:
    """Whether a script belongs to a function's name: `f_3`, `g^{[1]}`."""
    return is_label(script) or isinstance(script, syntax.Numeral)


def array_name(node: syntax.Scripted) -> str | None:
    """The name of the array in `x_i`, `W^{(1)}_{ij}`, `[W]_{i,j}`."""
    base = node.base
    if isinstance(base, syntax.Group) and len(base.items) == 1 and base.bracket == "[":
        return key_or_none(base.items[0])
    name = key_or_none(base)
    if name is None or isinstance(base, syntax.Numeral):
        return None
    name += "'" * node.primes
    sup = node.superscript
    label = key_or_none(sup) if sup is not None and is_label(sup) else None
    return f"{name}^{{{label}}}" if label else name
