r"""What characters beyond ASCII stand for, as tables: LaTeX that is read in their place."""

from __future__ import annotations

from functools import lru_cache

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
