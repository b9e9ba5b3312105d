"""Small models for the registry, with whole cards and with names that hold the hash of their bytes."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from forecasting import Symbol
from forecasting.champion.registry import RegisteredModel
from forecasting.model.fingerprint import model_version

AS_OF: Final = date(2024, 12, 31)

RECIPE: Final[dict[str, Any]] = {
    "trained_from": "1993-01-29",
    "trained_to": "2024-12-31",
    "sessions": 8037,
    "panel": ["SPY"],
    "lstm": {"units": 32, "layers": 1, "lookback": 60, "networks": 2, "dropout": 0.3},
}

CARD: Final[dict[str, Any]] = {
    "as_of_close": 51.2,
    "trained_at": "2024-12-31T23:00:00+00:00",
    "seed": 1,
    "code_version": "0.1.0+test",
    "currency": "USD",
    "backtest_from": "2019-01-02",
    "backtest_to": "2024-08-01",
    "scores": {},
    "notes": [],
    "recipe": RECIPE,
}


def made_model(
    symbol: str = "SPY", as_of: date = AS_OF, data: bytes = b"weights", holdout: bytes | None = None, **card: Any
) -> RegisteredModel:
    """A model whose bytes are ``data``; ``card`` are the fields of its card that matter."""
    version = model_version(Symbol(symbol), as_of, data)
    return RegisteredModel(version, data, {**CARD, "as_of": as_of.isoformat(), **card}, holdout)


def renamed(model: RegisteredModel, symbol: str) -> RegisteredModel:
    """The same model under a name of another ETF."""
    name = model_version(Symbol(symbol), date.fromisoformat(model.card["as_of"]), model.data)
    return RegisteredModel(name, model.data, model.card, model.holdout)
