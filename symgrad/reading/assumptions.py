r"""Which statements of a note may be assumptions, by the words around them.

"Let $t$ be one-hot, so that $\sum_k t_k = 1$" gives what is to be assumed of t;
"show that $A = A^\top$" and "unless $A = A^\top$" do not. Words are read in the sentence of a
formula only, and only to be careful: a sentence needs one that is known to give, and all its
words must be known to be harmless. A display without words may state it: that is
seen from whether what follows needs it. What later words take back holds no longer.
"""

from __future__ import annotations

import re
from typing import Literal

from symgrad.diagnostics import Source, Span
from symgrad.patterns import pattern
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
    " sei seien mit wobei für angenommen nehmen sodass da weil symmetrisch positiv ist sind"
    " sea sean con donde tal supongamos suponemos como porque simétrica es son"
    " seja sejam com onde suponha pois é são"
    " sia siano dove supponiamo poiché simmetrica è sono"
    " zij met waar stel omdat is zijn"
    " пусть где так как"
)
"""Words beside which a statement about inputs is one of what they are."""

HARMLESS_WORDS = _words(
    "a an the this these those our its it their they them we i us all every each any both"
    " be been being satisfy and of for to in on by from into over at here there now below above"
    " throughout always also so thus again still further moreover note also that's so-called"
    " vector vectors matrix matrices array arrays entry entries component components element"
    " elements row rows column columns number numbers scalar scalars real reals value values"
    " class classes sample samples input inputs output outputs data datum weight weights"
    " parameter parameters variable variables true ground truth hard soft encoded encoding"
    " one hot vector-valued indicator categorical predicted correct gold reference"
    " square quadratic diagonal covariance kernel hessian gram definite semidefinite psd"
    " non-negative nonnegative strictly fixed constant known add adds up sum total unity equal"
    " equals hold holds property condition assumption hypothesis convention notation form"
    " means meaning denote denotes denoted namely say says which what"
    " exactly single"
    " network layer loss model function softmax sigmoid cross entropy cross-entropy"
    " train training test per w.r.t as-well"
    " le la les l un une des du de d à au aux ce cette ces cet son sa ses leur leurs nous on il"
    " elle ils elles tout toute tous toutes chaque et dans sur par pour ici qui qu dont ainsi"
    " aussi toujours désormais vecteur vecteurs matrice matrices coefficient coefficients"
    " composante composantes entrée entrées réel réels nombre nombres classe classes étiquette"
    " étiquettes cible cibles somme vaut égal égale hypothèse carrée poids donnée données étant"
    " der die das den dem des ein eine einen einem einer und in im an auf von zu für alle jede"
    " jeder jedes jeden stets immer hier dabei dass wir es vektor vektoren matrizen zahl zahlen"
    " eintrag einträge reell reelle quadratisch gelte gilt summe klasse klassen"
    " one-hot-vektor one-hot-kodiert"
    " el los las lo una unos unas y en por para todo todos toda todas cada aquí también"
    " vectores matriz número números real reales suma clase clases etiqueta etiquetas"
    " os as um uma e em todos vetor vetores número números soma"
    " il lo gli i uno di da del della ogni tutti qui vettore vettori matrice numero numeri somma"
    " de het een en in op van alle elke hier vectoren matrix getal getallen som we"
    " для всех и в на вектор матрица числа сумма"
)
"""Words that change nothing of what is said of inputs."""

ALL_WORDS = GIVING_WORDS | HARMLESS_WORDS

_REVOKED = pattern(
    r"\b(?:otherwise|no longer|not any ?more|any ?more|in general|general(?:ly)? (?:case|one)"
    r"|more generally|drop(?:s|ped|ping)?|relax\w*|remov\w+ (?:this|the|that|our) \w*assum\w*"
    r"|without (?:this|the|that|our|any|such|these) \w*(?:assum|restric|condition|hypothes)\w*"
    r"|(?:do|does|did|need) not assume|not assumed|arbitrary|sinon|en général|cas général"
    r"|ne (?:suppose|supposons) (?:plus|pas)|sans (?:cette|l')\s*hypothèse"
    r"|sonst|andernfalls|im allgemeinen|nicht mehr|en general|de lo contrario|em geral|senão)\b"
    r"|一般情况|否则|不再",
    re.I,
)
"""Words that say of what follows that an assumption does not hold there."""

LONGEST = 1000
"""Characters before and after a formula in which its sentence is sought."""

_MATHEMATICS = pattern(r"\$\$.*?\$\$|\$.*?\$|\\\(.*?\\\)|\\\[.*?\\\]|<!--.*?-->", re.S)
_PARAGRAPH = pattern(r"\n[ \t>]*\r?\n|\\par\b|\\(?:begin|end)\{[^{}]*\}|^\#.*$", re.M)
_SENTENCE = pattern(r"[.!?][)\"'»”]*(?:\s|$)|[。！？]")
_OPENING = pattern(r"(?:\$\$?|\\\(|\\\[)\s*\Z")
_CLOSING = pattern(r"\A\s*(?:\$\$?|\\\)|\\\])")
_WORD = pattern(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_COMMAND = pattern(r"\\[A-Za-z]+\*?")


Standing = Literal["", "alone", "in words", "said"]
"""Whether a statement may be an assumption: not; a display without words; by its words; or it
is words itself, and no claim."""


def standing(source: Source, formula: Formula) -> Standing:
    """Whether the sentence of a formula can state what its inputs are."""
    if "?" in source.slice(formula.span):
        return ""
    words = _WORD.findall(sentence(source.text, formula.span).lower())
    if not words:
        return "alone" if formula.display else ""
    if _is_for_a_case(source.text, formula.span) or _is_restricted(source.text, formula.span):
        return ""
    gives = GIVING_WORDS.intersection(words) and ALL_WORDS.issuperset(words)
    return "in words" if gives else ""


def revoked(source: Source, start: int, end: int) -> bool:
    """Whether the words between two places take back what was assumed before them."""
    return _REVOKED.search(_blanked(_CLOSING.sub("", source.text[start:end]))) is not None


_HEADING = pattern(r"^(\#{1,6})[ \t](.*)$|^[ \t]*\\(?:sub)*(?:section|paragraph)\*?\{(.*)\}", re.M)
_OF_A_CASE = pattern(r"\b(?:cases?|cas|fall|fälle|casos?|geval)\b|情况|情形", re.I)


def is_of_another_case(source: Source, stated: int, place: int) -> bool:
    """Whether a statement stands in a quotation or under "Case 1", and a place after that."""
    if _is_quoted(source.text, stated) and not _is_quoted(source.text, place):
        return True
    above = list(_HEADING.finditer(source.text, 0, stated))
    heading = (above[-1][2] or above[-1][3] or "") if above else ""
    if not _OF_A_CASE.search(heading):
        return False
    return _HEADING.search(source.text, stated, place) is not None


def _is_quoted(text: str, place: int) -> bool:
    return text[text.rfind("\n", 0, place) + 1 : place].lstrip().startswith(">")


_CASE = pattern(r"\b(?:for|at|on|pour|für|bei|per|para|voor|при)\s*(?:\$\$?|\\\(|\\\[)\s*\Z", re.I)


def _is_for_a_case(text: str, span: Span) -> bool:
    """`For $x_i > 0$ we have ...`: a case, of which something else is said."""
    return _CASE.search(text[max(0, span.start - 40) : span.start]) is not None


_RESTRICTS = pattern(r"[<>]|\\(?:[lg]eq?(?:slant)?|neq?|ll|gg|lt|gt|in|notin)\b|=(?!\s*1\s*,)")


def _is_restricted(text: str, span: Span) -> bool:
    """`$X_{ij} > 0$ for $i < j$`: a formula after it in its sentence says of which it holds."""
    after = _CLOSING.sub("", text[span.end : span.end + LONGEST])
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
    after = _CLOSING.sub("", text[span.end : span.end + LONGEST])
    after = _blanked(after)
    paragraph = _PARAGRAPH.search(after)
    after = after[: paragraph.start()] if paragraph else after
    stop = _SENTENCE.search(after)
    if stop and stop[0].startswith("?"):
        return "why"
    if re.match(r"\s*[A-ZÀ-Þ]", after) or text[: span.end].rstrip().endswith((".", "。")):
        after = ""  # a new sentence
    return f"{before} {after[: stop.start()] if stop else after}"


def words_before(text: str, place: int) -> str:
    """The words of the last sentence before a formula, without mathematics, over a blank line."""
    before = _blanked(_OPENING.sub("", text[max(0, place - LONGEST) : place]))
    ends = [found.end() for found in _SENTENCE.finditer(before.rstrip())]
    return before[ends[-1] if ends else 0 :]


def _blanked(text: str) -> str:
    """The text with its formulas and commands left out."""
    return _COMMAND.sub(" ", _MATHEMATICS.sub(" ", text))
