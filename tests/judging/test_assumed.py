r"""What a note says of its inputs: assumed for the claims after it, and for nothing else."""

import pytest

from symgrad.verify import verify

SOFTMAX = r"""Let $z, y \in \mathbb R^n$. {stated}

$$p_i = \frac{{e^{{z_i}}}}{{\sum_{{k=1}}^n e^{{z_k}}}}, \qquad L = -\sum_{{k=1}}^n y_k \log p_k$$

$$\frac{{\partial L}}{{\partial z_i}} = {claim}$$
"""
FORM = r"""Let $A \in \mathbb R^{{n \times n}}$ and $x \in \mathbb R^n$. {stated}

$$\nabla_x (x^\top A x) = {claim}$$
"""
LOGARITHM = r"""Let $x {space}$. {stated}

$$\log(x^2) = {claim}$$
"""


def last(note):
    return verify(note, second_opinion=False).results[-1]


SUMS = (
    r"Suppose that $\sum_k y_k = 1$.",
    r"Here $y$ is one-hot, so that $\sum_{k=1}^n y_k = 1$.",
    r"We are given that $1 = \sum_{k=1}^n y_k$.",
    r"The labels satisfy" "\n" r"$$\sum_{k=1}^n y_k = 1.$$",
    r"On suppose que $\sum_{k=1}^n y_k = 1$.",
    r"Dabei sei $\sum_{k=1}^n y_k = 1$.",
    "\n\n" r"$$\sum_{k=1}^n y_k = 1$$",
)


@pytest.mark.parametrize("stated", SUMS)
def test_softmax_with_cross_entropy(stated):
    right = last(SOFTMAX.format(stated=stated, claim="p_i - y_i"))
    assert right.verdict == "proved"
    assert len(right.assuming) == 1
    wrong = last(SOFTMAX.format(stated=stated, claim="y_i - p_i"))
    assert wrong.verdict in ("refuted", "undecided")
    assert wrong.counterexample is not None


def test_a_false_claim_is_refuted_where_the_assumption_holds():
    wrong = last(SOFTMAX.format(stated=SUMS[0], claim="p_i + y_i"))
    entries = wrong.counterexample.values["y"]
    assert sum(map(int, entries)) == 1


NOTHING = (
    "",
    r"Unless $\sum_k y_k = 1$ this is another formula.",
    r"If $\sum_k y_k = 1$ it is simpler.",
    r"In the special case with $\sum_k y_k = 1$ it is simpler.",
    r"It is not assumed that $\sum_k y_k = 1$.",
    r"Here $\sum_k y_k = 1$ does not hold.",
    r"Is it given that $\sum_k y_k = 1$?",
    r"On ne suppose pas que $\sum_k y_k = 1$.",
    r"Wenn $\sum_k y_k = 1$ gegeben ist, wird es einfacher.",
    r"Yksinkertaisempi $\sum_k y_k = 1$ tapaus.",
    r"In the next note we will assume $\sum_k y_k = 1$.",
    r"Let us drop the assumption $\sum_k y_k = 1$.",
    "\n\n" r"$$\sum_k y_k \overset{?}{=} 1$$",
    "\n\n" r"$$\text{if } \sum_k y_k = 1$$",
    r"With many labels we lose $\sum_k y_k = 1$.",
    r"The labels rarely satisfy $\sum_k y_k = 1$.",
    r"Suppose a friend claims $\sum_k y_k = 1$.",
    r"Suppose at least one of $\sum_k y_k = 1$, $z_1 = 0$.",
    r"Es sei denn $\sum_k y_k = 1$, ist es komplizierter.",
    r"Suppose for now that $\sum_k y_k = 1$. Then it is easy. In general it is not.",
    "\n\n- Suppose $\\sum_k y_k = 1$.\n- Otherwise there is another formula.",
    "\n\n> Suppose $\\sum_k y_k = 1$.\n\nThat was last year.",
    "\n\n## Case 1\n\nSuppose $\\sum_k y_k = 1$.\n\n## Case 2\n\nNow the other.",
    r"Suppose that $y_1 + y_2 = 1$.",
    r"Suppose that $\sum_k z_k = 1$.",
    r"Suppose that $\sum_k y_k = 2$.",
    r"Suppose that $\sum_k y_k^2 = 1$.",
)


@pytest.mark.parametrize("stated", NOTHING)
def test_what_is_not_assumed_proves_nothing(stated):
    assert last(SOFTMAX.format(stated=stated, claim="p_i - y_i")).verdict != "proved"


SYMMETRIC = (
    r"Let $A$ be symmetric: $A = A^\top$.",
    r"Assume $A^T = A$.",
    r"We suppose that $A_{ij} = A_{ji}$.",
    "\n\n" r"$$A = A^\top$$",
)


@pytest.mark.parametrize("stated", SYMMETRIC)
def test_a_symmetric_matrix(stated):
    result = last(FORM.format(stated=stated, claim="2 A x"))
    assert result.verdict == "proved"
    assert result.assuming
    assert last(FORM.format(stated=stated, claim="A x")).verdict == "refuted"


def test_what_needs_no_assumption_names_none():
    result = last(FORM.format(stated=SYMMETRIC[0], claim=r"A x + A^\top x"))
    assert (result.verdict, result.assuming) == ("proved", ())


@pytest.mark.parametrize("stated", ["", r"Show that $A = A^\top$.", r"$A = A^\top$"])
def test_a_matrix_that_nothing_makes_symmetric(stated):
    assert last(FORM.format(stated=stated, claim="2 A x")).verdict != "proved"


@pytest.mark.parametrize(
    ("space", "stated"),
    [
        (r"\in \mathbb R", "Suppose $x > 0$."),
        (r"\in \mathbb R", "\n\n$$x > 0$$"),
        (r"\in \mathbb R", "Let $0 < x$."),
        (r"\in \mathbb R, \; x > 0", ""),
        (r"\in \mathbb R_{>0}", ""),
        (r"\in \mathbb R_+^*", ""),
    ],
)
def test_positive_numbers(space, stated):
    proved = last(LOGARITHM.format(space=space, stated=stated, claim=r"2 \log x"))
    assert (proved.verdict, len(proved.assuming)) == ("proved", 1)


@pytest.mark.parametrize(
    ("space", "stated"),
    [(r"\in \mathbb R", ""), (r"\in \mathbb R_+", ""), (r"\in \mathbb R", "If $x > 0$, good.")],
)
def test_numbers_that_may_be_negative(space, stated):
    note = f"Let $x {space}$. {stated}\n\n$$\\sqrt{{x^2}} = x$$\n"
    assert last(note).verdict != "proved"


def test_one_positive_entry_is_not_all():
    note = "Let $x \\in \\mathbb R^n$. Suppose $x_1 > 0$.\n\n$$\\sqrt{x_i^2} = x_i$$\n"
    assert last(note).verdict != "proved"
    every = note.replace("x_1 > 0", "x_i > 0")
    assert last(every).verdict == "proved"


def test_one_hot_from_zeros_and_ones_that_sum_to_one():
    note = (
        "Let $t \\in \\{0,1\\}^n$ with $\\sum_k t_k = 1$."
        "\n\n$$\\sum_{k=1}^n t_k \\times t_k = 1$$\n"
    )
    assert last(note).verdict == "proved"
    real = note.replace(r"\{0,1\}^n", r"\mathbb R^n")
    assert last(real).verdict != "proved"


def test_rows_that_sum_to_one():
    note = (
        "Let $P \\in \\mathbb R^{n \\times m}$, $x \\in \\mathbb R^n$"
        " where $\\sum_{j=1}^m P_{ij} = 1$."
        "\n\n$$\\sum_{i=1}^n \\sum_{j=1}^m x_i P_{ij} = \\sum_{i=1}^n x_i$$\n"
    )
    assert last(note).verdict == "proved"
    columns = note.replace("\\sum_{j=1}^m P_{ij} = 1", "\\sum_{i=1}^n P_{ij} = 1")
    assert last(columns).verdict != "proved"


# -- what it holds for ---------------------------------------------------------


def verdicts(note):
    return [result.verdict for result in verify(note, second_opinion=False).results]


DECLARED = r"Let $A \in \mathbb R^{n \times n}$, $x \in \mathbb R^n$."


def test_only_claims_after_it():
    claim = r"$$\nabla_x (x^\top A x) = 2 A x$$"
    assert verdicts(f"{DECLARED}\n\n{claim}\n\nNow let $A = A^\\top$.\n") == ["refuted"]
    assert verdicts(f"{DECLARED} Let $A = A^\\top$.\n\n{claim}\n") == ["proved"]


def test_only_the_name_as_it_was_declared():
    claim = r"$$\nabla_x (x^\top A x) = 2 A x$$"
    note = f"{DECLARED} Let $A = A^\\top$.\n\n{DECLARED}\n\n{claim}\n"
    assert verdicts(note) == ["refuted"]


def test_a_condition_beside_a_claim_holds_for_it_alone():
    claim = r"\nabla_x (x^\top A x) = 2 A x"
    note = f"{DECLARED}\n\n$${claim} \\quad \\text{{if }} A = A^\\top$$\n\n$${claim}$$\n"
    assert verdicts(note) == ["proved", "refuted"]
    unknown = note.replace(r"\text{if }", r"\text{unless }")
    assert "proved" not in verdicts(unknown)


def test_what_something_follows_from_is_no_claim():
    note = SOFTMAX.format(stated="", claim="p_i - y_i")
    note = note.replace(r"$$\frac{\partial L}", r"$$\sum_k y_k = 1 \Rightarrow \frac{\partial L}")
    assert verdicts(note) == ["proved"]


def test_a_display_that_nothing_needs_is_a_claim():
    assert verdicts(f"{DECLARED}\n\n$$A = A^\\top$$\n") == ["refuted"]
    assert verdicts("Let $y \\in \\mathbb R^n$.\n\n$$\\sum_{k=1}^n y_k = 1$$\n") == ["refuted"]


def test_what_is_defined_is_judged_and_not_assumed():
    note = (
        "Let $z \\in \\mathbb R^n$, and $q_i = \\frac{2 e^{z_i}}{\\sum_{k=1}^n e^{z_k}}$.\n\n"
        "$$\\sum_{k=1}^n q_k = 1$$\n\n$$\\sum_{k=1}^n 3 q_k = 3$$\n"
    )
    assert verdicts(note) == ["refuted", "refuted"]
    assert verdicts(note.replace("$$\\sum_{k=1}^n q_k", "Suppose $$\\sum_{k=1}^n q_k")) == [
        "refuted",
        "refuted",
    ]


def test_derivatives_do_not_stay_where_the_assumption_holds():
    note = (
        "Let $t \\in \\mathbb R^n$ with $\\sum_{k=1}^n t_k = 1$.\n\n"
        "$$\\frac{\\partial}{\\partial t_j} \\sum_{k=1}^n t_k = CLAIM$$\n"
    )
    assert verdicts(note.replace("CLAIM", "1")) == ["proved"]
    assert verdicts(note.replace("CLAIM", "0")) == ["refuted"]


def test_assumptions_that_exclude_each_other_prove_nothing():
    note = (
        "Let $t \\in \\{0,1\\}^n$ with $\\sum_{k=1}^n t_k = 1$. Suppose $t_i > 0$."
        "\n\n$$2 t_i = 14$$\n"
    )
    first, second = verify(note, second_opinion=False).results
    assert first.verdict == "undecided"
    assert "does not go with" in first.message
    assert second.verdict == "refuted"


def test_a_condition_against_an_assumption_proves_nothing():
    note = "Let $x \\in \\mathbb R$. Suppose $x > 0$.\n\n$$x = 5 \\quad \\text{for } x < 0$$\n"
    assert "proved" not in verdicts(note)


def test_what_was_assumed_is_said():
    report = verify(f"{DECLARED} Let $A = A^\\top$.\n\n$$A = A^\\top$$\n", second_opinion=False)
    assert any("A = A^\\top (line 1)" in sentence for sentence in report.notes[0].assumptions)


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        (r"$X \in \mathbb R^{n \times n}$, $X_{ij} > 0$ for $i < j$", r"|X_{ji}| = X_{ji}"),
        (r"$x \in \mathbb R^n$, $x_i > 0$ for $i \le 3$", r"\sum_k |x_k| = \sum_k x_k"),
        (r"$x \in \mathbb R^n$, $x_i > 0$ for some $i$", r"\sum_k |x_k| = \sum_k x_k"),
        (r"$x \in \mathbb R^n$ with $x_i > 0$ for at least one $i$", r"\sum_k |x_k| = \sum_k x_k"),
        (
            r"$Y \in \mathbb R^{n \times m}$ with $\sum_j Y_{ij} = 1$ for $i = 1$",
            r"\sum_i \sum_j Y_{ij} = n",
        ),
        (r"$A \in \mathbb R^{n \times n}$ with $A_{ij} = A_{ji}$ for $i < 3$", "A = A^T"),
        (r"$x \in \mathbb R^n$. For $x_i > 0$ we have $|x_i| = x_i$", r"\sum_k |x_k| = \sum_k x_k"),
    ],
)
def test_what_holds_for_some_is_not_assumed_of_all(words, claim):
    note = f"Let {words}.\n\n$${claim}$$\n"
    assert verify(note, second_opinion=False).results[-1].verdict != "proved"


@pytest.mark.parametrize("range_", [r"for all $i$", r"for $i = 1, \dots, n$", "for every $i$"])
def test_what_holds_for_all_is_assumed(range_):
    note = (
        f"Let $x \\in \\mathbb R^n$ with $x_i > 0$ {range_}.\n\n$$\\sum_k |x_k| = \\sum_k x_k$$\n"
    )
    assert verify(note, second_opinion=False).results[-1].verdict == "proved"


UNDECLARED = r"""$$q_j = \frac{{e^{{v_j}}}}{{\sum_k e^{{v_k}}}}$$

$$E = - \sum_j t_j \log q_j$$

$$\sum_j t_j = 1$$

$$\frac{{\partial E}}{{\partial v_i}} = {claim}$$
"""


def test_what_is_said_of_an_array_that_nothing_declares():
    right = last(UNDECLARED.format(claim="- t_i + \\sum_j t_j q_i = q_i - t_i"))
    assert (right.verdict, len(right.assuming)) == ("proved", 1)
    assert last(UNDECLARED.format(claim="q_i + t_i")).verdict == "refuted"


BATCH = r"""Let $Z, Y \in \mathbb R^{{N \times C}}$,
$P_{{ic}} = \frac{{e^{{Z_{{ic}}}}}}{{\sum_{{k=1}}^C e^{{Z_{{ik}}}}}}$,
$$L = -\sum_{{i=1}}^N \sum_{{c=1}}^C Y_{{ic}} \log P_{{ic}}$$
{words}
$$\frac{{\partial L}}{{\partial Z}} = {claim}$$
"""


@pytest.mark.parametrize("words", [r"where $Y$ is one-hot. Then", r"with one-hot labels $Y$,"])
def test_a_one_hot_matrix_has_one_hot_rows(words):
    right = last(BATCH.format(words=words, claim="P - Y"))
    assert right.verdict == "proved"
    assert any("one-hot" in stated for stated in right.assuming)
    assert last(BATCH.format(words=words, claim="Y - P")).verdict == "refuted"


def test_a_matrix_of_which_nothing_is_said_may_be_one_hot():
    found = last(BATCH.format(words="Then", claim="P - Y"))
    assert found.verdict == "undecided"
    assert "each row of Y sums to 1 or is one-hot" in found.message


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\sum_{i=1}^N Y_{ic} = 1", "undecided"),
        (r"\sum_{i=1}^N Y_{ic} = 2", "refuted"),
        (r"\sum_{i=1}^N \sum_{c=1}^C Y_{ic} = N", "proved"),
    ],
)
def test_a_one_hot_matrix_may_have_one_hot_columns(claim, expected):
    text = r"Let $Y \in \mathbb R^{N \times C}$ where $Y$ is one-hot."
    assert last(f"{text}\n$${claim}$$\n").verdict == expected


MASK = r"""Let $U \in \mathbb R^{{m \times k}}$, $V \in \mathbb R^{{n \times k}}$,
$R \in \mathbb R^{{m \times n}}$ and $M \in {space}$.

$$L = \frac12 \| M \odot (R - U V^\top) \|_F^2$$

$$\nabla_U L = {claim}$$
"""
MASKS = [
    (r"\{{0, 1\}}^{{m \times n}}", r"-(M \odot (R - U V^\top)) V", "proved"),
    (r"\{{0, 1\}}^{{m \times n}}", r"-(M \odot M \odot (R - U V^\top)) V", "proved"),
    (r"\{{0, 1\}}^{{m \times n}}", r"(M \odot (R - U V^\top)) V", "refuted"),
    (r"\{{0, 1\}}^{{m \times n}}", r"-(R - U V^\top) V", "refuted"),
    (r"\{{-1, 1\}}^{{m \times n}}", r"-(R - U V^\top) V", "proved"),
    (r"\{{+1, -1\}}^{{m \times n}}", r"-(R - U V^\top) V", "proved"),
    (r"\{{-1, +1\}}^{{m \times n}}", r"-(M \odot (R - U V^\top)) V", "refuted"),
    (r"\mathbb R^{{m \times n}}", r"-(M \odot (R - U V^\top)) V", "refuted"),
]


@pytest.mark.parametrize(("space", "claim", "verdict"), MASKS)
def test_entries_of_a_set_of_two(space, claim, verdict):
    found = last(MASK.format(space=space.format(), claim=claim))
    assert found.verdict == verdict
    if verdict == "refuted" and "R" not in space:
        entries = {int(e) for row in found.counterexample.values["M"] for e in row}
        assert entries <= ({0, 1} if "0" in space else {-1, 1})


def test_zeros_and_ones_may_be_meant_to_be_one_hot():
    note = SOFTMAX.replace(r"z, y \in \mathbb R^n", r"z \in \mathbb R^n$, $y \in \{{0, 1\}}^n")
    assert last(note.format(stated="", claim="p_i - y_i")).verdict == "undecided"
    assert last(note.format(stated="", claim="p_i - 2 y_i")).verdict == "refuted"
