"""The answers to ``/alert``, and what a member is told when one is crossed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.alerts import MAX_PER_MEMBER, Alert, Kind, Problem
from bot.messages.formats import MAX_CONTENT, NOT_ADVICE, fitting, moment, session_close, shortened, usd
from forecasting import ForecastReport

CONDITIONS: Final[dict[Kind, str]] = {"above": "above a price", "below": "below a price", "band": "leaves its band"}
"""The choices of ``/alert add``."""

PROBLEMS: Final[dict[Problem, str]] = {
    "direct closed": "I may not write to you: allow direct messages from this server's members in its privacy settings",
    "channel forbidden": "I may not post in that channel, nor write to you",
    "channel gone": "that channel is gone, and I may not write to you",
}


def needs_price(kind: Kind) -> str:
    return f"An alert of the kind “{CONDITIONS[kind]}” needs its option `price`, in dollars and above 0."


def has_no_price() -> str:
    return "The band is the forecast's own: leave out `price`, or choose `above a price` or `below a price`."


def too_many() -> str:
    return f"You have {MAX_PER_MEMBER} alerts, which is as many as one may have. `/alert remove` takes one back."


def no_such_alert() -> str:
    return "You have no alert of that number. `/alert list` shows yours."


def has_it_already(alert: Alert) -> str:
    return f"You have that alert already: {described(alert)}."


def described(alert: Alert) -> str:
    """``ARKK above $60.00``"""
    if alert.kind == "band":
        until = f", that of the sessions until {alert.until}" if alert.until else ""
        return f"{alert.symbol} leaves the 80 % band of its forecast{until}"
    return f"{alert.symbol} {alert.kind} {usd(alert.level or 0.0)}"


def added(alert: Alert, report: ForecastReport, *, holds_already: bool) -> str:
    """What was asked for, how it will be told, and how far off it is now."""
    last = f"{usd(report.last_close, report.currency)}, {session_close(report.as_of)}"
    soon = (
        f"The last close ({last}) is there already, so I tell you when it has been away and comes back."
        if holds_already
        else f"The last close is {last}."
    )
    return (
        f"Alert {alert.id}: {described(alert)}. {soon} I look once a day, after the refresh that "
        f"follows each session, at the session's close, and tell you {_way(alert)}, once for each crossing. A split "
        f"re-bases the price. {NOT_ADVICE.capitalize()}."
    )


def removed(alert: Alert) -> str:
    return f"Taken back: {described(alert)}."


def listed(alerts: Sequence[Alert]) -> str:
    """A member's own, one a line, with what became of the last crossing."""
    if not alerts:
        return "You have no alerts. `/alert add` makes one."
    head = f"Your alerts, {len(alerts)} of {MAX_PER_MEMBER}:"
    return fitting((head, *(f"**{alert.id}** {_line(alert)}" for alert in alerts)), MAX_CONTENT)


def choice_name(alert: Alert) -> str:
    """In the suggestions of ``/alert remove``."""
    return shortened(f"{alert.id}: {described(alert)}", 100)


def crossed(alert: Alert, *, mention: bool) -> str:
    """What the member is told. In a channel it begins with whom it is for."""
    what = (
        f"**{alert.symbol}** has left the 80 % band of its forecast"
        if alert.kind == "band"
        else f"**{alert.symbol}** is {alert.kind} your {usd(alert.level or 0.0)}"
    )
    close = f"closed at **{usd(alert.crossed_at or 0.0)}**"
    on = f", {session_close(alert.crossed_on)}" if alert.crossed_on else ""
    whom = f"<@{alert.user_id}> " if mention else ""
    return f"{whom}{what}: it {close}{on}. `/forecast {alert.symbol}` shows what may come. {NOT_ADVICE.capitalize()}."


def _line(alert: Alert) -> str:
    return f"{described(alert)}, told {_way(alert)}{_fate(alert)}"


def _way(alert: Alert) -> str:
    return "in a direct message" if alert.way == "direct" else f"in <#{alert.place.channel_id}>"


def _fate(alert: Alert) -> str:
    """What became of the last crossing."""
    if alert.crossed_on is None or alert.crossed_at is None:
        return ""
    on = f"crossed at the close of {session_close(alert.crossed_on, 'd')} ({usd(alert.crossed_at)})"
    tried = moment(alert.tried_at, "R") if alert.tried_at else ""
    match alert.state:
        case "sent":
            return f"; {on}, told {tried}"
        case "refused":
            return f"; {on}, **not told**: {PROBLEMS[alert.problem] if alert.problem else 'Discord refused it'}"
        case "failed":
            return f"; {on}, could not be told {tried}; I try again a few times"
        case "lost":
            return f"; {on}, and I was stopped while telling you {tried}, so I don't tell it twice"
    return f"; {on}"
