r"""Gradients that come from above, by the names that a note has for them.

Of `L = \ell(z, y)` the kernel knows the gradient of `\ell` by z, which the note calls
`\partial L / \partial z`; a note that writes `dW` for gradients calls it `dz`.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Tensor
from symgrad.judging.tree import below, rebuilt
from symgrad.reading import syntax
from symgrad.reading.functionals import MARK
from symgrad.records import dataclass, field


@dataclass
class GradientNames:
    """What a note calls the gradients of losses of which it says only what they depend on.

    Attributes:
        losses: the name of the loss, by that of the function it is.
        adjoints: whether the gradient by z is `dz`.
    """

    losses: dict[str, str] = field(default_factory=dict)
    adjoints: bool = False

    @classmethod
    def of(cls, left: syntax.Node, definitions: Sequence[ex.Definition]) -> GradientNames:
        """The names where a left-hand side stands, below these definitions."""
        losses: dict[str, str] = {}
        for definition in definitions:
            if definition.parameters:
                continue
            for node in below(definition.body):
                parted = _parted(node)
                if parted is not None and parted[0] != definition.name:
                    losses.setdefault(parted[0], definition.name)
        return cls(losses, _has_adjoint(left))

    def spelled(self, node: ex.Expression) -> ex.Expression:
        """The expression with its gradients by these names; for writing, not for proving."""
        parted = _parted(node)
        if parted is None or not isinstance(node, ex.Entry):
            return rebuilt(node, self.spelled)
        of, by = parted
        name = f"d{by}" if self.adjoints else f"{MARK} {self.losses.get(of, of)}/{MARK} {by}"
        return ex.Entry(Tensor(name, node.tensor.axes), node.positions)


def variable_of(node: ex.Expression) -> str | None:
    """By what a free gradient is one; None for everything else."""
    parted = _parted(node)
    return parted[1] if parted is not None else None


def _parted(node: ex.Expression) -> tuple[str, str] | None:
    r"""`\ell` and `z` of the free array that is the gradient of one by the other."""
    if not isinstance(node, ex.Entry) or not node.tensor.name.startswith(MARK):
        return None
    of, _, by = node.tensor.name.removeprefix(MARK).partition(f"/{MARK}")
    return (of.strip(), by.strip()) if by else None


def _has_adjoint(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Adjoint) or any(map(_has_adjoint, syntax.children(node)))
