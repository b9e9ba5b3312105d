"""``/alert`` and the messages that it sends."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.alert": "Get alerted when a closing price crosses a level or leaves the forecast band",
    "command.alert.add": "Alert me when a closing price crosses a level or leaves the forecast band",
    "option.alert.symbol": "Ticker or name of an ETF, or the name of one of your saved portfolios",
    "option.alert.condition": "When to alert you",
    "choice.alert.above": "above a price",
    "choice.alert.below": "below a price",
    "choice.alert.band": "leaves its band",
    "option.alert.price": (
        "Price for above and below, in the ETF's currency; for a portfolio in points (100 = its value now)"
    ),
    "option.alert.where": "Where to alert you (default: direct message)",
    "choice.alert.direct": "in a direct message",
    "choice.alert.channel": "in this channel",
    "command.alert.list": "List your alerts and their status",
    "command.alert.remove": "Delete an alert",
    "option.alert.alert": "Which alert",
    "alert.above": "{symbol} closes above {price}",
    "alert.below": "{symbol} closes below {price}",
    "alert.band": "{symbol} closes outside the 80% band of its current forecast (valid until {until})",
    "alert.needs_price": (
        "Above or below which price? Enter it in the option `price`, in the ETF's currency; for a portfolio in points, "
        "where 100 is what it is worth now."
    ),
    "alert.has_no_price": "The band comes from the forecast: leave out `price`, or choose “above” or “below” a price.",
    "alert.too_many_here": (
        "This server already has as many alerts as are allowed. Set yours in a direct message to me."
    ),
    "alert.too_many": "You already have {most} alerts, the maximum. Remove one with `/alert remove`.",
    "alert.not_a_member": (
        "I'm not a member of this server, so I can't post here. Leave out `where` and I'll send you a direct message."
    ),
    "alert.unknown": "You have no alert with that number. `/alert list` shows yours.",
    "alert.has_it": "You already have this alert: {what}.",
    "alert.added": (
        "Alert {id} set: {what}. {last} I check closing prices once a day after the market closes and alert you {way}, "
        "once per crossing. {note} Not investment advice."
    ),
    "alert.splits": "Splits adjust the price.",
    "alert.points": (
        "A portfolio is counted in points: 100 is what it was worth at the close of {since}, if bought then and held, "
        "dividends reinvested."
    ),
    "alert.last": "The last close is {close} ({session}).",
    "alert.there": (
        "The last close ({close}, {session}) already meets this, so I'll alert you the next time it crosses."
    ),
    "alert.removed": "Removed: {what}.",
    "alert.none": "You have no alerts. `/alert add` makes one.",
    "alert.yours": "Your alerts, {count} of {most}",
    "alert.direct": "in a direct message",
    "alert.channel": "in {channel}",
    "alert.line": "{what} → {way}",
    "alert.line_points": "{line} (100: close of {since}; last checked: {checked})",
    "alert.crossed": "{line}; crossed at the close of {session} ({close})",
    "alert.doubt": "{line}; in doubt since {session}, when past closes were rescaled",
    "alert.sent": "{crossed}, sent {when}",
    "alert.failed": "{crossed}; sending failed {when}, I'll try again",
    "alert.given_up": "{crossed}; **not delivered**, last attempt {when}",
    "alert.unconfirmed": "{crossed}; Discord didn't confirm it {when}, I'll check whether it arrived",
    "alert.lost": "{crossed}; Discord didn't confirm it ({when}), and it won't be sent twice",
    "alert.refused": "{crossed}; **not delivered**: {why}",
    "alert.direct_closed": (
        "I can't message you; allow direct messages from members in this server's privacy settings"
    ),
    "alert.channel_forbidden": "I'm not allowed to post in that channel, and I can't message you",
    "alert.channel_gone": "that channel no longer exists, and I can't message you",
    "alert.tell_above": "**{symbol}** closed at **{close}** on {session}, above your {price}.",
    "alert.tell_below": "**{symbol}** closed at **{close}** on {session}, below your {price}.",
    "alert.tell_band": "**{symbol}** closed at **{close}** on {session}, outside the 80% band of its forecast.",
    "alert.tell_doubt": (
        "Past closes of **{symbol}** were rescaled by {session}, and its price source doesn't say whether by a split "
        "or a large dividend. Your alert stays at {price}. If it was a split, remove the alert and add a new one."
    ),
    "alert.more_points": (
        "Points: 100 was its value at the close of {since}. See `/portfolio` for what may come next. Not investment "
        "advice."
    ),
    "alert.more": "See `/forecast {symbol}` for what may come next. Not investment advice.",
}
