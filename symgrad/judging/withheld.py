r"""Proofs that are withheld: an equation that was not taken may say more of a name.

`\ln p_k = x_k - ...` defines no name, so p is read as free of x. A derivative by x that was
proved with this is not called proved: the equation may say that p depends on x. So it is
with the entries of a recurrence, `h_t = f(h_{t-1})`, that is a definition of `h_t` only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Tensor
from symgrad.diagnostics import Span
from symgrad.judging.points import occurrences
from symgrad.judging.result import Result
from symgrad.judging.rivals import derivatives_in
from symgrad.patterns import pattern
from symgrad.reading.context import Session
from symgrad.reading.equations import Equation, bases, equations_of, times
from symgrad.reading.functionals import MARK
from symgrad.reading.scope import DefinitionBinding, MapBinding
from symgrad.reading.solutions import is_at_a_minimum
from symgrad.records import replace

_IS_A_NAME = pattern(
    r"\s*(?:\\[A-Za-z]+\s*(?:\{[^{}]*\})?|[A-Za-z])'*"
    r"(?:\s*[_^](?:\{[^{}]*\}|\\?[A-Za-z0-9]))*[\s&]*"
)
"""A name with its scripts, on the left of an equation that may say what it is."""


class Untaken:
    """The equations of one note that say something of a name besides its definition."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._definitions: dict[Equation, DefinitionBinding | MapBinding | None] = {}
        self._bases: dict[str, frozenset[str]] = {}
        self._causes: dict[frozenset[str], frozenset[str]] = {}

    @cached_property
    def equations(self) -> list[Equation]:
        """All equations of which the left-hand side is no derivative, nor its entries the right."""
        session = self.session
        found = equations_of(session.source.text, session.places, session.tokens)
        return [equation for equation in found if equation.span.start not in session.spelled]

    @cached_property
    def _by_name(self) -> dict[str, list[Equation]]:
        """The equations with each name on the left, in the order of the note.

        A note of many layers has many equations and many names, but few of each other.
        """
        found: dict[str, list[Equation]] = {}
        for equation in self.equations:
            for name in equation.left:
                found.setdefault(name, []).append(equation)
        return found

    def _about(self, names: frozenset[str]) -> Iterable[Equation]:
        """The equations with one of the names on the left, in the order of the note."""
        found = [self._by_name[name] for name in names if name in self._by_name]
        if len(found) < 2:
            return found[0] if found else ()
        merged = {id(equation): equation for each in found for equation in each}
        return sorted(merged.values(), key=lambda equation: equation.span.start)

    def _bases_of(self, name: str) -> frozenset[str]:
        if name not in self._bases:
            self._bases[name] = bases(name)
        return self._bases[name]

    def _causes_of(self, names: frozenset[str]) -> frozenset[str]:
        """Names, and those on the right of what defines them."""
        if names not in self._causes:
            right = {n for equation in self._about(names) for n in equation.right}
            self._causes[names] = names | right
        return self._causes[names]

    @cached_property
    def _taken(self) -> list[DefinitionBinding | MapBinding]:
        known = self.session.scope.names.bindings.values()
        return [b for bs in known for b in bs if isinstance(b, DefinitionBinding | MapBinding)]

    def _definition(self, equation: Equation) -> DefinitionBinding | MapBinding | None:
        if equation not in self._definitions:
            self._definitions[equation] = self._found(equation.span)
        return self._definitions[equation]

    def _is_at_a_minimum(self, equation: Equation) -> bool:
        """Whether an equation does not say what a name is, but what holds for the best values."""
        place = equation.span.start
        if place in self.session.solutions:
            return True
        formulas = [span for span in self.session.places if span.start <= place <= span.end]
        text = self.session.source.text
        return any(is_at_a_minimum(text, formula) for formula in formulas)

    def _found(self, span: Span) -> DefinitionBinding | MapBinding | None:
        for binding in self._taken:
            if span.start <= binding.span.start <= span.end or (
                isinstance(binding, DefinitionBinding)
                and binding.span.start <= span.start < binding.span.end
            ):
                return binding
        return None

    def _reached(self, names: Iterable[str]) -> set[str]:
        """Names, and all on which they may depend by any equation of the note."""
        reached, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += [n for e in self._by_name.get(name, ()) for n in e.right]
        return reached

    def withheld(self, result: Result, sides: Sequence[ex.Expression]) -> Result:
        """A proved step, undecided where a name in it may depend on the variable.

        Args:
            result: the verdict.
            sides: of the step, as they were read.
        """
        derivatives = [d for side in sides for d in derivatives_in(side)]
        if result.verdict != "proved" or not derivatives:
            return result
        tensors = [t for t in occurrences(sides).tensors if _is_name(t)]
        for derivative in derivatives:
            for tensor in tensors:
                place = self._doubt(tensor, derivative.variable)
                if place is not None:
                    line = self.session.source.position(place)[0]
                    variable = derivative.variable.name
                    other = f"{tensor.name} does not depend on {variable}"
                    if tensor == derivative.variable:
                        other = f"the entries of {variable} do not depend on each other"
                    message = (
                        f"proved only if {other}, and the equation on line {line} may say otherwise"
                    )
                    return replace(result, verdict="undecided", message=message)
        return result

    def not_refuted(self, result: Result, sides: Sequence[ex.Expression], claim: Span) -> Result:
        """A refuted step, undecided where the note says what a name in it is, and it is not used.

        Args:
            result: the verdict.
            sides: of the step, as they were read.
            claim: where it stands.
        """
        if result.verdict != "refuted":
            return result
        for tensor in (t for t in occurrences(sides).tensors if _is_name(t)):
            place = self._unused(tensor, claim)
            if place is not None:
                line = self.session.source.position(place)[0]
                message = (
                    f"{result.message}, but what line {line} says of {tensor.name} is not used"
                )
                return replace(
                    result, verdict="undecided", mistake=None, correction=None, message=message
                )
        return result

    def _unused(self, tensor: Tensor, claim: Span) -> int | None:
        """Where an equation gives a name by others, and is not taken for its definition."""
        names = self._bases_of(tensor.name)
        for equation in self._about(names):
            inside = claim.start <= equation.span.start <= claim.end
            plain = equation.left == names and _IS_A_NAME.fullmatch(
                self.session.source.slice(equation.span)
            )
            if inside or not plain or not equation.right - names or equation.recurrent & names:
                continue
            if self._definition(equation) is None and not self._is_at_a_minimum(equation):
                return equation.span.start
        return None

    def _doubt(self, tensor: Tensor, variable: Tensor | ex.Definition) -> int | None:
        """Where the note may say that a name depends on the variable."""
        names, causes = self._bases_of(tensor.name), self._bases_of(variable.name)
        if isinstance(variable, ex.Definition):
            causes = self._causes_of(causes)
        same = tensor == variable
        for equation in self._about(names):
            if same:
                if tensor.axes and names & equation.recurrent:
                    return equation.span.start
                continue
            taken, others = self._definition(equation), equation.right
            if taken is None:
                others |= equation.left - names
            if taken is not None:
                if taken.name == tensor.name or not _is_other(taken, names, equation):
                    continue
                if _is_before(tensor, variable) and not equation.backward:
                    continue
            elif self._is_at_a_minimum(equation) or (
                others <= names and names.isdisjoint(equation.recurrent)
            ):
                continue
            if causes & self._reached(others):
                return equation.span.start
        return None


def _is_other(
    taken: DefinitionBinding | MapBinding, names: frozenset[str], equation: Equation
) -> bool:
    """Whether a definition of `u_i` may be meant for `u`."""
    if not isinstance(taken, DefinitionBinding) or names.isdisjoint(bases(taken.name)):
        return False
    return any(_runs(subscript) for subscript in equation.subscripts)


def _runs(subscript: str) -> bool:
    letters = re.findall(r"[A-Za-z]+", subscript)
    return bool(letters) and all(len(letter) <= 2 for letter in letters)


def _is_before(tensor: Tensor, variable: Tensor | ex.Definition) -> bool:
    """Whether a name is of a time before that of the variable: `s_{t-1}` by `x_t`."""
    return any(
        letter == other and place < when
        for letter, place in times(tensor.name)
        for other, when in times(variable.name)
    )


def _is_name(tensor: Tensor) -> bool:
    return not (tensor.name.startswith(MARK) or "partial" in tensor.name)
