"""``/forecast``: its answer, its buttons and the description of its chart."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.forecast": "Forecast of an ETF for the next 60 trading days, and how accurate past ones were",
    "option.forecast.horizon": "Trading days shown in the chart (default: 60)",
    "option.forecast.private": "Only show it to me",
    "forecast.head": "Last close **{close}**, as of {session}\nModel trained {trained}",
    "forecast.in": "In {sessions} trading days",
    "forecast.ahead": (
        "{session}\nMedian **{median}** ({median_change})\n80% range: {low} to {high}\n"
        "({low_change} to {high_change})\nChance of ending higher: **{odds}**"
    ),
    "forecast.record": "How accurate past forecasts were",
    "forecast.notes": "Please note",
    "forecast.button_horizon": "{sessions} trading days",
    "forecast.button_dark": "Dark",
    "forecast.button_light": "Light",
    "forecast.button_scores": "Scores",
    "forecast.button_track": "Past forecasts",
    "forecast.button_csv": "CSV",
    "forecast.alt": (
        "Chart of {symbol}: closing prices from {first} ({first_close}) to {as_of} ({last_close}), then the forecast "
        "for {sessions} trading days until {last} with 50%, 80% and 95% bands. {ahead} {record} {small_print}."
    ),
    "forecast.alt_step": (
        "In {sessions} trading days: median {median} ({change}), 80% range {low} to {high}, chance of ending higher: "
        "{odds}."
    ),
    "forecast.csv": (
        "Quantiles of the {symbol} forecast as of {session}, in {currency} at the prices of that day. {small_print}."
    ),
}
