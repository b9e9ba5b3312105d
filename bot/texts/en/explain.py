"""``/explain``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.explain": "Why the middle of a forecast is nearly flat, and why the bands matter",
    "explain.title": "How to read a forecast",
    "explain.middle": (
        "**Why is the middle nearly flat?** Because that is the honest answer. What everybody can know about an ETF "
        "is in its price already, so the best single guess for the next 60 sessions is close to today's close, and "
        "no model here or elsewhere reliably beats it. A line that climbs or falls boldly looks cleverer and is "
        "wrong more often; `/scores` shows how little there is to win, beside forecasts that anybody could make."
    ),
    "explain.bands": (
        "**What are the bands for?** They carry the information. How far an ETF may move can be forecast: calm and "
        "wild times last, and the model learns them. 8 in 10 closes should end inside the 80 % band and 19 in 20 "
        "inside the 95 % band, so a wide band says “anything may happen” and a narrow one that little should. "
        "Whether they keep that promise is measured on past sessions that the model had not seen, and told with "
        "every forecast."
    ),
}
