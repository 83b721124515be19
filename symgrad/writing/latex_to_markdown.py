r"""LaTeX to Markdown: headings, emphasis, lists, quotations, code, tables, links and notes.

Formulas are signs in the text (`held_formulas`). A command that is not known here stays as it
is, and is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from symgrad.writing.held_formulas import Held

Warn = Callable[[int, str], None]
"""Takes a line of the note and what is not as it was."""

_LEVELS = {"part": 2, "chapter": 2, "section": 2, "subsection": 3, "subsubsection": 4}
_LEVELS |= {"paragraph": 5, "subparagraph": 6, "title": 1}
_STYLES = {"emph": "*", "textit": "*", "textsl": "*", "textbf": "**", "texttt": "`"}
_STYLES |= dict.fromkeys(("text", "textrm", "textsf", "textsc", "mbox", "underline", "caption"), "")
_UNSEEN: tuple[str, ...] = (
    "label",
    "index",
    "vspace",
    "hspace",
    "pagestyle",
    "thispagestyle",
    "setcounter",
)
_UNSEEN += ("setlength", "bibliographystyle", "centering", "noindent", "medskip", "bigskip")
_UNSEEN += ("smallskip", "par", "newline", "maketitle", "newpage", "clearpage", "hline", "toprule")
_UNSEEN += ("midrule", "bottomrule", "small", "large", "Large", "LARGE", "footnotesize", "author")
_UNSEEN += ("date", "today", "tableofcontents", "normalsize", "hfill", "vfill", "item", "qed")
_OTHERS = ("href", "url", "footnote", "includegraphics", "verb", "lstinline", "ldots", "dots")
_SIGNS = {"ldots": "…", "dots": "…", "textbackslash": "\\", "textasciitilde": "~", "S": "§"}
_SIGNS |= {"LaTeX": "LaTeX", "TeX": "TeX", "ss": "ß", "ae": "æ", "oe": "œ", "o": "ø", "l": "ł"}
_SIGNS |= {"textless": "<", "textgreater": ">", "textbar": "|", "quad": " ", "qquad": " "}
_UNWRAPPED = ("center", "figure", "table", "abstract", "flushleft", "flushright", "minipage")
_NAMED: tuple[str, ...] = (
    "theorem",
    "lemma",
    "proposition",
    "corollary",
    "definition",
    "remark",
    "example",
)
_NAMED += ("proof", "claim", "exercise", "solution")
_ACCENTS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308"}
_ACCENTS |= {"c": "\u0327", "v": "\u030c", "=": "\u0304", ".": "\u0307", "u": "\u0306"}

_VERBATIM = re.compile(
    r"\\begin\{((?:[Vv]erbatim|lstlisting|minted)\*?)\}(?:\[[^\]]*\])?(?:\{\w+\})?[ \t]*\n?"
    r"(.*?)\n?[ \t]*\\end\{\1\}",
    re.DOTALL,
)
_VERB = re.compile(r"\\(?:verb|lstinline)\*?([^A-Za-z\s*{\[])(.*?)\1")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%([^\n]*)\n?[ \t]*")
_BEGIN = re.compile(r"\\begin\{([^{}]*)\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_HEADING = re.compile(rf"\\({'|'.join(_LEVELS)})\*?\s*(?:\[[^\]]*\])?(?=\{{)")
_STYLED = re.compile(rf"\\({'|'.join(_STYLES)})(?=\{{)")
_INVISIBLE = re.compile(
    rf"\\(?:{'|'.join(_UNSEEN)})(?![A-Za-z])\*?(?:\[[^\]]*\])?(?:\{{[^{{}}]*\}})*[ \t]*"
)
_ACCENT = re.compile(r"""\\([`'^~"=.])\{?(\\?[A-Za-z])\}?|\\([cvu])\{([A-Za-z])\}""")
_KEPT = ("\ue010", "\ue011")
_KEPT_CODE = re.compile(f"{_KEPT[0]}(\\d+){_KEPT[1]}")


def latex_to_markdown(held: Held, warn: Warn) -> str:
    """The text in Markdown.

    Args:
        held: the text, in LaTeX, without a preamble.
        warn: told of what stays LaTeX.
    """
    writer = _Writer(held, warn)
    return writer.title() + writer.whole(held.text)


class _Writer:
    """Writes one text; code is put aside, so that nothing in it is changed."""

    def __init__(self, held: Held, warn: Warn) -> None:
        self.held = held
        self.warn = warn
        self.code: list[str] = []
        self.notes: list[str] = []

    def title(self) -> str:
        """The title that the preamble gives."""
        text = self.held.note.text
        found = re.search(r"\\title\s*(?:\[[^\]]*\])?(?=\{)", text)
        if found is None or r"\title" in self.held.text:
            return ""
        words = _group(text, found.end())[0].replace(r"\\", " ")
        author = re.search(r"\\author\s*(?=\{)", text)
        by = self.words(_group(text, author.end())[0]).strip() if author else ""
        return f"# {self.words(words).strip()}\n\n{by}\n\n"

    def whole(self, text: str) -> str:
        """All of it, with its footnotes at the end."""
        text = _VERBATIM.sub(lambda m: "\n\n" + self.keep(f"```\n{m[2]}\n```") + "\n\n", text)
        text = _VERB.sub(lambda m: self.keep(f"`{m[2]}`"), text)
        self.tell_of_unknown(text)
        text = self.blocks(_COMMENT.sub(self.comment, text))
        notes = [f"[^{number}]: {note}" for number, note in enumerate(self.notes, 1)]
        text = "\n\n".join([text.strip(), *notes])
        return self.finished(text) + "\n"

    def finished(self, text: str) -> str:
        """A text with its formulas and its code."""
        text = self.held.put_back(text, lambda tex: f"\n$${tex}$$\n", lambda tex: f"${tex}$")
        text = re.sub(r"\n(?:[ \t]*\n)+", "\n\n", text)
        return _KEPT_CODE.sub(lambda m: self.code[int(m[1])], text).strip()

    def keep(self, code: str) -> str:
        """A sign for code."""
        self.code.append(code)
        return f"{_KEPT[0]}{len(self.code) - 1}{_KEPT[1]}"

    def comment(self, match: re.Match[str]) -> str:
        """A comment goes, unless it speaks to symgrad."""
        said = match[2].strip("% ")
        if said.startswith("symgrad:"):
            return f"{match[1]}\n\n{self.keep(f'<!-- {said} -->')}\n\n"
        own_line = (
            "\n" if "\n" in match.group() and match.string[: match.start()][-1:] == "\n" else ""
        )
        return match[1] + ("" if own_line or "\n" not in match.group() else "\n")

    def tell_of_unknown(self, text: str) -> None:
        """Say which commands and environments stay LaTeX."""
        known = {*_LEVELS, *_STYLES, *_UNSEEN, *_OTHERS, *_SIGNS, "begin", "end", "c", "v", "u"}
        clean = re.sub(r"(?<!\\)%[^\n]*", "", text)
        for match in _COMMAND.finditer(clean):
            if match[1] not in known:
                known.add(match[1])
                place = self.held.text.find(match.group())
                line = self.held.line(self.held.text.count("\n", 0, max(place, 0)))
                self.warn(line, f"{match.group()} is not known here: it stays as it is")
        for name in dict.fromkeys(_BEGIN.findall(clean)):
            bare = name.rstrip("*")
            lists = ("itemize", "enumerate", "description", "quote", "quotation", "tabular")
            if bare not in (*lists, *_UNWRAPPED, *_NAMED):
                place = self.held.text.find(rf"\begin{{{name}}}")
                line = self.held.line(self.held.text.count("\n", 0, max(place, 0)))
                self.warn(line, f"the environment {name} is not known here: it stays as it is")

    # -- blocks

    def blocks(self, text: str) -> str:
        """Words and environments in their order."""
        result, at = "", 0
        while opening := _BEGIN.search(text, at):
            inside, end = _environment(text, opening)
            result += self.words(text[at : opening.start()])
            result += f"\n\n{self.environment(opening[1], inside)}\n\n"
            at = end
        return result + self.words(text[at:])

    def environment(self, name: str, inside: str) -> str:
        """What stands in an environment."""
        bare = name.rstrip("*")
        option = re.match(r"\s*\[([^\]]*)\]", inside) if bare != "tabular" else None
        inside = inside[option.end() :] if option else inside
        if bare in ("itemize", "enumerate", "description"):
            return self.list(inside, bare)
        if bare in ("quote", "quotation"):
            lines = self.finished(self.blocks(inside)).split("\n")
            return "\n".join(f"> {line}".rstrip() for line in lines)
        if bare == "tabular":
            return self.table(inside)
        if bare in _UNWRAPPED:
            return self.blocks(re.sub(r"\A\s*\{[^{}]*\}", "", inside))
        if bare in _NAMED:
            about = f" ({option[1]})" if option else ""
            return f"**{bare.capitalize()}{about}.** {self.blocks(inside).strip()}"
        return f"\\begin{{{name}}}{inside}\\end{{{name}}}"

    def list(self, inside: str, kind: str) -> str:
        """A list, with the lists in it set in."""
        items = []
        for number, item in enumerate(_items(inside), 1):
            mark = f"{number}. " if kind == "enumerate" else "- "
            label = re.match(r"\s*\[([^\]]*)\]", item)
            text = item[label.end() :] if label else item
            head = f"**{label[1]}** " if label and label[1] else ""
            body = self.finished(self.blocks(text))
            items.append(mark + head + body.replace("\n", "\n" + " " * len(mark)))
        return "\n".join(items)

    def table(self, inside: str) -> str:
        """A table; its first row is the head."""
        columns, end = _group(inside, inside.find("{"))
        letters = re.findall(r"[lcr]|[pmbX](?=\{|X|$)", re.sub(r"[@!]\{[^{}]*\}", "", columns))
        marks = {"c": ":-:", "r": "--:"}
        rows = [
            [self.words(cell).strip().replace("|", r"\|") for cell in re.split(r"(?<!\\)&", row)]
            for row in re.split(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline", inside[end:])
            if _INVISIBLE.sub("", row).strip()
        ]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        rule = " | ".join(marks.get(letter, "---") for letter in letters)
        return "\n".join([*lines[:1], f"| {rule} |", *lines[1:]])

    # -- words

    def words(self, text: str) -> str:
        """Words with their emphasis, links and notes."""
        text = self.arguments(text, _HEADING, self.heading)
        text = self.arguments(text, re.compile(r"\\footnote(?:\[\d+\])?(?=\{)"), self.footnote)
        text = self.arguments(text, re.compile(r"\\url(?=\{)"), lambda _, url: f"<{url}>")
        text = re.sub(
            r"\\includegraphics\*?(?:\[[^\]]*\])?\{([^{}]*)\}", lambda m: f"![]({m[1]})", text
        )
        text = re.sub(r"\\href\{([^{}]*)\}(?=\{)", r"\\href@\1@", text)
        link = re.compile(r"\\href@([^@]*)@(?=\{)")
        text = self.arguments(text, link, lambda m, words: f"[{words}]({_unescaped(m[1])})")
        text = self.arguments(text, _STYLED, lambda m, words: _styled(_STYLES[m[1]], words))
        text = _INVISIBLE.sub("", text)
        text = _ACCENT.sub(_accented, text)
        signs = "|".join(_SIGNS)
        text = re.sub(rf"\\({signs})(?![A-Za-z])(?:\{{\}}|[ \t]+)?", lambda m: _SIGNS[m[1]], text)
        text = re.sub(r"\\\\(?:\[[^\]]*\])?[ \t]*\n?", "  \n", text)
        text = re.sub(
            r"\\[,;:!/ -]", lambda m: " " if m[0] in ("\\,", "\\;", "\\:", "\\ ") else "", text
        )
        text = text.replace("``", '"').replace("''", '"').replace("---", "—").replace("--", "–")
        return re.sub(r"(?<!\\)~", " ", _unescaped(text))

    def arguments(
        self, text: str, pattern: re.Pattern[str], write: Callable[[re.Match[str], str], str]
    ) -> str:
        """The text with a command and its argument written otherwise, also inside of itself."""
        result, at = "", 0
        while found := pattern.search(text, at):
            inside, end = _group(text, found.end())
            result += text[at : found.start()] + write(
                found, self.arguments(inside, pattern, write)
            )
            at = end
        return result + text[at:]

    def heading(self, match: re.Match[str], words: str) -> str:
        """A heading on a line of its own."""
        return f"\n\n{'#' * _LEVELS[match[1]]} {' '.join(words.split())}\n\n"

    def footnote(self, match: re.Match[str], words: str) -> str:
        """The sign of a footnote."""
        self.notes.append(" ".join(self.words(words).split()))
        return f"[^{len(self.notes)}]"


def _styled(sign: str, words: str) -> str:
    inside = words.strip()
    return words if not inside or not sign else words.replace(inside, f"{sign}{inside}{sign}")


def _accented(match: re.Match[str]) -> str:
    mark, letter = match[1] or match[3], (match[2] or match[4]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _ACCENTS[mark])


def _unescaped(text: str) -> str:
    return re.sub(r"\\([&%#_{}])", r"\1", text)


def _group(text: str, start: int) -> tuple[str, int]:
    """What stands in the braces that open at an offset, and where they end."""
    depth = 0
    for match in re.finditer(r"\\.|[{}]", text[start:], re.DOTALL):
        depth += (match.group() == "{") - (match.group() == "}")
        if depth == 0:
            return text[start + 1 : start + match.start()], start + match.end()
    return text[start + 1 :], len(text)


def _environment(text: str, opening: re.Match[str]) -> tuple[str, int]:
    """What stands in an environment, and where it ends."""
    name, depth = re.escape(opening[1]), 1
    for match in re.finditer(rf"\\(begin|end)\{{{name}\}}", text[opening.end() :]):
        depth += 1 if match[1] == "begin" else -1
        if depth == 0:
            start = opening.end()
            return text[start : start + match.start()], start + match.end()
    return text[opening.end() :], len(text)


def _items(text: str) -> Iterator[str]:
    """The items of a list, those of lists in it apart."""
    starts, depth = [], 0
    for match in re.finditer(r"\\begin\{|\\end\{|\\item(?![A-Za-z])", text):
        if match.group() == r"\item":
            if depth == 0:
                starts.append(match)
        else:
            depth += 1 if match.group() == r"\begin{" else -1
    for place, start in enumerate(starts):
        end = starts[place + 1].start() if place + 1 < len(starts) else len(text)
        yield text[start.end() : end]
