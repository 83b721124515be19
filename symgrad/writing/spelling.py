r"""The habits of a note: `X_j` or `X_{j}`, `\frac` or `\dfrac`, `\tilde Y` or `\tilde{Y}`."""

from __future__ import annotations

import re
from functools import lru_cache

from symgrad.patterns import pattern
from symgrad.reading.subscripts import writes_subscripts_first

_ATOM = r"[A-Za-z0-9]|\\[A-Za-z]+"


def respelled(latex: str, note: str) -> str:
    """LaTeX as the note would write it; what the note does not show stays as it is."""
    for habit in _HABITS:
        latex = habit(latex, note)
    return latex


@lru_cache(maxsize=64)
def _shown(pattern: str, note: str) -> re.Match[str] | None:
    """Where a note first writes something, looked for once."""
    return re.search(pattern, note)


def _fractions(latex: str, note: str) -> str:
    large, small = _shown(r"\\dfrac", note), _shown(r"\\frac", note)
    if small and not large:
        return latex.replace(r"\dfrac", r"\frac")
    if large and not small:
        return latex.replace(r"\frac", r"\dfrac")
    return latex


def _sums(latex: str, note: str) -> str:
    if _shown(r"\\sum\s*\\limits", note):
        return latex
    return latex.replace(r"\sum\limits", r"\sum")


def _accents(latex: str, note: str) -> str:
    r"""`\tilde Y` for `\tilde{Y}`, where the note writes this very name so."""

    def shorter(match: re.Match[str]) -> str:
        bare = f"{match[1]} {match[2]}"
        return bare if bare in note and match[0] not in note else match[0]

    return re.sub(r"(\\(?:tilde|hat|bar|vec|dot))\{([A-Za-z])\}", shorter, latex)


_BRACED = pattern(rf"(?<=[_^])\{{({_ATOM})\}}(?!')")
_BARE = pattern(rf"(?<=[_^])(?:{_ATOM})")


def _scripts(latex: str, note: str) -> str:
    """`X_j` for `X_{j}`, where the note mostly has no braces around one letter."""
    if not _has_bare_scripts(note):
        return latex

    def bare(match: re.Match[str]) -> str:
        after = match.string[match.end() : match.end() + 1]
        is_command = match[1].startswith("\\") and after.isalpha()
        return match[1] + (" " if is_command else "")

    return _BRACED.sub(bare, latex)


@lru_cache(maxsize=8)
def _has_bare_scripts(note: str) -> bool:
    """Whether a note mostly has no braces around one letter; all of it is looked at."""
    return len(_BRACED.findall(note)) < len(_BARE.findall(note))


_PAIR = pattern(r"_\{([a-z]),\s*([a-z])\}")


def _pairs(latex: str, note: str) -> str:
    """`W_{ij}` for `W_{i,j}`, where the note writes no commas between indices."""
    if _shown(_PAIR.pattern, note) or not _shown(r"_\{[a-z]{2}\}", note):
        return latex
    return _PAIR.sub(r"_{\1\2}", latex)


_SCRIPT = r"(?:\{[^{}]*\}|\w)"
_BOTH = pattern(rf"(?<=[A-Za-z}}])(\^{_SCRIPT})(_{_SCRIPT})")


def _order_of_scripts(latex: str, note: str) -> str:
    """`W_{ij}^{(2)}` for `W^{(2)}_{ij}`, where the note writes the subscripts first."""
    if not writes_subscripts_first(note):
        return latex
    return _BOTH.sub(r"\2\1", latex)


def _transposes(latex: str, note: str) -> str:
    r"""`W^T` for `W^\top`, and `(W^l)^T` for `{W^l}^\top`, where the note writes so."""
    found = _shown(r"\^\s*\{?\s*(T|\\top|\\intercal|\\mathsf\{?T\}?)(?![A-Za-z])", note)
    if found is not None and found.group(1) != r"\top":
        latex = latex.replace(r"^\top", f"^{found.group(1)}")
    if _shown(r"\([A-Za-z]+\^(?:\{[^{}]*\}|\w)\)\^", note):
        latex = _BRACED_BASE.sub(r"(\1)^", latex)
    return latex


_BRACED_BASE = pattern(r"\{((?:\\?[A-Za-z]+)\^(?:\{[^{}]*\}|\w))\}\^")

_HABITS = (_fractions, _sums, _accents, _scripts, _pairs, _order_of_scripts, _transposes)
