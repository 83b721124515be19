"""`symgrad latex NOTE`: the verified derivatives of a note; what is written is proved."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from symgrad.cli import main
from symgrad.diagnostics import Source
from symgrad.verify import verify
from symgrad.writing import pdf
from symgrad.writing.prose import latex_to_markdown, markdown_to_latex

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


def test_prose_without_formulas_goes_and_macros_stay(partly_right):
    text = run(str(partly_right), "--to", "tex").stdout
    assert "Nothing of this" not in text
    assert r"{\LARGE Squares \& sums}" in text
    assert r"\emph{all}" in text
    assert text.count(r"\renewcommand{\by}[2]") == 1
    assert "$$" not in text
    assert verify(Source("note.tex", text)).passed()


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex here")
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
    assert "## One *sum*" in text
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


def test_words_go_both_ways():
    markdown = "A **bold** `x_1`, *so* 5 % of $a_1$ & [a link](there)"
    latex = r"A \textbf{bold} \texttt{x\_1}, \emph{so} 5 \% of $a_1$ \& a link"
    assert markdown_to_latex(markdown) == latex
    assert latex_to_markdown(latex) == "A **bold** `x_1`, *so* 5 % of $a_1$ & a link"
