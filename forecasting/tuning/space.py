"""The parameters that a search varies, and between which bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from forecasting.model.config import LstmConfig
from forecasting.tuning.trials import Parameters


@dataclass(frozen=True)
class Space:
    """Bounds of Parameters, both included; the configuration that a search starts from must lie within.

    Attributes:
        units, lookback: in multiples of the third number.
        batch: the sizes to choose from.
        rate: searched on a log scale.
    """

    units: tuple[int, int, int] = (8, 64, 8)
    layers: tuple[int, int] = (1, 2)
    lookback: tuple[int, int, int] = (5, 120, 5)
    batch: tuple[int, ...] = (64, 128, 256, 512)
    epochs: tuple[int, int] = (1, 6)
    rate: tuple[float, float] = (3e-4, 3e-3)


def parameters_of(config: LstmConfig) -> Parameters:
    """Where a configuration lies in the space."""
    panel = config.panel
    return Parameters(config.units, config.layers, config.lookback, panel.batch, panel.epochs, panel.rate)


def configured(start: LstmConfig, parameters: Parameters) -> LstmConfig:
    """``start`` with these parameters instead of its own; everything else stays, the ETFs' own training too."""
    panel = replace(start.panel, batch=parameters.batch, epochs=parameters.epochs, rate=parameters.rate)
    return replace(start, units=parameters.units, layers=parameters.layers, lookback=parameters.lookback, panel=panel)
