"""What stands beside the steps of a chain: annotations under braces, bare expressions."""

from __future__ import annotations

from symgrad.diagnostics import Edit, Fix, Span
from symgrad.judging.chain import Member
from symgrad.judging.edits import renaming
from symgrad.judging.identify import identify, identify_array
from symgrad.judging.result import Result
from symgrad.judging.verdicts import Verdicts
from symgrad.reading import errors, syntax
from symgrad.reading.elaborate import value
from symgrad.reading.errors import ReadingError
from symgrad.reading.partial import derivative_parts
from symgrad.reading.patterns import Annotation
from symgrad.reading.ranges import sum_indices
from symgrad.reading.subscripts import has_entries_in_brackets
from symgrad.reading.sums import condition_value
from symgrad.records import replace


def annotation(verdicts: Verdicts, annotation: Annotation) -> Result:
    """A claim under a brace; the indices of the sums around it are free in it."""
    context = verdicts.chain.context
    fixes: tuple[Fix, ...] = ()
    for operator in annotation.sums:
        try:
            for name in sum_indices(operator, context)[0]:
                context = context.bind_index(name.name, name)
        except ReadingError:
            continue
    known = set(context.free) | set(context.indices)
    span = annotation.span
    shown = verdicts.session.source.slice(span)
    base = Result(span, span, 1, "annotation", "undecided", "", shown)
    try:
        body, label = value(annotation.body, context), value(annotation.label, context)
        guards = [condition_value(c, context) for c in annotation.conditions]
        unknown = sorted(set(context.free) - known)
        if unknown:
            letter = unknown[0]
            del context.free[letter]
            nodes = (annotation.label, *annotation.conditions)
            fixes = tuple(renaming(nodes, letter, other) for other in sorted(known))
            message = f"{letter} is not in the formula above the brace"
            raise ReadingError(span, errors.UNDECLARED_INDEX, message)
    except ReadingError as error:
        result = verdicts.ill_typed(base, error)
        return replace(result, fixes=(*result.fixes, *fixes))
    return verdicts.decided(
        base, Member(annotation.body, body), Member(annotation.label, label), guards
    )


def bare_expression(verdicts: Verdicts) -> list[Result]:
    """The result for an expression that claims nothing by itverdicts."""
    member = verdicts.chain.read_all([verdicts.chain.claim.left])[0]
    verdicts.enter_found()
    span = verdicts.chain.claim.left.span
    base = Result(span, span, 1, "expression", "undecided", "", verdicts.source.slice(span))
    if member.error is not None:
        return [verdicts.ill_typed(base, member.error)]
    assert member.value is not None
    frame, context = verdicts.chain.settled_frame(), verdicts.chain.context
    if member.value.axes:
        found = identify_array(member.value, frame, context, span.start, verdicts.decider)
    else:
        expression = member.value.entry(frame, ())
        found = identify(expression, frame, context, span.start, verdicts.decider)
    if _is_derivative(verdicts.chain.claim.left):
        # That it is equal to itself says nothing: it is made a blank.
        base = replace(base, fixes=((Edit(Span(span.end, span.end), " ="),),))
    if found is None:
        return [replace(base, message="it is not known what this expression is meant to be")]
    if base.fixes:
        return [replace(base, verdict="identified", message=found.sentence)]
    front = Span(span.start, span.start)
    written = found.with_brackets + found.with_subscripts
    if not has_entries_in_brackets(verdicts.source.text):
        written = found.with_subscripts + found.with_brackets
    fixes = tuple((Edit(front, f"{derivative} = "),) for derivative in written)
    return [replace(base, verdict="identified", message=found.sentence, fixes=fixes)]


def _is_derivative(node: syntax.Node) -> bool:
    r"""Whether a derivative is written and not worked out, also as `\frac{d}{dx} f`."""
    if isinstance(node, syntax.Product):
        parts = derivative_parts(node.factors[0])
        return parts is not None and parts[0] is None
    return derivative_parts(node) is not None
