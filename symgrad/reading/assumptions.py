r"""Which statements of a note may be assumptions, by the words around them.

"Let $t$ be one-hot, so that $\sum_k t_k = 1$" gives what is to be assumed of t;
"show that $A = A^\top$" and "unless $A = A^\top$" do not. Words are read in the sentence of a
formula only, and only to be careful: a sentence in it needs one that is known to give, and
none that is known to take back, ask or order. A display without words may state it: that is
seen from whether what follows needs it.
"""

from __future__ import annotations

import re
from typing import Literal

from symgrad.diagnostics import Source, Span
from symgrad.reading.constructs import only_words_of
from symgrad.reading.note import Formula


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GIVING_WORDS = _words(
    "let suppose supposed assume assumed assuming given with where such satisfying satisfies"
    " since as because is are has have having symmetric positive one-hot normalized normalised"
    " sums recall that whose subject labels label target targets probability probabilities"
    " distribution consider fix"
    " soit soient supposons suppose supposant avec où tel telle tels telles que vérifiant"
    " comme car puisque est sont symétrique positif positifs posons fixons"
    " sei seien mit wobei für angenommen sodass da weil symmetrisch positiv ist sind"
    " sea sean con donde tal supongamos suponemos como porque simétrica es son"
    " seja sejam com onde suponha pois é são"
    " sia siano dove supponiamo poiché simmetrica è sono"
    " zij met waar stel omdat is zijn"
    " пусть где так как"
)
"""Words beside which a statement about inputs is one of what they are."""

TAKING_WORDS = _words(
    "not no never cannot can't don't doesn't isn't aren't won't unless if iff otherwise except"
    " without false wrong fails fail whether either or show prove proof check verify question"
    " some least most certain almost few only sometimes"
    " certains certaine certain quelque quelques moins einige manche mindestens algún alguno"
    " algum alguns alcuni alcune sommige"
    " does why se neither nor instead mistake mistaken exercise hence therefore thus then implies"
    " follows conclude deduce until but however only when case special example instance"
    " sometimes often usually may might could would"
    " ne pas non jamais si sinon sauf sans faux fausse ni montrer montrons montrez vérifier"
    " prouver prouvons donc alors ainsi mais ou quand lorsque cas exemple parfois souvent"
    " nicht kein keine keinen niemals wenn falls ohne falsch zeige zeigen beweise beweisen sonst"
    " also daher folglich aber oder fall beispiel manchmal oft"
    " nunca salvo sin falso demostrar demuestre entonces luego pero o cuando caso ejemplo"
    " não nunca se sem falso mostrar mostre prove então logo mas ou"
    " mai senza falso dimostrare allora quindi ma oppure quando"
    " niet geen nooit als zonder bewijs dus maar of"
    " не нет никогда если без докажите тогда но или"
)
"""Words that may take a statement back, make it depend, or make it a claim."""

LONGEST = 1000
"""Characters before and after a formula in which its sentence is sought."""

_MATHEMATICS = re.compile(r"\$\$.*?\$\$|\$.*?\$|\\\(.*?\\\)|\\\[.*?\\\]|<!--.*?-->", re.S)
_PARAGRAPH = re.compile(r"\n[ \t>]*\r?\n|\\par\b|\\(?:begin|end)\{[^{}]*\}|^\#.*$", re.M)
_SENTENCE = re.compile(r"[.!?][)\"'»”]*(?:\s|$)|[。！？]")
_OPENING = re.compile(r"(?:\$\$?|\\\(|\\\[)\s*\Z")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?")


Standing = Literal["", "alone", "in words", "said"]
"""Whether a statement may be an assumption: not; a display without words; by its words; or it
is words itself, and no claim."""


def standing(source: Source, formula: Formula) -> Standing:
    """Whether the sentence of a formula can state what its inputs are."""
    words = _WORD.findall(sentence(source.text, formula.span).lower())
    if not words:
        return "alone" if formula.display else ""
    if _is_for_a_case(source.text, formula.span) or _is_restricted(source.text, formula.span):
        return ""
    gives = GIVING_WORDS.intersection(words) and not TAKING_WORDS.intersection(words)
    return "in words" if gives else ""


_CASE = re.compile(
    r"\b(?:for|at|on|pour|für|bei|per|para|voor|при)\s*(?:\$\$?|\\\(|\\\[)\s*\Z", re.I
)


def _is_for_a_case(text: str, span: Span) -> bool:
    """`For $x_i > 0$ we have ...`: a case, of which something else is said."""
    return _CASE.search(text[max(0, span.start - 40) : span.start]) is not None


_RESTRICTS = re.compile(r"[<>]|\\(?:[lg]eq?(?:slant)?|neq?|ll|gg|lt|gt|in|notin)\b|=(?!\s*1\s*,)")


def _is_restricted(text: str, span: Span) -> bool:
    """`$X_{ij} > 0$ for $i < j$`: a formula after it in its sentence says of which it holds."""
    after = re.sub(r"\A\s*(?:\$\$?|\\\)|\\\])", "", text[span.end : span.end + LONGEST])
    paragraph = _PARAGRAPH.search(after)
    after = after[: paragraph.start()] if paragraph else after
    formula = re.match(r"[^.!?$\\]*?(\$[^$]*\$|\\\(.*?\\\))", after, re.S)
    if formula is None:
        return False
    words = _WORD.findall(after[: formula.start(1)].lower())
    follows = bool({"for", "pour", "für", "per", "para", "voor", "at", "if", "when"} & {*words})
    return follows and _RESTRICTS.search(formula[1]) is not None


def condition_beside(words: str) -> bool:
    """Whether words inside a formula make what follows a condition of what stands before."""
    return bool(words.strip()) and only_words_of(words, _CONDITIONS)


_CONDITIONS = _words(
    "if for when where whenever with and given since as is"
    " si pour quand lorsque où avec et car"
    " wenn falls für und wo mit da weil"
    " se per quando con e para cuando y"
)


def sentence(text: str, span: Span) -> str:
    """The words before and after a formula, as far as its sentence goes, without mathematics."""
    before = _blanked(_OPENING.sub("", text[max(0, span.start - LONGEST) : span.start]))
    start = max((m.end() for m in _PARAGRAPH.finditer(before)), default=0)
    before = before[start:]
    stops = [m.end() for m in _SENTENCE.finditer(before)]
    before = before[stops[-1] if stops else 0 :]
    after = re.sub(r"\A\s*(?:\$\$?|\\\)|\\\])", "", text[span.end : span.end + LONGEST])
    after = _blanked(after)
    paragraph = _PARAGRAPH.search(after)
    after = after[: paragraph.start()] if paragraph else after
    stop = _SENTENCE.search(after)
    if stop and stop[0].startswith("?"):
        return "why"
    if re.match(r"\s*[A-ZÀ-Þ]", after) or text[: span.end].rstrip().endswith((".", "。")):
        after = ""  # a new sentence
    return f"{before} {after[: stop.start()] if stop else after}"


def _blanked(text: str) -> str:
    """The text with its formulas and commands left out."""
    return _COMMAND.sub(" ", _MATHEMATICS.sub(" ", text))
