"""The picture of past forecasts: drawn from what was issued, in the units of today."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from forecasting import ReportStore, next_sessions, open_database
from forecasting.chart import draw_past_forecasts
from forecasting.chart.past_forecasts import past_forecasts_sheet
from forecasting.job.follow_up import follow_up
from forecasting.prices.history import Panel
from forecasting.record.past import Past, past_of
from forecasting.report import THEMES
from tests.forecasting.chart.test_chart import assert_readable
from tests.support.inline import Broken, Inline
from tests.support.issued import ARKK, evening, issue_daily, made_prices

DAYS = next_sessions(date(2024, 1, 1), 140)
PRICES = made_prices(date(2023, 6, 1), DAYS[-1])


class Given:
    """A source that has nothing of its own."""

    name = "simulated"

    def history(self, symbol: str, until: date) -> None:
        raise AssertionError(f"{symbol} until {until} was asked for, and the panel has it")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/t.db"
    engine = open_database(url)
    issue_daily(engine, PRICES, DAYS[:130:10])
    engine.dispose()
    return url


def past(database_url: str, split: float = 1.0) -> Past | None:
    engine = open_database(database_url)
    frame = PRICES.frame / split
    found = past_of(engine, replace(PRICES, frame=frame), "live")
    engine.dispose()
    return found


def test_fans_follow_each_other_without_overlap_and_start_at_the_close(database_url: str) -> None:
    found = past(database_url)
    assert found is not None
    assert [fan.as_of for fan in found.fans] == [DAYS[0], DAYS[60], DAYS[120]]
    closes = {row.session: row.close for row in found.closes}
    for fan in found.fans:
        assert fan.close == pytest.approx(closes[fan.as_of])
        assert fan.low[0] < fan.median[0] < fan.high[0]


def test_after_a_split_fans_and_closes_are_in_the_new_dollars(database_url: str) -> None:
    before, after = past(database_url), past(database_url, split=4.0)
    assert before is not None
    assert after is not None
    np.testing.assert_allclose(after.fans[1].high, np.array(before.fans[1].high) / 4)
    np.testing.assert_allclose([row.close for row in after.closes], [row.close / 4 for row in before.closes])


def test_there_is_nothing_to_draw_before_a_close_has_come(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/t.db")
    assert past_of(engine, PRICES, "live") is None
    issue_daily(engine, PRICES, DAYS[-1:])
    assert past_of(engine, PRICES, "live") is None
    engine.dispose()


def test_a_picture_is_a_png_that_differs_by_theme(database_url: str) -> None:
    found = past(database_url)
    assert found is not None
    dark, light = (draw_past_forecasts(found, theme) for theme in THEMES)
    assert dark[:8] == light[:8] == b"\x89PNG\r\n\x1a\n"
    assert dark != light


def test_the_picture_counts_the_closes_inside_the_band(database_url: str) -> None:
    found = past(database_url)
    assert found is not None
    sheet = past_forecasts_sheet(found, "dark")
    inside, met = next(
        match.groups()
        for text in sheet.figure.texts
        if (match := re.match(r"(\d+) of (\d+) closes fell inside the 80% band", text.get_text()))
    )
    assert int(met) == sum(session <= DAYS[-1] for fan in found.fans for session in fan.sessions)
    assert 0.5 < int(inside) / int(met) <= 1
    assert_readable(sheet)


def test_the_job_scores_and_keeps_the_pictures_and_does_without_where_no_worker_is_left(database_url: str) -> None:
    engine = open_database(database_url)
    panel = Panel([PRICES.until(DAYS[70])])
    scored = follow_up(engine, Given(), panel, DAYS[70], evening(DAYS[70]), (), Broken())
    assert scored.sessions > 0
    track = ReportStore(engine).track("simulated")
    assert track.chart(ARKK, "dark") is None

    follow_up(engine, Given(), Panel([PRICES]), DAYS[-1], evening(DAYS[-1]), (), Inline())

    pictures = [track.chart(ARKK, theme) for theme in THEMES]
    assert all(picture is not None and picture.startswith(b"\x89PNG") for picture in pictures)
    engine.dispose()
