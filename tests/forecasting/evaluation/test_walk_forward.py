from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.walk_forward import FRAME_COLUMNS, MIN_HISTORY, walk_forward
from forecasting.forecast import Forecast
from forecasting.model.baselines import RandomWalk
from forecasting.prices.history import Panel
from forecasting.universe import Symbol
from tests.support.panels import NEW, SPY, TLT, session, small_panel


@dataclass
class Diary:
    """A forecaster that writes down what it was shown."""

    name: str = "diary"
    fits: list[date] = field(default_factory=list)
    asked: list[tuple[Symbol, date]] = field(default_factory=list)

    def fit(self, panel: Panel) -> Diary:
        self.fits.append(max(history.last_session for history in panel.values()))
        return self

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        self.asked.append((symbol, max(history.last_session for history in panel.values())))
        return RandomWalk().predict(symbol, panel)


@pytest.fixture(scope="module")
def panel() -> Panel:
    return small_panel(1100)


def test_cutoffs_start_at_the_fold_and_end_60_sessions_before_the_data(panel: Panel) -> None:
    frame = walk_forward(RandomWalk(), panel, [session(panel, 900)], 25, [SPY])
    cutoffs = pd.DatetimeIndex(frame["cutoff"].unique())
    assert list(cutoffs) == list(panel[SPY].sessions[900 : 1100 - 60 : 25])


def test_a_fold_ends_where_the_next_begins(panel: Panel) -> None:
    folds = [session(panel, 900), session(panel, 957)]
    cutoffs = walk_forward(RandomWalk(), panel, folds, 20, [SPY])["cutoff"].unique()
    numbers = panel[SPY].sessions.get_indexer(pd.DatetimeIndex(cutoffs))
    assert list(numbers) == [900, 920, 940, 957, 977, 997, 1017, 1037]


def test_a_fold_between_sessions_starts_at_the_next_one(panel: Panel) -> None:
    saturday = next(d for k in range(7) if (d := session(panel, 900) + timedelta(days=k)).weekday() == 5)
    frame = walk_forward(RandomWalk(), panel, [saturday], 500, [SPY])
    assert frame["cutoff"].iloc[0] == pd.Timestamp(saturday + timedelta(days=2))


def test_an_etf_with_too_little_history_skips_the_fold(panel: Panel) -> None:
    frame = walk_forward(RandomWalk(), panel, [session(panel, MIN_HISTORY), session(panel, MIN_HISTORY + 100)], 20)
    first = frame.groupby("symbol")["cutoff"].min()
    assert first[SPY] == first[TLT] == panel[SPY].sessions[MIN_HISTORY]
    assert first[NEW] == panel[SPY].sessions[MIN_HISTORY + 100]  # 100 sessions younger: just old enough


def test_the_frame_has_the_outcome_beside_the_forecast(panel: Panel) -> None:
    frame = walk_forward(RandomWalk(), panel, [session(panel, 1000)], 10, [TLT])
    assert tuple(frame.columns) == FRAME_COLUMNS
    row = frame[(frame["cutoff"] == panel[TLT].sessions[1010]) & (frame["step"] == 7)].iloc[0]
    assert row["session"] == panel[TLT].sessions[1017]
    assert row["actual"] == panel[TLT].adjusted[1017]
    assert row["q50"] == pytest.approx(panel[TLT].adjusted[1010])


def test_fits_end_before_the_fold_and_forecasts_at_their_cutoff(panel: Panel) -> None:
    diary = Diary()
    folds = [session(panel, 900), session(panel, 1000)]
    frame = walk_forward(diary, panel, folds, 20)
    assert diary.fits == [session(panel, 899), session(panel, 999)]
    rows = frame.drop_duplicates(["symbol", "cutoff"])
    assert sorted(diary.asked) == sorted(zip(rows["symbol"], rows["cutoff"].dt.date, strict=True))


def test_a_fold_that_every_etf_is_too_young_for_is_not_fitted(panel: Panel) -> None:
    diary = Diary()
    frame = walk_forward(diary, panel, [session(panel, 300)], 10)
    assert frame.empty
    assert tuple(frame.columns) == FRAME_COLUMNS
    assert not diary.fits


def test_an_etf_whose_prices_end_early_is_measured_as_far_as_they_go(panel: Panel) -> None:
    ended = Panel([panel[SPY], panel[TLT].until(session(panel, 1000))])
    frame = walk_forward(RandomWalk(), ended, [session(panel, 900)], 10)
    assert frame[frame["symbol"] == TLT]["session"].max() <= panel[SPY].sessions[1000]
    assert np.isfinite(frame["actual"].astype(float)).all()


@pytest.mark.parametrize(("numbers", "every"), [((950, 900), 10), ((900, 900), 10), ((900,), 0)])
def test_nonsense_is_refused(panel: Panel, numbers: tuple[int, ...], every: int) -> None:
    with pytest.raises(ValueError, match="folds must increase"):
        walk_forward(RandomWalk(), panel, [session(panel, n) for n in numbers], every)
