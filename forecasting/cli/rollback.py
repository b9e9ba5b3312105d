"""``etf-forecast rollback``: an earlier model forecasts again. Nothing is trained, fetched or published."""

from __future__ import annotations

import click

from forecasting.champion.decisions import Decision
from forecasting.champion.registry import ModelRegistry
from forecasting.champion.rollback import Shelf
from forecasting.cli.options import log_to_stderr, prices_option, source_name, utc_now
from forecasting.reports.store import ReportStore
from forecasting.settings import ForecastSettings
from forecasting.storage.database import open_database
from forecasting.storage.lease import job_lock
from forecasting.universe import Universe


@click.command()
@click.argument("symbol")
@click.option("--to", "version", metavar="MODEL", help="The model to go back to; else the champion before this one.")
@prices_option
def rollback(symbol: str, version: str | None, prices: str | None) -> None:
    """Make an earlier model of SYMBOL, one of the last eight, the one that forecasts.

    The stored report stays until the next refresh, and the next retrain challenges the model like any other.
    """
    log_to_stderr()
    settings = ForecastSettings.load()
    source = source_name(prices or settings.prices)
    registry = ModelRegistry(settings.model_dir)
    engine = open_database(settings.database_url)
    store = ReportStore(engine)
    known = Universe.parse(settings.universe).resolve(symbol, also=store.symbols(source))
    with job_lock(engine, "rollback", utc_now) as lock:
        report = store.latest(known, source)
        newest = None if report is None else report.as_of
        shelf = Shelf.of(registry, source, known, newest, store.decisions.of(source, known))
        target = registry.load(source, known, shelf.choose(version))
        lock.confirm()
        store.decisions.record(
            Decision(
                source=source,
                symbol=known,
                challenger=target.version,
                champion=shelf.champion,
                verdict="rolled back",
                reason="Rolled back by hand.",
                numbers={"rule": "by hand"},
                decided_at=utc_now(),
            )
        )
        registry.promote(source, known, target.version)
    click.echo(
        f"{known} is forecast by {target.version} again (trained {target.card['trained_at'][:10]}), in place of "
        f"{shelf.champion}. The stored report stays until the next: etf-forecast refresh {known}\n"
        f"The next retrain challenges it; {shelf.champion} itself comes back only with: etf-forecast rollback {known} "
        f"--to {shelf.champion}"
    )
