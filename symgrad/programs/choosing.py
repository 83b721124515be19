"""Which number a program is of, where a note has gradients of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.calculus.dependencies import definitions_of
from symgrad.calculus.expression import Definition
from symgrad.calculus.index import Tensor
from symgrad.compiling.errors import CannotCompile, WrongOption
from symgrad.programs.formulas import Formula, Formulas
from symgrad.reading.note import Note
from symgrad.writing.latex import SLOT

Number = tuple[Definition, Mapping[Tensor, Formula]]


def chosen(formulas: Formulas, found: Sequence[Number], line: int | None) -> Number:
    """The number whose gradients are compiled: that of a line, or the one with the most.

    Of several with as many it is the one that is made of all the others, as a loss is.

    Args:
        formulas: of the note.
        found: one or more.
        line: of a gradient, where one is asked for.

    Raises:
        CannotCompile: where none of them is the one.
        WrongOption: where no gradient stands on the line.
    """

    def lines(number: Number) -> list[int]:
        return sorted({formulas.line_of(formula) for formula in number[1].values()})

    if line is not None:
        known: set[int] = set()
        for number in found:
            all_lines = {n for by in number[1] for n in formulas.lines_of((number[0], by))}
            if line in all_lines:
                return number
            known |= all_lines
        shown = ", ".join(map(str, sorted(known)))
        raise WrongOption(f"line {line} has no gradient; these lines have: {shown}")
    most = max(len(number[1]) for number in found)
    best = [number for number in found if len(number[1]) == most]
    last = [one for one in best if _is_made_of(one, best)]
    if len(best) > 1 and len(last) != 1:
        shown = " or ".join(str(lines(number)[0]) for number in best)
        raise CannotCompile(
            f"the note has gradients of several numbers; choose one by a line: {shown}"
        )
    return (last or best)[0]


def _is_made_of(number: Number, others: Sequence[Number]) -> bool:
    needed_names = definitions_of(number[0].body)
    return all(other is number or other[0] in needed_names for other in others)


def left_out(note: Note, found: Sequence[Number], number: Number) -> tuple[str, ...]:
    """What is said where a note has gradients of other numbers too."""
    others = [other for other in found if other[0] is not number[0]]
    if not others:
        return ()

    def shown(one: Number) -> str:
        lines = [note.source.position(formula.span.start)[0] for formula in one[1].values()]
        by = ", ".join(tensor.name for tensor in one[1])
        name = one[0].name.partition(SLOT)[0]  # what follows are its arguments
        return f"{name} by {by} (line {min(lines)})"

    return (
        f"compiled: the gradients of {shown(number)}",
        *(f"left out: those of {shown(other)}" for other in others),
        "a line of a gradient chooses another",
    )
