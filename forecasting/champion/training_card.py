"""The card of a new model: what it is, how it was trained, and how its backtest did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import pandas as pd

from forecasting.evaluation.scores import score
from forecasting.evaluation.volatility import volatility_scores
from forecasting.model.config import LstmConfig
from forecasting.model.features import window_origins
from forecasting.model.fingerprint import code_version, data_hash
from forecasting.model.serialization import unpack
from forecasting.prices.history import PriceHistory
from forecasting.universe import Symbol

RELIES_ON_PANEL: Final = 750
"""Below this many sessions a note says that the forecast relies on other ETFs."""


def training_card(
    trained_on: Sequence[Symbol],
    history: PriceHistory,
    frame: pd.DataFrame,
    data: bytes,
    seed: int,
    recipe: str,
    trained_at: datetime,
) -> dict[str, Any]:
    """What a model is, how it was trained and how it did, fit for JSON. Scores in USD of the as-of session.

    Args:
        trained_on: the ETFs of the panel, the ETF itself included.
        history: of the ETF, up to the as-of session.
        frame: the calibrated backtest; empty if the ETF was too young for one.
        data: bytes of the model, see ``forecasting.model.lifecycle.calibrated_model``.
        recipe: name of the recipe.
        trained_at: aware.
    """
    _, network = unpack(data)
    config = LstmConfig.of_card(network)
    scores = score(frame, history)
    cutoffs = frame["cutoff"]
    first, last = (cutoffs.min().date(), cutoffs.max().date()) if scores else (history.last_session,) * 2
    return {
        "symbol": history.symbol,
        "source": history.source,
        "currency": history.currency,
        "as_of": history.last_session.isoformat(),
        "as_of_close": history.last_close,
        "trained_at": trained_at.isoformat(),
        "seed": seed,
        "code_version": code_version(),
        "data_hash": data_hash(history),
        "security": None if history.security is None else history.security.as_json(),
        "backtest_from": first.isoformat(),
        "backtest_to": last.isoformat(),
        "scores": {model: asdict(values.at_prices(history.as_quoted)) for model, values in scores.items()},
        "volatility": [asdict(found) for found in volatility_scores(frame, history)],
        "notes": notes_of(history.symbol, len(history), scored=bool(scores)),
        "recipe": {
            **network,
            "name": recipe,
            "symbol": history.symbol,
            "seed": seed,
            "trained_from": history.sessions[0].date().isoformat(),
            "trained_to": history.last_session.isoformat(),
            "sessions": len(history),
            "windows": len(window_origins(len(history), config.every, config.lookback)),
            "panel": list(trained_on),
            "scores": {model: asdict(values) for model, values in scores.items()},
        },
    }


def notes_of(symbol: Symbol, sessions: int, *, scored: bool) -> list[str]:
    """Sentences for readers about an ETF with a short history of ``sessions`` and perhaps no scores."""
    notes = []
    if sessions < RELIES_ON_PANEL:
        notes.append(
            f"{symbol} has traded for only {sessions} days, less than three years: its forecast relies on what the "
            "model learned from other ETFs."
        )
    if not scored:
        notes.append(f"{symbol} is too young for a backtest, so there are no past errors to show yet.")
    return notes
