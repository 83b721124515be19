r"""LaTeX names as names of a program: `W^{(1)}` is `W1`, `\tilde Y` is `Y_tilde`."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

RESERVED = frozenset(
    {
        *("np", "loss", "gradients", "ones", "work", "out", "self", "dtype", "math"),
        *("buffer", "erf"),
    }
)
"""Names that the programs themselves use."""

_ACCENT = re.compile(r"\\(tilde|hat|bar|dot|vec|mathbf|mathrm|operatorname)\s*\{?(\\?[A-Za-z]+)\}?")
_PLAIN = ("mathbf", "mathrm", "operatorname", "vec")
_DERIVATIVE = re.compile(r"\\partial (.+) / \\partial (.+)")


def identifier(latex: str) -> str:
    """A name for a LaTeX name; not yet told apart from others."""
    derivative = _DERIVATIVE.fullmatch(latex)
    if derivative:
        top, bottom = map(identifier, derivative.groups())
        return f"d{bottom}" if top in ("L", "l", "ell") else f"d{top}_d{bottom}"
    text = _ACCENT.sub(lambda m: m[2] if m[1] in _PLAIN else f"{m[2]}_{m[1]}", latex)
    text = text.replace("'", "_prime").replace(r"\prime", "_prime")
    # A label in brackets follows at once, everything else after a line.
    text = re.sub(r"\^\s*\{?\s*[(\[]\s*(\w+)\s*[)\]]\s*\}?", r"\1", text)
    text = re.sub(r"_\s*\{?\s*(\d+)\s*\}?", r"\1", text)
    text = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    if not text or text[0].isdigit():
        text = f"v{text}"
    return text


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
