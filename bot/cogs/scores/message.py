"""The answer to ``/scores``: errors of the model and of simple methods, as tables and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import discord

from bot.interactions.formats import (
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    answer_embed,
    compact,
    fitting,
    glossary,
    model_name,
    most_that_fit,
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
COLUMNS: Final = ("lstm", "random_walk", "drift")
"""Of the tables of many ETFs. The other baselines are in the picture and in the table of one ETF."""

SYMBOL_TERMS: Final = (
    "mae", "rmse", "mse", "skill", "coverage", "har", "random_walk", "drift", "climatology", "cutoff",
)  # fmt: skip
"""What the table of one ETF needs explained."""

MAX_SYMBOL_WIDTH: Final = 8
ROOM_FOR_WORDS: Final = 650 + ROOM_FOR_STALE
"""Characters of the description for the words above and below the tables."""
ROOM_FOR_YOUNG: Final = 150
"""Characters of these for the names of the ETFs that have no scores."""


def scores_embed(texts: Texts, reports: Sequence[ForecastReport], picture: str | None, now: datetime) -> discord.Embed:
    """Of all ETFs: three tables with as many rows as fit, and the ETFs that have no scores."""
    badge = stale_badges(texts, reports, now)
    scored = [report for report in reports if report.scores]
    tables = _tables(texts, scored) if scored else texts("scores.none")
    return answer_embed(
        texts("scores.title"),
        badge + "\n".join((as_of_words(texts, reports), tables, *_young(texts, reports))),
        warns=bool(badge),
        picture=picture,
        footer=small_print(texts, reports[0].source),
    )


def symbol_scores_embed(texts: Texts, report: ForecastReport, picture: str | None, now: datetime) -> discord.Embed:
    """Of one ETF: a table with the model and all baselines."""
    badge = stale_badge(texts, report, now)
    if report.scores:
        basis = texts("scores.basis_one", first=report.backtest_from, last=report.backtest_to)
        terms = glossary(texts, *SYMBOL_TERMS)
        details = f"\n{_tables_of_models(texts, report)}\n{basis}\n{terms}"
    else:
        details = f" {texts('scores.later')}"
    return answer_embed(
        texts("scores.title_one", symbol=report.symbol),
        f"{badge}{as_of_words(texts, [report])} {record_line(texts, report)}{details}",
        warns=bool(badge),
        picture=picture,
        footer=small_print(texts, report.source),
    )


def scores_alt_text(texts: Texts, reports: Sequence[ForecastReport]) -> str:
    """What the chart of skill shows, in words, and the errors behind it; fits Discord's limit."""
    lines = [_skill_in_words(texts, report) for report in reports if report.scores]
    lead = texts("scores.alt", source=source_words(texts, reports[0].source)) if lines else texts("scores.none")
    return fitting(texts, (lead, *_young(texts, reports), *lines), MAX_ALT_TEXT)


def _skill_in_words(texts: Texts, report: ForecastReport) -> str:
    model, walk = report.scores["lstm"], report.scores["random_walk"]
    return texts(
        "scores.alt_line",
        chance=texts("scores.alt_chance", size=percent(texts, 2 * model.skill_se)) if model.skill_se else "",
        symbol=report.symbol,
        mae=usd(texts, model.mae, report.currency),
        mae_of_walk=usd(texts, walk.mae, report.currency),
        rmse=usd(texts, model.rmse, report.currency),
        rmse_of_walk=usd(texts, walk.rmse, report.currency),
        skill=skill(texts, model),
    )


def _young(texts: Texts, reports: Iterable[ForecastReport]) -> tuple[str, ...]:
    """A line with the ETFs that have no scores, if there are any."""
    symbols = ", ".join(report.symbol for report in reports if not report.scores)
    return (texts("scores.young", symbols=shortened(symbols, ROOM_FOR_YOUNG)),) if symbols else ()


def _tables(texts: Texts, scored: Sequence[ForecastReport]) -> str:
    rows = _rows_that_fit(texts, scored)
    tables = "\n".join(f"**{metric}**\n{_table_of_metric(texts, rows, of)}" for metric, of in METRICS.items())
    left_out = len(scored) - len(rows)
    more = "\n" + texts("scores.more", count=left_out) if left_out else ""
    terms = glossary(texts, "mae", "rmse", "mse", "random_walk", "drift", "cutoff")
    return f"{texts('scores.basis')}\n{tables}{more}\n{terms}"


def _rows_that_fit(texts: Texts, reports: Sequence[ForecastReport]) -> Sequence[ForecastReport]:
    room = MAX_DESCRIPTION - ROOM_FOR_WORDS

    def size(count: int) -> int:
        return sum(len(_table_of_metric(texts, reports[:count], of)) for of in METRICS.values())

    return reports[: most_that_fit(len(reports), size, room)]


def _table_of_metric(texts: Texts, reports: Iterable[ForecastReport], of: Callable[[Scores], float]) -> str:
    head = ("", *(model_name(texts, model) for model in COLUMNS))
    rows = [
        (shortened(report.symbol, MAX_SYMBOL_WIDTH), *(compact(texts, of(report.scores[model])) for model in COLUMNS))
        for report in reports
    ]
    return table([head, *rows])


def _tables_of_models(texts: Texts, report: ForecastReport) -> str:
    """Two tables, of errors and of the rest: one would be too wide for a phone."""
    head = ("", "MAE", "RMSE", "MSE", "MAE %", texts("scores.skill"), percent(texts, 0.8), percent(texts, 0.95))
    rows = [
        (
            model_name(texts, model),
            compact(texts, scores.mae),
            compact(texts, scores.rmse),
            compact(texts, scores.mse),
            texts.number(f"{scores.mae_pct:.1f}"),
            texts.number(f"{scores.skill_rw:+.2f}"),
            percent(texts, scores.cover80),
            percent(texts, scores.cover95),
        )
        for model, scores in ((model, report.scores[model]) for model in MODELS if model in report.scores)
    ]
    return table([row[:5] for row in (head, *rows)]) + "\n" + table([(row[0], *row[5:]) for row in (head, *rows)])
