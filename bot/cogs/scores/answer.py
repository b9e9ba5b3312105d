"""What ``/scores`` answers, and the buttons that ask the same."""

from __future__ import annotations

from typing import Final

from bot.cogs.scores.message import scores_alt_text, scores_embed, symbol_scores_embed
from bot.forecasts.door import Forecasts
from bot.interactions.answers import SendArguments
from bot.interactions.options import picture_files
from bot.texts import Texts
from forecasting import NoForecastYet, Theme

PICTURE: Final = "scores.png"


async def scores_answer(forecasts: Forecasts, texts: Texts, symbol: str | None, theme: Theme) -> SendArguments:
    """The errors of the ETF that ``symbol`` means, or of all.

    Raises:
        UnknownSymbol: it means none.
        NoForecastYet: there is no forecast.
    """
    if symbol is None:
        reports, chart = await forecasts.all_with_scores_chart(theme, texts)
        if not reports:
            raise NoForecastYet(forecasts.universe.symbols[0], forecasts.source)
        embed = scores_embed(texts, reports, PICTURE if chart else None, forecasts.now())
    else:
        report, chart = await forecasts.with_scores_chart(symbol, theme, texts)
        reports = (report,)
        embed = symbol_scores_embed(texts, report, PICTURE if chart else None, forecasts.now())
    return {"embed": embed, "files": picture_files(chart, PICTURE, scores_alt_text(texts, reports))}
