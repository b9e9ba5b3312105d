"""``/track``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.track": "How the forecasts that were posted have done, beside what was promised",
    "track.title": "How the posted forecasts did",
    "track.title_one": "{symbol} · how its forecasts did",
    "track.live": "Live",
    "track.replayed": "Replayed from past prices",
    "track.counts": "{issued} issued: {open} open, {final} final (all {horizon} sessions closed)",
    "track.unscored": "No session is scored yet.",
    "track.columns": (
        "MAE in % of the close at the start, skill against no change, share of closes inside the 80 % band; in "
        "brackets what the backtest promised. Name an ETF for its record: `/track symbol`."
    ),
    "track.final": "final",
    "track.skill": "skill",
    "track.figure_skill": "Skill",
    "track.figure_drift": "vs drift",
    "track.promised": "Promised",
    "track.scored": "{sessions} sessions scored, USD of each forecast's own start.",
    "track.calls": "Best call: {best}, off by {best_error} % on average. Worst: {worst}, {worst_error} %.",
    "track.none_final": "None is final so far",
    "track.one_final": "Only {count} is final so far",
    "track.few_final": "Only {count} are final so far",
    "track.thin": "{finals}: these figures say little yet.",
    "track.bare": "{finals}.",
    "track.late": "Made when their first session was over, which proves nothing: {count}.",
    "track.waiting": "Waiting for a price: {count}. {problem}",
    "track.alarms": "Below what was promised",
    "track.record": "{small_print} · record {head}",
    "track.alt": (
        "Chart of {symbol}: closes, and over them the median and the 80 % band of past forecasts from {first} on"
        "{replayed}, {source}. {counts}.{inside}"
    ),
    "track.alt_replayed": ", replayed on past prices",
    "track.alt_inside": " {share} of closes were inside the 80 % band.",
}
