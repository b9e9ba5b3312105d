"""``etf-forecast show`` and ``scores``: what was stored. They fetch nothing and load neither pandas nor torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from forecasting.champion.decisions import Decision
from forecasting.cli.options import chart_options, json_option, log_to_stderr, prices_option, source_name, utc_now
from forecasting.cli.printed_tables import forecast_table, scores_table, wide
from forecasting.errors import BadSettings, NoForecastYet
from forecasting.report import ForecastReport, Theme, current
from forecasting.reports.store import ReportStore
from forecasting.sessions import is_stale
from forecasting.settings import ForecastSettings
from forecasting.storage.database import open_database
from forecasting.universe import Symbol, Universe


@click.command()
@click.argument("symbol")
@prices_option
@chart_options
@json_option("The whole report as one JSON object.")
def show(symbol: str, prices: str | None, chart: Path | None, theme: Theme, as_json: bool) -> None:
    """Show the newest stored forecast of SYMBOL."""
    log_to_stderr()
    store, source, universe = _open(prices)
    known = universe.resolve(symbol, also=store.symbols(source))
    found = store.with_chart(known, source, theme)
    if found is None:
        raise NoForecastYet(known, source, store.why_not(known, source))
    report, picture = found
    if chart is not None:
        _write(chart, picture)
    if as_json:
        click.echo(json.dumps(report.published()))
        return
    console = wide(Console())
    console.print(forecast_table(report))
    console.print(scores_table([report]))
    _print_stale(console, [report])
    for alarm in store.track(source).alarms(known):
        console.print(f"Warning: {alarm.sentence}")
    for note in report.notes:
        console.print(f"Note: {note}")
    for line in _decided(store.decisions.of(source, known), report.model_version):
        console.print(line)


@click.command()
@click.argument("symbols", nargs=-1)
@prices_option
@chart_options
@json_option("An array of JSON objects, one per ETF.")
def scores(symbols: tuple[str, ...], prices: str | None, chart: Path | None, theme: Theme, as_json: bool) -> int:
    """Show the errors of each SYMBOL's model beside the baselines' (without any: of all that have a forecast)."""
    log_to_stderr()
    store, source, universe = _open(prices)
    stored = {report.symbol: report for report in store.all_latest(source)}
    named = dict.fromkeys(universe.resolve(text, also=stored) for text in symbols)
    asked = tuple(named) or tuple(stored) or universe.symbols
    reports = [stored[symbol] for symbol in asked if symbol in stored]
    if chart is not None and reports:
        every = not symbols and current(reports, universe.symbols) == tuple(reports)  # those that the job drew
        _write(chart, _scores_picture(store, source, theme, reports, every=every))
    if as_json:
        click.echo(json.dumps([_published_scores(report) for report in reports]))
    elif reports:
        console = wide(Console())
        console.print(scores_table(reports))
        _print_stale(console, reports)
    missing = [symbol for symbol in asked if symbol not in stored]
    for symbol in missing:
        click.echo(str(NoForecastYet(symbol, source, store.why_not(symbol, source))), err=True)
    return 1 if missing else 0


def _decided(newest_first: Sequence[Decision], version: str) -> list[str]:
    """Since when a model forecasts and why, and what was decided last where that is something else."""
    made_champion = next((d for d in newest_first if not d.is_refusal and d.challenger == version), None)
    lines = []
    if made_champion is not None:
        lines.append(f"Champion since {made_champion.decided_at:%Y-%m-%d}. {made_champion.reason}")
    for decision in newest_first[:1]:
        if decision is not made_champion:
            went = {
                "promoted": f"{decision.challenger} was promoted",
                "refused": f"{decision.challenger} was refused",
                "rolled back": f"back to {decision.challenger}, from the next refresh on",
            }[decision.verdict]
            lines.append(f"Last decision, {decision.decided_at:%Y-%m-%d}: {went}. {decision.reason}")
    return lines


def _print_stale(console: Console, reports: Sequence[ForecastReport]) -> None:
    """The badge of prices that end too long ago. It depends on the clock, so the JSON has none."""
    now = utc_now()
    for report in reports:
        if is_stale(report.as_of, now):
            console.print(
                f"STALE: the prices of {report.symbol} end on {report.as_of}, and more than two sessions have ended "
                "since."
            )


def _open(prices: str | None) -> tuple[ReportStore, str, Universe]:
    settings = ForecastSettings.load()
    source = source_name(prices or settings.prices)
    return ReportStore(open_database(settings.database_url)), source, Universe.parse(settings.universe)


def _published_scores(report: ForecastReport) -> dict[str, object]:
    published = report.published()
    names = ("symbol", "source", "as_of", "trained_at", "model_version", "last_close", "currency", "scores")
    return {name: published[name] for name in names}


def _scores_picture(
    store: ReportStore, source: str, theme: Theme, reports: Sequence[ForecastReport], every: bool
) -> bytes:
    """The picture that the job drew, of all ETFs or of one; of a choice of them it is drawn now."""
    only: Symbol | None = reports[0].symbol if len(reports) == 1 else None
    picture = store.scores_chart(source, theme, only) if every or only else None
    if picture is None:
        from forecasting.chart import draw_scores  # loads matplotlib only when it comes to drawing

        picture = draw_scores(reports, theme)
    return picture


def _write(path: Path, picture: bytes) -> None:
    try:
        path.write_bytes(picture)
    except OSError as error:
        raise BadSettings(f"The picture cannot be written to {path}: {error.strerror}. Name another file.") from error
