"""What is said where something is not compiled."""

from __future__ import annotations

NO_MATRIX_FUNCTIONS = "inverses and determinants are not compiled yet"


class CannotCompile(Exception):  # noqa: N818 - what the user is told
    """What an expression asks for is not compiled; the message says what."""


class WrongOption(CannotCompile):
    """An option that does not fit what is compiled."""
