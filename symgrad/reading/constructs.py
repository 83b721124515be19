r"""What LaTeX commands stand for, as tables. Adding a construct means adding a row.

First come the commands that the tokenizer sees to: they print nothing, space,
or wrap other mathematics. All others are tokens; what they mean to the parser
is the second half. Characters beyond ASCII are in `unicode`.
"""

from __future__ import annotations

from symgrad.network.functions import ACTIVATIONS
from symgrad.network.letters import GREEK
from symgrad.network.vector_functions import VECTOR_FUNCTIONS


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _commands(words: str) -> frozenset[str]:
    return frozenset("\\" + name for name in _names(words))


# -- what the tokenizer sees to -----------------------------------------------

DROPPED = _commands(
    ", ; : ! > / displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits"
    " displaylimits nonumber notag mathstrut strut allowbreak nobreak relax null hfill"
    " thinspace medspace thickspace negthinspace negmedspace negthickspace enspace"
    " space blacksquare qed qedhere"
    " hline centering tiny scriptsize footnotesize small normalsize large Large"
) | {"\\ ", "\\\n", "\\\t", "\\\r"}
"""Commands without arguments that print nothing."""

DROPPED_WITH_ARGUMENT = _commands("phantom hphantom vphantom label tag color vspace require")
"""Commands that print nothing of the formula, with one argument."""

KEEPS_LAST = {r"\textcolor": 2} | dict.fromkeys(
    _commands(
        "mathbin mathrel mathord mathopen mathclose mathpunct mathinner mathclap mathllap mathrlap"
        " smash ensuremath boxed"
    ),
    1,
)
"""Commands of which the last argument is mathematics, with the number of their arguments."""

STRUCK_OUT = _commands("cancel bcancel xcancel")
"""Commands that strike out what they hold."""

WORD_COMMANDS = {r"\forall": "for all", r"\therefore": "therefore", r"\because": "because"}
"""Commands that stand for words."""

RESPELLED = {
    r"\bigtriangledown": (0, r"\nabla"),
    r"\triangledown": (0, r"\nabla"),
    r"\norm": (1, r"\lVert #1\rVert"),
    r"\abs": (1, r"\lvert #1\rvert"),
}
"""Commands read as others, with their number of arguments, where no note defines them."""

DERIVATIVES = {r"\pdv": r"\partial", r"\dv": "d", r"\pderiv": r"\partial", r"\deriv": "d"}
r"""Commands for derivatives, with their sign: `\pdv{y}{x}`, or `\pdv{x}` before its operand."""

LETTERS_IN_WORDS = frozenset({"d"})
r"""Words that are a sign of mathematics: `\text{d}x`."""

GAPS = _commands("quad qquad enskip")
GAPS_WITH_ARGUMENT = _commands("hspace mspace")
DIMENSIONS = _commands("hskip kern mkern mskip")
"""Commands followed by a length without braces."""

TEXTS = _commands(
    "text mbox hbox textrm textnormal textup textit textsl textsf texttt textbf emph"
    " intertext shortintertext eqref ref cite"
)
"""Commands whose argument is words."""

DELIMITED = _commands(
    "left right middle big bigl bigr bigm Big Bigl Bigr Bigm bigg biggl biggr biggm"
    " Bigg Biggl Biggr Biggm"
)
"""Commands that size the bracket after them."""

LEFT_BARS = {"|": r"\lvert", r"\vert": r"\lvert", r"\|": r"\lVert", r"\Vert": r"\lVert"}
RIGHT_BARS = {"|": r"\rvert", r"\vert": r"\rvert", r"\|": r"\rVert", r"\Vert": r"\rVert"}
"""Bars that are known to open or to close, by the command before them."""

DEFINITIONS = _commands("newcommand renewcommand providecommand DeclareMathOperator def gdef let")
"""Commands that define a macro: inside a formula they print nothing."""

# -- what the parser reads ----------------------------------------------------

LETTERS = GREEK | _commands(
    "ell top intercal infty hbar imath jmath emptyset dagger ast star prime"
)
"""Commands that stand for one symbol."""

OPERATORS = _commands("nabla partial")
r"""Commands that differentiate what follows them: `\nabla_x f`, `\partial_x f`."""

_OTHERS = _names(
    "max min sin cos tan sinh cosh arg det dim sup inf tr diag vec Tr trace rank elu ELU logit"
    " norm LeakyReLU"
)
_IN_TABLES = [word for row in ACTIVATIONS.values() for word in row.words]
_IN_TABLES += [word for row in VECTOR_FUNCTIONS.values() for word in row.words]

FUNCTION_WORDS = {name: "\\" + name for name in (*_OTHERS, *_IN_TABLES)} | {
    "sum": r"\operatorname{sum}",
    "prod": r"\operatorname{prod}",
}
"""Words that name a function even where their backslash was forgotten."""

NAME_WORDS = frozenset(
    {"loss", "Loss", "LOSS", "cost", "Cost", "error", "Error", "net", "out", "logit", "logits"}
)
"""Words that name a quantity even in italics, where other letters would be factors."""

CODE_WORDS = frozenset({"axis", "keepdims", "True", "False"})
"""Words of calls of NumPy."""

FUNCTION_COMMANDS = frozenset(FUNCTION_WORDS.values())

OPERATOR_WORDS = frozenset(
    _names("max min sup inf argmax argmin det rank median mean avg Var var Cov cov std clip clamp")
)
r"""Operators even where the backslash was forgotten: `max_k x_k`, `Var(x)`."""

EXPECTATIONS = frozenset("EPV")
"""Letters that set as operators are the expected value, a probability, and the variance."""

SIGNED_ARGUMENT = _commands("exp log ln sin cos tan sinh cosh tanh")
"""Functions whose argument may begin with a sign, without brackets."""

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
    r"\bf": r"\mathbf",
    r"\cal": r"\mathcal",
    r"\it": "",
    r"\mit": "",
    r"\sf": r"\mathsf",
    r"\tt": r"\mathtt",
    r"\operatorname": "",
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

FRACTIONS = _commands("frac dfrac tfrac cfrac")

OVER_AND_UNDER = _commands("underset overset stackrel")

BIG_OPERATORS = {r"\sum": "sum", r"\prod": "prod"}

LETTERS_AS_SUMS = {r"\Sigma": "sum", r"\Pi": "prod"}
"""Letters that stand for the signs of sums and products where a range is below them."""

DOTS = _commands("dots ldots cdots vdots ddots dotsc dotsb dotsm hdots")

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


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONDITION_WORDS = _words(
    "if for when where whenever and with all every any each in case the"
    " si pour quand lorsque où avec tout tous toute et dans le cas"
    " wenn falls für alle jede jedes jeden und wo mit im fall"
    " se per quando con e para cuando y todo toda caso cada"
    " als voor alle elke en как если при для и 如果 若 当 對 对 时 且"
)
"""Words that leave a condition as it is; after any other word it is not read."""

OTHERWISE_WORDS = _words(
    "otherwise else elsewhere sinon autrement ailleurs sonst andernfalls altrimenti"
    " en otro contrario caso contrário outro anders иначе 其他 否则 其它 不然"
)
"""Words of the last row of cases, which has no condition."""


def only_words_of(text: str, known: frozenset[str]) -> bool:
    """Whether a text has no word but known ones."""
    return all(word.strip(".,;:!()~") in known | {""} for word in text.lower().split())


TWO_ARGUMENTS = FRACTIONS | {r"\binom"}
ONE_ARGUMENT = frozenset(ACCENTS) | _commands(
    "sqrt vec mathbf mathbb mathcal mathrm mathsf mathit mathtt mathfrak boldsymbol bm operatorname"
)
r"""Commands after which a digit without braces stands alone: `\frac12` is a half."""

# -- environments -------------------------------------------------------------

ENVIRONMENTS = "equation|align|gather|multline|eqnarray|flalign|alignat|displaymath|math"
"""Environments that hold a formula in running text; most have a starred form."""

PLACED = frozenset({"aligned", "alignedat", "gathered", "split", "array", "multlined"})
"""Environments that take `[t]`, `[c]` or `[b]`: where their rows stand."""

CASES_ENVIRONMENTS = frozenset({"cases", "dcases", "rcases", "numcases"})

MATRIX_ENVIRONMENTS = frozenset(
    {"matrix", "pmatrix", "bmatrix", "vmatrix", "Bmatrix", "smallmatrix", "array"}
)
