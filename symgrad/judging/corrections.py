"""Corrections are read back before they are offered: LaTeX that says what it should."""

from __future__ import annotations

from symgrad.calculus.expression import Expression
from symgrad.calculus.substitution import free_indices
from symgrad.diagnostics import Span
from symgrad.judging.decide import Decider
from symgrad.judging.edits import read_at
from symgrad.reading.context import Context, Session
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError
from symgrad.reading.statements import Claim
from symgrad.reading.tokens import LatexError
from symgrad.reading.values import Frame, IndexName


def reads_back(
    latex: str, meant: Expression, claim: Claim, session: Session, decider: Decider
) -> bool:
    """Whether LaTeX, put in the place of a step of a claim, is proved equal to what is meant."""
    place = claim.formula.span.end
    free = {index.name: index for index in free_indices(meant)}
    names = {name: IndexName(name, index.size) for name, index in free.items()}
    context = Context(session, claim.formula.section, free=dict(names))
    snapshot = session.snapshot()
    try:
        found = value(read_at(latex, Span(place, place), session), context)
        if found.axes or set(context.free) != set(names):
            return False
        frame = Frame(session.sizes, {names[name]: index for name, index in free.items()})
        return decider.is_proved(found.entry(frame, ()), meant)
    except (ReadingError, LatexError):
        return False
    finally:
        session.undo(snapshot)
