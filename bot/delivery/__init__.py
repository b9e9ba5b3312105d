"""The one outbox of reports, alerts and operators' posts: every message is posted at most once, whatever becomes of the
bot or of Discord's answer in the middle.

Every repeat has a bound: MAX_ATTEMPTS requests a message, a growing pause for a place that fails, and one for all posts
while Discord accepts none.
"""

from bot.delivery.marks import (
    MAX_ATTEMPTS,
    NONCE_LENGTH,
    NONCE_WINDOW,
    RETRY_AFTER,
    ChannelProblem,
    Marked,
    Outage,
    Outcome,
    is_due,
    is_given_up,
    is_owed,
    may_have_arrived,
    nonce,
    unsure_since,
)
from bot.delivery.outbox import Outbox
from bot.delivery.pace import for_each
from bot.delivery.pauses import SILENT_PLACES, Pause
from bot.delivery.places import LOOKS_AT
from bot.delivery.repeats import unanswered_posts_end

__all__ = [
    "LOOKS_AT",
    "MAX_ATTEMPTS",
    "NONCE_LENGTH",
    "NONCE_WINDOW",
    "RETRY_AFTER",
    "SILENT_PLACES",
    "ChannelProblem",
    "Marked",
    "Outage",
    "Outbox",
    "Outcome",
    "Pause",
    "for_each",
    "is_due",
    "is_given_up",
    "is_owed",
    "may_have_arrived",
    "nonce",
    "unanswered_posts_end",
    "unsure_since",
]
