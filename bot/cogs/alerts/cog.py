"""``/alert``: notices when a close crosses a price or leaves the forecast's band."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final, cast, get_args

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.alerts import message as words
from bot.cogs.alerts.alert import Alert, Place, Way, holds_now
from bot.cogs.alerts.crossing import Kind
from bot.cogs.alerts.mix_index import HeldMix, index_of, with_forecast
from bot.cogs.alerts.notifier import AlertNotifier
from bot.cogs.alerts.store import LARGEST_NUMBER, Alerts, HasItAlready, TooMany, TooManyInServer
from bot.cogs.portfolio.saved import MAX_CHOICES, check_alike, saved_choices
from bot.cogs.portfolio.store import SavedMix, SavedMixes
from bot.forecasts.door import Forecasts
from bot.interactions.answers import Refusal, acknowledge
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import Price, SymbolText, looked_up, suggest_symbol
from bot.interactions.permissions import check_bot_may_post
from bot.interactions.translator import localized
from bot.texts import Texts, texts_for
from forecasting import ForecastReport

AlertNumber = app_commands.Range[int, 1, LARGEST_NUMBER]

CONDITIONS: Final = [app_commands.Choice(name=localized(f"choice.alert.{kind}"), value=kind) for kind in get_args(Kind)]
WAYS: Final = [
    app_commands.Choice(name=localized("choice.alert.direct"), value="direct"),
    app_commands.Choice(name=localized("choice.alert.channel"), value="channel"),
]


@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=True)
class AlertCog(commands.GroupCog, name="alert", group_description=localized("command.alert")):
    """Alerts of the member who asks. Only they see the answers."""

    def __init__(self, forecasts: Forecasts, alerts: Alerts, mixes: SavedMixes, now: Callable[[], datetime]) -> None:
        self._forecasts = forecasts
        self._alerts = alerts
        self._mixes = mixes
        self._now = now

    @app_commands.command(name="add", description=localized("command.alert.add"))
    @app_commands.describe(
        symbol=localized("option.alert.symbol"),
        condition=localized("option.alert.condition"),
        price=localized("option.alert.price"),
        where=localized("option.alert.where"),
    )
    @app_commands.choices(condition=CONDITIONS, where=WAYS)
    async def add(
        self,
        interaction: discord.Interaction,
        symbol: SymbolText,
        condition: app_commands.Choice[str],
        price: Price | None = None,
        where: app_commands.Choice[str] | None = None,
    ) -> None:
        kind = cast(Kind, condition.value)
        way: Way = "channel" if where is not None and where.value == "channel" else "direct"
        await acknowledge(interaction, ephemeral=True)
        alert, report = await self._added(interaction, symbol, kind, price, way)
        texts = texts_for(interaction.locale)
        await interaction.followup.send(words.added(texts, alert, report, holds_already=holds_now(alert, report)))

    @add.autocomplete("symbol")
    async def suggest_watched(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        own = await saved_choices(interaction, self._mixes, text)
        return [*own, *await suggest_symbol(interaction, text)][:MAX_CHOICES]

    @app_commands.command(name="list", description=localized("command.alert.list"))
    async def show(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        alerts = await asyncio.to_thread(self._alerts.of, interaction.user.id)
        await interaction.followup.send(embed=words.list_embed(texts_for(interaction.locale), alerts))

    @app_commands.command(name="remove", description=localized("command.alert.remove"))
    @app_commands.describe(alert=localized("option.alert.alert"))
    async def remove(self, interaction: discord.Interaction, alert: AlertNumber) -> None:
        await acknowledge(interaction, ephemeral=True)
        texts = texts_for(interaction.locale)
        removed = await asyncio.to_thread(self._alerts.remove, interaction.user.id, alert)
        if removed is None:
            raise Refusal(texts("alert.unknown"))
        await interaction.followup.send(words.removed(texts, removed))

    @remove.autocomplete("alert")
    async def suggest_own(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[int]]:
        alerts = await looked_up(interaction, partial(self._alerts.of, interaction.user.id))
        texts = texts_for(interaction.locale)
        named = ((alert, words.choice_name(texts, alert)) for alert in alerts)
        return [app_commands.Choice(name=name, value=alert.id) for alert, name in named if text.lower() in name.lower()]

    async def _added(
        self, interaction: discord.Interaction, symbol: str, kind: Kind, price: float | None, way: Way
    ) -> tuple[Alert, ForecastReport]:
        texts = texts_for(interaction.locale)
        if kind == "band" and price is not None:
            raise Refusal(texts("alert.has_no_price"))
        if kind != "band" and price is None:
            raise Refusal(texts("alert.needs_price"))
        place = _place(interaction)
        if way == "channel":
            _check_may_post(interaction, place)
        user = interaction.user.id
        saved = await asyncio.to_thread(self._mixes.find, user, symbol)
        if saved is None:
            mix, report = None, await self._forecasts.latest(symbol)
        else:
            mix, report = await self._index(texts, saved, kind)
        try:
            alert = await asyncio.to_thread(
                self._alerts.add, user, place, report, kind, price, way, self._now(), texts.language, mix
            )
        except TooMany:
            raise Refusal(words.too_many(texts)) from None
        except TooManyInServer:
            raise Refusal(texts("alert.too_many_here")) from None
        except HasItAlready as known:
            raise Refusal(words.has_it(texts, known.alert)) from None
        return alert, report

    async def _index(self, texts: Texts, saved: SavedMix, kind: Kind) -> tuple[HeldMix, ForecastReport]:
        """A portfolio as an index that is 100 at its last close, with a forecast if a band is asked for.

        Raises:
            Refusal: its ETFs have different currencies or days.
            NoForecastYet: one of them has no forecast.
            NoPastReturns, TooLittleInCommon: as ``forecast_mix``.
        """
        reports = await self._forecasts.several(tuple(saved.weights))
        check_alike(texts, reports)
        mix, index = index_of(HeldMix.of(saved, reports[0].as_of), reports)
        if kind != "band":
            return mix, index
        return mix, await asyncio.to_thread(with_forecast, index, mix, reports, self._forecasts.mix_now)


def _place(interaction: discord.Interaction) -> Place:
    if interaction.channel_id is None:
        raise app_commands.NoPrivateMessage
    return Place(interaction.channel_id, interaction.guild_id)


def _check_may_post(interaction: discord.Interaction, place: Place) -> None:
    """In a server's channel the bot needs two permissions; in direct messages none.

    Raises:
        Refusal: it is not in this server: the member has installed it for themselves.
        BotLacks: it lacks one of them.
    """
    if place.server_id is None:
        return
    if not interaction.is_guild_integration():
        raise Refusal(texts_for(interaction.locale)("alert.not_a_member"))
    check_bot_may_post(interaction.channel, place.channel_id, interaction.app_permissions)


async def setup(bot: FeatureBot) -> None:
    alerts = Alerts(bot.engine, bot.settings.source, bot.settings.alert_limit)
    await bot.add_cog(AlertCog(bot.forecasts, alerts, SavedMixes(bot.engine), bot.now))
    notifier = AlertNotifier(bot.outbox, alerts, bot.forecasts, bot.now, bot.schedule)
    bot.schedule.post_run.append(notifier.run)
