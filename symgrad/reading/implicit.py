"""Names that nothing declares, read from how the note uses them; each is an assumption."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symgrad.calculus import expression as ex
from symgrad.diagnostics import Diagnostic, Span
from symgrad.network.functions import ACTIVATIONS
from symgrad.patterns import pattern
from symgrad.reading import errors, syntax
from symgrad.reading.adjoints import layer_of_delta
from symgrad.reading.context import Context
from symgrad.reading.definitions import tensor
from symgrad.reading.families import mentions
from symgrad.reading.functions import KNOWN_FUNCTIONS
from symgrad.reading.kinds_of_arrays import AXES, ROW
from symgrad.reading.layers import family_name
from symgrad.reading.lookup import bold_twin, lookup
from symgrad.reading.names import (
    Reading,
    is_label,
    key,
    key_or_none,
    parts,
    readings,
    split_transpose,
)
from symgrad.reading.same_functions import SIGMOID
from symgrad.reading.scope import DefinitionBinding, MapBinding, TensorBinding
from symgrad.reading.syntax import Node
from symgrad.reading.values import Value, transposed
from symgrad.records import replace

_SIGMOIDS = pattern(r"sigmoid|logistic|sigmoïd|logistisch", re.I)
_OTHERS = pattern(r"soft-?max|tanh|hyperbolic|relu|rectif", re.I)


def speaks_of_others(text: str) -> bool:
    """Whether a note speaks of other activations, and not of the sigmoid: then custom is silent."""
    return _OTHERS.search(text) is not None and _SIGMOIDS.search(text) is None


def implicit(node: Node, context: Context) -> tuple[Value, Reading] | None:
    """The array or number that a symbol can only be, and the scripts left to act on it."""
    usage = context.session.usage
    if usage.operators.may_be_operator(node) or _is_array_function(node, context):
        return None
    _, subscript, superscript, primes = parts(node)
    label, action = split_transpose(superscript)
    if action is not None and isinstance(node, syntax.Scripted):
        inner = implicit(replace(node, superscript=label), context)
        if inner is None or inner[1].superscript is not None:
            return None
        return inner[0], replace(inner[1], superscript=action)
    twin, ranks = bold_twin(node, context), context.session.ranks()
    if twin is not None and ranks is not None and twin in ranks.found:
        found = Reading(twin, subscript, superscript, primes)
        if twin in usage.samples:
            return _examples(found, node.span, context), found
        return _array(twin, AXES[ranks.found[twin]], node.span, context), found
    for reading in readings(node):
        if reading.subscript is None and _is_first_member(node, reading, context):
            continue  # the reading with its subscript comes later
        power = superscript is not None and not is_label(superscript)
        if reading.primes or (power and reading.superscript is not superscript):
            continue
        if reading.name in usage.samples:
            return _examples(reading, node.span, context), reading
        rank = usage.ranks.get(reading.name)
        plain = _is_plain_number(node, reading, context)
        kind = None if plain else _rank_found(node, reading, context)
        if rank is not None and not (rank == 1 and kind == ROW):
            return _array(reading.name, rank, node.span, context), reading
        if kind is not None:
            made = _array(reading.name, AXES[kind], node.span, context)
            return (transposed(made) if kind == ROW else made), reading
        whole = subscript is not None and reading.subscript is None
        if whole and subscript is not None and usage.is_entry(node, subscript):
            continue
        if usage.is_number(reading.name) and reading.subscript is None:
            return _array(reading.name, 0, node.span, context), reading
    return None


def _is_array_function(node: Node, context: Context) -> bool:
    """Whether a signature says that a name is a function of arrays; then it is no quantity."""
    return key_or_none(parts(node)[0]) in context.session.array_functions


def _is_first_member(node: Node, reading: Reading, context: Context) -> bool:
    r"""Whether `k_1` is the first of the `k_j` that the note sums over, by what it is used as."""
    subscript, samples = parts(node)[1], context.session.usage.samples
    stem = next((r.name for r in readings(node) if r.subscript is not None), None)
    if not isinstance(subscript, syntax.Numeral) or stem not in samples or stem is None:
        return False
    ranks = context.session.ranks()
    kind = ranks.found.get(stem) if ranks is not None else None
    each = samples[stem] if kind is None else AXES[kind]
    own = context.session.usage.ranks.get(reading.name)
    found = _rank_found(node, reading, context)
    return each == (AXES[found] if found is not None else own)


def _examples(reading: Reading, span: Span, context: Context) -> Value:
    """All examples of a name, each a number or an array."""
    session = context.session
    ranks = session.ranks()
    kind = ranks.found.get(reading.name) if ranks is not None else None
    each = session.usage.samples[reading.name] if kind is None else AXES[kind]
    return _array(reading.name, 1 + each, span, context)


def implicit_name(name: str, span: Span, context: Context) -> Value | None:
    """The array or number that an argument of a function can only be."""
    usage = context.session.usage
    rank = usage.ranks.get(name)
    if rank is None and usage.is_number(name):
        rank = 0
    return None if rank is None else _array(name, rank, span, context)


def _is_plain_number(node: Node, reading: Reading, context: Context) -> bool:
    """Whether a bare name is a number in a note that writes entries only."""
    usage = context.session.usage
    if usage.matrix_style or usage.bold or usage.norms or family_name(node) is not None:
        return False
    return reading.subscript is None and usage.is_number(reading.name)


def _rank_found(node: Node, reading: Reading, context: Context) -> str | None:
    """The rank that the equations of the note ask for, of this name as a whole."""
    ranks = context.session.ranks()
    if ranks is None:
        return None
    name = ranks.variable(node)
    family = family_name(node)
    kind = ranks.found.get(name) if name is not None else None
    if kind is None and family is not None:
        name, kind = family[0], ranks.found.get(family[0])
    if kind is None:
        return None
    whole = name in (reading.name, re.sub(r"\{[^{}]*\}$", "", reading.name))
    return kind if whole else None


_ONES = pattern(r"\\math(?:bf|bb)\{1\}(?:_\{(?P<size>[^{}]*)\})?\Z")


def _is_of_ones(name: str, rank: int, context: Context) -> bool:
    r"""Whether a name is that of an array of ones: `\mathbf 1`, `\mathbf 1_N`; no `\mathbf 1_k`."""
    found = _ONES.match(name)
    size = found["size"] if found is not None else None
    sizes = context.session.scope.sizes
    return found is not None and rank > 0 and (not size or size.isupper() or size in sizes.bindings)


def _array(name: str, rank: int, span: Span, context: Context) -> Value:
    session = context.session
    if _is_of_ones(name, rank, context):
        axes = tuple(context.sizes.unknown() for _ in range(rank))
        # Made anew each time: ones of several lengths have one name.
        session.implicit[name] = Value(axes, lambda frame, positions: ex.number(1))
        session.assume(f"{name} is not declared: all its entries are taken to be 1")
        return session.implicit[name]
    if name not in session.implicit:
        axes = tuple(context.sizes.unknown() for _ in range(rank))
        binding = TensorBinding(name, -1, (), Span(0, 0), axes)
        session.implicit[name] = tensor(binding, context)
        kind = {0: "a number", 1: "a vector", 2: "a matrix"}.get(rank, f"an array of {rank} axes")
        sentence = f"{name} is not declared: read as {kind}, as it is used"
        session.assume(sentence)
        introduced = _is_compared(name, context) or name in session.scope.arguments_of_functions()
        introduced = introduced or name in _parameters(context)
        if session.scope.declares_arrays() and not (rank == 0 and introduced):
            _report(name, kind, span, context)
    return session.implicit[name]


def _report(name: str, kind: str, span: Span, context: Context) -> None:
    """Say of a name that it is not declared; once of what one formula says of many layers."""
    known = context.session.diagnostics
    if any(found.span == span and found.code is errors.UNDECLARED_SYMBOL for found in known):
        return
    source = context.session.source
    written = name if name in source.text else source.slice(span)
    sentence = f"{written} is not declared: read as {kind}, as it is used"
    hint = "declare it as the others are"
    known.append(Diagnostic(span, errors.UNDECLARED_SYMBOL, sentence, hint))


def _parameters(context: Context) -> set[str | None]:
    """The names with which the note writes its losses: `J(w, b)`."""
    return {key_or_none(node) for nodes in context.session.parameters.values() for node in nodes}


def _is_compared(name: str, context: Context) -> bool:
    r"""Whether a sentence introduces a number by its range: `\epsilon > 0`."""
    remarks = context.session.remarks
    return any(remark.kind == "values" and name in remark.names for remark in remarks)


def implicit_function(head: Node, context: Context) -> ex.Function | None:
    """The function of one number that a name can only be; nothing is known of it."""
    session = context.session
    base, sub, sup, _ = parts(head)
    if not isinstance(base, syntax.Symbol) or base.name not in session.usage.functions:
        return None
    name = base.name
    if name in session.array_functions:
        return None
    if isinstance(head, syntax.Scripted):
        if not (sub is None or is_label(sub) or isinstance(sub, syntax.Numeral)):
            return None
        name = key(replace(head, superscript=sup if is_label(sup) else None, primes=0))
    same = session.same_functions.get(name)
    if same is not None:
        session.assume(f"{name} is {same}, as the note says")
        known = KNOWN_FUNCTIONS.get(same)
        if known is not None:
            return known.function
        name = same
    if name == SIGMOID and session.with_the_sigmoid:
        return ACTIVATIONS["sigmoid"].function
    if name not in session.functions:
        session.functions[name] = ex.Function(name)
        session.assume(f"{name} is not declared: read as any differentiable function of a number")
    return session.functions[name]


def implicit_size(name: str, context: Context, span: Span) -> Value | None:
    """A bound of a sum, used as a number: the N of 1/N."""
    session = context.session
    in_a_space = any(size.name == name for size in session.open_sizes)
    if name not in session.usage.sizes and not in_a_space:
        return None
    size = context.size(name, span)
    return Value((), lambda frame, positions: ex.SizeValue(frame.size(size)))


def guessed_names(nodes: Sequence[Node], context: Context) -> set[str]:
    """Names below these nodes, and in the definitions they use, that nothing declares."""
    session = context.session
    known = (*session.implicit, *session.losses_met, *session.calls, *session.functions)
    known += tuple(session.identities)
    guesses = {name for name in known if isinstance(name, str)}
    found = _mentioned(nodes, guesses | session.same_functions.keys(), context)
    return found | {session.same_functions[name] for name in found & session.same_functions.keys()}


def conventions(nodes: Sequence[Node], context: Context) -> set[str]:
    """Functions below these nodes, and in what they use, of which a meaning was taken.

    Where the gradient of a loss that nothing defines is read, it uses every definition.
    """
    session = context.session
    if not session.conventions:
        return set()
    losses = {name for name in session.losses_met if isinstance(name, str)}
    if _mentioned(nodes, losses, context):
        return set(session.conventions)
    return _mentioned(nodes, set(session.conventions), context)


def _mentioned(nodes: Sequence[Node], guesses: set[str], context: Context) -> set[str]:
    """Which of some names stand below these nodes, or in the definitions they use."""
    session = context.session
    found: set[str] = set()
    if not (guesses or session.families.known or session.customs or session.hidden):
        return found
    seen: set[str] = set()
    waiting: list[tuple[Node, tuple[str, ...]]] = [(node, ()) for node in nodes]
    while waiting:
        node, bound = waiting.pop()
        known_families = session.families.known
        if known_families and any(name in known_families for name, _ in mentions(node)):
            found |= guesses  # what a layer is made of has no declaration of its own
        if session.customs:
            found |= named_by_custom(node, context)
        names = set(session.names_below(node))
        if session.usage.bold:
            names |= {rf"\mathbf{{{name}}}" for name in names}
        for name in names - seen - set(bound):
            seen.add(name)
            found |= {name} & guesses
            for binding in session.scope.names.bindings.get(name, ()):
                if isinstance(binding, DefinitionBinding):
                    letters = session.hidden.get(binding, ())
                    stale = [session.scope.stale_index(n, binding.order) for n in letters]
                    if None in stale:
                        found.add(name)
                    waiting.append((binding.body, ()))
                elif isinstance(binding, MapBinding):
                    waiting.append((binding.body, binding.parameters))
    return found


def named_by_custom(node: Node, context: Context) -> set[str]:
    """Gradients below a node that nothing defines: what they are is custom."""
    found: set[str] = set()
    if (
        isinstance(node, syntax.Adjoint)
        or (isinstance(node, syntax.Gradient) and node.operand is None)
        or (layer_of_delta(node) is not None and lookup(node, context) is None)
    ):
        found.add(context.session.source.slice(node.span).strip())
    for child in syntax.children(node):
        found |= named_by_custom(child, context)
    return found
