"""``/volatility``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.volatility": "How much an ETF is expected to move, and how much it has moved",
    "volatility.title": "{symbol}: volatility",
    "volatility.head": "As of {session}. Volatility of daily returns, scaled to a year; expected from the 80% band.",
    "volatility.ahead": "Next {sessions} trading days",
    "volatility.figures": "Expected **{expected}**\nLast {sessions} trading days: {realised}",
    "volatility.unknown": "unknown",
    "volatility.vix_is": (
        "{vix}: what option prices say about the next 30 days. It is usually higher than the volatility that follows."
    ),
    "volatility.track": "How far off past forecasts were",
    "volatility.track_line": (
        "**{sessions} trading days:** {mae} percentage points on average; {past} if the past {sessions} had repeated. "
        "Over {cutoffs} test dates {expected} was expected on average, and it was {realised}."
    ),
    "volatility.no_track": "Not measured yet: it comes with the next training, for ETFs that are not too young.",
}
