"""Functions of a vector that are given by their entries: s(z)_i, s_i(z), s(z_i)."""

import pytest

from symgrad.verify import verify


def verdicts(*displays):
    note = "\n\n".join(f"$${display}$$" for display in displays)
    return [result.verdict for result in verify(note + "\n", second_opinion=False).results]


BODY = r"\frac{e^{u_k}}{\sum_l e^{u_l}}"
CALLS = ["S(u)_k", "S_k(u)", "S(u_k)", r"S(\mathbf{u})_k", r"\text{softmax}(u_k)"]


@pytest.mark.parametrize("call", CALLS)
def test_an_entry_however_it_is_called(call):
    definition = f"{call} = {BODY}"
    other = call.replace("k", "l")
    slope = rf"\frac{{\partial {call}}}{{\partial u_l}}"
    assert verdicts(definition, rf"{slope} = {call} (\delta_{{kl}} - {other})") == ["proved"]
    assert "proved" not in verdicts(definition, rf"{slope} = {call} (\delta_{{kl}} + {other})")
    # The author may mean different indices.
    assert verdicts(definition, rf"{slope} = -{call} {other}") == ["undecided"]


def test_entries_without_their_argument_and_the_whole():
    definition = f"S_k(u) = {BODY}"
    bare = r"\frac{\partial S_k}{\partial u_l} = S_k (\delta_{kl} - S_l)"
    assert verdicts(definition, bare) == ["proved"]
    note = r"$t \in \mathbb R^n$, $\sum_k t_k = 1$."
    loss = r"L = -\sum_k t_k \log S(u)_k"
    text = "\n\n".join([note, *(f"$${d}$$" for d in (f"S(u)_k = {BODY}", loss))])
    whole = r"$$\frac{\partial L}{\partial u} = S(u) - t$$"
    assert verify(f"{text}\n\n{whole}\n").results[-1].verdict != "refuted"


def test_a_function_of_numbers_stays_one():
    definition = r"s(u_k) = \frac{1}{1 + e^{-u_k}}"
    claim = r"\frac{\partial s(u_k)}{\partial u_k} = s(u_k)(1 - s(u_k))"
    assert verdicts(definition, claim) == ["proved"]
    other = r"\frac{\partial s(v)}{\partial v} = s(v) (1 - s(v))"
    assert verdicts(definition, other) == ["proved"]
