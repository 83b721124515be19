"""A note to the plan of a program, made of the note's own proved formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.calculus.expression import Definition, Function, Named, OfMatrix
from symgrad.calculus.index import Tensor
from symgrad.compiling.errors import NO_MATRIX_FUNCTIONS, CannotCompile, WrongOption
from symgrad.compiling.graph import Graph, Node, needed
from symgrad.compiling.identifiers import Names, identifier
from symgrad.compiling.lowering import Lowering, batch_size
from symgrad.compiling.mean import divided
from symgrad.compiling.plan import Input, Plan, node_names
from symgrad.compiling.rebuild import nodes_of
from symgrad.diagnostics import Span
from symgrad.network.functions import ACTIVATIONS
from symgrad.programs.adjoints import cut_chains, named_adjoints
from symgrad.programs.choosing import chosen, left_out
from symgrad.programs.formulas import (
    Formula,
    Formulas,
    Key,
    Refused,
    free_tensors,
    key_of,
    numbers,
    proved_formulas,
)
from symgrad.programs.missing import needs_a_formula, unknown_loss, why_none
from symgrad.reading.note import Note
from symgrad.reading.scope import DefinitionBinding, MapBinding
from symgrad.records import dataclass, field
from symgrad.writing.excerpt import one_line
from symgrad.writing.latex import SLOT


class TensorNames(dict[Tensor, str]):
    """Names in the program, given when a tensor is first met."""

    def __init__(self) -> None:
        super().__init__()
        self._names = Names()

    def __missing__(self, tensor: Tensor) -> str:
        self[tensor] = self._names.new(tensor.name)
        return self[tensor]


@dataclass
class Places:
    """Where the formulas of a program stand in the note."""

    note: Note
    formulas: Formulas
    gradients: Mapping[Node, Formula] = field(default_factory=dict)

    def comments(self, origin: Mapping[Node, Definition]) -> dict[Node, str]:
        """`line: LaTeX` for every node that the note has a formula for."""
        found: dict[Node, str] = {}
        for node, definition in origin.items():
            comment = self._comment(definition)
            if comment is not None:
                found[node] = comment
        for node, formula in self.gradients.items():
            found.setdefault(node, self.quoted(formula.span))
        return found

    def quoted(self, span: Span) -> str:
        """The line of a formula, and its text."""
        source = self.note.source
        return f"line {source.position(span.start)[0]}: {one_line(source.slice(span))}"

    def _comment(self, definition: Definition) -> str | None:
        """The formula of a name, in the words of the note; None where it has none there."""
        formula = self.formulas.formula((definition, None))
        if formula is not None:
            return self.quoted(formula.span)
        for bindings in self.formulas.session.scope.names.bindings.values():
            for binding in bindings:
                if not isinstance(binding, DefinitionBinding | MapBinding):
                    continue
                if binding.latex != definition.name:
                    continue
                if isinstance(binding, DefinitionBinding) and binding.by_brace:
                    source, body = self.note.source, binding.body.span
                    line = source.position(body.start)[0]
                    return f"line {line}: {binding.latex} = {one_line(source.slice(body))}"
                return self.quoted(binding.span.to(binding.body.span))
        return None


def plan_note(
    note: Note,
    dtype: str = "float64",
    line: int | None = None,
    activation: str | None = None,
    examples: Sequence[str] = (),
) -> Plan:
    """The program of a note.

    Args:
        note: every claim of it must be proved.
        dtype: of all arrays.
        line: of a gradient, where the note has gradients of several numbers.
        activation: what a function is of which the note gives a name only.
        examples: arrays of which each example of a batch has its own; the value is then the
            mean over the batch, and what the note proves of one example is summed.

    Raises:
        Refused: where the note has a formula that is not proved, or needs an inverse or a
            determinant.
        CannotCompile: where there is nothing to compile.
        WrongOption: for a line, an activation or examples that the note has no use for.
    """
    formulas = proved_formulas(note)
    formulas.prefer(line)
    found = numbers(formulas)
    if not found:
        raise CannotCompile(why_none(note, formulas))
    number, by_tensor = chosen(formulas, found, line)
    loss = unknown_loss(free_tensors([Named(number, ())]))
    if loss is not None:
        raise CannotCompile(needs_a_formula(loss))
    _refuse_matrix_functions(note, formulas, number, by_tensor)
    names = TensorNames()
    lowering = _lowering(formulas, number, names, activation, examples)
    formulas.used |= {(number, tensor): formula for tensor, formula in by_tensor.items()}
    value, outputs, places = _worked_out(lowering, formulas, number, by_tensor, names)
    if activation is not None and not lowering.functions.replaced:
        raise WrongOption(
            "an activation stands for a function of which a note gives a name only; "
            "here the note says what all functions are"
        )
    for tensor, formula in by_tensor.items():
        places.setdefault(outputs[names[tensor]], formula)
    inputs = _inputs(lowering, [value, *outputs.values()], outputs, names)
    return Plan(
        f"the note {one_line(note.source.path)}",
        inputs,
        value,
        {given.name: outputs[given.name] for given in inputs if given.name in outputs},
        _called(lowering, names, value, outputs),
        Places(note, formulas, places).comments(lowering.origin),
        bool(lowering.varying),
        dtype,
        _proof(formulas, bool(lowering.varying)),
        (*_assumed(formulas), *left_out(note, found, (number, by_tensor))),
    )


def _refuse_matrix_functions(
    note: Note, formulas: Formulas, number: Definition, by_tensor: Mapping[Tensor, Formula]
) -> None:
    """Refuse a program with inverses or determinants in it, each at its formula.

    Raises:
        Refused: where there is one.
    """
    spans = _defining(formulas)
    start = Span(0, 0)
    work = [(formulas.body(number), spans.get(number.name, start))]
    work += [(formula.body, formula.span) for formula in by_tensor.values()]
    places: dict[Span, None] = {}
    seen: set[Key] = {(number, None)}
    while work:
        body, span = work.pop()
        for node in nodes_of(body):
            key = key_of(node)
            if isinstance(node, OfMatrix):
                places[span] = None
            elif key is not None and key not in seen:
                seen.add(key)
                formula = formulas.formula(key)
                if formula is not None:
                    work.append((formula.body, formula.span))
                elif isinstance(node, Named):
                    work.append((node.definition.body, spans.get(node.definition.name, span)))
    if places:
        raise Refused(note.source, [(span, NO_MATRIX_FUNCTIONS) for span in places])


def _defining(formulas: Formulas) -> dict[str, Span]:
    """Where the note says what each name is."""
    return {
        binding.latex: binding.body.span
        for bindings in formulas.session.scope.names.bindings.values()
        for binding in bindings
        if isinstance(binding, DefinitionBinding | MapBinding)
    }


def _lowering(
    formulas: Formulas,
    number: Definition,
    names: TensorNames,
    activation: str | None,
    examples: Sequence[str],
) -> Lowering:
    """What turns formulas of the note into operations."""
    bodies = [f.body for known in formulas.known.values() for f in known]
    sizes = (size for t in free_tensors([*bodies, Named(number, ())]) for size in t.axes)
    return Lowering(
        Graph(),
        names,
        resolve=formulas.resolve,
        body_of=formulas.body,
        unknown=_function(activation),
        batch=batch_size(sizes),
        varying=frozenset(map(identifier, examples)),
    )


def _worked_out(
    lowering: Lowering,
    formulas: Formulas,
    number: Definition,
    by_tensor: Mapping[Tensor, Formula],
    names: TensorNames,
) -> tuple[Node, dict[str, Node], dict[Node, Formula]]:
    """The number, its gradients by name, and the formulas of what is worked out on the way.

    With a batch the number is the mean.
    """
    value = lowering.over_batch(Named(number, ()), ())
    cut_chains(lowering, formulas, number)
    outputs: dict[str, Node] = {}
    for tensor, formula in by_tensor.items():
        work = lowering.of_each if names[tensor] in lowering.varying else lowering.over_batch
        outputs[names[tensor]] = work(formula.body, formula.parameters)
    places = named_adjoints(lowering, formulas, number, [value, *outputs.values()])
    if lowering.example is not None:
        assert lowering.batch is not None
        count = lowering.graph.size(lowering.batch)
        value = lowering.graph.quotient(value, count)
        outputs, moved = divided(lowering.graph, value, outputs, count)
        lowering.origin = {moved.get(n, n): d for n, d in lowering.origin.items()}
        places = {moved.get(n, n): formula for n, formula in places.items()}
    return value, outputs, places


def _inputs(
    lowering: Lowering, results: list[Node], outputs: Mapping[str, Node], names: TensorNames
) -> tuple[Input, ...]:
    """The arrays that are needed, in the order in which they are met.

    Raises:
        WrongOption: for examples of an array that is none of them.
    """
    used = [a.data[0] for node in needed(results) for a in node.args if a.op == "input"]
    used = list(dict.fromkeys([*used, *outputs]))
    unknown = lowering.varying - set(used)
    if unknown:
        raise WrongOption(f"no array is called {min(unknown)}; there are {', '.join(used)}")
    tensors = {name: tensor for tensor, name in names.items()}
    own = {name: (lowering.batch,) if name in lowering.varying else () for name in used}
    return tuple(Input(n, tensors[n].name, (*own[n], *tensors[n].axes)) for n in used)


def _called(
    lowering: Lowering, names: TensorNames, value: Node, outputs: Mapping[str, Node]
) -> dict[Node, str]:
    """Names in the program: those of the note, and `dW` for a gradient that has none there."""
    called = node_names(lowering.origin, list(names.values()), _name_alone)
    called.setdefault(value, "loss")
    fresh_names = Names([*names.values(), *called.values()])
    for name, node in outputs.items():
        if node not in called:
            called[node] = fresh_names.new(f"d{name}")
    return called


def _name_alone(definition: Definition) -> str:
    """What a name is called without its arguments, which come after it."""
    return definition.name.partition(SLOT)[0]


def _assumed(formulas: Formulas) -> tuple[str, ...]:
    """What the gradients are right under only."""
    return tuple(f"proved only where {one_line(assumed)}" for assumed in formulas.assuming)


def _proof(formulas: Formulas, is_batch: bool) -> str:
    """Where the formulas of the program were proved, and under what."""
    text = "Every formula is one of the note, and was proved there for all sizes"
    if formulas.assuming:
        text += f", assuming {' and '.join(map(one_line, formulas.assuming))}"
    if is_batch:
        text += (
            ". Each example of a batch counts alike; what all gradients are made of is divided"
            " by their number, once"
        )
    return f"{text}."


def _function(activation: str | None) -> Function | None:
    if activation is None:
        return None
    if activation not in ACTIVATIONS:
        raise WrongOption(
            f"no activation is called {activation!r}; there are {', '.join(ACTIVATIONS)}"
        )
    return ACTIVATIONS[activation].function
