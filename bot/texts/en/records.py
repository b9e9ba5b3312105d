"""What says how forecasts did, in English: ``/scores``, ``/compare``, ``/model`` and ``/track``."""

from __future__ import annotations

from typing import Final

ENGLISH: Final[dict[str, str]] = {
    # What several of them share
    "model.lstm": "LSTM",
    "model.har": "HAR",
    "model.random_walk": "No change",
    "model.drift": "Drift",
    "model.climatology": "Climatology",
    "as_of.one": "As of {newest}.",
    "as_of.many": "As of {newest}, the oldest as of {oldest}.",
    # /scores
    "scores.title": "Errors of the forecasts, beside forecasts that anybody could make",
    "scores.title_one": "{symbol} · errors of its forecasts",
    "scores.basis": "Over all 60 sessions, at past cut-offs that the model had not seen.",
    "scores.basis_one": (
        "Skill is measured against no change. Cut-offs from {first} to {last}, none of which the model had seen."
    ),
    "scores.later": "There will be errors to show when it has traded longer.",
    "scores.none": "No ETF has scores yet.",
    "scores.young": "{symbols}: too young for a backtest of its own.",
    "scores.more": "… and {count} more: name one with `/scores symbol`.",
    "scores.skill": "Skill",
    "scores.alt": "Bar charts of MAE, MSE and RMSE, the model beside its baselines, {source}.",
    "scores.alt_line": (
        "{symbol}: MAE {mae} against {mae_of_walk} of no change, RMSE {rmse} against {rmse_of_walk}; {skill}."
    ),
    # /compare
    "compare.title": "{symbols} compared",
    "compare.basis": "In {horizon} sessions, in % from the last close; in brackets the 80 % range.",
    "compare.line": "**{symbol}** {range} · above the last close: {odds}",
    "compare.range": "{median} [{low} to {high}]",
    "compare.returns": "Daily returns of the past year",
    "compare.medians": "Medians",
    "compare.about_medians": (
        "The medians are nearly straight lines, so their correlation says little but their direction."
    ),
    "compare.pair": "{one} and {other}",
    "compare.only": "Correlation of {pair}.",
    "compare.extremes": "Most together: {most}. Least: {least}.",
    "compare.strangers": "They have too few sessions in common to say how they go together.",
    "compare.unknown": "unknown",
    "compare.one_etf": "one ETF",
    "compare.etfs": "{count} ETFs",
    "compare.wrong_number": (
        "You named {named}. Name {fewest} to {most} different ones, separated by commas: `ARKK, SPY`."
    ),
    "compare.alt": (
        "Chart of {symbols}: medians and 80 % ranges of {horizon} sessions, in % from the last close. {ends} "
        "Correlation of daily returns: {returns}. Of the medians: {medians}."
    ),
    # /model
    "card.title": "{symbol} · its model",
    "card.head": "`{version}`\nTrained {trained} ({ago}); newest forecast as of {session}",
    "card.missing_name": "Card",
    "card.missing": (
        "The model's card is not on this machine, so there is only what the forecast itself says. Jobs that run "
        "elsewhere keep their models there."
    ),
    "card.learnt": "Learnt from",
    "card.learnt_from": "{sessions} sessions of its own, {first} to {last}, and from {count} ETFs together: {panel}",
    "card.settings": "Settings",
    "card.settings_of": "LSTM: {settings}, seed {seed}, program {version}",
    "card.units": "{value} units",
    "card.units_one": "{value} unit",
    "card.layers": "{value} layers",
    "card.layers_one": "{value} layer",
    "card.lookback": "{value} sessions of look-back",
    "card.lookback_one": "{value} session of look-back",
    "card.networks": "{value} networks averaged",
    "card.networks_one": "{value} network",
    "card.dropout": "{value} dropout",
    "card.dropout_one": "{value} dropout",
    "card.champion": "Champion",
    "card.unchallenged": "It forecasts since its training; no other model has challenged it.",
    "card.reign": "It forecasts since {since}. {reason}",
    "card.held": " Since then it held against {count} newer.",
    "card.scores": "How it did in its backtest",
    "card.cutoffs": "Cut-offs from {first} to {last}, unseen when they were forecast.",
    "card.line": "{model}: MAE {mae}, skill {skill}",
    # /track
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
