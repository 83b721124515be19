"""How the author of a note writes entries, products, sums and transposes."""

from __future__ import annotations

import re

from symgrad.reading.subscripts import has_entries_in_brackets, writes_subscripts_first


class Notation:
    """How the author writes entries and products, as far as a formula shows it."""

    def __init__(self, formula: str, note: str) -> None:
        self.brackets = has_entries_in_brackets(formula) or (
            "_" not in formula and has_entries_in_brackets(note)
        )
        pair = re.search(r"_\{\s*[a-z]\s*(,?)\s*[a-z]\s*\}", formula + note)
        self.comma = pair.group(1) if pair else ","
        self.times = next((s for s in (r"\times", r"\cdot") if s in formula), "")
        found = re.search(r"\\sum\s*(\\limits)?", formula) or re.search(
            r"\\sum\s*(\\limits)?", note
        )
        self.sum = found.group(0).strip() if found else r"\sum"
        turned = re.search(r"\^\s*\{?\s*(\\top|\\intercal|T)\b", note)
        self.subscripts_first = writes_subscripts_first(note)
        self.transpose = f"^{turned.group(1)}" if turned else r"^\top"

    def entry(self, name: str, letters: list[str]) -> str:
        """An entry of an array."""
        if not letters:
            return name
        subscript = self.comma.join(letters)
        if len(subscript) > 1:
            subscript = f"{{{subscript}}}"
        if self.brackets:
            return f"[{name}]_{subscript}"
        if "^" in name and "_" not in name and self.subscripts_first:
            return name.replace("^", f"_{subscript}^", 1)
        return f"{{{name}}}_{subscript}" if "_" in name else f"{name}_{subscript}"

    def product(self, first: str, second: str) -> str:
        """Two factors with the author's sign between them."""
        return f"{first} {self.times} {second}" if self.times else f"{first} {second}"
