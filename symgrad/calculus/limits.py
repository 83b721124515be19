"""The exception by which the kernel and the evaluator give up; callers make it `undecided`."""

from __future__ import annotations


class LimitReached(Exception):  # noqa: N818 - a verdict follows from it, not an error message
    """A limit on work is reached; the message says which.

    Limits count work (terms, visits, digits), never seconds, so that two runs agree.
    """
