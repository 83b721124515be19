"""Members of a family: `x_i \\in \\mathbb R^d` for the i of a sum; how far a sum reaches."""

import pytest

from symgrad import verify
from symgrad.diagnostics import Source
from symgrad.reading.note import read_note
from symgrad.verify import understand

DATA = r"""Let $u_i \in \mathbb R^d$ and $s_i \in \mathbb R$ for $i = 1, \dots, N$.
Let $v \in \mathbb R^d$.
$$E = \frac12 \sum_{i=1}^N (v^\top u_i - s_i)^2$$
"""
SAMPLES = r"""Let $x^{(k)} \in \mathbb R^d$, $y^{(k)} \in \{0, 1\}$, $w \in \mathbb R^d$,
$b \in \mathbb R$.
$$q^{(k)} = \frac{1}{1 + e^{-w^\top x^{(k)} - b}}$$
$$J = -\frac1M \sum_{k=1}^M y^{(k)} \log q^{(k)} + (1 - y^{(k)}) \log(1 - q^{(k)})$$
"""


def verdict(text):
    (note,) = verify(text, second_opinion=False).notes
    assert not note.diagnostics
    return note.results[-1].verdict


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\nabla_v E = \sum_{i=1}^N (v^\top u_i - s_i) u_i", "proved"),
        (r"\nabla_v E = \sum_{i=1}^N (v^\top u_i + s_i) u_i", "refuted"),
        (r"\frac{\partial E}{\partial v_j} = \sum_{i=1}^N (v^\top u_i - s_i) u_{ij}", "proved"),
        (r"\frac{\partial E}{\partial v_j} = \sum_{i=1}^N (v^\top u_i - s_i) u_{ji}", "ill-typed"),
        (r"\frac{\partial E}{\partial u_k} = (v^\top u_k - s_k) v", "proved"),
        (r"\frac{\partial E}{\partial s_k} = v^\top u_k - s_k", "refuted"),
    ],
)
def test_members_are_rows_of_one_array(claim, expected):
    assert verdict(f"{DATA}$${claim}$$") == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\nabla_w J = \frac1M \sum_{k=1}^M (q^{(k)} - y^{(k)}) x^{(k)}", "proved"),
        (r"\nabla_w J = \sum_{k=1}^M (q^{(k)} - y^{(k)}) x^{(k)}", "refuted"),
        (r"\frac{\partial J}{\partial b} = \frac1M \sum_{k=1}^M q^{(k)} - y^{(k)}", "proved"),
        (r"\frac{\partial J}{\partial x^{(k)}} = \frac1M (q^{(k)} - y^{(k)}) w", "proved"),
    ],
)
def test_a_sum_reaches_to_the_last_term_with_its_letter(claim, expected):
    assert verdict(f"{SAMPLES}$${claim}$$") == expected


def test_a_term_without_the_letter_stays_outside():
    text = r"""Let $a, c \in \mathbb R^n$, $g \in \mathbb R$, with $n$ any size.
$$F = \sum_{i=1}^n a_i^2 + a_i c_i + g^2$$
$$\frac{\partial F}{\partial g} = %s$$"""
    assert verdict(text % "2 g") == "proved"
    assert verdict(text % "2 n g") == "refuted"


def test_a_letter_that_the_left_hand_side_has_extends_no_sum():
    text = r"""Let $a, c \in \mathbb R^n$, $i \in \{1, \dots, n\}$, $t_i = \sum_{k=1}^n a_k + c_i$.
$$\frac{\partial t_i}{\partial c_i} = %s$$"""
    assert verdict(text % "1") == "proved"
    assert verdict(text % "n") == "refuted"


@pytest.mark.parametrize("other", ["k_2", "k'", r"\bar k"])
def test_a_letter_with_a_mark_is_another_letter(other):
    text = rf"""Let $n \in \mathbb N$ and $a, c \in \mathbb R^n$.
$$F = \sum_{{{other}=1}}^n c_{{{other}}} \left(\sum_{{k=1}}^n a_k - a_{{{other}}}\right)$$
$$F = \sum_{{i=1}}^n \sum_{{k=1}}^n c_i a_k - \sum_{{i=1}}^n c_i a_i$$"""
    assert verdict(text) == "proved"


def test_labels_are_no_members():
    text = r"""Let $W_i, W_f \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $r \in \mathbb R^n$.
$$L = \sum_{k=1}^n r_k [W_i x]_k + \sum_{i=1}^n r_i$$
$$\frac{\partial L}{\partial x} = W_i^\top r$$"""
    assert verdict(text) == "proved"


def test_a_letter_that_is_shifted_counts_no_members():
    text = r"""Let $x_t \in \mathbb R^m$, $r \in \mathbb R^m$, $G = \sum_{t=1}^m r_t^2$.
$$h_t = W x_t + h_{t-1}$$"""
    session, _, _ = understand(read_note(Source("note.md", text)))
    assert not session.members.letters
    assert "x" not in session.scope.names.bindings


LISTED = r"Let ${names} \in \mathbb R^d$. $$L = \sum_{{i=1}}^N q^\top k_i$$ $${claim}$$"


@pytest.mark.parametrize("names", [r"q, k_1, \dots, k_N", r"q, k_1, k_2, \ldots, k_N"])
@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial L}{\partial q} = \sum_{i=1}^N k_i", "proved"),
        (r"\frac{\partial L}{\partial k_i} = q", "proved"),
        (r"\frac{\partial L}{\partial k_N} = q", "proved"),
        (r"\frac{\partial L}{\partial k_i} = k_i", "refuted"),
        (r"\frac{\partial L}{\partial q} = \sum_{i=1}^d k_i", "ill-typed"),
    ],
)
def test_listed_members_are_declared(names, claim, expected):
    report = verify(LISTED.format(names=names, claim=claim), second_opinion=False)
    assert not report.notes[0].diagnostics
    assert report.results[-1].verdict == expected


def test_a_sign_below_a_name_is_no_index():
    text = r"""Let $q, k_1, \dots, k_N \in \mathbb R^d$, $k_+ \in \mathbb R^d$.
    $$L = \sum_{i=1}^N q^\top k_i - q^\top k_+$$
    $$\frac{\partial L}{\partial k_+} = -q$$
    $$\frac{\partial L}{\partial k_i} = q$$"""
    assert [r.verdict for r in verify(text, second_opinion=False).results] == ["proved"] * 2


def test_layers_that_are_listed_stay_names():
    text = r"""Let $W_1, \dots, W_L \in \mathbb R^{n \times n}$, $x \in \mathbb R^n$,
    $f = \|W_1 x\|^2$.
    $$\frac{\partial f}{\partial W_1} = 2 W_1 x x^\top$$"""
    assert verify(text, second_opinion=False).results[-1].verdict == "proved"


LABELLED = r"""Let $q \in \mathbb R^d$ and $u_o, u_1, \dots, u_K \in \mathbb R^d$,
$f(t) = \log(1 + e^t)$.
$$J = f(-u_o^\top q) + \sum_{k=1}^K f(u_k^\top q)$$
"""
SIMILARITIES = r"""Let $q \in \mathbb R^d$ and $\tau \in \mathbb R$;
$s_j = q^\top k_j / \tau$ for each $j$.
$$J = -\log \frac{e^{s_1}}{\sum_{j=1}^N e^{s_j}}$$
With $p_j = e^{s_j} / \sum_{l=1}^N e^{s_l}$,
"""


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial J}{\partial u_k} = f'(u_k^\top q) q", "proved"),
        (r"\frac{\partial J}{\partial u_o} = -f'(-u_o^\top q) q", "proved"),
        (r"\frac{\partial J}{\partial u_k} = f'(u_k^\top q) u_k", "refuted"),
        (r"\nabla_q J = \sum_{k=1}^K f'(u_k^\top q) u_k - f'(-u_o^\top q) u_o", "proved"),
        (r"\nabla_q J = \sum_{k=1}^K f'(u_k^\top q) u_k", "refuted"),
    ],
)
def test_listed_members_stand_beside_a_name_with_a_label(claim, expected):
    assert verdict(f"{LABELLED}$${claim}$$") == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial J}{\partial k_1} = \frac{1}{\tau} (p_1 - 1) q", "proved"),
        (r"\nabla_q J = \frac{1}{\tau} (\sum_{j=1}^N p_j k_j - k_1)", "proved"),
        (r"\nabla_q J = \frac{1}{\tau} (k_1 - \sum_{j=1}^N p_j k_j)", "not proved"),
        (r"\frac{\partial J}{\partial k_1} = \frac{1}{\tau} p_1 q", "not proved"),
    ],
)
def test_a_numbered_member_of_what_is_summed_over(claim, expected):
    found = verify(f"{SIMILARITIES}$${claim}$$", second_opinion=False).results[-1].verdict
    assert found == expected if expected == "proved" else found in ("refuted", "undecided")
