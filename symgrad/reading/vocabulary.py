r"""What LaTeX commands stand for, as tables. Adding a construct means adding a row.

Spacing, sizing and other commands that print nothing of their own are dropped
by the tokenizer; they are listed in `constructs`.
"""

from __future__ import annotations


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


GREEK = frozenset(
    "\\" + name
    for name in _names(
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu"
        " xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta"
        " Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
    )
)
"""Commands that print one Greek letter."""

LETTERS = (
    GREEK
    | {r"\ell", r"\partial", r"\nabla", r"\top", r"\intercal", r"\infty", r"\hbar"}
    | {
        r"\imath",
        r"\jmath",
        r"\emptyset",
        r"\dagger",
        r"\ast",
        r"\star",
        r"\prime",
    }
)
"""Commands that stand for one symbol."""

FUNCTION_WORDS = {
    name: "\\" + name
    for name in _names(
        "max min exp log ln sin cos tan tanh sinh cosh arg det dim sup inf tr diag softmax sigmoid"
        " relu ReLU softplus mean vec sign erf Tr trace rank gelu GELU elu ELU silu SiLU logit"
        " norm logsumexp LeakyReLU swish"
    )
} | {"sum": r"\operatorname{sum}", "prod": r"\operatorname{prod}"}
"""Words that name a function even where their backslash was forgotten."""

FUNCTION_COMMANDS = frozenset(FUNCTION_WORDS.values())

FONTS = {
    r"\mathbf": r"\mathbf",
    r"\boldsymbol": r"\mathbf",
    r"\bm": r"\mathbf",
    r"\bold": r"\mathbf",
    r"\pmb": r"\mathbf",
    r"\mathbb": r"\mathbb",
    r"\mathds": r"\mathbb",
    r"\mathcal": r"\mathcal",
    r"\mathscr": r"\mathcal",
    r"\mathfrak": r"\mathfrak",
    r"\mathsf": r"\mathsf",
    r"\mathtt": r"\mathtt",
    r"\mathit": "",
    r"\mathrm": "",
    r"\rm": "",
    r"\operatorname": "",
    r"\mathop": "",
    r"\vec": r"\mathbf",
}
"""Commands that style a name; the value is the style as it enters the name, "" for none."""

ACCENTS = {
    r"\tilde": r"\tilde",
    r"\widetilde": r"\tilde",
    r"\hat": r"\hat",
    r"\widehat": r"\hat",
    r"\bar": r"\bar",
    r"\overline": r"\bar",
    r"\dot": r"\dot",
    r"\ddot": r"\ddot",
    r"\underline": r"\underline",
    r"\check": r"\check",
}
"""Accents, with the form in which they are compared."""

RELATIONS = {
    "=": "=",
    r"\equiv": ":=",
    r"\triangleq": ":=",
    r"\coloneqq": ":=",
    r"\coloneq": ":=",
    r"\neq": r"\neq",
    r"\ne": r"\neq",
    "<": "<",
    ">": ">",
    r"\lt": "<",
    r"\gt": ">",
    r"\le": r"\leq",
    r"\leq": r"\leq",
    r"\leqslant": r"\leq",
    r"\ge": r"\geq",
    r"\geq": r"\geq",
    r"\geqslant": r"\geq",
    r"\in": r"\in",
    r"\mapsto": r"\mapsto",
    r"\longmapsto": r"\mapsto",
    r"\to": r"\to",
    r"\rightarrow": r"\to",
    r"\longrightarrow": r"\to",
    r"\Rightarrow": r"\Rightarrow",
    r"\Longrightarrow": r"\Rightarrow",
    r"\implies": r"\Rightarrow",
    r"\iff": r"\Rightarrow",
    r"\Leftrightarrow": r"\Rightarrow",
    r"\leftarrow": ":=",
    r"\gets": ":=",
    r"\approx": r"\approx",
    r"\simeq": r"\approx",
    r"\sim": r"\sim",
    r"\propto": r"\propto",
    r"\subset": r"\subset",
    r"\subseteq": r"\subset",
    r"\notin": r"\notin",
    ":": ":",
}
"""Relation signs, with the sign they are read as."""

PRODUCT_OPERATORS = {
    r"\times": r"\times",
    r"\cdot": r"\cdot",
    r"\bullet": r"\cdot",
    "*": "*",
    r"\ast": "*",
    r"\odot": r"\odot",
    r"\circ": r"\circ",
    r"\otimes": r"\otimes",
    "/": "/",
    r"\div": "/",
}
"""Signs of products and quotients, with the sign they are read as."""

FRACTIONS = frozenset({r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"})

BIG_OPERATORS = {r"\sum": "sum", r"\prod": "prod"}

DOTS = frozenset(
    {
        r"\dots",
        r"\ldots",
        r"\cdots",
        r"\vdots",
        r"\ddots",
        r"\dotsc",
        r"\dotsb",
        r"\dotsm",
        r"\hdots",
    }
)

BRACKETS = {
    "(": ")",
    "[": "]",
    r"\{": r"\}",
    r"\lbrace": r"\rbrace",
    r"\lbrack": r"\rbrack",
    r"\langle": r"\rangle",
    r"\lVert": r"\rVert",
    r"\lvert": r"\rvert",
}
r"""Opening brackets with what closes them; the bars `|` and `\|` close themselves."""

BRACKET_NAMES = {
    r"\{": "{",
    r"\lbrace": "{",
    r"\lbrack": "[",
    r"\lVert": "||",
    r"\lvert": "|",
    r"\|": "||",
    r"\Vert": "||",
    r"\vert": "|",
}
"""The bracket of a `Group` node, where it differs from the sign."""

CASES_ENVIRONMENTS = frozenset({"cases", "dcases", "rcases", "numcases"})

MATRIX_ENVIRONMENTS = frozenset(
    {"matrix", "pmatrix", "bmatrix", "vmatrix", "Bmatrix", "smallmatrix", "array"}
)

NEGATIVE_WORDS = frozenset({"unless", "except", "sauf", "excepté", "außer", "salvo", "除非"})
"""Words that turn a condition round; a condition after them is not read."""
