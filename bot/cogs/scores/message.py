"""The answer to ``/scores``: errors of the model beside those of its baselines, as tables and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import discord

from bot.interactions.formats import (
    AMBER,
    BLUE,
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    MAX_TITLE,
    compact,
    fitting,
    model_name,
    percent,
    record_line,
    shortened,
    skill,
    small_print,
    source_words,
    table,
    usd,
)
from bot.interactions.staleness import ROOM_FOR_STALE, as_of_words, stale_badge, stale_badges
from bot.texts import Texts
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


def scores_embed(texts: Texts, reports: Sequence[ForecastReport], picture: str | None, now: datetime) -> discord.Embed:
    """Of every ETF: three tables, as many rows as fit, and below them who has no scores."""
    badge = stale_badges(texts, reports, now)
    scored = [report for report in reports if report.scores]
    embed = discord.Embed(
        title=texts("scores.title"),
        colour=AMBER if badge else BLUE,
        description=badge
        + "\n".join(
            (
                as_of_words(texts, reports),
                _tables(texts, scored) if scored else texts("scores.none"),
                *_young(texts, reports),
            )
        ),
    )
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    return embed.set_footer(text=small_print(texts, reports[0]))


def symbol_scores_embed(texts: Texts, report: ForecastReport, picture: str | None, now: datetime) -> discord.Embed:
    """Of one ETF: every model and baseline."""
    badge = stale_badge(texts, report, now)
    if report.scores:
        told = texts("scores.basis_one", first=report.backtest_from, last=report.backtest_to)
        basis = f"\n{_table_of_models(texts, report)}\n{told}"
    else:
        basis = f" {texts('scores.later')}"
    embed = discord.Embed(
        title=shortened(texts("scores.title_one", symbol=report.symbol), MAX_TITLE),
        colour=AMBER if badge else BLUE,
        description=f"{badge}{as_of_words(texts, [report])} {record_line(texts, report)}.{basis}",
    )
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    return embed.set_footer(text=small_print(texts, report))


def scores_alt_text(texts: Texts, reports: Sequence[ForecastReport]) -> str:
    """What the three bar charts show, in words; fits Discord's limit."""
    lines = [_bars_in_words(texts, report) for report in reports if report.scores]
    lead = texts("scores.alt", source=source_words(texts, reports[0].source)) if lines else texts("scores.none")
    return fitting(texts, (lead, *_young(texts, reports), *lines), MAX_ALT_TEXT)


def _bars_in_words(texts: Texts, report: ForecastReport) -> str:
    model, walk = report.scores["lstm"], report.scores["random_walk"]
    mae, mae_of_walk, rmse, rmse_of_walk = (
        usd(error, report.currency) for error in (model.mae, walk.mae, model.rmse, walk.rmse)
    )
    return texts(
        "scores.alt_line",
        symbol=report.symbol,
        mae=mae,
        mae_of_walk=mae_of_walk,
        rmse=rmse,
        rmse_of_walk=rmse_of_walk,
        skill=skill(texts, model),
    )


def _young(texts: Texts, reports: Iterable[ForecastReport]) -> tuple[str, ...]:
    """The line that names those without scores, where there are any."""
    symbols = ", ".join(report.symbol for report in reports if not report.scores)
    return (texts("scores.young", symbols=shortened(symbols, ROOM_FOR_YOUNG)),) if symbols else ()


def _tables(texts: Texts, scored: Sequence[ForecastReport]) -> str:
    rows = _rows_that_fit(texts, scored)
    tables = "\n".join(f"**{metric}**\n{_table_of_metric(texts, rows, of)}" for metric, of in METRICS.items())
    left_out = len(scored) - len(rows)
    more = "\n" + texts("scores.more", count=left_out) if left_out else ""
    return f"{texts('scores.basis')}\n{tables}{more}"


def _rows_that_fit(texts: Texts, reports: Sequence[ForecastReport]) -> Sequence[ForecastReport]:
    room = MAX_DESCRIPTION - ROOM_FOR_WORDS
    kept = len(reports)
    while kept and sum(len(_table_of_metric(texts, reports[:kept], of)) for of in METRICS.values()) > room:
        kept -= 1
    return reports[:kept]


def _table_of_metric(texts: Texts, reports: Iterable[ForecastReport], of: Callable[[Scores], float]) -> str:
    head = ("", *(model_name(texts, model) for model in BESIDE))
    rows = [
        (shortened(report.symbol, MAX_SYMBOL_WIDTH), *(compact(of(report.scores[model])) for model in BESIDE))
        for report in reports
    ]
    return table([head, *rows])


def _table_of_models(texts: Texts, report: ForecastReport) -> str:
    head = ("", "MAE", "RMSE", "MSE", "MAE %", texts("scores.skill"), "80 %", "95 %")
    rows = [
        (
            model_name(texts, model),
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
