"""``/watch``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.watch": "ETFs that this server follows",
    "command.watch.add": "Follow another ETF in this server",
    "option.watch.new": "Ticker; a new one is trained first (takes a few minutes)",
    "command.watch.remove": "Stop following an ETF",
    "option.watch.followed": "One of the ETFs that this server follows",
    "command.watch.list": "List the ETFs that this server follows",
    "watch.added": (
        "This server now follows {symbol} ({count} of {limit}). Last close {close} on {session}; median in {horizon} "
        "trading days {change}. See `/forecast {symbol}`. It is retrained every week."
    ),
    "watch.already": "This server already follows {symbol}.",
    "watch.for_everybody": "{symbol} is available in every server; you don't need to follow it.",
    "watch.full": (
        "This server already follows {count} ETFs, the maximum; those waiting for their training count too. Remove one "
        "with `/watch remove` first."
    ),
    "watch.full_for_all": (
        "I already train as many ETFs as I can for all servers together. Try again when a server has stopped following "
        "one."
    ),
    "watch.full.one": "This server already follows 1 ETF, the maximum. Remove it with `/watch remove` first.",
    "watch.refused": "{symbol} can't be followed. {reason}",
    "watch.not_now": "{symbol} can't be followed right now. {reason} Please try again later.",
    "watch.another_job": (
        "{symbol} can't be followed right now: another process of this bot is training ETFs. Try again in an hour."
    ),
    "watch.removed": (
        "This server no longer follows {symbol}. If no other server does either, it stops being retrained after 30 "
        "days."
    ),
    "watch.not_followed": "This server does not follow {symbol}. `/watch list` shows what it follows.",
    "watch.list": "Followed by this server ({count} of {limit}): {own}\nAvailable in every server: {universe}",
    "watch.none": "none yet",
}
