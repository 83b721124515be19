"""compile(note or network) -> Program: what runs is what was proved.

The text of a program is NumPy that stands by itself; a `Program` is that very text,
imported as a module, with its arguments checked before it is called.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from inspect import signature
from types import ModuleType
from typing import TYPE_CHECKING, Any

from symgrad.calculus.limits import LimitReached
from symgrad.compiling.errors import CannotCompile
from symgrad.compiling.plan import Plan
from symgrad.network.network import Network
from symgrad.programs.backends import BACKENDS
from symgrad.programs.loading import imported
from symgrad.programs.planning import network_plan, note_plan
from symgrad.records import dataclass
from symgrad.writing.module_text import size_names
from symgrad.writing.to_numpy import to_numpy

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


class ArgumentError(ValueError):
    """An argument of a program is missing, or of the wrong shape, dtype, layout or content."""


@dataclass(frozen=True)
class Program:
    """A compiled loss with its gradients.

    Arguments are given by position, in the order of `inputs`, or by name.

    Attributes:
        plan: what is worked out.
        source: the text of the module.
        backend: for which library it is written; its arrays are what the gradients are.
    """

    plan: Plan
    source: str
    backend: str = "numpy"

    @property
    def inputs(self) -> dict[str, tuple[str, ...]]:
        """The arguments in order, each with its sizes."""
        return {g.name: tuple(size.name for size in g.axes) for g in self.plan.inputs}

    @cached_property
    def module(self) -> ModuleType:
        """The module that the source is."""
        return imported(self.source)

    def value(self, *arrays: Array, **named: Array) -> Any:  # noqa: ANN401 - a NumPy number
        """The loss.

        Raises:
            ArgumentError: naming the argument, with what it is and what it should be.
        """
        return self.module.value(*self._owned(self._checked(arrays, named)))

    def value_and_grad(self, *arrays: Array, **named: Array) -> tuple[Any, dict[str, Array]]:
        """The loss and its gradients by name, each in the shape of its argument.

        Raises:
            ArgumentError: naming the argument, with what it is and what it should be.
        """
        work = self.module.value_and_grad  # a module may set the precision of its library
        value, gradients = work(*self._owned(self._checked(arrays, named)))
        return value, {name: gradients[name] for name in self.plan.gradients}

    def workspace(self, *arrays: Array, **named: Array) -> Any:  # noqa: ANN401 - of the module
        """Buffers for arrays of these sizes, whose `value_and_grad` allocates nothing.

        What that is given later is not checked.

        Raises:
            ArgumentError: as for `value`.
            ValueError: where the program is not written for NumPy.
        """
        if self.backend != "numpy":
            raise ValueError(f"a program for {self.backend} has no workspace; NumPy's have")
        given = zip(self.plan.inputs, self._checked(arrays, named), strict=True)
        lengths = {
            size: length
            for one, array in given
            for size, length in zip(one.axes, array.shape, strict=True)
        }
        made = self.module.Workspace
        taken = signature(made).parameters
        names = size_names(self.plan)
        return made(**{names[s]: n for s, n in lengths.items() if names.get(s) in taken})

    def check(self, *arrays: Array, **named: Array) -> dict[str, float]:
        """Largest error of each gradient against numerical derivatives, relative to its size.

        Complex steps where the program is made of analytic functions only, which are exact
        to rounding; central differences elsewhere. Both are worked out in double precision.

        Raises:
            ArgumentError: as for `value`.
        """
        from symgrad.compiling.numerical import errors_of_gradients

        given = self._checked(arrays, named)
        reference = self.module if self.backend == "numpy" else imported(to_numpy(self.plan))
        _, gradients = self.module.value_and_grad(*self._owned(given))
        return errors_of_gradients(self.plan, reference, given, gradients)

    def save(self, path: str) -> None:
        """Write the source to a file; never a part of it."""
        from symgrad.writing.files import write_whole

        write_whole(path, self.source.encode())

    def _owned(self, arrays: list[Array]) -> list[Any]:
        return [BACKENDS[self.backend].own(array) for array in arrays]

    def _checked(self, arrays: tuple[Array, ...], named: Mapping[str, Array]) -> list[Array]:
        from symgrad.compiling.arguments import checked

        try:
            return checked(self.plan, arrays, named)
        except ValueError as error:
            raise ArgumentError(str(error)) from None


def compile(
    what: Network | str | os.PathLike[str],
    *,
    line: int | None = None,
    activation: str | None = None,
    batch: bool | Sequence[str] = False,
    dtype: str = "float64",
    input_gradient: bool = False,
    backend: str = "numpy",
) -> Program:
    """Compile a network, or the proved formulas of a note, to NumPy or another library.

    Args:
        what: a network; or the path of a note, or its text (it has a line break or a dollar).
        line: of a gradient, where a note has gradients of several numbers.
        activation: what a function is of which a note gives a name only.
        batch: whether the data have a first axis of examples; the loss is then their mean.
            For a note, the names of the arrays that have it, such as `("X", "Y_tilde")`: a note
            does not say which of its arrays are data.
        dtype: `float32` or `float64`.
        input_gradient: whether the gradient by the input is wanted too.
        backend: a row of `BACKENDS`, such as `numpy`, `torch`, or `lambdify`, which writes every
            entry of a small network with SymPy. Arguments are NumPy arrays for all of them.

    Raises:
        ValueError: for a back end or dtype that is none of these, or a batch that is not named
            as it must.
        Refused: for a note with a formula that is not proved; it names the places.
        CannotCompile: for a note without gradients, or with those of several numbers, for what
            the back end has no form for, and for what is too large or nested too deeply.
        UnreadableNote: for a path that is no readable note.
    """
    if backend not in BACKENDS:
        raise ValueError(f"backend is one of {', '.join(BACKENDS)}; not {backend!r}")
    try:
        if isinstance(what, Network):
            plan = network_plan(what, batch, dtype, input_gradient)
        else:
            plan = note_plan(what, batch, dtype, line, activation)
    except LimitReached as limit:
        raise CannotCompile(str(limit)) from None
    return Program(plan, BACKENDS[backend].write(plan), backend)
