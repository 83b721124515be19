"""How a note writes: what is seen in all of its formulas says how each is to be read.

A habit is looked for in the syntax as the habits before it have marked it, and marks it in
turn; so their order counts. All of them come before any name has a meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symgrad.reading.arguments import differentiates_by_expressions
from symgrad.reading.capitals import Capitals
from symgrad.reading.constants import has_the_circle_constant
from symgrad.reading.context import Session
from symgrad.reading.counting import Counting
from symgrad.reading.einstein import Einstein
from symgrad.reading.entry_functions import EntryFunctions
from symgrad.reading.entry_names import EntryNames
from symgrad.reading.examples import Examples
from symgrad.reading.identity import identities
from symgrad.reading.kinds import Kinds
from symgrad.reading.layers import Layers
from symgrad.reading.left_out import LeftOut
from symgrad.reading.mean_loss import mean_loss
from symgrad.reading.means import Means
from symgrad.reading.members import Members
from symgrad.reading.note import Formula
from symgrad.reading.parameters import Parameters
from symgrad.reading.prefixes import Prefixes
from symgrad.reading.quantities import Quantities
from symgrad.reading.reach import Reach
from symgrad.reading.recovery import Parsed
from symgrad.reading.same_functions import same_functions
from symgrad.reading.second_order import SecondOrder
from symgrad.reading.spaces import has_arrays_of_one
from symgrad.reading.squares import Squares
from symgrad.reading.syntax import Node
from symgrad.reading.twins import Twins
from symgrad.reading.updates import without_updates
from symgrad.reading.usage import Usage
from symgrad.reading.written_out import WrittenOut

ParsedFormulas = list[tuple[Formula, Parsed]]


class Marking:
    """The formulas of a note, marked habit by habit.

    Attributes:
        parsed: the formulas as they are marked so far.
        marks: what marked them, in order; a formula that is written anew is marked alike.
    """

    def __init__(self, parsed: ParsedFormulas) -> None:
        self.parsed = parsed
        self.marks: list[Callable[[Node], Node]] = []

    @property
    def nodes(self) -> list[Node]:
        """The pieces of all formulas."""
        return [piece.node for _, form in self.parsed for piece in form.pieces]

    def mark(self, change: Callable[[Node], Node], is_needed: object = True) -> None:
        """Change every formula, where the note has the habit."""
        if is_needed:
            self.marks.append(change)
            self.parsed = [(formula, form.changed(change)) for formula, form in self.parsed]


def marked(parsed: ParsedFormulas, text: str, session: Session) -> ParsedFormulas:
    """The formulas as the note means them; the session keeps what was seen in them."""
    marking = Marking(parsed)
    examples = _mark_names(marking, session)
    _mark_functions(marking, session)
    capitals = Capitals.of(marking.nodes, examples.letters, text)
    marking.mark(capitals.marked, capitals.small)
    for letter in sorted(capitals.small):
        session.assume(f"{letter} with subscripts: the entries of {letter.upper()}")
    einstein = Einstein.of(marking.nodes, text)
    marking.mark(einstein.marked, einstein.used)
    session.leaves_sums_out = einstein.used
    session.marks = tuple(marking.marks)
    _keep(marking.nodes, text, examples, session)
    return marking.parsed


def _mark_names(marking: Marking, session: Session) -> Examples:
    """Spellings, how far sums reach, and which scripts count examples, layers and kinds."""
    marking.mark(without_updates)
    twins = Twins.of(marking.nodes)
    marking.mark(twins.marked, twins.plain)
    second_order = SecondOrder.of(marking.nodes)
    marking.mark(second_order.marked, second_order.used)
    written_out = WrittenOut.of(marking.nodes)
    marking.mark(written_out.marked, written_out.letters)
    entries = EntryNames.of(marking.nodes)
    marking.mark(entries.marked, entries.arrays)
    for name, array in sorted(entries.arrays.items()):
        session.assume(f"{name} with subscripts: the entries of {array}")
    reach = Reach()
    marking.mark(reach.marked)
    means = Means.of(marking.nodes)
    marking.mark(means.marked, means.counts)
    left_out = LeftOut.of(marking.nodes)
    marking.mark(left_out.marked, left_out.functions)
    examples = Examples.of(marking.nodes)
    marking.mark(examples.marked, examples.letters or examples.bare)
    squares = Squares.of(marking.nodes)
    marking.mark(squares.marked, squares.stems)
    quantities = Quantities.of(marking.nodes)
    marking.mark(quantities.marked, quantities.ways)
    layers = Layers.of(marking.nodes)
    marking.mark(layers.marked, layers.above or layers.below or layers.letters)
    session.families.layers = layers
    kinds = Kinds.of(marking.nodes)
    marking.mark(kinds.marked, kinds.used)
    for styled, plain in sorted(twins.plain.items()):
        session.assume(f"{styled} is taken for {plain}")
    for count in sorted(means.counts):
        session.assume(f"{count} is the number of terms of the sums that it divides")
    for letter in reach.extended:
        session.assume(f"a sum over {letter} reaches to the last term that has {letter}")
    return examples


def _mark_functions(marking: Marking, session: Session) -> None:
    """Gradients by a prefix, calls for entries, and the parameters that losses are written with."""
    prefixes = Prefixes.of(marking.nodes)
    marking.mark(prefixes.marked, prefixes.used)
    counting = Counting.of(marking.nodes)
    marking.mark(counting.marked, counting.functions)
    entries = EntryFunctions.of(marking.nodes)
    marking.mark(entries.marked, entries.arguments)
    densities = Parameters.of_densities(marking.nodes)
    marking.mark(densities.with_densities, densities.densities)
    parameters = Parameters.of(marking.nodes)
    marking.mark(parameters.marked, parameters.of_losses)
    session.parameters = parameters.of_losses


def _keep(nodes: Sequence[Node], text: str, examples: Examples, session: Session) -> None:
    """What reading and judging ask of all formulas."""
    session.formulas = nodes
    session.has_pi = has_the_circle_constant(nodes)
    session.mean_loss = mean_loss(nodes)
    session.same_functions = same_functions(nodes)
    session.identities = identities(nodes, text)
    session.hoists = any(differentiates_by_expressions(node) for node in nodes)
    session.usage = Usage.of(nodes, examples.letters | examples.bare)
    session.has_arrays_of_one = has_arrays_of_one(nodes, session.usage)
    session.members = Members.of(nodes)
