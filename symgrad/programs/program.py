"""compile(note or network) -> Program: what runs is what was proved.

The text of a program is NumPy that stands by itself; a `Program` is that very text,
imported as a module, with its arguments checked before it is called.
"""

from __future__ import annotations

import importlib.util
import linecache
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.abc import SourceLoader
from inspect import signature
from itertools import count
from types import ModuleType
from typing import TYPE_CHECKING, Any

from symgrad.compiling.plan import Plan, plan_network
from symgrad.network.network import Network
from symgrad.programs.backends import BACKENDS
from symgrad.records import dataclass
from symgrad.writing.module_text import size_names
from symgrad.writing.to_numpy import to_numpy

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_numbers = count(1)


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
        return _imported(self.source)

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
        reference = self.module if self.backend == "numpy" else _imported(to_numpy(self.plan))
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
        CannotCompile: for a note without gradients, or with those of several numbers, and for
            what the back end has no form for.
        UnreadableNote: for a path that is no readable note.
    """
    if dtype not in ("float32", "float64"):
        raise ValueError(f"dtype is float32 or float64, not {dtype!r}")
    if backend not in BACKENDS:
        raise ValueError(f"backend is one of {', '.join(BACKENDS)}; not {backend!r}")
    if isinstance(what, Network):
        if not isinstance(batch, bool):
            raise ValueError("a network knows its data; batch is True or False")
        plan = plan_network(what, batch, dtype, input_gradient)
    else:
        from symgrad.diagnostics import Source
        from symgrad.programs.from_note import plan_note
        from symgrad.reading.note import read_note

        if isinstance(batch, bool | str):
            if batch:
                raise ValueError(
                    "a note does not say which of its arrays are data; name those of which "
                    'each example has its own, such as batch=("X", "Y_tilde")'
                )
            batch = ()
        is_text = isinstance(what, str) and ("\n" in what or "$" in what)
        note = read_note(Source("<text>", str(what)) if is_text else what)
        plan = plan_note(note, dtype, line, activation, batch)
    return Program(plan, BACKENDS[backend].write(plan), backend)


class _Loader(SourceLoader):
    """Imports a text as a module."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_data(self, path: str | bytes) -> bytes:
        """The text."""
        return self.text.encode()

    def get_filename(self, fullname: str) -> str:
        """A name for tracebacks."""
        return f"<{fullname}>"


def _imported(source: str) -> ModuleType:
    """The module of a source that symgrad wrote; nothing of a note but comments is in it."""
    name = f"symgrad_program_{next(_numbers)}"
    loader = _Loader(source)
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    filename = loader.get_filename(name)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return module
