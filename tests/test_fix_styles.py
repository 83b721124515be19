r"""`symgrad fix` over notes of many styles: what is wrong is mended, and nothing else touched."""

from __future__ import annotations

import pytest

import symgrad
from symgrad.diagnostics import Source
from symgrad.mending.mend import mend

RIDGE = r"""# Ridge regression

Let $X \in \mathbb R^{m \times d}$, $w \in \mathbb R^d$, $y \in \mathbb R^m$.
Let $\lambda \in \mathbb R$.
$$J = \frac{1}{2} \|X w - y\|^2 + \frac{\lambda}{2} \|w\|^2$$

Setting the derivative to zero is the way to go, with
$$\nabla_w J = @X@ (X w - y) + \lambda w$$
and, for the sake of completeness,
$$\nabla_y J =@@$$
"""

GERMAN = r"""\documentclass{article}
\begin{document}
Seien $A \in \mathbb{R}^{p \times q}$ und $v \in \mathbb{R}^q$, ferner $u = A v$.
\begin{equation}
  u_i = \sum_{j=1}^{@p@} A_{ij} v_j
\end{equation}
Für die Ableitung, etwa nach $v$, gilt dann
\begin{align}
  \frac{\partial \|u\|^2}{\partial v_j} &= 2 \sum_{i=1}^{p} u_i A_{@ji@} \\
  \frac{\partial \|u\|^2}{\partial A_{ij}} &= @@u_i v_j
\end{align}
% hier fehlt noch etwas: $x = y$
\[ \frac{\partial u_i}{\partial v_j} =@@ \]
\end{document}
""".replace("\n", "\r\n")

FRENCH = (
    "Soient $M \\in \\mathbb R^{r \\times s}$, $x \\in \\mathbb R^s$,\n"
    "$c \\in \\mathbb R^r$ et $y = M x + c$ (l'été).\n\n"
    "$$\n\ty_i = \\sum_{k=1}^{@r@} M_{ik} x_k\t+ c_i\n$$\n\n"
    "On en déduit\t$$\\frac{\\partial y_i}{\\partial x_k} = M_{@ki@}$$ puis\n"
    "$$\\frac{\\partial}{\\partial c_i} \\sum_{l=1}^r y_l^2 = @@y_i = 2 y_i$$"
)

TWICE = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $t \in \mathbb R^n$,
$s(u) = \frac{1}{1+e^{-u}}$.
$$z = W x, \quad h = s(z), \quad E = \frac12 \sum_{i=1}^n (h_i - t_i)^2$$

$$\frac{\partial E}{\partial W_{ij}} = @(t_i - h_i)@ s'(z_i)$$

$$\frac{\partial E}{\partial z_i} = h_i @@(h_i - t_i)$$

$$\frac{\partial E}{\partial x_j} = @@W_{ij} (h_i - t_i) s'(z_i)$$
"""

DEEP = r"""$$z^l = w^l a^{l-1} + b^l, \quad a^l = \sigma(z^l)$$
$$\delta^l = \frac{\partial C}{\partial z^l}$$

$$\delta^l = (@w^{l+1}@ \delta^{l+1}) \odot \sigma'(z^l)$$

$$\frac{\partial C}{\partial w^l} = \delta^l (@a^l@)^T$$

$$\frac{\partial C}{\partial b^l} =@@$$
"""

RANGES = r"""Let $(m, n) \in \mathbb N^2$, $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$.
Let $z = W x$.
Let $(i, j) \in \{1,\dots,@m@\} \times \{1,\dots,m\}$.
$$\frac{\partial z_i}{\partial x_j} = W_{ij}$$
"""

ADJOINTS = r"""Let $U \in \mathbb R^{p \times n}$, $h \in \mathbb R^n$, $o = U h$.

$$dU =@@$$

$$dh =@@$$
"""

SOFTMAX = r"""Let $s, t \in \mathbb R^c$ with $\sum_k t_k = 1$.
$$p_j = \frac{e^{s_j}}{\sum_{k=1}^c e^{s_k}}, \qquad L = -\sum_{k=1}^c t_k \log p_k$$
$$\frac{\partial L}{\partial s_j} = @t_j - p_j@ \tag{1}$$
$$\frac{\partial p_i}{\partial s_j} =@@$$
"""

WHOLE_ARRAYS = r"""Let $V \in \mathbb R^{p \times n}$, $g, r \in \mathbb R^p$, $h \in \mathbb R^n$.
$$g = \tanh(V h), \quad e = g - r, \quad J = \frac12 \|e\|^2$$
$$\frac{\partial J}{\partial g} = @2 e@$$
"""

NOTES = {
    "nabla": ("note.md", RIDGE, ["X^T", " y - X w"]),
    "german": ("note.tex", GERMAN, ["q", "ij", "2 ", " A_{ij}"]),
    "french": ("note.md", FRENCH, ["s", "ik", "2 "]),
    "two mistakes": (
        "note.md",
        TWICE,
        ["x_j (h_i - t_i)", "(1 - h_i) ", r"\sum_{i=1}^n "],
    ),
    "layers": ("note.md", DEEP, ["(w^{l+1})^T", "a^{l-1}", r" \delta^l"]),
    "ranges": ("note.md", RANGES, ["n"]),
    "adjoints": ("note.md", ADJOINTS, [r" do h^\top", r" U^\top do"]),
    "softmax": ("note.md", SOFTMAX, ["p_j - t_j", r" p_i (\delta_{i,j} - p_j)"]),
    "arrays": ("note.md", WHOLE_ARRAYS, ["e"]),
}


def parts(note: str) -> tuple[list[str], list[str]]:
    """What stands between the wrong places, and the wrong places."""
    pieces = note.split("@")
    return pieces[::2], pieces[1::2]


def joined(kept: list[str], places: list[str]) -> str:
    text = kept[0]
    for place, piece in zip(places, kept[1:], strict=True):
        text += place + piece
    return text


@pytest.mark.parametrize("style", NOTES)
def test_only_the_wrong_places_change(style):
    path, note, right = NOTES[style]
    kept, wrong = parts(note)
    mended = mend(Source(path, joined(kept, wrong)), second_opinion=False)
    after = mended.after.source.text
    assert after == joined(kept, right)
    assert mended.left == []
    report = symgrad.verify(Source(path, after), second_opinion=False)
    assert report.passed()
    assert len(report.results) == len(mended.before.report.results)


@pytest.mark.parametrize("style", NOTES)
def test_a_mended_note_stays_as_it_is(style):
    path, note, right = NOTES[style]
    again = mend(Source(path, joined(parts(note)[0], right)), second_opinion=False)
    assert again.after is again.before


def test_what_cannot_be_mended_is_said():
    note = (
        "Let $x, y \\in \\mathbb R^n$.\n"
        "$$\\frac{\\partial}{\\partial x_i} \\|x\\|^2 = x_i$$\n"
        "$$\\|x\\| = \\operatorname{foo}(y_i$$\n"
        "$$\\frac{\\partial L}{\\partial y} =$$\n"
    )
    mended = mend(Source("note.md", note), second_opinion=False)
    assert mended.after.source.text == note.replace("= x_i", "= 2 x_i")
    assert len(mended.left) >= 2
    assert any("says nothing of this gradient" in fault.message for fault in mended.left)
