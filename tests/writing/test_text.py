"""Reports as text: places, carets, counterexamples, summaries."""

from __future__ import annotations

import unicodedata

import click
import pytest

from symgrad.diagnostics import Code, Diagnostic, Source, Span
from symgrad.judging.counterexample import Counterexample
from symgrad.judging.report import NoteReport
from symgrad.judging.result import VERDICTS, Result
from symgrad.judging.second_opinion import SecondOpinion
from symgrad.reading.errors import SUM_RANGE
from symgrad.writing.excerpt import excerpt, one_line, plural, printable, shortened
from symgrad.writing.text import codes_to_text, explanation, report_to_text

TEXT = "The gradient is\n\n$$\\frac{\\partial L}{\\partial x_i} = y_i - x_i = -y_i$$\n"


def span_of(text: str, part: str, occurrence: int = 0) -> Span:
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(part, start + 1)
    return Span(start, start + len(part))


def result(verdict: str = "refuted", part: str = "y_i - x_i", **fields) -> Result:
    caret = span_of(TEXT, part)
    values = {
        "span": Span(TEXT.index("\\frac"), caret.end),
        "caret": caret,
        "step": 1,
        "kind": "derivative",
        "verdict": verdict,
        "message": "does not hold",
        "claim": "",
    }
    return Result(**values | fields)


def shown(*results: Result, diagnostics: tuple[Diagnostic, ...] = (), text=TEXT, **options) -> str:
    note = NoteReport(Source("note.md", text), 4, 3, results, diagnostics)
    return click.unstyle(report_to_text((note,), **options))


def columns(text: str) -> int:
    """Columns that a terminal gives to a text."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def marked(line: str, carets: str) -> str:
    """What stands above the carets."""
    start, end = carets.index("^"), len(carets)
    return "".join(c for k, c in enumerate(line) if start <= columns(line[:k]) < end and columns(c))


# -- the quoted line ----------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "term"),
    [
        ("$a = b$", "b"),
        ("$b$ and $a = b + c$", "b + c"),
        ("  indented $x_i$", "x_i"),
        ("tab\tand\t$x_i$", "x_i"),
        ("\t\t$x_i$", "x_i"),
        ("数学の行列 $x_i$ です", "x_i"),
        ("e\u0301te\u0301 $x_i$", "x_i"),
        ("全角\tとタブ $x_i$", "x_i"),
        ("emoji 🙂 $x_i$", "x_i"),
        ("$行 = 列$", "列"),
    ],
)
def test_carets_stand_under_the_term(line, term):
    text = f"before\n{line}\nafter"
    start = text.index(line) + line.rindex(term)
    quoted, carets = excerpt(Source("n", text), Span(start, start + len(term)))
    assert marked(quoted, carets) == term
    assert columns(quoted[: quoted.rindex(term)]) == carets.index("^")


@pytest.mark.parametrize("width", [20, 40, 80, 100])
@pytest.mark.parametrize("place", [0, 3, 50, 150, 294, 297])
def test_long_lines_are_cut_around_the_term(width, place):
    line = "." * place + "XYZ" + "." * (297 - place)
    quoted, carets = excerpt(Source("n", line), Span(place, place + 3), width)
    assert len(quoted) <= width
    assert len(quoted) > width - 4
    assert marked(quoted, carets) == "XYZ"


def test_what_is_cut_off_is_shown_by_three_dots():
    line = "a" * 100 + "XYZ" + "b" * 100
    quoted, _ = excerpt(Source("n", line), Span(100, 103), 40)
    assert quoted.startswith("...a")
    assert quoted.endswith("b...")
    quoted, _ = excerpt(Source("n", line), Span(0, 1), 40)
    assert not quoted.startswith(".")
    quoted, _ = excerpt(Source("n", line), Span(202, 203), 40)
    assert not quoted.endswith(".")


def test_wide_characters_count_two_columns_when_a_line_is_cut():
    line = "数" * 100 + "XYZ" + "学" * 100
    quoted, carets = excerpt(Source("n", line), Span(100, 103), 41)
    assert columns(quoted) <= 41
    assert marked(quoted, carets) == "XYZ"


def test_a_term_longer_than_the_line_is_marked_as_far_as_it_is_shown():
    line = "x" * 300
    quoted, carets = excerpt(Source("n", line), Span(10, 290), 50)
    assert len(carets) <= len(quoted) <= 50
    assert quoted == "..." + "x" * 44 + "..."


def test_of_a_term_over_several_lines_the_first_is_marked():
    text = "$$a\n= b +  \n c$$"
    start = text.index("= b")
    assert excerpt(Source("n", text), Span(start, len(text) - 2)) == ("= b +  ", "^^^^^")


@pytest.mark.parametrize("offset", [0, 2, 3])
def test_an_empty_span_has_one_caret(offset):
    _, carets = excerpt(Source("n", "abc"), Span(offset, offset))
    assert carets == " " * offset + "^"


def test_windows_line_ends_are_not_shown():
    quoted, carets = excerpt(Source("n", "a\r\n$x$\r\nb"), Span(4, 5))
    assert (quoted, carets) == ("$x$", " ^")


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x00", "\x9b", "\u202e", "\u2066", "\u2028"])
def test_nothing_in_a_note_steers_the_terminal(sign):
    quoted, carets = excerpt(Source("n", f"a{sign}[31m $x$"), Span(8, 9))
    assert sign not in quoted
    assert quoted[carets.index("^")] == "x"
    assert sign not in printable(f"a{sign}b")
    assert sign not in one_line(f"a{sign}b")


# -- findings -----------------------------------------------------------------


def test_a_finding_from_head_to_foot():
    example = Counterexample(
        {"n": 1, "m": 2}, {"i": 1}, {"y": ["0", "1"], "W": [["1/2", "-3"]], "t": "2"}, {}, "1", "-1"
    )
    opinion = SecondOpinion({"n": 3, "m": 2}, True)
    finding = result(
        codes=("wrong-formula",),
        counterexample=example,
        correction="x_i - y_i",
        after_correction="proved",
        hint="swap the sides",
        second_opinion=opinion,
    )
    assert shown(finding, summary=False).splitlines() == [
        "note.md:3:37: refuted[wrong-formula] does not hold",
        "3 | $$\\frac{\\partial L}{\\partial x_i} = y_i - x_i = -y_i$$",
        "  |                                     ^^^^^^^^^",
        "  = counterexample: m = 2, n = 1, i = 1, y = [0, 1], W = [[1/2, -3]], t = 2",
        "    the left-hand side is 1, the right-hand side is -1",
        "  = right: x_i - y_i",
        "    with this change it is proved",
        "  = help: swap the sides",
        "  = SymPy agrees at m=2, n=3: the sides differ",
        "",
    ]


def test_later_steps_and_braces_name_their_sides():
    example = Counterexample({}, {}, {}, {}, "1", "[0.1, 0.2]")
    later = shown(result(step=2, counterexample=example))
    assert "the left-hand side is 1, this step is in [0.1, 0.2]" in later
    brace = shown(result(kind="annotation", counterexample=example))
    assert "the braced expression is 1, its label is in [0.1, 0.2]" in brace


def test_functions_of_a_counterexample_are_told():
    functions = {"a": "x^2 + 1", "g": "any smooth function with g(0) = 1"}
    text = shown(result(counterexample=Counterexample({}, {}, {}, functions, "0", "1")))
    assert "a(x) = x^2 + 1, g: any smooth function with g(0) = 1" in text


def test_long_counterexamples_are_broken_between_values():
    entries = {f"W^{{({k})}}": [["0", "0"], ["0", "0"]] for k in range(9)}
    text = shown(result(counterexample=Counterexample({}, {}, entries, {}, "0", "1")), width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("[[0, 0], [0, 0]]") == 9


def test_a_mistake_that_is_carried_forward_is_not_told_twice():
    example = Counterexample({"n": 1}, {}, {}, {}, "0", "1")
    first = result(step=2, counterexample=example, correction="x_i")
    second = result(part="-y_i", step=3, counterexample=example, correction="x_i", follows=True)
    text = shown(first, second)
    assert text.count("counterexample:") == 1
    assert text.count("right: x_i") == 1
    assert "follows from the step before: the mistake is carried forward" in text
    assert "the counterexample is the same" in text
    anew = shown(first, result(part="-y_i", step=3, correction="x_i", follows=False))
    assert anew.count("right: x_i") == 2
    assert "does not follow from the step before either" in anew


def test_kinks_and_facts_are_told():
    text = shown(result("filled", kind="blank", correction="x", holds_where="z \\neq 0"))
    assert "= fill in: x" in text
    assert "= holds where: z \\neq 0" in text
    line = shown(
        result("proved", holds_where="z \\neq 0", facts=("g^2 = g", "e^0 = 1")), verbose=True
    ).splitlines()[0]
    assert line.endswith("(where z \\neq 0; by g^2 = g; by e^0 = 1)")


def test_what_is_proved_is_listed_on_request_only():
    opinion = SecondOpinion({"m": 2}, True)
    proved = result("proved", second_opinion=opinion)
    assert "y_i - x_i" not in shown(proved)
    assert shown(proved, verbose=True, summary=False) == (
        "note.md:3:37: proved \\frac{\\partial L}{\\partial x_i} = y_i - x_i"
        "  (SymPy agrees at m=2)\n"
    )


def test_findings_stand_in_the_order_of_the_note():
    text = "a\nb\nc\nd\n"
    diagnostics = (
        Diagnostic(Span(4, 5), SUM_RANGE, "third"),
        Diagnostic(Span(0, 1), SUM_RANGE, "first"),
    )
    second = Result(Span(2, 3), Span(2, 3), 1, "equality", "undecided", "second", "")
    fourth = Result(Span(6, 7), Span(6, 7), 1, "equality", "refuted", "fourth", "")
    heads = [
        line
        for line in shown(second, fourth, diagnostics=diagnostics, text=text).splitlines()
        if line.startswith("note.md:") and not line.startswith("note.md: ")
    ]
    assert heads == [
        "note.md:1:1: error[sum-range] first",
        "note.md:2:1: undecided second",
        "note.md:3:1: error[sum-range] third",
        "note.md:4:1: refuted fourth",
    ]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_can_be_shown(verdict):
    text = shown(result(verdict), verbose=True)
    assert text.startswith(f"note.md:3:37: {verdict} ")
    assert f"1 {verdict}" in text.splitlines()[-1]


def test_a_disagreement_of_sympy_is_never_silent():
    opinion = SecondOpinion({"m": 2}, False)
    text = shown(result("undecided", message="internal error", second_opinion=opinion))
    assert "= SymPy disagrees at m=2" in text
    assert "SymPy disagrees on 1" in text


def test_messages_stay_on_one_line():
    text = shown(result(message="two\nlines", correction="a\n\n b"), summary=False)
    assert "] two lines" in text or "refuted two lines" in text
    assert "= right: a b\n" in text


# -- summaries ----------------------------------------------------------------


def test_the_summary_counts():
    opinion = SecondOpinion({}, True)
    text = shown(
        result("proved", second_opinion=opinion),
        result("proved", second_opinion=opinion),
        result("filled"),
        diagnostics=(
            Diagnostic(Span(0, 1), SUM_RANGE, "bad"),
            Diagnostic(Span(1, 2), SUM_RANGE, "odd", severity="warning"),
        ),
    )
    assert text.splitlines()[-1] == (
        "note.md: 3 of 4 formulas read; 2 proved, 1 filled; 1 other error, 1 warning; "
        "SymPy agrees on 2 derivatives"
    )


def test_singular_and_plural():
    assert [plural(k, "formula") for k in (0, 1, 2)] == ["0 formulas", "1 formula", "2 formulas"]
    text = shown(result("proved", second_opinion=SecondOpinion({}, True)))
    assert text.splitlines()[-1].endswith("SymPy agrees on 1 derivative")


def test_several_notes_are_counted_together():
    notes = tuple(
        NoteReport(Source(name, TEXT), 2, 2, (result("proved"),), ()) for name in ("a.md", "b.md")
    )
    lines = click.unstyle(report_to_text(notes)).splitlines()
    assert lines == [
        "a.md: 2 of 2 formulas read; 1 proved",
        "b.md: 2 of 2 formulas read; 1 proved",
        "2 notes: 4 of 4 formulas read; 2 proved",
    ]


def test_nothing_is_printed_where_there_is_nothing_to_say():
    assert shown(result("proved"), summary=False) == ""


# -- small parts --------------------------------------------------------------


def test_shortened():
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abc..."


def test_a_code_is_explained_with_both_examples():
    text = click.unstyle(explanation(SUM_RANGE))
    assert text.startswith("sum-range: a sum runs over the wrong range\n")
    shown = [line.strip() for line in text.splitlines()]
    for line in (*SUM_RANGE.wrong.splitlines(), *SUM_RANGE.right.splitlines()):
        assert line in shown


def test_codes_are_listed_by_slug():
    codes = {c.slug: c for c in (SUM_RANGE,)}
    assert click.unstyle(codes_to_text(codes)) == f"sum-range  {SUM_RANGE.summary}\n"
    assert isinstance(SUM_RANGE, Code)
