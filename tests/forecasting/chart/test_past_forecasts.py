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
from forecasting.record.calibration import Calibration
from forecasting.record.past import Past, past_of
from forecasting.record.scoring import score_open
from forecasting.report import THEMES, Theme
from forecasting.sessions import NYSE
from tests.forecasting.chart.test_chart import assert_readable
from tests.support.databases import open_file
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
    engine = open_file(tmp_path / "t.db")
    assert past_of(engine, PRICES, "live") is None
    issue_daily(engine, PRICES, DAYS[-1:])
    assert past_of(engine, PRICES, "live") is None
    engine.dispose()


@pytest.mark.slow
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
        if (match := re.search(r"overlap: (\d+) of (\d+) closes", text.get_text()))
    )
    assert int(met) == sum(session <= DAYS[-1] for fan in found.fans for session in fan.sessions)
    assert 0.5 < int(inside) / int(met) <= 1
    assert_readable(sheet)


def test_the_picture_says_what_all_forecasts_say_besides_those_that_it_draws(database_url: str) -> None:
    engine = open_database(database_url)
    score_open(engine, "simulated", {ARKK: PRICES}, {NYSE: DAYS[-1]}, evening(DAYS[-1]))
    (record,) = ReportStore(engine).track("simulated").records(ARKK)
    engine.dispose()
    found = past(database_url)
    assert found is not None
    text = " ".join(text.get_text() for text in past_forecasts_sheet(found, "dark").figure.texts)
    assert "These 3 do not overlap: " in text
    share = f"{record.scores['lstm'].cover80:.0%}"
    assert re.search(rf"All 13 forecasts that the table counts: \d+ of {record.sessions} \({share}\)", text)


@pytest.mark.parametrize("theme", THEMES)
def test_a_long_record_shows_what_was_said_and_what_happened(database_url: str, theme: Theme) -> None:
    found = past(database_url)
    assert found is not None
    week, month, quarter = (
        Calibration(5, 40, (20, 32, 39)),
        Calibration(20, 20, (8, 15, 20)),
        Calibration(60, 7, (3, 6, 7)),
    )
    sheet = past_forecasts_sheet(replace(found, calibration=(week, month, quarter)), theme)
    text = [text.get_text() for text in sheet.figure.texts]
    for words in ("said 50%, was 50%", "said 80%, was 80%", "said 95%, was 98%", "said 80%, was 75%"):
        assert words in text
    assert "20 trading days ahead: 20 forecasts that do not overlap" in text
    assert sum(words.startswith("said ") for words in text) == 6
    assert "so far 7 for 60 trading days" in " ".join(text)
    assert_readable(sheet)


def test_a_short_record_says_what_it_takes(database_url: str) -> None:
    found = past(database_url)
    assert found is not None
    text = " ".join(text.get_text() for text in past_forecasts_sheet(found, "dark").figure.texts)
    assert "compared once there are 20 forecasts that do not overlap" in text
    assert "said 80%" not in text


@pytest.mark.slow
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
