"""The answer to ``/scores``: errors of the model beside those of its baselines, as tables and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import discord

from bot.messages.formats import (
    AMBER,
    BLUE,
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    MAX_TITLE,
    MODEL_NAMES,
    TOO_YOUNG,
    compact,
    fitting,
    percent,
    record_line,
    session_close,
    shortened,
    skill,
    small_print,
    source_words,
    table,
    usd,
)
from bot.messages.staleness import ROOM_FOR_STALE, as_of_words, stale_badge, stale_badges
from forecasting import MODELS, ForecastReport, Scores

METRICS: Final[dict[str, Callable[[Scores], float]]] = {
    "MAE, USD": lambda scores: scores.mae,
    "RMSE, USD": lambda scores: scores.rmse,
    "MSE, USD²": lambda scores: scores.mse,
}
BESIDE: Final = ("lstm", "random_walk", "drift")
"""The columns of the tables of many ETFs; the other baselines are in the picture and in the table of one ETF."""

MAX_SYMBOL_WIDTH: Final = 8
ROOM_FOR_WORDS: Final = 400 + ROOM_FOR_STALE
"""Characters of the description that are kept free for what stands above and below the tables."""
ROOM_FOR_YOUNG: Final = 150
"""Characters of them for the names of the ETFs that have no scores."""
NO_SCORES: Final = "No ETF has scores yet."


def scores_embed(reports: Sequence[ForecastReport], picture: str | None, now: datetime) -> discord.Embed:
    """Of every ETF: three tables, as many rows as fit, and below them who has no scores."""
    badge = stale_badges(reports, now)
    scored = [report for report in reports if report.scores]
    embed = discord.Embed(
        title="Errors of the forecasts, beside forecasts that anybody could make",
        colour=AMBER if badge else BLUE,
        description=badge
        + "\n".join((as_of_words(reports), _tables(scored) if scored else NO_SCORES, *_young(reports))),
    )
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    return embed.set_footer(text=small_print(reports[0]))


def symbol_scores_embed(report: ForecastReport, picture: str | None, now: datetime) -> discord.Embed:
    """Of one ETF: every model and baseline."""
    badge = stale_badge(report, now)
    basis = (
        f"\n{_table_of_models(report)}\n"
        f"Skill is measured against no change. Cut-offs from {report.backtest_from} to {report.backtest_to}, "
        "none of which the model had seen."
        if report.scores
        else " There will be errors to show when it has traded longer."
    )
    embed = discord.Embed(
        title=shortened(f"{report.symbol} · errors of its forecasts", MAX_TITLE),
        colour=AMBER if badge else BLUE,
        description=f"{badge}As of {session_close(report.as_of)}. {record_line(report)}.{basis}",
    )
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    return embed.set_footer(text=small_print(report))


def scores_alt_text(reports: Sequence[ForecastReport]) -> str:
    """What the three bar charts show, in words; fits Discord's limit."""
    lines = [_bars_in_words(report) for report in reports if report.scores]
    lead = f"Bar charts of MAE, MSE and RMSE, the model beside its baselines, {source_words(reports[0].source)}."
    return fitting((lead if lines else NO_SCORES, *_young(reports), *lines), MAX_ALT_TEXT)


def _bars_in_words(report: ForecastReport) -> str:
    model, walk = report.scores["lstm"], report.scores["random_walk"]
    mae, mae_of_walk, rmse, rmse_of_walk = (
        usd(error, report.currency) for error in (model.mae, walk.mae, model.rmse, walk.rmse)
    )
    return (
        f"{report.symbol}: MAE {mae} against {mae_of_walk} of no change, RMSE {rmse} against {rmse_of_walk}; "
        f"{skill(model)}."
    )


def _young(reports: Iterable[ForecastReport]) -> tuple[str, ...]:
    """The line that names those without scores, where there are any."""
    symbols = ", ".join(report.symbol for report in reports if not report.scores)
    return (f"{shortened(symbols, ROOM_FOR_YOUNG)}: {TOO_YOUNG}.",) if symbols else ()


def _tables(scored: Sequence[ForecastReport]) -> str:
    rows = _rows_that_fit(scored)
    tables = "\n".join(f"**{metric}**\n{_table_of_metric(rows, of)}" for metric, of in METRICS.items())
    left_out = len(scored) - len(rows)
    more = f"\n… and {left_out} more: name one with `/scores symbol`." if left_out else ""
    return f"Over all 60 sessions, at past cut-offs that the model had not seen.\n{tables}{more}"


def _rows_that_fit(reports: Sequence[ForecastReport]) -> Sequence[ForecastReport]:
    room = MAX_DESCRIPTION - ROOM_FOR_WORDS
    kept = len(reports)
    while kept and sum(len(_table_of_metric(reports[:kept], of)) for of in METRICS.values()) > room:
        kept -= 1
    return reports[:kept]


def _table_of_metric(reports: Iterable[ForecastReport], of: Callable[[Scores], float]) -> str:
    head = ("", *(MODEL_NAMES[model] for model in BESIDE))
    rows = [
        (shortened(report.symbol, MAX_SYMBOL_WIDTH), *(compact(of(report.scores[model])) for model in BESIDE))
        for report in reports
    ]
    return table([head, *rows])


def _table_of_models(report: ForecastReport) -> str:
    head = ("", "MAE", "RMSE", "MSE", "MAE %", "Skill", "80 %", "95 %")
    rows = [
        (
            MODEL_NAMES[model],
            compact(scores.mae),
            compact(scores.rmse),
            compact(scores.mse),
            f"{scores.mae_pct:.1f}",
            f"{scores.skill_rw:+.2f}",
            percent(scores.cover80),
            percent(scores.cover95),
        )
        for model, scores in ((model, report.scores[model]) for model in MODELS if model in report.scores)
    ]
    return table([head, *rows])
