"""Sizes that the note never introduced: the edits that write what they were found to be.

A name that is mentioned alone is fixed anew; where it then has another size than at
its declaration, the mention has to say so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symgrad.calculus.index import Size
from symgrad.diagnostics import Edit, Fix, Span
from symgrad.reading.context import Session

Found = tuple[int, Size, Size]
"""At a place in the note: an undeclared size, and what it was found to be."""


def declared_sizes(session: Session, place: Span, found: Sequence[Found]) -> Fix:
    """The edits for the undeclared sizes in the space at a place; none where it stays open."""
    edits: list[Edit] = []
    space = session.source.slice(place)
    for size in [s for s, span in session.open_sizes.items() if span == place]:
        known = [(at, resolved) for at, owner, resolved in found if owner == size]
        if not known:
            continue
        current = known[0][1].name
        edits.append(Edit(place, _renamed(space, size.name, current)))
        mentions = [span for span, opened in session.fixed_anew if size in opened]
        for number, mention in enumerate(mentions):
            end = mentions[number + 1].start if number + 1 < len(mentions) else None
            later = [
                resolved.name
                for at, resolved in known
                if at > mention.start and (end is None or at < end)
            ]
            if later and later[0] != current:
                current = later[0]
                text = session.source.slice(mention)
                edits.append(Edit(mention, rf"{text} \in {_renamed(space, size.name, current)}"))
    return tuple(edits) if len({e.span for e in edits}) == len(edits) else ()


def _renamed(space: str, old: str, new: str) -> str:
    """The LaTeX of a space with another name for a size."""
    name = re.compile(rf"(?<![A-Za-z\\]){re.escape(old)}(?![A-Za-z])")

    def renamed(match: re.Match[str]) -> str:
        is_script = space[match.start() - 1 : match.start()] in ("^", "_")
        return f"{{{new}}}" if is_script and len(new) > 1 else new

    return name.sub(renamed, space)
