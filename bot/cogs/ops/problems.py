"""What operators must know: the problems of a moment, as pure functions of what is stored."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from bot.cogs.report.deliveries import Delivery, DeliveryState, ReportKey
from bot.cogs.report.subscriptions import Subscription
from bot.delivery import MAX_ATTEMPTS, ChannelProblem, Pause
from bot.jobs.job import JobFailure
from forecasting import Alarm, Decision, PriceFault, SecurityChange, Symbol, exchange_of, is_stale

ProblemKind = Literal["job", "stale", "security", "prices", "model", "report", "record"]

KEY_LENGTH: Final = 32

_POSTING: Final[dict[ChannelProblem, str]] = {
    "forbidden": "I'm not allowed to post there. Allow me to view the channel, send messages, embed links and attach "
    "files, then use `/report resume`.",
    "gone": "the channel no longer exists. Choose another one with `/report set`.",
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        event: what makes it the same problem at the next look, however its sentence has changed.
        server_id: whom alone it concerns; None for all.
    """

    kind: ProblemKind
    sentence: str
    event: str
    server_id: int | None = None

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.kind} {self.event}".encode()).hexdigest()[:KEY_LENGTH]


def job_problems(failures: Iterable[JobFailure]) -> tuple[Problem, ...]:
    """One per sentence and ISO week: a failure that persists is reported once a week."""
    return tuple(
        Problem("job", sentence, f"{failure.due_at:%G-W%V} {_without_numbers(sentence)}")
        for failure in failures
        for sentence in failure.sentences.splitlines()
        if sentence.strip()
    )


def stale_problems(newest: Mapping[Symbol, date], now: datetime) -> tuple[Problem, ...]:
    """The ETFs whose newest forecast is older than two sessions: one for each session at which they stand still."""
    return tuple(
        Problem(
            "stale",
            f"{symbol}: prices end on {session}, and more than two trading days have passed since. "
            "`/status` says what failed.",
            f"{symbol} {session}",
        )
        for symbol, session in newest.items()
        if is_stale(session, now, exchange_of(symbol))
    )


def security_problems(changes: Iterable[SecurityChange]) -> tuple[Problem, ...]:
    """Symbols that have come to mean another security, or none."""
    return tuple(
        Problem("security", change.sentence, f"{change.symbol} {change.at.isoformat()} {change.now is None}")
        for change in changes
    )


def price_problems(faults: Iterable[PriceFault]) -> tuple[Problem, ...]:
    """Rows of prices that the newest job did not use."""
    return tuple(Problem("prices", fault.sentence, f"{fault.symbol} {fault.session} {fault.kind}") for fault in faults)


def model_problems(decisions: Iterable[Decision]) -> tuple[Problem, ...]:
    """ETFs whose newest model was refused, so that the one before it forecasts on: one for each such model."""
    return tuple(
        Problem(
            "model",
            f"{decision.symbol}: {decision.challenger} was not accepted; in use: {decision.champion or 'no model'}. "
            f"{decision.reason}",
            f"{decision.symbol} {decision.challenger} {decision.champion}",
        )
        for decision in decisions
        if decision.is_refusal
    )


def report_problems(subscriptions: Iterable[Subscription]) -> tuple[Problem, ...]:
    """Channels in which reports cannot be posted: each is its server's own matter."""
    problems = (
        Problem(
            "report",
            f"Reports cannot be posted in <#{to.channel_id}>: {_POSTING[to.problem]}",
            f"{to.server_id} {to.channel_id} {to.problem}",
            to.server_id,
        )
        for to in subscriptions
        if to.problem is not None
    )
    return tuple(dict.fromkeys(problems))  # a channel may have several reports


def unposted_problems(deliveries: Mapping[ReportKey, Delivery]) -> tuple[Problem, ...]:
    """Reports that have not arrived after a day of attempts, or of which nobody can tell."""
    return tuple(
        Problem("report", _unposted(delivery), f"{server_id} {number} {period} {delivery.state == 'lost'}", server_id)
        for (server_id, number, period), delivery in deliveries.items()
        if delivery.state == "lost" or (delivery.state in _NOT_POSTED and delivery.attempts >= MAX_ATTEMPTS - 1)
    )


_NOT_POSTED: Final[dict[DeliveryState, str]] = {
    "failed": "Discord did not accept it.",
    "unknown": "Discord did not confirm it.",
    "empty": "none of its ETFs has a forecast.",
}
UNPOSTED: Final = ("lost", *_NOT_POSTED)
"""States of reports that may never arrive."""


def _unposted(delivery: Delivery) -> str:
    what = f"The report of {delivery.period} in <#{delivery.channel_id}>"
    if delivery.state == "lost":
        return (
            f"{what} may be missing: Discord did not confirm it, and I'm not allowed to read the channel's message "
            "history to see. I won't post it twice."
        )
    then = "I gave up." if delivery.is_given_up else "I'll try again in a few days."
    return f"{what} has not been posted: {_NOT_POSTED[delivery.state]} {then}"


def alert_problems(undelivered: int, now: datetime) -> tuple[Problem, ...]:
    """Notices of alerts that did not get through within a week. Whose they are is nobody's business."""
    if not undelivered:
        return ()
    sentence = (
        f"Alerts that Discord did not accept or confirm in the last week: {undelivered}. "
        "The members concerned see it in `/alert list`."
    )
    return (Problem("report", sentence, f"alerts {now:%G-W%V}"),)


def outbox_problems(pause: Pause | None) -> tuple[Problem, ...]:
    """That Discord accepts no messages at all."""
    if pause is None:
        return ()
    sentence = (
        f"Discord is not accepting messages, reports and alerts included ({pause.why}). I try again at least once an "
        "hour."
    )
    return (Problem("report", sentence, "no posts at all"),)


def record_problems(alarms: Iterable[Alarm]) -> tuple[Problem, ...]:
    """ETFs whose forecasts do significantly less than their backtest promised."""
    return tuple(Problem("record", alarm.sentence, f"{alarm.symbol} {alarm.what} {alarm.since}") for alarm in alarms)


def concerning(problems: Sequence[Problem], server_id: int) -> tuple[Problem, ...]:
    """The problems that concern a server's operators."""
    return tuple(problem for problem in problems if problem.server_id in (None, server_id))


def _without_numbers(sentence: str) -> str:
    """Process ids, times and dates change from one attempt to the next while the failure stays the same."""
    return re.sub(r"\d+", "#", sentence)
