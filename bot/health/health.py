"""Whether the bot is well, in a sentence, and the numbers of ``/metrics``."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.client import ForecastBot
from bot.interactions.formats import closed_at
from bot.interactions.staleness import stale_symbols
from bot.jobs.job import JobKind
from bot.storage.schema import StoredDelivery
from forecasting import ForecastReport, Run, storage_failure

DATABASE_SECONDS: Final = 5.0
LAGS_KEPT: Final = 60
"""Seconds: the event loop's lag is the worst of them."""
KINDS: Final[tuple[JobKind, ...]] = ("retrain", "refresh")


@dataclass(frozen=True)
class _Stored:
    """What the metrics take from the database."""

    reports: tuple[ForecastReport, ...]
    runs: Mapping[JobKind, Run | None]
    last_report: datetime | None


class Health:
    """Looks at a bot. ``measure_lag`` has to run beside it."""

    def __init__(self, bot: ForecastBot) -> None:
        self._bot = bot
        self._lags: deque[float] = deque([0.0], LAGS_KEPT)

    async def measure_lag(self) -> None:
        """Measure by how much the event loop oversleeps, every second until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(1)
            self._lags.append(loop.time() - began - 1)

    async def problem(self) -> str | None:
        """What is wrong, as a sentence; None if the bot is connected to Discord and can read its database.

        A bot whose event loop stands still does not answer at all.
        """
        if not self._bot.is_connected:
            return "The bot is not connected to Discord."
        try:
            await asyncio.wait_for(self._bot.forecasts.missing(), DATABASE_SECONDS)
        except TimeoutError:
            return f"The database has not answered within {DATABASE_SECONDS:g} s."
        except Exception as error:
            return _of_database(error)
        return None

    async def metrics(self) -> bytes:
        """The numbers in Prometheus's text format. Without a database, those that the bot has in memory."""
        try:
            stored = await asyncio.wait_for(self._stored(), DATABASE_SECONDS) if self._bot.is_ready() else None
        except Exception:  # ``problem`` says what it is
            stored = None
        registry = CollectorRegistry()
        registry.register(_Once((*self._in_memory(stored), *self._of_database(stored))))
        ProcessCollector(registry=registry)
        return generate_latest(registry)

    async def _stored(self) -> _Stored:
        reports = await self._bot.forecasts.all_latest()
        runs = {kind: await self._bot.forecasts.last_run(kind) for kind in KINDS}
        return _Stored(reports, runs, await asyncio.to_thread(self._last_report))

    def _last_report(self) -> datetime | None:
        """When a weekly report was posted last."""
        with Session(self._bot.engine) as session:
            return session.scalar(select(func.max(StoredDelivery.tried_at)).where(StoredDelivery.state == "sent"))

    def _in_memory(self, stored: _Stored | None) -> Iterator[GaugeMetricFamily]:
        bot, jobs = self._bot, self._bot.forecasts.job_state
        yield _gauge(
            "event_loop_lag_seconds", "The longest delay of the event loop in the last minute", max(self._lags)
        )
        yield _gauge("gateway_connected", "Whether the bot is connected to Discord", self._bot.is_connected)
        if math.isfinite(latency := bot.latency):
            yield _gauge("gateway_latency_seconds", "Discord's answer to the last heartbeat", latency)
        if bot.connections:
            shards = GaugeMetricFamily(
                "etf_bot_shard_connected", "Whether this shard is connected to Discord", labels=["shard"]
            )
            for shard in bot.connections:
                shards.add_metric([str(shard.shard_id)], shard.is_open)
            yield shards
        yield _gauge("servers", "Servers that the bot is in", len(bot.guilds))
        yield _gauge("jobs_running", "Jobs under way", jobs.running is not None)
        yield _gauge("jobs_waiting", "Jobs that wait, and trainings that members wait for", self._waiting())
        yield _gauge("posts_paused", "Whether Discord is not accepting messages", bot.outbox.pause is not None)
        yield _gauge("database_readable", "Whether the database could be read", stored is not None)

    def _waiting(self) -> int:
        return len(self._bot.forecasts.job_state.waiting) + len(self._bot.trainings.wanted)

    def _of_database(self, stored: _Stored | None) -> Iterator[GaugeMetricFamily]:
        now = self._bot.now()
        last_report = None if stored is None else stored.last_report
        if posts := [at for at in (self._bot.outbox.last_post, last_report) if at is not None]:
            yield _gauge(
                "last_post_age_seconds", "Since the last report, alert or note was posted", _age(max(posts), now)
            )
        if stored is None:
            return
        ages = GaugeMetricFamily("etf_bot_job_age_seconds", "Since the last job of this kind ended", labels=["kind"])
        failed = GaugeMetricFamily("etf_bot_job_failed_etfs", "ETFs that this job could not do", labels=["kind"])
        for kind, run in stored.runs.items():
            if run is not None:
                ages.add_metric([kind], _age(run.finished_at, now))
                failed.add_metric([kind], len(run.failed))
        yield ages
        yield failed
        forecasts = GaugeMetricFamily(
            "etf_bot_forecast_age_seconds", "Since the last close that the newest forecast knows", labels=["symbol"]
        )
        for report in stored.reports:
            forecasts.add_metric([report.symbol], _age(closed_at(report), now))
        yield forecasts
        stale = len(stale_symbols(stored.reports, now))
        yield _gauge("forecasts_stale", "ETFs whose newest forecast knows none of the last two sessions", stale)


class _Once(Collector):
    """Metrics that were gathered already: Prometheus's library asks for them without waiting for a database."""

    def __init__(self, families: tuple[GaugeMetricFamily, ...]) -> None:
        self._families = families

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._families


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"etf_bot_{name}", what, value)


def _age(at: datetime, now: datetime) -> float:
    return (now - at).total_seconds()


def _of_database(error: Exception) -> str:
    return str(storage_failure(error) or f"The database cannot be read ({type(error).__name__}).")
