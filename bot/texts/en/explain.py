"""``/explain``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.explain": "How to read a forecast: why its median is nearly flat and why the bands matter",
    "explain.title": "How to read a forecast",
    "explain.middle": (
        "**Why is the median nearly flat?** Because that is the honest answer. What everyone can know about an ETF is "
        "already in its price, so the best single guess for the next 60 trading days is close to today's price. No "
        "model, here or elsewhere, reliably beats it. A line that climbs or falls boldly looks smarter but is wrong "
        "more often; `/scores` shows how little even a good model gains over simple guesses."
    ),
    "explain.bands": (
        "**What are the bands for?** They show how far the price may move, and that can be forecast: calm and "
        "turbulent spells tend to persist, and the model learns that pattern. 8 in 10 closing prices should be inside "
        "the 80% band and 19 in 20 inside the 95% band. A wide band says “anything may happen”, a narrow one “probably "
        "not much”. Every forecast shows how often the bands were right on past test dates that were not used in "
        "training."
    ),
}
