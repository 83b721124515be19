r"""Right notes in several styles: layers by superscript, by subscript, by letters; arrays,
entries, batches, norms, softmax, several activations. For the tests only.
"""

from __future__ import annotations

from collections.abc import Callable

from formula_note import Claim, FormulaNote
from formula_trees import (
    Spelling,
    Tree,
    apply,
    delta,
    entry,
    had,
    matmul,
    minus,
    name,
    negative,
    number,
    over,
    plus,
    power,
    square,
    times,
    total,
    trace,
    transposed,
)

HALF = over(number(1), number(2))


def layers(function: str, names: Callable[[str, int], str], spelling: Spelling) -> FormulaNote:
    """Two layers and half a squared distance, in arrays."""
    w1, w2, b1, b2, z, h, y = (
        names(letter, k)
        for letter, k in (("W", 1), ("W", 2), ("b", 1), ("b", 2), ("z", 1), ("h", 1), ("z", 2))
    )
    error = minus(name(y), name("t"))
    back = matmul(transposed(name(w2)), error)
    slope = apply(function, name(z), 1)
    claims = (
        Claim(name("L"), error, y),
        Claim(name("L"), matmul(error, transposed(name(h))), w2),
        Claim(name("L"), error, b2),
        Claim(name("L"), back, h),
        Claim(name("L"), had(back, slope), z),
        Claim(name("L"), had(slope, back), b1),
        Claim(name("L"), matmul(had(back, slope), transposed(name("x"))), w1),
        Claim(name("L"), matmul(transposed(name(w1)), had(slope, back)), "x"),
    )
    return FormulaNote(
        {w1: ("n", "m"), w2: ("p", "n"), b1: ("n",), b2: ("p",), "x": ("m",), "t": ("p",)},
        {
            z: ((), plus(matmul(name(w1), name("x")), name(b1))),
            h: ((), apply(function, name(z))),
            y: ((), plus(matmul(name(w2), name(h)), name(b2))),
            "L": ((), times(HALF, square(error))),
        },
        claims,
        {},
        () if function == "tanh" else (function,),
        spelling,
    )


def entries(function: str, names: Callable[[str, int], str], spelling: Spelling) -> FormulaNote:
    """The same in entries."""
    w1, w2, b1, b2, z, h, y = (
        names(letter, k)
        for letter, k in (("W", 1), ("W", 2), ("b", 1), ("b", 2), ("z", 1), ("h", 1), ("z", 2))
    )

    def error(k: str) -> Tree:
        return minus(entry(y, k), entry("t", k))

    def back(i: str, k: str) -> Tree:
        return total(k, "p", times(entry(w2, k, i), error(k)))

    def slope(i: str) -> Tree:
        return apply(function, entry(z, i), 1)

    loss = name("L")
    claims = (
        Claim(loss, error("q"), y, ("q",)),
        Claim(loss, times(error("q"), entry(h, "i")), w2, ("q", "i")),
        Claim(loss, error("q"), b2, ("q",)),
        Claim(loss, back("i", "k"), h, ("i",)),
        Claim(loss, times(slope("i"), back("i", "k")), z, ("i",)),
        Claim(loss, times(slope("i"), entry("x", "j"), back("i", "k")), w1, ("i", "j")),
        Claim(
            loss,
            total("s", "n", times(entry(w1, "s", "j"), slope("s"), back("s", "k"))),
            "x",
            ("j",),
        ),
        Claim(entry(z, "i"), times(delta("i", "r"), entry("x", "j")), w1, ("r", "j")),
        Claim(entry(h, "i"), times(slope("i"), delta("i", "r")), z, ("r",)),
        Claim(
            entry(y, "q"),
            total("s", "n", times(entry(w2, "q", "s"), slope("s"), entry(w1, "s", "j"))),
            "x",
            ("j",),
        ),
    )
    return FormulaNote(
        {w1: ("n", "m"), w2: ("p", "n"), b1: ("n",), b2: ("p",), "x": ("m",), "t": ("p",)},
        {
            z: (
                ("i",),
                plus(total("k", "m", times(entry(w1, "i", "k"), entry("x", "k"))), entry(b1, "i")),
            ),
            h: (("i",), apply(function, entry(z, "i"))),
            y: (
                ("q",),
                plus(total("k", "n", times(entry(w2, "q", "k"), entry(h, "k"))), entry(b2, "q")),
            ),
            "L": ((), times(HALF, total("k", "p", power(error("k"), 2)))),
        },
        claims,
        {"i": "n", "j": "m", "q": "p", "r": "n"},
        () if function == "tanh" else (function,),
        spelling,
    )


def batch(function: str, spelling: Spelling) -> FormulaNote:
    """One layer over a batch of rows."""
    error = minus(name("H"), name("Y"))
    back = had(error, apply(function, name("Z"), 1))
    return FormulaNote(
        {"X": ("b", "m"), "W": ("m", "p"), "Y": ("b", "p"), r"\lambda": ()},
        {
            "Z": ((), matmul(name("X"), name("W"))),
            "H": ((), apply(function, name("Z"))),
            "L": ((), plus(times(HALF, square(error)), times(name(r"\lambda"), square(name("W"))))),
        },
        (
            Claim(name("L"), error, "H"),
            Claim(name("L"), back, "Z"),
            Claim(
                name("L"),
                plus(
                    matmul(transposed(name("X")), back),
                    times(number(2), name(r"\lambda"), name("W")),
                ),
                "W",
            ),
            Claim(name("L"), matmul(back, transposed(name("W"))), "X"),
            Claim(name("L"), square(name("W")), r"\lambda"),
        ),
        {},
        () if function == "tanh" else (function,),
        spelling,
    )


def forms(spelling: Spelling) -> FormulaNote:
    """Traces, quadratic forms and norms, in arrays."""
    a, b, x, w, y = (name(k) for k in ("A", "B", "x", "W", "y"))
    residual = minus(matmul(w, x), y)
    return FormulaNote(
        {"A": ("m", "m"), "B": ("m", "n"), "x": ("m",), "W": ("n", "m"), "y": ("n",)},
        {},
        (
            Claim(matmul(transposed(x), a, x), matmul(plus(a, transposed(a)), x), "x"),
            Claim(matmul(transposed(x), a, x), matmul(x, transposed(x)), "A"),
            Claim(matmul(transposed(y), w, x), matmul(transposed(w), y), "x"),
            Claim(matmul(transposed(y), w, x), matmul(y, transposed(x)), "W"),
            Claim(square(residual), times(number(2), matmul(transposed(w), residual)), "x"),
            Claim(square(residual), times(number(2), matmul(residual, transposed(x))), "W"),
            Claim(trace(matmul(a, b, w)), transposed(matmul(b, w)), "A"),
            Claim(trace(matmul(w, b)), transposed(b), "W"),
            Claim(trace(matmul(w, a, transposed(w))), matmul(w, plus(a, transposed(a))), "W"),
            Claim(square(w), times(number(2), w), "W"),
            Claim(trace(matmul(transposed(w), w)), square(w)),
            Claim(matmul(transposed(x), a, x), matmul(transposed(x), transposed(a), x)),
            Claim(trace(matmul(a, b, w)), trace(matmul(b, w, a))),
        ),
        {},
        (),
        spelling,
    )


def softmax(spelling: Spelling) -> FormulaNote:
    """Softmax and its logarithm, in entries."""

    def grown(k: str) -> Tree:
        return apply("exp", entry("u", k))

    bottom = total("k", "n", grown("k"))
    return FormulaNote(
        {"u": ("n",), "t": ("n",)},
        {
            "s": (("i",), over(grown("i"), bottom)),
            "C": (
                (),
                negative(total("k", "n", times(entry("t", "k"), apply("log", entry("s", "k"))))),
            ),
        },
        (
            Claim(
                entry("s", "i"),
                times(entry("s", "i"), minus(delta("i", "j"), entry("s", "j"))),
                "u",
                ("j",),
            ),
            Claim(apply("log", bottom), entry("s", "i"), "u", ("i",)),
            Claim(
                name("C"),
                minus(times(entry("s", "i"), total("k", "n", entry("t", "k"))), entry("t", "i")),
                "u",
                ("i",),
            ),
            Claim(total("k", "n", entry("s", "k")), number(1)),
            Claim(name("C"), negative(over(entry("t", "i"), entry("s", "i"))), "s", ("i",)),
        ),
        {"i": "n", "j": "n"},
        (),
        spelling,
    )


def single(spelling: Spelling) -> FormulaNote:
    """Functions of one number."""
    v, y = name("v"), name("y")
    s = apply(r"\sigma", v)
    inner = times(y, v)
    return FormulaNote(
        {"v": (), "y": ()},
        {},
        (
            Claim(s, times(s, minus(number(1), s)), "v"),
            Claim(apply(r"\sigma", v, 1), times(s, minus(number(1), s))),
            Claim(apply("tanh", v), minus(number(1), power(apply("tanh", v), 2)), "v"),
            Claim(apply("f", inner), times(y, apply("f", inner, 1)), "v"),
            Claim(
                times(apply("f", v), apply("a", inner)),
                plus(
                    times(apply("f", v, 1), apply("a", inner)),
                    times(y, apply("f", v), apply("a", inner, 1)),
                ),
                "v",
            ),
            Claim(apply("a", v), times(v, apply("a", v, 1))),
            Claim(apply("log", plus(number(1), apply("exp", v))), s, "v"),
            Claim(power(plus(v, y), 3), times(number(3), power(plus(v, y), 2)), "v"),
            Claim(over(v, plus(v, y)), over(y, power(plus(v, y), 2)), "v"),
        ),
        {},
        ("a", "f", r"\sigma"),
        spelling,
    )


def _upper(letter: str, k: int) -> str:
    return f"{letter}^{{({k})}}"


def _square(letter: str, k: int) -> str:
    return f"{letter}^{{[{k}]}}"


def _lower(letter: str, k: int) -> str:
    return f"{letter}_{k}"


def _bold(letter: str, k: int) -> str:
    return rf"\mathbf{{{letter}}}_{k}"


def _letters(letter: str, k: int) -> str:
    return {"W1": "W", "W2": "V", "b1": "b", "b2": "c", "z1": "z", "h1": "h", "z2": "y"}[
        f"{letter}{k}"
    ]


BRACKETS = Spelling(entry="[{0}]_{{{1}}}", product=r"\times", limits=r"\limits", fraction=r"\dfrac")
PLAIN = Spelling()
COMPACT = Spelling(separator="", product=r"\cdot", had=r"\circ", transpose="T")

NOTES: dict[str, FormulaNote] = {
    "layers, relu, superscripts": layers("a", _upper, PLAIN),
    "layers, any f, subscripts": layers("f", _lower, COMPACT),
    "layers, sigma, bold": layers(r"\sigma", _bold, COMPACT),
    "layers, tanh, brackets": layers("tanh", _square, BRACKETS),
    "entries, relu, brackets": entries("a", _upper, BRACKETS),
    "entries, any f, letters": entries("f", _letters, COMPACT),
    "entries, sigma, superscripts": entries(r"\sigma", _upper, PLAIN),
    "batch, relu": batch("a", PLAIN),
    "batch, tanh": batch("tanh", COMPACT),
    "forms": forms(COMPACT),
    "forms, brackets": forms(BRACKETS),
    "softmax": softmax(PLAIN),
    "softmax, compact": softmax(COMPACT),
    "one number": single(PLAIN),
}
