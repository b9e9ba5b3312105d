"""The tables and lines that the command line prints: pure functions of reports and records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from forecasting.models import MODELS
from forecasting.prices.sources.registry import source_named
from forecasting.record.record import Record
from forecasting.record.schema import TRACKED
from forecasting.report import ForecastReport
from forecasting.sessions import exchange_of, is_stale

SHOWN_STEPS: Final = (1, 5, 10, 20, 40, 60)


def _amount(value: float) -> str:
    """Two decimals, or three significant digits below 1, where two decimals can hide the difference."""
    return f"{value:.2f}" if value >= 1.0 else f"{value:.3g}"


_FIGURES: Final[Mapping[str, tuple[str, Callable[[Any], str]]]] = {
    "mae": ("MAE $", _amount),
    "mse": ("MSE $²", _amount),
    "rmse": ("RMSE $", _amount),
    "mae_pct": ("MAE %", "{:.2f}".format),
    "rmse_pct": ("RMSE %", "{:.2f}".format),
    "skill_rw": ("vs no change", "{:+.3f}".format),
    "skill_drift": ("vs drift", "{:+.3f}".format),
    "cover80": ("in 80%", "{:.1%}".format),
    "cover95": ("in 95%", "{:.1%}".format),
    "cutoffs": ("tests", str),
}
"""Heading and form of each field of Scores that a table may show."""

_OF_BACKTEST: Final = tuple(name for name in _FIGURES if name != "rmse_pct")
_OF_RECORD: Final = tuple(name for name in _FIGURES if name != "cutoffs")


def counted(number: int, noun: str) -> str:
    """``1 minute``, ``2 minutes``."""
    return f"{number} {noun}{'s' * (number != 1)}"


def table(title: str, left: Iterable[str], right: Iterable[str], caption: str | None = None) -> Table:
    """An empty table: names aligned ``left``, which are never wrapped, and figures aligned ``right``.

    It lets every number through uncut on 80 columns, the narrowest usual terminal.
    """
    made = _Table(title=title, caption=caption, box=box.SIMPLE_HEAD, padding=0, pad_edge=False)
    for heading in left:
        made.add_column(heading, no_wrap=True)
    for heading in right:
        made.add_column(heading, justify="right")
    return made


class _Table(Table):
    """A table that becomes a list, a line for each figure, where it would have to cut them."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        narrowest = Measurement.get(console, options.update(max_width=1000), self).minimum
        if narrowest <= options.max_width:
            yield from super().__rich_console__(console, options)
            return
        yield Text(str(self.title), "bold")
        cells = [
            (str(column.header).replace("\n", ""), [str(cell) for cell in column.cells]) for column in self.columns
        ]
        width = max(len(heading) for heading, _ in cells)
        for row in range(self.row_count):
            yield Text()
            for heading, column in cells:
                above = next((cell for cell in reversed(column[: row + 1]) if cell), "")  # a blank repeats a name
                value = column[row] or (above if heading == "ETF" else "")
                if value:
                    yield Text(f"{heading:{width}}  {value}".strip())
        if self.caption:
            yield Text(f"\n{self.caption}", "dim")


def sources_words(shown: Iterable[ForecastReport | Record]) -> str:
    """How a table says where its prices come from: ``simulated prices`` must never pass for real ones."""
    return ", ".join(sorted({source_named(each.source).label for each in shown}))


def forecast_table(report: ForecastReport) -> Table:
    """The quantiles of some of the coming sessions, in the report's currency."""
    trained = f"{report.model_version}, trained {report.trained_at:%Y-%m-%d %H:%M} UTC"
    made = table(
        f"{report.symbol} · {report.name} · {source_named(report.source).label}",
        (),
        ("step", "session", "2.5%", "10%", "25%", "median", "75%", "90%", "97.5%"),
        f"As of {report.as_of}, close {_amount(report.last_close)} {report.currency}; dividends count as reinvested. "
        f"Model {trained}. Not investment advice.",
    )
    for step in report.forecast:
        if step.step in SHOWN_STEPS:
            made.add_row(str(step.step), step.session.isoformat(), *map(_amount, step.quantiles))
    return made


def scores_table(reports: Sequence[ForecastReport]) -> Table:
    """Errors on past test dates: each ETF's model and its baselines."""
    made = table(
        f"Forecast errors over 60 sessions, on past test dates · {sources_words(reports)}",
        ("ETF", "model"),
        _headings(_OF_BACKTEST),
        f"{_as_of(reports)} vs: 1 − MAE / MAE of that baseline; above 0 is better. in 80%: how often the close was "
        "inside that band. tests: number of test dates.",
    )
    for report in reports:
        for row, model in enumerate(name for name in MODELS if name in report.scores):
            cells = _cells(asdict(report.scores[model]), _OF_BACKTEST)
            made.add_row("" if row else report.symbol, MODELS[model].label, *cells)
        if not report.scores:
            made.add_row(report.symbol, "too young")
        made.add_section()
    return made


def counts_table(records: Sequence[Record]) -> Table:
    """How many forecasts were issued, and how far along they are."""
    made = table(
        f"Issued forecasts · {sources_words(records)}",
        ("ETF", "kind"),
        ("issued", "open", "final", "late", "waiting", "scored sessions", "first", "last"),
        "final: all 60 sessions have closed. late: issued after the first session closed, so it proves nothing. "
        "waiting: for a missing price.",
    )
    for record in records:
        counts = (record.issued, record.open, record.final, record.late, record.waiting, record.sessions)
        made.add_row(record.symbol, record.kind, *map(str, counts), record.first.isoformat(), record.last.isoformat())
    return made


def record_table(records: Sequence[Record]) -> Table:
    """Errors and coverage over all scored sessions: the issued forecast, its baselines, and what was promised."""
    made = table(
        f"How they turned out · {sources_words(records)}",
        ("ETF", ""),
        _headings(_OF_RECORD),
        "vs: 1 − MAE / MAE of that baseline; above 0 is better. $: at the start of each forecast. promised: in the "
        "backtest.",
    )
    for record in records:
        for model in TRACKED if record.scores else ():
            name = _name(record) if model == TRACKED[0] else ""
            made.add_row(name, MODELS[model].label, *_cells(asdict(record.scores[model]), _OF_RECORD))
        if record.scores:
            made.add_row("", "promised", *_cells(record.promise, _OF_RECORD), end_section=True)
    return made


def record_lines(records: Sequence[Record]) -> Iterator[str]:
    """The best and the worst forecast of each record, and what makes its figures weak."""
    for record in records:
        if record.best is not None and record.worst is not None:
            yield (
                f"{_name(record)}: the best forecast, as of {record.best.as_of}, was off by "
                f"{record.best.mae_pct:.2f}% on average; the worst, as of {record.worst.as_of}, by "
                f"{record.worst.mae_pct:.2f}%."
            )
        if record.is_thin:
            finals = {0: "no forecast has", 1: "only one forecast has"}
            few = finals.get(record.final, f"only {record.final} forecasts have")
            yield f"{_name(record)}: {few} finished so far, so these figures mean little."
        if record.problem:
            yield f"{_name(record)}: {record.waiting} are waiting for a price. {record.problem}"


def stale_lines(reports: Sequence[ForecastReport], now: datetime) -> Iterator[str]:
    """Which prices end too long ago. It depends on the clock, so the JSON has no such thing."""
    return (
        f"STALE: the prices of {report.symbol} end on {report.as_of}, and more than two sessions have closed since."
        for report in reports
        if is_stale(report.as_of, now, exchange_of(report.symbol))
    )


def _headings(fields: Iterable[str]) -> Iterator[str]:
    return (_FIGURES[name][0] for name in fields)


def _cells(values: Mapping[str, Any], fields: Iterable[str]) -> Iterator[str]:
    return (_FIGURES[name][1](values[name]) if name in values else "-" for name in fields)


def _as_of(reports: Sequence[ForecastReport]) -> str:
    """``As of 2024-12-31.``, and which ETFs' forecasts are older."""
    newest = max(report.as_of for report in reports)
    behind = "".join(f", {report.symbol} as of {report.as_of}" for report in reports if report.as_of < newest)
    return f"As of {newest}{behind}."


def _name(record: Record) -> str:
    return record.symbol if record.kind == "live" else f"{record.symbol} (replayed)"
