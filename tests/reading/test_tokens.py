r"""Tokens of formulas: what is kept, what is dropped, what a macro becomes, and where it stands."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.diagnostics import Source, Span
from symgrad.reading.macros import find_macros
from symgrad.reading.note import read_note
from symgrad.reading.reader import command_rule
from symgrad.reading.tokens import LatexError, Token, tokenize

SHORT = {
    "command": "",
    "letter": "",
    "number": "",
    "symbol": "",
    "open": "",
    "close": "",
    "superscript": "",
    "subscript": "",
    "ampersand": "",
    "newrow": "",
    "gap": "gap:",
    "text": "text:",
    "begin": "begin:",
    "end": "end:",
}


def shown(tokens: list[Token]) -> str:
    """The tokens with a space between them; kinds that their text does not show are named."""
    return " ".join(SHORT[token.kind] + token.text for token in tokens)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\frac{a}{b}", r"\frac { a } { b }"),
        (r"ab\alpha c", r"a b \alpha c"),
        ("x+y=(z,w)", "x + y = ( z , w )"),
        ("[X]_{i,j}", "[ X ] _ { i , j }"),
        ("x_1^2 | y", "x _ 1 ^ 2 | y"),
        ("12 0.5 2. x", "12 0.5 2 . x"),
        ("1,000 1..n", "1 , 000 1 . . n"),
        ("=.5x", "= 0.5 x"),
        ("1.5.2", "1.5 . 2"),
        ("x_1 2", "x _ 1 2"),
        (r"\frac12 x", r"\frac 1 2 x"),
        (r"\frac123", r"\frac 1 2 3"),
        (r"\frac{1}23", r"\frac { 1 } 2 3"),
        (r"\sqrt12 \alpha12", r"\sqrt 1 2 \alpha 12"),
        (r"\{x\} \| \%", r"\{ x \} \| \%"),
        (r"a \, b \; c \: d \! e \ f ~ g", "a b c d e f g"),
        (r"\displaystyle\sum\limits_{i}", r"\sum _ { i }"),
        (r"a \quad b \qquad c", r"a gap:\quad b gap:\qquad c"),
        (r"a \hspace{2pt} b \hspace*{1cm}", r"a gap:\hspace b gap:\hspace"),
        (r"\text{a $\text{b $c$}$ d}", "text:a text:b c text:d"),
        (r"a \kern-3.5pt b \hskip 1em c \mkern 5mu d", "a b c d"),
        (r"\left( x \right)", "( x )"),
        (r"\left. x \right|_{0}", r"x \rvert _ { 0 }"),
        (r"\left .5\right.", "5"),
        (r"\left|x\right| \left\|y\right\|", r"\lvert x \rvert \lVert y \rVert"),
        (r"\bigl|x\bigr| \big|x\big| \middle|", r"\lvert x \rvert | x | |"),
        (r"\left<x\right> \left\{ \right\}", r"\langle x \rangle \{ \}"),
        (r"\Bigg(x\Biggr] \bigg/ \Big\{", r"( x ] / \{"),
        (r"a \\ b \\[2pt] c \\* d \\*[ -1.5 em ] e", r"a \\ b \\ c \\ d \\ e"),
        (r"a \\ [X]_i \\[X]_j", r"a \\ [ X ] _ i \\ [ X ] _ j"),
        (r"a \\\\ b \cr c", r"a \\ \\ b \\ c"),
        ("a & b && c", "a & b & & c"),
        ("a &lt; b &gt; c &amp; d", "a < b > c & d"),
        (r"\begin{align*} a \end{align*}", "begin:align* a end:align*"),
        (r"\begin{aligned}[t] a \end{aligned}", "begin:aligned a end:aligned"),
        (r"\begin{cases}[b]_i \end{cases}", "begin:cases [ b ] _ i end:cases"),
        (r"\begin{array}{rc}a\end{array}", "begin:array { r c } a end:array"),
        (r"\text{if } x \mbox{ and}", "text:if x text:and"),
        (r"\text{if $i \neq j$, else}", r"text:if i \neq j text:, else"),
        (r"\text{in \(x\)}", "text:in x"),
        (r"X^\text{T}", "X ^ text:T"),
        (r"\mathrm{d}x \textbf{W} \textbf{so}", r"\mathrm { d } x \mathbf W text:so"),
        (r"a \tag{1} \label{b} \nonumber \notag \tag*{c}", "a"),
        (r"\phantom{x}a\hphantom{b}", "a"),
        (r"\color{red}a \color[rgb]{1,0,0}b", "a b"),
        (r"\textcolor{red}{a+b}c", "a + b c"),
        (r"\textcolor{red}{a+b}^2 x^\textcolor{red}{2}", "{ a + b } ^ 2 x ^ { 2 }"),
        (r"\boxed{a = b}", "a = b"),
        (r"2\boxed{a+b}", "2 { a + b }"),
        (r"a \mathrel{=} b \mathopen[c\mathclose]", "a = b [ c ]"),
        (r"\sum_{\mathclap{i}}", r"\sum _ { i }"),
        (r"\operatorname*{argmax}_x", r"\operatorname { a r g m a x } _ x"),
        ("a % b } $\n c \\% d", r"a c \% d"),
        ("f'(x) f’ f′ f″", "f ' ( x ) f ' f ' f ' '"),
        ('a ! * : ; / < > ? " @', 'a ! * : ; / < > ? " @'),
        (r"\intertext{so} b", r"text:so \\ b"),
        (r"\newcommand{\a}[1][2]{x} b \def\c#1{y} \let\d=\e f", "b f"),
        ("", ""),
        (" \n\t ", ""),
    ],
)
def test_tokens(latex: str, expected: str) -> None:
    assert shown(tokenize(latex)) == expected


@pytest.mark.parametrize(
    ("char", "latex"),
    [
        ("∂", r"\partial"),
        ("∑ᵢ", r"\sum_i"),
        ("a·b×c⊙d", r"a\cdot b\times c\odot d"),
        ("x∈ℝⁿ", r"x\in\mathbb{R}^n"),
        ("≠≤≥", r"\neq\leq\geq"),
        ("αβφϕΩ", r"\alpha\beta\varphi\phi\Omega"),
        ("x²", "x^2"),
        ("A⁻¹", "A^{-1}"),
        ("Wᵀ", "W^T"),
        ("w₁₂", "w_{12}"),
        ("w₁₂⁽ˡ⁾", "w_{12}^{(l)}"),
        ("Ŷ ŷ x̂ φ̂", r"\hat{Y}\hat{y}\hat{x}\hat{\varphi}"),
        ("x̄ ã", r"\bar{x}\tilde{a}"),
        ("𝐖𝑥𝔼𝛼𝜶", r"\mathbf{W}x\mathbb{E}\alpha\mathbf{\alpha}"),
        ("a−b", "a-b"),
        ("½", r"\frac{1}{2}"),
        ("‖x‖", r"\|x\|"),
        ("（x，y）", "(x,y)"),
        ("a\u200bb\u2062c\u00a0d", "abcd"),
    ],
)
def test_unicode_is_latex(char: str, latex: str) -> None:
    assert shown(tokenize(char)) == shown(tokenize(latex))


def test_letters_of_any_script_are_letters() -> None:
    assert [t.kind for t in tokenize("é中ж")] == ["letter"] * 3
    assert [t.kind for t in tokenize("√☃\u0301")] == ["symbol"] * 3


MACROS = r"""
\newcommand{\R}{\mathbb{R}} \newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\norm}[2][2]{\|#2\|_{#1}} \def\twice#1{#1#1} \def\loop{a\loop} \def\x#1{#1#1}
\newcommand{\bomb}{\twice{\twice{\twice{\twice{\twice{\twice{\twice{\twice{aa}}}}}}}}}
\DeclareMathOperator{\tr}{tr} \newcommand{\three}{#3} \renewcommand{\vec}[1]{\mathbf{#1}}
\newcommand{\grad}[1]{\pd{L}{#1}} \def\A{\B}\def\B{\A} \def\big{b} \newcommand\e{}
"""


def expand(latex: str) -> list[Token]:
    macros, refused = find_macros(MACROS)
    assert refused == []
    return tokenize(latex, None, {macro.name: macro for macro in macros})


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\R^n", r"\mathbb { R } ^ n"),
        (r"\pd{L}{W_1}", r"\frac { \partial L } { \partial W _ 1 }"),
        (r"\pd L x", r"\frac { \partial L } { \partial x }"),
        (r"\norm{x}\norm[1]{x}", r"\| x \| _ { 2 } \| x \| _ { 1 }"),
        (r"\norm[{]}] {x}", r"\| x \| _ { { ] } }"),
        (r"\grad{\vec{x}}", r"\frac { \partial L } { \partial \mathbf { x } }"),
        (r"\twice{\twice{ab}}", "a b a b a b a b"),
        (r"\tr(A)", r"\operatorname { t r } ( A )"),
        (r"\e\big\e", "b"),
        (r"\text{\R}", r"text:\R"),
        (r"\Rx", r"\Rx"),
    ],
)
def test_expansion(latex: str, expected: str) -> None:
    assert shown(expand(latex)) == expected


def test_expansion_keeps_places() -> None:
    latex = r"a + \pd{L}{W_{\R}} b"
    source = Source("", latex)
    call, inner = r"\pd{L}{W_{\R}}", r"\R"
    places = [(token.text, source.slice(token.span)) for token in expand(latex)]
    body = [(r"\frac", call), ("{", call), (r"\partial", call), ("L", "L"), ("}", call)]
    rest = [("{", call), (r"\partial", call), ("W", "W"), ("_", "_"), ("{", "{")]
    last = [(r"\mathbb", inner), ("{", inner), ("R", inner), ("}", inner), ("}", "}"), ("}", call)]
    assert places == [("a", "a"), ("+", "+"), *body, *rest, *last, ("b", "b")]


@pytest.mark.parametrize(
    ("latex", "place", "message"),
    [
        (r"a {b", "{", "never closed"),
        (r"\frac{a}{b", "{", "never closed"),
        (r"a } b", "}", "closes nothing"),
        (r"\begin{align} a", r"\begin{align}", "never ended"),
        (r"a \end{align}", r"\end{align}", "ends nothing"),
        (r"{\begin{a} }", "}", r"before \\end"),
        (r"\begin{a} { \end{a}", r"\end{a}", "ends nothing"),
        (r"\begin{a} \end{b} \end{a}", r"\end{b}", "is due"),
        (r"a \text", r"\text", "lacks its argument"),
        (r"{a \text}", r"\text", "lacks its argument"),
        (r"a \left", r"\left", "lacks its delimiter"),
        (r"a \text{b", "{", "never closed"),
        (r"\text{a $b}", r"\text", "no partner"),
        (r"a^\text{a $b$}", r"\text", "not read"),
        (r"x^12", "12", "first digit only"),
        (r"w_12", "12", "first digit only"),
        (r"x^2.5", "2.", "first digit only"),
        (r"a #1", "#1", "outside a macro"),
        ("a \\", "\\", "backslash"),
        (r"b \loop", r"\loop", "without end"),
        (r"b \A", r"\A", "without end"),
        (r"b \x{\x}", r"\x", "without end"),
        (r"b \pd{a}", r"\pd", "lacks its argument"),
        (r"b \three", r"\three", "uses #3"),
    ],
)
def test_errors_have_their_place(latex: str, place: str, message: str) -> None:
    with pytest.raises(LatexError, match=message) as caught:
        expand(latex)
    assert Source("", latex).slice(caught.value.span) == place


def test_expansion_is_bounded() -> None:
    start = time.process_time()
    expand(r"\bomb")
    with pytest.raises(LatexError, match="without end"):
        expand(r"\twice{\bomb\bomb}" * 100)
    nested = r"\text{$" * 2000 + "x" + "$}" * 2000
    with pytest.raises(LatexError, match="too deep"):
        tokenize(nested)
    assert len(tokenize("{" * 5000 + "}" * 5000)) == 10000
    assert time.process_time() - start < 5


def test_two_rules_for_one_command_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two rules for \\quad"):
        command_rule(r"\quad")(lambda reader, raw: None)


def test_spans_are_those_of_the_note() -> None:
    text = "> $$\n> \\frac{a}{12}\n> \\text{if }x\n> $$"
    note = read_note(Source("note.md", text))
    tokens = tokenize(note.text, note.formulas[0].span)
    expected = [r"\frac", "{", "a", "}", "{", "12", "}", r"\text{if }", "x"]
    assert [note.source.slice(token.span) for token in tokens] == expected
    assert tokenize("abc", Span(1, 2)) == [Token("letter", "b", Span(1, 2))]


PIECES = r"""
\frac { } ^ _ & \\ \begin{a} \end{a} \begin \end \left \right . | \text{ \text $ \( # #1 % \tag
\boxed \textcolor \color [ ] \\[2pt] \a \b{ \newcommand \def \let \kern 1 23 .5 x é ² ᵀ x̂ \ &lt;
\intertext \textbf \operatorname* \mathrel ' \hspace \phantom 𝐱
"""
_PIECES = st.sampled_from([*PIECES.split(), "\n", " "])


@settings(max_examples=500, deadline=None)
@given(latex=st.one_of(st.text(), st.lists(_PIECES, max_size=30).map("".join)))
def test_any_latex_is_read_or_refused_at_a_place(latex: str) -> None:
    macros, _ = find_macros(r"\newcommand{\a}[2][x]{#1\b{#2}} \def\b#1{#1_#1}" + latex)
    tokens: list[Token] = []
    places: list[Span] = []
    try:
        tokens = tokenize(latex, None, {macro.name: macro for macro in macros})
    except LatexError as error:
        places.append(error.span)
    for span in [*places, *(token.span for token in tokens)]:
        assert 0 <= span.start < span.end <= len(latex)
    assert {token.kind for token in tokens} <= SHORT.keys()
