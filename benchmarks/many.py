"""Measures what the bot reads and writes with many ETFs: 1,000 of them with a forecast each and three years of record.

    python -m benchmarks.many [--etfs 1000] [--sessions 756]

A few ETFs get a true record as ``benchmarks.track`` makes it; copies of its rows under other names are the others'.
Prints a table: processor and wall-clock time of what the answers are made of, and Discord's limits.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import Engine

from benchmarks.judging import markdown
from benchmarks.track import FIRST, SOURCE, fill, names, random_walk, score
from bot.cogs.report.changes import changes_reader
from bot.cogs.report.content import ReportBuilder
from bot.cogs.report.weekly import weekly_embed
from bot.cogs.scores.answer import scores_answer
from bot.cogs.track.answer import track_answer
from bot.cogs.watch.store import Watches
from bot.forecasts.door import Forecasts
from bot.jobs.worker import Worker
from bot.texts import Texts
from forecasting import ReportStore, Symbol, Universe, next_sessions, open_database
from forecasting.record.chain import BEFORE_FIRST
from forecasting.record.totals import renew
from tests.support.reports import made_report, publish_into

REPEATS = 3
TRUE = 4
"""ETFs whose record is computed."""
KEPT_FANS = 10
"""Newest sessions whose copies have quantiles: the others' nobody reads here, and they are most of the file."""


def copy_record(engine: Engine, times: int, sessions: int) -> None:
    """Give each ETF of the record ``times - 1`` copies, interleaved day by day as a job would have written them."""
    last = TRUE * (sessions - KEPT_FANS)
    changed = {
        "number": f"(number - 1) * {times} + i + 1",
        "symbol": f"printf('ETF%04d', CAST(substr(symbol, 4) AS INTEGER) * {times} + i)",
        "model_version": "model_version || '-' || i",
        "quantiles": f"CASE WHEN number > {last} THEN quantiles ELSE '{{}}' END",
    }
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        run = connection.exec_driver_sql
        run("PRAGMA foreign_keys = OFF")
        for (trigger,) in run("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            run(f"DROP TRIGGER {trigger}")
        run("CREATE TEMP TABLE copies (i INTEGER)")
        connection.exec_driver_sql("INSERT INTO copies VALUES (?)", [(i,) for i in range(times)])
        for table in ("issued_forecasts", "outcomes"):
            columns = [row[1] for row in run(f"PRAGMA table_info({table})")]
            chosen = ", ".join(changed.get(column, column) for column in columns)
            run(f"CREATE TEMP TABLE few AS SELECT * FROM {table}")  # noqa: S608 - names from above
            run(f"DELETE FROM {table}")  # noqa: S608
            run(f"INSERT INTO {table} SELECT {chosen} FROM few, copies ORDER BY number, i")  # noqa: S608
            run("DROP TABLE few")
        run("DELETE FROM track_totals")
        run("ANALYZE")


def store_totals(engine: Engine, etfs: int) -> float:
    """Store what a job stores with each scoring; returns processor seconds."""
    begun = process_time()
    with engine.begin() as connection:
        for number in range(etfs):
            renew(connection, SOURCE, Symbol(f"ETF{number:04}"))
    return process_time() - begun


async def measure(engine: Engine, etfs: int, day: date) -> None:
    """What the answers about all ETFs are made of, each as the bot calls it, in this process."""
    now = datetime.combine(day, time(1), UTC) + timedelta(days=1)
    universe = Universe.parse("", ",".join(f"ETF{number:04}" for number in range(etfs)))
    worker = Worker({}, time_limit=timedelta(hours=1), now=lambda: now)
    forecasts = Forecasts(ReportStore(engine), worker, universe, SOURCE, lambda: now)
    builder = ReportBuilder(forecasts, Watches(engine), changes_reader(engine, SOURCE), "dark", lambda: now)
    await forecasts.remember_symbols()
    texts, one = Texts("en"), f"ETF{etfs // 2:04}"
    rows = []

    async def timed(what: str, work: Callable[[], Awaitable[Any]]) -> Any:
        took = []
        for _ in range(REPEATS):
            start, processor = perf_counter(), process_time()
            found = await work()
            took.append((perf_counter() - start, process_time() - processor))
        best = min(processor for _, processor in took)
        rows.append([what, *(f"{1000 * figure:.0f}" for figure in (*took[0], best))])
        return found

    async def suggested() -> object:
        return forecasts.suggest("ETF05")

    track = await timed("`/track`", lambda: track_answer(forecasts, texts, None, "dark"))
    await timed(f"`/track {one}`", lambda: track_answer(forecasts, texts, one, "dark"))
    scores = await timed("`/scores`", lambda: scores_answer(forecasts, texts, None, "dark"))
    await timed(f"`/forecast {one}`: report and picture", lambda: forecasts.with_chart(one, "dark"))
    await timed("`/status`: all newest forecasts", forecasts.all_latest)
    await timed("autocomplete", suggested)
    content = await timed("weekly report: what all servers share", lambda: builder.content(["weekly"]))
    weekly = weekly_embed(texts, content.reports, (), None, now, content.changes["weekly"])
    print(markdown([f"{etfs} ETFs", "first, ms", "processor, ms", "processor later, ms"], rows))
    for name, embed in (("/track", track["embed"]), ("/scores", scores["embed"]), ("weekly report", weekly)):
        print(f"{name}: {len(embed.description)} characters, {len(embed.fields)} fields, {len(embed)} in all")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--etfs", type=int, default=1000)
    parser.add_argument("--sessions", type=int, default=756)
    parser.add_argument(
        "--database", type=Path, help="keep the record in this file, and take it from there if it exists"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.database or Path(folder, "many.db")
        is_new = not path.exists()
        engine = open_database(f"sqlite:///{path}")
        days = next_sessions(FIRST - timedelta(days=1), options.sessions)
        if is_new:
            histories = {symbol: random_walk(symbol, days, number) for number, symbol in enumerate(names(TRUE))}
            fill(engine, histories, days, (0, BEFORE_FIRST))
            score(engine, histories, days[-1])
            copy_record(engine, options.etfs // TRUE, options.sessions)
            for day in (days[-6], days[-1]):
                symbols = (f"ETF{number:04}" for number in range(options.etfs))
                publish_into(engine, (made_report(symbol, name=symbol, as_of=day) for symbol in symbols))
        print(f"A job's totals of all ETFs: {store_totals(engine, options.etfs):.1f} processor seconds\n")
        asyncio.run(measure(engine, options.etfs, days[-1]))
        engine.dispose()


if __name__ == "__main__":
    main()
