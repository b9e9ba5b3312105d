"""Channels that a member names or a table holds. That the bot has not heard of one does not mean that it is gone."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.delivery import ChannelProblem
from bot.interactions.permissions import missing_permissions


async def find_channel(guild: discord.Guild, channel_id: int) -> discord.abc.GuildChannel | discord.Thread:
    """A channel or thread. Discord is asked where the bot has not heard of it: nobody tells it of archived threads.

    Raises:
        discord.NotFound: there is none.
        discord.Forbidden: the bot may not see it.
    """
    known = guild.get_channel_or_thread(channel_id)
    return known if known is not None else await guild.fetch_channel(channel_id)


async def channel_problem(guild: discord.Guild, channel_id: int, *needed: str) -> ChannelProblem | None:
    """What keeps posts that need these permissions from a channel; None if nothing does, for all that can be told."""
    try:
        channel = await find_channel(guild, channel_id)
        lacks = missing_permissions(channel, channel.permissions_for(guild.me), *needed)
    except (discord.NotFound, discord.InvalidData):  # InvalidData: it is another server's
        return "gone"
    except discord.Forbidden:
        return "forbidden"
    except (discord.HTTPException, discord.ClientException):
        return None
    return "forbidden" if lacks else None


class _PostChannel(app_commands.Transformer):
    """A text channel, a thread, perhaps a forum: archived ones too, which discord.py's own would take for unseen."""

    def __init__(self, *, forums: bool = False) -> None:
        self._takes = (discord.TextChannel, discord.Thread, *((discord.ForumChannel,) if forums else ()))

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        kinds = discord.ChannelType
        threads = [kinds.news_thread, kinds.private_thread, kinds.public_thread]
        forums = [kinds.forum] if discord.ForumChannel in self._takes else []
        return [kinds.text, kinds.news, *threads, *forums]

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> Any:
        if interaction.guild is None:
            raise app_commands.NoPrivateMessage
        try:
            channel = await find_channel(interaction.guild, value.id)
        except (discord.NotFound, discord.Forbidden, discord.InvalidData):
            channel = None
        if not isinstance(channel, self._takes):
            raise app_commands.TransformerError(value, self.type, self)
        return channel


PostChannel = app_commands.Transform[discord.TextChannel | discord.Thread, _PostChannel()]
"""An option of a command: where posts can go."""

ReportChannel = app_commands.Transform[
    discord.TextChannel | discord.Thread | discord.ForumChannel, _PostChannel(forums=True)
]
"""The same, forums included."""
