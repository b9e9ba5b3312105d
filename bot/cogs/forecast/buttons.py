"""The buttons under a forecast. They work after a restart and for anyone: their custom ids hold all that they know.

``forecast:ACTION:SYMBOL:HORIZON:THEME`` is ``show`` (this picture), ``scores``, ``track`` or ``csv`` of that ETF. A
press shows the newest forecast, which may be newer than the message. Where the message answers whoever pressed,
``show`` changes it. For anybody else, and under a post that answers nobody, the picture comes as an answer that only
the presser sees. So do the other actions, always.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Self, cast

import discord

from bot.interactions.formats import HORIZONS
from bot.texts import Texts
from forecasting import HORIZON, THEMES, Symbol, Theme

Action = Literal["show", "scores", "track", "csv"]

TEMPLATE: Final = re.compile(
    r"forecast:(?P<action>show|scores|track|csv):(?P<symbol>[^:]{1,16}):(?P<horizon>5|20|60):(?P<theme>dark|light)"
)


@dataclass(frozen=True)
class Shown:
    """What a message shows: the coming ``horizon`` sessions of an ETF, drawn for a background."""

    symbol: Symbol
    theme: Theme
    horizon: int = HORIZON

    @property
    def other_theme(self) -> Theme:
        return next(theme for theme in THEMES if theme != self.theme)


class ForecastButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=TEMPLATE):
    """One of them. ``setup_hook`` registers the class, so that Discord's client finds it again after a restart."""

    def __init__(
        self, action: Action, of: Shown, label: str = "", *, is_current: bool = False, row: int | None = None
    ) -> None:
        style = discord.ButtonStyle.primary if is_current else discord.ButtonStyle.secondary
        custom_id = f"forecast:{action}:{of.symbol}:{of.horizon}:{of.theme}"
        super().__init__(discord.ui.Button(label=label or action, style=style, custom_id=custom_id, row=row))
        self.action, self.of = action, of

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        of = Shown(Symbol(match["symbol"]), cast(Theme, match["theme"]), int(match["horizon"]))
        return cls(cast(Action, match["action"]), of)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.get_cog("ForecastCog").press(interaction, self.action, self.of)


def forecast_view(shown: Shown, texts: Texts) -> discord.ui.View:
    """The two rows of buttons under a forecast: what to show, and what else there is to know."""
    view = discord.ui.View(timeout=None)
    for button in _buttons(shown, texts):
        view.add_item(button)
    return view


def _buttons(shown: Shown, texts: Texts) -> Iterator[ForecastButton]:
    for horizon in HORIZONS:
        of = replace(shown, horizon=horizon)
        label = texts("forecast.button_horizon", sessions=horizon)
        yield ForecastButton("show", of, label, is_current=of == shown, row=0)
    other = shown.other_theme
    yield ForecastButton(
        "show",
        replace(shown, theme=other),
        texts("forecast.button_dark" if other == "dark" else "forecast.button_light"),
        row=0,
    )
    yield ForecastButton("scores", shown, texts("forecast.button_scores"), row=1)
    yield ForecastButton("track", shown, texts("forecast.button_track"), row=1)
    yield ForecastButton("csv", shown, texts("forecast.button_csv"), row=1)
