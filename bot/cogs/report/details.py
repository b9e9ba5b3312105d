"""The menu under a report, which shows one ETF, and the buttons for the scores and the record of all.

Only the member who uses them sees the answer. They go on working after a restart.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal, Self, cast

import discord

from bot.cogs.forecast.answer import forecast_answer
from bot.cogs.scores.answer import scores_answer
from bot.cogs.track.answer import track_answer
from bot.interactions.answers import SendArguments, acknowledge, answer_press
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.formats import shortened
from bot.texts import Texts, texts_for
from forecasting import ForecastReport, Theme

CUSTOM_ID: Final = "report:details"
MAX_OPTIONS: Final = 25
MAX_LABEL: Final = 100

Overview = Literal["scores", "track"]
"""Of all ETFs: the scores of their backtests, or the record of the posted forecasts."""


class DetailsMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=re.compile(CUSTOM_ID)):
    """``setup_hook`` registers the class, which makes old menus work after a restart."""

    @classmethod
    def of(cls, reports: Sequence[ForecastReport], texts: Texts) -> Self:
        """A menu of these ETFs: of the first 25 if there are more."""
        options = [
            discord.SelectOption(
                label=report.symbol,
                value=report.symbol,
                description=shortened(report.name, MAX_LABEL) if report.name != report.symbol else None,
            )
            for report in reports[:MAX_OPTIONS]
        ]
        return cls(discord.ui.Select(custom_id=CUSTOM_ID, placeholder=texts("weekly.menu"), options=options))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, discord.ui.Select)  # noqa: S101 - the custom id is a menu's alone
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        symbol = self.item.values[0]
        await _answer(interaction, lambda bot, texts: forecast_answer(bot.forecasts, texts, symbol, _theme(bot)))


class OverviewButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=re.compile("report:(?P<overview>scores|track)")
):
    """``setup_hook`` registers this one too."""

    def __init__(self, overview: Overview, label: str = "") -> None:
        style, custom_id = discord.ButtonStyle.secondary, f"report:{overview}"
        super().__init__(discord.ui.Button(label=label or overview, style=style, custom_id=custom_id, row=1))
        self.overview: Overview = overview

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(cast(Overview, match["overview"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        answer = scores_answer if self.overview == "scores" else track_answer
        await _answer(interaction, lambda bot, texts: answer(bot.forecasts, texts, None, _theme(bot)))


def details_view(texts: Texts, reports: Sequence[ForecastReport]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(DetailsMenu.of(reports, texts))
    view.add_item(OverviewButton("scores", texts("weekly.scores")))
    view.add_item(OverviewButton("track", texts("weekly.track")))
    return view


async def _answer(
    interaction: discord.Interaction[Any], make: Callable[[FeatureBot, Texts], Awaitable[SendArguments]]
) -> None:
    """Answer the member who used the menu or a button, and no one else."""

    async def work() -> None:
        bot: FeatureBot = interaction.client
        bot.cooldowns.count(interaction.user.id, "report details")
        await acknowledge(interaction, ephemeral=True, thinking=True)
        await interaction.followup.send(**await make(bot, texts_for(interaction.locale)), ephemeral=True)

    await answer_press(interaction, work())


def _theme(bot: FeatureBot) -> Theme:
    return bot.settings.chart_theme
