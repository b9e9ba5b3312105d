"""``/alert`` and the messages that it sends."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.alert": "Be told when a close crosses a price or leaves the band",
    "command.alert.add": "Be told once for each crossing, after the daily refresh",
    "option.alert.condition": "What to wait for",
    "choice.alert.above": "above a price",
    "choice.alert.below": "below a price",
    "choice.alert.band": "leaves its band",
    "option.alert.price": "In dollars, for above and below",
    "option.alert.where": "How to tell you; a direct message without it",
    "choice.alert.direct": "in a direct message",
    "choice.alert.channel": "in this channel",
    "command.alert.list": "Your alerts, and what became of them",
    "command.alert.remove": "Take an alert back",
    "option.alert.alert": "Which one",
    "alert.above": "{symbol} above {price}",
    "alert.below": "{symbol} below {price}",
    "alert.band": "{symbol} leaves the 80 % band of its forecast, that of the sessions until {until}",
    "alert.needs_price": "Above or below which price? Name it in the option `price`, in dollars and above 0.",
    "alert.has_no_price": (
        "The band is the forecast's own: leave out `price`, or choose to be told above or below a price."
    ),
    "alert.too_many": "You have {most} alerts, which is as many as one may have. `/alert remove` takes one back.",
    "alert.not_a_member": (
        "I am no member of this server, so I cannot post here. Leave out `where`, and I tell you in a direct message."
    ),
    "alert.unknown": "You have no alert of that number. `/alert list` shows yours.",
    "alert.has_it": "You have that alert already: {what}.",
    "alert.added": (
        "Alert {id}: {what}. {last} I look once a day, after the refresh that follows each session, at the "
        "session's close, and tell you {way}, once for each crossing. A split re-bases the price. Not investment "
        "advice."
    ),
    "alert.last": "The last close is {close}, {session}.",
    "alert.there": (
        "The last close ({close}, {session}) is there already, so I tell you when it has been away and comes back."
    ),
    "alert.removed": "Taken back: {what}.",
    "alert.none": "You have no alerts. `/alert add` makes one.",
    "alert.yours": "Your alerts, {count} of {most}",
    "alert.direct": "in a direct message",
    "alert.channel": "in {channel}",
    "alert.line": "{what}: I tell you {way}",
    "alert.crossed": "{line}; crossed at the close of {session} ({close})",
    "alert.sent": "{crossed}, told {when}",
    "alert.failed": "{crossed}, could not be told {when}; I try again a few times",
    "alert.given_up": "{crossed}, **not told**: it did not get through, {when} for the last time",
    "alert.lost": "{crossed}, and I was stopped while telling you {when}, so I don't tell it twice",
    "alert.refused": "{crossed}, **not told**: {why}",
    "alert.direct_closed": (
        "I may not write to you: allow direct messages from this server's members in its privacy settings"
    ),
    "alert.channel_forbidden": "I may not post in that channel, nor write to you",
    "alert.channel_gone": "that channel is gone, and I may not write to you",
    "alert.tell_above": "**{symbol}** is above your {price}: it closed at **{close}**, {session}.",
    "alert.tell_below": "**{symbol}** is below your {price}: it closed at **{close}**, {session}.",
    "alert.tell_band": "**{symbol}** has left the 80 % band of its forecast: it closed at **{close}**, {session}.",
    "alert.more": "`/forecast {symbol}` shows what may come. Not investment advice.",
}
