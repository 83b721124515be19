"""The chain rule over names, from the last to the first: what is called backpropagation.

With dL/dU known for every name U that uses D,

    dL/dD_i = sum_U sum_u dL/dU_u  dU_u/dD_i

where dU/dD is taken through the body of U alone, all other names in it being fixed. Every
derivative that is got so is proved equal to that of the whole before it is used: by names,
those above it first, so that each proof opens one name however deep the network is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symgrad.calculus.dependencies import direct_needs, same_tensor
from symgrad.calculus.derivative import axes_of, differentiate, summed
from symgrad.calculus.expression import (
    Definition,
    Derivative,
    Entry,
    Expression,
    Named,
    add,
    mul,
)
from symgrad.calculus.index import Index, Tensor, fresh
from symgrad.calculus.normal_form import Prover
from symgrad.calculus.substitution import substitute
from symgrad.compiling.rebuild import rebuilt
from symgrad.records import dataclass, field

Variable = Tensor | Definition


class Unproved(AssertionError):  # noqa: N818 - a fault of ours, said as what it is
    """A gradient that the chain rule gives is not proved equal to the derivative."""


@dataclass
class Backward:
    """Derivatives of one number by names and tensors, each made of those of later names.

    Attributes:
        loss: what is differentiated.
        definitions: all names that lead to it, each after those it needs; the loss is last.
        adjoints: the derivatives found so far, by the name of the variable.
    """

    loss: Definition
    definitions: Sequence[Definition]
    adjoints: dict[Definition, Definition] = field(default_factory=dict)
    _stand_ins: dict[Definition, Tensor] = field(default_factory=dict)
    _prover: Prover = field(default_factory=Prover)

    def __post_init__(self) -> None:
        for definition in self.definitions:
            axes = tuple(p.size for p in definition.parameters)
            self._stand_ins[definition] = Tensor(f"the name {definition.name}", axes)
        for definition in reversed(self.definitions):
            if definition is not self.loss:
                self.adjoints[definition] = self._proved(definition)

    def gradient(self, tensor: Tensor) -> Definition:
        """The derivative by a tensor, proved.

        Raises:
            Unproved: which would be a fault of ours.
        """
        return self._proved(tensor)

    def _proved(self, variable: Variable) -> Definition:
        found = self._derivative(variable)
        at = found.parameters
        whole = Derivative(Named(self.loss, ()), variable, at)
        if self._prover.prove_equal(Named(found, at), whole) is None:
            raise Unproved(f"the derivative by {variable.name}")
        return found

    def _derivative(self, variable: Variable) -> Definition:
        positions = tuple(fresh("ijkl"[n % 4], size) for n, size in enumerate(axes_of(variable)))
        users = [d for d in self.definitions if _uses(d, variable)]
        terms = [self._through(user, variable, positions) for user in users]
        name = rf"\partial {self.loss.name} / \partial {variable.name}"
        return Definition(name, positions, add(*terms))

    def _through(
        self, user: Definition, variable: Variable, positions: tuple[Index, ...]
    ) -> Expression:
        """sum_u dL/dU_u dU_u/dD_i."""
        at = tuple(fresh(p.name, p.size) for p in user.parameters)
        moved = substitute(user.body, dict(zip(user.parameters, at, strict=True)))
        local = self._local(moved, variable, positions)
        if user is self.loss:
            return local
        result = mul(Named(self.adjoints[user], at), local)
        for index in reversed(at):
            result = summed(index, result)
        return result

    def _local(
        self, body: Expression, variable: Variable, positions: tuple[Index, ...]
    ) -> Expression:
        """The derivative of a body in which all names are fixed."""

        def stand_in(leaf: Expression) -> Expression:
            if isinstance(leaf, Named):
                return Entry(self._stand_ins[leaf.definition], leaf.positions)
            return leaf

        by = self._stand_ins[variable] if isinstance(variable, Definition) else variable
        derivative = differentiate(rebuilt(body, stand_in), by, positions)
        names = {tensor: definition for definition, tensor in self._stand_ins.items()}

        def back(leaf: Expression) -> Expression:
            definition = names.get(leaf.tensor) if isinstance(leaf, Entry) else None
            if definition is None or not isinstance(leaf, Entry):
                return leaf
            return Named(definition, leaf.positions)

        return rebuilt(derivative, back)


def _uses(definition: Definition, variable: Variable) -> bool:
    tensors, names = direct_needs(definition)
    if isinstance(variable, Tensor):
        return any(same_tensor(tensor, variable) for tensor in tensors)
    return variable in names


def batched(
    definitions: Iterable[Definition], tensors: Iterable[Tensor], batch_of: Index
) -> tuple[dict[Definition, Definition], dict[Tensor, Tensor]]:
    """The same names for every example of a batch, whose axis comes first.

    Args:
        definitions: each after those it needs.
        tensors: those that differ from example to example.
        batch_of: an index of the size of the batch; its size is used.
    """
    size = batch_of.size
    new_tensors = {t: Tensor(t.name, (size, *t.axes)) for t in tensors}
    new: dict[Definition, Definition] = {}
    for definition in definitions:
        example = fresh("b", size)

        def leaf(node: Expression, example: Index = example) -> Expression:
            if isinstance(node, Entry) and node.tensor in new_tensors:
                return Entry(new_tensors[node.tensor], (example, *node.positions))
            if isinstance(node, Named):
                moved = new[node.definition]
                if len(moved.parameters) > len(node.positions):
                    return Named(moved, (example, *node.positions))
                return Named(moved, node.positions)
            return node

        body = rebuilt(definition.body, leaf)
        tensors_used, names = direct_needs(definition)
        depends = any(t in new_tensors for t in tensors_used) or any(
            len(new[n].parameters) > len(n.parameters) for n in names
        )
        parameters = (example, *definition.parameters) if depends else definition.parameters
        new[definition] = Definition(definition.name, parameters, body)
    return new, new_tensors
