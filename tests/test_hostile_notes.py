"""Notes that once made the program say something false, or were passed over in silence."""

import pytest

from symgrad.verify import verify

DECLARED = r"""Let $(n, m) \in \mathbb N^2$, $x, y \in \mathbb R^n$, $u, v \in \mathbb R$,
$W \in \mathbb R^{n\times m}$, $z\in\mathbb R^m$, $A, B \in \mathbb R^{n\times n}$,
$(i, j) \in \{1,\dots,n\} \times \{1,\dots,n\}$.

"""
STEPS = r"""
$$h(t) = \begin{cases} 1 & t > 0 \\ 0 & \text{otherwise} \end{cases}$$

$$k(t) = \begin{cases} 1 & t \geq 0 \\ 0 & \text{otherwise} \end{cases}$$

"""

NEVER_PROVED = [
    r"$$\frac{\partial x_i}{\partial x_j} = \begin{cases} 1 & \text{if not } i = j \\ "
    r"0 & \text{otherwise}\end{cases}$$",
    r"$$\frac{\partial x_i}{\partial x_j} = 1 \quad \text{unless } i=j$$",
    r"$$\frac{\partial x_i}{\partial x_j} = 1 \quad \text{whether or not } i=j$$",
    STEPS + r"$$h(0) = k(0)$$",
    STEPS + r"$$h(\max(u,0)) = k(\max(u,0))$$",
    STEPS + r"$$h(|u| - u) = k(|u| - u)$$",
    r"$$\sum_{i=1}^n \sum_{j=1}^n (\mathbb 1(x_i \geq x_j) - \mathbb 1(x_i > x_j)) = 0$$",
    r"Let $t \in \mathbb R$. $$\frac{\partial}{\partial u} u^t = 1$$",
    r"Let $T \in \mathbb N$. $$v^T - v = 0$$",
    "$$f(0) = 1$$\n\n$$f'(u) = 0$$",
    "$$f(8) = 3$$\n\n$$f'(u) = 0$$",
    "$$g(u,u) = 2u$$\n\n$$g(u,3) = 6$$",
    "$$f(t) = t$$\n\n$$g(t) = t^2$$\n\n$$(f+g)(u) = 7u$$\n\n$$(f+g)(u) = 7u$$",
    "$$\\exp^2(u) = \\exp(u^2)$$\n\n$$\\exp^2(2) = \\exp(4)$$",
    "# A\n\n$$f(t) = t^2$$\n\n# B\n\n$$f(t) = t^3$$\n\n$$f'(u) = 2u$$",
    r"$$\|A\|_2^2 = \operatorname{tr}(A^\top A)$$",
    r"$$\frac00 = 0$$",
    r"$$\frac{0}{u-u} = 0$$",
    r"$$\log(-1) - \log(-1) = 0$$",
    r"$$\frac{\partial u^2}{\partial u} \overset{(1)}{=} 3u$$",
    r"$$\frac{\partial u^2}{\partial u} = [3u]$$",
    r"$$[Wz]_i = 2 \sum_{k=1}^m W_{ik} z_k$$",
    r"$$[x+y]_i = 2x_i$$",
    r"$$W = W^\top$$",
    r"$$x = 2x$$",
    r"$$A_{ij} = A_{ji}$$",
    r"Let $w \in \mathbb R^3$. $$w_4 = 1$$",
    r"$f: t \in \mathbb R \longmapsto t^2$, $f: t \in \mathbb R \longmapsto 2t$",
    r"$$s = \|x\|^2$$ $$\frac{\partial s}{\partial x_i} = [x]$$",
    r"$$\frac{\partial}{\partial x_i} \sum_k x_k^2 = \cancel{2} x_i$$",
    r"$$A_{ij}^T + 0 = A_{ij}$$",
    "$$A^\\top_{ij} = A_{ij} + B_{ij}$$\n\n$$A_{ji} = A_{ij} + B_{ij}$$",
    r"$$(A+B)_{ij}^T = A_{ij} + B_{ij}$$",
    r"$$[AB]^\top_{ij} = \sum_{k=1}^n A_{ik} B_{kj}$$",
    r"$$(AB)^2_{ij} = ((AB)_{ij})^2$$",
    r"$$W_{ij}^\top z_j = W_{ij} z_j$$",
    r"$$\cancel{2}u + \cancel{2}v = 2(u + v)$$",
    r"$$\frac{\cancel{u} + v}{\cancel{u}} = v$$",
    r"$$\exp(A)_{ij} = e^{A_{ij}}$$",
    r"$$[e^A]_{ij} = e^{A_{ij}}$$",
    r"$$\operatorname{E} x_i y_i = (\operatorname{E} x_i) y_i$$",
    "$$g_1 = V_1 r$$\n\n$$h_1 = \\sigma(g_1)$$\n\n$$g_2 = V_2 h_1$$\n\n"
    "$$E = \\frac12 \\|t - \\sigma(g_2)\\|^2$$\n\n"
    "$$\\delta_2 = (t - \\sigma(g_2)) \\odot \\sigma'(g_2)$$\n\n"
    r"$$\frac{\partial E}{\partial V_1} = \delta_1 r^T$$",
    r"$f: \mathbb R^n \to \mathbb R^n$. "
    r"$$\frac{\partial f(x)_i}{\partial x_j} = \delta_{ij} f'(x_i)$$",
]

NEVER_CALLED_FALSE = [
    r"Let $s: \mathbb R \to \mathbb R$, $s(t)=\frac1{1+e^{-t}}$. $$s'(u)=s(u)(1-s(u))$$",
    r"$$\frac{\partial x_i}{\partial x_j} = 0 \quad (i \neq j)$$",
    r"$$\frac{\partial x_i}{\partial x_j} = 0 \quad \text{unless } i=j$$",
    r"$$\max(u,0) = u \quad \text{if } u > 0$$",
    r"$$|u| = u, \quad u > 0$$",
    r"Let $n=2$. $$\|x\|^2 = x_1^2 + x_2^2$$",
    r"$$\|x\|_1 = \sum_{k=1}^n |x_k|$$",
    r"Let $s \in \{1,\dots,m\}$. $$W_{is}^\top = W_{is}$$",
    r"$$\max(u,v,0) = \max(\max(u,v),0)$$",
    r"$$\sigma(t) = \frac{1}{1+e^{-t}}$$ $$\sigma^{-1}(u) = \log\frac{u}{1-u}$$",
    r"$$\log 2u = \log(2u)$$",
    r"$$\sum_k u = n u$$",
    r"$$\frac{\partial}{\partial x_i} \sum_{j=1}^i x_j = 1$$",
    r"$$\operatorname{tr} AB = \operatorname{tr}(BA)$$",
    r"$$0 = x - x$$",
    r"Let $w\in\mathbb R^3$. $$\sum_{k=1}^2 w_k = w_1+w_2$$",
    r"$$1=\begin{cases}1&u\neq0\\0&\text{otherwise}\end{cases}$$",
    r"$$\frac{\partial}{\partial x_i}\tanh(x_j-v)=(1-\tanh(x_j-v)^2)\delta_{ji}$$",
    r"$$\frac{\partial^2 u^3}{\partial u^2} = 6u$$",
    r"Suppose that $\sum_{i=1}^n x_i = 1$. $$\sum_{i=1}^n 2 x_i = 2$$",
    r"$$\frac{\partial u^3}{\partial u}(u) = 3u^2$$",
]

PROVED = [
    r"Let $s = \sum_{i=1}^n x_i^2$. $$\frac{\partial s}{\partial x_i} = 2 x_i$$",
    r"Let $p = \operatorname{softmax}(x)$. "
    r"$$\frac{\partial p_i}{\partial x_j} = p_i (\delta_{ij} - p_j)$$",
    r"Let $T \in \mathbb R^n$. $$x^T T = T^T x$$",
    r"$$\nabla_x \|x\|^2 = 2x$$",
    r"$$A_{ij}^T = A_{ji}$$",
    r"$$(A+B)^\top_{ij} = A_{ji} + B_{ji}$$",
    r"$$[AB]_{ij}^\top = \sum_{k=1}^n B_{ki} A_{jk}$$",
    r"Let $w \in \mathbb R^d$. $$E = \frac1d \|w\|^2$$ "
    r"$$\frac{\partial E}{\partial w} = \frac2d w$$",
]

SURVIVED = [
    r"$$2^{99999999999} = 1$$",
    r"$$u^{1000000} = (x_i + u)^{200}$$",
    "$$" + "9" * 5000 + " = 1$$",
    "$$f(t) = g(t)$$\n\n$$g(t) = f(t) + 1$$\n\n$$f(u) = 1$$",
    "$$" + "(" * 500 + "u" + ")" * 500 + " = u$$",
    r"$x \longmapsto y \in z$",
    r"$\underset{f(\cdot)}{\longmapsto} X \in Y$",
    r"$n \in \mathbb N^{0.5}$",
    r"$$= = =$$",
    r"$$A B C$$",
    "$$N: (s, t) \\in (\\mathbb R^r)^2 \\longmapsto \\|s - t\\|^2$$\n\n"
    r"$$N(s, t) = \sum_{i=1}^q (\sum_{j=1}^p (G_{ij} h_j + c_i) - t_i)^2$$",
    "$g(t) = M \\cdot r + s$\n\n" r"$\frac{\partial g}{\partial s^{[2]}} = 1$",
    "$$q_i = \\frac{e^{h_i}}{\\sum_j e^{h_j}}$$\n\n$$H = -\\sum_i t_i \\log(q_i)$$\n\n"
    r"$$\frac{\partial H}{\partial h_k} = -t_k (1 - q_k) - \sum_{i \neq k} t_i q_k$$",
    r"$$\frac{\partial L}{\partial h_j} = r \left(g_j - \frac{1}{d}\sum_k g_k h_k\right)$$",
    r"$$Z = x \mathbf 1^T$$ $$\frac{\partial L}{\partial \mathbf 1} = x$$",
    r"$$\hat{u \cdot v}^l = \hat{\frac{u}{v}}_l$$",
    r"$$\frac{\partial A \operatorname{tr}(AB)}{\partial B} = A^T$$",
]


def judged(text):
    report = verify(f"{DECLARED}{text}\n")
    assert not any("internal error" in result.message for result in report.results)
    return report


@pytest.mark.parametrize("text", NEVER_PROVED)
def test_what_is_false_does_not_pass(text):
    assert not judged(text).passed()


@pytest.mark.parametrize("text", NEVER_CALLED_FALSE)
def test_what_is_true_is_not_called_false(text):
    verdicts = {result.verdict for result in judged(text).results}
    assert verdicts
    assert not verdicts & {"refuted", "ill-typed"}


@pytest.mark.parametrize("text", PROVED)
def test_what_textbooks_write_is_proved(text):
    verdicts = [result.verdict for result in judged(text).results]
    assert verdicts
    assert set(verdicts) == {"proved"}


@pytest.mark.parametrize("text", SURVIVED, ids=range(len(SURVIVED)))
def test_hostile_formulas_end(text):
    judged(text)
