"""``/servers``, and what the bot says before it leaves a server."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.servers": "The servers that this bot is in (its owner only)",
    "option.servers.leave": "Leave this server; its settings are deleted after 30 days",
    "servers.title": "{count} servers",
    "servers.title.one": "1 server",
    "servers.line": "**{name}** ({id}) · members {members} · own ETFs {etfs} · reports {reports} · alerts {alerts}",
    "servers.shards": (
        "These are the servers of one process (shards {ids} of {count}). "
        "To see others, use `/servers` in a server of another shard."
    ),
    "servers.none": "This bot is in no server.",
    "servers.left": "I left the server **{name}**. Its settings are deleted after 30 days, unless I am invited again.",
    "servers.unknown": "I'm not in a server “{text}”. Pick one from the list.",
    "servers.owner_only": "`/servers` is only for the bot's owner.",
    "servers.not_allowed": (
        "Thank you for the invitation! The person who runs this bot lets it work only in certain servers, and this is "
        "not one of them, so I'm leaving now."
    ),
}
