"""``/ops`` and the posts for operators."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.ops": "Where problems of the bot are reported",
    "command.ops.channel": "Report problems in a channel",
    "option.ops.channel": "Which channel (default: this one)",
    "command.ops.off": "Stop reporting problems in this server",
    "command.ops.status": "Show current problems and where they are reported",
    "ops.title": "Bot problems",
    "ops.footer": "Each problem is reported once, and again if it returns. Use /ops off to stop.",
    "ops.job": "Failed jobs",
    "ops.stale": "Stale prices",
    "ops.security": "Ticker reassigned or delisted",
    "ops.prices": "Rejected prices",
    "ops.model": "New models rejected",
    "ops.report": "Posts not delivered",
    "ops.record": "Forecasts doing worse than promised",
    "ops.advice_prices": "`etf-forecast prices check` lists them all.",
    "ops.what": (
        "failed jobs, stale prices, reassigned or delisted tickers, rejected prices and models, forecasts doing worse "
        "than their backtest, and reports and alerts that could not be delivered"
    ),
    "ops.set": "I'll report problems in {channel} from now on, each once and within five minutes: {what}.",
    "ops.off": "I will no longer report problems here.",
    "ops.off_anyway": "Problem reports were already off in this server.",
    "ops.no_channel": "Problem reports are off. Turn them on with `/ops channel`; they cover {what}.",
    "ops.channel": "Problems are reported in {channel}.",
    "ops.channel_lost": "Problems should be reported in {channel}, but that failed. {problem}",
    "ops.forbidden": (
        "Discord doesn't let me post there, so I stopped trying. Allow me to view the channel, send messages and embed "
        "links, then use `/ops channel` again."
    ),
    "ops.gone": "The channel no longer exists, so I stopped trying. Choose another one with `/ops channel`.",
    "ops.wrong": "Current problems",
    "ops.nothing_wrong": "No problems right now",
}
