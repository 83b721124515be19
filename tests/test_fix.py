"""`symgrad fix`: what it mends, what it leaves, and how it writes files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import symgrad
from symgrad.cli import main
from symgrad.diagnostics import Source
from symgrad.mending.files import open_file
from symgrad.mending.mend import mend

DERIVATIONS = Path(symgrad.__file__).parents[1] / "derivations"
RIGHT = ("relu-network-corrected.md", "three-layers.md")

DECLARED = r"Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $y \in \mathbb R^n$." + "\n"


def fixed(text: str, path: str = "note.md") -> str:
    return mend(Source(path, text), second_opinion=False).after.source.text


def run(*arguments: str, given: str | None = None):
    return CliRunner().invoke(main, ["fix", *arguments], input=given)


def proves(text: str, path: str = "note.md") -> bool:
    return symgrad.verify(Source(path, text), second_opinion=False).passed()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        # The range of a sum.
        (r"$$[Wx]_i = \sum_{k=1}^n W_{ik} x_k$$", r"$$[Wx]_i = \sum_{k=1}^m W_{ik} x_k$$"),
        # A range of more than one token, where the wrong one needs no braces.
        (
            "Let $z \\in \\mathbb R^{\\ell_1}$.\n$$\\|z\\|^2 = \\sum_{k=1}^n z_k^2$$",
            "Let $z \\in \\mathbb R^{\\ell_1}$.\n$$\\|z\\|^2 = \\sum_{k=1}^{\\ell_1} z_k^2$$",
        ),
        # A wrong formula, in the letters of the author.
        (
            r"$$\frac{\partial \|Wx\|^2}{\partial x_j} = \sum_{p=1}^n W_{pj} [Wx]_p$$",
            r"$$\frac{\partial \|Wx\|^2}{\partial x_j} = 2 \sum_{p=1}^n W_{pj} [Wx]_p$$",
        ),
        # Blanks, also those with a question mark.
        (
            r"$$\frac{\partial \|x\|^2}{\partial x_j} =$$",
            r"$$\frac{\partial \|x\|^2}{\partial x_j} = 2 x_j$$",
        ),
        (
            r"$$\frac{\partial \|x\|^2}{\partial x_j} = ?$$",
            r"$$\frac{\partial \|x\|^2}{\partial x_j} = 2 x_j$$",
        ),
        # The declaration of an index.
        (
            "Let $j \\in \\{1,\\dots,n\\}$.\n$$\\frac{\\partial x_j^2}{\\partial x_j} = 2 x_j$$",
            "Let $j \\in \\{1,\\dots,m\\}$.\n$$\\frac{\\partial x_j^2}{\\partial x_j} = 2 x_j$$",
        ),
        # A bare expression.
        (
            "Let $g(x) = \\|Wx\\|^2$.\n$$2 \\sum_{i=1}^n W_{ij} [Wx]_i$$",
            "Let $g(x) = \\|Wx\\|^2$.\n$$\\dfrac{\\partial g}{\\partial x_j} = "
            "2 \\sum_{i=1}^n W_{ij} [Wx]_i$$",
        ),
        # A derivative that nothing is said of, which is a blank.
        (
            r"$$\frac{\partial \|x\|^2}{\partial x_j}$$",
            r"$$\frac{\partial \|x\|^2}{\partial x_j} = 2 x_j$$",
        ),
        (
            "Let $g = \\|x\\|^2$.\n$$\\frac{\\partial g}{\\partial x}.$$",
            "Let $g = \\|x\\|^2$.\n$$\\frac{\\partial g}{\\partial x} = 2 x.$$",
        ),
        (
            "Let $g = \\|x\\|^2$.\n$$\\frac{\\partial}{\\partial x_i} g$$",
            "Let $g = \\|x\\|^2$.\n$$\\frac{\\partial}{\\partial x_i} g = 2 x_i$$",
        ),
        # A condition under a brace that names another index.
        (
            r"$$\frac{\partial \|x\|^2}{\partial x_j} = \sum_{k=1}^m 2 x_k "
            r"\underbrace{\frac{\partial x_k}{\partial x_j}}_{= 0 \text{ if } i \neq k}$$",
            r"$$\frac{\partial \|x\|^2}{\partial x_j} = \sum_{k=1}^m 2 x_k "
            r"\underbrace{\frac{\partial x_k}{\partial x_j}}_{= 0 \text{ if } j \neq k}$$",
        ),
    ],
)
def test_only_what_is_wrong_is_written_anew(wrong, right):
    assert fixed(DECLARED + wrong) == DECLARED + right
    assert proves(DECLARED + right)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_note_stays_as_it_is(name):
    path = DERIVATIONS / name
    mended = mend(Source(str(path), path.read_text(encoding="utf-8")), second_opinion=False)
    assert mended.after is mended.before
    assert mended.left == []


def test_the_draft_becomes_right_and_complete():
    path = DERIVATIONS / "relu-network.md"
    mended = mend(Source(str(path), path.read_text(encoding="utf-8")), second_opinion=False)
    assert mended.left == []
    assert mended.after.report.read == mended.after.report.formulas
    assert {r.verdict for r in mended.after.report.results} == {"proved"}
    assert len(mended.after.report.results) == len(mended.before.report.results)
    before, after = (text.source.text.split("\n") for text in (mended.before, mended.after))
    assert len(before) == len(after)
    again = mend(mended.after.source, second_opinion=False)
    assert again.after is again.before


def test_what_cannot_be_mended_is_left_and_said():
    note = DECLARED + "$$\\|x\\| = \\foo{y}$$\n$$[Wx]_i = \\sum_{k=1}^n W_{ik} x_k$$\n"
    done = run("-", "-o", "-", given=note)
    assert done.exit_code == 1
    assert done.stdout == note.replace(r"{k=1}^n", r"{k=1}^m")
    assert done.stderr.startswith("-:2:")
    assert "left:" in done.stderr


LAYERS = r"""
Let $a(x) = \max(x, 0)$ and $(p, q, r, s) \in \mathbb N^4$.
Let $f^{(m,n)}: (x, W) \in \mathbb R^m \times \mathbb R^{n \times m} \longmapsto a(Wx)$
and $L: (y, t) \in (\mathbb R^n)^2 \longmapsto \|y - t\|^2$.
Let $W^{(1)} \in \mathbb R^{q \times p}$, $W^{(2)} \in \mathbb R^{r \times q}$,
$W^{(3)} \in \mathbb R^{s \times r}$, $x \in \mathbb R^p$, $t \in \mathbb R^s$.
"""


def test_a_call_with_the_sizes_of_another_layer():
    wrong = (
        LAYERS + r"$$\| f^{(p,q)}(f^{(p,q)}(x, W^{(1)}), W^{(1)}) \|^2 ="
        r" \sum_{k=1}^r f^{(q,r)}_k(f^{(p,q)}(x, W^{(1)}), W^{(2)})^2$$"
    )
    assert fixed(wrong) == wrong.replace(
        r"\| f^{(p,q)}(f^{(p,q)}(x, W^{(1)}), W^{(1)})",
        r"\| f^{(q,r)}(f^{(p,q)}(x, W^{(1)}), W^{(2)})",
    )


def test_a_loss_to_which_layers_are_missing():
    wrong = (
        LAYERS + r"$$L(f^{(p,q)}(x, W^{(1)}), t) = \sum_{k=1}^q (f^{(p,q)}_k(x, W^{(1)}) - t_k)^2$$"
    )
    after = fixed(wrong)
    inner = r"f^{(q,r)}(f^{(p,q)}(x, W^{(1)}), W^{(2)}), W^{(3)})"
    assert rf"L(f^{{(r,s)}}({inner}, t) = \sum_{{k=1}}^s" in after
    assert proves(after)


def test_a_size_that_was_never_introduced_is_written_where_it_stands():
    text = r"""Let $(n, p, q) \in \mathbb N^3$.
Let $L: (y, t) \in (\mathbb R^n)^2 \longmapsto \|y - t\|^2$.
Let $x \in \mathbb R^p$, $z \in \mathbb R^q$, $t \in \mathbb R^u$.
$$\frac{\partial L(x, t)}{\partial x_i} = 2 (x_i - t_i)$$
Now hold $t$ fixed.
$$\frac{\partial L(z, t)}{\partial z_i} = 2 (z_i - t_i)$$
"""
    right = text.replace(r"\mathbb R^u", r"\mathbb R^p").replace(
        "hold $t$", r"hold $t \in \mathbb R^q$"
    )
    assert fixed(text) == right
    assert proves(right)


# -- files --------------------------------------------------------------------

WRONG = DECLARED + r"$$[Wx]_i = \sum_{k=1}^n W_{ik} x_k$$" + "\n"


def test_the_difference_is_shown_and_nothing_written(tmp_path):
    note = tmp_path / "note.md"
    note.write_text(WRONG)
    done = run(str(note))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-2:] == [
        r"-$$[Wx]_i = \sum_{k=1}^n W_{ik} x_k$$",
        r"+$$[Wx]_i = \sum_{k=1}^m W_{ik} x_k$$",
    ]
    assert note.read_text() == WRONG


def test_line_ends_mark_and_mode_stay(tmp_path):
    note = tmp_path / "note.tex"
    text = "\\documentclass{article}\n\\begin{document}\né " + WRONG + "\\end{document}"
    data = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    note.write_bytes(data)
    note.chmod(0o640)
    assert run(str(note), "--write").exit_code == 0
    assert note.read_bytes() == data.replace(b"=1}^n", b"=1}^m")
    assert note.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["note.tex"]


@pytest.mark.parametrize("options", [{"indent": 1, "ensure_ascii": False}, {}])
def test_a_notebook_stays_one(tmp_path, options):
    note = tmp_path / "note.ipynb"
    lines = ['# Übung "1"\n', *DECLARED.splitlines(keepends=True)]
    book = {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": [*lines, "$$\\|x\\|^2 = x^T x$$"]},
            {"cell_type": "code", "source": ["a = '$x$'\n"], "outputs": [], "n": 1.5e3},
            {"cell_type": "markdown", "source": []},
            {"cell_type": "markdown", "source": WRONG.splitlines()[1] + "\n\n"},
        ],
        "nbformat": 4,
    }
    note.write_text(json.dumps(book, **options), encoding="utf-8")
    raw = note.read_text(encoding="utf-8")
    assert run(str(note), "--write").exit_code == 0
    assert note.read_text(encoding="utf-8") == raw.replace("{k=1}^n", "{k=1}^m")


def test_a_notebook_is_read_as_it_is_verified(tmp_path):
    note = tmp_path / "note.ipynb"
    book = {"cells": [{"cell_type": "markdown", "source": [WRONG, "one"]}] * 2}
    note.write_text(json.dumps(book))
    file = open_file(str(note))
    starts, ends = file.places[::2], file.places[1::2]
    parts = [file.source.text[a:b] for a, b in zip(starts, ends, strict=True)]
    assert parts == [WRONG + "one"] * 2


def test_what_cannot_be_used_is_refused(tmp_path):
    assert run(str(tmp_path / "none.md")).exit_code == 2
    note = tmp_path / "note.md"
    note.write_text(WRONG)
    assert run(str(note), "-o", str(tmp_path / "no" / "such.md")).exit_code == 2
    assert run(str(note), "--write", "--diff").exit_code == 2
    assert run("-", "--write", given=WRONG).exit_code == 2
    assert note.read_text() == WRONG


def test_applied_twice_it_changes_nothing(tmp_path):
    once = tmp_path / "once.md"
    assert run("-", "-o", str(once), given=WRONG).exit_code == 0
    done = run(str(once))
    assert (done.exit_code, done.stdout) == (0, "")
