"""What belongs in the place of a step or a blank, written in the notation of the note."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from symgrad.calculus import expression as ex
from symgrad.calculus.derivative import resolve_derivatives
from symgrad.calculus.substitution import definitions_of
from symgrad.diagnostics import Source, Span
from symgrad.judging.chain import Chain
from symgrad.judging.corrections import reads_back
from symgrad.judging.decide import Decider
from symgrad.judging.diagnosed import Writer
from symgrad.judging.diagnosis.compared import compared
from symgrad.judging.edits import read_at
from symgrad.judging.folding import definitions_before, folded
from symgrad.judging.forms import forms, lettered, nearest
from symgrad.judging.result import Result, Verdict
from symgrad.judging.simplified import Simplifier
from symgrad.judging.verdicts import WRONG_FORMULA
from symgrad.patterns import pattern
from symgrad.reading.context import Session
from symgrad.reading.errors import ReadingError
from symgrad.reading.statements import Claim
from symgrad.reading.subscripts import has_entries_in_brackets
from symgrad.reading.tokens import LatexError
from symgrad.records import dataclass, replace
from symgrad.writing.arrays import array_latex
from symgrad.writing.gradient_names import GradientNames, variable_of
from symgrad.writing.known_derivatives import defined_derivative, worked_out
from symgrad.writing.latex import Style, expanded, gathered, to_latex
from symgrad.writing.spelling import respelled
from symgrad.writing.steps import steps_of

MOST_TRIED = 3
"""Forms of a correction that are read back."""


def written(result: Result, claim: Claim, session: Session, decider: Decider) -> Result:
    """The result with its correction, its steps and its kinks as LaTeX of the note."""
    style = unmistakable(style_of(session.source, claim.formula.span), session)
    solves = claim.start in session.solutions
    if result.verdict == "undecided" or solves:  # it may be right: nothing is written in its place
        result = replace(result, derived=None, correction=None, after_correction=None)
    if result.derived is not None and result.correction is None:
        correcting = Correcting(result, claim, session, decider, style)
        correction = correcting.correction()
        after: Verdict | None = "proved" if result.verdict == "ill-typed" else None
        if correction is not None:
            result = replace(result, correction=correction, after_correction=after)
            if result.verdict == "filled":
                result = replace(result, assuming=correcting.assumed(correction))
            result = _named(result, correction, session)
        elif result.verdict == "filled" and correcting.says_itself(result.derived):
            hint = "say what the loss is, or what depends on this quantity"
            message = f"{result.message}; the note says nothing of this gradient but its name"
            result = replace(result, message=message, hint=hint)
    if result.verdict == "filled" and result.truth is not None:
        steps = steps_of(session, claim, [result], result.truth, style, decider)
        result = replace(result, steps=steps)
    if result.kinks:
        kinks = [respelled(to_latex(kink, style), session.source.text) for kink in result.kinks]
        result = replace(result, holds_where=", ".join(rf"{kink} \neq 0" for kink in kinks))
    return result


UNNAMED = (None, "rank-mismatch")
"""Where a mistake has no name of its own yet."""


def _named(result: Result, correction: str, session: Session) -> Result:
    """The result with the mistake that the correction shows, where no other is named."""
    if result.place is None or result.kind == "blank" or result.mistake not in UNNAMED:
        return result
    step = session.source.slice(result.place).strip()
    found = compared(step, correction, session.macros_at(result.place.start))
    if found is None:
        return result
    slug, says = found
    codes = tuple(c for c in result.codes if c != WRONG_FORMULA.slug)
    message = f"{result.message}: {says}"
    return replace(
        result, mistake=slug, codes=tuple(dict.fromkeys((*codes, slug))), message=message
    )


@dataclass
class Correcting:
    """The search for the right-hand side of one step.

    Attributes:
        result: what is said of the step; it has been derived.
        claim: its chain.
        session: the note.
        decider: proves that what is written is what is meant.
        style: of the formula.
    """

    result: Result
    claim: Claim
    session: Session
    decider: Decider
    style: Style

    def correction(self) -> str | None:
        """The right-hand side: of a step, like the author's; of a blank, the shortest."""
        source = self.session.source
        place = self.result.place
        author = source.slice(place) if place is not None and self.result.kind != "blank" else ""
        texts = list(dict.fromkeys(self._texts(author)))
        if author:
            texts = [texts[k] for k in nearest(texts, author)]
        else:
            texts.sort(key=_length)
        for text in texts[:MOST_TRIED]:
            latex = respelled(text, source.text)
            if self._is_right(latex):
                return latex
        return None

    def assumed(self, correction: str) -> tuple[str, ...]:
        """What is assumed and the correction needs."""
        given, self.decider.given = self.decider.given, {}
        try:
            return () if self._is_right(correction) else tuple(dict.fromkeys(given.values()))
        finally:
            self.decider.given = given

    def _texts(self, author: str) -> Iterator[str]:
        """The right-hand side in several forms; of an array, without indices."""
        names = GradientNames.of(self.claim.left, self._names)
        for form in self._expressions(author):
            if self.says_itself(form):
                continue
            for named in dict.fromkeys((names.spelled(form), form)):
                texts = [t for t in map(self._text(author), self._worked_out(named, author)) if t]
                yield from texts if author else texts[:1]

    def _text(self, author: str) -> Callable[[ex.Expression], str | None]:
        def write(form: ex.Expression) -> str | None:
            if self.result.entry:
                return array_latex(gathered(form), self.result.entry, self.style, {})
            return to_latex(lettered(form, author) if author else form, self.style)

        return write

    def _worked_out(self, form: ex.Expression, author: str) -> Iterator[ex.Expression]:
        """A form with its derivatives worked out as far as they are known, then as it is."""
        resolved = resolve_derivatives(form)
        found = defined_derivative(resolved)
        if found is not None and not author and not self._has_prime(resolved):
            yield found
        yield worked_out(resolved)
        yield form

    def _has_prime(self, node: ex.Expression) -> bool:
        """Whether the note has said what the derivative of a function is."""
        if not isinstance(node, ex.Apply):
            return False
        source, name = self.session.source, re.escape(node.function.name)
        if re.match(rf"{name}\s*(?:'|\^\{{?\\prime)", source.slice(self.claim.left.span)):
            return False
        before = source.text[: self.claim.left.span.start]
        said = re.search(rf"{name}'\s*(?::|(?:\([^()]*\)\s*)?=\s*[^\s$])", before)
        return said is not None

    def says_itself(self, form: ex.Expression | None) -> bool:
        """Whether a form is the left-hand side again: the gradient of which nothing is known."""
        truth = self.result.truth
        if truth is None or form is None:
            return False
        by = truth.variable.name if isinstance(truth, ex.Derivative) else variable_of(truth)
        if by is None:
            return False
        return variable_of(resolve_derivatives(form)) == by

    def _expressions(self, author: str) -> Iterator[ex.Expression]:
        derived = self.result.derived
        assert derived is not None
        short = folded(expanded(derived), self._names, self.decider)
        heads = _heads(derived)
        usable = [
            name
            for name in self._names
            if not heads & {name, *definitions_of(name.body)} and not _is_gradient_as(name, derived)
        ]
        simplifier = Simplifier(usable, tuple(self.decider.given))
        plain, collected = simplifier.plain(short), simplifier.collected(short)
        yield from (plain, collected)
        if not author:
            yield from (simplifier.named(plain), simplifier.named(collected))
        if author:
            yield from (simplifier.plain(form) for form in forms(derived))

    @cached_property
    def _names(self) -> list[ex.Definition]:
        formula = self.claim.formula
        return definitions_before(self.session, formula.section, formula.span)

    def _is_right(self, latex: str) -> bool:
        """Whether the text, in the place of the step, is proved."""
        if not self.result.entry:
            assert self.result.derived is not None
            return reads_back(latex, self.result.derived, self.claim, self.session, self.decider)
        chain = Chain(self.session, self.claim, self.decider, lambda *finding: None)
        at = self.claim.formula.span.end
        try:
            node = read_at(latex, Span(at, at), self.session)
            left = chain.read(self.claim.left, is_step=False)
        except (LatexError, ReadingError):
            return False
        return left.value is not None and chain.would_prove(left, node)


_COMMAND = pattern(r"\\[A-Za-z]+")


def _length(latex: str) -> int:
    """How long a formula looks: a command is one sign, braces are none."""
    return len(_COMMAND.sub("x", latex).translate(str.maketrans("", "", "{} _^,")))


def _heads(expression: ex.Expression) -> set[ex.Definition]:
    """The names that an expression begins as: no name may be put for itself."""
    found: set[ex.Definition] = set()
    while isinstance(expression, ex.Named):
        found.add(expression.definition)
        expression = expression.definition.body
    return found


def _is_gradient_as(name: ex.Definition, derived: ex.Expression) -> bool:
    """Whether a name stands for the gradient by the very variable of what is derived."""
    return (
        isinstance(derived, ex.Derivative)
        and isinstance(name.body, ex.Derivative)
        and name.body.variable == derived.variable
    )


def writer(session: Session) -> Writer:
    """Writes expressions as the formulas of a note do."""
    simplifier = Simplifier()

    def write(expression: ex.Expression, span: Span, author: str) -> str:
        style = unmistakable(style_of(session.source, span), session)
        latex = to_latex(lettered(simplifier.plain(expression), author), style)
        return respelled(latex, session.source.text)

    return write


def unmistakable(style: Style, session: Session) -> Style:
    """The style with letters for sums that stand for nothing else in the note."""
    scope, layers = session.scope, session.families.layers
    letters = (*scope.names.bindings, *scope.sizes.bindings, *layers.letters)
    return replace(style, names=frozenset(letters))


_SUBSCRIPTS = pattern(r"(?<![A-Za-z\\])[A-Za-z]'*_\{?[a-z]")


def style_of(source: Source, span: Span) -> Style:
    """How the formulas around a place are written."""
    text = source.slice(span)
    brackets = has_entries_in_brackets(text) or (
        not _SUBSCRIPTS.search(text) and has_entries_in_brackets(source.text)
    )
    return Style("brackets" if brackets else "subscripts", r"\times" if r"\times" in text else "")
