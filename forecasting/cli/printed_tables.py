"""The tables that the command line prints: pure functions of reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from forecasting.models import MODELS
from forecasting.report import ForecastReport, Scores

SHOWN_STEPS: Final = (1, 5, 10, 20, 40, 60)

_WIDTH_WITHOUT_TERMINAL = 120

FOR_80_COLUMNS: Final[dict[str, Any]] = {"box": box.SIMPLE_HEAD, "padding": 0, "pad_edge": False}
"""Lets every number through uncut on the narrowest usual terminal."""


def wide(console: Console) -> Console:
    """Room for every column where there is no terminal whose width could be asked."""
    if not console.is_terminal:
        console.width = max(console.width, _WIDTH_WITHOUT_TERMINAL)
    return console


def source_words(source: str) -> str:
    """How a table says where its prices come from: ``simulated prices`` must never pass for real ones."""
    return f"{source} prices"


def forecast_table(report: ForecastReport) -> Table:
    """The coming sessions' quantiles in USD."""
    trained = f"{report.model_version}, trained {report.trained_at:%Y-%m-%d %H:%M} UTC"
    table = Table(
        title=f"{report.symbol} · {report.name} · {source_words(report.source)}",
        caption=f"As of {report.as_of}, close {_amount(report.last_close)} {report.currency}; dividends count as "
        f"reinvested. Model {trained}. Not investment advice.",
        **FOR_80_COLUMNS,
    )
    for heading in ("step", "session", "2.5 %", "10 %", "25 %", "median", "75 %", "90 %", "97.5 %"):
        table.add_column(heading, justify="right")
    for step in report.forecast:
        if step.step in SHOWN_STEPS:
            table.add_row(str(step.step), step.session.isoformat(), *map(_amount, step.quantiles))
    return table


def scores_table(reports: Sequence[ForecastReport]) -> Table:
    """Errors at past cut-offs, each model's beside the baselines'."""
    sources = ", ".join(sorted({source_words(report.source) for report in reports}))
    table = Table(
        title=f"Errors over 60 sessions at past cut-offs · {sources}",
        caption=f"{_as_of(reports)} vs: 1 − MAE / MAE of that baseline, above 0 is better. "
        "Bands: share of closes inside. n: cut-offs.",
        **FOR_80_COLUMNS,
    )
    for heading in ("ETF", "model"):
        table.add_column(heading, no_wrap=True)
    for heading in (
        "MAE $",
        "MSE $²",
        "RMSE $",
        "MAE %",
        "vs no change",
        "vs drift",
        "80 % band",
        "95 % band",
        "n",
    ):
        table.add_column(heading, justify="right")
    for report in reports:
        for row, model in enumerate(name for name in MODELS if name in report.scores):
            table.add_row("" if row else report.symbol, MODELS[model].label, *_cells(report.scores[model]))
        if not report.scores:
            table.add_row(report.symbol, "too young")
        table.add_section()
    return table


def _as_of(reports: Sequence[ForecastReport]) -> str:
    """``As of 2024-12-31.``, and which ETFs' forecasts are older."""
    newest = max(report.as_of for report in reports)
    behind = "".join(f", {report.symbol} as of {report.as_of}" for report in reports if report.as_of < newest)
    return f"As of {newest}{behind}."


def _amount(value: float) -> str:
    """Two decimals, or three significant digits below 1, where two decimals can hide the difference."""
    return f"{value:.2f}" if value >= 1.0 else f"{value:.3g}"


def _cells(scores: Scores) -> tuple[str, ...]:
    return (
        _amount(scores.mae),
        _amount(scores.mse),
        _amount(scores.rmse),
        f"{scores.mae_pct:.2f}",
        f"{scores.skill_rw:+.3f}",
        f"{scores.skill_drift:+.3f}",
        f"{scores.cover80:.1%}",
        f"{scores.cover95:.1%}",
        str(scores.cutoffs),
    )
