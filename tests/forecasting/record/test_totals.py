"""What outcomes add up to is stored with each scoring, and is what a sum over all of them would be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, event, text

from forecasting import ReportStore, Symbol, next_sessions
from forecasting.record.record import Record
from forecasting.record.scoring import score_open
from forecasting.sessions import NYSE
from tests.support.issued import evening, forecast_from, made_prices

DAYS = next_sessions(date(2024, 1, 1), 200)
FIRST = date(2023, 6, 1)
HISTORIES = {
    history.symbol: history
    for history in (made_prices(FIRST, DAYS[-1], "ARKK", sigma=0.05), made_prices(FIRST, DAYS[-1], "TLT", seed=2))
}
"""Those of ARKK move so much that its bands fail."""
ARKK, TLT = HISTORIES


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """A database of each kind with two ETFs: live forecasts, replayed ones, a correction, one that came too late."""
    store = ReportStore(engine)
    for history in HISTORIES.values():
        for day in DAYS[:130:5]:
            store.issue(forecast_from(history, day), evening(day), "live")
        store.issue(forecast_from(history, DAYS[2]), evening(DAYS[9]), "replayed")
        store.issue(forecast_from(history, DAYS[7]), evening(DAYS[9]), "live")
    store.issue(replace(forecast_from(HISTORIES[ARKK], DAYS[5]), data_hash="e" * 64), evening(DAYS[6]), "live", 2)
    return engine


def score(engine: Engine, day: date, *symbols: Symbol) -> None:
    known = {symbol: history.until(day) for symbol, history in HISTORIES.items()}
    score_open(engine, "simulated", known, {NYSE: day}, evening(day), symbols=symbols or HISTORIES)


def records(engine: Engine, symbol: Symbol | None = None) -> tuple[Record, ...]:
    return ReportStore(engine).track("simulated").records(symbol)


def summed_up(engine: Engine) -> tuple[Record, ...]:
    """The records without the help of stored totals, which stay stored."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT * FROM track_totals"))
        connection.execute(text("DELETE FROM track_totals"))
    found = records(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO track_totals SELECT * FROM kept"))
        connection.execute(text("DROP TABLE kept"))
    return found


@pytest.mark.slow
def test_records_are_what_a_sum_over_all_outcomes_gives_after_each_scoring(engine: Engine) -> None:
    for day in (DAYS[0], DAYS[1], *DAYS[8::48], DAYS[-1]):
        score(engine, day)
        assert records(engine) == summed_up(engine), day
    live, replayed, other, _ = records(engine)
    assert (live.final, live.late, other.final) == (28, 2, 27)
    assert (live.kind, replayed.kind, replayed.final) == ("live", "replayed", 1)
    assert live.best is not None
    assert live.worst is not None
    assert live.worst.mae_pct > live.best.mae_pct
    assert {alarm.what for alarm in live.alarms} >= {"coverage"}
    assert replayed.alarms == ()
    assert records(engine, TLT) == records(engine)[2:]


def test_no_outcome_is_read_once_its_etf_has_totals(engine: Engine) -> None:
    score(engine, DAYS[-1], ARKK)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(f"{given[2]} {given[3]}"))
    shown = records(engine)
    sums = [statement for statement in asked if "FROM outcomes" in statement]
    assert [record.final for record in shown] == [28, 1, 0, 0]
    assert sums
    assert not any("ARKK" in statement for statement in sums)


def test_a_price_that_is_missing_is_counted_at_once(engine: Engine) -> None:
    score(engine, DAYS[0])
    score_open(engine, "simulated", {}, {NYSE: DAYS[1]}, evening(DAYS[1]))
    assert [record.waiting for record in records(engine)] == [1, 0, 1, 0]
    assert records(engine) == summed_up(engine)
