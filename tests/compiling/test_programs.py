"""Programs: what they are given is checked, and their text stands by itself."""

import ast
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from networks import arrays_for

import symgrad
from symgrad.cli import main
from symgrad.compiling.identifiers import Names, identifier
from symgrad.programs.program import ArgumentError


@pytest.fixture(scope="module")
def program():
    return symgrad.compile(symgrad.Network((4, 3, 2)), batch=True)


def test_a_network_compiles_itself():
    network = symgrad.Network((4, 3, 2), "tanh", "huber")
    options = {"batch": True, "dtype": "float32", "input_gradient": True}
    assert network.compile(**options).source == symgrad.compile(network, **options).source
    assert "float64" in network.compile().source


def changed(program, **new):
    return {**arrays_for(program, 5), **new}


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("W1", np.ones((4, 3)), "W1 has the shape (4, 3); it should be (3, 4)"),
        ("B1", np.ones((3, 1)), "B1 has the shape (3, 1); it should be (3,)"),
        (
            "target",
            np.ones((6, 2)),
            "target has the shape (6, 2); it should be (N, 2) with N = 5, as X has it",
        ),
        ("X", np.ones((0, 4)), "X has the shape (0, 4); no size may be 0"),
        ("B2", np.ones(2, "float32"), "B2 is of dtype float32; it should be float64"),
        ("B2", np.ones(2, int), "B2 is of dtype int64; it should be float64"),
        ("B2", np.array([1, 2], object), "B2 is of dtype object; it should be float64"),
        ("B1", np.array(1.0), "B1 has the shape (); it should be (3,)"),
        # What NumPy would stretch to the shape is another array all the same.
        ("B1", np.ones(1), "B1 has the shape (1,); it should be (3,)"),
        ("target", np.ones((5, 1)), "target has the shape (5, 1); it should be (N, 2)"),
        (
            "target",
            np.ones((1, 2)),
            "target has the shape (1, 2); it should be (N, 2) with N = 5, as X has it",
        ),
        ("B2", 1.0, "B2 is a float, not a NumPy array"),
        ("B2", [1.0, 2.0], "B2 is a list, not a NumPy array"),
        ("B2", np.ma.zeros(2), "B2 is a MaskedArray, not a plain NumPy array"),
        ("W2", np.ones((2, 3)).view(np.matrix), "W2 is a matrix, not a plain NumPy array"),
        (
            "W1",
            np.ones((3, 8))[:, ::2],
            "W1, of shape (3, 4), is not contiguous; give np.ascontiguousarray(W1)",
        ),
        (
            "W2",
            np.array([[1, 2, 3], [1, np.nan, 2.0]]),
            "W2[1, 1] is nan; every entry should be finite",
        ),
        ("B1", np.array([0, 0, np.inf]), "B1[2] is inf; every entry should be finite"),
    ],
)
def test_arguments_are_checked(program, name, array, message):
    for call in (program.value, program.value_and_grad, program.check):
        with pytest.raises(ArgumentError) as error:
            call(**changed(program, **{name: array}))
        assert str(error.value) == message


def test_arguments_are_named(program):
    arrays = arrays_for(program, 5)
    missing = {name: array for name, array in arrays.items() if name != "B1"}
    with pytest.raises(ArgumentError, match="B1 is missing; the arguments are X, W1, B1, W2"):
        program.value(**missing)
    with pytest.raises(ArgumentError, match="no argument is called W9"):
        program.value(**arrays, W9=np.ones(3))
    with pytest.raises(ArgumentError, match="X is given twice"):
        program.value(arrays["X"], **arrays)
    with pytest.raises(ArgumentError, match="8 arrays are given; there are 6 arguments"):
        program.value(*[np.ones(1)] * 8)
    assert program.value(*arrays.values()) == program.value(**arrays)
    assert program.inputs["X"] == ("N", "4")


def test_a_transposed_array_is_taken(program):
    arrays = arrays_for(program, 5)
    turned = np.asfortranarray(arrays["W1"])
    expected = program.value_and_grad(**arrays)[1]["W1"]
    found = program.value_and_grad(**{**arrays, "W1": turned})[1]["W1"]
    np.testing.assert_allclose(found, expected)


def test_arrays_that_must_not_be_written_are_only_read(program):
    arrays = arrays_for(program, 5)
    for array in arrays.values():
        array.flags.writeable = False
    value, _ = program.value_and_grad(**arrays)
    assert program.workspace(**arrays).value_and_grad(**arrays)[0] == pytest.approx(value)
    assert max(program.check(**arrays).values()) < 1e-8


def test_check_notices_a_wrong_gradient(program):
    arrays = arrays_for(program, 5)
    assert max(program.check(**arrays).values()) < 1e-8
    wrong = program.source.replace("dX2 = t / N", "dX2 = t / N * 1.001")
    assert wrong != program.source
    other = symgrad.Program(program.plan, wrong)
    assert other.check(**arrays)["W1"] > 1e-5


def test_check_notices_what_is_no_number(program):
    arrays = arrays_for(program, 5)
    wrong = program.source.replace("dX2 = t / N", "dX2 = t / N + np.nan")
    assert symgrad.Program(program.plan, wrong).check(**arrays)["W1"] == np.inf


def test_a_kink_between_two_differences_is_no_error():
    program = symgrad.compile(symgrad.Network((1, 1), "relu"))
    for distance in (0, 1e-9, 1e-7, -1e-7, -1e-6):
        arrays = {name: np.ones(axes and (1,) * len(axes)) for name, axes in program.inputs.items()}
        arrays["B1"][0] = distance - 1
        arrays["target"][0] = 3
        assert max(program.check(**arrays).values()) < 1e-6, distance
    turned = program.source.replace("* (X1 > 0)", "* (X1 >= 0)")
    assert turned != program.source
    arrays["B1"][0] = -1e-7 - 1
    assert symgrad.Program(program.plan, turned).check(**arrays)["W1"] > 0.5


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("loss", ["squared-error", "cross-entropy", "huber"])
def test_the_text_stands_by_itself(tmp_path, batch, loss):
    sizes = (11, 7, 5) if batch else ("m", r"\ell_1", "q")
    network = symgrad.Network(sizes, "silu", loss)
    program = symgrad.compile(network, batch=batch, dtype="float32", input_gradient=True)
    path = tmp_path / "backprop.py"
    program.save(path)
    tree = ast.parse(path.read_text())
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert [alias.name for n in imports for alias in n.names] == ["numpy"]
    ruff = [sys.executable, "-m", "ruff"]
    for arguments in (["check", "--isolated"], ["format", "--isolated", "--check"]):
        run = subprocess.run([*ruff, *arguments, path], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout


def test_names():
    assert identifier(r"W^{(1)}") == "W1"
    assert identifier(r"\tilde Y") == "Y_tilde"
    assert identifier(r"\tilde{Y}^{(2)}") == "Y_tilde2"
    assert identifier(r"\mathbf{W}_1") == "W1"
    assert identifier("W''") == "W_prime_prime"
    assert identifier(r"\partial L / \partial W^{(1)}") == "dW1"
    assert identifier(r"\hat{\mathbf{y}}") == identifier(r"\widehat y") == "y_hat"
    assert identifier(r"\mathbf 1") == "one"
    assert identifier(r"\mathcal{L}^*") == "L_star"
    assert identifier("θ_é") == "theta_e"
    assert identifier(r"\hat{\theta}^{(l+1)}") == "theta_hat_l_plus1"
    names = Names(["W1"])
    assert names.new("W_1") == "W1_2"
    assert names.new(r"\lambda") == "lambda_"
    assert names.new("np") == "np_2"
    assert names.new("l") == "l_"


def run(*arguments):
    return CliRunner().invoke(main, ["compile", *arguments])


def test_the_command(tmp_path):
    path = tmp_path / "net.py"
    result = run("--layers", "5,4,3", "--batch", "--dtype", "float32", "-o", str(path))
    assert result.exit_code == 0, result.output
    assert path.read_text() == run("--layers", "5,4,3", "--batch", "--dtype", "float32").output
    assert [p.name for p in tmp_path.iterdir()] == ["net.py"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--layers"),
        (["--layers", "5"], "two sizes or more"),
        (["--layers", "5,0"], "a size is a positive integer or a name, not 0"),
        (["--layers", "5,4", "--activation", "rleu"], "did you mean 'relu'?"),
        (["--layers", "5,4", "--activation", "a"], "nothing says what a is"),
    ],
)
def test_wrong_usage(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_a_link_stays_and_the_mode_too(program, tmp_path):
    real, link = tmp_path / "real.py", tmp_path / "link.py"
    real.write_text("before")
    real.chmod(0o640)
    link.symlink_to(real)
    program.save(link)
    assert link.is_symlink()
    assert real.read_text() == program.source
    assert real.stat().st_mode & 0o777 == 0o640
    assert {path.name for path in tmp_path.iterdir()} == {"real.py", "link.py"}


def test_a_place_that_cannot_be_written(tmp_path):
    result = run("--layers", "5,4", "-o", str(tmp_path / "none" / "net.py"))
    assert result.exit_code == 2
    assert "No such file" in result.output


def test_small_masks_are_made_of_signs():
    """Of truth values in a batch, whose size is open, and where masks are multiplied."""
    relus = r"""Let $x \in \mathbb R^3$, $u \in \mathbb R^3$, $a(z) = \max(z, 0)$.

$$L = \sum_{i=1}^3 a(x_i) a'(u_i)$$

$$\frac{\partial L}{\partial x_i} = a'(x_i) a'(u_i)$$
"""
    network = symgrad.Network((2, 3, 2))
    few, many = symgrad.compile(network), symgrad.compile(network, batch=True)
    assert "np.sign(self.X1, out=self.mask_2)" in few.source
    assert "np.greater(self.X1, 0, out=self.mask_2)" in many.source
    assert "np.sign" not in symgrad.compile(relus).source
    rng = np.random.default_rng(1)
    for program in (few, many, symgrad.compile(relus)):
        arrays = {
            n: rng.normal(size=[int(s) if s != "N" else 4 for s in a])
            for n, a in program.inputs.items()
        }
        value, gradients = program.value_and_grad(**arrays)
        again, buffers = program.workspace(**arrays).value_and_grad(**arrays)
        assert again == pytest.approx(value)
        for name, gradient in gradients.items():
            np.testing.assert_allclose(buffers[name], gradient)


def test_relu_is_a_maximum_with_what_is_quickest():
    for dtype, other in (("float32", "self.zeros_3"), ("float64", "0")):
        source = symgrad.compile(symgrad.Network((2, 3)), dtype=dtype).source
        assert f"np.maximum(self.X1, {other}, out=self.X1)" in source
