"""The answers to ``/alert``, and the message when one is crossed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import discord

from bot.cogs.alerts.alert import Alert
from bot.cogs.alerts.store import MAX_PER_MEMBER
from bot.interactions.formats import (
    MAX_DESCRIPTION,
    answer_embed,
    as_text,
    fitting,
    moment,
    session_close,
    shortened,
    usd,
)
from bot.texts import Texts
from forecasting import ForecastReport

MAX_CHOICE: Final = 100


def described(texts: Texts, alert: Alert, show: Callable[[str], str] = as_text) -> str:
    """``ARKK closes above $60.00``, ``Home closes above 110.00``; ``show`` makes a portfolio's name harmless."""
    return texts(
        f"alert.{alert.kind}", symbol=_name(alert, show), price=_price(texts, alert, alert.level), until=alert.until
    )


def _name(alert: Alert, show: Callable[[str], str] = as_text) -> str:
    return alert.symbol if alert.mix is None else show(alert.mix.name)


def _price(texts: Texts, alert: Alert, price: float | None) -> str:
    """Of a portfolio, points."""
    if alert.mix is not None:
        return texts.number(f"{price or 0.0:,.2f}")
    return usd(texts, price or 0.0, alert.currency)


def added(texts: Texts, alert: Alert, report: ForecastReport, *, holds_already: bool) -> str:
    """The alert, where it will be sent, and the last close."""
    last = texts(
        "alert.there" if holds_already else "alert.last",
        close=_price(texts, alert, report.last_close),
        session=session_close(alert.symbol, report.as_of),
    )
    note = texts("alert.splits") if alert.mix is None else _points(texts, alert)
    what, way = described(texts, alert), _way(texts, alert)
    return texts("alert.added", id=alert.id, what=what, last=last, way=way, note=note)


def too_many(texts: Texts) -> str:
    return texts("alert.too_many", most=MAX_PER_MEMBER)


def has_it(texts: Texts, alert: Alert) -> str:
    return texts("alert.has_it", what=described(texts, alert))


def removed(texts: Texts, alert: Alert) -> str:
    return texts("alert.removed", what=described(texts, alert))


def list_embed(texts: Texts, alerts: Sequence[Alert]) -> discord.Embed:
    """A member's alerts, one per line, with the last crossing of each."""
    lines = [f"**{alert.id}** {_line(texts, alert)}" for alert in alerts] or [texts("alert.none")]
    title = texts("alert.yours", count=len(alerts), most=MAX_PER_MEMBER)
    return answer_embed(title, fitting(texts, lines, MAX_DESCRIPTION))


def choice_name(texts: Texts, alert: Alert) -> str:
    """In the suggestions of ``/alert remove``, where Discord shows every character as it is."""
    return shortened(f"{alert.id}: {described(texts, alert, str)}", MAX_CHOICE)


def crossed(texts: Texts, alert: Alert, *, mention: bool) -> str:
    """The message to the member; in a channel it pings them. Without a close it says that the price is in doubt."""
    what = texts(
        "alert.tell_doubt" if alert.crossed_at is None else f"alert.tell_{alert.kind}",
        symbol=_name(alert),
        price=_price(texts, alert, alert.level),
        close=_price(texts, alert, alert.crossed_at),
        session=session_close(alert.symbol, alert.crossed_on) if alert.crossed_on else "",
    )
    whom = f"<@{alert.user_id}> " if mention else ""
    more = texts("alert.more", symbol=alert.symbol) if alert.mix is None else _points(texts, alert, "alert.more_points")
    return f"{whom}{what} {more}"


def _points(texts: Texts, alert: Alert, key: str = "alert.points") -> str:
    """What the number of a portfolio means."""
    assert alert.mix is not None  # noqa: S101 - asked of portfolios alone
    return texts(key, since=session_close(alert.symbol, alert.mix.since))


def _way(texts: Texts, alert: Alert) -> str:
    if alert.way == "direct":
        return texts("alert.direct")
    return texts("alert.channel", channel=f"<#{alert.place.channel_id}>")


def _line(texts: Texts, alert: Alert) -> str:
    line = texts("alert.line", what=described(texts, alert), way=_way(texts, alert))
    if alert.mix is not None and alert.checked is not None:
        since, checked = (session_close(alert.symbol, day, "d") for day in (alert.mix.since, alert.checked))
        line = texts("alert.line_points", line=line, since=since, checked=checked)
    if alert.crossed_on is None:
        return line
    session = session_close(alert.symbol, alert.crossed_on, "d")
    if alert.crossed_at is None:
        passed = texts("alert.doubt", line=line, session=session)
    else:
        passed = texts("alert.crossed", line=line, session=session, close=_price(texts, alert, alert.crossed_at))
    if alert.state not in ("sent", "failed", "unknown", "lost", "refused"):
        return passed
    when = moment(alert.tried_at, "R") if alert.tried_at else ""
    why = texts(f"alert.{alert.problem.replace(' ', '_')}") if alert.problem else ""
    outcome = "given_up" if alert.is_given_up else "unconfirmed" if alert.state == "unknown" else alert.state
    return texts(f"alert.{outcome}", crossed=passed, when=when, why=why)
