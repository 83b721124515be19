r"""What the LaTeX of notes is made of, as tables, and the macros a note defines itself.

A construct that prints nothing, spaces, or wraps other mathematics is one row
here; a Unicode character that stands for a command is one pair. What the
remaining commands mean is in `vocabulary`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from symgrad.diagnostics import Code, Diagnostic, Span


def _commands(names: str) -> frozenset[str]:
    return frozenset("\\" + name for name in names.split())


DROPPED = _commands(
    ", ; : ! > / displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits"
    " displaylimits nonumber notag mathstrut strut allowbreak nobreak relax null hfill"
    " thinspace medspace thickspace negthinspace negmedspace negthickspace enspace"
    " hline centering tiny scriptsize footnotesize small normalsize large Large"
) | {"\\ ", "\\\n", "\\\t", "\\\r"}
"""Commands without arguments that print nothing."""

DROPPED_WITH_ARGUMENT = _commands("phantom hphantom vphantom label tag color vspace")
"""Commands that print nothing of the formula, with one argument."""

KEEPS_LAST = {r"\textcolor": 2} | dict.fromkeys(
    _commands(
        "mathbin mathrel mathord mathopen mathclose mathpunct mathinner mathclap mathllap mathrlap"
        " smash ensuremath boxed"
    ),
    1,
)
"""Commands of which the last argument is mathematics, with the number of their arguments."""

GAPS = _commands("quad qquad enskip")
GAPS_WITH_ARGUMENT = _commands("hspace mspace")
DIMENSIONS = _commands("hskip kern mkern mskip")
"""Commands followed by a length without braces."""

TEXTS = _commands(
    "text mbox hbox textrm textnormal textup textit textsl textsf texttt textbf emph"
    " intertext shortintertext eqref ref cite"
)
"""Commands whose argument is words."""

DELIMITED = _commands(
    "left right middle big bigl bigr bigm Big Bigl Bigr Bigm bigg biggl biggr biggm"
    " Bigg Biggl Biggr Biggm"
)
"""Commands that size the bracket after them."""

LEFT_BARS = {"|": r"\lvert", r"\vert": r"\lvert", r"\|": r"\lVert", r"\Vert": r"\lVert"}
RIGHT_BARS = {"|": r"\rvert", r"\vert": r"\rvert", r"\|": r"\rVert", r"\Vert": r"\rVert"}
"""Bars that are known to open or to close, by the command before them."""

DEFINITIONS = _commands("newcommand renewcommand providecommand DeclareMathOperator def gdef let")
"""Commands that define a macro: inside a formula they print nothing."""

TWO_ARGUMENTS = _commands("frac dfrac tfrac cfrac binom")
ONE_ARGUMENT = _commands(
    "sqrt hat widehat tilde widetilde bar overline underline vec dot ddot check mathbf mathbb"
    " mathcal mathrm mathsf mathit mathtt mathfrak boldsymbol bm operatorname"
)
r"""Commands after which a digit without braces stands alone: `\frac12` is a half."""

PLACED = frozenset({"aligned", "alignedat", "gathered", "split", "array", "multlined"})
"""Environments that take `[t]`, `[c]` or `[b]`: where their rows stand."""

SIGNS = {"^": "superscript", "_": "subscript", "&": "ampersand"}
"""Characters with a kind of token of their own."""

ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&nbsp;": "~"}
"""How HTML, and so Markdown, writes characters of a formula."""

_PAIRS = r"""
∂ \partial ∇ \nabla ∑ \sum ∏ \prod ∫ \int ∞ \infty ℓ \ell · \cdot ⋅ \cdot × \times ÷ \div
⊙ \odot ⊗ \otimes ⊕ \oplus ∘ \circ • \bullet ∗ * ⋆ \star − - ± \pm ∓ \mp ∈ \in ∉ \notin ∋ \ni
⊂ \subset ⊆ \subseteq ∪ \cup ∩ \cap ∅ \emptyset ∀ \forall ∃ \exists ¬ \neg ∧ \wedge ∨ \vee
≠ \neq ≤ \leq ≥ \geq ⩽ \leq ⩾ \geq ≪ \ll ≫ \gg ≈ \approx ≃ \simeq ∼ \sim ∝ \propto ≡ \equiv
≜ \triangleq ≔ \coloneqq → \to ⟶ \longrightarrow ↦ \mapsto ⟼ \longmapsto ← \leftarrow
⇒ \Rightarrow ⟹ \Longrightarrow ⇔ \Leftrightarrow ⟺ \iff ⟨ \langle ⟩ \rangle ∥ \| ‖ \| ∣ \mid
⊤ \top ⊥ \perp … \dots ⋯ \cdots ⋮ \vdots ⋱ \ddots ′ ' ″ '' ‴ ''' ’ '
½ \frac{1}{2} ¼ \frac{1}{4} ¾ \frac{3}{4}
ℝ \mathbb{R} ℕ \mathbb{N} ℤ \mathbb{Z} ℚ \mathbb{Q} ℂ \mathbb{C} 𝟙 \mathbb{1} ∆ \Delta µ \mu
α \alpha β \beta γ \gamma δ \delta ε \varepsilon ϵ \epsilon ζ \zeta η \eta θ \theta ϑ \vartheta
ι \iota κ \kappa λ \lambda μ \mu ν \nu ξ \xi π \pi ρ \rho ϱ \varrho σ \sigma ς \varsigma τ \tau
υ \upsilon φ \varphi ϕ \phi χ \chi ψ \psi ω \omega Γ \Gamma Δ \Delta Θ \Theta Λ \Lambda Ξ \Xi
Π \Pi Σ \Sigma Υ \Upsilon Φ \Phi Ψ \Psi Ω \Omega
（ ( ） ) ， , 、 , ： : ； ; 。 . ＝ = ＋ + － -
"""
UNICODE = dict(zip(_PAIRS.split()[::2], _PAIRS.split()[1::2], strict=True))
"""Characters with the LaTeX they are read as."""

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱʲᵏˡᵐᵀᵗ", "0123456789+-=()nijklmTt", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼₖₗₘₙₚₓₜ", "0123456789+-=()ijklmnpxt", strict=True))

COMBINING = {
    "\u0302": r"\hat",
    "\u0303": r"\tilde",
    "\u0304": r"\bar",
    "\u0305": r"\bar",
    "\u0307": r"\dot",
}
"""Combining accents; any other is refused."""

ALPHABETS = {
    "BOLD": r"\mathbf",
    "DOUBLE-STRUCK": r"\mathbb",
    "SCRIPT": r"\mathcal",
    "FRAKTUR": r"\mathfrak",
    "SANS-SERIF": r"\mathsf",
    "MONOSPACE": r"\mathtt",
    "ITALIC": "",
}
"""Words in the Unicode names of mathematical alphabets; the first that occurs counts."""

ENVIRONMENTS = "equation|align|gather|multline|eqnarray|flalign|alignat|displaymath|math"
"""Environments that hold a formula in running text; most have a starred form."""


@lru_cache(maxsize=512)
def styled_letter(char: str) -> str | None:
    """LaTeX of a letter with an accent or of a mathematical alphabet, if it is one."""
    import unicodedata  # rarely needed, and not free

    parts = unicodedata.normalize("NFD", char)
    if len(parts) == 2 and parts[1] in COMBINING:
        return f"{COMBINING[parts[1]]}{{{parts[0]}}}"
    name = unicodedata.name(char, "")
    base = unicodedata.normalize("NFKC", char)
    if name.startswith("MATHEMATICAL ") and base != char and len(base) == 1:
        latex = UNICODE.get(base, base)
        style = next((style for word, style in ALPHABETS.items() if word in name), "")
        return f"{style}{{{latex}}}" if style else latex
    return None


# -- the macros of a note -----------------------------------------------------

MACRO_NOT_READ = Code(
    slug="macro-not-read",
    summary="a macro definition is not understood",
    why="Formulas that use it are not read. Arguments must stand as #1#2, without other signs.",
    wrong=r"\def\pair(#1,#2){\langle #1, #2 \rangle}",
    right=r"\newcommand{\pair}[2]{\langle #1, #2 \rangle}",
)


@dataclass(frozen=True)
class Macro:
    r"""A `\newcommand`, `\def` or `\DeclareMathOperator` of the note.

    Attributes:
        name: with its backslash.
        arguments: how many, the optional one included.
        default: of the first argument where it is optional.
        body: LaTeX with `#1` to `#9`.
        span: the whole definition in the note.
    """

    name: str
    arguments: int
    default: str | None
    body: str
    span: Span


_NAME = r"(?:\{\s*(?P<braced>\\(?:[A-Za-z]+|.))\s*\}|(?P<bare>\\(?:[A-Za-z]+|.)))\s*"
_DEFINITION = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|g?def|(?P<operator>DeclareMathOperator))"
    rf"(?![A-Za-z])\*?\s*{_NAME}"
    r"(?:\[(?P<count>\d)\]\s*)?(?:\[(?P<default>[^\]]*)\]\s*)?"
    r"(?P<parameters>(?:\#\d)*)\s*(?=(?P<brace>\{)?)"
)
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)


def find_macros(text: str) -> tuple[list[Macro], list[Diagnostic]]:
    """All macro definitions of a text, and a finding for each that is not understood."""
    macros, refused = [], []
    for match in _DEFINITION.finditer(text):
        name = match["braced"] or match["bare"]
        end = _group_end(text, match.end()) if match["brace"] else -1
        if end < 0:
            span = Span(match.start(), match.end())
            message = f"the definition of {name} is not understood"
            refused.append(Diagnostic(span, MACRO_NOT_READ, message, severity="warning"))
            continue
        body = text[match.end() + 1 : end - 1]
        if match["operator"]:
            body = rf"\operatorname{{{body}}}"
        count = int(match["count"] or len(match["parameters"]) // 2)
        macros.append(Macro(name, count, match["default"], body, Span(match.start(), end)))
    return macros, refused


def _group_end(text: str, start: int) -> int:
    """Offset behind the brace that closes the one at `start`, or -1."""
    depth = 0
    for match in _BRACES.finditer(text, start):
        depth += (match.group() == "{") - (match.group() == "}")
        if depth == 0:
            return match.end()
    return -1
