"""``/track``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.track": "Track record: how posted forecasts turned out, compared with the backtest",
    "track.title": "Track record of the posted forecasts",
    "track.title_one": "{symbol} · track record",
    "track.live": "Live",
    "track.replayed": "Replayed on past prices",
    "track.drawn_live": (
        "The table counts every day of every live forecast so far. The picture shows only forecasts that do not "
        "overlap, and gives the share of closes inside the band for both."
    ),
    "track.drawn_replayed": (
        "The tables count every day of every forecast so far. The picture shows only replayed forecasts that do not "
        "overlap, and gives the share of closes inside the band for both."
    ),
    "track.counts": "{count:,} forecasts: {open:,} running, {final:,} finished (all {horizon} trading days are in)",
    "track.counts.one": "1 forecast: {open:,} running, {final:,} finished (all {horizon} trading days are in)",
    "track.unscored": "There is no closing price to compare with yet.",
    "track.columns": (
        "MAE as % of the starting price, skill compared with no change, and how often the close was inside the 80% "
        "band (in brackets: what the backtest promised). Name an ETF for its own record: `/track symbol`."
    ),
    "track.final": "finished",
    "track.skill": "skill",
    "track.figure_mae": "MAE",
    "track.figure_rmse": "RMSE",
    "track.figure_mse": "MSE",
    "track.figure_mae_pct": "MAE %",
    "track.figure_skill_rw": "Skill",
    "track.figure_skill_drift": "vs drift",
    "track.figure_cover80": "80%",
    "track.figure_cover95": "95%",
    "track.promised": "Promised",
    "track.scored": "{count:,} closing prices scored, in the ETF's currency, adjusted to the day of each forecast.",
    "track.scored.one": "1 closing price scored, in the ETF's currency, adjusted to the day of the forecast.",
    "track.calls": "Best forecast: {best}, off by {best_error} on average. Worst: {worst}, {worst_error}.",
    "track.none_final": "No forecast has finished yet",
    "track.one_final": "Only 1 forecast has finished so far",
    "track.few_final": "Only {count} forecasts have finished so far",
    "track.thin": "{finals}, so these figures say little.",
    "track.bare": "{finals}.",
    "track.late": "Issued too late to count as predictions: {count:,}.",
    "track.waiting": "Waiting for a price: {count:,}. {problem}",
    "track.alarms": "Doing worse than promised",
    "track.record": "{small_print} · record {head}",
    "track.alt": (
        "Chart of {symbol}: closing prices, and over them the median and the 80% band of past forecasts from {first} "
        "on that do not overlap{replayed}, based on {source}. {counts}.{inside}"
    ),
    "track.alt_replayed": ", replayed on past prices",
    "track.alt_inside": " Of all of them, {share} of the closing prices were inside the 80% band.",
}
