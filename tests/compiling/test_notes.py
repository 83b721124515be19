"""Programs of notes: made of their own proved formulas, or refused."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import symgrad
from symgrad.calculus.expression import Named
from symgrad.calculus.index import Tensor
from symgrad.cli import main
from symgrad.compiling.errors import CannotCompile
from symgrad.compiling.graph import Graph, cost
from symgrad.compiling.lowering import Lowering
from symgrad.programs.formulas import Refused, numbers, proved_formulas
from symgrad.programs.from_note import TensorNames
from symgrad.reading.note import read_note

DERIVATIONS = Path(__file__).parents[2] / "derivations"
THREE = DERIVATIONS / "three-layers.md"
CORRECTED = DERIVATIONS / "relu-network-corrected.md"


def arrays_of(program, seed=0):
    rng = np.random.default_rng(seed)
    names = dict.fromkeys(size for sizes in program.inputs.values() for size in sizes)
    lengths = {name: 2 + place for place, name in enumerate(names)}
    return {
        name: rng.normal(size=[int(s) if s.isdigit() else lengths[s] for s in sizes])
        for name, sizes in program.inputs.items()
    }


def checked(program):
    arrays = arrays_of(program)
    assert max(program.check(**arrays).values()) < 1e-8
    value, gradients = program.value_and_grad(**arrays)
    work = program.workspace(**arrays)
    again, buffers = work.value_and_grad(**arrays)
    assert again == pytest.approx(value)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(buffers[name], gradient)
    return gradients


def test_three_layers():
    program = symgrad.compile(THREE)
    assert set(checked(program)) == {"X", "W1", "B1", "W2", "B2", "W3", "B3"}
    assert "# line 24: Z^{(1)} = W^{(1)} X + B^{(1)}" in program.source
    network = symgrad.compile(symgrad.Network(("m", "n", "p", "q")), input_gradient=True)
    renamed = {name.replace("Y_tilde", "target"): a for name, a in arrays_of(program).items()}
    loss, theirs = network.value_and_grad(**renamed)
    value, gradients = program.value_and_grad(**arrays_of(program))
    assert value == pytest.approx(loss)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, theirs[name])


def rows(program, one, data, count):
    """What one example gives, for every example of a batch."""
    arrays = arrays_of(program)
    return arrays, [
        one.value_and_grad(
            **{name: array[k] if name in data else array for name, array in arrays.items()}
        )
        for k in range(count)
    ]


@pytest.mark.parametrize(
    ("note", "line", "data"),
    [
        (THREE, None, ("X", "Y_tilde")),
        (THREE, None, ("Y_tilde",)),
        (CORRECTED, 70, ("Y", "Y_tilde")),
    ],
)
def test_a_batch_of_a_note_is_the_mean_of_its_examples(note, line, data):
    one = symgrad.compile(note, line=line)
    many = symgrad.compile(note, line=line, batch=data)
    assert {n: s[1:] if n in data else s for n, s in many.inputs.items()} == one.inputs
    checked(many)
    count = len(arrays_of(many)[data[0]])
    arrays, found = rows(many, one, data, count)
    value, gradients = many.value_and_grad(**arrays)
    assert value == pytest.approx(np.mean([row[0] for row in found]))
    for name, gradient in gradients.items():
        each = np.stack([row[1][name] for row in found])
        expected = each / count if name in data else each.mean(axis=0)
        np.testing.assert_allclose(gradient, expected, rtol=1e-10)


SUMS = r"""Let $W \in \mathbb R^{N \times m}$, $x \in \mathbb R^m$, $c \in \mathbb R^N$,
$\lambda \in \mathbb R$ and $L = \sum_{i=1}^N (c_i [Wx]_i + c_i^2) + \lambda \|W\|^2$.
$$\frac{\partial L}{\partial c_i} = \sum_{j=1}^m W_{ij} x_j + 2 c_i$$
$$\frac{\partial L}{\partial W_{ij}} = c_i x_j + 2 \lambda W_{ij}$$
$$\frac{\partial L}{\partial \lambda} = \sum_{i=1}^N \sum_{j=1}^m W_{ij}^2$$
"""


def test_terms_without_data_count_once_in_a_batch():
    program = symgrad.compile(SUMS, batch=["x"])
    assert program.inputs["x"] == ("N_2", "m")
    assert set(checked(program)) == {"c", "W", "lambda_"}
    checked(symgrad.compile(SUMS, batch=["x", "c"]))


def test_the_data_of_a_note_are_named():
    with pytest.raises(ValueError, match="does not say which of its arrays are data"):
        symgrad.compile(THREE, batch=True)
    with pytest.raises(CannotCompile, match="no array is called Q; there are W1, X, B1"):
        symgrad.compile(THREE, batch=["Q"])
    result = CliRunner().invoke(main, ["compile", str(THREE), "--batch"])
    assert result.exit_code == 2
    assert "--examples X,Y_tilde" in result.output
    result = CliRunner().invoke(main, ["compile", str(THREE), "--examples", r"X,\tilde Y"])
    assert "X: (N, m)" in result.output
    assert "Y_tilde: (N, q)" in result.output


def test_what_is_left_out_is_said():
    result = CliRunner().invoke(main, ["compile", str(CORRECTED), "--line", "70"])
    assert "compiled: the gradients of L by Y (line 70)" in result.stderr
    assert "left out: those of f by X, W, B (line 110)" in result.stderr
    assert "line 70" not in CliRunner().invoke(main, ["compile", str(THREE)]).stderr


def test_names_and_comments_are_those_of_the_note():
    lines = symgrad.compile(CORRECTED).source.splitlines()
    assert "    varphi = np.maximum(Z, 0)" in lines  # without the arguments of the map
    assert "    # line 17: Z = WX+B" in lines  # a name under a brace


TWO = r"""$x, y \in \mathbb R^n$, $L = \sum_{i=1}^n x_i^2$, $M = \sum_{i=1}^n y_i^2%s$.

$$\frac{\partial L}{\partial x_i} = 2 x_i$$

$$\frac{\partial M}{\partial y_i} = 2 y_i$$
"""


def test_the_number_that_is_made_of_the_others_is_compiled():
    program = symgrad.compile(TWO % " + L")
    assert list(program.plan.gradients) == ["y"]
    assert program.plan.remarks[1] == "left out: those of L by x (line 3)"
    with pytest.raises(CannotCompile, match="choose one by a line: 3 or 5"):
        symgrad.compile(TWO % "")


def test_expanded_formulas_cost_what_the_errors_of_layers_cost():
    formulas = proved_formulas(read_note(THREE))
    ((number, _),) = numbers(formulas)
    x = Tensor("X", next(t for _, t in formulas.known if getattr(t, "name", "") == "X").axes)
    recursion, expanded, *_ = formulas.known[number, x]
    costs = []
    for formula in (recursion, expanded):
        lowering = Lowering(Graph(), TensorNames(), resolve=formulas.resolve, body_of=formulas.body)
        value = lowering.array(Named(number, ()), ())
        costs.append(cost([value, lowering.array(formula.body, formula.parameters)]))
    assert costs[0] == costs[1]
    assert costs[0]["dot"] == 6


@pytest.mark.parametrize(
    ("line", "names"), [(None, {"X", "W", "B"}), (128, {"W1"}), (70, {"Y"}), (110, {"X", "W", "B"})]
)
def test_the_corrected_note(line, names):
    program = symgrad.compile(CORRECTED, line=line)
    assert set(checked(program)) == names
    assert "eye" not in program.source
    assert "tensordot" not in program.source


def test_a_note_with_mistakes_is_refused():
    result = CliRunner().invoke(main, ["compile", str(DERIVATIONS / "relu-network.md")])
    assert result.exit_code == 1
    assert "relu-network.md:68:3: not proved: refuted, does not hold" in result.output
    assert "import numpy" not in result.output


NOTE = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $L = \sum_{i=1}^n f([Wx]_i)$
with $f: \mathbb R \to \mathbb R$.
$$\frac{\partial L}{\partial x_j} = \sum_{i=1}^n W_{ij} f'([Wx]_i)$$
"""


def test_nothing_is_written_where_a_formula_is_wrong(tmp_path):
    note, out = tmp_path / "note.md", tmp_path / "out.py"
    note.write_text(NOTE.replace("W_{ij}", "W_{ij}^2"))
    result = CliRunner().invoke(
        main, ["compile", str(note), "--activation", "tanh", "-o", str(out)]
    )
    assert result.exit_code == 1
    assert f"{note}:3:3: not proved: refuted" in result.output
    assert not out.exists()
    with pytest.raises(Refused):
        symgrad.compile(note, activation="tanh")


@pytest.mark.parametrize("activation", ["tanh", "silu", "softplus"])
def test_a_function_of_which_only_the_name_is_known(activation):
    program = symgrad.compile(NOTE, activation=activation)
    assert set(checked(program)) == {"x"}
    with pytest.raises(CannotCompile, match="nothing says what f is"):
        symgrad.compile(NOTE)


def test_a_blank_is_refused():
    with pytest.raises(Refused, match="left blank"):
        symgrad.compile(
            NOTE.split("=", 2)[0] + "= \\sum_{i=1}^n f([Wx]_i)$\n"
            "$$\\frac{\\partial L}{\\partial x_j} =$$\n"
        )


def test_formulas_are_used_as_they_are_written():
    twice = NOTE.replace("= \\sum_{i=1}^n W", "= \\frac{1}{2} \\sum_{i=1}^n 2 W")
    assert twice != NOTE
    checked(symgrad.compile(twice, activation="tanh"))


def test_a_note_without_gradients():
    with pytest.raises(CannotCompile, match="no derivative of a number"):
        symgrad.compile(r"$x \in \mathbb R^n$, $$\|x\|^2 = \sum_{i=1}^n x_i^2$$")


def test_the_sigmoid_of_a_note_does_not_overflow():
    note = r"""Let $\sigma(x) = \frac{1}{1 + e^{-x}}$,
$w \in \mathbb R^n$, $L = \sum_{i=1}^n \sigma(w_i)$.
$$\frac{\partial L}{\partial w_i} = \sigma(w_i) (1 - \sigma(w_i))$$
"""
    program = symgrad.compile(note)
    assert "tanh" in program.source
    with np.errstate(all="raise"):
        _, gradients = program.value_and_grad(np.array([-2000.0, 0.0, 2000.0]))
    np.testing.assert_allclose(gradients["w"], [0, 0.25, 0])


def test_a_batch_is_divided_once_where_all_gradients_have_an_array_in_common():
    source = symgrad.compile(THREE, batch=("X", "Y_tilde")).source
    body = source[source.index("def value_and_grad") : source.index("class Workspace")]
    divided = [line.strip() for line in body.splitlines() if "/ N" in line]
    assert divided == ["loss = L.sum() / N", "delta3 = dY * (Y > 0) / N"]


def test_gradients_with_nothing_in_common_are_divided_each():
    note = r"""$x, u \in \mathbb R^n$, $v, y \in \mathbb R^m$.

$$L = \sum_{i=1}^n u_i x_i^2 + \sum_{k=1}^m v_k y_k^3$$

$$\frac{\partial L}{\partial u_i} = x_i^2$$

$$\frac{\partial L}{\partial v_k} = y_k^3$$
"""
    program = symgrad.compile(note, batch=("x", "y"))
    body = program.source[program.source.index("def value_and_grad") :]
    assert body[: body.index("class Workspace")].count("/ N") == 3
    checked(program)


def test_a_difference_is_summed_over_the_batch_as_one_array():
    note = r"""$z, t, b \in \mathbb R^m$.

$$L = \frac12 \sum_{i=1}^m (z_i + b_i - t_i)^2$$

$$\frac{\partial L}{\partial b_i} = z_i + b_i - t_i$$
"""
    program = symgrad.compile(note, batch=("z", "t"))
    assert program.source.count("ones_N @") == 1
    checked(program)


def test_what_a_proof_assumes_is_said_in_the_program():
    note = r"""Let $z, t \in \mathbb R^n$ with $\sum_{k=1}^n t_k = 1$,
$p_i = \frac{e^{z_i}}{\sum_{k=1}^n e^{z_k}}$.

$$E = -\sum_{k=1}^n t_k \log p_k$$

$$\frac{\partial E}{\partial z_j} = p_j - t_j$$
"""
    program = symgrad.compile(note)
    assert "assuming" in program.source.split("import")[0]
    assert program.plan.remarks == (r"proved only where \sum_{k=1}^n t_k = 1 (line 1)",)


CHAIN = r"\frac{\partial L}{\partial W_{ij}} = \frac{\partial L}{\partial z_i} x_j"
WEIGHT = r"\frac{\partial L}{\partial \lambda} = \sum_{i=1}^n z_i"


@pytest.mark.parametrize(
    ("loss", "claim"),
    [
        (r"L = \ell(z)", CHAIN),
        (r"L = \ell(z, y)", CHAIN),
        (r"L = \ell(z) + \lambda \sum_{i=1}^n z_i", WEIGHT),
    ],
)
def test_a_loss_without_a_formula_is_named(loss, claim):
    note = rf"""Let $W \in \mathbb R^{{n \times m}}$, $x \in \mathbb R^m$, $y \in \mathbb R^n$,
$\lambda \in \mathbb R$, $\ell$ differentiable, $z = Wx$ and ${loss}$.

$${claim}$$
"""
    assert symgrad.verify(note).passed()
    with pytest.raises(CannotCompile, match=r"nothing says what \\ell is; write a formula for it"):
        symgrad.compile(note)


def test_a_derivative_without_a_formula_is_named():
    note = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $z = Wx$, $L = \|z\|^2$.

$$\frac{\partial L}{\partial W_{ij}} = \frac{\partial L}{\partial z_i} x_j$$
"""
    with pytest.raises(
        CannotCompile, match=r"of L by W \(line 3\) is made of that by z, for which the note"
    ):
        symgrad.compile(note)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--activation", "tanh"], "here the note says what all functions are"),
        (["--line", "3"], "line 3 has no gradient"),
        (["--examples", "Q"], "no array is called Q"),
        (["--backend", "lambdify"], "give all sizes as numbers"),
    ],
)
def test_options_that_do_not_fit_are_a_matter_of_usage(options, message):
    result = CliRunner().invoke(main, ["compile", str(THREE), *options])
    assert result.exit_code == 2
    assert message in result.stderr
    assert not result.stdout


def test_an_activation_without_a_name_is_refused():
    with pytest.raises(CannotCompile, match="no activation is called 'thanh'"):
        symgrad.compile(NOTE, activation="thanh")


SQUARE = r"Let $S \in \mathbb R^{n \times n}$ be invertible, $b \in \mathbb R^n$."


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (
            r"""$$f = \det S$$

$$\frac{\partial f}{\partial S} = \det(S) S^{-\top}$$""",
            ["3:7", "5:35"],
        ),
        (
            r"""$$x = S^{-1} b$$

$$L = \sum_{i=1}^n x_i$$

$$\frac{\partial L}{\partial b} = S^{-\top} \mathbf 1$$""",
            ["3:7", "7:35"],
        ),
    ],
)
def test_inverses_and_determinants_are_refused_at_their_places(tmp_path, body, places):
    note = tmp_path / "note.md"
    note.write_text(f"{SQUARE}\n\n{body}\n")
    result = CliRunner().invoke(main, ["compile", str(note)])
    assert result.exit_code == 1
    assert not result.stdout
    said = [f"{note}:{at}: inverses and determinants are not compiled yet" for at in places]
    assert result.stderr.splitlines() == said
