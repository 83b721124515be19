"""The letters by which a quantity can be called."""

from __future__ import annotations

_WORDS = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu"
    " xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta"
    " Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK = frozenset(f"\\{word}" for word in _WORDS.split())
"""Commands that print one Greek letter."""


def is_letter(text: str) -> bool:
    r"""Whether a text is a Latin or a Greek letter that stands for no number by itself."""
    is_greek = text in GREEK and text != r"\pi"
    return is_greek or text == r"\ell" or (len(text) == 1 and text.isascii() and text.isalpha())
