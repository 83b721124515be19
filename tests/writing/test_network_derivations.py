"""Derivations of networks: what is written is read back, and every claim of it is proved."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest

from symgrad import Network, verify
from symgrad.network.functions import ACTIVATIONS
from symgrad.network.losses import LOSSES
from symgrad.writing.lines import broken
from symgrad.writing.network_derivation import FORMS
from symgrad.writing.widths import width

SIZES = ("m", "n", "p", "q", "r", "s", "t")
ANY = "a"
NOTATIONS = ("brackets", "subscripts")
FUNCTIONS = (ANY, *ACTIVATIONS, "softmax")

NO_VALUE = {("sign", "binary-cross-entropy"), ("step", "binary-cross-entropy")}
"""The loss takes the logarithm of 0 wherever the network is: there is no such network."""
LAST = ("softmax", "identity", "sigmoid", r"\sigma")


def derivation(depth, activation=ANY, loss="squared-error", form="entries", **options):
    network = Network(SIZES[: depth + 1], activation, loss)
    return network.latex(form, to="markdown", **options)


def check(text):
    report = verify(text, second_opinion=False)
    (note,) = report.notes
    assert note.read == note.formulas
    assert not note.diagnostics
    assert {result.verdict for result in report.results} == {"proved"}
    return report


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("depth", [1, 3])
def test_every_form_is_proved(depth, notation, steps, form):
    report = check(derivation(depth, form=form, steps=steps, notation=notation))
    assert len(report.results) >= 2 * depth + 1


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_every_activation_is_proved(activation):
    check(derivation(2, activation))


@pytest.mark.parametrize("form", ["batch", "expanded"])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_is_proved(loss, form):
    check(derivation(2, loss=loss, form=form, notation="subscripts"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("last", LAST)
def test_the_last_layer_may_have_another_activation(last, form):
    network = Network(SIZES[:3], "tanh", "cross-entropy-of-probabilities", last)
    for notation in NOTATIONS:
        for steps in (False, True):
            check(network.latex(form, to="markdown", notation=notation, steps=steps))


@pytest.mark.parametrize("form", FORMS)
def test_softmax_in_every_layer(form):
    check(derivation(3, "softmax", form=form, steps=True))


TIDY = {
    ("softmax", "cross-entropy-of-probabilities"): "Y",
    ("identity", "cross-entropy"): r"\operatorname{softmax}(Y)",
    ("sigmoid", "binary-cross-entropy"): "Y",
    ("identity", "binary-cross-entropy-with-logits"): r"\operatorname{sigmoid}(Y)",
}
"""The output as a probability, from which the target is taken, by activation and loss."""


@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize(("last", "loss"), TIDY)
def test_the_last_error_of_a_cross_entropy_is_a_difference(last, loss, steps):
    network = Network(SIZES[:3], "tanh", loss, last)
    shown = TIDY[last, loss]
    for form, front in (("matrix", f"= {shown}"), ("batch", rf"= \dfrac{{1}}{{N}} ({shown}")):
        text = network.latex(form, to="markdown", steps=steps)
        assert rf"{front} - \tilde Y" in text
        check(text)


@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize("depth", [2, 3])
def test_a_cross_entropy_written_out_in_full_is_proved(depth, steps):
    check(derivation(depth, "sigmoid", "binary-cross-entropy", "expanded", steps=steps))


@pytest.mark.parametrize("notation", NOTATIONS)
def test_what_softmax_with_cross_entropy_assumes_is_said(notation):
    network = Network(SIZES[:2], "relu", "cross-entropy-of-probabilities", "softmax")
    text = network.latex("entries", to="markdown", notation=notation)
    (note,) = check(text).notes
    assert len(note.assumptions) == 1
    assert r"{k=1}^{n}" in note.assumptions[0]
    entry = "[{}]_{{i}}" if notation == "brackets" else "{}_{{i}}"
    assert f"= {entry.format('Y')} - {entry.format(chr(92) + 'tilde Y')}" in text
    assert "have the sum 1" in text


def test_nothing_is_assumed_where_nothing_needs_it():
    network = Network(SIZES[:2], "sigmoid", "cross-entropy-of-probabilities")
    assert "have the sum 1" not in network.latex()


def test_the_steps_of_softmax_are_shown_by_entries():
    network = Network(SIZES[:2], "relu", "cross-entropy-of-probabilities", "softmax")
    text = network.latex("matrix", steps=True)
    steps = (
        r"[Y]_{k} \, (\mathbf 1[k = i] - [Y]_{i}) \tag*{derivative of the activation}",
        r"[Y]_{i} \sum\limits_{k=1}^{n} [\tilde Y]_{k} - [\tilde Y]_{i} \tag*{from above}",
        r"[Y]_{i} - [\tilde Y]_{i} \tag*{sum of the target}",
        r"\delta^{(1)} = \frac{\partial L}{\partial Z^{(1)}} = Y - \tilde Y",
    )
    assert sorted(map(text.index, steps)) == list(map(text.index, steps))


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("form", FORMS)
def test_the_identity_has_no_name(form, notation):
    text = Network(SIZES[:3], "identity").latex(form, to="markdown", steps=True, notation=notation)
    assert "the identity, which changes nothing" in text
    assert "longmapsto" not in text
    assert "a'(" not in text
    check(text)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("depth", range(1, 7))
def test_the_whole_grid_is_proved(depth, activation, form):
    """Every depth, activation, loss, form and notation: 7680 notes, every claim proved.

    Of a network in one form there are two notes, one in each notation; one of them has the
    steps. Which one alternates, so that every depth, activation, loss and form has the steps in
    both notations and their results in both, but a single network in one form has not all four.
    """
    for place, loss in enumerate(LOSSES):
        if (activation, loss) in NO_VALUE:
            continue
        turn = depth + FUNCTIONS.index(activation) + place + FORMS.index(form)
        for other, notation in enumerate(NOTATIONS):
            steps = (turn + other) % 2 == 1
            check(derivation(depth, activation, loss, form, notation=notation, steps=steps))


@pytest.mark.parametrize("loss", ["huber", "absolute-error"])
@pytest.mark.parametrize("activation", ["leaky-relu", "elu", "abs", "softmax"])
def test_kinks_of_kinks_are_proved(activation, loss):
    check(derivation(2, activation, loss, steps=True))


@pytest.mark.parametrize("last", ["exp", "softmax"])
def test_exponentials_of_exponentials_are_proved_with_what_is_assumed(last):
    network = Network(SIZES[:4], "exp", "cross-entropy", last)
    check(network.latex("batch", to="markdown", notation="subscripts"))


@pytest.mark.parametrize(
    ("activation", "loss"), [("silu", "cross-entropy"), ("sigmoid", "huber"), ("elu", "huber")]
)
def test_deep_formulas_without_named_errors_are_proved(activation, loss):
    check(derivation(6, activation, loss, "expanded", wrt=("W1", "X")))


@pytest.mark.parametrize("activation", ["log", "sqrt"])
def test_deep_networks_with_narrow_domains_are_proved(activation):
    check(derivation(5, activation, "binary-cross-entropy"))


def test_sympy_agrees():
    report = verify(derivation(2, "relu", steps=True))
    opinions = [r.second_opinion for r in report.results if r.second_opinion is not None]
    assert len(opinions) >= 15
    assert all(opinion.agrees for opinion in opinions)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_words_do_not_matter(language):
    check(derivation(2, "elu", lang=language, steps=True))


def test_sizes_may_be_numbers():
    check(Network((4, 3, 2), "sigmoid").latex("entries", to="markdown"))


@pytest.mark.parametrize("form", FORMS)
def test_sizes_that_are_numbers_are_multiplied_out(form):
    text = Network((4, 3, 2), "sigmoid", "mean-squared-error").latex(form, to="markdown")
    mean = {"batch": r"L = \dfrac{1}{2 N} \|", "matrix": r"L = \dfrac{1}{2} \|"}
    assert mean.get(form, r"L = \dfrac{1}{2} \sum") in text
    assert not re.search(r"\d \d|N \d", text)
    check(text)


def test_sizes_may_have_subscripts():
    sizes = ("n_0", "n_10", r"\ell_2")
    check(Network(sizes, r"\sigma").latex("expanded", to="markdown"))


def test_letters_of_indices_are_not_sizes():
    check(Network(("i", "k", "a", "j"), "tanh").latex("expanded", to="markdown"))


def test_only_what_is_asked_for():
    text = derivation(3, wrt=("W3",))
    assert r"\partial [W^{(3)}]_{i,j}" in text
    assert r"\partial [B^{(3)}]" not in text
    assert r"\delta^{(2)}" not in text
    check(text)


DERIVATIVE = re.compile(r"\\frac\{\\partial L\}\{\\partial \[?([A-Z](?:\^\{\(\d\)\})?)")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_every_step_has_a_rule_and_stands_on_what_is_above_it(depth, form):
    parameters = [f"{letter}{layer}" for layer in range(1, depth + 1) for letter in "WB"]
    names = [*parameters, "X"]
    most = len(names) if depth < 3 else 2
    for wanted in (c for size in range(1, most + 1) for c in combinations(names, size)):
        shown: set[str] = set()
        text = derivation(depth, form=form, steps=True, wrt=wanted)
        for display in text.split("## The gradients")[1].split("$$")[1::2]:
            chain = re.split(r"& = ", display.replace(" \\\\\n& \\qquad ", " "))
            if r"\tag*" in display:
                assert all(r"\tag*{" in member for member in chain[1:]), display
            for before, member in pairwise(chain):
                if "from above" in member:
                    assert set(DERIVATIVE.findall(before)) <= shown, (wanted, display)
            shown.update(DERIVATIVE.findall(chain[0]))
        for name in wanted:
            assert re.sub(r"(\d)", r"^{(\1)}", name) in shown


@pytest.mark.parametrize("wanted", ["B2", "W1", "X"])
def test_steps_without_named_errors_are_proved(wanted):
    text = derivation(2, "softmax", form="expanded", steps=True, wrt=(wanted,))
    assert r"{\partial [Z^{(2)}]_{i}} \tag*{affine map}" in text or wanted != "B2"
    check(text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_rows_and_indicators_are_introduced(language):
    network = Network(SIZES[:2], ANY, "cross-entropy-of-probabilities", "softmax")
    text = network.latex("batch", to="markdown", steps=True, lang=language)
    words = {"en": ("for every row $r$.", "is 1 where $i = j$"), "fr": ("pour tout $r$.", "vaut 1")}
    assert all(word in text for word in words[language])
    assert text.index(r"$\mathbf 1[i = j]$") < text.index(r"\mathbf 1[k = i] -")
    assert r"\delta_{" not in text
    check(text)
    assert r"\mathbf 1[" not in network.latex("batch", to="markdown", lang=language)


@pytest.mark.parametrize("form", ["entries", "matrix"])
def test_length_is_linear_in_depth(form):
    def length(depth):
        return len(Network([f"n_{k}" for k in range(depth + 1)]).latex(form))

    step = length(30) - length(20)
    assert abs((length(50) - length(40)) - step) < 0.05 * step


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"form": "rows"}, "no form 'rows'"),
        ({"lang": "de"}, "no language 'de'"),
        ({"to": "docx"}, "no format 'docx'"),
        ({"wrt": ("W4",)}, "the network has no 'W4'"),
        ({"form": "batch", "batch": "m"}, "m is the number of examples"),
        ({"form": "batch", "batch": "m n"}, "a size is a positive integer or a name"),
        ({"notation": "none"}, "no notation 'none'"),
    ],
)
def test_options_that_there_are_not(change, message):
    with pytest.raises(ValueError, match=message):
        Network(("m", "n", "p"), "relu").latex(**change)


@pytest.mark.parametrize("size", ["X", "L", "W_1", r"\delta"])
def test_sizes_that_clash_with_names(size):
    with pytest.raises(ValueError, match="a size cannot be called"):
        Network(("m", size, "q")).latex()


def test_notebooks_show_the_gradients():
    shown = Network(("m", "n", "q"))._repr_latex_()
    assert shown.startswith(r"$$\begin{aligned}")
    assert r"\frac{\partial L}{\partial X} & = {W^{(1)}}^\top \delta^{(1)}" in shown


def test_long_formulas_are_broken_before_sums():
    lines = broken(r"A \sum\limits_{k=1}^{n} B_{k} - \sum\limits_{j=1}^{m} C_{j}", 0, 8)
    assert lines == ["A", r"\times \sum\limits_{k=1}^{n} B_{k}", r"- \sum\limits_{j=1}^{m} C_{j}"]


def test_what_is_above_one_another_counts_once():
    assert width(r"\frac{abc}{d}") == width(r"\frac{d}{abc}") < width("abcd")
    assert width("x_{ij}^{(2)}") == width("x^{(2)}_{ij}") < width("x_{ij}") + width("(2)")
