"""What the bot needs in a channel, and whether it has it."""

from __future__ import annotations

import discord

from bot.interactions.answers import BotLacks


def missing_permissions(channel: object, has: discord.Permissions, *also: str) -> tuple[str, ...]:
    """The permissions that the bot lacks to view ``channel`` and write there, or to do ``also``.

    A bot that may not view a channel, or not write there, may do nothing else there. Then only that is returned.
    """
    send = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
    missing = tuple(name for name in ("view_channel", send, *also) if not getattr(has, name))
    if isinstance(channel, discord.ForumChannel) and missing[:1] == (send,):
        return ("create_posts",)  # Discord's name for it there
    return missing[:1] if missing[:1] in (("view_channel",), (send,)) else missing


def check_bot_may_post(channel: object, channel_id: int, has: discord.Permissions, *also: str) -> None:
    """Check that the bot may post in ``channel``.

    Raises:
        BotLacks: it may not, or not ``also``.
    """
    if missing := missing_permissions(channel, has, *also):
        raise BotLacks(missing, channel_id)
