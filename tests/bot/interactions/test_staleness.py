"""Prices that end too long ago never pass for fresh ones, wherever they are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import discord
import pytest

from bot.cogs.forecast.message import forecast_embed
from bot.cogs.report.weekly import weekly_embed
from bot.cogs.scores.message import scores_embed, symbol_scores_embed
from bot.cogs.status.message import Status, status_embed
from bot.interactions.formats import AMBER, BLUE
from bot.interactions.staleness import stale_badges
from bot.jobs.job import WorkerState
from bot.texts import Texts
from forecasting import ForecastReport, is_stale
from tests.support.reports import made_report
from tests.support.trained import Home

FRESH = datetime(2026, 11, 17, 22, 0, tzinfo=UTC)  # a Tuesday evening: two sessions have ended since AS_OF
STALE = datetime(2026, 11, 18, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("as_of", "now", "stale"),
    [
        (date(2026, 11, 13), datetime(2026, 11, 17, 22, 0, tzinfo=UTC), False),
        (date(2026, 11, 13), datetime(2026, 11, 18, 21, 29, tzinfo=UTC), False),
        (date(2026, 11, 13), datetime(2026, 11, 18, 21, 30, tzinfo=UTC), True),
        (date(2026, 11, 24), datetime(2026, 11, 27, 19, 0, tzinfo=UTC), False),  # Thanksgiving between
        (date(2026, 11, 24), datetime(2026, 11, 30, 22, 0, tzinfo=UTC), True),
        (date(2001, 9, 10), datetime(2001, 9, 18, 22, 0, tzinfo=UTC), False),  # four days without trade
        (date(2001, 9, 10), datetime(2001, 9, 19, 22, 0, tzinfo=UTC), True),
        (date(2024, 12, 31), datetime(2026, 11, 18, 15, 0, tzinfo=UTC), True),
        (date(2026, 11, 20), datetime(2026, 11, 18, 15, 0, tzinfo=UTC), False),  # a clock that was set back
    ],
)
def test_stale_is_past_two_sessions(as_of: date, now: datetime, stale: bool) -> None:
    assert is_stale(as_of, now) is stale


def test_no_two_weeks_have_fewer_than_three_sessions() -> None:
    """So the calendar need not be asked about older prices."""
    day = date(1993, 2, 1)
    while day < date(2026, 1, 1):
        assert is_stale(day, datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC) + timedelta(days=14))
        day += timedelta(days=5)


def status_of(report: ForecastReport, now: datetime) -> discord.Embed:
    due = {"retrain": now, "refresh": now}
    return status_embed(
        Texts(),
        Status(
            "simulated", [report], (), WorkerState(None, ()), due, {"retrain": None, "refresh": None}, None, (), now
        ),
    )


SHOWN: dict[str, Callable[[ForecastReport, datetime], discord.Embed]] = {
    "forecast": lambda report, now: forecast_embed(Texts(), report, None, now),
    "scores": lambda report, now: scores_embed(Texts(), [report], None, now),
    "scores of one": lambda report, now: symbol_scores_embed(Texts(), report, None, now),
    "weekly": lambda report, now: weekly_embed(Texts(), [report], (), None, now),
    "status": status_of,
}


@pytest.mark.parametrize("shown", SHOWN)
def test_everything_says_as_of_when_and_whether_that_is_too_long_ago(shown: str) -> None:
    fresh, stale = (SHOWN[shown](made_report(), now) for now in (FRESH, STALE))
    texts = [
        (embed.description or "") + "".join(field.value or "" for field in embed.fields) for embed in (fresh, stale)
    ]
    assert all("as of" in text.casefold() and "<t:1794603600:f>" in text for text in texts)
    assert "Stale prices" not in texts[0]
    assert "**Stale prices" in texts[1]
    assert "the last close is more than two trading days old" in texts[1]
    assert (fresh.colour, stale.colour) == (BLUE, AMBER)


def test_of_many_etfs_the_stale_ones_are_named() -> None:
    reports = [made_report("SPY"), made_report("ARKK", as_of=date(2026, 11, 6)), made_report("FNGU")]
    assert stale_badges(Texts(), reports, FRESH).startswith("**Stale prices** (ARKK): the last close")
    assert stale_badges(Texts(), reports, STALE).startswith("**Stale prices** (all ETFs): the last")
    many = [made_report(f"LONG{number:05}") for number in range(200)]
    assert len(stale_badges(Texts(), [*many, made_report("NEW", as_of=date(2026, 11, 18))], STALE)) <= 300


@pytest.mark.slow
def test_the_command_line_says_so_too(trained: Home) -> None:
    for command in (("show", "SPY"), ("scores",)):
        done = trained.run(*command)
        assert "As of 2019-12-31" in done.stdout
        assert "STALE: the prices of SPY end on 2019-12-31" in done.stdout
    assert "stale" not in trained.run("show", "SPY", "--json").stdout.casefold(), "nothing there depends on the clock"
