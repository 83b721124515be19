"""`symgrad latex NOTE`: the verified derivatives of a note; what is written is proved."""

from __future__ import annotations

import re
import shutil
from base64 import b64decode
from pathlib import Path

import pytest
from click.testing import CliRunner

from symgrad.cli import main
from symgrad.diagnostics import Source
from symgrad.verify import verify
from symgrad.writing import pdf
from symgrad.writing.tex_characters import declarations, in_formula, in_words

FOLDER = Path(__file__).parent.parent / "derivations"
NOTES = sorted(FOLDER.rglob("*.md"))

PARTLY_RIGHT = r"""# Squares & sums

Nothing of this paragraph is mathematics.

$\newcommand{\by}[2]{\frac{\partial #1}{\partial #2}}$

Let $n \in \mathbb N$, $x \in \mathbb R^n$, $w \in \mathbb R^n$ and *all* of $i \in \{1,\dots,n\}$.

$$L = \sum_{k=1}^n x_k^2 w_k$$

$$\by{L}{x_i} = 2 w_i$$

$$\by{L}{w_i} =$$

$$\by{L}{x_i} = 2 x_i w_i = 7 + \sin(x_i) \star w_i$$
"""


def run(*arguments, **more):
    return CliRunner().invoke(main, ["latex", *arguments], **more)


def written(note, target="markdown"):
    result = run(str(note), "--to", target)
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_what_it_writes_of_a_note_is_proved(path):
    report = verify(written(path), second_opinion=False)
    assert report.passed()
    assert len(report.results) == len(verify(path, second_opinion=False).results)


LONG = pytest.param("relu-network", marks=pytest.mark.slow)


@pytest.mark.parametrize("name", ["three-layers", LONG, "softmax-cross-entropy"])
def test_as_latex_it_is_proved_too(name):
    text = written(FOLDER / f"{name}.md", "tex")
    assert text.startswith(r"\documentclass")
    assert verify(Source("note.tex", text), second_opinion=False).passed()


@pytest.fixture
def partly_right(tmp_path):
    path = tmp_path / "note.md"
    path.write_text(PARTLY_RIGHT)
    return path


def test_what_is_neither_proved_nor_mended_is_left_out_and_said(partly_right):
    result = run(str(partly_right), "--to", "markdown")
    assert result.exit_code == 1
    assert "left out" in result.stderr
    assert f"{partly_right}:15:" in result.stderr
    assert r"\by{L}{x_i} = 2 x_i w_i$$" in result.stdout
    assert r"\by{L}{w_i} = x_i^2$$" in result.stdout
    assert "star" not in result.stdout
    assert verify(result.stdout).passed()


@pytest.mark.parametrize(
    ("chain", "left"),
    [
        (r"A = 3 x_i = 2 x_i", r"A = 2 x_i"),
        (r"A = 3 x_i = 2  x_i = x_i 2", r"A = 2 x_i = x_i 2"),
        (
            "\\begin{align*}\nA & = 3 x_i \\\\\n& = 2 x_i \\\\\n& = x_i + x_i\n\\end{align*}",
            "\\begin{align*}\nA & = 2 x_i \\\\\n& = x_i + x_i\n\\end{align*}",
        ),
        (
            "\\begin{align*}\nA & = 2 x_i \\\\\n& = 3 x_i \\star 7\n\\end{align*}",
            "\\begin{align*}\nA & = 2 x_i\n\\end{align*}",
        ),
    ],
)
def test_no_member_is_repeated_and_no_row_is_empty(chain, left, tmp_path):
    path = tmp_path / "note.md"
    slope = r"\frac{\partial}{\partial x_i} \sum_{k=1}^n x_k^2"
    declared = r"Let $x \in \mathbb R^n$, $i \in \{1,\dots,n\}$."
    path.write_text(f"{declared}\n\n$${chain.replace('A', slope)}$$\n")
    text = run(str(path), "--to", "markdown").stdout
    assert f"$${left.replace('A', slope)}$$" in text
    assert verify(text, second_opinion=False).passed()


def test_words_and_macros_stay(partly_right):
    text = run(str(partly_right), "--to", "tex").stdout
    assert "Nothing of this paragraph is mathematics." in text
    assert r"{\LARGE Squares \& sums}" in text
    assert r"\emph{all}" in text
    assert text.count(r"\renewcommand{\by}[2]") == 1
    assert "$$" not in text
    assert verify(Source("note.tex", text)).passed()


needs_pdflatex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="there is no pdflatex here"
)


@needs_pdflatex
@pytest.mark.parametrize("name", ["three-layers", "relu-network-corrected", LONG])
def test_no_line_of_a_note_is_wider_than_the_page(name):
    _, log = pdf.compiled(written(FOLDER / f"{name}.md", "tex"))
    assert not re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)


def test_a_latex_note_becomes_markdown(tmp_path):
    path = tmp_path / "note.tex"
    path.write_text(
        r"""\documentclass{article}
\begin{document}
\section{One \emph{sum}}
Let $x \in \mathbb R^n$ and $i \in \{1,\dots,n\}$. % a comment
\begin{equation}
\frac{\partial}{\partial x_i} \sum_{k=1}^n x_k^2 = 2 x_i
\end{equation}
\end{document}
"""
    )
    text = written(path)
    assert text.startswith("## One *sum*\n\nLet $x")
    assert "comment" not in text
    assert r"\documentclass" not in text
    assert verify(text).passed()


def test_nothing_is_written_where_nothing_is_verified(tmp_path):
    path = tmp_path / "note.md"
    path.write_text("Let $x \\in \\mathbb R^n$.\n")
    file = tmp_path / "out.md"
    result = run(str(path), "-o", str(file))
    assert result.exit_code == 1
    assert "no claim in it is proved" in result.stderr
    assert not file.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["note.md", "--layers", "m,n"], "give a NOTE, or the sizes of a network"),
        (["note.md", "--loss", "huber"], "--loss goes with --layers"),
        (["missing.md"], "missing.md: no such file"),
    ],
)
def test_bad_usage(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


WHOLE = r"""---
title: Front
---

# A note — “whole”

Words only: ∇L, é → 50 % of `a_b`, $5, A & B, "so".

Let $x ∈ ℝ^n$, $w \in \mathbb R^n$, $i ∈ \{1,…,n\}$[^why] and $α ∈ ℝ$.

> Quoted, with *emphasis* and
> $$
> L = α \sum_{k=1}^n x_k² w_k
> $$

3. third: $\frac{∂L}{∂w_i} =$
4. fourth, with

   $$\frac{∂L}{∂x_i} = α x_i$$

   - inner **bold**
   - [ ] open

```python
return α * x  # {}
```

| a | $x_i$ |
|:--|:-:|
| $\|x\|$ | two & [link](https://a.b/c_d#e%20f) |

![shown](shown.png) ![missing](missing.png)

<div>of HTML</div>

one<br>two ~~gone~~ <!-- symgrad: w in R^n -->

    indented code

---

## End

The end.[^why]

[^why]: Because of `code` and $x_i$.
[^unused]: Nothing.
"""


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "note.md"
    path.write_text(WHOLE)
    (tmp_path / "shown.png").write_bytes(PIXEL)
    return path


PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
)


def test_markdown_that_stays_markdown_is_only_mended(whole):
    text = written(whole)
    mended = WHOLE.replace("∂w_i} =$", r"∂w_i} = \alpha x_i^2$").replace(
        "= α x_i$", "= 2 w_i α x_i$"
    )
    assert text == mended
    assert verify(text, second_opinion=False).passed()


def test_markdown_becomes_latex_with_all_its_blocks(whole):
    result = run(str(whole), "--to", "fragment")
    assert result.exit_code == 0
    for part in (
        r"{\LARGE A note — “whole”}",
        r"\ensuremath{\nabla}L, é \ensuremath{\to} 50 \% of \texttt{a\_b}, \$5, A \& B, ``so''.",
        r"$i \in \{1,\dots,n\}$\footnote{Because of \texttt{code} and $x_i$.}",
        "\\begin{quote}\nQuoted, with \\emph{emphasis} and\n\\[L = \\alpha",
        "\\begin{enumerate}\n\\setcounter{enumi}{2}",
        r"\item inner \textbf{bold}",
        r"\item {}[ ] open",
        "\\begin{verbatim}\nreturn α * x  # {}\n\\end{verbatim}",
        "\\begin{tabular}{lc}\n\\hline\na & $x_i$ \\\\\n",
        r"two \& \href{https://a.b/c\_d\#e\%20f}{link}",
        r"\includegraphics[width=0.8\linewidth,height=0.4\textheight,keepaspectratio]{shown.png}",
        r"\emph{missing}",
        "of HTML",
        "one\\\\{}\ntwo gone",
        "% symgrad: w in R^n",
        "\\begin{verbatim}\nindented code\n\\end{verbatim}",
        r"\hrulefill",
        r"\section*{End}",
        r"The end.\textsuperscript{1}",
    ):
        assert part in result.stdout, part
    tex = Source("note.tex", result.stdout)
    assert verify(tex, second_opinion=False).passed()


def test_what_has_no_place_in_latex_is_said_with_its_line(whole):
    said = run(str(whole), "--to", "fragment").stderr
    for line, words in (
        ("---", "front matter"),
        ("![shown", "the image missing.png"),
        ("<div>", "HTML"),
        ("one<br>", "crossed-out"),
        ("[^unused]", "a footnote"),
    ):
        line = WHOLE.count("\n", 0, WHOLE.index(line)) + 1
        assert re.search(rf"note\.md:{line}: [^\n]*{words}", said), (line, words, said)
    assert said.count("\n") == 5
    assert not run(str(whole), "--to", "markdown").stderr


LATEX = r"""\documentclass{article}
\usepackage{amssymb}
\newcommand{\by}[2]{\frac{\partial #1}{\partial #2}}
\title{On squares}
\begin{document}
\maketitle
Let $x ∈ \mathbb R^n$ and $i \in \{1,\dots,n\}$. % a comment
Words “only”, caf\'e, 50\,\% of it\footnote{See \emph{there}.}.
\begin{itemize}
\item $\by{}{x_i} \sum_{k=1}^n x_k^2 =$
\item two
  \begin{enumerate}
  \item in \textbf{it}
  \end{enumerate}
\end{itemize}
\begin{quote}
\begin{equation}
\by{}{x_i} \sum_{k=1}^n x_k^3 = 3 x_i^2
\end{equation}
\end{quote}
\begin{verbatim}
code $x$ % here
\end{verbatim}
\begin{tabular}{|l|c|}
\hline a & $x_i$ \\ \hline
c & d \\
\end{tabular}
See \cite{x} and \verb|a_b|.
\end{document}
"""
"""Without a section, and without an empty line after the preamble."""


@pytest.mark.parametrize("name", ["note.tex", "note.txt"])
def test_latex_that_stays_latex_is_only_mended(name, tmp_path):
    path = tmp_path / name
    path.write_text(LATEX)
    text = written(path, "tex")
    front, back = text.split(r"\begin{document}")
    assert front.startswith(LATEX.split(r"\begin{document}")[0])
    assert r"\DeclareUnicodeCharacter{2208}{\ensuremath{\in}}" in front
    mended = LATEX.split(r"\begin{document}")[1].replace("x_k^2 =$", "x_k^2 = 2 x_i$")
    assert back == mended
    fragment = written(path, "fragment")
    assert fragment.startswith(r"\providecommand{\by}{}\renewcommand{\by}[2]")
    assert r"{\LARGE On squares}" in fragment
    assert "documentclass" not in fragment
    for latex in (text, fragment):
        assert verify(Source("note.tex", latex), second_opinion=False).passed()


def test_latex_becomes_markdown_with_all_its_blocks(tmp_path):
    path = tmp_path / "note.tex"
    path.write_text(LATEX)
    result = run(str(path), "--to", "markdown")
    line = LATEX.split("\\cite")[0].count("\n") + 1
    assert result.stderr == f"{path}:{line}: \\cite is not known here: it stays as it is\n"
    for part in (
        "# On squares\n",
        "Words “only”, café, 50 % of it[^1].\n",
        "- $\\by{}{x_i} \\sum_{k=1}^n x_k^2 = 2 x_i$\n- two\n\n  1. in **it**\n",
        "> $$\\begin{equation}\n> \\by",
        "\n```\ncode $x$ % here\n```\n",
        "| a | $x_i$ |\n| --- | :-: |\n| c | d |\n",
        "See \\cite{x} and `a_b`.\n",
        "[^1]: See *there*.\n",
    ):
        assert part in result.stdout, part
    assert verify(result.stdout, second_opinion=False).passed()


def test_characters_of_formulas_become_commands():
    assert in_formula(r"∂αβ ≥ x² xᵢ ŷ \text{für α}") == (
        r"\partial\alpha\beta \geq x^{2} x_{i} \hat{y} \text{für \ensuremath{\alpha}}"
    )
    assert in_words("∇L — é") == r"\ensuremath{\nabla}L — é"
    lines, unknown = declarations("é 中")
    assert lines[0] == r"\DeclareUnicodeCharacter{00E9}{\'{e}}"
    assert unknown == ["中"]


@needs_pdflatex
def test_whole_notes_compile(whole, tmp_path):
    characters = "α β ∂ ∇ Σ ≥ ≤ → ℝ ⊙ · “ ” — é ñ ß « » 中 ½ ′ € 𝟙 ✓"
    more = f"\n{characters}\n\n    {characters}\n\n$β ∈ ℝ^n$\n"
    whole.write_text(WHOLE + more)
    latex = tmp_path / "note.tex"
    latex.write_text(LATEX)
    for path in (whole, latex):
        file = tmp_path / "made.pdf"
        result = run(str(path), "--to", "pdf", "-o", str(file))
        assert result.exit_code == 0, result.stderr
        assert file.read_bytes().startswith(b"%PDF")
