r"""What every name stands for at a point of the note.

Declarations are kept in the order of the note. A use sees the latest
declaration before it; where there is none, the first one after it. Sizes,
indices and everything else are three name spaces: the p of `\mathbb R^p` and
the p of `W_{j,p}` may be two things, as they are in real notes.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Generic, Literal, TypeVar

from symgrad.calculus.index import Size
from symgrad.diagnostics import Span
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, field

Section = tuple[int, ...]

Entries = Literal["", "positive", "binary", "signs"]
"""What the entries of an array are: any real numbers, positive ones, or 0 and 1."""


FunctionKind = Literal["numbers", "number of arrays", "array of arrays"]
"""What a signature says of a function: of one number, or of arrays, and what its values are."""


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """A name that was given a meaning.

    Attributes:
        name: its key, see `symgrad.reading.names.key`.
        order: place in the note; larger is later.
        section: the section it stands in.
        span: the text that introduces it.
    """

    name: str
    order: int
    section: Section
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class SizeBinding(Binding):
    r"""`n \in \mathbb N`."""


@dataclass(frozen=True, slots=True, eq=False)
class IndexBinding(Binding):
    r"""`i \in \{1,\dots,n\}`; `range_span` is where the n stands."""

    size: Size
    range_span: Span


@dataclass(frozen=True, slots=True, eq=False)
class SpaceBinding(Binding):
    r"""`\Theta_{m,n} = \mathcal M_{n,m}(\mathbb R) \times \mathbb R^n`."""

    parameters: tuple[str, ...]
    space: Node


@dataclass(frozen=True, slots=True, eq=False)
class TensorBinding(Binding):
    r"""`W \in \mathbb R^{n \times m}`: a free variable.

    Attributes:
        axes: its sizes.
        entries: what its entries are besides real numbers.
        is_row: a vector that is written as a row.
    """

    axes: tuple[Size, ...]
    entries: Entries = ""
    is_row: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class DefinitionBinding(Binding):
    """`z = Wx + b`, `[Z]_i = ...`: a name for an expression.

    Attributes:
        indices: the subscripts on the left, one name an axis.
        body: the right-hand side.
        latex: the name as the author wrote it.
        by_brace: introduced under a brace.
        others: what the note says is equal to the body, for a body that cannot be read.
    """

    indices: tuple[str, ...]
    body: Node
    latex: str
    by_brace: bool = False
    others: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class MapBinding(Binding):
    r"""`f: (X, W) \in \mathbb R^m \times .. \longmapsto body`.

    Attributes:
        parameters: the names of its arguments.
        axes: the axes of each, where they are declared.
        family: the sizes in the superscript of `\varphi^{(m,n)}`, if any.
        body: its value.
        codomain: the axes of its value, where they are declared.
        latex: the name as the author wrote it.
        is_scalar_function: from numbers to numbers; applied to an array, it acts on each entry.
    """

    parameters: tuple[str, ...]
    axes: tuple[tuple[Size, ...] | None, ...]
    family: tuple[str, ...]
    body: Node
    codomain: tuple[Size, ...] | None
    latex: str
    is_scalar_function: bool


@dataclass(frozen=True, slots=True, eq=False)
class OpaqueFunctionBinding(Binding):
    r"""A function of which only the name is known: `\phi` in `h = \phi(z)`."""


Meaning = SpaceBinding | TensorBinding | DefinitionBinding | MapBinding | OpaqueFunctionBinding

B = TypeVar("B", bound=Binding)


@dataclass
class NameSpace(Generic[B]):
    """Bindings by name, in the order of the note."""

    bindings: dict[str, list[B]] = field(default_factory=dict)

    def add(self, binding: B) -> None:
        """Enter a binding; of two at the same place the later entered wins."""
        known = self.bindings.setdefault(binding.name, [])
        known.insert(bisect_left([b.order for b in known], binding.order + 1), binding)

    def before(self, name: str, order: int) -> B | None:
        """The latest binding of a name before a place."""
        for binding in reversed(self.bindings.get(name, ())):
            if binding.order < order:
                return binding
        return None

    def find(self, name: str, order: int) -> B | None:
        """The latest binding before a place, or else the first after it."""
        known = self.bindings.get(name)
        if not known:
            return None
        return self.before(name, order) or known[0]

    def replace(self, old: B, new: B) -> None:
        """Put another binding in the place of one, as when a definition was repaired."""
        known = self.bindings[old.name]
        known[known.index(old)] = new


@dataclass
class Scope:
    """All declarations of a note.

    Attributes:
        sizes, indices, names: the three name spaces.
    """

    sizes: NameSpace[SizeBinding] = field(default_factory=NameSpace)
    indices: NameSpace[IndexBinding] = field(default_factory=NameSpace)
    names: NameSpace[Meaning] = field(default_factory=NameSpace)

    def index(self, name: str, order: int, section: Section) -> IndexBinding | None:
        """The declaration of an index that holds here.

        It is the latest before this place, if it stands in this section or in one around it.
        """
        binding = self.indices.before(name, order)
        if binding is not None and binding.section == section[: len(binding.section)]:
            return binding
        return None

    def indices_of(self, section: Section, order: int) -> list[str]:
        """The indices that this very section declares before a place."""
        return [
            name
            for name, bindings in self.indices.bindings.items()
            if any(b.section == section and b.order < order for b in bindings)
        ]

    def arguments_of_functions(self) -> frozenset[str]:
        r"""The z of `\sigma(z) = \frac{1}{1 + e^{-z}}`: elsewhere it may be that number too."""
        return frozenset(
            name
            for bindings in self.names.bindings.values()
            for binding in bindings
            if isinstance(binding, MapBinding) and binding.is_scalar_function
            for name in binding.parameters
        )

    def declares_arrays(self) -> bool:
        """Whether the note says of any array in what space it is."""
        return any(
            isinstance(b, TensorBinding) and b.axes
            for bindings in self.names.bindings.values()
            for b in bindings
        )

    def arrays(self, rank: int, order: int) -> list[str]:
        """Names of the free arrays of a rank that are declared before a place, latest first."""
        found = {
            name: binding.order
            for name, bindings in self.names.bindings.items()
            for binding in bindings
            if isinstance(binding, TensorBinding)
            and len(binding.axes) == rank
            and binding.order <= order
        }
        return sorted(found, key=lambda name: -found[name])

    def stale_index(self, name: str, order: int) -> IndexBinding | None:
        """A declaration of an index before this place, in whatever section."""
        return self.indices.before(name, order)
