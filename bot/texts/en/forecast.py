"""What stands in and under every answer about a forecast, in English."""

from __future__ import annotations

from typing import Final

ENGLISH: Final[dict[str, str]] = {
    "source.simulated": "simulated prices",
    "source.csv": "prices of CSV files",
    "source.yahoo": "Yahoo's prices",
    "source.other": "prices of {source}",
    "and_more": "… and {count} more",
    "odds.under": "under {bound}",
    "odds.over": "over {bound}",
    "small_print": "Made from {source} · dividends count as reinvested · not investment advice",
    "skill.same": "no better and no worse than no change",
    "skill.better": "{size} % better than no change",
    "skill.worse": "{size} % worse than no change",
    "record.young": "{symbol} is too young for a backtest of its own",
    "record.line": "MAE {mae}, {skill} over {cutoffs} cut-offs; the 80 % band held {held}",
    "stale.one": "**Stale prices:** more than two sessions have ended since this close.",
    "stale.many": "**Stale prices** of {which}: more than two sessions have ended since",
    "stale.all": "all ETFs",
    "forecast.head": "Last close **{close}**, as of {session}\nModel trained {trained}",
    "forecast.in": "In {sessions} sessions",
    "forecast.outlook": (
        "{session}\nMedian **{median}** ({median_change})\n80 %: {low} to {high}\n({low_change} to {high_change})\n"
        "Ends higher: **{odds}**"
    ),
    "forecast.record": "How such forecasts did",
    "forecast.notes": "Please note",
    "forecast.button_horizon": "{sessions} sessions",
    "forecast.button_dark": "Dark",
    "forecast.button_light": "Light",
    "forecast.button_scores": "Scores",
    "forecast.button_track": "Past forecasts",
    "forecast.button_csv": "CSV",
    "forecast.alt": (
        "Chart of {symbol}: closes from {first} ({first_close}) to {as_of} ({last_close}), then the forecast of "
        "{sessions} sessions to {last} with bands of 50, 80 and 95 %. {outlook} {record}. {small_print}."
    ),
    "forecast.alt_step": (
        "In {sessions} sessions: median {median} ({change}), 80 % range {low} to {high}, ends higher: {odds}."
    ),
    "forecast.csv": "The quantiles of {symbol} as of {session}, in closes of that session ({currency}). {small_print}.",
}
