"""Declarations into the scope: memberships, maps, arrow diagrams, index ranges."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus.index import Size
from symgrad.diagnostics import Diagnostic
from symgrad.reading import errors, syntax
from symgrad.reading.context import Context
from symgrad.reading.errors import unread
from symgrad.reading.lookup import FAMILY
from symgrad.reading.names import is_label, key, key_or_none, parts
from symgrad.reading.scope import (
    DefinitionBinding,
    IndexBinding,
    MapBinding,
    SizeBinding,
    TensorBinding,
)
from symgrad.reading.spaces import Component, NotASpace, looks_like_a_space, space_of
from symgrad.reading.subscripts import size_of
from symgrad.reading.syntax import Chain, Node
from symgrad.records import replace


def declare_in(before: Sequence[Node], node: Chain, context: Context) -> None:
    r"""`X \in \mathbb R^m`, `(i, j) \in \{1,..,n\} \times \{1,..,m\}`, `x, y \in E`."""
    if len(node.members) < 2 or node.relations[0].sign != r"\in":
        return
    try:
        components = space_of(node.members[1], context)
    except NotASpace:
        if looks_like_a_space(node.members[1]):
            hint = "ranges begin at 1, and spaces are joined by \\times"
            raise unread(node.members[1].span, "this space is not understood", hint) from None
        return
    target = node.members[0]
    names: tuple[Node, ...] = (*before, target)
    if isinstance(target, syntax.Group) and target.bracket == "(" and len(target.items) > 1:
        names = target.items
    listed = context.session.members.listed(names)
    if listed is not None and len(components) == 1 and components[0].kind == "array":
        place, family, number = listed
        _declare_family(family, size_of(number, context), components[0], context)
        names = names[:place]
        if not names:
            return
    if len(components) == 1:
        components = _shared(components[0], len(names), target)
    if len(components) != len(names):
        raise unread(
            node.span, f"{len(names)} names are declared in a space of {len(components)} factors"
        )
    _refuse_repetition(names, context)
    for name, component in zip(names, components, strict=True):
        declare(name, component, context)


def _refuse_repetition(names: Sequence[Node], context: Context) -> None:
    r"""Report a name that one declaration gives twice: `(n, n) \in \mathbb N^2`."""
    seen: set[str] = set()
    for node in names:
        name = key_or_none(node)
        if name is not None and name in seen:
            message = f"{name} is declared twice here"
            context.found.append(
                Diagnostic(
                    node.span, errors.DECLARED_TWICE, message, "one of them has another name"
                )
            )
        seen.add(name or "")


def _shared(component: Component, count: int, target: Node) -> tuple[Component, ...]:
    r"""One space for several names: `x, y \in E`, or numbers `(x, y) \in \mathbb R^2`."""
    if count > 1 and isinstance(target, syntax.Group) and component.kind != "index":
        if not _is_of_numbers(component, count):
            raise unread(target.span, f"{count} names are declared in a space of one factor")
        component = replace(component, axes=())
    return (component,) * count


def _is_of_numbers(component: Component, count: int) -> bool:
    r"""Whether a space is `\mathbb R^2`, for a pair of names."""
    return component.kind == "array" and [axis.value for axis in component.axes] == [count]


def declare(node: Node, component: Component, context: Context, order: int | None = None) -> None:
    """Enter one name with its component of a space; an expression declares nothing."""
    name = key_or_none(node)
    if name is None:
        return
    family = context.session.members.family(node) if component.kind == "array" else None
    if family is not None:
        # How many members it has, formulas show.
        number = context.sizes.unknown()
        name, component = family, _of_all(family, number, component, context)
    scope, section, span = context.scope, context.section, node.span
    order = span.start if order is None else order
    if component.kind == "size":
        scope.sizes.add(SizeBinding(name, order, section, span))
    elif component.kind == "index":
        size = component.axes[0]
        context.session.note_open_sizes(component.axes, component.span)
        scope.indices.add(IndexBinding(name, order, section, span, size, component.span))
    else:
        context.session.note_open_sizes(component.axes, component.span)
        binding = TensorBinding(name, order, section, span, component.axes, component.entries)
        context.session.families.declare(node, binding)
        known = scope.names.before(name, order)
        if isinstance(known, DefinitionBinding) and known.section == section[: len(known.section)]:
            # "... = Wx, with z in R^n": z is what was just defined, not another array.
            context.session.shapes[known] = component.axes
            return
        scope.names.add(binding)


def _declare_family(node: Node, number: Size, member: Component, context: Context) -> None:
    """Enter all members of a family as one array."""
    declare(node, _of_all(key(node), number, member, context), context)


def _of_all(name: str, number: Size, member: Component, context: Context) -> Component:
    """The space of a whole family, whose first axis counts its members."""
    context.session.usage.samples[name] = len(member.axes)
    return replace(member, axes=(number, *member.axes))


def declare_range(node: Chain, context: Context) -> None:
    r"""`1 \leq i \leq n`."""
    low, middle, high = node.members[:3]
    name = key_or_none(middle)
    if isinstance(low, syntax.Numeral) and low.text == "1" and name is not None:
        component = Component("index", (size_of(high, context),), high.span)
        declare(middle, component, context)


# -- functions ----------------------------------------------------------------


def declare_map(node: Chain, arrow: int, context: Context) -> tuple[Node, int]:
    r"""`f: (X, W) \in E \longmapsto body \in F`.

    Returns the node of the function's name, and the place from which on it means it.
    The arguments are entered as names too: authors go on to use them.
    """
    head = node.members[0]
    pattern = node.members[1]
    signs = [r.sign for r in node.relations]
    items = pattern.items if isinstance(pattern, syntax.Group) else (pattern,)
    names = tuple(_parameter_name(item) for item in items)
    domain = node.members[2] if arrow == 2 and signs[1] == r"\in" else None
    _refuse_repetition(items, context)
    components = _domain(domain, len(items), context)
    scalar = len(items) == 1 and components is not None and components[0].axes == ()
    if components is not None and not scalar:
        for item, component in zip(items, components, strict=True):
            declare(item, component, context)
    codomain = None
    if len(signs) > arrow + 1 and signs[arrow + 1] == r"\in":
        codomain = _domain(node.members[arrow + 2], 1, context)
    name, family = _function_name(head)
    if scalar:
        _refuse_second_function(name, head, context)
    axes = tuple(c.axes for c in components) if components is not None else (None,) * len(items)
    body = node.members[arrow + 1]
    context.scope.names.add(
        MapBinding(
            name,
            body.span.end,
            context.section,
            head.span.to(body.span),
            names,
            axes,
            family,
            body,
            codomain[0].axes if codomain else None,
            context.session.source.slice(parts(head)[0].span if family else head.span),
            is_scalar_function=scalar,
        )
    )
    return head, body.span.end + 1


def _refuse_second_function(name: str, head: Node, context: Context) -> None:
    """Report a function of numbers that its section declares a second time."""
    known = context.scope.names.before(name, head.span.start)
    if not isinstance(known, MapBinding) or known.section != context.section:
        return
    if known.is_scalar_function:
        message = f"{name} is declared a second time in this section"
        hint = "its derivative is written with a prime; another function has another name"
        context.found.append(Diagnostic(head.span, errors.DECLARED_TWICE, message, hint))


def _parameter_name(node: Node) -> str:
    name = key_or_none(node)
    if name is None:
        raise unread(node.span, "an argument of a function is a name")
    return name


def _domain(node: Node | None, count: int, context: Context) -> tuple[Component, ...] | None:
    """The factors of a domain, one an argument; None where it is not given."""
    if node is None:
        return None
    try:
        components = space_of(node, context)
    except NotASpace:
        raise unread(node.span, "this space is not understood") from None
    if count > 1 and len(components) == 1 and _is_of_numbers(components[0], count):
        components = (replace(components[0], axes=()),) * count
    if len(components) != count:
        raise unread(node.span, f"{count} arguments in a space of {len(components)} factors")
    for component in components:
        if component.kind != "array":
            raise unread(node.span, "functions of real numbers and arrays are read, not others")
        context.session.note_open_sizes(component.axes, component.span)
    return components


def _function_name(head: Node) -> tuple[str, tuple[str, ...]]:
    r"""Key and family sizes: `\varphi^{(m,n)}` is a family over m and n."""
    name = key_or_none(head)
    base, sub, sup, primes = parts(head)
    if name is None:
        raise unread(head.span, "a function has a name")
    if is_label(sup) and isinstance(sup, syntax.Group) and sub is None:
        items = [key_or_none(item) for item in sup.items]
        if all(i is not None and not i.isdigit() for i in items):
            plain = key_or_none(base)
            return f"{plain}{chr(39) * primes}{FAMILY}", tuple(i for i in items if i)
    return name, ()


# -- arrow diagrams -----------------------------------------------------------


def declare_arrows(node: Chain, context: Context) -> None:
    r"""`X \in E \underset{f(\cdot, W)}{\longmapsto} Y \in F ...`.

    Each target is defined by the function on its arrow. Arguments that the section does
    not declare get the shapes that the function needs between these spaces.
    """
    current: Node | None = None
    current_axes: tuple[Size, ...] | None = None
    place = 0
    while place < len(node.members):
        target = node.members[place]
        axes = _space_after(node, place, context)
        relation = node.relations[place - 1] if place else None
        if relation is None:
            if axes is not None:
                declare(target, Component("array", axes, target.span), context)
        elif relation.label is not None and current is not None:
            _declare_arguments(relation.label, current_axes, axes, context)
            _define_target(target, relation.label, current, context)
        current, current_axes = target, axes
        place += 2 if axes is not None else 1


def _space_after(node: Chain, place: int, context: Context) -> tuple[Size, ...] | None:
    if place >= len(node.relations) or node.relations[place].sign != r"\in":
        return None
    try:
        components = space_of(node.members[place + 1], context)
    except NotASpace:
        raise unread(node.members[place + 1].span, "a space is expected here") from None
    if len(components) != 1:
        raise unread(node.members[place + 1].span, "one space is expected here")
    return components[0].axes


def _call_parts(label: Node) -> tuple[Node, syntax.Group] | None:
    if isinstance(label, syntax.Product) and len(label.factors) == 2:
        head, group = label.factors
        if isinstance(group, syntax.Group):
            return head, group
    return None


def _define_target(target: Node, label: Node, current: Node, context: Context) -> None:
    name = key_or_none(target)
    call = _call_parts(label)
    if name is None:
        raise unread(target.span, "a name is expected after the arrow")
    body: Node = label
    if call is not None:
        head, group = call
        items = tuple(current if isinstance(i, syntax.Placeholder) else i for i in group.items)
        filled = syntax.Group(group.span, "(", items)
        body = syntax.Product(label.span, (head, filled), ("",))
    latex = context.session.source.slice(target.span)
    context.scope.names.add(
        DefinitionBinding(name, label.span.end, context.section, target.span, (), body, latex)
    )


def _declare_arguments(
    label: Node,
    source: tuple[Size, ...] | None,
    target: tuple[Size, ...] | None,
    context: Context,
) -> None:
    """Shapes for the names on an arrow, from the declaration of its function."""
    call = _call_parts(label)
    if call is None:
        return
    head, group = call
    binding = _function_binding(head, context)
    if binding is None or len(binding.axes) != len(group.items):
        return
    own: dict[str, Size] = {}
    for item, axes in zip(group.items, binding.axes, strict=True):
        if isinstance(item, syntax.Placeholder) and axes and source:
            own.update({a.name: s for a, s in zip(axes, source, strict=False)})
    if binding.codomain and target:
        own.update({a.name: s for a, s in zip(binding.codomain, target, strict=False)})
    for item, axes in zip(group.items, binding.axes, strict=True):
        if isinstance(item, syntax.Placeholder) or axes is None:
            continue
        if _declared_here(item, context) or not all(a.name in own for a in axes):
            continue
        shape = tuple(own[a.name] for a in axes)
        before_its_use = item.span.start - 1
        declare(item, Component("array", shape, item.span), context, before_its_use)


def _function_binding(head: Node, context: Context) -> MapBinding | None:
    base, _, sup, primes = parts(head)
    plain = f"{key_or_none(base)}{chr(39) * primes}"
    names = [key_or_none(head) or plain, plain, plain + FAMILY] if is_label(sup) else [plain]
    for name in names:
        found = context.scope.names.find(name, head.span.start)
        if isinstance(found, MapBinding):
            return found
    return None


def _declared_here(node: Node, context: Context) -> bool:
    """Whether this section, or one around it, says what a name is."""
    name = key_or_none(node)
    known = context.scope.names.before(name, node.span.start) if name else None
    return known is not None and known.section == context.section[: len(known.section)]
