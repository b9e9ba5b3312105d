"""Measures the record: 50 ETFs, three years of weekday forecasts, about 2.3 million scored sessions, in SQLite.

    python -m benchmarks.track [--etfs 50] [--sessions 756]

Prints a table: a day's scoring, and what ``/track`` reads for all ETFs and for one.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Engine, func, insert, select

from forecasting import ReportStore, Symbol, next_sessions, open_database
from forecasting.prices.history import PriceHistory
from forecasting.quantiles import GAUSSIAN, HORIZON
from forecasting.record.chain import BEFORE_FIRST, row_hash
from forecasting.record.schema import IssuedForecast, StoredOutcome
from forecasting.record.scoring import score_open
from forecasting.record.verification import verify
from forecasting.sessions import NYSE, close_time, session_stamps

FIRST = date(2022, 1, 3)
SIGMA = 0.012
SOURCE = "simulated"
REPEATS = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--etfs", type=int, default=50)
    parser.add_argument("--sessions", type=int, default=756)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder)}/track.db")
        measure(engine, options.etfs, options.sessions)
        engine.dispose()


def measure(engine: Engine, etfs: int, sessions: int) -> None:
    days = next_sessions(FIRST - timedelta(days=1), sessions + 1)
    histories = {symbol: random_walk(symbol, days, number) for number, symbol in enumerate(names(etfs))}
    head = fill(engine, histories, days[:-1], (0, BEFORE_FIRST))
    all_scored = seconds(lambda: score(engine, histories, days[-2]))
    fill(engine, histories, days[-1:], head)
    day_scored = seconds(lambda: score(engine, histories, days[-1]))
    verified = seconds(lambda: verify(engine))
    with engine.connect() as connection:
        scored = connection.scalar(select(func.sum(StoredOutcome.sessions)))
        issued = connection.scalar(select(func.count()).select_from(IssuedForecast))
        pages = connection.exec_driver_sql("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        size = int(pages.scalar() or 0)
    track, one = ReportStore(engine).track(SOURCE), names(etfs)[etfs // 2]
    print(f"{etfs} ETFs, {issued:,} forecasts, {scored:,} scored sessions, {size / 1e6:,.0f} MB")
    print("| what | time | processor time |")
    print("|---|---:|---:|")
    for what, (took, processor) in (
        ("score everything for the first time", all_scored),
        ("score one day", day_scored),
        ("recompute every hash (`track --verify`)", verified),
        ("`/track`: records of all ETFs", median_of(lambda: track.records())),
        ("`/track`: alarms of all ETFs", median_of(lambda: track.alarms())),
        (f"`/track {one}`: record", median_of(lambda: track.records(one))),
        (f"`/track {one}`: alarms", median_of(lambda: track.alarms(one))),
        ("weekly report: last week of all ETFs", median_of(lambda: track.last_week(days[-1]))),
    ):
        print(f"| {what} | {shown(took)} | {shown(processor)} |")


def names(etfs: int) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"ETF{number:02}") for number in range(etfs))


def random_walk(symbol: Symbol, days: tuple[date, ...], seed: int) -> PriceHistory:
    sessions = session_stamps(days[0], days[-1])
    steps = np.random.default_rng(seed).standard_normal(len(sessions))
    frame = pd.DataFrame({"adjusted": 100 * np.exp(np.cumsum(SIGMA * steps))}, index=sessions)
    return PriceHistory.of(symbol, SOURCE, frame)


def fill(
    engine: Engine, histories: dict[Symbol, PriceHistory], days: tuple[date, ...], head: tuple[int, str]
) -> tuple[int, str]:
    """Issue true bands of every ETF as of each of ``days``; returns the new head of the chain."""
    number, before = head
    steps = np.arange(1, HORIZON + 1)[:, None]
    fan = np.exp(SIGMA * np.sqrt(steps) * np.array(GAUSSIAN))
    promise = dict.fromkeys(("mae_pct", "rmse_pct", "skill_rw", "skill_drift", "cover80", "cover95"), 0.8)
    for day in days:
        sessions = [session.isoformat() for session in next_sessions(day, HORIZON)]
        rows = []
        for symbol, history in histories.items():
            number += 1
            close = float(history.frame["close"].loc[pd.Timestamp(day)])
            row = {
                "number": number,
                "kind": "live",
                "corrects": None,
                "source": SOURCE,
                "symbol": symbol,
                "security": None,
                "currency": "USD",
                "as_of": day,
                "raw_close": close,
                "adjustment": 1.0,
                "quantiles": dict(zip(sessions, (close * fan).tolist(), strict=True)),
                "baselines": {"walk_sigma": SIGMA, "drift_mean": 0.0, "drift_sigma": SIGMA},
                "promise": promise,
                "model_version": f"{symbol}-{day}",
                "data_hash": "0" * 64,
                "code_version": "benchmark",
                "seed": 1,
                "issued_at": close_time(day) + timedelta(hours=1),
            }
            before = row_hash(before, row)
            rows.append(row | {"hash": before})
        with engine.begin() as connection:
            connection.execute(insert(IssuedForecast), rows)
    return number, before


def score(engine: Engine, histories: dict[Symbol, PriceHistory], day: date) -> None:
    known = {symbol: history.until(day) for symbol, history in histories.items()}
    score_open(engine, SOURCE, known, {NYSE: day}, close_time(day) + timedelta(hours=1))


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Wall-clock and processor seconds; on a busy machine they differ."""
    start, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - processor


def median_of(work: Callable[[], object]) -> tuple[float, float]:
    """Median of several calls, because the first one finds nothing in the cache."""
    took, processor = zip(*(seconds(work) for _ in range(REPEATS)), strict=True)
    return statistics.median(took), statistics.median(processor)


def shown(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


if __name__ == "__main__":
    main()
