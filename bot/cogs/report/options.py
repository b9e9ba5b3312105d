"""What an admin types for ``/report``, suggested and understood or refused with a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from functools import partial
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from bot.calendar import weektime
from bot.calendar.weektime import WEEKDAYS
from bot.calendar.zones import search_zones, zone_named
from bot.cogs.report import message as words
from bot.cogs.report.subscriptions import Subscription, Subscriptions
from bot.interactions.answers import Refusal
from bot.interactions.formats import as_text
from bot.interactions.options import MAX_CHOICE_NAME, looked_up
from bot.interactions.translator import localized
from bot.texts import LANGUAGES, Texts, texts_for

DAYS: Final = [app_commands.Choice(name=localized(f"day.{day}"), value=day) for day in ("all", *WEEKDAYS, "1st")]
LANGUAGE_CHOICES: Final = [
    app_commands.Choice(name=Texts(language)("language.name"), value=language) for language in LANGUAGES
]
NEW: Final = "new"


def time_of_day(texts: Texts, text: str) -> time:
    """``09:00``, ``9``, ``21.30``, ``9 pm``.

    Raises:
        Refusal: it is no time.
    """
    found = weektime.time_of_day(text)
    if found is None:
        raise Refusal(texts("report.bad_time", text=as_text(text)))
    return found


def zone_of(texts: Texts, text: str) -> ZoneInfo:
    """The zone that the text means.

    Raises:
        Refusal: it means none, or several; the sentence names some.
    """
    zone = zone_named(text)
    if zone is None:
        raise Refusal(words.bad_zone(texts, text, search_zones(text)))
    return zone


def zone_choices(text: str, now: datetime) -> list[app_commands.Choice[str]]:
    """Zones that the text may be the beginning of, each with what its clocks show now."""
    return [
        app_commands.Choice(name=f"{name} ({now.astimezone(ZoneInfo(name)):%H:%M})", value=name)
        for name in search_zones(text)
    ]


def report_choices(
    texts: Texts, subscriptions: Sequence[Subscription], guild: discord.Guild | None, text: str
) -> list[app_commands.Choice[str]]:
    """The server's reports that ``text`` may mean."""
    found = []
    for subscription in subscriptions:
        channel = guild.get_channel_or_thread(subscription.channel_id) if guild is not None else None
        name = words.choice(texts, subscription, f"#{channel.name if channel else subscription.channel_id}")
        if text.casefold() in name.casefold():
            found.append(app_commands.Choice(name=name[:MAX_CHOICE_NAME], value=str(subscription.number)))
    return found


async def suggest_report(interaction: discord.Interaction[Any], text: str) -> list[app_commands.Choice[str]]:
    """The server's reports that ``text`` may mean."""
    subscriptions = await looked_up(
        interaction, partial(Subscriptions(interaction.client.engine).all_of, interaction.guild_id or 0)
    )
    return report_choices(texts_for(interaction.locale), subscriptions, interaction.guild, text)


async def suggest_change(interaction: discord.Interaction[Any], text: str) -> list[app_commands.Choice[str]]:
    """The same, and a new one."""
    name = texts_for(interaction.locale)("choice.report.new")
    new = [app_commands.Choice(name=name, value=NEW)] if text.casefold() in name.casefold() else []
    return [*await suggest_report(interaction, text), *new]


def number_of(texts: Texts, text: str | None, subscriptions: Sequence[Subscription]) -> int | Literal["new"] | None:
    """Which report an option of ``/report set`` means; None if it says nothing.

    Raises:
        Refusal: it is none of the server's.
    """
    if text is None:
        return None
    if text.strip().casefold() in (NEW, texts("choice.report.new").casefold()):
        return "new"
    number = next((s.number for s in subscriptions if text.strip() == str(s.number)), None)
    if number is None:
        raise Refusal(words.which(texts, "report.no_such", subscriptions, text))
    return number


def check_place(
    texts: Texts, channel: discord.TextChannel | discord.Thread | discord.ForumChannel, *, publishes: bool
) -> None:
    """Whether a channel takes reports, published if they are to be.

    Raises:
        Refusal: it does not, whatever the bot's permissions are.
    """
    where = f"<#{channel.id}>"
    if isinstance(channel, discord.ForumChannel) and channel.flags.require_tag:
        raise Refusal(texts("report.needs_tag", channel=where))
    if publishes and not (isinstance(channel, discord.TextChannel) and channel.is_news()):
        raise Refusal(texts("report.not_news", channel=where))


def check_role(texts: Texts, role: discord.Role, channel_id: int, bot_may: discord.Permissions) -> None:
    """Whether a post there can ping the role.

    Raises:
        Refusal: it is everybody, or the bot may not mention it there.
    """
    if role.is_default():
        raise Refusal(texts("report.everyone"))
    if not role.mentionable and not bot_may.mention_everyone:
        raise Refusal(words.mention_forbidden(texts, role.id, channel_id))
