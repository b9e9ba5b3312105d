"""``/explain``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.explain": "How to read a forecast, and what MAE, RMSE, skill and the other words mean",
    "option.explain.topic": "What to explain (default: how to read a forecast)",
    "choice.explain.reading": "How to read a forecast: median and bands",
    "choice.explain.errors": "MAE, MSE and RMSE: how errors are measured",
    "choice.explain.skill": "Skill: is it better than assuming no change?",
    "choice.explain.coverage": "Coverage: how often the bands were right",
    "choice.explain.dates": "Test dates (cut-offs), backtest, trading days (sessions)",
    "choice.explain.models": "LSTM and HAR: the models",
    "choice.explain.baselines": "No change, drift, climatology: the simple methods",
    "explain.title_reading": "How to read a forecast",
    "explain.title_errors": "MAE, MSE and RMSE",
    "explain.title_skill": "Skill",
    "explain.title_coverage": "Coverage",
    "explain.title_dates": "Test dates, backtest and trading days",
    "explain.title_models": "LSTM and HAR",
    "explain.title_baselines": "No change, drift and climatology",
    "explain.why_flat": (
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
    "explain.median": "median",
    "explain.close": "close",
    "explain.miss": "miss",
    "explain.square": "miss²",
    "explain.miss_of_no_change": "no change's",
    "explain.low": "from",
    "explain.high": "to",
    "explain.is_inside": "inside",
    "explain.inside": "yes",
    "explain.outside": "no",
    "explain.about_errors": (
        "They say how far the median was from the actual closing price. An example: five forecasts, each made when "
        "the price was {start}.\n{table}\n"
        "**MAE** (mean absolute error) is the average miss: {total} / {count} = **{mae}**.\n"
        "**MSE** (mean squared error) is the average of the squares: {squares} / {count} = **{mse}**, in dollars "
        "squared.\n"
        "**RMSE** is its root: **{rmse}**. It is above the MAE because big misses count more.\n\n"
        "For all three, less is better. An ETF that costs ten times as much has misses ten times as large; **MAE %** "
        "is in percent of the price at the start, so that ETFs can be compared."
    ),
    "explain.about_skill": (
        "Skill says how much better the median was than assuming **no change**, that is, than saying that the price "
        "stays where it is. An example: five forecasts, each made when the price was {start}.\n"
        "{table}\n"
        "The forecasts were off by {mae} on average (MAE), and assuming no change by {mae_of_no_change}.\n"
        "Skill = 1 − {mae} / {mae_of_no_change} = **{skill}**: the forecasts were {better} better.\n"
        "\n"
        "0 is no better than assuming no change, 1 would be perfect, and below 0 is worse. Prices are hard to "
        "forecast: 0.05 over many test dates is good. The ± in `/scores` says how much of it may be luck with the test "
        "dates."
    ),
    "explain.about_coverage": (
        "Coverage says how often closing prices were inside a band. 8 in 10 should be inside the 80% band. An example: "
        "five forecasts and their 80% bands.\n{table}\n"
        "{inside} of {count} were inside: the coverage is **{coverage}**.\n\n"
        "Well below 80%, the bands are too narrow and promise too much. Well above, they are wider than they need be. "
        "A "
        "few forecasts say little: of 20 with perfect bands, between 13 and 19 are inside by chance alone. `/track` "
        "shows the coverage of what was posted."
    ),
    "explain.about_dates": (
        "A **test date** (or cut-off) is a past day at which the model forecasts as if it were that day: it sees "
        "prices "
        "up to then and none after. Then the forecast is compared with what happened.\n\n"
        "The **backtest** does this on many test dates of the past years, with models trained on earlier prices only. "
        "Its figures are in `/scores`. `/track` shows forecasts that were really posted.\n\n"
        "A **trading day** (or session) is a day on which the exchange is open. 5 of them are about a week, 20 a month "
        "and 60 a quarter."
    ),
    "explain.about_models": (
        "Both forecast how much prices will move, which can be done, and not which way, which can hardly be done.\n\n"
        "**HAR** is a linear model: how much an ETF moved in the past days, weeks and months, and how nervous the "
        "market is, each with a weight. It is hard to beat.\n\n"
        "**LSTM** is a neural network that reads the past weeks day by day and corrects HAR where it has learned "
        "something. Its forecast is the one that is posted. `/scores` shows whether it was worth it."
    ),
    "explain.about_baselines": (
        "A forecast is only as good as its lead over methods that need no model.\n\n"
        "**No change**: the price stays where it is. Nobody beats it by much.\n"
        "**Drift**: the price keeps moving at its past average rate.\n"
        "**Climatology**: moves over 60 trading days repeat those of the ETF's past, so it is about as wide as usual, "
        "whatever the market is doing now."
    ),
}
