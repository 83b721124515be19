"""Functions that formulas call by a word: those of the tables, and what is open about them."""

import pytest

from symgrad.network.functions import ACTIVATIONS
from symgrad.network.vector_functions import VECTOR_FUNCTIONS
from symgrad.reading.constructs import FUNCTION_WORDS
from symgrad.reading.functions import KNOWN_FUNCTIONS
from symgrad.verify import verify

SCORES = r"""
$$A \in \mathbb R^{p \times q}, \quad H = \text{softmax}(A)$$

"""
VECTOR = r"""
$$z \in \mathbb R^n$$

"""


def verdicts(note: str) -> list[str]:
    """The verdicts on the claims of a note."""
    return [result.verdict for result in verify(note, second_opinion=False).results]


@pytest.mark.parametrize("row", [*ACTIVATIONS.values(), *VECTOR_FUNCTIONS.values()])
def test_every_word_of_the_tables_is_known(row):
    for word in row.words:
        assert FUNCTION_WORDS[word] in KNOWN_FUNCTIONS


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\sum_j H_{ij} = 1", "proved"),
        (r"H_{ij} = \frac{e^{A_{ij}}}{\sum_k e^{A_{ik}}}", "proved"),
        (r"H_{ij} = \frac{e^{A_{ij}}}{\sum_k e^{A_{kj}}}", "undecided"),  # of each column
        (r"\sum_i H_{ij} = 1", "undecided"),
        (r"\sum_j H_{ij} = 2", "refuted"),  # in both readings
        (r"H_{ij} = e^{A_{ij}}", "refuted"),
    ],
)
def test_softmax_of_a_matrix_is_of_each_row_or_each_column(claim, verdict):
    assert verdicts(f"{SCORES}$${claim}$$") == [verdict]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial\, \mathrm{LSE}(z)}{\partial z_i} = \text{Softmax}(z)_i", "proved"),
        (r"\sum_i \mathrm{LN}(z)_i = 0", "proved"),
        (r"\sum_i \mathrm{LN}(z)_i^2 = 1", "undecided"),  # epsilon may be left out
        (r"2 \mathrm{GELU}(z_i) = z_i \operatorname{sigmoid}(2 z_i)", "undecided"),
        (r"\operatorname{sgn}(z_i) |z_i| = z_i", "proved"),
        (r"\operatorname{erf}(-z_i) = \operatorname{erf}(z_i)", "refuted"),
    ],
)
def test_words_of_the_tables_in_claims(claim, verdict):
    assert verdicts(f"{VECTOR}$${claim}$$") == [verdict]


def test_a_note_may_define_what_authors_mean_differently():
    note = rf"{VECTOR}$$\text{{GELU}}(x) = x \operatorname{{sigmoid}}(2 x)$$" + "\n\n"
    claim = r"$$\text{GELU}(z_i) = z_i - \frac{z_i}{1 + e^{2 z_i}}$$"
    assert verdicts(note + claim) == ["proved"]


def test_softmax_of_an_entry_is_not_read():
    assert verdicts(VECTOR + r"$$\text{softmax}(z_i) = z_i$$") == ["unread"]
