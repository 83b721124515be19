"""Every code has an example that gets it, and one that is right: `symgrad explain` shows both."""

import pytest

import symgrad
import symgrad.verify  # all codes are registered where they are defined
from symgrad.diagnostics import CODES, Source


def codes_of(note: str):
    report = symgrad.verify(Source("example.md", note + "\n"))
    found = {code for result in report.results for code in result.codes}
    found |= {d.code.slug for part in report.notes for d in part.diagnostics}
    return report, found


@pytest.mark.parametrize("slug", sorted(CODES))
def test_the_wrong_example_gets_the_code(slug):
    report, found = codes_of(CODES[slug].wrong)
    assert slug in found
    # That nothing is checked is only a warning.
    assert report.passed() is (slug == "no-formula")


@pytest.mark.parametrize("slug", sorted(CODES))
def test_the_right_example_is_proved(slug):
    report, found = codes_of(CODES[slug].right)
    assert not found
    assert report.results
    assert report.passed()
