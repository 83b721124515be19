"""Regular expressions that are compiled when something is first sought with them.

Judging a note knows a hundred of them and seeks with half; compiling all took as long as
reading a note does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any


class _Pattern:
    """A regular expression that is not compiled yet; afterwards its methods are kept."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of `re.Pattern`
        method = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, method)
        return method


if TYPE_CHECKING:

    def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
        """A regular expression, as `re.compile` makes it."""

else:
    pattern = _Pattern
