"""The classic mistakes in `derivations/wrong/`: each note shows what is said of it.

`SYMGRAD_UPDATE=1` writes the findings into the notes anew; read what it changes.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from symgrad.verify import verify

NOTES = sorted((Path(__file__).parent.parent / "derivations" / "wrong").glob("*.md"))
SHOWN = re.compile(r"(?<=```text\n).*?(?=```)", re.DOTALL)


def said(report):
    """The findings as the notes show them: place, verdict, code, message, correction."""
    (note,) = report.notes
    text = ""
    for result in report.results:
        if result.verdict == "proved":
            continue
        line, column = note.source.position(result.span.start)
        code = f"[{result.codes[0]}]" if result.codes else ""
        text += f"{line}:{column}: {result.verdict}{code} {result.message}\n"
        if result.correction is not None:
            text += f"right: {result.correction}\n"
    return text


def test_there_are_wrong_notes():
    assert len(NOTES) >= 10


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.stem)
def test_a_wrong_note_is_found_out_as_it_shows(path):
    text = path.read_text()
    report = verify(path)
    verdicts = [r.verdict for r in report.results if r.verdict != "proved"]
    assert verdicts in (["refuted"], ["ill-typed"])
    assert report.notes[0].read == report.notes[0].formulas
    if os.environ.get("SYMGRAD_UPDATE"):
        path.write_text(SHOWN.sub(lambda _: said(report), text))
        return
    shown = SHOWN.search(text)
    assert shown is not None
    assert shown.group() == said(report), "SYMGRAD_UPDATE=1 writes it anew"
