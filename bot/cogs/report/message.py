"""The answers to ``/report``: the settings of the weekly report, and the outcome of the last one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cogs.report.subscriptions import Delivery, Subscription
from bot.interactions.formats import MAX_CONTENT, as_text, moment, shortened
from bot.texts import Texts

ROOM_FOR_SYMBOLS = 500


def subscribed(
    texts: Texts, subscription: Subscription, last: Delivery | None, next_training: datetime, now: datetime
) -> str:
    """All settings, and when the first report comes."""
    return _fitting(
        [_goes(texts, "report.set", subscription, last, now), *_details(texts, subscription, next_training)]
    )


def unsubscribed(texts: Texts, was_subscribed: bool) -> str:
    return texts("report.off" if was_subscribed else "report.off_anyway")


def resumed(texts: Texts, subscription: Subscription, last: Delivery | None, now: datetime) -> str:
    return _goes(texts, "report.resumed", subscription, last, now)


def subscription_status(
    texts: Texts, subscription: Subscription | None, last: Delivery | None, next_training: datetime, now: datetime
) -> str:
    """Where the report goes, when the next one comes, and the outcome of the last one."""
    if subscription is None:
        return texts("report.none")
    if subscription.problem is not None:
        lines = [_goes(texts, "report.should_go", subscription, last, now), texts(f"report.{subscription.problem}")]
    elif subscription.is_paused:
        lines = [_goes(texts, "report.should_go", subscription, last, now), texts("report.is_paused")]
    else:
        lines = [_goes(texts, "report.goes", subscription, last, now)]
    lines += _details(texts, subscription, next_training)
    if last is not None:
        outcome = "given_up" if last.is_given_up else last.state
        lines.append(texts(f"report.{outcome}", week=last.week, when=moment(last.tried_at, "R")))
    return _fitting(lines)


def mention_forbidden(texts: Texts, role_id: int, channel_id: int) -> str:
    permission = texts("permission.mention_everyone")
    return texts("report.role_forbidden", role=f"<@&{role_id}>", channel=f"<#{channel_id}>", permission=permission)


def bad_zone(texts: Texts, text: str, near: Sequence[str]) -> str:
    """``text`` names no time zone, or several, such as those in ``near``."""
    if near:
        return texts("report.many_zones", text=as_text(text), zones=", ".join(near[:3]))
    return texts("report.bad_zone", text=as_text(text))


def _goes(texts: Texts, key: str, subscription: Subscription, last: Delivery | None, now: datetime) -> str:
    when = subscription.options.when
    next_at = when.next(now)
    if last is not None and last.state == "sent" and last.week == when.week(next_at):
        next_at = when.next(next_at)  # one report a week, even if its day was changed afterwards
    return texts(
        key,
        channel=f"<#{subscription.channel_id}>",
        day=texts(f"day.{when.effective_day}"),
        at=f"{when.at:%H:%M}",
        zone=when.zone.key,
        next=moment(next_at),
        in_time=moment(next_at, "R"),
    )


def _details(texts: Texts, subscription: Subscription, next_training: datetime) -> list[str]:
    options = subscription.options
    lines = []
    if options.when.effective_day != options.when.day:
        lines.append(texts("report.weekend", day=texts(f"day.{options.when.day}")))
    if options.role_id is not None:
        lines.append(texts("report.role", role=f"<@&{options.role_id}>"))
    if options.symbols:
        lines.append(texts("report.symbols", symbols=shortened(", ".join(options.symbols), ROOM_FOR_SYMBOLS)))
    return [*lines, texts("report.training", next=moment(next_training))]


def _fitting(lines: Sequence[str]) -> str:
    return shortened("\n".join(lines), MAX_CONTENT)
