"""The answers to ``/report here``, ``off`` and ``status``."""

from __future__ import annotations

from datetime import datetime

from bot.guilds import Delivery, Problem, Subscription
from bot.messages.formats import moment

PROBLEMS: dict[Problem, str] = {
    "forbidden": "Discord says that I may not post there, so I stopped trying. Let me view the channel, send messages, "
    "embed links and attach files there, then use `/report here` again.",
    "gone": "The channel is gone, so I stopped trying. Use `/report here` in another one.",
}

DELIVERIES = {
    "sent": "The report of week {week} was posted {when}.",
    "sending": "I was stopped while posting the report of week {week} {when}, and won't post it twice.",
    "failed": "The report of week {week} could not be posted {when}; I try again.",
    "refused": "The report of week {week} could not be posted {when}.",
}


def subscribed(channel_id: int, next_at: datetime) -> str:
    return (
        f"The weekly report comes to <#{channel_id}> from now on, right after the week's training: next "
        f"{moment(next_at)} ({moment(next_at, 'R')})."
    )


def unsubscribed(was_subscribed: bool) -> str:
    return "No more weekly reports in this server." if was_subscribed else "This server gets no weekly report anyway."


def subscription_status(subscription: Subscription | None, last: Delivery | None, next_at: datetime) -> str:
    if subscription is None:
        return "This server gets no weekly report. `/report here` has it posted in this channel."
    where = f"<#{subscription.channel_id}>"
    if subscription.problem is not None:
        lines = [f"The weekly report should go to {where}. {PROBLEMS[subscription.problem]}"]
    else:
        lines = [f"The weekly report goes to {where}: next {moment(next_at)} ({moment(next_at, 'R')})."]
    if last is not None:
        lines.append(DELIVERIES[last.state].format(week=last.week, when=moment(last.tried_at, "R")))
    return "\n".join(lines)
