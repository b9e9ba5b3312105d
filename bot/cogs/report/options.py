"""What an admin types for ``/report set``, understood or refused with a sentence."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final, get_args
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from bot.calendar import weektime
from bot.calendar.weektime import WEEKDAYS, Weekday
from bot.calendar.zones import search_zones, zone_named
from bot.cogs.report import message as words
from bot.interactions.answers import Refusal
from bot.interactions.formats import as_text
from bot.interactions.translator import localized
from bot.texts import Texts

DAYS: Final = [app_commands.Choice(name=localized(f"day.{day}"), value=day) for day in WEEKDAYS]


def weekday(value: str) -> Weekday:
    """The choice that Discord hands back."""
    return next(day for day in get_args(Weekday) if day == value)


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


def check_role(texts: Texts, role: discord.Role, channel_id: int, bot_may: discord.Permissions) -> None:
    """Whether a post there can ping the role.

    Raises:
        Refusal: it is everybody, or the bot may not mention it there.
    """
    if role.is_default():
        raise Refusal(texts("report.everyone"))
    if not role.mentionable and not bot_may.mention_everyone:
        raise Refusal(words.mention_forbidden(texts, role.id, channel_id))
