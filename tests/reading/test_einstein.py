"""Sums over repeated indices that are not written, and entries beside their arrays."""

import pytest

from symgrad.verify import verify

SUMMED = "an index that stands twice in a term is summed over"


def verdicts(*formulas, words=""):
    text = "\n\n".join(f"$${formula}$$" for formula in formulas)
    return [result.verdict for result in verify(f"{words}\n\n{text}\n").results]


LAYER = r"g_m = V_{mk} r_k + c_m"

RIGHT = [
    (LAYER, r"\frac{\partial g_m}{\partial r_k} = V_{mk}"),
    (LAYER, r"h_m = \tanh(g_m)", r"\frac{\partial h_m}{\partial r_p} = (1 - h_m h_m) V_{mp}"),
    (r"q = u_i M_{ij} u_j", r"\frac{\partial q}{\partial u_p} = M_{pj} u_j + M_{ip} u_i"),
    (r"\operatorname{tr}(UV^T) = U_{rs} V_{rs}",),
]

FALSE = [
    (LAYER, r"\frac{\partial g_m}{\partial r_k} = V_{km}"),
    (LAYER, r"h_m = \tanh(g_m)", r"\frac{\partial h_m}{\partial r_p} = (1 - h_p h_p) V_{mp}"),
    (r"q = u_i M_{ij} u_j", r"\frac{\partial q}{\partial u_p} = 2 M_{pj} u_j"),
    (r"\operatorname{tr}(UV) = U_{rs} V_{rs}",),
]


@pytest.mark.parametrize("formulas", RIGHT)
def test_a_letter_that_stands_twice_is_summed_over(formulas):
    report = verify("\n\n".join(f"$${formula}$$" for formula in formulas))
    assert {result.verdict for result in report.results} == {"proved"}
    assert SUMMED in report.notes[0].assumptions


@pytest.mark.parametrize("formulas", FALSE)
def test_nothing_false_is_proved_so(formulas):
    assert verdicts(*formulas)[-1] in ("undecided", "refuted")


def test_an_index_of_the_left_hand_side_is_not_summed():
    power = r"s_i = u_i v_i"
    assert verdicts(LAYER, power, r"\frac{\partial s_i}{\partial u_i} = v_i") == ["proved"]
    one = verify(rf"$${LAYER}$$ $$\frac{{\partial g_m}}{{\partial c_m}} = 1$$")
    assert [result.verdict for result in one.results] == ["proved"]
    assert "proved" not in verdicts(LAYER, r"w_{ij} = u_{ij} v_{ij}", r"u_{ij} v_{ij} = w_{ji}")


def test_in_a_note_that_writes_sums_none_is_left_out():
    layer = r"g_m = \sum_k V_{mk} r_k"
    assert "proved" not in verdicts(layer, r"e_m = V_{mk} r_k", r"e_m = g_m")


def test_what_is_squared_or_a_number_beside_an_entry_is_not_summed():
    assert "proved" not in verdicts(LAYER, r"E = (t_k - g_k)^2", r"E = \sum_k (t_k - g_k)^2")
    entropy = r"E = g_k (1 - g_k)"
    assert "proved" not in verdicts(LAYER, entropy, r"\frac{\partial E}{\partial g_k} = 1 - 2g_k")


def test_a_note_may_say_that_it_leaves_sums_out():
    words = "We sum over repeated indices."
    trace = r"\frac{\partial g_m}{\partial r_m} = V_{mm}"
    assert verdicts(r"g_m = V_{mk} r_k", trace, words=words) == ["proved"]


ENTRIES = r"\frac{\partial}{\partial U} \operatorname{tr}(U^T V U)"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (ENTRIES + r" = (VU + V^T U)_{rs} = VU + V^T U", ["proved", "proved"]),
        (ENTRIES + r" = (VU)_{rs} + (V^T U)_{rs} = VU + V^T U", ["proved", "proved"]),
        (ENTRIES + r" = (VU + V^T U)_{sr} = VU + V^T U", ["undecided", "proved"]),
        (ENTRIES + r" = (VU + V U)_{rs} = VU + V^T U", ["undecided", "proved"]),
    ],
)
def test_an_entry_between_arrays_is_one_of_them(claim, verdict):
    assert verdicts(claim) == verdict


def test_an_index_that_comes_from_nowhere_is_none_of_an_array():
    declared = r"Let $x, y \in \mathbb R^n$. $$E = \sum_{k=1}^n x_k y_k$$"
    claim = r"$$\frac{\partial E}{\partial x} = y_i$$"
    assert [r.verdict for r in verify(declared + claim).results] == ["ill-typed"]


def test_what_may_be_a_sum_is_not_called_false():
    trace = r"\frac{\partial g_k}{\partial r_k} = \operatorname{tr}(V)"
    assert verdicts(LAYER, trace) == ["undecided"]
    assert verdicts(LAYER, r"\frac{\partial g_k}{\partial r_k} = V_{kk}") == ["proved"]
