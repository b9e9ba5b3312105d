"""The parameters that a search varies, and between which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from forecasting.model.config import LstmConfig

Parameters = Mapping[str, Any]
"""``units``, ``layers`` and ``lookback`` of LstmConfig; ``batch``, ``epochs`` and ``rate`` of its panel training."""

Space = Mapping[str, BaseDistribution]
"""What each parameter is drawn from; the configuration that a search starts from must lie within."""

SPACE: Final[Space] = {
    "units": IntDistribution(8, 64, step=8),
    "layers": IntDistribution(1, 2),
    "lookback": IntDistribution(5, 120, step=5),
    "batch": CategoricalDistribution((64, 128, 256, 512)),
    "epochs": IntDistribution(1, 6),
    "rate": FloatDistribution(3e-4, 3e-3, log=True),
}

_OF_NETWORK: Final = ("units", "layers", "lookback")
_OF_TRAINING: Final = ("batch", "epochs", "rate")


def parameters_of(config: LstmConfig) -> dict[str, Any]:
    """Where a configuration lies in the space."""
    network = {name: getattr(config, name) for name in _OF_NETWORK}
    return network | {name: getattr(config.panel, name) for name in _OF_TRAINING}


def configured(start: LstmConfig, parameters: Parameters) -> LstmConfig:
    """``start`` with these parameters; everything else stays, including the training on single ETFs."""
    panel = replace(start.panel, **{name: parameters[name] for name in _OF_TRAINING})
    return replace(start, panel=panel, **{name: parameters[name] for name in _OF_NETWORK})
