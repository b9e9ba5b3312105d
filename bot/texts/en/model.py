"""``/model``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.model": "The model behind an ETF's forecast: when and on what it was trained",
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
}
