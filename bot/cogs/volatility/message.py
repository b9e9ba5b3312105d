"""The answer to ``/volatility``."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.interactions.formats import HORIZONS, answer_embed, closed_at, moment, small_print
from bot.interactions.staleness import stale_badge
from bot.texts import Texts
from forecasting import ForecastReport, VolatilityScores


def volatility_embed(texts: Texts, report: ForecastReport, now: datetime) -> discord.Embed:
    """Expected and realised volatility of one ETF, as seen at ``now``, and how far off the expected was before."""
    badge = stale_badge(texts, report, now)
    embed = answer_embed(
        texts("volatility.title", symbol=report.symbol),
        f"{badge}{texts('volatility.head', session=moment(closed_at(report)))}",
        warns=bool(badge),
        footer=small_print(texts, report.source),
    )
    for sessions in HORIZONS:
        realised = report.realised_volatility(sessions)
        value = texts(
            "volatility.figures",
            expected=_percent(texts, report.expected_volatility(sessions)),
            sessions=sessions,
            realised=texts("volatility.unknown") if realised is None else _percent(texts, realised),
        )
        embed.add_field(name=texts("volatility.ahead", sessions=sessions), value=value)
    if report.vix is not None:
        value = texts("volatility.vix_is", vix=_percent(texts, report.vix / 100))
        embed.add_field(name="VIX", value=value, inline=False)
    track = "\n".join(_track(texts, scores) for scores in report.volatility) or texts("volatility.no_track")
    return embed.add_field(name=texts("volatility.track"), value=track, inline=False)


def _track(texts: Texts, scores: VolatilityScores) -> str:
    return texts(
        "volatility.track_line",
        sessions=scores.sessions,
        mae=_points(texts, scores.mae),
        past=_points(texts, scores.mae_past),
        expected=_percent(texts, scores.mean_expected),
        realised=_percent(texts, scores.mean_realised),
        cutoffs=scores.cutoffs,
    )


def _percent(texts: Texts, share: float) -> str:
    return texts("percent", number=_points(texts, share))


def _points(texts: Texts, share: float) -> str:
    return texts.number(f"{100 * share:.1f}")
