"""A report with its pictures, and what the record keeps of its forecast: what workers hand to the job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from forecasting.prices.security import Security
from forecasting.report import ForecastReport, Theme
from forecasting.scenarios.past_returns import PastReturns

Picture = Literal["forecast", "scores"]
"""What a picture of one report shows: the coming sessions, or the errors of model and baselines."""

Kind = Literal["live", "replayed"]
"""The kind of an issued forecast: made by the weekly and daily jobs, or by a replay of past weeks."""


@dataclass(frozen=True)
class Publication:
    """A report with its pictures, and what the record needs to score and rebuild its forecast.

    Attributes:
        charts: PNG by picture and theme.
        adjustment: factor from the source's adjusted closes to the report's prices.
        data_hash: of the history that the forecast was made from, see ``forecasting.model.fingerprint``.
        code_version: of the program that made it.
        seed: of the training.
        baselines: the forecasts of no change and drift in three numbers, see ``forecasting.record.baselines``.
        security: what the symbol means, if the source says.
        past_returns: what forecasts of mixes and of paths are made from, if known.
    """

    report: ForecastReport
    charts: Mapping[tuple[Picture, Theme], bytes]
    adjustment: float
    data_hash: str
    code_version: str
    seed: int
    baselines: Mapping[str, float] | None = None
    security: Security | None = None
    past_returns: PastReturns | None = None
