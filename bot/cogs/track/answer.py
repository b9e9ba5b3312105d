"""What ``/track`` answers, and the buttons that ask the same."""

from __future__ import annotations

from typing import Final

from bot.cogs.track.message import symbol_track_embed, track_alt_text, track_embed
from bot.forecasts.door import Forecasts
from bot.interactions.answers import SendArguments
from bot.interactions.options import picture_files
from bot.texts import Texts
from forecasting import Theme

PICTURE: Final = "track.png"


async def track_answer(forecasts: Forecasts, texts: Texts, symbol: str | None, theme: Theme) -> SendArguments:
    """How the posted forecasts of the ETF that ``symbol`` means did, or those of all.

    Raises:
        UnknownSymbol: it means none.
        NoForecastYet: nothing was issued.
    """
    kept = await forecasts.track(symbol, theme, texts)
    if symbol is None:
        return {"embed": track_embed(texts, kept.records, kept.alarms, kept.head)}
    embed = symbol_track_embed(texts, kept.records, kept.alarms, kept.head, PICTURE if kept.chart else None)
    return {"embed": embed, "files": picture_files(kept.chart, PICTURE, track_alt_text(texts, kept.records))}
