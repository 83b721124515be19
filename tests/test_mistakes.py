"""Mistakes are named, and corrected, on single mutations of right formulas."""

from __future__ import annotations

import pytest
from single_mutations import RIGHT, Mutation, mutations, right_text

from symgrad.judging.result import Result
from symgrad.verify import verify

EVERY = list({m.text: m for right in RIGHT for m in mutations(right)}.values())
PART = 9
"""One in so many is tried in the default run."""


def last(text: str) -> Result:
    """What is said of the last claim of a note."""
    return verify(text, second_opinion=False).notes[0].results[-1]


def held(some: list[Mutation]) -> None:
    """Named in 90 of 100, corrected in 95 of 100, and no correction is wrong.

    `-s` shows the figures.
    """
    wrong = named = offered = 0
    for mutation in some:
        result = last(mutation.text)
        if result.verdict not in ("refuted", "ill-typed"):
            continue  # some mutations happen to be right
        wrong += 1
        named += result.mistake in mutation.names
        if result.correction is not None:
            offered += 1
            corrected = Mutation(mutation.right, result.correction, mutation.names).text
            assert last(corrected).verdict == "proved", (mutation.formula, result.correction)
    print(f"\n{len(some)} mutations, {wrong} wrong: {named} named, {offered} corrected, all proved")
    assert wrong >= 0.9 * len(some)
    assert named >= 0.9 * wrong
    assert offered >= 0.95 * wrong


def test_there_are_many():
    assert len(EVERY) >= 500


@pytest.mark.parametrize("right", RIGHT, ids=lambda right: right.left)
def test_what_they_are_made_from_is_right(right):
    assert last(right_text(right)).verdict == "proved"


def test_some_are_named_and_corrected():
    held(EVERY[::PART])


@pytest.mark.slow
def test_all_are_named_and_corrected():
    held(EVERY)


def test_an_index_that_nothing_introduces_was_to_be_summed_over():
    note = r"""Let $W \in \mathbb R^{n \times m}$, $x \in \mathbb R^m$, $i \in \{1,\dots,n\}$.
$$\|x\|^2 = \sum_{k=1}^m x_k^2$$

$$[W x]_i = W_{i,k} x_k$$"""
    result = last(note)
    assert result.verdict == "ill-typed"
    assert result.mistake == "missing-sum"
    assert result.correction == r"\sum_{k=1}^{m} W_{i,k} x_k"
    assert result.after_correction == "proved"
