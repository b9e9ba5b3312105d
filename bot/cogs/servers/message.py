"""The answer to ``/servers``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from bot.cogs.servers.store import Use
from bot.interactions.formats import MAX_DESCRIPTION, answer_embed, as_text, fitting
from bot.settings.shards import Shards
from bot.texts import Texts


def servers_embed(
    texts: Texts, guilds: Sequence[discord.Guild], use: Mapping[int, Use], shards: Shards
) -> discord.Embed:
    """A line for each server, the largest first, and what it uses."""
    lines = []
    if shards.count is not None:
        ids = ", ".join(map(str, shards.ids))
        lines.append(texts("servers.shards", ids=ids, count=shards.count))
    for guild in sorted(guilds, key=lambda guild: (-(guild.member_count or 0), guild.id)):
        used = use.get(guild.id, Use())
        facts = {"etfs": used.etfs, "reports": used.reports, "alerts": used.alerts}
        name, members = as_text(guild.name), texts.number(f"{guild.member_count or 0:,}")
        lines.append(texts("servers.line", name=name, id=guild.id, members=members, **facts))
    text = fitting(texts, lines, MAX_DESCRIPTION) or texts("servers.none")
    return answer_embed(texts.counted("servers.title", len(guilds)), text)
