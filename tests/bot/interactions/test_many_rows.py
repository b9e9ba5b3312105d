"""Answers about a thousand ETFs: as many rows as fit, found in a few tries."""

from __future__ import annotations

from bot.interactions.formats import fitting, most_that_fit
from bot.texts import Texts

TEXTS = Texts("en")


def test_the_most_rows_that_fit_are_found_in_a_few_tries() -> None:
    tried: list[int] = []

    def size(count: int) -> int:
        tried.append(count)
        return 30 * count

    assert most_that_fit(1000, size, 30 * 77 + 29) == 77
    assert len(tried) <= 10
    assert most_that_fit(5, size, 1000) == 5
    assert most_that_fit(5, size, 29) == 0


def test_lines_are_cut_as_late_as_the_limit_allows() -> None:
    lines = [f"line {n}" for n in range(1000)]

    cut = fitting(TEXTS, lines, 400)

    kept = cut.count("line ")
    assert cut == "\n".join((*lines[:kept], TEXTS("and_more", count=1000 - kept)))
    assert len(cut) <= 400 < len("\n".join((*lines[: kept + 1], TEXTS("and_more", count=999 - kept))))
    assert fitting(TEXTS, lines[:3], 400) == "\n".join(lines[:3])
