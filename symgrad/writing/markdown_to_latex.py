r"""Markdown to LaTeX: the blocks of a text, its emphasis, code, lists, tables, links and notes.

What Markdown is, markdown-it knows; formulas are signs in its text (`held_formulas`). What has
no counterpart is left out and said, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from symgrad.reading.markdown import FRONT_MATTER
from symgrad.writing.displays import fitted
from symgrad.writing.held_formulas import HELD, Held
from symgrad.writing.tex_characters import in_formula, in_words, is_known

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode as Node

Warn = Callable[[int, str], None]
"""Takes a line of the note and what is not as it was."""

SECTIONS = ("section*", "subsection*", "subsubsection*", "paragraph*")
DEEPEST_LIST = 4
"""LaTeX has no lists that are deeper."""

_ESCAPED = {
    **{sign: f"\\{sign}" for sign in "&%#_{}$"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
_SPECIAL = re.compile(r"[&%#_{}$~^\\<>|]")
_OPENING_QUOTE = re.compile(r"(?:(?<=[\s(\[–—])|\A)\"")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)[^>]*>|<![A-Za-z][^>]*>")
_HIDDEN_TAGS = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_SCRIPTS = {"sup": "textsuperscript", "sub": "textsubscript", "b": "textbf", "i": "emph"}
_SCRIPTS |= {"strong": "textbf", "em": "emph", "code": "texttt"}
_IMAGE_STARTS = {".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8", ".pdf": b"%PDF"}
_PLAIN_PATH = re.compile(r"[\w./+-]+", re.ASCII)
_CODE_SIZES = ((78, ""), (86, r"\small"), (96, r"\footnotesize"), (112, r"\scriptsize"))
_COUNTERS = ("enumi", "enumii", "enumiii", "enumiv")
_WIDEST_TABLE = 85


def markdown_to_latex(held: Held, folder: Path, warn: Warn) -> str:
    """The body of a LaTeX document.

    Args:
        held: the text, in Markdown.
        folder: where its images are looked for.
        warn: told of what cannot be written.
    """
    # Only here: it takes longer to import than a network's derivation takes to write.
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode
    from mdit_py_plugins.footnote import footnote_plugin

    front = FRONT_MATTER.match(held.text)
    text = held.text
    if front:  # as many lines as before
        text = "\n" * front.group().count("\n") + text[front.end() :]
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)
    environment: dict[str, dict[str, dict[str, int]]] = {}
    root = SyntaxTreeNode(parser.parse(text, environment))
    writer = _Writer(held, folder, warn, root)
    title = _title(front.group()) if front else ""
    if front:
        kept = "all but its title" if title else "it"
        warn(1, f"front matter has no place in LaTeX: {kept} is left out")
    for name, number in environment.get("footnotes", {}).get("refs", {}).items():
        if number < 0:
            place = text.find(f"[^{name.removeprefix(':')}]:")
            line = held.line(text.count("\n", 0, max(place, 0)))
            warn(line, "a footnote that nothing refers to is left out")
    body = writer.document(title)
    return held.put_back(body, lambda latex: fitted(_printable(latex)), _inline).strip()


def _inline(latex: str) -> str:
    return f"${_printable(latex)}$"


def _printable(latex: str) -> str:
    """A formula in signs that the fonts of LaTeX have."""
    return re.sub(r"\\mathbb\s*(?:\{1\}|1)", r"\\mathbf{1}", in_formula(latex))


def _title(front: str) -> str:
    found = re.search(r"^title\s*[:=]\s*(.+?)\s*$", front, re.MULTILINE)
    return found[1].strip("\"'") if found else ""


class _Writer:
    """Writes the tree of one text.

    Attributes:
        notes: the texts of its footnotes, by their numbers.
        lists: the kinds of the lists that are open.
        narrow: whether no block can stand here: in an argument, or in a cell.
    """

    def __init__(self, held: Held, folder: Path, warn: Warn, root: Node) -> None:
        self.held = held
        self.folder = folder
        self.warn = warn
        self.root = root
        self.line = 0
        self.lists: list[str] = []
        self.narrow = 0
        headings = [node for node in root.children if node.type == "heading"]
        tops = [node for node in headings if node.tag == "h1"]
        first = next((n for n in root.children if n.type != "html_block"), None)
        self.title = tops[0] if len(tops) == 1 and tops[0] is first else None
        self.shift = 2 if self.title is not None or not tops else 1
        self.notes: dict[int, Node] = {}
        for node in root.walk():
            if node.type == "footnote":
                self.notes[node.meta["id"]] = node
        self.cited: dict[int, int] = {}

    def document(self, title: str) -> str:
        """All of it."""
        parts = [] if not title or self.title is not None else [_heading(self.escaped(title), 0)]
        return "\n\n".join([*parts, *self.blocks(self.root.children)])

    def tell(self, message: str) -> None:
        """Say that something is not as it was, with the line at which the text stands."""
        self.warn(self.held.line(self.line), message)

    # -- blocks

    def blocks(self, nodes: Sequence[Node]) -> list[str]:
        """The blocks that are not empty."""
        return [text for node in nodes if (text := self.block(node)).strip()]

    def block(self, node: Node) -> str:
        """A block, by its kind."""
        if node.map:
            self.line = node.map[0]
        write = getattr(self, f"_{node.type}", None)
        if write is None:
            self.tell(f"{node.type.replace('_', ' ')} cannot be written in LaTeX: it is left out")
            return ""
        text: str = write(node)
        return text

    def _paragraph(self, node: Node) -> str:
        return self.inline(node.children)

    def _heading(self, node: Node) -> str:
        text = self.argument(node.children)
        return _heading(text, 0 if node is self.title else int(node.tag[1]) - self.shift + 1)

    def _blockquote(self, node: Node) -> str:
        return _environment("quote", "\n\n".join(self.blocks(node.children)))

    def _hr(self, node: Node) -> str:
        return r"\noindent\hrulefill"

    def _bullet_list(self, node: Node) -> str:
        return self.list(node, "itemize")

    def _ordered_list(self, node: Node) -> str:
        return self.list(node, "enumerate")

    def list(self, node: Node, kind: str) -> str:
        """A list; one that is too deep for LaTeX is a row of paragraphs."""
        if len(self.lists) >= DEEPEST_LIST or self.narrow:
            return "\n\n".join(f"-- {self.item(item)}" for item in node.children)
        self.lists.append(kind)
        items = [f"\\item {self.item(item)}" for item in node.children]
        self.lists.pop()
        start = int(node.attrs.get("start", 1)) if kind == "enumerate" else 1
        counter = _COUNTERS[self.lists.count("enumerate")]
        head = rf"\setcounter{{{counter}}}{{{start - 1}}}" if start != 1 else ""
        return _environment(kind, rf"{head}\setlength{{\itemsep}}{{0pt}}" + "\n" + "\n".join(items))

    def item(self, node: Node) -> str:
        """What stands in an item."""
        text = "\n\n".join(self.blocks(node.children))
        return f"{{}}{text}" if text.startswith("[") else text

    def _fence(self, node: Node) -> str:
        return self.code(node.content)

    def _code_block(self, node: Node) -> str:
        return self.code(node.content)

    def code(self, text: str) -> str:
        """Code, word for word."""
        lines = text.expandtabs(4).rstrip("\n").split("\n")
        self.characters(text)
        if self.narrow:
            return r" \\ ".join(rf"\texttt{{{_escaped(line, code=True)}}}" for line in lines)
        body = "\n".join(lines).replace(r"\end{verbatim}", r"\end {verbatim}")
        body = HELD.sub(lambda match: self.held.formula(int(match[1]))[1], body)
        widest = max(map(len, lines))
        size = next((size for most, size in _CODE_SIZES if widest <= most), _CODE_SIZES[-1][1])
        block = _environment("verbatim", body)
        return f"{{{size}\n{block}\n}}" if size else block

    def _html_block(self, node: Node) -> str:
        return self.html(node.content)

    def html(self, content: str) -> str:
        """Comments as comments of LaTeX, and the words between the tags."""
        result, at = "", 0
        for comment in _COMMENT.finditer(content):
            result += self.words_of_html(content[at : comment.start()])
            result += ("\n" if result and not result.endswith("\n") else "") + _comment(comment[1])
            at = comment.end()
        return (result + self.words_of_html(content[at:])).strip("\n ")

    def words_of_html(self, content: str) -> str:
        """What stands between tags."""
        words = _TAG.sub("", _HIDDEN_TAGS.sub("", content))
        if _TAG.search(content):
            self.tell("HTML cannot be written in LaTeX: only its words are kept")
        return self.escaped(words).strip()

    def _table(self, node: Node) -> str:
        rows = [row for part in node.children for row in part.children]
        columns = [_alignment(cell) for cell in rows[0].children]
        texts = [[self.cell(cell) for cell in row.children] for row in rows]
        widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
        if sum(widths) > _WIDEST_TABLE:
            shares = [max(width, 4) ** 0.5 for width in widths]
            room = 0.98 - 0.03 * len(shares)
            columns = [rf"p{{{room * share / sum(shares):.2f}\linewidth}}" for share in shares]
        head, *rest = [" & ".join(texts_of_row) + r" \\" for texts_of_row in texts]
        body = "\n".join([r"\hline", head, r"\hline", *rest, r"\hline"])
        tabular = f"\\begin{{tabular}}{{{''.join(columns)}}}\n{body}\n\\end{{tabular}}"
        return _environment("center", tabular)

    def cell(self, node: Node) -> str:
        """A cell, in which no display can stand."""
        text = self.argument(node.children)
        text = HELD.sub(lambda match: _inline(self.held.formula(int(match[1]))[1]), text)
        return f"{{}}{text}" if text.startswith("[") else text  # no option of the row before

    def _footnote_block(self, node: Node) -> str:
        return ""  # each stands where it is referred to

    # -- what stands in a line

    def argument(self, nodes: Sequence[Node]) -> str:
        """Inline text as an argument, in which no block can stand."""
        self.narrow += 1
        text = self.inline(nodes)
        self.narrow -= 1
        return text

    def inline(self, nodes: Sequence[Node]) -> str:
        """Inline text."""
        open_tags = [_tag_name(node) for node in nodes]
        paired = {
            name: open_tags.count(name) == open_tags.count(f"/{name}")
            for name in _SCRIPTS
            if f"/{name}" not in open_tags[: _place(name, open_tags)]
        }
        texts = []
        for node, name in zip(nodes, open_tags, strict=True):
            if paired.get(name.removeprefix("/"), False):
                texts.append("}" if name[0] == "/" else rf"\{_SCRIPTS[name]}{{")
            else:
                texts.append(self.part(node))
        return "".join(texts)

    def part(self, node: Node) -> str:
        """A piece of inline text, by its kind."""
        match node.type:
            case "inline" | "text_special":
                return self.inline(node.children) or self.escaped(node.content)
            case "text":
                return self.escaped(node.content)
            case "softbreak":
                self.line += 1
                return "\n"
            case "hardbreak":
                self.line += 1
                return "\\\\{}\n"
            case "em":
                return rf"\emph{{{self.argument(node.children)}}}"
            case "strong":
                return rf"\textbf{{{self.argument(node.children)}}}"
            case "code_inline":
                self.characters(node.content)
                return rf"\texttt{{{_escaped(node.content, code=True)}}}"
            case "link":
                return self.link(node)
            case "image":
                return self.image(node)
            case "html_inline":
                return self.tag(node.content)
            case "footnote_ref":
                return self.footnote(node)
            case "footnote_anchor":
                return ""
            case "s":
                self.tell("crossed-out words are not crossed out")
                return self.inline(node.children)
        self.tell(f"{node.type.replace('_', ' ')} cannot be written in LaTeX: it is left out")
        return ""

    def link(self, node: Node) -> str:
        """A link, if it leads out of the text."""
        text, target = self.argument(node.children), str(node.attrs.get("href", ""))
        if not target or target.startswith("#"):
            return text
        for sign, code in (("\\", "%5C"), ("{", "%7B"), ("}", "%7D"), ("^", "%5E"), (" ", "%20")):
            target = target.replace(sign, code)
        return rf"\href{{{re.sub('[%#&_~]', lambda m: chr(92) + m[0], target)}}}{{{text}}}"

    def image(self, node: Node) -> str:
        """An image whose file is there, else its text."""
        path, text = str(node.attrs.get("src", "")), self.inline(node.children or [])
        if _is_image(self.folder, path):
            size = r"width=0.8\linewidth,height=0.4\textheight,keepaspectratio"
            return rf"\includegraphics[{size}]{{{path}}}"
        self.tell(f"the image {path} cannot be used: its text stands in its place")
        return rf"\emph{{{text}}}" if text else ""

    def tag(self, content: str) -> str:
        """A tag of HTML in a line."""
        comment = _COMMENT.fullmatch(content)
        if comment:
            return f"{_comment(comment[1])}\n"
        if re.match(r"<br\b", content, re.IGNORECASE):
            return "\\\\{}\n"
        self.tell(f"the tag {content} cannot be written in LaTeX: it is left out")
        return ""

    def footnote(self, node: Node) -> str:
        """The text of a footnote where it is referred to first, then its number."""
        number = node.meta["id"]
        if number in self.cited:
            return rf"\textsuperscript{{{self.cited[number]}}}"
        self.cited[number] = len(self.cited) + 1
        self.narrow += 1
        text = r"\par ".join(self.blocks(self.notes[number].children))
        self.narrow -= 1
        return rf"\footnote{{{text}}}"

    def escaped(self, text: str) -> str:
        """Words with the signs that LaTeX takes for its own."""
        self.characters(text)
        return _escaped(text)

    def characters(self, text: str) -> None:
        """Say which characters have no letter in the fonts of LaTeX."""
        words = HELD.sub("", text)
        unknown = " ".join(sorted({char for char in words if not is_known(char)}))
        if unknown:
            self.tell(f"the fonts of LaTeX have no {unknown}: the number in Unicode is printed")


def _escaped(text: str, code: bool = False) -> str:
    if not code:
        text = _OPENING_QUOTE.sub("``", text).replace('"', "''")
    return in_words(_SPECIAL.sub(lambda match: _ESCAPED[match.group()], text))


def _comment(text: str) -> str:
    """A comment of LaTeX; what speaks to symgrad stays in one line."""
    lines = [line.strip() for line in text.strip().split("\n")]
    if lines[0].startswith("symgrad:"):
        lines = [" ".join(lines)]
    return "\n".join(f"% {line}".rstrip() for line in lines) + "\n"


def _environment(name: str, body: str) -> str:
    return f"\\begin{{{name}}}\n{body}\n\\end{{{name}}}"


def _heading(text: str, level: int) -> str:
    """A heading; level 0 is the title."""
    if level == 0:
        return f"\\begin{{center}}\n{{\\LARGE {text}}}\n\\end{{center}}"
    return f"\\{SECTIONS[min(max(level, 1), len(SECTIONS)) - 1]}{{{text}}}"


def _tag_name(node: Node) -> str:
    """The name of a tag of HTML, with a stroke where it closes; else nothing."""
    found = _TAG.fullmatch(node.content) if node.type == "html_inline" else None
    return f"{found[1]}{found[2].lower()}" if found and found[2] else ""


def _place(name: str, names: Sequence[str]) -> int:
    return names.index(name) if name in names else len(names)


def _alignment(cell: Node) -> str:
    style = str(cell.attrs.get("style", ""))
    return "c" if "center" in style else "r" if "right" in style else "l"


def _is_image(folder: Path, path: str) -> bool:
    """Whether pdflatex can set a file: of a kind that it knows, by its name and its beginning."""
    start = _IMAGE_STARTS.get(Path(path).suffix.lower())
    if start is None or not _PLAIN_PATH.fullmatch(path) or ".." in path or path.startswith("/"):
        return False
    try:
        with open(folder / path, "rb") as file:
            return file.read(len(start)) == start
    except OSError:
        return False
