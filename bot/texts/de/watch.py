"""``/watch``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.watch": "ETFs, die dieser Server verfolgt",
    "command.watch.add": "Auf diesem Server einen weiteren ETF verfolgen",
    "option.watch.new": "Kürzel; ein neues wird erst trainiert (dauert einige Minuten)",
    "command.watch.remove": "Einen ETF nicht mehr verfolgen",
    "option.watch.followed": "Einer der ETFs, die dieser Server verfolgt",
    "command.watch.list": "Die ETFs, die dieser Server verfolgt",
    "watch.added": (
        "Dieser Server verfolgt jetzt {symbol} ({count} von {limit}). Letzter Schluss {close} am {session}; Median in "
        "{horizon} Handelstagen {change}. Mehr zeigt `/forecast {symbol}`. Trainiert wird jede Woche neu."
    ),
    "watch.already": "Dieser Server verfolgt {symbol} schon.",
    "watch.for_everybody": "{symbol} gibt es auf jedem Server; man muss ihn nicht eigens verfolgen.",
    "watch.full": (
        "Dieser Server verfolgt schon {count} ETFs, mehr geht nicht; auch die, die auf ihr Training warten, zählen. "
        "Entfern erst einen mit `/watch remove`."
    ),
    "watch.full_for_all": (
        "Ich trainiere schon so viele ETFs, wie ich für alle Server zusammen kann. Versuch es wieder, wenn ein Server "
        "einen nicht mehr verfolgt."
    ),
    "watch.full.one": "Dieser Server verfolgt schon einen ETF, mehr geht nicht. Entfern ihn erst mit `/watch remove`.",
    "watch.refused": "{symbol} lässt sich nicht verfolgen. {reason}",
    "watch.not_now": "{symbol} lässt sich gerade nicht verfolgen. {reason} Bitte versuch es später noch einmal.",
    "watch.another_job": (
        "{symbol} lässt sich gerade nicht verfolgen: Ein anderer Prozess dieses Bots trainiert ETFs. Versuch es in "
        "einer Stunde noch einmal."
    ),
    "watch.removed": (
        "Dieser Server verfolgt {symbol} nicht mehr. Tut es auch kein anderer, wird er nach 30 Tagen nicht mehr "
        "trainiert."
    ),
    "watch.not_followed": "Dieser Server verfolgt {symbol} nicht. `/watch list` zeigt, was er verfolgt.",
    "watch.list": "Auf diesem Server verfolgt ({count} von {limit}): {own}\nAuf jedem Server: {universe}",
    "watch.none": "noch keine",
}
