"""The answers to ``/report``: the settings of a report, and the outcome of the last one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from bot.calendar.cadence import Cadence, MonthlyTime
from bot.calendar.weektime import WeeklyTime
from bot.cogs.portfolio.message import described as mix_described
from bot.cogs.report.deliveries import Delivery
from bot.cogs.report.due import is_too_late
from bot.cogs.report.subscriptions import Subscription
from bot.interactions.formats import MAX_CONTENT, as_text, moment, shortened
from bot.texts import LANGUAGES, Texts

ROOM_FOR_SYMBOLS = 500
_LENGTHS: Final[dict[int, Cadence]] = {len("2026-11-27"): "daily", len("2026-W48"): "weekly", len("2026-11"): "monthly"}
"""Of a period's key: a report may have been of another cadence then."""
_TOO_LATE: Final = {"failed": "too_late", "unknown": "never_confirmed", "sending": "never_confirmed"}
"""Outcomes after which a report is tried again, by what they come to when it has become too old for that."""


def subscribed(
    texts: Texts, subscription: Subscription, last: Delivery | None, next_training: datetime, now: datetime
) -> str:
    """All settings, and when the first report comes."""
    lines = [_goes(texts, "report.set", subscription, last, now), *_details(texts, subscription)]
    return _fitting([*lines, _training(texts, next_training)])


def paused(texts: Texts, subscription: Subscription) -> str:
    return texts("report.paused", report=_kind(texts, subscription))


def resumed(texts: Texts, subscription: Subscription, last: Delivery | None, now: datetime) -> str:
    return _goes(texts, "report.resumed", subscription, last, now)


def status(
    texts: Texts,
    reports: Sequence[tuple[Subscription, Delivery | None]],
    next_training: datetime,
    now: datetime,
) -> str:
    """Of each report with its last delivery: where it goes, when the next one comes, the outcome of the last one."""
    if not reports:
        return texts("report.none")
    stories = ["\n".join(_story(texts, subscription, last, now)) for subscription, last in reports]
    if len(stories) > 1:
        stories = [
            texts("report.number", number=subscription.number, text=story)
            for (subscription, _), story in zip(reports, stories, strict=True)
        ]
    room = (MAX_CONTENT - ROOM_FOR_SYMBOLS) // len(stories) if len(stories) > 1 else MAX_CONTENT
    return _fitting([*(shortened(story, room) for story in stories), _training(texts, next_training)])


def choice(texts: Texts, subscription: Subscription, channel: str) -> str:
    """One of the server's reports, in a list to choose from."""
    where = f"{channel}, {_day(texts, subscription)} {subscription.options.when.at:%H:%M}"
    return texts("report.choice", number=subscription.number, report=_kind(texts, subscription), channel=where)


def which(texts: Texts, key: str, subscriptions: Sequence[Subscription], text: str = "") -> str:
    """The question which report is meant, with the server's reports."""
    known = [choice(texts, subscription, f"<#{subscription.channel_id}>") for subscription in subscriptions]
    return _fitting([texts(key, text=as_text(text)), *known])


def mention_forbidden(texts: Texts, role_id: int, channel_id: int) -> str:
    """Why a report cannot ping the role in the channel, and how to allow it."""
    permission = texts("permission.mention_everyone")
    return texts("report.role_forbidden", role=f"<@&{role_id}>", channel=f"<#{channel_id}>", permission=permission)


def bad_zone(texts: Texts, text: str, near: Sequence[str]) -> str:
    """``text`` names no time zone, or several, such as those in ``near``."""
    if near:
        return texts("report.many_zones", text=as_text(text), zones=", ".join(near[:3]))
    return texts("report.bad_zone", text=as_text(text))


def _story(texts: Texts, subscription: Subscription, last: Delivery | None, now: datetime) -> list[str]:
    if subscription.problem is not None:
        lines = [_goes(texts, "report.should_go", subscription, last, now), texts(f"report.{subscription.problem}")]
    elif subscription.is_paused:
        lines = [_goes(texts, "report.should_go", subscription, last, now), texts("report.is_paused")]
    else:
        lines = [_goes(texts, "report.goes", subscription, last, now)]
    lines += _details(texts, subscription)
    if last is not None:
        cadence = _LENGTHS[len(last.period)]
        outcome: str = "given_up" if last.is_given_up else last.state
        if outcome in _TOO_LATE and is_too_late(subscription, last, now):
            outcome = _TOO_LATE[outcome]
        if (outcome, cadence) == ("empty", "daily"):
            outcome = "empty_daily"
        key = date.fromisoformat(last.period) if cadence == "daily" else last.period
        period = texts(f"report.of_{cadence}", period=key)
        lines.append(texts(f"report.{outcome}", period=period, when=moment(last.tried_at, "R")))
    return lines


def _goes(texts: Texts, key: str, subscription: Subscription, last: Delivery | None, now: datetime) -> str:
    when = subscription.options.when
    next_at = when.next(now)
    if last is not None and last.state == "sent" and last.period == when.period(next_at):
        next_at = when.next(next_at)  # one report a period, even if its day was changed afterwards
    return texts(
        key,
        report=_kind(texts, subscription),
        channel=f"<#{subscription.channel_id}>",
        day=_day(texts, subscription),
        at=f"{when.at:%H:%M}",
        zone=when.zone.key,
        next=moment(next_at),
        in_time=moment(next_at, "R"),
    )


def _kind(texts: Texts, subscription: Subscription) -> str:
    return texts(f"report.{subscription.options.cadence}")


def _day(texts: Texts, subscription: Subscription) -> str:
    when = subscription.options.when
    day = texts(f"day.{when.effective_day}") if isinstance(when, WeeklyTime) else ""
    return texts(f"report.on_{subscription.options.cadence}", day=day)


def _details(texts: Texts, subscription: Subscription) -> list[str]:
    options = subscription.options
    lines = []
    if isinstance(options.when, WeeklyTime) and options.when.effective_day != options.when.day:
        lines.append(texts("report.weekend", day=texts(f"day.{options.when.day}")))
    if isinstance(options.when, MonthlyTime) and options.when.skips_weekend:
        lines.append(texts("report.weekend_monthly"))
    if options.role_id is not None:
        lines.append(texts("report.role", role=f"<@&{options.role_id}>"))
    if options.symbols:
        lines.append(texts("report.symbols", symbols=shortened(", ".join(options.symbols), ROOM_FOR_SYMBOLS)))
    if options.mix is not None:
        mix = options.mix
        lines.append(texts("report.mix", name=as_text(mix.name), parts=mix_described(texts, mix.weights)))
    if options.language is not None and options.language in LANGUAGES:
        lines.append(texts("report.language", language=Texts(options.language)("language.name")))
    if options.publishes:
        lines.append(texts("report.publishes", channel=f"<#{options.channel_id}>"))
    return lines


def _training(texts: Texts, next_training: datetime) -> str:
    return texts("report.training", next=moment(next_training))


def _fitting(lines: Sequence[str]) -> str:
    return shortened("\n".join(lines), MAX_CONTENT)
