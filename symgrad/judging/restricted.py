r"""Claims that fail, but may be meant for less than all that the note's declarations allow.

"Case $i \neq j$", "$x \ge 0$" and "let A be symmetric" restrict what follows them. Where
that is not assumed, a claim that fails is not called false if it may hold under it. And
`... = 0` is what is asked for at a minimum, not what holds everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from symgrad.calculus import expression as ex
from symgrad.calculus.expression import RELU
from symgrad.calculus.hypotheses import Binary, Hypothesis, OneHot, Symmetric
from symgrad.calculus.index import Index, Tensor
from symgrad.calculus.interpretation import Polynomial
from symgrad.judging.chain import Chain
from symgrad.judging.points import Condition, Occurrences, occurrences
from symgrad.judging.result import Result
from symgrad.judging.rivals import Sides, derivatives_in, may_agree
from symgrad.judging.worded import worded
from symgrad.patterns import pattern
from symgrad.reading.assumptions import words_before
from symgrad.reading.remarks import Remark
from symgrad.reading.scope import TensorBinding
from symgrad.reading.solutions import is_at_a_minimum

_SYMMETRY = pattern(
    r"\bs[iy]m+[eé]tr|симметр|对称|對稱|[ck]o-?varian|ковариац|协方差|gau(?:ss|ß)"
    r"|normal distribution|positive?[- ](?:semi-?)?defini|définie?s? positive"
    r"|precision matri|gram matri|kernel matri|hessian|laplacian",
    re.I,
)
"""Words for symmetric, in the languages of many notes, and for what always is."""

_CONDITION = pattern(
    r"\b(?:when|whenever|if|otherwise|else|provided|assuming|unless|active|inactive"
    r"|si|quand|lorsque|sinon|wenn|falls|sonst|cuando|quando|altrimenti)\b",
    re.I,
)
"""Words by which a sentence says that something holds in some cases."""

_ACTIVE, _INACTIVE = Polynomial((Fraction(0), Fraction(1))), Polynomial(())


def restriction(sides: Sides, result: Result, chain: Chain) -> str | None:
    """Why a claim that fails may be meant for less than all; None where nothing says so."""
    is_derivative = any(True for _ in derivatives_in(sides.left))
    if _may_be_solved(chain, is_derivative):
        return "does not hold everywhere; it may say what solves an equation"
    if _is_zero(sides.right) and (result.step > 1 or not is_derivative):
        return "does not hold everywhere; it may be the condition for a minimum"
    found = occurrences((sides.left, sides.right), sides.free)
    assumed = {hypothesis.tensor for hypothesis in chain.decider.given}
    free = {t.name: t for t in found.tensors if t not in assumed}
    session, claim = chain.session, chain.claim
    for remark in session.remarks:
        inside = claim.formula.section[: len(remark.section)] == remark.section
        if (
            remark.span.start <= claim.start
            and inside
            and _may_save(remark, sides, found, free, bool(claim.conditions))
        ):
            line = session.source.position(remark.span.start)[0]
            said = " ".join(session.source.slice(remark.span).split())
            return f"does not hold by itself; it may be meant for {said} (line {line})"
    if _may_be_for_a_branch(sides, found, chain):
        return "does not hold by itself; words beside it may say for which case it is meant"
    if _may_be_more(sides, found, chain):
        return "does not hold for all entries 0 and 1; more may be meant than the note says"
    for name, tensor in free.items():
        binding = session.scope.names.find(name, claim.start)
        if isinstance(binding, TensorBinding) and binding.entries:
            return f"does not hold for all real {name}, and the note says more of {name}"
        square = len(tensor.axes) == 2 and tensor.axes[0] == tensor.axes[1]
        before = session.source.text[: claim.start]
        if square and _SYMMETRY.search(before) and may_agree(sides, found, (Symmetric(tensor),)):
            return f"does not hold unless {name} is symmetric, as words may say"
    # A matrix that is one-hot is assumed to have such rows; its columns may be meant.
    spoken_of = free | {t.name: t for t in found.tensors if len(t.axes) > 1}
    said_of = worded(sides, found, spoken_of, session.source.text, claim.formula.span.start)
    if said_of is not None:
        line = session.source.position(said_of[1])[0]
        return f"does not hold by itself; words say more of {said_of[0]} (line {line})"
    return None


def _may_be_more(sides: Sides, found: Occurrences, chain: Chain) -> bool:
    """Whether it may hold where an array of zeros and ones is one-hot, or symmetric."""
    for hypothesis in chain.decider.given:
        tensor = hypothesis.tensor
        if not isinstance(hypothesis, Binary):
            continue
        narrower: list[Hypothesis] = [OneHot(tensor, axis) for axis in range(len(tensor.axes))]
        if len(tensor.axes) == 2 and tensor.axes[0] == tensor.axes[1]:
            narrower.append(Symmetric(tensor))
        given = tuple(chain.decider.given)
        if any(may_agree(sides, found, (*given, more)) for more in narrower):
            return True
    return False


def _may_be_for_a_branch(sides: Sides, found: Occurrences, chain: Chain) -> bool:
    """Whether "when the unit is active" stands by a claim that holds where all units are, or none.

    A branch is taken by putting z or 0 for relu(z), wherever it stands.
    """
    text, start = chain.session.source.text, chain.claim.formula.span.start
    if _CONDITION.search(words_before(text, start)) is None:
        return False
    return any(may_agree(sides, found, (), {RELU: branch}) for branch in (_ACTIVE, _INACTIVE))


def _may_be_solved(chain: Chain, is_derivative: bool) -> bool:
    """Whether an equation may say what is best: `w = ...`, or the normal equations in words."""
    claim, session = chain.claim, chain.session
    if claim.start in session.solutions:
        return True
    return not is_derivative and is_at_a_minimum(session.source.text, claim.formula.span)


def _is_zero(side: ex.Expression) -> bool:
    return isinstance(side, ex.Number) and side.value == 0


def _may_save(
    remark: Remark,
    sides: Sides,
    found: Occurrences,
    free: dict[str, Tensor],
    restricted: bool,
) -> bool:
    """Whether a claim may hold under a remark; of indices, where nothing restricts it already."""
    if remark.kind == "values":
        return not remark.names.isdisjoint(free)
    letters = {index.name for index in sides.free}
    if restricted or not remark.names <= letters:
        return False
    return may_agree(sides, found, (), conditions=(_condition(remark),))


def _condition(remark: Remark) -> Condition:
    """The index values for which a remark holds."""

    def holds(indices: Mapping[Index, int]) -> bool:
        values = [value for index, value in indices.items() if index.name in remark.names]
        distinct = len(set(values))
        return distinct == 1 if remark.kind == "equal" else distinct == len(values)

    return holds
