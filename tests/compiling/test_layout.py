"""Emitted modules are laid out as a formatter would, and long lines still say the same."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from networks import grid, program_of

import symgrad
from symgrad.programs.formulas import Refused
from symgrad.writing import layout

NOTES = sorted(Path("derivations").glob("*.md"))

LONG = """\
def value(X_first, W_first, B_first, X_second, W_second, B_second, X_third, W_third, target):
    [[a_0_0, a_0_1, a_0_2, a_0_3], [a_1_0, a_1_1, a_1_2, a_1_3], [a_2_0, a_2_1, a_2_2]] = W.tolist()
    [b_0_0, b_0_1, b_0_2, b_0_3, b_1_0, b_1_1, b_1_2, b_1_3, b_2_0, b_2_1] = W_second.tolist()
    x = self._worked_out(X_first, W_first, B_first, X_second, W_second, B_second, X_third, target)
    y = a_0_0 * b_0_0 + a_0_1 * b_0_1 + a_0_2 * b_0_2 + a_0_3 * b_0_3 - a_1_0 * b_1_0 + x[0, 1]
    hidden = np.einsum("bij,bjk->bik", X_first[:, :, None] * W_first, X_second[:, :, None] * B)
    second = np.maximum(a_1_1 * b_1_1 + a_1_1 * b_1_1 + a_1_1 * b_1_1 + a_1_1 * b_1_1, 0.000001)
    a_number_with_a_long_name = another_name_that_is_long if another_name_that_is_long > 0 else 0.0
    product = X_first_and_a_long_name @ W_first_and_a_long_name_too @ W_second_and_a_name + B_first
    np.multiply(X_first_and_a_long_name, W_first_and_a_long_name_too, out=self.W_second_and_a_name)
    return a_0_0, a_0_1, a_0_2, a_0_3, a_1_0, a_1_1, a_1_2, a_1_3, a_2_0, a_2_1, x, y, hidden
"""


def formatted(text):
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--stdin-filename", "x.py"]
    run = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True)
    return run.stdout


def test_long_lines_are_broken_as_a_formatter_breaks_them():
    found = layout.module(LONG.splitlines())
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(LONG))
    assert found == formatted(LONG)


def test_comments_and_docstrings_stay():
    long = "long " * 20 + "line"
    text = f'def f(x):\n    """First.\n\n    {long}\n    """\n    # {long}\n    return x\n'
    assert layout.module(text.splitlines()) == text


def test_what_has_no_bracket_stays():
    line = f"x = {'long_name_' * 10}"
    assert layout.laid_out([line]) == [line]


def modules():
    """Programs of notes, of shallow and deep networks, with sizes that are names or numbers."""
    for note in NOTES:
        # The activation of one of them is a name only; another is wrong on purpose.
        options = {"activation": "tanh"} if note.stem == "one-layer" else {}
        try:
            yield note.stem, symgrad.compile(note, **options)
        except Refused:
            assert note.stem == "relu-network"
    for activation, loss, depth in grid([1, 3]):
        if activation == "sigmoid" or loss in ("cross-entropy", "huber"):
            yield f"{activation}-{loss}-{depth}", program_of(activation, loss, depth)
    for depth in (6, 9, 14):
        sizes = [f"n_{layer}" for layer in range(depth + 1)]
        yield f"deep-{depth}", symgrad.compile(symgrad.Network(sizes, "gelu"), batch=True)


def test_all_modules_are_clean(tmp_path):
    for name, program in modules():
        (tmp_path / f"{name.replace('-', '_')}.py").write_text(program.source)
        imports = [n for n in ast.walk(ast.parse(program.source)) if isinstance(n, ast.Import)]
        assert {alias.name for n in imports for alias in n.names} <= {"math", "numpy"}, name
    ruff = [sys.executable, "-m", "ruff"]
    for arguments in (["check", "--isolated"], ["format", "--isolated", "--check"]):
        run = subprocess.run(
            [*ruff, *arguments, tmp_path], capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("backend", ["torch", "jax", "numba"])
def test_other_libraries_are_clean(backend):
    for activation, depth in (("gelu", 1), ("elu", 3), ("tanh", 12)):
        network = symgrad.Network((3,) * (depth + 1), activation, "cross-entropy")
        text = symgrad.compile(network, batch=True, backend=backend).source
        assert text == formatted(text)
