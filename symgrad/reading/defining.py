"""Equalities that define: `z = Wx + b`, `[Z]_i = ...`, `f(x) = ...`, a name for a space."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.diagnostics import Span
from symgrad.reading import syntax
from symgrad.reading.context import Context, Session
from symgrad.reading.errors import unread
from symgrad.reading.families import has_derivative
from symgrad.reading.functions import KNOWN_FUNCTIONS
from symgrad.reading.instances import is_constant
from symgrad.reading.left_out import with_calls
from symgrad.reading.lookup import FAMILY
from symgrad.reading.names import (
    TRANSPOSES,
    is_label,
    key_or_none,
    names_in,
    parts,
    readings,
)
from symgrad.reading.patterns import definable
from symgrad.reading.scope import (
    DefinitionBinding,
    MapBinding,
    Meaning,
    OpaqueFunctionBinding,
    SpaceBinding,
)
from symgrad.reading.syntax import Node
from symgrad.records import replace


class Definer:
    """Enters what equalities define into the scope of a session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def has_meaning(self, name: str, order: int) -> bool:
        """Whether anything in the note says what a name is."""
        return self.session.scope.names.find(name, order) is not None

    def parameter_of(self, name: str) -> str | None:
        """The argument of a function of numbers as it was defined, or x; None for another name."""
        meaning = self.session.scope.names.find(name, 0)
        if isinstance(meaning, MapBinding):
            return meaning.parameters[0] if meaning.is_scalar_function else None
        if meaning is not None:
            return "x" if isinstance(meaning, OpaqueFunctionBinding) else None
        known = KNOWN_FUNCTIONS.get(name)
        standard = known is not None and known.function is not None
        return "x" if standard or name in self.session.usage.functions else None

    def is_index(self, name: str, context: Context, span: Span) -> bool:
        """Whether a name is an index: declared as one, or customary and nothing else."""
        if not name or name.isdigit():
            return False
        known = self.session.scope.stale_index(name, span.start) is not None
        return known or (
            len(name) == 1 and name in "ijkpqrst" and not self.has_meaning(name, span.start)
        )

    def define(
        self,
        left: Node,
        body: Node,
        context: Context,
        by_brace: bool = False,
        others: tuple[Node, ...] = (),
    ) -> bool:
        """`z = body`, `[Z]_i = body`: where nothing defines the name yet, or under a brace."""
        target = definable(left, body)
        if target is None or isinstance(body, syntax.Blank):
            return False
        name, indices, latex_node = target
        scope = self.session.scope
        if (
            self._is_power(latex_node)
            or self._is_power(left)
            or self._is_numbered_entry(left)
            or self._is_known_entry(left, body, context)
            or self._has_itself(name, body)
        ):
            return False
        if isinstance(left, syntax.Gradient) and not has_derivative(body):
            return False
        if not by_brace and self.session.families.says(left, context.section):
            return False
        known = scope.names.before(name, left.span.start)
        if not by_brace and isinstance(
            known, DefinitionBinding | MapBinding | OpaqueFunctionBinding
        ):
            here = known.section == context.section[: len(known.section)]
            if here or not isinstance(known, DefinitionBinding):
                return False
        order = left.span.end if by_brace else body.span.end
        latex = self.session.source.slice(latex_node.span)
        if indices and key_or_none(latex_node) != name:
            latex = name  # z_j^{(2)}, whose indices stand between the parts of its name
        elif "(" not in name:
            latex = latex.split("(")[0].rstrip()  # f(x), where its arguments are named alone
        binding = DefinitionBinding(
            name, order, context.section, left.span, indices, body, latex, by_brace, others
        )
        scope.names.add(binding)
        self.session.families.enter(left, binding)
        return True

    def define_function(self, left: Node, body: Node, context: Context) -> bool:
        """`f(x, y) = body`, where nothing says yet what f is."""
        if not isinstance(left, syntax.Product) or len(left.factors) != 2 or left.operators[0]:
            return False
        head, group = left.factors
        name = key_or_none(head)
        if name is None or not isinstance(group, syntax.Group) or group.bracket != "(":
            return False
        items, body = with_parameters(group.items, body)
        parameters = [None if _is_a_power(item) else plain_name(item) for item in items]
        plain = parts(head)[0]
        distinct = len(set(parameters)) == len(parameters)
        if not isinstance(plain, syntax.Symbol | syntax.Accent) or not distinct:
            return False
        known = KNOWN_FUNCTIONS.get(key_or_none(plain) or "")
        standard = known is not None and not known.varies
        if None in parameters or standard or self._is_known(head, context):
            return False
        if parts(head)[3] or not parameters:
            return False
        single = len(parameters) == 1 and not (parameters[0] or "").startswith(r"\mathbf")
        scalar = (
            single
            and not self._is_array(parameters[0] or "", left.span.start)
            and not _has_transpose(body)
        )
        axes: tuple[tuple[()] | None, ...] = ((),) if scalar else (None,) * len(parameters)
        self.session.scope.names.add(
            MapBinding(
                name,
                body.span.end,
                context.section,
                left.span,
                tuple(p for p in parameters if p is not None),
                axes,
                (),
                body,
                None,
                self.session.source.slice(head.span),
                is_scalar_function=scalar,
            )
        )
        return True

    def space(self, left: Node, space: Node, context: Context) -> None:
        r"""A name for a space: `\Theta_{m,n} = ...`."""
        base, sub, _, _ = parts(left)
        name = key_or_none(base)
        if name is None:
            raise unread(left.span, "a space is given to a name")
        items = sub.items if isinstance(sub, syntax.Listing) else (sub,) if sub is not None else ()
        parameters = tuple(key_or_none(item) or "" for item in items)
        span = left.span.to(space.span)
        self.session.scope.names.add(
            SpaceBinding(name, span.end, context.section, span, parameters, space)
        )

    def _is_known(self, head: Node, context: Context) -> bool:
        r"""Whether the name in a head such as `\varphi_i` means something, in any reading."""
        names = self.session.scope.names
        known = [
            names.before(name, head.span.start)
            for reading in readings(head)
            for name in (reading.name, reading.name + FAMILY)
        ]
        # A formula says more than a signature, and a section may use a name anew.
        return any(
            b is not None
            and not isinstance(b, OpaqueFunctionBinding)
            and (b.section == context.section[: len(b.section)] or not _by_formula(b))
            for b in known
        )

    def _is_array(self, name: str, order: int) -> bool:
        meaning = self.session.scope.names.find(name, order)
        axes = getattr(meaning, "axes", ())
        return bool(axes)

    def _has_itself(self, name: str, body: Node) -> bool:
        """Whether a name stands in its own formula; Q is not in `X W_Q`, nor c in a `c_0`."""
        if isinstance(body, syntax.Scripted):
            whole = key_or_none(body)
            if whole not in (None, name) and self.has_meaning(whole or "", body.span.start):
                return False
            below = body.superscript
            inside = below is not None and not is_label(below) and self._has_itself(name, below)
            known = name in {reading.name for reading in readings(body)}
            return known or inside or self._has_itself(name, body.base)
        children = syntax.children(body)
        if not children:
            return name in names_in(body)
        return any(self._has_itself(name, child) for child in children)

    def _is_numbered_entry(self, node: Node) -> bool:
        """Whether a node is an entry such as `x_2` of an array that is known."""
        base, sub, _, _ = parts(node)
        name = key_or_none(base)
        numbered = isinstance(sub, syntax.Numeral) and name is not None
        return numbered and self._is_array(name or "", node.span.start)

    def _is_known_entry(self, node: Node, body: Node, context: Context) -> bool:
        """Whether `r_i = 0` is about the entries of an r that has a meaning."""
        base, sub, sup, primes = parts(node)
        whole = syntax.Scripted(node.span, base, None, sup, primes) if sup or primes else base
        name, letter = key_or_none(whole), key_or_none(sub or node)
        if sub is None or name is None or letter is None or isinstance(sub, syntax.Label):
            return False
        known = self.session.scope.names.find(name, node.span.start)
        if isinstance(sub, syntax.Numeral) or known is None or letter in names_in(body):
            return False
        return is_constant(body) or self.is_index(letter, context, node.span)

    def _is_power(self, node: Node) -> bool:
        """Whether a superscript is a power: `A^2` of a known A, `e^x`; labels are not."""
        base, _, sup, _ = parts(node)
        name = key_or_none(base)
        if sup is None or is_label(sup) or name is None:
            return False
        if name == "e" or key_or_none(sup) in TRANSPOSES:
            return True
        return self.has_meaning(name, node.span.start)


def with_parameters(items: tuple[Node, ...], body: Node) -> tuple[tuple[Node, ...], Node]:
    r"""A function that is given by the values of its arguments: `C(h(x_i), y_i) = ...`.

    Where its formula has nothing of the arguments but the arguments as they are written, they
    are its parameters, each under one name.
    """
    if all(isinstance(item, syntax.Symbol | syntax.Accent) for item in items) or len(items) < 2:
        return items, body
    names = {
        syntax.outline(item): syntax.Symbol(item.span, f"argument {number}")
        for number, item in enumerate(items, start=1)
    }
    inside = {name for item in items for name in _letters(item)}

    def called(head: Node, group: syntax.Group) -> Node | None:
        whole = syntax.Product(head.span.to(group.span), (head, group), ("",))
        return names.get(syntax.outline(whole))

    def changed(node: Node) -> Node:
        return names.get(syntax.outline(node)) or syntax.rebuilt(node, changed)

    given = changed(with_calls(body, called))
    atoms = [atom for item in items for atom in set(_atoms(item))]
    if inside & set(_letters(given)) or len(set(atoms)) < len(atoms) or len(names) < len(items):
        return items, body
    return tuple(names[syntax.outline(item)] for item in items), given


def _is_a_power(node: Node) -> bool:
    """Whether an argument is a number to a power, such as `x^2`: no parameter is called so."""
    return isinstance(parts(node)[2], syntax.Numeral)


def _atoms(node: Node) -> Iterator[object]:
    """The names that an argument is made of: two arguments with one of them are not free."""
    if isinstance(node, syntax.Scripted) and isinstance(node.base, syntax.Symbol | syntax.Accent):
        yield syntax.outline(replace(node, superscript=None, primes=0))
        if node.subscript is None:
            yield syntax.outline(node.base)
    elif isinstance(node, syntax.Symbol | syntax.Accent):
        yield syntax.outline(node)
    else:
        for child in syntax.children(node):
            yield from _atoms(child)


def _letters(node: Node) -> Iterator[str]:
    """All symbols below a node, in scripts too."""
    if isinstance(node, syntax.Symbol):
        yield node.name
    for child in syntax.children(node):
        yield from _letters(child)


def plain_name(node: Node) -> str | None:
    """The key of a node that is one name, not a product of names or a number."""
    if isinstance(node, syntax.Product | syntax.Terms | syntax.Numeral | syntax.Group):
        return None
    return key_or_none(node)


def _by_formula(meaning: Meaning) -> bool:
    """Whether a function was given by `f(x) = ...`, not declared between spaces."""
    return isinstance(meaning, MapBinding) and not any(meaning.axes)


def _has_transpose(node: Node) -> bool:
    r"""Whether something is transposed below a node: the argument in `\theta^T x` is an array."""
    if isinstance(node, syntax.Scripted) and key_or_none(node.superscript or node) in TRANSPOSES:
        return key_or_none(node.base) != "e"  # the t of e^t is a number
    return any(_has_transpose(child) for child in syntax.children(node))
