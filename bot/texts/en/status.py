"""``/status``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.status": "How old the data is, what runs now and what comes next",
    "status.title": "How things stand",
    "status.forecasts": "Forecasts",
    "status.now": "Now",
    "status.retrain": "Training",
    "status.refresh": "Refresh",
    "status.changes": "Another security",
    "status.problem": "What went wrong",
    "status.small_print": "Made from {source} · {advice}",
    "status.newest": "{count} ETFs, as of {session}",
    "status.behind": "Behind, the oldest as of {session}: {symbols}",
    "status.missing": "None yet for {symbols}",
    "status.idle": "No job is running.",
    "status.running": "Running: {job}",
    "status.waiting": "Waiting: {job}",
    "status.next": "Next: {at} ({in_time})",
    "status.never": "Never ran yet",
    "status.last": "Last: {at}, {ok} done, {failed} failed",
}
