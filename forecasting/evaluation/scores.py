"""Scores of forecasts: errors in USD and %, skill against the baselines, coverage of the bands."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.history import Array, PriceHistory
from forecasting.quantiles import COLUMNS, HIGH80, HIGH95, HORIZON, LEVELS, LOW80, LOW95
from forecasting.report import Scores, skill

FEWEST_BLOCKS: Final = 7
"""Horizons of test dates below which chance in a skill is not measured: two standard errors would hold too rarely."""

_LEVELS = np.array(LEVELS)


def pinball(actual: Array, quantiles: Array) -> Array:
    """Quantile (pinball) losses at LEVELS, shape (rows, len(LEVELS)), in the units of the arguments.

    ``τ (y − q)`` if the outcome y is above the quantile q of level τ, or else ``(1 − τ)(q − y)`` (Koenker and Bassett
    1978).

    Args:
        actual: outcomes, shape (rows,).
        quantiles: shape (rows, len(LEVELS)).
    """
    gap = actual[:, None] - quantiles
    return np.maximum(_LEVELS * gap, (_LEVELS - 1.0) * gap)


def crps(actual: Array, quantiles: Array) -> Array:
    """Continuous ranked probability score, shape (rows,), in the units of ``actual`` (rows,).

    Twice the integral of the quantile loss over the level (Laio and Tamea 2007; Gneiting and Ranjan 2011), by the
    trapezoid rule over LEVELS, with no loss at the levels 0 and 1: about 4% too low for a normal distribution.
    """
    edges = np.array([0.0, *LEVELS, 1.0])
    weights = (edges[2:] - edges[:-2]) / 2.0
    return np.asarray(2.0 * pinball(actual, quantiles) @ weights)


def score(frame: pd.DataFrame, history: PriceHistory) -> dict[str, Scores]:
    """Scores by model of one ETF's backtest frame; empty if the frame is.

    Args:
        frame: of ``walk_forward``, of one symbol, with random_walk and drift among its models.
        history: the prices that the frame was made from, for the closes at the cut-offs.

    Raises:
        ValueError: the models were not measured at the same cut-offs, or a baseline is missing.
    """
    if frame.empty:
        return {}
    by_model = {str(model): rows.sort_values(["cutoff", "step"]) for model, rows in frame.groupby("model", sort=False)}
    _check_comparable(by_model)
    mae = {model: float(_errors(rows).mean()) for model, rows in by_model.items()}
    errors = {model: _errors_at_cutoffs(rows) for model, rows in by_model.items()}
    at = history.sessions.searchsorted(np.sort(frame["cutoff"].unique()))
    overlap = math.ceil(HORIZON / np.median(np.diff(at))) if len(at) > 1 else HORIZON
    return {
        model: replace(
            _score(rows, history, mae), skill_se=skill_standard_error(errors[model], errors["random_walk"], overlap)
        )
        for model, rows in by_model.items()
    }


def _check_comparable(by_model: dict[str, pd.DataFrame]) -> None:
    absent = {"random_walk", "drift"} - set(by_model)
    if absent:
        raise ValueError(f"skill is measured against {sorted(absent)}, which the frame lacks")
    first = by_model["random_walk"]
    for model, rows in by_model.items():
        same = len(rows) == len(first) and all(
            np.array_equal(rows[column].to_numpy(), first[column].to_numpy()) for column in ("cutoff", "step", "actual")
        )
        if not same:
            raise ValueError(f"{model} and random_walk were not measured at the same cut-offs")


def _errors(rows: pd.DataFrame) -> Array:
    return (rows["actual"] - rows["q50"]).abs().to_numpy(dtype=np.float64)


def _errors_at_cutoffs(rows: pd.DataFrame) -> Array:
    """The mean error of each forecast, in time order, shape (cut-offs,)."""
    of_each = pd.Series(_errors(rows)).groupby(rows["cutoff"].to_numpy()).mean()
    return np.asarray(of_each, dtype=np.float64)


def _score(rows: pd.DataFrame, history: PriceHistory, mae: dict[str, float]) -> Scores:
    at = history.sessions.searchsorted(rows["cutoff"].to_numpy())
    last = history.adjusted[at]
    actual = rows["actual"].to_numpy(dtype=np.float64)
    quantiles = rows[list(COLUMNS)].to_numpy(dtype=np.float64)
    error = _errors(rows)
    share = 100.0 * error / last
    return Scores(
        mae=float(error.mean()),
        mse=float((error**2).mean()),
        rmse=float(np.sqrt((error**2).mean())),
        mae_pct=float(share.mean()),
        mse_pct=float((share**2).mean()),
        rmse_pct=float(np.sqrt((share**2).mean())),
        pinball=float((pinball(actual, quantiles).mean(axis=1) / last).mean()),
        skill_rw=skill(float(error.mean()), mae["random_walk"]),
        skill_drift=skill(float(error.mean()), mae["drift"]),
        cover80=coverage(actual, quantiles[:, LOW80], quantiles[:, HIGH80]),
        cover95=coverage(actual, quantiles[:, LOW95], quantiles[:, HIGH95]),
        cutoffs=int(rows["cutoff"].nunique()),
    )


def coverage(actual: Array, low: Array, high: Array) -> float:
    """Fraction of ``actual`` from ``low`` to ``high``, bounds included; all of shape (rows,)."""
    return float(((actual >= low) & (actual <= high)).mean())


def diebold_mariano(losses: Array, other: Array, overlap: int) -> tuple[float, float]:
    """Whether one forecast's losses are smaller than another's: (statistic, two-sided p); negative if they are.

    Diebold and Mariano (1995) with the small-sample correction of Harvey, Leybourne and Newbold (1997), the p-value
    from Student's t with one degree of freedom less than forecasts. Average the losses of several ETFs per date first,
    since they share one market.

    Args:
        losses, other: at the same cut-offs in time order, shape (forecasts,).
        overlap: forecasts whose outcomes overlap, the first included: horizon over spacing.
    """
    gap = losses - other
    count = len(gap)
    variance = _variance_of_mean(gap - gap.mean(), overlap)
    if variance <= 0.0:
        return 0.0, 1.0
    statistic = float(np.sqrt(_small_sample(count, overlap)) * gap.mean() / np.sqrt(variance))
    return statistic, student_p(statistic, count - 1)


def _small_sample(count: int, overlap: int) -> float:
    """Harvey, Leybourne and Newbold's factor: a variance of few overlapping forecasts is too small by it."""
    return (count + 1 - 2 * overlap + overlap * (overlap - 1) / count) / count


def skill_standard_error(losses: Array, reference: Array, overlap: int) -> float:
    """Standard error of 1 - mean loss / mean reference loss: chance in the choice of cut-offs.

    By the delta method, with the variance of ``diebold_mariano``.

    Args:
        losses, reference: at the same cut-offs in time order, shape (forecasts,).
        overlap: as there.

    Returns:
        0 if the forecasts cover fewer than FEWEST_BLOCKS times the horizon: so few tell no error.
    """
    count, level = len(losses), float(reference.mean())
    if count < FEWEST_BLOCKS * overlap or level <= 0.0:
        return 0.0
    variance = _variance_of_mean(losses - losses.mean() / level * reference, overlap)
    return float(np.sqrt(variance / _small_sample(count, overlap))) / level


def _variance_of_mean(centred: Array, overlap: int) -> float:
    """Long-run variance over the count, from the autocovariances that the overlap allows.

    If their plain sum is negative, Bartlett's weights are used, with which it cannot be.
    """
    count = len(centred)
    lags = range(1, min(overlap, count))
    covariances = [float((centred[lag:] * centred[:-lag]).sum()) / count for lag in lags]
    own = float((centred**2).mean())
    plain = own + 2.0 * sum(covariances)
    if plain > 0.0:
        return plain / count
    weighted = sum((1.0 - lag / overlap) * value for lag, value in zip(lags, covariances, strict=True))
    return (own + 2.0 * weighted) / count


def student_p(statistic: float, degrees: int) -> float:
    """Two-sided p-value of Student's t: the finite sums of Abramowitz and Stegun (1964), 26.7.3 and 26.7.4.

    Args:
        degrees: of freedom, a whole number above 0.
    """
    angle = math.atan(abs(statistic) / math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = degrees % 2
    term, total = (cosine, 0.0) if odd else (1.0, 0.0)
    for power in range(odd, degrees - 1, 2):  # of the cosine: 1, 3, … or 0, 2, … up to degrees - 2
        total += term
        term *= cosine**2 * (power + 1) / (power + 2)
    inside = 2.0 / math.pi * (angle + sine * total) if odd else sine * total
    return max(0.0, 1.0 - inside)
