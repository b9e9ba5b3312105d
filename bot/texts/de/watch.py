"""``/watch``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.watch": "Die eigenen ETFs dieses Servers",
    "command.watch.add": "Auf diesem Server einen weiteren ETF verfolgen",
    "option.watch.new": "Sein Kürzel; ein neuer wird erst trainiert, das dauert Minuten",
    "command.watch.remove": "Einen ETF auf diesem Server nicht mehr verfolgen",
    "option.watch.followed": "Einer von denen, die dieser Server verfolgt",
    "command.watch.list": "Die ETFs, die dieser Server verfolgt",
    "watch.added": (
        "Dieser Server verfolgt jetzt {symbol} ({count} von {limit}): {close} zum Schluss vom {session}, der Median in "
        "60 Handelstagen {change}. `/forecast {symbol}` zeigt ihn; trainiert wird er jede Woche neu."
    ),
    "watch.already": "Dieser Server verfolgt {symbol} schon.",
    "watch.for_everybody": "{symbol} gehört zu den ETFs, die jeder Server hat; man muss ihn nicht eigens verfolgen.",
    "watch.full": "Dieser Server verfolgt schon {limit} ETFs, mehr geht nicht. Streich erst einen mit `/watch remove`.",
    "watch.refused": "{symbol} lässt sich nicht verfolgen. {reason}",
    "watch.not_now": "{symbol} lässt sich gerade nicht verfolgen. {reason} Bitte versuch es später noch einmal.",
    "watch.removed": (
        "Dieser Server verfolgt {symbol} nicht mehr. Tut es auch sonst niemand, wird er noch 30 Tage trainiert und "
        "ruht dann."
    ),
    "watch.not_followed": "Dieser Server verfolgt {symbol} nicht. `/watch list` zeigt, was er verfolgt.",
    "watch.list": "Eigene ETFs dieses Servers, {count} von {limit}: {own}\nDie aller Server: {universe}",
    "watch.none": "noch keine",
}
