"""``/watch``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.watch": "This server's own ETFs",
    "command.watch.add": "Follow one more ETF in this server",
    "option.watch.new": "Its ticker; one that is new here is trained first, which takes minutes",
    "command.watch.remove": "Follow an ETF no more in this server",
    "option.watch.followed": "One of those that this server follows",
    "command.watch.list": "The ETFs that this server follows",
    "watch.added": (
        "This server follows {symbol} now ({count} of {limit}): {close} at the close of {session}, the median in 60 "
        "sessions {change}. `/forecast {symbol}` shows it; it is trained anew each week."
    ),
    "watch.already": "This server follows {symbol} already.",
    "watch.for_everybody": "{symbol} is one of the ETFs that every server has; there is no need to follow it.",
    "watch.full": "This server follows {limit} ETFs, as many as it may. Take one off with `/watch remove` first.",
    "watch.refused": "{symbol} cannot be followed. {reason}",
    "watch.not_now": "{symbol} cannot be followed just now. {reason} Please try again later.",
    "watch.removed": (
        "This server follows {symbol} no more. Where nobody else does, it is trained for 30 days yet and then rests."
    ),
    "watch.not_followed": "This server does not follow {symbol}. `/watch list` shows what it follows.",
    "watch.list": "This server's own ETFs, {count} of {limit}: {own}\nEverybody's: {universe}",
    "watch.none": "none yet",
}
