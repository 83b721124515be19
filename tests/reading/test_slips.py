r"""What authors leave to the reader: fonts, names at the end of a chain, bounds, dots."""

import pytest

from symgrad.verify import verify


def verdicts(*displays):
    """The verdicts on the last of some displays."""
    before = "".join(f"$${display}$$\n\n" for display in displays[:-1])
    results = verify(f"{before}$${displays[-1]}$$\n").results
    return [result.verdict for result in results if result.span.start >= len(before)]


CHAIN = (r"\mathcal{E} = \frac12 (q - t)^2", r"q = \phi(s)")
MAP = (r"s = W u + c",)
MARGIN = (r"s = u^T v", r"E = -\log \sigma(s)", r"\sigma(x) = \frac{1}{1+e^{-x}}")
CLASSES = (
    r"V \in \mathbb{R}^{c \times d}",
    r"s = V h",
    r"p = \text{softmax}(s)",
    r"E = -\sum_{k=1}^{K} t_k \log p_k",
)
LAYERS = (
    r"s^l = V^l h^{l-1} + c^l",
    r"h^l = f(s^l)",
    r"\delta^l = \frac{\partial E}{\partial s^l}",
)
GATE = (r"u, g \in \mathbb{R}^n", r"h = g \odot u")


@pytest.mark.parametrize(
    ("definitions", "right", "wrong"),
    [
        (
            CHAIN,
            r"\frac{\partial \mathcal{E}}{\partial s} = \frac{\partial \mathcal{E}}{\partial q}"
            r" \frac{\partial \mathcal{q}}{\partial \mathcal{s}} = (q - t) \phi'(s)",
            r"\frac{\partial \mathcal{E}}{\partial s} = \frac{\partial \mathcal{E}}{\partial q}"
            r" \frac{\partial \mathcal{q}}{\partial \mathcal{s}} = (t - q) \phi'(s)",
        ),
        (
            MAP,
            r"\frac{d\vec{s}}{d\vec{u}} = W",
            r"\frac{d\vec{s}}{d\vec{u}} = W W",
        ),
        (
            MARGIN,
            r"\frac{\partial E}{\partial s} = \sigma(s) - 1 = r_{\text{new}}",
            r"\frac{\partial E}{\partial s} = \sigma(s) + 1 = r_{\text{new}}",
        ),
        (
            CLASSES,
            r"\frac{\partial E}{\partial s_j}"
            r" = \sum_{k=1}^K \frac{\partial E}{\partial p_k} \frac{\partial p_k}{\partial s_j}",
            r"\frac{\partial E}{\partial s_j}"
            r" = \frac{\partial E}{\partial p_j} \frac{\partial p_j}{\partial s_j}",
        ),
        (
            LAYERS,
            r"\delta^l = ((V^{l+1})^T \delta^{l+1}) \cdot f'(s^l)",
            r"\delta^l = (V^{l+1} \delta^{l+1}) \cdot f'(s^l)",
        ),
        (
            GATE,
            r"\frac{\partial E}{\partial g} = \frac{\partial E}{\partial h} \cdot u",
            r"\frac{\partial E}{\partial g} = \frac{\partial E}{\partial h} \cdot g",
        ),
    ],
)
def test_what_is_left_to_the_reader(definitions, right, wrong):
    assert set(verdicts(*definitions, right)) == {"proved"}
    assert set(verdicts(*definitions, wrong)) != {"proved"}


def test_a_script_letter_that_stands_for_something_else_stays():
    two = (r"q = s^2", r"\mathcal{Q} = q + 1")
    assert verdicts(*two, r"\frac{\partial \mathcal{Q}}{\partial s} = 2 s") == ["proved"]
    assert verdicts(*two, r"\mathcal{Q} = q") != ["proved"]


def test_a_script_letter_with_a_formula_of_its_own_stays():
    own = (r"\mathcal{s} = 2 u", r"q = s^2")
    assert verdicts(*own, r"\frac{\partial q}{\partial u} = 8 u") != ["proved"]


def test_a_bold_name_with_formulas_of_its_own_stays():
    two = (r"\mathbf{s} = W \mathbf{u}", r"s = u^2")
    assert verdicts(*two, r"\frac{\partial s}{\partial \mathbf{u}} = W") != ["proved"]


def test_a_last_member_that_the_note_knows_is_judged():
    known = (*MARGIN, r"r = 2 s")
    assert set(verdicts(*known, r"\frac{\partial E}{\partial s} = \sigma(s) - 1 = r")) != {"proved"}
    assert verdicts(*MARGIN, r"\frac{\partial E}{\partial s} = r") != ["proved"]


def test_a_bound_with_a_space_of_its_own_is_no_other_size():
    definitions = "\n\n".join(f"$${display}$$" for display in CLASSES)
    claim = r"$$\frac{\partial E}{\partial p_k} = -\frac{t_k}{p_k}$$"
    own = r"Let $w \in \mathbb{R}^{K}$."
    for before, found in (("", set()), (own, {"sum-range"})):
        report = verify(f"{before}\n\n{definitions}\n\n{claim}\n")
        codes = {diagnostic.code.slug for diagnostic in report.notes[0].diagnostics}
        assert codes & {"sum-range"} == found


def test_a_dot_that_gives_a_number_stays_one():
    inner = (r"u, v \in \mathbb{R}^n", r"q = u \cdot v")
    assert verdicts(*inner, r"\frac{\partial q}{\partial u} = v") == ["proved"]
    assert verdicts(*inner, r"q = v \cdot u") == ["proved"]
    assert verdicts(*inner, r"\frac{\partial q}{\partial u} = v \cdot v") != ["proved"]


@pytest.mark.parametrize("end", ["", "^n"])
def test_nothing_is_differentiated_by_the_end_of_a_sum(end):
    mean = rf"q = \frac{{1}}{{n}} \sum_{{i{'=1' if end else ''}}}{end} u_i"
    assert verdicts(mean, r"\frac{\partial q}{\partial n} = 0") == ["unread"]
