"""The table of mistakes: one `Code` a mistake, with a wrong and a right example.

Some are found because a formula does not fit (`symgrad.reading.errors`), the others
because a change of the formula is proved (`symgrad.judging.diagnosis.search`).
"""

from __future__ import annotations

from symgrad.diagnostics import Code

_CHAIN_RULE = "By the chain rule every step on the way to the variable is one factor."

_LAYER = r"""Let $(m, n) \in \mathbb N^2$, $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$,
$b \in \mathbb R^n$, $t \in \mathbb R^n$.
Let $a: s \in \mathbb R \longmapsto \max(s, 0)$.
$$z = W x + b$$
$$h = a(z)$$
$$L = \frac{1}{2} \sum_{k=1}^n (h_k - t_k)^2$$
Let $(i, j) \in \{1,\dots,n\} \times \{1,\dots,m\}$.
"""

_SQUARE = r"""Let $n \in \mathbb N$, $A \in \mathbb R^{n \times n}$, $B \in \mathbb R^{n \times n}$,
$x \in \mathbb R^n$.
Let $W^{(1)} \in \mathbb R^{n \times n}$, $W^{(2)} \in \mathbb R^{n \times n}$.
$$y = A x$$
$$v = W^{(2)} W^{(1)} x$$
Let $(i, j) \in \{1,\dots,n\} \times \{1,\dots,n\}$.
"""

_SIGMOID = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $t \in \mathbb R^n$.
Let $s(u) = \frac{1}{1 + e^{-u}}$.
$$z = W x$$
$$h = s(z)$$
$$E = \frac{1}{2} \sum_{k=1}^n (h_k - t_k)^2$$
"""

_CENTRED = r"""Let $n \in \mathbb N$, $x \in \mathbb R^n$, $g \in \mathbb R^n$.
$$\mu = \frac{1}{n} \sum_{k=1}^n x_k$$
$$v = \frac{1}{n} \sum_{k=1}^n (x_k - \mu)^2$$
$$h_i = \frac{x_i - \mu}{v}$$
$$L = \sum_{k=1}^n g_k h_k$$
"""

TABLE: tuple[Code, ...] = (
    Code(
        "missing-factor",
        "a factor was forgotten",
        _CHAIN_RULE + " Behind a sum of layers the weight is easily lost.",
        _LAYER + r"$$\frac{\partial L}{\partial W_{ij}} = (h_i - t_i) a'(z_i)$$",
        _LAYER + r"$$\frac{\partial L}{\partial W_{ij}} = (h_i - t_i) a'(z_i) x_j$$",
    ),
    Code(
        "stray-factor",
        "a factor is too much",
        "Each step on the way to the variable is one factor, and none counts twice.",
        _LAYER + r"$$\frac{\partial L}{\partial b_i} = (h_i - t_i) a'(z_i) b_i$$",
        _LAYER + r"$$\frac{\partial L}{\partial b_i} = (h_i - t_i) a'(z_i)$$",
    ),
    Code(
        "factor",
        "a number is wrong: 2, 1/2 or 1/n",
        "The square gives a factor 2, and the 1/2 of a loss takes it away; a mean gives 1/n.",
        _LAYER + r"$$\frac{\partial L}{\partial h_i} = 2 (h_i - t_i)$$",
        _LAYER + r"$$\frac{\partial L}{\partial h_i} = h_i - t_i$$",
    ),
    Code(
        "sign",
        "a sign is wrong",
        "Differentiating by what is subtracted changes the sign.",
        _LAYER + r"$$\frac{\partial L}{\partial h_i} = t_i - h_i$$",
        _LAYER + r"$$\frac{\partial L}{\partial h_i} = h_i - t_i$$",
    ),
    Code(
        "missing-activation-derivative",
        "the derivative of the activation was forgotten",
        "What comes back through an activation is multiplied by its derivative; the value "
        "of the activation does not stand for it.",
        _LAYER + r"$$\frac{\partial L}{\partial z_i} = (h_i - t_i) a(z_i)$$",
        _LAYER + r"$$\frac{\partial L}{\partial z_i} = (h_i - t_i) a'(z_i)$$",
    ),
    Code(
        "incomplete-activation-derivative",
        "half of the derivative of an activation was forgotten",
        "The derivative of the sigmoid, written with its value h, is h (1 - h): both factors.",
        _SIGMOID + r"$$\frac{\partial E}{\partial z_i} = h_i (h_i - t_i)$$",
        _SIGMOID + r"$$\frac{\partial E}{\partial z_i} = h_i (1 - h_i) (h_i - t_i)$$",
    ),
    Code(
        "other-activation-derivative",
        "the derivative of another activation",
        "Written with its value h, the derivative of the sigmoid is h (1 - h), that of tanh "
        "is 1 - h^2.",
        _SIGMOID + r"$$\frac{\partial E}{\partial z_i} = (1 - h_i^2) (h_i - t_i)$$",
        _SIGMOID + r"$$\frac{\partial E}{\partial z_i} = h_i (1 - h_i) (h_i - t_i)$$",
    ),
    Code(
        "stray-activation-derivative",
        "the derivative of a function stands where its value belongs",
        "Forwards a layer applies the activation; its derivative belongs to the way back.",
        _LAYER + r"$$\|h\|^2 = \sum_{k=1}^n a'(z_k)^2$$",
        _LAYER + r"$$\|h\|^2 = \sum_{k=1}^n a(z_k)^2$$",
    ),
    Code(
        "activation-not-applied",
        "a layer is written without its activation",
        "Without the activation two layers are one linear map.",
        _LAYER + r"$$\|h - t\|^2 = \sum_{i=1}^n (\sum_{j=1}^m W_{ij} x_j + b_i - t_i)^2$$",
        _LAYER + r"$$\|h - t\|^2 = \sum_{i=1}^n (a(\sum_{j=1}^m W_{ij} x_j + b_i) - t_i)^2$$",
    ),
    Code(
        "stray-activation",
        "the activation is applied where it does not belong",
        "The derivative is multiplied by the entries of the layer, not by their activation.",
        _LAYER + r"$$z_i = \sum_{j=1}^m W_{ij} a(x_j) + b_i$$",
        _LAYER + r"$$z_i = \sum_{j=1}^m W_{ij} x_j + b_i$$",
    ),
    Code(
        "bias-inside-sum",
        "a term stands inside a sum and is added as often as the sum is long",
        "A bracket after the sum sign holds what is summed; the bias is added once.",
        _LAYER + r"$$z_i = \sum_{j=1}^m (W_{ij} x_j + b_i)$$",
        _LAYER + r"$$z_i = \sum_{j=1}^m W_{ij} x_j + b_i$$",
    ),
    Code(
        "bracket-scope",
        "a bracket holds too much or too little",
        "What a factor or a sum applies to ends where its bracket ends.",
        _LAYER + r"$$\frac{\partial L}{\partial b_i} = a'(z_i) h_i - t_i$$",
        _LAYER + r"$$\frac{\partial L}{\partial b_i} = a'(z_i) (h_i - t_i)$$",
    ),
    Code(
        "missing-sum",
        "a sum was forgotten",
        "What goes several ways from the variable to the loss is the sum over all of them.",
        _LAYER + r"$$\frac{\partial L}{\partial x_j} = (h_i - t_i) a'(z_i) W_{ij}$$",
        _LAYER + r"$$\frac{\partial L}{\partial x_j} = \sum_{i=1}^n (h_i - t_i) a'(z_i) W_{ij}$$",
    ),
    Code(
        "stray-sum",
        "a sum is too much",
        "Of a sum over all entries only one depends on the entry that is differentiated by.",
        _LAYER + r"$$\frac{\partial L}{\partial h_i} = \sum_{k=1}^n (h_k - t_k)$$",
        _LAYER + r"$$\frac{\partial L}{\partial h_i} = h_i - t_i$$",
    ),
    Code(
        "swapped-index",
        "an index stands in the wrong place",
        "The way back goes through the transposed matrix: the first index is summed over.",
        _SQUARE + r"$$\frac{\partial y_i}{\partial x_j} = A_{ji}$$",
        _SQUARE + r"$$\frac{\partial y_i}{\partial x_j} = A_{ij}$$",
    ),
    Code(
        "wrong-layer",
        "a quantity of another layer",
        "Weights, biases and values have a layer each; the error of a layer meets the input "
        "of the same layer.",
        _SQUARE + r"$$v = W^{(1)} W^{(1)} x$$",
        _SQUARE + r"$$v = W^{(2)} W^{(1)} x$$",
    ),
    Code(
        "wrong-variable",
        "another quantity is meant, or the derivative is by another one",
        "The formula is right for another name than the one that stands there.",
        _LAYER + r"$$\frac{\partial z_i}{\partial x_j} = x_j$$",
        _LAYER + r"$$\frac{\partial z_i}{\partial x_j} = W_{ij}$$",
    ),
    Code(
        "wrong-argument",
        "a function is applied to another quantity",
        "The derivative of the activation is taken at what entered it.",
        _LAYER + r"$$\frac{\partial L}{\partial z_i} = (h_i - t_i) a'(b_i)$$",
        _LAYER + r"$$\frac{\partial L}{\partial z_i} = (h_i - t_i) a'(z_i)$$",
    ),
    Code(
        "wrong-exponent",
        "an exponent is wrong",
        "The derivative of x^2 has no square; that of 1/x has one.",
        _LAYER + r"$$\|h\|^2 = \sum_{k=1}^n h_k$$",
        _LAYER + r"$$\|h\|^2 = \sum_{k=1}^n h_k^2$$",
    ),
    Code(
        "dropped-term",
        "a term was forgotten",
        "Each place at which the variable occurs gives a term.",
        _LAYER + r"$$z_i = \sum_{j=1}^m W_{ij} x_j$$",
        _LAYER + r"$$z_i = \sum_{j=1}^m W_{ij} x_j + b_i$$",
    ),
    Code(
        "stray-term",
        "a term is too much",
        "What does not depend on the variable has no part in the derivative.",
        _LAYER + r"$$\frac{\partial z_i}{\partial x_j} = W_{ij} + b_i$$",
        _LAYER + r"$$\frac{\partial z_i}{\partial x_j} = W_{ij}$$",
    ),
    Code(
        "stray-transpose",
        "a transpose is too much",
        "The derivative of a number by a matrix has the shape of the matrix.",
        _SQUARE + r"$$\frac{\partial}{\partial A} \operatorname{tr}(A^T B) = B^T$$",
        _SQUARE + r"$$\frac{\partial}{\partial A} \operatorname{tr}(A^T B) = B$$",
    ),
    Code(
        "swapped-transpose",
        "the transpose stands at the wrong factor",
        "The way back goes through the transposed weights; the error of a layer is not turned.",
        _LAYER + r"$$\frac{\partial}{\partial x} \|z - t\|^2 = 2 W (z - t)^T$$",
        _LAYER + r"$$\frac{\partial}{\partial x} \|z - t\|^2 = 2 W^T (z - t)$$",
    ),
    Code(
        "missing-trace",
        "a matrix stands where its trace is meant",
        "A number equals no matrix; the sum of all products of entries is a trace.",
        _SQUARE + r"$$\sum_{i=1}^n \sum_{j=1}^n A_{ij}^2 = A A^T$$",
        _SQUARE + r"$$\sum_{i=1}^n \sum_{j=1}^n A_{ij}^2 = \operatorname{tr}(A A^T)$$",
    ),
    Code(
        "missing-index",
        "a whole array stands where one of its entries is meant",
        "The derivative by one entry is a number; what stands in it are entries, too.",
        _LAYER + r"$$\frac{\partial z_i}{\partial W_{ij}} = x$$",
        _LAYER + r"$$\frac{\partial z_i}{\partial W_{ij}} = x_j$$",
    ),
    Code(
        "index-outside-sum",
        "an index is used outside of its sum",
        "The index of a sum means nothing behind the bracket in which the sum ends.",
        _LAYER + r"$$z_i = (\sum_{k=1}^m W_{ik}) x_k + b_i$$",
        _LAYER + r"$$z_i = \sum_{k=1}^m W_{ik} x_k + b_i$$",
    ),
    Code(
        "shadowed-index",
        "two sums inside each other have one letter",
        "The inner sum hides the index of the outer one: each needs a letter of its own.",
        _LAYER + r"$$\sum_{k=1}^n z_k = \sum_{i=1}^n (\sum_{i=1}^m W_{ii} x_i + b_i)$$",
        _LAYER + r"$$\sum_{k=1}^n z_k = \sum_{i=1}^n (\sum_{l=1}^m W_{il} x_l + b_i)$$",
    ),
    Code(
        "order-of-factors",
        "the factors of a matrix product stand in the wrong order",
        "A product of matrices changes with their order.",
        _SQUARE + r"$$v = W^{(1)} W^{(2)} x$$",
        _SQUARE + r"$$v = W^{(2)} W^{(1)} x$$",
    ),
    Code(
        "hadamard-shape",
        "a matrix product stands for an entry-wise one, or the other way",
        "The derivative of the activation multiplies entry by entry.",
        _SQUARE + r"$$\operatorname{tr}(A^T B) = \operatorname{tr}(A^T \odot B)$$",
        _SQUARE + r"$$\operatorname{tr}(A^T B) = \operatorname{tr}(A^T B)$$",
    ),
    Code(
        "missing-diag",
        "a vector stands where a diagonal matrix belongs",
        "The derivative of what acts on each entry is a matrix with zeros off the diagonal.",
        _LAYER + r"$$\frac{\partial h}{\partial z} = a'(z)$$",
        _LAYER + r"$$\frac{\partial h}{\partial z} = \operatorname{diag}(a'(z))$$",
    ),
    Code(
        "missing-upstream-factor",
        "the gradient that comes from above was forgotten",
        "The derivative of a loss is that of the layer times the gradient by its output; the "
        "derivative of the layer alone is not yet one of the loss.",
        _LAYER + r"$$\frac{\partial L}{\partial W_{ij}} = x_j$$",
        _LAYER + r"$$\frac{\partial L}{\partial W_{ij}} = (h_i - t_i) a'(z_i) x_j$$",
    ),
    Code(
        "diagonal-only",
        "right for equal indices alone",
        "The derivative of an entry by another entry is not that by itself: softmax has all "
        "entries in each, and what acts entry by entry has a zero there.",
        _SQUARE + r"$$\frac{\partial}{\partial x_j} x_i^2 = 2 x_i$$",
        _SQUARE + r"$$\frac{\partial}{\partial x_j} x_i^2 = 2 \delta_{ij} x_i$$",
    ),
    Code(
        "dropped-cross-terms",
        "a quantity on the way was held fixed, though it depends on the variable",
        "A mean or a norm has all entries in it: what is divided by it depends on each of them "
        "twice, and the derivative has a term for each way.",
        _CENTRED + r"$$\frac{\partial L}{\partial x_i} = \frac{g_i}{v}$$",
        _CENTRED
        + r"$$\frac{\partial L}{\partial x_i} = \frac{g_i}{v} - \frac{1}{n v} \sum_{k=1}^n g_k"
        r" - \frac{2 (x_i - \mu)}{n v} \sum_{k=1}^n g_k h_k$$",
    ),
    Code(
        "single-output",
        "right for a single output alone",
        "With one output there is nothing to sum over; with more, each of them depends on "
        "the variable.",
        _SQUARE + r"$$\frac{\partial}{\partial x_i} (\sum_{k=1}^n x_k)^3 = 3 x_i^2$$",
        _SQUARE
        + r"$$\frac{\partial}{\partial x_i} (\sum_{k=1}^n x_k)^3 = 3 (\sum_{k=1}^n x_k)^2$$",
    ),
    Code(
        "missing-hypothesis",
        "right only under a hypothesis that is not stated",
        "Where it is not said, nothing makes a matrix equal to its transpose.",
        _SQUARE + r"$$\frac{\partial}{\partial x} x^T A x = 2 A x$$",
        _SQUARE + r"$$\frac{\partial}{\partial x} x^T A x = (A + A^T) x$$",
    ),
)
"""The mistakes that changes of a formula undo."""
