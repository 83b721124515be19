"""What is said of a refuted step: its mistake, else its terms, and displays that disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from symgrad.calculus import expression as ex
from symgrad.diagnostics import Source, Span
from symgrad.judging.chain import Chain, Member
from symgrad.judging.contradiction import Rival, contradiction
from symgrad.judging.diagnosis import mistakes  # noqa: F401 - registers their codes
from symgrad.judging.diagnosis.difference import difference
from symgrad.judging.diagnosis.finding import finding, finding_among_readings
from symgrad.judging.diagnosis.step import Step
from symgrad.judging.result import Result
from symgrad.reading.values import Value
from symgrad.records import dataclass, replace

Writer = Callable[[ex.Expression, Span, str], str]
"""LaTeX of an expression, in the style of the formula at a span and the letters of a text."""


@dataclass(frozen=True)
class Refuted:
    """A step that does not hold, as it was read.

    Attributes:
        chain: its claim.
        left: the left-hand side.
        member: the step.
        guards: the conditions of the claim.
    """

    chain: Chain
    left: Member
    member: Member
    guards: Sequence[Value]


def diagnosed(result: Result, refuted: Refuted, rivals: Iterable[Rival], write: Writer) -> Result:
    """A refuted step with the name of its mistake, and without it.

    Args:
        result: the verdict.
        refuted: the step.
        rivals: what other displays say of names.
        write: LaTeX of an expression.
    """
    chain, member = refuted.chain, refuted.member
    source = chain.session.source
    author = source.slice(member.node.span)
    assert member.value is not None

    def written(expression: ex.Expression) -> str:
        return write(expression, chain.claim.formula.span, author)

    step = Step(chain, refuted.left, member.node, member.value, refuted.guards, source, written)
    result = replace(result, contradiction=contradiction(chain, member.node, rivals))
    stray = bool(chain.claim.rivals.get(member.node.span))
    found = finding_among_readings(step) if stray else finding(step)
    if found is None:
        return result if stray else replace(result, difference=difference(step))
    return replace(
        result,
        mistake=found.mistakes[0],
        codes=found.mistakes,
        message="; ".join((f"{result.message}: {found.says[0]}", *found.says[1:])),
        caret=_trimmed(found.place, source) if found.place else result.caret,
        correction=_fractions(found.correction, source) or None,
    )


def _fractions(latex: str, source: Source) -> str:
    """The text with the fractions that the note has."""
    return latex if r"\dfrac" in source.text else latex.replace(r"\dfrac", r"\frac")


def _trimmed(span: Span, source: Source) -> Span:
    """The span without the spaces around its text."""
    text = source.slice(span)
    start = span.start + len(text) - len(text.lstrip())
    return Span(start, max(start, span.start + len(text.rstrip())))
