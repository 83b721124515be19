"""What may be assumed of tensors when a claim is proved or tested.

A hypothesis speaks of the values of a tensor where a claim is made, not of its
neighbours: derivatives are worked out first, with all entries independent, and
hypotheses hold for what is left. So the derivative of sum_k t_k by t_j is 1, also
where the sum is 1.
"""

from __future__ import annotations

from symgrad.calculus.index import Tensor
from symgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Symmetric:
    """S_ij = S_ji, for a matrix with two axes of one size."""

    tensor: Tensor

    def __post_init__(self) -> None:
        axes = self.tensor.axes
        if len(axes) != 2 or axes[0] != axes[1]:
            raise ValueError(f"{self.tensor.name} is no square matrix")

    def __str__(self) -> str:
        return f"{self.tensor.name} is symmetric"


@dataclass(frozen=True, slots=True)
class Positive:
    """Every entry is greater than 0."""

    tensor: Tensor

    def __str__(self) -> str:
        return f"{self.tensor.name} is positive"


@dataclass(frozen=True, slots=True)
class SumsToOne:
    """sum_k t_k = 1 along an axis, at all positions on the other axes (the rows, say)."""

    tensor: Tensor
    axis: int = -1

    def __post_init__(self) -> None:
        _check_axis(self.tensor, self.axis)

    def __str__(self) -> str:
        return f"{_along(self.tensor, self.axis)} sums to 1"


@dataclass(frozen=True, slots=True)
class OneHot:
    """One entry along an axis is 1, the others are 0, at all positions on the other axes."""

    tensor: Tensor
    axis: int = -1

    def __post_init__(self) -> None:
        _check_axis(self.tensor, self.axis)

    def __str__(self) -> str:
        return f"{_along(self.tensor, self.axis)} is one-hot"


@dataclass(frozen=True, slots=True)
class Binary:
    """Every entry is 0 or 1."""

    tensor: Tensor

    def __str__(self) -> str:
        return f"{self.tensor.name} has entries 0 and 1"


@dataclass(frozen=True, slots=True)
class Signs:
    """Every entry is 1 or -1."""

    tensor: Tensor

    def __str__(self) -> str:
        return f"{self.tensor.name} has entries 1 and -1"


Hypothesis = Symmetric | Positive | SumsToOne | OneHot | Binary | Signs


def _check_axis(tensor: Tensor, axis: int) -> None:
    if not -len(tensor.axes) <= axis < len(tensor.axes):
        raise ValueError(f"{tensor.name} has no axis {axis}")


def _along(tensor: Tensor, axis: int) -> str:
    """What of a tensor is meant: itself, its rows or columns, or its fibres along an axis."""
    rank = len(tensor.axes)
    if rank == 1:
        return tensor.name
    if rank == 2:
        return f"each {'row' if axis % rank else 'column'} of {tensor.name}"
    return f"{tensor.name} along axis {axis % rank + 1}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the hypotheses say of one tensor.

    Attributes:
        symmetric: S_ij = S_ji.
        positive: all entries are greater than 0.
        one_hot: the axis along which it is one-hot.
        sums_to_one: the axis along which it sums to 1; so it does where it is one-hot.
        binary: all entries are 0 or 1; so they are where it is one-hot.
        signs: all entries are 1 or -1.
    """

    symmetric: bool = False
    positive: bool = False
    one_hot: int | None = None
    sums_to_one: int | None = None
    binary: bool = False
    signs: bool = False

    @property
    def constrained(self) -> bool:
        """Whether not every number is possible at every place."""
        return self.sums_to_one is not None or self.signs


def known_of(tensor: Tensor, hypotheses: tuple[Hypothesis, ...]) -> Known:
    """Everything that the hypotheses say of a tensor.

    Of several axes along which it sums to 1 the first counts; to know less is sound.
    """
    mine = [hypothesis for hypothesis in hypotheses if hypothesis.tensor == tensor]
    rank = len(tensor.axes)
    hot = [h.axis % rank for h in mine if isinstance(h, OneHot)]
    sums = [h.axis % rank for h in mine if isinstance(h, SumsToOne)]
    binary = any(isinstance(h, Binary) for h in mine)
    hot += sums if binary else []
    return Known(
        symmetric=tensor.symmetric or any(isinstance(h, Symmetric) for h in mine),
        positive=any(isinstance(h, Positive) for h in mine),
        one_hot=hot[0] if hot else None,
        sums_to_one=(hot + sums)[0] if hot or sums else None,
        binary=bool(hot) or binary,
        signs=any(isinstance(h, Signs) for h in mine),
    )
