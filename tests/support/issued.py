"""Issued forecasts of a made-up ETF, in a database as the job leaves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from forecasting import ForecastReport, ReportStore, Symbol, next_sessions, open_database
from forecasting.prices.history import PriceHistory
from forecasting.record.scoring import score_open
from forecasting.reports.publication import Publication
from forecasting.sessions import NYSE, close_time, session_stamps
from tests.support.databases import open_file
from tests.support.reports import made_report

ARKK = Symbol("ARKK")
BASELINES: Mapping[str, float] = {"walk_sigma": 0.02, "drift_mean": 0.0004, "drift_sigma": 0.018}


def made_prices(first: date, last: date, symbol: str = "ARKK", seed: int = 1, sigma: float = 0.01) -> PriceHistory:
    """A geometric random walk of adjusted closes; quoted closes are 1.25 times those."""
    sessions = session_stamps(first, last)
    steps = np.random.default_rng(seed).standard_normal(len(sessions))
    adjusted = 40.0 * np.exp(np.cumsum(sigma * steps))
    frame = pd.DataFrame({"adjusted": adjusted, "close": 1.25 * adjusted}, index=sessions)
    return PriceHistory.of(Symbol(symbol), "simulated", frame)


def forecast_from(history: PriceHistory, as_of: date, **facts: Any) -> Publication:
    """As a job would issue it at the end of ``as_of``: the as-of close is the history's."""
    known = history.until(as_of)
    report = made_report(history.symbol, as_of=as_of, last_close=known.last_close)
    return publication(replace(report, **facts), adjustment=known.as_quoted)


def publication(report: ForecastReport, adjustment: float = 1.0) -> Publication:
    return Publication(
        report, {}, adjustment=adjustment, data_hash="d" * 64, code_version="0.1.0+abc", seed=7, baselines=BASELINES
    )


def evening(session: date) -> datetime:
    """When the job of that session runs."""
    return close_time(session) + timedelta(hours=1)


def issue_daily(engine: Engine, history: PriceHistory, days: Sequence[date]) -> None:
    """A forecast as of each of ``days``, issued that evening."""
    store = ReportStore(engine)
    for day in days:
        store.publish(forecast_from(history, day), evening(day))


def database(folder: Path, forecasts: int = 0, name: str = "track.db") -> Engine:
    """A migrated database with so many forecasts of ARKK, one a session from 2024-01-02 on."""
    engine = open_file(folder / name)
    days = next_sessions(date(2024, 1, 1), forecasts) if forecasts else ()
    if days:
        issue_daily(engine, made_prices(date(2023, 12, 1), days[-1]), days)
    return engine


def live_through(
    database_url: str, days: Sequence[date], symbols: Sequence[str] = ("ARKK",), sigma: float = 0.01
) -> None:
    """A forecast of each ETF as of each of ``days``, the last with its report, all scored until the last of them."""
    engine = open_database(database_url)
    first = days[0] - timedelta(days=200)
    histories = {Symbol(name): made_prices(first, days[-1], name, seed, sigma) for seed, name in enumerate(symbols, 1)}
    for history in histories.values():
        for day in days[:-1]:
            ReportStore(engine).issue(forecast_from(history, day), evening(day), "live")
        issue_daily(engine, history, days[-1:])
    score_open(engine, "simulated", histories, {NYSE: days[-1]}, evening(days[-1]))
    engine.dispose()
