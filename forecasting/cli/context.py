"""What every command works with, wired in one place: settings, prices, database, models, clock and output."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from sqlalchemy import Engine

from forecasting.backup import back_up_before_upgrade
from forecasting.champion.registry import ModelRegistry
from forecasting.errors import BadSettings, NoForecastYet, UnknownSymbol
from forecasting.job.progress import failure_of
from forecasting.job.workers import MOST_PER_CORE, cluster, worker_count, worker_pool
from forecasting.prices.sources.registry import FORMS, find_source, source_named
from forecasting.reports.runs import Failure
from forecasting.reports.store import ReportStore
from forecasting.sessions import NYSE, exchange_of, newest_completed, session_on_or_before, utc_now, zone_of
from forecasting.settings import ForecastSettings, lines
from forecasting.storage.database import open_database
from forecasting.storage.lease import Lease, job_lock
from forecasting.universe import Symbol, Universe, parse_teachers

if TYPE_CHECKING:  # pandas takes a second, torch two more: they are imported when a job is about to start
    from forecasting.champion.recipes import Recipe
    from forecasting.job.pipeline import Pipeline
    from forecasting.prices.history import PriceSource

_Command = TypeVar("_Command", bound=Callable[..., Any])

FIRST_DAY, LAST_DAY = date(1990, 1, 2), date(2199, 12, 31)
"""The days that options may name: those that the exchange calendar covers."""

_WIDTH_WITHOUT_TERMINAL = 120


def last_known_session(
    as_of: date | None, source: str, symbols: Iterable[Symbol] = (), now: datetime | None = None
) -> date:
    """The last session that a job on ``source`` may know; the newest by ``now`` (aware) if ``as_of`` is None.

    Of a folder that is today's, whose row the source leaves out while the session is open.

    Raises:
        BadSettings: ``as_of`` has not come yet. Simulated prices go on for ever, and a forecast from days to come would
            pass for a live one on the record.
    """
    now = now or utc_now()
    kind = source_named(source)
    abroad = () if kind.is_invented else {symbol for symbol in symbols if exchange_of(symbol) != NYSE}
    today = max(now.astimezone(zone_of(exchange_of(symbol))).date() for symbol in ("", *abroad))
    in_files = today if abroad else session_on_or_before(today)
    newest = in_files if kind.takes_folder else newest_completed(now, abroad)
    if as_of is None:
        return newest
    if as_of > today:
        raise BadSettings(f"--as-of {as_of} has not come yet. Choose a day up to {newest}.")
    return min(as_of if abroad else session_on_or_before(as_of), newest)


@dataclass(eq=False)
class Context:
    """All that a command may need; each part is made when it is first asked for.

    Attributes:
        option: the value of --prices, if it was given.
        now: gives the moment (aware).

    Raises (on first use of the part in question):
        BadSettings: a setting or --prices cannot be understood, or the database cannot be opened.
    """

    option: str | None = None
    now: Callable[[], datetime] = utc_now

    @cached_property
    def settings(self) -> ForecastSettings:
        return ForecastSettings.load()

    @cached_property
    def universe(self) -> Universe:
        return self.settings.served

    @property
    def teachers(self) -> tuple[Symbol, ...]:
        return parse_teachers(self.settings.teachers)

    @property
    def prices(self) -> str:
        """The source as the operator wrote it: ``csv:DIR``."""
        return self.option or self.settings.prices

    @cached_property
    def source(self) -> str:
        """The kind of source: ``csv``. Its folder need not exist, since what was stored can be read without it."""
        return find_source(self.prices, to_open=False)[0].name

    @cached_property
    def engine(self) -> Engine:
        back_up_before_upgrade(self.settings.database_url, self.settings.model_dir, self.now())
        return open_database(self.settings.database_url)

    @cached_property
    def store(self) -> ReportStore:
        return ReportStore(self.engine)

    @cached_property
    def registry(self) -> ModelRegistry:
        return ModelRegistry(self.settings.model_dir)

    @cached_property
    def recipe(self) -> Recipe:
        from forecasting.champion.recipes import RecipeBook

        return RecipeBook(self.settings.model_dir).recipe(self.settings.recipe)

    @cached_property
    def console(self) -> Console:
        """Standard output, with room for every column if there is no terminal whose width could be asked."""
        console = Console()
        if not console.is_terminal:
            console.width = max(console.width, _WIDTH_WITHOUT_TERMINAL)
        return console

    def open_source(self, *, stored: bool = True, as_written: bool = False) -> PriceSource:
        """The source of prices; Yahoo's keeps what it fetches in the database if ``stored``."""
        from forecasting.prices.sources.registry import open_source

        return open_source(self.prices, self.engine if stored else None, as_written=as_written)

    def lock(self, kind: str) -> AbstractContextManager[Lease]:
        """The database's one lock, held by a job of this kind."""
        return job_lock(self.engine, kind, self.now)

    def workers(self, count: int | None, address: str | None = None) -> AbstractContextManager[Executor]:
        """The processes that do the work: ``count`` of them here, or those of the cluster at ``address``.

        Without either, those that the settings name.
        """
        if address is None and count is None:
            address = self.settings.cluster
        if address is not None:
            return cluster(address, self.settings.device)
        most = MOST_PER_CORE * worker_count(None)
        if count is not None and count > most:
            raise BadSettings(f"--workers can be 1 to {most} on this machine, which is {MOST_PER_CORE} per core.")
        return worker_pool(worker_count(count or self.settings.workers), self.settings.device)

    def check_settings(self, recipe: str | None = None, address: str | None = None) -> None:
        """Refuse, before anything is done, settings that a job could not use.

        Args:
            recipe: the recipe if it is not that of the settings.
            address: of a Dask scheduler, if it is not that of the settings.

        Raises:
            BadSettings: a line for each such setting.
        """
        _, problems = ForecastSettings.checked(prices=self.option, recipe=recipe, cluster=address)
        if problems:
            raise BadSettings(lines(problems))

    def pipeline(
        self, source: PriceSource, lock: Lease, executor: Executor, registry: ModelRegistry, **more: Any
    ) -> Pipeline:
        """The steps of a job, with the universe, teachers and recipe of the settings."""
        from forecasting.job.pipeline import Pipeline

        return Pipeline(
            source,
            self.universe,
            self.store,
            registry,
            lock,
            executor,
            self.now,
            recipe=self.recipe,
            teachers=self.teachers,
            **more,
        )

    def spelt(self, texts: Sequence[str]) -> tuple[tuple[Symbol, ...], list[Failure]]:
        """The symbols that ``texts`` spell, each once, and those that cannot be one; without texts the universe.

        Whether there is such an ETF only the source knows.
        """
        if not texts:
            return self.universe.symbols, []
        symbols: dict[Symbol, None] = {}
        failures = []
        for text in texts:
            try:
                symbols[self._spelt(text)] = None
            except UnknownSymbol as error:
                failures.append(failure_of(error.text, error))
        return tuple(symbols), failures

    def _spelt(self, text: str) -> Symbol:
        try:
            return self.universe.resolve(text)
        except UnknownSymbol:
            return self.universe.ticker(text)

    def known(self, texts: Iterable[str], stored: Collection[Symbol]) -> tuple[Symbol, ...]:
        """The ETFs that ``texts`` mean, each once; without texts those ``stored``, or the universe if none is.

        Raises:
            UnknownSymbol: a text means none of the universe and none of those stored.
        """
        named = dict.fromkeys(self.universe.resolve(text, also=stored) for text in texts)
        return tuple(named) or tuple(stored) or self.universe.symbols

    def report_missing(self, asked: Iterable[Symbol], stored: Collection[Symbol]) -> int:
        """Say on stderr which of ``asked`` have no forecast yet, and why. Returns the exit code."""
        missing = [symbol for symbol in asked if symbol not in stored]
        for symbol in missing:
            click.echo(
                str(NoForecastYet(symbol, self.source, self.store.runs.failure_message(symbol, self.source))), err=True
            )
        return 1 if missing else 0


def prices_option(command: _Command) -> _Command:
    """Gives a command ``--prices`` and with it its ``context``."""
    return click.option(
        "--prices",
        "context",
        metavar="SOURCE",
        callback=lambda _ctx, _param, value: Context(value),
        help=f"Where prices come from: {FORMS} (default: the setting PRICES).",
    )(command)
