"""``/portfolio``, the forecast of several ETFs held together, and ``/portfolios``, a member's saved ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.portfolio import message as words
from bot.cogs.portfolio.mix_text import Weights, completions, read_mix
from bot.cogs.portfolio.saved import MAX_CHOICES, MixName, check_alike, saved_choices
from bot.cogs.portfolio.store import SavedMix, SavedMixes, TooManySaved
from bot.forecasts.door import Forecasts
from bot.interactions.answers import Refusal, SendArguments, acknowledge, deferred
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.formats import as_text
from bot.interactions.options import MAX_CHOICE_NAME, everywhere, picture_files
from bot.interactions.translator import localized
from bot.texts import Texts, texts_for
from forecasting import Theme

PICTURE = "portfolio.png"

MixText = app_commands.Range[str, 1, 200]


def completed_choices(text: str, forecasts: Forecasts) -> list[app_commands.Choice[str]]:
    """What ``text`` may become with its last ETF completed."""
    lines = [line for line in completions(text, forecasts) if len(line) <= MAX_CHOICE_NAME]
    return [app_commands.Choice(name=line, value=line) for line in lines]


class PortfolioCog(commands.Cog):
    """Several ETFs held together."""

    def __init__(self, forecasts: Forecasts, mixes: SavedMixes, theme: Theme) -> None:
        self._forecasts = forecasts
        self._mixes = mixes
        self._theme = theme

    @everywhere
    @app_commands.command(name="portfolio", description=localized("command.portfolio"))
    @app_commands.describe(mix=localized("option.portfolio.mix"))
    async def portfolio(self, interaction: discord.Interaction, mix: MixText) -> None:
        work = partial(self._answer, texts_for(interaction.locale), interaction.user.id, mix)
        await interaction.followup.send(**await deferred(interaction, work))

    @portfolio.autocomplete("mix")
    async def suggest_mix(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        own = await saved_choices(interaction, self._mixes, text)
        return [*own, *completed_choices(text, self._forecasts)][:MAX_CHOICES]

    async def _answer(self, texts: Texts, user_id: int, text: str) -> SendArguments:
        saved = await asyncio.to_thread(self._mixes.find, user_id, text)
        weights: Weights = dict(saved.weights) if saved else await read_mix(texts, text, self._forecasts)
        reports = await self._forecasts.several(tuple(weights))
        check_alike(texts, reports)
        mix, chart = await self._forecasts.mixed(reports, tuple(weights.values()), self._theme, texts)
        embed = words.portfolio_embed(texts, mix, reports, PICTURE if chart else None, self._forecasts.now())
        return {"embed": embed, "files": picture_files(chart, PICTURE, words.portfolio_alt_text(texts, mix))}


@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
@app_commands.allowed_installs(guilds=True, users=True)
class SavedMixesCog(commands.GroupCog, name="portfolios", group_description=localized("command.portfolios")):
    """Saved portfolios of the member who asks. Only they see the answers."""

    def __init__(self, forecasts: Forecasts, mixes: SavedMixes, now: Callable[[], datetime]) -> None:
        self._forecasts = forecasts
        self._mixes = mixes
        self._now = now

    @app_commands.command(name="save", description=localized("command.portfolios.save"))
    @app_commands.describe(name=localized("option.portfolio.name"), mix=localized("option.portfolio.mix"))
    async def save(self, interaction: discord.Interaction, name: MixName, mix: MixText) -> None:
        texts = texts_for(interaction.locale)
        await acknowledge(interaction, ephemeral=True)
        saved = SavedMix(name.strip(), await read_mix(texts, mix, self._forecasts))
        if not saved.name or not saved.name.isprintable() or set(saved.name) & set(":=,;%"):
            raise Refusal(texts("portfolio.bad_name", name=as_text(name)))
        try:
            replaced = await asyncio.to_thread(self._mixes.save, interaction.user.id, saved, self._now())
        except TooManySaved:
            raise Refusal(words.too_many(texts)) from None
        await interaction.followup.send(words.saved(texts, saved, replaced=replaced))

    @save.autocomplete("mix")
    async def suggest_mix(self, _interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return completed_choices(text, self._forecasts)

    @app_commands.command(name="list", description=localized("command.portfolios.list"))
    async def show(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        mixes = await asyncio.to_thread(self._mixes.of, interaction.user.id)
        await interaction.followup.send(embed=words.list_embed(texts_for(interaction.locale), mixes))

    @app_commands.command(name="remove", description=localized("command.portfolios.remove"))
    @app_commands.describe(name=localized("option.portfolio.saved"))
    async def remove(self, interaction: discord.Interaction, name: MixName) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        removed = await asyncio.to_thread(self._mixes.remove, interaction.user.id, name)
        if removed is None:
            raise Refusal(texts("portfolio.unknown", name=as_text(name)))
        await interaction.followup.send(words.removed(texts, removed))

    @remove.autocomplete("name")
    async def suggest_own(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await saved_choices(interaction, self._mixes, text)


async def setup(bot: FeatureBot) -> None:
    mixes = SavedMixes(bot.engine)
    await bot.add_cog(SavedMixesCog(bot.forecasts, mixes, bot.now))
    await bot.add_cog(PortfolioCog(bot.forecasts, mixes, bot.settings.chart_theme))
