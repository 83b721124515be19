"""Claims of known truth in whole notes: no false one is proved, no true one refuted."""

import pytest

from symgrad.verify import verify

NETWORK = r"""Let $(m,n,p) \in \mathbb N^3$, $W \in \mathbb R^{n \times m}$,
$V \in \mathbb R^{p \times n}$, $x \in \mathbb R^m$, $b \in \mathbb R^n$, $c \in \mathbb R^p$,
$A \in \mathbb R^{m \times m}$, $t \in \mathbb R^p$, $\lambda \in \mathbb R$.

The function $a: s \in \mathbb R \longmapsto \max(s, 0)$.

The function $\sigma(s) = \frac{1}{1+e^{-s}}$.

$$z = Wx + b$$

$$h = a(z)$$

$$y = V h + c$$

$$L = \frac{1}{2} \|y - t\|^2$$

Let $(i,j) \in \{1,\dots,n\} \times \{1,\dots,n\}$.

"""

FALSE = [
    r"\frac{\partial L}{\partial b} = V^T (y-t)",
    r"\frac{\partial L}{\partial W} = (V^T(y-t) \odot a(z)) x^T",
    r"\frac{\partial L}{\partial x} = W^T V^T (y-t)",
    r"\frac{\partial L}{\partial V} = (y-t) z^T",
    r"\frac{\partial L}{\partial V} = 2(y-t) h^T",
    r"\frac{\partial x^TAx}{\partial x} = 2Ax",
    r"\frac{\partial x^TAx}{\partial x} = (A - A^T)x",
    r"\frac{\partial L}{\partial c} = t - y",
    r"\|y\|^2 = y",
    r"\|y\| = y^Ty",
    r"x^T A x = x^T A^T A x",
    r"\sum_{i=1}^n b_i^2 = (\sum_{i=1}^n b_i)^2",
    r"\frac{\partial}{\partial b_i}\sum_{i=1}^n b_i = n",
    r"\frac{\partial b_i}{\partial b_j} = 1",
    r"\frac{\partial L}{\partial z_i} = \sum_{k=1}^p V_{k,i} (y_k - t_k)",
    r"\frac{\partial h_i}{\partial z_j} = a'(z_i)",
    r"\sigma'(\lambda) = \sigma(\lambda)",
    r"\sigma(\lambda) + \sigma(-\lambda) = 2",
    r"a(\lambda) = \lambda",
    r"a(\lambda)^2 = \lambda^2",
    r"\sqrt{\lambda^2} = \lambda",
    r"\frac{\partial \|x\|}{\partial x} = x",
    r"e^{\lambda+1} = e^\lambda + e",
    r"\log(\lambda^2)=\log(\lambda)^2",
    r"\frac{\lambda}{\lambda} = 2",
    r"\operatorname{tr}(A) = \operatorname{tr}(AA)",
    r"\max(\lambda, 1) = \lambda",
    r"\frac{1}{n}\sum_{i=1}^n b_i = \sum_{i=1}^n b_i",
    r"\sum_{j \neq i} b_j = \sum_{j=1}^n b_j",
    r"|\lambda| = \lambda",
    r"A^2 = A",
    r"(A x)_i = \sum_{j=1}^m A_{j,i} x_j",
    r"a(a(\lambda)) = a(-\lambda)",
    r"a'(\lambda)^2 = a(\lambda)",
    r"\begin{cases} 1 & \lambda > 0 \\ 0 & \text{otherwise} \end{cases} = a'(-\lambda)",
]

TRUE = [
    r"\frac{\partial L}{\partial b} = V^T (y-t) \odot a'(z)",
    r"\frac{\partial L}{\partial W} = (V^T(y-t) \odot a'(z)) x^T",
    r"\frac{\partial L}{\partial x} = W^T (a'(z) \odot (V^T (y-t)))",
    r"\frac{\partial L}{\partial V} = (y-t) h^T",
    r"\frac{\partial x^TAx}{\partial x} = (A + A^T)x = Ax + A^Tx",
    r"\frac{\partial L}{\partial c} = y - t",
    r"\|y\|^2 = y^T y = \sum_{k=1}^p y_k^2",
    r"\frac{\partial}{\partial b_i}\sum_{i=1}^n b_i = 1",
    r"\frac{\partial b_i}{\partial b_j} = \delta_{ij} = 1_{i=j}",
    r"\frac{\partial L}{\partial z_i} = a'(z_i)\sum_{k=1}^p V_{k,i} (y_k - t_k)",
    r"\frac{\partial h_i}{\partial z_j} = \delta_{ij} a'(z_i) = \delta_{ij} a'(z_j)",
    r"\sigma'(\lambda) = \sigma(\lambda)(1-\sigma(\lambda))",
    r"\sigma(\lambda) + \sigma(-\lambda) = 1",
    r"a(\lambda) = \lambda a'(\lambda)",
    r"\frac{\partial \|x\|}{\partial x} = \frac{1}{\|x\|} x",
    r"e^{\lambda+1} = e^\lambda e^1",
    r"\frac{\lambda}{\lambda} = 1",
    r"\operatorname{tr}(A) = \operatorname{tr}(A^T) = \sum_{i=1}^m A_{i,i}",
    r"\max(\lambda, 1) = 1 + \max(\lambda-1,0) = \max(1,\lambda)",
    r"\sum_{j \neq i} b_j = \sum_{j=1}^n b_j - b_i",
    r"|\lambda| = a(\lambda) + a(-\lambda)",
    r"(A x)_i = \sum_{j=1}^m A_{i,j} x_j",
    r"a(a(\lambda)) = a(\lambda)",
    (
        r"\begin{cases} 1 & \lambda > 0 \\ 0 & \text{otherwise} \end{cases} "
        r"= a'(\lambda) = a'(\lambda)^2"
    ),
    r"\operatorname{tr}(A^T A) = \sum_{i=1}^m\sum_{j=1}^m A_{i,j}^2 = \|A\|_F^2",
    r"\frac{\partial \operatorname{tr}(A^TA)}{\partial A} = 2A",
    r"\frac{\partial}{\partial \lambda}\sigma(2\lambda) = 2\sigma(2\lambda)(1-\sigma(2\lambda))",
]


def verdicts(claim):
    report = verify(f"{NETWORK}$${claim}$$\n", second_opinion=False)
    return [result.verdict for result in report.results]


@pytest.mark.parametrize("claim", FALSE)
def test_what_is_false_is_said_to_be(claim):
    found = verdicts(claim)
    assert found
    assert set(found) <= {"refuted", "ill-typed"}


@pytest.mark.parametrize("claim", TRUE)
def test_what_is_true_is_proved(claim):
    found = verdicts(claim)
    assert found
    assert set(found) == {"proved"}


def test_a_root_of_a_square_is_not_the_number():
    """sqrt(x^2) is |x|, not x; that it is |x| is not proved, but must not be refuted."""
    assert verdicts(r"\sqrt{\lambda^2} = |\lambda|") == ["undecided"]


def test_the_arguments_of_a_function_of_a_plane_are_numbers():
    note = r"""Let $f: (x, y) \in \mathbb R^2 \longmapsto x y^2$, $t \in \mathbb R$.
$$\frac{\partial f}{\partial y} = 2 x y$$
$$f(t, t) = t^3$$
$$f(t, t) = t^2$$
"""
    assert [r.verdict for r in verify(note).results] == ["proved", "proved", "refuted"]
