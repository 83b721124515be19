"""Where the formulas of a note are: exact places, and nothing that is no formula."""

import io
import json
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.diagnostics import Source
from symgrad.reading.note import Note, UnreadableNote, find_notes, read_note


def markdown(text: str) -> Note:
    return read_note(Source("note.md", text))


def tex(text: str) -> Note:
    return read_note(Source("note.tex", text))


def formulas(note: Note) -> list[str]:
    """The formulas as the tokenizer sees them, whose offsets are those of the source."""
    assert len(note.text) == len(note.source.text)
    for formula in note.formulas:
        assert formula.outer.start <= formula.span.start <= formula.span.end <= formula.outer.end
        line = note.source.position(formula.outer.start)[0]
        assert formula.opening_line == line
    return [note.text[f.span.start : f.span.end] for f in note.formulas]


def codes(note: Note) -> list[str]:
    """Codes of the findings with the characters they stand at."""
    return [f"{d.code.slug} {note.source.slice(d.span)}".strip() for d in note.diagnostics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let $x = 1$.", ["x = 1"]),
        ("let $ x = 1 $.", [" x = 1 "]),
        ("let $ x $.", [" x "]),
        ("the $n$th and $x$-axis", ["n", "x"]),
        ("$a$$b$", ["a", "b"]),
        ("$x$\n", ["x"]),
        ("$x$", ["x"]),
        ("$a\n+ b$", []),
        ("$a +\nb$", ["a +\nb"]),
        ("$a\n\nb$", []),
        ("$2x$ and $3 y$", ["2x", "3 y"]),
        ("$2 \\max(x, y)$", ["2 \\max(x, y)"]),
        ("$0$ to $n - 1$", ["0", "n - 1"]),
        ("it is \\$5 and \\$x$ y$", [" y"]),
        ("$\\$ + x$", ["\\$ + x"]),
        ("\\\\$x$", ["x"]),
        ("# On $x$\n\n## $y$ again", ["x", "y"]),
        ("$x$ title\n====\n", ["x"]),
        ("| a | b |\n|---|---|\n| $x$ | $y_1$ |", ["x", "y_1"]),
        ('[$x$](u$r$l) and <a href="$u$">$y$</a>', ["x", "y"]),
        ("https://a.b/$c$ and $d$", ["d"]),
        ("if $a <b$ and $c> d$", ["a <b", "c> d"]),
        ("n <m, then $z > 0$ or $w$", ["z > 0", "w"]),
        ("**$x$** and *$y$*", ["x", "y"]),
        ("$\\text{if $x$}$ and $y$", ["\\text{if $x$}", "y"]),
        ("$\\frac{1}{2$ and $y$", ["\\frac{1}{2", "y"]),
        ("$\\{1, 2}$ and $y$", ["\\{1, 2}", "y"]),
        ("\\(x\\) and \\[y\\]", ["x", "y"]),
        ("\\\\(x\\\\) and \\\\[y \\\\\\\\ z\\\\]", ["x", "y \\\\\\\\ z"]),
        ("\\[ a \\\\[2pt] b \\]", [" a \\\\[2pt] b "]),
        ("a \\(see below\\) and \\[a footnote\\]", []),
        ("$`a_1`$ and `$b$`", ["a_1"]),
        ("𝒳 ≠ 𝒴: $φ_1$ é $x̂$", ["φ_1", "x̂"]),
        ("\ttab $x$", []),
        ("a\n\ttab $x$", ["x"]),
        ("", []),
        ("\n", []),
        ("$", []),
        ("$$", []),
        ("$$$$", []),
        ("$ $", []),
    ],
)
def test_inline(text: str, expected: list[str]) -> None:
    assert formulas(markdown(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "it costs $5 and $10.",
        "it costs $5, or $ 10.",
        "between $5 and $10 = a lot",
        "US$5 and US$10",
        "5$ and 6$",
        "10$ (or 12$ abroad)",
        "$5 million, not 6$",
        "$5/hour (or 6$/hour)",
        "$5 or 10$",
        "from $HOME to $USER",
        "rated $$ and $$$",
        "the `$` sign and `$`",
        "`$x$` and ``a ` $y$``",
        "<!-- $x$ -->",
        "<!-- a\n\n$$x$$\n-->",
        "<code>$x$</code> <pre>\n$$y$$\n</pre>",
        "```\n$x$\n```",
        "~~~python\n$$x$$\n~~~",
        "```\n$$x$$",
        "- a\n\n  ```\n  $x$\n  ```",
        "1. a\n   - b\n\n     ```tex\n     \\[ x \\]\n     ```",
        "> ```\n> $x$\n> ```",
        "    $x$",
        "- a\n\n      $x = 1$",
        "text\n\n    $$\n    x\n    $$",
        "---\ntitle: $x$\n---\n",
        "---\r\ntitle: $x$\r\n---\r\n",
        "+++\ntitle = '$x$'\n+++\n",
        "![]($x$)",
    ],
)
def test_no_formula(text: str) -> None:
    note = markdown(text)
    assert formulas(note) == []
    assert codes(note) == ["no-formula"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$$x = 1$$", ["x = 1"]),
        ("a $$x$$ b", ["x"]),
        ("$$\nx\n$$", ["\nx\n"]),
        ("$$\n\na\n\n= b\n\n$$\n", ["\n\na\n\n= b\n\n"]),
        ("$$\n\n    a\n\n$$ and $b$", ["\n\n    a\n\n", "b"]),
        ("$$ a $$ (1)\n\n$$ b $$, where $c$", [" a ", " b ", "c"]),
        ("- a\n\n  $$\n  x\n  $$\n\n  - b $$y$$", ["\n  x\n  ", "y"]),
        ("> $$\n> a\n> > b\n> $$", ["\n  a\n  > b\n  "]),
        (">> $$\n> > a\n>>b $$", ["\n    a\n  b "]),
        ("> $a =\n> b$", ["a =\n  b"]),
        ("> - $$\n>   a\n>   $$", ["\n    a\n    "]),
        ("$$\na\n> 0\n$$", ["\na\n> 0\n"]),
        ("$$\r\nx\r\n\r\n= y\r\n$$\r\n\r\n$z$\r\n", ["\r\nx\r\n\r\n= y\r\n", "z"]),
        ("$$ \\text{cost \\$} $$", [" \\text{cost \\$} "]),
        ("$$ \\text{if $x$} $$", [" \\text{if $x$} "]),
        ("```math\nx = 1\ny\n```\n$z$", ["x = 1\ny", "z"]),
        ("> ```math\n> x\n> ```", ["  x"]),
        ("```math\nx", ["x"]),
        (
            "$$\na\n\n\\text{if $x_{1}$ is a vector}\n\n$$",
            ["\na\n\n\\text{if $x_{1}$ is a vector}\n\n"],
        ),
        ("$$ x % 5 $$", [" x % 5 "]),
        ("\\begin{align}\na &= b \\\\\n&= c\n\\end{align}", ["\na &= b \\\\\n&= c\n"]),
        ("\\begin{alignat*}{2} a &= b \\end{alignat*}", [" a &= b "]),
        ("$$\\begin{align*} a &= b \\end{align*}$$", ["\\begin{align*} a &= b \\end{align*}"]),
        ("$$ x $$\n\n```\ncode $$ y $$\n```\n\n$$ z $$", [" x ", " z "]),
    ],
)
def test_display(text: str, expected: list[str]) -> None:
    note = markdown(text)
    assert formulas(note) == expected
    assert codes(note) == []


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("$$ a_1 = b\n\nThen we get that\n\n$$ c $$", [" c "], ["unclosed-math $$"]),
        ("$$ a_1 = b\n\nDonc\n\n$$\nc\n$$", ["\nc\n"], ["unclosed-math $$"]),
        ("$$ a_1 = b\n\n$$ c = \\frac12 $$", [" c = \\frac12 "], ["unclosed-math $$"]),
        ("$$ a_1 = b\nThen we get that\n$$ c", [], ["unclosed-math $$", "no-formula"]),
        ("$$ a_1 = b\n\nso $x$ is\n\n$$ c $$", ["x", " c "], ["unclosed-math $$"]),
        ("$$ a_1 = b\n\n# Title\n\n$$ c $$", [" c "], ["unclosed-math $$"]),
        ("$$ a_1 = b\n\n```\nx\n```\n\n$$ c $$", [" c "], ["unclosed-math $$"]),
        ("$$ a = b\n\n因此我们得到\n\n$$\nc\n$$", ["\nc\n"], ["unclosed-math $$"]),
        ("\\[ a = b\n\n\\[ c \\]", [" c "], ["unclosed-math \\["]),
        ("\\( a = b\n\n\\( c \\)", [" c "], ["unclosed-math \\("]),
        (
            "\\begin{align} a = b\n\n\\begin{align} c \\end{align}",
            [" c "],
            ["unclosed-math \\begin{align}"],
        ),
        ("so $x = \\alpha and then $y$.", ["y"], ["unclosed-math $"]),
        ("so $x_{1}\n\nand $y$", ["y"], ["unclosed-math $"]),
        ("costs $5 and $\\alpha$", ["\\alpha"], []),
    ],
)
def test_unclosed(text: str, expected: list[str], found: list[str]) -> None:
    note = markdown(text)
    assert formulas(note) == expected
    assert codes(note) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$x = 1$ costs \\$5 and $2$3", ["x = 1", "2"]),
        ("a % $x$\n$y$ 5\\% $z$", ["y", "z"]),
        ("\\verb|$x$| and \\verb+$+ $y$", ["y"]),
        ("\\begin{verbatim}\n$x$ % \\end\n\\end{verbatim}$y$", ["y"]),
        ("\\begin{lstlisting}[a]\n$x$\\end{lstlisting}$y$", ["y"]),
        ("\\begin{minted}{py}\n$x$", []),
        ("\\newcommand{\\a}{$x$}\n\\begin{document}\n$\\a$\n\\end{document}\n$y$", ["\\a"]),
        ("\\newcommand{\\a}{$x$} $y$", ["y"]),
        ("a \\\\[2pt] b \\[ x \\\\[2pt] y \\]", [" x \\\\[2pt] y "]),
        ("$$ x $$ \\(y\\)", [" x ", "y"]),
        ("$$ a % $$\n= b $$", [" a     \n= b "]),
        ("\\begin{equation}\\label{a} x \\end{equation}", ["\\label{a} x "]),
        ("\\begin{math}x\\end{math}", ["x"]),
        ("\\begin{eqnarray*} x &=& y \\end{eqnarray*}", [" x &=& y "]),
        ("\\begin{displaymath}x\\end{displaymath}", ["x"]),
    ],
)
def test_tex(text: str, expected: list[str]) -> None:
    assert formulas(tex(text)) == expected


@pytest.mark.parametrize(
    ("text", "environment", "display"),
    [
        ("\\begin{align*}x\\end{align*}", "align*", True),
        ("\\begin{math}x\\end{math}", "math", False),
        ("$$\\begin{align}x\\end{align}$$", None, True),
        ("$x$", None, False),
        ("\\[x\\]", None, True),
        ("\\(x\\)", None, False),
    ],
)
def test_environment_and_display(text: str, environment: str | None, display: bool) -> None:
    for note in (markdown(text), tex(text)):
        assert [(f.environment, f.display) for f in note.formulas] == [(environment, display)]


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("$a$\n# A\n$b$\n## B\n$c$\n## C\n$d$\n# D\n$e$", [(), (1,), (1, 1), (1, 2), (2,)]),
        ("A\n=\n$a$\n\nB\n---\n$b$\n\nC\n===\n$c$", [(1,), (1, 1), (2,)]),
        ("# A\n#### B\n$a$\n## C\n$b$\n### D\n$c$", [(1, 1), (1, 2), (1, 2, 1)]),
        ("## A\n$a$\n# B\n$b$\n## C\n$c$", [(1,), (2,), (2, 1)]),
        ("```\n# A\n```\n$a$\n\n    # B\n$b$", [(), ()]),
        ("<!-- # A\n# B\n-->\n$a$", [()]),
        ("$$\na\n=\nb\n$$\n$c$", [(), ()]),
        ("$$ a $$\n---\n$b$", [(), ()]),
        ("#hashtag $a$\n- item\n---\n$b$\n***\n---\n$c$", [(), (), ()]),
        ("# On $a$ #\r\n$b$\r\n## B\r\n$c$", [(1,), (1,), (1, 1)]),
        ("---\na: b\n---\n$a$", [()]),
    ],
)
def test_sections(text: str, sections: list[tuple[int, ...]]) -> None:
    assert [f.section for f in markdown(text).formulas] == sections


def test_sections_of_tex() -> None:
    text = "$a$\\section{A}$b$\\subsection*{B}$c$\\paragraph{C}$d$\\section[s]{D}$e$"
    text += "% \\section{E}\n$f$"
    expected = [(), (1,), (1, 1), (1, 1, 1), (2,), (2,)]
    assert [f.section for f in tex(text).formulas] == expected


@pytest.mark.parametrize(
    ("definition", "name", "arguments", "default", "body"),
    [
        (r"\newcommand{\R}{\mathbb{R}}", r"\R", 0, None, r"\mathbb{R}"),
        (r"\newcommand\R{\mathbb R}", r"\R", 0, None, r"\mathbb R"),
        (r"\renewcommand*{\pd}[2]{\frac{#1}{#2}}", r"\pd", 2, None, r"\frac{#1}{#2}"),
        (r"\newcommand{\n}[2][2]{|#2|_{#1}}", r"\n", 2, "2", "|#2|_{#1}"),
        (r"\def\v#1{\mathbf{#1}}", r"\v", 1, None, r"\mathbf{#1}"),
        (r"\gdef\e{\{}", r"\e", 0, None, r"\{"),
        (r"\DeclareMathOperator{\tr}{tr}", r"\tr", 0, None, r"\operatorname{tr}"),
        (r"\DeclareMathOperator*{\am}{arg\,min}", r"\am", 0, None, r"\operatorname{arg\,min}"),
    ],
)
def test_macros(definition: str, name: str, arguments: int, default: str | None, body: str) -> None:
    for text in (definition, f"$x$\n\n${definition}$", f"> $$\n> {definition}\n> $$"):
        note = markdown(text)
        macro = note.macros[name]
        assert (macro.arguments, macro.default, macro.body) == (arguments, default, body)
        assert note.source.slice(macro.span) == definition


def test_macros_count_from_where_they_are_defined() -> None:
    note = markdown(r"$\newcommand{\a}{1}$ $\a$ $\renewcommand{\a}{2}$ $\a$ $\newcommand{\b}{3}$")
    first, second = note.formulas[1].span.start, note.formulas[3].span.start
    assert note.macros_at(first)[r"\a"].body == "1"
    assert note.macros_at(second)[r"\a"].body == "2"
    assert note.macros_at(first)[r"\b"].body == "3"


@pytest.mark.parametrize(
    "text", [r"`\def\a{1}`", "```\n\\def\\a{1}\n```", r"<!-- \def\a{1} -->", r"use \def or $x$"]
)
def test_macros_in_code_are_none(text: str) -> None:
    assert markdown(text).macros == {}


def test_macro_that_is_not_understood() -> None:
    note = markdown(r"$\def\p(#1,#2){#1}$ and $x$")
    assert codes(note) == [r"macro-not-read \def\p"]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (markdown("a <!-- symgrad: W in R^n --> b"), ["W in R^n"]),
        (markdown("<!--symgrad:\n a\n b\n-->"), ["a\n b"]),
        (markdown("<!-- other --> `<!-- symgrad: a -->`"), []),
        (tex("% symgrad: a; b\n%% symgrad: c\n\\% symgrad: d"), ["a; b", "c"]),
    ],
)
def test_directives(note: Note, expected: list[str]) -> None:
    assert [d.text for d in note.directives] == expected
    assert [note.source.slice(d.span) for d in note.directives] == expected


def test_positions_count_characters() -> None:
    note = markdown("é 𝒳\r\n  $φ = 1$\r\n")
    span = note.formulas[0].span
    assert note.source.position(span.start) == (2, 4)
    assert note.source.slice(span) == "φ = 1"


# -- files --------------------------------------------------------------------


def test_byte_order_mark_and_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes("\ufeff$é$".encode())
    note = read_note(path)
    assert note.source.position(note.formulas[0].span.start) == (1, 2)
    assert note.source.path == str(path)


def test_notebook(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# A\n", "$x$"]},
        {"cell_type": "code", "source": "'$y$'"},
        {"cell_type": "markdown", "source": "$z$"},
    ]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    note = read_note(path)
    assert note.source.text == "# A\n$x$\n\n$z$"
    assert formulas(note) == ["x", "z"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.md", b"a\0b", "NUL"),
        ("a.md", b"caf\xe9", "byte 4 is not UTF-8"),
        ("a.ipynb", b"{", "Jupyter"),
        ("a.ipynb", b"[1]", "Jupyter"),
        ("a.ipynb", b'{"cells": [{"cell_type": "markdown", "source": 1}]}', "Jupyter"),
        ("missing.md", None, "no such file"),
    ],
)
def test_unreadable(tmp_path: Path, name: str, data: bytes | None, reason: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(UnreadableNote, match=reason):
        read_note(tmp_path / name)


def test_a_directory_is_no_note(tmp_path: Path) -> None:
    with pytest.raises(UnreadableNote, match="directory"):
        read_note(tmp_path)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    for text, expected in (("$x$", ["x"]), ("\\documentclass{a}\n$2$3 % $x$", ["2"])):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert formulas(read_note("-")) == expected


def test_find_notes(tmp_path: Path) -> None:
    for name in ("b.md", "a.tex", "c.py", "d/e.ipynb", ".h/f.md", "node_modules/g.md", ".i.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    found = [Path(p).relative_to(tmp_path).as_posix() for p in find_notes([tmp_path])]
    assert found == ["a.tex", "b.md", "d/e.ipynb"]
    assert find_notes(["-", tmp_path / "c.py", tmp_path / "c.py"]) == ["-", str(tmp_path / "c.py")]
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableNote, match=r"no \.md, \.tex or \.ipynb file"):
        find_notes([tmp_path / "empty"])
    with pytest.raises(UnreadableNote, match="no such file"):
        find_notes([tmp_path / "missing"])


# -- nothing in a text is ever a traceback -------------------------------------

PIECES = r"""
$ $$ \( \) \[ \] \\( \\[ \\] ` ``` ~~~ ```math > - 1. # = --- <!-- --> <pre> </pre> <a \$ \ %
| { } [ ]
\begin{align} \end{align} \begin{alignat} {2} \newcommand{\a} \def\a#1 \verb| \section{A} symgrad:
\begin{verbatim} \begin{document} a word 5 é 因
"""
SPACES = ["\n", "\n\n", "\r\n", "    ", "\t", " ", "\ufeff", "\x0b", "\u2028", "\r", "\0"]
_TEXTS = st.one_of(
    st.text(), st.lists(st.sampled_from([*PIECES.split(), *SPACES]), max_size=40).map("".join)
)


@settings(max_examples=300, deadline=None)
@given(text=_TEXTS, path=st.sampled_from(["a.md", "a.tex"]))
def test_any_text_is_read(text: str, path: str) -> None:
    note = read_note(Source(path, text))
    formulas(note)
    ends = [0]
    for formula in note.formulas:
        assert ends[-1] <= formula.outer.start
        ends.append(formula.outer.end)
    assert ends[-1] <= len(text)


def test_reading_is_fast_on_a_long_unclosed_text() -> None:
    start = time.process_time()
    for piece in ("$", "$$ a = b\n\n", "\\[", "\\begin{align}", "`", "<!--", "<a ", "> $$\n"):
        markdown(piece * 3000)
        tex(piece * 3000)
    assert time.process_time() - start < 5
