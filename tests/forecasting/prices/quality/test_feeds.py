"""Feeds that stand still or are read before the session is over."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from forecasting.prices.history import Panel
from forecasting.prices.quality.feeds import without_unfinished
from forecasting.prices.quality.gate import reader_notes, sound_history, unfinished
from tests.support.gated import SPY, UNTIL, faults, simulated


@pytest.mark.parametrize(
    ("last", "share", "kinds"),
    [
        ("2024-12-31", 0.2, ["unfinished session"]),
        ("2024-12-31", 0.3, []),
        ("2024-12-24", 0.2, []),  # closes at 13:00
        ("2024-12-24", 0.05, ["unfinished session"]),
    ],
)
def test_a_last_row_of_little_volume_is_of_an_unfinished_session(last: str, share: float, kinds: list[str]) -> None:
    frame = simulated().frame.loc[:last].copy()
    frame.loc[last, "volume"] = share * frame["volume"].iloc[-21:-1].median()
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert [finding.kind for finding in history.findings] == kinds
    assert (history.last_session == date.fromisoformat(last)) is not bool(kinds)


def test_rows_of_sessions_that_are_not_over() -> None:
    found = unfinished(SPY, simulated().frame["close"], date(2024, 12, 27))
    assert [f.session for f in found] == [date(2024, 12, 30), date(2024, 12, 31)]
    assert {f.kind for f in found} == {"unfinished session"}


PRICES = ["adjusted", "close", "open", "high", "low"]


def frozen(frame: pd.DataFrame, equal: int, volumes: float | None = None, first: int = 1000) -> pd.DataFrame:
    """``frame`` with rows of equal prices from row ``first`` on; with volumes of ``volumes``, or those it has."""
    rows = frame.index[first : first + equal]
    frame = frame.copy()
    frame.loc[rows, PRICES] = frame[PRICES].iloc[first].to_numpy()
    if volumes is not None:
        frame.loc[rows, "volume"] = volumes
    return frame


@pytest.mark.parametrize(
    ("share", "equal", "volumes", "found"),
    [
        *[(1.0, 2, None, 0), (1.0, 3, None, 2), (1e-5, 4, 50.0, 0), (1e-5, 5, 50.0, 4)],
        *[(1e-5, 9, None, 0), (1e-5, 10, None, 9), (1e-5, 9, 0.0, 0), (1e-5, 10, 0.0, 9)],
    ],
)
def test_equal_rows_are_a_fault_when_they_are_many(share: float, equal: int, volumes: float | None, found: int) -> None:
    """Sooner if the ETF is liquid, or if the volume is the same as well, because then the row is a copy."""
    frame = simulated().frame
    history = sound_history(SPY, "csv", frozen(frame.assign(volume=share * frame["volume"]), equal, volumes), UNTIL)
    assert [f.kind for f in faults([history])] == ["repeated rows"] * found


@pytest.mark.parametrize("equal", [5, 6, 9])
@pytest.mark.parametrize("volumes", ["their own", "zero", "equal"])
@pytest.mark.parametrize("flat", [False, True])
def test_a_feed_that_stands_still_at_the_end_is_not_forecast_from(equal: int, volumes: str, flat: bool) -> None:
    frame = simulated().frame.copy()
    rows = frame.index[-equal:]
    frame.loc[rows, PRICES] = frame[PRICES].iloc[-equal - 1].to_numpy()
    if flat:
        frame.loc[rows, ["open", "high", "low"]] = float(frame["close"].iloc[-equal - 1])
    if volumes != "their own":
        frame.loc[rows, "volume"] = 0.0 if volumes == "zero" else frame["volume"].iloc[-equal - 1]
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert history.last_session == frame.index[-equal - 1].date()
    assert any("as if the source had stood still" in note for note in reader_notes(history))


def test_a_day_without_trade_in_a_liquid_etf_is_a_fault_at_once() -> None:
    frame = simulated().frame.copy()
    frame.iloc[1000, frame.columns.get_loc("volume")] = 0.0
    (fault,) = faults([sound_history(SPY, "csv", frame, UNTIL)])
    assert (fault.kind, fault.session) == ("repeated rows", frame.index[1000].date())


def test_an_etf_that_is_seldom_traded_has_equal_rows_by_nature() -> None:
    frame = simulated().frame
    frame = frame.assign(volume=1e-5 * frame["volume"])
    idle = frozen(frame, 12, 0.0)
    for first in range(700, 1000, 10):
        idle = frozen(idle, 2, 0.0, first)
    young = frozen(frame.iloc[1000:], 12, 0.0, first=3)
    for rows in (idle, young):
        assert faults([sound_history(SPY, "csv", rows, UNTIL)]) == []
    steady = frame
    for first in range(700, 1000, 5):
        steady = frozen(steady, 4, None, first)  # a fund of bills moves by a cent a week
    assert faults([sound_history(SPY, "csv", frozen(steady, 10), UNTIL)]) == []


def test_a_feed_may_stand_still_where_closes_were_equal_before() -> None:
    """Closes in cents are equal now and then; ten in a row are a fault even in an ETF of few moves."""
    frame = simulated().frame.iloc[:60][["adjusted", "close"]].copy()
    for row in (5, 9, 12):
        frame.iloc[row] = frame.iloc[row - 1].to_numpy()
    assert faults([sound_history(SPY, "csv", frame, UNTIL)]) == []
    frame.iloc[22:32] = frame.iloc[22].to_numpy()
    assert len(faults([sound_history(SPY, "csv", frame, UNTIL)])) == 9


def test_closes_alone_may_stand_still_for_four_days() -> None:
    closes = simulated().frame[["adjusted", "close"]].copy()
    for equal, found in ((4, 0), (5, 4)):
        closes.iloc[1000 : 1000 + equal] = closes.iloc[1000].to_numpy()
        assert len(faults([sound_history(SPY, "csv", closes, UNTIL)])) == found


def test_the_quietest_day_of_the_year_is_no_unfinished_one() -> None:
    """A tenth of the usual volume is little; where other days of the year had as little, it says nothing."""
    frame = simulated().frame.copy()
    frame.iloc[-1, frame.columns.get_loc("volume")] = 0.1 * frame["volume"].iloc[-21:-1].median()
    assert [f.kind for f in faults([sound_history(SPY, "csv", frame, UNTIL)])] == ["unfinished session"]
    frame.iloc[[-200, -120, -60], frame.columns.get_loc("volume")] = frame["volume"].iloc[-1]
    assert faults([sound_history(SPY, "csv", frame, UNTIL)]) == []


@pytest.mark.slow
def test_histories_cut_at_any_day_end_with_a_finished_session(histories: Panel) -> None:
    """Of the days at which forty histories could have been cut, one in 1,300 looks unfinished."""
    wrong = 0
    for symbol, history in histories.items():
        for end in range(300, len(history), 20):
            wrong += len(without_unfinished(symbol, history.frame.iloc[end - 252 : end])[1])
    assert wrong <= 8
