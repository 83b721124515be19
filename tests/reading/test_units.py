r"""Sizes of 1: arrays with one entry, and with one row or column."""

from __future__ import annotations

import pytest

import symgrad

SIZES = r"Let $(m, n) \in \mathbb N^2$. "

COLUMNS = (
    SIZES
    + r"""
Let $x \in \mathbb R^{n \times 1}$, $w \in \mathbb R^{n \times 1}$, $t \in \mathbb R$ and
$A \in \mathbb R^{n \times n}$.
$$z = w^\top x$$ $$L = \frac12 (z - t)^2$$ $$Q = x^\top A x$$
"""
)
UNIT = (
    SIZES
    + r"""
Let $x \in \mathbb R^n$, $W \in \mathbb R^{m \times n}$, $v \in \mathbb R^{1 \times m}$,
$c \in \mathbb R^1$ and $t \in \mathbb R^{1}$.
$$h = W x$$ $$y = v h + c$$ $$L = (y - t)^2$$
"""
)
NUMBERS = (
    SIZES
    + r"""
Let $x \in \mathbb R^n$, $w \in \mathbb R^n$, $b \in \mathbb R^1$ and $t \in \mathbb R^1$.
$$z = w^\top x + b$$ $$L = \frac12 (z - t)^2$$
"""
)
EXAMPLES = (
    SIZES
    + r"""
Let $X \in \mathbb R^{m \times n}$, $w \in \mathbb R^{n \times 1}$, $b \in \mathbb R$ and
$t \in \mathbb R^{m \times 1}$.
$$z = X w + b$$ $$L = \frac{1}{2m} (z - t)^\top (z - t)$$
"""
)


def verdicts(text: str) -> list[str]:
    return [result.verdict for result in symgrad.verify(text, second_opinion=False).results]


@pytest.mark.parametrize(
    ("given", "claims"),
    [
        (COLUMNS, (r"z}{\partial x} = w", r"L}{\partial w} = (z - t) x")),
        (COLUMNS, (r"Q}{\partial x} = (A + A^\top) x",)),
        (UNIT, (r"L}{\partial v} = 2 (y - t) h^\top", r"L}{\partial c} = 2 (y - t)")),
        (UNIT, (r"L}{\partial h} = 2 (y - t) v^\top", r"L}{\partial y} = 2 (y - t)")),
        (UNIT, (r"L}{\partial W} = 2 (y - t) v^\top x^\top", r"y}{\partial v} = h^\top")),
        (UNIT, (r"y}{\partial h} = v", r"y}{\partial x} = v W", r"y}{\partial c} = 1")),
        (NUMBERS, (r"L}{\partial w} = (z - t) x", r"L}{\partial b} = z - t")),
        (EXAMPLES, (r"L}{\partial w} = \frac1m X^\top (z - t)",)),
        (EXAMPLES, (r"L}{\partial b} = \frac1m \sum_{i=1}^m (z_{i,1} - t_{i,1})",)),
    ],
)
def test_one_entry_is_a_number_and_one_column_a_vector(given, claims):
    text = given + "\n".join(rf"$$\frac{{\partial {claim}$$" for claim in claims)
    assert verdicts(text) == ["proved"] * len(claims)


@pytest.mark.parametrize(
    ("given", "claim", "verdict"),
    [
        (COLUMNS, r"L}{\partial w} = (z + t) x", "refuted"),
        (COLUMNS, r"L}{\partial w} = (z - t) x^\top", "ill-typed"),
        (COLUMNS, r"Q}{\partial x} = 2 A x", "refuted"),
        (UNIT, r"L}{\partial v} = 2 (y - t) h", "ill-typed"),
        (UNIT, r"L}{\partial h} = 2 (y - t) v", "ill-typed"),
        (UNIT, r"L}{\partial W} = 2 (y - t) x v", "ill-typed"),
        (UNIT, r"L}{\partial c} = y - t", "refuted"),
        (NUMBERS, r"L}{\partial w} = (z - t) w", "refuted"),
        (EXAMPLES, r"L}{\partial w} = \frac1m X (z - t)", "ill-typed"),
        (EXAMPLES, r"L}{\partial z} = z - t", "refuted"),
    ],
)
def test_what_is_wrong_for_all_sizes_is_wrong_for_sizes_of_1(given, claim, verdict):
    assert verdicts(given + rf"$$\frac{{\partial {claim}$$") == [verdict]


def test_an_index_from_1_to_1_is_1():
    text = r"""
Let $y \in \mathbb R^1$, $i \in \{1,\dots,1\}$. $$p_i = \frac{e^{y_i}}{\sum_{k=1}^{1} e^{y_k}}$$
"""
    assert verdicts(text + r"$$\frac{\partial p_i}{\partial y_i} = 0$$") == ["proved"]
    assert verdicts(text + r"$$\sum_{k=1}^{1} p_k y_k = y_i$$") == ["proved"]
    assert verdicts(text + r"$$\sum_{k=1}^{1} p_k y_k^2 = 2 y_i^2$$") == ["refuted"]


def test_what_sums_to_1_over_one_entry_is_1():
    text = r"""
Let $n \in \mathbb N$, $t \in \mathbb R^1$ and $s \in \mathbb R^n$ where
$\sum_{k=1}^{1} t_k = 1$ and $\sum_{k=1}^n s_k = 1$. For $i \in \{1,\dots,1\}$ and
$j \in \{1,\dots,n\}$, $$t_i = 1$$ $$s_j = 1$$
"""
    assert verdicts(text)[0] == "proved"
    assert verdicts(text)[1] != "proved"


@pytest.mark.parametrize("layers", ["2,3,1", "m,1,n", "1,1"])
@pytest.mark.parametrize("form", ["entries", "matrix", "batch", "expanded"])
def test_networks_with_layers_of_one_unit_are_read_back(layers, form):
    sizes, loss = layers.split(","), "cross-entropy" if form == "batch" else "squared-error"
    text = symgrad.Network(sizes, "a", loss).latex(form, to="markdown", steps=form == "matrix")
    report = symgrad.verify(text, second_opinion=False)
    assert report.passed()
    assert report.notes[0].read == report.notes[0].formulas


@pytest.mark.parametrize(
    ("form", "right", "wrong", "verdict"),
    [
        ("matrix", r"{W^{(2)}}^\top \delta^{(2)}", r"W^{(2)} \delta^{(2)}", "ill-typed"),
        ("matrix", r"\delta^{(2)} {X^{(1)}}^\top", r"\delta^{(2)} X^{(1)}", "ill-typed"),
        ("entries", r"_{k,i} \, [\delta^{(2)}]_{k}", r"_{i,k} \, [\delta^{(2)}]_{k}", "unread"),
        ("entries", r"\sum\limits_{k=1}^{1} [W", "2 [W", "ill-typed"),
        ("batch", r"{\delta^{(2)}}^\top X^{(1)}", r"\delta^{(2)} X^{(1)}", "undecided"),
        ("batch", r"\delta^{(2)} W^{(2)}", r"\delta^{(2)} {W^{(2)}}^\top", "undecided"),
    ],
)
def test_mistakes_in_networks_with_one_unit_are_found(form, right, wrong, verdict):
    text = symgrad.Network((2, 3, 1), "a").latex(form, to="markdown")
    assert text.count(right) == 1
    found = verdicts(text.replace(right, wrong))
    assert sorted(found) == sorted([verdict, *["proved"] * (len(found) - 1)])
