"""The command line: exit codes, output, bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import symgrad
from symgrad.cli import main
from symgrad.diagnostics import CODES
from symgrad.version import VERSION

THREE = "derivations/three-layers.md"

LAYER = """\
# One layer

Let $(m,n) \\in \\mathbb N^2$, $W \\in \\mathbb R^{n \\times m}$, $x \\in \\mathbb R^m$ and
$b \\in \\mathbb R^n$.

$$z = Wx + b$$

Let $(i,j) \\in \\{1,\\dots,n\\} \\times \\{1,\\dots,m\\}$.

"""
RIGHT = LAYER + "$$\\frac{\\partial z_i}{\\partial x_j} = W_{i,j}$$\n"
WRONG = LAYER + "$$\\frac{\\partial z_i}{\\partial x_j} = 2 W_{i,j}$$\n"
BLANK = LAYER + "$$\\frac{\\partial z_i}{\\partial x_j} = $$\n"
BAD_DECLARATION = """\
Let $(m,n) \\in \\mathbb N^2$, $x \\in \\mathbb R^m$, $b \\in \\mathbb R^n$.

$$f = \\frac12 \\|b\\|^2$$

Let $j \\in \\{1,\\dots,m\\}$.

$$\\frac{\\partial f}{\\partial b_j} = b_j$$
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


def run(*arguments: str, text: str | bytes | None = None):
    return CliRunner().invoke(main, list(arguments), input=text)


def verify(folder, text: str, *options: str):
    (folder / "note.md").write_text(text, encoding="utf-8")
    return run("verify", *options, "note.md")


def process(*arguments: str, environment: dict[str, str] | None = None, **options):
    """A real run of the program."""
    return subprocess.run(
        [sys.executable, "-m", "symgrad", *arguments],
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, **(environment or {})},
        **options,
    )


# -- exit codes ---------------------------------------------------------------


def test_all_proved_is_0(folder):
    outcome = verify(folder, RIGHT)
    assert outcome.exit_code == 0
    assert outcome.stdout == (
        "note.md: 7 of 7 formulas read; 1 proved; SymPy agrees on 1 derivative\n"
    )


def test_a_refuted_claim_is_1(folder):
    outcome = verify(folder, WRONG)
    assert outcome.exit_code == 1
    lines = outcome.stdout.splitlines()
    column = WRONG.splitlines()[-1].index("2 W") + 1
    assert lines[0].startswith(f"note.md:10:{column}: refuted[")
    assert lines[1] == "10 | " + WRONG.splitlines()[-1]
    assert lines[2] == "   | " + " " * (column - 1) + "^"  # the factor 2
    assert "counterexample: m = 1, n = 1, i = 1, j = 1, W = [[" in outcome.stdout
    assert "= right: W_{i,j}" in outcome.stdout


def test_a_blank_is_1_unless_it_is_allowed(folder):
    outcome = verify(folder, BLANK)
    assert outcome.exit_code == 1
    assert "filled" in outcome.stdout
    assert "= fill in: W_{i,j}" in outcome.stdout
    assert verify(folder, BLANK, "--allow-blank").exit_code == 0
    assert verify(folder, WRONG, "--allow-blank").exit_code == 1


def test_a_wrong_declaration_is_1(folder):
    outcome = verify(folder, BAD_DECLARATION)
    assert outcome.exit_code == 1
    column = BAD_DECLARATION.splitlines()[4].index("j \\in") + 1
    assert f"note.md:5:{column}: error[index-range]" in outcome.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"],
        ["verify", "--format", "yaml", "note.md"],
        ["verify", "--no-such-option", "note.md"],
        ["read"],
        ["no-such-command"],
        ["explain", "no-such-code"],
    ],
)
def test_wrong_usage_is_2(folder, arguments):
    outcome = run(*arguments)
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert "Usage: " in outcome.stderr


# -- files --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "this is no text in UTF-8"),
        ("caf\xe9 $x = 1$".encode("latin-1"), "byte 4 is not UTF-8"),
    ],
)
@pytest.mark.parametrize("command", ["verify", "read"])
def test_a_file_that_is_no_text_is_2(folder, command, content, reason):
    (folder / "note.md").write_bytes(content)
    outcome = run(command, "note.md")
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert outcome.stderr.startswith(f"note.md: {reason}")
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["verify", "read"])
def test_a_missing_file_is_2(folder, command):
    outcome = run(command, "missing.md")
    assert outcome.exit_code == 2
    assert outcome.stderr.startswith("missing.md: no such file")


def test_a_directory_without_notes_is_2(folder):
    (folder / "code.py").write_text("x = 1")
    outcome = run("verify", ".")
    assert outcome.exit_code == 2
    assert outcome.stderr == ".: no .md, .tex or .ipynb file in this directory\n"


def test_a_directory_is_searched(folder):
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "deep" / "b.md").write_text(RIGHT)
    (folder / "deep" / "deeper" / "a.tex").write_text("\\section{One}\n" + RIGHT)
    (folder / "deep" / "c.py").write_text("x = 1")
    outcome = run("verify", "deep", "--no-second-opinion")
    assert outcome.exit_code == 0
    assert [line.split(": ")[0] for line in outcome.stdout.splitlines()] == [
        os.path.join("deep", "b.md"),
        os.path.join("deep", "deeper", "a.tex"),
        "2 notes",
    ]


def test_one_unreadable_file_does_not_hide_the_others(folder):
    (folder / "bad.md").write_bytes(b"\x00")
    (folder / "right.md").write_text(RIGHT)
    (folder / "wrong.md").write_text(WRONG)
    outcome = run("verify", "bad.md", "right.md", "none.md", "wrong.md", "--no-second-opinion")
    assert outcome.exit_code == 2
    assert [line.split(":")[0] for line in outcome.stderr.splitlines()] == ["bad.md", "none.md"]
    assert "right.md: 7 of 7 formulas read; 1 proved\n" in outcome.stdout
    assert "wrong.md: 7 of 7 formulas read; 1 refuted\n" in outcome.stdout
    assert "2 notes: 14 of 14 formulas read; 1 proved, 1 refuted\n" in outcome.stdout


def test_a_note_named_twice_is_judged_once(folder):
    (folder / "note.md").write_text(RIGHT)
    outcome = run("verify", "note.md", "note.md", "--no-second-opinion")
    assert outcome.stdout.count("note.md") == 1


def test_a_minus_is_standard_input():
    outcome = run("verify", "-", text=WRONG)
    assert outcome.exit_code == 1
    assert outcome.stdout.startswith("-:10:")


def test_names_of_files_cannot_steer_the_terminal(folder):
    outcome = run("verify", "a\x1b[31m\nb.md")
    assert outcome.exit_code == 2
    assert "\x1b" not in outcome.stderr
    assert outcome.stderr.count("\n") == 1


# -- bad notes ----------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n\n", "Only prose, no formula.\n", "Price: $5 and $6.\n"])
def test_a_note_without_formulas_says_so(folder, text):
    outcome = verify(folder, text)
    assert outcome.exit_code == 0
    assert "note.md:1:1: warning[no-formula]" in outcome.stdout
    assert "note.md: 0 of 0 formulas read; no claims; 1 warning" in outcome.stdout


@pytest.mark.parametrize(
    ("formula", "term"),
    [
        ("$$\\frac{\\partial z_i}{\\partial b_j} = {W_{i,j}$$", "{W"),
        ("$$\\frac{\\partial z_i}{\\partial b_j} = \\mystery{W}$$", "\\mystery"),
        ("$$\\frac{\\partial z_i}{\\partial b_j} = W_{i,j}}$$", "}$$"),
        ("$$\\frac{\\partial z_i}{\\partial b_j} = \\left( W_{i,j}$$", None),
        ("$$\\frac{\\partial z_i}{ = W_{i,j}$$", None),
        ("$$\\sum_{k=1}$$", None),
        ("$$\\begin{cases} 1 \\\\ 2$$", None),
    ],
)
def test_the_rest_of_a_note_is_judged_beside_a_broken_formula(folder, formula, term):
    text = LAYER + formula + "\n\n$$\\frac{\\partial z_i}{\\partial x_j} = W_{i,j}$$\n"
    outcome = verify(folder, text, "-v")
    assert outcome.exit_code == 1
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit)
    assert "proved \\frac{\\partial z_i}{\\partial x_j} = W_{i,j}" in outcome.stdout
    if term is not None:
        assert f"note.md:10:{formula.index(term) + 1}: unread[" in outcome.stdout


def test_a_formula_that_is_never_closed(folder):
    outcome = verify(folder, RIGHT + "\n$$ z = \n\nMore prose.\n")
    assert outcome.exit_code == 1
    assert "note.md:12:1: error[unclosed-math]" in outcome.stdout
    assert "1 proved" in outcome.stdout


def test_deep_nesting_does_no_harm(folder):
    outcome = verify(folder, RIGHT + f"\n$$y = {'(' * 5000}x{')' * 5000}$$\n")
    assert outcome.exit_code == 1
    assert "1 proved, 1 unread" in outcome.stdout


# -- faults of ours -----------------------------------------------------------


@pytest.fixture
def fault(monkeypatch):
    """A fault of ours in every note but right.md."""
    import symgrad.verify as module

    judge = module.verify_note

    def broken(note, *arguments, **options):
        if note.source.path != "right.md":
            raise KeyError("a fault\nof ours")
        return judge(note, *arguments, **options)

    monkeypatch.setattr(module, "verify_note", broken)


@pytest.mark.parametrize("command", ["verify", "read"])
def test_a_fault_of_ours_is_no_traceback(folder, fault, command):
    (folder / "note.md").write_text(RIGHT)
    outcome = run(command, "note.md")
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("symgrad: internal error in note.md: KeyError: 'a fault")
    assert "please report it (--traceback shows where)" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_the_traceback_is_shown_on_request(folder, fault):
    (folder / "note.md").write_text(RIGHT)
    outcome = run("verify", "--traceback", "note.md")
    assert outcome.exit_code == 2
    assert "Traceback (most recent call last):" in outcome.stderr


def test_a_fault_in_one_note_does_not_hide_the_others(folder, fault):
    (folder / "right.md").write_text(RIGHT)
    (folder / "note.md").write_text(RIGHT)
    outcome = run("verify", "note.md", "right.md")
    assert outcome.exit_code == 2
    assert "right.md: 7 of 7 formulas read; 1 proved" in outcome.stdout


@pytest.fixture
def fault_in_a_claim(monkeypatch):
    """A fault of ours in the claims that speak of 2."""
    from symgrad.judging.judge import Judge

    judge = Judge.claim

    def broken_claim(self, claim):
        if "2" in self.session.source.slice(claim.formula.span):
            raise KeyError("a fault of ours")
        return judge(self, claim)

    monkeypatch.setattr(Judge, "claim", broken_claim)


def test_a_fault_in_a_claim_hides_no_other(folder, fault_in_a_claim):
    outcome = verify(folder, RIGHT + WRONG.removeprefix(LAYER))
    assert outcome.exit_code == 1
    assert "1 proved, 1 undecided" in outcome.stdout
    assert "internal error, please report it: KeyError: 'a fault of ours'" in outcome.stdout
    assert "help: --traceback shows where symgrad failed" in outcome.stdout
    assert outcome.stderr == ""


@pytest.mark.parametrize("command", ["verify", "read", "fix"])
def test_the_traceback_of_a_fault_in_a_claim_is_shown_on_request(folder, fault_in_a_claim, command):
    (folder / "note.md").write_text(WRONG)
    run(command, "note.md")  # what is kept of it must not hide the fault
    outcome = run(command, "--traceback", "note.md")
    assert outcome.stderr.startswith("Traceback (most recent call last):")
    assert "in broken_claim" in outcome.stderr
    assert "KeyError: 'a fault of ours'" in outcome.stderr


def test_a_report_holds_the_fault_of_a_claim(fault_in_a_claim):
    (result,) = symgrad.verify(WRONG).results
    assert result.verdict == "undecided"
    assert isinstance(result.fault, KeyError)
    assert result.fault.__traceback__ is not None


@pytest.mark.parametrize("command", ["verify", "read", "explain"])
def test_a_fault_while_writing_is_no_traceback_either(folder, monkeypatch, command):
    import symgrad.writing.reading
    import symgrad.writing.text

    def broken(*arguments, **options):
        raise ZeroDivisionError("a fault\nof ours")

    monkeypatch.setattr(symgrad.writing.text, "report_to_text", broken)
    monkeypatch.setattr(symgrad.writing.text, "explanation", broken)
    monkeypatch.setattr(symgrad.writing.reading, "reading_to_text", broken)
    (folder / "note.md").write_text(RIGHT)
    outcome = run(command, "sum-range" if command == "explain" else "note.md")
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert "symgrad: internal error" in outcome.stderr
    assert "ZeroDivisionError: a fault of ours; please report it" in outcome.stderr
    assert outcome.stderr.count("\n") == 1


# -- options ------------------------------------------------------------------


def test_quiet_leaves_out_the_summary(folder):
    assert verify(folder, RIGHT, "--quiet").stdout == ""
    text = verify(folder, WRONG, "-q").stdout
    assert "refuted" in text
    assert "formulas read" not in text


def test_verbose_lists_what_is_proved(folder):
    line = verify(folder, RIGHT, "--verbose").stdout.splitlines()[0]
    column = RIGHT.splitlines()[-1].index("W_{i,j}") + 1
    assert line == (
        f"note.md:10:{column}: proved \\frac{{\\partial z_i}}{{\\partial x_j}} = W_{{i,j}}"
        "  (SymPy agrees at m=2, n=3)"
    )


def test_without_second_opinion_sympy_is_not_asked(folder):
    assert "SymPy" not in verify(folder, RIGHT, "-v", "--no-second-opinion").stdout


@pytest.mark.parametrize(
    ("options", "environment", "is_colored"),
    [
        ([], {}, False),
        (["--color", "never"], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_colours(folder, monkeypatch, options, environment, is_colored):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (folder / "note.md").write_text(WRONG)
    outcome = CliRunner().invoke(main, ["verify", *options, "note.md"], color=True)
    assert ("\x1b[31m" in outcome.stdout) == is_colored
    assert click.unstyle(outcome.stdout) == verify(folder, WRONG, "--color", "never").stdout


@pytest.mark.parametrize(("environment", "is_colored"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_on_a_terminal(folder, environment, is_colored):
    pty = pytest.importorskip("pty")
    (folder / "note.md").write_text(WRONG)
    theirs, ours = pty.openpty()
    command = [sys.executable, "-m", "symgrad", "verify", "note.md", "--no-second-opinion"]
    environment = {**os.environ, "TERM": "xterm", **environment}
    with subprocess.Popen(command, stdout=ours, stderr=ours, env=environment) as running:
        os.close(ours)
        seen = b""
        try:
            while part := os.read(theirs, 4096):
                seen += part
        except OSError:  # how Linux says that the terminal was closed
            pass
    os.close(theirs)
    assert running.returncode == 1
    assert (b"\x1b[31m" in seen) == is_colored
    assert b"refuted" in seen


# -- JSON ---------------------------------------------------------------------

PLACE = {"line", "column", "end_line", "end_column"}
RESULT = PLACE | {
    "step",
    "kind",
    "verdict",
    "codes",
    "mistake",
    "message",
    "claim",
    "follows",
    "correction",
    "after_correction",
    "holds_where",
    "facts",
    "counterexample",
    "second_opinion",
}
DIAGNOSTIC = PLACE | {"severity", "code", "message", "hint"}
VERDICTS = ["proved", "refuted", "ill-typed", "filled", "identified", "undecided", "unread"]


def report(folder, text: str, *options: str):
    outcome = verify(folder, text, "--format", "json", *options)
    return json.loads(outcome.stdout), outcome


def test_the_json_contract(folder):
    found, outcome = report(folder, WRONG)
    assert outcome.exit_code == 1
    assert outcome.stderr == ""
    assert found.keys() >= {"schema", "version", "notes", "summary", "errors"}
    assert (found["schema"], found["version"], found["errors"]) == (1, VERSION, [])
    assert list(found["summary"]) == [*VERDICTS, "seconds"]
    assert found["summary"]["refuted"] == 1
    (note,) = found["notes"]
    assert note.keys() >= {"path", "formulas", "read", "results", "diagnostics"}
    assert (note["path"], note["formulas"], note["read"]) == ("note.md", 7, 7)
    (result,) = note["results"]
    assert result.keys() >= RESULT
    formula = WRONG.splitlines()[-1]
    assert [result[k] for k in ("line", "column", "end_line", "end_column")] == [
        10,
        3,
        10,
        len(formula) - 1,
    ]
    assert (result["step"], result["kind"], result["verdict"]) == (1, "derivative", "refuted")
    assert result["claim"] == formula.strip("$")
    assert result["correction"] == "W_{i,j}"
    example = result["counterexample"]
    assert example.keys() >= {"sizes", "indices", "values", "left", "right"}
    assert example["sizes"].keys() == {"m", "n"}
    assert example["indices"] == {"i": 1, "j": 1}
    ((entry,),) = example["values"]["W"]
    assert (example["left"], example["right"]) == (entry, str(2 * int(entry)))
    opinion = result["second_opinion"]
    assert (opinion["by"], opinion["agrees"]) == ("sympy", True)
    assert opinion["sizes"]["m"] != opinion["sizes"]["n"]


def test_diagnostics_in_json(folder):
    found, _ = report(folder, BAD_DECLARATION)
    (diagnostic,) = found["notes"][0]["diagnostics"]
    assert diagnostic.keys() >= DIAGNOSTIC
    assert (diagnostic["severity"], diagnostic["code"]) == ("error", "index-range")
    assert diagnostic["line"] == 5


def test_json_stays_one_object_beside_problems(folder):
    (folder / "bad.md").write_bytes(b"\xff")
    outcome = run("verify", "--format", "json", "bad.md", "none.md", "-", text=RIGHT)
    assert outcome.exit_code == 2
    found = json.loads(outcome.stdout)
    assert [note["path"] for note in found["notes"]] == ["-"]
    assert [error["path"] for error in found["errors"]] == ["bad.md", "none.md"]
    assert found["summary"]["proved"] == 1


def test_json_of_a_note_without_formulas(folder):
    found, outcome = report(folder, "")
    assert outcome.exit_code == 0
    assert found["notes"][0]["results"] == []


# -- read ---------------------------------------------------------------------


def test_the_reading_of_a_note(folder):
    (folder / "note.md").write_text(RIGHT + "\n$$z = \\mystery$$\n")
    outcome = run("read", "note.md")
    assert outcome.exit_code == 0
    lines = [" ".join(line.split()) for line in outcome.stdout.splitlines()]
    assert lines[0] == "note.md: 7 of 8 formulas read"
    for line in (
        "m (line 3)",
        "i from 1 to n (line 8)",
        "j from 1 to m (line 8)",
        "W a matrix n x m (line 3)",
        "x a vector of length m (line 3)",
        "10:3 \\frac{\\partial z_{i}}{\\partial x_{j}}",
        "= W_{i,j}",
        "for i from 1 to n, j from 1 to m",
    ):
        assert line in lines
    definition = next(line for line in lines if line.startswith("z_{i} = "))
    assert "W_{i," in definition
    assert definition.endswith("+ b_{i}, for i from 1 to n (line 6)")
    assert any(line.startswith("12:7 ") for line in lines[lines.index("not read") :])
    assert "    " + " " * 6 + "^" * len("\\mystery") in outcome.stdout.splitlines()


def test_the_reading_shows_what_has_no_meaning(folder):
    (folder / "note.md").write_text(LAYER + "$$\\frac{\\partial z_i}{\\partial x_j} = x_i$$\n")
    outcome = run("read", "note.md")
    assert outcome.exit_code == 0
    assert "= x_i [i runs to n, but this axis has m entries]" in outcome.stdout


def test_the_reading_of_standard_input():
    outcome = run("read", "-", text=RIGHT)
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("-: 7 of 7 formulas read\n")


NETWORK = """\
Let $(m,n) \\in \\mathbb N^2$, $W \\in \\mathbb R^{n \\times m}$, $x \\in \\mathbb R^m$ and
$t \\in \\mathbb R^q$. Let $a: u \\in \\mathbb R \\longmapsto u^3$.

$$[z]_i = \\sum_{k=1}^{n} W_{i,k} x_k$$

$$y = a(z)$$

$$L = \\frac12 \\|y - t\\|^2$$

Let $(i,j) \\in \\{1,\\dots,n\\} \\times \\{1,\\dots,m\\}$.

$$\\frac{\\partial L}{\\partial W_{i,j}} = \\sum_{k=1}^n
\\underbrace{\\frac{\\partial y_k}{\\partial W_{i,j}}}_{= 0 \\text{ if } i \\neq k} (y_k - t_k)$$
"""


def test_the_reading_of_a_network(folder):
    (folder / "note.md").write_text(NETWORK)
    outcome = run("read", "note.md")
    assert outcome.exit_code == 0
    text = "\n".join(" ".join(line.split()) for line in outcome.stdout.splitlines())
    assert "q not declared; read as n (line 2)" in text
    assert "a(u) = (u)^{3} (line 2)" in text or "a(u) = u^{3} (line 2)" in text
    assert "t a vector of length q (line 2)" in text
    # The sum over the columns of W runs too far; the claims are judged with it mended.
    assert "= \\sum\\limits_{k=1}^{m} [W]_{i,k} [x]_{k}" in text
    assert "with the mistake in it mended (line 4)" in text
    assert "brace: \\frac{\\partial y_{k}}{\\partial W_{i,j}} = 0 if i \\neq k" in text
    assert "assumptions" in text


# -- explain, help, version ---------------------------------------------------


def test_explain_a_code():
    outcome = run("explain", "sum-range")
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("sum-range: ")
    assert "wrong:" in outcome.stdout
    assert "right:" in outcome.stdout


def test_explain_offers_close_codes():
    outcome = run("explain", "sum-rnage")
    assert outcome.exit_code == 2
    assert "did you mean sum-range" in outcome.stderr


def test_explain_without_a_code_lists_all():
    outcome = run("explain")
    assert outcome.exit_code == 0
    listed = [line.split()[0] for line in outcome.stdout.splitlines()]
    assert listed == sorted(CODES)
    assert {"sum-range", "index-range", "unread", "unclosed-math", "macro-not-read"} <= set(listed)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["verify", "--help"], ["read", "-h"]])
def test_help(arguments):
    outcome = run(*arguments)
    assert outcome.exit_code == 0
    assert "Usage: " in outcome.stdout


def test_version():
    assert run("--version").stdout == f"symgrad {VERSION}\n"


# -- real processes -----------------------------------------------------------


def test_a_process_ends_with_the_exit_code(folder):
    (folder / "right.md").write_text(RIGHT)
    (folder / "wrong.md").write_text(WRONG)
    assert process("verify", "right.md").returncode == 0
    assert process("verify", "wrong.md").returncode == 1
    assert process("verify", "none.md").returncode == 2
    outcome = process("verify", "-", input=RIGHT.encode())
    assert (outcome.returncode, outcome.stderr) == (0, b"")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_any_encoding_of_the_output_will_do(folder, encoding):
    (folder / "note.md").write_text("Größe 数学: " + WRONG, encoding="utf-8")
    (folder / "行列.md").write_text(WRONG + "数学 $x = \\mystery$", encoding="utf-8")
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    outcome = process("verify", "note.md", "行列.md", environment=environment)
    assert (outcome.returncode, outcome.stderr) == (1, b"")
    outcome = process("verify", "--format", "json", "行列.md", environment=environment)
    assert json.loads(outcome.stdout)["notes"][0]["path"] == "行列.md"


def test_a_broken_pipe_is_quiet(folder):
    (folder / "note.md").write_text(LAYER + WRONG.splitlines()[-1].join(["\n\n"] * 300))
    command = [sys.executable, "-m", "symgrad", "verify", "-v", "--no-second-opinion", "note.md"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["verify", "--help"]])
def test_help_is_light(arguments):
    code = (
        "import sys; sys.argv = ['symgrad', *sys.argv[1:]]\n"
        "from symgrad.cli import main\n"
        "try:\n    main()\nfinally:\n"
        "    heavy = {'sympy', 'numpy', 'mpmath', 'markdown_it', 'symgrad.verify'}\n"
        "    assert not heavy & sys.modules.keys(), sys.modules.keys()\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, check=False, timeout=60
    )
    assert (outcome.returncode, outcome.stderr) == (0, b"")


def test_help_is_fast():
    def seconds(*command: str) -> float:
        """Time of the processor: other work on the machine must not count."""
        start = os.times()
        subprocess.run([sys.executable, *command], capture_output=True, check=True, timeout=60)
        end = os.times()
        used = end.children_user - start.children_user
        return used + end.children_system - start.children_system

    # Alone it takes 0.1 s; caches that others fill make it slower.
    assert min(seconds("-m", "symgrad", "--help") for _ in range(5)) < 0.3


# -- the package --------------------------------------------------------------


def test_public_names():
    assert symgrad.__version__ == VERSION
    assert set(symgrad.__all__) <= set(dir(symgrad))
    for name in symgrad.__all__:
        assert getattr(symgrad, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        symgrad.nothing  # noqa: B018


@pytest.mark.parametrize(
    "imports",
    [
        "import symgrad",
        "import symgrad; symgrad.verify_all",
        "import symgrad; symgrad.Report",
        "import symgrad, symgrad.verify",
        "import symgrad; from symgrad.verify import verify_note",
        "import symgrad; from symgrad import verify",
    ],
)
def test_verify_can_be_called_whatever_was_imported_before(imports):
    code = imports + "; print(symgrad.verify('$$x = 1$$\\n').passed())"
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, timeout=60
    )
    assert outcome.stderr == b""
    assert outcome.stdout.strip() in (b"True", b"False")


def test_the_module_stays_a_module():
    import symgrad.verify as module

    assert module.verify_note is not None
    assert module(RIGHT, second_opinion=False).passed()
    assert not module(WRONG, second_opinion=False).passed()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["latex", THREE, "--form", "matrix"], "--form goes with --layers"),
        (["latex", THREE, "--notation", "subscripts"], "--notation goes with --layers"),
        (["latex", THREE, "--steps"], "--steps goes with --layers"),
        (["latex", THREE, "--lang", "fr"], "--lang goes with --layers"),
        (["latex", THREE, "--loss", "hinge"], "--loss goes with --layers"),
        (["compile", THREE, "--loss", "hinge"], "--loss goes with --layers"),
        (["compile", THREE, "--input-gradient"], "--input-gradient goes with --layers"),
        (["compile", THREE, "--batch"], "--examples X,Y_tilde"),
        (["compile", "--layers", "3,2", "--line", "4"], "--line is for a NOTE"),
        (["compile", "--layers", "3,2", "--examples", "X"], "--examples is for a NOTE"),
    ],
)
def test_an_option_that_says_nothing_here_is_refused(arguments, said):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert said in result.stderr
