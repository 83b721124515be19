"""Notes with inverses and determinants: Gaussians, least squares, ridge, projections."""

import pytest

from symgrad import verify

GAUSSIAN = (
    r"Let $S \in \mathbb R^{d \times d}$ be a symmetric matrix, $x, m \in \mathbb R^d$ and "
    r"$$\ell = -\frac{1}{2} \log |S| - \frac{1}{2} (x - m)^T S^{-1} (x - m).$$ "
)
SQUARES = r"Let $X \in \mathbb R^{n \times d}$ and $y \in \mathbb R^n$. "
MATRICES = r"Let $A, B \in \mathbb R^{n \times n}$ and $u, v \in \mathbb R^n$. "
PATH = r"Let $A, B \in \mathbb R^{n \times n}$, $t \in \mathbb R$ and $M = A + t B$. "


def verdicts(text):
    return [result.verdict for result in verify(text).results]


@pytest.mark.parametrize(
    ("note", "claim", "verdict"),
    [
        (GAUSSIAN, r"\frac{\partial \ell}{\partial m} = S^{-1} (x - m)", "proved"),
        (GAUSSIAN, r"\frac{\partial \ell}{\partial m} = -S^{-1} (x - m)", "refuted"),
        (GAUSSIAN, r"\frac{\partial \ell}{\partial x} = -S^{-1} (x - m)", "proved"),
        (
            GAUSSIAN,
            r"\frac{\partial \ell}{\partial S} = -\frac{1}{2} S^{-1} "
            r"+ \frac{1}{2} S^{-1} (x - m) (x - m)^T S^{-1}",
            "proved",
        ),
        (
            GAUSSIAN,
            r"\frac{\partial \ell}{\partial S} = -\frac{1}{2} S^{-1} "
            r"- \frac{1}{2} S^{-1} (x - m) (x - m)^T S^{-1}",
            "refuted",
        ),
        (SQUARES, r"w = (X^T X)^{-1} X^T y$$ $$X^T X w = X^T y", "proved"),
        (SQUARES, r"w = (X^T X)^{-1} X^T y$$ $$X^T (y - X w) = 0", "proved"),
        (SQUARES, r"w = (X^T X)^{-1} X^T y$$ $$X^T X w = X^T y + w", "refuted"),
        (SQUARES, r"H = X (X^T X)^{-1} X^T$$ $$H H = H", "proved"),
        (SQUARES, r"H = X (X^T X)^{-1} X^T$$ $$H^T = H", "proved"),
        (SQUARES, r"H = X (X^T X)^{-1} X^T$$ $$\operatorname{tr} H = d", "proved"),
        (SQUARES, r"H = X (X^T X)^{-1} X^T$$ $$\operatorname{tr} H = n", "refuted"),
        (SQUARES, r"H = X (X^T X)^{-1} X^T$$ $$H X = 2 X", "refuted"),
        (
            SQUARES + r"Let $\lambda \in \mathbb R$. ",
            r"w = (X^T X + \lambda I)^{-1} X^T y$$ $$X^T X w + \lambda w = X^T y",
            "proved",
        ),
        (MATRICES, r"\frac{\partial}{\partial A} u^T A^{-1} v = -A^{-T} u v^T A^{-T}", "proved"),
        (MATRICES, r"\frac{\partial}{\partial A} u^T A^{-1} v = A^{-T} u v^T A^{-T}", "refuted"),
        (MATRICES, r"\frac{\partial}{\partial A} \log \det A = (A^{-1})^T", "proved"),
        (MATRICES, r"\frac{\partial}{\partial A} \log \det A = A", "refuted"),
        (MATRICES, r"\frac{\partial}{\partial A} \det A = \det(A) A^{-T}", "proved"),
        (MATRICES, r"\frac{\partial}{\partial A} \log |A^{-1}| = -A^{-T}", "proved"),
        (MATRICES, r"(A + B)^{-1} - A^{-1} = -A^{-1} B (A + B)^{-1}", "proved"),
        (MATRICES, r"(A + B)^{-1} = A^{-1} + B^{-1}", "refuted"),
        (MATRICES, r"(A B)^{-1} = A^{-1} B^{-1}", "refuted"),
        (PATH, r"\frac{\partial M^{-1}}{\partial t} = -M^{-1} B M^{-1}", "proved"),
        (PATH, r"\frac{\partial M^{-1}}{\partial t} = M^{-1} B M^{-1}", "refuted"),
        (
            PATH,
            r"\frac{\partial}{\partial t} \log \det M = \operatorname{tr}(M^{-1} B)",
            "proved",
        ),
        (
            PATH,
            r"\frac{\partial}{\partial t} \log \det M = \operatorname{tr}(M^{-1} A)",
            "refuted",
        ),
    ],
)
def test_claims(note, claim, verdict):
    assert verdicts(f"{note}$${claim}$$") == [verdict]


def test_an_inverse_is_an_assumption():
    (report,) = verify(MATRICES + r"$$A^{-1} A v = v$$").notes
    assert [result.verdict for result in report.results] == ["proved"]
    assert "A has an inverse" in report.assumptions


def test_a_symmetric_matrix_is_not_assumed():
    note = GAUSSIAN.replace("a symmetric matrix", "a matrix")
    claim = r"$$\frac{\partial \ell}{\partial m} = S^{-1} (x - m)$$"
    assert "proved" not in verdicts(note + claim)
    right = r"$$\frac{\partial \ell}{\partial m} = \frac{1}{2} (S^{-1} + S^{-T}) (x - m)$$"
    assert verdicts(note + right) == ["proved"]


@pytest.mark.parametrize("word", ["the covariance matrix", "positive definite", "a Hessian"])
def test_words_for_what_is_symmetric_refute_nothing(word):
    note = rf"Let $S \in \mathbb R^{{d \times d}}$ be {word}, $x \in \mathbb R^d$. "
    claim = r"$$\frac{\partial}{\partial x} x^T S^{-1} x = 2 S^{-1} x$$"
    assert verdicts(note + claim) == ["undecided"]


def test_no_rectangle_has_an_inverse():
    note = r"Let $A \in \mathbb R^{n \times m}$ and $v \in \mathbb R^m$. "
    (result,) = verify(note + "$$A^{-1} A v = v$$").results
    assert result.verdict == "ill-typed"
    assert "the inverse of a matrix n x m" in result.message


def test_bars_are_a_norm_where_nothing_says_determinant():
    note = r"Let $A \in \mathbb R^{n \times n}$. "
    claim = r"$$\frac{\partial}{\partial A} |A| = |A| A^{-T}$$"
    assert verdicts(note + claim) == ["proved"]  # its inverse stands beside it
    norm = r"$$\frac{\partial}{\partial A} |A| = \frac{1}{|A|} A$$"
    assert verdicts(note + norm) == ["proved"]


def test_a_covariance_that_is_a_multiple_of_the_identity():
    note = (
        r"Let $\sigma \in \mathbb R$, $x, m \in \mathbb R^d$ and $S = \sigma^2 I$. "
        r"$$\ell = -\frac{1}{2} (x - m)^T S^{-1} (x - m)$$ "
    )
    right = r"$$\frac{\partial \ell}{\partial \sigma} = \frac{1}{\sigma^3} \|x - m\|^2$$"
    assert verdicts(note + right) == ["proved"]
    assert verdicts(note + right.replace("^3", "^2")) == ["refuted"]


def test_an_identity_that_is_not_known_refutes_nothing():
    note = r"Let $c \in \mathbb R$, $x \in \mathbb R^d$ and $S = c I$. $$f = x^T S x$$ "
    assert verdicts(note + r"$$\frac{\partial f}{\partial x} = 2 c x$$") != ["refuted"]


@pytest.mark.parametrize("claim", [r"A_{ij} A_{jk} = B_{ik}", r"A_{ij} u_j = v_i"])
def test_a_sum_that_is_not_written_on_the_left_refutes_nothing(claim):
    note = MATRICES.replace("$A, B", "$A").replace("$u, v", "$u") + "$$B = A A$$ $$v = A u$$ "
    assert verdicts(f"{note}$${claim}$$")[-1] != "refuted"
