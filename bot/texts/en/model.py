"""``/model``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.model": "Which model makes an ETF's forecast: when and on what data it was trained",
    "card.title": "{symbol} · model",
    "card.head": "`{version}`\nTrained {trained} ({ago}); newest forecast as of {session}",
    "card.missing_name": "Details",
    "card.missing": "This model's details are not stored on this machine.",
    "card.learnt": "Training data",
    "card.learnt_from": "{sessions:,} trading days of {symbol} ({first} to {last})",
    "card.panel": ", together with {count} other ETFs: {panel}",
    "card.panel.one": ", together with another ETF: {panel}",
    "card.settings": "Settings",
    "card.settings_of": "LSTM: {settings}; random seed {seed}; code version {version}",
    "card.units": "{count:g} units",
    "card.units.one": "1 unit",
    "card.layers": "{count:g} layers",
    "card.layers.one": "1 layer",
    "card.lookback": "{count:g} trading days of look-back",
    "card.lookback.one": "1 trading day of look-back",
    "card.networks": "average of {count:g} networks",
    "card.networks.one": "1 network",
    "card.dropout": "dropout {count:g}",
    "card.champion": "Why this model",
    "card.unchallenged": "In use since it was trained; there has been no newer model to compare it with.",
    "card.reign": "In use since {since}. {reason}",
    "card.held": " It has beaten {count} newer models since.",
    "card.held.one": " It has beaten 1 newer model since.",
    "card.scores": "Backtest results",
    "card.cutoffs": "Test dates {first} to {last}, none of them used in training.",
    "card.line": "{model}: MAE {mae}, skill {skill}",
}
