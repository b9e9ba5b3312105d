"""The models: their names, how they are shown, and what fits them.

Every list of models in the program is made from this one. To add a baseline, write its forecaster (see
``forecasting.forecast``) in a file of ``forecasting/model`` and name it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Model:
    """How a model is called, shown and fitted.

    Attributes:
        label: its English name in a line of text.
        description: a sentence that says what it forecasts.
        forecaster: the class that fits it, as ``module:Class``, so that nothing heavy is loaded to read this. A
            baseline's takes no arguments and is fitted on the ETF's own history.
    """

    label: str
    description: str
    forecaster: str


MODELS: Final[Mapping[str, Model]] = MappingProxyType(
    {
        "lstm": Model(
            "LSTM",
            "A neural network's forecast of volatility; this is the forecast that is posted.",
            "forecasting.model.lstm:LstmForecaster",
        ),
        "har": Model(
            "HAR",
            "A linear forecast of volatility.",
            "forecasting.model.har:Har",
        ),
        "random_walk": Model(
            "no change",
            "The price stays where it is.",
            "forecasting.model.baselines:RandomWalk",
        ),
        "drift": Model(
            "drift",
            "The price keeps moving at its past average rate.",
            "forecasting.model.baselines:Drift",
        ),
        "climatology": Model(
            "climatology",
            "Moves over 60 trading days repeat those of the past.",
            "forecasting.model.baselines:Climatology",
        ),
    }
)
"""The models by their name in frames, JSON and the database, in the order in which they are shown."""

POSTED: Final = "lstm"
"""The model whose forecasts are posted and recorded. The others are what it is compared with."""
