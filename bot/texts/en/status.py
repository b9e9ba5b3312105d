"""``/status``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.status": "How old the data is, what is running and what comes next",
    "status.title": "Status",
    "status.forecasts": "Forecasts",
    "status.now": "Now",
    "status.retrain": "Training",
    "status.refresh": "Refresh",
    "status.changes": "Ticker now means a different security",
    "status.problem": "What went wrong",
    "status.small_print": "Based on {source} · not investment advice",
    "status.shard": " · shard {number} of {count}",
    "status.newest": "{count} ETFs, as of {session}",
    "status.newest.one": "1 ETF, as of {session}",
    "status.behind": "Older, as far back as {session}: {symbols}",
    "status.unreadable": "The bot's database can't be read at the moment.",
    "status.missing": "No forecast yet for {symbols}",
    "status.idle": "No job is running.",
    "status.running": "Running: {job}",
    "status.waiting": "Waiting: {job}",
    "status.next": "Next: {at} ({in_time})",
    "status.never": "Has not run yet",
    "status.last": "Last: {at}; {ok} succeeded, {failed} failed",
}
