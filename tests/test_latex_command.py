"""`symgrad latex`: what it writes, where, and what it says when it cannot."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from symgrad.cli import main
from symgrad.writing import pdf

needs_pdflatex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="there is no pdflatex here"
)


def run(*arguments, **more):
    return CliRunner().invoke(main, ["latex", *arguments], **more)


def test_the_note_it_writes_is_proved(tmp_path):
    note = tmp_path / "note.md"
    assert run("--layers", "m,n,q", "--to", "markdown", "-o", str(note)).exit_code == 0
    verified = CliRunner().invoke(main, ["verify", str(note)])
    assert verified.exit_code == 0, verified.output


def test_a_fragment_has_no_preamble():
    shown = run("--layers", "m,n,q", "--form", "matrix").output
    assert r"\documentclass" not in shown
    assert r"\begin{align*}" in shown


def test_a_document_compiles_by_itself():
    shown = run("--layers", "m,n,q", "--to", "tex").output
    assert shown.startswith(r"\documentclass")
    assert shown.rstrip().endswith(r"\end{document}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give a NOTE, or the sizes of a network"),
        (["--layers", "m"], "two sizes or more"),
        (["--layers", "m,,q"], "a size is a positive integer or a name"),
        (["--layers", "3,0,2"], "a size is a positive integer or a name"),
        (["--layers", "m n,q"], "a size is a positive integer or a name"),
        (["--layers", "m,q$"], "a size is a positive integer or a name"),
        (["--layers", ""], "a size is a positive integer or a name"),
        (["--layers", "-1,2"], "a size is a positive integer or a name"),
        (["--layers", "1.5,2"], "a size is a positive integer or a name"),
        (["--layers", "mm,q"], "a size is a positive integer or a name"),
        (["--layers", r"m,\frac"], "a size is a positive integer or a name"),
        (["--layers", "m,X"], "a size cannot be called X"),
        (["--layers", "m,N,q", "--form", "batch"], "N is the number of examples"),
        (["--layers", "m,q", "--activation", "rely"], "did you mean 'relu'"),
        (["--layers", "m,q", "--activation", "X"], "X names the activation and something else"),
        (["--layers", "m,q", "--activation", r"\tanh"], "did you mean 'tanh'"),
        (["--layers", "m,q", "--activation", "I"], "I names the activation and something else"),
        (["--layers", "m,q", "--output-activation", "sofmax"], "did you mean 'softmax'"),
        (["--layers", "m,q", "--loss", "squared"], "no loss is called 'squared'"),
        (["--layers", "m,q", "--loss", "binary-cross-entropy", "--activation", "step"], "no value"),
        (["--layers", "m,q", "--wrt", ""], "the network has no ''"),
        (["--layers", "m,q", "--wrt", "target"], "the network has no 'target'"),
        (["--layers", "m,q", "--lang", "de"], "'de' is not one of"),
        (["--layers", "m,q", "--to", "docx"], "'docx' is not one of"),
        (["--layers", "m,q", "--notation", "none"], "'none' is not one of"),
        (["--layers", "m,q", "-o", ""], "-o needs the name of a file"),
        (["--layers", "m,q", "--wrt", "W2"], "the network has no 'W2'"),
        (["--layers", "m,q", "--form", "tensor"], "tensor"),
    ],
)
def test_bad_usage(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_bad_usage_leaves_no_file(tmp_path):
    file = tmp_path / "note.tex"
    assert run("--layers", "m,q", "--loss", "none", "-o", str(file)).exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_file(tmp_path):
    result = run("--layers", "m,q", "-o", str(tmp_path))
    assert result.exit_code == 2
    assert str(tmp_path) in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_said():
    result = run("--layers", "m,q", "-o", "/dev/full")
    assert result.exit_code == 2
    assert result.stderr == "/dev/full: it cannot be written: No space left on device\n"
    with open("/dev/full", "w") as full:
        program = [sys.executable, "-m", "symgrad", "latex", "--layers", "m,q"]
        run_alone = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True)
    assert run_alone.returncode == 2
    assert "standard output: it cannot be written" in run_alone.stderr
    assert "internal error" not in run_alone.stderr


def test_an_activation_that_no_layer_has_is_said(tmp_path):
    options = ["--activation", "tanh", "--output-activation", "softmax"]
    alone = run("--layers", "m,q", *options)
    assert alone.exit_code == 0
    assert "the only layer has --output-activation" in alone.stderr
    assert not run("--layers", "m,n,q", *options).stderr


@pytest.mark.parametrize("form", ["entries", "matrix", "batch", "expanded"])
@pytest.mark.parametrize(
    "option",
    [
        ["--notation", "subscripts"],
        ["--lang", "fr"],
        ["--steps"],
        ["--wrt", "B1"],
        ["--loss", "huber"],
        ["--activation", "tanh"],
        ["--output-activation", "softmax"],
    ],
    ids=lambda option: option[0],
)
def test_every_option_has_an_effect_in_every_form(option, form):
    for layers in ("m,q", "m,n,q"):
        for activation in ("relu", "identity"):
            given = ["--layers", layers, "--form", form]
            plain = run(*given, "--activation", activation).output
            assert run(*given, "--activation", activation, *option).output != plain


@pytest.mark.parametrize("target", ["markdown", pytest.param("pdf", marks=needs_pdflatex)])
def test_where_it_cannot_write(target, tmp_path):
    file = tmp_path / "missing" / "note"
    result = run("--layers", "m,q", "--to", target, "-o", str(file))
    assert result.exit_code == 2
    assert str(file) in result.output
    assert list(tmp_path.iterdir()) == []


def test_without_pdflatex(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("--layers", "m,q", "--to", "pdf", "-o", str(tmp_path / "note.pdf"))
    assert result.exit_code == 2
    assert not result.stdout
    assert "there is no pdflatex here" in result.output
    assert list(tmp_path.iterdir()) == []


@needs_pdflatex
@pytest.mark.parametrize("form", ["entries", "matrix", "batch", "expanded"])
@pytest.mark.parametrize(
    "more", [[], ["--steps"], ["--lang", "fr", "--steps", "--activation", "elu", "--loss", "huber"]]
)
def test_the_pdf_has_no_line_wider_than_the_page(form, more):
    for layers in ("m,q", "m,n,p,q", "n_0,n_1,n_2,n_3,n_4,n_5,n_6"):
        tex = run("--layers", layers, "--form", form, "--to", "tex", *more).output
        data, log = pdf.compiled(tex)
        assert data.startswith(b"%PDF")
        assert not re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)
        assert "Missing character" not in log


@needs_pdflatex
def test_the_pdf_of_three_layers(tmp_path):
    file = Path(tmp_path) / "three-layers.pdf"
    assert run("--layers", "m,n,p,q", "--to", "pdf", "-o", str(file)).exit_code == 0
    assert file.read_bytes().startswith(b"%PDF")
    assert list(tmp_path.iterdir()) == [file]


def test_the_readme_shows_what_it_writes():
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    (shown,) = re.findall(r"```latex\n(.*?)```", readme, re.DOTALL)
    assert shown in run("--layers", "m,n,q", "--form", "matrix").output
