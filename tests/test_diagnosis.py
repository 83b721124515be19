"""What is said of a refuted step beside its mistake: its terms, and displays that disagree."""

from __future__ import annotations

import pytest

from symgrad.verify import verify

DECLARED = r"""Let $(n, m) \in \mathbb N^2$, $A \in \mathbb R^{n \times n}$,
$x, y, t \in \mathbb R^n$, $i \in \{1,\dots,n\}$.

"""


def report(text):
    return verify(DECLARED + text + "\n", second_opinion=False)


def last(text):
    return report(text).results[-1]


# -- terms


def test_terms_that_are_missing_and_terms_that_are_too_much():
    left = r"\frac{\partial}{\partial x_i} (\|x - t\|^2 + x^T y + x^T A x)"
    right = r"2 x_i + \sum_{k=1}^n A_{ik} x_k + \sum_{k=1}^n A_{ki} t_k"
    result = last(f"$${left} = {right}$$")
    assert result.verdict == "refuted"
    assert result.mistake is None
    found = result.difference
    assert found.missing == ("-2 t_i", "y_i", r"\sum_{k=1}^n x_k A_{ki}")
    assert found.stray == (r"\sum_{k=1}^n A_{ki} t_k",)
    assert found.entry == ""
    mended = " + ".join([right, *found.missing]) + f" - {found.stray[0]}"
    assert last(f"$${left} = {mended}$$").verdict == "proved"


def test_the_terms_of_an_array_are_those_of_its_entry():
    result = last(r"$$\frac{\partial}{\partial x} (x^T A x + t^T x) = A x + x + A y$$")
    found = result.difference
    assert found.entry == "i"
    assert len(found.missing) == 2
    assert found.stray[0] == "x_i"


def test_a_term_with_another_number_is_missing_in_part():
    result = last(r"$$\frac{\partial}{\partial x_i} (\|x\|^2 + 3 y^T x) = x_i + 5 y_i - t_i$$")
    assert result.difference.missing == ("x_i",)
    assert result.difference.stray == ("2 y_i", "-t_i")


def test_a_step_with_a_named_mistake_has_no_list_of_terms():
    result = last(r"$$\frac{\partial}{\partial x_i} \|x\|^2 = x_i$$")
    assert result.mistake == "factor"
    assert result.difference is None


def test_what_differs_in_many_terms_is_not_listed():
    sums = " + ".join(rf"x_i^{k} y_i" for k in range(2, 8))
    assert last(rf"$$x_i = {sums} + t_i^2$$").difference is None


# -- displays that disagree

SQUARE = r"\|x - t\|^2"


def clash(text, result=-1):
    """Name and lines of the two displays."""
    whole = report(text)
    found = whole.results[result].contradiction
    source = whole.notes[0].source
    shift = DECLARED.count("\n")
    lines = [source.position(s.start)[0] - shift for s in (found.counts, found.other)]
    return found.name, *lines


@pytest.mark.parametrize(
    "displays",
    [
        [
            rf"L = \frac12 {SQUARE}",
            rf"L = {SQUARE}",
            r"\frac{\partial L}{\partial x_i} = 2(x_i-t_i)",
        ],
        [
            r"L(x, t) = \|x - t\|",
            rf"L(x, t) = {SQUARE}",
            r"\frac{\partial L}{\partial x_i} = 2(x_i - t_i)",
        ],
        [
            r"L: (x, t) \in (\mathbb R^n)^2 \longmapsto \|x - t\|^2",
            r"L(x, t) = \frac12 \sum_{k=1}^n (x_k - t_k)^2",
            r"\frac{\partial L}{\partial x_i} = x_i - t_i",
        ],
        [
            rf"L = \frac1n {SQUARE}",
            rf"L = \frac{{1}}{{2n}} {SQUARE}",
            r"\frac{\partial L}{\partial x_i} = \frac1n (x_i - t_i)",
        ],
        ["z = A x + y", "z = A x", r"\frac{\partial z_i}{\partial y_i} = 0"],
        [
            r"v = \sum_{k=1}^n (x_k - t_k)^2",
            r"v = \sum_{k=1}^n (x_k - t_k)",
            r"\frac{\partial v}{\partial x_i} = 1",
        ],
        [r"z_i = x_i + y_i", r"z_i = x_i - y_i", r"z_i + z_i = 2 x_i - 2 y_i"],
    ],
)
def test_a_claim_that_is_right_with_another_display_names_both(displays):
    text = "\n\n".join(f"$${display}$$" for display in displays)
    name, counts, other = clash(text)
    assert name == displays[0][0]
    assert (counts, other) == (1, 3)


def test_a_function_that_is_declared_twice():
    text = "\n\n".join(
        rf"$$L: (x, t) \in (\mathbb R^n)^2 \longmapsto {body}$$"
        for body in (r"\|x - t\|^2", r"\frac12 \|x - t\|^2")
    )
    gradient = r"$$\frac{\partial L}{\partial x_i} = 2 (x_i - t_i)$$"
    assert clash(f"{text}\n\n{gradient}") == ("L", 3, 1)


@pytest.mark.parametrize("right", ["3(x_i - t_i)", "2(x_i + t_i)"])
def test_what_is_wrong_with_either_display_has_no_contradiction(right):
    text = rf"$$L = \frac12 {SQUARE}$$ $$L = {SQUARE}$$"
    text += rf" $$\frac{{\partial L}}{{\partial x_i}} = {right}$$"
    assert last(text).contradiction is None


def test_the_definition_that_counts_still_counts_afterwards():
    first, second = rf"$$L = \frac12 {SQUARE}$$", rf"$$L = {SQUARE}$$"
    wrong = r"$$\frac{\partial L}{\partial x_i} = 2(x_i - t_i)$$"
    right = r"$$\frac{\partial L}{\partial x_i} = x_i - t_i$$"
    results = report(f"{first}\n\n{second}\n\n{wrong}\n\n{right}\n\n{wrong}").results
    assert [r.verdict for r in results] == ["refuted", "refuted", "proved", "refuted"]


# -- bare expressions

BARE = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $t \in \mathbb R^n$.
$$z = W x, \quad E = \frac12 \|z - t\|^2$$
$$BARE$$
"""


@pytest.mark.parametrize(
    ("bare", "of", "by"),
    [
        ("(z - t) x^T", "E", "W"),
        ("W^T (z - t)", "E", "x"),
        ("z - t", "E", "z"),
        ("(z_i - t_i) x_j", "E", "W_{i,j}"),
        (r"\sum_{i=1}^n W_{ij} (z_i - t_i)", "E", "x_j"),
    ],
)
def test_a_bare_expression_is_said_to_be_the_derivative_that_it_is(bare, of, by):
    result = verify(BARE.replace("BARE", bare), second_opinion=False).results[-1]
    assert result.verdict == "identified"
    assert result.message == f"it is the derivative of {of} by {by}"


# -- corrections


def test_equal_terms_of_a_correction_are_gathered():
    result = last(r"$$\frac{\partial}{\partial x_i} (x_i x_i + t_i y_i) = y_i^3 + t_i y_i$$")
    assert result.correction.replace(" ", "") == "2x_i"


def test_a_sum_of_a_correction_takes_no_letter_that_the_note_uses():
    note = r"""Let $n \in \mathbb N$, $k, l \in \mathbb R$, $x \in \mathbb R^n$,
$i \in \{1,\dots,n\}$.
$$\frac{\partial}{\partial x_i} \|x\|^4 ="""
    correction = verify(f"{note}$$\n", second_opinion=False).results[-1].correction
    assert r"\sum_{" in correction.replace(r"\limits", "")
    assert not any(f"{letter}=1" in correction for letter in "kli")


def test_a_missing_sum_gets_a_letter_that_is_free():
    result = last(r"$$y_i x_i + \|x\|^2 = x_i x_i + y_i x_i$$")
    assert "missing-sum" in result.codes
    assert r"_{i=1}" not in result.correction


# -- steps of arrays that do not fit

ARRAYS = r"""Let $(n, m) \in \mathbb N^2$, $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$,
$t \in \mathbb R^n$. Let $a: s \in \mathbb R \longmapsto \max(s, 0)$.
$$z = W x$$ $$h = a(z)$$
"""
ERROR = r"\|W x - t\|^2"


@pytest.mark.parametrize(
    ("variable", "body", "wrong", "mistake", "right"),
    [
        ("W", ERROR, "2 (W x - t) x", "missing-transpose", "2 (W x - t) x^T"),
        ("x", ERROR, "2 W (W x - t)", "missing-transpose", "2 W^T (W x - t)"),
        ("x", ERROR, "2 (W x - t)", "missing-factor", "2 W^T (W x - t)"),
        ("x", ERROR, "2 W^T W (W x - t)", "stray-factor", "2 W^T (W x - t)"),
        ("W", "t^T W x", "x t^T", "order-of-factors", "t x^T"),
        ("z", "h", "a'(z)", "missing-diag", r"\operatorname{diag}(a'(z))"),
        ("W", r"\|h - t\|^2", r"2 ((h - t) \odot a'(z)) x", "missing-transpose", None),
    ],
)
def test_a_step_of_arrays_is_made_to_fit(variable, body, wrong, mistake, right):
    left = rf"\frac{{\partial}}{{\partial {variable}}} {body}"
    result = verify(f"{ARRAYS}$${left} = {wrong}$$\n", second_opinion=False).results[-1]
    assert result.verdict == "ill-typed"
    assert result.mistake == mistake
    assert mistake in result.codes
    assert right is None or result.correction == right
    mended = f"{ARRAYS}$${left} = {result.correction}$$\n"
    assert verify(mended, second_opinion=False).results[-1].verdict == "proved"


def test_a_step_of_arrays_that_no_small_change_mends_is_left():
    left = rf"\frac{{\partial}}{{\partial x}} {ERROR}"
    result = verify(f"{ARRAYS}$${left} = 7 t$$\n", second_opinion=False).results[-1]
    assert result.verdict == "ill-typed"
    assert "dropped" not in result.message
