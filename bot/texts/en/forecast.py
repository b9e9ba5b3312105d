"""``/forecast``, its buttons and the description of its chart."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.forecast": "The next 60 sessions of an ETF, and how far off such forecasts were",
    "option.forecast.horizon": "Sessions that the picture shows; 60 without it",
    "option.forecast.private": "Show it to you alone",
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
