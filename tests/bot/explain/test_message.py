"""The worked examples of ``/explain``: computed again from the numbers that a member reads."""

from __future__ import annotations

import re
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from bot.cogs.explain.cog import TOPICS
from bot.cogs.explain.message import START, Topic, explain_embed
from bot.texts import LANGUAGES, Texts
from forecasting.evaluation.scores import score
from forecasting.prices.history import PriceHistory
from forecasting.quantiles import COLUMNS
from forecasting.report import Scores
from tests.support.messages import assert_within_limits
from tests.support.panels import SPY, history


def read(topic: Topic, language: str) -> tuple[list[list[str]], str]:
    """The rows of the table and the text below it, with numbers in their English form."""
    text = explain_embed(Texts(language), topic).description or ""
    _, rows, below = text.split("```")
    return [line.split() for line in rows.strip().splitlines()[1:]], re.sub(r"(?<=\d),(?=\d)", ".", below)


def scores() -> Scores:
    """Of the five forecasts in the tables, by the program that scores backtests."""
    medians = [float(row[0]) for row in read("errors", "en")[0]]
    bands = [[float(cell) for cell in row[:2]] for row in read("coverage", "en")[0]]
    closes = [float(row[1]) for row in read("errors", "en")[0]]
    made = history("SPY", 70, 1, ranges=False)
    prices = PriceHistory(SPY, "made", made.frame.assign(adjusted=START, close=START))
    parts = []
    for model, middles in (("lstm", medians), ("random_walk", [START] * 5), ("drift", [START] * 5)):
        rows = pd.DataFrame({"cutoff": prices.sessions[:5], "step": 1, "actual": closes, "model": model})
        for column in COLUMNS:
            low, high = np.array(bands).T
            rows[column] = low if column < "q25" else high if column > "q75" else middles
        parts.append(rows)
    return score(pd.concat(parts, ignore_index=True), prices)["lstm"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_errors_are_what_they_are_said_to_be(language: str) -> None:
    rows, below = read("errors", language)
    for median, close, miss, square in rows:
        assert float(miss) == abs(float(close) - float(median))
        assert float(square) == float(miss) ** 2
    for figure in (scores().mae, scores().mse, scores().rmse):
        assert re.search(rf"\*\*\$?{figure:.2f}".removesuffix(".00"), below), figure


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_skill_is_what_it_is_said_to_be(language: str) -> None:
    rows, below = read("skill", language)
    assert all(float(theirs) == abs(float(close) - START) for close, _, theirs in rows)
    assert f"**{scores().skill_rw:.2f}**" in below
    assert re.search(rf"{scores().skill_rw:.0%}".replace("%", r"\s?%"), below)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_coverage_is_what_it_is_said_to_be(language: str) -> None:
    rows, below = read("coverage", language)
    for low, high, close, inside in rows:
        assert (float(low) <= float(close) <= float(high)) == (inside == Texts(language)("explain.inside"))
    assert re.search(rf"\*\*{scores().cover80:.0%}".replace("%", r"\s?%"), below)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", get_args(Topic))
def test_every_topic_is_offered_and_fits(topic: Topic, language: str) -> None:
    assert topic in [choice.value for choice in TOPICS]
    embed = explain_embed(Texts(language), topic)
    assert embed.title
    assert len(embed.description or "") > 300
    assert_within_limits(embed)


def test_every_word_of_the_answers_is_explained() -> None:
    told = " ".join((explain_embed(Texts(), topic).description or "") for topic in get_args(Topic)).casefold()
    for word in (
        "mae", "mse", "rmse", "skill", "coverage", "cut-off", "har", "lstm", "drift", "no change", "climatology",
        "band", "median", "session", "backtest",
    ):  # fmt: skip
        assert word in told
