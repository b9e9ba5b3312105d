"""``/privacy`` and ``/delete-data``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.privacy": "What this bot stores about you and this server",
    "command.delete-data": "Delete what this bot stores about you or this server",
    "option.delete-data.whose": "Your data or this server's (needs Manage Server); default: yours",
    "choice.delete-data.mine": "mine",
    "choice.delete-data.server": "this server's",
    "privacy.title": "What this bot stores",
    "privacy.what": (
        "IDs of servers, channels, roles and members, but only where someone set something up: a report, followed "
        "ETFs, an operators' channel, alerts, portfolios. A report that was set with a portfolio keeps a copy of its "
        "name and weights, but not whose it was; the copy is the server's. A log of which reports were posted. No "
        "messages, no member names or lists. Forecasts are about ETFs, not about people. Whoever runs the bot can read "
        "its database and its log, which contains server and channel IDs."
    ),
    "privacy.mine": "About you, right now",
    "privacy.server": "About this server, right now",
    "privacy.how": "How to delete it",
    "privacy.delete": (
        "`/delete-data` permanently deletes your data; with Manage Server you can also delete this server's. When the "
        "bot leaves a server, that server's settings are deleted after 30 days."
    ),
    "privacy.nothing": "Nothing is stored.",
    "privacy.nothing_mine": "Nothing is stored about you.",
    "privacy.nothing_server": "Nothing is stored about this server.",
    "privacy.table.subscriptions": "Settings of reports: {count}",
    "privacy.table.deliveries": "Reports posted or attempted: {count}",
    "privacy.table.departures": "Record that the bot left this server: {count}",
    "privacy.table.watches": "ETFs followed now or earlier: {count}",
    "privacy.table.ops_channels": "Channel for operators: {count}",
    "privacy.table.ops_notes": "Problems reported there: {count}",
    "privacy.table.alerts": "Alerts: {count}",
    "privacy.table.mixes": "Saved portfolios: {count}",
    "privacy.confirm_mine": "This will be permanently deleted, in all servers:\n{what}",
    "privacy.confirm_server": (
        "This will be permanently deleted, including this server's reports and followed ETFs:\n{what}"
    ),
    "privacy.button": "Delete permanently",
    "privacy.deleted_mine": "Deleted. Nothing is stored about you any more.",
    "privacy.deleted_server": "Deleted. Nothing is stored about this server except its members' own alerts.",
}
