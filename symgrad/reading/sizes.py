r"""Which sizes are equal: unification of the sizes that a note leaves open.

Three kinds of size meet here. A declared size (`n` after `n \in \mathbb N`) and
a literal equal only themselves. An undeclared name (`q` in `\mathbb R^q`
where no q was introduced) equals only itself too, but may turn out to be
another name for a declared size; that is a fault of the note, and recorded.
An unknown (the range of an index nobody declared) takes whatever is needed.
"""

from __future__ import annotations

from itertools import count

from symgrad.calculus.index import Size
from symgrad.records import dataclass, field

_UNKNOWN = "?"


def undeclared(name: str) -> Size:
    """The size of a name that was used without being introduced."""
    return Size(name, flexible=True)


def is_unknown(size: Size) -> bool:
    """Whether a size has no name in the note."""
    return size.flexible and size.name.startswith(_UNKNOWN)


def _number(unknown: Size) -> int:
    """How many unknown sizes there were when this one came up."""
    return int(unknown.name.removeprefix(_UNKNOWN))


@dataclass
class Sizes:
    """The solution found so far. `snapshot` and `restore` undo a failed attempt.

    Attributes:
        solution: what an open size was found to be.
    """

    solution: dict[Size, Size] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def unknown(self) -> Size:
        """A new unknown size."""
        return Size(f"{_UNKNOWN}{next(self._numbers)}", flexible=True)

    def resolve(self, size: Size) -> Size:
        """The size this one was found to be; itself where nothing is known."""
        while size.flexible and size in self.solution:
            size = self.solution[size]
        return size

    def unify(self, left: Size, right: Size) -> bool:
        """Make two sizes equal if that is allowed; say whether they are."""
        left, right = self.resolve(left), self.resolve(right)
        if left == right:
            return True
        swapped = is_unknown(right) or (right.flexible and not left.flexible)
        if is_unknown(left) and is_unknown(right):
            # The older one stays, so that what was said of it before still is about it.
            swapped = _number(left) < _number(right)
        if swapped:
            left, right = right, left
        if is_unknown(left) or (left.flexible and not right.flexible and right.value is None):
            self.solution[left] = right
            return True
        return False

    def renamed(self) -> dict[Size, Size]:
        """Undeclared names that turned out to be declared sizes."""
        return {s: self.resolve(s) for s in self.solution if not is_unknown(s)}

    def forget(self, names: set[Size]) -> None:
        """Take back what undeclared names were found to be: they are introduced again."""
        for name in names & self.solution.keys():
            if not is_unknown(name):
                del self.solution[name]

    def snapshot(self) -> dict[Size, Size]:
        """The solution as it stands, for `restore`."""
        return dict(self.solution)

    def restore(self, solution: dict[Size, Size]) -> None:
        """Go back to a snapshot."""
        self.solution = dict(solution)
