"""Prices that are no daily prices are refused with their cause, and what only looks odd is not."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from forecasting.errors import BadPrices
from forecasting.prices.quality.daily import require_daily
from forecasting.prices.quality.gate import sound_history
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.sessions import session_stamps
from tests.support.gated import SPY

LAST = date(2024, 12, 31)
DAYS = session_stamps(date(2020, 1, 2), LAST)


def check(days: pd.DatetimeIndex) -> None:
    require_daily(SPY, "csv", days)


def test_weekly_and_monthly_bars_are_refused() -> None:
    by_day = pd.Series(DAYS, DAYS)
    weekly = pd.DatetimeIndex(by_day.resample("W").last().dropna())
    monthly = pd.DatetimeIndex(by_day.resample("ME").last().dropna())
    with pytest.raises(
        BadPrices, match=r"SPY: csv has 258 rows for the 1241 .* These look like weekly prices\. Export daily"
    ):
        check(weekly)
    with pytest.raises(BadPrices, match="These look like monthly prices"):
        check(monthly)
    with pytest.raises(BadPrices, match="These look like incomplete prices"):
        check(monthly[::3])


@pytest.mark.parametrize(
    ("days", "words"), [(-1, "early: 19% are Sundays, and Fridays"), (1, "late: 20% are Saturdays")]
)
def test_dates_of_another_time_zone_are_refused(days: int, words: str) -> None:
    with pytest.raises(BadPrices, match=f"a day too {words}"):
        check(DAYS + pd.Timedelta(days=days))


def test_short_files_gaps_and_single_typing_errors_are_no_reason() -> None:
    check(DAYS[:5])
    check(DAYS[::2][:19])
    check(DAYS.drop(DAYS[300:700]))
    check(DAYS.append(pd.DatetimeIndex(["1991-01-02", "2188-01-04"])))


def test_a_history_with_too_many_wrong_rows_is_refused() -> None:
    frame = SimulatedPrices().history(SPY, LAST).frame.loc["2023":]
    few, many = frame.copy(), frame.copy()
    few.iloc[:20, :5] = 0.0
    many.iloc[::15, :5] = 0.0
    assert len(sound_history(SPY, "csv", few, LAST)) == len(frame) - 20
    with pytest.raises(
        BadPrices, match=r"34 of 502 rows from csv are wrong, too many .* First: SPY 2023-01-03: no pos"
    ):
        sound_history(SPY, "csv", many, LAST)


def test_the_files_that_people_have(shared: Path) -> None:
    def history(name: str) -> CsvPrices:
        return CsvPrices(shared / "files" / name)

    with pytest.raises(BadPrices, match="look like weekly prices"):
        history("weekly").history(SPY, LAST)
    assert len(history("weekly-the-same-daily").history(SPY, LAST)) > 1000
    with pytest.raises(BadPrices, match=re.escape("more than one file for it: SPY.csv and spy.csv. Keep only")):
        history("twin-files").history(SPY, LAST)
    stray = history("stray-files")
    assert stray.symbols == (SPY,)
    assert "SPY (1).csv" in {finding.values["file"] for finding in stray.notes}
    assert len(stray.history(SPY, LAST)) > 0
