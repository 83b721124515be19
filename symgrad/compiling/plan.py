"""What a program takes, works out and gives, before it is written in any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from symgrad.calculus.expression import Definition, Named, SizeValue, Sum, mul, power
from symgrad.calculus.index import Size, Tensor, fresh
from symgrad.calculus.substitution import substitute
from symgrad.compiling.backward import Backward, batched
from symgrad.compiling.graph import Graph, Node
from symgrad.compiling.identifiers import Names
from symgrad.compiling.logits import of_logits, remarks_on
from symgrad.compiling.lowering import Lowering, batch_size
from symgrad.network.network import TARGET, Network
from symgrad.records import dataclass, field


@dataclass(frozen=True)
class Input:
    """An array that a program is given.

    Attributes:
        name: in the program.
        latex: in the formulas.
        axes: its sizes; the batch first, if it has one.
    """

    name: str
    latex: str
    axes: tuple[Size, ...]


@dataclass(frozen=True)
class Plan:
    """A program: the value of a number and its gradients.

    Attributes:
        title: what it is, one line.
        inputs: in the order of the arguments.
        value: the number.
        gradients: by the name of the input.
        names: what nodes are called in the program.
        notes: what is said beside a node, such as the formula it came from.
        batch: whether the number is the mean over a batch of examples.
        dtype: `float32` or `float64`.
        proof: where the gradients were proved, one line.
        remarks: what the user should know of the choice that was made.
    """

    title: str
    inputs: tuple[Input, ...]
    value: Node
    gradients: Mapping[str, Node]
    names: Mapping[Node, str] = field(default_factory=dict)
    notes: Mapping[Node, str] = field(default_factory=dict)
    batch: bool = False
    dtype: str = "float64"
    proof: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[Node, ...]:
        """The value, then the gradients as they are found: those of the last layer first."""
        return (self.value, *reversed(list(self.gradients.values())))

    @property
    def fixed(self) -> bool:
        """Whether all sizes are integers."""
        return all(size.value for given in self.inputs for size in given.axes)


def plan_network(
    network: Network,
    batch: bool = False,
    dtype: str = "float64",
    input_gradient: bool = False,
) -> Plan:
    """The program of a network, from its own derivatives; each is proved first.

    A loss of probabilities is worked out from the logits, see `logits`.

    Args:
        network: whose `equations()` are compiled.
        batch: whether X and the target have an axis of examples; the loss is then their mean.
        dtype: of all arrays.
        input_gradient: whether the gradient by X is wanted too.
    """
    title, remarks = _title(network), remarks_on(network)
    network = of_logits(network)
    definitions = list(network.definitions.values())
    tensors = dict(network.parameters)
    size = batch_size(network.sizes)
    if batch:
        definitions, tensors = _over_examples(definitions, tensors, size)
    names = {tensor: name for name, tensor in tensors.items()}
    backward = Backward(definitions[-1], definitions)
    wanted = [n for n in tensors if n != TARGET and (n != "X" or input_gradient)]
    gradients = {name: backward.gradient(tensors[name]) for name in wanted}
    lowering = Lowering(Graph(), names, batch=size)
    value = lowering.array(Named(definitions[-1], ()), ())
    for definition in reversed(definitions[:-1]):
        lowering.named(backward.adjoints[definition])
    found = {
        name: lowering.array(Named(g, g.parameters), g.parameters) for name, g in gradients.items()
    }
    return Plan(
        title,
        tuple(Input(n, t.name, t.axes) for n, t in tensors.items()),
        value,
        found,
        node_names(lowering.origin, list(names.values())),
        {},
        batch,
        dtype,
        "Every gradient was proved equal to the derivative of the loss, for all sizes.",
        remarks,
    )


def _over_examples(
    definitions: list[Definition], tensors: dict[str, Tensor], size: Size
) -> tuple[list[Definition], dict[str, Tensor]]:
    """Definitions and inputs with an axis of examples; the loss, the last, is their mean."""
    index = fresh("b", size)
    moved, changed = batched(definitions, [tensors["X"], tensors[TARGET]], index)
    *layers, each = moved.values()
    body = each.body
    if each.parameters:
        body = Sum(index, substitute(body, {each.parameters[0]: index}))
    mean = Definition("L", (), mul(power(SizeValue(size), -1), body))
    return [*layers, mean], {name: changed.get(t, t) for name, t in tensors.items()}


def _title(network: Network) -> str:
    sizes = " - ".join(size.name for size in network.sizes)
    last = network.output_activation
    output = f" and {last}" if last != network.activation else ""
    return f"a network {sizes}, {network.activation}{output}, {network.loss_name}"


def node_names(
    origin: Mapping[Node, Definition],
    taken: Sequence[str],
    called: Callable[[Definition], str] = lambda definition: definition.name,
) -> dict[Node, str]:
    """A name in the program for every node that has one in the formulas.

    Args:
        origin: the definition of each of them.
        taken: names that are given already.
        called: what a definition is called, in LaTeX.
    """
    names = Names(taken)
    return {
        node: names.new(called(definition))
        for node, definition in sorted(origin.items(), key=lambda item: item[0].number)
        if node.op not in ("input", "number", "size")
    }
