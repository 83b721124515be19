r"""LaTeX names as names of a program: `W^{(1)}` is `W1`, `\tilde Y` is `Y_tilde`."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

RESERVED = frozenset(
    {
        *("np", "loss", "gradients", "ones", "work", "out", "self", "dtype", "math"),
        *("check_shapes", "refuse", "shapes", "dtypes", "found", "name", "array"),
        *("buffer", "erf", "value_and_grad", "jax", "jnp", "numba", "torch", "dict", "zip"),
    }
)
"""Names that the programs themselves use."""

_NAME = r"\s*\{?\s*(\\?[A-Za-z]+|\d)\s*\}?"
_FONT = re.compile(
    r"\\(?:mathbf|mathrm|mathcal|mathbb|mathsf|mathit|mathfrak|boldsymbol|bm|text|vec"
    rf"|operatorname){_NAME}"
)
_ACCENTS = {
    **{name: name for name in ("tilde", "hat", "bar", "dot", "ddot", "check", "breve")},
    "widetilde": "tilde",
    "widehat": "hat",
    "overline": "bar",
    "underline": "underline",
}
_ACCENT = re.compile(rf"\\({'|'.join(_ACCENTS)}){_NAME}")
_SIGNS = {"'": "_prime", r"\prime": "_prime", "*": "_star", "+": "_plus", "-": "_minus"}
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DERIVATIVE = re.compile(r"\\partial (.+) / \\partial (.+)")


def identifier(latex: str) -> str:
    """A name for a LaTeX name; not yet told apart from others."""
    derivative = _DERIVATIVE.fullmatch(latex)
    if derivative:
        top, bottom = map(identifier, derivative.groups())
        return f"d{bottom}" if top in ("L", "l", "ell") else f"d{top}_d{bottom}"
    text = _ACCENT.sub(lambda m: f"{m[2]}_{_ACCENTS[m[1]]}", _FONT.sub(r"\1", latex))
    text = "".join(map(_in_ascii, text))
    # A label in brackets follows at once, everything else after a line.
    text = re.sub(r"\^\s*\{?\s*[(\[]\s*(\w+)\s*[)\]]\s*\}?", r"\1", text)
    text = re.sub(r"_\s*\{?\s*(\d+)\s*\}?", r"\1", text)
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    text = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    if len(text) == 1 and text.isdigit():
        return _DIGITS[int(text)]
    return f"v{text}" if not text or text[0].isdigit() else text


def _in_ascii(letter: str) -> str:
    """Alpha for the Greek letter, e for e with an accent; what has no letters as it is."""
    if letter.isascii() or not letter.isalnum():
        return letter
    _, _, greek = unicodedata.name(letter, "").partition("GREEK SMALL LETTER ")
    if greek.isalpha():
        return greek.lower()
    _, _, greek = unicodedata.name(letter, "").partition("GREEK CAPITAL LETTER ")
    if greek.isalpha():
        return greek.capitalize()
    return unicodedata.normalize("NFKD", letter)


class Names:
    """Names that are all different, valid, and none of them reserved."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*taken, *RESERVED}

    def new(self, latex: str) -> str:
        """A name for a LaTeX name that nothing else has."""
        return self.unused(identifier(latex))

    def unused(self, plain: str) -> str:
        """A valid name as it is, or with a number after it."""
        if keyword.iskeyword(plain) or plain in ("l", "I", "O"):
            plain += "_"
        name, number = plain, 2
        while name in self.taken:
            name, number = f"{plain}_{number}", number + 1
        self.taken.add(name)
        return name
