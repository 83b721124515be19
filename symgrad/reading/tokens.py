r"""LaTeX of one formula to tokens, each with its place in the note.

The tokenizer is our own because pylatexenc 2 cannot expand a note's
`\newcommand` and keep columns: here a token that comes out of a macro carries
the span of the macro call, and a token of its arguments its own span.

What prints nothing is dropped. Everything else is kept, known or not: whether
a command means something is decided by the parser.
"""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.diagnostics import Span
from symgrad.reading import characters, commands, expansion, groups  # noqa: F401 - register their rules
from symgrad.reading.macros import Macro
from symgrad.reading.raw import cut
from symgrad.reading.reader import LatexError, Reader, Token

__all__ = ["LatexError", "Token", "tokenize"]


def tokenize(
    text: str, span: Span | None = None, macros: Mapping[str, Macro] | None = None
) -> list[Token]:
    """The tokens of the formula at `span` of `text`; spans count in `text`.

    Raises:
        LatexError: at unbalanced braces, environments or macros, and at a macro
            that expands itself.
    """
    return Reader(cut(text, span or Span(0, len(text))), macros or {}).run()
