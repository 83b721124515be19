r"""Reports as text: one finding after the other, each at its place in the note.

    note.md:63:40: refuted[wrong-formula] does not hold
    63 | $$\dfrac{\partial L}{\partial [Y]_i} = \sum\limits_{k=1}^n ([Y]_k-[Y]_k)$$
       |                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       = counterexample: n = 1, i = 1, Y = [0], \tilde{Y} = [1]
         the left-hand side is -1, the right-hand side is 0
       = right: [Y]_{i} - [\tilde{Y}]_{i}

Text is coloured; `click.echo` takes the colours out where they are not wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click

from symgrad.diagnostics import Code, Diagnostic, Source, Span
from symgrad.judging.counterexample import Counterexample
from symgrad.judging.report import NoteReport
from symgrad.judging.result import VERDICTS, Result
from symgrad.judging.second_opinion import SecondOpinion
from symgrad.writing.excerpt import (
    WIDTH,
    excerpt,
    one_line,
    plural,
    printable,
    shortened,
    wrapped,
)

_NAMES = {"sympy": "SymPy"}
_COLORS = {
    "proved": "green",
    **dict.fromkeys(("refuted", "ill-typed", "error"), "red"),
    **dict.fromkeys(("filled", "identified"), "cyan"),
    **dict.fromkeys(("undecided", "unread", "warning"), "yellow"),
}


def report_to_text(
    notes: Sequence[NoteReport],
    *,
    width: int = WIDTH,
    verbose: bool = False,
    summary: bool = True,
) -> str:
    """The findings of all notes, then one line a note that counts.

    Args:
        notes: what to print.
        width: columns that quoted lines may take.
        verbose: whether to list what is proved, too.
        summary: whether to count.
    """
    lines = [line for note in notes for line in _findings(note, width, verbose)]
    if summary:
        lines += [f"{printable(n.source.path)}: {_counts([n])}" for n in notes]
        if len(notes) > 1:
            lines.append(f"{len(notes)} notes: {_counts(notes)}")
    return "".join(f"{line}\n" for line in lines)


# -- findings -----------------------------------------------------------------


def _findings(note: NoteReport, width: int, verbose: bool) -> Iterator[str]:
    """The lines of every finding, in the order of the note."""
    found = [(d.span.start, 0, _diagnostic(d, note.source, width)) for d in note.diagnostics]
    last: Result | None = None
    for result in note.results:
        before = last if last is not None and last.step == result.step - 1 else None
        if result.verdict != "proved":
            found.append((result.caret.start, 1, _result(result, before, note.source, width)))
        elif verbose:
            found.append((result.caret.start, 1, [_proved(result, note.source, width)]))
        if result.kind != "annotation":
            last = result
    for _, _, lines in sorted(found, key=lambda entry: entry[:2]):
        yield from lines


def _head(source: Source, span: Span, kind: str, codes: Sequence[str], message: str) -> str:
    """`path:line:col: kind[code] message`."""
    line, column = source.position(span.start)
    place = click.style(f"{printable(source.path)}:{line}:{column}:", bold=True)
    label = kind + (f"[{','.join(codes)}]" if codes else "")
    return f"{place} {click.style(label, fg=_COLORS[kind], bold=True)} {one_line(message)}"


def _diagnostic(item: Diagnostic, source: Source, width: int) -> list[str]:
    head = _head(source, item.span, item.severity, [item.code.slug], item.message)
    details = [("help", [item.hint])] if item.hint else []
    return [head, *_quoted(source, item.span, details, width, item.severity), ""]


def _result(result: Result, before: Result | None, source: Source, width: int) -> list[str]:
    codes = result.codes or ((result.mistake,) if result.mistake else ())
    head = _head(source, result.caret, result.verdict, codes, result.message)
    details = [*_refutation(result, before, width), *_reasons(result, source)]
    if result.hint:
        details.append(("help", [result.hint]))
    if len(result.steps) > 1:
        details.append(("steps", _steps(result, source)))
    if result.holds_where:
        details.append(("holds where", [result.holds_where]))
    if result.conditions:
        details.append(("claimed where", [", ".join(result.conditions)]))
    if result.assuming:
        details.append(("assuming", ["; ".join(result.assuming)]))
    if result.facts:
        details.append(("facts", ["; ".join(result.facts)]))
    if result.second_opinion:
        differ = ": the sides differ" if result.verdict == "refuted" else ""
        details.append(("", [_opinion(result.second_opinion) + differ]))
    return [head, *_quoted(source, result.caret, details, width, result.verdict), ""]


def _proved(result: Result, source: Source, width: int) -> str:
    """One line: place, the step, and what the proof rests on."""
    rests = [f"claimed where {', '.join(result.conditions)}"] if result.conditions else []
    rests += [f"where {result.holds_where}"] if result.holds_where else []
    rests += [f"assuming {stated}" for stated in result.assuming]
    rests += [f"by {fact}" for fact in result.facts]
    rests += [_opinion(result.second_opinion)] if result.second_opinion else []
    text = one_line(source.slice(result.span).replace("&", " "))
    claim = shortened(f"brace: {text}" if result.kind == "annotation" else text, width - 20)
    return _head(source, result.caret, result.verdict, (), claim) + (
        click.style(f"  ({one_line('; '.join(rests))})", dim=True) if rests else ""
    )


Detail = tuple[str, list[str]]
"""A label and its lines."""


def _refutation(result: Result, before: Result | None, width: int) -> list[Detail]:
    """Why a step is wrong and what is right; of a mistake carried forward, only that it is."""
    counterexample = _counterexample(result, width)
    correction = _correction(result)
    if result.verdict != "refuted" or before is None:
        return counterexample + correction
    if result.follows:
        note = ("note", ["follows from the step before: the mistake is carried forward"])
        if result.counterexample == before.counterexample is not None:
            counterexample = []
            note[1].append("the counterexample is the same")
        if result.correction == before.correction:
            correction = []
        return [*counterexample, *correction, note]
    if result.follows is False and before.verdict == "refuted":
        note = ("note", ["does not follow from the step before either"])
        return [*counterexample, *correction, note]
    return counterexample + correction


MOST_STEPS = 3
"""Lines of a derivation in a report."""


def _steps(result: Result, source: Source) -> list[str]:
    """What leads to a blank, in a few lines, and where to see all of it."""
    start, *steps = result.steps
    few = [s for s in steps if not s.is_small] if len(steps) > MOST_STEPS else steps
    shown = [f"= {step.latex}  ({step.reason()})" for step in few[:MOST_STEPS]]
    more = len(steps) - len(shown)
    place = f"{printable(source.path)}:{source.position(result.caret.start)[0]}"
    where = "" if source.path == "-" else f": symgrad explain {place}"
    rest = [f"{plural(more, 'more step')}{where}"] if more else []
    return [start.latex, *shown, *rest]


def _reasons(result: Result, source: Source) -> Iterator[Detail]:
    """The terms by which a step is wrong, and displays that disagree."""
    found = result.difference
    if found is not None and (found.partly or result.correction is None):
        where = f" in the entry {found.entry}" if found.entry else ""
        if found.missing:
            yield f"missing{where}", [", ".join(found.missing)]
        if found.stray:
            yield f"too much{where}", [", ".join(found.stray)]
    clash = result.contradiction
    if clash is not None:
        counts, other = (source.position(span.start)[0] for span in (clash.counts, clash.other))
        sentence = f"it holds with {clash.name} as on line {other}; line {counts} has another"
        yield "contradiction", [sentence]


def _counterexample(result: Result, width: int) -> list[Detail]:
    example = result.counterexample
    if example is None:
        return []
    left, right = "the left-hand side", "the right-hand side"
    if result.kind == "annotation":
        left, right = "the braced expression", "its label"
    elif result.step > 1:
        right = "this step"
    sides = [
        f"{left} is {_side(example.left_worked, example.left)}",
        f"{right} is {_side(example.right_worked, example.right)}",
    ]
    if not (example.left_worked or example.right_worked):
        sides = [", ".join(sides)]
    return [("counterexample", [*wrapped(_assignments(example), width - 24), *sides])]


def _side(worked: str, value: str) -> str:
    """`2 * 3 * 1 = 6`, or the value alone."""
    return f"{worked} = {value}" if worked else _value(value)


def _assignments(example: Counterexample) -> list[str]:
    """`n = 1`, `i = 1`, `Y = [0]`: sizes by name, then indices, entries and functions."""
    found = [f"{name} = {value}" for name, value in sorted(example.sizes.items())]
    found += [f"{name} = {value}" for name, value in sorted(example.indices.items())]
    found += [f"{name} = {_entries(value)}" for name, value in example.values.items()]
    for name, function in example.functions.items():
        is_formula = not function.startswith("any ")
        found.append(f"{name}(x) = {function}" if is_formula else f"{name}: {function}")
    return found


def _entries(value: object) -> str:
    """Nested lists of rationals, without quotes."""
    if isinstance(value, list):
        return f"[{', '.join(_entries(item) for item in value)}]"
    return str(value)


def _value(text: str) -> str:
    """A side's value; an irrational one is known by an interval around it."""
    return f"in {text}" if text.startswith("[") else text


def _correction(result: Result) -> list[Detail]:
    if result.correction is None:
        return []
    lines = [result.correction]
    if result.after_correction is not None:
        fits = "it fits, but is" if result.after_correction == "refuted" else "it is"
        lines.append(f"with this change {fits} {result.after_correction}")
    return [("fill in" if result.kind == "blank" else "right", lines)]


def _opinion(opinion: SecondOpinion) -> str:
    sizes = ", ".join(f"{name}={value}" for name, value in sorted(opinion.sizes.items()))
    verb = "agrees" if opinion.agrees else "disagrees"
    return f"{_NAMES.get(opinion.by, opinion.by)} {verb}" + (f" at {sizes}" if sizes else "")


# -- the quoted line ----------------------------------------------------------


def _quoted(
    source: Source, span: Span, details: Sequence[Detail], width: int, kind: str
) -> Iterator[str]:
    """The source line with its carets, then the details, behind a common gutter."""
    number = str(source.position(span.start)[0])
    gutter = " " * len(number)
    bar = click.style("|", fg="blue", bold=True)
    text, carets = excerpt(source, span, width - len(number) - 3)
    if text.strip():
        yield f"{click.style(number, fg='blue', bold=True)} {bar} {text}"
        yield f"{gutter} {bar} {click.style(carets, fg=_COLORS[kind], bold=True)}"
    for label, lines in details:
        first, *rest = [one_line(line) for line in lines]
        name = click.style(f"{label}: ", bold=True) if label else ""
        yield f"{gutter} {click.style('=', fg='blue', bold=True)} {name}{first}"
        yield from (f"{gutter}   {line}" for line in rest)


# -- summaries ----------------------------------------------------------------


def _counts(notes: Sequence[NoteReport]) -> str:
    """`36 of 37 formulas read; 20 proved, 6 refuted; SymPy agrees on 22 derivatives`."""
    results = [result for note in notes for result in note.results]
    formulas = sum(note.formulas for note in notes)
    parts = [f"{sum(n.read for n in notes)} of {plural(formulas, 'formula')} read"]
    numbers = {v: sum(r.verdict == v for r in results) for v in VERDICTS}
    verdicts = [click.style(f"{k} {v}", fg=_COLORS[v]) for v, k in numbers.items() if k]
    parts.append(", ".join(verdicts) or "no claims")
    assuming = dict.fromkeys(stated for result in results for stated in result.assuming)
    if assuming:
        parts.append(f"assuming {', '.join(map(one_line, assuming))}")
    found = [d.severity for note in notes for d in note.diagnostics]
    other = "other " if results else ""
    faults = {f"{other}error": found.count("error"), "warning": found.count("warning")}
    parts.append(", ".join(plural(k, name) for name, k in faults.items() if k))
    opinions = [r.second_opinion for r in results if r.second_opinion is not None]
    agreeing = sum(opinion.agrees for opinion in opinions)
    if agreeing:
        parts.append(f"SymPy agrees on {plural(agreeing, 'derivative')}")
    if agreeing < len(opinions):
        parts.append(f"SymPy disagrees on {len(opinions) - agreeing}")
    return "; ".join(part for part in parts if part)


# -- codes --------------------------------------------------------------------


def explanation(code: Code) -> str:
    """What `symgrad explain` says of one code."""
    from textwrap import fill, indent

    title = f"{click.style(code.slug, bold=True)}: {code.summary}"
    wrong = click.style("wrong:", fg="red") + "\n\n" + indent(code.wrong, "    ")
    right = click.style("right:", fg="green") + "\n\n" + indent(code.right, "    ")
    return f"{title}\n\n{fill(code.why, 80)}\n\n{wrong}\n\n{right}\n"


def codes_to_text(codes: Mapping[str, Code]) -> str:
    """One line a code, by slug."""
    width = max(map(len, codes), default=0)
    return "".join(
        f"{click.style(slug.ljust(width), bold=True)}  {codes[slug].summary}\n"
        for slug in sorted(codes)
    )
