"""What a layer does to its weighted sums: a function of each entry, or one of the whole vector.

The functions of one variable are the rows of `functions`; of the functions of an array
those can be taken whose derivative is known in terms of their value, such as softmax.
"""

from __future__ import annotations

from difflib import get_close_matches

from symgrad.calculus.expression import ARGUMENT, Apply, Entry, Expression, Function
from symgrad.calculus.index import Position, Size
from symgrad.network.functions import ACTIVATIONS, Activation, Symbolic, lazy_sympy
from symgrad.network.letters import is_letter
from symgrad.network.losses import ArrayEntry
from symgrad.network.vector_functions import VECTOR_FUNCTIONS, VectorFunction
from symgrad.records import dataclass


@dataclass(frozen=True)
class LayerFunction:
    """The activation of a layer; either `function` or `vector` is there.

    Attributes:
        name: by which users ask for it.
        function: of each entry, as the kernel knows it.
        vector: of all entries of one example together.
        row: what is known of the function of each entry; none for one that is only a letter.
    """

    name: str
    function: Function | None = None
    vector: VectorFunction | None = None
    row: Activation | None = None

    @property
    def is_identity(self) -> bool:
        """Whether it leaves everything as it is: then it is not written."""
        body = None if self.function is None else self.function.definition
        return isinstance(body, Entry) and body.tensor is ARGUMENT

    @property
    def has_letter(self) -> bool:
        """Whether its name is a letter, and nothing is known of it."""
        return self.row is None and self.vector is None

    def entry(self, z: ArrayEntry, size: Size, at: Position) -> Expression:
        """The entry at a position of what leaves the layer, from the entries of what enters."""
        if self.vector is not None:
            return self.vector.entry(lambda p: z(*p), (size,), (at,))
        assert self.function is not None
        return z(at) if self.is_identity else Apply(self.function, 0, z(at))

    def symbolic(self, z: Symbolic) -> Symbolic:
        """The same of a column of SymPy expressions."""
        if self.vector is not None:
            sympy = lazy_sympy()
            return sympy.Matrix(self.vector.symbolic(sympy.Array(list(z)), ()).tolist())
        if self.row is not None:
            return z.applyfunc(self.row.symbolic)
        from symgrad.network.sympy_functions import opaque

        return z.applyfunc(opaque(self.name))


def layer_function(name: str) -> LayerFunction:
    r"""The activation of this name; a letter, also a Greek one, is any function of one variable.

    Raises:
        ValueError: a name that is not known, with those that are.
    """
    if name in ACTIVATIONS:
        row = ACTIVATIONS[name]
        return LayerFunction(name, row.function, row=row)
    if name in VECTOR_FUNCTIONS and VECTOR_FUNCTIONS[name].backward is not None:
        return LayerFunction(name, vector=VECTOR_FUNCTIONS[name])
    if is_letter(name):
        return LayerFunction(name, Function(name))
    of_vectors = [n for n, vector in VECTOR_FUNCTIONS.items() if vector.backward is not None]
    raise ValueError(unknown("activation", name, [*ACTIVATIONS, *of_vectors]))


def unknown(kind: str, name: str, names: list[str]) -> str:
    """What is said of a name that is not in a table."""
    close = get_close_matches(name, names, 1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"no {kind} is called {name!r}{hint or '.'} There are {', '.join(names)}."
