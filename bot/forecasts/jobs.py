"""ForecastJobs: the jobs that make forecasts, and which forecasts are missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import date, datetime

from bot.jobs.job import Job, JobKind, JobResult, WorkerState
from bot.jobs.worker import Worker
from forecasting import ReportStore, Run, Symbol, Universe, newest_completed, source_named


class ForecastJobs:
    """Has jobs started and follows them. ``Forecasts`` is one, and also reads what they have stored."""

    def __init__(
        self, store: ReportStore, worker: Worker, universe: Universe, source: str, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._worker = worker
        self.universe = universe
        self.source = source
        self.now = now

    @property
    def job_state(self) -> WorkerState:
        return self._worker.state

    async def missing(self) -> tuple[Symbol, ...]:
        """The ETFs of the universe for which nothing is stored."""
        return await asyncio.to_thread(self.missing_now)

    def missing_now(self, symbols: Iterable[Symbol] | None = None) -> tuple[Symbol, ...]:
        """The same, or of ``symbols`` if given, for a caller in a thread of its own: it blocks."""
        stored = self._store.symbols(self.source)
        return tuple(symbol for symbol in symbols or self.universe.symbols if symbol not in stored)

    async def last_run(self, kind: JobKind) -> Run | None:
        """The job of this kind that ended last, preferring those for the whole universe."""
        return await asyncio.to_thread(self._store.runs.last, kind, self.source, self.universe.symbols)

    def training(self, symbols: tuple[Symbol, ...], *, only_funds: bool = False) -> Job:
        """The job that would train ``symbols`` up to the last completed session. It blocks while the calendar loads."""
        return Job("retrain", symbols, self._newest_session(symbols), only_funds)

    def _newest_session(self, symbols: Iterable[Symbol]) -> date:
        return newest_completed(self.now(), () if source_named(self.source).is_invented else symbols)

    async def run(self, job: Job) -> JobResult:
        """Wait for the jobs before it, and run it. Raises as ``retrain``."""
        return await self._worker.run(job)

    def listen(self, listener: Callable[[WorkerState], None]) -> Callable[[], None]:
        """Call ``listener`` whenever the queue of jobs changes. The result stops that when called."""
        self._worker.listeners.append(listener)
        return lambda: self._worker.listeners.remove(listener)

    async def made(self, symbol: str, within: float) -> bool:
        """Wait until the job that is to make a forecast of ``symbol`` has made it, or has ended.

        Returns:
            False, at once, if no job is to make one; False too if that takes longer than ``within`` seconds.
        """
        over = asyncio.Event()

        def look(jobs: WorkerState) -> None:
            step = None if jobs.running is None else jobs.running.progress
            is_stored = step is not None and (step.symbol, step.stage) == (symbol, "report")
            if is_stored or not jobs.has(symbol):
                over.set()

        if not self.job_state.has(symbol):
            return False
        stop = self.listen(look)
        try:
            await asyncio.wait_for(over.wait(), within)
        except TimeoutError:
            return False
        finally:
            stop()
        return True

    async def retrain(self, symbols: Iterable[Symbol] | None = None) -> JobResult:
        """Train, score and forecast ``symbols``, or the universe, up to the last completed session.

        Raises:
            JobFailed: the job did not finish.
        """
        return await self._run("retrain", symbols)

    async def refresh(self, symbols: Iterable[Symbol] | None = None) -> JobResult:
        """Make new forecasts with the current models, up to the last completed session. Raises as ``retrain``."""
        return await self._run("refresh", symbols)

    async def _run(self, kind: JobKind, symbols: Iterable[Symbol] | None) -> JobResult:
        chosen = self.universe.symbols if symbols is None else tuple(symbols)
        as_of = await asyncio.to_thread(self._newest_session, chosen)
        return await self.run(Job(kind, chosen, as_of))
