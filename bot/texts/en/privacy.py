"""``/privacy`` and ``/delete-data``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.privacy": "What this bot stores about you and this server",
    "command.delete-data": "Delete what this bot stores about you or this server",
    "option.delete-data.whose": "Yours, or this server's, which needs Manage Server; yours without it",
    "choice.delete-data.mine": "mine",
    "choice.delete-data.server": "this server's",
    "privacy.title": "What this bot stores",
    "privacy.what": (
        "Ids of servers, channels, roles and members as far as somebody asked for something there: the weekly report, "
        "ETFs to follow, a channel for operators, alerts. Which posts a server got. No messages, no names, no list of "
        "members. Forecasts are about ETFs and belong to nobody. Whoever runs the bot can read its database and its "
        "log, which names servers and channels by id."
    ),
    "privacy.mine": "Of you, now",
    "privacy.server": "Of this server, now",
    "privacy.how": "How it goes away",
    "privacy.delete": (
        "`/delete-data` deletes what is yours, at once and for good; with Manage Server also what is this server's. "
        "When the bot leaves a server, that server's settings are deleted after 30 days."
    ),
    "privacy.nothing": "Nothing is stored.",
    "privacy.nothing_mine": "Nothing is stored about you.",
    "privacy.nothing_server": "Nothing is stored about this server.",
    "privacy.table.subscriptions": "Settings of the weekly report: {count}",
    "privacy.table.deliveries": "Weeks of which a report was posted or tried: {count}",
    "privacy.table.departures": "That the bot left this server: {count}",
    "privacy.table.watches": "ETFs followed now or before: {count}",
    "privacy.table.ops_channels": "Channel for operators: {count}",
    "privacy.table.ops_notes": "Problems told there: {count}",
    "privacy.table.alerts": "Alerts: {count}",
    "privacy.confirm_mine": "This would be deleted for good, in every server:\n{what}",
    "privacy.confirm_server": (
        "This would be deleted for good, and the weekly report and the ETFs of this server with it:\n{what}"
    ),
    "privacy.button": "Delete for good",
    "privacy.deleted_mine": "Deleted. Nothing is stored about you any more.",
    "privacy.deleted_server": "Deleted. Nothing is stored about this server any more, but its members' own alerts.",
}
