"""``/ops`` and the posts for operators."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.ops": "Where operators are told what goes wrong",
    "command.ops.channel": "Tell what goes wrong in a channel of this server",
    "option.ops.channel": "Where; this channel without it",
    "command.ops.off": "Tell this server no more what goes wrong",
    "command.ops.status": "What is wrong now, and where it is told",
    "ops.title": "For the operators",
    "ops.footer": "Each of these is told once, and again when it comes back. /ops off ends it.",
    "ops.job": "Jobs that failed",
    "ops.stale": "Stale prices",
    "ops.security": "Another security",
    "ops.prices": "Prices left out",
    "ops.model": "New models not taken",
    "ops.report": "Weekly report not posted",
    "ops.record": "Forecasts below what was promised",
    "ops.advice_prices": "`etf-forecast prices check` names every one.",
    "ops.what": (
        "failed jobs, stale prices, symbols that mean another security or have ended, prices that were left out, new "
        "models that were not taken, forecasts that stay below what was promised, and a weekly report that could not "
        "be posted here"
    ),
    "ops.set": "What goes wrong is told in {channel} from now on, within five minutes, each thing once: {what}.",
    "ops.off": "Nothing is told here any more.",
    "ops.off_anyway": "No channel of this server is told what goes wrong anyway.",
    "ops.no_channel": "No channel is told. `/ops channel` names one for {what}.",
    "ops.channel": "What goes wrong is told in {channel}.",
    "ops.channel_lost": "What goes wrong should be told in {channel}. {problem}",
    "ops.forbidden": (
        "Discord says that I may not post there, so I stopped trying. Let me view the channel, send messages and embed "
        "links there, then use `/ops channel` again."
    ),
    "ops.gone": "The channel is gone, so I stopped trying. Use `/ops channel` with another one.",
    "ops.wrong": "What is wrong now",
    "ops.nothing_wrong": "Nothing is wrong now",
}
