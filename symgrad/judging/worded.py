r"""What words say of a name that nothing else tells: "let $D$ be a diagonal matrix".

Such words are not assumed, but a claim that fails may hold under them. They belong to the
formula before them in their sentence, with others listed beside it, or to the one right
after them: "an orthogonal matrix $Q$".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from symgrad.calculus import expression as ex
from symgrad.calculus.expression import LOG, RELU
from symgrad.calculus.hypotheses import OneHot
from symgrad.calculus.index import Tensor
from symgrad.judging.points import Occurrences
from symgrad.judging.rivals import Sides, may_agree
from symgrad.judging.tree import below
from symgrad.patterns import pattern

_KINDS = pattern(
    r"(?<!off-)(?<!block-)\bdiagonal\w*(?!\w| (?:of|entr|elem|term|part))|\bдиагональн\w*"
    r"|\b(?:tri[aá]ng[uo]l|dreiecks|orth?o-?(?:gon|norm)|unit[aä]r)\w*"
    r"|\b(?:rotation|drehmatri|rotaci[oó]n|rotazione)\w*"
    r"|\bunit[- ](?:vector|norm|length)\w*|\bvecteurs? unitaire|\beinheitsvektor\w*"
    r"|\b(?:vector(?:es)? unitario|versore|vettor[ei] unitari)\w*"
    r"|\b(?:id[eé]mpot|projector|projecteur|projektor|proyector|proiettore|involut)\w*"
    r"|\b(?:a|an orthogonal|une?|eine?|una) pro[jyi]\w*[ck]?[tc]i[oó]n\w*"
    r"|\b(?:anti|skew|schief|emi)[- ]?s[iy]m+[eé]tr\w*"
    r"|\bone[- ]hot\w*|\bsums? to (?:one|1|zero|0)\b|\bnormali[sz](?:ed|ée?s?|iert|ad[oa]|zzat)\w*"
    r"|\b(?:zero[- ]mean|mean zero|cent(?:red|ered|rée?s?)\b|mittelwertfrei|de moyenne nulle"
    r"|media (?:cero|nulla))"
    r"|\b(?:doubly )?stochastic (?:matri|vector)\w*|\b(?:matri\w+|doublement|doppelt) sto[ck]\w*"
    r"|\b(?:is|are|be) (?:(?:doubly|row|column)[- ])?stochastic\b(?! grad)"
    r"|\b(?:is|are|be) binary\b(?! (?:class|cross|label|target|logi))"
    r"|\bbinary (?:matri|vector|mask|entr)\w*|\bbin(?:aire|är|ari[ao])\w*"
    r"|\bpermutation(?:s?matri| matri)\w*",
    re.I,
)
"""Stems of words for what arrays may be, in the languages of many notes."""

_OF_ONE_ENTRY = pattern(r"diagonal|диагональн|tri[aá]ng|dreiecks", re.I)
"""Words for what each matrix of one entry is."""

_ONE_HOT = pattern(r"one[- ]hot", re.I)

_SIGN = pattern(
    r"\b(?:(?:non-?|strictly )?(?:positiv|negativ)|nicht-?negativ|no negativ)\w*"
    r"(?!\w|[- ]+(?:semi|defini|integ|constant|real|number|example|sample|class|label|when|if))",
    re.I,
)
"""Words for the sign of entries; only where a side tells signs apart do they save a claim."""

_FORMULA = pattern(r"\$([^$]+)\$|\\\((.+?)\\\)", re.S)
_STOP = pattern(r"[.!?;]\s|\n[ \t]*\n|\$\$|\\\[|\\begin")
_JOINED = pattern(r"\s*(?:,|,?\s*(?:and|et|und|y|e|o|or))\s*", re.I)
_APART = pattern(
    r"[,:]|\b(?:and|et|und|y|e|with|avec|mit|con|of|de|von|di|in|is|are|for|let|be|then|has"
    r"|where|so|that|to|by)\b",
    re.I,
)
_RELATION = pattern(r"\\(?:in|subset|colon|to|geq?|leq?|succ)\b|[=:<>]")
_NEAR = 80
"""Characters in which the words that belong to a name stand."""


def worded(
    sides: Sides, found: Occurrences, names: Mapping[str, Tensor], text: str, end: int
) -> tuple[str, int] | None:
    """A free name of a claim of which words say more, and where; None where none do."""
    signs = _tells_signs(sides)
    for place, formulas in _said(text, end, signs):
        for name, tensor in names.items():
            is_said = any(_is_about(formula, name) for formula in formulas)
            if is_said and _may_save(text[place:], sides, found, tensor, signs):
                return name, place
    return None


def _may_save(words: str, sides: Sides, found: Occurrences, tensor: Tensor, signs: bool) -> bool:
    """Whether a claim may hold under words; true where points cannot tell.

    A matrix of one entry is diagonal: what fails for it fails for diagonal matrices too.
    """
    is_open = all(size.value is None for size in tensor.axes) and not found.least
    if _OF_ONE_ENTRY.match(words) and is_open and not signs:
        return may_agree(sides, found, (), largest=1)
    if _ONE_HOT.match(words) and tensor.axes:
        axes = range(len(tensor.axes))
        return any(may_agree(sides, found, (OneHot(tensor, axis),)) for axis in axes)
    return True


def _said(text: str, end: int, signs: bool) -> Iterator[tuple[int, list[str]]]:
    """The places of such words, and the formulas that they may belong to."""
    found = list(_FORMULA.finditer(text))
    for form in (_KINDS, _SIGN) if signs else (_KINDS,):
        for word in form.finditer(text, 0, end):
            start, stop = word.span()
            if any(f.start() <= start < f.end() for f in found):
                continue
            yield start, _beside(text, start, stop, found)


def _beside(text: str, start: int, stop: int, found: list[re.Match[str]]) -> list[str]:
    """The formula right after words, else the one before them and those listed with it."""
    after = next((f for f in found if f.start() >= stop), None)
    if after is not None and after.start() - stop <= _NEAR:
        between = text[stop : after.start()]
        if not _STOP.search(between) and not _APART.search(between):
            return [_content(after)]
    listed, place = list[str](), start
    for formula in reversed([f for f in found if f.end() <= start]):
        between = text[formula.end() : place]
        fits = _JOINED.fullmatch(between) if listed else not _STOP.search(between)
        # What a list says of a space before belongs to that name alone.
        if not fits or len(between) > _NEAR or (listed and _RELATION.search(_content(formula))):
            break
        listed.append(_content(formula))
        place = formula.start()
    return listed


def _content(formula: re.Match[str]) -> str:
    return formula[1] or formula[2]


def _is_about(formula: str, name: str) -> bool:
    """Whether a formula is a name or a list of names, or puts these into a space."""
    return any(
        _bare(part) == _bare(name) for part in _RELATION.split(formula, maxsplit=1)[0].split(",")
    )


def _bare(name: str) -> str:
    return re.sub(r"[{}\s]", "", name)


def _tells_signs(sides: Sides) -> bool:
    """Whether a side has an absolute value, a ReLU, a logarithm or a root."""
    return any(_tells(node) for side in (sides.left, sides.right) for node in below(side))


def _tells(node: ex.Expression) -> bool:
    if isinstance(node, ex.Apply):
        return node.function in (RELU, LOG)
    return isinstance(node, ex.Power) and getattr(node.exponent, "denominator", 1) != 1
