"""The record's figures, summed in the database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from forecasting import ReportStore, next_sessions
from forecasting.prices.history import PriceHistory
from forecasting.record.record import TrackRecord
from forecasting.record.scoring import score_open
from forecasting.sessions import NYSE
from tests.support.issued import ARKK, database, evening, forecast_from, made_prices

DAYS = next_sessions(date(2024, 1, 1), 70)
ISSUED, OPEN = (DAYS[0], DAYS[2]), DAYS[62]


def test_best_and_worst_are_final_forecasts_though_an_open_one_is_further_off(tmp_path: Path) -> None:
    frame = made_prices(date(2023, 10, 2), DAYS[-1]).frame
    frame.loc[DAYS[65].isoformat() :] *= 2.0
    history = PriceHistory.of(ARKK, "simulated", frame)
    engine = database(tmp_path)
    for day in (*ISSUED, OPEN):
        ReportStore(engine).issue(forecast_from(history, day), evening(day), "live")
    score_open(engine, "simulated", {ARKK: history}, {NYSE: DAYS[-1]}, evening(DAYS[-1]))
    (record,) = TrackRecord(engine, "simulated").records()
    engine.dispose()

    assert (record.issued, record.final, record.open) == (3, 2, 1)
    assert record.best is not None
    assert record.worst is not None
    assert {record.best.as_of, record.worst.as_of} == set(ISSUED)
    assert record.best.mae_pct <= record.worst.mae_pct
