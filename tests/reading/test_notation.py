"""Ways to typeset that say nothing of their own, and ways to write a name."""

import pytest

from symgrad.verify import verify


def verdicts(*displays):
    note = "\n\n".join(f"$${display}$$" for display in displays)
    return [result.verdict for result in verify(note + "\n", second_opinion=False).results]


LINE = "y = w x"
SUM = r"s = \sum_{k=1}^n a_k b_k"


@pytest.mark.parametrize(
    ("definition", "right", "wrong"),
    [
        (LINE, r"\frac{\partial y}{\partial w} = x \space .", r"\pdv{y}{w} = 2x \space ."),
        (
            LINE,
            r"\frac{\cancel{w}}{\cancel{w}} y = x w",
            r"\frac{\cancel w}{\cancel w} y = x",
        ),
        (LINE, r"\require{cancel} \pdv{y}{w} = x", r"\require{cancel} \pdv{y}{w} = -x"),
        (LINE, r"\therefore \pdv{w} y = x \qquad \blacksquare", r"\therefore \dv{y}{w} = 3x"),
        (LINE, r"{\partial y \over \partial w} = {2 x \over 2}", r"{dy \over dw} = {x \over 2}"),
        (LINE, r"\bigtriangledown_w y = x", r"\triangledown_w y = 2 x"),
        (LINE, r"\frac{\text{d} y}{\text{d} w} = x", r"\frac{\text{d} y}{\text{d} w} = -x"),
        (LINE, r"\pdv{y}{w} \overset{!}{=} x", r"\pdv{y}{w} \stackrel{?}{=} 2x"),
        ("{\\cal L} = (u - t)^2", r"\pdv{\cal L}{u} = 2 (u - t)", r"\pdv{\mathcal{L}}{u} = u - t"),
        (r"s = \underset{k}{\sum} a_k b_k", r"\pdv{s}{a_k} = b_k", r"\pdv{s}{a_k} = 2 b_k"),
        (
            r"s = \overset{n}{\underset{k=1}{\sum}} a_k^2",
            r"\pdv{s}{a_k} = 2a_k",
            r"\pdv{s}{a_k} = a_k",
        ),
        (r"s = \mathop{\sum}_{k} a_k^2", r"\pdv{s}{a_k} = 2 a_k", r"\pdv{s}{a_k} = a_k"),
        (r"s = \Sigma_{k=1}^n a_k^2", r"\pdv{s}{a_k} = 2 a_k", r"\pdv{s}{a_k} = a_k"),
        (r"q = \norm{v}^2", r"\pdv{q}{v} = 2 v", r"\pdv{q}{v} = v + 1"),
    ],
)
def test_typesetting_changes_nothing(definition, right, wrong):
    assert verdicts(definition, right) == ["proved"]
    assert verdicts(definition, wrong)[0] in ("refuted", "ill-typed", "undecided")


def test_a_capital_sigma_with_an_index_alone_stays_a_letter():
    quadratic = r"Q = (x - \mu)^T \Sigma_k (x - \mu)"
    assert "proved" not in verdicts(quadratic, r"\pdv{Q}{x} = \Sigma_{k=1}^n (x - \mu)")


def test_a_macro_of_the_note_goes_before_one_that_is_known():
    macro = r"$\newcommand{\norm}[1]{#1 \cdot 3}$" + "\n\n"
    note = macro + "$$q = \\norm{v}$$\n\n$$\\frac{\\partial q}{\\partial v} = 3$$\n"
    assert [r.verdict for r in verify(note).results] == ["proved"]


LOGISTIC = r"s(u) = \frac{1}{1+e^{-u}}"


@pytest.mark.parametrize(
    ("definition", "right", "wrong"),
    [
        (LOGISTIC, r"\frac{d}{du} \log s(u) = 1 - s(u)", r"\frac{d}{du} \log s(u) = s(u)"),
        (r"y = \exp -x", r"\frac{dy}{dx} = -\exp -x", r"\frac{dy}{dx} = \exp -x"),
        (r"y = \exp -\frac{x^2}{2}", r"\frac{dy}{dx} = -x y", r"\frac{dy}{dx} = x y"),
        (r"y = \log \tanh x", r"\frac{dy}{dx} \tanh x = \tanh' x", r"\frac{dy}{dx} = \tanh' x"),
        (r"y = x \log 2\pi", r"\frac{dy}{dx} = \log(2\pi)", r"\frac{dy}{dx} = \pi \log 2"),
        (r"y = \log x \log x", r"\frac{dy}{dx} = \frac{2\log x}{x}", r"\frac{dy}{dx} = \frac1x"),
    ],
)
def test_where_an_argument_without_brackets_ends(definition, right, wrong):
    assert verdicts(definition, right) == ["proved"]
    assert verdicts(definition, wrong)[0] in ("refuted", "undecided")


@pytest.mark.parametrize("unclear", [r"\log x z", r"\log x (1 - x)", r"\log s(u) z", r"\log x / z"])
def test_an_argument_that_may_go_on_is_refused(unclear):
    assert verdicts(LOGISTIC, f"y = {unclear}", r"\frac{dy}{dz} = y")[-1] != "proved"
    assert verdicts(LOGISTIC, rf"\frac{{d}}{{dz}} ({unclear}) = 1") == ["unread"]


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{d}{dx} x \sin(x) = 2 x \sin",
        r"\frac{d}{dx} \sin x \cos x = \cos^2 x - \sin^2 x",
        r"\frac{d}{dx} \operatorname{rank}(x) = 1",
    ],
)
def test_a_function_that_is_not_known_is_no_number(claim):
    assert verdicts(claim)[0] in ("undecided", "unread")


@pytest.mark.parametrize(
    ("definition", "right", "wrong"),
    [
        (r"y_{\text{hat}} = w x", r"\pdv{y_{\text{hat}}}{w} = x", r"\pdv{y_{hat}}{w} = 2x"),
        (r"y^{\text{hat}} = w x", r"\pdv{y^{\text{hat}}}{w} = x", r"\pdv{y^{hat}}{w} = 2x"),
        (
            r"L = \sum_k (q_{\text{est},k} - q_k)^2",
            r"\pdv{L}{q_{\text{est},k}} = 2 (q_{\text{est},k} - q_k)",
            r"\pdv{L}{q_{est,k}} = 2 (q_k - q_{est,k})",
        ),
        (
            r"L = \sum_k (q_{\mathrm{est},k} - q_k)^2",
            r"\pdv{L}{q_{est}} = 2 (q_{est} - q)",
            r"\pdv{L}{q_{est}} = q_{est} - q",
        ),
        (
            r"\text{err} = (w x - y)^2",
            r"\pdv{\text{err}}{w} = 2 (wx - y) x",
            r"\pdv{\text{err}}{w} = x",
        ),
        (
            r"R_{\text{reg}} = \|v\|^2",
            r"\pdv{R_{\text{reg}}}{v} = 2v",
            r"\pdv{R_{reg}}{v} = 3v",
        ),
    ],
)
def test_words_belong_to_a_name(definition, right, wrong):
    assert verdicts(definition, right) == ["proved"]
    assert verdicts(definition, wrong)[0] in ("refuted", "undecided")


def test_words_below_a_sum_are_no_index():
    claim = r"\frac{\partial}{\partial w} \sum_{\text{batch}} w^2 = 2 w"
    assert verdicts(claim) == ["unread"]


def test_words_in_a_sentence_stay_words():
    rows = r"\begin{cases} u & \text{if } u > 0 \\ 0 & \text{otherwise} \end{cases}"
    assert verdicts(rf"f(u) = {rows}", r"f(2) = 2 \text{ as it is positive}") == ["proved"]
