r"""Right formulas with every single mistake that a person makes in them, and its name.

Formulas are built from terms and factors, so that a mistake is made in the structure and
not in the text; nothing here is shared with the search that names mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LAYERS = r"""Let $(m, n, p) \in \mathbb N^3$ and $a: s \in \mathbb R \longmapsto \max(s, 0)$.
Let $X \in \mathbb R^m$, $W^{(1)} \in \mathbb R^{n \times m}$, $B^{(1)} \in \mathbb R^n$,
$W^{(2)} \in \mathbb R^{p \times n}$, $B^{(2)} \in \mathbb R^p$, $\tilde Y \in \mathbb R^p$.
$$Z^{(1)} = W^{(1)} X + B^{(1)}, \qquad X^{(1)} = a(Z^{(1)})$$
$$Z^{(2)} = W^{(2)} X^{(1)} + B^{(2)}, \qquad Y = a(Z^{(2)})$$
$$L = \dfrac{1}{2} \sum\limits_{k=1}^p ([Y]_k - [\tilde Y]_k)^2$$
$$[\delta^{(2)}]_i = \dfrac{\partial L}{\partial [Z^{(2)}]_i}$$
$$[\delta^{(1)}]_i = \dfrac{\partial L}{\partial [Z^{(1)}]_i}$$
"""

SQUARE = r"""Let $n \in \mathbb N$, $A \in \mathbb R^{n \times n}$, $G \in \mathbb R^{n \times n}$.
Let $x \in \mathbb R^n$, $v \in \mathbb R^n$, $b \in \mathbb R^n$.
Let $f: s \in \mathbb R \longmapsto \frac{1}{1 + e^{-s}}$.
$$u = A x + b$$
$$h = f(u)$$
$$y = G h$$
Let $(i, j, r) \in \{1,\dots,n\} \times \{1,\dots,n\} \times \{1,\dots,n\}$.
"""

MATRIX = r"""Let $(m, n, p) \in \mathbb N^3$, $W \in \mathbb R^{n \times m}$,
$V \in \mathbb R^{p \times n}$.
Let $x \in \mathbb R^m$, $b \in \mathbb R^n$, $c \in \mathbb R^p$, $t \in \mathbb R^p$,
$K \in \mathbb R^{m \times m}$.
Let $\sigma: s \in \mathbb R \longmapsto \frac{1}{1 + e^{-s}}$.
$$z = W x + b$$
$$h = \sigma(z)$$
$$y = V h + c$$
$$E = \frac{1}{2} \| y - t \|^2$$
$$\delta = \frac{\partial E}{\partial z}$$
"""


@dataclass(frozen=True)
class Sum:
    """A sum sign with its ends, over the product of some factors."""

    head: str
    factors: tuple[Factor, ...]


Factor = str | Sum


@dataclass(frozen=True)
class Right:
    """A formula that holds.

    Attributes:
        note: what it is about.
        left: its left-hand side.
        terms: signed products.
        before: an index declaration, or "".
        times: the sign between factors.
        others: for a factor, what it could be confused with, and the name of that mistake.
        spare: a factor and a term that do not belong.
        halves: factors that are half of the derivative of an activation.
    """

    note: str
    left: str
    terms: tuple[tuple[str, tuple[Factor, ...]], ...]
    before: str = ""
    times: str = r" \times "
    others: tuple[tuple[str, str, str], ...] = ()
    spare: str = ""
    halves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mutation:
    """A wrong formula, with the names that are right for the mistake in it."""

    right: Right
    formula: str
    names: frozenset[str]

    @property
    def text(self) -> str:
        """The note with it."""
        before = f"\n{self.right.before}\n" if self.right.before else ""
        return f"{self.right.note}{before}\n$${self.right.left} = {self.formula}$$\n"


def written(terms, times: str) -> str:
    """The LaTeX of signed products."""
    text = ""
    for sign, factors in terms:
        product = times.join(_factor(f, times) for f in factors)
        text += f" {sign} {product}" if text else product if sign == "+" else f"-{product}"
    return text


def _factor(factor: Factor, times: str) -> str:
    if isinstance(factor, Sum):
        return f"{factor.head} {times.join(_factor(f, times) for f in factor.factors)}"
    return factor


def right_text(right: Right) -> str:
    """The note with the right formula."""
    return Mutation(right, written(right.terms, right.times), frozenset()).text


def mutations(right: Right) -> Iterator[Mutation]:
    """Every single mistake in a formula."""
    for k, (sign, factors) in enumerate(right.terms):
        for names, changed in _in_product(factors, right):
            if changed:
                terms = (*right.terms[:k], (sign, changed), *right.terms[k + 1 :])
                yield _made(right, terms, names)
        if len(right.terms) > 1:
            yield _made(right, (*right.terms[:k], *right.terms[k + 1 :]), {"dropped-term"})
        other = "-" if sign == "+" else "+"
        terms = (*right.terms[:k], (other, factors), *right.terms[k + 1 :])
        yield _made(right, terms, {"sign"})
    if right.spare:
        yield _made(right, (*right.terms, ("+", (right.spare,))), {"stray-term"})


def _made(right: Right, terms, names: set[str]) -> Mutation:
    return Mutation(right, written(terms, right.times), frozenset(names))


def _in_product(factors, right: Right, top: bool = True):
    """Every single mistake in a product; factors of sums too."""
    for k, factor in enumerate(factors):
        before, after = factors[:k], factors[k + 1 :]
        if factor == r"\odot":
            continue
        if isinstance(factor, Sum):
            for names, inner in _in_product(factor.factors, right, top=False):
                if inner:
                    yield names, (*before, Sum(factor.head, inner), *after)
            continue
        if len(factors) > 1 or not top:
            yield _dropped(factor, right), (*before, *after)
        twice = {"stray-factor", "wrong-exponent"} | ({"factor"} if factor.isdigit() else set())
        yield twice, (*before, factor, factor, *after)
        for old, new, name in right.others:
            if old in factor:
                yield {name}, (*before, factor.replace(old, new, 1), *after)
        if "'(" in factor:
            yield {"missing-activation-derivative"}, (*before, factor.replace("'(", "("), *after)
        if " - " in factor:
            first, second = factor.strip("()").split(" - ")
            yield {"sign"}, (*before, f"({second} - {first})", *after)
            yield {"sign"}, (*before, f"({first} + {second})", *after)
            half = {HALF} if factor in right.halves else set()
            yield {"dropped-term"} | half, (*before, first, *after)
    if top:
        yield {"factor"}, ("2", *factors)
        yield {"factor"}, (r"\dfrac{1}{2}", *factors)
        yield {"factor"}, (r"\dfrac{1}{n}", *factors)
        if right.spare:
            yield {"stray-factor"}, (right.spare, *factors)


HALF = "incomplete-activation-derivative"


def _dropped(factor: str, right: Right) -> set[str]:
    if factor in right.halves:
        return {HALF}
    if "'(" in factor:
        return {"missing-activation-derivative", "missing-factor"}
    return {"factor"} if factor.isdigit() else {"missing-factor"}


def products(left: str, *factors: Factor, **more) -> Right:
    """A right formula of one term."""
    return Right(left=left, terms=(("+", factors),), **more)


_SECOND = {
    "note": LAYERS,
    "before": r"Let $(i, j) \in \{1,\dots,p\} \times \{1,\dots,n\}$.",
    "others": (
        (r"[\delta^{(2)}]_i", r"[B^{(2)}]_i", "wrong-variable"),
        (r"[X^{(1)}]_j", r"[Z^{(1)}]_j", "wrong-variable"),
        (r"[X^{(1)}]_j", r"[B^{(1)}]_j", "wrong-variable"),
        (r"a'([Z^{(2)}]_i)", r"a'([Y]_i)", "wrong-argument"),
        (r"[\tilde Y]_i", "[Y]_i", "wrong-variable"),
    ),
    "spare": r"[B^{(2)}]_i",
}
_FIRST = {
    "note": LAYERS,
    "before": r"Let $(i, j) \in \{1,\dots,n\} \times \{1,\dots,m\}$.",
    "others": (
        (r"[\delta^{(1)}]_i", r"[Z^{(1)}]_i", "wrong-variable"),
        (r"[X]_j", r"[X]_1", "swapped-index"),
        (r"a'([Z^{(1)}]_i)", r"a'([B^{(1)}]_i)", "wrong-argument"),
        (r"[\delta^{(2)}]_k", r"[B^{(2)}]_k", "wrong-variable"),
        (r"[\delta^{(2)}]_k", r"[Y]_k", "wrong-variable"),
    ),
    "spare": r"[B^{(1)}]_i",
}
_SQUARE = {
    "note": SQUARE,
    "times": " ",
    "others": (
        ("G_{ij}", "G_{ji}", "swapped-index"),
        ("G_{ik}", "G_{ki}", "swapped-index"),
        ("A_{kj}", "A_{jk}", "swapped-index"),
        ("A_{ij}", "A_{ji}", "swapped-index"),
        ("A_{ij}", "G_{ij}", "wrong-variable"),
        ("x_j", "x_i", "swapped-index"),
        ("x_j", "h_j", "wrong-variable"),
        ("f'(u_i)", "f'(u_j)", "swapped-index"),
        ("f'(u_i)", "f'(x_i)", "wrong-argument"),
        ("f'(u_k)", "f'(u_i)", "swapped-index"),
        ("v_k", "x_k", "wrong-variable"),
    ),
    "spare": "b_i",
}
_MATRIX = {
    "note": MATRIX,
    "times": " ",
    "others": (
        ("x^T", "(W x)^T", "wrong-variable"),
        ("(y - t)", "(y - c)", "wrong-variable"),
        ("K^T", "K", "missing-transpose"),
        ("K x", "K^T x", "stray-transpose"),
        (r"\sigma'(z)", r"\sigma(z)", "missing-activation-derivative"),
        ("h^T", "z^T", "wrong-variable"),
        (r"\delta", "b", "wrong-variable"),
    ),
}

SIGMOID = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $b \in \mathbb R^n$,
$t \in \mathbb R^n$.
Let $\sigma(s) = \frac{1}{1 + e^{-s}}$.
$$z_j = \sum_{i=1}^m W_{ji} x_i + b_j$$
$$h_j = \sigma(z_j)$$
$$E = \frac{1}{2} \sum_{j=1}^n (h_j - t_j)^2$$
"""

DEEP = r"""$$q^l = M^l r^{l-1} + c^l, \quad r^l = \phi(q^l)$$
$$e^l_j = \frac{\partial C}{\partial q^l_j}$$
$$e^l_j = \sum_k M^{l+1}_{kj} e^{l+1}_k \phi'(q^l_j)$$
"""

UNDECLARED = r"""$$u_k = \sum_j w_{kj} y_j + b_k, \quad y_j = f(v_j)$$
$$J = \frac{1}{2} \sum_k (u_k - t_k)^2$$
"""

_SIGMOID = {
    "note": SIGMOID,
    "times": " ",
    "others": (
        ("h_j", "z_j", "wrong-variable"),
        ("x_i", "z_j", "wrong-variable"),
        ("t_j", "b_j", "wrong-variable"),
    ),
    "spare": "b_j",
    "halves": ("h_j", "(1 - h_j)"),
}
_DEEP = {
    "note": DEEP,
    "times": " ",
    "others": (
        ("e^l_j", "e^{l+1}_j", "wrong-layer"),
        ("r^{l-1}_k", "r^l_k", "wrong-layer"),
        ("M^{l+1}_{kj}", "M^{l+1}_{jk}", "swapped-index"),
        ("e^{l+1}_k", "e^l_k", "wrong-layer"),
        (r"\phi'(q^l_j)", r"\phi'(q^{l+1}_j)", "wrong-layer"),
    ),
}
_UNDECLARED = {
    "note": UNDECLARED,
    "times": " ",
    "others": (("y_j", "v_j", "wrong-variable"), ("w_{kj}", "w_{jk}", "swapped-index")),
    "spare": "b_k",
}

RIGHT: tuple[Right, ...] = (
    products(r"\frac{\partial E}{\partial z_j}", "(h_j - t_j)", "h_j", "(1 - h_j)", **_SIGMOID),
    products(
        r"\frac{\partial E}{\partial W_{ji}}",
        "h_j",
        "(1 - h_j)",
        "(h_j - t_j)",
        "x_i",
        **_SIGMOID,
    ),
    products(
        r"\frac{\partial E}{\partial x_i}",
        Sum(r"\sum_{j=1}^n", ("W_{ji}", "h_j", "(1 - h_j)", "(h_j - t_j)")),
        **{**_SIGMOID, "spare": "x_i"},
    ),
    products(r"\frac{\partial C}{\partial M^l_{jk}}", "e^l_j", "r^{l-1}_k", **_DEEP),
    products("e^l_j", Sum(r"\sum_k", ("M^{l+1}_{kj}", "e^{l+1}_k", r"\phi'(q^l_j)")), **_DEEP),
    products(r"\frac{\partial J}{\partial w_{kj}}", "(u_k - t_k)", "y_j", **_UNDECLARED),
    products(
        r"\frac{\partial J}{\partial v_j}",
        "f'(v_j)",
        Sum(r"\sum_k", ("w_{kj}", "(u_k - t_k)")),
        **{**_UNDECLARED, "spare": "v_j"},
    ),
    products(r"\dfrac{\partial L}{\partial [Y]_i}", r"([Y]_i - [\tilde Y]_i)", **_SECOND),
    products(
        r"\dfrac{\partial L}{\partial [Z^{(2)}]_i}",
        r"([Y]_i - [\tilde Y]_i)",
        r"a'([Z^{(2)}]_i)",
        **_SECOND,
    ),
    products(
        r"\dfrac{\partial L}{\partial [W^{(2)}]_{i,j}}",
        r"[\delta^{(2)}]_i",
        r"[X^{(1)}]_j",
        **_SECOND,
    ),
    products(
        r"\dfrac{\partial L}{\partial [W^{(2)}]_{i,j}}",
        r"([Y]_i - [\tilde Y]_i)",
        r"a'([Z^{(2)}]_i)",
        r"[X^{(1)}]_j",
        **_SECOND,
    ),
    products(r"\dfrac{\partial L}{\partial [B^{(2)}]_i}", r"[\delta^{(2)}]_i", **_SECOND),
    products(
        r"\dfrac{\partial L}{\partial [X^{(1)}]_i}",
        Sum(r"\sum\limits_{k=1}^p", (r"[W^{(2)}]_{k,i}", r"[\delta^{(2)}]_k")),
        **_FIRST,
    ),
    products(
        r"\dfrac{\partial L}{\partial [Z^{(1)}]_i}",
        r"a'([Z^{(1)}]_i)",
        Sum(r"\sum\limits_{k=1}^p", (r"[W^{(2)}]_{k,i}", r"[\delta^{(2)}]_k")),
        **_FIRST,
    ),
    products(
        r"\dfrac{\partial L}{\partial [W^{(1)}]_{i,j}}", r"[\delta^{(1)}]_i", "[X]_j", **_FIRST
    ),
    products(
        r"\dfrac{\partial L}{\partial [W^{(1)}]_{i,j}}",
        "[X]_j",
        r"a'([Z^{(1)}]_i)",
        Sum(
            r"\sum\limits_{k=1}^p",
            (r"[W^{(2)}]_{k,i}", r"a'([Z^{(2)}]_k)", r"([Y]_k - [\tilde Y]_k)"),
        ),
        **_FIRST,
    ),
    products(
        r"\dfrac{\partial L}{\partial [B^{(1)}]_i}",
        Sum(
            r"\sum\limits_{k=1}^p",
            (r"[\delta^{(2)}]_k", r"[W^{(2)}]_{k,i}", r"a'([Z^{(1)}]_i)"),
        ),
        **_FIRST,
    ),
    products(
        r"\dfrac{\partial L}{\partial [X]_j}",
        Sum(
            r"\sum\limits_{r=1}^n",
            (
                r"[W^{(1)}]_{r,j}",
                r"a'([Z^{(1)}]_r)",
                Sum(r"\sum\limits_{k=1}^p", (r"[W^{(2)}]_{k,r}", r"[\delta^{(2)}]_k")),
            ),
        ),
        **_FIRST,
    ),
    products(r"\frac{\partial u_i}{\partial x_j}", "A_{ij}", **_SQUARE),
    products(r"\frac{\partial h_i}{\partial x_j}", "f'(u_i)", "A_{ij}", **_SQUARE),
    products(r"\frac{\partial y_i}{\partial h_j}", "G_{ij}", **_SQUARE),
    products(
        r"\frac{\partial y_i}{\partial x_j}",
        Sum(r"\sum_{k=1}^n", ("G_{ik}", "f'(u_k)", "A_{kj}")),
        **_SQUARE,
    ),
    products(
        r"\frac{\partial}{\partial A_{ij}} \left(\sum_{k=1}^n h_k\right)",
        "f'(u_i)",
        "x_j",
        **_SQUARE,
    ),
    products(
        r"\frac{\partial}{\partial A_{ij}} \left(\sum_{k=1}^n v_k u_k\right)",
        "v_i",
        "x_j",
        **_SQUARE,
    ),
    products(
        r"\frac{\partial}{\partial x_j} \left(\sum_{i=1}^n u_i^2\right)",
        "2",
        Sum(r"\sum_{i=1}^n", ("u_i", "A_{ij}")),
        **{**_SQUARE, "spare": "b_j"},
    ),
    Right(
        left=r"\frac{\partial}{\partial x_j} \left(\sum_{k=1}^n x_k u_k\right)",
        terms=(("+", ("u_j",)), ("+", (Sum(r"\sum_{k=1}^n", ("x_k", "A_{kj}")),))),
        **{**_SQUARE, "spare": "b_j"},
    ),
    Right(
        left=r"\frac{\partial}{\partial x_j} \left(h_j x_j\right)",
        terms=(("+", ("h_j",)), ("+", ("x_j", "f'(u_j)", "A_{jj}"))),
        **{**_SQUARE, "spare": "b_j"},
    ),
    Right(
        left="u_i",
        terms=(("+", (Sum(r"\sum_{k=1}^n", ("A_{ik}", "x_k")),)), ("+", ("b_i",))),
        **{**_SQUARE, "spare": "v_i"},
    ),
    products(
        r"\frac{\partial}{\partial b_j} \left(\sum_{i=1}^n y_i\right)",
        "f'(u_j)",
        Sum(r"\sum_{i=1}^n", ("G_{ij}",)),
        **_SQUARE,
    ),
    products(r"\frac{\partial y_i}{\partial b_j}", "G_{ij}", "f'(u_j)", **_SQUARE),
    products(
        r"\frac{\partial}{\partial x_j} \left(\sum_{i=1}^n v_i h_i\right)",
        Sum(r"\sum_{k=1}^n", ("v_k", "f'(u_k)", "A_{kj}")),
        **_SQUARE,
    ),
    products(
        r"\frac{\partial}{\partial A_{ij}} \left(\sum_{k=1}^n h_k^2\right)",
        "2",
        "h_i",
        "f'(u_i)",
        "x_j",
        **_SQUARE,
    ),
    products(
        r"\frac{\partial}{\partial A_{ij}} \left(\sum_{r=1}^n y_r\right)",
        "x_j",
        "f'(u_i)",
        Sum(r"\sum_{k=1}^n", ("G_{ki}",)),
        **_SQUARE,
    ),
    products(
        r"\frac{\partial}{\partial h_j} \left(\sum_{i=1}^n y_i v_i\right)",
        Sum(r"\sum_{k=1}^n", ("v_k", "G_{kj}")),
        **_SQUARE,
    ),
    products(
        r"\dfrac{\partial L}{\partial [W^{(2)}]_{i,j}}",
        r"[X^{(1)}]_j",
        r"a'([Z^{(2)}]_i)",
        r"([Y]_i - [\tilde Y]_i)",
        **_SECOND,
    ),
    products(
        r"\dfrac{\partial L}{\partial [B^{(2)}]_i}",
        r"a'([Z^{(2)}]_i)",
        r"([Y]_i - [\tilde Y]_i)",
        **_SECOND,
    ),
    products(
        r"\dfrac{\partial L}{\partial [W^{(1)}]_{i,j}}",
        "[X]_j",
        r"a'([Z^{(1)}]_i)",
        Sum(r"\sum\limits_{k=1}^p", (r"[W^{(2)}]_{k,i}", r"[\delta^{(2)}]_k")),
        **_FIRST,
    ),
    products(
        r"\dfrac{\partial L}{\partial [X]_j}",
        Sum(r"\sum\limits_{k=1}^n", (r"[W^{(1)}]_{k,j}", r"[\delta^{(1)}]_k")),
        **_FIRST,
    ),
    products(
        r"\frac{\partial}{\partial h_j} \left(\sum_{i=1}^n y_i^2\right)",
        "2",
        Sum(r"\sum_{k=1}^n", ("y_k", "G_{kj}")),
        **_SQUARE,
    ),
    products(r"\frac{\partial E}{\partial y}", "(y - t)", **_MATRIX),
    products(r"\frac{\partial E}{\partial c}", "(y - t)", **_MATRIX),
    products(r"\frac{\partial E}{\partial V}", "(y - t)", "h^T", **_MATRIX),
    products(r"\frac{\partial E}{\partial h}", "V^T", "(y - t)", **_MATRIX),
    products(r"\frac{\partial E}{\partial W}", r"\delta", "x^T", **_MATRIX),
    products(r"\frac{\partial E}{\partial x}", "W^T", r"\delta", **_MATRIX),
    products(
        r"\frac{\partial E}{\partial z}",
        "V^T",
        "(y - t)",
        r"\odot",
        r"\sigma'(z)",
        **_MATRIX,
    ),
    Right(
        left=r"\frac{\partial x^T K x}{\partial x}",
        terms=(("+", ("K x",)), ("+", ("K^T x",))),
        **_MATRIX,
    ),
)
"""The formulas that mistakes are made in."""
